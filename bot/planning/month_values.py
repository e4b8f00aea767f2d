"""What the monthly report and the tier review say, as values. No pandas here.

Amounts are Decimal in major units; currencies are never added together. A figure that cannot be worked out, because
nothing was there to work it out from, is None: the mail shows a dash and never a zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bot.planning.periods import Period
from bot.planning.report_values import Bar, LeftOut, Ranked, Sum


@dataclass(frozen=True)
class Rate:
    """Some of a number of things."""

    part: int = 0
    whole: int = 0

    @property
    def share(self) -> Decimal | None:
        """0 to 1; None when there was nothing."""
        return Decimal(self.part) / self.whole if self.whole else None


@dataclass(frozen=True)
class TierMove:
    """A customer whose purchases of twelve months put them into another tier."""

    customer: str
    #: The Customer No. cell's text; "" when it is blank.
    number: str
    #: The Owner cell's text; "" when nobody is named.
    owner: str
    #: "A", "B", "C", or "" for a customer who had none yet.
    before: str
    after: str
    #: What was bought in the twelve months, in the config's currency.
    amount: Decimal


@dataclass(frozen=True)
class LateProduct:
    """A product of which too many lines came late."""

    name: str
    #: Late lines of those that were due.
    late: Rate


@dataclass(frozen=True)
class Deliveries:
    """How delivery went.

    Lines are judged in the month in which they were due, whenever they were ordered: so each is judged once, and
    after its day. What is due and neither delivered nor closed counts as late.
    """

    #: Lines delivered within the month, and the mean of their days from order date to delivery.
    delivered: int = 0
    mean_days: Decimal | None = None
    #: Lines due within the month that were delivered by their day, of all that were due.
    on_time: Rate = field(default_factory=Rate)
    #: Lines due within the month that are closed and carry no delivery date: nobody can say whether they were late.
    undated: int = 0
    #: Products over a tenth of whose due lines were late; worst first.
    late_products: tuple[LateProduct, ...] = ()


@dataclass(frozen=True)
class MonthReport:
    """What a lead is told about a month. An order belongs to the month in which it was recorded."""

    period: Period
    #: Up to when orders are counted: the period's end, or the moment it was asked for.
    until: datetime
    interim: bool
    #: The config's currency.
    currency: str
    month: Sum
    before: Sum
    #: The same month of the year before; None when no order is known from so long ago.
    year_ago: Sum | None
    #: Twelve months, oldest first, the reported one last.
    by_month: tuple[Bar, ...]
    customers: int
    #: Customers of the month who had ordered before it, of all customers of the month.
    repeat: Rate
    #: Customers of the month who are of tier A, of all.
    tier_a: Rate
    #: Part of the month's amount that they bought, 0 to 1.
    tier_a_share: Decimal | None
    deliveries: Deliveries
    products: tuple[Ranked, ...]
    #: Best first; the unassigned last, with an empty name.
    members: tuple[Ranked, ...]
    teams: tuple[Ranked, ...]
    #: Customers whose twelve months put them into another tier now than at the month's beginning.
    moves: tuple[TierMove, ...]
    cancelled: int
    left_out: tuple[LeftOut, ...]
    #: Orders that leave for Archive with this run.
    archived: int = 0

    @property
    def has_news(self) -> bool:
        """Whether there is anything to tell beyond "no orders": the config may leave a mail without news out."""
        went = self.deliveries
        told = (self.moves, self.cancelled, self.left_out, self.archived, went.delivered, went.on_time.whole)
        return bool(self.month.orders) or any(told)

    @property
    def frequency(self) -> Decimal | None:
        """Orders a customer; None when there was no customer."""
        return Decimal(self.month.orders) / self.customers if self.customers else None


@dataclass(frozen=True)
class TierReview:
    """What a customer's owner, or a lead, is told about tiers."""

    #: The quarter, and the twelve months at whose end it stands.
    period: Period
    since: datetime
    until: datetime
    currency: str
    #: From these amounts on a customer is A, or B.
    a: Decimal
    b: Decimal
    #: The Tier cells are changed; else it is proposed only.
    applied: bool
    #: Of all customers, not only of the reader's.
    everybody: bool
    moves: tuple[TierMove, ...]
