"""The mailbox: everybody's mails in one place, by person and by word; one mail with its parts.

A mail's HTML stands in a frame of its own that runs nothing and loads nothing from anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bot.desk.errors import ApiError
from bot.desk.mail.mail_parts import as_download, attachment, html_to_show, links_in
from bot.desk.wire import Answer, Call

if TYPE_CHECKING:
    from bot.desk.parts import Parts

LISTED = 200  #: mails on one page of the list
#: Of a mail: pictures it brought along and its own styles. The sandbox holds even where the page is opened alone.
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
HTML = "text/html; charset=utf-8"


def answer(desk: Parts, call: Call, rest: list[str]) -> Answer:
    """`/mail`, `/mail/{id}`, and of a mail its HTML, its raw form and its files."""
    if call.method not in {"GET", "HEAD"}:
        raise ApiError(404)
    if not rest:
        return _shown(desk, call, None)
    id_ = int(rest[0]) if rest[0].isdecimal() and len(rest[0]) < 16 else 0
    match rest[1:]:
        case []:
            return _shown(desk, call, id_)
        case ["body"]:
            headers = (("content-security-policy", MAIL_POLICY), ("referrer-policy", "no-referrer"))
            return Answer(200, html_to_show(_raw(desk, id_)).encode(), HTML, headers)
        case ["raw"]:
            name = as_download(f"mail-{id_}.eml")
            return Answer(200, _raw(desk, id_), "message/rfc822", (("content-disposition", name),))
        case ["file", number] if number.isdecimal() and len(number) < 6:
            found = attachment(_raw(desk, id_), int(number))
            if found is not None:
                name, kind, body = found
                return Answer(200, body, kind, (("content-disposition", as_download(name)),))
    raise ApiError(404)


def _raw(desk: Parts, id_: int) -> bytes:
    raw = desk.mailbox.raw(id_)
    if raw is None:
        raise ApiError(404)
    return raw


def _shown(desk: Parts, call: Call, id_: int | None) -> Answer:
    """The list, and beside it the mail that was opened."""
    words, to, before = call.get("q") or "", (call.get("to") or "").lower(), call.get("before") or ""
    mail = None
    if id_ is not None:
        mail = desk.mailbox.mail(id_)
        if mail is None:
            raise ApiError(404)
    found = desk.letters.matching(words, to)
    older = [one for one in found if not before.isdecimal() or one.id < int(before)]
    listed = older[:LISTED]
    newest, total = desk.mailbox.extent()
    kept = urlencode([(name, value) for name, value in (("q", words), ("to", to)) if value])
    return desk.frame.page(
        call,
        "mail.html",
        mail=mail,
        part=_part(call, mail) if mail else "",
        links=links_in(mail["html"] or "") if mail else [],
        letters=listed,
        people=desk.letters.people(),
        words=words,
        to=to,
        count=len(found),
        newest=newest,
        total=total,
        size_of=_size,
        kept=f"?{kept}" if kept else "",
        older=f"?{urlencode([('before', listed[-1].id), ('q', words), ('to', to)])}"
        if len(older) > LISTED
        else "",
    )


def _size(count: int) -> str:
    """A file's size in the largest unit in which it is at least one."""
    for unit, size in (("MB", 1_000_000), ("kB", 1000)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} B"


def _part(call: Call, mail: dict[str, object]) -> str:
    """The part of a mail that is shown: the one asked for, else the one its sender would want seen."""
    asked = call.get("part")
    if asked in {"html", "text", "headers"} and (asked == "headers" or mail[asked] is not None):
        return asked
    return "html" if mail["html"] is not None else "text"
