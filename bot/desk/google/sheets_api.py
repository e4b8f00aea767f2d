"""The methods of the Google Sheets API v4: from a call to the value that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from bot.desk import masks
from bot.desk.access import protection
from bot.desk.book import a1, spreadsheets
from bot.desk.book.a1 import Area
from bot.desk.book.metadata import every, shown_metadata
from bot.desk.book.workbook import Workbook
from bot.desk.changes import creating, developer, kinds
from bot.desk.changes.sheets import copied
from bot.desk.errors import ApiError
from bot.desk.google import filtered_values, values_api
from bot.desk.schema import checked
from bot.desk.store import Store
from bot.desk.wire import Call


def _origin(call: Call) -> str:
    """Where a workbook's address leads: to this desk's own pages, as Google's leads to Google's."""
    return f"http://{call.headers.get('host', '127.0.0.1')}"


Json = dict[str, Any]
Method = Callable[[Store, Call, dict[str, str]], Json]


def _seen(call: Call, book: Workbook, areas: list[Area], mask: masks.Mask, cells: bool) -> Json:
    """The Spreadsheet as whoever calls sees it."""
    return protection.seen_by(book, call.user, spreadsheets.shown(book, areas, mask, cells, _origin(call)))


def _create(store: Store, call: Call, _: dict[str, str]) -> Json:
    call.only()
    body = checked("Spreadsheet", call.json())
    book = spreadsheets.made(body)
    creating.complete(book, body)
    store.add(book, call.user)
    return _seen(call, book, [], {}, False)


def _get(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only("ranges", "includeGridData", "excludeTablesInBandedRanges", "commentsViewMode")
    book = store.get(at["id"])
    return _shown(call, book, call.all("ranges"), call.get("fields"), call.flag("includeGridData"))


def _get_by_filter(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    book = store.get(at["id"])
    body = checked("GetSpreadsheetByDataFilterRequest", call.json())
    mask = _mask(call)
    areas = [area for one in body.get("dataFilters", []) for area in developer.areas_of(book, one)]
    cells = body.get("includeGridData", False) if not mask else _wants_cells(mask)
    return _seen(call, book, areas, mask, cells)


def _wants_cells(mask: masks.Mask) -> bool:
    """Whether a mask asks for cells; if there is one, it decides, whatever includeGridData says."""
    sheets = mask.get("sheets")
    return sheets is not None and (not sheets or "data" in sheets)


def _shown(call: Call, book: Workbook, ranges: list[str], fields: str | None, cells: bool) -> Json:
    mask = masks.parse(fields) if fields else {}
    areas = [a1.parse(book, text) for text in ranges]
    return _seen(call, book, areas, mask, _wants_cells(mask) if mask else cells)


def _batch_update(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    body = checked("BatchUpdateSpreadsheetRequest", call.json())
    book = store.get(at["id"])
    replies = store.change(book, lambda: kinds.apply(book, body.get("requests", [])), call.user)
    answer: Json = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        cells = body.get("responseIncludeGridData", False)
        areas = [a1.parse(book, text) for text in body.get("responseRanges", [])]
        # Only what the answer's own mask keeps is worked out.
        kept = _mask(call).get("updatedSpreadsheet", {})
        answer["updatedSpreadsheet"] = _seen(call, book, areas, kept, cells)
    return answer


def _copy_to(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    body = checked("CopySheetToAnotherSpreadsheetRequest", call.json())
    book = store.get(at["id"])
    source = book.sheet(int(at["sheet"]))
    into = store.get(body.get("destinationSpreadsheetId", ""))
    title = f"Copy of {source.title}"
    number = 1
    while into.titled(title):
        number += 1
        title = f"Copy of {source.title} {number}"

    def copy() -> Json:
        sheet = copied(book, into, source, into.new_id(), title)
        into.sheets.append(sheet)
        into.refuse_too_many_cells()
        return spreadsheets.shown_properties(sheet, len(into.sheets) - 1)

    return store.change(into, copy, call.user)


# Developer metadata


def _metadata_get(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    book = store.get(at["id"])
    for place, one in every(book):
        if one["metadataId"] == int(at["metadata"]):
            return shown_metadata(one, place.location())
    raise ApiError(404, f"No developer metadata with id {at['metadata']}.")


def _metadata_search(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    body = checked("SearchDeveloperMetadataRequest", call.json())
    book = store.get(at["id"])
    filters = body.get("dataFilters", [])
    found = [
        {"developerMetadata": shown_metadata(one, place.location()), "dataFilters": filters}
        for place, one in developer.select(book, filters)
    ]
    return {"matchedDeveloperMetadata": found} if found else {}


ID = r"/v4/spreadsheets/(?P<id>[^/:]+)"
ROUTES: list[tuple[str, re.Pattern[str], Method]] = [
    (method, re.compile(pattern), action)
    for method, pattern, action in (
        ("POST", r"/v4/spreadsheets", _create),
        ("GET", ID, _get),
        ("POST", ID + ":batchUpdate", _batch_update),
        ("POST", ID + ":getByDataFilter", _get_by_filter),
        ("GET", ID + "/values:batchGet", values_api.batch_get),
        ("POST", ID + "/values:batchUpdate", values_api.batch_update),
        ("POST", ID + "/values:batchClear", values_api.batch_clear),
        ("POST", ID + "/values:batchGetByDataFilter", filtered_values.batch_get),
        ("POST", ID + "/values:batchUpdateByDataFilter", filtered_values.batch_update),
        ("POST", ID + "/values:batchClearByDataFilter", filtered_values.batch_clear),
        ("POST", ID + "/values/(?P<range>.+):append", values_api.append),
        ("POST", ID + "/values/(?P<range>.+):clear", values_api.clear),
        ("GET", ID + "/values/(?P<range>.+)", values_api.get),
        ("PUT", ID + "/values/(?P<range>.+)", values_api.update),
        ("POST", ID + r"/sheets/(?P<sheet>\d+):copyTo", _copy_to),
        ("GET", ID + r"/developerMetadata/(?P<metadata>\d+)", _metadata_get),
        ("POST", ID + "/developerMetadata:search", _metadata_search),
    )
]


def _mask(call: Call) -> masks.Mask:
    fields = call.get("fields")
    return masks.parse(fields) if fields else {}


def answer(store: Store, call: Call) -> Json:
    """What Google would answer to a call on `/v4/`, cut to the field mask of the query."""
    path = call.path.replace("%3A", ":").replace("%3a", ":")
    for method, pattern, action in ROUTES:
        match = pattern.fullmatch(path) if method == call.method else None
        if match:
            at = {name: unquote(value) for name, value in match.groupdict().items()}
            return masks.pruned(action(store, call, at), _mask(call))  # type: ignore[no-any-return]
    raise ApiError(404)


def spreadsheet_id(path: str) -> str | None:
    """The spreadsheet a path is about, if it is about one."""
    match = re.match(ID, path)
    return unquote(match["id"]) if match else None
