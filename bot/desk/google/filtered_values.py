"""The values methods that take data filters in place of ranges: what they select may have moved since it was marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.desk.book.a1 import Area
from bot.desk.book.reading import DATE_TIME, RENDER, Reading, value_range
from bot.desk.book.workbook import Workbook
from bot.desk.changes import developer, writing
from bot.desk.errors import ApiError
from bot.desk.google.values_api import dimension_of, totals, typed_in
from bot.desk.schema import checked
from bot.desk.store import Store
from bot.desk.wire import Call

Json = dict[str, Any]


def batch_get(store: Store, call: Call, at: dict[str, str]) -> Json:
    """The ranges data filters select."""
    call.only()
    body = checked("BatchGetValuesByDataFilterRequest", call.json())
    book = store.get(at["id"])
    how = Reading(
        body.get("valueRenderOption", RENDER[0]),
        body.get("dateTimeRenderOption", DATE_TIME[0]),
        dimension_of(body),
    )
    found = []
    for one in body.get("dataFilters", []):
        found += [
            {"valueRange": value_range(area, how, book.locale), "dataFilters": [one]}
            for area in developer.areas_of(book, one)
        ]
    return {"spreadsheetId": book.id, **({"valueRanges": found} if found else {})}


def batch_update(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Write into all that data filters select, all or nothing; what exceeds it is refused."""
    call.only()
    body = checked("BatchUpdateValuesByDataFilterRequest", call.json())
    typed = typed_in(body.get("valueInputOption"))
    book = store.get(at["id"])

    def one(data: Json) -> list[tuple[Json, writing.Written]]:
        chosen = data.get("dataFilter", {})
        rows = writing.turned(data.get("values", []), dimension_of(data))
        # A single cell is no anchor here: it is all that was selected.
        areas = [replace(area, anchor=False) for area in developer.areas_of(book, chosen)]
        return [(chosen, writing.update(book, area, rows, typed)) for area in areas]

    def write() -> list[tuple[Json, writing.Written]]:
        done = []
        for index, data in enumerate(body.get("data", [])):
            try:
                done += one(data)
            except ApiError as error:
                raise error.within(f"data[{index}]") from None
        return done

    done = store.change(book, write, call.user)
    how = Reading(
        body.get("responseValueRenderOption", RENDER[0]),
        body.get("responseDateTimeRenderOption", DATE_TIME[0]),
    )
    with_values = body.get("includeValuesInResponse", False)
    responses = [_response(book, chosen, written, how if with_values else None) for chosen, written in done]
    answer = {"spreadsheetId": book.id, **totals([written for _, written in done])}
    return {**answer, "responses": responses} if responses else answer


def _response(book: Workbook, chosen: Json, written: writing.Written, how: Reading | None) -> Json:
    answer = {name: value for name, value in written.answer(book.id).items() if name != "spreadsheetId"}
    answer["dataFilter"] = chosen
    if how is not None:
        answer["updatedData"] = value_range(written.area, how, book.locale)
    return answer


def batch_clear(store: Store, call: Call, at: dict[str, str]) -> Json:
    """Empty all that data filters select, all or nothing."""
    call.only()
    body = checked("BatchClearValuesByDataFilterRequest", call.json())
    book = store.get(at["id"])
    areas: list[Area] = [
        area for one in body.get("dataFilters", []) for area in developer.areas_of(book, one)
    ]

    def empty() -> None:
        for area in areas:
            writing.clear(book, area)

    store.change(book, empty, call.user)
    return {"spreadsheetId": book.id, **({"clearedRanges": [area.name for area in areas]} if areas else {})}
