"""The cells a chart is about, read as labels and numbers."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.desk.book import filters
from bot.desk.book.a1 import area_of
from bot.desk.book.cells import formatted
from bot.desk.book.grid import Scalar
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.charts.picture import Format, Number
from bot.desk.errors import ApiError

Json = dict[str, Any]

AGGREGATES: dict[str, Callable[[list[Number]], Number]] = {
    "AVERAGE": statistics.fmean,
    "COUNT": len,
    "MAX": max,
    "MEDIAN": statistics.median,
    "MIN": min,
    "SUM": sum,
}
LONGEST = 200  #: characters of a label


@dataclass(frozen=True)
class Point:
    """One cell of a range."""

    value: Scalar
    text: str
    format: Format

    @property
    def number(self) -> Number | None:
        """The number in the cell, if there is one."""
        return None if isinstance(self.value, str | bool) else self.value


class Ranges:
    """Reads the ranges of one chart; rows and columns people do not see are left out, unless it says otherwise."""

    def __init__(self, book: Workbook, hidden: str):
        self._book = book
        self._rows_count = hidden not in {"SKIP_HIDDEN_COLUMNS", "SHOW_ALL"}
        self._columns_count = hidden not in {"SKIP_HIDDEN_ROWS", "SHOW_ALL"}
        self._hidden: dict[int, tuple[set[int], set[int]]] = {}

    def points(self, data: Json | None) -> list[Point] | None:
        """The cells of a domain or series in their order; none if they are no rows or columns of a sheet."""
        found: list[Point] = []
        for source in (data or {}).get("sourceRange", {}).get("sources", []):
            part = self._part(source)
            if part is None:
                return None
            found += part
        return found or None

    def _part(self, source: Json) -> list[Point] | None:
        try:
            area = area_of(self._book, source)
        except ApiError:
            return None  # the sheet has gone, or has become smaller than the range
        rows, columns = self._hidden_on(area.sheet)
        across = area.bottom - area.top == 1
        if not across and area.right - area.left != 1:
            return None
        bottom = area.bottom if across else min(area.bottom, len(area.sheet.grid.rows))
        return [
            self._point(area.sheet, row, column)
            for row in range(area.top, bottom)
            if across or row not in rows
            for column in range(area.left, area.right)
            if not across or column not in columns
        ]

    def _point(self, sheet: Sheet, index: int, column: int) -> Point:
        row = sheet.grid.row(index)
        cell = row.cell(column)
        style = cell.extra.style if cell.extra else None
        number_format = style.number_format if style else None
        kept = (number_format.get("type", ""), number_format.get("pattern", "")) if number_format else None
        text = formatted(row, column, self._book.locale)
        return Point(cell.value, text[:LONGEST], kept)

    def _hidden_on(self, sheet: Sheet) -> tuple[set[int], set[int]]:
        if sheet.id not in self._hidden:
            by_hand = {index for index, row in enumerate(sheet.grid.rows) if row.props.get("hiddenByUser")}
            rows = by_hand | set(filters.hidden_rows(self._book, sheet))
            columns = {int(index) for index, column in sheet.columns().items() if column.get("hiddenByUser")}
            self._hidden[sheet.id] = (
                rows if self._rows_count else set(),
                columns if self._columns_count else set(),
            )
        return self._hidden[sheet.id]


def aggregated(
    labels: list[Point], series: list[list[Point]], kinds: list[str]
) -> tuple[list[Point], list[list[Point]]]:
    """One point for all with the same label, in the order labels first appear."""
    groups: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        groups.setdefault(label.text, []).append(place)
    merged = []
    for points, kind in zip(series, kinds, strict=True):
        merged.append(
            [_together([points[i] for i in places if i < len(points)], kind) for places in groups.values()]
        )
    return [labels[places[0]] for places in groups.values()], merged


def _together(points: list[Point], kind: str) -> Point:
    numbers = [number for point in points if (number := point.number) is not None]
    number_format = next((point.format for point in points if point.format), None)
    if not numbers:
        return Point(0 if kind in {"COUNT", "SUM"} else "", "", number_format)
    return Point(AGGREGATES[kind](numbers), "", None if kind == "COUNT" else number_format)
