"""What the bot does not do until a person says so: too many orders at once, and a tab that was emptied."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from bot.ports import OutsideError
from sheets_schema import AUTOMATIONS, Cell
from sheets_schema.automations import ALL_AUTOMATIONS, RELEASE
from tests.system.company import ADMIN, NORD_ORDER, ORDER
from tests.system.hand import Hand
from tests.system.stories import Stage, mailed, told

NUMBERS = [f"20261121-00{serial}" for serial in range(1, 8)]
HELD = "Held: 4 new orders at once. If they are meant, tick Run now of 'Release what is held' in Automations, or run: python -m bot release"


@pytest.fixture
def narrow(make_stage: Callable[..., Stage]) -> Stage:
    """A workbook in which more than three new orders at once are too many."""
    stage = make_stage(flood=3)
    stage.lay_out()
    stage.init()
    stage.rest()
    return stage


def paste_orders(sheet: Hand, count: int = 4) -> list[int]:
    first = sheet.last() + 1
    sheet.type_all({first + i: {**ORDER, "quantity": i + 1} for i in range(count)})
    return list(range(first, first + count))


def test_as_many_orders_as_allowed_go(narrow: Stage) -> None:
    paste_orders(narrow.contracts, 3)
    assert narrow.rest() == mailed(*NUMBERS[:3])


@pytest.mark.parametrize("where", ["contracts", "entries"])
def test_too_many_orders_at_once_are_held_and_released_exactly_once(narrow: Stage, where: str) -> None:
    sheet: Hand = getattr(narrow, where)
    cell = "problem" if where == "contracts" else "result"
    rows = paste_orders(sheet)
    [notice] = narrow.rest()
    assert (notice.to, notice.number) == (ADMIN, "flood")
    assert "4 new orders" in notice.subject
    assert [sheet.row(n)[cell] for n in rows] == [HELD] * 4
    assert not any("order_no" in sheet.row(n) for n in rows)
    narrow.restart()
    assert narrow.rest() == []

    assert narrow.release() == 1
    assert narrow.rest() == mailed(*NUMBERS[:4])
    assert [sheet.row(n)["order_no"] for n in rows] == NUMBERS[:4]
    assert HELD not in [sheet.row(n).get(cell) for n in rows]
    assert narrow.release() == 0
    assert narrow.rest() == []


# ── the tick in Automations ─────────────────────────────────────────────────────────────────────────────────


RELEASE_ROW = ALL_AUTOMATIONS.index(RELEASE) + 2


def tick(stage: Stage) -> None:
    """A lead ticks Run now of the row that releases."""
    stage.hand(AUTOMATIONS).type(RELEASE_ROW, run_now=True)


def shown(stage: Stage) -> tuple[Cell, str]:
    """The row's tick, and what it says."""
    row = stage.hand(AUTOMATIONS).row(RELEASE_ROW)
    return row["run_now"], str(row["result"])


def test_one_tick_lets_a_flood_go_exactly_once_and_says_so(narrow: Stage) -> None:
    rows = paste_orders(narrow.contracts)
    assert [m.number for m in narrow.rest()] == ["flood"]
    assert shown(narrow) == (False, "Held: 4 new orders. Look at it, then tick Run now to let it go")
    tick(narrow)
    assert narrow.rest() == mailed(*NUMBERS[:4])
    assert [narrow.contracts.row(n)["order_no"] for n in rows] == NUMBERS[:4]
    ticked, told_now = shown(narrow)
    assert not ticked
    assert re.fullmatch(r"Released 11-21 09:\d\d: 4 new orders", told_now)
    paste_orders(narrow.contracts)
    narrow.restart()
    assert [m.number for m in narrow.rest()] == ["flood"], "the same tick released what came later"
    assert "Held: 4 new orders" in shown(narrow)[1]


def test_a_tick_while_nothing_is_held_releases_nothing_that_comes_later(narrow: Stage) -> None:
    assert shown(narrow) == (False, "Nothing is held")
    tick(narrow)
    assert narrow.rest() == []
    ticked, told_now = shown(narrow)
    assert not ticked
    assert re.fullmatch(r"11-21 09:\d\d: nothing was held", told_now)
    paste_orders(narrow.contracts)
    assert [m.number for m in narrow.rest()] == ["flood"]


