"""What a form asks: one question a column that people fill, in the schema's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.forms.company import columns_of, sheet_of
from sheets_schema import ORDER_ENTRY, Field, Kind, Owner, Tab
from sheets_schema.feedback import FEEDBACK

STAMP = "timestamp"
LONG = frozenset({"delivery_address", "special_requests", "notes", "comments"})
PICKED = frozenset({"salesperson", "product", "specification"})
SUGGESTED = frozenset({"customer", "duration", "payment_method", "source"})
RATED = frozenset({"quality", "timeliness", "service"})

Answers = Mapping[str, str]  #: what was typed, by the column's key


@dataclass(frozen=True)
class Question:
    """One question, and how it is answered."""

    field: Field
    control: str  #: text | long | pick | suggest | number | date | rating

    @property
    def key(self) -> str:
        """The key of the column the answer goes to."""
        return self.field.key


@dataclass(frozen=True)
class Form:
    """A form: a tab, and which addresses and texts are its own."""

    name: str
    tab: Tab


@dataclass(frozen=True)
class Place:
    """Where a form's answers go in one workbook."""

    sheet: Sheet
    columns: Mapping[str, int]  #: 0-based, by key


FORMS = {"order": Form("order", ORDER_ENTRY), "feedback": Form("feedback", FEEDBACK)}


@dataclass(frozen=True)
class Missing:
    """What a workbook lacks for a form."""

    tab: Tab
    fields: tuple[Field, ...] = ()  #: columns without which nothing works; none if the whole tab is missing


def place_of(book: Workbook, form: Form) -> Place | Missing:
    """Where a form's answers go, or what is missing."""
    sheet = sheet_of(book, form.tab)
    if sheet is None:
        return Missing(form.tab)
    columns = columns_of(sheet, form.tab)
    lacking = [one for one in form.tab.fields if one.required or one.needed or one.key == STAMP]
    lacking = [one for one in lacking if one.key not in columns]
    return Missing(form.tab, tuple(lacking)) if lacking else Place(sheet, columns)


def questions_of(form: Form, place: Place) -> list[Question]:
    """The questions whose answers have a column, in the schema's order."""
    return [
        Question(field, _control(field))
        for field in form.tab.fields
        if field.owner is Owner.PERSON and field.key != STAMP and field.key in place.columns
    ]


def _control(field: Field) -> str:
    if field.key in RATED:
        return "rating"
    if field.key in LONG:
        return "long"
    if field.key in PICKED:
        return "pick"
    if field.key in SUGGESTED:
        return "suggest"
    if field.kind is Kind.DATE:
        return "date"
    return "number" if field.kind in {Kind.QUANTITY, Kind.MONEY} else "text"
