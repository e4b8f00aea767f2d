"""The Activity tab as a window on the entries: what stands in which row, whatever happens to answers and to tabs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot.outbox
import bot.planning
from bot.activity import Change, Entry
from bot.activity_tab import ENTRIES_A_CYCLE, Owed, activity_owed, problem_entries, refused
from bot.adapters.memory_state import MemoryState
from bot.adapters.memory_workbook import MemoryWorkbook
from bot.planning.activity_words import _MAILS, _WHAT, what_words
from bot.planning.happened import entries_of
from bot.planning.rules import Rules
from bot.ports import Commit
from bot.projection import Retold
from sheets_schema import ACTIVITY, LANGUAGES, Cell
from sheets_schema.workflow import HEARD_BY

NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
RULES = Rules(language="en", activity_rows=10)
TEAM_CLOCK = 46347 + 9.5 / 24


class Tab:
    """A workbook with an Activity tab, the bot's state, and what becomes of the one by the other."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules, self.state, self.now = rules, MemoryState(), NOW
        self.workbook = MemoryWorkbook.with_tabs(rules.language)

    def happens(self, count: int = 1) -> None:
        """So many things, each of its own order."""
        last = self.state.last_activity()
        entries = tuple(Entry(NOW, "number_given", f"A-{last + i}") for i in range(1, count + 1))
        self.commit(activity=entries)

    def commit(self, **changes: object) -> None:
        lease = self.state.acquire("test", self.now, 600)
        assert lease is not None
        self.state.commit(Commit(**changes), lease)  # type: ignore[arg-type]

    def owed(self) -> Owed:
        return activity_owed(self.workbook.about(), self.state, self.workbook, self.rules, self.now)

    def cycle(self, *, answered: bool = True) -> Owed:
        """What one cycle does; without an answer the write happens and the bot does not hear of it."""
        owed = self.owed()
        if owed.edits:
            self.workbook.write(owed.edits)
        if answered and owed.facts:
            self.commit(facts=owed.facts)
        return owed

    def rest(self) -> None:
        while not self.cycle().is_all:
            pass
        assert self.owed() == Owed(), "nothing new, and yet something to write"

    @property
    def rows(self) -> list[list[Cell]]:
        """What stands below the titles, blank rows at the end left out."""
        return [list(row) for row in self.workbook.contents([ACTIVITY.key])[ACTIVITY.en]][1:]

    @property
    def orders(self) -> list[Cell]:
        return [row[1] if row else "" for row in self.rows]

    def lose_state(self) -> None:
        self.state = MemoryState()


def orders(first: int, last: int) -> list[str]:
    return [f"A-{number}" for number in range(first, last + 1)]


def test_an_entry_shows_when_it_happened_by_the_teams_clock_and_what_changed() -> None:
    tab = Tab()
    tab.commit(activity=(Entry(NOW, "changed", "A-1", "3", "=1+1", "Quantity"),))
    tab.rest()
    [[time, *rest]] = tab.rows
    assert time == pytest.approx(TEAM_CLOCK)
    assert rest == ["A-1", "Order changed", "3", "=1+1", "Quantity"]


def test_what_a_mail_was_is_said_in_the_language_of_the_team() -> None:
    tab = Tab(replace(RULES, language="zh-CN"))
    tab.commit(activity=(Entry(NOW, "mail_sent", "A-1", detail="order_shipped"),))
    edit = tab.owed().edits[0]
    assert edit.rows[0][2:] == ("邮件已发送", "", "", "发货通知")


def test_entries_go_below_those_that_are_shown() -> None:
    tab = Tab()
    tab.happens(2)
    tab.rest()
    tab.happens(3)
    tab.rest()
    assert tab.orders == orders(1, 5)


def test_a_quiet_tab_is_neither_read_nor_written() -> None:
    tab = Tab()
    assert tab.owed() == Owed()
    tab.happens()
    tab.rest()
    before = tab.workbook.reads
    assert tab.owed() == Owed()
    assert tab.workbook.reads == before


def test_a_write_whose_answer_was_lost_is_written_again_in_the_same_place() -> None:
    tab = Tab()
    tab.happens()
    tab.rest()
    tab.happens(2)
    tab.cycle(answered=False)
    tab.happens(2)
    tab.rest()
    assert tab.orders == orders(1, 5)


def test_many_entries_are_shown_part_by_part() -> None:
    tab = Tab(replace(RULES, activity_rows=2000))
    tab.happens(ENTRIES_A_CYCLE + 1)
    assert not tab.cycle().is_all
    assert len(tab.rows) == ENTRIES_A_CYCLE
    tab.rest()
    assert tab.orders == orders(1, ENTRIES_A_CYCLE + 1)


@pytest.mark.parametrize("answered", [True, False])
def test_when_a_fifth_too_many_stand_there_the_newest_are_written_anew(answered: bool) -> None:
    tab = Tab()
    for _ in range(12):
        tab.happens()
        tab.rest()
    assert tab.orders == orders(1, 12), "a fifth more is borne"
    tab.happens()
    tab.cycle(answered=answered)
    assert tab.orders == orders(4, 13)
    tab.rest()
    tab.happens()
    tab.rest()
    assert tab.orders == orders(4, 14)


