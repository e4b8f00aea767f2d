"""One poll cycle, in the order in which it happens: read ─► plan ─► commit ─► reconcile ─► deliver ─► mark.

    read        one API call; the same bytes as last time and nothing due: the cycle ends there
    plan        pure: who is who, what is ready, which mails are owed          (bot.planning)
    commit      ONE transaction: sightings, orders, messages, rendered once
    reconcile   make the sheet show the state: read again, write the difference (bot.projection)
    deliver     claim, send, settle                                            (bot.delivery)
    mark        the E-mail cells of what was just sent, addressed by value

A crash between any two of these is mended by the next cycle. `Glance` is what one cycle leaves in memory for the
next; losing it costs time and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
import xxhash

from bot.delivery import Delivered, DeliveryRules, deliver
from bot.outbox import Message
from bot.planning.catalog import Catalog
from bot.planning.drafting import Place, Plan
from bot.planning.holds import structure_trouble, usable_catalog
from bot.planning.judgement import Judgement, judge
from bot.planning.mail_words import mail_words
from bot.planning.notices import Draft, PurchaseDetail
from bot.planning.plan import plan_cycle, wanted_by
from bot.planning.rules import Rules
from bot.planning.sightings import Origin, Seen, Snapshot, Wanted
from bot.ports import (
    About,
    Commit,
    Lease,
    LeaseLost,
    Mailer,
    Reading,
    State,
    Workbook,
    WorkbookError,
    WorkbookRefused,
)
from bot.projection import Edit, Marker, Projection, ReplaceText, SetCells, SetMarker, project
from bot.rendering import Renderer
from bot.survey import core_shown, grids_of, read_catalog, survey, unpacked
from sheets_schema import CONTRACTS, ORDER_ENTRY, ORDER_TABS, TABS, Cell
from sheets_schema.titles import Header, find_tab

#: How long the right to work on the workbook lasts; every cycle renews it.
LEASE_SECONDS = 180.0
#: How many edits one request carries: keeps the payload of a first meeting under Google's advised 2 MB.
EDITS_A_REQUEST = 2000


@dataclass(frozen=True)
class App:
    """What a cycle works with; put together by `bot.app`."""

    workbook: Workbook
    state: State
    mailer: Mailer
    renderer: Renderer
    rules: Rules
    delivery: DeliveryRules
    #: Who this worker is, for leases.
    owner: str
    clock: Callable[[], datetime]
    #: A new Row ID.
    new_id: Callable[[], str]
    #: True when the worker was asked to end.
    stopping: Callable[[], bool] = lambda: False
    #: Whether the worker of this name certainly runs no more; its lease is then not waited for.
    is_dead: Callable[[str], bool] = lambda _owner: False


@dataclass(frozen=True)
class Sight:
    """What one read showed."""

    snapshot: Snapshot
    catalog: Catalog
    lookups: Mapping[str, Header]
    #: Hash of the answer as it came over the wire, and of its lookup tabs.
    wire_digest: int
    catalog_digest: int


@dataclass(frozen=True)
class Glance:
    """What a cycle leaves in memory for the next one. Dropped whenever in doubt."""

    about: About | None = None
    sight: Sight | None = None
    #: Tab -> row digest -> Row ID of the rows to which nothing is owed.
    steady: Mapping[str, dict[int, str]] = field(default_factory=dict)
    #: Revision of the state and fence of the lease at which `steady` was true; -1 = never.
    revision: int = -1
    fence: int = -1
    #: The sheet showed everything it ought to, and only new bytes or `next_look` call for work.
    quiet: bool = False
    #: When a row will have settled.
    next_look: datetime | None = None


@dataclass(frozen=True)
class Cycle:
    """What happened in one cycle, for the log, `run --once` and the tests."""

    #: "idle" | "worked" | "standby" (another worker holds the lease)
    outcome: str
    plan: Plan = field(default_factory=Plan)
    edits: int = 0
    delivered: Delivered = field(default_factory=Delivered)


def run_cycle(app: App, now: datetime, glance: Glance) -> tuple[Cycle, Glance]:
    """One cycle. Raises OutsideError when the world failed; mail that can still leave has left by then."""
    lease = app.state.acquire(app.owner, now, LEASE_SECONDS)
    if lease is None and app.state.bury(app.is_dead, now):
        lease = app.state.acquire(app.owner, now, LEASE_SECONDS)
    if lease is None:
        return Cycle("standby"), Glance(about=glance.about)
    glance = _remember(app, glance, lease)
    try:
        reading, glance = _read(app, glance)
    except WorkbookError:
        # What is owed and stands in the sheet already can leave while the sheet is out of reach.
        deliver(app.state, app.mailer, app.owner, app.clock, app.delivery, app.stopping)
        raise
    digest = xxhash.xxh3_64_intdigest(reading.body)
    if _is_idle(glance, digest, now):
        return _deliver_and_mark(app, Cycle("idle"), glance)
    sight = _look(app, glance, reading, digest)
    seen = app.state.recall(wanted_by(sight.snapshot, now, app.rules))
    place = _place(app, glance)
    plan = plan_cycle(sight.snapshot, seen, sight.catalog, now, app.rules, place, app.new_id)
    _commit(app, plan, seen, lease, now)
    edits, glance = _reconcile(app, replace(glance, sight=sight), plan, seen, lease, now)
    return _deliver_and_mark(app, Cycle("worked", plan, edits), glance)


def preview_plan(app: App, now: datetime) -> tuple[Plan, Projection]:
    """What the next cycle would do; changes nothing anywhere."""
    glance = Glance(about=app.workbook.about(), steady={})
    reading = app.workbook.read()
    sight = _look(app, glance, reading, 0)
    seen = app.state.recall(wanted_by(sight.snapshot, now, app.rules))
    plan = plan_cycle(sight.snapshot, seen, sight.catalog, now, app.rules, _place(app, glance), app.new_id)
    return plan, project(_judge(app, glance, sight, seen, now), seen, app.rules)


def stand_down(app: App) -> None:
    """Give the lease back at the end of work, so that the next worker need not wait for it to run out."""
    lease = app.state.acquire(app.owner, app.clock(), LEASE_SECONDS)
    if lease is not None:
        app.state.give_up(lease)


# ── read ────────────────────────────────────────────────────────────────────────────────────────────────────


def _remember(app: App, glance: Glance, lease: Lease) -> Glance:
    """The steady rows as the state knows them, read again whenever someone else may have changed the state."""
    revision = app.state.revision()
    if (revision, lease.fence) == (glance.revision, glance.fence):
        return glance
    digests = app.state.digests()
    steady = {tab.key: digests.get(tab.key, {}) for tab in ORDER_TABS}
    return Glance(about=glance.about, steady=steady, revision=revision, fence=lease.fence)


def _read(app: App, glance: Glance) -> tuple[Reading, Glance]:
    """All tabs; their titles are asked for again when a tab is missing or its title has changed."""
    if glance.about is None or _absent(glance.about):
        glance = replace(glance, about=app.workbook.about(), quiet=False)
    try:
        return app.workbook.read(), glance
    except WorkbookRefused:
        # A tab was renamed or deleted since; whatever else is wrong is refused again and then told.
        glance = replace(glance, about=app.workbook.about(), quiet=False)
        return app.workbook.read(), glance


def _absent(about: About) -> tuple[str, ...]:
    """Keys of the tabs that are missing and needed; not every team uses the entry tab."""
    found = {tab.key for sheet in about.sheets if (tab := find_tab(TABS, sheet.title)) is not None}
    return tuple(tab.key for tab in TABS if tab.key not in found and tab is not ORDER_ENTRY)


def _is_idle(glance: Glance, digest: int, now: datetime) -> bool:
    same = glance.sight is not None and glance.sight.wire_digest == digest
    return same and glance.quiet and (glance.next_look is None or now < glance.next_look)


def _look(app: App, glance: Glance, reading: Reading, digest: int) -> Sight:
    """The answer as a snapshot. An answer that cannot be understood is the outside world's failure."""
    titles = _titles(glance.about)
    try:
        grids = grids_of(unpacked(reading.body, reading.encoding), reading.tabs)
        snapshot = survey(grids, titles, glance.steady, app.rules.extra_columns, app.rules.language)
        lookups = [grids[tab.key] for tab in TABS if tab not in ORDER_TABS and tab.key in grids]
        catalog_digest = xxhash.xxh3_64_intdigest(repr([(g.header, g.inside()) for g in lookups]).encode())
        if glance.sight is not None and glance.sight.catalog_digest == catalog_digest:
            catalog, headers = glance.sight.catalog, dict(glance.sight.lookups)
        else:
            catalog, headers = read_catalog(grids, titles, app.rules.language)
    except ValueError as error:
        raise WorkbookError(f"The spreadsheet's answer cannot be understood: {error}") from error
    absent = tuple(tab.key for tab in TABS if tab.key not in grids)
    present = {key: header for key, header in headers.items() if key in grids}
    return Sight(replace(snapshot, lookups=present, absent=absent), catalog, headers, digest, catalog_digest)


