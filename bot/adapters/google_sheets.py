"""The workbook behind the Google Sheets API, spoken to through gspread's HTTP client.

    read      GET  values:batchGet      all tabs, raw bytes kept as they came
    columns   GET  values:batchGet      some columns of some tabs, by columns
    contents  GET  values:batchGet      whole tabs, people's own among them
    about     GET  spreadsheets/{id}    titles, zone, marker
    write     POST {id}:batchUpdate     all edits of a step in one atomic request

gspread's convenience layer is left out: it guesses types, guesses tables, retries appends, and has no deadline.
Every value is written as `userEnteredValue.stringValue` or a number, never as something Sheets would parse, so text
from a form can not become a formula. Nothing here retries a write: an unclear one is settled by the next snapshot.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.adapters.sheets_edits import requests_for, tabs_after
from bot.adapters.sheets_http import SILENCE_SECONDS, SheetsHttp, body_of, encoding_of
from bot.adapters.sheets_wire import marker_of, quoted, row_ranges, rows_shown, sheet_of
from bot.columns import TITLES, Asked, asked_for, columns_of, contents_of, titles_of, value_ranges_of
from bot.ports import About, Columns, Place, Reading, Requests, Sheet, WorkbookError, WorkbookRefused
from bot.projection import Edit, SetMarker, SetRange
from bot.survey import unpacked
from sheets_schema import TABS, Cell, Tab
from sheets_schema.archive import BIN
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import tabs_among

if TYPE_CHECKING:
    from requests import Response

#: How often columns are looked for again that people move while they are read.
_LOOKS = 5
GOOGLE = "https://sheets.googleapis.com"
_ABOUT_FIELDS = (
    "spreadsheetUrl,properties(title,timeZone,locale),sheets(properties(sheetId,title,gridProperties)),"
    "developerMetadata(metadataId,metadataKey,metadataValue)"
)


class GoogleWorkbook:
    """One spreadsheet on Google, or on the local desk when `endpoint` says so."""

    def __init__(
        self, spreadsheet_id: str, endpoint: str = "", credentials: Mapping[str, Any] | None = None,
        silence_seconds: float = SILENCE_SECONDS, schema: Schema = STANDARD,
    ) -> None:  # fmt: skip
        self._endpoint = (endpoint or GOOGLE).rstrip("/")
        self._key = spreadsheet_id
        self._url = f"{self._endpoint}/v4/spreadsheets/{quote(spreadsheet_id, safe='')}"
        self._http = SheetsHttp(credentials, silence_seconds)
        self._account = str((credentials or {}).get("client_email", ""))
        self._schema = schema
        self._about: About | None = None
        self._tabs: dict[str, Sheet] = {}

    def about(self, *, layout: bool = False) -> About:
        """Titles, zone and marker; `layout` adds headers, formats and looks with up to two more calls."""
        if layout:
            from bot.adapters.sheets_layout import OBJECT_FIELDS, named_ranges  # noqa: PLC0415 - for `init` alone

            found = self._http.json(self._http.get(self._url, {"fields": f"{_ABOUT_FIELDS},{OBJECT_FIELDS}"}))
            sheets, names = self._laid_out(found), named_ranges(found.get("namedRanges", []))
        else:
            found = self._http.json(self._http.get(self._url, {"fields": _ABOUT_FIELDS}))
            sheets, names = [sheet_of(s["properties"]) for s in found.get("sheets", [])], ()
        marker, marker_id = marker_of(found.get("developerMetadata", []))
        properties = found.get("properties", {})
        about = About(
            self._key,
            properties.get("title", ""), found.get("spreadsheetUrl", ""), properties.get("timeZone", ""),
            properties.get("locale", ""), tuple(sheets), marker, marker_id, names, self._account, self._schema,
        )  # fmt: skip
        self._about = about
        in_bin = tabs_among((BIN,), [sheet.title for sheet in sheets])
        self._tabs = {**about.known, **{key: sheets[index] for key, index in in_bin.items()}}
        return about

    def _laid_out(self, found: Mapping[str, Any]) -> list[Sheet]:
        """The tabs of this answer with all that `init` must know of them."""
        from bot.adapters import sheets_guide, sheets_layout  # noqa: PLC0415 - the worker never needs them

        objects = found.get("sheets", [])
        sheets = [sheet_of(s["properties"]) for s in objects]
        if not sheets:
            return sheets
        guide = sheets_guide.guide_of(sheets, objects)
        ranges = [sheets_guide.first_rows(sheet, guide) for sheet in sheets]
        details = self._details(sheets_layout.LAYOUT_FIELDS, ranges)
        sheets = sheets_layout.with_layout(sheets, objects, details)
        boxes = sheets_layout.box_ranges(sheets, self._schema)
        return (
            sheets_layout.with_boxes(sheets, self._details(sheets_layout.BOX_FIELDS, boxes))
            if boxes
            else sheets
        )

    def _details(self, fields: str, ranges: Sequence[str]) -> list[Mapping[str, Any]]:
        answer = self._http.json(self._http.get(self._url, {"fields": fields, "ranges": ranges}))
        return list(answer.get("sheets", []))

    def read(self) -> Reading:
        """All tabs the bot works with, as Google sent them."""
        if self._about is None:
            self.about()
        tabs = tuple(tab.key for tab in TABS if tab.key in self._tabs)
        if not tabs:
            raise WorkbookRefused("The workbook has none of the tabs.", hint="Run: python -m bot init")
        response = self._values([quoted(self._tabs[key].title) for key in tabs], "ROWS")
        return Reading(body_of(response), encoding_of(response), tabs)

    def columns(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, Columns]:
        """These columns by title, as one answer has them; looked for again where they were moved meanwhile."""
        if self._about is None:
            self.about()
        try:
            return self._columns(wanted)
        except WorkbookRefused:
            # A tab was renamed since, or a column deleted; whatever else is wrong is refused again and then told.
            self.about()
            return self._columns(wanted)

    def contents(self, tabs: Collection[str] = ()) -> Mapping[str, Sequence[Sequence[Cell]]]:
        """Whole tabs by title; rows are parsed when they are looked at."""
        about = self.about()
        chosen = [self._tabs[key] for key in tabs if key in self._tabs] if tabs else about.sheets
        # What has no rows is no grid: a chart on a sheet of its own, say.
        titles = [sheet.title for sheet in chosen if sheet.rows]
        if not titles:
            return {}
        response = self._values([quoted(title) for title in titles], "ROWS")
        try:
            return contents_of(unpacked(body_of(response), encoding_of(response)), titles)
        except ValueError as error:
            raise WorkbookError(f"The spreadsheet's answer cannot be understood: {error}") from error

    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        """All edits in one atomic request; its own answer shows the rows asked for."""
        if self._about is None:
            self.about()
        marker_id = self._about.marker_id if self._about else None
        gone = {edit.tab for edit in edits if isinstance(edit, SetRange)} - self._tabs.keys()
        if gone:
            self._about = None
            raise WorkbookRefused(
                f"The workbook has no tab {min(gone)} any more.", hint="Run: python -m bot init"
            )
        requests = requests_for(edits, self._tabs, marker_id)
        after = tabs_after(edits, self._tabs)
        try:
            answer = self._batch_update(requests, row_ranges(show, after))
        except WorkbookError:
            # The grid may be of another size than was thought: it is asked for again before anything else.
            self._about = None
            raise
        self._tabs = after
        markers = [e.marker for e in edits if isinstance(e, SetMarker)]
        if markers and self._about is not None:
            made = [
                r["createDeveloperMetadata"]["developerMetadata"]["metadataId"]
                for r in answer.get("replies", [])
                if r
            ]
            marker_id = made[-1] if made else marker_id
            self._about = replace(self._about, marker=markers[-1], marker_id=marker_id)
        shown = rows_shown(answer, {sheet.sheet_id: key for key, sheet in self._tabs.items()})
        return {place: shown.get(place, []) for place in show}

    def build(self, requests: Sequence[Mapping[str, object]]) -> None:
        """Requests of the Sheets API as they are, atomically."""
        self._batch_update(requests, [])

    def requests(self) -> Requests:
        """As counted where they are made."""
        return self._http.requests.told()

    def _batch_update(self, requests: Sequence[Mapping[str, object]], show: Sequence[str]) -> dict[str, Any]:
        body: dict[str, object] = {"requests": list(requests)}
        fields = "replies(createDeveloperMetadata(developerMetadata(metadataId)))"
        if show:
            body |= {
                "includeSpreadsheetInResponse": True,
                "responseRanges": show,
                "responseIncludeGridData": True,
            }
            fields += ",updatedSpreadsheet(sheets(properties(sheetId),data(startRow,rowData(values(effectiveValue)))))"
        params: dict[str, object] = {"fields": fields, "prettyPrint": "false"}
        return self._http.json(self._http.call("POST", f"{self._url}:batchUpdate", params, body))

    # ── values ──────────────────────────────────────────────────────────────────────────────────────────────

    def _columns(self, wanted: Mapping[str, Collection[str]]) -> dict[str, Columns]:
        tabs: dict[str, Tab] = {
            tab.key: tab for tab in self._schema.laid_out if tab.key in wanted and tab.key in self._tabs
        }
        if not tabs:
            return {}
        titles = dict(
            zip(tabs, map(titles_of, self._value_ranges([(key, TITLES) for key in tabs])), strict=True)
        )
        for _ in range(_LOOKS):
            asked = [asked_for(tab, titles[key], wanted[key]) for key, tab in tabs.items()]
            answers = self._answers(asked)
            found = {
                a.tab.key: columns_of(a, wanted[a.tab.key], answer)
                for a, answer in zip(asked, answers, strict=True)
            }
            whole = {key: columns for key, columns in found.items() if columns is not None}
            if len(whole) == len(tabs):
                return whole
            titles = {a.tab.key: titles_of(answer[0]) for a, answer in zip(asked, answers, strict=True)}
        raise WorkbookError("The spreadsheet's columns were moved again and again while they were read.")

    def _answers(self, asked: Sequence[Asked]) -> list[list[dict[str, Any]]]:
        """The value ranges of each tab, all from one answer."""
        ranges = iter(self._value_ranges([(a.tab.key, cells) for a in asked for cells in a.ranges]))
        return [[next(ranges) for _ in a.ranges] for a in asked]

    def _value_ranges(self, ranges: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """The value ranges by columns, of tab keys and cells."""
        response = self._values(
            [f"{quoted(self._tabs[tab].title)}!{cells}" for tab, cells in ranges], "COLUMNS"
        )
        try:
            found = value_ranges_of(unpacked(body_of(response), encoding_of(response)))
        except ValueError as error:
            raise WorkbookError(f"The spreadsheet's answer cannot be understood: {error}") from error
        if len(found) != len(ranges):
            raise WorkbookError(f"The spreadsheet's answer has {len(found)} ranges instead of {len(ranges)}.")
        return found

    def _values(self, ranges: Sequence[str], dimension: str) -> Response:
        params = {
            "ranges": ranges,
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "majorDimension": dimension,
        }
        return self._http.get(f"{self._url}/values:batchGet", params)


def read_key_file(path: Path) -> dict[str, Any]:
    """A service account's key. Raises WorkbookRefused with what to do when it is not one, or not kept to oneself."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except FileNotFoundError:
        raise WorkbookRefused(
            f"There is no key file at {path}.", hint="Put the service account's key there."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise _unreadable_key(f"The key file {path}") from None
    # Whoever can read the key is the bot. Elsewhere than on POSIX the mode says nothing about who may read.
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
        raise WorkbookRefused(
            f"The key file {path} can be read by other users of this machine.",
            hint=f"Run: chmod 600 {path} (or give the key in $BOT_WORKBOOK__CREDENTIALS_JSON instead)",
        )
    return service_account_key(text, f"The key file {path}")


def service_account_key(text: str, named: str) -> dict[str, Any]:
    """The key that this JSON holds. Raises WorkbookRefused, which says of `named` what it is instead."""
    try:
        key = json.loads(text)
    except ValueError:
        raise _unreadable_key(named) from None
    if isinstance(key, dict) and key.get("type") == "service_account":
        return key
    instead = ""
    if isinstance(key, dict):
        is_client = "installed" in key or "web" in key
        # What Google's console and its command line hand out beside a service account's key.
        instead = " but an OAuth client" if is_client else instead
        instead = " but a person's login" if key.get("type") == "authorized_user" else instead
    raise WorkbookRefused(
        f"{named} is not a service account's key{instead}.",
        hint="In the Google Cloud console open the service account, Keys, Add key, type JSON, and put that file there.",
    )


def _unreadable_key(named: str) -> WorkbookRefused:
    return WorkbookRefused(f"{named} cannot be read as JSON.", hint="Download the key again.")
