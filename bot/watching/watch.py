"""The seam between the worker and everything that watches it.

    a cycle ended ─► health file, heartbeat, figures        each time (the ping at most once a minute)
                 └─► what is known ─► incidents ─► mails    once a minute, and whenever something failed
                                  └──► the block in Automations

What is optional is loaded where it is asked for, and what fails here is logged: it never holds a cycle up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

import bot
from bot.caps import room_left
from bot.delivery import deliver
from bot.glance import App, Glance
from bot.mails.rendering import promised
from bot.planning.sightings import Wanted
from bot.ports import Commit, Conflict, OutsideError
from bot.reconcile import LEASE_SECONDS
from bot.settings import WatchSettings
from bot.watching.incidents import A_MINUTE, Known, Limits, Told, findings, standing_kinds, turned
from bot.watching.memory import Remembered, changed, remembered

if TYPE_CHECKING:
    from bot.watching.heartbeat import Heartbeat
    from bot.watching.metrics import Metrics

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Watch:
    """Keeps in memory when it did what; what must outlive the process stands in the state."""

    def __init__(self, settings: WatchSettings, *, is_metered: bool = True) -> None:
        self._settings = settings
        #: The workbook's API counts requests; the local desk does not.
        self._is_metered = is_metered
        self._limits = Limits(
            timedelta(minutes=settings.silent),
            timedelta(minutes=settings.stuck_after),
            timedelta(hours=settings.problems_after),
            settings.quota,
        )
        self._log = structlog.get_logger("bot.watch")
        self._looked: datetime | None = None
        self._failing_since: datetime | None = None
        self._last_success: datetime | None = None
        self._failures = 0
        self._link = ""
        self._heartbeat = self._made_heartbeat()
        self._metrics = self._made_metrics()

    def succeeded(self, app: App, outcome: str, glance: Glance, now: datetime) -> None:
        """A cycle ended well, or another worker has the work ("standby")."""
        was_failing = self._failures > 0
        self._last_success, self._failures, self._failing_since = now, 0, None
        self._write_health(now, "", is_standby=outcome == "standby")
        if self._metrics is not None:
            self._metrics.cycle(outcome, 0, now)
        if outcome == "standby":
            return
        if self._heartbeat is not None:
            self._heartbeat.beat(now, is_well=True)
        self._link = glance.about.url if glance.about else self._link
        if was_failing or self._looked is None or not self._looked <= now < self._looked + _MINUTE:
            self._look_quietly(app, glance, now, "")

    def failed(self, app: App, error: str, now: datetime) -> None:
        """A cycle failed."""
        self._failures += 1
        self._failing_since = self._failing_since or now
        self._write_health(now, error, is_standby=False)
        if self._metrics is not None:
            self._metrics.cycle("failed", self._failures, now)
        self._look_quietly(app, None, now, error)
        if self._heartbeat is not None and now - self._failing_since >= self._limits.silent:
            self._heartbeat.beat(now, is_well=False)

    def finish(self) -> None:
        """Before the process ends by itself: let a ping that is under way arrive."""
        if self._heartbeat is not None:
            self._heartbeat.finish()

    # ── what is optional ────────────────────────────────────────────────────────────────────────────────────

    def _made_heartbeat(self) -> Heartbeat | None:
        if not self._settings.heartbeat:
            return None
        from bot.watching.heartbeat import Heartbeat  # noqa: PLC0415 - a worker without one need not hold it

        return Heartbeat(self._settings.heartbeat)

    def _made_metrics(self) -> Metrics | None:
        if not self._settings.metrics:
            return None
        from bot.watching.metrics import Metrics  # noqa: PLC0415 - prometheus_client, for those who ask for it

        metrics = Metrics()
        try:
            metrics.serve(self._settings.metrics)
        except OSError as error:
            # Another worker on this machine, say: no reason not to work.
            self._log.warning("metrics_not_served", error=type(error).__name__)
        return metrics

    def _write_health(self, now: datetime, error: str, *, is_standby: bool) -> None:
        if not self._settings.health_file:
            return
        from bot.watching.health import Health, write_health  # noqa: PLC0415 - for those who ask for it

        health = Health(now, self._last_success, self._failures, error, is_standby, self._limits.silent)
        try:
            write_health(Path(self._settings.health_file), health)
        except OSError as trouble:
            self._log.warning("health_not_written", error=type(trouble).__name__)

    # ── looking ─────────────────────────────────────────────────────────────────────────────────────────────

    def _look_quietly(self, app: App, glance: Glance | None, now: datetime, error: str) -> None:
        self._looked = now
        try:
            self._look(app, glance, now, error)
        except OutsideError as trouble:
            self._log.warning("watch_failed", error=str(trouble))

    def _look(self, app: App, glance: Glance | None, now: datetime, error: str) -> None:
        facts = app.state.facts()
        reports_error = facts.get("reports_error", "")
        memory = remembered(facts).noting(now, fails=glance is None, reports_fail=bool(reports_error))
        memory, problems, are_new = self._problems(app, memory, now) if glance else (memory, None, False)
        sent = app.state.sent_since(now - _DAY)
        overdue = app.state.overdue(now - self._limits.stuck_after)
        paused = app.state.paused()
        is_paused = paused is not None and paused[0] > now
        rules, requests = app.delivery, app.workbook.requests()
        free = room_left(app.state, now, rules.per_minute, rules.per_hour, rules.per_day)
        known = Known(
            failing_since=memory.failing_since, error=error, breaks=memory.breaks,
            reports_failing_since=memory.reports_since, reports_error=reports_error,
            overdue=overdue, is_waiting=is_paused or free <= 0, problems=problems, are_new=are_new,
            requests_percent=requests.most * 100 // A_MINUTE if self._is_metered else 0,
            mails_percent=sent * 100 // rules.per_day,
        )  # fmt: skip
        turn = turned(findings(known, self._limits, now), memory.marks, now)
        memory = replace(memory, marks=turn.marks)
        if any(told.kind == "problems" and not told.is_over for told in turn.told):
            memory = self._problems_told(memory, now)
        self._store(app, facts, memory, turn.told, now)
        if self._metrics is not None:
            self._metrics.mail(app.state.counts(), sent, rules.per_day, overdue, is_paused=is_paused)
            holds = sum(not hold.released for hold in app.state.recall(Wanted()).holds.values())
            waiting = glance.waiting if glance else {}
            self._metrics.work(waiting, holds, standing_kinds(turn.marks), requests)
        if glance is not None:
            self._show(app, glance, memory, sent, now)

    def _store(
        self, app: App, facts: dict[str, str], memory: Remembered, told: tuple[Told, ...], now: datetime
    ) -> None:
        """What is remembered and the mails about it in one transaction, so that nobody hears twice; then send them."""
        if not told and not changed(facts, memory):
            return
        lease = app.state.acquire(app.owner, now, LEASE_SECONDS)
        if lease is None:
            return
        drafts = []
        if told:
            from bot.watching.telling import incident_drafts  # noqa: PLC0415 - seldom needed

            drafts = [draft for one in told for draft in incident_drafts(one, app.rules, self._link)]
            self._log.warning(
                "incidents", told=[one.kind for one in told], over=[o.kind for o in told if o.is_over]
            )
        messages = tuple(promised(draft, app.renderer, now, app.rules) for draft in drafts)
        try:
            app.state.commit(Commit(facts=changed(facts, memory), messages=messages), lease)
        except Conflict:
            # A state that came back from a backup: they have heard of it.
            app.state.commit(Commit(facts=changed(facts, memory)), lease)
        if messages:
            deliver(app.state, app.mailer, app.owner, app.clock, app.delivery, app.stopping)

    # ── problems that stand for long ────────────────────────────────────────────────────────────────────────

    def _problems(
        self, app: App, memory: Remembered, now: datetime
    ) -> tuple[Remembered, tuple[str, ...] | None, bool]:
        """Once an hour what stands in the Problem cells; None in between, and at first, when nothing can be old."""
        at = memory.problems_at
        if not app.rules.admins or (at is not None and at <= now < at + _HOUR):
            return memory, None, False
        memory = replace(memory, problems_at=now)
        if at is None:
            return memory, None, False
        from bot.watching.old_problems import WANTED, aged, ages_of, ages_text  # noqa: PLC0415 - once an hour

        found = app.workbook.columns(WANTED)
        seen = aged(found, ages_of(memory.problems), self._limits.problems_after, now, app.rules.language)
        return replace(memory, problems=ages_text(seen.ages)), seen.old, seen.are_new

    def _problems_told(self, memory: Remembered, now: datetime) -> Remembered:
        from bot.watching.old_problems import ages_of, ages_text, told  # noqa: PLC0415 - once an hour

        ages = told(ages_of(memory.problems), self._limits.problems_after, now)
        return replace(memory, problems=ages_text(ages))

    # ── the block in Automations ────────────────────────────────────────────────────────────────────────────

    def _show(self, app: App, glance: Glance, memory: Remembered, sent: int, now: datetime) -> None:
        """Write it when it is time, or something that matters has changed; the tab as last read tells whether it is there."""
        tab = glance.sight.snapshot.automations if glance.sight else None
        if tab is None or "status_item" not in tab.header.columns:
            return
        from bot.watching.block import Standing, block, what_matters  # noqa: PLC0415 - a tab may not have it
        from bot.watching.board import is_due, write_block  # noqa: PLC0415

        seen = app.state.recall(Wanted())
        standing = Standing(
            waiting=glance.waiting, counts=app.state.counts(), sent_today=sent, per_day=app.delivery.per_day,
            requests=app.workbook.requests(), holds=seen.holds, troubles=standing_kinds(memory.marks),
            paused=app.state.paused(), runs=seen.automations, version=bot.__version__,
        )  # fmt: skip
        matters = what_matters(standing, now)
        if matters == memory.block_of and not is_due(memory.block_at, self._settings.status, now):
            return
        # Also when it is refused, so that a protected column is not tried again and again.
        self._store(app, app.state.facts(), replace(memory, block_at=now, block_of=matters), (), now)
        write_block(app.workbook, block(standing, self._settings.status, now, app.rules))