def test_a_block_too_long_for_one_edit_is_written_in_several() -> None:
    tab = Tab(replace(RULES, activity_rows=2500))
    tab.happens(3100)
    tab.rest()
    assert tab.orders == orders(601, 3100)


def test_without_a_tab_nothing_is_written_and_a_later_one_gets_the_newest() -> None:
    tab = Tab()
    taken = tab.workbook.grids.pop(ACTIVITY.en)
    tab.happens(30)
    assert tab.cycle() == Owed()
    tab.workbook.grids[ACTIVITY.en] = taken
    tab.rest()
    assert tab.orders == orders(21, 30)


def test_a_tab_laid_out_anew_is_filled_from_its_top() -> None:
    tab = Tab()
    tab.happens(5)
    tab.rest()
    del tab.workbook.grids[ACTIVITY.en]
    tab.workbook.grids["Our own"] = [["x"]]
    tab.workbook.grids[ACTIVITY.en] = [[field.en for field in ACTIVITY.fields]]
    tab.happens()
    tab.rest()
    assert tab.orders == orders(1, 6)


# ── a lost state ────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_lost_state_the_rows_that_people_see_stay_and_new_ones_go_below() -> None:
    tab = Tab()
    tab.happens(4)
    tab.rest()
    tab.lose_state()
    tab.happens(2)
    tab.rest()
    tab.happens()
    tab.rest()
    assert tab.orders == [*orders(1, 4), *orders(1, 3)]


def test_rows_of_an_earlier_life_go_when_the_new_ones_fill_the_tab() -> None:
    tab = Tab()
    tab.happens(12)
    tab.rest()
    tab.lose_state()
    for _ in range(13):
        tab.happens()
        tab.rest()
    assert tab.orders == orders(4, 13)


@pytest.mark.parametrize("answered", [True, False])
def test_a_state_that_is_lost_again_and_again_does_not_let_the_tab_grow(answered: bool) -> None:
    tab = Tab()
    for _ in range(6):
        tab.lose_state()
        tab.happens(7)
        tab.cycle(answered=answered)
        tab.rest()
        assert len(tab.rows) <= 12 + 7 * 2
    assert tab.orders[-7:] == orders(1, 7)


def test_a_tab_that_was_refused_is_left_alone_for_a_while() -> None:
    tab = Tab()
    tab.happens()
    tab.commit(facts=refused(NOW))
    assert tab.cycle() == Owed()
    tab.now += timedelta(minutes=10)
    tab.rest()
    assert tab.orders == orders(1, 1)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────


def codes() -> set[str]:
    """Every code of an entry that the program names."""
    text = "\n".join(p.read_text("utf-8") for p in Path(bot.planning.__path__[0]).glob("*.py"))
    text += Path(bot.outbox.__file__).read_text("utf-8")
    named = set(re.findall(r"\bnote\(\s*\"(\w+)\"", text)) | set(
        re.findall(r"\"(mail_(?:sent|failed|held|maybe))\"", text)
    )
    return named | {"stock_taken", "stock_given_back", "problem_raised", "problem_cleared"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_happens_has_words(language: str) -> None:
    assert codes() <= _WHAT[language].keys()
    assert _WHAT["en"].keys() == _WHAT[language].keys()
    assert _MAILS["en"].keys() == _MAILS[language].keys()
    assert HEARD_BY.keys() <= _MAILS[language].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_plan_changes_is_entered_in_words(language: str) -> None:
    changes = [
        Change("order_claimed", "A-1", "contracts", 7, 2),
        Change("held_emptied", tab="contracts", count=9),
        Change("run_begun", tab="automations", run="weekly_team:2026-W47"),
        Change("row_edited", "A-1", "contracts", 7),
    ]
    found = entries_of(changes, NOW, Rules(language=language))
    assert [(e.what, e.order_no) for e in found] == [
        ("number_given", "A-1"),
        ("held_emptied", ""),
        ("run_begun", ""),
    ]
    said = {
        "en": ["2 line(s)", "Contract Orders: 9 rows", "Weekly team report 2026-W47"],
        "zh-CN": ["2 行", "合同订单表：9 行", "团队周报 2026-W47"],
    }
    assert [e.detail for e in found] == said[language]
    assert all(what_words(e, language) != e.what for e in found)


def test_a_problem_is_entered_when_it_comes_and_when_it_goes() -> None:
    problems = (Retold("contracts", 7, "A-1", "", "no price"), Retold("order_entry", 3, "", "no price", ""))
    assert problem_entries(problems, NOW, Rules(language="en")) == (
        Entry(NOW, "problem_raised", "A-1", "", "no price", "Contract Orders, row 7"),
        Entry(NOW, "problem_cleared", "", "no price", "", "Order Entry, row 3"),
    )
