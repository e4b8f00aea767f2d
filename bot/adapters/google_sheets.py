"""The workbook behind the Google Sheets API, spoken to through gspread's HTTP client.

    read   GET  values:batchGet         all tabs, raw bytes kept as they came
    about  GET  spreadsheets/{id}       titles, zone, marker
    write  POST {id}:batchUpdate        all edits of a step in one atomic request

gspread's convenience layer is left out: it guesses types, guesses tables, retries appends, and has no deadline.
Every value is written as `userEnteredValue.stringValue` or a number, never as something Sheets would parse, so text
from a form can not become a formula. Nothing here retries a write: an unclear one is settled by the next snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.adapters.sheets_http import SILENCE_SECONDS, SheetsHttp, body_of, encoding_of
from bot.adapters.sheets_layout import (
    BOX_FIELDS,
    LAYOUT_FIELDS,
    OBJECT_FIELDS,
    box_ranges,
    with_boxes,
    with_layout,
)
from bot.adapters.sheets_wire import marker_of, quoted, requests_for, rows_shown, sheet_of
from bot.ports import About, Place, Reading, Sheet, WorkbookRefused
from bot.projection import Edit, SetMarker
from sheets_schema import TABS, Cell
from sheets_schema.titles import find_tab

GOOGLE = "https://sheets.googleapis.com"
_ABOUT_FIELDS = (
    "spreadsheetUrl,properties(title,timeZone,locale),sheets(properties(sheetId,title,gridProperties)),"
    "developerMetadata(metadataId,metadataKey,metadataValue)"
)


class GoogleWorkbook:
    """One spreadsheet on Google, or on the local desk when `endpoint` says so."""

    def __init__(
        self, spreadsheet_id: str, endpoint: str = "", credentials: Mapping[str, Any] | None = None,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:  # fmt: skip
        self._endpoint = (endpoint or GOOGLE).rstrip("/")
        self._key = spreadsheet_id
        self._url = f"{self._endpoint}/v4/spreadsheets/{quote(spreadsheet_id, safe='')}"
        self._http = SheetsHttp(credentials, silence_seconds)
        self._about: About | None = None
        self._tabs: dict[str, Sheet] = {}

    def about(self, *, layout: bool = False) -> About:
        """Titles, zone and marker; `layout` adds headers, formats and looks with up to two more calls."""
        fields = f"{_ABOUT_FIELDS},{OBJECT_FIELDS}" if layout else _ABOUT_FIELDS
        found = self._http.json(self._http.get(self._url, {"fields": fields}))
        sheets = [sheet_of(s["properties"]) for s in found.get("sheets", [])]
        if layout and sheets:
            ranges = [f"{quoted(s.title)}!1:2" for s in sheets]
            details = self._http.json(self._http.get(self._url, {"fields": LAYOUT_FIELDS, "ranges": ranges}))
            sheets = with_layout(sheets, found["sheets"], details.get("sheets", []))
            boxes = box_ranges(sheets)
            if boxes:
                details = self._http.json(self._http.get(self._url, {"fields": BOX_FIELDS, "ranges": boxes}))
                sheets = with_boxes(sheets, details.get("sheets", []))
        marker, marker_id = marker_of(found.get("developerMetadata", []))
        properties = found.get("properties", {})
        about = About(
            self._key,
            properties.get("title", ""), found.get("spreadsheetUrl", ""), properties.get("timeZone", ""),
            properties.get("locale", ""), tuple(sheets), marker, marker_id,
        )  # fmt: skip
        self._about = about
        self._tabs = {}
        for sheet in sheets:
            tab = find_tab(TABS, sheet.title)
            if tab is not None:
                self._tabs.setdefault(tab.key, sheet)
        return about

    def read(self) -> Reading:
        """All tabs the bot works with, as Google sent them."""
        if self._about is None:
            self.about()
        tabs = tuple(tab.key for tab in TABS if tab.key in self._tabs)
        if not tabs:
            raise WorkbookRefused("The workbook has none of the tabs.", hint="Run: python -m bot init")
        params = {
            "ranges": [quoted(self._tabs[key].title) for key in tabs],
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "majorDimension": "ROWS",
        }
        response = self._http.get(f"{self._url}/values:batchGet", params)
        return Reading(body_of(response), encoding_of(response), tabs)

    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        """All edits in one atomic request; its own answer shows the rows asked for."""
        if self._about is None:
            self.about()
        marker_id = self._about.marker_id if self._about else None
        answer = self._batch_update(requests_for(edits, self._tabs, marker_id), show)
        markers = [e.marker for e in edits if isinstance(e, SetMarker)]
        if markers and self._about is not None:
            made = [
                r["createDeveloperMetadata"]["developerMetadata"]["metadataId"]
                for r in answer.get("replies", [])
                if r
            ]
            marker_id = made[-1] if made else marker_id
            self._about = replace(self._about, marker=markers[-1], marker_id=marker_id)
        return rows_shown(answer, {sheet.sheet_id: key for key, sheet in self._tabs.items()})

    def build(self, requests: Sequence[Mapping[str, object]]) -> None:
        """Requests of the Sheets API as they are, atomically."""
        self._batch_update(requests, ())

    def _batch_update(
        self, requests: Sequence[Mapping[str, object]], show: Collection[Place]
    ) -> dict[str, Any]:
        body: dict[str, object] = {"requests": list(requests)}
        fields = "replies(createDeveloperMetadata(developerMetadata(metadataId)))"
        if show:
            ranges = [f"{quoted(self._tabs[tab].title)}!{row}:{row}" for tab, row in show]
            body |= {
                "includeSpreadsheetInResponse": True,
                "responseRanges": ranges,
                "responseIncludeGridData": True,
            }
            fields += ",updatedSpreadsheet(sheets(properties(sheetId),data(startRow,rowData(values(effectiveValue)))))"
        params = {"fields": fields, "prettyPrint": "false"}
        return self._http.json(self._http.call("POST", f"{self._url}:batchUpdate", params, body))


def read_key_file(path: Path) -> dict[str, Any]:
    """A service account's key. Raises WorkbookRefused with what to do when it is not one."""
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WorkbookRefused(
            f"There is no key file at {path}.", hint="Put the service account's key there."
        ) from None
    except (OSError, ValueError):
        raise WorkbookRefused(
            f"The key file {path} cannot be read as JSON.", hint="Download the key again."
        ) from None
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise WorkbookRefused(
            f"{path} is not a service account's key.", hint="Create a key of type JSON for a service account."
        )
    return key
