"""From courses to promises: what each line has reached, what it takes from stock, and who is to hear of it.

Course ─► Progress, StockMark, entries for the log ─┐
all lines of one order ─► notices, survey           ─┴► the plan
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.activity import Change, Entry
from bot.planning.catalog import Catalog
from bot.planning.courses import Course, advanced, is_open
from bot.planning.drafting import Drafting
from bot.planning.feedback import answered_mark
from bot.planning.hearing import Told, customer_recipient, member_recipient, notice_drafts, notices_of
from bot.planning.identity import Identity
from bot.planning.judgement import Judgement
from bot.planning.notices import PURCHASE_CUSTOMER, purchase_detail
from bot.planning.order_notices import PurchaseDetail
from bot.planning.progress import Progress
from bot.planning.sightings import Order, Origin, Sighting
from bot.planning.stocks import given_back, marks_seen, stocked
from bot.planning.surveys import survey_drafts
from sheets_schema import CONTRACTS
from sheets_schema.automations import NOTICES, SURVEY
from sheets_schema.cells import plain_text
from sheets_schema.workflow import BY_STATE, COMPLETED, HEARD_BY, ORDER_CHANGED, PENDING, state_of


def advance(draft: Drafting, judgement: Judgement, catalog: Catalog | None) -> None:
    """Take every line as far as its row says, once everything about its order has settled."""
    draft.stock |= marks_seen(catalog, draft.seen.stock) if catalog is not None else draft.seen.stock
    _give_back(draft)
    tab = judgement.tabs.get(CONTRACTS.key)
    if catalog is None or tab is None or tab.emptied:
        return
    by_order: dict[str, list[Course]] = {}
    for row_id, course in tab.courses.items():
        if row_id not in draft.seen.progress and (course.settles_at or is_open(course.before.state)):
            # From here on what the row shows is held against this.
            draft.progress[row_id] = course.before
        if course.settles_at is None:
            by_order.setdefault(course.before.order_no, []).append(course)
    for number, found in sorted(by_order.items()):
        _advance_order(draft, number, sorted(found, key=lambda c: c.row.number), tab.identity, catalog)


def _give_back(draft: Drafting) -> None:
    """What lines had taken whose claim is withdrawn: an order that nobody reviews takes its goods with the claim."""
    for progress in draft.seen.progress.values():
        if progress.order_no in draft.withdrawn and progress.taken:
            draft.progress[progress.row_id] = given_back(progress, draft.stock)
            draft.note_stock(progress.order_no, ((progress.product, -progress.taken),))


def _advance_order(
    draft: Drafting, number: str, found: Sequence[Course], identity: Identity, catalog: Catalog
) -> None:
    order = draft.orders.get(number) or draft.seen.orders.get(number)
    if order is None:
        return
    kinds: dict[str, list[Told]] = {}
    for course in found:
        after, taken = stocked(course.line, advanced(course, draft.now, draft.rules), draft.stock)
        heard = notices_of(course, draft.rules)
        if course.altered and _is_confirmed(order) and is_open(course.before.state):
            heard = (*heard, ORDER_CHANGED)
        if heard:
            after = replace(after, steps=after.steps + 1)
        for kind in heard:
            kinds.setdefault(kind, []).append(Told(course, after))
        _record(draft, course, after, taken)
        if after != course.before or course.before.row_id in draft.progress:
            draft.progress[after.row_id] = after
    details = {kind: _detail(draft, order, [t.course for t in told]) for kind, told in kinds.items()}
    off = HEARD_BY if NOTICES.key in draft.automated.switched_off else ()
    draft.drafts += notice_drafts(
        kinds, details, draft.seen, catalog, draft.rules, off, knows_customer=_knows_customer(draft, order)
    )
    _ask_whether_satisfied(draft, order, found, identity)


def _is_confirmed(order: Order) -> bool:
    """Whether somebody has been sent its purchase detail, or was to be."""
    return order.generation > 0


def _knows_customer(draft: Drafting, order: Order) -> bool:
    """Whether the customer may have heard of the order; of old ones nobody can say that they did not."""
    if order.origin in (Origin.ADOPTED, Origin.REBUILT):
        return True
    told = any(state.kind == PURCHASE_CUSTOMER for state in draft.seen.mail.get(order.number, ()))
    return told or any(d.kind == PURCHASE_CUSTOMER and d.order_no == order.number for d in draft.drafts)


def _detail(draft: Drafting, order: Order, found: Sequence[Course]) -> PurchaseDetail:
    day = draft.rules.today(order.created_at)
    link = draft.place.row_link(CONTRACTS.key, found[0].row.number)
    lines = [course.line for course in found]
    return purchase_detail(order.number, max(1, order.generation), lines, day, draft.rules, link)


def _ask_whether_satisfied(
    draft: Drafting, order: Order, found: Sequence[Course], identity: Identity
) -> None:
    """The survey, when with these steps nothing is left to happen to any line, and it was not asked for before."""
    completed = [course for course in found if course.walk.moves and course.state == COMPLETED.key]
    if not completed:
        return
    lines = [
        s
        for s in draft.seen.sightings.values()
        if s.order_no == order.number and s.tab == CONTRACTS.key and not s.gone
    ]
    if any(is_open(_state_of(draft, line, identity)) for line in lines):
        return
    if any(draft.seen.progress[s.row_id].surveyed for s in lines if s.row_id in draft.seen.progress):
        return
    for course in completed:
        draft.progress[course.before.row_id] = replace(draft.progress[course.before.row_id], surveyed=True)
    if SURVEY.key in draft.automated.switched_off or answered_mark(order.number) in draft.seen.answers:
        return
    line = completed[0].line
    draft.drafts += survey_drafts(
        _detail(draft, order, completed), customer_recipient(line, draft.rules),
        member_recipient(line.salesperson, draft.rules), draft.now, draft.rules,
    )  # fmt: skip


def _state_of(draft: Drafting, line: Sighting, identity: Identity) -> str:
    progress = draft.progress.get(line.row_id) or draft.seen.progress.get(line.row_id)
    if progress is not None:
        return progress.state
    row = identity.known.get(line.row_id)
    state = state_of(row.text("status") if row is not None else str(line.cells.get("status", "")))
    return state.key if state is not None else PENDING.key


def _record(draft: Drafting, course: Course, after: Progress, taken: Sequence[tuple[str, Decimal]]) -> None:
    """What happened to the line, for the log and for the Activity tab."""
    before, rules = course.before, draft.rules
    number = before.order_no

    def note(what: str, old: str = "", new: str = "", detail: str = "") -> None:
        draft.activity.append(Entry(draft.now, what, number, old, new, detail))

    state = before.state
    for move in course.walk.moves:
        titles: Mapping[str, str] = {key: BY_STATE[key].title(rules.language) for key in (state, move.end)}
        note("moved", titles[state], titles[move.end], course.line.product.name)
        draft.changes.append(Change(f"moved_{move.end}", number, CONTRACTS.key, course.row.number))
        state = move.end
    if after.note and after.note != before.note:
        note("sent_back", "", after.note)
    for key in course.altered:
        old, new = before.told.get(key, ""), course.shown.get(key, "")
        note("changed", plain_text(old), plain_text(new), rules.title(CONTRACTS.key, key))
    if course.altered:
        draft.changes.append(Change("row_changed", number, CONTRACTS.key, course.row.number))
    draft.note_stock(number, taken)
