"""The first meeting with a workbook, and the meeting after the memory was lost."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from bot.planning.adoption import adopted, rebuilt
from bot.planning.sightings import Order, Origin, Row, Sighting
from tests.unit.rows import FEW, NOW, RULES, new_ids, row_of, seen_of, snapshot_of, tab_of, wish


def meet(rows: Iterable[Row], entries: Iterable[Row] = ()) -> tuple[list[Sighting], list[Order]]:
    workbook = snapshot_of(tab_of(entries, "order_entry"), tab_of(rows))
    return adopted(workbook, NOW, RULES, new_ids())


def numbers(sightings: Iterable[Sighting]) -> list[str]:
    return [s.order_no for s in sightings]


def test_an_old_row_keeps_its_number_and_others_get_one_of_their_day() -> None:
    rows = (
        wish(2, order_no="OLD-7"),
        wish(3, order_date=46347),
        wish(4, order_date="2026-11-21"),
        wish(5, order_date=46000),
    )
    sightings, orders = meet(rows)
    assert numbers(sightings) == ["OLD-7", "20261121-001", "20261121-002", "20251209-001"]
    assert [o.number for o in orders] == numbers(sightings)


def test_a_row_without_a_day_is_numbered_today() -> None:
    sightings, _ = meet([wish(2), wish(3, order_date="some day")])
    assert numbers(sightings) == ["20261121-001", "20261121-002"]


def test_numbers_that_stand_in_the_book_are_not_given_again() -> None:
    rows = wish(2), wish(3, order_no="20261121-004"), wish(4, notes="x")
    assert numbers(meet(rows)[0]) == ["20261121-005", "20261121-004", "20261121-006"]


def test_lines_of_one_order_are_adopted_as_one_order() -> None:
    sightings, orders = meet([wish(2, order_no="A-1"), wish(3, order_no="A-1", notes="x")])
    assert (numbers(sightings), [o.number for o in orders]) == (["A-1", "A-1"], ["A-1"])
    assert orders[0] == Order("A-1", NOW, Origin.ADOPTED, generation=0)


def test_an_old_row_is_neither_mailed_nor_placed_yet() -> None:
    ((sighting,), _) = meet([wish(2)])
    assert (sighting.origin, sighting.placed, sighting.written) == (
        Origin.ADOPTED,
        False,
        False,
    )
    assert (sighting.row_id, sighting.position, sighting.created_at) == ("id1", 2, NOW)


def test_an_old_entry_gets_an_id_and_no_number() -> None:
    sightings, orders = meet([], [wish(2, "order_entry")])
    assert ([(s.tab, s.order_no) for s in sightings], orders) == ([("order_entry", "")], [])


def test_rows_that_nobody_wrote_in_are_not_adopted() -> None:
    assert meet([row_of("contracts", 2, {"amount": 0}), row_of("contracts", 3, {"row_id": "x"})]) == ([], [])


def test_an_id_that_stands_there_twice_is_given_once() -> None:
    sightings, _ = meet([wish(2, row_id="x"), wish(3, row_id="x", notes="copy")])
    assert [s.row_id for s in sightings] == ["x", "id1"]


@FEW
@given(st.lists(st.tuples(st.sampled_from(["", "20261121-002", "20261121-009", "X"]), st.sampled_from(["", 46347, 46348]),
                          st.sampled_from(["", "a", "b"])), max_size=12))  # fmt: skip
def test_no_number_and_no_id_is_given_twice(book: list[tuple[str, str, str]]) -> None:
    rows = [wish(n, order_no=o, order_date=d, row_id=i, notes=str(n)) for n, (o, d, i) in enumerate(book, 2)]
    sightings, orders = meet(rows)
    given_numbers = [s.order_no for s, row in zip(sightings, rows, strict=True) if not row.order_no]
    typed = {row.order_no for row in rows}
    assert len(given_numbers) == len(set(given_numbers))
    assert not typed & set(given_numbers)
    assert len({s.row_id for s in sightings}) == len(rows)
    assert {o.number for o in orders} == set(numbers(sightings))


# ── after a lost memory ─────────────────────────────────────────────────────────────────────────────────────


def test_a_row_with_an_id_is_old_and_its_mail_cell_is_believed() -> None:
    row = wish(4, row_id="a", order_no="A-1", mail_status="customer ✓", created_at=46347)
    ((sighting,), orders) = rebuilt([row], seen_of(), NOW)
    assert (sighting.row_id, sighting.origin, sighting.mail_shown) == ("a", Origin.REBUILT, "customer ✓")
    assert (sighting.written, sighting.placed, sighting.position) == (True, True, 4)
    assert orders == [Order("A-1", NOW, Origin.REBUILT)]
    assert "created_at" not in sighting.cells


def test_lines_of_an_order_that_is_remembered_bring_no_second_order() -> None:
    rows = [
        wish(2, row_id="a", order_no="A-1"),
        wish(3, row_id="b", order_no="A-1"),
        wish(4, row_id="a", order_no="A-1"),
    ]
    sightings, orders = rebuilt(rows, seen_of(orders={"A-1": Order("A-1", NOW, Origin.TYPED)}), NOW)
    assert ([s.row_id for s in sightings], orders) == (["a", "b"], [])
