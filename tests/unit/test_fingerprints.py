"""What changes a row's fingerprints and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.fingerprints import fingerprints
from sheets_schema import ORDER_TABS, Cell, Owner
from tests.unit.rows import FEW, WISH

CELLS = st.text(min_size=1).filter(lambda t: bool(t.strip())) | st.integers() | st.booleans()
TABS = st.sampled_from(ORDER_TABS)


def keys(tab: str, *owners: Owner) -> tuple[str, ...]:
    return next(t for t in ORDER_TABS if t.key == tab).keys(*owners)


#: The columns of each tab that count as a person's own words; a Form's timestamp only says when.
OWN = [(t.key, key) for t in ORDER_TABS for key in t.keys(Owner.PERSON) if key != "timestamp"]


@FEW
@given(st.data(), TABS.map(lambda t: t.key))
def test_what_the_bot_writes_changes_no_fingerprint(data: st.DataObject, tab: str) -> None:
    bots: dict[str, Cell] = data.draw(st.dictionaries(st.sampled_from(keys(tab, Owner.BOT)), CELLS))
    assert fingerprints(tab, {**WISH, **bots}) == fingerprints(tab, WISH)


@FEW
@given(st.data())
def test_filling_blanks_changes_typed_and_never_the_core(data: st.DataObject) -> None:
    filled: dict[str, Cell] = data.draw(
        st.dictionaries(st.sampled_from(keys("contracts", Owner.FILLED)), CELLS, min_size=1)
    )
    before, after = fingerprints("contracts", WISH), fingerprints("contracts", {**WISH, **filled})
    assert after[0] == before[0]
    assert after[1] != before[1]


@pytest.mark.parametrize(("tab", "key"), OWN)
@pytest.mark.parametrize("cell", ["x", 5, True, "=1+1"])
def test_a_persons_cell_changes_both(tab: str, key: str, cell: Cell) -> None:
    before, after = fingerprints(tab, WISH), fingerprints(tab, {**WISH, key: cell})
    assert after[0] != before[0]
    assert after[1] != before[1]


def test_a_column_of_the_teams_own_counts_as_a_persons() -> None:
    red, blue = ({**WISH, "+Colour": colour} for colour in ("red", "blue"))
    assert len({fingerprints("contracts", cells) for cells in (WISH, red, blue)}) == 3
    assert fingerprints("contracts", red)[0] != fingerprints("contracts", blue)[0]


def test_the_timestamp_says_when_and_not_what() -> None:
    first, second = (fingerprints("order_entry", {**WISH, "timestamp": t}) for t in (46347.1, 46347.2))
    assert first[0] == second[0]
    assert first[1] != second[1]


@FEW
@given(st.permutations([*WISH.items(), ("notes", "x"), ("+B", "1"), ("+A", "2")]))
def test_the_order_of_columns_does_not_matter(items: list[tuple[str, Cell]]) -> None:
    plain = {**WISH, "notes": "x", "+A": "2", "+B": "1"}
    assert fingerprints("contracts", dict(items)) == fingerprints("contracts", plain)


@pytest.mark.parametrize(("one", "other"), [("a ", "a"), ("Ａ", "A"), (3, 3.0), ("\u3000x\u00a0", "x")])
def test_cells_that_look_the_same_are_the_same(one: Cell, other: Cell) -> None:
    assert fingerprints("contracts", {"notes": one}) == fingerprints("contracts", {"notes": other})


def test_cells_that_look_different_are_different() -> None:
    cells: list[Cell] = ["3", 3, 3.5, "a", "A", "a b", "ab", True, "TRUE", 1, "", "n3.0", "b1"]
    assert len({fingerprints("contracts", {"notes": cell})[0] for cell in cells}) == len(cells)


@FEW
@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_words_cannot_move_from_one_cell_to_the_next(a: str, b: str, c: str) -> None:
    one = fingerprints("contracts", {"source": "1" + a, "notes": "2" + b + c + "3"})
    other = fingerprints("contracts", {"source": "1" + a + b + "4", "notes": "2" + c + "3"})
    assert one != other


def test_the_hash_is_the_same_in_every_process() -> None:
    assert fingerprints("contracts", WISH)[0] == "c5e2facd14b1e1691e8d7db2f27eea40"


def test_a_broken_character_is_hashed_all_the_same() -> None:
    assert fingerprints("contracts", {"notes": "\ud800"}) != fingerprints("contracts", {"notes": "\ud801"})
