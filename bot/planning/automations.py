"""What the Automations tab asks for: how each automation stands now, which runs begin, which weeks are over.

    rows × RunsSeen × now ─► standings ─► weeks over and running ─► runs begun (due, asked for, again for those who failed)

What is due follows from what is remembered, never from when somebody happened to look; so a restart, a late start or a
clock that is put right neither repeats a run nor forgets one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.planning.catalog import Catalog, is_address
from bot.planning.due import (
    Weeks,
    due_runs,
    fits,
    latest_begun,
    latest_due,
    named_now,
    usual_when,
    weeks_seen,
)
from bot.planning.rules import Rules
from bot.planning.runs import Run, RunFailure, RunsSeen, Standing
from bot.planning.sightings import Row, TabSnapshot
from bot.planning.whens import latest
from sheets_schema.automations import (
    ALL_AUTOMATIONS,
    DIGEST,
    NOTICES,
    PURCHASE_MAIL,
    RELEASE,
    SURVEY,
    Automation,
    automation_of,
)
from sheets_schema.cells import Unreadable, read_checkbox, read_datetime
from sheets_schema.titles import fold

#: A run begun later than this after it was due says so.
LATE = timedelta(minutes=15)
#: A tick so soon after a run began is taken for a second press of the same button.
SAME_PRESS = timedelta(minutes=2)
#: After a lost memory nothing is made up that is older than this.
LONGEST_ABSENCE = timedelta(weeks=10)
#: People whose address has turned up are not tried more often than this for one run.
MOST_ATTEMPTS = 10
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class AutomationRow:
    """One row of the Automations tab that names an automation."""

    automation: Automation
    row: Row
    on: bool
    #: As typed; "" when blank.
    when: str
    run_now: bool
    #: UTC; None when the cell is blank or holds no moment.
    next_run: datetime | None = None
    last_run: datetime | None = None


@dataclass(frozen=True)
class Automated:
    """What follows for automations from one look."""

    #: All of them, those that are as they were remembered included.
    standings: Mapping[str, Standing] = field(default_factory=dict)
    #: Runs to store; those with an id in `begun` are new.
    runs: tuple[Run, ...] = ()
    begun: frozenset[str] = frozenset()
    weeks: Weeks | None = None
    #: False while the purchase mail is switched off.
    purchase_mail: bool = True
    #: Keys of automations that follow events and are switched off.
    switched_off: frozenset[str] = frozenset()
    #: Somebody has just ticked that everything be let go that is held.
    released: bool = False


def automation_rows(tab: TabSnapshot | None, rules: Rules) -> tuple[AutomationRow, ...] | None:
    """The rows that name an automation, in sheet order; None when the tab is missing or its titles are broken."""
    if tab is None or tab.header.problems:
        return None
    named = ((automation_of(row.text("automation")), row) for row in tab.rows)
    return tuple(_row_of(automation, row, rules) for automation, row in named if automation is not None)


def counting(rows: Sequence[AutomationRow]) -> dict[str, AutomationRow]:
    """Of each automation the first row, which is the one that counts."""
    return {row.automation.key: row for row in reversed(rows)}


def _row_of(automation: Automation, row: Row, rules: Rules) -> AutomationRow:
    return AutomationRow(
        automation,
        row,
        on=_is_ticked(row, "on"),
        when=row.text("when"),
        run_now=_is_ticked(row, "run_now"),
        next_run=_moment(row, "next_run", rules),
        last_run=_moment(row, "last_run", rules),
    )


def _is_ticked(row: Row, key: str) -> bool:
    return key in row.cells and read_checkbox(row.cells[key]) is True


def _moment(row: Row, key: str, rules: Rules) -> datetime | None:
    shown = read_datetime(row.cells[key]) if key in row.cells else None
    if shown is None or isinstance(shown, Unreadable):
        return None
    return shown.replace(tzinfo=rules.timezone).astimezone(UTC)


def automate(
    rows: Sequence[AutomationRow] | None,
    seen: RunsSeen,
    catalog: Catalog | None,
    now: datetime,
    rules: Rules,
    *,
    marked: bool = False,
    lost: bool = False,
) -> Automated:
    """Decide everything that follows for automations from these rows; None means that they cannot be read.

    `marked`: the workbook carries the bot's marker, so its cells may be the bot's own. `lost`: and yet nothing is
    remembered of it.
    """
    first = counting(rows) if rows is not None else None
    standings: dict[str, Standing] = dict(seen.standings)
    taken: list[str] = []
    for automation in ALL_AUTOMATIONS:
        key = automation.key
        row, before = (first.get(key) if first is not None else None), seen.standings.get(key)
        if row is not None and before is not None:
            standings[key] = _stands(row, before, seen, now, rules)
        elif row is not None:
            standings[key] = _met(row, now, rules, marked=marked, lost=lost)
        elif before is not None and first is not None:
            # Its row was deleted: that is one more way to switch it off.
            standings[key] = replace(before, on=False, ticked=False)
        if row is not None and row.run_now and not standings[key].ticked:
            standings[key] = replace(standings[key], ticked=True)
            taken.append(key)
    weeks = weeks_seen(standings, seen, now, rules)
    begun: list[Run] = []
    if first is not None:
        begun += _fallen_due(standings, seen, weeks, now, rules)
        begun += _asked_for(taken, begun, seen, weeks, now, rules)
    again = tuple(_begun_again(begun, seen, catalog, now)) if first is not None else ()
    return Automated(
        standings,
        (*begun, *again),
        frozenset(run.id for run in begun),
        weeks,
        _is_on(PURCHASE_MAIL, first, standings),
        frozenset(one.key for one in (NOTICES, SURVEY) if not _is_on(one, first, standings)),
        RELEASE.key in taken,
    )


def _is_on(
    automation: Automation, first: Mapping[str, AutomationRow] | None, standings: Mapping[str, Standing]
) -> bool:
    """What follows events stops only where a row says so; without a row nobody has switched it off."""
    if first is not None and automation.key not in first:
        return True
    standing = standings.get(automation.key)
    return standing is None or standing.on


# ── how it stands ───────────────────────────────────────────────────────────────────────────────────────────


def _stands(row: AutomationRow, before: Standing, seen: RunsSeen, now: datetime, rules: Rules) -> Standing:
    """The standing as this row changes it: what fell due while it was off, or by other words, is not made up."""
    automation = row.automation
    when = row.when if fits(automation, row.when) else before.when
    was, now_is = fits(automation, before.when), fits(automation, when)
    since = before.since
    if since > now:
        # The clock was put back. What has been begun stays begun; what was only passed over may yet come.
        since = max(now, min(since, latest_due(automation.key, seen) or now))
    if now_is is not None and now_is != was:
        since = now
    elif now_is is not None and row.on and not before.on:
        # A digest of last night's time may have been due this morning.
        since = max(since, now if automation is DIGEST else latest(now_is, now, rules.timezone))
    return Standing(automation.key, when, row.on, since, before.ticked and row.run_now)


def _met(row: AutomationRow, now: datetime, rules: Rules, *, marked: bool, lost: bool) -> Standing:
    """The standing of an automation that is seen for the first time, or for the first time since memory was lost.

    Then the bot's own cells are its memory: a next run that is past was never begun, or it would show another; what
    was ticked may have been taken.
    """
    when = row.when if fits(row.automation, row.when) else usual_when(row.automation, rules)
    since = now
    if marked and row.next_run is not None:
        since = min(now, row.next_run - _INSTANT)
    elif marked and row.last_run is not None:
        since = min(now, row.last_run)
    if marked and row.last_run is not None:
        since = max(since, min(now, row.last_run))
    met_before = marked and (lost or row.next_run is not None or row.last_run is not None)
    return Standing(
        row.automation.key, when, row.on, max(since, now - LONGEST_ABSENCE), ticked=met_before and row.run_now
    )


# ── what begins ─────────────────────────────────────────────────────────────────────────────────────────────


def _fallen_due(
    standings: dict[str, Standing], seen: RunsSeen, weeks: Weeks, now: datetime, rules: Rules
) -> list[Run]:
    """Runs whose time has come; the standings remember that it has been dealt with."""
    begun: list[Run] = []
    for key, standing in standings.items():
        due = due_runs(standing, seen, weeks, now, rules)
        if not due:
            continue
        standings[key] = replace(standing, since=max(standing.since, *(moment for _, moment in due)))
        for period, moment in due:
            at = _begun_at(key, begun, seen, now)
            late = at - moment > LATE
            begun.append(Run(f"{key}:{period}", key, period, moment, at, late=late))
    return begun


def _asked_for(
    taken: Sequence[str], begun: Sequence[Run], seen: RunsSeen, weeks: Weeks, now: datetime, rules: Rules
) -> list[Run]:
    """Runs of ticks that were taken; a tick during a run, or right after it began, joins it."""
    asked: list[Run] = []
    for key in taken:
        period = named_now(key, weeks, now, rules)
        theirs = [run for run in (*seen.runs.values(), *begun) if run.automation == key]
        if not period or any(
            run.done_at is None or timedelta(0) <= now - run.begun_at < SAME_PRESS for run in theirs
        ):
            continue
        numbers = [int(run.id.rpartition(".r")[2]) for run in theirs if run.asked and run.period == period]
        run_id = f"{key}:{period}.r{max(numbers, default=0) + 1}"
        asked.append(Run(run_id, key, period, now, _begun_at(key, begun, seen, now), asked=True))
    return asked


def _begun_at(key: str, begun: Sequence[Run], seen: RunsSeen, now: datetime) -> datetime:
    """Now, or behind the last one: the order in which runs began outlives a clock that is put back."""
    theirs = [run.begun_at for run in (*seen.runs.values(), *begun) if run.automation == key]
    return max([now, *(moment + _INSTANT for moment in theirs)])


def _begun_again(begun: Sequence[Run], seen: RunsSeen, catalog: Catalog | None, now: datetime) -> list[Run]:
    """The last run of each automation, for those alone it could not write to, when that may have changed."""
    again: list[Run] = []
    for key in {run.automation for run in seen.runs.values()} - {run.automation for run in begun}:
        run = latest_begun(key, seen)
        if run is None or run.done_at is None or not run.failures:
            continue
        is_time = run.retry_at is not None and run.retry_at <= now
        found = any(_has_address_now(failure, catalog) for failure in run.failures)
        if is_time or (found and run.attempts < MOST_ATTEMPTS):
            again.append(replace(run, done_at=None, retry_at=None, attempts=run.attempts + 1))
    return sorted(again, key=lambda run: run.id)


def _has_address_now(failure: RunFailure, catalog: Catalog | None) -> bool:
    """Whether every active member of this name has an address by now, and not the one that was no good."""
    if catalog is None or failure.why not in ("no_email", "bad_email"):
        return False
    members = [m for m in catalog.members.get(fold(failure.name), ()) if m.active]
    return bool(members) and all(is_address(m.email) and fold(m.email) != fold(failure.who) for m in members)
