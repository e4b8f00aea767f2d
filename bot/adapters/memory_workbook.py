"""A workbook in RAM for tests: the same answers as the API for what the bot asks, and a hand for people's edits.

It keeps cell values alone: no formats, no formulas, no protection. What Google does beyond that is the desk's to show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import orjson

from bot.columns import columns_in
from bot.ports import About, Columns, Place, Reading, Requests, Sheet, WorkbookRefused
from bot.projection import (
    AppendRow,
    Edit,
    EmptyBin,
    InsertRows,
    Marker,
    MoveRow,
    ReplaceText,
    SetCells,
    SetMarker,
    SetRange,
)
from sheets_schema import LAID_OUT, Cell
from sheets_schema.archive import BIN
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import tabs_among

Grid = list[list[Cell]]


@dataclass
class MemoryWorkbook:
    """One workbook; `grids` holds each tab's rows, header first, by title. People edit it directly."""

    grids: dict[str, Grid] = field(default_factory=dict)
    marker: Marker | None = None
    timezone: str = "Asia/Shanghai"
    reads: int = 0
    writes: int = 0
    #: The titles as `about` last told them: like the API's client, `read` asks for these and no others.
    listed: tuple[str, ...] | None = None
    schema: Schema = STANDARD
    #: What `_known` was last asked for, which is for each cell the same, and its answer.
    _asked: tuple[object, ...] = ()
    _answer: dict[str, str] = field(default_factory=dict)

    @classmethod
    def with_tabs(cls, language: str) -> MemoryWorkbook:
        """A workbook as `init` leaves it: every tab with its titles and nothing else."""
        return cls({tab.title(language): [[f.title(language) for f in tab.fields]] for tab in LAID_OUT})

    def grid(self, tab: str) -> Grid:
        """The rows of a tab by its key."""
        return self.grids[self._known([*self.grids])[tab]]

    def _known(self, titles: Sequence[str]) -> dict[str, str]:
        """Tab key -> title of every tab that is known."""
        asked = (self.schema, *titles)
        if asked != self._asked:
            found = tabs_among((*self.schema.laid_out, BIN), titles)
            self._asked, self._answer = asked, {key: titles[i] for key, i in found.items()}
        return self._answer

    def about(self, *, layout: bool = False) -> About:
        """Titles and marker."""
        self.listed = tuple(self.grids)
        sheets = tuple(
            Sheet(
                i,
                title,
                len(rows),
                max(map(len, rows), default=0),
                1,
                frozenset(),
                _titles(rows) if layout else (),
            )
            for i, (title, rows) in enumerate(self.grids.items())
        )
        return About(
            "memory",
            "Memory",
            "https://sheets.example/memory",
            self.timezone,
            "zh_CN",
            sheets,
            self.marker,
            schema=self.schema,
        )

    def read(self) -> Reading:
        """All known tabs as the bytes of a batchGet answer: trailing blank cells and rows left out."""
        self.reads += 1
        titles = tuple(self.grids) if self.listed is None else self.listed
        gone = [title for title in titles if title not in self.grids]
        if gone:
            raise WorkbookRefused(f"Unable to parse range: {gone[0]}")
        known = self._known(titles)
        tabs = tuple(tab.key for tab in self.schema.polled if tab.key in known)
        if not tabs:
            raise WorkbookRefused("The workbook has none of the tabs.")
        ranges = [_value_range(known[key], self.grids[known[key]]) for key in tabs]
        return Reading(orjson.dumps({"spreadsheetId": "memory", "valueRanges": ranges}), "", tabs)

    def columns(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, Columns]:
        """These columns, found by title."""
        self.reads += 1
        known = self._known([*self.grids])
        return {
            key: columns_in(self.schema.by_key[key], self.grids[known[key]], keys)
            for key, keys in wanted.items()
            if key in known
        }

    def contents(self, tabs: Collection[str] = ()) -> Mapping[str, Sequence[Sequence[Cell]]]:
        """Whole tabs by title."""
        self.reads += 1
        known = self._known([*self.grids])
        titles = {known[key] for key in tabs if key in known} if tabs else self.grids.keys()
        return {title: _without_blank_end(rows) for title, rows in self.grids.items() if title in titles}

    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        """All edits, in order; the rows asked for as they stand then."""
        self.writes += 1
        there = self._known([*self.grids])
        gone = {edit.tab for edit in edits if isinstance(edit, SetRange)} - there.keys()
        if gone:
            raise WorkbookRefused(f"The workbook has no tab {min(gone)} any more.")
        for way, group in groupby(edits, lambda edit: isinstance(edit, MoveRow)):
            if way:
                self._move([edit for edit in group if isinstance(edit, MoveRow)])
                continue
            for edit in group:
                self._one(edit)
        return {(tab, row): self._row(tab, row) for tab, row in show}

    def _one(self, edit: Edit) -> None:
        match edit:
            case SetCells():
                _set(self._grown(edit.tab, edit.row)[edit.row - 1], edit.cells)
            case AppendRow():
                rows = self.grid(edit.tab)
                while rows and not any(cell != "" for cell in rows[-1]):
                    rows.pop()
                rows.append([])
                _set(rows[-1], edit.cells)
            case ReplaceText():
                for row in self.grid(edit.tab)[1:]:
                    if len(row) > edit.column and row[edit.column] == edit.old:
                        row[edit.column] = edit.new
            case SetRange():
                for number, cells in enumerate(edit.rows, edit.row):
                    if cells:
                        _set(self._grown(edit.tab, number)[number - 1], dict(enumerate(cells, edit.column)))
            case InsertRows():
                rows = self._grown(edit.tab, edit.row - 1)
                rows[edit.row - 1 : edit.row - 1] = [[] for _ in range(edit.count)]
            case EmptyBin():
                del self.grids[BIN.en]
            case SetMarker():
                self.marker = edit.marker

    def _move(self, moves: Sequence[MoveRow]) -> None:
        """As the API does it: all are taken by where they stand before the first leaves."""
        if any(move.to == BIN.key for move in moves):
            self.grids.setdefault(BIN.en, [[]])
        taken = [(move, self._row(move.tab, move.row)) for move in moves]
        for tab in {move.tab for move in moves}:
            rows, gone = self.grid(tab), {move.row for move in moves if move.tab == tab}
            rows[:] = [row for number, row in enumerate(rows, 1) if number not in gone]
        put: Counter[tuple[str, int]] = Counter()
        for move, cells in taken:
            there: list[Cell] = []
            columns = {out: cells[here] for here, out in move.columns.items() if here < len(cells)}
            if columns:
                _set(there, columns)
            at = move.below + put[move.to, move.below]
            self._grown(move.to, at).insert(at, there)
            put[move.to, move.below] += 1

    def _grown(self, tab: str, height: int) -> Grid:
        rows = self.grid(tab)
        rows.extend([] for _ in range(height - len(rows)))
        return rows

    def _row(self, tab: str, row: int) -> list[Cell]:
        rows = self.grid(tab)
        return _trimmed(rows[row - 1]) if row <= len(rows) else []

    def requests(self) -> Requests:
        """Each call counts as one; there is no clock here."""
        return Requests(all_reads=self.reads, all_writes=self.writes)

    def build(self, requests: Sequence[Mapping[str, object]]) -> None:
        """Refused: layout is the desk's and Google's business."""
        raise WorkbookRefused(f"A workbook in memory takes no layout requests ({len(requests)} came).")


def _titles(rows: Grid) -> tuple[str, ...]:
    return tuple(str(cell) for cell in rows[0]) if rows else ()


def _value_range(title: str, rows: Grid) -> dict[str, object]:
    values = _without_blank_end(rows)
    answer: dict[str, object] = {"range": f"'{title}'!A1:AZ{max(len(rows), 1)}", "majorDimension": "ROWS"}
    return answer | ({"values": values} if values else {})


def _without_blank_end(rows: Grid) -> Grid:
    values = [_trimmed(row) for row in rows]
    while values and not values[-1]:
        values.pop()
    return values


def _trimmed(row: Sequence[Cell]) -> list[Cell]:
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return list(row[:end])


def _set(row: list[Cell], cells: Mapping[int, Cell]) -> None:
    row.extend([""] * (max(cells) + 1 - len(row)))
    for column, cell in cells.items():
        row[column] = cell
