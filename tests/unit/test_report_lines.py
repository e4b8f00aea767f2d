"""Columns as people fill them, typed: exactly, in any zone, and with every name resolved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.planning.report_values import Ranked
from bot.reports.figures.moments import (
    NO_DAY,
    NO_MOMENT,
    days_at,
    moment_of,
    read_days,
    read_moments,
    seconds_of,
)
from bot.reports.figures.numbers import decimal_of, quantity_of, read_amounts, read_quantities
from sheets_schema.cells import EPOCH, datetime_serial
from tests.unit.report_book import FRIDAY, TEAM, Line, Sheet, period

MANY = settings(max_examples=200, deadline=None)
WEEK = period()
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
)


@MANY
@given(st.lists(st.floats(-1e14, 1e14), max_size=8), st.sampled_from([0, 2, 3]))
def test_any_double_is_rounded_as_the_decimal_it_shows(cells: list[float], digits: int) -> None:
    read = read_amounts(cells, np.full(len(cells), digits))
    cent = Decimal(1).scaleb(-digits)
    expected = [Decimal(repr(cell)).quantize(cent, ROUND_HALF_UP) for cell in cells]
    assert [decimal_of(whole, digits) for whole in read.values.tolist()] == expected


@MANY
@given(st.lists(st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6)), max_size=8))
def test_any_quantity_is_read_exactly(cells: list[int | float]) -> None:
    plain = [cell if abs(cell) > 1e-12 else 0 for cell in cells]
    read = read_quantities(plain)
    assert [quantity_of(whole, read.digits) for whole in read.values.tolist()] == [
        Decimal(repr(c)) for c in plain
    ]


@MANY
@given(st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001 - wall clocks
def test_wall_clocks_are_the_zones_own_on_every_day_of_the_year(wall: datetime, name: str) -> None:
    zone, wall = ZoneInfo(name), wall.replace(microsecond=0)
    seconds, days = read_moments([datetime_serial(wall), "", f"{wall:%Y-%m-%d %H:%M:%S}"], zone)
    expected = seconds_of(wall.replace(tzinfo=zone).astimezone(UTC))
    assert seconds.tolist() == [expected, NO_MOMENT, expected]
    assert days.tolist() == [(wall.date() - EPOCH).days, NO_DAY, (wall.date() - EPOCH).days]
    day = moment_of(expected).astimezone(zone).date()
    assert days_at(np.array([expected]), zone).tolist() == [(day - EPOCH).days]


def test_days_that_are_none_are_none() -> None:
    cells: list[Any] = [46_000, 46_000.75, "2025-12-09", "03/04/2026", True, -5, "", "soon", 1e9]
    assert read_days(cells).tolist() == [46_000, 46_000, 46_000, 0, 0, 0, 0, 0, 0]


def test_customers_are_found_by_number_and_by_name_and_new_ones_are_named() -> None:
    lines = [
        Line("r0", "N-0", WEEK.start - timedelta(days=30), customer="anna  BOOKS"),
        Line("r1", "N-1", WEEK.start, customer="C-1"),
        Line("r2", "N-2", WEEK.start, customer=3003),
        Line("r3", "N-3", WEEK.start, customer="Stranger"),
        Line("r4", "N-4", WEEK.start, customer=" stranger"),
    ]
    figures = Sheet(lines).book().team((), WEEK, FRIDAY).figures
    assert figures.returning_customers == ("Anna Books",)
    assert figures.new_customers == ("Cem Cars", "Stranger")


def test_the_share_of_a_customers_and_the_largest_orders_are_in_the_configs_currency() -> None:
    lines = [
        Line("r1", "N-1", WEEK.start, 30, Decimal(30), product="Lamp"),
        Line("r2", "N-1", WEEK.start, 30, Decimal(30), product="Desk"),
        Line("r3", "N-2", WEEK.start, 40, Decimal(40), customer="Bora Tea"),
        Line("r4", "N-3", WEEK.start, 999, Decimal(999), currency_cell="USD", currency="USD"),
    ]
    report = Sheet(lines).book().team((), WEEK, FRIDAY)
    assert report.tier_a_share == Decimal("0.6")
    assert [(o.order_no, o.amount, o.quantity, o.product) for o in report.largest] == [
        ("N-1", 60, 2, "Lamp +1"),
        ("N-2", 40, 1, "Lamp"),
    ]


def test_members_are_ranked_with_those_without_orders_and_the_unassigned_last() -> None:
    lines = [
        Line("r1", "N-1", WEEK.start, 10, Decimal(10), seller_cell="Faye", seller="Faye"),
        Line("r2", "N-2", WEEK.start, 20, Decimal(20), seller_cell="Gustav", seller="Gustav"),
        Line("r3", "N-3", WEEK.start, 70, Decimal(70), seller_cell="Nobody", seller=""),
    ]
    report = Sheet(lines).book().team((), WEEK, FRIDAY)
    assert [(r.name, r.share) for r in report.members] == [
        ("Gustav", Decimal("0.2")), ("Faye", Decimal("0.1")), ("Dora", 0), ("Emil", 0), ("", Decimal("0.7")),
    ]  # fmt: skip
    assert report.without_orders == ("Dora", "Emil")
    assert [(r.name, r.target) for r in report.teams] == [
        ("South", None),
        ("North", Decimal("1500.5")),
        ("", None),
    ]
    assert names(Sheet(lines).book().team(("South",), WEEK, FRIDAY).members) == ["Gustav", "Faye"]


def names(ranked: tuple[Ranked, ...]) -> list[str]:
    return [r.name for r in ranked]


def test_two_rows_of_one_person_are_one_member_and_two_people_of_one_name_are_nobodys() -> None:
    sheet = Sheet([Line("r1", "N-1", WEEK.start)])
    sheet.team = [TEAM[0], {**TEAM[0], "email": "DORA@desk.example", "team": "West"}]
    (dora,) = sheet.book().members
    assert dora.teams == ("North", "West")
    sheet.team = [TEAM[0], {**TEAM[0], "email": "other@desk.example"}]
    book = sheet.book()
    assert len(book.members) == 2
    assert names(book.team((), WEEK, FRIDAY).members)[-1] == ""
    assert not book.team((), WEEK, FRIDAY).figures.lines[0].assigned


def test_what_is_due_and_overdue_is_open_and_the_persons_own() -> None:
    day = FRIDAY.date()
    lines = [
        Line(f"r{i}", f"N-{i}", WEEK.start, due_date=day + timedelta(days=days), status_cell=status)
        for i, (days, status) in enumerate(
            [
                (-1, "Approved"),
                (0, "Pending review"),
                (7, "已发货"),
                (8, "Approved"),
                (-3, "Completed"),
                (-9, "已取消"),
                (-5, ""),
            ]
        )
    ]
    report = Sheet(lines).book().personal("Dora", WEEK, FRIDAY)
    assert [line.order_no for line in report.due] == ["N-1", "N-2"]
    assert [line.order_no for line in report.overdue] == ["N-0"]


def test_an_order_from_before_the_week_is_named_as_late() -> None:
    start = WEEK.start.date()
    lines = [
        Line("r1", "N-1", WEEK.start, order_date=start),
        Line("r2", "N-2", WEEK.start, order_date=start - timedelta(days=1)),
    ]
    figures = Sheet(lines).book().team((), WEEK, FRIDAY).figures
    assert [line.order_no for line in figures.late_entries] == ["N-2"]


@pytest.mark.parametrize("name", ["Dora", "dora ", "dora@desk.example"])
def test_a_report_is_asked_for_by_name_or_address(name: str) -> None:
    assert Sheet().book().personal(name, WEEK, FRIDAY).member == "Dora"


def test_nobodys_report_is_an_error() -> None:
    with pytest.raises(KeyError):
        Sheet().book().personal("Nobody", WEEK, FRIDAY)