def _titles(about: About | None) -> dict[str, str]:
    titles: dict[str, str] = {}
    for sheet in about.sheets if about else ():
        tab = find_tab(TABS, sheet.title)
        if tab is not None:
            titles.setdefault(tab.key, sheet.title)
    return titles


def _place(app: App, glance: Glance) -> Place:
    about = glance.about
    if about is None:
        return Place()
    ids = {tab.key: s.sheet_id for s in about.sheets if (tab := find_tab(TABS, s.title)) is not None}
    links = {key: f"{about.url}#gid={sheet_id}" for key, sheet_id in ids.items()}
    marker = about.marker
    last_number = marker.last_number if marker else ""
    return Place(about.key, about.url, links, _titles(about), marker is not None, last_number)


# ── commit ──────────────────────────────────────────────────────────────────────────────────────────────────


def _commit(app: App, plan: Plan, seen: Seen, lease: Lease, now: datetime) -> None:
    """Everything the plan decided, with its mails rendered, in one transaction."""
    changes = Commit(
        sightings=plan.sightings,
        orders=plan.orders,
        new_numbers=plan.new_numbers,
        messages=tuple(_message(app, draft, now) for draft in plan.drafts),
        withdrawn=plan.withdrawn,
        waiting=plan.waiting if plan.waiting != seen.waiting else None,
        holds=plan.holds,
        ended_holds=plan.ended_holds,
        facts=plan.facts,
    )
    if not changes.is_empty():
        app.state.commit(changes, lease)
    log = structlog.get_logger("bot.cycle")
    for change in plan.changes:
        log.info(change.what, order_no=change.order_no, tab=change.tab, row=change.row, count=change.count)


