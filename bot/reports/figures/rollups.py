"""What Customers and Products show of all orders: who bought how much, what sold how often. Projected, never remembered.

    figures by row × the tabs as read ─► the cells that differ

A blank says that there is nothing to tell: a row without orders shows blanks and no zeros, in every figure alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bot.planning.rules import Rules
from bot.ports import Columns
from bot.projection import SetCells
from sheets_schema import CUSTOMERS, PRODUCTS, Cell
from sheets_schema.cells import date_serial, plain_text, read_number
from sheets_schema.feedback import RATINGS
from sheets_schema.titles import fold

#: What the tabs must be read with.
CUSTOMER_FIGURES = ("first_order", "order_count", "total_amount", "last_order", "satisfaction")
PRODUCT_FIGURES = ("sold_quantity", "sold_amount", "customers")
SCORES = ("quality", "timeliness", "service")

#: About as much as a cell shows before it covers its neighbours.
_NAMES_LENGTH = 100
#: Up to here a double holds every whole number.
_EXACT = 2**53
#: A double loses less of anything that people count.
_CLOSE = 1e-6


@dataclass(frozen=True)
class CustomerRollup:
    """One customer's orders, the cancelled left out; what cannot be told is None."""

    #: By the Order date cells.
    first_order: date | None = None
    last_order: date | None = None
    orders: int = 0
    #: In the config's currency; other currencies are not added. None when all orders are in others.
    total: Decimal | None = None
    #: Mean of all scores, 1 to 5, to one decimal.
    satisfaction: Decimal | None = None


@dataclass(frozen=True)
class ProductRollup:
    """One product's sales, the cancelled left out."""

    quantity: Decimal
    #: In the config's currency; None when all sales are in others.
    amount: Decimal | None
    #: Names, the one who bought last first.
    customers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rollups:
    """All figures, by the row (0-based, the header not counted) of the readings they were made for."""

    customers: Mapping[int, CustomerRollup] = field(default_factory=dict)
    products: Mapping[int, ProductRollup] = field(default_factory=dict)


# ── whose figures they are ──────────────────────────────────────────────────────────────────────────────────


def customer_rows(customers: Columns) -> dict[str, int]:
    """Folded name or number -> the row of Customers whose figures its orders go to.

    A number wins over a name. Of several rows with one name the first gets the figures: added to both, a customer
    entered twice would count twice, and an order's cell does not say which of them was meant.
    """
    rows: dict[str, int] = {}
    for key in ("customer_no", "customer"):
        for row, cell in enumerate(customers.cells.get(key, ())):
            if name := fold(plain_text(cell)):
                rows.setdefault(name, row)
    return rows


class ProductRows:
    """Finds the row of Products that a line sells, by the rule by which orders are taken in (`Catalog.product`).

    The specification picks among rows of one name; a row without one takes any wish. A line that could be of several
    rows goes to the first of them, and one that fits none to none.
    """

    def __init__(self, products: Columns) -> None:
        #: Folded name -> rows with their folded specification, in order.
        self._named: dict[str, list[tuple[int, str]]] = {}
        for row, cell in enumerate(products.cells.get("product", ())):
            if name := fold(plain_text(cell)):
                specification = fold(text_of(products, "specification", row))
                self._named.setdefault(name, []).append((row, specification))

    def row(self, product: str, specification: str) -> int | None:
        """The row of this product in this specification; None when Products has none such."""
        found, wish = self._named.get(fold(product), []), fold(specification)
        plain = [row for row, own in found if not own]
        if wish and len(plain) < len(found):
            chosen = [row for row, own in found if own == wish] or plain
        else:
            chosen = plain if len(found) > 1 else [row for row, _ in found]
        return chosen[0] if chosen else None


def scores_by_order(feedback: Columns) -> dict[str, tuple[int, int]]:
    """Order number -> sum and count of its scores; what is no whole number from 1 to 5 is no score."""
    scores: dict[str, tuple[int, int]] = {}
    for key in SCORES:
        for row, cell in enumerate(feedback.cells.get(key, ())):
            number = text_of(feedback, "order_no", row)
            score = read_number(cell)
            if number and isinstance(score, Decimal) and score in RATINGS:
                total, count = scores.get(number, (0, 0))
                scores[number] = (total + int(score), count + 1)
    return scores


