"""The plan of one poll cycle: everything decided, nothing done. `bot plan` prints it.

Snapshot × Seen × Catalog × now × Rules ─► Plan ─► (cycle) one transaction
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.planning.adoption import adopted, rebuilt
from bot.planning.catalog import Catalog
from bot.planning.fills import contract_cells, own_cells
from bot.planning.fingerprints import fingerprints
from bot.planning.identity import Identity
from bot.planning.judgement import Judgement, Resend, TabJudgement, judge
from bot.planning.notices import (
    PURCHASE_CUSTOMER,
    PURCHASE_SALES,
    Draft,
    admin_drafts,
    purchase_detail,
    purchase_drafts,
    structure_sentence,
)
from bot.planning.orders import Candidate, NewOrder, next_number, number_prefix
from bot.planning.readiness import ReadyLine
from bot.planning.rules import Rules
from bot.planning.sightings import Hold, Order, Origin, Seen, Sighting, Snapshot, Waiting, Wanted
from sheets_schema import BY_KEY, CONTRACTS, ORDER_ENTRY
from sheets_schema.titles import HeaderProblem
from sheets_schema.workflow import AFTER_REVIEW, state_of


@dataclass(frozen=True)
class Place:
    """Where the workbook is, for links, and what it remembers of the bot."""

    #: The spreadsheet's key: a state belongs to one workbook.
    workbook_id: str = ""
    workbook_link: str = ""
    #: Tab key -> link that opens the tab.
    tab_links: Mapping[str, str] = field(default_factory=dict)
    tab_titles: Mapping[str, str] = field(default_factory=dict)
    #: The workbook carries the bot's marker: adoption has happened, whatever the state says.
    marked: bool = False
    #: The highest number the marker knows.
    last_number: str = ""

    def row_link(self, tab: str, row: int | None) -> str:
        """Opens the tab, at this row when it is known."""
        link = self.tab_links.get(tab, "")
        return f"{link}&range=A{row}" if link and row else link


@dataclass(frozen=True)
class Change:
    """One thing that happened or will: for the log and for `bot plan`. Holds no names and no addresses."""

    what: str
    order_no: str = ""
    tab: str = ""
    row: int = 0
    count: int = 0


@dataclass(frozen=True)
class Plan:
    """What one cycle will store and owe."""

    sightings: tuple[Sighting, ...] = ()
    orders: tuple[Order, ...] = ()
    new_numbers: frozenset[str] = frozenset()
    drafts: tuple[Draft, ...] = ()
    withdrawn: tuple[str, ...] = ()
    #: All rows that wait from now on.
    waiting: tuple[Waiting, ...] = ()
    holds: tuple[Hold, ...] = ()
    ended_holds: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


def wanted_by(snapshot: Snapshot, now: datetime, rules: Rules) -> Wanted:
    """Which memories these rows call for."""
    rows = [row for tab in snapshot.tabs.values() for row in tab.rows]
    missing = frozenset().union(*(tab.missing for tab in snapshot.tabs.values()))
    return Wanted(
        row_ids=frozenset(r.row_id for r in rows if r.row_id) | missing,
        numbers=frozenset(r.order_no for r in rows if r.order_no),
        cores=frozenset(r.core for r in rows),
        prefix=number_prefix(rules.number, rules.today(now)),
    )


class _Draft:
    """The plan while it is being put together; not used outside `plan_cycle`."""

    def __init__(
        self, seen: Seen, now: datetime, rules: Rules, place: Place, new_id: Callable[[], str]
    ) -> None:
        self.seen, self.now, self.rules, self.place, self.new_id = seen, now, rules, place, new_id
        self.taken = set(seen.taken) | ({place.last_number} if place.last_number else set())
        self.sightings: dict[str, Sighting] = {}
        self.orders: dict[str, Order] = {}
        self.new_numbers: set[str] = set()
        self.drafts: list[Draft] = []
        self.withdrawn: list[str] = []
        self.holds: list[Hold] = []
        self.ended: list[str] = []
        self.facts: dict[str, str] = {}
        self.changes: list[Change] = []

    def number(self, typed: str) -> str:
        """The typed number, or the day's next one."""
        number = typed or next_number(self.rules.number, self.rules.today(self.now), self.taken)
        if not typed:
            self.facts["last_number"] = number
        self.taken.add(number)
        self.new_numbers.add(number)
        return number

    def finished(self, waiting: Sequence[Waiting]) -> Plan:
        changed = tuple(s for i, s in self.sightings.items() if s != self.seen.sightings.get(i))
        return Plan(
            changed, tuple(self.orders.values()), frozenset(self.new_numbers), tuple(self.drafts), tuple(self.withdrawn),
            tuple(waiting), tuple(self.holds), tuple(self.ended), self.facts, tuple(self.changes),
        )  # fmt: skip


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
    draft = _Draft(seen, now, rules, place, new_id)
    trouble = structure_trouble(snapshot, place, rules.language)
    _hold_for_structure(draft, trouble)
    if seen.adopted_at is None:
        if place.marked:
            draft.facts |= {"adopted_at": now.isoformat(), "workbook": place.workbook_id}
            draft.changes.append(Change("memory_rebuilt"))
        elif any(key in trouble for key in ("tab:contracts", "header:contracts", "header:order_entry")):
            return draft.finished(seen.waiting)
        else:
            return _first_meeting(draft, snapshot)
    judgement = judge(snapshot, seen, usable_catalog(catalog, trouble), now, rules)
    for key, tab in judgement.tabs.items():
        if _hold_emptied(draft, key, tab):
            continue
        _remember_known(draft, tab)
        _remember_foreign(draft, tab.identity)
        _remember_absent(draft, tab)
    claimed: set[int] = set()
    if _let_through(draft, judgement):
        for key, orders in judgement.new_orders.items():
            for order in orders:
                claimed |= {id(c.row) for c in order.rows}
                _claim(draft, key, order)
        for resend in judgement.resends:
            claimed |= {id(c.row) for c in resend.joining}
            _resend(draft, resend)
    if rules.purchase_mail == "on_approved":
        _mail_approved(draft, judgement, catalog)
    return draft.finished(_still_waiting(judgement, claimed))


