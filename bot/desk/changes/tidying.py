"""Requests that tidy up: repeated rows, stray blanks, and rows put into a random order."""

from __future__ import annotations

from secrets import SystemRandom
from typing import Any

from bot.desk.book.a1 import Area, area_of
from bot.desk.book.grid import BLANK, Row
from bot.desk.book.workbook import Workbook
from bot.desk.changes.arranging import rearrange, sorting_rank
from bot.desk.errors import bad_request

Body = dict[str, Any]


def delete_duplicates(book: Workbook, body: Body) -> Body:
    """deleteDuplicates: rows of a range whose values were there before, in whatever case; the rest moves up.

    What is beside the range stays where it is. Empty rows are nobody's duplicates.
    """
    area = area_of(book, body.get("range", {}))
    columns = _compared(area, body.get("comparisonColumns", []))
    block = area.sheet.grid.rows[area.top : area.bottom]
    seen: set[Any] = set()
    kept: list[Row] = []
    for row in block:
        values = tuple(sorting_rank(row.cell(column).value) for column in columns)
        if values in seen and any(value != "" for value in row.values[area.left : area.right]):
            continue
        seen.add(values)
        kept.append(row)
    count = len(block) - len(kept)
    rearrange(area, [*kept, *[BLANK] * count])
    return {"duplicatesRemovedCount": count} if count else {}


def _compared(area: Area, ranges: list[Body]) -> list[int]:
    if not ranges:
        return list(range(area.left, area.right))
    columns: set[int] = set()
    for one in ranges:
        start, end = one.get("startIndex", area.left), one.get("endIndex", area.right)
        inside = area.left <= start < end <= area.right
        if one.get("dimension") != "COLUMNS" or one.get("sheetId", 0) != area.sheet.id or not inside:
            raise bad_request("Comparison columns must be columns of the range.")
        columns.update(range(start, end))
    return sorted(columns)


def trim_whitespace(book: Workbook, body: Body) -> Body:
    """trimWhitespace: text without blanks at its ends and with single ones inside; it stays text."""
    area = area_of(book, body.get("range", {}))
    grid = area.sheet.grid
    count = 0
    for index, row in enumerate(grid.rows[area.top : area.bottom], area.top):
        trimmed = {
            column: text
            for column, value in enumerate(row.values[area.left : area.right], area.left)
            if isinstance(value, str) and not _is_formula(row, column) and (text := _trimmed(value)) != value
        }
        if trimmed:
            draft = grid.edit(index)
            for column, text in trimmed.items():
                draft.put_value(column, text)
            grid.put(index, draft)
        count += len(trimmed)
    return {"cellsChangedCount": count} if count else {}


def _is_formula(row: Row, column: int) -> bool:
    extra = row.extras.get(column)
    return extra is not None and extra.formula is not None


def _trimmed(text: str) -> str:
    return " ".join(text.split())


def randomize_range(book: Workbook, body: Body) -> None:
    """randomizeRange: the rows of a range in a random order; empty ones come last, as in sorting."""
    area = area_of(book, body.get("range", {}))
    block = area.sheet.grid.rows[area.top : area.bottom]
    filled = [row for row in block if any(value != "" for value in row.values[area.left : area.right])]
    ids = {id(row) for row in filled}
    SystemRandom().shuffle(filled)
    rearrange(area, [*filled, *[row for row in block if id(row) not in ids]])
