"""The pictures of report mails, as PNG: twice as dense as they are shown, light ground and dark ink on every screen.

They add to the tables that stand beside them and replace nothing. Their texts are digits, dates and signs, which the
font that comes with Matplotlib has; a name is written only where a font has all of its letters, else its number in
the ranking stands for it. The worker never imports this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from bot.mails.mail_text import one_line
from bot.mails.report_parts import Phrases
from bot.planning.notices import Picture
from bot.planning.report_values import Bar, Ranked, WeekFigures
from bot.reports.shown.lettering import font_for, shortened
from bot.reports.shown.png import png
from sheets_schema.languages import CHINESE

_PAPER, _INK, _QUIET, _SEAL, _PALE = "#fffdf9", "#2c2620", "#6b6054", "#a9301c", "#dba898"
#: CSS pixels.
_WIDTH, _EDGE, _LETTERS = 560, 16, 13
_PANEL, _ROW = 150, 26
_DENSITY = 2
#: Members whose bars a picture shows; the ranking beside it has them all.
_MEMBERS = 20
_NAME_COLUMNS, _NAME_ROOM, _VALUE_ROOM = 14, 150, 78


@dataclass(frozen=True)
class _Scale:
    """In what an amount is written: tens of thousands in Chinese, thousands and millions in English."""

    one: Decimal
    #: "¥ × 10,000"
    title: str
    largest: Decimal

    def words(self, amount: Decimal) -> str:
        """The amount in a few digits."""
        scaled = amount / self.one
        if abs(scaled) >= Decimal(10) ** 12:
            return f"{scaled:.2E}"
        step = Decimal(1) if self.one == 1 or abs(scaled) >= 1000 else Decimal("0.1")
        rounded = scaled.quantize(step, ROUND_HALF_UP)
        if not rounded:
            return f"<{step}" if amount > 0 else "0"
        return f"{rounded:,}"

    def share(self, amount: Decimal) -> float:
        """Of the longest bar, 0 to 1."""
        return float(max(amount, Decimal(0)) / self.largest) if self.largest > 0 else 0.0


class _Canvas:
    """A figure whose unit is the CSS pixel, from the lower left corner; holds nothing but what is put on it."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72 * _DENSITY, facecolor=_PAPER)
        self._unit = Affine2D().scale(_DENSITY)

    def block(self, left: float, bottom: float, size: tuple[float, float], colour: str) -> None:
        """A filled rectangle."""
        patch = Rectangle((left, bottom), *size, facecolor=colour, linewidth=0, transform=self._unit)
        self._figure.add_artist(patch)

    def text(
        self, where: tuple[float, float], text: str, colour: str = _QUIET, *, at: str = "center",
        font: FontProperties | None = None,
    ) -> None:  # fmt: skip
        """One line, never read as a formula; its own font where the common one lacks letters."""
        chosen = (font or font_for("0") or FontProperties()).copy()
        chosen.set_size(_LETTERS)
        words = Text(
            *where, text, color=colour, ha=at, va="baseline", fontproperties=chosen, transform=self._unit,
            parse_math=False, usetex=False,
        )  # fmt: skip
        self._figure.add_artist(words)

    def picture(self, name: str) -> Picture:
        """The finished PNG; equal drawings give equal bytes."""
        canvas: Any = FigureCanvasAgg(self._figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]
        return Picture(name, png(pixels, (_PAPER, _INK, _QUIET, _SEAL, _PALE), _DENSITY), _WIDTH, self.height)


def weeks_picture(figures: WeekFigures, phrases: Phrases) -> Picture:
    """The amount by day of the week, and below it of the eight weeks, the reported one in red."""
    canvas = _Canvas(2 * (_PANEL + _EDGE))
    days = [(f"{bar.day:%m-%d}" if bar.day else bar.label[-5:], bar, True) for bar in figures.by_day]
    last = len(figures.by_week) - 1
    weeks = [(bar.label.rpartition("-")[2], bar, i == last) for i, bar in enumerate(figures.by_week)]
    _columns(canvas, _PANEL + _EDGE, days, phrases)
    _columns(canvas, 0, weeks, phrases)
    return canvas.picture("weeks")


