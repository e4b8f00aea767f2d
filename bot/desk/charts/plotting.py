"""Bars, lines, areas and points on axes."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bot.desk.charts.lettering import SMALL, cleaned
from bot.desk.charts.looks import Look
from bot.desk.charts.picture import Chart, Histogram, Picture, Series
from bot.desk.charts.scales import dress, formatter, scale

GROUP = 0.72  #: of the room for one place of the domain, taken by its bars
DASHES: dict[str, Any] = {
    "DOTTED": (0, (1, 2)),
    "MEDIUM_DASHED": (0, (4, 3)),
    "MEDIUM_DASHED_DOTTED": (0, (4, 2, 1, 2)),
    "LONG_DASHED": (0, (8, 4)),
    "LONG_DASHED_DOTTED": (0, (8, 3, 1, 3)),
}
FAINT = 0.28  #: opacity of an area

Handles = list[tuple[Any, str]]


@dataclass
class _Stack:
    """How high what is drawn already reaches at each place, upwards and downwards."""

    up: list[float]
    down: list[float]

    def put(self, values: list[float]) -> list[float]:
        """Lay values on top; gives where each begins."""
        begins = []
        for place, value in enumerate(values):
            pile = self.up if value >= 0 else self.down
            begins.append(pile[place])
            pile[place] += value
        return begins


def plotted(axes: Axes, picture: Picture, chart: Chart, look: Look) -> Handles:
    """Draw a chart's series; gives what its legend shows."""
    sideways = any(series.kind == "BAR" for series in chart.series)
    dress(axes, look, sideways)
    second: Axes | None = None
    if not sideways and any(series.right for series in chart.series):
        second = axes.twinx()
        dress(second, look, sideways, second=True)
    length = max(len(series.values) for series in chart.series)
    places = list(chart.places) if chart.places else [float(place) for place in range(length)]
    bars = [series for series in chart.series if series.kind in {"COLUMN", "BAR"}]
    totals = _totals(chart, length)
    stacks: dict[tuple[str, bool], _Stack] = {}
    handles: Handles = []
    for number, series in enumerate(chart.series):
        colour = look.colour(number, series.colour)
        target = second if series.right and second is not None else axes
        values = (
            _shared(series, totals, length) if chart.stacked == "PERCENT_STACKED" else list(series.values)
        )
        begins = [0.0] * length
        if chart.stacked and series.kind not in {"LINE", "SCATTER"}:
            kind = "bars" if series in bars else "areas"
            stack = stacks.setdefault((kind, series.right), _Stack([0.0] * length, [0.0] * length))
            begins = stack.put([float(value or 0) for value in values])
        grouped = series in bars and not chart.stacked
        shift = (bars.index(series) - (len(bars) - 1) / 2) * GROUP / len(bars) if grouped else 0.0
        one = _One(target, series, number, colour, [place + shift for place in places], values, begins)
        if series.kind in {"COLUMN", "BAR"}:
            handles.append(_bars(one, GROUP / (len(bars) if grouped else 1)))
        else:
            handles.append(_line(one, chart))
        if series.labelled:
            _label(one, picture, look, sideways)
    scale(axes, second, picture, chart, sideways)
    return handles


@dataclass(frozen=True)
class _One:
    """A series on its way to the paper."""

    axes: Axes
    series: Series
    number: int
    colour: str
    places: list[float]
    values: list[Any]
    begins: list[float]


def _totals(chart: Chart, length: int) -> list[float]:
    sums = [0.0] * length
    for series in chart.series:
        for place, value in enumerate(series.values):
            sums[place] += abs(value or 0)
    return sums


def _shared(series: Series, totals: list[float], length: int) -> list[float | None]:
    values = [*series.values, *[None] * (length - len(series.values))]
    return [
        None if value is None else value / total if total else 0.0
        for value, total in zip(values, totals, strict=True)
    ]


