"""Between the Sheets API's JSON and our values: answers into facts, edits into requests. Pure.

Only `userEnteredValue` with a string, a number or a boolean is ever written, and never `formulaValue`: text from a
form stays text whatever it begins with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.ports import Place, Sheet
from bot.projection import AppendRow, Edit, Marker, ReplaceText, SetCells, SetMarker
from sheets_schema import Cell, Kind
from sheets_schema.formats import NUMBER_FORMATS

MARKER_KEY = "order-desk"


def quoted(title: str) -> str:
    """A tab title as it stands in a range."""
    return "'" + title.replace("'", "''") + "'"


def sheet_of(properties: Mapping[str, Any]) -> Sheet:
    """A tab from its `properties`."""
    grid = properties.get("gridProperties", {})
    return Sheet(
        properties.get("sheetId", 0), properties.get("title", ""), grid.get("rowCount", 0), grid.get("columnCount", 0),
        grid.get("frozenRowCount", 0),
    )  # fmt: skip


def marker_of(metadata: Sequence[Mapping[str, Any]]) -> tuple[Marker | None, int | None]:
    """The bot's marker among the spreadsheet's developer metadata, and its id."""
    for item in metadata:
        if item.get("metadataKey") == MARKER_KEY:
            try:
                value = json.loads(item.get("metadataValue", "{}"))
            except ValueError:
                value = {}
            # Whatever another program may have written there, the workbook was met before.
            known = value if isinstance(value, dict) else {}
            marker = Marker(str(known.get("adopted_at", "")), str(known.get("last_number", "")))
            return marker, item["metadataId"]
    return None, None


# ── edits into requests ─────────────────────────────────────────────────────────────────────────────────────


def requests_for(
    edits: Sequence[Edit], tabs: Mapping[str, Sheet], marker_id: int | None
) -> list[dict[str, Any]]:
    """The edits as requests of one batchUpdate, rows to append gathered per tab."""
    requests: list[dict[str, Any]] = []
    appended: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        match edit:
            case SetCells():
                requests += _update_cells(tabs[edit.tab].sheet_id, edit)
            case AppendRow():
                appended.setdefault(edit.tab, []).append(_row_data(edit))
            case ReplaceText():
                requests.append(_find_replace(tabs[edit.tab].sheet_id, edit))
            case SetMarker():
                requests.append(_set_marker(edit.marker, marker_id))
    fields = "userEnteredValue,userEnteredFormat.numberFormat"
    for tab, rows in appended.items():
        requests.append({"appendCells": {"sheetId": tabs[tab].sheet_id, "rows": rows, "fields": fields}})
    return requests


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


def rows_shown(answer: Mapping[str, Any], tabs: Mapping[int, str]) -> dict[Place, list[Cell]]:
    """The rows that a batchUpdate's own answer shows, as UNFORMATTED_VALUE would give them; `tabs` by sheet id."""
    rows: dict[Place, list[Cell]] = {}
    for sheet in answer.get("updatedSpreadsheet", {}).get("sheets", []):
        tab = tabs.get(sheet.get("properties", {}).get("sheetId", 0))
        for data in sheet.get("data", []) if tab else []:
            for offset, row in enumerate(data.get("rowData", [{}])):
                cells = [_shown(cell.get("effectiveValue", {})) for cell in row.get("values", [])]
                rows[str(tab), data.get("startRow", 0) + offset + 1] = cells
    return rows


def _shown(value: Mapping[str, Any]) -> Cell:
    for kind in ("stringValue", "numberValue", "boolValue"):
        if kind in value:
            cell: Cell = value[kind]
            return cell
    # An error value's text is not worth telling apart here: no core that was ready held one.
    return "#ERROR!" if "errorValue" in value else ""