def months_picture(months: Sequence[Bar], phrases: Phrases) -> Picture:
    """The amount of twelve months, the reported one in red."""
    canvas = _Canvas(_PANEL + _EDGE)
    last = len(months) - 1
    bars = [
        (f"{bar.day:%y-%m}" if bar.day else bar.label[2:], bar, i == last) for i, bar in enumerate(months)
    ]
    _columns(canvas, 0, bars, phrases)
    return canvas.picture("months")


def _columns(canvas: _Canvas, bottom: float, bars: Sequence[tuple[str, Bar, bool]], phrases: Phrases) -> None:
    """Upright bars with their values above and their names below."""
    if not bars:
        return
    scale = _scale([bar.amount for _, bar, _ in bars], phrases)
    room = (_WIDTH - 2 * _EDGE) / len(bars)
    base, high = bottom + _EDGE + 20, _PANEL - _EDGE - 64
    canvas.text((_EDGE, bottom + _PANEL - 14), scale.title, at="left")
    canvas.block(_EDGE, base - 1, (_WIDTH - 2 * _EDGE, 1), _INK)
    for place, (name, bar, strong) in enumerate(bars):
        middle = _EDGE + (place + 0.5) * room
        up = high * scale.share(bar.amount)
        canvas.block(middle - room * 0.3, base, (room * 0.6, up), _SEAL if strong else _PALE)
        canvas.text((middle, base + up + 5), scale.words(bar.amount), _INK)
        canvas.text((middle, base - 18), name, font=font_for(name))


def members_picture(members: Sequence[Ranked], phrases: Phrases) -> Picture:
    """The members' bars, best first, numbered as in the ranking; those without a name are left to the ranking."""
    shown = [member for member in members if member.name][:_MEMBERS]
    canvas = _Canvas(_EDGE * 2 + 24 + _ROW * len(shown))
    scale = _scale([member.sum.amount(phrases.currency) for member in shown], phrases)
    top = canvas.height - _EDGE
    canvas.text((_EDGE, top - 10), scale.title, at="left")
    left, room = _EDGE + _NAME_ROOM, _WIDTH - 2 * _EDGE - _NAME_ROOM - _VALUE_ROOM
    for place, member in enumerate(shown, 1):
        bottom = top - 24 - place * _ROW
        amount = member.sum.amount(phrases.currency)
        name = shortened(one_line(member.name, 60), _NAME_COLUMNS)
        font = font_for(name)
        canvas.text((_EDGE + 26, bottom + 7), f"{place}.", at="right")
        if font is not None:
            canvas.text((_EDGE + 32, bottom + 7), name, _INK, at="left", font=font)
        long = room * scale.share(amount)
        canvas.block(left, bottom + 3, (max(long, 1), _ROW - 8), _SEAL if place == 1 else _PALE)
        canvas.text((left + long + 6, bottom + 7), scale.words(amount), _INK, at="left")
    return canvas.picture("members")


def _scale(amounts: Sequence[Decimal], phrases: Phrases) -> _Scale:
    """Bars and their unit for these amounts, so that the largest has two digits before its point or more."""
    largest = max((*amounts, Decimal(0)))
    steps = (8, 4) if phrases.wording.language == CHINESE else (9, 6, 3)
    one = next((Decimal(10) ** step for step in steps if largest >= Decimal(10) ** (step + 1)), Decimal(1))
    sign = phrases.money(Decimal(0)).strip("0.\N{NO-BREAK SPACE}")
    own = font_for(sign)
    known = own is not None and sign.isprintable() and all(ord(char) < 0x2E80 for char in sign)
    title = sign if known else phrases.currency
    return _Scale(one, f"{title} × {one:,}" if one > 1 else title, largest)
