"""What the daily digest of one person says. Values for the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class DigestLine:
    """One order that somebody should look at."""

    order_no: str
    customer: str
    product: str
    #: None where the sheet has none that can be read.
    amount: Decimal | None
    currency: str
    #: "" when it is the reader.
    salesperson: str
    #: Title of its status in the reader's language.
    status: str
    due_date: date | None
    #: Days late, days to go, days it has waited or hours without an update, as its section has it.
    count: int
    #: How many products it has besides.
    others: int = 0
    #: Opens the sheet at the row.
    link: str = ""


@dataclass(frozen=True)
class Reminder:
    """A customer whose next purchase was expected by now."""

    customer: str
    contact: str
    phone: str
    expected: date
    link: str = ""


@dataclass(frozen=True)
class Digest:
    """What one person should look at today; worst first in each section."""

    day: date
    overdue: tuple[DigestLine, ...] = ()
    #: Of the reader's team, so late that a lead should know.
    escalated: tuple[DigestLine, ...] = ()
    due_soon: tuple[DigestLine, ...] = ()
    to_review: tuple[DigestLine, ...] = ()
    silent: tuple[DigestLine, ...] = ()
    next_purchases: tuple[Reminder, ...] = ()
    #: Opens Contract Orders.
    workbook_link: str = ""
    #: The days that `due_soon` looks ahead.
    due_within: int = 2

    @property
    def count(self) -> int:
        """How many things it tells of."""
        sections = (
            self.overdue,
            self.escalated,
            self.due_soon,
            self.to_review,
            self.silent,
            self.next_purchases,
        )
        return sum(map(len, sections))
