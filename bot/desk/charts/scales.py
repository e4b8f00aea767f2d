"""The axes of charts: their quiet lines, how far they reach, and what stands beside them."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, Locator, MaxNLocator

from bot.desk.book.patterns import DATE_TYPES
from bot.desk.charts.lettering import SMALL, cleaned, shortened, width
from bot.desk.charts.looks import Look
from bot.desk.charts.picture import Axis, Chart, Format, Picture, Series

LONGEST_LABEL = 12  #: of a place of the domain, in heights of letters


def dress(axes: Axes, look: Look, sideways: bool, second: bool = False) -> None:
    """Make the axes quiet: lines only where values are read off."""
    axes.set_facecolor("none")
    for name, spine in axes.spines.items():
        spine.set_visible(name == ("left" if sideways else "bottom") and not second)
        spine.set_color(look.quiet)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=look.quiet, pad=5)
    axes.set_axisbelow(True)
    if not second:
        axes.grid(axis="x" if sideways else "y", color=look.lines, linewidth=1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=look.quiet, size=SMALL + 1, style="italic")


def scale(axes: Axes, second: Axes | None, picture: Picture, chart: Chart, sideways: bool) -> None:
    """Set how far the axes reach, and what stands beside them."""
    values, domain = (axes.xaxis, axes.yaxis) if sideways else (axes.yaxis, axes.xaxis)
    value_axis, domain_axis = (chart.bottom, chart.left) if sideways else (chart.left, chart.bottom)
    values.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    values.set_major_formatter(formatter(picture, value_axis.format))
    _limit(axes, value_axis, chart, "x" if sideways else "y", right=False)
    if second is not None:
        second.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        second.yaxis.set_major_formatter(formatter(picture, chart.right.format))
        second.set_ylabel(cleaned(chart.right.title))
        _limit(second, chart.right, chart, "y", right=True)
    axes.set_xlabel(cleaned(chart.bottom.title))
    axes.set_ylabel(cleaned(chart.left.title))
    if chart.places is not None:
        room = max(int(picture.width / 90), 2)
        domain.set_major_locator(_steps(chart.places, domain_axis.format, room))
        domain.set_major_formatter(formatter(picture, domain_axis.format))
        _limit(axes, domain_axis, chart, "x", right=False, domain=True)
    else:
        _name_places(axes, picture, chart, sideways)
    if chart.reversed != sideways:
        domain.set_inverted(True)


def _steps(places: tuple[float, ...], number_format: Format, room: int) -> Locator:
    """Where a scale is marked: days at days that are there, numbers at round ones."""
    if number_format and number_format[0] in DATE_TYPES:
        there = sorted(set(places))
        return FixedLocator(there[:: -(-len(there) // room)])
    return MaxNLocator(room, integer=all(place.is_integer() for place in places))


def _limit(axes: Axes, axis: Axis, chart: Chart, name: str, *, right: bool, domain: bool = False) -> None:
    """How far an axis reaches: as asked, else from nothing for bars and areas and around the values for lines."""
    least, most = axis.least, axis.most
    mine = [series for series in chart.series if series.right == right]
    if not domain and least is None and all(_lowest(series) >= 0 for series in mine):
        least = (
            0.0
            if any(series.kind not in {"LINE", "SCATTER"} for series in mine) or _near_nothing(mine)
            else None
        )
    if not domain and most is None and mine and all(_highest(series) <= 0 for series in mine):
        most = 0.0
    if not domain and chart.stacked == "PERCENT_STACKED" and most is None and least == 0:
        most = 1.0
    margin: Any = {name: 0.06}
    set_limits = axes.set_xlim if name == "x" else axes.set_ylim
    axes.margins(**margin)
    if least is not None and most is not None and least >= most:
        return
    limits: Any = (least, most)
    set_limits(*limits)


def _lowest(series: Series) -> float:
    return min((value for value in series.values if value is not None), default=0)


def _highest(series: Series) -> float:
    return max((value for value in series.values if value is not None), default=0)


def _near_nothing(series: list[Series]) -> bool:
    """Whether lines come near enough to nothing that leaving nothing out would mislead."""
    low, high = min(map(_lowest, series)), max(map(_highest, series))
    return low <= (high - low) * 2


def _name_places(axes: Axes, picture: Picture, chart: Chart, sideways: bool) -> None:
    """Write the labels of the domain: all, turned, or every few, as there is room."""
    texts = [shortened(cleaned(" ".join(label.split())), LONGEST_LABEL) for label in chart.labels]
    count = max(len(texts), 1)
    room = picture.height * 0.75 / count if sideways else picture.width * 0.72 / count
    widest = max((width(text) for text in texts), default=0) * SMALL
    needed = SMALL * 1.5 if sideways else min(widest + 8, SMALL * 1.6 if widest + 8 > room else widest + 8)
    every = max(-int(-needed // max(room, 0.1)), 1)
    axis = axes.yaxis if sideways else axes.xaxis
    shown = list(range(0, len(texts), every))
    axis.set_major_locator(FixedLocator(shown))
    axis.set_major_formatter(FuncFormatter(lambda place, _: texts[round(place)] if place in shown else ""))
    if not sideways and widest + 8 > room * every:
        axes.tick_params(axis="x", labelrotation=35)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    if sideways:
        axes.set_ylim(-0.5, count - 0.5)
    else:
        edge = 0.5 if any(series.kind == "COLUMN" for series in chart.series) else 0.2
        axes.set_xlim(-edge, count - 1 + edge)


def formatter(picture: Picture, number_format: Format) -> FuncFormatter:
    """Writes the numbers of an axis as the workbook shows them."""

    def text(value: float, _: int | None) -> str:
        # Steps of an axis carry the dust of binary fractions.
        plain = round(float(value), 10)
        return cleaned(picture.text(int(plain) if plain == int(plain) else plain, number_format))

    return FuncFormatter(text)
