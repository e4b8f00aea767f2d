"""From ready rows to promises: numbers, identities and mails owed, for new orders, resends and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.activity import Change
from bot.planning.catalog import Catalog
from bot.planning.drafting import Drafting
from bot.planning.fills import contract_cells, own_cells
from bot.planning.fingerprints import fingerprints
from bot.planning.hearing import first_drafts
from bot.planning.judgement import Judgement
from bot.planning.notices import PURCHASE_CUSTOMER, PURCHASE_SALES, purchase_detail, purchase_drafts
from bot.planning.order_notices import PurchaseDetail
from bot.planning.orders import Candidate, NewOrder
from bot.planning.progress import Progress
from bot.planning.readiness import ReadyLine
from bot.planning.resends import Approved, Resend
from bot.planning.rules import Rules
from bot.planning.sightings import Order, Origin, Sighting, Waiting
from bot.planning.stocks import stocked
from sheets_schema import CONTRACTS, ORDER_ENTRY
from sheets_schema.automations import NOTICES
from sheets_schema.currencies import minor_units
from sheets_schema.titles import fold
from sheets_schema.workflow import AFTER_REVIEW, HEARD_BY, first_state


def claim(draft: Drafting, tab: str, new: NewOrder, catalog: Catalog) -> None:
    """Give the order its number, its rows their identity, and owe its mails, unless the purchase mail is off.

    Whatever state its rows show already, they begin at the first; the next cycle takes them on from there.
    """
    number = draft.number(new.number)
    today = draft.rules.today(draft.now)
    lines = [c.ready for c in new.rows if c.ready is not None]
    row_number: int | None = new.rows[0].row.number
    for candidate in new.rows:
        _sight(draft, candidate, number, Origin.ENTRY if tab == ORDER_ENTRY.key else Origin.TYPED)
    if tab == ORDER_ENTRY.key:
        row_number = None
        entry = next(s for s in draft.sightings.values() if s.order_no == number and s.tab == tab)
        cells = contract_cells(lines[0], number, today, draft.rules)
        core, typed = fingerprints(CONTRACTS.key, cells)
        row_id = draft.new_id()
        draft.sightings[row_id] = Sighting(
            row_id, CONTRACTS.key, number, core, typed, 0, Origin.INTAKE, cells=cells,
            created_at=draft.now, partner=entry.row_id,
        )  # fmt: skip
        draft.sightings[entry.row_id] = replace(entry, partner=row_id)
    origin = Origin.ENTRY if tab == ORDER_ENTRY.key else Origin.TYPED
    mailed = draft.automated.purchase_mail
    draft.orders[number] = Order(number, draft.now, origin, generation=int(mailed))
    draft.changes.append(Change("order_claimed", number, tab, new.rows[0].row.number, len(lines)))
    link = draft.place.row_link(CONTRACTS.key, row_number)
    detail = purchase_detail(number, 1, lines, today, draft.rules, link)
    begun = [s for s in draft.sightings.values() if s.order_no == number and s.tab == CONTRACTS.key]
    _begin(draft, begun, lines, detail, catalog)
    if not mailed:
        return
    draft.drafts += purchase_drafts(detail, lines, draft.rules, _kinds(draft.rules, approved=False))


def _begin(
    draft: Drafting,
    rows: Sequence[Sighting],
    lines: Sequence[ReadyLine],
    detail: PurchaseDetail,
    catalog: Catalog,
) -> None:
    """The first state of each line, and that it waits for its review."""
    state = first_state(draft.rules.review_levels).key
    begun: list[tuple[ReadyLine, Progress]] = []
    for sighting, line in zip(rows, lines, strict=True):
        progress = Progress(
            sighting.row_id, sighting.order_no, state, draft.now, note=line.text("exception"),
            customer=fold(line.customer.name), amount=minor_units(line.amount, line.currency), currency=line.currency,
        )  # fmt: skip
        # Where nobody reviews, an order is approved from the start: what follows from that follows now.
        draft.progress[sighting.row_id], taken = stocked(line, progress, draft.stock)
        draft.note_stock(sighting.order_no, taken)
        begun.append((line, draft.progress[sighting.row_id]))
    off = HEARD_BY if NOTICES.key in draft.automated.switched_off else ()
    draft.drafts += first_drafts(begun, detail, draft.seen, catalog, draft.rules, off)


def resend(draft: Drafting, wish: Resend, catalog: Catalog) -> None:
    """One more send of the purchase detail as it stands now, and the lines that joined meanwhile."""
    order = draft.seen.orders[wish.number]
    order = replace(order, generation=order.generation + 1)
    draft.orders[order.number] = order
    draft.superseded.append(order.number)
    joined = [_sight(draft, candidate, order.number, Origin.TYPED) for candidate in wish.joining]
    for row_id in wish.row_ids:
        # The cell was shown and emptied; from here on an empty cell means that nothing was written yet.
        known = draft.sightings.get(row_id, draft.seen.sightings[row_id])
        draft.sightings[row_id] = replace(known, mail_shown="")
    row = min((draft.sightings[i].position for i in wish.row_ids), default=None)
    link = draft.place.row_link(CONTRACTS.key, row)
    detail = purchase_detail(
        order.number, order.generation, wish.lines, draft.rules.today(order.created_at), draft.rules, link
    )
    if joined:
        _begin(draft, joined, [c.ready for c in wish.joining if c.ready is not None], detail, catalog)
    kinds = _kinds(draft.rules, approved=_is_approved(draft, wish))
    draft.drafts += purchase_drafts(detail, wish.lines, draft.rules, kinds)
    draft.changes.append(Change("resend_asked", order.number, count=order.generation))


def confirm(draft: Drafting, approved: Approved) -> None:
    """The customer's purchase detail of an order that a reviewer has just approved."""
    order = draft.seen.orders[approved.number]
    if any(d.order_no == order.number and d.kind == PURCHASE_CUSTOMER for d in draft.drafts):
        return
    day = draft.rules.today(order.created_at)
    link = draft.place.row_link(CONTRACTS.key, approved.row)
    detail = purchase_detail(order.number, order.generation, approved.lines, day, draft.rules, link)
    draft.drafts += purchase_drafts(detail, approved.lines, draft.rules, (PURCHASE_CUSTOMER,))
    draft.changes.append(Change("order_approved", order.number))


