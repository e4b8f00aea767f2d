"""Weeks without gaps and without doubles, whatever the cutoff; months and quarters by the team's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.periods import (
    Period,
    month_before,
    month_of,
    quarter_before,
    quarter_of,
    week_after,
    weeks_to_close,
)
from bot.planning.runs import WeekMark
from bot.planning.whens import Rhythm, When, following
from tests.unit.rows import FEW

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
FRIDAY = When(Rhythm.WEEKLY, 18, 0, 5)
SATURDAY = When(Rhythm.WEEKLY, 18, 0, 6)
MONDAY = When(Rhythm.WEEKLY, 9, 0, 1)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia"]).map(ZoneInfo)
CUTOFFS = st.builds(When, st.just(Rhythm.WEEKLY), st.integers(0, 23), st.integers(0, 59), st.integers(1, 7))


def at(day: str, clock: str = "18:00", zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


def closed(week: Period) -> WeekMark:
    return WeekMark(week.id, week.start, week.end, week.end)


W47 = WeekMark("2026-W47", at("2026-11-13"), at("2026-11-20"), at("2026-11-20"))


def current_week(
    last: WeekMark | Period | None, cutoff: When, since: datetime, now: datetime, zone: ZoneInfo
) -> Period:
    """The running week: from the end of the last one that is over to the next cutoff."""
    over = weeks_to_close(last, cutoff, since, now, zone)
    return week_after(over[-1] if over else last, cutoff, since, zone)


def test_the_first_week_is_the_one_in_which_the_bot_met_the_workbook() -> None:
    met = at("2026-11-18", "11:00")
    assert weeks_to_close(None, FRIDAY, met, met, SHANGHAI) == ()
    assert current_week(None, FRIDAY, met, met, SHANGHAI) == Period(
        "2026-W47", at("2026-11-13"), at("2026-11-20")
    )


def test_a_week_that_ended_before_the_bot_met_the_workbook_is_never_closed() -> None:
    met = at("2026-11-20", "18:00")
    (first,) = weeks_to_close(None, FRIDAY, met, at("2026-11-27"), SHANGHAI)
    assert first == Period("2026-W48", at("2026-11-20"), at("2026-11-27"))


@pytest.mark.parametrize(("clock", "over"), [("17:59:59", 0), ("18:00:00", 1), ("18:00:01", 1)])
def test_a_week_is_over_with_its_last_second(clock: str, over: int) -> None:
    met = at("2026-11-18", "11:00")
    assert len(weeks_to_close(None, FRIDAY, met, at("2026-11-20", clock), SHANGHAI)) == over


def test_weeks_that_ended_while_nobody_looked_are_all_closed_oldest_first() -> None:
    weeks = weeks_to_close(W47, FRIDAY, W47.end, at("2026-12-13"), SHANGHAI)
    assert [w.id for w in weeks] == ["2026-W48", "2026-W49", "2026-W50"]
    assert [w.start for w in weeks] == [W47.end, *(w.end for w in weeks[:-1])]
    assert current_week(W47, FRIDAY, W47.end, at("2026-12-13"), SHANGHAI).id == "2026-W51"


def test_a_cutoff_moved_to_the_next_day_of_a_closed_week_ends_the_week_after_it() -> None:
    moved = at("2026-11-20", "19:00")
    week = week_after(W47, SATURDAY, moved, SHANGHAI)
    assert week == Period("2026-W48", W47.end, at("2026-11-28"))


def test_a_cutoff_moved_to_a_day_that_is_past_counts_from_its_next_coming() -> None:
    moved = at("2026-11-25", "12:00")
    assert weeks_to_close(W47, MONDAY, moved, moved, SHANGHAI) == ()
    assert week_after(W47, MONDAY, moved, SHANGHAI) == Period("2026-W49", W47.end, at("2026-11-30", "09:00"))


def test_a_year_of_53_weeks_has_its_53rd() -> None:
    weeks = weeks_to_close(W47, FRIDAY, W47.end, at("2027-01-16"), SHANGHAI)
    assert [w.id for w in weeks][-4:] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]


def test_a_week_in_which_the_clocks_change_is_an_hour_longer_or_shorter() -> None:
    weeks = weeks_to_close(None, FRIDAY, at("2026-10-20", zone=BERLIN), at("2026-11-08", zone=BERLIN), BERLIN)
    assert [(w.end - w.start) / timedelta(hours=1) for w in weeks] == [168, 169, 168]


@FEW
@given(st.data(), ZONES, st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_weeks_leave_no_gap_and_no_name_comes_twice_however_the_cutoff_moves(
    data: st.DataObject, zone: ZoneInfo, met: datetime
) -> None:
    now = since = met.replace(tzinfo=UTC)
    cutoff = data.draw(CUTOFFS)
    weeks: list[Period] = []
    last: WeekMark | None = None
    for _ in range(6):
        now += data.draw(st.timedeltas(timedelta(0), timedelta(days=20)))
        for week in weeks_to_close(last, cutoff, since, now, zone):
            assert since <= week.end <= now
            weeks.append(week)
            last = closed(week)
        running = current_week(last, cutoff, since, now, zone)
        assert running.start <= now < running.end
        assert running.end == following(cutoff, running.end - timedelta(microseconds=1), zone)
        if data.draw(st.booleans()):
            cutoff, since = data.draw(CUTOFFS), now
    assert all(a.end == b.start and a.id < b.id for a, b in pairwise(weeks))


def test_a_month_reaches_from_midnight_to_midnight_by_the_teams_clocks() -> None:
    assert month_of(date(2026, 10, 31), BERLIN) == Period(
        "2026-10", at("2026-10-01", "00:00", BERLIN), at("2026-11-01", "00:00", BERLIN)
    )
    assert month_before(date(2027, 1, 5), BERLIN).id == "2026-12"
    assert month_before(date(2028, 3, 31), SHANGHAI) == Period(
        "2028-02", at("2028-02-01", "00:00"), at("2028-03-01", "00:00")
    )


def test_a_quarter_is_three_months() -> None:
    assert quarter_of(date(2026, 12, 31), SHANGHAI) == Period(
        "2026-Q4", at("2026-10-01", "00:00"), at("2027-01-01", "00:00")
    )
    assert quarter_before(date(2027, 1, 5), SHANGHAI).id == "2026-Q4"
    assert quarter_before(date(2026, 7, 1), SHANGHAI).id == "2026-Q2"
