"""Functions of dates and times, which are serials: days since 1899-12-30, the time of day as the fraction."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Callable

from bot.desk.display import EPOCH, serial
from bot.desk.formulas.functions.kinds import Function, Scene, plain
from bot.desk.formulas.values import BAD_NUMBER, BAD_VALUE, Failed, Value, number, typed_number

LAST_DAY = 2_958_465  #: 9999-12-31


def moment(scene: Scene, value: Value) -> dt.datetime:
    """A serial as wall clock, to the second; an error outside of what dates there are."""
    days = number(value, scene.locale)
    if not 0 <= days <= LAST_DAY + 1:
        raise Failed(BAD_NUMBER)
    return EPOCH + dt.timedelta(seconds=round(days * 86400))


def _day(scene: Scene, value: Value) -> dt.datetime:
    """The day a serial is in."""
    return moment(scene, math.floor(number(value, scene.locale)))


def _part(of: Callable[[dt.datetime], int], of_day: bool) -> Callable[..., Value]:
    return lambda scene, value: of((_day if of_day else moment)(scene, value))


def date(scene: Scene, year: Value, month: Value, day: Value) -> Value:
    """DATE: months and days beyond their ends run on; years below 1900 count from 1900."""
    years, months, days = (math.floor(number(one, scene.locale)) for one in (year, month, day))
    if years < 0:
        return BAD_NUMBER
    return _from_parts(years + 1900 if years < 1900 else years, months, days)


def _from_parts(years: int, months: int, days: int) -> Value:
    ahead, month = divmod(months - 1, 12)
    if not 1899 <= years + ahead <= 9999:
        return BAD_NUMBER
    found = serial(dt.datetime(years + ahead, month + 1, 1)) + days - 1  # noqa: DTZ001 - wall clock
    return found if 0 <= found <= LAST_DAY else BAD_NUMBER


def time(scene: Scene, hours: Value, minutes: Value, seconds: Value) -> Value:
    """TIME: the fraction of a day."""
    h, m, s = (math.floor(number(one, scene.locale)) for one in (hours, minutes, seconds))
    whole = h * 3600 + m * 60 + s
    return whole % 86400 / 86400 if whole >= 0 else BAD_NUMBER


def weekday(scene: Scene, value: Value, kind: Value = 1) -> Value:
    """WEEKDAY: type 1 counts from Sunday = 1, 2 from Monday = 1, 3 from Monday = 0."""
    from_monday = _day(scene, value).weekday()
    counted = {1: (from_monday + 1) % 7 + 1, 2: from_monday + 1, 3: from_monday}
    return counted.get(int(number(kind, scene.locale)), BAD_NUMBER)


def _months_on(scene: Scene, value: Value, months: Value) -> tuple[int, int, int]:
    start = _day(scene, value)
    ahead, month = divmod(start.month - 1 + int(number(months, scene.locale)), 12)
    if not 1899 <= start.year + ahead <= 9999:
        raise Failed(BAD_NUMBER)
    return start.year + ahead, month + 1, start.day


def months_later(scene: Scene, value: Value, months: Value) -> Value:
    """EDATE: the same day some months on, or that month's last."""
    year, month, day = _months_on(scene, value, months)
    return _from_parts(year, month, min(day, calendar.monthrange(year, month)[1]))


def end_of_month(scene: Scene, value: Value, months: Value) -> Value:
    """EOMONTH."""
    year, month, _ = _months_on(scene, value, months)
    return _from_parts(year, month, calendar.monthrange(year, month)[1])


def days_between(scene: Scene, end: Value, start: Value) -> Value:
    """DAYS: whole days from the start to the end."""
    return math.floor(number(end, scene.locale)) - math.floor(number(start, scene.locale))


def date_value(scene: Scene, value: Value) -> Value:
    """DATEVALUE: the day a text would be if typed."""
    read = typed_number(value, scene.locale) if isinstance(value, str) else None
    if read is None or not any(mark in str(value) for mark in "-/.年"):
        return BAD_VALUE
    return math.floor(read)


FUNCTIONS: dict[str, Function] = {
    "DATE": plain(date, 3),
    "TIME": plain(time, 3),
    "TODAY": plain(lambda scene: math.floor(serial(scene.now)), 0),
    "NOW": plain(lambda scene: serial(scene.now), 0),
    "YEAR": plain(_part(lambda at: at.year, True), 1),
    "MONTH": plain(_part(lambda at: at.month, True), 1),
    "DAY": plain(_part(lambda at: at.day, True), 1),
    "HOUR": plain(_part(lambda at: at.hour, False), 1),
    "MINUTE": plain(_part(lambda at: at.minute, False), 1),
    "SECOND": plain(_part(lambda at: at.second, False), 1),
    "WEEKDAY": plain(weekday, 1, 2),
    "EDATE": plain(months_later, 2),
    "EOMONTH": plain(end_of_month, 2),
    "DAYS": plain(days_between, 2),
    "DATEVALUE": plain(date_value, 1),
}

#: Functions that give something else as time goes by.
VOLATILE = {"TODAY", "NOW"}