def test_a_tick_in_the_very_moment_of_a_flood_does_not_release_what_nobody_has_seen(narrow: Stage) -> None:
    paste_orders(narrow.contracts)
    narrow.poll()
    tick(narrow)
    narrow.poll(30)
    assert [m.number for m in narrow.rest()] == ["flood"]


def test_a_tick_whose_taking_off_was_never_written_counts_once(narrow: Stage) -> None:
    paste_orders(narrow.contracts)
    assert [m.number for m in narrow.rest()] == ["flood"]
    tick(narrow)
    narrow.refuse_writes()
    with pytest.raises(OutsideError):
        narrow.poll(30)
    narrow.restart()
    paste_orders(narrow.contracts)
    numbers = [m.number for m in narrow.rest()]
    assert sorted(set(numbers)) == [*NUMBERS[:4], "flood"]


def test_a_tick_lets_an_emptied_tab_pass(full: Stage) -> None:
    empty(full.contracts, "rows deleted")
    assert full.rest() == [told("emptied")]
    assert shown(full)[1].startswith("Held: 'Contract Orders', emptied of 4 rows. Look at it")
    tick(full)
    assert full.rest() == []
    full.contracts.type(2, **ORDER)
    assert full.rest() == mailed(NUMBERS[2])


def test_a_flood_that_is_deleted_leaves_nothing_held(narrow: Stage) -> None:
    rows = paste_orders(narrow.contracts)
    assert [m.number for m in narrow.rest()] == ["flood"]
    for row in reversed(rows):
        narrow.contracts.delete(row)
    assert narrow.rest() == []
    narrow.contracts.add(ORDER)
    assert narrow.rest() == mailed(NUMBERS[0])
    paste_orders(narrow.contracts)
    assert [m.number for m in narrow.rest()] == ["flood"]


# ── an emptied tab ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def full(stage: Stage) -> Stage:
    """Four orders in the book, two of them mailed, and three accepted entries."""
    stage.contracts.add(ORDER)
    stage.contracts.add(NORD_ORDER)
    assert len(stage.rest()) == 4
    return stage


def empty(sheet: Hand, how: str) -> None:
    last = sheet.last()
    if how == "rows deleted":
        sheet.do(sheet.deleting(2, last - 1))
        return
    for row in range(2, last + 1):
        sheet.clear(row)


@pytest.mark.parametrize("how", ["rows deleted", "cells cleared"])
def test_an_emptied_tab_is_left_alone_admins_hear_once_and_an_undo_resumes(full: Stage, how: str) -> None:
    sheet = full.contracts
    before = sheet.grid()
    empty(sheet, how)
    assert full.rest() == [told("emptied")]
    full.restart()
    assert full.rest() == []
    keys = sorted(sheet.columns(), key=sheet.columns().__getitem__)
    sheet.type_all({n: dict(zip(keys, row, strict=False)) for n, row in enumerate(before[1:], 2)})
    assert full.rest() == []
    assert sheet.grid() == before
    sheet.add(ORDER)
    assert full.rest() == mailed(NUMBERS[2])


def test_an_emptied_book_does_not_stop_the_entries_from_waiting_for_it(full: Stage) -> None:
    empty(full.contracts, "rows deleted")
    assert full.rest() == [told("emptied")]
    full.release()
    full.entries.add(ORDER)
    assert full.rest() == mailed(NUMBERS[2])


def test_an_emptying_that_was_meant_passes_when_released(full: Stage) -> None:
    empty(full.contracts, "rows deleted")
    assert full.rest() == [told("emptied")]
    assert full.release() == 1
    assert full.rest() == []
    full.contracts.type(2, **ORDER)
    assert full.rest() == mailed(NUMBERS[2])
    assert full.release() == 0


def test_rows_typed_into_an_emptied_tab_wait_for_the_decision(full: Stage) -> None:
    empty(full.contracts, "rows deleted")
    full.contracts.type(2, **ORDER)
    assert full.rest() == [told("emptied")]
    assert full.release() == 1
    assert full.rest() == mailed(NUMBERS[2])


def test_two_rows_that_go_at_once_are_simply_deleted(stage: Stage) -> None:
    empty(stage.contracts, "rows deleted")
    assert stage.rest() == []
    stage.contracts.type(2, **ORDER)
    assert stage.rest() == mailed(NUMBERS[0])
