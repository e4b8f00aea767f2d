"""Reads a chart's specification and its cells into a picture; what it does not know becomes a sentence."""

from __future__ import annotations

import math
from typing import Any

from bot.desk.book.defaults import THEME
from bot.desk.book.workbook import Workbook
from bot.desk.charts.picture import (
    NOT_DRAWN,
    NOTHING,
    TOO_MUCH,
    Axis,
    Chart,
    Format,
    Histogram,
    Number,
    Picture,
    Pie,
    Scorecard,
    Series,
    Words,
)
from bot.desk.charts.ranges import AGGREGATES, Point, Ranges, aggregated

Json = dict[str, Any]

KINDS = {"BAR", "COLUMN", "LINE", "AREA", "STEPPED_AREA", "SCATTER"}
CONTINUOUS = {"LINE", "AREA", "SCATTER"}
MOST_POINTS, MOST_BARS, MOST_SLICES = 20_000, 1_000, 60
SMALLEST, LARGEST = 60, 4000  #: pixels
THEME_COLOURS = {one["colorType"]: one["color"]["rgbColor"] for one in THEME["themeColors"]}


def picture_of(book: Workbook, chart: Json) -> Picture:
    """The picture of an EmbeddedChart, with the cells as they are now."""
    spec = chart.get("spec", {})
    place = chart.get("position", {}).get("overlayPosition", {})
    ranges = Ranges(book, spec.get("hiddenDimensionStrategy", ""))
    return Picture(
        _content(spec, ranges, book.locale),
        str(spec.get("title", "")),
        str(spec.get("subtitle", "")),
        min(max(int(place.get("widthPixels", 600)), SMALLEST), LARGEST),
        min(max(int(place.get("heightPixels", 371)), SMALLEST), LARGEST),
        book.locale,
    )


def _content(spec: Json, ranges: Ranges, locale: str) -> Chart | Pie | Histogram | Scorecard | Words:
    if spec.get("filterSpecs") or spec.get("sortSpecs") or spec.get("dataSourceChartProperties"):
        return NOT_DRAWN
    if "basicChart" in spec:
        return _basic(spec["basicChart"], ranges)
    if "pieChart" in spec:
        return _pie(spec["pieChart"], ranges)
    if "histogramChart" in spec:
        return _histogram(spec["histogramChart"], ranges)
    if "scorecardChart" in spec:
        return _scorecard(spec["scorecardChart"], ranges, locale)
    return NOT_DRAWN


def _basic(basic: Json, ranges: Ranges) -> Chart | Words:
    given = basic.get("series", [])
    domains = basic.get("domains", [])
    kinds = [_kind(basic, one) for one in given]
    columns = [ranges.points(one.get("series")) for one in given]
    labels = ranges.points(domains[0].get("domain")) if domains else None
    if not given or len(domains) > 1 or None in kinds or None in columns or (domains and labels is None):
        return NOT_DRAWN if len(domains) > 1 or None in kinds else NOTHING
    points = [column for column in columns if column is not None]
    headers = _headers(basic.get("headerCount"), labels, points)
    names = [" ".join(point.text for point in column[:headers]).strip() for column in points]
    points = [column[headers:] for column in points]
    length = max(len(column) for column in points)
    labels = labels[headers:] if labels else [Point(n, str(n), None) for n in range(1, length + 1)]
    labels = labels[:length] + [Point("", "", None)] * (length - len(labels))
    combined = [one.get("series", {}).get("aggregateType", "") for one in given]
    if any(combined) or (domains and domains[0].get("domain", {}).get("aggregateType")):
        if not all(kind in AGGREGATES for kind in combined):
            return NOT_DRAWN
        labels, points = aggregated(labels, points, combined)
    if "SCATTER" in kinds:  # a point needs a place
        placed = [place for place, label in enumerate(labels) if label.number is not None]
        labels = [labels[place] for place in placed]
        points = [[column[place] for place in placed if place < len(column)] for column in points]
    series = tuple(_series(*one) for one in zip(given, kinds, names, points, strict=True))
    return _checked(_chart(basic, domains, labels, series))


def _kind(basic: Json, series: Json) -> str | None:
    kind = basic.get("chartType", "")
    if kind == "COMBO":
        kind = series.get("type", "COLUMN")
    return kind if kind in KINDS else None


