"""Somebody edits between the bot's last look and its write: no cell of a wrong row stays changed.

The edit is carried out by the desk right before the bot's `batchUpdate` takes effect: before the write that places
numbers and Row IDs, or before the one that marks what was sent. Afterwards the tab must be what people typed, in the
order in which they left it, plus what the bot owes to each row, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pytest

from sheets_schema import CONTRACTS, Cell, Owner
from tests.system.company import ANNA, MAILED, NORD, NORD_ORDER, ORDER
from tests.system.hand import Hand, Request
from tests.system.stories import Stage, assert_rows_tell_what_was_mailed, mailed

FIRST, SECOND, THIRD = (f"20261121-00{serial}" for serial in range(1, 4))
BOTH = sorted([*mailed(FIRST), *mailed(SECOND, customer=NORD, sales=ANNA)])
PERSONS = CONTRACTS.keys(Owner.PERSON)
STRANGER = {"customer": "Nordlicht GmbH", "notes": "not finished yet"}

#: What people do in between: requests on a tab in which rows 4 and 5 are new.
EDITS: dict[str, Callable[[Hand], list[Request]]] = {
    "a sort": lambda sheet: [sheet.sorting("quantity", descending=True, last=5)],
    "a row inserted above": lambda sheet: [sheet.inserting(3)],
    "a row inserted and typed into": lambda sheet: [sheet.inserting(4), *sheet.typing(4, STRANGER)],
    "a row deleted above": lambda sheet: [sheet.deleting(2)],
    "a row dragged": lambda sheet: [sheet.dragging(5, to=2)],
}
#: The same with columns. What people had typed where the write fell is put back, which shows as a change of the row.
COLUMN_EDITS: dict[str, Callable[[Hand], list[Request]]] = {
    "a column inserted": lambda sheet: [sheet.inserting_column("order_no")],
    "a column inserted among others": lambda sheet: [sheet.inserting_column("unit_price")],
    "a column moved": lambda sheet: [sheet.moving_column("row_id", before="order_no")],
    "a column of people's moved": lambda sheet: [sheet.moving_column("customer", before="row_id")],
}
WRITES = {"the placing write": 0, "the marks": 1}


def typed(sheet: Hand) -> list[dict[str, Cell]]:
    """What people wrote, row by row; rows that only a stray write fills are left out."""
    rows = ({k: c for k, c in row.items() if k in PERSONS} for row in sheet.rows().values())
    return [row for row in rows if row]


#: The bot knows a row's own cells from the last time it saw the row; this row it had never seen.
RACES = [
    pytest.param(edit, skip, id=f"{what}-{which}")
    for what, edit in EDITS.items() for which, skip in WRITES.items()
]  # fmt: skip


@pytest.mark.parametrize(("edit", "skip"), RACES)
def test_typed_rows_get_their_own_cells_whatever_happens_in_between(
    stage: Stage, edit: Callable[[Hand], list[Request]], skip: int
) -> None:
    sheet = stage.contracts
    sheet.add(ORDER)
    sheet.add(NORD_ORDER)
    stage.poll()
    stage.meanwhile(":batchUpdate", *edit(sheet), skip=skip)
    stage.poll(30)
    assert not stage.faults_left()
    left = typed(sheet)
    stage.poll()
    stage.poll()
    after_two = sheet.grid()
    stage.rest()
    assert sorted(stage.mails()) == BOTH
    assert typed(sheet) == left
    assert_rows_tell_what_was_mailed(stage)
    assert_the_bot_wrote_only_what_it_owes(sheet)
    if STRANGER not in left:
        # A half-typed row gets its Problem once it has settled; everything else was in order two polls later.
        assert sheet.grid() == after_two


def assert_the_bot_wrote_only_what_it_owes(sheet: Hand, also: AbstractSet[str] = frozenset()) -> None:
    """Orders show what was filled in, adopted rows keep their blanks, and other rows show a Problem at most."""
    for row in sheet.rows().values():
        own = row.keys() - set(PERSONS) - also
        if row.get("order_no") in (FIRST, SECOND):
            fills = {"order_no", "order_date", "contact", "unit_price", "amount", "currency", "status"}
            assert own == fills | {"mail_status", "created_at", "row_id"}, row
            assert MAILED.fullmatch(str(row["mail_status"]))
        elif "row_id" in row:
            assert own - {"status", "order_date"} == {"order_no", "row_id", "mail_status"}, row
            assert row["mail_status"] == "not mailed: was here before Order Desk"
        else:
            assert own <= {"problem"}, row


@pytest.mark.parametrize("skip", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("edit", COLUMN_EDITS.values(), ids=COLUMN_EDITS.keys())
def test_no_cell_of_a_wrong_column_stays_changed_when_columns_move_in_between(
    stage: Stage, edit: Callable[[Hand], list[Request]], skip: int
) -> None:
    sheet = stage.contracts
    sheet.add({**ORDER, "notes": "kept"})
    sheet.add(NORD_ORDER)
    stage.poll()
    left = typed(sheet)
    stage.meanwhile(":batchUpdate", *edit(sheet), skip=skip)
    stage.poll(30)
    assert not stage.faults_left()
    assert typed(sheet) == left
    stage.rest()
    assert sorted(stage.mails()) == BOTH
    assert_rows_tell_what_was_mailed(stage)
    assert_the_bot_wrote_only_what_it_owes(sheet, also={"updated_at"})
    assert {str(row["amount"]) for row in sheet.rows().values() if "amount" in row} == {"1080", "1800"}


@pytest.mark.parametrize("skip", WRITES.values(), ids=WRITES.keys())
def test_the_very_row_is_deleted_before_the_bot_writes_into_it(stage: Stage, skip: int) -> None:
    sheet = stage.contracts
    sheet.add(ORDER)
    sheet.add(NORD_ORDER)
    stage.poll()
    stage.meanwhile(":batchUpdate", sheet.deleting(4), skip=skip)
    stage.poll(30)
    stage.rest()
    # The number of the deleted row was never shown to anybody before the first write; afterwards its mail is out.
    mails = sorted(stage.mails())
    assert [m for m in mails if m.number == SECOND] == [m for m in BOTH if m.number == SECOND]
    assert len(mails) == len(set(mails))
    rows = list(sheet.rows().values())
    assert [row["customer"] for row in rows] == ["Acme Ltd", "Nordlicht GmbH", "Nordlicht GmbH"]
    assert_rows_tell_what_was_mailed(stage)
    assert_the_bot_wrote_only_what_it_owes(sheet)


def test_the_only_new_row_is_deleted_before_it_is_numbered(stage: Stage) -> None:
    sheet = stage.contracts
    before = sheet.rows()
    sheet.add(ORDER)
    stage.poll()
    stage.meanwhile(":batchUpdate", sheet.deleting(4))
    stage.poll(30)
    stage.rest()
    assert sheet.rows() == before
    sheet.add(NORD_ORDER)
    assert [m.to for m in stage.rest()] == [ANNA, NORD]
    assert_rows_tell_what_was_mailed(stage)


@pytest.mark.parametrize("match", ["values:batchGet", ":batchUpdate"], ids=["the second look", "the write"])
def test_a_new_row_is_retyped_before(stage: Stage, match: str) -> None:
    sheet = stage.contracts
    row = sheet.add(ORDER)
    stage.poll()
    stage.meanwhile(match, *sheet.typing(row, {"quantity": 9}), skip=1 if match == "values:batchGet" else 0)
    stage.poll(30)
    stage.rest()
    quantities = {m.text.count("Licence") for m in stage.mails()}
    shown = sheet.row(row)
    assert shown["quantity"] == 9
    assert quantities == {1}
    numbers = {m.number for m in stage.mails()}
    assert shown["order_no"] in numbers
    assert len(stage.mails()) == 2
    assert_rows_tell_what_was_mailed(stage)


@pytest.mark.parametrize("skip", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("tab", ["the entry tab", "the book of orders"])
@pytest.mark.parametrize("what", ["sort", "insert", "delete"])
def test_entries_get_their_own_numbers_whatever_happens_in_between(
    stage: Stage, tab: str, what: str, skip: int
) -> None:
    entries, contracts = stage.entries, stage.contracts
    entries.add({**ORDER, "notes": "z"})
    entries.add(NORD_ORDER)
    entries.add({"salesperson": "Lina Li", "notes": "a"})
    stage.poll()
    sheet = entries if tab == "the entry tab" else contracts
    edits = {"sort": sheet.sorting("quantity", descending=True), "insert": sheet.inserting(2)}
    edits["delete"] = sheet.deleting(2 if sheet is contracts else 4)
    stage.meanwhile(":batchUpdate", edits[what], skip=skip)
    stage.poll(30)
    stage.rest()
    assert sorted(stage.mails()) == BOTH
    assert_rows_tell_what_was_mailed(stage)
    assert_the_bot_wrote_only_what_it_owes(contracts)
    numbers = {row["customer"]: row["order_no"] for row in contracts.rows().values() if "amount" in row}
    assert numbers == {"Acme Ltd": FIRST, "Nordlicht GmbH": SECOND}
    results = {row.get("customer"): row.get("result") for row in entries.rows().values()}
    third: dict[Cell | None, Cell] = (
        {} if what == "delete" and sheet is entries else {None: "Still missing: Customer, Product, Quantity"}
    )
    assert results == third | {"Acme Ltd": f"→ {FIRST}", "Nordlicht GmbH": f"→ {SECOND}"}


def test_what_a_person_writes_into_the_bots_cells_is_put_right(stage: Stage) -> None:
    sheet = stage.contracts
    sheet.add(ORDER)
    stage.rest()
    before = sheet.rows()
    sheet.type(4, mail_status="all fine", problem="nonsense", created_at="yesterday", row_id="mine")
    sheet.type(3, row_id="")
    assert stage.rest() == []
    assert sheet.rows() == before
