"""The newest orders of a workbook, as the first page shows them: what the bot has made of what people typed."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from math import inf
from urllib.parse import quote

from bot.desk.book import cells
from bot.desk.book.grid import Row
from bot.desk.book.workbook import Workbook
from bot.desk.forms.company import columns_of, sheet_of
from sheets_schema import CONTRACTS
from sheets_schema.titles import column_letter

SHOWN = 5
#: What tells an order apart at a glance, and what the bot says of it.
KEYS = ("order_no", "customer", "product", "amount", "status", "mail_status", "problem")


@dataclass(frozen=True)
class Order:
    """One line of the order book, as its cells show it."""

    address: str  #: of its row in the workbook's page
    status_address: str  #: of its Status cell there; "" without such a column
    texts: dict[str, str]  #: by column key; a column that is missing is ""


def newest_orders(book: Workbook) -> list[Order]:
    """The orders made last, newest first; lines still being typed, which have no number yet, before all others."""
    sheet = sheet_of(book, CONTRACTS)
    columns = columns_of(sheet, CONTRACTS) if sheet else {}
    if sheet is None or not {"order_no", "customer"} <= columns.keys():
        return []
    typed = [columns[key] for key in ("order_no", "customer", "product") if key in columns]
    filled = (
        (_made(row, columns), index)
        for index, row in enumerate(sheet.grid.rows)
        if index and any(column < len(row.values) and row.values[column] != "" for column in typed)
    )
    page = f"/book/{quote(book.id)}/{sheet.id}?cell="
    status = f"{page}{column_letter(columns['status'])}" if "status" in columns else ""
    return [
        Order(
            f"{page}A{index + 1}",
            status and f"{status}{index + 1}",
            {key: _shown(sheet.grid.rows[index], columns.get(key), book.locale) for key in KEYS},
        )
        for _, index in nlargest(SHOWN, filled)
    ]


def _made(row: Row, columns: dict[str, int]) -> float:
    """When a line was made, as a serial: never, where nobody wrote it down; a line without a number is being made."""
    if row.cell(columns["order_no"]).value == "":
        return inf
    made = row.cell(columns["created_at"]).value if "created_at" in columns else ""
    return float(made) if isinstance(made, int | float) else 0.0


def _shown(row: Row, column: int | None, locale: str) -> str:
    return "" if column is None else cells.formatted(row, column, locale)
