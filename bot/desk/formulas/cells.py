"""Cells as formulas see them: rectangles within a grid, and the values they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.desk.book.workbook import Sheet
from bot.desk.formulas.values import BAD_REFERENCE, ERRORS, Error, Value


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells in a sheet, half open and within the grid."""

    sheet: Sheet
    top: int
    left: int
    bottom: int
    right: int
    single: bool = False  #: written as one cell, whose value the formula means

    @property
    def height(self) -> int:
        """Rows, filled or not."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns, filled or not."""
        return self.right - self.left

    def part(self, row: int | None, column: int | None) -> Block:
        """One cell of the block, or a whole row or column of it where the other is left out."""
        top, bottom = (self.top, self.bottom) if row is None else (self.top + row, self.top + row + 1)
        left, right = (
            (self.left, self.right) if column is None else (self.left + column, self.left + column + 1)
        )
        single = bottom - top == 1 and right - left == 1
        return replace(self, top=top, bottom=bottom, left=left, right=right, single=single)


def held(sheet: Sheet, row_index: int, column: int) -> Value:
    """The value a cell has for formulas; an error only where a formula came to it."""
    row = sheet.grid.row(row_index)
    values = row.values
    value = values[column] if column < len(values) else ""
    if isinstance(value, str) and row.extras:
        extra = row.extras.get(column)
        if extra is not None and extra.formula is not None:
            if extra.empty:
                return None
            return ERRORS.get(value, value)
    return None if value == "" else value


def bounded(
    sheet: Sheet, sides: tuple[int | None, int | None, int | None, int | None], single: bool
) -> Block | Error:
    """The block between sides (top, left, bottom, right; both ends inside), cut to the grid."""
    top, left = sides[0] or 0, sides[1] or 0
    if top >= sheet.row_count or left >= sheet.column_count:
        return BAD_REFERENCE
    bottom = sheet.row_count if sides[2] is None else min(sides[2] + 1, sheet.row_count)
    right = sheet.column_count if sides[3] is None else min(sides[3] + 1, sheet.column_count)
    return Block(sheet, top, left, bottom, right, single)
