"""Which workbooks the one before a page may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk.book.workbook import Workbook
from bot.desk.errors import ApiError
from bot.desk.wire import Call

if TYPE_CHECKING:
    from bot.desk.parts import Parts


def visible_book(desk: Parts, call: Call, id_: str) -> Workbook:
    """The workbook with an id, or a 404."""
    book = desk.store.find(id_)
    if book is None or desk.store.sharing.role(book, call.user) is None:
        raise ApiError(404)
    return book


def visible_books(desk: Parts, call: Call) -> list[Workbook]:
    """The workbooks the caller may see, the last changed first."""
    return sorted(
        desk.store.sharing.seen_by(call.user, desk.store.workbooks.values()),
        key=lambda book: str(book.meta["modifiedTime"]),
        reverse=True,
    )
