"""What a notice about an order says. Values for the templates; who hears what is decided in `bot.planning.hearing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.planning.notices import PurchaseDetail


@dataclass(frozen=True)
class Check:
    """One thing a reviewer should look at."""

    #: "amount" | "price" | "stock" | "credit" | "tier": a key of the notice's words.
    what: str
    #: False when the reviewer should think twice.
    fine: bool
    #: Ready to print in the reader's language: "ordered", "listed", "left", "limit", "open", "tier" …
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Alteration:
    """One watched cell of a confirmed order that somebody changed."""

    #: Key of the column in Contract Orders.
    column: str
    #: Product of the line, for orders of several.
    product: str
    #: As the sheet shows them, dates as dates; None for a blank cell.
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
