"""Addresses of a workbook: its tabs, what their grid asks, and the address by which mails link to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import ApiError
from bot.desk.google import contents
from bot.desk.pages import grid, pictures
from bot.desk.wire import Answer, Call

if TYPE_CHECKING:
    from bot.desk.parts import Parts


def answer(desk: Parts, call: Call, rest: list[str]) -> Answer:
    """`/book/{id}`, `/book/{id}/{sheetId}` and what lies below."""
    book = _book(desk, call, rest[0] if rest else "")
    if len(rest) == 1:
        return grid.page(desk, call, book, book.first_visible())
    if rest[1:] == ["export.xlsx"]:
        return contents.download(book)
    if len(rest) == 3 and rest[1] == "chart":
        return pictures.answer(call, book, rest[2])
    sheet = _sheet(book, rest[1])
    if len(rest) == 2 and call.method in {"GET", "HEAD"}:
        return grid.page(desk, call, book, sheet)
    if len(rest) == 3:
        return grid.answer(desk, call, book, sheet, rest[2])
    raise ApiError(404)


def opened(desk: Parts, call: Call, rest: list[str]) -> Answer:
    """`/spreadsheets/d/{id}/edit#gid=…` as mails write it; only a script sees what stands behind the #."""
    if len(rest) != 3 or rest[0] != "d":
        raise ApiError(404)
    return desk.frame.page(call, "opened.html", book=_book(desk, call, rest[1]))


def _book(desk: Parts, call: Call, id_: str) -> Workbook:
    book = desk.store.find(id_)
    if book is None:
        raise ApiError(404)
    if not desk.store.sharing.role(book, call.user):
        raise ApiError(403)
    return book


def _sheet(book: Workbook, wanted: str) -> Sheet:
    for sheet in book.sheets:
        if str(sheet.id) == wanted:
            return sheet
    raise ApiError(404)