def satisfaction(scores: Iterable[tuple[int, int]]) -> Decimal | None:
    """The mean of all scores to one decimal, half up; None without any."""
    pairs = list(scores)
    total, count = sum(s for s, _ in pairs), sum(n for _, n in pairs)
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else None


# ── what the tabs show ──────────────────────────────────────────────────────────────────────────────────────


def rollup_edits(rollups: Rollups, columns: Mapping[str, Columns], rules: Rules) -> tuple[SetCells, ...]:
    """The bot's cells of Customers and Products that do not show the figures; none when all do.

    `columns` is the reading that the figures were made for. Columns that a tab does not have are left alone.
    """
    edits: list[SetCells] = []
    if CUSTOMERS.key in columns:
        nobody = CustomerRollup()
        reading = columns[CUSTOMERS.key]
        cells = [_customer_cells(rollups.customers.get(row, nobody)) for row in range(reading.height)]
        edits += _differences(reading, CUSTOMER_FIGURES, cells, ("customer_no", "customer"))
    if PRODUCTS.key in columns:
        reading = columns[PRODUCTS.key]
        sold = [_product_cells(rollups.products.get(row), rules) for row in range(reading.height)]
        edits += _differences(reading, PRODUCT_FIGURES, sold, ("product", "specification"))
    return tuple(edits)


def _customer_cells(rollup: CustomerRollup) -> dict[str, Cell]:
    return {
        "first_order": _day(rollup.first_order),
        "last_order": _day(rollup.last_order),
        "order_count": rollup.orders or "",
        "total_amount": _number(rollup.total),
        "satisfaction": _number(rollup.satisfaction),
    }


def _product_cells(rollup: ProductRollup | None, rules: Rules) -> dict[str, Cell]:
    if rollup is None:
        return dict.fromkeys(PRODUCT_FIGURES, "")
    return {
        "sold_quantity": _number(rollup.quantity),
        "sold_amount": _number(rollup.amount),
        "customers": names_text(rollup.customers, rules.language),
    }


def names_text(names: Sequence[str], language: str) -> str:
    """As many names as a cell shows, at least one, and "+N" for the others."""
    comma = "、" if language == "zh-CN" else ", "
    kept = ""
    for place, name in enumerate(names):
        longer = f"{kept}{comma}{name}" if kept else name[:_NAMES_LENGTH]
        if len(longer) > _NAMES_LENGTH:
            return f"{kept} +{len(names) - place}"
        kept = longer
    return kept


def _differences(
    reading: Columns, keys: Sequence[str], wanted: Sequence[Mapping[str, Cell]], names: Sequence[str]
) -> list[SetCells]:
    edits = []
    present = [key for key in keys if key in reading.places]
    for row, cells in enumerate(wanted):
        changed = {
            reading.places[key]: cells[key]
            for key in present
            if not _shows(cell_of(reading, key, row), cells[key])
        }
        if changed:
            edits.append(SetCells(reading.tab, row + 2, changed, shown_by(reading, names, row)))
    return edits


def _shows(cell: Cell, wanted: Cell) -> bool:
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float) and isinstance(wanted, int | float):
        # What was written comes back as the same double; the difference of two huge ones may be no number.
        return cell == wanted or abs(cell - wanted) < _CLOSE
    return type(cell) is type(wanted) and cell == wanted


def cell_of(columns: Columns, key: str, row: int) -> Cell:
    """The cell of this row (0-based), "" where the column ends or is not there."""
    cells: Sequence[Cell] = columns.cells.get(key, ())
    return cells[row] if row < len(cells) else ""


def text_of(columns: Columns, key: str, row: int) -> str:
    """The same as text."""
    return plain_text(cell_of(columns, key, row))


def shown_by(columns: Columns, keys: Sequence[str], row: int) -> dict[int, Cell]:
    """What the row shows in these columns, by their place: how it is known again before it is written to."""
    return {columns.places[key]: cell_of(columns, key, row) for key in keys if key in columns.places}


def _day(day: date | None) -> Cell:
    return "" if day is None else date_serial(day)


def _number(value: Decimal | None) -> Cell:
    """As a sheet holds it: whole, or the nearest double."""
    if value is None:
        return ""
    whole = value == value.to_integral_value() and abs(value) < _EXACT
    return int(value) if whole else float(value)
