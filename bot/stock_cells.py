"""What the Stock cells of Products ought to show, against what they show. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.planning.catalog import Catalog
from bot.planning.fills import number_cell
from bot.planning.progress import StockMark
from bot.planning.stocks import observed, stock_key
from bot.projection import SetCells
from sheets_schema import PRODUCTS
from sheets_schema.titles import Header


def stock_edits(
    catalog: Catalog, marks: Mapping[str, StockMark], header: Header | None
) -> tuple[SetCells, ...]:
    """The edits that make the Stock cells show what is left; none when they do, or cannot be read."""
    column = header.columns.get("stock") if header is not None and not header.problems else None
    if column is None:
        return ()
    found: list[SetCells] = []
    for product in catalog.all_products():
        mark = marks.get(stock_key(product))
        if mark is None or product.stock is None or not product.row:
            continue
        left = observed(mark, product.stock).left
        if left != product.stock:
            found.append(SetCells(PRODUCTS.key, product.row, {column: number_cell(left)}))
    return tuple(found)
