"""When mail may leave that can wait: in every zone, over changes of the clocks, over China's holidays."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.hours import after_workdays, are_workdays, is_workday, leaves_at, next_open, quiet_hours
from bot.planning.rules import HourRules, Rules
from tests.unit.rows import MANY

NIGHT, LUNCH = quiet_hours("20:00-08:00"), quiet_hours("12:00-13:00")


def desk(
    zone: str = "Asia/Shanghai", quiet: tuple[time, time] | None = NIGHT, workdays: str = "Mon-Fri"
) -> Rules:
    return Rules(timezone=ZoneInfo(zone), hours=HourRules(quiet, workdays))


MINUTE = timedelta(minutes=1)
ZONES = st.sampled_from(
    [
        "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Asia/Beirut",
        "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Pacific/Chatham", "UTC",
    ]
)  # fmt: skip
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
SPANS = st.none() | st.tuples(TIMES, TIMES).filter(lambda span: span[0] != span[1])
RULES = st.builds(
    desk,
    ZONES, SPANS, st.sampled_from(["", "Mon-Fri", "CN", "DE", "AE"]),
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda m: m.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


def at(text: str, rules: Rules) -> datetime:
    """The moment when the team's clocks show this."""
    return datetime.fromisoformat(text).replace(tzinfo=rules.timezone).astimezone(UTC)


def shown(moment: datetime, rules: Rules) -> str:
    return rules.wall_clock(moment).isoformat(" ", "minutes")


def is_open(moment: datetime, rules: Rules) -> bool:
    """What a person with a clock and a calendar would say, written without the code under test."""
    clocks = moment.astimezone(rules.timezone)
    now, quiet = clocks.time(), rules.hours.quiet
    if quiet is not None:
        start, end = quiet
        inside = start <= now < end if start < end else now >= start or now < end
        if inside:
            return False
    return is_workday(clocks.date(), rules)


# ── quiet hours ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("quiet", "now", "leaves"),
    [
        (NIGHT, "2026-11-24 10:00", "2026-11-24 10:00"),
        (NIGHT, "2026-11-24 19:59", "2026-11-24 19:59"),
        (NIGHT, "2026-11-24 20:00", "2026-11-25 08:00"),
        (NIGHT, "2026-11-24 00:00", "2026-11-24 08:00"),
        (NIGHT, "2026-11-24 08:00", "2026-11-24 08:00"),
        (NIGHT, "2026-11-27 20:00", "2026-11-30 08:00"),
        (NIGHT, "2026-11-28 10:00", "2026-11-30 08:00"),
        (LUNCH, "2026-11-24 12:30", "2026-11-24 13:00"),
        (LUNCH, "2026-11-24 13:00", "2026-11-24 13:00"),
        (LUNCH, "2026-11-28 12:30", "2026-11-30 00:00"),
        (None, "2026-11-24 03:00", "2026-11-24 03:00"),
        (None, "2026-11-29 23:59", "2026-11-30 00:00"),
        (quiet_hours("00:00-23:59"), "2026-11-28 10:00", "2026-11-30 23:59"),
    ],
)
def test_mail_leaves_at_the_next_open_moment(quiet: tuple[time, time] | None, now: str, leaves: str) -> None:
    rules = desk(quiet=quiet)
    assert shown(next_open(at(now, rules), rules), rules) == leaves


def test_an_open_moment_is_kept_to_the_second() -> None:
    moment = datetime(2026, 11, 24, 3, 4, 5, 678, tzinfo=UTC)
    assert next_open(moment, desk()) == moment


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "leaves"),
    [
        # The clocks go from 02:00 to 03:00 on 29 March: quiet that ends in the gap ends with it.
        ("Europe/Berlin", "22:00-02:30", "2026-03-28T23:00+01:00", "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", "20:00-08:00", "2026-03-28T23:00+01:00", "2026-03-29T08:00+02:00"),
        # And from 03:00 to 02:00 on 25 October: 02:30 comes twice, and what lies before it is quiet twice.
        ("Europe/Berlin", "22:00-02:30", "2026-10-25T01:00+02:00", "2026-10-25T02:30+02:00"),
        ("Europe/Berlin", "22:00-02:30", "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
        ("Europe/Berlin", "02:45-04:00", "2026-10-25T02:50+02:00", "2026-10-25T02:00+01:00"),
        ("America/New_York", "20:00-08:00", "2026-03-07T23:00-05:00", "2026-03-08T08:00-04:00"),
        ("Australia/Lord_Howe", "20:00-02:15", "2026-10-03T23:00+10:30", "2026-10-04T02:30+11:00"),
        ("Asia/Beirut", "20:00-00:00", "2026-03-28T23:00+02:00", "2026-03-29T01:00+03:00"),
    ],
)
def test_a_change_of_the_clocks_moves_no_mail_into_quiet_hours(
    zone: str, quiet: str, now: str, leaves: str
) -> None:
    rules = desk(zone, quiet_hours(quiet), "")
    assert next_open(datetime.fromisoformat(now), rules) == datetime.fromisoformat(leaves)


