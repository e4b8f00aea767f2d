"""Order Entry: a form's answer or a typed wish becomes exactly one row of Contract Orders, and two mails."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from sheets_schema.cells import datetime_serial
from tests.system.company import ANNA, MAILED, NORD, NORD_ORDER, ORDER, ZONE
from tests.system.stories import Stage, assert_rows_tell_what_was_mailed, mailed, told

FIRST, SECOND = "20261121-001", "20261121-002"
WISH = {
    "salesperson": " lina@SALES.example ", "customer": "c-1001", "product": "ｗorkstation", "specification": "PRO",
    "quantity": "２", "duration": "3 years", "payment_method": "Invoice", "due_date": "2026年12月1日",
    "special_requests": "blue", "source": "Fair", "notes": "call first",
}  # fmt: skip


def answer(stage: Stage, minutes: float = 0, **cells: object) -> int:
    """A form's answer, as Google appends it: with the time it was sent, all cells at once."""
    local = (stage.now + timedelta(minutes=minutes)).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    sheet = stage.entries
    row = sheet.last() + 1
    return sheet.type_all({row: {"timestamp": datetime_serial(local), **ORDER, **cells}})  # type: ignore[dict-item] # the cells of a story are what a sheet takes


def test_a_forms_answer_is_through_in_one_cycle(stage: Stage) -> None:
    row = answer(stage)
    stage.poll()
    assert stage.new_mails() == mailed(FIRST)
    stage.poll()
    assert stage.entries.row(row)["result"] == f"→ {FIRST}"
    assert stage.rest() == []
    assert MAILED.fullmatch(str(stage.contracts.row(4)["mail_status"]))


def test_a_typed_entry_waits_until_it_has_settled(stage: Stage) -> None:
    stage.entries.add(ORDER)
    stage.poll()
    stage.poll(19)
    assert stage.new_mails() == []
    stage.poll(1)
    assert stage.new_mails() == mailed(FIRST)


def test_a_wish_becomes_one_row_with_names_prices_and_dates_in_their_places(stage: Stage) -> None:
    row = stage.entries.type_all({2: WISH})
    assert stage.rest() == mailed(FIRST)
    [cells] = [r for r in stage.contracts.rows().values() if r["order_no"] == FIRST]
    number = stage.contracts.find(order_no=FIRST)
    row_id, marks, created = cells.pop("row_id"), cells.pop("mail_status"), cells.pop("created_at")
    assert cells == {
        "order_no": FIRST, "order_date": 46347, "customer": "Acme Ltd", "contact": "Ann Archer", "product": "Workstation",
        "specification": "PRO", "quantity": 2, "unit_price": 19800, "amount": 39600, "currency": "CNY",
        "duration": "3 years", "payment_method": "Invoice", "due_date": 46357, "delivery_address": "1 Mill Lane",
        "special_requests": "blue", "source": "Fair", "salesperson": "Lina Li", "status": "Pending review",
        "notes": "call first",
    }  # fmt: skip
    assert stage.contracts.shown(number, "due_date") == "2026-12-01"
    assert stage.contracts.shown(number, "amount") == "39,600.00"
    entry = stage.entries.row(row)
    assert (entry["order_no"], entry["result"]) == (FIRST, f"→ {FIRST}")
    assert entry["row_id"] != row_id
    assert {key: entry[key] for key in WISH} == WISH
    assert MAILED.fullmatch(str(marks))
    assert created


def test_entries_and_typed_rows_of_one_poll_are_numbered_one_after_the_other(stage: Stage) -> None:
    stage.contracts.add(ORDER)
    stage.entries.add(NORD_ORDER)
    assert sorted({m.number for m in stage.rest()}) == [FIRST, SECOND]
    assert len(stage.mails()) == 4
    assert_rows_tell_what_was_mailed(stage)


