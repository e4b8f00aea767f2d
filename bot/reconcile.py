"""Reconcile: make the sheet show the state, and the E-mail cells how the mail stands.

look again ─► judge ─► project ─► write the difference ─► prove it from the write's own answer
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
import xxhash

from bot.activity import Entry
from bot.activity_tab import activity_owed, problem_entries, refused
from bot.automation_cells import as_answered, automation_edits, runs_shown
from bot.delivery import Delivered
from bot.feedback_cells import feedback_edits
from bot.glance import App, Glance, Sight, look
from bot.headway import Headway
from bot.planning.drafting import Plan
from bot.planning.due import next_turn
from bot.planning.holds import structure_trouble, usable_catalog
from bot.planning.judgement import Judgement, judge
from bot.planning.mail_words import mail_words
from bot.planning.plan import wanted_by
from bot.planning.progress import StockMark
from bot.planning.reasons import waiting_reasons
from bot.planning.rules import Rules
from bot.planning.sightings import Origin, Seen, Snapshot
from bot.ports import Commit, Lease, LeaseLost, Place, Reading, WorkbookRefused
from bot.projection import Edit, Marker, Projection, ReplaceText, SetCells, SetMarker, SetRange, project
from bot.stock_cells import blank_again, stock_edits, strayed
from bot.survey import core_shown, grids_of, unpacked
from sheets_schema import AUTOMATIONS, CONTRACTS, PRODUCTS, Cell

#: How long the right to work on the workbook lasts; every cycle renews it.
LEASE_SECONDS = 180.0
#: How many edits one request carries: keeps the payload of a first meeting under Google's advised 2 MB.
EDITS_A_REQUEST = 2000


def reconcile(
    app: App, glance: Glance, plan: Plan, before: Seen, lease: Lease, now: datetime
) -> tuple[int, Glance]:
    """Write what the sheet ought to show and does not; note the rows to which nothing is owed any more."""
    assert glance.sight is not None  # noqa: S101 - the caller has just looked
    sight = glance.sight
    decided_nothing = replace(plan, closing=(), current=None, activity=()) == Plan(waiting=before.waiting)
    seen = before if decided_nothing else _recall(app, sight, now)
    judgement, projection, edits = _owed(app, glance, sight, seen, now)
    proven: tuple[str, ...] = ()
    automations = sight.snapshot.automations
    shown = runs_shown(automations, seen.automations, app.rules)
    activity = activity_owed(glance.about, app.state, app.workbook, app.rules, now)
    retold: tuple[Entry, ...] = ()
    fallen: tuple[StockMark, ...] = ()
    blanks: tuple[Edit, ...] = ()
    looked_again = False
    reading: Reading | None = None
    if edits:
        # People go on working while we think: what is written goes by where the rows are now.
        reading = app.workbook.read()
        digest = xxhash.xxh3_64_intdigest(reading.body)
        looked_again = digest != sight.wire_digest
        if looked_again:
            planned = {row.digest for tab in sight.snapshot.tabs.values() for row in tab.rows}
            sight = look(app, glance, reading, digest)
            seen = _recall(app, sight, now)
            judgement, projection, edits = _owed(app, glance, sight, seen, now)
            # Nobody has thought yet about what was typed in between: it must not pass for done.
            settled = {i: d for i, d in projection.settled.items() if d in planned}
            projection = replace(projection, settled=settled)
            automations = sight.snapshot.automations
    if edits or activity.edits:
        renew(app, lease)
        try:
            proven, answered = _write(app, sight, reading, (*edits, *activity.edits), projection, seen)
        except WorkbookRefused:
            if activity.edits:
                # Perhaps it is this tab that cannot be written, and all else must not wait for it.
                app.state.commit(Commit(facts=refused(now)), lease)
            raise
        retold = problem_entries(projection.problems, now, app.rules)
        products = sight.lookups.get(PRODUCTS.key)
        blanks = blank_again(edits, answered, sight.catalog, products)
        fallen = strayed(edits, answered, sight.catalog, seen.stock, products)
        if automations is not None:
            answer = as_answered(automations, answered)
            shown = (*shown, *runs_shown(answer, seen.automations, app.rules))
    changed = {i: d for i, d in projection.settled.items() if seen.sightings[i].digest != d}
    done = Commit(
        digests=changed, written=proven, runs=shown, stock=fallen, activity=retold, facts=activity.facts
    )
    if not done.is_empty():
        app.state.commit(done, lease)
    if blanks:
        app.workbook.write(blanks)
    marker = next((e.marker for e in edits if isinstance(e, SetMarker)), None)
    about = replace(glance.about, marker=marker) if marker and glance.about else glance.about
    return len(edits), replace(
        glance,
        about=about,
        sight=replace(sight, snapshot=_without_rows(sight.snapshot)),
        steady=_steadier(glance.steady, judgement, projection.settled),
        quiet=not (edits or looked_again) and activity.is_all,
        next_look=_next_look(judgement, seen, now, app.rules),
        waiting=waiting_reasons(judgement),
    )


def _owed(
    app: App, glance: Glance, sight: Sight, seen: Seen, now: datetime
) -> tuple[Judgement, Projection, tuple[Edit, ...]]:
    """What this look at the sheet lacks."""
    judgement = judge_sight(app, glance, sight, seen, now)
    projection = project(judgement, seen, app.rules)
    of_automations = automation_edits(
        sight.snapshot.automations, seen.automations, now, app.rules, seen.holds
    )
    of_stock = stock_edits(sight.catalog, seen.stock, sight.lookups.get(PRODUCTS.key))
    of_feedback = owed_to_feedback(app, glance, sight, seen, now)
    edits = (*projection.edits, *of_automations, *of_stock, *of_feedback)
    return judgement, projection, _with_marker(app, glance, edits)


def owed_to_feedback(
    app: App, glance: Glance, sight: Sight, seen: Seen, now: datetime
) -> tuple[SetCells, ...]:
    """What the Feedback tab lacks."""
    trouble = structure_trouble(sight.snapshot, app.rules)
    catalog = usable_catalog(sight.catalog, trouble)
    return feedback_edits(sight.snapshot.feedback, seen, catalog, now, app.rules)


def judge_sight(app: App, glance: Glance, sight: Sight, seen: Seen, now: datetime) -> Judgement:
    """What a look at the sheet means, given what is remembered."""
    trouble = structure_trouble(sight.snapshot, app.rules)
    return judge(sight.snapshot, seen, usable_catalog(sight.catalog, trouble), now, app.rules)


def marks(app: App, glance: Glance, seen: Seen, delivered: Delivered) -> tuple[Edit, ...]:
    """Each order's queued text, which carries its number and so stands nowhere else, replaced by how its mail stands."""
    tab = glance.sight.snapshot.tabs.get(CONTRACTS.key) if glance.sight else None
    column = tab.header.columns.get("mail_status") if tab and not tab.header.problems else None
    if column is None:
        return ()
    found: list[Edit] = []
    for number in sorted(delivered.orders & seen.orders.keys()):
        order, states = seen.orders[number], seen.mail.get(number, ())
        queued = tuple(replace(s, status="queued", error="", uncertain=0) for s in states)
        old, new = mail_words(order, queued, app.rules), mail_words(order, states, app.rules)
        if old != new and number in old:
            found.append(ReplaceText(CONTRACTS.key, column, old, new))
    return tuple(found)


