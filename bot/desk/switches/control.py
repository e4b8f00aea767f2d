"""The switches and windows under `/_desk/`, by which tests, the demo and the pages steer a desk.

A desk with users lets only an owner use those that concern everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.desk import circumstances
from bot.desk.book.workbook import new_file_id, new_sheet, new_workbook
from bot.desk.circumstances import Circumstances
from bot.desk.errors import ApiError
from bot.desk.google import contents
from bot.desk.switches import faults
from bot.desk.wire import Answer, Call, answer_of

if TYPE_CHECKING:
    from bot.desk.parts import Parts

Json = Any
FOR_OWNERS = frozenset({"faults", "conditions", "requests", "tokens"})


def answer(desk: Parts, call: Call) -> Answer:
    """The answer to a call on `/_desk/`."""
    name, _, rest = call.path.removeprefix("/_desk/").partition("/")
    _refuse(desk, call, name)
    if name == "mail" and rest and call.method == "GET":
        return _one_mail(desk, call, rest)
    action = ACTIONS.get(f"{call.method} {name}")
    if action is None or rest:
        raise ApiError(404)
    return answer_of(call, action(desk, call))


def _refuse(desk: Parts, call: Call, name: str) -> None:
    if desk.users.open:
        return
    alone = name in FOR_OWNERS or call.method == "DELETE"
    if (alone and call.user.role != "owner") or (name == "mail" and not desk.reads_mail(call.user)):
        raise ApiError(403)


def _one_mail(desk: Parts, call: Call, rest: str) -> Answer:
    number, _, part = rest.partition("/")
    id_ = int(number) if number.isdecimal() else 0
    if part == "raw":
        raw = desk.mailbox.raw(id_)
        if raw is not None:
            return Answer(200, raw, "message/rfc822")
    elif not part:
        mail = desk.mailbox.mail(id_)
        if mail is not None:
            return answer_of(call, mail)
    raise ApiError(404)


def _empty_mailbox(desk: Parts, call: Call) -> Json:
    desk.mailbox.empty()
    return []


def _workbook(desk: Parts, call: Call) -> Json:
    """A workbook with one empty sheet, made without a trace in the list of requests."""
    wanted = call.json() or {}
    book = new_workbook(
        new_file_id(),
        str(wanted.get("title") or "Untitled"),
        str(wanted.get("locale") or "en_US"),
        str(wanted.get("timezone") or "Etc/GMT"),
    )
    book.sheets.append(new_sheet(0, "Sheet1"))
    desk.store.add(book, call.user)
    return {"id": book.id}


def _imported(desk: Parts, call: Call) -> Json:
    """A workbook of the .xlsx file in a call's body: its id, and how many of what did not come in."""
    file = contents.Upload(call.body)
    book, left_out = contents.workbook_of(file, contents.title_of(file, call.get("title")))
    desk.store.add(book, call.user)
    return {"id": book.id, "leftOut": left_out}


def _faults(desk: Parts, call: Call) -> Json:
    if call.method != "GET":
        desk.faults.left = faults.parsed(call.json()) if call.method == "PUT" else []
    return [fault.shown() for fault in desk.faults.left]


def _conditions(desk: Parts, call: Call) -> Json:
    if call.method != "GET":
        new = circumstances.parsed(call.json()) if call.method == "PUT" else Circumstances()
        for book in desk.store.workbooks.values():
            circumstances.forget(book, desk.store.circumstances.modified_time_lag)
        desk.store.circumstances = new
    return desk.store.circumstances.shown()


def _requests(desk: Parts, call: Call) -> Json:
    if call.method == "DELETE":
        desk.requests.clear()
    return list(desk.requests)


ACTIONS: dict[str, Callable[[Parts, Call], Json]] = {
    "GET mail": lambda desk, _: desk.mailbox.mails(),
    "DELETE mail": _empty_mailbox,
    "POST workbooks": _workbook,
    "POST import": _imported,
    **{f"{method} faults": _faults for method in ("GET", "PUT", "DELETE")},
    **{f"{method} conditions": _conditions for method in ("GET", "PUT", "DELETE")},
    **{f"{method} requests": _requests for method in ("GET", "DELETE")},
    "GET tokens": lambda desk, _: list(desk.tokens.claims),
}
