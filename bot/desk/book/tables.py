"""Finds the table an append goes to, as the API's guide describes it.

A table is a block of filled cells with nothing filled next to it. Of the tables a range touches, the append
goes to the last: the lowest, and of those the right-most. Nothing is remembered from one append to the next:
looking down a long table takes a few milliseconds.
"""

from __future__ import annotations

from dataclasses import replace

from bot.desk.book.a1 import Area
from bot.desk.book.grid import Row


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
    rows = area.sheet.grid.rows
    top, left, bottom, right = area.top, area.left, area.bottom, area.right
    widest = len(rows[top].values)
    while True:
        before = (top, left, bottom, right)
        while left > 0 and _column_filled(rows[max(top - 1, 0) : bottom + 1], left - 1):
            left -= 1
        while (right < widest and _column_filled(rows[top:bottom], right)) or _column_filled(
            [*rows[max(top - 1, 0) : top], *rows[bottom : bottom + 1]], right
        ):
            right += 1
        above = _run(rows[:top][::-1], left - 1, right + 1)
        below = _run(rows[bottom:], left - 1, right + 1)
        top, bottom = top - above[0], bottom + below[0]
        widest = max(widest, above[1], below[1])
        if before == (top, left, bottom, right):
            return replace(area, top=top, left=left, bottom=bottom, right=right)


def _run(rows: list[Row], left: int, right: int) -> tuple[int, int]:
    """How many rows are filled between two columns before the first that is not, and the widest of them.

    The last value of a row is a filled cell. Where it stands mostly answers the question, and fetching no
    cell from memory is what makes looking down a long table quick.
    """
    left = max(left, 0)
    widths = [len(row.values) for row in rows]
    widest = max(widths, default=0)
    if widest <= right and left < min(widths, default=0):
        return len(widths), widest
    for count, width in enumerate(widths):
        if not left < width <= right:
            cells = rows[count].values[left:right]
            if cells.count("") == len(cells):
                return count, max(widths[:count], default=0)
    return len(widths), widest


def _last_filled(row: Row, left: int, right: int) -> int | None:
    values = row.values
    for column in range(min(right, len(values)) - 1, left - 1, -1):
        if values[column] != "":
            return column
    return None


def _column_filled(rows: list[Row], column: int) -> bool:
    return any(len(row.values) > column and row.values[column] != "" for row in rows)


def _overlap(one: Area, other: Area) -> bool:
    return (
        one.top < other.bottom
        and other.top < one.bottom
        and one.left < other.right
        and other.left < one.right
    )
