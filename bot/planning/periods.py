"""Days, weeks, months and quarters as half-open windows of time, named as people name them. Pure; reads no clock.

A week reaches from one cutoff to the next, and its windows leave no gap: each begins where the last closed one ends,
however often the cutoff is moved. A week's name is used once: a cutoff moved to a later day of a week that is closed
already ends the week after it, which is longer by so much.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.planning.runs import WeekMark
from bot.planning.whens import When, following, latest

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Period:
    """A named window, half-open: `start` belongs to it and `end` does not. Both are UTC."""

    #: "2026-W47" (the ISO week of the team's day on which it ends), "2026-11", "2026-Q4" or "2026-11-28".
    id: str
    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.start <= moment < self.end


def week_id(day: date) -> str:
    """The name of the ISO week this day lies in: 2027-01-01 is in 2026-W53."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_after(last: WeekMark | Period | None, cutoff: When, since: datetime, zone: ZoneInfo) -> Period:
    """The week that follows this closed one, or the first; it never ends before `since`.

    `since` is the moment from which the cutoff counts: when the bot met the workbook, or a lead moved the cutoff.
    """
    if last is None:
        start, end = latest(cutoff, since, zone), following(cutoff, since, zone)
        return Period(_week_of(end, zone), start, end)
    end = following(cutoff, max(last.end, since - _INSTANT), zone)
    while _week_of(end, zone) <= last.id:
        end = following(cutoff, end, zone)
    return Period(_week_of(end, zone), last.end, end)


def weeks_to_close(
    last: WeekMark | Period | None, cutoff: When, since: datetime, now: datetime, zone: ZoneInfo
) -> tuple[Period, ...]:
    """Every week that is over and not closed, oldest first; none that ended before `since`."""
    over: list[Period] = []
    week = week_after(last, cutoff, since, zone)
    while week.end <= now:
        over.append(week)
        week = week_after(week, cutoff, since, zone)
    return tuple(over)


def day_of(day: date, zone: ZoneInfo) -> Period:
    """This day, from midnight to midnight by the zone's clocks."""
    return Period(f"{day}", _midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def month_of(day: date, zone: ZoneInfo) -> Period:
    """The month this day lies in, from midnight to midnight by the zone's clocks."""
    return _months(f"{day:%Y-%m}", date(day.year, day.month, 1), 1, zone)


def month_before(day: date, zone: ZoneInfo) -> Period:
    """The month before the one this day lies in."""
    return month_of(day.replace(day=1) - timedelta(days=1), zone)


def quarter_of(day: date, zone: ZoneInfo) -> Period:
    """The quarter of the year this day lies in, from midnight to midnight by the zone's clocks."""
    quarter = (day.month - 1) // 3
    return _months(f"{day.year:04d}-Q{quarter + 1}", date(day.year, quarter * 3 + 1, 1), 3, zone)


def quarter_before(day: date, zone: ZoneInfo) -> Period:
    """The quarter before the one this day lies in."""
    return quarter_of(quarter_of(day, zone).start.astimezone(zone).date() - timedelta(days=1), zone)


def _months(name: str, first: date, count: int, zone: ZoneInfo) -> Period:
    year, month = divmod(first.month - 1 + count, 12)
    return Period(name, _midnight(first, zone), _midnight(date(first.year + year, month + 1, 1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _week_of(end: datetime, zone: ZoneInfo) -> str:
    return week_id(end.astimezone(zone).date())