def _headers(given: Any, labels: list[Point] | None, columns: list[list[Point]]) -> int:
    """How many cells at the beginning of each range are names; where the chart does not say, as they look."""
    if given is not None:
        return int(given)
    firsts = [column[0] for column in columns if column]
    others = [point for column in columns for point in column[1:]]
    named = bool(firsts) and all(first.number is None and first.text for first in firsts)
    return int(named and any(point.number is not None for point in others))


def _series(given: Json, kind: str | None, name: str, points: list[Point]) -> Series:
    line = given.get("lineStyle", {})
    exceptions = [(one.get("index", 0), colour_of(one, "color")) for one in given.get("styleOverrides", [])]
    shape = given.get("pointStyle", {})
    return Series(
        name,
        tuple(point.number for point in points),
        kind or "",
        colour_of(given, "color"),
        given.get("targetAxis") == "RIGHT_AXIS",
        given.get("dataLabel", {}).get("type") == "DATA",
        _format(points),
        line.get("type", ""),
        float(line.get("width", 2)),
        float(shape.get("size", 7 if kind == "SCATTER" or shape else 0)),
        tuple((place, colour) for place, colour in exceptions if colour),
    )


def _chart(basic: Json, domains: list[Json], labels: list[Point], series: tuple[Series, ...]) -> Chart:
    numbers = [point.number for point in labels]
    scattered = any(one.kind == "SCATTER" for one in series)
    scale = all(number is not None for number in numbers) and (len(set(numbers)) > 1 or scattered)
    continuous = scale and all(one.kind in CONTINUOUS for one in series) and (bool(domains) or scattered)
    places = tuple(float(number) for number in numbers if number is not None) if continuous else None
    axes = {one.get("position"): one for one in basic.get("axis", [])}
    stacked = basic.get("stackedType", "")
    sideways = any(one.kind == "BAR" for one in series)
    values = "BOTTOM_AXIS" if sideways else "LEFT_AXIS"
    shares: Format = ("PERCENT", "0%") if stacked == "PERCENT_STACKED" else None
    domain_format = _format(labels)
    formats = {
        values: shares or next((one.format for one in series if not one.right), None),
        "LEFT_AXIS" if sideways else "BOTTOM_AXIS": domain_format,
        "RIGHT_AXIS": shares or next((one.format for one in series if one.right), None),
    }
    return Chart(
        tuple(point.text for point in labels),
        places,
        series,
        stacked if stacked in {"STACKED", "PERCENT_STACKED"} else "",
        _axis(axes.get("BOTTOM_AXIS", {}), formats["BOTTOM_AXIS"]),
        _axis(axes.get("LEFT_AXIS", {}), formats["LEFT_AXIS"]),
        _axis(axes.get("RIGHT_AXIS", {}), formats["RIGHT_AXIS"]),
        basic.get("legendPosition", "RIGHT_LEGEND"),
        bool(domains and domains[0].get("reversed")),
        bool(basic.get("interpolateNulls")),
    )


def _checked(chart: Chart) -> Chart | Words:
    """The chart, unless there is nothing in it, too much, or a mixture nobody could read."""
    size = sum(len(series.values) for series in chart.series)
    bars = sum(len(series.values) for series in chart.series if series.kind in {"BAR", "COLUMN"})
    kinds = {series.kind for series in chart.series}
    if ("BAR" in kinds and len(kinds) > 1) or ("SCATTER" in kinds and len(kinds) > 1):
        return NOT_DRAWN
    if not any(value is not None for series in chart.series for value in series.values):
        return NOTHING
    if size > MOST_POINTS or bars > MOST_BARS:
        return TOO_MUCH
    return chart


def _axis(given: Json, number_format: Format) -> Axis:
    window = given.get("viewWindowOptions", {})
    limits = [
        float(w) if (w := window.get(name)) is not None else None
        for name in ("viewWindowMin", "viewWindowMax")
    ]
    return Axis(str(given.get("title", "")), number_format, *limits)


def _pie(pie: Json, ranges: Ranges) -> Pie | Words:
    labels, values = ranges.points(pie.get("domain")), ranges.points(pie.get("series"))
    if labels is None or values is None:
        return NOTHING
    headers = _headers(None, labels, [values])
    labels, values = labels[headers:], values[headers:]
    kind = pie.get("series", {}).get("aggregateType", "")
    if kind:
        if kind not in AGGREGATES:
            return NOT_DRAWN
        labels, (values,) = aggregated(labels, [values], [kind])
    pairs = [
        (label.text, number)
        for label, value in zip(labels, values, strict=False)
        if (number := value.number) is not None and number != 0
    ]
    if any(number < 0 for _, number in pairs):
        return NOT_DRAWN  # a share below nothing
    if len(pairs) > MOST_SLICES:
        return TOO_MUCH
    names, numbers = tuple(name for name, _ in pairs), tuple(number for _, number in pairs)
    hole = min(max(float(pie.get("pieHole", 0)), 0.0), 0.9)
    return Pie(names, numbers, hole, pie.get("legendPosition", "RIGHT_LEGEND")) if pairs else NOTHING