def still_waiting(judgement: Judgement, claimed: set[int]) -> list[Waiting]:
    """The waiting list without the rows that became orders; equal rows keep their places in order of age."""
    gone = [
        (tab.snapshot.tab, c.row.typed)
        for tab in judgement.tabs.values() for c in tab.candidates if id(c.row) in claimed
    ]  # fmt: skip
    left: list[Waiting] = []
    for waiting in judgement.waiting:
        key = (waiting.tab, waiting.typed)
        if key in gone:
            gone.remove(key)
        else:
            left.append(waiting)
    counts: dict[tuple[str, str], int] = {}
    renumbered = []
    for waiting in left:
        key = (waiting.tab, waiting.typed)
        renumbered.append(replace(waiting, ordinal=counts.get(key, 0)))
        counts[key] = counts.get(key, 0) + 1
    return renumbered


def _sight(draft: Drafting, candidate: Candidate, number: str, origin: Origin) -> Sighting:
    row = candidate.row
    row_id = draft.new_id()
    draft.sightings[row_id] = sighting = Sighting(
        row_id, row.tab, number, row.core, row.typed, row.number, origin, cells=own_cells(row.tab, row.cells),
        created_at=draft.now,
    )  # fmt: skip
    return sighting


def _kinds(rules: Rules, *, approved: bool) -> tuple[str, ...]:
    """Which purchase mails are owed now; with `on_approved` the customer hears after the review."""
    if rules.purchase_mail == "on_approved" and rules.review_levels and not approved:
        return (PURCHASE_SALES,)
    return (PURCHASE_CUSTOMER, PURCHASE_SALES)


def _is_approved(draft: Drafting, wish: Resend) -> bool:
    """Whether every line of the order has passed its review, whatever the Status cells show."""
    known = [draft.progress.get(i) or draft.seen.progress.get(i) for i in wish.row_ids]
    return not wish.joining and all(p is not None and p.state in AFTER_REVIEW for p in known)
