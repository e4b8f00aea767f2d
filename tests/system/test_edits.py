"""What people do to rows between two polls: each edit, and exactly the right mails, once.

The first ten are those on which row counts, high-water marks and hashes of positions fail.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sheets_schema import CONTRACTS
from tests.system.company import ANNA, MAILED, NORD, NORD_ORDER, ORDER
from tests.system.stories import Stage, assert_rows_tell_what_was_mailed, mailed

FIRST, SECOND, THIRD, FOURTH = (f"20261121-00{serial}" for serial in range(1, 5))
BIG_ORDER = {**ORDER, "quantity": 40}
VISIBLE = [field.key for field in CONTRACTS.fields if not field.hidden]
EDGES = (VISIBLE[0], VISIBLE[-1])


def nord(*numbers: str) -> list[object]:
    return list(mailed(*numbers, customer=NORD, sales=ANNA))


@pytest.fixture
def sold(stage: Stage) -> Stage:
    """Two orders are through: Acme's in row 4, Nordlicht's in row 5."""
    stage.contracts.add(ORDER)
    stage.contracts.add(NORD_ORDER)
    assert stage.rest() == sorted([*mailed(FIRST), *mailed(SECOND, customer=NORD, sales=ANNA)])
    return stage


# ── the ten ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_appended_row_is_numbered_filled_mailed_and_marked(stage: Stage) -> None:
    row = stage.contracts.add(ORDER)
    assert stage.rest() == mailed(FIRST)
    cells = stage.contracts.row(row)
    row_id, marks, created = cells.pop("row_id"), cells.pop("mail_status"), cells.pop("created_at")
    assert cells == {
        **ORDER, "order_no": FIRST, "order_date": 46347, "contact": "Ann Archer", "unit_price": 360, "amount": 1080,
        "currency": "CNY", "status": "Pending review",
    }  # fmt: skip
    assert str(row_id).startswith("r")
    assert MAILED.fullmatch(str(marks))
    assert int(created) == 46347
    assert stage.contracts.shown(row, "order_date") == "2026-11-21"


def test_nothing_is_mailed_before_a_row_has_settled_and_one_poll_later_it_is(stage: Stage) -> None:
    stage.contracts.add(ORDER)
    stage.poll()
    stage.poll(19.9)
    assert stage.new_mails() == []
    stage.poll(0.1)
    assert stage.new_mails() == mailed(FIRST)


def test_a_row_deleted_and_one_appended_in_one_poll(sold: Stage) -> None:
    sold.contracts.delete(4)
    sold.contracts.add(BIG_ORDER)
    assert sold.rest() == mailed(THIRD)
    assert [row.get("order_no") for row in sold.contracts.rows().values()][2:] == [SECOND, THIRD]


def test_two_rows_deleted_then_a_poll_then_one_appended(sold: Stage) -> None:
    sold.contracts.delete(5)
    sold.contracts.delete(4)
    assert sold.rest() == []
    sold.contracts.add(BIG_ORDER)
    assert sold.rest() == mailed(THIRD)


@pytest.mark.parametrize("at", [2, 5], ids=["at the top", "in the middle"])
def test_an_inserted_row_alone_is_mailed(sold: Stage, at: int) -> None:
    sold.contracts.insert(at, BIG_ORDER)
    assert sold.rest() == mailed(THIRD)
    assert sold.contracts.row(at)["order_no"] == THIRD
    assert_rows_tell_what_was_mailed(sold)


@pytest.mark.parametrize("by", ["quantity", "mail_status"])
def test_sorting_mails_nothing_and_changes_nothing_more(sold: Stage, by: str) -> None:
    sold.contracts.sort(by, descending=True)
    before = sold.contracts.grid()
    assert sold.rest() == []
    assert sold.contracts.grid() == before


def test_a_half_typed_row_waits_says_what_is_missing_and_goes_when_it_is_complete(stage: Stage) -> None:
    row = stage.contracts.add({"customer": "Acme Ltd", "product": "Licence"})
    stage.poll()
    assert "problem" not in stage.contracts.row(row)
    assert stage.rest() == []
    assert stage.contracts.row(row)["problem"] == "Still missing: Quantity, Salesperson"
    stage.contracts.type(row, quantity="3")
    stage.poll()
    stage.contracts.type(row, salesperson="Lina Li")
    stage.poll(15)
    assert stage.new_mails() == []
    assert stage.rest() == mailed(FIRST)
    assert "problem" not in stage.contracts.row(row)


def test_a_row_below_a_blank_one_is_mailed_and_the_blank_one_left_alone(stage: Stage) -> None:
    row = stage.contracts.type(stage.contracts.last() + 3, **ORDER)
    assert stage.rest() == mailed(FIRST)
    assert stage.contracts.row(row)["order_no"] == FIRST
    assert set(stage.contracts.rows()) == {2, 3, row}


@pytest.mark.parametrize("row", [2, 4], ids=["an adopted row", "a mailed row"])
def test_editing_an_old_row_mails_nothing(sold: Stage, row: int) -> None:
    before = sold.contracts.row(row)
    sold.contracts.type(row, notes="called", special_requests="blue")
    assert sold.rest() == []
    after = sold.contracts.row(row)
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {"notes", "special_requests"} | ({"updated_at"} if row == 4 else set())


@pytest.mark.parametrize("polls", [0, 2], ids=["in one poll", "over two polls"])
@pytest.mark.parametrize("keys", [(), VISIBLE], ids=["all its cells", "the cells one sees"])
def test_the_last_row_cleared_and_another_typed_in_its_place(
    sold: Stage, polls: int, keys: list[str]
) -> None:
    sold.contracts.clear(5, *keys)
    for _ in range(polls):
        sold.poll(30)
    sold.contracts.type(5, **BIG_ORDER)
    assert sold.rest() == mailed(THIRD)
    assert sold.contracts.row(5)["order_no"] == THIRD
    assert_rows_tell_what_was_mailed(sold)


def test_the_first_row_of_an_empty_tab(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage()
    stage.lay_out(old=())
    assert "First meeting: 0 rows adopted, none mailed." in stage.init().said
    stage.rest()
    stage.contracts.type(2, **ORDER)
    assert stage.rest() == mailed(FIRST)


# ── copy, cut, undo ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_pasted_copy_waits_and_becomes_an_order_when_its_number_is_cleared(sold: Stage) -> None:
    original = sold.contracts.row(4)
    copy = sold.contracts.copy(4, 6)
    assert sold.rest() == []
    waiting = sold.contracts.row(copy)
    assert f"Order {FIRST} was confirmed already" in str(waiting["problem"])
    assert not {"row_id", "mail_status", "created_at"} & waiting.keys()
    assert sold.contracts.row(4) == original
    sold.contracts.clear(copy, "order_no")
    assert sold.rest() == mailed(THIRD)
    assert sold.contracts.row(4) == original
    assert sold.contracts.row(copy)["order_no"] == THIRD
    assert "problem" not in sold.contracts.row(copy)


def test_a_copy_pasted_above_its_original_leaves_the_original_its_identity(sold: Stage) -> None:
    original = sold.contracts.row(4)
    sold.contracts.do(sold.contracts.inserting(2))
    sold.contracts.copy(5, 2)
    assert sold.rest() == []
    rows = sold.contracts.rows()
    assert [n for n, row in rows.items() if row.get("row_id") == original["row_id"]] in ([2], [5])
    assert [n for n, row in rows.items() if FIRST in str(row.get("problem", ""))] in ([2], [5])


def test_a_copy_whose_number_is_cleared_at_once_is_an_order(sold: Stage) -> None:
    copy = sold.contracts.copy(5, 6)
    sold.contracts.clear(copy, "order_no")
    assert sold.rest() == nord(THIRD)
    assert_rows_tell_what_was_mailed(sold)


def test_a_copy_that_is_changed_and_numbered_anew_is_an_order(sold: Stage) -> None:
    copy = sold.contracts.copy(4, 6)
    sold.contracts.type(copy, order_no="", amount="", **BIG_ORDER)
    assert sold.rest() == mailed(THIRD)
    assert_rows_tell_what_was_mailed(sold)


@pytest.mark.parametrize("keys", [(), EDGES], ids=["the whole row", "the cells one sees"])
def test_a_row_cut_and_pasted_elsewhere_stays_the_same_order(sold: Stage, keys: tuple[str, ...]) -> None:
    stage = sold
    before = stage.contracts.row(4)
    stage.contracts.cut(4, 9, keys)
    assert stage.rest() == []
    assert stage.contracts.row(9) == before
    assert stage.contracts.row(4) == {}
    stage.contracts.type(4, **BIG_ORDER)
    assert stage.rest() == mailed(THIRD)


@pytest.mark.parametrize("without", [(), ("row_id",)], ids=["with its hidden ID", "without its hidden ID"])
@pytest.mark.parametrize("polls", [0, 2], ids=["at once", "after polls"])
def test_a_deleted_row_that_an_undo_brings_back_is_the_same_order(
    sold: Stage, polls: int, without: tuple[str, ...]
) -> None:
    before = sold.contracts.grid()
    taken = sold.contracts.delete(4)
    for _ in range(polls):
        sold.poll(30)
    sold.contracts.undo(taken, without=without)
    assert sold.rest() == []
    assert sold.contracts.grid() == before


def test_a_row_dragged_to_another_place_stays_the_same_order(sold: Stage) -> None:
    moved = sold.contracts.row(5)
    sold.contracts.do(sold.contracts.dragging(5, to=2))
    assert sold.rest() == []
    assert sold.contracts.row(2) == moved


def test_identical_orders_are_as_many_orders_as_there_are_rows(stage: Stage) -> None:
    stage.contracts.add(ORDER)
    stage.contracts.add(ORDER)
    assert stage.rest() == mailed(FIRST, SECOND)
    stage.contracts.add(ORDER)
    assert stage.rest() == mailed(THIRD)
    assert [stage.contracts.row(n)["order_no"] for n in (4, 5, 6)] == [FIRST, SECOND, THIRD]


# ── columns and filters ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.move_column("order_no", before="salesperson"),
        lambda sheet: sheet.move_column("row_id", before="order_no"),
        lambda sheet: sheet.insert_column("product", "Colour"),
        lambda sheet: sheet.hide_column("quantity"),
        lambda sheet: sheet.retitle(sheet.columns()["customer"], "客户名称"),
        lambda sheet: sheet.retitle(sheet.columns()["quantity"], " QUANTITY\u00a0"),
        lambda sheet: sheet.filter(view=True),
        lambda sheet: sheet.filter(view=False),
    ],
    ids=[
        "number moved", "ID moved", "inserted", "hidden", "retitled in Chinese", "retitled with blanks",
        "a filter view", "a filter for all",
    ],
)  # fmt: skip
def test_columns_and_filters_change_nothing_but_the_look(sold: Stage, change: Callable[..., None]) -> None:
    before = sold.contracts.rows()
    change(sold.contracts)
    assert sold.rest() == []
    assert sold.contracts.rows() == before
    row = sold.contracts.add(BIG_ORDER)
    assert sold.rest() == mailed(THIRD)
    assert sold.contracts.row(row)["order_no"] == THIRD
    assert_rows_tell_what_was_mailed(sold)


def test_a_column_moved_between_the_first_sight_of_a_row_and_its_claim(stage: Stage) -> None:
    row = stage.contracts.add(ORDER)
    stage.poll()
    stage.contracts.move_column("order_no", before="salesperson")
    assert stage.rest() == mailed(FIRST)
    assert stage.contracts.row(row)["order_no"] == FIRST


# ── sorts that tear rows, and sorts at any moment ───────────────────────────────────────────────────────────


def test_a_sort_that_leaves_the_hidden_ids_behind_is_mended(sold: Stage) -> None:
    sold.contracts.add(BIG_ORDER)
    sold.rest()
    before = {row["order_no"]: row for row in sold.contracts.rows().values()}
    sold.contracts.sort("quantity", descending=True, keys=EDGES)
    assert sold.rest() == []
    after = sold.contracts.rows()
    assert [row["quantity"] for row in after.values()] == [40, 5, 3, 2, 1]
    assert {row["order_no"]: row for row in after.values()} == before


@pytest.mark.parametrize("polls", range(4))
@pytest.mark.parametrize("keys", [(), EDGES], ids=["whole rows", "without the hidden IDs"])
def test_a_sort_between_any_two_polls_mails_every_order_once_and_marks_its_own_row(
    stage: Stage, polls: int, keys: tuple[str, ...]
) -> None:
    for quantity, order in enumerate((ORDER, NORD_ORDER, ORDER, NORD_ORDER), 7):
        stage.contracts.add(order, quantity=quantity)
    for _ in range(polls):
        stage.poll(15)
    stage.contracts.sort("quantity", descending=True, keys=keys)
    stage.rest()
    assert len(stage.mails()) == 8
    assert [stage.contracts.row(n)["quantity"] for n in range(2, 6)] == [10, 9, 8, 7]
    assert_rows_tell_what_was_mailed(stage)
    assert all("✓" in str(stage.contracts.row(n)["mail_status"]) for n in range(2, 6))
