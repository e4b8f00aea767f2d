"""Columns of days and moments, read at once: days as the sheet's serials, moments as UTC seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from sheets_schema import Cell
from sheets_schema.cells import EPOCH, is_blank, read_date, read_datetime

#: Serial of a blank or unreadable day.
NO_DAY = 0
#: Seconds of a blank or unreadable moment.
NO_MOMENT = np.iinfo(np.int64).min

Days = npt.NDArray[np.int32]
Seconds = npt.NDArray[np.int64]

_DAY = 86_400
_SERIAL_OF_1970 = (date(1970, 1, 1) - EPOCH).days
_LAST_SERIAL = (date(9999, 12, 31) - EPOCH).days
_FIRST = (2 - date(1970, 1, 1).toordinal()) * _DAY
_LAST = (date(9999, 12, 30).toordinal() - date(1970, 1, 1).toordinal()) * _DAY


def day_of(serial: int) -> date | None:
    """The day a serial stands for."""
    return EPOCH + timedelta(days=int(serial)) if serial != NO_DAY else None


def serial_of(moment: datetime, zone: ZoneInfo) -> int:
    """The serial of the team's day at this moment."""
    return (moment.astimezone(zone).date() - EPOCH).days


def moment_of(seconds: int) -> datetime:
    """The moment, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))


def seconds_of(moment: datetime) -> int:
    """The moment's whole seconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def read_days(cells: Sequence[Cell]) -> Days:
    """Serials of days; NO_DAY where a cell is blank or cannot be read."""
    days, odd = _numbers(cells)
    found: Days = np.where((days >= 1) & (days < _LAST_SERIAL + 1), days, NO_DAY).astype(np.int32)
    for i in odd:
        day = read_date(cells[i])
        if isinstance(day, date):
            found[i] = (day - EPOCH).days
    return found


def read_moments(cells: Sequence[Cell], zone: ZoneInfo) -> tuple[Seconds, Days]:
    """UTC seconds of wall-clock times in the zone, and their days there; NO_MOMENT, NO_DAY where a cell is none."""
    serials, odd = _numbers(cells)
    fits = (serials >= 1) & (serials < _LAST_SERIAL)
    serials = np.where(fits, serials, 0.0)
    days = np.floor(serials)
    local = (days - _SERIAL_OF_1970) * _DAY + np.rint((serials - days) * _DAY)
    for i in odd:
        moment = read_datetime(cells[i])
        if isinstance(moment, datetime) and moment.year < 9999:
            local[i] = (moment - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 - wall clock on both sides
            fits[i] = True
    wall = local.astype(np.int64)
    on = (wall // _DAY + _SERIAL_OF_1970).astype(np.int32)
    return np.where(fits, utc_of(wall, zone), NO_MOMENT), np.where(fits, on, np.int32(NO_DAY))


def starts_of_days(days: Days, zone: ZoneInfo) -> Seconds:
    """UTC seconds at which these days begin in the zone."""
    return utc_of((days.astype(np.int64) - _SERIAL_OF_1970) * _DAY, zone)


def days_at(seconds: Seconds, zone: ZoneInfo) -> Days:
    """The serials of the zone's days at these moments."""
    return (_shifted(seconds, zone, 1) // _DAY + _SERIAL_OF_1970).astype(np.int32)


def utc_of(wall: Seconds, zone: ZoneInfo) -> Seconds:
    """UTC seconds of wall-clock seconds; of a time that comes twice the first, as everywhere."""
    return _shifted(wall, zone, -1)


def _shifted(seconds: Seconds, zone: ZoneInfo, sign: int) -> Seconds:
    """Add or take off the zone's offset.

    It is looked up once a day; a day around which it changes is gone through one moment at a time. "Around" because
    wall clocks and UTC lie up to a day apart.
    """
    inverse, days = pd.factorize(seconds // _DAY)
    known: dict[int, int] = {}
    for day in days.tolist():
        for near in (day - 1, day + 2):
            if near not in known:
                known[near] = _utc_offset(near * _DAY, zone)
    offsets = np.array([known[day - 1] for day in days.tolist()], dtype=np.int64)
    after = np.array([known[day + 2] for day in days.tolist()], dtype=np.int64)
    shifted: Seconds = seconds + sign * offsets[inverse]
    for i in np.flatnonzero((offsets != after)[inverse]).tolist():
        at = int(seconds[i])
        offset = _wall_offset(at, zone) if sign < 0 else _utc_offset(at, zone)
        shifted[i] = at + sign * offset
    return shifted


def _utc_offset(at: int, zone: ZoneInfo) -> int:
    """Seconds the zone is ahead of UTC; far ends of the calendar count as their neighbours."""
    offset = datetime.fromtimestamp(min(max(at, _FIRST), _LAST), zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _wall_offset(wall: int, zone: ZoneInfo) -> int:
    offset = moment_of(wall).replace(tzinfo=zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _numbers(cells: Sequence[Cell]) -> tuple[npt.NDArray[np.float64], list[int]]:
    """Serials as doubles, NaN for the rest; and where text stands that may be a day."""
    if set(map(type, cells)) <= {int, float}:
        return np.array(cells, dtype=np.float64), []
    numbers = (c if type(c) is float or type(c) is int else np.nan for c in cells)
    found = np.fromiter(numbers, dtype=np.float64, count=len(cells))
    odd = [i for i in np.flatnonzero(np.isnan(found)).tolist() if cells[i] != "" and not is_blank(cells[i])]
    return found, odd
