"""What mails about one order say: its purchase detail, and the notices of what happens to it. Values for templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """One line of an order as the mail shows it. Amounts are in major units, already rounded to the currency."""

    product: str
    specification: str
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    amount: Decimal
    duration: str = ""
    due_date: date | None = None
    special_requests: str = ""
    notes: str = ""
    #: The team's own columns that the config names: (title, text).
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PurchaseDetail:
    """Everything a purchase mail may say about one order."""

    order_no: str
    contract_no: str
    order_date: date | None
    currency: str
    lines: tuple[Line, ...]
    total: Decimal
    customer: str
    customer_no: str
    customer_email: str
    contact: str
    tier: str
    phone: str
    payment_method: str
    delivery_address: str
    source: str
    salesperson: str
    salesperson_email: str
    #: 1 the first time; more when a person asked for it again.
    generation: int = 1
    #: Opens the sheet at the order's first row.
    row_link: str = ""


@dataclass(frozen=True)
class Check:
    """One thing a reviewer should look at."""

    #: "amount" | "price" | "stock" | "credit" | "tier".
    what: str
    #: False when the reviewer should think twice.
    fine: bool
    #: Raw, numbers as Decimal; the mail's view puts them into words of the reader's language:
    #: amount {total, currency}; price {product, listed, unit_price, currency}; stock {product, left, quantity};
    #: credit {limit, open, currency}, `open` with this order in it; tier {tier}.
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Alteration:
    """One watched cell of a confirmed order that somebody changed."""

    #: Key of the column in Contract Orders.
    column: str
    #: Product of the line, for orders of several.
    product: str
    #: Raw: Decimal, date or text; None for a blank cell. The mail's view puts them into the reader's forms.
    before: object
    after: object


@dataclass(frozen=True)
class OrderNotice:
    """Something that happened to an order, or that somebody must do about it, as one person hears of it."""

    #: The lines it is about, of which an order may have more.
    detail: PurchaseDetail
    #: The reviewer's note, or the reason for cancelling.
    note: str = ""
    reviewer: str = ""
    tracking: str = ""
    shipped_on: date | None = None
    delivered_on: date | None = None
    checks: tuple[Check, ...] = ()
    alterations: tuple[Alteration, ...] = ()
    #: The order was with the warehouse already.
    was_approved: bool = False


@dataclass(frozen=True)
class Survey:
    """The question how satisfied a customer was, some days after the order was completed."""

    detail: PurchaseDetail
    #: The feedback form with the order number filled in; https only.
    form_link: str
    #: Asked once before, without an answer.
    again: bool = False


@dataclass(frozen=True)
class LowScore:
    """A customer is not satisfied: whoever looks after them should hear at once."""

    order_no: str
    customer: str
    contact: str
    phone: str
    email: str
    #: 1 to 5; None where the answer has none.
    quality: int | None
    timeliness: int | None
    service: int | None
    comments: str
    answered_at: datetime | None
    row_link: str = ""
