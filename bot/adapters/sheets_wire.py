"""The Sheets API's answers, read into our values. Pure; how edits become requests is in `sheets_edits`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.ports import Place, Sheet
from bot.projection import Marker
from sheets_schema import Cell

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


def row_ranges(show: Collection[Place], tabs: Mapping[str, Sheet]) -> list[str]:
    """These rows as ranges, rows that follow one another as one."""
    runs: list[tuple[str, int, int]] = []
    for tab, row in sorted(set(show)):
        if runs and runs[-1][0] == tab and runs[-1][2] == row - 1:
            runs[-1] = (tab, runs[-1][1], row)
        else:
            runs.append((tab, row, row))
    return [f"{quoted(tabs[tab].title)}!{first}:{last}" for tab, first, last in runs]


def rows_shown(answer: Mapping[str, Any], tabs: Mapping[int, str]) -> dict[Place, list[Cell]]:
    """The rows that a batchUpdate's own answer shows, as UNFORMATTED_VALUE would give them; `tabs` by sheet id."""
    rows: dict[Place, list[Cell]] = {}
    for sheet in answer.get("updatedSpreadsheet", {}).get("sheets", []):
        tab = tabs.get(sheet.get("properties", {}).get("sheetId", 0))
        for data in sheet.get("data", []) if tab else []:
            for offset, row in enumerate(data.get("rowData", [{}])):
                cells = [_shown(cell.get("effectiveValue", {})) for cell in row.get("values", [])]
                while cells and cells[-1] == "":
                    cells.pop()
                rows[str(tab), data.get("startRow", 0) + offset + 1] = cells
    return rows


def _shown(value: Mapping[str, Any]) -> Cell:
    for kind in ("stringValue", "numberValue", "boolValue"):
        if kind in value:
            cell: Cell = value[kind]
            return cell
    # An error value's text is not worth telling apart here: no core that was ready held one.
    return "#ERROR!" if "errorValue" in value else ""
