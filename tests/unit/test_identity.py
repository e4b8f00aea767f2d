"""Who is who after people sorted, copied, deleted and retyped; and after our own write fell on a wrong row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.identity import Identity, identify, is_vacant
from bot.planning.sightings import Origin, Row, Sighting
from tests.unit.rows import FEW, MANY, remembered, row_of, tab_of, wish

NOBODY: frozenset[str] = frozenset()


def shown(number: int, row_id: str, order_no: str, **cells: str) -> Row:
    """A row that carries its ID and number."""
    return wish(number, row_id=row_id, order_no=order_no, **cells)


def met(
    rows: Iterable[Row],
    *memories: Sighting,
    waiting: frozenset[str] = NOBODY,
    steady: frozenset[str] = NOBODY,
) -> Identity:
    return identify(tab_of(rows, steady=steady), {s.row_id: s for s in memories}, dict.fromkeys(waiting, ""))


def numbers(identity: Identity) -> dict[str, int]:
    return {row_id: row.number for row_id, row in identity.known.items()}


A = shown(2, "a", "A-1", notes="one")
B = shown(3, "b", "B-1", notes="two")
A_KNOWN, B_KNOWN = remembered(A, "a", "A-1"), remembered(B, "b", "B-1")
#: Given a number in the last cycle; no snapshot has shown it yet.
CLAIM = remembered(wish(2, notes="one"), "a", "A-1", placed=False, written=False)


# ── a row is found again ────────────────────────────────────────────────────────────────────────────────────


def test_sorted_rows_are_who_they_were() -> None:
    found = met([replace(B, number=2), replace(A, number=3)], A_KNOWN, B_KNOWN)
    assert found == Identity(known={"a": replace(A, number=3), "b": replace(B, number=2)})


def test_an_edited_row_is_who_it_was() -> None:
    assert numbers(met([shown(5, "a", "A-1", notes="changed")], A_KNOWN)) == {"a": 5}


def test_a_row_whose_id_was_emptied_is_known_by_number_and_words() -> None:
    found = met([wish(2, order_no="A-1", notes="one")], A_KNOWN)
    assert numbers(found) == {"a": 2}
    assert not found.landed


@pytest.mark.parametrize("order_no", ["", "Z-9"])
def test_a_row_whose_number_was_changed_is_known_by_id_and_words(order_no: str) -> None:
    assert numbers(met([wish(2, row_id="a", order_no=order_no, notes="one")], A_KNOWN)) == {"a": 2}


def test_other_words_and_an_emptied_number_ask_for_a_new_order() -> None:
    found = met([wish(2, row_id="a", notes="changed")], A_KNOWN)
    assert not found.known
    assert [r.number for r in found.fresh] == [2]
    assert found.borrowed == {2}
    assert found.vanished == ("a",)


def test_a_row_that_came_back_by_undo_is_who_it_was() -> None:
    assert numbers(met([A], replace(A_KNOWN, gone=True))) == {"a": 2}


def test_a_row_retyped_where_one_was_emptied_is_a_new_row() -> None:
    found = met([shown(2, "a", "A-1", notes="somebody else's")], replace(A_KNOWN, gone=True, emptied=True))
    assert (not found.known, [r.number for r in found.fresh], found.borrowed) == (True, [2], frozenset({2}))


def test_a_row_edited_and_deleted_unseen_is_itself_again_when_the_deletion_is_undone() -> None:
    found = met([shown(2, "a", "A-1", notes="edited just before")], replace(A_KNOWN, gone=True))
    assert (numbers(found), found.fresh) == ({"a": 2}, ())


def test_of_a_row_and_its_copy_the_one_at_the_old_place_is_the_row() -> None:
    for original, copy in ((2, 3), (3, 2)):
        memory = replace(A_KNOWN, position=original)
        found = met([replace(A, number=2), replace(A, number=3)], memory)
        assert numbers(found) == {"a": original}
        assert [r.number for r in found.fresh] == [copy]
        assert found.borrowed == {copy}


def test_a_copy_of_a_steady_row_is_a_new_row() -> None:
    found = met([replace(A, number=9)], A_KNOWN, steady=frozenset("a"))
    assert (not found.known, found.borrowed, found.vanished) == (True, frozenset({9}), ())


def test_the_unedited_row_keeps_its_id_when_its_copy_was_edited() -> None:
    edited = shown(2, "a", "A-1", notes="changed")
    found = met([edited, replace(A, number=7)], A_KNOWN)
    assert (numbers(found), found.fresh) == ({"a": 7}, (edited,))


def test_a_row_of_another_tab_is_not_looked_for_here() -> None:
    entry = replace(A_KNOWN, tab="order_entry")
    assert met([], entry) == Identity()
    assert met([wish(2, notes="one")], replace(CLAIM, tab="order_entry")).known == {}


# ── rows that are gone ──────────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_row_has_vanished_once() -> None:
    assert met([], A_KNOWN).vanished == ("a",)
    assert met([], replace(A_KNOWN, placed=False)).vanished == ("a",)
    assert met([], replace(A_KNOWN, gone=True)) == Identity()


def test_a_claim_whose_row_changed_before_it_was_numbered_is_lost() -> None:
    found = met([wish(2, notes="changed")], CLAIM)
    assert (found.lost, found.vanished, [r.number for r in found.fresh]) == (("a",), (), [2])


def test_a_steady_row_has_not_vanished() -> None:
    assert met([], A_KNOWN, steady=frozenset("a")) == Identity()


# ── claims find the row they are meant for ──────────────────────────────────────────────────────────────────


def test_a_claim_finds_its_row_again_wherever_it_moved() -> None:
    found = met([wish(8, notes="one")], CLAIM)
    assert (numbers(found), found.fresh, found.lost) == ({"a": 8}, (), ())


def test_as_many_equal_rows_are_claimed_as_there_are_claims() -> None:
    second = replace(CLAIM, row_id="b", order_no="B-1", position=3)
    found = met([wish(n, notes="one") for n in (2, 3, 4)], CLAIM, second)
    assert (numbers(found), [r.number for r in found.fresh]) == ({"a": 2, "b": 3}, [4])
    found = met([wish(2, notes="one")], CLAIM, second)
    assert (numbers(found), found.lost) == ({"a": 2}, ("b",))


def test_a_placed_row_does_not_claim_its_twin() -> None:
    found = met([A, wish(9, notes="one")], A_KNOWN)
    assert (numbers(found), [r.number for r in found.fresh]) == ({"a": 2}, [9])


def test_what_the_bot_appended_claims_no_typed_row() -> None:
    appended = replace(CLAIM, origin=Origin.INTAKE)
    found = met([wish(2, notes="one")], appended)
    assert (not found.known, [r.number for r in found.fresh], found.lost) == (True, [2], ("a",))


def test_a_claim_edited_right_after_our_write_is_that_row() -> None:
    assert numbers(met([shown(2, "a", "A-1", notes="changed")], CLAIM)) == {"a": 2}


def test_an_adopted_row_edited_before_its_id_was_written_is_known_by_its_place() -> None:
    old = replace(CLAIM, origin=Origin.ADOPTED)
    assert numbers(met([wish(2, notes="changed")], old)) == {"a": 2}
    assert met([wish(3, notes="changed")], old).known == {}


# ── our own write on a wrong row ────────────────────────────────────────────────────────────────────────────


def test_two_rows_that_our_write_mixed_up_are_told_apart_by_their_words() -> None:
    claims = (CLAIM, remembered(wish(3, notes="two"), "b", "B-1", placed=False, written=False))
    mixed = [shown(2, "a", "A-1", notes="two"), shown(3, "b", "B-1", notes="one")]
    found = met(mixed, *claims)
    assert numbers(found) == {"a": 3, "b": 2}
    assert found.landed == {"a", "b"}


def test_an_id_on_an_old_row_is_sent_back_and_the_old_row_restored() -> None:
    spoilt = shown(3, "a", "A-1", notes="two")
    found = met([wish(2, notes="one"), spoilt], CLAIM, B_KNOWN)
    assert numbers(found) == {"a": 2, "b": 3}
    assert found.landed == {"b"}


def test_an_old_row_with_anothers_id_and_its_own_number_is_restored() -> None:
    found = met([wish(2, notes="one"), shown(3, "a", "B-1", notes="two")], CLAIM, B_KNOWN)
    assert (numbers(found), found.landed) == ({"a": 2, "b": 3}, frozenset("b"))


def test_a_waiting_row_that_our_write_fell_on_waits_until_it_is_undone() -> None:
    spoilt = shown(3, "a", "A-1", notes="not ready yet")
    found = met([wish(2, notes="one"), spoilt], CLAIM, waiting=frozenset({spoilt.core}))
    assert (numbers(found), found.spoiled, found.borrowed) == ({"a": 2}, frozenset({3}), frozenset[int]())


def test_a_copy_of_a_row_just_written_is_a_copy_and_not_spoilt() -> None:
    found = met([A, replace(A, number=3)], CLAIM, waiting=frozenset({A.core}))
    assert (numbers(found), found.borrowed, found.spoiled) == ({"a": 2}, frozenset({3}), frozenset())


def test_a_blank_row_that_our_write_fell_on_is_an_orphan() -> None:
    blank = row_of("contracts", 5, {"row_id": "a", "order_no": "A-1", "amount": 37.5})
    assert is_vacant(blank)
    found = met([replace(A, number=2), blank], A_KNOWN)
    assert (numbers(found), found.orphans) == ({"a": 2}, (blank,))


def test_a_row_that_a_person_emptied_is_no_orphan() -> None:
    emptied = row_of("contracts", 2, {"row_id": "a", "order_no": "A-1", "status": "Approved"})
    found = met([emptied], A_KNOWN)
    assert (found.orphans, found.vanished) == ((), ("a",))


@pytest.mark.parametrize(("cells", "ours"), [({"problem": "Still missing"}, True), ({"amount": 0}, False)])
def test_a_stray_problem_is_cleared_and_a_column_formula_is_not(cells: dict[str, str], ours: bool) -> None:
    stray = row_of("contracts", 7, cells)
    assert met([stray]).orphans == ((stray,) if ours else ())


# ── a life that was forgotten ───────────────────────────────────────────────────────────────────────────────


def test_an_id_and_number_that_nobody_remembers_are_from_an_earlier_life() -> None:
    found = met([A, wish(3, row_id="x", notes="id alone"), wish(4, order_no="T-1")])
    assert [r.number for r in found.foreign] == [2]
    assert [r.number for r in found.fresh] == [3, 4]


@pytest.mark.parametrize(
    ("cells", "vacant"),
    [({}, True), ({"row_id": "a"}, True), ({"amount": 5, "status": "x"}, True), ({"notes": "x"}, False),
     ({"+Colour": "red"}, False)],
    ids=str,
)  # fmt: skip
def test_a_row_is_vacant_when_people_wrote_nothing_in_it(cells: dict[str, str], vacant: bool) -> None:
    assert is_vacant(row_of("contracts", 2, cells)) is vacant


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(["one", "two", "three"])
IDS = st.sampled_from(["", "a", "b", "c"])
ORDERS = st.sampled_from(["", "A-1", "B-1", "C-1"])


@st.composite
def confusions(draw: st.DrawFn) -> tuple[list[Row], list[Sighting]]:
    """Any rows against any memories, close enough to be mistaken for each other."""
    rows = [
        wish(number, row_id=draw(IDS), order_no=draw(ORDERS), notes=draw(WORDS))
        if draw(st.integers(0, 5)) else row_of("contracts", number, {"row_id": draw(IDS), "order_no": draw(ORDERS)})
        for number in range(2, 2 + draw(st.integers(0, 6)))
    ]  # fmt: skip
    memories = [
        remembered(
            wish(draw(st.integers(2, 7)), notes=draw(WORDS)), row_id, f"{row_id.upper()}-1", placed=draw(st.booleans()),
            written=draw(st.booleans()), gone=draw(st.booleans()), origin=draw(st.sampled_from(Origin)),
        )
        for row_id in draw(st.sets(st.sampled_from("abc")))
    ]  # fmt: skip
    return [r for r in rows if r.cells], memories


@MANY
@given(confusions(), st.sets(WORDS))
def test_every_row_and_every_memory_is_used_once(
    case: tuple[list[Row], list[Sighting]], waits: set[str]
) -> None:
    rows, memories = case
    found = met(rows, *memories, waiting=frozenset(wish(notes=w).core for w in waits))
    told = [r.number for r in (*found.known.values(), *found.fresh, *found.foreign)]
    assert sorted(told) == [r.number for r in rows if not is_vacant(r)]
    assert {r.number for r in found.orphans} <= {r.number for r in rows if is_vacant(r)}
    used = [*found.known, *found.vanished, *found.lost]
    assert len(used) == len(set(used))
    assert set(used) | {s.row_id for s in memories if s.gone} >= {s.row_id for s in memories}
    assert found.landed <= found.known.keys()
    assert found.borrowed | found.spoiled <= {r.number for r in found.fresh}
    assert not found.borrowed & found.spoiled


@FEW
@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_no_sorting_makes_a_row_new_or_gone(words: list[str], data: st.DataObject) -> None:
    rows = [shown(n, f"id{n}", f"N-{n}", notes=word) for n, word in enumerate(words, 2)]
    memories = [remembered(row, row.row_id, row.order_no) for row in rows]
    order = data.draw(st.permutations(rows))
    blanks = data.draw(st.integers(0, 3))
    found = met([replace(row, number=n) for n, row in enumerate(order, 2 + blanks)], *memories)
    assert {i: r.row_id for i, r in found.known.items()} == {r.row_id: r.row_id for r in rows}
    assert replace(found, known={}) == Identity()


@FEW
@given(st.lists(WORDS, min_size=1, max_size=6), st.data())
def test_a_crash_before_the_write_loses_no_claim_however_rows_are_sorted(
    words: list[str], data: st.DataObject
) -> None:
    rows = [wish(n, notes=word) for n, word in enumerate(words, 2)]
    claims = [remembered(r, f"id{r.number}", f"N-{r.number}", placed=False, written=False) for r in rows]
    order = data.draw(st.permutations(rows))
    found = met([replace(row, number=n) for n, row in enumerate(order, 2)], *claims)
    assert {i: r.core for i, r in found.known.items()} == {c.row_id: c.core for c in claims}
    assert (found.fresh, found.lost) == ((), ())
