"""What a person typed or pasted into rows they saw, written into those rows wherever they are by now.

A page names rows by key, since a sort elsewhere may move them in the very moment somebody presses Enter. Finding
the rows and writing them is one step; a row that is gone is a 409, and nothing is written. The writing itself is
the API's `values.batchUpdate`, so that it is refused for the same reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from bot.desk.book import a1, entry
from bot.desk.book.grid import BLANK, Row
from bot.desk.book.validation import Rules
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import ApiError, bad_request
from bot.desk.google import sheets_api
from bot.desk.pages.entered import entered_text
from bot.desk.pages.view import place_of
from bot.desk.store import Store
from bot.desk.wire import Call
from sheets_schema.titles import column_letter

Json = dict[str, Any]
Texts = list[list[str | None]]


@dataclass(frozen=True, slots=True)
class Typing:
    """A block of typed texts and where the person saw it going."""

    places: list[int]  #: the indices at which the page saw the rows
    left: int
    keys: list[int]  #: of the rows, 0 for one that was blank
    texts: Texts  #: `None` leaves a cell alone
    head: tuple[int, str] | None = None  #: index of a heading row and what it said above the first column


def read_typing(body: Any) -> Typing:
    """The block in a request's JSON; a 400 for anything else."""
    try:
        head = body.get("head")
        typing = Typing(
            [int(place) for place in body["places"]],
            int(body["left"]),
            [int(key) for key in body["keys"]],
            [[None if text is None else str(text) for text in row] for row in body["texts"]],
            (int(head["row"]), str(head["text"])) if head else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise bad_request(f"Expected places, left, keys and texts: {error!r}") from None
    if not len(typing.keys) == len(typing.texts) == len(typing.places) > 0:
        raise bad_request("Expected one place and one key for each row of texts.")
    if min(typing.places) < 0 or typing.left < 0:
        raise bad_request("Places must not be negative.")
    return typing


def write(store: Store, call: Call, book: Workbook, sheet: Sheet, typing: Typing) -> Json:
    """Write the block; says where it went and what stood there, so that the page can take it back."""
    left = _column(book, sheet, typing)
    places = [
        _place(book, sheet, left, *one) for one in zip(typing.places, typing.keys, typing.texts, strict=True)
    ]
    rules = Rules(book, sheet)
    before: Texts = []
    for index, texts in zip(places, typing.texts, strict=True):
        row = sheet.grid.row(index)
        for column, text in enumerate(texts, left):
            if text:
                rules.refuse(row, (index, column), text)
        before.append(
            [
                None if text is None else entered_text(row, column, book.locale)
                for column, text in enumerate(texts, left)
            ]
        )
    _write_values(store, call, book, _ranges(sheet, left, places, typing.texts))
    rows = [{"index": index, "key": sheet.grid.row(index).key} for index in places]
    return {"revision": book.meta["version"], "left": left, "rows": rows, "before": before}


def _place(book: Workbook, sheet: Sheet, left: int, seen_at: int, key: int, texts: list[str | None]) -> int:
    if key == 0:
        row = sheet.grid.row(seen_at)
        if row is not BLANK and not _stand_there(book, row, left, texts):
            raise _moved("ROW_TAKEN", f"Row {seen_at + 1} was filled by somebody else meanwhile.")
        return seen_at
    place = place_of(sheet, key, seen_at)
    if place is None:
        raise _moved("ROW_GONE", "The row this belongs to was deleted meanwhile.")
    return place


def _stand_there(book: Workbook, row: Row, left: int, texts: list[str | None]) -> bool:
    """Whether a row says what is to be typed already: the answer to the first try was lost on its way.

    A row that holds nothing but formats and validation is as good as blank.
    """
    if not row.values:
        return True
    return all(
        text is None or entry.read(text, book.locale).value == row.cell(column).value
        for column, text in enumerate(texts, left)
    )


def _column(book: Workbook, sheet: Sheet, typing: Typing) -> int:
    """The column whose heading the person saw; the same place while that still says the same."""
    if typing.head is None or not typing.head[1]:
        return typing.left
    index, heading = typing.head
    headings = [entered_text(sheet.grid.row(index), c, book.locale) for c in range(sheet.column_count)]
    if typing.left < len(headings) and headings[typing.left] == heading:
        return typing.left
    if headings.count(heading) != 1:
        raise _moved("COLUMN_GONE", f"The column {heading!r} was moved or renamed meanwhile.")
    return headings.index(heading)


def _moved(reason: str, text: str) -> ApiError:
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "desk.example"}
    return ApiError(409, text, [detail])


def _ranges(sheet: Sheet, left: int, places: list[int], texts: Texts) -> list[Json]:
    """ValueRanges of the block: rows that lie together in one."""
    ranges: list[Json] = []
    last = -2
    for index, row in zip(places, texts, strict=True):
        if index != last + 1:
            name = f"{a1.quoted(sheet.title)}!{column_letter(left)}{index + 1}"
            ranges.append({"range": name, "values": []})
        ranges[-1]["values"].append(row)
        last = index
    return ranges


def _write_values(store: Store, call: Call, book: Workbook, ranges: list[Json]) -> None:
    body = {"valueInputOption": "USER_ENTERED", "data": ranges}
    path = f"/v4/spreadsheets/{book.id}/values:batchUpdate"
    inner = Call("POST", path, "", call.headers, orjson.dumps(body), call.user)
    sheets_api.answer(store, inner)
