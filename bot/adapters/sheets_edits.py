"""Edits as requests of one atomic batchUpdate. Pure.

Only `userEnteredValue` with a string, a number or a boolean is ever written, and never `formulaValue`: text from a
form stays text whatever it begins with. What is moved from tab to tab is copied as values, inside the sheet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from bot.adapters.sheets_wire import MARKER_KEY
from bot.ports import Sheet
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
from sheets_schema import Cell, Kind
from sheets_schema.archive import BIN
from sheets_schema.formats import BY_NAME, NUMBER_FORMATS

Request = dict[str, Any]
#: Any number will do that no other tab is likely to have.
_BIN_ID = 1_900_311_004


def requests_for(edits: Sequence[Edit], tabs: Mapping[str, Sheet], marker_id: int | None) -> list[Request]:
    """The edits as requests of one batchUpdate, rows to append gathered per tab."""
    return _Requests(tabs, marker_id).all(edits)[0]


def tabs_after(edits: Sequence[Edit], tabs: Mapping[str, Sheet]) -> dict[str, Sheet]:
    """The tabs with the sizes that these edits leave them with."""
    return _Requests(tabs, None).all(edits)[1]


class _Requests:
    """Requests while they are put together; knows how large each tab is by then."""

    def __init__(self, tabs: Mapping[str, Sheet], marker_id: int | None) -> None:
        self._tabs = dict(tabs)
        self._marker_id = marker_id
        self._made: list[Request] = []

    def all(self, edits: Sequence[Edit]) -> tuple[list[Request], dict[str, Sheet]]:
        appended: dict[str, list[AppendRow]] = {}
        for way, group in groupby(edits, _way_of_moves):
            if way is not None:
                self._move([e for e in group if isinstance(e, MoveRow)])
                continue
            for edit in group:
                if isinstance(edit, AppendRow):
                    appended.setdefault(edit.tab, []).append(edit)
                else:
                    self._one(edit)
        for tab, rows in appended.items():
            self._append(tab, rows)
        return self._made, self._tabs

    def _one(self, edit: Edit) -> None:
        match edit:
            case SetCells():
                self._made += _update_cells(self._tabs[edit.tab].sheet_id, edit)
            case ReplaceText():
                self._made.append(_find_replace(self._tabs[edit.tab].sheet_id, edit))
            case SetRange():
                self._set_range(edit)
            case InsertRows():
                self._grow(edit.tab, edit.row - 1, 0)
                self._insert(edit.tab, edit.row - 1, edit.count)
            case EmptyBin():
                bin_id = self._tabs.pop(edit.tab).sheet_id
                self._made.append({"deleteSheet": {"sheetId": bin_id}})
            case SetMarker():
                self._made.append(_set_marker(edit.marker, self._marker_id))

    def _append(self, tab: str, rows: Sequence[AppendRow]) -> None:
        fields = "userEnteredValue,userEnteredFormat.numberFormat"
        body = {"sheetId": self._tabs[tab].sheet_id, "rows": [_row_data(r) for r in rows], "fields": fields}
        self._made.append({"appendCells": body})

    def _set_range(self, edit: SetRange) -> None:
        height, width = len(edit.rows), max(map(len, edit.rows), default=0)
        if not height or not width:
            return
        self._grow(edit.tab, edit.row - 1 + height, edit.column + width)
        sheet_id = self._tabs[edit.tab].sheet_id
        rows = [{"values": [_value(cell) for cell in row]} for row in edit.rows]
        start = {"sheetId": sheet_id, "rowIndex": edit.row - 1, "columnIndex": edit.column}
        self._made.append({"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}})
        for (top, left, bottom, right), name in _blocks(edit.formats):
            area = _area(sheet_id, edit.row - 1 + top, edit.row - 1 + bottom)
            area |= {"startColumnIndex": edit.column + left, "endColumnIndex": edit.column + right}
            self._made.append(_number_format(area, BY_NAME[name]))

    def _grow(self, tab: str, rows: int, columns: int) -> None:
        """Make room; a grid never grows by being written to."""
        sheet = self._tabs[tab]
        for dimension, has, needs in (("ROWS", sheet.rows, rows), ("COLUMNS", sheet.columns, columns)):
            if needs > has:
                length = {"sheetId": sheet.sheet_id, "dimension": dimension, "length": needs - has}
                self._made.append({"appendDimension": length})
        self._tabs[tab] = replace(sheet, rows=max(sheet.rows, rows), columns=max(sheet.columns, columns))

    def _insert(self, tab: str, index: int, count: int) -> None:
        sheet = self._tabs[tab]
        where = {
            "sheetId": sheet.sheet_id,
            "dimension": "ROWS",
            "startIndex": index,
            "endIndex": index + count,
        }
        # Rows take their look from the row behind them, not from a title above; the last row has none behind it.
        self._made.append({"insertDimension": {"range": where, "inheritFromBefore": index >= sheet.rows}})
        self._tabs[tab] = replace(sheet, rows=sheet.rows + count)

    def _move(self, moves: Sequence[MoveRow]) -> None:
        """Fresh rows there, whatever stands here copied into them, and then the gaps closed from the bottom up.

        The rows are put in at a place of our own and not looked for, so nothing that people typed below in the
        meantime is written over: it is pushed down.
        """
        first = moves[0]
        if first.to == BIN.key and BIN.key not in self._tabs:
            self._add_bin()
        self._grow(first.tab, 0, max((max(m.columns, default=-1) for m in moves), default=-1) + 1)
        self._grow(first.to, 0, max((max(m.columns.values(), default=-1) for m in moves), default=-1) + 1)
        self._insert(first.to, first.below, len(moves))
        source, target = self._tabs[first.tab].sheet_id, self._tabs[first.to].sheet_id
        for column, kind in first.kinds.items():
            area = _area(target, first.below, first.below + len(moves))
            area |= {"startColumnIndex": column, "endColumnIndex": column + 1}
            if form := NUMBER_FORMATS.get(kind):
                self._made.append(_number_format(area, form))
        for start, many in _runs([m.row for m in moves]):
            at = first.below + start
            row = moves[start].row - 1
            for left, there, width in _neighbours(moves[start].columns):
                self._made.append(
                    {
                        "copyPaste": {
                            "source": _area(source, row, row + many)
                            | {"startColumnIndex": left, "endColumnIndex": left + width},
                            "destination": _area(target, at, at + many)
                            | {"startColumnIndex": there, "endColumnIndex": there + width},
                            "pasteType": "PASTE_VALUES",
                        }
                    }
                )
        self._close(first.tab, sorted(m.row for m in moves))

    def _add_bin(self) -> None:
        grid = {"rowCount": 1, "columnCount": 1}
        properties = {"sheetId": _BIN_ID, "title": BIN.en, "hidden": True, "gridProperties": grid}
        self._made.append({"addSheet": {"properties": properties}})
        self._tabs[BIN.key] = Sheet(_BIN_ID, BIN.en, 1, 1)

    def _close(self, tab: str, rows: Sequence[int]) -> None:
        sheet = self._tabs[tab]
        if sheet.rows - len(rows) <= max(sheet.frozen_rows, 1):
            # A tab may not lose all the rows that scroll.
            self._grow(tab, sheet.rows + 1, 0)
        for start, many in reversed(_runs(rows)):
            index = rows[start] - 1
            where = {"sheetId": sheet.sheet_id, "dimension": "ROWS", "startIndex": index}
            self._made.append({"deleteDimension": {"range": where | {"endIndex": index + many}}})
        self._tabs[tab] = replace(self._tabs[tab], rows=self._tabs[tab].rows - len(rows))


def _way_of_moves(edit: Edit) -> tuple[object, ...] | None:
    """What moves that follow one another share when they can be made together; None for other edits."""
    if not isinstance(edit, MoveRow):
        return None
    return edit.tab, edit.to, edit.below, sorted(edit.columns.items())


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Where in the list each run of consecutive numbers begins, and how long it is."""
    runs: list[tuple[int, int]] = []
    for i, number in enumerate(numbers):
        if runs and number == numbers[i - 1] + 1:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((i, 1))
    return runs


