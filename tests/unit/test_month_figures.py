"""A month's figures against plain Python, and each rate where there is nothing to divide by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.month_values import Deliveries, LateProduct, MonthReport, Rate, TierMove
from bot.planning.periods import month_of
from bot.planning.report_values import Amount, Sum
from bot.reports.figures.monthly import monthly_report
from sheets_schema import Cell
from sheets_schema.cells import EPOCH, date_serial, read_number
from sheets_schema.currencies import rounded
from sheets_schema.titles import fold
from sheets_schema.workflow import CANCELLED, state_of
from tests.unit.month_book import RULES, Row, books, line, lines_of, readings
from tests.unit.rows import FEW

ZONE = RULES.timezone
NOVEMBER = month_of(date(2026, 11, 1), ZONE)
DAY = date(2026, 11, 10)


def report(
    rows: Sequence[Row],
    day: date = DAY,
    until: datetime | None = None,
    archive: Sequence[Row] = (),
    legal: Mapping[str, str] | None = None,
) -> MonthReport:
    columns = readings(rows, archive)
    month = month_of(day, ZONE)
    return monthly_report(lines_of(columns, legal=legal or {}), columns, month, until or month.end, RULES)


def due(number: str, due_on: date, delivered: date | None, **cells: Cell) -> Row:
    day = {"delivered_on": date_serial(delivered)} if delivered else {}
    return line(number, DAY - timedelta(days=20), due_date=date_serial(due_on), **day, **cells)


# ── the month's totals ──────────────────────────────────────────────────────────────────────────────────────


def test_an_order_belongs_to_the_month_in_which_it_was_recorded() -> None:
    rows = [
        line("1", date(2026, 10, 31)),
        line("2", date(2026, 11, 1), amount=20, quantity=2),
        line("3", date(2026, 11, 30), amount=5, currency="USD"),
        line("4", date(2026, 12, 1)),
    ]
    figures = report(rows)
    assert figures.month == Sum(
        2, 2, Decimal(3), (Amount("CNY", Decimal(20), 1), Amount("USD", Decimal(5), 1))
    )
    assert figures.before == Sum(1, 1, Decimal(1), (Amount("CNY", Decimal(10), 1),))


def test_midnight_is_the_teams_midnight() -> None:
    first = {"created_at": 46327.0}  # 2026-11-01 00:00 by the team's clocks, still October in Greenwich
    assert report([line("1", date(2026, 10, 31), **first)]).month.orders == 1
    assert report([line("1", date(2026, 10, 31), created_at=46326.9999)]).month.orders == 0


def test_archived_orders_count_in_their_month() -> None:
    assert report([line("1", DAY)], archive=[line("2", DAY, row_id="x")]).month.orders == 2


def test_a_report_asked_for_early_counts_up_to_then() -> None:
    figures = report(
        [line("1", DAY), line("2", DAY + timedelta(days=2))], until=datetime(2026, 11, 11, tzinfo=UTC)
    )
    assert figures.interim
    assert figures.month.orders == 1


def test_the_chart_shows_twelve_months_and_the_year_before_is_told_when_it_is_known() -> None:
    figures = report([line("1", DAY), line("2", date(2025, 11, 2), amount=7)])
    assert [bar.label for bar in figures.by_month] == [
        *(f"2025-{m}" for m in (12,)),
        *(f"2026-{m:02}" for m in range(1, 12)),
    ]
    assert figures.by_month[-1].amount == 10
    assert figures.year_ago is not None
    assert figures.year_ago.amount("CNY") == 7


def test_a_year_before_the_first_order_is_not_known_and_a_quiet_month_is_nothing() -> None:
    assert report([line("1", date(2025, 12, 1))]).year_ago is None
    assert report([line("1", date(2025, 10, 1))]).year_ago == Sum()


def test_a_month_without_anything_has_dashes_and_no_zeros() -> None:
    figures = report([])
    assert figures.month == Sum()
    rates = (figures.repeat, figures.tier_a, figures.deliveries.on_time)
    assert [rate.share for rate in rates] == [None, None, None]
    assert (figures.frequency, figures.tier_a_share, figures.deliveries.mean_days) == (None, None, None)
    assert figures.products == figures.members == figures.moves == ()


def test_an_amount_below_zero_is_no_whole_to_have_parts_of() -> None:
    figures = report([line("1", DAY, amount=-5)])
    assert figures.tier_a_share is None
    assert figures.products[0].share is None


# ── customers ───────────────────────────────────────────────────────────────────────────────────────────────


def test_who_had_ordered_before_the_month_buys_again() -> None:
    rows = [
        line("1", date(2024, 1, 1)),
        line("2", DAY), line("3", DAY),
        line("4", DAY, customer="Bora Tea"), line("5", DAY + timedelta(days=1), customer="C-2"),
        line("6", DAY, customer=""),
    ]  # fmt: skip
    figures = report(rows)
    assert figures.customers == 2
    assert figures.repeat == Rate(1, 2)
    assert figures.tier_a == Rate(1, 2)
    assert figures.tier_a_share == Decimal(20) / Decimal(50)
    assert figures.frequency == Decimal(5) / 2


def test_a_cancelled_order_makes_no_customer() -> None:
    rows = [
        line("1", date(2026, 1, 1), status="Cancelled"),
        line("2", DAY),
        line("3", DAY, status="Cancelled"),
    ]
    figures = report(rows)
    assert figures.repeat == Rate(0, 1)
    assert (figures.month.orders, figures.cancelled) == (1, 1)


def test_a_status_that_is_not_legal_changes_no_figure() -> None:
    rows = [
        line("1", DAY, status="Cancelled", row_id="a"),
        line("2", DAY, status="Approved", row_id="b"),
        line("3", DAY, status="Cancelled", row_id="c"),
    ]
    figures = report(rows, legal={"a": "pending", "b": "cancelled"})
    assert (figures.month.orders, figures.cancelled) == (1, 2)


def test_an_order_cancelled_in_part_is_not_a_cancelled_order() -> None:
    figures = report([line("1", DAY), line("1", DAY, product="Desk", status="Cancelled")])
    assert (figures.month.orders, figures.month.lines, figures.cancelled) == (1, 1, 0)


# ── deliveries ──────────────────────────────────────────────────────────────────────────────────────────────


def test_delivery_takes_from_the_order_date_to_the_delivery() -> None:
    rows = [
        line("1", date(2026, 10, 30), delivered_on=date_serial(date(2026, 11, 2))),
        line("2", date(2026, 11, 3), delivered_on=date_serial(date(2026, 11, 13))),
        line("3", date(2026, 11, 3), delivered_on=date_serial(date(2026, 12, 1))),
        line("4", date(2026, 11, 5), delivered_on=date_serial(date(2026, 11, 4))),
        line("5", date(2026, 11, 5), delivered_on=date_serial(date(2026, 11, 6)), order_date=""),
    ]
    went = report(rows).deliveries
    assert (went.delivered, went.mean_days) == (2, Decimal("6.5"))


def test_a_line_is_judged_in_the_month_it_was_due_and_late_when_it_did_not_come() -> None:
    rows = [
        due("1", DAY, DAY), due("2", DAY, DAY - timedelta(days=3)), due("3", DAY, DAY + timedelta(days=1)),
        due("4", DAY, None), due("5", date(2026, 12, 1), None), due("6", date(2026, 10, 31), None),
        due("7", DAY, None, status="Cancelled"), due("8", DAY, None, status="Completed"), line("9", DAY),
    ]  # fmt: skip
    went = report(rows).deliveries
    assert (went.on_time, went.undated) == (Rate(2, 4), 1)
    assert went.late_products == (LateProduct("Lamp", Rate(2, 4)),)


def test_a_delivery_that_is_not_legal_is_none_yet() -> None:
    rows = [
        due("1", DAY, DAY, status="Delivered", row_id="a"),
        due("2", DAY, DAY, status="Completed", row_id="b"),
        due("3", DAY, DAY, status="Shipped", row_id="c"),
    ]
    made = report(rows, legal={"a": "pending", "c": "delivered"}).deliveries
    assert (made.delivered, made.on_time) == (2, Rate(2, 3))


def test_a_product_at_a_tenth_is_not_named_and_one_above_it_is() -> None:
    rows = [
        due(f"{p}{n}", DAY, None if n == 0 else DAY, product=p) for p in ("Lamp", "Desk") for n in range(10)
    ]
    rows += [
        due("Chair1", DAY, None, product="Chair"),
        *(due(f"c{n}", DAY, DAY, product="Chair") for n in range(8)),
    ]
    assert report(rows).deliveries.late_products == (LateProduct("Chair", Rate(1, 9)),)


def test_on_the_running_day_nothing_is_late_yet() -> None:
    noon = datetime(2026, 11, 10, 4, tzinfo=UTC)
    rows = [due("1", DAY, None), due("2", DAY - timedelta(days=1), None)]
    assert report(rows, until=noon).deliveries.on_time == Rate(0, 1)


def test_without_a_column_for_delivery_nothing_is_said_of_it() -> None:
    columns = readings([due("1", DAY, DAY)])
    for tab in ("contracts", "archive"):
        del columns[tab].cells["delivered_on"]  # type: ignore[attr-defined]  # the sample's cells are a dict
    assert (
        monthly_report(lines_of(columns), columns, NOVEMBER, NOVEMBER.end, RULES).deliveries == Deliveries()
    )


# ── rankings ────────────────────────────────────────────────────────────────────────────────────────────────


def test_members_and_teams_are_ranked_by_amount_and_the_unassigned_come_last() -> None:
    rows = [
        line("1", DAY, amount=10), line("2", DAY, amount=30, salesperson="EMIL@desk.example"),
        line("3", DAY, amount=500, salesperson="Somebody"), line("4", DAY, amount=1, salesperson=""),
        line("5", date(2026, 10, 1), amount=40, salesperson="Emil"),
    ]  # fmt: skip
    figures = report(rows)
    assert [(m.name, m.team, m.sum.amount("CNY"), m.before.amount("CNY")) for m in figures.members] == [
        ("Emil", "South", 30, 40), ("Dora", "North", 10, 0), ("", "", 501, 0),
    ]  # fmt: skip
    assert [(team.name, team.sum.orders) for team in figures.teams] == [("South", 1), ("North", 1), ("", 2)]
    assert sum(m.share or 0 for m in figures.members) == pytest.approx(1)


def test_specifications_of_a_product_are_one_product() -> None:
    rows = [
        line("1", DAY, product="Desk", specification="Oak"),
        line("2", DAY, product="desk", specification="Ash"),
    ]
    assert [(p.name, p.sum.lines) for p in report(rows).products] == [("Desk", 2)]


# ── tier movements ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_month_names_who_passed_a_threshold_in_it() -> None:
    rows = [
        line("1", date(2026, 3, 1), amount=99_999), line("2", DAY, amount=1),  # C before, B now
        line("3", date(2025, 11, 30), amount=500_000, customer="Bora Tea"),  # the year is over: A before, C now
        line("4", DAY, amount=100_000, customer="Cora Shoes"),  # new, and B at once
    ]  # fmt: skip
    assert report(rows).moves == (
        TierMove("Anna Books", "C-1", "Dora", "C", "B", Decimal(100_000)),
        TierMove("Cora Shoes", "C-3", "", "", "B", Decimal(100_000)),
        TierMove("Bora Tea", "C-2", "emil@desk.example", "A", "C", Decimal(0)),
    )


def test_a_first_small_purchase_is_no_move() -> None:
    assert report([line("1", DAY, amount=5)]).moves == ()


# ── the whole, against plain Python ─────────────────────────────────────────────────────────────────────────


def amounts(rows: Sequence[Row]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        amount = read_number(row["amount"])
        assert isinstance(amount, Decimal)
        currency = str(row["currency"]) or "CNY"
        found[currency] += rounded(amount, currency)
    return dict(found)


def when(row: Row) -> date:
    return EPOCH + timedelta(days=int(float(str(row["created_at"]))))


def day_in(row: Row, key: str) -> date | None:
    return EPOCH + timedelta(days=int(str(row[key]))) if row.get(key, "") != "" else None


@FEW
@given(books(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_every_figure_equals_the_one_made_by_hand(rows: list[dict[str, Cell]], day: date) -> None:
    figures = report(rows, day)
    kept = [row for row in rows if state_of(str(row["status"])) is not CANCELLED]
    month = [row for row in kept if (when(row).year, when(row).month) == (day.year, day.month)]
    earlier = [row for row in kept if when(row) < day.replace(day=1)]
    names = {"c-1": "anna books", "c-2": "bora tea", "c-3": "cora shoes", "c-4": "anna books"}

    def people(some: Sequence[Row]) -> set[str]:
        return {names.get(name, name) for row in some if (name := fold(str(row["customer"])))}

    assert {a.currency: a.amount for a in figures.month.amounts} == amounts(month)
    assert figures.month.lines == len(month)
    assert figures.month.orders == len({row["order_no"] for row in month})
    assert figures.month.quantity == sum((read_number(row["quantity"]) for row in month), Decimal(0))  # type: ignore[misc]  # the book's are all readable
    assert figures.customers == len(people(month))
    assert figures.repeat.part == len(people(month) & people(earlier))
    assert figures.tier_a.part == len(people(month) & {"anna books"})
    assert (
        sum(p.sum.lines for p in figures.products) == sum(m.sum.lines for m in figures.members) == len(month)
    )
    assert sum((t.sum.amount("CNY") for t in figures.teams), Decimal(0)) == figures.month.amount("CNY")


@FEW
@given(books(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_every_rate_of_delivery_equals_the_one_made_by_hand(rows: list[dict[str, Cell]], day: date) -> None:
    went = report(rows, day).deliveries
    states = {id(row): state_of(str(row["status"])) for row in rows}
    kept = [row for row in rows if states[id(row)] is not CANCELLED]

    def within(moment: date | None) -> bool:
        return moment is not None and (moment.year, moment.month) == (day.year, day.month)

    judged = on_time = undated = 0
    late: dict[str, list[bool]] = defaultdict(list)
    taken = []
    for row in kept:
        ordered, due_on, came = (day_in(row, key) for key in ("order_date", "due_date", "delivered_on"))
        if within(came) and ordered and came and came >= ordered:
            taken.append((came - ordered).days)
        if due_on is None or not within(due_on):
            continue
        state = states[id(row)]
        if came is None and state is not None and state.key in ("delivered", "completed"):
            undated += 1
            continue
        judged += 1
        on_time += came is not None and came <= due_on
        late[fold(str(row["product"]))].append(came is None or came > due_on)
    assert went.on_time == Rate(on_time, judged)
    assert (went.delivered, went.undated) == (len(taken), undated)
    assert went.mean_days == (Decimal(sum(taken)) / len(taken) if taken else None)
    named = {
        name: Rate(sum(flags), len(flags)) for name, flags in late.items() if sum(flags) * 10 > len(flags)
    }
    assert {fold(one.name): one.late for one in went.late_products} == named
