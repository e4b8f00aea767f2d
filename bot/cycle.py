"""One poll cycle, in the order in which it happens: read ─► plan ─► commit ─► reconcile ─► deliver ─► mark ─► automate.

    read        one API call; the same bytes and nothing due: it ends there      (bot.glance, bot.survey)
    plan        pure: who is who, what is ready, which mails are owed            (bot.planning)
    commit      ONE transaction: sightings, orders, messages, rendered once
    reconcile   make the sheet show the state: read again, write the difference (bot.reconcile, bot.projection)
    deliver     claim, send, settle                                              (bot.delivery)
    mark        the E-mail cells of what was just sent, addressed by value
    automate    have reports worked out apart, store and send what came of it    (bot.automate, bot.reports)

A crash between any two of these is mended by the next cycle.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
import xxhash

from bot.automate import Automated, agenda_after, automate
from bot.automation_cells import automation_edits
from bot.cap_notice import cap_notices
from bot.delivery import Delivered, deliver
from bot.glance import App, Glance, is_idle, look, place_of, read, remember
from bot.headway import MANY_ROWS, Headway, silent
from bot.mails.rendering import promised
from bot.planning.drafting import Plan
from bot.planning.plan import plan_cycle, wanted_by
from bot.planning.sightings import Seen, Wanted
from bot.ports import Commit, Lease, WorkbookError
from bot.projection import Projection, project
from bot.reconcile import LEASE_SECONDS, judge_sight, marks, owed_to_feedback, reconcile
from bot.stock_cells import stock_edits
from sheets_schema import PRODUCTS


@dataclass(frozen=True)
class Cycle:
    """What happened in one cycle, for the log, `run --once` and the tests."""

    #: "idle" | "worked" | "standby" (another worker holds the lease)
    outcome: str
    plan: Plan = field(default_factory=Plan)
    edits: int = 0
    delivered: Delivered = field(default_factory=Delivered)
    automated: Automated = field(default_factory=Automated)


def run_cycle(app: App, now: datetime, glance: Glance, *, wait: bool = False) -> tuple[Cycle, Glance]:
    """One cycle; with `wait` also through to the end of the reports that are worked out apart.

    Raises OutsideError when the world failed; mail that can still leave has left by then.
    """
    lease = app.state.acquire(app.owner, now, LEASE_SECONDS)
    if lease is None and app.state.bury(app.is_dead, now):
        lease = app.state.acquire(app.owner, now, LEASE_SECONDS)
    if lease is None:
        if app.reporter is not None:
            # What it was to work out is for the one who works now to ask for.
            app.reporter.close()
        return Cycle("standby"), Glance(about=glance.about)
    glance = remember(app, glance, lease)
    if glance.sight is None:
        app.tell(Headway("reading the workbook"))
    try:
        reading, glance = read(app, glance, now)
    except WorkbookError:
        # What is owed and stands in the sheet already can leave while the sheet is out of reach.
        _deliver(app, glance, lease)
        raise
    digest = xxhash.xxh3_64_intdigest(reading.body)
    if is_idle(glance, digest, now):
        done, glance = _deliver_and_mark(app, Cycle("idle"), glance, lease)
        return _automate(app, done, glance, lease, now, wait=wait)
    sight = look(app, glance, reading, digest)
    rows = sum(len(tab.rows) for tab in sight.snapshot.tabs.values())
    tell = app.tell if rows >= MANY_ROWS else silent
    tell(Headway("judging rows", 0, rows))
    seen = app.state.recall(wanted_by(sight.snapshot, sight.catalog, now, app.rules))
    place = place_of(glance)
    plan = plan_cycle(sight.snapshot, seen, sight.catalog, now, app.rules, place, app.new_id)
    tell(Headway("storing rows", 0, len(plan.sightings)))
    _commit(app, plan, seen, lease, now)
    tell(Headway("comparing the workbook with what it ought to show", 0, rows))
    edits, glance = reconcile(app, replace(glance, sight=sight), plan, seen, lease, now)
    done, glance = _deliver_and_mark(app, Cycle("worked", plan, edits), glance, lease)
    glance = replace(glance, agenda=agenda_after(app, plan, seen))
    return _automate(app, done, glance, lease, now, wait=wait)


def _automate(
    app: App, cycle: Cycle, glance: Glance, lease: Lease, now: datetime, *, wait: bool
) -> tuple[Cycle, Glance]:
    automated, glance = automate(app, glance, lease, now, wait=wait)
    if not automated.stored:
        return cycle, glance
    return replace(cycle, outcome="worked", automated=automated), glance


def _commit(app: App, plan: Plan, seen: Seen, lease: Lease, now: datetime) -> None:
    """Everything the plan decided, with its mails rendered, in one transaction."""
    changes = Commit(
        sightings=plan.sightings,
        orders=plan.orders,
        new_numbers=plan.new_numbers,
        messages=tuple(promised(draft, app.renderer, now, app.rules) for draft in plan.drafts),
        withdrawn=plan.withdrawn,
        superseded=plan.superseded,
        waiting=plan.waiting if plan.waiting != seen.waiting else None,
        holds=plan.holds,
        ended_holds=plan.ended_holds,
        facts=plan.facts,
        standings=plan.standings,
        runs=plan.runs,
        new_runs=plan.new_runs,
        progress=plan.progress,
        stock=plan.stock,
        activity=plan.activity,
        dropped=(*plan.dropped, *_silenced(app, plan)),
        answers=plan.answers,
    )
    if not changes.is_empty():
        app.state.commit(changes, lease)
    log = structlog.get_logger("bot.cycle")
    for change in plan.changes:
        log.info(
            change.what,
            order_no=change.order_no,
            tab=change.tab,
            row=change.row,
            count=change.count,
            run=change.run,
        )


def _silenced(app: App, plan: Plan) -> list[str]:
    """The mails that are not to leave any more; those that have left among them stay as they are."""
    return sorted(message_id for prefix in plan.silenced for message_id in app.state.known_messages(prefix))


def _deliver(app: App, glance: Glance, lease: Lease) -> Delivered:
    """Send what is due; admins hear of what is held because a customer would get too many."""
    delivered = deliver(app.state, app.mailer, app.owner, app.clock, app.delivery, app.stopping)
    if delivered.above_cap:
        link = place_of(glance).workbook_link
        notices = cap_notices(delivered.above_cap, app.state, app.renderer, app.rules, link, app.clock())
        app.state.commit(Commit(messages=notices), lease)
    return delivered


def _deliver_and_mark(app: App, cycle: Cycle, glance: Glance, lease: Lease) -> tuple[Cycle, Glance]:
    """Send what is due; then tell the sheet, without needing to know where the rows are by now."""
    due = app.state.next_due()
    if due is None or due > app.clock():
        return cycle, glance
    delivered = _deliver(app, glance, lease)
    # What became of reports stands in the Automations tab.
    glance = replace(glance, quiet=glance.quiet and not delivered.reports)
    if not delivered.orders:
        return replace(cycle, delivered=delivered), glance
    seen = app.state.recall(Wanted(numbers=delivered.orders))
    lines = {s.row_id for s in seen.sightings.values() if s.order_no in delivered.orders}
    steady = {key: {d: i for d, i in rows.items() if i not in lines} for key, rows in glance.steady.items()}
    glance = replace(glance, steady=steady, quiet=False)
    edits = marks(app, glance, seen, delivered)
    if edits:
        try:
            app.workbook.write(edits)
        except WorkbookError as error:
            # The mails are sent and settled; the next cycle finds the cells wrong and writes them.
            structlog.get_logger("bot.cycle").warning("marks_not_written", error=str(error))
            edits = ()
    done = replace(cycle, outcome="worked", delivered=delivered, edits=cycle.edits + len(edits))
    return done, glance


def preview_plan(app: App, now: datetime) -> tuple[Plan, Projection]:
    """What the next cycle would do; changes nothing anywhere."""
    glance = Glance(about=app.workbook.about(), steady={})
    reading = app.workbook.read()
    sight = look(app, glance, reading, 0)
    seen = app.state.recall(wanted_by(sight.snapshot, sight.catalog, now, app.rules))
    plan = plan_cycle(sight.snapshot, seen, sight.catalog, now, app.rules, place_of(glance), app.new_id)
    projection = project(judge_sight(app, glance, sight, seen, now), seen, app.rules)
    stored = seen.automations.with_plan(plan.standings, plan.runs)
    edits = automation_edits(sight.snapshot.automations, stored, now, app.rules, plan.holds_after(seen.holds))
    stock = {**seen.stock, **{mark.product: mark for mark in plan.stock}}
    edits += stock_edits(sight.catalog, stock, sight.lookups.get(PRODUCTS.key))
    known = replace(
        seen,
        orders={**seen.orders, **{order.number: order for order in plan.orders}},
        answers=seen.answers.union(plan.answers),
    )
    edits += owed_to_feedback(app, glance, sight, known, now)
    return plan, replace(projection, edits=(*projection.edits, *edits))


def stand_down(app: App) -> None:
    """End what is being worked out, and give the lease back, so that the next worker need not wait for it to run out."""
    if app.reporter is not None:
        app.reporter.close()
    lease = app.state.acquire(app.owner, app.clock(), LEASE_SECONDS)
    if lease is not None:
        app.state.give_up(lease)