@MANY
@given(MOMENTS, RULES)
def test_the_next_open_moment_is_open_and_none_before_it_is(now: datetime, rules: Rules) -> None:
    moment = next_open(now, rules)
    assert moment >= now
    assert is_open(moment, rules)
    assert next_open(moment, rules) == moment, "what is open stays"
    if moment > now:
        first = now.replace(second=0, microsecond=0) + MINUTE
        minutes = range(min(int((moment - first) / MINUTE), 3 * 24 * 60))
        assert not is_open(now, rules)
        assert not any(is_open(first + n * MINUTE, rules) for n in minutes)


# ── working days ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("", True), (" ", True), ("Mon-Fri", True), ("mon-fri", True), ("CN", True), ("cn", True), ("DE", True),
        ("US", True), ("HK", True), ("XX", False), ("CHN", False), ("China", False), ("Mon-Sat", False), ("中国", False),
    ],
)  # fmt: skip
def test_working_days_are_a_week_a_country_or_every_day(text: str, known: bool) -> None:
    assert are_workdays(text) is known


@pytest.mark.parametrize(
    ("workdays", "day", "works"),
    [
        ("", "2026-11-28", True),
        ("Mon-Fri", "2026-11-27", True),
        ("Mon-Fri", "2026-11-28", False),
        ("mon-fri", "2026-10-01", True),
        ("CN", "2026-09-30", True),
        ("CN", "2026-10-01", False),
        ("CN", "2026-10-07", False),
        ("CN", "2026-10-08", True),
        ("cn", "2026-02-17", False),
        ("DE", "2026-10-03", False),
        ("DE", "2026-12-25", False),
        ("US", "2026-11-26", False),
        ("AE", "2026-11-28", False),
    ],
)
def test_a_country_has_its_holidays(workdays: str, day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day), desk(workdays=workdays)) is works


@pytest.mark.parametrize(
    "day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
)
def test_china_works_on_the_weekends_that_make_up_for_its_holidays(day: str) -> None:
    assert date.fromisoformat(day).isoweekday() >= 6
    assert is_workday(date.fromisoformat(day), desk(workdays="CN"))
    assert not is_workday(date.fromisoformat(day), desk())


def test_mail_waits_over_national_day_and_leaves_on_a_make_up_saturday() -> None:
    rules = desk(workdays="CN")
    assert shown(next_open(at("2026-09-30 21:00", rules), rules), rules) == "2026-10-08 08:00"
    assert shown(next_open(at("2026-10-09 21:00", rules), rules), rules) == "2026-10-10 08:00"
    assert shown(next_open(at("2026-10-10 21:00", rules), rules), rules) == "2026-10-12 08:00"


@pytest.mark.parametrize(
    ("day", "works"), [("1700-03-06", False), ("2399-03-03", True), ("2399-03-06", False)]
)
def test_a_year_without_data_has_its_weekends(day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day), desk(workdays="CN")) is works


def test_only_the_country_that_is_named_is_loaded_and_only_when_it_is_asked() -> None:
    """An idle worker stays small."""
    script = (
        "import sys; from datetime import date; import bot.planning.hours as h; from bot.planning.rules import *;"
        "h.is_workday(date(2026, 10, 1), Rules()); print('holidays' in sys.modules);"
        "h.is_workday(date(2026, 10, 1), Rules(hours=HourRules(workdays='CN')));"
        "print(*(m for m in sys.modules if m.startswith('holidays.countries')));"
        "h.is_workday(date(2026, 10, 1), Rules(hours=HourRules(workdays='DE')));"
        "import holidays.countries; print(holidays.countries.France.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:3] == ["False", "holidays.countries.china", "France"]


# ── kinds of mail ───────────────────────────────────────────────────────────────────────────────────────────


def test_purchase_details_and_what_is_exempt_leave_at_once() -> None:
    rules = desk()
    night = at("2026-11-24 23:00", rules)
    for kind in ("purchase_customer", "purchase_sales", *rules.hours.exempt):
        assert leaves_at(kind, night, rules) is None
    assert leaves_at("daily_digest", night, rules) == at("2026-11-25 08:00", rules)
    assert leaves_at("daily_digest", at("2026-11-24 10:00", rules), rules) is None


@pytest.mark.parametrize(
    ("workdays", "moment", "count", "later"),
    [
        ("Mon-Fri", "2026-11-24 10:00", 3, "2026-11-27 10:00"),
        ("Mon-Fri", "2026-11-26 10:00", 3, "2026-12-01 10:00"),
        ("Mon-Fri", "2026-11-28 10:00", 1, "2026-11-30 10:00"),
        ("Mon-Fri", "2026-11-24 22:00", 3, "2026-11-30 08:00"),
        ("Mon-Fri", "2026-11-24 10:00", 0, "2026-11-24 10:00"),
        ("Mon-Fri", "2026-11-28 10:00", 0, "2026-11-30 08:00"),
        ("CN", "2026-09-30 10:00", 3, "2026-10-10 10:00"),
        ("", "2026-11-27 10:00", 3, "2026-11-30 10:00"),
    ],
)
def test_working_days_are_counted_and_the_time_of_day_stays(
    workdays: str, moment: str, count: int, later: str
) -> None:
    rules = desk(workdays=workdays)
    assert shown(after_workdays(at(moment, rules), count, rules), rules) == later


def test_the_time_of_day_stays_over_a_change_of_the_clocks() -> None:
    rules = desk("Europe/Berlin")
    assert after_workdays(at("2026-03-27 10:00", rules), 1, rules) == at("2026-03-30 10:00", rules)
