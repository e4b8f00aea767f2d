"""Automations: what runs when, once; what a tick does; what is made up, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.planning.catalog import build_catalog
from bot.planning.runs import RunFailure
from sheets_schema.automations import ALL_AUTOMATIONS, MONTHLY, PURCHASE_MAIL, TIER_REVIEW, WEEKLY_TEAM
from tests.unit.automation_book import MET, MINUTE, PERSONAL, RULES, SECOND, SIX, WEEK, Tab, at, serial

TEAM = WEEKLY_TEAM.key
FRIDAY_RUNS = ["weekly_personal:2026-W47", "weekly_team:2026-W47"]


# ── what falls due ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_tab_met_for_the_first_time_begins_nothing_that_was_due_before() -> None:
    assert Tab(met=MET).begun == []
    assert Tab(met=SIX).begun == []
    assert Tab(met=SIX + SECOND).begun == []


@pytest.mark.parametrize(("second", "runs"), [(-1, []), (0, FRIDAY_RUNS), (1, FRIDAY_RUNS)])
def test_a_worker_started_around_six_begins_the_reports_once_it_is_six(second: int, runs: list[str]) -> None:
    tab = Tab()
    assert tab.poll(SIX + second * SECOND) == runs
    assert tab.poll(SIX + 2 * SECOND) == ([] if runs else FRIDAY_RUNS)
    assert tab.poll(SIX + MINUTE) == tab.poll(SIX + timedelta(days=6, hours=23)) == []
    assert tab.poll(SIX + WEEK) == ["weekly_personal:2026-W48", "weekly_team:2026-W48"]


def test_a_report_on_time_is_not_late_and_one_made_up_says_so() -> None:
    tab = Tab()
    tab.poll(SIX + 15 * MINUTE)
    assert {run.late for run in tab.begun} == {False}
    tab.poll(SIX + WEEK + 15 * MINUTE + SECOND)
    assert [run.late for run in tab.begun] == [False, False, True, True]
    assert tab.begun[-1].due_at == SIX + WEEK


def test_a_worker_that_was_down_over_three_fridays_makes_each_week_up_once() -> None:
    tab = Tab()
    back = at("2026-12-04", "19:00")
    assert tab.poll(back) == [f"{key}:2026-W{week}" for key in (PERSONAL, TEAM) for week in (47, 48, 49)]
    assert all(run.late for run in tab.begun)
    assert len({run.begun_at for run in tab.begun if run.automation == TEAM}) == 3
    assert tab.poll(back + MINUTE) == []
    assert tab.poll(at("2026-12-11"))[:2] == ["weekly_personal:2026-W50", "weekly_team:2026-W50"]


def test_of_months_that_passed_only_the_last_is_made_up() -> None:
    tab = Tab()
    ids = tab.poll(at("2027-02-20", "10:00"))
    assert [i for i in ids if i.startswith(("monthly", "tier"))] == ["monthly:2027-01", "tier_review:2026-Q4"]


def test_the_monthly_report_is_of_the_month_before_and_the_review_of_the_quarter_before() -> None:
    tab = Tab()
    assert tab.poll(at("2026-12-05", "08:59")) != []
    assert tab.poll(at("2026-12-05", "09:00")) == ["monthly:2026-11"]
    tab.poll(at("2027-01-05", "08:59"))
    assert tab.poll(at("2027-01-05", "09:00")) == ["monthly:2026-12", "tier_review:2026-Q4"]


def test_a_team_report_at_its_own_time_reports_the_week_that_is_closed() -> None:
    tab = Tab()
    tab.row(TEAM)["when"] = "Mon 09:00"
    tab.poll(MET + MINUTE)
    assert tab.poll(SIX) == ["weekly_personal:2026-W47"]
    assert tab.poll(at("2026-11-23", "08:59")) == []
    assert tab.poll(at("2026-11-23", "09:00")) == ["weekly_team:2026-W47"]
    assert tab.poll(SIX + WEEK) == ["weekly_personal:2026-W48"]


def test_a_team_report_never_waits_until_the_next_week_is_over() -> None:
    tab = Tab()
    tab.row(PERSONAL)["when"], tab.row(TEAM)["when"] = "Sat 18:00", "Sat 12:00"
    tab.poll(MET + MINUTE)
    assert tab.poll(at("2026-11-21")) == ["weekly_personal:2026-W47"]
    tab.row(PERSONAL)["when"] = "Fri 18:00"
    tab.poll(at("2026-11-21") + MINUTE)
    assert tab.poll(at("2026-11-27")) == ["weekly_personal:2026-W48", "weekly_team:2026-W47"]
    assert tab.poll(at("2026-11-28", "12:00")) == ["weekly_team:2026-W48"]


def test_a_clock_that_steps_back_or_forward_repeats_nothing() -> None:
    tab = Tab()
    assert tab.poll(SIX + timedelta(hours=5)) == FRIDAY_RUNS
    for hours in (-8, -1, 0, 30, 2):
        assert tab.poll(SIX + timedelta(hours=hours)) == []
    assert tab.poll(SIX + WEEK) == ["weekly_personal:2026-W48", "weekly_team:2026-W48"]


def test_words_typed_while_the_clock_was_ahead_count_from_the_real_time() -> None:
    tab = Tab()
    tab.row()["when"] = "Fri 17:00"
    tab.poll(SIX + timedelta(days=2))
    tab.poll(MET + MINUTE)
    assert tab.poll(at("2026-11-20", "17:00")) == ["weekly_personal:2026-W47"]


# ── on, off and when ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cell", [False, "", "no", "maybe", 2], ids=str)
def test_an_automation_without_a_tick_is_off(cell: bool | str | int) -> None:
    tab = Tab()
    tab.row()["on"] = cell
    tab.poll(MET + MINUTE)
    assert tab.poll(SIX) == ["weekly_team:2026-W47"]


@pytest.mark.parametrize("cell", [True, "yes", "是"], ids=str)
def test_a_tick_may_be_typed_as_a_word(cell: bool | str) -> None:
    tab = Tab()
    tab.row()["on"] = cell
    assert tab.poll(SIX) == FRIDAY_RUNS


def test_what_fell_due_while_it_was_off_is_not_made_up() -> None:
    tab = Tab()
    tab.row()["on"] = False
    tab.poll(MET + MINUTE)
    tab.poll(SIX)
    tab.row()["on"] = True
    assert tab.poll(SIX + MINUTE) == []
    assert tab.poll(SIX + WEEK) == ["weekly_personal:2026-W48", "weekly_team:2026-W48"]


def test_weeks_are_closed_while_the_report_is_off() -> None:
    tab = Tab()
    tab.row()["on"] = tab.row(TEAM)["on"] = False
    tab.poll(MET + MINUTE)
    tab.poll(SIX + WEEK + MINUTE)
    assert [week.mark.id for week in tab.state.closed_weeks()] == ["2026-W47", "2026-W48"]


def test_a_deleted_row_switches_its_automation_off_and_its_return_makes_nothing_up() -> None:
    tab = Tab()
    row = tab.row()
    tab.rows.remove(row)
    assert tab.poll(SIX) == ["weekly_team:2026-W47"]
    tab.rows.append(row)
    assert tab.poll(SIX + MINUTE) == []
    assert "weekly_personal:2026-W48" in tab.poll(SIX + WEEK)


def test_a_tab_that_cannot_be_read_for_a_while_makes_up_what_it_missed() -> None:
    tab = Tab()
    tab.plan(SIX, readable=False)
    assert tab.begun == []
    assert tab.poll(SIX + timedelta(hours=1)) == FRIDAY_RUNS


def test_a_new_time_counts_from_the_moment_it_is_seen() -> None:
    tab = Tab()
    tab.poll(SIX)
    tab.row()["when"] = "周四 17:00"
    assert tab.poll(SIX + MINUTE) == []
    assert tab.poll(at("2026-11-26", "17:00")) == ["weekly_personal:2026-W48"]


def test_a_time_moved_to_earlier_today_waits_for_its_next_coming() -> None:
    tab = Tab()
    tab.row()["when"] = "Fri 17:00"
    assert tab.poll(at("2026-11-20", "17:30")) == []
    assert tab.poll(SIX) == []
    assert tab.poll(at("2026-11-27", "17:00")) == ["weekly_personal:2026-W48"]


def test_the_same_time_in_other_words_changes_nothing() -> None:
    tab = Tab()
    tab.row()["when"] = "每周五 18：00"
    assert tab.poll(SIX + MINUTE) == FRIDAY_RUNS


@pytest.mark.parametrize("words", ["Fry 18:00", "", "daily 18:00", "day 5 09:00", "#REF!"])
def test_a_time_that_cannot_be_used_keeps_the_last_good_one_and_says_how_to_write_it(words: str) -> None:
    tab = Tab()
    tab.row()["when"] = "Thu 17:00"
    tab.poll(MET + MINUTE)
    tab.row()["when"] = words
    tab.poll(MET + 2 * MINUTE)
    assert str(tab.row()["result"]).endswith("write it like Fri 18:00. Until then: Thu 17:00")
    assert tab.poll(at("2026-11-19", "17:00"))[0] == "weekly_personal:2026-W47"
    tab.row()["when"] = "Thu 17:00"
    tab.poll(at("2026-11-19", "17:05"))
    assert "write it like" not in str(tab.row()["result"])


def test_a_time_that_was_never_readable_is_the_usual_one() -> None:
    tab = Tab(met=None)
    tab.row()["when"] = "soon"
    tab.poll(MET)
    assert tab.poll(SIX) == FRIDAY_RUNS


def test_of_two_rows_of_one_automation_the_first_counts_and_the_other_says_so() -> None:
    tab = Tab()
    tab.rows.append({"automation": "个人周报", "on": True, "when": "Mon 09:00", "run_now": True})
    assert tab.poll(MET + MINUTE) == []
    assert tab.rows[-1]["result"] == "Row 3 counts for this automation: delete this row"
    assert tab.poll(SIX) == FRIDAY_RUNS


# ── Run now ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tick_runs_once_and_is_taken_off() -> None:
    tab = Tab()
    tab.tick()
    assert tab.poll(MET + MINUTE) == ["weekly_personal:2026-W47.r1"]
    assert tab.row()["run_now"] is False
    assert tab.begun[0].asked
    assert not tab.begun[0].late
    assert tab.poll(MET + 2 * MINUTE) == []


def test_a_crash_before_the_tick_is_taken_off_does_not_take_it_twice() -> None:
    tab = Tab()
    tab.tick()
    tab.plan(MET + MINUTE)
    tab.work(MET + MINUTE)
    tab.plan(MET + 10 * MINUTE)
    assert [run.id for run in tab.begun] == ["weekly_personal:2026-W47.r1"]
    tab.show(MET + 10 * MINUTE)
    assert tab.row()["run_now"] is False


def test_a_tick_that_joined_a_run_is_not_taken_again_when_taking_it_off_failed() -> None:
    tab = Tab()
    tab.plan(SIX)
    tab.show(SIX)
    tab.tick()
    tab.plan(SIX + MINUTE)
    tab.work(SIX + MINUTE)
    tab.plan(SIX + 10 * MINUTE)
    assert [run.id for run in tab.begun] == FRIDAY_RUNS
    tab.show(SIX + 10 * MINUTE)
    assert tab.row()["run_now"] is False


def test_two_quick_ticks_run_once_and_a_later_one_runs_again() -> None:
    tab = Tab()
    tab.tick()
    tab.poll(MET + MINUTE)
    tab.tick()
    assert tab.poll(MET + MINUTE + 10 * SECOND) == []
    tab.poll(MET + MINUTE + 20 * SECOND)
    assert tab.row()["run_now"] is False
    tab.tick()
    assert tab.poll(MET + 10 * MINUTE) == ["weekly_personal:2026-W47.r2"]


def test_a_tick_in_the_cycle_in_which_the_report_falls_due_joins_it() -> None:
    tab = Tab()
    tab.tick()
    assert tab.poll(SIX) == FRIDAY_RUNS
    assert tab.row()["run_now"] is False


def test_a_tick_during_a_run_that_takes_long_joins_it() -> None:
    tab = Tab()
    tab.plan(SIX)
    tab.show(SIX)
    tab.tick()
    tab.plan(SIX + 30 * MINUTE)
    tab.show(SIX + 30 * MINUTE)
    assert [run.id for run in tab.begun] == FRIDAY_RUNS
    assert tab.row()["run_now"] is False


def test_a_tick_after_a_report_of_the_same_automation_runs_the_running_week() -> None:
    tab = Tab()
    tab.poll(SIX)
    tab.tick()
    assert tab.poll(SIX + 3 * MINUTE) == ["weekly_personal:2026-W48.r1"]


def test_an_automation_that_is_off_runs_when_it_is_asked_to() -> None:
    tab = Tab()
    tab.row()["on"] = False
    tab.tick()
    assert tab.poll(MET + MINUTE) == ["weekly_personal:2026-W47.r1"]


def test_asked_for_months_and_quarters_are_the_running_ones() -> None:
    tab = Tab()
    tab.tick(MONTHLY.key)
    tab.tick(TIER_REVIEW.key)
    assert tab.poll(MET + MINUTE) == ["monthly:2026-11.r1", "tier_review:2026-Q4.r1"]


def test_asked_for_runs_of_a_team_go_on_counting_behind_a_scheduled_one() -> None:
    tab = Tab()
    tab.row(TEAM)["when"] = "Mon 09:00"
    tab.poll(SIX)
    tab.tick(TEAM)
    assert tab.poll(at("2026-11-21")) == ["weekly_team:2026-W48.r1"]
    assert tab.poll(at("2026-11-23", "09:00")) == ["weekly_team:2026-W47"]
    tab.tick(TEAM)
    assert tab.poll(at("2026-11-24")) == ["weekly_team:2026-W48.r2"]


def test_ticks_count_on_when_the_clock_was_put_back() -> None:
    tab = Tab()
    tab.tick()
    tab.poll(MET + timedelta(hours=8))
    tab.poll(MET + timedelta(hours=8) + MINUTE)
    for minutes in (10, 20, 30):
        tab.tick()
        tab.poll(MET + minutes * MINUTE)
        tab.poll(MET + (minutes + 1) * MINUTE)
    assert [run.id for run in tab.begun] == [f"weekly_personal:2026-W47.r{n}" for n in (1, 2, 3, 4)]


def test_a_tick_on_the_purchase_mail_is_taken_off_and_runs_nothing() -> None:
    tab = Tab()
    tab.tick(PURCHASE_MAIL.key)
    assert tab.poll(MET + MINUTE) == []
    assert tab.row(PURCHASE_MAIL.key)["run_now"] is False


def test_a_tick_that_a_person_takes_off_and_sets_again_counts_again() -> None:
    tab = Tab()
    tab.tick()
    tab.poll(MET + MINUTE)
    tab.poll(MET + 5 * MINUTE)
    tab.tick()
    assert tab.poll(MET + 6 * MINUTE) == ["weekly_personal:2026-W47.r2"]


# ── memory lost ─────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_lost_memory_nothing_that_the_sheet_shows_as_begun_begins_again() -> None:
    tab = Tab()
    tab.plan(SIX)
    tab.show(SIX)
    tab.forget()
    assert tab.poll(SIX + MINUTE) == []
    assert tab.poll(SIX + WEEK) == ["weekly_personal:2026-W48", "weekly_team:2026-W48"]


def test_a_run_that_the_sheet_did_not_show_before_memory_was_lost_begins_again() -> None:
    tab = Tab()
    tab.plan(SIX)
    assert not any(run.shown for run in tab.state.recall_runs().runs.values())
    tab.forget()
    assert tab.poll(SIX + MINUTE) == FRIDAY_RUNS
    assert [week.mark.id for week in tab.state.closed_weeks()] == ["2026-W47"]


def test_a_friday_that_passed_while_memory_was_lost_is_made_up() -> None:
    tab = Tab()
    tab.poll(SIX)
    tab.forget()
    assert tab.poll(SIX + WEEK + timedelta(hours=3)) == ["weekly_personal:2026-W48", "weekly_team:2026-W48"]
    assert tab.begun[-1].late


def test_ticks_that_stand_there_after_a_lost_memory_are_taken_off_and_not_run() -> None:
    tab = Tab()
    tab.forget()
    tab.tick()
    tab.tick(PURCHASE_MAIL.key)
    assert tab.poll(MET + MINUTE) == []
    assert [tab.row(key)["run_now"] for key in (PERSONAL, PURCHASE_MAIL.key)] == [False, False]


def test_a_tick_on_a_tab_that_is_new_is_run() -> None:
    tab = Tab(met=None)
    tab.tick()
    assert tab.poll(MET) == ["weekly_personal:2026-W47.r1"]


def test_cells_of_a_workbook_the_bot_never_met_are_no_memory() -> None:
    tab = Tab(met=None, marked=False)
    tab.row()["next_run"] = serial(MET - WEEK)
    assert tab.poll(MET) == []


def test_what_is_older_than_ten_weeks_is_not_made_up() -> None:
    tab = Tab()
    tab.forget()
    ids = tab.poll(MET + 52 * WEEK)
    assert len([i for i in ids if i.startswith(PERSONAL)]) == 10


# ── people a run could not write to ─────────────────────────────────────────────────────────────────────────

NO_EMAIL = RunFailure("Fred", "Fred", "no_email")


def failed(failure: RunFailure = NO_EMAIL, **said: object) -> Tab:
    tab = Tab()
    tab.plan(SIX)
    tab.show(SIX)
    tab.work(SIX, (failure,), **said)
    return tab


def with_fred(*emails: str) -> Tab:
    tab = failed()
    tab.catalog = build_catalog([], [], [{"name": "Fred", "email": email} for email in emails])
    return tab


def again(tab: Tab, minutes: int = 5) -> list[str]:
    return sorted(run.id for run in tab.plan(SIX + minutes * MINUTE).runs)


def test_a_run_waits_for_an_address_and_is_then_begun_again_for_this_person() -> None:
    assert again(with_fred()) == again(with_fred("")) == []
    tab = with_fred("fred@desk.example")
    assert again(tab) == FRIDAY_RUNS
    run = tab.state.recall_runs().runs[FRIDAY_RUNS[0]]
    assert (run.done_at, run.failures, run.attempts, run.shown) == (None, (NO_EMAIL,), 1, True)


def test_of_two_people_of_one_name_both_need_an_address() -> None:
    assert again(with_fred("fred@desk.example", "")) == []


def test_an_address_that_was_no_good_is_not_tried_again() -> None:
    tab = failed(RunFailure("fred@", "Fred", "bad_email"))
    tab.catalog = build_catalog([], [], [{"name": "Fred", "email": "fred@"}])
    assert again(tab) == []
    tab.catalog = build_catalog([], [], [{"name": "Fred", "email": "fred@desk.example"}])
    assert again(tab) == FRIDAY_RUNS


def test_trouble_of_ours_is_tried_again_at_its_time() -> None:
    tab = failed(RunFailure("fred@desk.example", "Fred", "error"), retry_at=SIX + 10 * MINUTE)
    assert again(tab, 9) == []
    assert again(tab, 10) == FRIDAY_RUNS


def test_a_run_is_not_begun_again_once_a_later_one_has_begun() -> None:
    tab = with_fred("")
    tab.poll(SIX + WEEK)
    tab.catalog = build_catalog([], [], [{"name": "Fred", "email": "fred@desk.example"}])
    assert again(tab, 60 * 24 * 7 + 5) == []


def test_nobody_is_looked_for_while_team_cannot_be_read() -> None:
    tab = failed()
    tab.catalog = None
    assert again(tab) == []


def test_people_are_not_tried_for_ever() -> None:
    tab = with_fred("fred@desk.example")
    for _ in range(30):
        tab.plan(SIX + MINUTE)
        tab.work(SIX + MINUTE, (NO_EMAIL,))
    assert {run.attempts for run in tab.state.recall_runs().runs.values()} == {10}


# ── the purchase mail ───────────────────────────────────────────────────────────────────────────────────────


def test_the_purchase_mail_is_on_unless_its_row_says_otherwise() -> None:
    tab = Tab()
    assert tab.plan(MET + MINUTE).purchase_mail
    tab.row(PURCHASE_MAIL.key)["on"] = False
    assert not tab.plan(MET + MINUTE).purchase_mail
    assert not tab.plan(MET + MINUTE, readable=False).purchase_mail
    tab.rows = []
    assert tab.plan(MET + MINUTE).purchase_mail


def test_without_a_tab_the_purchase_mail_is_on_and_nothing_runs() -> None:
    tab = Tab(met=None)
    found = tab.plan(SIX, readable=False)
    assert found.purchase_mail
    assert (found.runs, found.standings) == ((), {})
    assert found.weeks is not None
    assert found.weeks.closing == ()
    assert found.weeks.current.holds(SIX)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_row_is_known_in_every_language(language: str) -> None:
    tab = Tab(replace(RULES, language=language), met=None)
    for row, automation in zip(tab.rows, ALL_AUTOMATIONS, strict=True):
        row["automation"] = f" {automation.en.upper()} " if language == "zh-CN" else automation.zh
    tab.poll(MET)
    assert [row["automation"] for row in tab.rows] == [a.title(language) for a in ALL_AUTOMATIONS]
    assert tab.poll(SIX) == FRIDAY_RUNS
