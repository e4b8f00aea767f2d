"""Edits that were worked out a while ago are written only to the rows they were worked out for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from bot.planning.month_values import TierMove
from bot.ports import Columns
from bot.projection import Edit, SetCells, SetRange
from bot.reports.figures.tiers import tier_edits
from bot.standing import looked_at, standing
from sheets_schema import CUSTOMERS
from tests.unit.month_book import Row, reading

ANNA: Row = {"customer_no": "C-1", "customer": "Anna", "tier": "B"}
BORA: Row = {"customer_no": "C-2", "customer": "Bora", "tier": "C"}
BOOK = reading(CUSTOMERS, (ANNA, BORA))
EDITS = tier_edits(
    (TierMove("Bora", "C-2", "", "C", "A", Decimal(9)), TierMove("Anna", "C-1", "", "B", "C", Decimal(0))),
    BOOK,
)


def rows_written(rows: Sequence[Row], columns: Columns | None = None) -> list[int]:
    now = {CUSTOMERS.key: columns or reading(CUSTOMERS, rows)}
    return [edit.row for edit in standing(EDITS, now) if isinstance(edit, SetCells)]


def test_rows_that_stand_where_they_stood_are_written() -> None:
    assert rows_written((ANNA, BORA)) == [3, 2]


@pytest.mark.parametrize(
    ("rows", "written"),
    [
        ((BORA, ANNA), []),
        (({}, ANNA, BORA), []),
        ((ANNA,), [2]),
        ((ANNA, {**BORA, "tier": "A"}), [2]),
        ((ANNA, {**BORA, "customer_no": "C-9"}), [2]),
    ],
    ids=["sorted", "a row put in", "a row deleted", "a person was first", "another customer"],
)
def test_rows_that_moved_or_changed_are_left_for_the_next_time(
    rows: Sequence[Row], written: list[int]
) -> None:
    assert rows_written(rows) == written


def test_a_column_put_in_between_keeps_everything_as_it_is() -> None:
    places = {key: place + (place >= BOOK.places["tier"]) for key, place in BOOK.places.items()}
    assert rows_written((), Columns(CUSTOMERS.key, BOOK.cells, places)) == []


def test_a_tab_that_is_gone_is_not_written_to() -> None:
    assert standing(EDITS, {}) == ()


def test_edits_that_expect_nothing_go_as_they_are() -> None:
    edits: tuple[Edit, ...] = (SetRange("summary", 1, 0, (("x",),)), SetCells("contracts", 2, {0: "x"}))
    assert standing(edits, {}) == edits
    assert looked_at(edits) == {}
    assert looked_at(EDITS) == {"customers": ("customer_no", "customer", "tier")}
