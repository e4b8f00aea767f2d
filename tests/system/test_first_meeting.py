"""The first meeting with a workbook, `init` again, and the meeting after the state was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.app import build_app
from bot.settings import ConfigProblemsError, WorkbookSettings
from tests.system.company import NORD_ORDER, ORDER
from tests.system.stories import Stage, assert_rows_tell_what_was_mailed, mailed

FIRST, SECOND, THIRD = (f"20261121-00{serial}" for serial in range(1, 4))


@pytest.fixture
def unmet(make_stage: Callable[..., Stage]) -> Stage:
    """A workbook with two old orders, which the bot has never seen."""
    stage = make_stage()
    stage.lay_out()
    return stage


@pytest.mark.parametrize("how", ["init", "run"])
def test_rows_that_are_there_are_numbered_by_their_day_and_nobody_is_mailed(unmet: Stage, how: str) -> None:
    unmet.entries.add(ORDER)
    typed = unmet.contracts.rows()
    if how == "init":
        assert "First meeting: 3 rows adopted, none mailed." in unmet.init().said
    assert unmet.rest() == []
    rows = unmet.contracts.rows()
    assert [row["order_no"] for row in rows.values()] == ["OLD-1", "20261005-001"]
    assert {str(row["mail_status"]) for row in rows.values()} == {"not mailed: was here before Order Desk"}
    own = {"order_no", "mail_status", "row_id"}
    for number, row in typed.items():
        assert {k: c for k, c in rows[number].items() if k not in own or k in row} == row
        assert rows[number].keys() == row.keys() | own
    assert unmet.entries.row(2)["result"] == "was here before Order Desk"
    unmet.contracts.add(ORDER)
    assert unmet.rest() == mailed(FIRST)


def test_a_second_init_sends_no_write_and_says_so(unmet: Stage) -> None:
    unmet.init()
    unmet.rest()
    unmet.requests()
    said = unmet.init().said
    assert said == ()
    assert [request for request in unmet.requests() if not request.startswith("GET ")] == []


def test_a_second_init_on_a_book_in_use_changes_nothing(unmet: Stage) -> None:
    unmet.init()
    unmet.contracts.add(ORDER)
    unmet.contracts.add({"customer": "Acme Ltd"})
    assert unmet.rest() == mailed(FIRST)
    before = unmet.grids()
    assert unmet.init().said == ()
    assert unmet.grids() == before
    assert unmet.rest() == []


# ── the state is lost, the workbook has the marker ──────────────────────────────────────────────────────────


@pytest.fixture
def sold(unmet: Stage) -> Stage:
    """Acme's order in row 4 and Nordlicht's in row 5 are mailed."""
    unmet.init()
    unmet.contracts.add(ORDER)
    unmet.contracts.add(NORD_ORDER)
    assert len(unmet.rest()) == 4
    return unmet


def test_a_lost_state_mails_nobody_twice_and_changes_no_row(sold: Stage) -> None:
    before = sold.grids()
    sold.lose_state()
    assert sold.rest() == []
    assert sold.grids() == before


def test_a_row_typed_while_the_state_was_lost_is_new_and_gets_a_number_of_its_own(sold: Stage) -> None:
    sold.lose_state()
    row = sold.contracts.add(ORDER)
    assert sold.rest() == mailed(THIRD)
    assert sold.contracts.row(row)["order_no"] == THIRD
    assert_rows_tell_what_was_mailed(sold)


def test_a_number_is_not_given_again_when_its_row_was_deleted_before_the_loss(sold: Stage) -> None:
    sold.contracts.delete(5)
    sold.rest()
    sold.lose_state()
    sold.contracts.add(ORDER)
    assert sold.rest() == mailed(THIRD)


def test_a_row_whose_mail_nobody_knows_of_is_shown_as_maybe_sent(sold: Stage) -> None:
    sold.contracts.clear(4, "mail_status")
    sold.lose_state()
    assert sold.rest() == []
    assert sold.contracts.row(4)["mail_status"] == "maybe sent: check"
    assert "✓" in str(sold.contracts.row(5)["mail_status"])
    sold.contracts.clear(4, "mail_status")
    assert {m.number for m in sold.rest()} == {FIRST}


def test_entries_that_were_accepted_before_the_loss_are_not_ordered_again(sold: Stage) -> None:
    sold.entries.add(ORDER)
    assert sold.rest() == mailed(THIRD)
    before = sold.grids()
    sold.lose_state()
    assert sold.rest() == []
    assert sold.grids() == before


def test_copies_and_deletions_are_understood_after_the_loss_as_before(sold: Stage) -> None:
    sold.lose_state()
    sold.rest()
    copy = sold.contracts.copy(4, 6)
    sold.contracts.delete(5)
    assert sold.rest() == []
    assert f"Order {FIRST} was confirmed already" in str(sold.contracts.row(copy - 1)["problem"])


# ── another workbook ────────────────────────────────────────────────────────────────────────────────────────


def test_a_state_that_belongs_to_another_workbook_is_refused(sold: Stage) -> None:
    sold.restart()
    other = sold.desk.workbook("Another")
    settings = replace(sold.settings, workbook=WorkbookSettings(other, sold.desk.url))
    with pytest.raises(ConfigProblemsError) as refused:
        build_app(settings)
    [problem] = refused.value.problems
    assert problem.startswith("state: belongs to the workbook")
