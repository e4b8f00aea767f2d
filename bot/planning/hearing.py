"""Who hears what of an order: from the steps its lines took to the mails that are owed. Pure.

lines × steps ─► notices ─► people ─► one mail a person for one event
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from bot.planning.catalog import Catalog, Member, is_address
from bot.planning.checks import review_checks
from bot.planning.courses import Course
from bot.planning.moves import is_cancelling, reviewers_of
from bot.planning.notices import CUSTOMER_FIRST, STAFF_NEXT, Draft, Recipient
from bot.planning.order_notices import Alteration, Check, OrderNotice, PurchaseDetail
from bot.planning.progress import Progress
from bot.planning.readiness import ReadyLine
from bot.planning.rules import Rules
from bot.planning.sightings import Row, Seen
from sheets_schema import CONTRACTS, roles
from sheets_schema.cells import Unreadable, read_cell
from sheets_schema.workflow import (
    APPROVED,
    CUSTOMER,
    FINANCE,
    FINANCE_WAITING,
    HEARD_BY,
    HOLDS_STOCK,
    LEADS,
    ORDER_APPROVED,
    ORDER_CANCELLED,
    ORDER_CHANGED,
    ORDER_DELIVERED,
    ORDER_SENT_BACK,
    ORDER_SHIPPED,
    ORDER_STOPPED,
    ORDER_TO_PREPARE,
    PENDING,
    REVIEW_WAITING,
    WAREHOUSE,
)

#: Whoever would hear two notices of one event gets the one that stands first: what is to be done before what is news.
_FOREMOST = (
    REVIEW_WAITING, FINANCE_WAITING, ORDER_STOPPED, ORDER_TO_PREPARE, ORDER_SENT_BACK, ORDER_APPROVED,
    ORDER_CANCELLED, ORDER_DELIVERED, ORDER_SHIPPED, ORDER_CHANGED,
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One line of an order that somebody is to hear of."""

    course: Course
    after: Progress


def notices_of(course: Course, rules: Rules) -> tuple[str, ...]:
    """The kinds of notice that a line's course calls for.

    Of several steps taken between two looks everybody hears only what is still true: nobody is asked to prepare what
    has been shipped, and no customer hears on one day that an order is on its way and that it has arrived.
    """
    before, moves = course.before, course.walk.moves
    steps = [kind for move in moves for kind in move.notices]
    found: list[str] = []
    if is_cancelling(moves):
        found = [ORDER_CANCELLED, ORDER_STOPPED]
    elif moves:
        found = [kind for kind in (ORDER_SENT_BACK, ORDER_APPROVED) if kind in steps]
        if ORDER_TO_PREPARE in steps and course.state == APPROVED.key:
            found.append(ORDER_TO_PREPARE)
        found += [kind for kind in (ORDER_DELIVERED, ORDER_SHIPPED) if kind in steps][:1]
    elif course.state == PENDING.key and rules.review_levels:
        if course.asks_finance and rules.review_levels == 2:
            # The lead has said yes already, be the note taken out in the same look.
            found.append(FINANCE_WAITING)
        elif course.note != before.note:
            found.append(ORDER_SENT_BACK if course.note else REVIEW_WAITING)
    return tuple(found)


def notice_drafts(
    kinds: Mapping[str, Sequence[Told]],
    detail_of: Mapping[str, PurchaseDetail],
    seen: Seen,
    catalog: Catalog,
    rules: Rules,
    off: Iterable[str] = (),
    knows_customer: bool = True,
) -> tuple[Draft, ...]:
    """The mails owed for one order: notice -> the lines it is about, and what each notice says of the order.

    `knows_customer`: the customer has had a mail about the order, or may have.
    """
    off = frozenset(off) | rules.notices_off
    owed: dict[str, Draft] = {}
    for kind in sorted(kinds, key=_FOREMOST.index):
        if kind in off or not (knows_customer or CUSTOMER not in HEARD_BY[kind]):
            continue
        told = kinds[kind]
        for audience in HEARD_BY[kind]:
            for person in _people(audience, told, catalog):
                key = person.email.casefold()
                # A change of what was ordered is news of its own, whatever else happened to the order.
                if key in owed and kind != ORDER_CHANGED:
                    continue
                draft = _draft(kind, audience, person, told, detail_of[kind], seen, rules)
                owed[f"{kind}:{key}" if kind == ORDER_CHANGED else key] = draft
    return tuple(owed.values())


