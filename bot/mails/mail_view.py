"""What a template may show: strings ready to print, made once for text and HTML alike. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.mails.mail_text import LONG, mail_link, one_line, shown, web_link
from bot.mails.wording import Wording
from bot.planning.notices import AdminNotice, TrialMail
from bot.planning.order_notices import Line, PurchaseDetail


@dataclass(frozen=True)
class LineView:
    """One line of an order; blank strings are not shown."""

    product: str
    specification: str
    quantity: str
    unit_price: str
    amount: str
    #: What stands under the product: (label, value), no value blank.
    details: tuple[tuple[str, str], ...]
    #: For staff only.
    notes: str


@dataclass(frozen=True)
class PurchaseView:
    """An order as the purchase mails show it; blank strings are not shown."""

    number: str
    contract_no: str
    order_date: str
    #: Named once, near the total.
    currency: str
    lines: tuple[LineView, ...]
    total: str
    customer: str
    customer_no: str
    customer_email: str
    customer_link: str
    contact: str
    tier: str
    phone: str
    payment_method: str
    delivery_address: str
    source: str
    salesperson: str
    salesperson_email: str
    salesperson_link: str
    updated: bool
    row_link: str


@dataclass(frozen=True)
class NoticeView:
    """What an admin is told."""

    topic: str
    tab: str
    count: int
    details: tuple[str, ...]
    workbook_link: str


@dataclass(frozen=True)
class TrialView:
    """Where a test mail comes from."""

    server: str
    #: With the zone it is told in.
    sent_at: str


@dataclass(frozen=True)
class PictureView:
    """A picture that came along, and how large it is shown, in CSS pixels."""

    source: str
    width: int
    height: int


def purchase_view(detail: PurchaseDetail, wording: Wording) -> PurchaseView:
    """The order in the reader's forms."""
    return PurchaseView(
        number=one_line(detail.order_no),
        contract_no=one_line(detail.contract_no),
        order_date=wording.day(detail.order_date),
        currency=one_line(detail.currency, 12),
        lines=tuple(_line_view(line, detail.currency, wording) for line in detail.lines),
        total=wording.money(detail.total, detail.currency),
        customer=one_line(detail.customer),
        customer_no=one_line(detail.customer_no),
        customer_email=one_line(detail.customer_email),
        customer_link=mail_link(detail.customer_email),
        contact=one_line(detail.contact),
        tier=one_line(detail.tier),
        phone=one_line(detail.phone),
        payment_method=shown(detail.payment_method),
        delivery_address=shown(detail.delivery_address, LONG),
        source=one_line(detail.source),
        salesperson=one_line(detail.salesperson),
        salesperson_email=one_line(detail.salesperson_email),
        salesperson_link=mail_link(detail.salesperson_email),
        updated=detail.generation > 1,
        row_link=web_link(detail.row_link),
    )


def _line_view(line: Line, currency: str, wording: Wording) -> LineView:
    unit = one_line(line.unit, 20)
    details = (
        (wording.say("duration"), one_line(line.duration)),
        (wording.say("due_date"), wording.day(line.due_date)),
        (wording.say("special_requests"), shown(line.special_requests, LONG)),
        *((one_line(title), shown(text, LONG)) for title, text in line.extra),
    )
    return LineView(
        product=shown(line.product),
        specification=shown(line.specification),
        quantity=f"{wording.quantity(line.quantity)} {unit}".strip(),
        unit_price=wording.money(line.unit_price, currency),
        amount=wording.money(line.amount, currency),
        details=tuple((label, value) for label, value in details if value),
        notes=shown(line.notes, LONG),
    )


def notice_view(notice: AdminNotice) -> NoticeView:
    """The notice, its details capped to what a person reads."""
    return NoticeView(
        topic=notice.topic,
        tab=one_line(notice.tab),
        count=notice.count,
        details=tuple(filter(None, (shown(detail) for detail in notice.details[:20]))),
        workbook_link=web_link(notice.workbook_link),
    )


def trial_view(trial: TrialMail, wording: Wording, timezone: ZoneInfo) -> TrialView:
    """The server and the moment, in the reader's forms."""
    moment = trial.sent_at.astimezone(timezone)
    return TrialView(one_line(trial.server), f"{wording.day(moment.date())} {moment:%H:%M} ({timezone.key})")