def _histogram(histogram: Json, ranges: Ranges) -> Histogram | Words:
    given = histogram.get("series", [])
    columns = [ranges.points(one.get("data")) or [] for one in given]
    headers = _headers(None, None, columns)
    names = tuple(column[0].text if headers and column else "" for column in columns)
    numbers = [[n for point in column if (n := point.number) is not None] for column in columns]
    everything = [number for column in numbers for number in column]
    if not everything:
        return NOTHING
    if histogram.get("outlierPercentile"):
        return NOT_DRAWN
    edges = _edges(min(everything), max(everything), histogram.get("bucketSize"), len(everything))
    if len(edges) > MOST_BARS:
        return TOO_MUCH
    width = edges[1] - edges[0]
    last = len(edges) - 2
    counts = [[0] * (last + 1) for _ in numbers]
    for count, column in zip(counts, numbers, strict=True):
        for number in column:
            count[min(int((number - edges[0]) / width), last)] += 1
    return Histogram(
        names,
        tuple(colour_of(one, "barColor") for one in given),
        tuple(edges),
        tuple(tuple(count) for count in counts),
        _format([point for column in columns for point in column]),
        histogram.get("legendPosition", "RIGHT_LEGEND"),
    )


def _edges(least: Number, most: Number, wanted: float | None, count: int) -> list[float]:
    """Buckets as wide as wanted, else a round number that makes about as many as the root of the count."""
    width = float(wanted) if wanted and wanted > 0 else 0.0
    if not width:
        rough = (most - least) / max(math.sqrt(count), 1) or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        width = next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
    first = math.floor(least / width)
    steps = math.floor(most / width) - first + 1
    return [(first + step) * width for step in range(min(steps, MOST_BARS + 1) + 1)]


def _scorecard(card: Json, ranges: Ranges, locale: str) -> Scorecard | Words:
    key = _one_number(ranges.points(card.get("keyValueData")), card.get("aggregateType", ""))
    if key is None:
        return NOTHING
    if card.get("scaleFactor"):
        return NOT_DRAWN
    value, number_format = key
    frame = Picture(NOTHING, locale=locale)
    options = card.get("customFormatOptions", {})
    text = f"{options.get('prefix', '')}{frame.text(value, number_format)}{options.get('suffix', '')}"
    base = _one_number(ranges.points(card.get("baselineValueData")), card.get("aggregateType", ""))
    if base is None:
        return Scorecard(text)
    how = card.get("baselineValueFormat", {})
    difference = value - base[0]
    if how.get("comparisonType") == "PERCENTAGE_DIFFERENCE":
        if base[0] == 0:
            return Scorecard(text)
        compared = frame.text(abs(difference / base[0]), ("PERCENT", "0.00%"))
    else:
        compared = frame.text(abs(difference), base[1] or number_format)
    sign = "▲" if difference > 0 else "▼" if difference < 0 else ""
    words = " ".join(part for part in (sign, compared, str(how.get("description", ""))) if part)
    return Scorecard(text, words, None if difference == 0 else difference > 0)


def _one_number(points: list[Point] | None, kind: str) -> tuple[Number, Format] | None:
    numbers = [number for point in points or [] if (number := point.number) is not None]
    if not numbers:
        return None
    number_format = _format(points or [])
    return (AGGREGATES[kind](numbers) if kind in AGGREGATES else numbers[0]), number_format


def _format(points: list[Point]) -> Format:
    """The number format of the first number that has one."""
    return next((point.format for point in points if point.number is not None and point.format), None)


def colour_of(fields: Json, name: str) -> str:
    """A colour as `#rrggbb`; empty for none."""
    twin = fields.get(name + "Style") or {}
    colour = twin.get("rgbColor", THEME_COLOURS.get(twin.get("themeColor", ""), fields.get(name)))
    if colour is None:
        return ""
    levels = [round(min(max(float(colour.get(one, 0)), 0), 1) * 255) for one in ("red", "green", "blue")]
    return "#{:02x}{:02x}{:02x}".format(*levels)
