"""When the daily digest runs: once a working day, late on the same day alone, and what Run now makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.due import fits
from bot.planning.hours import is_workday, next_open
from bot.planning.rules import HourRules, Rules
from bot.planning.run_words import result_words
from bot.planning.runs import Run
from sheets_schema.automations import DIGEST, MONTHLY, NOTICES, SURVEY, WEEKLY_PERSONAL
from tests.unit.automation_book import MINUTE, RULES, SECOND, Tab, at, serial

KEY = DIGEST.key
#: A Friday; the Monday after it.
FRIDAY, MONDAY = "2026-11-20", "2026-11-23"


def desk(rules: Rules = RULES, when: str = "daily 09:00", met: datetime | None = None) -> Tab:
    """A tab met on Thursday evening, with the digest alone switched on at this time."""
    tab = Tab(rules, None)
    for row in tab.rows:
        row["on"] = row["automation"] == DIGEST.title(rules.language)
    tab.row(KEY)["when"] = when
    tab.poll(met or at("2026-11-19", "19:30", rules.timezone))
    return tab


def hours(quiet: tuple[time, time] | None, workdays: str = "Mon-Fri", zone: str = "Asia/Shanghai") -> Rules:
    return replace(RULES, hours=HourRules(quiet=quiet, workdays=workdays), timezone=ZoneInfo(zone))


# ── its time ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "good"),
    [("daily 09:00", True), ("weekdays 08:30", True), ("每天 9点", True), ("工作日 09:00", True), ("Fri 18:00", False),
     ("day 5 09:00", False), ("", False)],
)  # fmt: skip
def test_a_digest_is_daily_or_on_weekdays(words: str, good: bool) -> None:
    assert (fits(DIGEST, words) is not None) == good


def test_other_automations_have_the_rhythms_they_had() -> None:
    assert fits(WEEKLY_PERSONAL, "daily 09:00") is None
    assert fits(MONTHLY, "weekdays 09:00") is None


@pytest.mark.parametrize("when", ["daily 09:00", "weekdays 09:00"])
def test_it_runs_once_each_working_day_and_never_on_others(when: str) -> None:
    tab = desk(when=when)
    begun = [run for day in range(20, 31) for clock in ("08:59", "09:00", "09:01", "17:00", "23:00")
             for run in tab.poll(at(f"2026-11-{day}", clock))]  # fmt: skip
    assert begun == [f"digest:2026-11-{day}" for day in (20, 23, 24, 25, 26, 27, 30)]
    assert not any(run.late for run in tab.begun)


@pytest.mark.parametrize(
    ("now", "shown"),
    [(at(FRIDAY, "08:00"), at(FRIDAY, "09:00")), (at(FRIDAY, "09:00"), at(MONDAY, "09:00")),
     (at("2026-11-21", "12:00"), at(MONDAY, "09:00"))],
)  # fmt: skip
def test_next_run_is_the_next_working_day_s(now: datetime, shown: datetime) -> None:
    tab = desk()
    tab.poll(now)
    assert tab.row(KEY)["next_run"] == serial(shown)


def test_a_country_s_holidays_are_no_days_for_it() -> None:
    rules = hours((time(20), time(8)), "CN")
    tab = desk(rules, met=at("2026-09-30", "12:00"))
    assert tab.row(KEY)["next_run"] == serial(at("2026-10-08", "09:00"))
    assert tab.poll(at("2026-10-05", "09:30")) == []
    assert tab.poll(at("2026-10-08", "09:30")) == ["digest:2026-10-08"]


# ── late, and never ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_worker_that_comes_back_on_the_same_day_makes_it_up_and_says_so() -> None:
    tab = desk()
    assert tab.poll(at(FRIDAY, "16:00")) == ["digest:2026-11-20"]
    assert tab.begun[-1].late


def test_a_day_that_was_missed_is_never_made_up_on_another() -> None:
    tab = desk()
    assert tab.poll(at("2026-11-25", "08:00")) == []
    assert tab.poll(at("2026-11-25", "09:00")) == ["digest:2026-11-25"]


def test_a_worker_that_comes_back_in_the_evening_lets_the_day_go() -> None:
    tab = desk()
    assert tab.poll(at(FRIDAY, "20:00")) == []
    assert tab.row(KEY)["next_run"] == serial(at(MONDAY, "09:00"))
    assert tab.poll(at(MONDAY, "09:00")) == ["digest:2026-11-23"]


@pytest.mark.parametrize(
    ("when", "first", "then"),
    [("daily 06:30", at(FRIDAY, "08:00"), at(MONDAY, "08:00")),
     ("daily 22:00", at(FRIDAY, "08:00"), at(MONDAY, "08:00"))],
)  # fmt: skip
def test_a_time_in_quiet_hours_means_their_end(when: str, first: datetime, then: datetime) -> None:
    tab = desk(when=when)
    assert tab.row(KEY)["next_run"] == serial(first)
    assert tab.poll(first - SECOND) == []
    assert tab.poll(first) == ["digest:2026-11-20"]
    assert tab.row(KEY)["next_run"] == serial(then)
    assert tab.poll(then - SECOND) == []
    assert tab.poll(then) == ["digest:2026-11-23"]
    assert not any(run.late for run in tab.begun)


def test_switched_on_again_it_waits_for_its_next_time() -> None:
    tab = desk(when="daily 22:00")
    tab.row(KEY)["on"] = False
    tab.poll(at("2026-11-19", "21:00"))
    tab.row(KEY)["on"] = True
    assert tab.poll(at(FRIDAY, "10:00")) == []
    assert tab.poll(at(MONDAY, "08:00")) == ["digest:2026-11-23"]


def test_another_time_typed_after_it_ran_does_not_make_it_run_twice() -> None:
    tab = desk()
    tab.poll(at(FRIDAY, "09:00"))
    tab.row(KEY)["when"] = "daily 15:00"
    tab.poll(at(FRIDAY, "09:30"))
    assert tab.poll(at(FRIDAY, "15:00")) == []
    assert tab.row(KEY)["next_run"] == serial(at(MONDAY, "15:00"))


def test_a_time_that_cannot_be_read_leaves_the_last_one_in_force() -> None:
    tab = desk()
    tab.row(KEY)["when"] = "Fri 18:00"
    assert tab.poll(at(FRIDAY, "09:00")) == ["digest:2026-11-20"]
    assert "daily 09:00" in str(tab.row(KEY)["result"])


# ── clocks ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clock_that_is_put_back_repeats_no_day_and_still_shows_a_next_run() -> None:
    tab = desk()
    tab.poll(at(MONDAY, "09:00"))
    assert tab.poll(at("2026-11-19", "12:00")) == []
    assert tab.row(KEY)["next_run"] == serial(at("2026-11-24", "09:00"))
    assert tab.poll(at(FRIDAY, "09:00")) == []
    assert tab.poll(at(MONDAY, "09:00") + MINUTE) == []
    assert tab.poll(at("2026-11-24", "09:00")) == ["digest:2026-11-24"]


def test_a_lost_memory_sends_no_second_digest_on_one_day() -> None:
    tab = desk()
    tab.poll(at(FRIDAY, "09:00"))
    tab.forget()
    assert tab.poll(at(FRIDAY, "10:00")) == []
    tab.forget()
    assert tab.poll(at(MONDAY, "09:05")) == ["digest:2026-11-23"]


@pytest.mark.parametrize(
    ("day", "clock"), [("2026-03-30", "09:00"), ("2026-10-26", "09:00")], ids=["forward", "back"]
)
def test_the_clocks_changed_over_the_weekend_move_it_with_them(day: str, clock: str) -> None:
    rules = hours((time(20), time(8)), zone="Europe/Berlin")
    moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=rules.timezone).astimezone(UTC)
    tab = desk(rules, met=moment - timedelta(days=4))
    tab.poll(moment - timedelta(days=2, hours=1))
    assert tab.poll(moment - SECOND) == []
    assert tab.poll(moment) == [f"digest:{day}"]


@given(
    clock=st.times(),
    quiet=st.one_of(st.none(), st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] != pair[1])),
    workdays=st.sampled_from(["Mon-Fri", ""]),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo"]),
    steps=st.lists(st.integers(-30, 3000), min_size=1, max_size=25),
    met=st.integers(0, 230 * 24 * 60).map(lambda minutes: datetime(2026, 3, 20, tzinfo=UTC) + minutes * MINUTE),
)  # fmt: skip
def test_at_most_one_a_day_in_open_hours_on_working_days(
    clock: time, quiet: tuple[time, time] | None, workdays: str, zone: str, steps: list[int], met: datetime
) -> None:
    rules = hours(quiet, workdays, zone)
    tab = desk(rules, f"daily {clock:%H:%M}", met)
    now = met
    for step in steps:
        now += step * MINUTE
        for run_id in tab.poll(now):
            assert run_id == f"digest:{rules.today(now)}"
            assert is_workday(rules.today(now), rules)
            assert next_open(now, rules) == now
            assert tab.begun[-1].due_at <= now
    periods = [run.period for run in tab.begun]
    assert periods == sorted(set(periods))
    shown = tab.row(KEY)["next_run"]
    assert shown != ""
    assert tab.poll(now) == []


# ── Run now ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "period"),
    [(at(FRIDAY, "15:00"), FRIDAY), (at(FRIDAY, "07:00"), FRIDAY), (at(FRIDAY, "21:00"), MONDAY),
     (at("2026-11-21", "12:00"), MONDAY)],
)  # fmt: skip
def test_run_now_is_of_the_day_on_which_its_mail_is_read(now: datetime, period: str) -> None:
    tab = desk()
    tab.poll(now - 5 * MINUTE)
    tab.tick(KEY)
    assert tab.poll(now) == [f"digest:{period}.r1"]


def test_a_tick_while_the_scheduled_one_begins_joins_it() -> None:
    tab = desk()
    tab.tick(KEY)
    assert tab.poll(at(FRIDAY, "09:00")) == ["digest:2026-11-20"]
    tab.tick(KEY)
    assert tab.poll(at(FRIDAY, "09:01")) == []


def test_run_now_after_the_scheduled_one_is_a_run_whose_mail_is_the_day_s() -> None:
    tab = desk()
    tab.poll(at(FRIDAY, "09:00"))
    tab.tick(KEY)
    assert tab.poll(at(FRIDAY, "11:00")) == ["digest:2026-11-20.r1"]
    assert {run.mail_prefix for run in tab.begun} == {"digest:2026-11-20:"}


def run(had: int = 0, empty: int = 0) -> Run:
    notes = (("had", str(had)),) if had else ()
    moment = at(FRIDAY, "11:00")
    return Run(
        "digest:2026-11-20.r1",
        KEY,
        FRIDAY,
        moment,
        moment,
        asked=True,
        done_at=moment,
        empty=empty,
        notes=notes,
    )


@pytest.mark.parametrize(
    ("mail", "had", "empty", "words"),
    [
        ({"sent": 3}, 0, 2, "3 mails sent; nothing to look at: 2 got none"),
        ({"sent": 4}, 3, 0, "1 mail sent; 3 had one today already"),
        ({"sent": 3}, 3, 2, "nothing to send; nothing to look at: 2 got none; 3 had one today already"),
        ({"sent": 3, "queued": 2}, 3, 0, "sending: 0 of 2; 3 had one today already"),
        ({"sent": 2, "dead": 1}, 2, 0, "0 mails sent; 1 not accepted by the mail server; 2 had one today already"),
        ({}, 0, 4, "nothing to send; nothing to look at: 4 got none"),
    ],
)  # fmt: skip
def test_the_result_counts_the_run_s_own_mails(
    mail: dict[str, int], had: int, empty: int, words: str
) -> None:
    assert result_words(run(had, empty), mail, RULES) == words


def test_the_result_in_chinese() -> None:
    chinese = replace(RULES, language="zh-CN")
    assert (
        result_words(run(3, 2), {"sent": 4}, chinese)
        == "已发送 1 封邮件；2 人无待办，未发送；3 人当天已收到过"
    )


# ── those that follow events ────────────────────────────────────────────────────────────────────────────────


def test_notices_and_the_survey_are_off_only_where_a_row_says_so() -> None:
    tab = Tab()
    assert tab.last.switched_off == frozenset()
    tab.row(NOTICES.key)["on"] = False
    tab.row(SURVEY.key)["on"] = False
    tab.poll(at(FRIDAY, "09:00"))
    assert tab.last.switched_off == {NOTICES.key, SURVEY.key}
    assert tab.row(NOTICES.key)["result"] == "Off: orders move on, but nobody is told"
    assert tab.row(SURVEY.key)["result"] == "Off: no customer is asked"
    tab.rows = [row for row in tab.rows if row["automation"] != NOTICES.en]
    tab.poll(at(FRIDAY, "09:01"))
    assert tab.last.switched_off == {SURVEY.key}
