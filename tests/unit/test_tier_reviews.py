"""Whom a review of tiers names, and who is told about whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.planning.month_values import TierReview
from bot.planning.periods import quarter_of
from bot.reports.figures.people import TeamMember
from bot.reports.figures.reviews import OwnReview, own_reviews, tier_review
from bot.reports.figures.tiers import tier_edits
from sheets_schema import CUSTOMERS
from sheets_schema.roles import LEAD, SALES
from tests.unit.month_book import CUSTOMER_ROWS, RULES, Row, line, lines_of, reading, readings

FOURTH = quarter_of(date(2026, 11, 1), RULES.timezone)
DORA = TeamMember("Dora", "dora@desk.example", ("North",), frozenset({SALES}))
EMIL = TeamMember("Emil", "emil@desk.example", ("South",), frozenset({SALES}))
LENA = TeamMember("Lena", "lena@desk.example", ("North",), frozenset({LEAD, SALES}), "zh-CN")
TEAM = (DORA, EMIL, LENA)


def review_of(rows: Sequence[Row], until: datetime = FOURTH.end) -> TierReview:
    columns = readings(rows)
    return tier_review(lines_of(columns), columns, FOURTH, until, RULES)


def told(
    review: TierReview, owners: Sequence[str], team: Sequence[TeamMember] = TEAM
) -> dict[str, list[str]]:
    """Reader's name -> customers of the mail, for customers C-1, C-2 … of these owners."""
    rows = [
        {"customer_no": f"C-{i}", "customer": f"Firm {i}", "owner": owner}
        for i, owner in enumerate(owners, 1)
    ]
    reviews = own_reviews(review, reading(CUSTOMERS, rows), team)
    return {own.reader.name: [move.customer for move in own.review.moves] for own in reviews}


def moved(*owners: str) -> TierReview:
    """A review in which Firm 1, Firm 2 … of these owners move."""
    rows = [
        line(f"{i}", date(2026, 5, 1), customer=f"Firm {i}", amount=200_000)
        for i in range(1, len(owners) + 1)
    ]
    customers = [
        {"customer_no": f"C-{i}", "customer": f"Firm {i}", "tier": "C", "owner": owner}
        for i, owner in enumerate(owners, 1)
    ]
    columns = readings(rows, customers=customers)
    return tier_review(lines_of(columns), columns, FOURTH, FOURTH.end, RULES)


# ── whom it names ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_twelve_months_end_with_the_quarter() -> None:
    rows = [
        line("1", date(2025, 12, 31), amount=900_000, customer="C-2"),
        line("2", date(2026, 1, 1), amount=100_000, customer="Cora Shoes"),
        line("3", date(2026, 12, 31), amount=500_000),
        line("4", date(2027, 1, 1), amount=900_000, customer="Cora Shoes"),
    ]
    review = review_of(rows)
    assert [(m.customer, m.before, m.after, m.amount) for m in review.moves] == [
        ("Cora Shoes", "", "B", Decimal(100_000)), ("Bora Tea", "B", "C", Decimal(0)),
    ]  # fmt: skip


def test_asked_for_within_the_quarter_it_looks_twelve_months_back_from_then() -> None:
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    rows = [
        line("1", date(2025, 11, 21), amount=500_000),
        line("2", date(2026, 12, 1), amount=9, customer="C-2"),
    ]
    review = review_of(rows, now)
    assert (review.since, review.until) == (datetime(2025, 11, 20, 4, tzinfo=UTC), now)
    assert review.moves == ()


def test_a_customer_of_other_currencies_is_not_judged() -> None:
    rows = [
        line("1", date(2026, 5, 1)),
        line("2", date(2026, 6, 1), customer="C-2", currency="USD", amount=9),
    ]
    assert [move.customer for move in review_of(rows).moves] == ["Anna Books"]


def test_who_bought_in_the_currency_once_and_nothing_this_year_falls() -> None:
    (move,) = review_of([line("1", date(2024, 5, 1), currency="")]).moves
    assert (move.customer, move.before, move.after) == ("Anna Books", "A", "C")


def test_reviewed_again_after_its_cells_are_written_nobody_moves() -> None:
    rows = [line("1", date(2026, 5, 1), customer="C-2", amount=600_000)]
    review = review_of(rows)
    (edit,) = tier_edits(review.moves, readings(rows)["customers"])
    customers = [dict(row) for row in CUSTOMER_ROWS]
    customers[edit.row - 2]["tier"] = "A"
    columns = readings(rows, customers=customers)
    assert tier_review(lines_of(columns), columns, FOURTH, FOURTH.end, RULES).moves == ()


# ── who is told ─────────────────────────────────────────────────────────────────────────────────────────────


def test_owners_hear_of_their_own_customers_and_leads_of_all() -> None:
    owners = ["Dora", "emil@desk.example", "DORA"]
    assert told(moved(*owners), owners) == {
        "Lena": ["Firm 1", "Firm 2", "Firm 3"], "Dora": ["Firm 1", "Firm 3"], "Emil": ["Firm 2"],
    }  # fmt: skip


def test_a_lead_who_owns_customers_gets_the_list_of_all_and_nothing_else() -> None:
    assert told(moved("Lena"), ["Lena"]) == {"Lena": ["Firm 1"]}


@pytest.mark.parametrize("owner", ["", "Somebody", "Gone"])
def test_customers_that_nobody_looks_after_are_on_the_leads_list(owner: str) -> None:
    gone = TeamMember("Gone", "gone@desk.example", active=False)
    assert told(moved(owner), [owner], (*TEAM, gone)) == {"Lena": ["Firm 1"]}


def test_several_owners_of_one_customer_are_all_told() -> None:
    assert told(moved("Dora、Emil"), ["Dora、Emil"]) == {
        "Lena": ["Firm 1"],
        "Dora": ["Firm 1"],
        "Emil": ["Firm 1"],
    }


def test_an_owner_of_whose_customers_none_moves_has_no_news() -> None:
    rows = [
        {"customer_no": "C-1", "customer": "Firm 1", "owner": "Dora"},
        {"customer": "Firm 2", "owner": "Emil"},
    ]
    reviews = own_reviews(moved("Dora"), reading(CUSTOMERS, rows), TEAM)
    assert {own.reader.name: own.has_news for own in reviews} == {"Lena": True, "Dora": True, "Emil": False}


def test_one_address_is_one_reader_however_often_team_names_it() -> None:
    again = replace(DORA, name="Dora Two", email="DORA@desk.example")
    reviews: Sequence[OwnReview] = own_reviews(
        moved("Dora", "Dora Two"),
        reading(CUSTOMERS, [{"customer": "x", "owner": "Dora, Dora Two"}]),
        (DORA, again),
    )
    assert [(own.reader.key, len(own.review.moves)) for own in reviews] == [("dora@desk.example", 2)]


def test_an_owner_without_an_address_is_named_and_not_passed_over() -> None:
    nameless = TeamMember("Nils", "", ("North",), frozenset({SALES}))
    (own,) = own_reviews(moved("Nils"), reading(CUSTOMERS, [{"customer": "x", "owner": "Nils"}]), (nameless,))
    assert own.reader.trouble == "no_email"
