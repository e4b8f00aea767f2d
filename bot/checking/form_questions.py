"""The questions of the two Google Forms: one for each column that people fill in, titled as the column is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.planning.catalog import Catalog
from sheets_schema import FEEDBACK, ORDER_ENTRY, Field, Kind, Owner, Tab
from sheets_schema.roles import LEAD, SALES, roles_in
from sheets_schema.screen import LONG_TEXT

#: The command's word for a form -> the tab that its answers belong in.
FORMS: Mapping[str, Tab] = {"order": ORDER_ENTRY, "feedback": FEEDBACK}
#: Google writes it into every row by itself.
STAMP = "timestamp"
#: More than this nobody scrolls through; people then type the name, which the bot looks up just the same.
MOST_CHOICES = 200


class Answer(StrEnum):
    """How a question is answered; the names are keys of `form_words`."""

    SHORT = "short"
    PARAGRAPH = "paragraph"
    NUMBER = "number"
    DROPDOWN = "dropdown"
    DATE = "date"
    SCALE = "scale"


@dataclass(frozen=True)
class Question:
    """One question, as it is to be made."""

    title: str
    answer: Answer
    required: bool
    #: What a dropdown offers, or what a text may say, such as the specifications there are.
    choices: tuple[str, ...] = ()


def questions_of(tab: Tab, catalog: Catalog | None, language: str) -> tuple[Question, ...]:
    """In the order of the columns; without a catalog the dropdowns have nothing to offer yet."""
    offers = _offers(catalog) if catalog is not None and tab is ORDER_ENTRY else {}
    return tuple(
        _question(tab, column, offers.get(column.key, ()), language)
        for column in tab.fields
        if column.owner is Owner.PERSON and column.key != STAMP
    )


def _question(tab: Tab, column: Field, offered: Sequence[str], language: str) -> Question:
    answer = _answer(tab, column)
    if answer is Answer.DROPDOWN and len(offered) > MOST_CHOICES:
        answer, offered = Answer.SHORT, ()
    return Question(column.title(language), answer, column.required, tuple(offered[:MOST_CHOICES]))


def _answer(tab: Tab, column: Field) -> Answer:
    if tab is FEEDBACK and column.kind is Kind.QUANTITY:
        return Answer.SCALE
    if tab is ORDER_ENTRY and column.key in ("salesperson", "customer", "product"):
        return Answer.DROPDOWN
    if column.kind is Kind.DATE:
        return Answer.DATE
    if column.kind in (Kind.QUANTITY, Kind.MONEY):
        return Answer.NUMBER
    return Answer.PARAGRAPH if column.key in LONG_TEXT else Answer.SHORT


def _offers(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    on_sale = [product for product in catalog.all_products() if product.active]
    people = (member for found in catalog.members.values() for member in found)
    return {
        "customer": _sorted(one.name for found in catalog.customers.values() for one in found),
        "product": _sorted(product.name for product in on_sale),
        # A specification that only fits some products is no choice for the others: these are what a text may say.
        "specification": _sorted(product.specification for product in on_sale),
        "salesperson": _sorted(
            member.name
            for member in people
            if member.active and (not member.role.strip() or roles_in(member.role) & {SALES, LEAD})
        ),
    }


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))
