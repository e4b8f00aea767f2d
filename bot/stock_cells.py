"""What the Stock cells of Products ought to show, against what they show. Pure.

marks × Products as read ─► edits ─► the write's own answer ─► marks, and blanks, for rows on which a number fell by mistake
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.planning.catalog import Catalog, Product
from bot.planning.fills import number_cell
from bot.planning.progress import StockMark
from bot.planning.stocks import observed, stock_key
from bot.ports import Place
from bot.projection import Edit, SetCells
from sheets_schema import PRODUCTS, Cell
from sheets_schema.cells import plain_text, read_number
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


def strayed(
    edits: Iterable[Edit],
    answered: Mapping[Place, Sequence[Cell]],
    catalog: Catalog,
    marks: Mapping[str, StockMark],
    header: Header | None,
) -> tuple[StockMark, ...]:
    """The marks of products on whose rows a Stock cell fell that was meant for another: somebody sorted just then.

    `answered` shows the rows as they stood right after the write. With these marks the number that fell there is not
    taken for a person's count, and the next cycle writes the right one.
    """
    counted = {stock_key(p): p.stock for p in catalog.all_products() if p.stock is not None}
    found: list[StockMark] = []
    for _, key, fallen in _fallen(edits, answered, catalog, header):
        if key in counted:
            own = marks.get(key) or StockMark(key, counted[key], Decimal(0), counted[key])
            found.append(replace(own, shown=fallen))
    return tuple(found)


def blank_again(
    edits: Iterable[Edit],
    answered: Mapping[Place, Sequence[Cell]],
    catalog: Catalog,
    header: Header | None,
) -> tuple[SetCells, ...]:
    """What takes a stock number away that fell on the row of a product which nobody counts.

    There is no mark of such a product that could tell the number from a person's, so it must go at once.
    """
    column = header.columns.get("stock") if header is not None else None
    counted = {stock_key(p) for p in catalog.all_products() if p.stock is not None}
    return tuple(
        SetCells(PRODUCTS.key, row, {column: ""})
        for row, key, _ in _fallen(edits, answered, catalog, header)
        if key not in counted and column is not None
    )


def _fallen(
    edits: Iterable[Edit],
    answered: Mapping[Place, Sequence[Cell]],
    catalog: Catalog,
    header: Header | None,
) -> Iterator[tuple[int, str, Decimal]]:
    """The stock numbers that fell on another product's row: which row, whose it is, and the number."""
    column = header.columns.get("stock") if header is not None else None
    if header is None or column is None:
        return
    meant = {product.row: stock_key(product) for product in catalog.all_products()}
    for edit in edits:
        if not isinstance(edit, SetCells) or edit.tab != PRODUCTS.key or column not in edit.cells:
            continue
        cells = answered.get((PRODUCTS.key, edit.row))
        fallen = read_number(edit.cells[column])
        if cells is None or not isinstance(fallen, Decimal):
            continue
        key = _shown_key(cells, header)
        if key != meant.get(edit.row):
            yield edit.row, key, fallen


def _shown_key(cells: Sequence[Cell], header: Header) -> str:
    def shown(key: str) -> str:
        place = header.columns.get(key, len(cells))
        return plain_text(cells[place]) if place < len(cells) else ""

    return stock_key(Product(shown("product"), shown("specification")))