def test_the_same_answer_twice_within_minutes_is_flagged_and_goes_on_with_a_word_in_notes(
    stage: Stage,
) -> None:
    answer(stage)
    again = answer(stage, minutes=2)
    assert stage.rest() == mailed(FIRST)
    said = (
        f"The same answer as order {FIRST}, sent 2 min before: if it is meant twice, write a word in Notes; "
        "otherwise delete this row"
    )
    assert stage.entries.row(again)["result"] == said
    stage.entries.type(again, notes="yes, two")
    assert stage.rest() == mailed(SECOND)
    assert stage.entries.row(again)["result"] == f"→ {SECOND}"


def test_the_same_answer_twice_that_is_then_deleted_leaves_nothing(stage: Stage) -> None:
    first = answer(stage)
    again = answer(stage, minutes=9)
    stage.rest()
    stage.entries.delete(again)
    assert stage.rest() == []
    assert set(stage.entries.rows()) == {first}
    assert [r["order_no"] for r in stage.contracts.rows().values()][2:] == [FIRST]


def test_the_same_answer_an_hour_later_is_another_order(stage: Stage) -> None:
    answer(stage)
    stage.rest()
    stage.poll(3600)
    answer(stage)
    assert stage.rest() == mailed(SECOND)


def test_a_copied_entry_waits_and_becomes_an_order_when_its_number_is_cleared(stage: Stage) -> None:
    row = stage.entries.add(ORDER)
    stage.rest()
    original = stage.entries.row(row)
    copy = stage.entries.copy(row, row + 1)
    assert stage.rest() == []
    said = f"This row shows order {FIRST}, which was made already: clear Order No. to order again"
    assert stage.entries.row(copy)["result"] == said
    assert stage.entries.row(row) == original
    stage.entries.clear(copy, "order_no")
    assert stage.rest() == mailed(SECOND)
    assert stage.entries.row(row) == original
    assert stage.entries.row(copy)["result"] == f"→ {SECOND}"


def test_an_entry_edited_after_it_was_accepted_changes_nothing(stage: Stage) -> None:
    row = stage.entries.add(ORDER)
    stage.rest()
    book = stage.contracts.grid()
    stage.entries.type(row, quantity=99, customer="Nordlicht GmbH")
    assert stage.rest() == []
    assert stage.contracts.grid() == book
    assert stage.entries.row(row)["result"] == f"→ {FIRST}"


@pytest.mark.parametrize("what", ["sorted", "deleted and undone", "cut and pasted"])
def test_an_accepted_entry_is_not_ordered_again_wherever_it_goes(stage: Stage, what: str) -> None:
    stage.entries.add(ORDER)
    row = stage.entries.add(NORD_ORDER)
    assert stage.rest() == sorted([*mailed(FIRST), *mailed(SECOND, customer=NORD, sales=ANNA)])
    match what:
        case "sorted":
            stage.entries.sort("quantity", descending=True)
        case "cut and pasted":
            stage.entries.cut(row, row + 4)
        case _:
            taken = stage.entries.delete(row)
            stage.rest()
            stage.entries.undo(taken)
    assert stage.rest() == []
    assert sorted(str(r["result"]) for r in stage.entries.rows().values()) == [f"→ {FIRST}", f"→ {SECOND}"]


def test_a_deleted_entry_leaves_its_order_alone(stage: Stage) -> None:
    row = stage.entries.add(ORDER)
    stage.rest()
    book = stage.contracts.grid()
    stage.entries.delete(row)
    assert stage.rest() == []
    assert stage.contracts.grid() == book


def test_a_deleted_order_is_not_made_again_from_its_entry(stage: Stage) -> None:
    stage.entries.add(ORDER)
    stage.rest()
    stage.contracts.delete(4)
    assert stage.rest() == []
    assert set(stage.contracts.rows()) == {2, 3}


def test_an_order_is_not_made_while_the_book_of_orders_cannot_be_read(stage: Stage) -> None:
    stage.contracts.rename_tab("Old book")
    answer(stage)
    [notice] = stage.rest()
    assert notice.kind == "admin_notice"
    stage.contracts.rename_tab("Contract Orders")
    assert stage.rest() == [*mailed(FIRST), told("tab")]
    assert len([r for r in stage.contracts.rows().values() if r["order_no"] == FIRST]) == 1
