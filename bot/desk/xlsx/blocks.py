"""Finds the rectangles of cells that have something in common, so that a rule is written once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sheets_schema.titles import column_letter

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle, half open."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        """The rectangle in A1 notation."""
        first, last = (
            f"{column_letter(self.left)}{self.top + 1}",
            f"{column_letter(self.right - 1)}{self.bottom}",
        )
        return first if first == last else f"{first}:{last}"


def blocks(
    rows: Iterable[Mapping[int, Item]], key_of: Callable[[Item], Key | None]
) -> dict[Key, list[Block]]:
    """For each key the rectangles that have it; cells with the key `None` have nothing in common.

    A row is what its cells have, by column. Cells side by side make a run, and equal runs below each other a rectangle; it is not the fewest there are.
    """
    found: dict[Key, list[Block]] = {}
    started: dict[tuple[int, int, Key], int] = {}  # runs still open, and the row they began in
    last: Mapping[int, Item] | None = None
    index = -1
    for index, row in enumerate(rows):
        if row is last:  # rows that look alike often share what they look like
            continue
        last = row
        runs = _runs(row, key_of)
        for run in [run for run in started if run not in runs]:
            left, right, key = run
            found.setdefault(key, []).append(Block(started.pop(run), left, index, right))
        for run in runs:
            started.setdefault(run, index)
    for (left, right, key), top in started.items():
        found.setdefault(key, []).append(Block(top, left, index + 1, right))
    return found


def _runs(row: Mapping[int, Item], key_of: Callable[[Item], Key | None]) -> set[tuple[int, int, Key]]:
    runs: set[tuple[int, int, Key]] = set()
    left = right = -1
    current: Key | None = None
    for column in sorted(row):
        key = key_of(row[column])
        if key is not None and key == current and column == right:
            right += 1
            continue
        if current is not None:
            runs.add((left, right, current))
        left, right, current = column, column + 1, key
    if current is not None:
        runs.add((left, right, current))
    return runs
