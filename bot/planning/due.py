"""When automations are due, and which weeks are over, from what is remembered of them.

Standing × RunsSeen × now ─► Weeks ─► (period, moment) of every run whose time has come, and the moment of the next
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, takewhile

from bot.planning.hours import is_workday, next_open
from bot.planning.periods import (
    Period,
    month_before,
    month_of,
    quarter_before,
    quarter_of,
    week_after,
    weeks_to_close,
)
from bot.planning.rules import Rules
from bot.planning.runs import Run, RunsSeen, Standing
from bot.planning.whens import Rhythm, When, following, latest, read_when
from sheets_schema.automations import (
    ALL_AUTOMATIONS,
    DIGEST,
    MONTHLY,
    TIER_REVIEW,
    WEEKLY_PERSONAL,
    WEEKLY_TEAM,
    Automation,
)

_RHYTHMS = {
    WEEKLY_PERSONAL.key: frozenset({Rhythm.WEEKLY}),
    WEEKLY_TEAM.key: frozenset({Rhythm.WEEKLY}),
    DIGEST.key: frozenset({Rhythm.DAILY, Rhythm.WEEKDAYS}),
    MONTHLY.key: frozenset({Rhythm.MONTHLY}),
    TIER_REVIEW.key: frozenset({Rhythm.QUARTERLY}),
}
_BY_KEY = {automation.key: automation for automation in ALL_AUTOMATIONS}
_INSTANT = timedelta(microseconds=1)
#: Nowhere are there so many days on end without a working day.
_MOST_DAYS = 60
#: After this many days nobody looks for the next digest: the clock was put back by more than that.
_FARTHEST = 400


@dataclass(frozen=True)
class Weeks:
    """The weeks that matter now, each beginning where the one before it ends."""

    #: The last closed one; None when there is none yet.
    last: Period | None
    #: Over and not closed, oldest first.
    closing: tuple[Period, ...]
    current: Period
    #: The one after the running week.
    coming: Period


def fits(automation: Automation, words: str) -> When | None:
    """The time that these words name, when it is one this automation can have: a weekly report's is once a week."""
    when = read_when(words)
    return when if when is not None and when.rhythm in _RHYTHMS.get(automation.key, ()) else None


def usual_when(automation: Automation, rules: Rules) -> str:
    """The time in words that `init` writes; "" for one that follows events and not the clock."""
    return automation.when.get(rules.language, "")


def latest_begun(key: str, seen: RunsSeen) -> Run | None:
    """The run of this automation that was begun last."""
    theirs = [run for run in seen.runs.values() if run.automation == key]
    return max(theirs, key=lambda run: (run.begun_at, run.id), default=None)


def latest_due(key: str, seen: RunsSeen) -> datetime | None:
    """When the last run fell due that has been begun."""
    return max((run.due_at for run in _scheduled(key, seen)), default=None)


def _scheduled(key: str, seen: RunsSeen) -> list[Run]:
    return [run for run in seen.runs.values() if run.automation == key and not run.asked]


def weeks_seen(standings: Mapping[str, Standing], seen: RunsSeen, now: datetime, rules: Rules) -> Weeks:
    """The weeks, cut by the time of the weekly personal report whether it is on or off."""
    zone = rules.timezone
    standing = standings.get(WEEKLY_PERSONAL.key)
    since = standing.since if standing is not None else now
    cutoff = _when_of(WEEKLY_PERSONAL, standing, rules)
    mark = seen.last_week
    last = Period(mark.id, mark.start, mark.end) if mark is not None else None
    over = list(weeks_to_close(last, cutoff, since, now, zone)) if standing is not None else []
    begun = _weeks_begun(seen, last)
    if not begun.keys() <= {week.id for week in over}:
        # Reports of these weeks are under way, so they end as they did then, wherever the cutoff is by now.
        over = []
        before = last
        for name, end in sorted(begun.items()):
            start = before.end if before is not None else latest(cutoff, end - _INSTANT, zone)
            before = Period(name, start, end)
            over.append(before)
        over += weeks_to_close(before, cutoff, since, now, zone)
    current = week_after(over[-1] if over else last, cutoff, since, zone)
    if standing is None and last is None:
        current = week_after(None, cutoff, now, zone)
    return Weeks(last, tuple(over), current, week_after(current, cutoff, since, zone))


def _weeks_begun(seen: RunsSeen, last: Period | None) -> dict[str, datetime]:
    """Name and end of the weeks that are not closed although runs report them, as these runs know them."""
    runs = [*_scheduled(WEEKLY_TEAM.key, seen), *_scheduled(WEEKLY_PERSONAL.key, seen)]
    return {run.period: run.due_at for run in runs if last is None or run.period > last.id}


def _when_of(automation: Automation, standing: Standing | None, rules: Rules) -> When:
    when = fits(automation, standing.when) if standing is not None else None
    when = when or fits(automation, usual_when(automation, rules))
    assert when is not None, automation.key  # noqa: S101 - the schema's own words are readable
    return when


