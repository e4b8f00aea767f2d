"""When mail may leave that can wait: quiet hours and working days. Pure; reads no clock.

    now ─► on a working day and outside the quiet hours? ─► at once
                            └─ no ─► the next moment at which the team's clocks say so

Clocks are read literally: where an hour comes twice, it is quiet twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.lean_imports import without_siblings
from bot.planning.rules import Rules

if TYPE_CHECKING:
    from holidays import HolidayBase

_SPAN = re.compile(r"(\d{1,2}):(\d\d) ?[-–] ?(\d{1,2}):(\d\d)")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_WEEK = "mon-fri"
#: Nowhere are there so many days on end without a working day.
_MOST_DAYS = 60


def quiet_hours(text: str) -> tuple[time, time] | None:
    """The two times of day in "20:00-08:00"; None when the text names no such span."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    try:
        start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    except ValueError:
        return None
    return (start, end) if start != end else None


def are_workdays(text: str) -> bool:
    """Whether the config may name working days so: "Mon-Fri", a country's two letters, or "" for every day."""
    plain = text.strip().casefold()
    return plain in ("", _WEEK) or (len(plain) == 2 and _is_country(plain.upper()))


def is_workday(day: date, rules: Rules) -> bool:
    """Whether people work on this day; a year that the country's calendar does not know has only its weekends."""
    plain = rules.hours.workdays.strip().casefold()
    if not plain:
        return True
    if plain == _WEEK:
        return day.isoweekday() <= 5
    return _calendar(plain.upper()).is_working_day(day)


def waits(kind: str, rules: Rules) -> bool:
    """Whether mail of this kind heeds the hours at all."""
    return not kind.startswith("purchase_") and kind not in rules.hours.exempt


def next_open(now: datetime, rules: Rules) -> datetime:
    """The first moment (UTC) at or after now that lies on a working day and outside the quiet hours.

    Now itself where there is none for two months: mail that waits for ever would be lost.
    """
    now = now.astimezone(UTC)
    if _is_open(now, rules):
        return now
    yesterday = rules.today(now) - _DAY
    for days in range(_MOST_DAYS):
        day = yesterday + days * _DAY
        for moment in sorted(_turns(day, rules)):
            if moment >= now and _is_open(moment, rules):
                return moment
    return now


def leaves_at(kind: str, now: datetime, rules: Rules) -> datetime | None:
    """When (UTC) mail of this kind may leave that is owed now; None = at once."""
    if not waits(kind, rules):
        return None
    moment = next_open(now, rules)
    return moment if moment > now else None


def after_workdays(moment: datetime, count: int, rules: Rules) -> datetime:
    """The same time of day so many working days later, moved on to when mail may leave (UTC)."""
    clocks = moment.astimezone(rules.timezone)
    day = clocks.date()
    for _ in range(count):
        day = _next_workday(day, rules)
    later = datetime.combine(day, clocks.time(), rules.timezone) if count else moment
    return next_open(later, rules)


def _next_workday(day: date, rules: Rules) -> date:
    for days in range(1, _MOST_DAYS):
        if is_workday(day + days * _DAY, rules):
            return day + days * _DAY
    return day + _DAY


def _is_open(moment: datetime, rules: Rules) -> bool:
    clocks = moment.astimezone(rules.timezone)
    return not _is_quiet(clocks.time(), rules) and is_workday(clocks.date(), rules)


def _is_quiet(clock: time, rules: Rules) -> bool:
    if rules.hours.quiet is None:
        return False
    start, end = rules.hours.quiet
    return start <= clock < end if start < end else not end <= clock < start


def _turns(day: date, rules: Rules) -> Iterator[datetime]:
    """The moments of this day at which mail may begin to leave: where it starts, where quiet ends, a clock change."""
    zone = rules.timezone
    walls = [time(), *([rules.hours.quiet[1]] if rules.hours.quiet else [])]
    moments = [datetime.combine(day, wall, zone).replace(fold=fold) for wall in walls for fold in (0, 1)]
    begin, end = (datetime.combine(d, time(), zone).astimezone(UTC) for d in (day, day + _DAY))
    changed = _clock_change(begin - _DAY / 2, end + _DAY / 2, zone)
    for moment in (*moments, *changed):
        at = moment.astimezone(UTC)
        # A wall time that the clocks leave out may come to lie on another day.
        if at.astimezone(zone).date() == day:
            yield at


def _clock_change(begin: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moment in between at which the clocks are changed, if they are."""
    before = begin.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == before:
        return ()
    while end - begin > _SECOND:
        middle = (begin + (end - begin) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            begin = middle
        else:
            end = middle
    return (end,)


# The calendars are imported where a country is named, and of them that country's alone: all of them are three times
# as much memory (9 MiB against 3), which an idle worker would hold for ever.


@cache
def _is_country(code: str) -> bool:
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    return any(code in names[1:] for names in COUNTRIES.values())


@cache
def _calendar(country: str) -> HolidayBase:
    with without_siblings("holidays.countries"):
        from holidays import country_holidays  # noqa: PLC0415

        return country_holidays(country)