def _write(
    app: App,
    sight: Sight,
    reading: Reading | None,
    edits: tuple[Edit, ...],
    projection: Projection,
    seen: Seen,
) -> tuple[tuple[str, ...], Mapping[Place, Sequence[Cell]]]:
    """Write, and see from the answer which rows really got their identity: only their mail may leave.

    The answer's rows come along: in those of automations people can see by now which runs began, and those of
    products tell whether a number fell on another's row.

    An identity that fell on another row (someone sorted just then) stays unproved, and the next cycle mends it. Where
    columns were moved just then, what it fell upon is put back at once.
    """
    numbers = {
        i: n for i, n in projection.placing.items() if n and seen.sightings[i].origin is not Origin.ADOPTED
    }
    places = {i: (seen.sightings[i].tab, n) for i, n in numbers.items()}
    from bot.askew import is_askew, put_back  # noqa: PLC0415 - an idle worker, which writes nothing, need not hold it

    shown: dict[Place, Sequence[Cell]] = {}
    written = 0
    tabs = sight.snapshot.tabs
    headers = {key: tab.header for key, tab in tabs.items()} | dict(sight.lookups)
    astray: set[str] = set()
    for part in _parts(edits):
        if len(part) < len(edits):
            app.tell(Headway("writing into the workbook", written, len(edits)))
            written += len(part)
        touched = {(e.tab, e.row) for e in part if isinstance(e, SetCells)}
        asked = [place for place in places.values() if place in touched]
        asked += sorted(place for place in touched if place[0] in (AUTOMATIONS.key, PRODUCTS.key))
        titles = {(tab, 1) for tab, _ in touched if tab in headers}
        answer = app.workbook.write(part, [*sorted(titles), *asked])
        shown |= answer
        named = app.rules.schema.by_key
        moved = [tab for tab, at in titles if is_askew(named[tab], headers[tab], answer.get((tab, at), ()))]
        if moved and reading is not None:
            structlog.get_logger("bot.reconcile").warning("columns_moved", tabs=sorted(moved))
            grids = grids_of(unpacked(reading.body, reading.encoding), reading.tabs)
            app.workbook.write([e for tab in moved for e in put_back(part, tab, grids[tab], answer[tab, 1])])
            astray.update(moved)
    # What stood under other titles proves nothing.
    shown = {place: cells for place, cells in shown.items() if place[0] not in astray}

    def is_proven(row_id: str) -> bool:
        if seen.sightings[row_id].tab in astray:
            return False
        if row_id not in places:
            return True
        tab, _ = places[row_id]
        cells = shown.get(places[row_id], ())
        return core_shown(tabs[tab], app.rules.extra_columns, cells) == seen.sightings[row_id].core

    return tuple(row_id for row_id in projection.placing if is_proven(row_id)), shown