def due_runs(
    standing: Standing, seen: RunsSeen, weeks: Weeks, now: datetime, rules: Rules
) -> list[tuple[str, datetime]]:
    """Name of the period and moment of each run whose time has come since, oldest first; of months only the last."""
    key = standing.automation
    if not standing.on or key not in _RHYTHMS:
        return []
    if key == DIGEST.key and next_open(now, rules) > now:
        # Whoever were told at night or on a holiday would be told again in the morning.
        return []
    known = max((run.period for run in _scheduled(key, seen)), default="")
    return [
        (period, moment)
        for period, moment in _turns(standing, weeks, now, rules)
        if standing.since < moment <= now and period > known
    ]


def next_due(
    standing: Standing, seen: RunsSeen, weeks: Weeks, now: datetime, rules: Rules
) -> datetime | None:
    """When the next run falls due; None while the automation is off or follows no clock."""
    key = standing.automation
    if not standing.on or key not in _RHYTHMS:
        return None
    known = max((run.period for run in _scheduled(key, seen)), default="")
    after = max(now, standing.since)
    if key in (WEEKLY_PERSONAL.key, WEEKLY_TEAM.key):
        turns = _turns(standing, weeks, now, rules)
        return min((moment for period, moment in turns if moment > after and period > known), default=None)
    when = _when_of(_BY_KEY[key], standing, rules)
    if key == DIGEST.key:
        return next((m for m in _digests(when, now, rules) if m > after and _day_of(m, rules) > known), None)
    moment = following(when, after, rules.timezone)
    while _period_before(key, moment, rules).id <= known:
        moment = following(when, moment, rules.timezone)
    return moment


def next_turn(seen: RunsSeen, now: datetime, rules: Rules) -> datetime | None:
    """When the next run falls due, somebody is tried again, or the running week ends; None before any is known."""
    if not seen.standings:
        return None
    weeks = weeks_seen(seen.standings, seen, now, rules)
    turns = [weeks.current.end, *(next_due(s, seen, weeks, now, rules) for s in seen.standings.values())]
    turns += [run.retry_at for run in seen.runs.values() if run.failures]
    return min((moment for moment in turns if moment is not None and moment > now), default=None)


def digest_over(message_id: str, now: datetime, rules: Rules) -> bool:
    """Whether this is the mail of a digest whose day has no open hour left: the next day's tells what still holds."""
    automation, _, day = message_id.partition(":")
    return automation == DIGEST.key and day[:10] < _day_of(next_open(now, rules), rules)


def named_now(key: str, weeks: Weeks, now: datetime, rules: Rules) -> str:
    """The period that a run asked for now reports, as far as it has come; "" for what does not run."""
    today = rules.today(now)
    match key:
        case WEEKLY_PERSONAL.key | WEEKLY_TEAM.key:
            return weeks.current.id
        case DIGEST.key:
            # What is asked for at night is read in the morning, and is that day's.
            return _day_of(next_open(now, rules), rules)
        case MONTHLY.key:
            return month_of(today, rules.timezone).id
        case TIER_REVIEW.key:
            return quarter_of(today, rules.timezone).id
        case _:
            return ""


def _turns(standing: Standing, weeks: Weeks, now: datetime, rules: Rules) -> list[tuple[str, datetime]]:
    """Periods and the moments at which their runs fall due, as far as they matter now."""
    key = standing.automation
    known = [week for week in (weeks.last, *weeks.closing, weeks.current, weeks.coming) if week is not None]
    match key:
        case WEEKLY_PERSONAL.key:
            return [(week.id, week.end) for week in known]
        case WEEKLY_TEAM.key:
            when = _when_of(WEEKLY_TEAM, standing, rules)
            # A team's report waits for its own time, but never so long that the next week is over.
            return [
                (week.id, min(following(when, week.end - _INSTANT, rules.timezone), after.end))
                for week, after in pairwise(known)
            ]
        case DIGEST.key:
            # Only today's: what was to be looked at yesterday is not news, and what still is comes with the next one.
            today = f"{rules.today(now)}"
            moments = takewhile(lambda m: m <= now, _digests(_when_of(DIGEST, standing, rules), now, rules))
            return [(today, moment) for moment in moments if _day_of(moment, rules) == today][-1:]
        case _:
            moment = latest(_when_of(_BY_KEY[key], standing, rules), now, rules.timezone)
            return [(_period_before(key, moment, rules).id, moment)]


def _period_before(key: str, moment: datetime, rules: Rules) -> Period:
    day = rules.today(moment)
    before = month_before if key == MONTHLY.key else quarter_before
    return before(day, rules.timezone)


def _digests(when: When, now: datetime, rules: Rules) -> Iterator[datetime]:
    """The moments of digests from the last working day before now on: this time, moved on to open hours."""
    zone = rules.timezone
    moment = latest(when, now, zone)
    for _ in range(_MOST_DAYS):
        if is_workday(rules.today(moment), rules):
            break
        moment = latest(when, moment - _INSTANT, zone)
    for _ in range(_FARTHEST):
        if is_workday(rules.today(moment), rules):
            yield next_open(moment, rules)
        moment = following(when, moment, zone)


def _day_of(moment: datetime, rules: Rules) -> str:
    return f"{rules.today(moment)}"
