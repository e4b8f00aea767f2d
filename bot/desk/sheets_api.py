"""The methods of the Google Sheets API v4: from a call to the value that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from bot.desk import a1, masks, spreadsheets, writing
from bot.desk.a1 import Area
from bot.desk.changes import developer, kinds
from bot.desk.changes.sheets import copied
from bot.desk.errors import ApiError, bad_request
from bot.desk.metadata import every, shown_metadata
from bot.desk.reading import DATE_TIME, DIMENSIONS, RENDER, Reading, chosen, value_range
from bot.desk.schema import checked
from bot.desk.store import Store
from bot.desk.wire import Call
from bot.desk.workbook import Workbook

ENUMS = "google.apps.sheets.v4."
READ_OPTIONS = ("valueRenderOption", "dateTimeRenderOption", "majorDimension")
WRITE_OPTIONS = (
    "valueInputOption",
    "includeValuesInResponse",
    "responseValueRenderOption",
    "responseDateTimeRenderOption",
)
ORIGIN = "https://docs.google.com"

Json = dict[str, Any]
Method = Callable[[Store, Call, dict[str, str]], Json]


def _create(store: Store, call: Call, _: dict[str, str]) -> Json:
    call.only()
    book = spreadsheets.made(checked("Spreadsheet", call.json()))
    store.add(book)
    return spreadsheets.shown(book, [], {}, False, ORIGIN)


def _get(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only("ranges", "includeGridData", "excludeTablesInBandedRanges", "commentsViewMode")
    book = store.get(at["id"])
    return _shown(book, call.all("ranges"), call.get("fields"), call.flag("includeGridData"))


def _get_by_filter(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    book = store.get(at["id"])
    body = checked("GetSpreadsheetByDataFilterRequest", call.json())
    mask = _mask(call)
    areas = [area for one in body.get("dataFilters", []) for area in developer.areas_of(book, one)]
    cells = body.get("includeGridData", False) if not mask else _wants_cells(mask)
    return spreadsheets.shown(book, areas, mask, cells, ORIGIN)


def _wants_cells(mask: masks.Mask) -> bool:
    """Whether a mask asks for cells; if there is one, it decides, whatever includeGridData says."""
    sheets = mask.get("sheets")
    return sheets is not None and (not sheets or "data" in sheets)


def _shown(book: Workbook, ranges: list[str], fields: str | None, cells: bool) -> Json:
    mask = masks.parse(fields) if fields else {}
    areas = [a1.parse(book, text) for text in ranges]
    return spreadsheets.shown(book, areas, mask, _wants_cells(mask) if mask else cells, ORIGIN)


def _batch_update(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    body = checked("BatchUpdateSpreadsheetRequest", call.json())
    book = store.get(at["id"])
    replies = store.change(book, lambda: kinds.apply(book, body.get("requests", [])))
    answer: Json = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        cells = body.get("responseIncludeGridData", False)
        answer["updatedSpreadsheet"] = _shown(book, body.get("responseRanges", []), None, cells)
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

    return store.change(into, copy)


# Values


def _reading(call: Call, prefix: str = "") -> Reading:
    def option(name: str) -> str | None:
        return call.get(prefix + name[0].upper() + name[1:] if prefix else name)

    return Reading(
        chosen("value_render_option", option("valueRenderOption"), RENDER, ENUMS + "ValueRenderOption"),
        chosen(
            "date_time_render_option",
            option("dateTimeRenderOption"),
            DATE_TIME,
            ENUMS + "DateTimeRenderOption",
        ),
        chosen("major_dimension", call.get("majorDimension"), DIMENSIONS, ENUMS + "Dimension"),
    )


def _values_get(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only(*READ_OPTIONS)
    book = store.get(at["id"])
    return value_range(a1.parse(book, at["range"]), _reading(call), book.locale)


def _values_batch_get(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only("ranges", *READ_OPTIONS)
    book = store.get(at["id"])
    how = _reading(call)
    answer: Json = {"spreadsheetId": book.id}
    areas = [a1.parse(book, text) for text in call.all("ranges")]
    if areas:
        answer["valueRanges"] = [value_range(area, how, book.locale) for area in areas]
    return answer


def _typed(option: str | None) -> bool:
    if not option or option == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise bad_request("'valueInputOption' is required but not specified")
    if option not in {"RAW", "USER_ENTERED"}:
        raise bad_request(
            f"Invalid value at 'value_input_option' (type.googleapis.com/{ENUMS}ValueInputOption), "
            f'"{option}"'
        )
    return option == "USER_ENTERED"


def _dimension(data: Json) -> str:
    dimension: str = data.get("majorDimension", "ROWS")
    return "ROWS" if dimension.endswith("UNSPECIFIED") else dimension


def _with_values(answer: Json, written: writing.Written, how: Reading, locale: str) -> Json:
    answer["updatedData"] = value_range(written.area, how, locale)
    return answer


def _values_update(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only(*WRITE_OPTIONS)
    data = checked("ValueRange", call.json(), "data")
    typed = _typed(call.get("valueInputOption"))
    book = store.get(at["id"])
    area = a1.parse(book, at["range"])
    _refuse_other_range(book, data, area)
    rows = writing.turned(data.get("values", []), _dimension(data))
    written = store.change(book, lambda: writing.update(book, area, rows, typed))
    answer = written.answer(book.id)
    if call.flag("includeValuesInResponse"):
        _with_values(answer, written, _reading(call, "response"), book.locale)
    return answer


def _refuse_other_range(book: Workbook, data: Json, area: Area) -> None:
    if data.get("range") and a1.parse(book, data["range"]).name != area.name:
        raise bad_request(
            f"Requested writing within range [{area.name}], but the body's range is [{data['range']}]."
        )


def _values_append(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only("insertDataOption", *WRITE_OPTIONS)
    data = checked("ValueRange", call.json(), "data")
    typed = _typed(call.get("valueInputOption"))
    option = chosen(
        "insert_data_option",
        call.get("insertDataOption"),
        ("OVERWRITE", "INSERT_ROWS"),
        ENUMS + "InsertDataOption",
    )
    book = store.get(at["id"])
    area = a1.parse(book, at["range"])
    rows = writing.turned(data.get("values", []), _dimension(data))
    table, written = store.change(
        book, lambda: writing.append(book, area, rows, typed, option == "INSERT_ROWS")
    )
    updates = written.answer(book.id)
    if call.flag("includeValuesInResponse"):
        _with_values(updates, written, _reading(call, "response"), book.locale)
    answer: Json = {"spreadsheetId": book.id}
    if table is not None:
        answer["tableRange"] = table.name
    return {**answer, "updates": updates}


def _values_clear(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    checked("ClearValuesRequest", call.json())
    book = store.get(at["id"])
    area = a1.parse(book, at["range"])
    store.change(book, lambda: writing.clear(area))
    return {"spreadsheetId": book.id, "clearedRange": area.name}


def _values_batch_clear(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    body = checked("BatchClearValuesRequest", call.json())
    book = store.get(at["id"])
    areas = []
    for index, text in enumerate(body.get("ranges", [])):
        areas.append(_within(f"range[{index}]", a1.parse, book, text))

    def clear() -> None:
        for area in areas:
            writing.clear(area)

    store.change(book, clear)
    return {"spreadsheetId": book.id, "clearedRanges": [area.name for area in areas]}


def _within(place: str, action: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return action(*arguments)
    except ApiError as error:
        raise error.within(place) from None


def _values_batch_update(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    body = checked("BatchUpdateValuesRequest", call.json())
    typed = _typed(body.get("valueInputOption"))
    book = store.get(at["id"])

    def one(data: Json) -> writing.Written:
        area = a1.parse(book, data.get("range", ""))
        return writing.update(book, area, writing.turned(data.get("values", []), _dimension(data)), typed)

    def write() -> list[writing.Written]:
        return [_within(f"data[{index}]", one, data) for index, data in enumerate(body.get("data", []))]

    done = store.change(book, write)
    responses = [written.answer(book.id) for written in done]
    if body.get("includeValuesInResponse"):
        how = Reading(
            body.get("responseValueRenderOption", RENDER[0]),
            body.get("responseDateTimeRenderOption", DATE_TIME[0]),
        )
        for answer, written in zip(responses, done, strict=True):
            _with_values(answer, written, how, book.locale)
    totals = {
        "totalUpdatedRows": len({(w.area.sheet.id, w.area.top + i) for w in done for i in range(w.rows)}),
        "totalUpdatedColumns": len(
            {(w.area.sheet.id, w.area.left + i) for w in done for i in range(w.columns)}
        ),
        "totalUpdatedCells": sum(w.cells for w in done),
        "totalUpdatedSheets": len({w.area.sheet.id for w in done}),
    }
    return {
        "spreadsheetId": book.id,
        **{name: count for name, count in totals.items() if count},
        "responses": responses,
    }


def _values_by_filter(store: Store, call: Call, at: dict[str, str]) -> Json:
    call.only()
    body = checked("BatchGetValuesByDataFilterRequest", call.json())
    book = store.get(at["id"])
    how = Reading(
        body.get("valueRenderOption", RENDER[0]),
        body.get("dateTimeRenderOption", DATE_TIME[0]),
        _dimension(body),
    )
    found = []
    for one in body.get("dataFilters", []):
        found += [
            {"valueRange": value_range(area, how, book.locale), "dataFilters": [one]}
            for area in developer.areas_of(book, one)
        ]
    return {"spreadsheetId": book.id, **({"valueRanges": found} if found else {})}


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
        ("GET", ID + "/values:batchGet", _values_batch_get),
        ("POST", ID + "/values:batchUpdate", _values_batch_update),
        ("POST", ID + "/values:batchClear", _values_batch_clear),
        ("POST", ID + "/values:batchGetByDataFilter", _values_by_filter),
        ("POST", ID + "/values/(?P<range>.+):append", _values_append),
        ("POST", ID + "/values/(?P<range>.+):clear", _values_clear),
        ("GET", ID + "/values/(?P<range>.+)", _values_get),
        ("PUT", ID + "/values/(?P<range>.+)", _values_update),
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
