"""The desk's pages: what a person sees in a browser, and which address leads where.

A page is a template, values and a script of our own; the scripts are clients of the desk's own API. Whatever
comes from cells, mails or files is escaped by the templates and never run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.desk.errors import ApiError
from bot.desk.pages import book, forms, home, login, mail
from bot.desk.pages.frame import static_file
from bot.desk.wire import Answer, Call, refusal

if TYPE_CHECKING:
    from bot.desk.parts import Parts

#: A page answers for every address that begins with its word; the rest of the address is handed to it.
Page = Callable[["Parts", Call, list[str]], Answer]
PAGES: dict[str, Page] = {
    "": home.answer,
    "book": book.answer,
    "form": forms.answer,
    "login": login.answer,
    "mail": mail.answer,
    "spreadsheets": book.opened,
    "static": lambda _, call, rest: static_file(call, "/".join(rest)),
}


def _nowhere(desk: Parts, call: Call, rest: list[str]) -> Answer:
    """No page begins with this word."""
    raise ApiError(404)


def answer(desk: Parts, call: Call) -> Answer:
    """The page at a path; what goes wrong is told as a page to people and as JSON to programs."""
    first, *rest = [unquote(part) for part in call.path.strip("/").split("/")]
    try:
        return PAGES.get(first, _nowhere)(desk, call, rest)
    except ApiError as error:
        if "text/html" not in call.headers.get("accept", ""):
            return refusal(call, error)
        return desk.frame.page(call, "error.html", status=error.code, code=error.code)
