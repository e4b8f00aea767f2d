"""The demo's sample company: plausible, consistent to the cent, and the same for everyone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from bot.demo.board import board_blocks
from bot.demo.company import ORDERS, Cells, SampleCompany, sample_company
from bot.demo.telling import columns_wide, table
from bot.planning.catalog import Catalog, Member, build_catalog
from bot.planning.readiness import ReadyLine, examine
from bot.planning.rules import Rules
from sheets_schema import BY_KEY, CONTRACTS, CUSTOMERS, FEEDBACK, PRODUCTS, TEAM, Cell, Tab
from sheets_schema.cells import date_serial
from sheets_schema.feedback import RATINGS
from sheets_schema.workflow import (
    AFTER_REVIEW,
    CANCELLED,
    COMPLETED,
    DELIVERED,
    IN_TRANSIT,
    PENDING,
    SHIPPED,
    STATES,
    state_of,
)

TODAY = date(2026, 11, 22)
NOT_ON_SALE_BEFORE = 60


@pytest.fixture(scope="module")
def company() -> SampleCompany:
    return sample_company(TODAY)


def number(cell: Cell) -> Decimal:
    assert isinstance(cell, int | float)
    return Decimal(repr(cell))


def text(cell: Cell) -> str:
    assert isinstance(cell, str)
    return cell


def orders(company: SampleCompany) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for row in company.contracts:
        found.setdefault(text(row["order_no"]), []).append(row)
    return found


def counted(rows: Iterable[Cells]) -> list[Cells]:
    return [row for row in rows if row["status"] != CANCELLED.zh]


def test_the_same_day_has_the_same_company_and_another_day_another(company: SampleCompany) -> None:
    assert sample_company(TODAY) == company
    assert sample_company(date(2027, 3, 1)) != company


def test_it_has_the_size_of_a_real_team(company: SampleCompany) -> None:
    assert len(orders(company)) == ORDERS == 400
    assert (len(company.customers), len(company.products)) == (60, 25)
    roles = Counter(role for row in company.team for role in text(row["role"]).split(", "))
    assert roles == {"Lead": 3, "Sales": 12, "Admin": 1, "Finance": 1, "Warehouse": 1}
    assert {row["language"] for row in company.team} == {"中文", "English"}
    assert sum(row["active"] is False for row in company.products) == 2
    assert max(len(lines) for lines in orders(company).values()) == 3


@pytest.mark.parametrize("tab", [TEAM, CUSTOMERS, PRODUCTS, CONTRACTS, FEEDBACK], ids=lambda tab: tab.key)
def test_every_cell_stands_in_a_column_there_is(tab: Tab, company: SampleCompany) -> None:
    assert {key for row in getattr(company, tab.key) for key in row} <= set(tab.by_key)


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 3), date(2028, 2, 29)], ids=str)
def test_every_row_would_be_ready_or_its_goods_are_off_sale_now(today: date) -> None:
    company = sample_company(today)
    catalog = build_catalog(company.customers, company.products, company.team)
    for row in company.contracts:
        typed = {k: cell for k, cell in row.items() if cell != ""}
        verdict = examine("contracts", typed, catalog, Rules())
        if not isinstance(verdict, ReadyLine):
            assert [p.code for p in verdict] == ["not_on_sale"], (row, verdict)
            assert number(row["order_date"]) < date_serial(today) - NOT_ON_SALE_BEFORE


def test_numbers_are_the_bots_own_and_go_with_their_days(company: SampleCompany) -> None:
    seen: dict[str, int] = {}
    for order_no, lines in orders(company).items():
        day, serial = order_no.split("-")
        assert date_serial(date.fromisoformat(day)) == lines[0]["order_date"]
        assert int(serial) == seen.get(day, 0) + 1
        seen[day] = int(serial)
        assert len({(line["customer"], line["salesperson"], line["status"]) for line in lines}) == 1
    assert all(re.fullmatch(r"\d{8}-\d{3}", order_no) for order_no in orders(company))


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 3), date(2028, 2, 29)], ids=str)
def test_orders_go_their_way_in_order(today: date) -> None:
    company = sample_company(today)
    found = Counter()
    for row in company.contracts:
        state = state_of(text(row["status"]))
        assert state is not None
        found[state] += 1
        days = [row["order_date"], row.get("reviewed_at"), row.get("shipped_on"), row.get("delivered_on")]
        moments = [int(number(day)) for day in days if day is not None]
        assert moments == sorted(moments)
        assert moments[-1] <= date_serial(today)
        assert number(row["created_at"]) <= number(row["updated_at"]) < date_serial(today) + 1
        assert (
            ("shipped_on" in row)
            == (state in (SHIPPED, IN_TRANSIT, DELIVERED, COMPLETED))
            == bool(row["tracking"])
        )
        assert ("delivered_on" in row) == (state in (DELIVERED, COMPLETED))
        assert bool(row["cancel_reason"]) == (state is CANCELLED)
        assert ("reviewer" in row) == (state.key in AFTER_REVIEW or state is CANCELLED)
    assert set(found) == set(STATES), "every status is to be seen"
    assert found[COMPLETED] > 200
    assert 2 <= found[PENDING] <= 40


def test_a_second_person_reviewed(company: SampleCompany) -> None:
    catalog: Catalog = build_catalog((), (), company.team)
    for row in (row for row in company.contracts if "reviewer" in row):
        reviewer, seller = (catalog.member(text(row[key])) for key in ("reviewer", "salesperson"))
        assert isinstance(reviewer, Member)
        assert isinstance(seller, Member)
        assert "Lead" in reviewer.role
        assert reviewer.team == seller.team
        assert reviewer != seller


def test_a_few_orders_are_overdue_and_say_why(company: SampleCompany) -> None:
    late = [
        row for row in company.contracts
        if number(row["due_date"]) < date_serial(TODAY) and row["status"] not in (DELIVERED.zh, COMPLETED.zh, CANCELLED.zh)
    ]  # fmt: skip
    assert 1 <= len({row["order_no"] for row in late}) <= 15
    assert all(row["exception"] for row in late)


def test_amounts_are_quantity_times_price_to_the_cent(company: SampleCompany) -> None:
    for row in company.contracts:
        exact = number(row["quantity"]) * number(row["unit_price"])
        assert number(row["amount"]) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_what_customers_bought_is_what_the_orders_say(company: SampleCompany) -> None:
    for customer in company.customers:
        mine = [row for row in counted(company.contracts) if row["customer"] == customer["customer"]]
        assert customer.get("order_count", 0) == len({row["order_no"] for row in mine})
        assert number(customer.get("total_amount", 0)) == sum(number(row["amount"]) for row in mine)
        days = [row["order_date"] for row in mine]
        assert (customer.get("first_order"), customer.get("last_order")) == (
            (min(map(number, days)), max(map(number, days))) if days else (None, None)
        )
    assert {row["type"] for row in company.customers} == {"潜在客户", "新客户", "老客户"}
    assert {row["tier"] for row in company.customers} == {"A", "B", "C"}


def test_what_was_sold_is_what_the_orders_say(company: SampleCompany) -> None:
    for product in company.products:
        sold = [
            row for row in counted(company.contracts)
            if (row["product"], row["specification"]) == (product["product"], product["specification"])
        ]  # fmt: skip
        assert product["sold_quantity"] == sum(number(row["quantity"]) for row in sold)
        assert number(product["sold_amount"]) == sum(number(row["amount"]) for row in sold)


def test_feedback_is_about_completed_orders(company: SampleCompany) -> None:
    known = orders(company)
    assert len(company.feedback) > 50
    for row in company.feedback:
        assert known[text(row["order_no"])][0]["status"] == COMPLETED.zh
        assert {row["quality"], row["timeliness"], row["service"]} <= set(RATINGS)
        assert number(row["timestamp"]) < date_serial(TODAY) + 1


def test_nobody_real_can_be_reached(company: SampleCompany) -> None:
    addresses = [text(row["email"]) for row in (*company.team, *company.customers)]
    assert all(address.endswith(".example") for address in addresses)
    assert len(set(addresses)) == len(addresses)
    phones = [text(row["phone"]) for row in company.customers]
    # No Chinese number begins with 0000; 020 7946 0xxx is kept for stories by the British regulator.
    assert all(re.fullmatch(r"0\d{2,3}-0000 \d{4}|\+44 20 7946 0\d{3}", phone) for phone in phones)
    names = [text(row["customer"]) for row in company.customers]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_statuses_are_in_the_language_of_the_workbook(language: str) -> None:
    found = {row["status"] for row in sample_company(TODAY, language).contracts}
    assert found == {state.title(language) for state in STATES}


def test_no_field_is_empty(company: SampleCompany) -> None:
    assert all(getattr(company, one.name) for one in fields(company))
    assert set(BY_KEY) - {"order_entry", "automations"} <= {one.name for one in fields(company)}


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 31), date(2028, 2, 29), date(2026, 12, 1)], ids=str)
def test_the_board_shows_seven_months_up_to_this_one(today: date) -> None:
    month = next(rows for where, rows in board_blocks(today, "zh-CN") if where.endswith("!A3"))
    firsts = [int(number(row[0])) for row in month[1:-1]]
    assert len(firsts) == 7
    assert firsts[-1] == date_serial(today.replace(day=1))
    for row, until in zip(month[1:-2], firsts[1:], strict=True):
        assert f'">={row[0]}"' in str(row[1])
        assert f'"<{until}"' in str(row[1])
    assert all(str(row[1]).startswith("=SUMIFS('合同订单表'!$J:$J,") for row in month[1:-1])


def test_wide_letters_do_not_make_columns_crooked() -> None:
    assert [columns_wide(one) for one in ("abc", "信箱", "：", "Ä", "")] == [3, 4, 2, 1, 0]
    lines = table([("信箱", "Mailbox", "x"), ("从这里开始", "Go", "y")]).splitlines()
    assert len({columns_wide(line) for line in lines}) == 1
    assert lines[0] == "  信箱        Mailbox  x"
