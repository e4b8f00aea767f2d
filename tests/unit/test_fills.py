"""What the bot writes into blank cells, and the row it makes of an entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.fills import FILLED, contract_cells, fills, moment_cell, number_cell, own_cells
from bot.planning.readiness import ReadyLine, examine
from sheets_schema import Cell
from sheets_schema.cells import read_number
from tests.unit.rows import CATALOG, FEW, NOW, RULES, WISH

DAY = date(2026, 11, 21)


def line(**cells: Cell) -> ReadyLine:
    found = examine("order_entry", {**WISH, **cells}, CATALOG, RULES)
    assert isinstance(found, ReadyLine)
    return found


def row(**cells: Cell) -> dict[str, Cell]:
    return contract_cells(line(**cells), "A-1", DAY, RULES)


def test_blank_cells_get_what_the_lookups_and_the_day_say() -> None:
    assert fills(line(), "A-1", DAY, RULES) == {
        "order_no": "A-1", "order_date": 46347, "unit_price": 12.5, "amount": 37.5, "currency": "CNY",
        "status": "Pending review", "contact": "Anna Berg",
    }  # fmt: skip


def test_what_is_filled_are_the_columns_that_the_schema_calls_filled() -> None:
    assert set(fills(line(), "A-1", DAY, RULES)) == set(FILLED)


def test_a_contact_that_is_not_known_is_left_blank() -> None:
    assert "contact" not in fills(line(customer="Bora Tea"), "A-1", DAY, RULES)


def test_an_order_that_nobody_reviews_begins_approved_in_the_workbooks_language() -> None:
    rules = replace(RULES, review_levels=0, language="zh-CN")
    assert fills(line(), "A-1", DAY, rules)["status"] == "已审核"


def test_an_entry_becomes_a_row_with_names_as_the_lookups_spell_them() -> None:
    assert row(customer="c-1", product="LAMP", salesperson="dora@desk.example", quantity="３ ") == {
        "customer": "Anna Books", "product": "Lamp", "quantity": 3, "salesperson": "Dora", "delivery_address": "1 Quay",
        **fills(line(), "A-1", DAY, RULES),
    }  # fmt: skip


@pytest.mark.parametrize(
    "key", ["duration", "payment_method", "special_requests", "source", "notes", "delivery_address"]
)
def test_words_of_the_entry_are_taken_over_as_they_were_typed(key: str) -> None:
    assert row(**{key: "=1+1 "})[key] == "=1+1"


def test_blanks_of_the_entry_are_filled_from_customer_and_product() -> None:
    cells = row(product="Desk", specification="oak", due_date="21/11/2026")
    assert (cells["specification"], cells["duration"], cells["due_date"]) == ("oak", "1 year", 46347)
    assert "due_date" not in row()
    assert "delivery_address" not in row(customer="Bora Tea")


def test_the_teams_own_columns_come_along() -> None:
    assert row(**{"+Colour": "red"})["+Colour"] == "red"
    assert "timestamp" not in row(timestamp=46347.5)


@pytest.mark.parametrize(
    ("value", "cell"), [("3", 3), ("3.00", 3), ("12.5", 12.5), ("0", 0), ("-0.01", -0.01)]
)
def test_whole_numbers_are_written_as_such(value: str, cell: Cell) -> None:
    written = number_cell(Decimal(value))
    assert (written, type(written)) == (cell, type(cell))


@FEW
@given(st.decimals(-(10**12), 10**12, places=3))
def test_a_number_survives_the_sheet(value: Decimal) -> None:
    assert read_number(number_cell(value)) == value


def test_only_the_bots_own_cells_are_not_worth_remembering() -> None:
    cells: dict[str, Cell] = {
        **WISH,
        "amount": 5,
        "+Colour": "red",
        "row_id": "a",
        "problem": "p",
        "mail_status": "m",
    }
    assert own_cells("contracts", cells) == {**WISH, "amount": 5, "+Colour": "red"}
    assert own_cells("order_entry", {**WISH, "order_no": "A-1", "result": "→"}) == WISH


def test_a_moment_is_written_as_the_teams_clocks_show_it() -> None:
    assert moment_cell(NOW, RULES) == 46347 + round(9.5 / 24, 10)
