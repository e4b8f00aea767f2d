"""The first page: what this is, what to try, and the workbooks that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk.errors import ApiError
from bot.desk.wire import Answer, Call

if TYPE_CHECKING:
    from bot.desk.core import Core


def answer(desk: Core, call: Call, rest: list[str]) -> Answer:
    """`/`: the workbooks, last changed first."""
    if rest:
        raise ApiError(404)
    books = sorted(
        desk.store.workbooks.values(), key=lambda book: str(book.meta["modifiedTime"]), reverse=True
    )
    return desk.frame.page(call, "home.html", books=books)