def _message(app: App, draft: Draft, now: datetime) -> Message:
    generation = draft.content.generation if isinstance(draft.content, PurchaseDetail) else 1
    return Message(
        draft.id, draft.kind, draft.order_no, draft.recipient.email, draft.priority, app.renderer.message(draft, now),
        now, generation,
    )  # fmt: skip


# ── reconcile ───────────────────────────────────────────────────────────────────────────────────────────────


def _reconcile(
    app: App, glance: Glance, plan: Plan, before: Seen, lease: Lease, now: datetime
) -> tuple[int, Glance]:
    """Write what the sheet ought to show and does not; note the rows to which nothing is owed any more."""
    assert glance.sight is not None  # noqa: S101 - the caller has just looked
    sight = glance.sight
    seen = before if plan == Plan(waiting=before.waiting) else _recall(app, sight, now)
    judgement = _judge(app, glance, sight, seen, now)
    projection = project(judgement, seen, app.rules)
    edits = _with_marker(app, glance, projection.edits)
    proven: tuple[str, ...] = ()
    if edits:
        # People go on working while we think: what is written goes by where the rows are now.
        reading = app.workbook.read()
        digest = xxhash.xxh3_64_intdigest(reading.body)
        if digest != sight.wire_digest:
            sight = _look(app, glance, reading, digest)
            seen = _recall(app, sight, now)
            judgement = _judge(app, glance, sight, seen, now)
            projection = project(judgement, seen, app.rules)
            edits = _with_marker(app, glance, projection.edits)
        _renew(app, lease)
        proven = _write(app, sight, edits, projection, seen)
    changed = {i: d for i, d in projection.settled.items() if seen.sightings[i].digest != d}
    if changed or proven:
        app.state.commit(Commit(digests=changed, written=proven), lease)
    marker = next((e.marker for e in edits if isinstance(e, SetMarker)), None)
    about = replace(glance.about, marker=marker) if marker and glance.about else glance.about
    return len(edits), replace(
        glance,
        about=about,
        sight=sight,
        steady=_steadier(glance.steady, sight.snapshot, projection.settled),
        quiet=not edits,
        next_look=_next_look(judgement, app.rules),
    )


def _renew(app: App, lease: Lease) -> None:
    """Hold the lease through the write, or raise LeaseLost.

    A worker that was stopped for longer than its lease must not write late: another may have appended the same row.
    """
    held = app.state.acquire(app.owner, app.clock(), LEASE_SECONDS)
    if held is None or held.fence != lease.fence:
        raise LeaseLost("The lease ran out before the write; nothing was written.")


def _write(
    app: App, sight: Sight, edits: tuple[Edit, ...], projection: Projection, seen: Seen
) -> tuple[str, ...]:
    """Write, and see from the answer which rows really got their identity: only their mail may leave.

    An identity that fell on another row (someone sorted just then) stays unproved, and the next cycle mends it.
    """
    numbers = {
        i: n for i, n in projection.placing.items() if n and seen.sightings[i].origin is not Origin.ADOPTED
    }
    places = {i: (seen.sightings[i].tab, n) for i, n in numbers.items()}
    shown: dict[tuple[str, int], Sequence[Cell]] = {}
    for start in range(0, len(edits), EDITS_A_REQUEST):
        part = edits[start : start + EDITS_A_REQUEST]
        touched = {(e.tab, e.row) for e in part if isinstance(e, SetCells)}
        shown |= app.workbook.write(part, [place for place in places.values() if place in touched])
    tabs = sight.snapshot.tabs

    def is_proven(row_id: str) -> bool:
        if row_id not in places:
            return True
        tab, _ = places[row_id]
        cells = shown.get(places[row_id], ())
        return core_shown(tabs[tab], app.rules.extra_columns, cells) == seen.sightings[row_id].core

    return tuple(row_id for row_id in projection.placing if is_proven(row_id))


