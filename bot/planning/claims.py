"""From ready rows to promises: numbers, identities and mails owed, for new orders, resends and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.planning.drafting import Change, Drafting
from bot.planning.fills import contract_cells, own_cells
from bot.planning.fingerprints import fingerprints
from bot.planning.judgement import Judgement
from bot.planning.notices import PURCHASE_CUSTOMER, PURCHASE_SALES, purchase_detail, purchase_drafts
from bot.planning.orders import Candidate, NewOrder
from bot.planning.readiness import ReadyLine
from bot.planning.resends import Approved, Resend, is_approved
from bot.planning.rules import Rules
from bot.planning.sightings import Order, Origin, Sighting, Waiting
from sheets_schema import CONTRACTS, ORDER_ENTRY


def claim(draft: Drafting, tab: str, new: NewOrder) -> None:
    """Give the order its number, its rows their identity, and owe its mails, unless the purchase mail is off."""
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
    if not mailed:
        return
    link = draft.place.row_link(CONTRACTS.key, row_number)
    detail = purchase_detail(number, 1, lines, today, draft.rules, link)
    draft.drafts += purchase_drafts(detail, lines, draft.rules, _kinds(lines, draft.rules))


def resend(draft: Drafting, wish: Resend) -> None:
    """One more send of the purchase detail as it stands now, and the lines that joined meanwhile."""
    order = draft.seen.orders[wish.number]
    order = replace(order, generation=order.generation + 1)
    draft.orders[order.number] = order
    draft.superseded.append(order.number)
    for candidate in wish.joining:
        _sight(draft, candidate, order.number, Origin.TYPED)
    for row_id in wish.row_ids:
        # The cell was shown and emptied; from here on an empty cell means that nothing was written yet.
        known = draft.sightings.get(row_id, draft.seen.sightings[row_id])
        draft.sightings[row_id] = replace(known, mail_shown="")
    row = min((draft.sightings[i].position for i in wish.row_ids), default=None)
    link = draft.place.row_link(CONTRACTS.key, row)
    detail = purchase_detail(
        order.number, order.generation, wish.lines, draft.rules.today(order.created_at), draft.rules, link
    )
    draft.drafts += purchase_drafts(detail, wish.lines, draft.rules, _kinds(wish.lines, draft.rules))
    draft.changes.append(Change("resend_asked", order.number, count=order.generation))


def confirm(draft: Drafting, approved: Approved) -> None:
    """The customer's purchase detail of an order that a reviewer has just approved."""
    order = draft.seen.orders[approved.number]
    if any(d.order_no == order.number for d in draft.drafts):
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


def _sight(draft: Drafting, candidate: Candidate, number: str, origin: Origin) -> None:
    row = candidate.row
    row_id = draft.new_id()
    draft.sightings[row_id] = Sighting(
        row_id, row.tab, number, row.core, row.typed, row.number, origin, cells=own_cells(row.tab, row.cells),
        created_at=draft.now,
    )  # fmt: skip


def _kinds(lines: Sequence[ReadyLine], rules: Rules) -> tuple[str, ...]:
    """Which purchase mails are owed now; with `on_approved` the customer hears after the review."""
    approved = all(is_approved(line) for line in lines)
    if rules.purchase_mail == "on_approved" and not approved and rules.review_levels:
        return (PURCHASE_SALES,)
    return (PURCHASE_CUSTOMER, PURCHASE_SALES)
