"""Times in words, as leads type them into the When cell, and the moments they stand for. Pure; reads no clock.

    "Fri 18:00" · "每周五 18：00" ─► When ─► latest (at or before now), following (after now)

A wall time that the clocks leave out moves forward by the gap; one that comes twice is meant the first time. What
could mean two things is not read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sheets_schema.titles import fold


class Rhythm(StrEnum):
    """How often a time comes back."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"  #: in January, April, July and October


@dataclass(frozen=True)
class When:
    """A time that comes back, by the team's clocks."""

    rhythm: Rhythm
    hour: int
    minute: int
    #: Day of the week, Monday being 1, or of the month, of which a short one has only its last; 0 for any day.
    day: int = 0


_DAY = timedelta(days=1)
_MORNING = ("am", "上午", "早上", "凌晨")
_AFTERNOON = ("pm", "下午", "晚上")
_HALVES = "|".join((*_MORNING, *_AFTERNOON))
_CLOCK = re.compile(
    rf"(?<!\d)(?P<before>{_HALVES})? ?(?P<hour>\d{{1,2}})"
    r"(?: ?: ?(?P<minute>\d\d)(?::00)?(?!\d)| ?[点點时時] ?(?:整|(?P<half>半)|(?P<past>\d{1,2}) ?分?)?|(?= ?[ap]m))"
    r" ?(?P<after>am|pm)?(?![a-z\d])"
)
_BETWEEN = re.compile(r"\bat\b|[ ,、]")
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "mon monday mondays 一 1",
            "tue tues tuesday tuesdays 二 2",
            "wed weds wednesday wednesdays 三 3",
            "thu thur thurs thursday thursdays 四 4",
            "fri friday fridays 五 5",
            "sat saturday saturdays 六 6",
            "sun sunday sundays 日 天 7",
        ),
        1,
    )
    for word in words.split()
}
_ENGLISH_DAYS = "|".join(word for word in _WEEKDAYS if word.isalpha() and word.isascii())
#: The words beside the time of day, without blanks and commas; the first group is a day where there is one.
_FORMS = tuple(
    (rhythm, re.compile(form))
    for rhythm, form in (
        (Rhythm.DAILY, r"(?:daily|(?:every|each)day|每[天日])"),
        (Rhythm.WEEKDAYS, r"(?:(?:on|every|each)?(?:weekdays?|workdays?|workingdays?)|每?个?工作日)"),
        (Rhythm.WEEKLY, rf"(?:weekly)?(?:on|every|each)?({_ENGLISH_DAYS})"),
        (Rhythm.WEEKLY, r"每?个?(?:周|週|星期|礼拜|禮拜)([一二三四五六日天1-7])"),
        (Rhythm.MONTHLY, r"(?:monthly|(?:every|each)month)?(?:on)?(?:the)?day(\d{1,2})(?:of(?:every|each|the)month)?"),
        (Rhythm.MONTHLY, r"每个?月第?(\d{1,2})[日号號天]"),
        (Rhythm.QUARTERLY, r"(?:quarterly|(?:every|each)quarter)(?:on)?(?:the)?day(\d{1,2})"),
        (Rhythm.QUARTERLY, r"每个?季度?(?:首月|第一个月)?第?(\d{1,2})[日号號天]"),
    )
)  # fmt: skip


def read_when(text: str) -> When | None:
    """The time that these words name, in English or Chinese; None when they name none or could name two."""
    plain = fold(text).replace("a.m.", "am").replace("p.m.", "pm")
    clocks = list(_CLOCK.finditer(plain))
    if len(clocks) != 1:
        return None
    clock = clocks[0]
    hour_and_minute = _time_of_day(clock)
    words = _BETWEEN.sub("", f"{plain[: clock.start()]} {plain[clock.end() :]}")
    for rhythm, form in _FORMS:
        found = form.fullmatch(words)
        if found is not None and hour_and_minute is not None:
            day = _day(found.group(1)) if form.groups else 0
            valid = rhythm in (Rhythm.DAILY, Rhythm.WEEKDAYS) or 1 <= day <= 31
            return When(rhythm, *hour_and_minute, day) if valid else None
    return None


def _day(word: str) -> int:
    return _WEEKDAYS[word] if word in _WEEKDAYS else int(word)


def _time_of_day(clock: re.Match[str]) -> tuple[int, int] | None:
    hour = int(clock["hour"])
    minute = 30 if clock["half"] else int(clock["minute"] or clock["past"] or 0)
    halves = {half for half in (clock["before"], clock["after"]) if half}
    if len(halves) > 1:
        return None
    for half in halves:
        if half == "晚上" and not 5 <= hour <= 11 and hour < 17:
            # "晚上12点" and "晚上1点" are of the day before or of the day after: nobody can tell.
            return None
        if half in _MORNING:
            # "上午18:00" is a slip.
            hour = hour % 12 if hour <= 12 else 24
        elif 1 <= hour <= 12:
            hour = hour % 12 + 12
        elif half == "pm" or hour == 0:
            # "下午18:00" is said and clear; "18 pm" is a slip.
            return None
    return (hour, minute) if 0 <= hour <= 23 and minute <= 59 else None


def latest(when: When, now: datetime, zone: ZoneInfo) -> datetime:
    """The last moment (UTC) at or before now that the words name."""
    # A gap can carry a wall time into the next day, and a zone can leave a whole day out.
    day = now.astimezone(zone).date() + 2 * _DAY
    while not (_falls_on(when, day) and _moment(when, day, zone) <= now):
        day -= _DAY
    return _moment(when, day, zone)


def following(when: When, now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) after now that the words name."""
    day = now.astimezone(zone).date() - 2 * _DAY
    while not (_falls_on(when, day) and _moment(when, day, zone) > now):
        day += _DAY
    return _moment(when, day, zone)


def _falls_on(when: When, day: date) -> bool:
    match when.rhythm:
        case Rhythm.DAILY:
            return True
        case Rhythm.WEEKDAYS:
            return day.isoweekday() <= 5
        case Rhythm.WEEKLY:
            return day.isoweekday() == when.day
        case Rhythm.MONTHLY | Rhythm.QUARTERLY:
            in_turn = when.rhythm is Rhythm.MONTHLY or day.month % 3 == 1
            return in_turn and day.day == min(when.day, monthrange(day.year, day.month)[1])


def _moment(when: When, day: date, zone: ZoneInfo) -> datetime:
    # Fold 0 is the first of two equal wall times; where there is none it counts by the clocks before the gap, which
    # is the moment moved forward by it (PEP 495).
    return datetime.combine(day, time(when.hour, when.minute), zone).astimezone(UTC)