def usable_catalog(catalog: Catalog, trouble: Mapping[str, tuple[str, ...]]) -> Catalog | None:
    """The lookups, unless one of their tabs is unreadable: then nobody is told that a customer is unknown."""
    broken = any(
        f"{kind}:{tab}" in trouble for kind in ("tab", "header") for tab in ("customers", "products", "team")
    )
    return None if broken else catalog


def structure_trouble(snapshot: Snapshot, place: Place, language: str) -> dict[str, tuple[str, ...]]:
    """Hold key -> sentences about tabs and titles that must be put right."""
    trouble: dict[str, tuple[str, ...]] = {}
    for key in snapshot.absent:
        # Not every team uses the entry tab; all others are needed.
        if key != ORDER_ENTRY.key:
            title = BY_KEY[key].title(language)
            trouble[f"tab:{key}"] = (structure_sentence("no_tab", language, tab=title),)
    headers = {**snapshot.lookups, **{key: tab.header for key, tab in snapshot.tabs.items()}}
    for key, header in headers.items():
        if header.problems:
            trouble[f"header:{key}"] = tuple(_title_sentence(p, language) for p in header.problems)
    return trouble


def _title_sentence(found: HeaderProblem, language: str) -> str:
    near = structure_sentence("near", language, cell=found.cell, found=found.found) if found.found else ""
    return structure_sentence(
        found.kind, language, tab=found.tab, title=found.title, near=near, cell=found.cell
    )


def _hold_for_structure(draft: _Draft, trouble: Mapping[str, tuple[str, ...]]) -> None:
    for key, sentences in trouble.items():
        if key not in draft.seen.holds:
            _hold(draft, Hold(key, draft.now, len(sentences)), sentences, key.partition(":")[2])
    draft.ended += [k for k in draft.seen.holds if k.startswith(("tab:", "header:")) and k not in trouble]


def _hold(draft: _Draft, hold: Hold, details: Sequence[str], tab: str) -> None:
    title = draft.place.tab_titles.get(tab, BY_KEY[tab].title(draft.rules.language) if tab in BY_KEY else "")
    draft.holds.append(hold)
    draft.drafts += admin_drafts(hold, details, draft.rules, draft.place.workbook_link, title)
    draft.changes.append(Change(f"held_{hold.key.partition(':')[0]}", tab=tab, count=hold.count))


