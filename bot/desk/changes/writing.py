"""Writes values into a sheet: update, append and clear, with Google's rules on what may be touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.desk.access.protection import refuse_area, refuse_cells, refuse_gap
from bot.desk.access.touched import Gap
from bot.desk.book import cells, dimensions
from bot.desk.book.a1 import Area, beyond_grid
from bot.desk.book.grid import NOTHING, Extra, Row
from bot.desk.book.tables import table_in
from bot.desk.book.workbook import MAX_CELL_TEXT, Workbook
from bot.desk.errors import bad_request
from sheets_schema.titles import column_letter


@dataclass(frozen=True, slots=True)
class Written:
    """What a write touched."""

    area: Area
    rows: int = 0
    columns: int = 0
    cells: int = 0

    def answer(self, spreadsheet_id: str) -> dict[str, Any]:
        """The UpdateValuesResponse; counts of 0 are left out."""
        counts = {"updatedRows": self.rows, "updatedColumns": self.columns, "updatedCells": self.cells}
        return {
            "spreadsheetId": spreadsheet_id,
            "updatedRange": self.area.name,
            **{name: count for name, count in counts.items() if count},
        }


def turned(values: list[list[Any]], dimension: str) -> list[list[Any]]:
    """The values as rows; `None` where a shorter column leaves a hole."""
    if dimension != "COLUMNS":
        return values
    height = max((len(column) for column in values), default=0)
    return [[column[row] if row < len(column) else None for column in values] for row in range(height)]


def update(book: Workbook, area: Area, rows: list[list[Any]], typed: bool) -> Written:
    """Write rows from the area's first cell on; a 400 if they do not fit the area or the grid."""
    width = max((len(row) for row in rows), default=0)
    if not area.anchor:
        _refuse_overflow(area, len(rows), width)
    target = replace(area, bottom=area.top + max(len(rows), 1), right=area.left + max(width, 1), anchor=False)
    if target.bottom > area.sheet.row_count or target.right > area.sheet.column_count:
        raise beyond_grid(target)
    return put(book, target, rows, typed)


def put(book: Workbook, target: Area, rows: list[list[Any]], typed: bool) -> Written:
    """Write rows into an area known to hold them; `None` skips a cell, `""` clears it."""
    refuse_cells(book, target, rows)
    grid = target.sheet.grid
    touched_columns: set[int] = set()
    touched_rows = touched = 0
    for offset, row in enumerate(rows):
        plain = None if typed else _plain_row(grid.row(target.top + offset), target.left, row)
        if plain is not None:
            grid.put_row(
                target.top + offset, Row(plain.key or grid.new_key(), plain.values, NOTHING, plain.props)
            )
            touched_columns.update(range(target.left, target.left + len(row)))
            touched += len(row)
            touched_rows += 1
            continue
        draft = None
        for column, value in enumerate(row, target.left):
            if value is None:
                continue
            draft = draft or grid.edit(target.top + offset)
            cell = cells.with_value(book, draft.extras.get(column), value, typed)
            draft.put_value(column, cell.value)
            if cell.extra is not None or column in draft.extras:
                draft.put_extra(column, cell.extra)
            touched += 1
            touched_columns.add(column)
        if draft is not None:
            grid.put(target.top + offset, draft)
            touched_rows += 1
    return Written(target, touched_rows, len(touched_columns), touched)


def _plain_row(old: Row, left: int, values: list[Any]) -> Row | None:
    """The row after plain values were written over it, where nothing about it needs a closer look.

    The short way for long tables: a row without formats or formulas, and values that are simply kept.
    """
    if old.extras or not values or not all(map(_plain, values)):
        return None
    mine = old.values
    before = mine[:left] if len(mine) >= left else [*mine, *[""] * (left - len(mine))]
    new = [*before, *values, *mine[left + len(values) :]]
    return Row(old.key, new, NOTHING, old.props) if new[-1] != "" else None


def _plain(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return len(value) <= MAX_CELL_TEXT
    return kind is int or (kind is float and not value.is_integer())


def _refuse_overflow(area: Area, height: int, width: int) -> None:
    text = f"Requested writing within range [{area.name}], but tried writing to"
    if height > area.bottom - area.top:
        raise bad_request(f"{text} row [{area.bottom + 1}]")
    if width > area.right - area.left:
        raise bad_request(f"{text} column [{column_letter(area.right)}]")


def append(
    book: Workbook, area: Area, rows: list[list[Any]], typed: bool, insert: bool
) -> tuple[Area | None, Written]:
    """Write rows below the table in the area, growing the grid at its end; the table found, what was written."""
    sheet = area.sheet
    table = table_in(area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    width = max((len(row) for row in rows), default=0)
    target = Area(sheet, top, left, top + max(len(rows), 1), left + max(width, 1))
    if insert and top < sheet.row_count:
        refuse_gap(book, Gap(sheet, "ROWS", top))
        dimensions.insert(book, sheet, "ROWS", top, top + max(len(rows), 1), inherit=top > 0)
    grid_properties = sheet.properties["gridProperties"]
    grid_properties["rowCount"] = max(sheet.row_count, target.bottom)
    grid_properties["columnCount"] = max(sheet.column_count, target.right)
    book.refuse_too_many_cells()
    return table, put(book, target, rows, typed)


def clear(book: Workbook, area: Area) -> None:
    """Take the values and formulas out of an area; formats, notes and validation stay."""
    refuse_area(book, area)
    grid = area.sheet.grid
    for index in range(area.top, min(area.bottom, len(grid.rows))):
        row = grid.rows[index]
        if not any(v != "" for v in row.values[area.left : area.right]) and not row.extras:
            continue
        draft = grid.edit(index)
        for column in range(area.left, min(area.right, len(draft.values))):
            draft.values[column] = ""
        for column, extra in list(draft.extras.items()):
            if area.left <= column < area.right and extra.formula is not None:
                draft.put_extra(column, Extra(None, extra.style, extra.note))
        grid.put(index, draft)
