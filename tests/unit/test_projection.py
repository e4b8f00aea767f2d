"""What the bot's cells ought to show, and that writing it once is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.sightings import Order, Origin
from bot.projection import AppendRow, Retold, SetCells, project
from sheets_schema import BY_KEY, Cell, Kind, Owner
from tests.unit.rows import FEW, NOW, RULES, WISH, Book, header

SETTLE = RULES.settle
COLUMNS = header("contracts").columns
BOT_CELLS = BY_KEY["contracts"].keys(Owner.BOT)


def ordered() -> Book:
    """A book with one order, shown and proved."""
    book = Book()
    book.type_order(NOW)
    book.poll(NOW + 2 * SETTLE)
    return book


def quiet(book: Book, polls: int = 8) -> bool:
    """Whether polls come to an end with nothing to write, within some polls."""
    return any(not book.poll(NOW + timedelta(hours=1, minutes=n))[1].edits for n in range(polls))


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_order_shows_its_number_its_blanks_filled_and_its_mail() -> None:
    book = ordered()
    assert book.contracts == [{
        **WISH, "order_no": "20261121-001", "order_date": 46347, "unit_price": 12.5, "amount": 37.5, "currency": "CNY",
        "status": "Pending review", "contact": "Anna Berg", "row_id": "id1", "mail_status": "queued 20261121-001",
        "created_at": 46347 + round((9.5 * 3600 + 20) / 86400, 10),
    }]  # fmt: skip


def test_what_a_person_typed_is_never_written_over() -> None:
    book = Book()
    mine: dict[str, Cell] = {
        "unit_price": "10",
        "amount": "30,00",
        "currency": "usd",
        "contact": "Ann",
        "status": "Approved",
    }
    book.type_order(NOW, **mine)
    assert book.contracts[0] == {**book.contracts[0], **WISH, **mine}


@pytest.mark.parametrize("key", ["order_no", "amount", "status", "mail_status", "row_id", "created_at"])
def test_a_cell_of_the_bots_that_was_emptied_is_shown_again(key: str) -> None:
    book = ordered()
    before = dict(book.contracts[0])
    del book.contracts[0][key]
    book.poll(NOW + timedelta(minutes=5))
    assert quiet(book)
    assert {k: v for k, v in book.contracts[0].items() if k != "updated_at"} == before


@pytest.mark.parametrize("key", ["mail_status", "problem", "created_at"])
def test_a_cell_of_the_bots_that_a_person_wrote_over_is_put_right(key: str) -> None:
    book = ordered()
    before = dict(book.contracts[0])
    book.contracts[0][key] = "=HYPERLINK(1)"
    book.poll(NOW + timedelta(minutes=5))
    assert quiet(book)
    assert book.contracts[0] == before


def test_a_changed_number_stays_and_is_asked_back() -> None:
    book = ordered()
    book.contracts[0]["order_no"] = "Z-9"
    book.poll(NOW + timedelta(minutes=5))
    assert book.contracts[0]["order_no"] == "Z-9"
    assert (
        book.contracts[0]["problem"]
        == "This is order 20261121-001: put that number back (the mails carry it)"
    )
    book.contracts[0]["order_no"] = "20261121-001"
    book.poll(NOW + timedelta(minutes=6))
    assert "problem" not in book.contracts[0]


def test_a_problem_goes_away_with_its_cause() -> None:
    book = Book()
    book.contracts.append({**WISH, "customer": "Nobody"})
    book.poll(NOW)
    assert "problem" not in book.contracts[0]
    book.poll(NOW + SETTLE)
    assert str(book.contracts[0]["problem"]).startswith("Customer 'Nobody' is not in Customers")
    book.contracts[0]["customer"] = "Anna Books"
    book.poll(NOW + 2 * SETTLE)
    book.poll(NOW + 3 * SETTLE)
    assert ("problem" in book.contracts[0], book.contracts[0]["order_no"]) == (False, "20261121-001")


def test_a_problem_that_comes_or_goes_is_reported_with_what_was_said_before() -> None:
    book = Book()
    book.contracts.append({**WISH, "customer": "Nobody"})
    book.poll(NOW)
    _, projection = book.poll(NOW + SETTLE)
    sentence = str(book.contracts[0]["problem"])
    assert projection.problems == (Retold("contracts", 2, "", "", sentence),)
    _, projection = book.poll(NOW + 2 * SETTLE)
    assert projection.problems == ()
    book.contracts[0]["customer"] = "Anna Books"
    book.poll(NOW + 3 * SETTLE)
    _, projection = book.poll(NOW + 4 * SETTLE)
    assert projection.problems == (Retold("contracts", 2, "20261121-001", sentence, ""),)


def test_an_entry_that_is_answered_with_its_number_has_no_problem_to_report() -> None:
    book = Book()
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38})
    for polls in range(4):
        _, projection = book.poll(NOW + polls * SETTLE)
        assert projection.problems == ()
    assert str(book.rows["order_entry"][0]["result"]).startswith("→ ")


def test_an_edited_row_shows_when() -> None:
    book = ordered()
    book.contracts[0]["notes"] = "edited"
    book.poll(NOW + timedelta(minutes=30))
    assert book.contracts[0]["updated_at"] == 46347 + round(10 / 24, 10)


def test_a_copied_row_shows_nothing_of_the_others() -> None:
    book = ordered()
    book.contracts.append({k: v for k, v in book.contracts[0].items() if k != "order_no"})
    book.poll(NOW + timedelta(minutes=5))
    copy = book.contracts[1]
    assert not {"row_id", "mail_status", "created_at", "problem"} & copy.keys()
    book.poll(NOW + timedelta(minutes=6))
    assert (copy["order_no"], copy["row_id"]) == ("20261121-002", "id2")


def test_an_accepted_entry_shows_its_number_and_an_arrow() -> None:
    book = Book()
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38})
    book.poll(NOW)
    entry = book.rows["order_entry"][0]
    assert (entry["order_no"], entry["result"], entry["row_id"]) == ("20261121-001", "→ 20261121-001", "id1")


def test_a_refused_entry_says_what_is_missing() -> None:
    book = Book()
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38, "quantity": ""})
    book.poll(NOW)
    assert book.rows["order_entry"][0]["result"] == "Still missing: Quantity"


def test_a_copied_entry_keeps_the_number_it_was_copied_with_and_says_so() -> None:
    book = Book()
    entries = book.rows["order_entry"]
    entries.append({**WISH, "timestamp": 46347.38})
    book.poll(NOW)
    entries.append(dict(entries[0]))
    book.poll(NOW + SETTLE)
    assert (entries[1].get("order_no"), entries[1].get("row_id")) == ("20261121-001", None)
    assert str(entries[1]["result"]).startswith("This row shows order 20261121-001, which was made already")


def test_old_rows_say_that_they_were_here_before() -> None:
    book = Book(met=False)
    book.contracts.append({**WISH, "order_no": "OLD"})
    book.rows["order_entry"].append(dict(WISH))
    book.poll(NOW)
    book.poll(NOW + SETTLE)
    assert book.contracts[0] == {
        **WISH, "order_no": "OLD", "row_id": "id2", "mail_status": "not mailed: was here before Order Desk",
    }  # fmt: skip
    assert book.rows["order_entry"][0] == {**WISH, "row_id": "id1", "result": "was here before Order Desk"}


# ── rows to append ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_is_appended_with_its_id_and_the_kinds_of_its_cells() -> None:
    book = Book()
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38, "due_date": "2026-12-01"})
    _, projection = book.poll(NOW)
    (appended,) = [e for e in projection.edits if isinstance(e, AppendRow)]
    assert (appended.cells[COLUMNS["row_id"]], appended.cells[COLUMNS["due_date"]]) == ("id2", 46357)
    assert appended.kinds[COLUMNS["due_date"]] is Kind.DATE
    assert appended.kinds[COLUMNS["amount"]] is Kind.MONEY
    assert set(appended.kinds) == set(appended.cells)
    assert projection.placing == {"id1": 2, "id2": 0}


def test_a_row_whose_entry_was_changed_before_it_was_numbered_is_not_appended() -> None:
    book = Book()
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38})
    book.poll(NOW, writes=False)
    book.rows["order_entry"][0]["quantity"] = 4
    _, projection = book.poll(NOW + SETTLE)
    assert not [
        e for e in projection.edits if isinstance(e, AppendRow) and "20261121-001" in e.cells.values()
    ]
    assert [row["order_no"] for row in book.contracts] == ["20261121-002"]


def test_a_row_is_appended_once_even_when_its_write_stayed_unproved() -> None:
    book = Book()
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38})
    _, projection = book.poll(NOW, writes=False)
    book.apply(projection.edits)  # the answer was lost, the write was not
    for n in range(1, 4):
        book.poll(NOW + n * SETTLE)
    assert len(book.contracts) == 1


def test_an_appended_row_that_a_person_deleted_at_once_is_not_appended_again() -> None:
    book = Book()
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38})
    book.poll(NOW)
    book.contracts.clear()
    book.poll(NOW + SETTLE)
    assert book.contracts == []


# ── strays ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_write_that_fell_on_sorted_rows_is_mended_cell_by_cell() -> None:
    book = ordered()
    book.contracts.append({**WISH, "customer": "Bora Tea", "notes": "second"})
    book.poll(NOW + timedelta(minutes=5))
    calm = Book()
    calm.type_order(NOW)
    calm.poll(NOW + 2 * SETTLE)
    calm.contracts.append({**WISH, "customer": "Bora Tea", "notes": "second"})
    for minutes in range(5, 9):
        calm.poll(NOW + timedelta(minutes=minutes))
    _, projection = book.poll(NOW + timedelta(minutes=6), writes=False)
    book.contracts.reverse()
    book.apply(projection.edits)
    for minutes in range(7, 12):
        book.poll(NOW + timedelta(minutes=minutes))
    assert list(reversed(book.contracts)) == calm.contracts
    assert book.mails == calm.mails


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────

EDITS = st.sampled_from(
    [
        "type",
        "half",
        "copy",
        "sort",
        "delete",
        "clear mail",
        "change",
        "wipe bot cells",
        "entry",
        "lose write",
    ]
)


def edited(book: Book, edit: str, pick: int) -> None:
    """One thing that people do."""
    rows = book.contracts
    row = rows[pick % len(rows)] if rows else {}
    match edit:
        case "type" | "half":
            rows.append({**WISH, "notes": f"n{pick}"} | ({"quantity": "?"} if edit == "half" else {}))
        case "entry":
            book.rows["order_entry"].append({**WISH, "timestamp": 46347.3 + pick / 50, "notes": f"e{pick}"})
        case "copy" if row:
            rows.append(dict(row))
        case "sort":
            rows.sort(key=lambda r: str(r.get("notes", "")), reverse=bool(pick % 2))
        case "delete" if row:
            rows.remove(row)
        case "clear mail":
            row.pop("mail_status", None)
        case "change" if row:
            row["special_requests"] = f"s{pick}"
        case "wipe bot cells":
            for key in BOT_CELLS:
                row.pop(key, None)


@FEW
@given(st.lists(st.tuples(EDITS, st.integers(0, 9)), max_size=8))
def test_whatever_people_do_the_sheet_comes_to_rest_and_no_mail_is_owed_twice(
    script: list[tuple[str, int]],
) -> None:
    book = Book()
    for step, (edit, pick) in enumerate(script):
        edited(book, edit, pick)
        book.poll(NOW + step * SETTLE, writes=edit != "lose write")
    assert quiet(book)
    assert len(book.mails) == len(set(book.mails))
    for rows in book.rows.values():
        ids = [row["row_id"] for row in rows if "row_id" in row]
        assert len(ids) == len(set(ids))


def test_rows_to_which_nothing_is_owed_are_settled_and_others_are_not() -> None:
    book = ordered()
    now = NOW + timedelta(minutes=5)
    assert set(project(book.judged(now), book.seen(now), RULES).settled) == {"id1"}
    book.contracts[0]["quantity"] = "?"
    for _ in range(3):
        _, projection = book.poll(now)
    assert (projection.edits, projection.settled) == ((), {})
    del book.contracts[0]["quantity"], book.contracts[0]["mail_status"]
    assert project(book.judged(now), book.seen(now), RULES).settled == {}


def test_a_row_whose_resend_has_to_wait_is_not_settled() -> None:
    book = ordered()
    del book.contracts[0]["mail_status"]
    book.contracts.append({**WISH, "order_no": "20261121-001", "quantity": "?"})
    for n in range(5, 8):
        _, projection = book.poll(NOW + timedelta(minutes=n))
    assert (projection.edits, projection.settled) == ((), {})


def test_what_a_double_loses_on_its_way_is_not_written_again() -> None:
    book = ordered()
    book.contracts[0]["created_at"] = float(book.contracts[0]["created_at"]) + 1e-9
    assert book.poll(NOW + timedelta(minutes=5))[1].edits == ()


def test_an_order_of_a_forgotten_life_keeps_what_its_mail_cell_says() -> None:
    book = Book()
    book.contracts.append({**WISH, "row_id": "x", "order_no": "OLD", "mail_status": "customer ✓ 11-01 08:00"})
    for n in range(3):
        _, projection = book.poll(NOW + n * SETTLE)
    assert projection.edits == ()
    assert book.contracts[0]["mail_status"] == "customer ✓ 11-01 08:00"
    assert book.seen(NOW).orders["OLD"] == Order("OLD", NOW, Origin.REBUILT)


def test_a_column_that_the_tab_lacks_is_not_written() -> None:
    book = Book()
    book.contracts.append(dict(WISH))
    book.poll(NOW)
    book.poll(NOW + SETTLE, writes=False)
    judgement, seen = book.judged(NOW + SETTLE), book.seen(NOW + SETTLE)
    tab = judgement.tabs["contracts"]
    narrow = replace(tab.snapshot.header, columns={k: i for k, i in COLUMNS.items() if k != "currency"})
    tabs = {"contracts": replace(tab, snapshot=replace(tab.snapshot, header=narrow))}
    (edit,) = project(replace(judgement, tabs=tabs), seen, RULES).edits
    assert isinstance(edit, SetCells)
    assert "CNY" not in edit.cells.values()
    assert edit.cells[COLUMNS["amount"]] == 37.5
