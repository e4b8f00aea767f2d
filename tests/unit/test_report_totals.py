"""Totals of random books against a plain sum of Decimal; every row is in one place, and none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.planning.report_values import Sum
from sheets_schema import Cell
from tests.unit.report_book import FRIDAY, TEAM, Line, Sheet, period, totals

SOME = settings(max_examples=15, deadline=None)
WEEK = period()

AMOUNTS: tuple[tuple[Cell, Decimal | None], ...] = (
    (100, Decimal(100)),
    (1256.5, Decimal("1256.5")),
    (0.1 + 0.2, Decimal("0.30000000000000004")),
    (1.005, Decimal("1.005")),
    (2.675, Decimal("2.675")),
    (-2.675, Decimal("-2.675")),
    (0, Decimal(0)),
    (0.004999, Decimal("0.004999")),
    (-30, Decimal(-30)),
    (999_999_999_999_999, Decimal(999_999_999_999_999)),
    (999_999_999_999.995, Decimal("999999999999.995")),
    ("￥1,256.00", Decimal(1256)),
    ("1.256,50 €", Decimal("1256.50")),
    ("１２．５", Decimal("12.5")),
    (" 7 ", Decimal(7)),
    ("", None),
    ("#REF!", None),
    ("Loading...", None),
    ("n/a", None),
    (True, None),
    (1e15, None),
    (-1e300, None),
    ("5²", None),
)
QUANTITIES: tuple[tuple[Cell, Decimal | None], ...] = (
    (1, Decimal(1)),
    (40, Decimal(40)),
    (-2, Decimal(-2)),
    (0.125, Decimal("0.125")),
    (0.1 + 0.2, Decimal("0.30000000000000004")),
    (2.5, Decimal("2.5")),
    ("3 000", Decimal(3000)),
    ("", None),
    ("#N/A", None),
    ("many", None),
    (False, None),
    (1e16, None),
)
CURRENCIES: tuple[tuple[Cell, str | None], ...] = (
    ("", "CNY"),
    ("CNY", "CNY"),
    ("人民币", "CNY"),
    ("usd", "USD"),
    ("$", "USD"),
    ("JPY", "JPY"),
    ("KWD", "KWD"),
    ("florins", None),
    (12, None),
)
SELLERS: tuple[tuple[Cell, str], ...] = (
    ("Dora", "Dora"),
    (" dora ", "Dora"),
    ("DORA@desk.example", "Dora"),
    ("Ｅmil", "Emil"),
    ("Faye", "Faye"),
    ("Gustav", "Gustav"),
    ("Nobody", ""),
    ("", ""),
    (7, ""),
)
STATUSES: tuple[tuple[Cell, bool], ...] = (
    ("Pending review", False),
    ("已完成", False),
    ("", False),
    ("whatever", False),
    ("Cancelled", True),
    (" 已取消", True),
)


@st.composite
def a_line(draw: st.DrawFn, number: int) -> Line:
    (amount_cell, amount), (quantity_cell, quantity) = (
        draw(st.sampled_from(AMOUNTS)),
        draw(st.sampled_from(QUANTITIES)),
    )
    (currency_cell, currency), (seller_cell, seller) = (
        draw(st.sampled_from(CURRENCIES)),
        draw(st.sampled_from(SELLERS)),
    )
    status_cell, cancelled = draw(st.sampled_from(STATUSES))
    hours = draw(st.integers(0, 7 * 24 - 1))
    return Line(
        f"r{number}", f"2026-{draw(st.integers(1, 6))}", WEEK.start + timedelta(hours=hours), amount_cell, amount,
        quantity_cell, quantity, currency_cell, currency, seller_cell, seller, status_cell, cancelled,
        customer=draw(st.sampled_from(("Anna Books", "c-2", 3003, "Stranger", ""))),
        product=draw(st.sampled_from(("Lamp", "lamp", "Desk", 5, ""))), archived=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def some_lines(draw: st.DrawFn) -> list[Line]:
    return [draw(a_line(number)) for number in range(draw(st.integers(0, 14)))]


def in_totals(sum_: Sum) -> dict[str, Decimal]:
    return {amount.currency: amount.amount for amount in sum_.amounts}


def says(sum_: Sum, lines: Sequence[Line]) -> None:
    """The sum is that of these lines, in every figure."""
    counted = [line for line in lines if line.counts]
    assert in_totals(sum_) == totals(counted)
    assert sum_.lines == len(counted)
    assert sum_.orders == len({line.order_no for line in counted})
    assert sum_.quantity == sum((line.quantity for line in counted if line.quantity is not None), Decimal(0))
    for amount in sum_.amounts:
        own = {line.order_no for line in counted if line.currency == amount.currency}
        assert amount.orders == len(own)


@SOME
@given(some_lines())
def test_totals_are_a_plain_sum_of_decimals_for_all_and_for_everyone(lines: list[Line]) -> None:
    book = Sheet(lines).book()
    report = book.team((), WEEK, FRIDAY)
    says(report.figures.week, lines)
    for member in TEAM:
        personal = book.personal(str(member["name"]), WEEK, FRIDAY)
        says(personal.figures.week, [line for line in lines if line.seller == member["name"]])
    ranked = {ranked.name: ranked for ranked in report.members}
    for name, row in ranked.items():
        says(row.sum, [line for line in lines if line.seller == name])
    assert {line.seller for line in lines if line.counts} <= ranked.keys()


@SOME
@given(some_lines())
def test_teams_add_up_to_the_whole_and_to_what_their_own_report_says(lines: list[Line]) -> None:
    teams = {"Dora": "North", "Emil": "North", "Faye": "South", "Gustav": "South"}
    book = Sheet(lines).book()
    whole = book.team((), WEEK, FRIDAY)
    for ranked in whole.teams:
        own = [line for line in lines if teams.get(line.seller, "") == ranked.name]
        says(ranked.sum, own)
        if ranked.name:
            says(book.team((ranked.name.upper(),), WEEK, FRIDAY).figures.week, own)
    says(
        book.team(("North", "south"), WEEK, FRIDAY).figures.week,
        [line for line in lines if line.seller in teams],
    )
    assert sum(ranked.sum.lines for ranked in whole.teams) == whole.figures.week.lines


@SOME
@given(some_lines())
def test_days_weeks_and_products_add_up_to_the_week(lines: list[Line]) -> None:
    figures = Sheet(lines).book().team((), WEEK, FRIDAY).figures
    mine = figures.week.amount("CNY")
    assert sum(bar.amount for bar in figures.by_day) == mine
    assert figures.by_week[-1].amount == mine
    assert len(figures.by_week) == 8
    assert len(figures.by_day) == 8
    assert sum(product.sum.amount("CNY") for product in figures.products) == mine
    assert sum(product.sum.lines for product in figures.products) == figures.week.lines
    says(figures.month, lines)


@SOME
@given(some_lines(), st.integers(0, 3), st.integers(0, 3))
def test_every_row_is_a_line_cancelled_or_left_out_with_a_reason(
    lines: list[Line], unnumbered: int, copies: int
) -> None:
    sheet = Sheet(lines)
    sheet.others = [{"customer": "Anna Books", "problem": "No quantity yet"}] * unnumbered
    sheet.others += [line.cells() for line in lines if not line.archived][:copies]
    copied = len(sheet.others) - unnumbered
    book = sheet.book()
    figures = book.team((), WEEK, FRIDAY).figures
    assert {line.row_id for line in figures.lines} == {line.row_id for line in lines if line.counts}
    assert {line.row_id for line in figures.cancelled} == {
        line.row_id for line in lines if line.usable and line.cancelled
    }
    unusable = sum(not line.usable for line in lines)
    assert len(figures.left_out) == unusable + unnumbered + copied
    assert sum(left.why == "no_number" for left in figures.left_out) == unnumbered + copied
    assert len(figures.lines) + len(figures.cancelled) + len(figures.left_out) == len(lines) + len(
        sheet.others
    )


@SOME
@given(some_lines())
def test_a_line_that_stands_in_archive_too_counts_once_as_contract_orders_has_it(lines: list[Line]) -> None:
    here = [replace(line, archived=False) for line in lines]
    there = [
        replace(line, archived=True, amount_cell=5, amount=Decimal(5), currency_cell="CNY", currency="CNY")
        for line in here
    ]
    book = Sheet([*here, *there]).book()
    says(book.team((), WEEK, FRIDAY).figures.week, here)
    assert book.lines.doubled == len(lines)


def test_sums_too_large_for_64_bits_are_exact() -> None:
    huge = Decimal(999_999_999_999_999)
    lines = [
        Line(f"r{i}", f"N-{i}", WEEK.start, int(huge), huge, currency_cell="KWD", currency="KWD")
        for i in range(50)
    ]
    book = Sheet(lines).book()
    assert book.team((), WEEK, FRIDAY).figures.week.amount("KWD") == 50 * huge
    closed = book.close(WEEK, FRIDAY)
    again = Sheet(lines).book([closed])
    assert again.team((), WEEK, FRIDAY).figures.week.amount("KWD") == 50 * huge
    assert again.later_corrections == ()


def test_values_are_plain_python() -> None:
    figures = Sheet([Line("r1", "N-1", WEEK.start)]).book().team((), WEEK, FRIDAY).figures
    line = figures.lines[0]
    assert [type(value) for value in (line.row_id, line.amount, line.quantity, line.cancelled, line.late_entry)] == [
        str, Decimal, Decimal, bool, bool,
    ]  # fmt: skip
    assert [type(value) for value in (figures.week.orders, figures.week.lines, figures.by_day[0].orders)] == [
        int
    ] * 3


@pytest.mark.parametrize(
    ("cell", "why"),
    [("#REF!", "formula"), ("Loading...", "formula"), ("", "amount"), ("n/a", "amount"), (1e15, "too_large")],
)
def test_a_left_out_row_says_where_it_is_and_why(cell: Cell, why: str) -> None:
    lines = [Line("r1", "N-1", WEEK.start), Line("r2", "N-2", WEEK.start, cell, None)]
    (left,) = Sheet(lines).book().personal("Dora", WEEK, FRIDAY).figures.left_out
    assert (left.tab, left.row, left.order_no, left.salesperson, left.why) == (
        "contracts",
        3,
        "N-2",
        "Dora",
        why,
    )
