"""What customers answer: which order each answer is about, and what its Result cell says. Pure.

    row without a receipt ─► Answer, or what is wrong with it ─► known order? ─► (satisfaction) dealt with ─► receipt

A receipt names its answer's order: one that falls on another row, because somebody sorted just then, is none there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.planning.problems import Problem, problem, sentences
from bot.planning.rules import Rules
from bot.planning.sightings import Row, Seen, TabSnapshot
from sheets_schema import FEEDBACK, Cell
from sheets_schema.cells import Unreadable, is_blank, plain_text, read_datetime, read_number
from sheets_schema.feedback import RATINGS
from sheets_schema.titles import Header

SCORES = ("quality", "timeliness", "service")

_RECEIPT = re.compile(r"✓ \d{4}-\d\d-\d\d · ")
_BETWEEN = " · "
_LOW = {"en": "low score", "zh-CN": "低分"}


@dataclass(frozen=True)
class Answer:
    """One row of Feedback that says what a customer thinks of one order."""

    row: Row
    order_no: str
    #: By column; 1 to 5. A question that a form left open is absent.
    scores: Mapping[str, int]
    comments: str
    #: UTC; None when a person typed the answer in without a moment.
    answered_at: datetime | None
    #: The same for the same order, moment and scores, wherever the row stands.
    key: str

    def is_low(self, rules: Rules) -> bool:
        """Whether one of its scores is one that somebody should hear of."""
        return min(self.scores.values()) <= rules.survey.low


def is_receipt(result: Cell, order_no: Cell) -> bool:
    """Whether a Result cell shows that the answer about this order has been dealt with; it is not looked at again."""
    found = _RECEIPT.match(result) if isinstance(result, str) else None
    if found is None:
        return False
    told, number = found.string[found.end() :], plain_text(order_no)
    return bool(number) and (told == number or told.startswith(number + _BETWEEN))


def receipt(answer: Answer, now: datetime, rules: Rules) -> str:
    """The Result cell of an answer that has been dealt with."""
    parts = [f"✓ {rules.today(now):%Y-%m-%d}", answer.order_no]
    return _BETWEEN.join([*parts, _LOW[rules.language]] if answer.is_low(rules) else parts)


def answers_in(tab: TabSnapshot | None, rules: Rules) -> tuple[Answer, ...]:
    """The answers that can be read, in sheet order; whether there are such orders is not looked at."""
    if tab is None or tab.header.problems:
        return ()
    read = (read_answer(row, tab.header, rules) for row in tab.rows)
    return tuple(found for found in read if isinstance(found, Answer))


def read_answer(row: Row, header: Header, rules: Rules) -> Answer | Problem | None:
    """The row's answer, or what a person must put right first; None for a row without one.

    A form's answer comes whole, so what it leaves open stays open; a person who types one in is waited for.
    """
    number = plain_text(row.cells.get("order_no", ""))
    asked = [key for key in SCORES if key in header.columns]
    given = {key: row.cells[key] for key in asked if not is_blank(row.cells.get(key, ""))}
    if not (number or given or "timestamp" in row.cells or "comments" in row.cells):
        return None
    scores = {key: score for key, cell in given.items() if (score := _score(cell)) is not None}
    for key, cell in given.items():
        if key not in scores:
            return problem("score", field=_title(key, rules), text=plain_text(cell))
    stamp = row.cells.get("timestamp", "")
    is_whole = isinstance(stamp, int | float) and not isinstance(stamp, bool) and bool(scores)
    missing = [key for key in asked if key not in scores and not is_whole]
    if not number or missing or not scores:
        lacking = [*([] if number else ["order_no"]), *missing]
        comma = "、" if rules.language == "zh-CN" else ", "
        return problem("missing", fields=comma.join(_title(key, rules) for key in lacking or SCORES))
    comments = plain_text(row.cells.get("comments", ""))
    return Answer(row, number, scores, comments, _moment(stamp, rules), _key(number, stamp, scores))


def standing_of(found: Answer | Problem | None, seen: Seen, now: datetime, rules: Rules) -> str | None:
    """What the Result cell ought to say; None = nothing yet, so that what it says stays.

    A receipt is given to what has been dealt with and to nothing else.
    """
    if found is None:
        return ""
    if isinstance(found, Problem):
        return sentences((found,), rules.language, rules.schema)
    if found.key in seen.answers:
        return receipt(found, now, rules)
    if found.order_no not in seen.orders:
        return sentences((problem("unknown_order", text=found.order_no),), rules.language, rules.schema)
    return None


def answered_mark(order_no: str) -> str:
    """What stands among the answers that were dealt with once an order has had one: nobody is asked about it again."""
    return f"order:{order_no}"


def answers_wanted(tab: TabSnapshot | None, numbers: Iterable[str], rules: Rules) -> frozenset[str]:
    """Which answers have to be remembered, and which of these orders' marks, where anybody is asked at all."""
    asked = numbers if rules.survey.form else ()
    return frozenset(a.key for a in answers_in(tab, rules)) | {answered_mark(n) for n in asked}


def numbers_wanted(tab: TabSnapshot | None, rules: Rules) -> frozenset[str]:
    """The orders that the answers are about."""
    return frozenset(answer.order_no for answer in answers_in(tab, rules))


def _score(cell: Cell) -> int | None:
    score = read_number(cell)
    return int(score) if not isinstance(score, Unreadable) and score in RATINGS else None


def _moment(cell: Cell, rules: Rules) -> datetime | None:
    shown = read_datetime(cell) if not is_blank(cell) else None
    if shown is None or isinstance(shown, Unreadable):
        return None
    return shown.replace(tzinfo=rules.timezone).astimezone(UTC)


def _key(number: str, stamp: Cell, scores: Mapping[str, int]) -> str:
    # A sheet may give a moment back as another double of the same microsecond.
    moment = f"{stamp:.9f}" if isinstance(stamp, int | float) else plain_text(stamp)
    told = "\n".join((number, moment, *(f"{key}={scores.get(key, '')}" for key in SCORES)))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _title(key: str, rules: Rules) -> str:
    return rules.title(FEEDBACK.key, key)
