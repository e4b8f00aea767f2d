"""The texts of charts: what of them a picture can carry, and about how much room they need."""

from __future__ import annotations

import re
import unicodedata

SMALL = 11  #: pixels: the size of most letters
NARROW = frozenset("iljtfr.,:;'|!()[] ")
#: What XML cannot carry, and signs that turn the direction of what follows.
UNWRITABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
#: The browser takes the first it has; a Chinese one stands before the last resort.
FONTS = ["Arial", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]


def cleaned(text: str) -> str:
    """A text a picture can carry."""
    return UNWRITABLE.sub(" ", text)


def width(text: str) -> float:
    """About how wide a line is, in heights of its letters."""
    return sum(
        1.0 if unicodedata.east_asian_width(char) in "WF" else 0.28 if char in NARROW else 0.58
        for char in text
    )


def shortened(text: str, most: float) -> str:
    """A line that fits, cut with an ellipsis where it would not."""
    if width(text) <= most:
        return text
    kept = text[: int(most / 0.28) + 1]
    while kept and width(kept) + 1 > most:
        kept = kept[:-1]
    return kept.rstrip() + "…"
