"""Which mails are owed, to whom and about what; not how they look (`rendering`) nor how they travel (`outbox`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Recipient:
    """A person who gets mail."""

    name: str
    email: str
    language: str


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
class AdminNotice:
    """Something an admin must know and may have to decide."""

    #: A key of the wording for `admin_notice`: "flood" | "emptied" | "header" | "tab" | "adopted"
    topic: str
    tab: str = ""
    count: int = 0
    details: tuple[str, ...] = ()
    workbook_link: str = ""


@dataclass(frozen=True)
class Draft:
    """A mail that is owed. Its id is its idempotency key: the same id is never sent as another mail."""

    id: str
    #: The folder under templates/.
    kind: str
    recipient: Recipient
    reply_to: Recipient | None
    content: PurchaseDetail | AdminNotice
    order_no: str = ""
    #: Lower goes first: customers 0, staff 1, admins 2.
    priority: int = 1
