"""Finds the table an append goes to, as the API's guide describes it.

A table is a block of filled cells with nothing filled next to it. Of the tables a range touches, the append
goes to the last: the lowest, and of those the right-most.
"""

from __future__ import annotations

from dataclasses import replace

from bot.desk.a1 import Area
from bot.desk.grid import Grid, Row


def table_in(area: Area) -> Area | None:
    """The last table the area touches, or none."""
    grid = area.sheet.grid
    for index in range(min(area.bottom, len(grid.rows)) - 1, area.top - 1, -1):
        column = _last_filled(grid.rows[index], area.left, area.right)
        if column is not None:
            return _grown(replace(area, top=index, left=column, bottom=index + 1, right=column + 1))
    # The range itself is empty; it may still lie in a hole of a table.
    for index in range(max(area.top - 1, 0), min(area.bottom + 1, len(grid.rows))):
        column = _last_filled(grid.rows[index], max(area.left - 1, 0), area.right + 1)
        if column is not None:
            table = _grown(replace(area, top=index, left=column, bottom=index + 1, right=column + 1))
            if _overlap(table, area):
                return table
    return None


def _grown(area: Area) -> Area:
    """The block around a filled cell: wider until no filled cell touches it, even at a corner."""
    grid = area.sheet.grid
    top, left, bottom, right = area.top, area.left, area.bottom, area.right
    while True:
        before = (top, left, bottom, right)
        while top > 0 and _filled(grid.rows[top - 1], left - 1, right + 1):
            top -= 1
        while bottom < len(grid.rows) and _filled(grid.rows[bottom], left - 1, right + 1):
            bottom += 1
        while left > 0 and _column_filled(grid, left - 1, top - 1, bottom + 1):
            left -= 1
        while _column_filled(grid, right, top - 1, bottom + 1):
            right += 1
        if before == (top, left, bottom, right):
            return replace(area, top=top, left=left, bottom=bottom, right=right)


def _filled(row: Row, left: int, right: int) -> bool:
    cells = row.values[max(left, 0) : right]
    return cells.count("") < len(cells)


def _last_filled(row: Row, left: int, right: int) -> int | None:
    values = row.values
    for column in range(min(right, len(values)) - 1, left - 1, -1):
        if values[column] != "":
            return column
    return None


def _column_filled(grid: Grid, column: int, top: int, bottom: int) -> bool:
    return any(
        len(row.values) > column and row.values[column] != "" for row in grid.rows[max(top, 0) : bottom]
    )


def _overlap(one: Area, other: Area) -> bool:
    return (
        one.top < other.bottom
        and other.top < one.bottom
        and one.left < other.right
        and other.left < one.right
    )
