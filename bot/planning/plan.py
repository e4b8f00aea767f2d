"""The plan of one poll cycle: everything decided, nothing done. `bot plan` prints it.

Snapshot × Seen × Catalog × now × Rules ─► Plan ─► (cycle) one transaction
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.activity import Change
from bot.planning.adoption import adopted, rebuilt
from bot.planning.advance import advance
from bot.planning.automations import automate, automation_rows
from bot.planning.catalog import Catalog
from bot.planning.claims import claim, confirm, resend, still_waiting
from bot.planning.courses import is_edited
from bot.planning.drafting import Drafting, Place, Plan
from bot.planning.feedback import answers_wanted, numbers_wanted
from bot.planning.fills import own_cells
from bot.planning.holds import (
    hold_emptied,
    hold_for_structure,
    let_through,
    release_held,
    structure_trouble,
    usable_catalog,
)
from bot.planning.identity import Identity
from bot.planning.judgement import TabJudgement, judge
from bot.planning.orders import number_prefix
from bot.planning.rules import Rules
from bot.planning.satisfaction import hear_answers, note_old_answers
from bot.planning.sightings import Origin, Seen, Snapshot, Wanted
from sheets_schema import AUTOMATIONS
from sheets_schema.titles import fold


def wanted_by(snapshot: Snapshot, catalog: Catalog, now: datetime, rules: Rules) -> Wanted:
    """Which memories these rows call for."""
    rows = [row for tab in snapshot.tabs.values() for row in tab.rows]
    numbers = frozenset(r.order_no for r in rows if r.order_no)
    missing = frozenset().union(*(tab.missing for tab in snapshot.tabs.values()))
    return Wanted(
        row_ids=frozenset(r.row_id for r in rows if r.row_id) | missing,
        numbers=numbers | numbers_wanted(snapshot.feedback, rules),
        cores=frozenset(r.core for r in rows),
        prefix=number_prefix(rules.number, rules.today(now)),
        customers=frozenset(
            fold(c.name) for r in rows for c in catalog.customers.get(fold(r.text("customer")), ())
        ),
        answers=answers_wanted(snapshot.feedback, numbers, rules),
    )


def plan_cycle(
    snapshot: Snapshot,
    seen: Seen,
    catalog: Catalog,
    now: datetime,
    rules: Rules,
    place: Place,
    new_id: Callable[[], str],
) -> Plan:
    """Decide everything that follows from what is seen and remembered. Reads no clock and does nothing."""
    draft = Drafting(seen, now, rules, place, new_id)
    trouble = structure_trouble(snapshot, rules)
    usable = usable_catalog(catalog, trouble)
    _automate(draft, snapshot, usable)
    if draft.automated.released:
        seen = draft.seen = release_held(draft)
    hold_for_structure(draft, trouble)
    if seen.adopted_at is None:
        if place.marked:
            draft.facts |= {"adopted_at": now.isoformat(), "workbook": place.workbook_id}
            draft.changes.append(Change("memory_rebuilt"))
        elif any(key in trouble for key in ("tab:contracts", "header:contracts", "header:order_entry")):
            return draft.finished(seen.waiting)
        else:
            return _first_meeting(draft, snapshot)
    judgement = judge(snapshot, seen, usable, now, rules)
    for key, tab in judgement.tabs.items():
        if hold_emptied(draft, key, tab):
            continue
        _remember_known(draft, tab)
        _remember_foreign(draft, tab.identity)
        _remember_absent(draft, tab)
    # What people typed is theirs, whether its row is ready or not: the bot's own numbers keep clear of it.
    draft.taken |= {c.number for tab in judgement.tabs.values() for c in tab.candidates if c.number}
    # Before new orders take from stock, what people counted anew is seen.
    advance(draft, judgement, usable)
    claimed: set[int] = set()
    if usable is not None and let_through(draft, judgement):
        for key, orders in judgement.new_orders.items():
            for order in orders:
                claimed |= {id(c.row) for c in order.rows}
                claim(draft, key, order, usable)
        for wish in judgement.resends:
            claimed |= {id(c.row) for c in wish.joining}
            resend(draft, wish, usable)
    for approved in judgement.approved:
        confirm(draft, approved)
    # Last, since an order that has had its answer is not asked about, be it completed in this very look.
    hear_answers(draft, snapshot.feedback, usable)
    return draft.finished(still_waiting(judgement, claimed))


def _automate(draft: Drafting, snapshot: Snapshot, catalog: Catalog | None) -> None:
    """What follows for automations; it waits for nothing that is wrong with the order tabs."""
    marked = draft.place.marked
    lost = marked and draft.seen.adopted_at is None
    rows = automation_rows(snapshot.automations, draft.rules)
    known = draft.seen.automations
    draft.automated = automate(rows, known, catalog, draft.now, draft.rules, marked=marked, lost=lost)
    for run in draft.automated.runs:
        what = "run_begun" if run.id in draft.automated.begun else "run_begun_again"
        draft.changes.append(Change(what, tab=AUTOMATIONS.key, run=run.id))


def _first_meeting(draft: Drafting, snapshot: Snapshot) -> Plan:
    """The rows that are there now are adopted: numbered, not mailed. Rows typed later are new."""
    sightings, orders = adopted(snapshot, draft.now, draft.rules, draft.new_id)
    draft.sightings |= {s.row_id: s for s in sightings}
    draft.orders |= {o.number: o for o in orders}
    draft.new_numbers |= set(draft.orders)
    draft.facts |= {"adopted_at": draft.now.isoformat(), "workbook": draft.place.workbook_id}
    draft.facts["adopted_rows"] = str(len(sightings))
    draft.changes.append(Change("adopted", count=len(sightings)))
    note_old_answers(draft, snapshot.feedback)
    return draft.finished(())


def _remember_known(draft: Drafting, tab: TabJudgement) -> None:
    for row_id, row in tab.identity.known.items():
        before = draft.seen.sightings[row_id]
        shown = row.row_id == row_id
        if row_id in tab.identity.landed or not shown:
            draft.sightings[row_id] = replace(
                before, position=row.number, gone=False, emptied=False, digest=0
            )
            continue
        cells = own_cells(row.tab, row.cells)
        progress = draft.seen.progress.get(row_id)
        # A row that is still to settle must be remembered as edited, or nobody would come back to it.
        edited = before.placed and cells != before.cells
        edited |= progress is not None and is_edited(row, before, progress.state)
        draft.sightings[row_id] = replace(
            before, core=row.core, typed=row.typed, position=row.number, written=True, placed=True, gone=False, emptied=False,
            digest=0,
            cells=cells, mail_shown=row.text("mail_status") or before.mail_shown,
            updated_at=draft.now if edited else before.updated_at,
        )  # fmt: skip
        if edited:
            draft.changes.append(Change("row_edited", before.order_no, row.tab, row.number))


def _remember_foreign(draft: Drafting, identity: Identity) -> None:
    if identity.foreign:
        sightings, orders = rebuilt(identity.foreign, draft.seen, draft.now)
        draft.sightings |= {s.row_id: s for s in sightings}
        draft.orders |= {o.number: o for o in orders}
        draft.changes.append(Change("rebuilt", count=len(sightings)))


def _remember_absent(draft: Drafting, tab: TabJudgement) -> None:
    for row_id in tab.identity.vanished:
        sighting = draft.seen.sightings[row_id]
        draft.sightings[row_id] = replace(sighting, gone=True, digest=0)
        draft.changes.append(Change("row_vanished", sighting.order_no, sighting.tab, sighting.position))
    for row_id in tab.identity.emptied:
        known = draft.sightings.get(row_id, draft.seen.sightings[row_id])
        draft.sightings[row_id] = replace(known, gone=True, emptied=True)
    for row_id in tab.identity.lost:
        # Never written, and its row is not there any more: a person changed it before the bot could number it.
        # Its mail has not left (mail leaves only after the number stands in the sheet), so the claim is undone.
        sighting = draft.seen.sightings[row_id]
        if sighting.origin is Origin.INTAKE:
            continue
        # By what this snapshot shows: its other lines may stand in the sheet though the write's answer was lost.
        lines = [
            draft.sightings.get(i, s)
            for i, s in draft.seen.sightings.items()
            if s.order_no == sighting.order_no
        ]
        if any(s.written or s.placed for s in lines):
            draft.sightings[row_id] = replace(sighting, gone=True)
            continue
        draft.sightings |= {s.row_id: replace(s, gone=True) for s in lines}
        draft.withdrawn.append(sighting.order_no)
        draft.changes.append(Change("claim_withdrawn", sighting.order_no, sighting.tab, sighting.position))
