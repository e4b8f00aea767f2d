"""What is wrong with answers: one set of rules, asked by the page while a person types and again when it lands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.desk.forms.company import Company, Product
from bot.desk.forms.questions import Answers, Question
from sheets_schema import Kind
from sheets_schema.cells import Unreadable, read_date, read_number
from sheets_schema.feedback import RATINGS
from sheets_schema.titles import fold

LONGEST = 2000  #: characters of one answer
SHOWN = 5  #: choices named in a sentence


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one answer: the key of a sentence, and what stands in it."""

    why: str
    values: Mapping[str, str] = field(default_factory=dict)


def wrong_in(
    questions: Iterable[Question], answers: Answers, company: Company, today: date
) -> dict[str, Wrong]:
    """What is wrong, by question, in the order they are asked; nothing when the answers may land."""
    found = {}
    for question in questions:
        text = answers.get(question.key, "").strip()
        if not fold(text):
            wrong = Wrong("required") if question.field.required else None
        elif len(text) > LONGEST:
            wrong = Wrong("too_long", {"count": str(LONGEST)})
        else:
            wrong = _unfit(question, text, today)
        wrong = wrong or _unknown(question.key, text, answers, company)
        if wrong:
            found[question.key] = wrong
    return found


def _unfit(question: Question, text: str, today: date) -> Wrong | None:
    """What is wrong with an answer by its column's kind."""
    if question.control == "rating":
        return None if text in {str(number) for number in RATINGS} else Wrong("required")
    match question.field.kind:
        case Kind.QUANTITY:
            number = read_number(text)
            if isinstance(number, Unreadable):
                return Wrong("number", {"text": text})
            return None if number > 0 else Wrong("positive")
        case Kind.MONEY:
            number = read_number(text)
            if isinstance(number, Unreadable):
                return Wrong("number", {"text": text})
            return None if number >= 0 else Wrong("negative")
        case Kind.DATE:
            day = read_date(text)
            if isinstance(day, Unreadable):
                return Wrong(day.why, {"text": text})
            return Wrong("past") if day < today else None
    return None


def _unknown(key: str, text: str, answers: Answers, company: Company) -> Wrong | None:
    """What is wrong with an answer that must name something the workbook lists."""
    if key == "specification":
        return _specification(text, company.specifications(answers.get("product", "")))
    if not text:
        return None
    known: Iterable[str] = ()
    if key == "salesperson":
        known = company.sellers
    elif key == "customer":
        known = [name for one in company.customers for name in (one.name, one.number) if name]
    elif key == "product":
        known = [one.name for one in company.products]
    names = {fold(name) for name in known}
    return Wrong(f"unknown_{key}", {"text": text}) if names and fold(text) not in names else None


def _specification(text: str, rows: list[Product]) -> Wrong | None:
    """A product with specifications wants one of them, unless one of its rows leaves it open."""
    named = list(dict.fromkeys(one.specification for one in rows if one.specification))
    if not named or len(named) < len(rows):
        return None
    if not fold(text):
        return Wrong("which_specification", {"known": _listed(named)}) if len(rows) > 1 else None
    if fold(text) in {fold(name) for name in named}:
        return None
    return Wrong("unknown_specification", {"text": text, "known": _listed(named)})


def _listed(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def cells_of(questions: Iterable[Question], answers: Answers) -> dict[str, str | Decimal | date]:
    """The answers as values for their cells; unanswered questions are left out. Only for answers without a wrong."""
    cells: dict[str, str | Decimal | date] = {}
    for question in questions:
        text = answers.get(question.key, "").strip()
        if not text:
            continue
        value: str | Decimal | date | Unreadable = text
        if question.field.kind in {Kind.QUANTITY, Kind.MONEY}:
            value = read_number(text)
        elif question.field.kind is Kind.DATE:
            value = read_date(text)
        cells[question.key] = text if isinstance(value, Unreadable) else value
    return cells
