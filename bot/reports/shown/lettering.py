"""Which letters a picture can carry: those some font of this host has; never a box where a letter should be."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties, fontManager, get_font

#: Comes with Matplotlib, so digits, dates and most currency signs look the same on every host.
_OWN = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
#: Fonts with Chinese letters as hosts have them; the first one found is taken.
_CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK JP", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "SimHei", "Arial Unicode MS",
)  # fmt: skip


def font_for(text: str) -> FontProperties | None:
    """A font that has every letter of the text; None when this host has none."""
    return next((FontProperties(fname=path) for path in _paths() if _has_all(path, text)), None)


def shortened(text: str, most: int) -> str:
    """The text in so many columns at most, a Chinese letter taking two."""
    taken = 0
    for place, char in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if taken > most:
            return text[: max(1, place - 1)].rstrip() + "…"
    return text


@cache
def _paths() -> tuple[str, ...]:
    known = {
        entry.name: entry.fname
        for entry in fontManager.ttflist
        if entry.style == "normal" and entry.weight == 400
    }
    chinese = next((known[name] for name in _CHINESE if name in known), None)
    return (_OWN, chinese) if chinese else (_OWN,)


def _has_all(path: str, text: str) -> bool:
    # Letters that join or turn around need shaping, which Matplotlib does not do.
    if any(unicodedata.bidirectional(char) in ("R", "AL") or unicodedata.combining(char) for char in text):
        return False
    letters = _letters(path)
    return all(char == " " or ord(char) in letters for char in text)


@cache
def _letters(path: str) -> frozenset[int]:
    return frozenset(get_font(path).get_charmap())