def first_drafts(
    lines: Sequence[tuple[ReadyLine, Progress]],
    detail: PurchaseDetail,
    seen: Seen,
    catalog: Catalog,
    rules: Rules,
    off: Iterable[str] = (),
) -> tuple[Draft, ...]:
    """What a new order calls for: its review by those who may say yes, or its goods where nobody reviews."""
    line, progress = lines[0]
    kind = REVIEW_WAITING if rules.review_levels else ORDER_TO_PREPARE
    if kind in frozenset(off) | rules.notices_off:
        return ()
    checks = review_checks(lines, seen, rules) if rules.review_levels else ()
    content = OrderNotice(detail, checks=checks)
    people = (
        reviewers_of(line.salesperson, catalog) if rules.review_levels else catalog.with_role(roles.WAREHOUSE)
    )
    seller = member_recipient(line.salesperson, rules)
    return tuple(
        _mail(kind, member_recipient(person, rules), seller, content, progress) for person in _once(people)
    )


def customer_recipient(line: ReadyLine, rules: Rules) -> Recipient:
    """The customer as a reader."""
    customer = line.customer
    return Recipient(customer.contact or customer.name, customer.email, customer.language or rules.language)


def member_recipient(member: Member, rules: Rules) -> Recipient:
    """A member of the team as a reader."""
    return Recipient(member.name, member.email, member.language or rules.language)


def _people(audience: str, told: Sequence[Told], catalog: Catalog) -> tuple[Recipient, ...]:
    line = told[0].course.line
    match audience:
        case "customer":
            members: Sequence[Member] = ()
            customer = line.customer
            return (Recipient(customer.contact or customer.name, customer.email, customer.language),)
        case "salesperson":
            members = (line.salesperson,)
        case "leads":
            members = reviewers_of(line.salesperson, catalog)
        case "finance":
            members = catalog.with_role(roles.FINANCE)
        case _:
            # The warehouse was told nothing of an order that was never approved.
            knew = any(t.course.before.state in HOLDS_STOCK or t.after.state in HOLDS_STOCK for t in told)
            members = catalog.with_role(roles.WAREHOUSE) if knew else ()
    return tuple(Recipient(m.name, m.email, m.language) for m in _once(members))


def _once(members: Iterable[Member]) -> tuple[Member, ...]:
    found: dict[str, Member] = {}
    for member in members:
        if is_address(member.email):
            found.setdefault(member.email.casefold(), member)
    return tuple(found.values())


def _draft(
    kind: str,
    audience: str,
    person: Recipient,
    told: Sequence[Told],
    detail: PurchaseDetail,
    seen: Seen,
    rules: Rules,
) -> Draft:
    first = told[0].course
    line, row = first.line, first.row
    reader = Recipient(person.name, person.email, person.language or rules.language)
    seller, buyer = member_recipient(line.salesperson, rules), customer_recipient(line, rules)
    checks: tuple[Check, ...] = ()
    if kind in (REVIEW_WAITING, FINANCE_WAITING):
        checks = review_checks([(t.course.line, t.after) for t in told], seen, rules)
    content = OrderNotice(
        detail,
        note=_note(kind, row),
        reviewer=row.text("reviewer"),
        tracking=_together(t.course.row.text("tracking") for t in told),
        shipped_on=_day(first, "shipped_on"),
        delivered_on=_day(first, "delivered_on"),
        checks=checks,
        alterations=tuple(a for t in told for a in _alterations(t.course)) if kind == ORDER_CHANGED else (),
        was_approved=first.before.state in HOLDS_STOCK,
    )
    reply_to = seller if audience in (CUSTOMER, LEADS, FINANCE, WAREHOUSE) else buyer
    return _mail(kind, reader, reply_to, content, told[0].after, to_customer=audience == CUSTOMER)


def _note(kind: str, row: Row) -> str:
    """What a colleague wrote about it. Why an order was cancelled is the team's own business, not the customer's."""
    if kind == ORDER_STOPPED:
        return row.text("cancel_reason")
    return row.text("exception") if kind == ORDER_SENT_BACK else ""


def _mail(
    kind: str,
    reader: Recipient,
    reply_to: Recipient,
    content: OrderNotice,
    about: Progress,
    *,
    to_customer: bool = False,
) -> Draft:
    address = sha256(reader.email.casefold().encode()).hexdigest()[:8]
    return Draft(
        id=f"{kind}:{about.order_no}:{about.row_id}-{about.steps}:{address}",
        kind=kind,
        recipient=reader,
        reply_to=reply_to,
        content=content,
        order_no=about.order_no,
        priority=CUSTOMER_FIRST if to_customer else STAFF_NEXT,
    )


def _alterations(course: Course) -> tuple[Alteration, ...]:
    return tuple(
        Alteration(
            key, course.line.product.name, _value(course, key, before=True), _value(course, key, before=False)
        )
        for key in course.altered
    )


def _value(course: Course, key: str, *, before: bool) -> object:
    cells = course.before.told if before else {**course.row.cells, **course.shown}
    cell = cells.get(key, "")
    value = read_cell(CONTRACTS.by_key[key].kind, cell) if cell != "" else None
    return str(cell) if isinstance(value, Unreadable) else value


def _day(course: Course, key: str) -> date | None:
    value = _value(course, key, before=False)
    return value if isinstance(value, date) else None


def _together(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text))
