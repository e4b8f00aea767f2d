"""The order form and the feedback form: the questions, and the receipt that waits for what becomes of them.

Without scripts a form is sent, checked and answered as a page; with them the same rules are asked by the page
while a person types. A form id makes a form that is sent twice land once.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.desk.book.workbook import Workbook
from bot.desk.errors import ApiError, bad_request
from bot.desk.forms import checks, landing
from bot.desk.forms.asked import Asked
from bot.desk.forms.company import company_of
from bot.desk.forms.questions import FORMS, Answers, Missing, place_of, questions_of
from bot.desk.pages import receipts
from bot.desk.pages.offers import offers
from bot.desk.pages.visible import visible_book
from bot.desk.wire import Answer, Call, answer_of

if TYPE_CHECKING:
    from bot.desk.pages.frame import Texts
    from bot.desk.parts import Parts

FORM_ID = re.compile(r"[\w-]{16,64}")
LARGEST = 256 * 1024  #: bytes of a form


def answer(desk: Parts, call: Call, rest: list[str]) -> Answer:
    """`/form/{order|feedback}/{bookId}`, its checks, and the receipts below it."""
    if len(rest) < 2 or rest[0] not in FORMS:
        raise ApiError(404)
    form, book = FORMS[rest[0]], visible_book(desk, call, rest[1])
    place = place_of(book, form)
    if isinstance(place, Missing):
        return desk.frame.page(call, "form_missing.html", book=book, form=form, missing=place)
    asked = Asked(book, form, place, questions_of(form, place), company_of(book))
    match call.method, rest[2:]:
        case "GET" | "HEAD", []:
            given = {question.key: call.get(question.key) or "" for question in asked.questions}
            given["order_no"] = call.get("order_no") or call.get("order") or ""
            return _shown(desk, call, asked, given, {}, secrets.token_urlsafe(18))
        case "POST", []:
            return _sent(desk, call, asked)
        case "POST", ["check"]:
            return answer_of(call, _sentences(desk.frame.texts(call), _wrong(asked, _fields(call))))
        case "GET" | "HEAD", ["sent", form_id, *more]:
            found = landing.landed(book, form_id, place)
            if found is None and not landing.known_answer(book, form_id):
                raise ApiError(404)
            return receipts.answer(desk, call, asked, found, more)
    raise ApiError(404)


def _fields(call: Call) -> dict[str, str]:
    if len(call.body) > LARGEST:
        raise bad_request("This form is too large.")
    try:
        text = call.body.decode()
        return {name: value.replace("\r\n", "\n") for name, value in parse_qsl(text, keep_blank_values=True)}
    except ValueError:
        raise bad_request("This form is not in UTF-8.") from None


def _wrong(asked: Asked, answers: Answers) -> dict[str, checks.Wrong]:
    today = now_of(asked.book).date()
    return checks.wrong_in(asked.questions, answers, asked.company, today)


def _sentences(texts: Texts, wrong: dict[str, checks.Wrong]) -> dict[str, str]:
    return {key: texts(f"wrong.{one.why}", **one.values) for key, one in wrong.items()}


def now_of(book: Workbook) -> datetime:
    """What the clock of a workbook shows, without a zone."""
    try:
        zone = ZoneInfo(str(book.meta["properties"].get("timeZone", "")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("Etc/GMT")
    return datetime.now(zone).replace(tzinfo=None)


def _sent(desk: Parts, call: Call, asked: Asked) -> Answer:
    """Take the answers in and lead to their receipt, or show the form again with what is wrong."""
    answers = _fields(call)
    form_id = answers.get("form", "")
    if not FORM_ID.fullmatch(form_id):
        raise bad_request("This form has no id of its own.")
    wrong = _wrong(asked, answers)
    quiet = "application/json" in call.headers.get("accept", "")
    if wrong:
        if quiet:
            return answer_of(call, {"wrong": _sentences(desk.frame.texts(call), wrong)})
        return _shown(desk, call, asked, answers, wrong, form_id)
    values = checks.cells_of(asked.questions, answers)
    if not landing.same_answer(asked.book, form_id, values):
        if landing.known_answer(asked.book, form_id):
            # Somebody went back, filled the form in anew and sent it: another answer, not the same one twice.
            form_id = secrets.token_urlsafe(18)
        now = now_of(asked.book)
        # The form is the workbook's own, as a Google Form is: whoever may see it may answer it, and the
        # protection of cells does not concern it.
        desk.store.change(asked.book, lambda: landing.land(asked.book, asked.place, values, form_id, now))
    receipt = f"{asked.address}/sent/{quote(form_id)}"
    if quiet:
        return answer_of(call, {"receipt": receipt})
    return Answer(303, b"", headers=(("location", receipt),))


def _shown(
    desk: Parts, call: Call, asked: Asked, answers: Answers, wrong: dict[str, checks.Wrong], form_id: str
) -> Answer:
    """The form with what was typed so far."""
    texts = desk.frame.texts(call)
    values: dict[str, Any] = {
        "book": asked.book,
        "form": asked.form,
        "address": asked.address,
        "questions": asked.questions,
        "answers": answers,
        "wrong": _sentences(texts, wrong),
        "form_id": form_id,
        "today": now_of(asked.book).date().isoformat(),
        "offers": offers(asked.book, asked.company, texts.language),
        "company": asked.company,
    }
    return desk.frame.page(call, f"form_{asked.form.name}.html", status=422 if wrong else 200, **values)