def _recall(app: App, sight: Sight, now: datetime) -> Seen:
    return app.state.recall(wanted_by(sight.snapshot, now, app.rules))


def _judge(app: App, glance: Glance, sight: Sight, seen: Seen, now: datetime) -> Judgement:
    trouble = structure_trouble(sight.snapshot, _place(app, glance), app.rules.language)
    return judge(sight.snapshot, seen, usable_catalog(sight.catalog, trouble), now, app.rules)


def _with_marker(app: App, glance: Glance, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits, and the marker when the workbook does not carry it as it ought to."""
    facts = app.state.facts()
    shown = glance.about.marker if glance.about else None
    last = facts.get("last_number", shown.last_number if shown else "")
    ought = Marker(shown.adopted_at if shown else facts.get("adopted_at", ""), last)
    return (*edits, SetMarker(ought)) if ought != shown and ought.adopted_at else edits


def _steadier(
    steady: Mapping[str, dict[int, str]], snapshot: Snapshot, settled: Mapping[str, int]
) -> dict[str, dict[int, str]]:
    """The steady rows after this cycle: those that were looked at and need nothing come in, those that left go."""
    result = dict(steady)
    for key, tab in snapshot.tabs.items():
        digests = result.setdefault(key, {})
        if tab.missing:
            result[key] = digests = {d: i for d, i in digests.items() if i not in tab.missing}
        digests |= {
            settled[r.row_id]: r.row_id for r in tab.rows if settled.get(r.row_id, 0) == r.digest != 0
        }
    return result


def _next_look(judgement: Judgement, rules: Rules) -> datetime | None:
    """When time alone will have changed something: the next row settles."""
    unsettled = {
        (t.snapshot.tab, c.row.typed) for t in judgement.tabs.values() for c in t.candidates if not c.settled
    }
    due = [w.since + rules.settle for w in judgement.waiting if (w.tab, w.typed) in unsettled]
    return min(due, default=None)


# ── deliver and mark ────────────────────────────────────────────────────────────────────────────────────────


def _deliver_and_mark(app: App, cycle: Cycle, glance: Glance) -> tuple[Cycle, Glance]:
    """Send what is due; then tell the sheet, without needing to know where the rows are by now."""
    due = app.state.next_due()
    if due is None or due > app.clock():
        return cycle, glance
    delivered = deliver(app.state, app.mailer, app.owner, app.clock, app.delivery, app.stopping)
    if not delivered.orders:
        return replace(cycle, delivered=delivered), glance
    seen = app.state.recall(Wanted(numbers=delivered.orders))
    lines = {s.row_id for s in seen.sightings.values() if s.order_no in delivered.orders}
    steady = {key: {d: i for d, i in rows.items() if i not in lines} for key, rows in glance.steady.items()}
    glance = replace(glance, steady=steady, quiet=False)
    marks = _marks(app, glance, seen, delivered)
    if marks:
        try:
            app.workbook.write(marks)
        except WorkbookError as error:
            # The mails are sent and settled; the next cycle finds the cells wrong and writes them.
            structlog.get_logger("bot.cycle").warning("marks_not_written", error=str(error))
            marks = ()
    done = replace(cycle, outcome="worked", delivered=delivered, edits=cycle.edits + len(marks))
    return done, glance


def _marks(app: App, glance: Glance, seen: Seen, delivered: Delivered) -> tuple[Edit, ...]:
    """Each order's queued text, which carries its number and so stands nowhere else, replaced by how its mail stands."""
    tab = glance.sight.snapshot.tabs.get(CONTRACTS.key) if glance.sight else None
    column = tab.header.columns.get("mail_status") if tab and not tab.header.problems else None
    if column is None:
        return ()
    marks: list[Edit] = []
    for number in sorted(delivered.orders & seen.orders.keys()):
        order, states = seen.orders[number], seen.mail.get(number, ())
        queued = tuple(replace(s, status="queued", error="", uncertain=0) for s in states)
        old, new = mail_words(order, queued, app.rules), mail_words(order, states, app.rules)
        if old != new and number in old:
            marks.append(ReplaceText(CONTRACTS.key, column, old, new))
    return tuple(marks)