def _first_meeting(draft: _Draft, snapshot: Snapshot) -> Plan:
    """The rows that are there now are adopted: numbered, not mailed. Rows typed later are new."""
    sightings, orders = adopted(snapshot, draft.now, draft.rules, draft.new_id)
    draft.sightings |= {s.row_id: s for s in sightings}
    draft.orders |= {o.number: o for o in orders}
    draft.new_numbers |= set(draft.orders)
    draft.facts |= {"adopted_at": draft.now.isoformat(), "workbook": draft.place.workbook_id}
    draft.facts["adopted_rows"] = str(len(sightings))
    draft.changes.append(Change("adopted", count=len(sightings)))
    return draft.finished(())


def _hold_emptied(draft: _Draft, key: str, tab: TabJudgement) -> bool:
    """Whether the tab is left alone because everything in it vanished at once."""
    hold_key = f"emptied:{key}"
    hold = draft.seen.holds.get(hold_key)
    if not tab.emptied:
        if hold is not None:
            draft.ended.append(hold_key)
        return False
    if hold is None:
        title = draft.place.tab_titles.get(key, "")
        told = structure_sentence("emptied", draft.rules.language, tab=title, count=tab.emptied)
        _hold(draft, Hold(hold_key, draft.now, tab.emptied), (told,), key)
    return True


def _let_through(draft: _Draft, judgement: Judgement) -> bool:
    """Whether new orders may go, or are held because there are too many at once."""
    hold = draft.seen.holds.get("flood")
    if judgement.asked <= draft.rules.flood or (hold is not None and hold.released):
        if hold is not None:
            draft.ended.append("flood")
        return True
    if hold is None:
        told = structure_sentence("flood", draft.rules.language, count=judgement.asked)
        _hold(draft, Hold("flood", draft.now, judgement.asked), (told,), "")
    elif hold.count != judgement.asked:
        draft.holds.append(replace(hold, count=judgement.asked))
    return False


def _remember_known(draft: _Draft, tab: TabJudgement) -> None:
    for row_id, row in tab.identity.known.items():
        before = draft.seen.sightings[row_id]
        shown = row.row_id == row_id
        if row_id in tab.identity.landed or not shown:
            draft.sightings[row_id] = replace(before, position=row.number, gone=False, digest=0)
            continue
        cells = own_cells(row.tab, row.cells)
        edited = before.placed and cells != before.cells
        draft.sightings[row_id] = replace(
            before, core=row.core, typed=row.typed, position=row.number, written=True, placed=True, gone=False, digest=0,
            cells=cells, mail_shown=row.text("mail_status") or before.mail_shown,
            updated_at=draft.now if edited else before.updated_at,
        )  # fmt: skip
        if edited:
            draft.changes.append(Change("row_edited", before.order_no, row.tab, row.number))


def _remember_foreign(draft: _Draft, identity: Identity) -> None:
    if identity.foreign:
        sightings, orders = rebuilt(identity.foreign, draft.seen, draft.now)
        draft.sightings |= {s.row_id: s for s in sightings}
        draft.orders |= {o.number: o for o in orders}
        draft.changes.append(Change("rebuilt", count=len(sightings)))


def _remember_absent(draft: _Draft, tab: TabJudgement) -> None:
    for row_id in tab.identity.vanished:
        sighting = draft.seen.sightings[row_id]
        draft.sightings[row_id] = replace(sighting, gone=True)
        draft.changes.append(Change("row_vanished", sighting.order_no, sighting.tab, sighting.position))
    for row_id in tab.identity.lost:
        # Never written, and its row is not there any more: a person changed it before the bot could number it.
        # Its mail has not left (mail leaves only after the number stands in the sheet), so the claim is undone.
        sighting = draft.seen.sightings[row_id]
        if sighting.origin is Origin.INTAKE:
            continue
        lines = [s for s in draft.seen.sightings.values() if s.order_no == sighting.order_no]
        if any(s.written or s.placed for s in lines):
            draft.sightings[row_id] = replace(sighting, gone=True)
            continue
        draft.sightings |= {s.row_id: replace(s, gone=True) for s in lines}
        draft.withdrawn.append(sighting.order_no)
        draft.changes.append(Change("claim_withdrawn", sighting.order_no, sighting.tab, sighting.position))


