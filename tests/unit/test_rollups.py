"""What Customers and Products show of all orders, against sums made by hand and against the rule orders go by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.catalog import Product, build_catalog
from bot.ports import Columns
from bot.projection import SetCells
from bot.reports.figures.rollups import (
    CUSTOMER_FIGURES,
    CustomerRollup,
    ProductRollup,
    ProductRows,
    Rollups,
    names_text,
    rollup_edits,
    satisfaction,
)
from sheets_schema import CUSTOMERS, PRODUCTS, Cell
from sheets_schema.cells import EPOCH, date_serial, read_number
from sheets_schema.currencies import rounded
from sheets_schema.titles import fold
from sheets_schema.workflow import CANCELLED, state_of
from tests.hostile import FORMULAS
from tests.unit.month_book import (
    CUSTOMER_ROWS,
    PRODUCT_ROWS,
    RULES,
    Row,
    books,
    line,
    purchases,
    reading,
    readings,
)
from tests.unit.rows import FEW

DAY = date(2026, 5, 4)


def figures(rows: Sequence[Row], **tabs: Sequence[Row]) -> Rollups:
    return purchases(readings(rows, **tabs)).rollups()


# ── customers ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_customers_orders_are_summed_over_contracts_and_archive() -> None:
    later = DAY + timedelta(days=30)
    rollups = figures(
        [line("2", later, amount=20), line("2", later, amount=5, product="Desk")],
        archive=[line("1", DAY, amount=10.5)],
    )
    assert rollups.customers == {0: CustomerRollup(DAY, later, 2, Decimal("35.50"))}


def test_a_number_names_a_customer_as_well_as_the_name() -> None:
    rollups = figures([line("1", DAY, customer="c-2"), line("2", DAY, customer=" BORA TEA")])
    assert rollups.customers[1].orders == 2


def test_of_customers_of_one_name_the_first_row_has_the_figures() -> None:
    rollups = figures([line("1", DAY, customer="Anna Books")])
    assert set(rollups.customers) == {0}


def test_cancelled_lines_count_in_nothing() -> None:
    rollups = figures([line("1", DAY, status="已取消"), line("2", DAY, customer="C-2", status="Cancelled")])
    assert rollups == Rollups()


def test_roll_ups_go_by_the_legal_status() -> None:
    day = date(2026, 11, 10)
    rows = [
        line("1", day, status="Cancelled", row_id="a"),
        line("2", day, status="Approved", row_id="b", amount=70),
    ]
    rollups = purchases(readings(rows), legal={"a": "approved", "b": "cancelled"}).rollups()
    assert (rollups.customers[0].orders, rollups.customers[0].total) == (1, Decimal(10))


def test_other_currencies_are_counted_as_orders_and_not_as_amounts() -> None:
    rollups = figures([line("1", DAY, currency="USD")])
    assert rollups.customers == {0: CustomerRollup(DAY, DAY, 1, None)}
    assert rollups.products == {0: ProductRollup(Decimal(1), None, ("Anna Books",))}


def test_satisfaction_is_the_mean_of_all_scores_of_all_orders() -> None:
    feedback = [
        {"order_no": "1", "quality": 5, "timeliness": 4, "service": 5},
        {"order_no": "2", "quality": "3", "timeliness": 9, "service": "fine"},
        {"order_no": "other", "quality": 1, "timeliness": 1, "service": 1},
        {"order_no": "", "quality": 1},
    ]
    rollups = figures([line("1", DAY), line("2", DAY)], feedback=feedback)
    assert rollups.customers[0].satisfaction == Decimal("4.3")  # (5 + 4 + 5 + 3) / 4 = 4.25


def test_feedback_on_a_cancelled_order_is_heard_too() -> None:
    rows = [line("1", DAY), line("2", DAY, status="Cancelled")]
    rollups = figures(rows, feedback=[{"order_no": "2", "quality": 2}])
    assert rollups.customers[0].satisfaction == Decimal("2.0")


@pytest.mark.parametrize(
    ("scores", "mean"),
    [([], None), ([(9, 2)], "4.5"), ([(17, 4)], "4.3"), ([(13, 3)], "4.3"), ([(1, 1), (5, 1)], "3.0")],
)
def test_a_mean_is_rounded_half_up_to_one_decimal(scores: list[tuple[int, int]], mean: str | None) -> None:
    assert satisfaction(scores) == (None if mean is None else Decimal(mean))


# ── products ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["Lamp", "Desk", "Chair", "Ghost"])
@pytest.mark.parametrize("wish", ["", "Oak", " oak", "Blue", "Red"])
def test_a_line_counts_for_the_product_it_is_taken_in_as(name: str, wish: str) -> None:
    products = [row for row in PRODUCT_ROWS if row["product"] != "lamp"]
    row = ProductRows(reading(PRODUCTS, products)).row(name, wish)
    taken = build_catalog((), products, ()).product(name, wish)
    if isinstance(taken, Product):
        assert row is not None
        assert (taken.name, taken.specification) == (
            products[row]["product"],
            products[row].get("specification", ""),
        )
    else:
        assert row is None


def test_of_equal_product_rows_the_first_has_the_figures() -> None:
    assert set(figures([line("1", DAY)]).products) == {0}


def test_buyers_are_named_newest_first_and_once() -> None:
    rows = [
        line("1", DAY, customer="C-1"),
        line("2", DAY + timedelta(days=1), customer="Bora Tea"),
        line("3", DAY + timedelta(days=2), customer="anna books"),
        line("4", DAY - timedelta(days=9), customer="Stranger & Sons"),
    ]
    assert figures(rows).products[0].customers == ("Anna Books", "Bora Tea", "Stranger & Sons")


@given(st.lists(st.text("ab客", min_size=1, max_size=60), max_size=40))
def test_names_are_as_many_as_fit_and_the_rest_is_counted(names: list[str]) -> None:
    text = names_text(names, "en")
    if len(", ".join(names)) <= 100:
        assert text == ", ".join(names)
    else:
        kept, _, rest = text.rpartition(" +")
        shown = kept.split(", ")
        assert shown == names[: len(shown)]
        assert len(shown) + int(rest) == len(names)
        assert len(kept) <= 100 < len(", ".join(names[: len(shown) + 1]))


def test_eight_names_too_many_are_a_number() -> None:
    names = [f"Customer number {n:02}" for n in range(13)]
    assert names_text(names, "zh-CN") == "、".join(names[:5]) + " +8"


# ── the whole, against sums made by hand ────────────────────────────────────────────────────────────────────


def by_hand(
    rows: Sequence[Row],
) -> tuple[dict[int, CustomerRollup], dict[int, tuple[Decimal, Decimal | None]]]:
    """The same figures with dictionaries and Decimal, line by line."""
    named = {"anna books": 0, "c-1": 0, "c-4": 0, "bora tea": 1, "c-2": 1, "cora shoes": 2, "c-3": 2}
    catalog = build_catalog((), PRODUCT_ROWS[:-1], ())
    orders: dict[int, set[Cell]] = defaultdict(set)
    days: dict[int, list[date]] = defaultdict(list)
    totals: dict[int, Decimal] = defaultdict(Decimal)
    sold: dict[int, Decimal] = defaultdict(Decimal)
    earned: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        amount, quantity = read_number(row["amount"]), read_number(row["quantity"])
        assert isinstance(amount, Decimal)
        assert isinstance(quantity, Decimal)
        if state_of(str(row["status"])) is CANCELLED:
            continue
        currency = str(row["currency"]) or "CNY"
        amount = rounded(amount, currency)
        buyer = named.get(fold(str(row["customer"])))
        if buyer is not None:
            orders[buyer].add(row["order_no"])
            if row["order_date"]:
                days[buyer].append(EPOCH + timedelta(days=int(row["order_date"])))
            if currency == "CNY":
                totals[buyer] += amount
        product = catalog.product(str(row["product"]), str(row["specification"]))
        if isinstance(product, Product):
            place = next(
                i for i, p in enumerate(PRODUCT_ROWS)
                if (p["product"], p.get("specification", "")) == (product.name, product.specification)
            )  # fmt: skip
            sold[place] += quantity
            if currency == "CNY":
                earned[place] += amount
    customers = {
        row: CustomerRollup(
            min(days[row], default=None), max(days[row], default=None), len(numbers), totals.get(row)
        )
        for row, numbers in orders.items()
    }
    return customers, {row: (quantity, earned.get(row)) for row, quantity in sold.items()}


@FEW
@given(books())
def test_all_figures_equal_those_made_by_hand(rows: list[dict[str, Cell]]) -> None:
    rollups = figures(rows, products=PRODUCT_ROWS[:-1])
    customers, products = by_hand(rows)
    assert rollups.customers == customers
    assert {row: (p.quantity, p.amount) for row, p in rollups.products.items()} == products


# ── what is written ─────────────────────────────────────────────────────────────────────────────────────────


def written(columns: dict[str, Columns], edits: Sequence[SetCells]) -> dict[str, Columns]:
    """The readings after the edits, numbers as the sheet gives them back."""
    after = dict(columns)
    for tab in (CUSTOMERS.key, PRODUCTS.key):
        cells = {key: list(column) for key, column in columns[tab].cells.items()}
        keys = {place: key for key, place in columns[tab].places.items()}
        for edit in edits:
            for place, cell in edit.cells.items() if edit.tab == tab else ():
                whole = isinstance(cell, float) and cell.is_integer()
                cells[keys[place]][edit.row - 2] = int(cell) if whole else cell
        after[tab] = Columns(tab, cells, columns[tab].places)
    return after


@FEW
@given(books())
def test_what_was_written_once_is_not_written_again(rows: list[dict[str, Cell]]) -> None:
    columns = readings(rows)
    edits = rollup_edits(purchases(columns).rollups(), columns, RULES)
    after = written(columns, edits)
    assert rollup_edits(purchases(after).rollups(), after, RULES) == ()
    people = [key for key in columns[CUSTOMERS.key].cells if key not in CUSTOMER_FIGURES]
    assert all(after[CUSTOMERS.key].cells[key] == columns[CUSTOMERS.key].cells[key] for key in people)


def test_only_cells_that_differ_are_written_and_a_row_without_orders_is_blank() -> None:
    shown: dict[str, Cell] = {"order_count": 1, "total_amount": 9, "first_order": "soon", "satisfaction": 5}
    customers = [{**CUSTOMER_ROWS[0], **shown}, {**CUSTOMER_ROWS[1], **shown}]
    columns = readings([line("1", DAY, amount=10.5)], customers=customers, products=())
    places = columns["customers"].places
    assert rollup_edits(purchases(columns).rollups(), columns, RULES) == (
        SetCells("customers", 2, {
            places["first_order"]: date_serial(DAY), places["total_amount"]: 10.5, places["last_order"]: date_serial(DAY),
            places["satisfaction"]: "",
        }, {places["customer_no"]: "C-1", places["customer"]: "Anna Books"}),
        SetCells("customers", 3, {
            places["first_order"]: "", places["order_count"]: "", places["total_amount"]: "", places["satisfaction"]: "",
        }, {places["customer_no"]: "C-2", places["customer"]: "Bora Tea"}),
    )  # fmt: skip


def test_columns_and_tabs_that_are_not_there_are_left_alone() -> None:
    columns = readings([line("1", DAY)])
    few = {"customer": 0, "order_count": 4}
    cells = {key: columns["customers"].cells[key] for key in few}
    columns |= {"customers": Columns("customers", cells, few)}
    del columns["products"]
    assert rollup_edits(purchases(columns).rollups(), columns, RULES) == (
        SetCells("customers", 2, {4: 1}, {0: "Anna Books"}),
    )


@pytest.mark.parametrize("shown", [True, "1", 1.0000001, 1.5])
def test_a_cell_shows_a_number_only_as_that_number(shown: Cell) -> None:
    columns = readings([line("1", DAY)], customers=[{"customer": "Anna Books", "order_count": shown}])
    edits = rollup_edits(purchases(columns).rollups(), columns, RULES)
    (edit,) = (edit for edit in edits if edit.tab == "customers")
    assert (columns["customers"].places["order_count"] in edit.cells) == (shown != 1.0000001)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_that_would_be_a_formula_is_written_as_the_text_it_is(name: str) -> None:
    columns = readings([line("1", DAY, customer=name)], customers=())
    place = columns["products"].places["customers"]
    (edit,) = rollup_edits(purchases(columns).rollups(), columns, RULES)
    assert edit.cells[place] == name.strip()[:100]


def test_chinese_workbooks_list_names_as_chinese_does() -> None:
    columns = readings([line("1", DAY), line("2", DAY + timedelta(days=1), customer="C-2")])
    place = columns["products"].places["customers"]
    chinese = replace(RULES, language="zh-CN")
    (edit,) = (e for e in rollup_edits(purchases(columns).rollups(), columns, chinese) if e.tab == "products")
    assert edit.cells[place] == "Bora Tea、Anna Books"