def _neighbours(columns: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Runs of columns that are neighbours here and there: first here, first there, how many."""
    runs: list[tuple[int, int, int]] = []
    for here, there in sorted(columns.items()):
        if runs and (here, there) == (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]):
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((here, there, 1))
    return runs


def _blocks(formats: Mapping[tuple[int, int], str]) -> list[tuple[tuple[int, int, int, int], str]]:
    """Cells of one format gathered into rectangles: top, left, bottom and right, the latter two exclusive."""
    strips: list[tuple[int, int, int, str]] = []
    for (row, column), name in sorted(formats.items()):
        if strips and strips[-1][0] == row and strips[-1][2] == column and strips[-1][3] == name:
            strips[-1] = (*strips[-1][:2], column + 1, name)
        else:
            strips.append((row, column, column + 1, name))
    blocks: dict[tuple[int, int, str, int], int] = {}
    for row, left, right, name in strips:
        # Keyed by where the block ends so far, so that a strip right below one of its width lengthens it.
        top = blocks.pop((left, right, name, row), row)
        blocks[left, right, name, row + 1] = top
    found = [((top, left, bottom, right), name) for (left, right, name, bottom), top in blocks.items()]
    return sorted(found)


def _area(sheet_id: int, top: int, bottom: int) -> Request:
    return {"sheetId": sheet_id, "startRowIndex": top, "endRowIndex": bottom}


def _number_format(area: Request, form: tuple[str, str]) -> Request:
    number_format = {"type": form[0], "pattern": form[1]}
    cell = {"userEnteredFormat": {"numberFormat": number_format}}
    return {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat.numberFormat"}}


def _update_cells(sheet_id: int, edit: SetCells) -> list[dict[str, Any]]:
    """One request for each run of neighbouring cells."""
    runs: list[tuple[int, list[Cell]]] = []
    for column in sorted(edit.cells):
        if runs and column == runs[-1][0] + len(runs[-1][1]):
            runs[-1][1].append(edit.cells[column])
        else:
            runs.append((column, [edit.cells[column]]))
    return [
        {
            "updateCells": {
                "start": {"sheetId": sheet_id, "rowIndex": edit.row - 1, "columnIndex": start},
                "rows": [{"values": [_value(cell) for cell in cells]}],
                "fields": "userEnteredValue",
            }
        }
        for start, cells in runs
    ]


def _value(cell: Cell) -> dict[str, Any]:
    """The cell as a typed value: text stays text whatever it begins with, and "" empties the cell."""
    if isinstance(cell, bool):
        return {"userEnteredValue": {"boolValue": cell}}
    if isinstance(cell, int | float):
        return {"userEnteredValue": {"numberValue": cell}}
    return {"userEnteredValue": {"stringValue": cell}} if cell else {}


def _row_data(edit: AppendRow) -> dict[str, Any]:
    values = []
    for column in range(max(edit.cells) + 1):
        value = _value(edit.cells.get(column, ""))
        form = NUMBER_FORMATS.get(edit.kinds.get(column, Kind.TEXT))
        if value and form:
            value["userEnteredFormat"] = {"numberFormat": {"type": form[0], "pattern": form[1]}}
        values.append(value)
    return {"values": values}


def _find_replace(sheet_id: int, edit: ReplaceText) -> dict[str, Any]:
    column = {"startColumnIndex": edit.column, "endColumnIndex": edit.column + 1}
    where = {"sheetId": sheet_id, "startRowIndex": 1, **column}
    return {
        "findReplace": {
            "find": edit.old, "replacement": edit.new, "matchCase": True, "matchEntireCell": True, "range": where,
        }
    }  # fmt: skip


def _set_marker(marker: Marker, marker_id: int | None) -> dict[str, Any]:
    value = json.dumps(
        {"adopted_at": marker.adopted_at, "last_number": marker.last_number}, separators=(",", ":")
    )
    if marker_id is None:
        metadata = {
            "metadataKey": MARKER_KEY,
            "metadataValue": value,
            "location": {"spreadsheet": True},
            "visibility": "DOCUMENT",
        }
        return {"createDeveloperMetadata": {"developerMetadata": metadata}}
    lookup = {"developerMetadataLookup": {"metadataId": marker_id}}
    return {
        "updateDeveloperMetadata": {
            "dataFilters": [lookup], "developerMetadata": {"metadataValue": value}, "fields": "metadataValue",
        }
    }  # fmt: skip
