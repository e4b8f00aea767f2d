"""Inserts and deletes blocks of cells; what is below or to the right moves, and what points at it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.desk import formulas
from bot.desk.book import dimensions
from bot.desk.book.a1 import Area, area_of
from bot.desk.book.dimensions import Span
from bot.desk.book.grid import BLANK, Row
from bot.desk.book.workbook import Workbook
from bot.desk.changes.arranging import take_cells
from bot.desk.errors import bad_request
from bot.desk.formulas.references import Reference
from bot.desk.formulas.rewriting import Deleted, Edit, Inserted, about

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Within:
    """An edit of only some columns, or only some rows, of a tab."""

    edit: Edit
    title: str
    across: str  #: the dimension in which it is bounded
    bounds: Span

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """References that reach out of the bounds stay as they are."""
        first, last = one.ends(self.across)
        if not about(one, home, self.title) or first.index is None or last.index is None:
            return one
        inside = self.bounds[0] <= first.index and last.index < self.bounds[1]
        return self.edit(one, home) if inside else one


def insert_cells(book: Workbook, area: Area, dimension: str) -> None:
    """Put empty cells into an area; what was there moves down or right, and the grid grows if it has to."""
    start, end, across = _spans(area, dimension)
    _refuse_torn_merges(area, dimension)
    count = end - start
    if dimension == "ROWS":
        _fill_downwards(area, [*[BLANK] * count, *area.sheet.grid.rows[area.top :]])
    else:
        for index in range(area.top, min(area.bottom, len(area.sheet.grid.rows))):
            row = area.sheet.grid.row(index)
            if row is not BLANK:
                area.sheet.grid.put_row(index, dimensions.with_columns(row, start, count))
    _grow(book, area)
    size = area.sheet.row_count if dimension == "ROWS" else area.sheet.column_count

    def shifted(at: Span) -> Span:
        # The grid grows for what cells hold; what is only laid over them is cut off at its end.
        return min(at[0] + count * (at[0] >= start), size), min(at[1] + count * (at[1] > start), size)

    dimensions.shift_ranges(book, area.sheet, dimension, shifted, across)
    _follow(book, area, dimension, Inserted(area.sheet.title, dimension, start, count), across)


def delete_cells(book: Workbook, area: Area, dimension: str) -> None:
    """Take the cells of an area out; what is below moves up, or what is to the right moves left."""
    start, end, across = _spans(area, dimension)
    _refuse_torn_merges(area, dimension)
    grid = area.sheet.grid
    if dimension == "ROWS":
        below = grid.rows[area.bottom :]
        _fill_downwards(area, [*below, *[BLANK] * (len(grid.rows) - area.top - len(below))])
    else:
        for index in range(area.top, min(area.bottom, len(grid.rows))):
            if grid.row(index) is not BLANK:
                row = dimensions.without_columns(grid.row(index), start, end)
                grid.put_row(index, row if row.values or row.extras or row.props else BLANK)

    def moved(index: int) -> int:
        return index if index <= start else max(start, index - (end - start))

    dimensions.shift_ranges(book, area.sheet, dimension, lambda at: (moved(at[0]), moved(at[1])), across)
    _follow(book, area, dimension, Deleted(area.sheet.title, dimension, start, end), across)


def _spans(area: Area, dimension: str) -> tuple[int, int, Span]:
    if dimension == "ROWS":
        return area.top, area.bottom, (area.left, area.right)
    return area.left, area.right, (area.top, area.bottom)


def _follow(book: Workbook, area: Area, dimension: str, edit: Edit, across: Span) -> None:
    other = "COLUMNS" if dimension == "ROWS" else "ROWS"
    formulas.follow(book, _Within(edit, area.sheet.title, other, across))


def _fill_downwards(area: Area, rows: list[Row]) -> None:
    """Give the rows from the area's first on the cells that others had in its columns."""
    for index, row in enumerate(rows, area.top):
        take_cells(area.sheet.grid, index, row, area.left, area.right)


def _grow(book: Workbook, area: Area) -> None:
    """Make the grid as large as what it holds, and as the inserted cells."""
    sheet = area.sheet
    widest = max((row.width for row in sheet.grid.rows[area.top : area.bottom]), default=0)
    sheet.properties["gridProperties"] |= {
        "rowCount": max(sheet.row_count, len(sheet.grid.rows), area.bottom),
        "columnCount": max(sheet.column_count, widest, area.right),
    }
    book.refuse_too_many_cells()


def _refuse_torn_merges(area: Area, dimension: str) -> None:
    """Refuse to move only a part of merged cells."""
    for merge in area.sheet.meta.get("merges", []):
        rows, columns = (
            (merge["startRowIndex"], merge["endRowIndex"]),
            (merge["startColumnIndex"], merge["endColumnIndex"]),
        )
        along, across = (rows, columns) if dimension == "ROWS" else (columns, rows)
        start, _, (low, high) = _spans(area, dimension)
        touched = along[1] > start and across[0] < high and low < across[1]
        if touched and not (low <= across[0] and across[1] <= high):
            raise bad_request("You must select all cells in a merged range to merge or unmerge them.")


def insert_range(book: Workbook, body: Body) -> None:
    """insertRange: empty cells; those there move down (ROWS) or to the right (COLUMNS)."""
    insert_cells(book, *_asked(book, body))


def delete_range(book: Workbook, body: Body) -> None:
    """deleteRange: cells taken out; those below move up (ROWS) or those to the right move left (COLUMNS)."""
    delete_cells(book, *_asked(book, body))


def _asked(book: Workbook, body: Body) -> tuple[Area, str]:
    area = area_of(book, body.get("range", {}))
    dimension = body.get("shiftDimension", "DIMENSION_UNSPECIFIED")
    if dimension == "DIMENSION_UNSPECIFIED":
        raise bad_request("No dimension specified.")
    return area, dimension
