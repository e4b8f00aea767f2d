"""What the bot's cells of the Automations tab show, which rows they are written to, and what they say in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.automation_cells import as_answered, automation_edits, runs_shown
from bot.planning.run_words import _WORDS, result_words
from bot.planning.runs import Run, RunFailure, RunsSeen
from sheets_schema import LANGUAGES
from sheets_schema.automations import MONTHLY, PURCHASE_MAIL, TIER_REVIEW, WEEKLY_TEAM
from tests.unit.automation_book import MET, MINUTE, PERSONAL, RULES, SECOND, SIX, WEEK, Tab, at, serial
from tests.unit.rows import placeholders

WANG = RunFailure("王芳", "王芳", "no_email")
CHINESE = replace(RULES, language="zh-CN")


# ── the cells ───────────────────────────────────────────────────────────────────────────────────────────────


def test_each_automation_shows_when_it_runs_next_by_the_teams_clock() -> None:
    tab = Tab()
    assert {
        key: tab.row(key)["next_run"] for key in (PERSONAL, WEEKLY_TEAM.key, MONTHLY.key, TIER_REVIEW.key)
    } == {
        PERSONAL: serial(SIX),
        WEEKLY_TEAM.key: serial(SIX),
        MONTHLY.key: serial(at("2026-12-05", "09:00")),
        TIER_REVIEW.key: serial(at("2027-01-05", "09:00")),
    }
    assert not tab.row(PURCHASE_MAIL.key).get("next_run")


def test_a_run_shows_when_it_began_and_when_the_next_one_comes() -> None:
    tab = Tab()
    tab.poll(SIX + SECOND)
    assert (tab.row()["last_run"], tab.row()["next_run"]) == (serial(SIX + SECOND), serial(SIX + WEEK))


def test_an_automation_that_is_off_has_no_next_run_and_keeps_its_last() -> None:
    tab = Tab()
    tab.poll(SIX)
    tab.row()["on"] = False
    tab.poll(SIX + MINUTE)
    assert (tab.row()["next_run"], tab.row()["last_run"]) == ("", serial(SIX))


def test_a_month_that_is_reported_already_is_not_announced_again() -> None:
    tab = Tab()
    tab.poll(at("2026-12-05", "09:00"))
    tab.row(MONTHLY.key)["when"] = "day 25 09:00"
    tab.poll(at("2026-12-06"))
    assert tab.row(MONTHLY.key)["next_run"] == serial(at("2027-01-25", "09:00"))
    assert "monthly:2026-11" not in tab.poll(at("2026-12-25", "09:00"))


def test_a_tab_that_shows_everything_is_not_written_to() -> None:
    tab = Tab()
    tab.poll(SIX)
    tab.poll(SIX + MINUTE)
    assert tab.show(SIX + 2 * MINUTE) == ()


def test_what_a_person_writes_into_the_bots_cells_is_put_right() -> None:
    tab = Tab()
    tab.poll(SIX)
    tab.poll(SIX + MINUTE)
    before = dict(tab.row())
    tab.row().update(next_run="tomorrow", last_run="", result="=1+1")
    tab.poll(SIX + 2 * MINUTE)
    assert tab.row() == before


def test_rows_are_written_by_where_they_stand_at_the_last_look() -> None:
    tab = Tab()
    tab.plan(SIX)
    tab.rows.reverse()
    tab.show(SIX)
    assert {key: tab.row(key).get("last_run", "") for key in (PERSONAL, MONTHLY.key)} == {
        PERSONAL: serial(SIX),
        MONTHLY.key: "",
    }


def test_only_the_ticks_that_were_taken_are_taken_off() -> None:
    tab = Tab()
    tab.tick()
    tab.plan(MET + MINUTE)
    tab.tick(WEEKLY_TEAM.key)
    tab.show(MET + MINUTE)
    assert (tab.row()["run_now"], tab.row(WEEKLY_TEAM.key)["run_now"]) == (False, True)


def test_after_a_lost_memory_a_row_keeps_what_it_says_of_its_last_run() -> None:
    tab = Tab()
    tab.poll(SIX)
    tab.row()["result"] = "12 reports sent"
    last_run = tab.row()["last_run"]
    tab.forget()
    tab.poll(SIX + MINUTE)
    assert (tab.row()["result"], tab.row()["last_run"]) == ("12 reports sent", last_run)


@pytest.mark.parametrize(
    "last_run", [serial(MET + MINUTE), "soon"], ids=["later than it was met", "no moment"]
)
def test_a_last_run_that_is_nobodys_is_taken_away(last_run: str | float) -> None:
    tab = Tab()
    tab.row().update(last_run=last_run, result="12 reports sent")
    tab.poll(MET + 2 * MINUTE)
    assert (tab.row()["last_run"], tab.row()["result"]) == ("", "")


def test_a_row_that_names_no_automation_is_told_what_it_could_say_until_it_is_emptied() -> None:
    tab = Tab()
    tab.rows.append({"automation": "Weekly raport", "on": True, "when": "Fri 18:00"})
    tab.rows.append({"automation": "Our own notes"})
    tab.poll(MET + MINUTE)
    assert str(tab.rows[-2]["result"]).startswith(
        "There is no such automation. The Automation cell can say: Purchase"
    )
    assert "result" not in tab.rows[-1]
    tab.rows[-2].update(automation="", on=False, when="")
    tab.poll(MET + 2 * MINUTE)
    assert tab.rows[-2]["result"] == ""


def test_the_purchase_mail_says_what_its_being_off_means() -> None:
    tab = Tab()
    tab.row(PURCHASE_MAIL.key)["on"] = False
    tab.poll(MET + MINUTE)
    assert (
        tab.row(PURCHASE_MAIL.key)["result"] == "Off: new orders are numbered, but no purchase mail goes out"
    )
    tab.row(PURCHASE_MAIL.key)["on"] = True
    tab.poll(MET + 2 * MINUTE)
    assert tab.row(PURCHASE_MAIL.key)["result"] == ""


# ── which runs people can see ───────────────────────────────────────────────────────────────────────────────


def test_a_run_is_shown_once_its_row_says_when_it_began() -> None:
    tab = Tab()
    tab.plan(SIX)
    seen = tab.state.recall_runs()
    assert runs_shown(tab.snapshot(), seen, RULES) == ()
    tab.row()["last_run"] = serial(SIX)
    assert [run.id for run in runs_shown(tab.snapshot(), seen, RULES)] == ["weekly_personal:2026-W47"]


def test_weeks_made_up_together_are_shown_together() -> None:
    tab = Tab()
    tab.plan(SIX + WEEK + MINUTE)
    seen = tab.state.recall_runs()
    tab.row()["last_run"] = serial(SIX + WEEK + MINUTE)
    shown = runs_shown(tab.snapshot(), seen, RULES)
    assert sorted(run.id for run in shown) == ["weekly_personal:2026-W47", "weekly_personal:2026-W48"]


@pytest.mark.parametrize("last_run", ["", "soon", serial(SIX - WEEK), serial(SIX + SECOND)], ids=str)
def test_another_moment_in_the_row_shows_no_run(last_run: str | float) -> None:
    tab = Tab()
    tab.plan(SIX)
    tab.row()["last_run"] = last_run
    assert runs_shown(tab.snapshot(), tab.state.recall_runs(), RULES) == ()


def test_a_write_is_believed_by_what_its_answer_shows() -> None:
    tab = Tab()
    tab.plan(SIX)
    seen = tab.state.recall_runs()
    edits = automation_edits(tab.snapshot(), seen, SIX, RULES)
    place = next(e for e in edits if e.row == 3)
    cells = [
        "Weekly personal report",
        True,
        "Fri 18:00",
        False,
        serial(SIX + WEEK),
        serial(SIX),
        "in preparation",
    ]
    answer = as_answered(tab.snapshot(), {("automations", place.row): cells, ("contracts", 3): cells})
    assert [run.id for run in runs_shown(answer, seen, RULES)] == ["weekly_personal:2026-W47"]
    sorted_away = as_answered(
        tab.snapshot(), {("automations", place.row): ["Weekly team report", *cells[1:]]}
    )
    assert [run.id for run in runs_shown(sorted_away, seen, RULES)] == ["weekly_team:2026-W47"]


def test_nothing_is_shown_or_written_while_the_tab_cannot_be_read() -> None:
    seen = RunsSeen()
    assert automation_edits(None, seen, SIX, RULES) == ()
    assert runs_shown(None, seen, RULES) == ()


# ── the words ───────────────────────────────────────────────────────────────────────────────────────────────

DONE = Run("weekly_personal:2026-W47", PERSONAL, "2026-W47", SIX, SIX, shown=True, done_at=SIX)
AGAIN = SIX + timedelta(hours=1)


@pytest.mark.parametrize(
    ("run", "mail", "english", "chinese"),
    [
        (replace(DONE, done_at=None), {}, "in preparation", "正在生成"),
        (DONE, {"sent": 12}, "12 reports sent", "已发送 12 份报告"),
        (DONE, {"sent": 1}, "1 report sent", "已发送 1 份报告"),
        (DONE, {"sent": 5, "queued": 6, "sending": 1}, "sending: 5 of 12", "发送中：5/12"),
        (DONE, {}, "nothing to send", "没有需要发送的内容"),
        (
            replace(DONE, failures=(WANG,)), {"sent": 12},
            "12 reports sent, 1 failed: 王芳 has no e-mail in Team", "已发送 12 份报告，1 份失败：王芳在团队成员表中没有邮箱",
        ),
        (
            replace(DONE, failures=(WANG, RunFailure("Bob", "Bob", "no_email"), RunFailure("x@", "Eva", "bad_email"))),
            {"sent": 2},
            "2 reports sent, 3 failed: 王芳, Bob without e-mail in Team; Eva: the e-mail in Team is not an address",
            "已发送 2 份报告，3 份失败：王芳、Bob在团队成员表中没有邮箱；Eva在团队成员表中的邮箱不正确",
        ),
        (
            replace(DONE, failures=(RunFailure("a@b.example", "Ann", "error"),), retry_at=AGAIN), {"sent": 2},
            "2 reports sent, 1 failed: Ann: trouble on our side, tried again at 11-20 19:00",
            "已发送 2 份报告，1 份失败：Ann：系统出错，将于 11-20 19:00 重试",
        ),
        (replace(DONE, empty=3), {"sent": 9}, "9 reports sent; no orders: 3 got none", "已发送 9 份报告；无订单：3 人未发送"),
        (replace(DONE, late=True), {"sent": 9}, "late: 9 reports sent", "补发：已发送 9 份报告"),
        (
            DONE, {"sent": 1, "dead": 2, "held": 1},
            "1 report sent; 2 not accepted by the mail server; 1 held back",
            "已发送 1 份报告；2 份被邮件服务器拒收；1 份暂缓发送",
        ),
        (
            replace(DONE, automation=MONTHLY.key, notes=(("archived", "12"), ("backup", "workbook-2026-11.xlsx"), ("x", "y"))),
            {"sent": 2},
            "2 reports sent; 12 orders moved to Archive; backup: workbook-2026-11.xlsx",
            "已发送 2 份报告；已归档 12 个订单；备份：workbook-2026-11.xlsx",
        ),
        (replace(DONE, automation=TIER_REVIEW.key), {"sent": 4}, "4 mails sent", "已发送 4 封邮件"),
    ],
)  # fmt: skip
def test_a_result_tells_with_numbers_what_became_of_a_run(
    run: Run, mail: Mapping[str, int], english: str, chinese: str
) -> None:
    assert (result_words(run, mail, RULES), result_words(run, mail, CHINESE)) == (english, chinese)


def test_a_run_begun_again_still_tells_of_those_who_got_theirs() -> None:
    run = replace(DONE, done_at=None, attempts=1, failures=(WANG,))
    assert result_words(run, {"sent": 12}, RULES).startswith("12 reports sent, 1 failed")


def test_many_failures_are_named_within_reason() -> None:
    failures = tuple(RunFailure(f"p{n}", f"Person {n}", "no_email") for n in range(300))
    told = result_words(replace(DONE, failures=failures), {}, RULES)
    assert "Person 4 and 295 more without e-mail in Team" in told
    novel = replace(DONE, failures=(RunFailure("x", "long name " * 200, "no_email"),))
    assert len(result_words(novel, {}, RULES)) < 200


def test_both_languages_say_the_same_things_with_the_same_blanks() -> None:
    english, chinese = (_WORDS[language] for language in LANGUAGES)
    assert english.keys() == chinese.keys()
    assert {k: placeholders(v) for k, v in english.items()} == {
        k: placeholders(v) for k, v in chinese.items()
    }
