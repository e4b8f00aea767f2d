"""Which mails are owed, to whom and about what; not how they look (`rendering`) nor how they travel (`outbox`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.planning.digest_values import Digest
from bot.planning.month_values import MonthReport, TierReview
from bot.planning.order_notices import Line, LowScore, OrderNotice, PurchaseDetail, Survey
from bot.planning.problems import STRUCTURE
from bot.planning.readiness import ReadyLine
from bot.planning.report_values import PersonalReport, TeamReport
from bot.planning.rules import Rules
from bot.planning.sightings import EXTRA, Hold
from sheets_schema.cells import plain_text
from sheets_schema.workflow import CUSTOMER, HEARD_BY

#: Who of an order's mail goes first: customers before staff, staff before admins.
CUSTOMER_FIRST, STAFF_NEXT, ADMINS_LAST = 0, 1, 2
PURCHASE_CUSTOMER = "purchase_customer"
PURCHASE_SALES = "purchase_sales"
#: The kinds of mail that customers get, and nobody else.
TO_CUSTOMERS = frozenset(
    {PURCHASE_CUSTOMER, "survey", *(kind for kind, heard in HEARD_BY.items() if heard == (CUSTOMER,))}
)


@dataclass(frozen=True)
class Recipient:
    """A person who gets mail."""

    name: str
    email: str
    language: str


@dataclass(frozen=True)
class AdminNotice:
    """Something an admin must know and may have to decide."""

    #: A key of the wording for `admin_notice`: "flood" | "emptied" | "header" | "tab" | "adopted" | "capped" | "backup", a kind of
    #: `bot.watching.incidents`, and each of those that end by themselves with "_over" behind it.
    topic: str
    tab: str = ""
    count: int = 0
    details: tuple[str, ...] = ()
    workbook_link: str = ""


@dataclass(frozen=True)
class ReportMail:
    """A report as one person gets it."""

    report: PersonalReport | TeamReport | MonthReport | TierReview
    #: It leaves so long after it was due that it says so.
    late: bool = False
    #: Opens the Summary tab.
    link: str = ""


@dataclass(frozen=True)
class TrialMail:
    """A mail that only shows whether mail arrives."""

    #: Through which server it goes, such as "smtp.example.com:587 (starttls)".
    server: str
    sent_at: datetime


@dataclass(frozen=True)
class Picture:
    """A picture that stands in a mail's HTML. The mail is complete without it."""

    #: What the mail's view calls it by: letters, digits and "-".
    name: str
    png: bytes
    #: As it is shown, in CSS pixels; the file has twice as many.
    width: int
    height: int


@dataclass(frozen=True)
class Attachment:
    """A file that goes along."""

    name: str
    #: Such as "text/csv"; with its parameters.
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Draft:
    """A mail that is owed. Its id is its idempotency key: the same id is never sent as another mail."""

    id: str
    #: The folder under templates/.
    kind: str
    recipient: Recipient
    reply_to: Recipient | None
    content: PurchaseDetail | AdminNotice | ReportMail | OrderNotice | Survey | LowScore | Digest | TrialMail
    order_no: str = ""
    #: Lower goes first: customers 0, staff 1, admins 2.
    priority: int = 1
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    #: It is wanted no earlier; kinds that heed the hours leave at the first open moment from then on.
    not_before: datetime | None = None


