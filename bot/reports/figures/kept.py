"""What a closed week keeps: whose lines it counted, with what, and what was found about earlier weeks. Values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from bot.planning.report_values import Correction, LeftOut
from bot.reports.figures.numbers import Whole
from bot.reports.figures.people import TeamMember
from bot.reports.figures.texts import Coded

#: `row_id`, `order_no`, `recorded`, `day`, `order_day`, `due_day`, `amount`, `cancelled` as arrays; `customer`, `product`,
#: `specification`, `status`, `currency` as `Coded`.
Columns = Mapping[str, Any]


class Person(NamedTuple):
    """Whose a line was when its week was closed."""

    #: The Salesperson cell.
    text: str
    #: Of the member it meant; "" when Team had none such.
    name: str
    email: str
    team: str
    assigned: bool


@dataclass(frozen=True)
class Version:
    """What became of one line of an earlier week."""

    row_id: str
    amount: int
    quantity: Decimal
    currency: str
    person: Person
    cancelled: bool
    #: It is not in the sheet any more, or cannot be used as it stands there.
    gone: bool


@dataclass(frozen=True)
class Finding:
    """A correction, and whose it is."""

    correction: Correction
    person: Person


@dataclass(frozen=True)
class Told:
    """What only the reports of the week itself need, beside its lines."""

    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    #: Team as it was.
    roster: tuple[TeamMember, ...]
    #: Customers whose first order lies in the week, and those that were of tier A.
    new_customers: frozenset[str]
    tier_a: frozenset[str]


@dataclass(frozen=True)
class Kept:
    """The week's lines, column by column, with what totals are made of."""

    row_ids: Sequence[str]
    #: Minor units; units of 10^-digits, as the head says.
    amount: Whole
    quantity: Whole
    currency: Coded
    #: Index into `people`.
    person: Whole
    people: tuple[Person, ...]
    cancelled: Whole


@dataclass(frozen=True)
class Head:
    """What is looked at whenever the book is read."""

    #: Week -> digest of its lines as they were when this week was closed (`bot.reports.figures.digests`); of this week and of
    #: every earlier one whose lines were not as its last digest says.
    digests: Mapping[str, int]
    #: Week -> what became of lines of it, as found when this week was closed.
    versions: Mapping[str, tuple[Version, ...]]
    #: Decimals of quantities.
    digits: int
