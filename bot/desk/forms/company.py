"""What a form needs to know of the company: its customers, its products on sale, the people who sell.

Read from the workbook each time, by the titles of its tabs. A tab that is missing leaves its list empty, and an
empty list restricts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.desk.book.grid import Scalar
from bot.desk.book.workbook import Sheet, Workbook
from sheets_schema import CUSTOMERS, ORDER_ENTRY, PRODUCTS, TEAM, Tab
from sheets_schema.cells import plain_text, read_checkbox, read_number
from sheets_schema.titles import fold, read_header

SELLING = frozenset({"sales", "lead", "销售", "主管", "经理"})
SEPARATORS = re.compile(r"[,，、;；/]")
SUGGESTED = 12  #: earlier answers offered for a free text
LOOKED_AT = 500  #: rows looked through for them, the latest first


@dataclass(frozen=True)
class Customer:
    """A customer as a form offers it."""

    name: str
    number: str = ""


@dataclass(frozen=True)
class Product:
    """A row of Products that is on sale."""

    name: str
    specification: str = ""
    duration: str = ""
    unit: str = ""
    price: Decimal | None = None  #: the list price


@dataclass(frozen=True)
class Company:
    """The lists a form offers and checks against."""

    customers: tuple[Customer, ...] = ()
    products: tuple[Product, ...] = ()
    sellers: tuple[str, ...] = ()

    def specifications(self, product: str) -> list[Product]:
        """The rows of a product, by its name in whatever spelling."""
        return [one for one in self.products if fold(one.name) == fold(product)]


def company_of(book: Workbook) -> Company:
    """The company a workbook describes."""
    customers = (
        Customer(_text(row, "customer"), _text(row, "customer_no")) for row in rows_of(book, CUSTOMERS)
    )
    products = (
        Product(
            _text(row, "product"),
            _text(row, "specification"),
            _text(row, "duration"),
            _text(row, "unit"),
            price if isinstance(price := read_number(row.get("unit_price", "")), Decimal) else None,
        )
        for row in rows_of(book, PRODUCTS)
        if _ticked(row)
    )
    sellers = (_text(row, "name") for row in rows_of(book, TEAM) if _ticked(row) and _sells(row))
    return Company(
        tuple(one for one in customers if one.name),
        tuple(one for one in products if one.name),
        tuple(dict.fromkeys(name for name in sellers if name)),
    )


def earlier_answers(book: Workbook, key: str, tab: Tab = ORDER_ENTRY) -> list[str]:
    """What people wrote into a column before, the latest first."""
    texts = [_text(row, key) for row in rows_of(book, tab)][-LOOKED_AT:]
    return list(dict.fromkeys(text for text in reversed(texts) if text))[:SUGGESTED]


def sheet_of(book: Workbook, tab: Tab) -> Sheet | None:
    """The sheet that goes by one of a tab's names; the first, should there be several."""
    names = {fold(name) for name in (tab.en, tab.zh, *tab.aliases)}
    return next((sheet for sheet in book.sheets if fold(sheet.title) in names), None)


def columns_of(sheet: Sheet, tab: Tab) -> dict[str, int]:
    """Where the columns of a tab stand in its sheet, 0-based, found by their titles."""
    return dict(read_header(tab, sheet.title, sheet.grid.row(0).values, "en").columns)


def rows_of(book: Workbook, tab: Tab) -> Iterator[dict[str, Scalar]]:
    """The rows of a tab by column key, without its header."""
    sheet = sheet_of(book, tab)
    if sheet is None:
        return
    columns = columns_of(sheet, tab)
    for row in sheet.grid.rows[1:]:
        values = row.values
        yield {key: values[column] for key, column in columns.items() if column < len(values)}


def _text(row: dict[str, Scalar], key: str) -> str:
    return plain_text(row.get(key, ""))


def _ticked(row: dict[str, Scalar]) -> bool:
    """Whether a row is in use: nobody who leaves the box out means that it is not."""
    return "active" not in row or row["active"] == "" or read_checkbox(row["active"]) is not False


def _sells(row: dict[str, Scalar]) -> bool:
    roles = {fold(role) for role in SEPARATORS.split(_text(row, "role"))}
    return not any(roles) or bool(roles & SELLING)