def purchase_detail(
    number: str, generation: int, lines: Sequence[ReadyLine], ordered_on: date, rules: Rules, row_link: str
) -> PurchaseDetail:
    """What the mails of one order say. The lines agree on customer, salesperson and currency."""
    first = lines[0]
    comma = "、" if rules.language == "zh-CN" else ", "

    def together(key: str) -> str:
        return comma.join(dict.fromkeys(line.text(key) for line in lines if line.text(key)))

    return PurchaseDetail(
        order_no=number,
        contract_no=together("contract_no"),
        order_date=first.order_date or ordered_on,
        currency=first.currency,
        lines=tuple(_mail_line(line, rules) for line in lines),
        total=sum((line.amount for line in lines), Decimal(0)),
        customer=first.customer.name,
        customer_no=first.customer.number,
        customer_email=first.customer.email,
        contact=first.text("contact") or first.customer.contact,
        tier=first.customer.tier,
        phone=first.customer.phone,
        payment_method=together("payment_method"),
        delivery_address=together("delivery_address") or first.customer.address,
        source=together("source"),
        salesperson=first.salesperson.name,
        salesperson_email=first.salesperson.email,
        generation=generation,
        row_link=row_link,
    )


def _mail_line(line: ReadyLine, rules: Rules) -> Line:
    extra = ((title, plain_text(line.cells.get(EXTRA + title, ""))) for title in rules.extra_columns)
    return Line(
        product=line.product.name,
        specification=line.text("specification") or line.product.specification,
        quantity=line.quantity,
        unit=line.product.unit,
        unit_price=line.unit_price,
        amount=line.amount,
        duration=line.text("duration") or line.product.duration,
        due_date=line.due_date,
        special_requests=line.text("special_requests"),
        notes=line.text("notes"),
        extra=tuple((title, text) for title, text in extra if text),
    )


def purchase_drafts(
    detail: PurchaseDetail, lines: Sequence[ReadyLine], rules: Rules, kinds: Iterable[str]
) -> tuple[Draft, ...]:
    """The mails owed for one order: one to the customer, one to the salesperson, never one to both."""
    customer, member = lines[0].customer, lines[0].salesperson
    to_customer = Recipient(
        customer.contact or customer.name, customer.email, customer.language or rules.language
    )
    to_sales = Recipient(member.name, member.email, member.language or rules.language)
    both = {
        PURCHASE_CUSTOMER: (to_customer, to_sales, CUSTOMER_FIRST),
        PURCHASE_SALES: (to_sales, to_customer, STAFF_NEXT),
    }
    return tuple(
        Draft(
            id=f"{kind}:{detail.order_no}:{detail.generation}",
            kind=kind,
            recipient=both[kind][0],
            reply_to=both[kind][1],
            content=detail,
            order_no=detail.order_no,
            priority=both[kind][2],
        )
        for kind in kinds
    )


def admin_drafts(hold: Hold, rules: Rules, workbook_link: str, tab_title: str) -> tuple[Draft, ...]:
    """One mail to each admin about something that is held, once however long it lasts."""
    topic = hold.key.partition(":")[0]
    notice = AdminNotice(topic, tab_title, hold.count, hold.details, workbook_link)
    return notice_drafts(f"{hold.key}:{stamp(hold.since)}", notice, rules)


def over_drafts(hold: Hold, rules: Rules, workbook_link: str, tab_title: str) -> tuple[Draft, ...]:
    """One mail to each admin that what was held so is put right, and no word of theirs is needed."""
    notice = AdminNotice(f"{hold.key.partition(':')[0]}_over", tab_title, workbook_link=workbook_link)
    return notice_drafts(f"{hold.key}:{stamp(hold.since)}:over", notice, rules)


def notice_drafts(name: str, notice: AdminNotice, rules: Rules) -> tuple[Draft, ...]:
    """A notice to each admin. By its name it is known again: nobody gets it twice."""
    return tuple(
        Draft(
            id=f"admin_notice:{name}:{address}",
            kind="admin_notice",
            recipient=Recipient("", address, rules.language),
            reply_to=None,
            content=notice,
            priority=ADMINS_LAST,
        )
        for address in rules.admins
    )


def stamp(moment: datetime) -> str:
    """A moment as ids carry it."""
    return moment.strftime("%Y%m%dT%H%M%SZ")


def structure_sentence(code: str, language: str, **values: object) -> str:
    """Trouble with a tab or a title, in words for an admin."""
    return STRUCTURE[language][code].format_map(values)