def _bars(one: _One, thickness: float) -> tuple[Any, str]:
    exceptions = dict(one.series.exceptions)
    for place, value in enumerate(one.values):
        if value is None:
            continue
        colour = exceptions.get(place, one.colour)
        draw = one.axes.barh if one.series.kind == "BAR" else one.axes.bar
        (bar,) = draw(
            one.places[place], value, thickness * 0.94, one.begins[place], color=colour, linewidth=0
        )
        bar.set_gid(f"bar-{one.number}-{place}")
    return Patch(color=one.colour), one.series.name


def _line(one: _One, chart: Chart) -> tuple[Any, str]:
    series = one.series
    tops = [
        float("nan") if value is None else one.begins[place] + value for place, value in enumerate(one.values)
    ]
    places = one.places[: len(tops)]
    if chart.connected:
        there = [(place, top) for place, top in zip(places, tops, strict=True) if not isnan(top)]
        places, tops = [place for place, _ in there], [top for _, top in there]
    stepped = series.kind == "STEPPED_AREA"
    area = series.kind in {"AREA", "STEPPED_AREA"}
    if area:
        begins = one.begins[: len(tops)]
        fill = one.axes.fill_between(
            places, begins, tops, color=one.colour, alpha=FAINT, linewidth=0, step="mid" if stepped else None
        )
        fill.set_gid(f"area-{one.number}")
    drawn = series.kind != "SCATTER" and series.dash != "INVISIBLE"
    alone = [index for index, top in enumerate(tops) if not isnan(top) and _alone(tops, index)]
    (line,) = one.axes.plot(
        places,
        tops,
        color=one.colour,
        linewidth=max(series.width, 0.5) if drawn else 0,
        linestyle=DASHES.get(series.dash, "-") if drawn else "none",
        marker="o" if series.points or alone else None,
        markevery=None if series.points else alone,
        markersize=series.points or 5,
        markeredgewidth=0,
        drawstyle="steps-mid" if stepped else "default",
        solid_joinstyle="round",
    )
    line.set_gid(f"line-{one.number}")
    handle = (
        Patch(color=one.colour) if area else Line2D([], [], color=one.colour, linewidth=3 if drawn else 0)
    )
    if not drawn:
        handle = Line2D([], [], color=one.colour, marker="o", linewidth=0, markersize=6, markeredgewidth=0)
    return handle, series.name


def _alone(tops: list[float], index: int) -> bool:
    """Whether a value stands between two gaps, where no line would show it."""
    before = tops[index - 1] if index else float("nan")
    after = tops[index + 1] if index + 1 < len(tops) else float("nan")
    return isnan(before) and isnan(after)


def _label(one: _One, picture: Picture, look: Look, sideways: bool) -> None:
    for place, value in enumerate(one.values):
        if value is None:
            continue
        text = cleaned(picture.text(one.series.values[place] or 0, one.series.format))
        end = one.begins[place] + value
        away = -1 if value < 0 else 1
        at = (end, one.places[place]) if sideways else (one.places[place], end)
        one.axes.annotate(
            text,
            at,
            xytext=(away * 4, 0) if sideways else (0, away * 3),
            textcoords="offset points",
            ha="center" if not sideways else "left" if away > 0 else "right",
            va="center" if sideways else "bottom" if away > 0 else "top",
            size=SMALL,
            color=look.quiet,
        )


def counted(axes: Axes, picture: Picture, histogram: Histogram, look: Look) -> Handles:
    """Draw a histogram."""
    dress(axes, look, sideways=False)
    handles: Handles = []
    count = len(histogram.counts)
    width = histogram.edges[1] - histogram.edges[0]
    for number, counts in enumerate(histogram.counts):
        colour = look.colour(number, histogram.colours[number])
        for place, height in enumerate(counts):
            left = histogram.edges[place] + width * (0.04 + 0.92 * number / count)
            (bar,) = axes.bar(left, height, 0.92 * width / count, align="edge", color=colour, linewidth=0)
            bar.set_gid(f"bar-{number}-{place}")
        handles.append((Patch(color=colour), histogram.names[number]))
    axes.xaxis.set_major_locator(MaxNLocator(8))
    axes.xaxis.set_major_formatter(formatter(picture, histogram.format))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return handles
