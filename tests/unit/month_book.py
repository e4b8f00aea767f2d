"""A small book of orders for the tests of months, tiers and roll-ups, and its readings. Cells are as the sheet has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import MappingProxyType

from hypothesis import strategies as st

from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.figures.lines import Lines, read_lines
from bot.reports.figures.purchases import Purchases
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, FEEDBACK, PRODUCTS, TEAM, Cell, Tab
from sheets_schema.cells import date_serial, datetime_serial

RULES = Rules(language="en")
ADOPTED = datetime(2026, 1, 1, tzinfo=UTC)
Row = Mapping[str, Cell]

CUSTOMER_ROWS: tuple[Row, ...] = (
    {"customer_no": "C-1", "customer": "Anna Books", "tier": "A", "owner": "Dora"},
    {"customer_no": "C-2", "customer": "Bora Tea", "tier": "B", "owner": "emil@desk.example"},
    {"customer_no": "C-3", "customer": "Cora Shoes", "tier": "", "owner": ""},
    {"customer_no": "C-4", "customer": "Anna Books", "tier": "C", "owner": ""},
)
PRODUCT_ROWS: tuple[Row, ...] = (
    {"product": "Lamp", "unit_price": 12.5},
    {"product": "Desk", "specification": "Oak"},
    {"product": "Desk", "specification": "Ash"},
    {"product": "Chair", "specification": "Red"},
    {"product": "Chair"},
    {"product": "lamp"},
)
TEAM_ROWS: tuple[Row, ...] = (
    {"name": "Dora", "email": "dora@desk.example", "team": "North", "role": "Sales"},
    {"name": "Emil", "email": "emil@desk.example", "team": "South", "role": "Sales"},
    {"name": "Lena", "email": "lena@desk.example", "team": "North", "role": "Lead", "language": "zh"},
)


def reading(tab: Tab, rows: Sequence[Row]) -> Columns:
    """The tab's columns as the port gives them, every column it has."""
    places = {field.key: index for index, field in enumerate(tab.fields)}
    return Columns(tab.key, {key: [row.get(key, "") for row in rows] for key in places}, places)


def readings(
    contracts: Sequence[Row],
    archive: Sequence[Row] = (),
    feedback: Sequence[Row] = (),
    customers: Sequence[Row] = CUSTOMER_ROWS,
    products: Sequence[Row] = PRODUCT_ROWS,
) -> dict[str, Columns]:
    """One reading of all tabs."""
    return {
        CONTRACTS.key: reading(CONTRACTS, contracts),
        ARCHIVE.key: reading(ARCHIVE, archive),
        FEEDBACK.key: reading(FEEDBACK, feedback),
        CUSTOMERS.key: reading(CUSTOMERS, customers),
        PRODUCTS.key: reading(PRODUCTS, products),
        TEAM.key: reading(TEAM, TEAM_ROWS),
    }


def lines_of(
    columns: Mapping[str, Columns], rules: Rules = RULES, legal: Mapping[str, str] = MappingProxyType({})
) -> Lines:
    return read_lines(columns, ADOPTED, rules, legal)


def purchases(
    columns: Mapping[str, Columns], rules: Rules = RULES, legal: Mapping[str, str] = MappingProxyType({})
) -> Purchases:
    return Purchases(lines_of(columns, rules, legal), columns, rules.currency)


def line(order_no: str, day: date, **cells: Cell) -> dict[str, Cell]:
    """A line ordered and recorded at noon of this day."""
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - wall clock, as the sheet has it
    return {
        "order_no": order_no,
        "order_date": date_serial(day),
        "created_at": datetime_serial(noon),
        "customer": "Anna Books",
        "product": "Lamp",
        "quantity": 1,
        "amount": 10,
        "currency": "CNY",
        "salesperson": "Dora",
        "status": "Approved",
        "row_id": f"{order_no}/{cells.get('product', '')}{cells.get('specification', '')}{len(cells)}",
        **cells,
    }


DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
_MONEY = st.one_of(
    st.integers(-500, 900_000),
    st.decimals("-1000", "90000", places=2).map(float),
    st.sampled_from(["1,234.56", "¥99.50", "0.005", 1e14]),
)


@st.composite
def books(draw: st.DrawFn) -> list[dict[str, Cell]]:
    """Lines of any customer, product, currency and status, some orders of several lines."""
    rows = []
    for number in range(draw(st.integers(0, 12))):
        day = draw(DAYS)
        for _ in range(draw(st.integers(1, 3))):
            rows.append(
                line(
                    f"N-{number}",
                    day,
                    customer=draw(
                        st.sampled_from(["Anna Books", "C-1", "bora tea", "C-3", "C-4", "Stranger", ""])
                    ),
                    product=draw(st.sampled_from(["Lamp", "LAMP", "Desk", "Chair", "Ghost"])),
                    specification=draw(st.sampled_from(["", "Oak", "ash", "Blue", "Red"])),
                    quantity=draw(st.one_of(st.integers(0, 500), st.sampled_from([0.5, 1.25, "2,5", 1e-9]))),
                    amount=draw(_MONEY),
                    currency=draw(st.sampled_from(["CNY", "", "USD", "JPY", "BHD"])),
                    salesperson=draw(st.sampled_from(["Dora", "emil@desk.example", "Nobody", ""])),
                    status=draw(st.sampled_from(["Approved", "已完成", "Cancelled", "Delivered", "odd", ""])),
                    order_date=draw(st.sampled_from([date_serial(day), date_serial(day) - 40, ""])),
                    due_date=draw(st.one_of(st.just(""), DAYS.map(date_serial))),
                    delivered_on=draw(st.one_of(st.just(""), DAYS.map(date_serial))),
                    row_id=f"id{len(rows)}",
                )
            )
    return rows
