"""Reads cells as formulas see them, column by column, with the values worked out but not stored yet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.desk.formulas.values import (
    BAD_NUMBER,
    BAD_REFERENCE,
    BAD_SYNTAX,
    BAD_VALUE,
    DIVISION,
    NO_MATCH,
    UNKNOWN_NAME,
    Error,
    NotImitated,
    Value,
)
from bot.desk.grid import Row
from bot.desk.workbook import Sheet

ERRORS = {
    error.code: error
    for error in (UNKNOWN_NAME, DIVISION, BAD_REFERENCE, NO_MATCH, BAD_VALUE, BAD_NUMBER, BAD_SYNTAX)
}


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


@dataclass(frozen=True, slots=True)
class Matrix:
    """Values that were worked out as a block: columns of equal height; what lies below them is empty."""

    columns: list[list[Value]]
    height: int

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.columns)


class Cells:
    """The values of a workbook's cells, remembered while formulas are worked out."""

    def __init__(self) -> None:
        self._columns: dict[tuple[int, int], list[Value]] = {}
        self._unknown: dict[tuple[int, int], set[int]] = {}
        self._fresh: dict[tuple[int, int], dict[int, Value]] = {}
        self._texts: dict[tuple[int, int], dict[str, list[int]]] = {}

    def at(self, sheet: Sheet, row: int, column: int) -> Value:
        """The value of one cell."""
        fresh = self._fresh.get((sheet.id, column))
        value = fresh[row] if fresh is not None and row in fresh else _value(sheet.grid.row(row), column)
        if value is UNKNOWN_NAME:
            # What the desk could not work out spoils all that depends on it: even IFERROR would be guessing.
            raise NotImitated("what depends on a formula that is not imitated")
        return value

    def column(self, sheet: Sheet, column: int, top: int, bottom: int) -> list[Value]:
        """The values of a part of a column, down to the sheet's last filled row at most."""
        key = (sheet.id, column)
        values = self._columns.get(key)
        if values is None:
            values = self._columns[key] = _column(sheet.grid.rows, column)
            self._unknown[key] = {row for row, value in enumerate(values) if value is UNKNOWN_NAME}
            for row, value in self._fresh.get(key, {}).items():
                self._replace(key, row, value)
        if any(top <= row < bottom for row in self._unknown[key]):
            raise NotImitated("what depends on a formula that is not imitated")
        return values[top:bottom]

    def rows_of_text(self, block: Block, lowered: str) -> list[int]:
        """The rows of a column, counted from the block's first, that hold a text in whatever case."""
        key = (block.sheet.id, block.left)
        self.column(block.sheet, block.left, block.top, block.bottom)
        rows = self._texts.get(key)
        if rows is None:
            rows = self._texts[key] = {}
            for row, value in enumerate(self._columns[key]):
                if isinstance(value, str):
                    rows.setdefault(value.lower(), []).append(row)
        return [row - block.top for row in rows.get(lowered, ()) if block.top <= row < block.bottom]

    def put(self, sheet: Sheet, row: int, column: int, value: Value) -> None:
        """Let formulas worked out later see this value."""
        key = (sheet.id, column)
        self._fresh.setdefault(key, {})[row] = value
        if key in self._columns:
            self._replace(key, row, value)

    def matrix(self, block: Block) -> Matrix:
        """The values of a block."""
        columns = [
            self.column(block.sheet, column, block.top, block.bottom)
            for column in range(block.left, block.right)
        ]
        tallest = max(map(len, columns), default=0)
        for index, values in enumerate(columns):
            if len(values) < tallest:
                columns[index] = values + [None] * (tallest - len(values))
        return Matrix(columns, block.height)

    def _replace(self, key: tuple[int, int], row: int, value: Value) -> None:
        values = self._columns[key]
        self._texts.pop(key, None)
        if row >= len(values):
            values.extend([None] * (row + 1 - len(values)))
        values[row] = value
        if value is UNKNOWN_NAME:
            self._unknown[key].add(row)
        else:
            self._unknown[key].discard(row)


def _column(rows: list[Row], column: int) -> list[Value]:
    values: list[Value] = []
    for row in rows:
        if row.extras:
            values.append(_value(row, column))
        else:
            value = row.values[column] if column < len(row.values) else ""
            values.append(None if value == "" else value)
    return values


def _value(row: Row, column: int) -> Value:
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
