"""The values methods of the Google Sheets API v4: get, update, append, clear and their batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.book import a1
from bot.desk.book.a1 import Area
from bot.desk.book.reading import DATE_TIME, DIMENSIONS, RENDER, Reading, chosen, value_range
from bot.desk.book.workbook import Workbook
from bot.desk.changes import writing
from bot.desk.errors import ApiError, bad_request
from bot.desk.schema import checked
from bot.desk.store import Store
from bot.desk.wire import Call

ENUMS = "google.apps.sheets.v4."
READ_OPTIONS = ("valueRenderOption", "dateTimeRenderOption", "majorDimension")
WRITE_OPTIONS = (
    "valueInputOption",
    "includeValuesInResponse",
    "responseValueRenderOption",
    "responseDateTimeRenderOption",
)

Json = dict[str, Any]


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


def get(store: Store, call: Call, at: dict[str, str]) -> Json:
    """One range."""
    call.only(*READ_OPTIONS)
    book = store.get(at["id"])
    return value_range(a1.parse(book, at["range"]), _reading(call), book.locale)


def batch_get(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Several ranges, in the order asked."""
    call.only("ranges", *READ_OPTIONS)
    book = store.get(at["id"])
    how = _reading(call)
    answer: Json = {"spreadsheetId": book.id}
    areas = [a1.parse(book, text) for text in call.all("ranges")]
    if areas:
        answer["valueRanges"] = [value_range(area, how, book.locale) for area in areas]
    return answer


def typed_in(option: str | None) -> bool:
    """Whether text is read as a person's typing; a 400 for a valueInputOption that is none."""
    if not option or option == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise bad_request("'valueInputOption' is required but not specified")
    if option not in {"RAW", "USER_ENTERED"}:
        raise bad_request(
            f"Invalid value at 'value_input_option' (type.googleapis.com/{ENUMS}ValueInputOption), "
            f'"{option}"'
        )
    return option == "USER_ENTERED"


def dimension_of(data: Json) -> str:
    """The major dimension of values: rows unless they say otherwise."""
    dimension: str = data.get("majorDimension", "ROWS")
    return "ROWS" if dimension.endswith("UNSPECIFIED") else dimension


def _with_values(answer: Json, written: writing.Written, how: Reading, locale: str) -> Json:
    answer["updatedData"] = value_range(written.area, how, locale)
    return answer


def update(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Write into a range."""
    call.only(*WRITE_OPTIONS)
    data = checked("ValueRange", call.json(), "data")
    typed = typed_in(call.get("valueInputOption"))
    book = store.get(at["id"])
    area = a1.parse(book, at["range"])
    _refuse_other_range(book, data, area)
    rows = writing.turned(data.get("values", []), dimension_of(data))
    written = store.change(book, lambda: writing.update(book, area, rows, typed), call.user)
    answer = written.answer(book.id)
    if call.flag("includeValuesInResponse"):
        _with_values(answer, written, _reading(call, "response"), book.locale)
    return answer


def _refuse_other_range(book: Workbook, data: Json, area: Area) -> None:
    if data.get("range") and a1.parse(book, data["range"]).name != area.name:
        raise bad_request(
            f"Requested writing within range [{area.name}], but the body's range is [{data['range']}]."
        )


def append(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Write below a table."""
    call.only("insertDataOption", *WRITE_OPTIONS)
    data = checked("ValueRange", call.json(), "data")
    typed = typed_in(call.get("valueInputOption"))
    option = chosen(
        "insert_data_option",
        call.get("insertDataOption"),
        ("OVERWRITE", "INSERT_ROWS"),
        ENUMS + "InsertDataOption",
    )
    book = store.get(at["id"])
    area = a1.parse(book, at["range"])
    rows = writing.turned(data.get("values", []), dimension_of(data))
    table, written = store.change(
        book, lambda: writing.append(book, area, rows, typed, option == "INSERT_ROWS"), call.user
    )
    updates = written.answer(book.id)
    if call.flag("includeValuesInResponse"):
        _with_values(updates, written, _reading(call, "response"), book.locale)
    answer: Json = {"spreadsheetId": book.id}
    if table is not None:
        answer["tableRange"] = table.name
    return {**answer, "updates": updates}


def clear(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Empty a range."""
    call.only()
    checked("ClearValuesRequest", call.json())
    book = store.get(at["id"])
    area = a1.parse(book, at["range"])
    store.change(book, lambda: writing.clear(book, area), call.user)
    return {"spreadsheetId": book.id, "clearedRange": area.name}


def batch_clear(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Empty several ranges, all or none."""
    call.only()
    body = checked("BatchClearValuesRequest", call.json())
    book = store.get(at["id"])
    areas = []
    for index, text in enumerate(body.get("ranges", [])):
        areas.append(_within(f"range[{index}]", a1.parse, book, text))

    def empty() -> None:
        for area in areas:
            writing.clear(book, area)

    store.change(book, empty, call.user)
    return {"spreadsheetId": book.id, "clearedRanges": [area.name for area in areas]}


def _within(place: str, action: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return action(*arguments)
    except ApiError as error:
        raise error.within(place) from None


def batch_update(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Write into several ranges, all or none."""
    call.only()
    body = checked("BatchUpdateValuesRequest", call.json())
    typed = typed_in(body.get("valueInputOption"))
    book = store.get(at["id"])

    def one(data: Json) -> writing.Written:
        area = a1.parse(book, data.get("range", ""))
        return writing.update(book, area, writing.turned(data.get("values", []), dimension_of(data)), typed)

    def write() -> list[writing.Written]:
        return [_within(f"data[{index}]", one, data) for index, data in enumerate(body.get("data", []))]

    done = store.change(book, write, call.user)
    responses = [written.answer(book.id) for written in done]
    if body.get("includeValuesInResponse"):
        how = Reading(
            body.get("responseValueRenderOption", RENDER[0]),
            body.get("responseDateTimeRenderOption", DATE_TIME[0]),
        )
        for answer, written in zip(responses, done, strict=True):
            _with_values(answer, written, how, book.locale)
    return {"spreadsheetId": book.id, **totals(done), "responses": responses}


def totals(done: list[writing.Written]) -> Json:
    """What several writes changed together: cells, and the rows, columns and sheets they lie in."""
    counts = {
        "totalUpdatedRows": len({(w.area.sheet.id, w.area.top + i) for w in done for i in range(w.rows)}),
        "totalUpdatedColumns": len(
            {(w.area.sheet.id, w.area.left + i) for w in done for i in range(w.columns)}
        ),
        "totalUpdatedCells": sum(w.cells for w in done),
        "totalUpdatedSheets": len({w.area.sheet.id for w in done}),
    }
    return {name: count for name, count in counts.items() if count}