def _claim(draft: _Draft, tab: str, new: NewOrder) -> None:
    """Give the order its number, its rows their identity, and owe its mails."""
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
            row_id, CONTRACTS.key, number, core, typed, 0, Origin.INTAKE, cells=cells, confirmed=True,
            created_at=draft.now, partner=entry.row_id,
        )  # fmt: skip
        draft.sightings[entry.row_id] = replace(entry, partner=row_id)
    draft.orders[number] = Order(number, draft.now, Origin.ENTRY if tab == ORDER_ENTRY.key else Origin.TYPED)
    link = draft.place.row_link(CONTRACTS.key, row_number)
    detail = purchase_detail(number, 1, lines, today, draft.rules, link)
    draft.drafts += purchase_drafts(detail, lines, draft.rules, _kinds(lines, draft.rules))
    draft.changes.append(Change("order_claimed", number, tab, new.rows[0].row.number, len(lines)))


def _sight(draft: _Draft, candidate: Candidate, number: str, origin: Origin) -> None:
    row = candidate.row
    row_id = draft.new_id()
    draft.sightings[row_id] = Sighting(
        row_id, row.tab, number, row.core, row.typed, row.number, origin, cells=own_cells(row.tab, row.cells),
        confirmed=True, created_at=draft.now,
    )  # fmt: skip


def _kinds(lines: Sequence[ReadyLine], rules: Rules) -> tuple[str, ...]:
    """Which purchase mails are owed now; with `on_approved` the customer hears after the review."""
    approved = all(_is_approved(line.text("status")) for line in lines)
    if rules.purchase_mail == "on_approved" and not approved and rules.review_levels:
        return (PURCHASE_SALES,)
    return (PURCHASE_CUSTOMER, PURCHASE_SALES)


def _is_approved(text: str) -> bool:
    state = state_of(text)
    return state is not None and state.key in AFTER_REVIEW


def _resend(draft: _Draft, resend: Resend) -> None:
    """One more send of the purchase detail as it stands now, and the lines that joined meanwhile."""
    order = draft.seen.orders[resend.number]
    order = replace(order, generation=order.generation + 1)
    draft.orders[order.number] = order
    draft.withdrawn.append(order.number)
    for candidate in resend.joining:
        _sight(draft, candidate, order.number, Origin.TYPED)
    for row_id in resend.row_ids:
        # The cell was shown and emptied; from here on an empty cell means that nothing was written yet.
        known = draft.sightings.get(row_id, draft.seen.sightings[row_id])
        draft.sightings[row_id] = replace(known, mail_shown="")
    row = min((draft.sightings[i].position for i in resend.row_ids), default=None)
    link = draft.place.row_link(CONTRACTS.key, row)
    detail = purchase_detail(
        order.number, order.generation, resend.lines, draft.rules.today(order.created_at), draft.rules, link
    )
    draft.drafts += purchase_drafts(detail, resend.lines, draft.rules, _kinds(resend.lines, draft.rules))
    draft.changes.append(Change("resend_asked", order.number, count=order.generation))


def _mail_approved(draft: _Draft, judgement: Judgement, catalog: Catalog) -> None:
    """The customer's purchase detail of orders that a reviewer has just approved."""
    tab = judgement.tabs.get(CONTRACTS.key)
    if tab is None:
        return
    numbers = {draft.seen.sightings[i].order_no for i in tab.identity.known if i not in tab.identity.landed}
    for number in sorted(numbers):
        order = draft.orders.get(number, draft.seen.orders.get(number))
        told = {m.kind for m in draft.seen.mail.get(number, ()) if order and m.generation == order.generation}
        owed = order is not None and order.generation and PURCHASE_CUSTOMER not in told
        if not owed or order is None or any(d.order_no == number for d in draft.drafts):
            continue
        rows = [r for i, r in tab.identity.known.items() if draft.seen.sightings[i].order_no == number]
        others = [
            s for s in draft.seen.sightings.values()
            if s.order_no == number and s.tab == CONTRACTS.key and not s.gone and s.row_id not in tab.identity.known
        ]  # fmt: skip
        lines = [tab.lines.get(r.number) for r in rows]
        ready = [line for line in lines if line is not None]
        if others or len(ready) < len(lines) or not all(_is_approved(line.text("status")) for line in ready):
            continue
        link = draft.place.row_link(CONTRACTS.key, rows[0].number)
        day = draft.rules.today(order.created_at)
        detail = purchase_detail(number, order.generation, ready, day, draft.rules, link)
        draft.drafts += purchase_drafts(detail, ready, draft.rules, (PURCHASE_CUSTOMER,))
        draft.changes.append(Change("order_approved", number))


def _still_waiting(judgement: Judgement, claimed: set[int]) -> list[Waiting]:
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
