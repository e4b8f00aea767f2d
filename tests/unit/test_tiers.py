"""Tiers: what a customer's twelve months say, and that a person's word stands until the next review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.month_values import TierMove
from bot.planning.rules import Rules, TierRules
from bot.ports import Columns
from bot.projection import SetCells
from bot.reports.figures.tiers import (
    is_upwards,
    noted_moves,
    owed_moves,
    owed_note,
    settled_notes,
    tier_edits,
    tier_moves,
    tier_named,
    tier_of,
    year_before,
)
from sheets_schema import Cell
from tests.hostile import PAYLOADS
from tests.unit.rows import FEW

RULES = Rules(language="en", tiers=TierRules(a=Decimal(500_000), b=Decimal(100_000)))
PLACES = {"customer_no": 0, "customer": 1, "tier": 3, "owner": 5}


def customers(*rows: tuple[str, str, Cell, str], places: Mapping[str, int] = PLACES) -> Columns:
    """A reading of Customers: number, name, tier and owner of each row."""
    columns: Sequence[Sequence[Cell]] = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    cells = dict(zip(("customer_no", "customer", "tier", "owner"), columns, strict=True))
    return Columns("customers", {key: cells[key] for key in places}, places)


def everybody(columns: Columns) -> frozenset[int]:
    return frozenset(range(columns.height))


# ── thresholds ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "tier"),
    [
        ("500000", "A"),
        ("499999.99", "B"),
        ("100000", "B"),
        ("99999.99", "C"),
        ("0", "C"),
        ("-1", "C"),
        ("1e30", "A"),
    ],
)
def test_who_reaches_a_threshold_exactly_is_in(amount: str, tier: str) -> None:
    assert tier_of(Decimal(amount), RULES.tiers) == tier


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("A", "A"), (" b ", "B"), ("Ｃ", "C"), ("A类", "A"), ("b 级", "B"), ("Tier C", "C"), ("A类客户", "A"), ("", ""), ("\u3000", ""),
        ("VIP", None), ("AB", None), ("D", None), ("A+", None),
    ],
)  # fmt: skip
def test_a_tier_is_read_as_people_write_it(text: str, tier: str | None) -> None:
    assert tier_named(text) == tier


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_any_text_names_a_tier_or_none(payload: str) -> None:
    assert tier_named(payload) in {"A", "B", "C", "", None}


# ── twelve months ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "end", "begin"),
    [
        ("Asia/Shanghai", "2027-01-01T00:00", "2026-01-01T00:00"),
        ("Asia/Shanghai", "2024-04-01T00:00", "2023-04-01T00:00"),  # 366 days, with 29 February
        ("Asia/Shanghai", "2024-02-29T12:00", "2023-02-28T12:00"),
        ("Europe/Berlin", "2026-04-01T00:00", "2025-04-01T00:00"),  # both in summer time
        ("Europe/Berlin", "2026-03-29T12:00", "2025-03-29T12:00"),  # summer time here, winter time there
    ],
)
def test_twelve_months_begin_at_the_same_wall_clock_a_year_earlier(zone: str, end: str, begin: str) -> None:
    where = ZoneInfo(zone)
    rules = replace(RULES, timezone=where)
    moment = datetime.fromisoformat(end).replace(tzinfo=where)
    assert year_before(moment.astimezone(UTC), rules) == datetime.fromisoformat(begin).replace(tzinfo=where)


# ── moves ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_customer_moves_when_the_amount_says_another_tier_than_the_cell() -> None:
    book = customers(("C-1", "Anna", "B", "Dora"), ("C-2", "Bora", "A", "Emil"), ("C-3", "Cora", "C", "Dora"))
    amounts = {0: Decimal(500_000), 1: Decimal(500_000), 2: Decimal(100_000)}
    assert tier_moves(book, amounts, everybody(book), RULES) == (
        TierMove("Anna", "C-1", "Dora", "B", "A", Decimal(500_000)),
        TierMove("Cora", "C-3", "Dora", "C", "B", Decimal(100_000)),
    )


def test_rises_come_first_then_the_new_then_falls() -> None:
    book = customers(("", "Falls", "A", ""), ("", "Rises", "C", ""), ("", "New", "", ""))
    moves = tier_moves(book, {1: Decimal(200_000), 2: Decimal(900_000)}, everybody(book), RULES)
    assert [m.customer for m in moves] == ["Rises", "New", "Falls"]
    assert [is_upwards(m) for m in moves] == [True, False, False]


def test_who_was_a_customer_and_bought_nothing_for_a_year_falls_to_c() -> None:
    book = customers(("C-1", "Anna", "A", "Dora"))
    (move,) = tier_moves(book, {}, everybody(book), RULES)
    assert (move.before, move.after, move.amount) == ("A", "C", Decimal(0))


def test_who_cannot_be_judged_stays_as_they_are() -> None:
    book = customers(("C-1", "Never bought", "A", "Dora"), ("C-2", "Buys in dollars", "B", "Dora"))
    assert tier_moves(book, {}, frozenset(), RULES) == ()


def test_the_teams_own_words_for_a_tier_are_left_alone() -> None:
    book = customers(("C-1", "Anna", "VIP", "Dora"), ("C-2", "", "B", "Dora"))
    assert tier_moves(book, {}, everybody(book), RULES) == ()


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────


def moved(book: Columns) -> tuple[TierMove, ...]:
    return tier_moves(book, {0: Decimal(600_000)}, everybody(book), RULES)


def test_cells_are_written_where_they_still_say_what_the_review_began_with() -> None:
    book = customers(("C-1", "Anna", "B", "Dora"), ("C-2", "Bora", "A", "Emil"))
    moves = moved(book)
    # Meanwhile somebody sorted the rows, and decided about Bora.
    later = customers(("C-2", "Bora", "B", "Emil"), ("C-1", "Anna", "B", "Dora"))
    assert tier_edits(moves, later) == (SetCells("customers", 3, {3: "A"}, {0: "C-1", 1: "Anna", 3: "B"}),)


def test_a_row_that_is_gone_or_a_column_that_is_gone_is_no_edit() -> None:
    moves = moved(customers(("C-1", "Anna", "B", "Dora")))
    assert tier_edits(moves, customers(("C-2", "Bora", "B", ""))) == ()
    without = {key: place for key, place in PLACES.items() if key != "tier"}
    assert tier_edits(moves, customers(("C-1", "Anna", "B", "Dora"), places=without)) == ()


def test_of_a_customer_who_is_there_twice_the_first_row_is_changed() -> None:
    moves = moved(customers(("", "Anna", "B", "Dora")))
    twice = customers(("", "Anna", "B", ""), ("", "ANNA", "B", ""))
    assert [edit.row for edit in tier_edits(moves, twice)] == [2]


@FEW
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["", "A", "B", "C", "VIP"]), st.integers(0, 900_000)),
        max_size=9,
    )
)
def test_what_is_written_is_owed_no_more(rows: list[tuple[int, str, int]]) -> None:
    book = customers(*((f"C-{n}", f"Firm {n}", tier, "") for n, tier, _ in rows))
    firsts = frozenset({n: i for i, (n, _, _) in reversed(list(enumerate(rows)))}.values())
    amounts = {i: Decimal(amount) for i, (_, _, amount) in enumerate(rows)}
    owed = owed_moves((owed_note(tier_moves(book, amounts, firsts, RULES)),))
    tiers = list(book.cells["tier"])
    edits = tier_edits(owed, book)
    assert len(edits) == len(owed)
    for edit in edits:
        tiers[edit.row - 2] = edit.cells[3]
    after = Columns("customers", {**book.cells, "tier": tiers}, PLACES)
    assert tier_edits(owed, after) == ()
    assert tier_moves(after, amounts, firsts, RULES) == ()


def test_a_note_keeps_hostile_names_as_they_are() -> None:
    moves = tuple(TierMove(text, text, text, "B", "A", Decimal("0.5")) for text in PAYLOADS.values())
    assert owed_moves((("archived", "3"), owed_note(moves))) == moves
    assert owed_moves(()) == ()


def test_what_was_moved_stays_known_when_nothing_is_owed_any_more() -> None:
    moves = moved(customers(("C-1", "Anna", "B", "Dora")))
    before = (("archived", "3"), owed_note(moves))
    after = settled_notes(before)
    assert (owed_moves(before), owed_moves(after)) == (moves, ())
    assert noted_moves(before) == noted_moves(after) == moves
    assert noted_moves((("archived", "3"),)) is None
