"""Which ranges hold some columns of a tab, and the columns out of the answer. Pure; not who asks for them.

    titles ─► Asked ─► ranges, neighbours joined ─► (one answer, by columns, titles included) ─► Columns

The answer brings the titles its values stand under. Where these are not the ones that were asked for, somebody moved
a column in between: `columns_of` says None, and the answer's own titles say where to look next.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import orjson

from bot.ports import Columns
from bot.survey import Grid, grids_of
from sheets_schema import LANGUAGES, Cell, Tab
from sheets_schema.titles import Header, column_letter, fold, read_header

#: The row of titles, which every answer brings along.
TITLES = "1:1"


@dataclass(frozen=True)
class Asked:
    """What is to be read of one tab."""

    tab: Tab
    #: Key -> 0-based index of the columns that are wanted and that the tab has.
    places: Mapping[str, int]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """First and last index of each run of neighbouring columns."""
        spans: list[tuple[int, int]] = []
        for index in sorted(set(self.places.values())):
            if spans and index == spans[-1][1] + 1:
                spans[-1] = (spans[-1][0], index)
            else:
                spans.append((index, index))
        return tuple(spans)

    @property
    def ranges(self) -> tuple[str, ...]:
        """Ranges in A1 notation, without the tab's title; the titles first, then one for each span."""
        return (TITLES, *(f"{column_letter(a)}1:{column_letter(b)}" for a, b in self.spans))


def asked_for(tab: Tab, titles: Sequence[Cell], wanted: Collection[str]) -> Asked:
    """Where the wanted columns stand under these titles; of two with one title the first is meant."""
    columns = _header(tab, titles).columns
    return Asked(tab, {key: columns[key] for key in wanted if key in columns})


def titles_of(value_range: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The first row out of an answer by columns."""
    return tuple(column[0] if column else "" for column in value_range.get("values", []))


def columns_of(
    asked: Asked, wanted: Collection[str], value_ranges: Sequence[Mapping[str, Any]]
) -> Columns | None:
    """The columns out of the value ranges of `asked.ranges`; None when they stand elsewhere by now.

    The lists of the answer are kept, not copied: a tab may have a million rows.
    """
    titles = titles_of(value_ranges[0])
    if asked_for(asked.tab, titles, wanted) != asked:
        return None
    read: dict[int, list[Cell]] = {}
    for (first, last), found in zip(asked.spans, value_ranges[1:], strict=True):
        values = found.get("values", [])
        for index in range(first, last + 1):
            column = values[index - first] if index - first < len(values) else []
            if fold(str(column[0] if column else "")) != fold(str(titles[index])):
                return None
            del column[:1]
            read[index] = column
    cells = {key: read[index] for key, index in asked.places.items()}
    return Columns(asked.tab.key, cells, _header(asked.tab, titles).columns, titles)


def columns_in(tab: Tab, rows: Sequence[Sequence[Cell]], wanted: Collection[str]) -> Columns:
    """The columns out of a tab's whole rows, titles first: what an answer by columns would bring."""
    titles = tuple(rows[0]) if rows else ()
    asked = asked_for(tab, titles, wanted)
    cells = {
        key: _without_blank_end([row[index] if index < len(row) else "" for row in rows[1:]])
        for key, index in asked.places.items()
    }
    return Columns(tab.key, cells, _header(tab, titles).columns, _without_blank_end([*titles]))


def value_ranges_of(answer: bytes) -> list[dict[str, Any]]:
    """The value ranges of a batchGet answer. Raises ValueError when it is none."""
    parsed = _parsed(answer)
    if not isinstance(parsed, dict) or "spreadsheetId" not in parsed:
        raise ValueError("The answer is not a batchGet answer")
    ranges: list[dict[str, Any]] = parsed.get("valueRanges", [])
    return ranges


class Rows(Sequence[list[Cell]]):
    """All rows of one tab, each parsed only when it is looked at and forgotten again: a copy of the answer's bytes."""

    def __init__(self, grid: Grid, *, is_empty: bool) -> None:
        self._grid = grid
        self._length = 0 if is_empty else 1 + len(grid.ends)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[Cell]]: ...
    def __getitem__(self, index: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(index, slice):
            return [self._row(i) for i in range(*index.indices(self._length))]
        return self._row(range(self._length)[index])

    def __iter__(self) -> Iterator[list[Cell]]:
        return map(self._row, range(self._length))

    def _row(self, index: int) -> list[Cell]:
        if index == 0:
            return list(self._grid.header)
        cells: list[Cell] = _parsed(b"[" + self._grid.row(index - 1) + b"]")
        return cells


def contents_of(answer: bytes, titles: Sequence[str]) -> dict[str, Sequence[Sequence[Cell]]]:
    """The tabs out of a batchGet answer that has one whole tab in each range. Raises ValueError when it is none."""
    found: dict[str, Sequence[Sequence[Cell]]] = {}
    for title, grid in grids_of(answer, titles).items():
        whole = grid.mended(range(len(grid.ends)))
        found[title] = Rows(whole, is_empty=not whole.answer)
    return found


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        # Half of a surrogate pair in a cell: the slower parser lets it through.
        return json.loads(text)


def _header(tab: Tab, titles: Sequence[Cell]) -> Header:
    # The language only words the sentences about titles that are missing, and those are not asked for here.
    return read_header(tab, "", titles, LANGUAGES[0])


def _without_blank_end(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    kept = [*cells]
    while kept and kept[-1] == "":
        kept.pop()
    return tuple(kept)
