"""Automations in whole cycles, on the street of people and crashes: the purchase mail's switch, the missing tab, idling."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.planning.runs import Run
from bot.planning.sightings import Wanted
from sheets_schema import AUTOMATIONS, Cell
from sheets_schema.automations import ALL_AUTOMATIONS, DIGEST, PURCHASE_MAIL, WEEKLY_PERSONAL
from tests.system.street import START, ZONE, Street, Town, order_cells

KEYS = [f.key for f in AUTOMATIONS.fields]
SIX = datetime(2026, 11, 20, 18, tzinfo=ZONE)
PERSONAL = WEEKLY_PERSONAL.key


class Hall(Town):
    """A town whose Automations tab is as `init` writes it."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        for automation in ALL_AUTOMATIONS:
            cells: dict[str, Cell] = {
                "automation": automation.zh,
                "on": automation is not DIGEST,
                "when": automation.when.get("zh-CN", ""),
                "run_now": False,
            }
            self.sheet.grid(AUTOMATIONS.key).append([cells.get(key, "") for key in KEYS])
        self.meet()

    def meet(self) -> None:
        self.cycle()
        self.cycle()

    def row(self, key: str) -> list[Cell]:
        names = {a.key: a.zh for a in ALL_AUTOMATIONS}
        return next(row for row in self.sheet.grid(AUTOMATIONS.key) if row[0] == names[key])

    def set(self, key: str, column: str, cell: Cell) -> None:
        self.row(key)[KEYS.index(column)] = cell

    def shown(self, key: str, column: str) -> Cell:
        return self.row(key)[KEYS.index(column)]

    def order(self, tag: str) -> list[Cell]:
        row: list[Cell] = []
        for key, cell in order_cells(tag, random.Random(tag)).items():
            self.put(row, key, cell)
        self.sheet.grid("contracts").append(row)
        for _ in range(4):
            self.cycle()
        return row

    def runs(self) -> dict[str, Run]:
        return dict(self.state.recall_runs().runs)

    def go_to(self, moment: datetime) -> None:
        self.now = moment
        assert self.cycle(0)


# ── the purchase mail's switch ──────────────────────────────────────────────────────────────────────────────


def test_an_order_made_while_the_purchase_mail_is_off_is_numbered_and_not_mailed() -> None:
    hall = Hall()
    hall.set(PURCHASE_MAIL.key, "on", False)
    row = hall.order("quiet")
    assert hall.cell(row, "order_no") == "20261120-001"
    assert hall.cell(row, "mail_status") == "未发送：购买明细邮件已关闭。如需发送，请清空此单元格"
    assert hall.purchase_mails("quiet") == {}


def test_switching_it_on_mails_new_orders_and_none_of_the_old_ones() -> None:
    hall = Hall()
    hall.set(PURCHASE_MAIL.key, "on", False)
    hall.order("quiet")
    hall.set(PURCHASE_MAIL.key, "on", True)
    hall.order("loud")
    assert hall.purchase_mails("quiet") == {}
    assert hall.purchase_mails("loud") == {"customer": 1, "sales": 1}


@pytest.mark.parametrize("on", [False, True], ids=["off", "on"])
def test_clearing_the_cell_sends_the_mail_whether_it_is_on_or_off(on: bool) -> None:
    hall = Hall()
    hall.set(PURCHASE_MAIL.key, "on", False)
    row = hall.order("asked")
    hall.set(PURCHASE_MAIL.key, "on", on)
    hall.put(row, "mail_status", "")
    for _ in range(4):
        hall.cycle()
    assert hall.purchase_mails("asked") == {"customer": 1, "sales": 1}
    assert str(hall.cell(row, "mail_status")).startswith("客户 ✓")


# ── a run in the sheet ──────────────────────────────────────────────────────────────────────────────────────


def test_a_report_that_is_due_begins_and_is_shown_in_one_cycle() -> None:
    hall = Hall()
    hall.go_to(SIX)
    assert hall.runs()["weekly_personal:2026-W47"].shown
    assert hall.shown(PERSONAL, "result") == "正在生成"


def test_no_run_is_shown_while_the_sheet_has_not_taken_the_write() -> None:
    hall = Hall()
    hall.sheet.fail_write = "before"
    hall.now = SIX
    assert not hall.cycle(0)
    assert not hall.runs()["weekly_personal:2026-W47"].shown
    hall.cycle()
    assert hall.runs()["weekly_personal:2026-W47"].shown


def test_a_run_whose_write_got_no_answer_is_shown_by_the_next_look() -> None:
    hall = Hall()
    hall.sheet.fail_write = "after"
    hall.now = SIX
    assert not hall.cycle(0)
    assert not hall.runs()["weekly_personal:2026-W47"].shown
    hall.cycle()
    assert hall.runs()["weekly_personal:2026-W47"].shown


def test_rows_sorted_right_before_the_write_end_up_right() -> None:
    hall = Hall()
    rows = hall.sheet.grid(AUTOMATIONS.key)

    def sort() -> None:
        rows[1:] = rows[:0:-1]

    hall.sheet.before_write = sort
    hall.go_to(SIX)
    for _ in range(3):
        hall.cycle()
    ran = {a.key for a in ALL_AUTOMATIONS if hall.shown(a.key, "last_run") != ""}
    assert ran == {"weekly_personal", "weekly_team"}
    assert all(run.shown for run in hall.runs().values())


def test_a_tick_is_taken_within_one_poll_once() -> None:
    hall = Hall()
    hall.set(PERSONAL, "run_now", True)
    hall.cycle()
    assert hall.shown(PERSONAL, "run_now") is False
    for _ in range(5):
        hall.cycle(120)
    assert [run.id for run in hall.runs().values() if run.asked] == ["weekly_personal:2026-W47.r1"]


# ── idling, and a tab that is not there ─────────────────────────────────────────────────────────────────────


def test_an_idle_worker_reads_once_a_poll_and_wakes_for_what_is_due() -> None:
    hall = Hall()
    for _ in range(3):
        hall.cycle()
    assert hall.glance.next_look == SIX
    reads, writes, revised = hall.sheet.reads, hall.sheet.writes, hall.state.recall_runs()
    for _ in range(20):
        hall.cycle()
    assert hall.sheet.reads - reads == 20
    assert hall.state.recall_runs() == revised
    assert hall.sheet.writes == writes
    hall.go_to(SIX)
    assert hall.sheet.writes > writes


def test_without_the_tab_orders_are_mailed_and_nothing_else_runs() -> None:
    town = Town()
    del town.sheet.grids[AUTOMATIONS.zh]
    town.cycle()
    town.cycle()
    row: list[Cell] = []
    for key, cell in order_cells("plain", random.Random(1)).items():
        town.put(row, key, cell)
    town.sheet.grid("contracts").append(row)
    for _ in range(4):
        town.cycle()
    assert town.purchase_mails("plain") == {"customer": 1, "sales": 1}
    town.now = SIX
    town.cycle(0)
    assert town.state.recall_runs().runs == {}
    holds = town.state.recall(Wanted()).holds
    assert list(holds) == ["tab:automations"]


def test_a_missing_tab_costs_an_idle_poll_no_second_request() -> None:
    town = Town()
    del town.sheet.grids[AUTOMATIONS.zh]
    asked: list[datetime] = []
    about = Street.about

    class Counting(Street):
        def about(self, *, layout: bool = False) -> Any:
            asked.append(town.now)
            return about(self, layout=layout)

    town.sheet.__class__ = Counting
    for _ in range(60):
        town.cycle()
    assert town.now - START == timedelta(minutes=30)
    assert len(asked) <= 4
