"""What reports say, as values: worked out by `bot.reports`, shown by mails and by the Summary tab. No pandas here.

Amounts are Decimal in major units, each line's rounded half up to its currency's minor unit before it is added.
Currencies are never added together. Times are UTC; days are the team's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.planning.periods import Period


@dataclass(frozen=True)
class Amount:
    """Money of one currency, and the orders it comes from."""

    currency: str
    amount: Decimal
    #: Distinct order numbers in this currency.
    orders: int

    @property
    def average(self) -> Decimal:
        """An order's mean amount, not rounded."""
        return self.amount / self.orders if self.orders else Decimal(0)


@dataclass(frozen=True)
class Sum:
    """Some lines added up. Cancelled lines are in none."""

    orders: int = 0
    lines: int = 0
    quantity: Decimal = Decimal(0)
    #: The config's currency first, if it occurs, then by code.
    amounts: tuple[Amount, ...] = ()

    def amount(self, currency: str) -> Decimal:
        """The amount in this currency; 0 when there is none."""
        return next((a.amount for a in self.amounts if a.currency == currency), Decimal(0))


@dataclass(frozen=True)
class OrderLine:
    """One line of an order as reports list it."""

    row_id: str
    order_no: str
    recorded_at: datetime
    order_date: date | None
    customer: str
    product: str
    specification: str
    quantity: Decimal
    currency: str
    amount: Decimal
    #: The name in Team; the cell's text when Team has no such member; "" when the cell is blank.
    salesperson: str
    #: False when Team has no such member: then the salesperson is shown as unassigned.
    assigned: bool
    team: str
    #: Key of `sheets_schema.workflow`; "" when the cell names none.
    status: str
    due_date: date | None = None
    #: Its order date lies before the week it was recorded in.
    late_entry: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class LeftOut:
    """A row that no total includes, and why."""

    #: Key of the tab and row number as read.
    tab: str
    row: int
    order_no: str
    salesperson: str
    #: "no_number" (not an order yet) | "amount" | "quantity" | "currency" | "formula" | "too_large"
    why: str
    #: The cell's text, or the row's Problem.
    text: str = ""


@dataclass(frozen=True)
class Correction:
    """A change to a line after its week was closed."""

    #: The closed week in which the line was counted, and the week in which the change was found.
    week: str
    found_in: str
    row_id: str
    order_no: str
    salesperson: str
    #: "cancelled" | "revived" | "amount" | "quantity" | "salesperson" | "currency" | "gone" | "returned"
    what: str
    currency: str
    #: What the totals of the closed week would change by.
    amount: Decimal
    quantity: Decimal
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, in the config's currency."""

    #: A day, or the id of a week.
    label: str
    amount: Decimal
    orders: int
    #: The day it stands for, or the last day of its week.
    day: date | None = None


@dataclass(frozen=True)
class Ranked:
    """A product, a member, a team or a customer in a ranking."""

    name: str
    sum: Sum
    before: Sum = field(default_factory=Sum)
    team: str = ""
    #: Part of the whole in the config's currency, 0 to 1; None when the whole is 0.
    share: Decimal | None = None
    target: Decimal | None = None
    month: Sum = field(default_factory=Sum)


@dataclass(frozen=True)
class WeekFigures:
    """What the personal and the team report share."""

    period: Period
    #: Up to when orders are counted: the period's end, or the moment it was asked for.
    until: datetime
    #: Asked for before the week was over.
    interim: bool
    #: The config's currency.
    currency: str
    week: Sum
    before: Sum
    #: From the first of the month in which `until` lies, to `until`; by the team's calendar.
    month: Sum
    target: Decimal | None
    #: The days of the window, those without orders too.
    by_day: tuple[Bar, ...]
    #: Eight weeks, oldest first, the reported one last.
    by_week: tuple[Bar, ...]
    products: tuple[Ranked, ...]
    new_customers: tuple[str, ...]
    returning_customers: tuple[str, ...]
    lines: tuple[OrderLine, ...]
    late_entries: tuple[OrderLine, ...]
    #: Cancelled in the week in which they were recorded: in no total.
    cancelled: tuple[OrderLine, ...]
    corrections: tuple[Correction, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class PersonalReport:
    """What one salesperson gets."""

    member: str
    team: str
    figures: WeekFigures
    #: Open lines that are due in the seven days after `until`, and those that are overdue then; most urgent first.
    due: tuple[OrderLine, ...] = ()
    overdue: tuple[OrderLine, ...] = ()


@dataclass(frozen=True)
class TeamReport:
    """What one lead gets."""

    #: The teams reported; empty = all of them.
    scope: tuple[str, ...]
    figures: WeekFigures
    #: More than one only when more than one is reported.
    teams: tuple[Ranked, ...]
    #: Best first, in the config's currency; the unassigned last, with an empty name.
    members: tuple[Ranked, ...]
    without_orders: tuple[str, ...]
    #: Part of the amount that customers of tier A bought, 0 to 1; None when nothing was sold.
    tier_a_share: Decimal | None
    largest: tuple[OrderLine, ...]


@dataclass(frozen=True)
class WeekBlock:
    """One block of the Summary tab."""

    period: Period
    #: False for the running week.
    closed: bool
    #: When the figures were worked out, to the minute.
    as_of: datetime
    report: TeamReport
    #: Found later: shown below a closed block, which itself stays as it was.
    corrections: tuple[Correction, ...] = ()
