"""The receipt of an answer: what was sent, when, and what has become of it so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.desk.book import cells
from bot.desk.book.workbook import Workbook
from bot.desk.errors import ApiError
from bot.desk.forms.asked import Asked
from bot.desk.forms.company import columns_of, sheet_of
from bot.desk.forms.landing import Landed
from bot.desk.wire import Answer, Call, answer_of
from sheets_schema import CONTRACTS
from sheets_schema.cells import plain_text

if TYPE_CHECKING:
    from bot.desk.parts import Parts

WAITING, NUMBERED, PROBLEM, GONE = "waiting", "numbered", "problem", "gone"


def answer(desk: Parts, call: Call, asked: Asked, found: Landed | None, more: list[str]) -> Answer:
    """The receipt as a page, and under `state` what of it may still change, as JSON."""
    state = _state(desk, asked, found)
    if more == ["state"]:
        return answer_of(call, state)
    if more:
        raise ApiError(404)
    sent = [
        (question.field, cells.formatted(found.row, asked.place.columns[question.key], asked.book.locale))
        for question in asked.questions
        if found
    ]
    return desk.frame.page(
        call,
        f"receipt_{asked.form.name}.html",
        book=asked.book,
        address=asked.address,
        state=state,
        sent=[(field, text) for field, text in sent if text],
        moment=f"{found.moment:%Y-%m-%d %H:%M:%S}" if found else "",
        zone=asked.book.meta["properties"].get("timeZone", ""),
    )


def _state(desk: Parts, asked: Asked, found: Landed | None) -> dict[str, Any]:
    """What has become of an answer: its number and result, where its row and its order are, how many mails went."""
    if found is None:
        return {
            "status": GONE,
            "order_no": "",
            "result": "",
            "row": "",
            "order": "",
            "mails": 0,
            "mailbox": "",
        }
    order_no, result = _text(asked, found, "order_no"), _text(asked, found, "result")
    if result.strip("→ ") == order_no:
        result = ""  # it says no more than the number, which stands there already
    status = NUMBERED if order_no else PROBLEM if result else WAITING
    if asked.form.name != "order":
        status = WAITING
    return {
        "status": status,
        "order_no": order_no,
        "result": result,
        "row": _address(asked.book, found.sheet.id, found.index),
        "order": _order(asked.book, order_no) if order_no else "",
        "mails": len(desk.letters.matching(order_no)) if order_no else 0,
        "mailbox": f"/mail?q={quote(order_no)}" if order_no else "",
    }


def _text(asked: Asked, found: Landed, key: str) -> str:
    column = asked.place.columns.get(key)
    return "" if column is None else cells.formatted(found.row, column, asked.book.locale).strip()


def _order(book: Workbook, order_no: str) -> str:
    """The address of an order's first line in the order book; "" while it is not there."""
    sheet = sheet_of(book, CONTRACTS)
    column = columns_of(sheet, CONTRACTS).get("order_no") if sheet else None
    if sheet is None or column is None:
        return ""
    for index, row in enumerate(sheet.grid.rows):
        if index and len(row.values) > column and plain_text(row.values[column]) == order_no:
            return _address(book, sheet.id, index)
    return ""


def _address(book: Workbook, sheet_id: int, index: int) -> str:
    return f"/book/{quote(book.id)}/{sheet_id}?cell=A{index + 1}"
