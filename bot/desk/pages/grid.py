"""The workbook page: a tab as a grid to read and type in, and the addresses its script asks.

`view` answers with a window of rows, `choices` with what a list offers, `edge` with where a
leap over cells ends, `type` writes what was typed. Everything
else the page does through the desk's own `/v4`, as any client would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from bot.desk.book import validation
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import ApiError, bad_request
from bot.desk.pages.layout import filled, layout, tabs
from bot.desk.pages.typed_in import read_typing, write
from bot.desk.pages.view import edge, place_of, window
from bot.desk.wire import Answer, Call

if TYPE_CHECKING:
    from bot.desk.parts import Parts


def page(desk: Parts, call: Call, book: Workbook, sheet: Sheet) -> Answer:
    """The page itself, without cells: the script fetches those."""
    known = {
        "book": book.id,
        "sheet": sheet.id,
        "sheetTitle": sheet.title,
        "texts": desk.frame.texts(call).under("grid"),
    }
    return desk.frame.page(call, "grid.html", book=book, sheet=sheet, tabs=tabs(book), known=known)


def answer(desk: Parts, call: Call, book: Workbook, sheet: Sheet, part: str) -> Answer:
    """What the page's script asks for below the page's address."""
    action = f"{call.method} {part}"
    if action == "GET view":
        return _json(_view(desk, call, book, sheet))
    if action == "GET choices":
        return _json(_choices(call, book, sheet))
    if action == "GET edge":
        down = _number(call, "down", 1) == 1
        return _json({"row": edge(sheet, _number(call, "row", 0), _number(call, "column", 0), down)})
    if action == "POST type":
        return _json(write(desk.store, call, book, sheet, read_typing(call.json())))
    raise ApiError(404)


def _json(value: Any) -> Answer:
    return Answer(200, orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))


def _number(call: Call, name: str, otherwise: int) -> int:
    text = call.get(name)
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise bad_request(f"Invalid value for {name}: {text}")
    return int(text)


def _view(desk: Parts, call: Call, book: Workbook, sheet: Sheet) -> dict[str, Any]:
    """Rows `top` to `bottom`; with the layout unless `known` is the present version; `find` looks for a key."""
    top = _number(call, "top", 0)
    version = book.meta["version"]  # unlike the revision it goes on counting when the desk is started anew
    shown: dict[str, Any] = {"revision": version}
    if _number(call, "known", -1) != version:
        can_edit = desk.store.sharing.may_write(book, call.user)
        shown["filled"] = filled(sheet)
        shown["layout"] = {**layout(book, sheet, call.user), "canEdit": can_edit}
    if call.get("find") is not None:
        shown["found"] = place_of(sheet, _number(call, "find", 0), _number(call, "near", 0))
    return shown | window(book, sheet, top, _number(call, "bottom", top + 100))


def _choices(call: Call, book: Workbook, sheet: Sheet) -> dict[str, Any]:
    """The texts the list of one cell offers."""
    row = sheet.grid.row(_number(call, "row", 0))
    extra = row.extras.get(_number(call, "column", 0))
    rule = validation.rule_of(extra.style if extra else None) or {}
    found = validation.choices(book, sheet, rule)
    return {
        "choices": found[: validation.MOST_CHOICES],
        "strict": bool(rule.get("strict")),
        "help": rule.get("inputMessage", ""),
    }