def _parts(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    """The edits in order, as many at a time as one request carries; each row of a block counts as one."""
    part: list[Edit] = []
    weight = 0
    for edit in edits:
        more = len(edit.rows) if isinstance(edit, SetRange) else 1
        if part and weight + more > EDITS_A_REQUEST:
            yield part
            part, weight = [], 0
        part.append(edit)
        weight += more
    if part:
        yield part


def renew(app: App, lease: Lease) -> None:
    """Hold the lease through the write, or raise LeaseLost.

    A worker that was stopped for longer than its lease must not write late: another may have appended the same row.
    """
    held = app.state.acquire(app.owner, app.clock(), LEASE_SECONDS)
    if held is None or held.fence != lease.fence:
        raise LeaseLost("The lease ran out before the write; nothing was written.")


def _recall(app: App, sight: Sight, now: datetime) -> Seen:
    return app.state.recall(wanted_by(sight.snapshot, sight.catalog, now, app.rules))


def _with_marker(app: App, glance: Glance, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits, and the marker when the workbook does not carry it as it ought to."""
    facts = app.state.facts()
    shown = glance.about.marker if glance.about else None
    last = facts.get("last_number", shown.last_number if shown else "")
    ought = Marker(shown.adopted_at if shown else facts.get("adopted_at", ""), last)
    return (*edits, SetMarker(ought)) if ought != shown and ought.adopted_at else edits


def _steadier(
    steady: Mapping[str, dict[int, str]], judgement: Judgement, settled: Mapping[str, int]
) -> dict[str, dict[int, str]]:
    """The steady rows after this cycle: those that were looked at and need nothing come in, those that left go.

    Rows of a tab that lost everything at once have not left yet: nothing is concluded from that until a person says so.
    """
    result = dict(steady)
    for key, judged in judgement.tabs.items():
        tab = judged.snapshot
        digests = result.setdefault(key, {})
        if tab.missing and not judged.emptied:
            result[key] = digests = {d: i for d, i in digests.items() if i not in tab.missing}
        digests |= {
            settled[r.row_id]: r.row_id for r in tab.rows if settled.get(r.row_id, 0) == r.digest != 0
        }
    return result


def _without_rows(snapshot: Snapshot) -> Snapshot:
    """What the next cycle needs of this look: headers, not the rows, of which a first meeting has very many."""
    return replace(snapshot, tabs={key: replace(tab, rows=()) for key, tab in snapshot.tabs.items()})


def _next_look(judgement: Judgement, seen: Seen, now: datetime, rules: Rules) -> datetime | None:
    """When time alone will have changed something: the next row settles, or something falls due."""
    unsettled = {
        (t.snapshot.tab, c.row.typed) for t in judgement.tabs.values() for c in t.candidates if not c.settled
    }
    due = [
        c.settles_at
        for t in judgement.tabs.values()
        for c in t.courses.values()
        if c.settles_at and c.is_unfinished
    ]
    due += [w.since + rules.settle for w in judgement.waiting if (w.tab, w.typed) in unsettled]
    turn = next_turn(seen.automations, now, rules)
    return min(due if turn is None else [*due, turn], default=None)
