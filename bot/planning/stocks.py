"""The Stock cell of a product: people type it, an approved line takes from it, a cancelled one gives back. Pure.

    Stock cell × StockMark ─► what a person counted anew, or what the bot still has to write
    line × Progress ─► how much it ought to have taken ─► the difference

What a line has taken is remembered with the line, so that nothing is taken twice or given back twice whatever happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from bot.planning.catalog import Catalog, Product
from bot.planning.progress import Progress, StockMark
from bot.planning.readiness import ReadyLine
from sheets_schema.titles import fold
from sheets_schema.workflow import HOLDS_STOCK


def stock_key(product: Product) -> str:
    """What a product's stock is remembered by."""
    return f"{fold(product.name)}\n{fold(product.specification)}"


def left_of(product: Product, marks: Mapping[str, StockMark]) -> Decimal | None:
    """What is left of the product; None where its stock is not tracked (a blank cell)."""
    if product.stock is None:
        return None
    mark = marks.get(stock_key(product))
    return product.stock if mark is None else observed(mark, product.stock).left


def observed(mark: StockMark, cell: Decimal) -> StockMark:
    """The mark once the cell has been seen to show this."""
    if cell == mark.left:
        return replace(mark, shown=cell)
    if cell == mark.shown:
        # Our write has not come yet.
        return mark
    return StockMark(mark.product, typed=cell, taken=Decimal(0), shown=cell)


def marks_seen(catalog: Catalog, marks: Mapping[str, StockMark]) -> dict[str, StockMark]:
    """All marks after a look at Products; those of products that are gone, or no longer counted, as they were."""
    tracked = {stock_key(p): p.stock for p in catalog.all_products() if p.stock is not None}
    return {key: observed(mark, tracked[key]) if key in tracked else mark for key, mark in marks.items()}


def stocked(
    line: ReadyLine, after: Progress, marks: dict[str, StockMark]
) -> tuple[Progress, tuple[tuple[str, Decimal], ...]]:
    """The progress with what the line ought to have taken; `marks` are changed. Also product and amount of each change.

    A product that is not tracked gives nothing; one that stops being tracked takes nothing back.
    """
    key = stock_key(line.product)
    wanted = line.quantity if after.state in HOLDS_STOCK and line.product.stock is not None else Decimal(0)
    if line.product.stock is None and after.product == key and after.state in HOLDS_STOCK:
        wanted = after.taken
    changes: list[tuple[str, Decimal]] = []
    if after.taken and after.product != key:
        _take(marks, after.product, -after.taken, None)
        changes.append((after.product, -after.taken))
        after = replace(after, taken=Decimal(0))
    if more := wanted - after.taken:
        _take(marks, key, more, line.product.stock)
        changes.append((key, more))
    return replace(after, product=key if wanted else "", taken=wanted), tuple(changes)


def given_back(progress: Progress, marks: dict[str, StockMark]) -> Progress:
    """The progress of a line that is not wanted any more, with nothing taken; `marks` are changed."""
    if progress.taken:
        _take(marks, progress.product, -progress.taken, None)
    return replace(progress, product="", taken=Decimal(0))


def _take(marks: dict[str, StockMark], key: str, amount: Decimal, cell: Decimal | None) -> None:
    mark = marks.get(key)
    if mark is None and cell is not None:
        mark = StockMark(key, typed=cell, taken=Decimal(0), shown=cell)
    if mark is not None:
        marks[key] = replace(mark, taken=mark.taken + amount)
