"""Which rows make one order, and which number it gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.orders import (
    Candidate,
    check_pattern,
    disagreement,
    group_orders,
    next_number,
    number_prefix,
)
from bot.planning.problems import Problem
from bot.planning.readiness import ReadyLine, examine
from sheets_schema import Cell
from tests.unit.rows import CATALOG, FEW, MANY, RULES, WISH, row_of, wish

DAY = date(2026, 11, 21)
PATTERN = RULES.number
PATTERNS = st.sampled_from(
    [PATTERN, "PO{date:%y%m}/{serial:04d}", "{date:%Y}-{serial}-X", "{date:%j}.{serial:02d}.{date:%y}"]
)


def candidate(number: int, typed: str = "", *, settled: bool = True, **cells: Cell) -> Candidate:
    row = row_of("contracts", number, {**WISH, "order_no": typed, **cells})
    return Candidate(row, examine("contracts", row.cells, CATALOG, RULES), settled, typed)


def grouped(*candidates: Candidate, existing: Sequence[str] = ()) -> list[tuple[str, list[int]]]:
    """Number and rows of each order."""
    orders, _ = group_orders(candidates, existing)
    return [(order.number, [c.row.number for c in order.rows]) for order in orders]


def kept(*candidates: Candidate, existing: Sequence[str] = ()) -> dict[int, list[str]]:
    """Row number and what keeps it."""
    _, problems = group_orders(candidates, existing)
    return {row: [p.code for p in found] for row, found in problems.items()}


# ── which rows make one order ───────────────────────────────────────────────────────────────────────────────


def test_rows_without_a_number_are_orders_of_their_own() -> None:
    assert grouped(candidate(2), candidate(3), candidate(4)) == [("", [2]), ("", [3]), ("", [4])]


def test_rows_with_the_same_number_are_lines_of_one_order() -> None:
    rows = candidate(2, "A-1"), candidate(3), candidate(4, "A-1", product="Desk", specification="Oak")
    assert grouped(*rows) == [("A-1", [2, 4]), ("", [3])]
    assert kept(*rows) == {}


def test_orders_come_in_the_order_of_their_first_rows() -> None:
    assert grouped(candidate(5), candidate(4, "A-1"), candidate(2, "B-1")) == [
        ("B-1", [2]),
        ("A-1", [4]),
        ("", [5]),
    ]


def test_a_row_that_has_not_settled_is_no_order_and_no_problem() -> None:
    rows = candidate(2, settled=False), candidate(3, settled=False, quantity="")
    assert grouped(*rows) == []
    assert kept(*rows) == {}


def test_a_settled_row_with_a_problem_shows_it() -> None:
    rows = candidate(2, quantity=""), candidate(3, "A-1", customer="Nobody")
    assert grouped(*rows) == []
    assert kept(*rows) == {2: ["missing"], 3: ["unknown_customer"]}


def test_lines_wait_for_each_other_and_say_for_which_rows() -> None:
    rows = candidate(2, "A-1"), candidate(3, "A-1", quantity=""), candidate(4, "A-1", settled=False)
    assert grouped(*rows) == []
    assert kept(*rows) == {2: ["waits_for_lines"], 3: ["missing"]}
    _, problems = group_orders(rows, ())
    assert problems[2] == (Problem("waits_for_lines", {"number": "A-1", "rows": "3, 4"}),)


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"customer": "Bora Tea"}, "different_customers"), ({"salesperson": "Emil"}, "different_salespeople"),
     ({"currency": "USD"}, "different_currencies")],
    ids=str,
)  # fmt: skip
def test_lines_that_disagree_make_no_order(cells: dict[str, str], code: str) -> None:
    row = wish(3, order_no="A-1", **cells)
    other = Candidate(row, examine("contracts", row.cells, CATALOG, RULES), settled=True, number="A-1")
    assert grouped(candidate(2, "A-1"), other) == []
    assert kept(candidate(2, "A-1"), other) == {2: [code], 3: [code]}


def test_lines_that_agree_have_no_trouble() -> None:
    lines = [c.verdict for c in (candidate(2), candidate(3)) if isinstance(c.verdict, ReadyLine)]
    assert len(lines) == 2
    assert disagreement("A-1", lines) is None
    assert disagreement("A-1", []) is None


def test_a_line_cannot_silently_join_a_confirmed_order() -> None:
    assert grouped(candidate(2, "A-1"), existing=["A-1"]) == []
    assert kept(candidate(2, "A-1"), existing=["A-1"]) == {2: ["joins_confirmed"]}


@pytest.mark.parametrize("number", ["A 1", "=1+1", "<b>", "A\n1", "a" * 41, "'A'", "A:1", "{0}", "A-1\n"])
def test_a_number_that_could_do_harm_is_refused(number: str) -> None:
    row = wish(2)
    odd = Candidate(row, examine("contracts", row.cells, CATALOG, RULES), settled=True, number=number)
    assert grouped(odd) == []
    assert kept(odd) == {2: ["unusable_number"]}


@pytest.mark.parametrize("number", ["A-1", "2026/11.#7", "合同_3", "a" * 40])
def test_a_plain_number_is_taken_as_typed(number: str) -> None:
    assert grouped(candidate(2, number)) == [(number, [2])]


@MANY
@given(
    st.lists(st.tuples(st.sampled_from(["", "A", "B", "old", "x y"]), st.booleans(),
                       st.sampled_from([{}, {"quantity": ""}, {"customer": "Bora Tea"}])), max_size=8)
)  # fmt: skip
def test_every_candidate_is_in_one_order_at_most_and_never_in_an_order_and_a_problem(
    wishes: list[tuple[str, bool, dict[str, str]]],
) -> None:
    rows = [(wish(n, **cells), number, settled) for n, (number, settled, cells) in enumerate(wishes, 2)]
    candidates = [
        Candidate(row, examine("contracts", row.cells, CATALOG, RULES), settled, number)
        for row, number, settled in rows
    ]
    orders, problems = group_orders(candidates, ["old"])
    placed = [c.row.number for order in orders for c in order.rows]
    assert len(placed) == len(set(placed))
    assert not set(placed) & problems.keys()
    assert all(c.ready for order in orders for c in order.rows)
    settled_rows = {c.row.number for c in candidates if c.settled}
    assert set(placed) | problems.keys() == settled_rows


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_number_of_a_day_ends_in_one() -> None:
    assert next_number(PATTERN, DAY, ()) == "20261121-001"
    assert number_prefix(PATTERN, DAY) == "20261121-"


def test_a_gap_is_never_filled() -> None:
    assert next_number(PATTERN, DAY, {"20261121-002", "20261121-007"}) == "20261121-008"


def test_another_days_numbers_do_not_count() -> None:
    assert next_number(PATTERN, DAY, {"20261120-041", "A-1", ""}) == "20261121-001"


def test_the_thousandth_order_of_a_day_has_a_number() -> None:
    assert next_number(PATTERN, DAY, {"20261121-999"}) == "20261121-1000"
    assert next_number(PATTERN, DAY, {"20261121-999", "20261121-1000"}) == "20261121-1001"


@pytest.mark.parametrize(
    "odd", ["20261121-00a", "20261121-", "20261121-٣", "20261121-1234567", "20261121-1-1", "20261121-²"]
)
def test_a_number_of_somebody_elses_making_is_not_counted_on(odd: str) -> None:
    assert next_number(PATTERN, DAY, {odd, "20261121-004"}) == "20261121-005"


@FEW
@given(PATTERNS, st.sets(st.integers(1, 99_999), max_size=8), st.integers(1, 20))
def test_numbers_never_repeat_and_always_grow(pattern: str, used: set[int], count: int) -> None:
    taken = {pattern.format(date=DAY, serial=serial) for serial in used}
    for step in range(1, count + 1):
        number = next_number(pattern, DAY, taken)
        assert number not in taken
        assert number == pattern.format(date=DAY, serial=max(used, default=0) + step)
        assert number.startswith(number_prefix(pattern, DAY))
        taken.add(number)


@FEW
@given(PATTERNS)
def test_a_good_pattern_is_taken_as_it_is(pattern: str) -> None:
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(
    "pattern",
    ["", "A-{serial}", "{date:%Y}", "{serial}-{date:%Y}", "{date:%Y %m}-{serial}", "{date}:{serial}",
     "{date:%Y}-{serial:x}-{serial}", "{date:%Y}-{serial:x}", "{date:%Y}-{serial:,}", "{date:%Y}-{serial}-{team}",
     "{date:%Y}-{serial}-{}", "{date:%Y}<{serial}>", "{date:%Y}-{serial:,}x" + "y" * 40],
)  # fmt: skip
def test_a_pattern_that_makes_bad_numbers_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|serial"):
        check_pattern(pattern)
