"""Times in words, and the moments they stand for: in every zone, over both changes of the clocks, in odd years."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.whens import Rhythm, When, following, latest, read_when
from sheets_schema.automations import ALL_AUTOMATIONS
from tests.unit.rows import FEW, MANY

FRIDAY = When(Rhythm.WEEKLY, 18, 0, 5)
DAILY = When(Rhythm.DAILY, 9, 0)
WEEKDAYS = When(Rhythm.WEEKDAYS, 9, 0)
FIFTH = When(Rhythm.MONTHLY, 9, 0, 5)
QUARTERLY = When(Rhythm.QUARTERLY, 9, 0, 5)

SHANGHAI, BERLIN, NEW_YORK = map(ZoneInfo, ("Asia/Shanghai", "Europe/Berlin", "America/New_York"))
ZONES = st.sampled_from(
    [
        "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia",
        "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Asia/Beirut", "Pacific/Chatham", "UTC",
    ]
).map(ZoneInfo)  # fmt: skip
TIMES = st.tuples(st.integers(0, 23), st.integers(0, 59))
WHENS = st.one_of(
    TIMES.map(lambda t: When(Rhythm.DAILY, *t)),
    TIMES.map(lambda t: When(Rhythm.WEEKDAYS, *t)),
    st.tuples(TIMES, st.integers(1, 7)).map(lambda x: When(Rhythm.WEEKLY, *x[0], x[1])),
    st.tuples(TIMES, st.integers(1, 31)).map(lambda x: When(Rhythm.MONTHLY, *x[0], x[1])),
    st.tuples(TIMES, st.integers(1, 31)).map(lambda x: When(Rhythm.QUARTERLY, *x[0], x[1])),
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1)).map(lambda m: m.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
INSTANT = timedelta(microseconds=1)


# ── the words ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Fri 18:00 | friday 18:00 | FRI 6pm | every Friday at 6:00 p.m. | fri18:00 | 18:00 Fri | weekly Fri 18:00", FRIDAY),
        ("周五 18:00 | 星期五18:00 | 礼拜五　18：00 | 每周五 18:00 | 每星期五下午6点 | 周5 １８：００ | 週五 18點 | 周五 18:00:00", FRIDAY),
        ("daily 09:00 | Daily 9:00 | every day 9am | each day at 09:00", DAILY),
        ("每天 09:00 | 每日09：00 | 每天上午9点 | 每天早上 9 点整", DAILY),
        ("weekdays 09:00 | every weekday 9 am | workdays 9:00", WEEKDAYS),
        ("工作日 09:00 | 每个工作日 9点", WEEKDAYS),
        ("day 5 09:00 | DAY5 9:00 | monthly day 5 9am | every month on day 5 09:00 | day 5 of every month, 09:00", FIFTH),
        ("每月5日 09:00 | 每月5号09:00 | 每个月 5 号 9点 | 每月第５天 ９：００", FIFTH),
        ("quarterly day 5 09:00 | every quarter on day 5, 9 am", QUARTERLY),
        ("每季度5日 09:00 | 每季5号9点 | 每个季度首月5日 09:00", QUARTERLY),
        ("周日 18:30 | 每周天下午6点半 | 星期7 18点30分 | Sunday 6:30pm | sun 18:30", When(Rhythm.WEEKLY, 18, 30, 7)),
        ("daily 12am | 每天 00:00 | 每天凌晨12点", When(Rhythm.DAILY, 0, 0)),
        ("daily 12pm | 每天 12:00 | 每天下午12点", When(Rhythm.DAILY, 12, 0)),
    ],
    ids=lambda value: "" if isinstance(value, str) else f"{value.rhythm}-{value.day}-{value.hour:02d}{value.minute:02d}",
)  # fmt: skip
def test_every_way_to_say_a_time_is_read_as_it_is_meant(words: str, meant: When) -> None:
    assert {phrase.strip(): read_when(phrase) for phrase in words.split("|")} == {
        phrase.strip(): meant for phrase in words.split("|")
    }


@pytest.mark.parametrize(
    "words",
    [
        "", "18:00", "Fri", "Fri 18", "Fri 6", "Fri 24:00", "Fri 18:60", "Fri 118:00", "13pm Fri", "0pm Fri", "Fri 18:0",
        "Fri 18:00 Sat 18:00", "Fri, Sat 18:00", "Freitag 18:00", "Sund 18:00", "day 0 09:00", "day 32 09:00",
        "day 5 0900", "day 18:00", "5 09:00", "daily", "每周八 18:00", "周五 晚上12点", "周五 晚上1点", "上午18:00 周五",
        "周五上午6pm", "每月 09:00", "每月0日 09:00", "=NOW()", "Fri 18:00; DROP", "46345.75", "#REF!", "in 5 minutes",
    ],
)  # fmt: skip
def test_what_could_mean_two_things_or_none_is_not_read(words: str) -> None:
    assert read_when(words) is None


def test_the_times_that_init_writes_mean_the_same_in_both_languages() -> None:
    for automation in ALL_AUTOMATIONS:
        assert len({read_when(words) for words in automation.when.values()} - {None}) == bool(automation.when)


@FEW
@given(WHENS)
def test_a_time_said_in_english_and_in_chinese_is_the_same_time(when: When) -> None:
    clock = f"{when.hour:02d}:{when.minute:02d}"
    english = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    said = {
        Rhythm.DAILY: ("daily", "每天"),
        Rhythm.WEEKDAYS: ("weekdays", "工作日"),
        Rhythm.WEEKLY: (english[(when.day - 1) % 7], f"周{'一二三四五六日'[(when.day - 1) % 7]}"),
        Rhythm.MONTHLY: (f"day {when.day}", f"每月{when.day}日"),
        Rhythm.QUARTERLY: (f"quarterly day {when.day}", f"每季度{when.day}日"),
    }[when.rhythm]
    assert [read_when(f"{words} {clock}") for words in said] == [when, when]


@FEW
@given(st.text(max_size=30))
def test_no_text_that_a_cell_can_hold_is_more_than_unreadable(text: str) -> None:
    found = read_when(text)
    assert found is None or (0 <= found.hour <= 23 and 0 <= found.minute <= 59)


# ── the moments ─────────────────────────────────────────────────────────────────────────────────────────────


@MANY
@given(WHENS, MOMENTS, ZONES)
def test_now_lies_between_the_latest_moment_and_the_following_one(
    when: When, now: datetime, zone: ZoneInfo
) -> None:
    before, after = latest(when, now, zone), following(when, now, zone)
    assert before <= now < after
    assert latest(when, after - INSTANT, zone) == before
    assert following(when, before, zone) == after
    assert latest(when, after, zone) == after


@FEW
@given(WHENS, st.integers(2006, 2039), ZONES)
def test_every_day_that_is_named_has_its_moment_and_no_day_has_two(
    when: When, year: int, zone: ZoneInfo
) -> None:
    start, end = (datetime(year + i, 1, 1, tzinfo=zone).astimezone(UTC) for i in (0, 1))
    found = []
    moment = following(when, start - INSTANT, zone)
    while moment < end:
        found.append(moment)
        moment = following(when, moment, zone)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    named = [day for day in days if day.year == year and _is_named(when, day)]
    shown = [moment.astimezone(zone) for moment in found]
    # A gap moves a moment forward; where a zone left out a whole day, two named days share one.
    lost = [day for day in named if day not in {m.date() for m in shown}]
    assert all(
        datetime(d.year, d.month, d.day, 12, tzinfo=zone).astimezone(UTC).astimezone(zone).date() != d
        for d in lost
    )
    assert len(found) == len(named) - len(lost)
    usual = [m for m in shown if (m.hour, m.minute) == (when.hour, when.minute)]
    assert len(shown) - len(usual) <= 2


def _is_named(when: When, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    return {
        Rhythm.DAILY: True,
        Rhythm.WEEKDAYS: day.weekday() < 5,
        Rhythm.WEEKLY: day.weekday() == when.day - 1,
        Rhythm.MONTHLY: day.day == min(when.day, last),
        Rhythm.QUARTERLY: day.month in (1, 4, 7, 10) and day.day == min(when.day, last),
    }[when.rhythm]


@pytest.mark.parametrize(
    ("words", "zone", "day", "moment"),
    [
        ("daily 02:30", BERLIN, date(2026, 3, 29), "2026-03-29T03:30:00+02:00"),
        ("daily 02:30", BERLIN, date(2026, 10, 25), "2026-10-25T02:30:00+02:00"),
        ("Sun 02:00", NEW_YORK, date(2026, 3, 8), "2026-03-08T03:00:00-04:00"),
        ("Sun 01:30", NEW_YORK, date(2026, 11, 1), "2026-11-01T01:30:00-04:00"),
        ("Fri 18:00", ZoneInfo("Pacific/Apia"), date(2011, 12, 30), "2011-12-31T18:00:00+14:00"),
    ],
    ids=["left out in Berlin", "twice in Berlin", "left out in New York", "twice in New York", "a whole day left out"],
)  # fmt: skip
def test_a_time_the_clocks_leave_out_moves_forward_and_one_that_comes_twice_is_the_first(
    words: str, zone: ZoneInfo, day: date, moment: str
) -> None:
    when = read_when(words)
    assert when is not None
    before = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) - timedelta(hours=3)
    assert following(when, before, zone) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("words", "now", "due"),
    [
        ("day 31 09:00", "2026-02-01", "2026-02-28T01:00"),
        ("day 29 09:00", "2028-02-01", "2028-02-29T01:00"),
        ("day 31 09:00", "2026-04-01", "2026-04-30T01:00"),
        ("quarterly day 5 09:00", "2026-11-20", "2027-01-05T01:00"),
        ("quarterly day 31 09:00", "2027-02-01", "2027-04-30T01:00"),
        ("weekdays 09:00", "2026-11-20T02:00", "2026-11-23T01:00"),
        ("Fri 18:00", "2026-12-25T10:00", "2027-01-01T10:00"),
    ],
)
def test_a_short_month_has_its_last_day_and_a_new_year_breaks_no_week(words: str, now: str, due: str) -> None:
    when = read_when(words)
    assert when is not None
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert following(when, moment, SHANGHAI) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("second", [-1, 0, 1])
def test_a_moment_has_come_when_its_second_has(second: int) -> None:
    due = datetime(2026, 11, 20, 10, tzinfo=UTC)
    now = due + timedelta(seconds=second)
    assert latest(FRIDAY, now, SHANGHAI) == (due if second >= 0 else due - timedelta(days=7))
    assert following(FRIDAY, now, SHANGHAI) == (due if second < 0 else due + timedelta(days=7))
