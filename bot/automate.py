"""The step of a cycle that has reports worked out: hand over a job, collect what came of it, store, send, write.

    runs begun and shown, weeks that are over, figures out of date ─► Job ─► reporter ─► Produced
    Produced ─► ONE transaction: runs, messages, closed weeks ─► deliver ─► Summary, Customers, Products ─► Archive

A job may take a minute; orders and their mail do not wait for it: the cycles go on and look in. What is lost between
two of these is worked out again, with the same ids, and the database refuses a second copy.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.archiving import archive, asked, is_unfinished
from bot.delivery import Delivered, deliver
from bot.glance import Agenda, App, Glance, place_of
from bot.jobs import Job, Produced, Reporter
from bot.planning.drafting import Plan
from bot.planning.sightings import Seen
from bot.ports import Commit, Conflict, Lease, OutsideError
from bot.projection import Edit, SetMarker
from bot.reconcile import renew
from bot.standing import looked_at, standing
from sheets_schema import CONTRACTS, SUMMARY

#: After a job that failed the next one waits this long.
PATIENCE = timedelta(minutes=5)
#: While one of these stands, no figures are worked out.
_HOLDS = tuple(f"{kind}:{CONTRACTS.key}" for kind in ("emptied", "tab", "header"))


@dataclass(frozen=True)
class Automated:
    """What the step did in this cycle."""

    #: A job's outcome was stored.
    stored: bool = False
    edits: int = 0
    delivered: Delivered = field(default_factory=Delivered)


def agenda_after(app: App, plan: Plan, before: Seen) -> Agenda:
    """What awaits the reporter once a cycle has shown in the sheet which runs have begun.

    Nothing, while Contract Orders is held: to close a week over an emptied tab would call every order of it gone.
    """
    holds = plan.holds_after(before.holds)
    held = [holds.get(key) for key in _HOLDS]
    if app.reporter is None or any(hold is not None and not hold.released for hold in held):
        return Agenda()
    seen = app.state.recall_runs()
    runs = tuple(run for run in seen.runs.values() if run.shown and run.done_at is None)
    unfinished = is_unfinished(app.state.facts())
    return Agenda(tuple(sorted(runs, key=lambda run: run.id)), plan.closing, plan.current, unfinished)


def automate(
    app: App, glance: Glance, lease: Lease, now: datetime, *, wait: bool
) -> tuple[Automated, Glance]:
    """Start what awaits the reporter; store what it has come to. Raises OutsideError when that cannot be written."""
    reporter = app.reporter
    if reporter is None:
        return Automated(), glance
    if glance.agenda.archiving:
        # A worker died over it, or the sheet could not be reached.
        orders, glance = archive(app, glance, (), lease)
        return Automated(True, orders), replace(glance, agenda=replace(glance.agenda, archiving=False))
    if not reporter.is_busy():
        job = next_job(app, glance, now)
        if job is None:
            return Automated(), glance
        reporter.start(job)
    if not (wait or reporter.is_ready()):
        return Automated(), glance
    produced = _collected(app, reporter, lease, now)
    if produced is None:
        return Automated(), replace(glance, reports_after=now + PATIENCE)
    return _stored(app, replace(glance, figured_at=now), produced, lease, now)


def next_job(app: App, glance: Glance, now: datetime) -> Job | None:
    """What is to be worked out now; None when nothing is."""
    agenda, sight = glance.agenda, glance.sight
    is_due = bool(agenda.runs or agenda.closing)
    if sight is None or not (is_due or _may_refresh(app, glance, now)):
        return None
    if glance.reports_after is not None and now < glance.reports_after <= now + PATIENCE:
        return None
    # What When says in Automations moves the end of the running week, and with it what the week's figures are.
    ends = agenda.current.end.isoformat() if agenda.current is not None else ""
    seen = f"{sight.figures_digest}:{app.rules.today(now)}:{ends}"
    if not is_due and seen == (glance.figured or app.state.facts().get("figured")):
        return None
    # Whatever it is that keeps Summary from being worked out must not keep reports from their readers.
    refresh = not (is_due and app.state.facts().get("reports_error"))
    return Job(
        now, agenda.runs, agenda.closing, agenda.current, refresh, place_of(glance), seen if refresh else ""
    )


def _may_refresh(app: App, glance: Glance, now: datetime) -> bool:
    """Whether figures that are out of date would be worked out again now.

    While the bot still has something to write the rows are about to change, so they are waited for.
    """
    if glance.agenda.current is None or not glance.quiet:
        return False
    last = glance.figured_at
    if last is None and (told := app.state.facts().get("figured_at")):
        # A worker that starts over and over again must not have a child each time.
        last = datetime.fromisoformat(told)
    return last is None or not last <= now < last + app.rules.reports.refresh


def _collected(app: App, reporter: Reporter, lease: Lease, now: datetime) -> Produced | None:
    """What came of the job; None when it failed, which concerns no order, is tried again and told to `status`."""
    try:
        return reporter.collect()
    except OutsideError as error:
        structlog.get_logger("bot.automate").warning("reports_failed", error=str(error), hint=error.hint)
        said = " ".join(filter(None, (str(error), error.hint)))
        renew(app, lease)
        app.state.commit(Commit(facts={"reports_error": said, "reports_failed_at": now.isoformat()}), lease)
        return None


def _stored(
    app: App, glance: Glance, produced: Produced, lease: Lease, now: datetime
) -> tuple[Automated, Glance]:
    """Commit, deliver, then write: a mail must not wait for a sheet that cannot be reached."""
    renew(app, lease)
    facts = app.state.facts()
    leaving = asked(facts, produced.archivable)
    recovered = {"reports_error": ""} if facts.get("reports_error") else {}
    changes = Commit(
        runs=produced.runs, messages=produced.messages, weeks=produced.weeks, facts=leaving | recovered
    )
    polled = any(isinstance(edit, SetMarker) or edit.tab != SUMMARY.key for edit in produced.edits)
    figured = "" if polled else produced.seen
    if not changes.is_empty():
        try:
            app.state.commit(changes, lease)
        except Conflict:
            # Worked out before what it is based on changed hands; the next job sees how things are.
            structlog.get_logger("bot.automate").info("reports_outdated")
            return Automated(), replace(glance, quiet=False)
    delivered = Delivered()
    if produced.messages:
        delivered = deliver(app.state, app.mailer, app.owner, app.clock, app.delivery, app.stopping)
    if edits := _still_right(app, produced.edits):
        renew(app, lease)
        app.workbook.write(edits)
    if leaving:
        _, glance = archive(app, glance, (), lease)
    # For a worker that starts anew, as cron's does each time.
    told = {"figured_at": now.isoformat()} | ({"figured": figured} if figured else {})
    app.state.commit(Commit(facts=told), lease)
    return Automated(True, len(edits), delivered), replace(
        glance,
        agenda=replace(glance.agenda, runs=(), closing=()),
        # Runs have changed, so their cells have. What was written to a polled tab is looked at once more.
        quiet=glance.quiet and changes.is_empty(),
        figured=figured,
    )


def _still_right(app: App, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits without those whose rows moved while mail was sent: the next refresh finds them where they are."""
    wanted = looked_at(edits)
    return standing(edits, app.workbook.columns(wanted)) if wanted else edits
