"""Half a year of the sample company's orders: who bought what, and how far each order has come by today. Pure.

The dice are seeded, so the same day always has the same company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from bot.demo import stock
from bot.demo.stock import GOODS, Goods, Person
from sheets_schema.workflow import (
    APPROVED,
    CANCELLED,
    COMPLETED,
    DELIVERED,
    IN_TRANSIT,
    PENDING,
    SHIPPED,
    State,
)

_DAYS = 182
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Firm:
    """A customer, before anything was bought."""

    number: str
    name: str
    letters: str
    industry: str
    address: str
    phone: str
    contact: str
    contact_title: str
    is_english: bool
    owner: Person
    #: How often it buys, against the others; 0 for a prospect.
    weight: float


@dataclass(frozen=True)
class Line:
    """One kind of goods in an order."""

    goods: Goods
    quantity: int
    price: Decimal
    request: str = ""

    @property
    def amount(self) -> Decimal:
        """Quantity times price, to the cent."""
        return (self.quantity * self.price).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class PastOrder:
    """An order as it stands today; dates that have not come yet are None."""

    number: str
    firm: Firm
    lines: tuple[Line, ...]
    created: datetime
    due: date
    state: State
    updated: datetime
    payment: str
    source: str
    reviewed: datetime | None = None
    shipped: date | None = None
    tracking: str = ""
    delivered: date | None = None
    cancel_reason: str = ""
    exception: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is in the totals."""
        return self.state is not CANCELLED

    @property
    def amount(self) -> Decimal:
        """The sum of its lines."""
        return sum((line.amount for line in self.lines), Decimal(0))


def past_orders(today: date, firms: Sequence[Firm], count: int, dice: Random) -> tuple[PastOrder, ...]:
    """This many orders of the six months before today, oldest first, numbered as the bot numbers them."""
    days = [today - timedelta(days=ago) for ago in range(_DAYS, 0, -1)]
    # Fewer at weekends, and a little more every month.
    weights = [(1 if day.weekday() < 5 else 0.15) * (1 + i / _DAYS) for i, day in enumerate(days)]
    moments = sorted(_at_work(day, dice) for day in dice.choices(days, weights, k=count))
    orders = []
    serial, before = 0, None
    for moment in moments:
        serial = serial + 1 if moment.date() == before else 1
        before = moment.date()
        firm = dice.choices(firms, [f.weight for f in firms])[0]
        orders.append(_order(f"{moment:%Y%m%d}-{serial:03d}", moment, firm, today, dice))
    return tuple(orders)


def _at_work(day: date, dice: Random) -> datetime:
    """Some minute of the working day, wall clock."""
    return datetime.combine(day, time(9)) + timedelta(minutes=dice.randrange(0, 8 * 60))


def _order(number: str, created: datetime, firm: Firm, today: date, dice: Random) -> PastOrder:
    english = firm.is_english
    first = PastOrder(
        number, firm, _lines(firm, created.date(), today, dice), created,
        created.date() + timedelta(days=dice.randrange(19, 29)), PENDING, created,
        dice.choice(stock.ENGLISH_PAYMENTS if english else stock.CHINESE_PAYMENTS),
        dice.choice(stock.ENGLISH_SOURCES if english else stock.CHINESE_SOURCES),
    )  # fmt: skip
    if dice.random() < 0.04 and (today - created.date()).days > 5:
        return _cancelled(first, dice)
    return _moved_on(first, today, dice)


def _lines(firm: Firm, day: date, today: date, dice: Random) -> tuple[Line, ...]:
    # What is off sale today was sold in spring and summer.
    range_then = [g for g in GOODS if g.active or (today - day).days > 60]
    chosen = dice.sample(range_then, dice.choices((1, 2, 3), (80, 15, 5))[0])
    discount = Decimal("0.95") if dice.random() < 0.06 else Decimal(1)
    requests = stock.ENGLISH_REQUESTS if firm.is_english else stock.CHINESE_REQUESTS
    lines = []
    for goods in chosen:
        low, high = goods.usual
        step = 10 if low >= 20 else 1
        request = dice.choice(requests).format(firm=firm.name) if dice.random() < 0.12 else ""
        price = (goods.price * discount).quantize(_CENT, ROUND_HALF_UP)
        lines.append(Line(goods, dice.randrange(low, high + 1, step), price, request))
    return tuple(lines)


def _cancelled(order: PastOrder, dice: Random) -> PastOrder:
    reasons = stock.ENGLISH_CANCELLED if order.firm.is_english else stock.CHINESE_CANCELLED
    day = order.created.date()
    reviewed = _at_work(day + timedelta(days=1), dice)
    ended = _at_work(day + timedelta(days=dice.randrange(2, 5)), dice)
    return _changed(order, CANCELLED, ended, reviewed=reviewed, cancel_reason=dice.choice(reasons))


def _moved_on(order: PastOrder, today: date, dice: Random) -> PastOrder:
    """Review, making, transport and the end, as far as they lie before today."""
    day = order.created.date()
    age = (today - day).days
    is_late = 17 <= age <= 27 and dice.random() < 0.15
    reviewed = _at_work(day + timedelta(days=dice.choice((1, 1, 2, 3))), dice)
    made_in = dice.randrange(4, 11) if not is_late else age
    shipped = reviewed.date() + timedelta(days=made_in)
    delivered = shipped + timedelta(days=dice.randrange(3, 7))
    completed = delivered + timedelta(days=dice.randrange(7, 16))
    found = order
    if reviewed.date() < today:
        found = _changed(found, APPROVED, reviewed, reviewed=reviewed)
    if is_late:
        trouble = stock.ENGLISH_TROUBLE if order.firm.is_english else stock.CHINESE_TROUBLE
        due = day + timedelta(days=dice.randrange(13, 16))
        return _changed(found, APPROVED, reviewed, due=due, exception=dice.choice(trouble))
    if shipped < today:
        carrier = f"{dice.choice(stock.CARRIERS)} {dice.randrange(10**9, 10**10)}"
        state = IN_TRANSIT if shipped + timedelta(days=1) < today else SHIPPED
        found = _changed(found, state, _at_work(shipped, dice), shipped=shipped, tracking=carrier)
    if delivered < today:
        found = _changed(found, DELIVERED, _at_work(delivered, dice), delivered=delivered)
    if completed < today:
        found = _changed(found, COMPLETED, _at_work(completed, dice))
    return found


def _changed(order: PastOrder, state: State, updated: datetime, **facts: object) -> PastOrder:
    return PastOrder(**{**vars(order), **facts, "state": state, "updated": updated})  # type: ignore[arg-type] # the names are those of PastOrder's own fields
