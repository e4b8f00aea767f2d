"""The Stock cell: what lines take and give back, what people count anew, and writes that are lost on their way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.catalog import Catalog, build_catalog
from bot.planning.progress import Progress, StockMark
from bot.planning.readiness import ReadyLine, examine
from bot.planning.stocks import left_of, marks_seen, observed, stock_key, stocked
from bot.projection import SetCells
from bot.stock_cells import blank_again, stock_edits, strayed
from sheets_schema import PRODUCTS, Cell
from sheets_schema.workflow import HOLDS_STOCK, STATES
from tests.unit.rows import CUSTOMERS, MANY, NOW, RULES, TEAM, WISH, header

LAMP, DESK = "lamp\n", "desk\n"
HEADER = header("products")
STOCK = HEADER.columns["stock"]


def shelf(lamp: Cell = "", desk: Cell = "") -> Catalog:
    """Lamps and desks, and how many of each the Stock cells show."""
    rows: list[dict[str, Cell]] = [
        {"product": "Lamp", "unit_price": 10, "stock": lamp}, {"product": "Desk", "unit_price": 10, "stock": desk},
    ]  # fmt: skip
    return build_catalog(CUSTOMERS, [{k: c for k, c in row.items() if c != ""} for row in rows], TEAM)


def line(catalog: Catalog, quantity: int = 3, product: str = "Lamp") -> ReadyLine:
    found = examine("contracts", {**WISH, "product": product, "quantity": quantity}, catalog, RULES)
    assert isinstance(found, ReadyLine)
    return found


def progress(state: str, taken: int = 0, product: str = "") -> Progress:
    return Progress("id1", "A-1", state, NOW, product=product, taken=Decimal(taken))


def mark(typed: int, taken: int = 0, shown: int | None = None, product: str = LAMP) -> StockMark:
    return StockMark(product, Decimal(typed), Decimal(taken), Decimal(typed if shown is None else shown))


@pytest.mark.parametrize("state", [state.key for state in STATES])
def test_goods_are_spoken_for_from_the_approval_on_and_until_the_order_is_cancelled(state: str) -> None:
    marks: dict[str, StockMark] = {}
    after, taken = stocked(line(shelf(10)), progress(state), marks)
    if state in HOLDS_STOCK:
        assert (after.product, after.taken, marks[LAMP].left) == (LAMP, 3, 7)
        assert taken == ((LAMP, Decimal(3)),)
    else:
        assert (after.product, after.taken, marks, taken) == ("", 0, {}, ())


@pytest.mark.parametrize(
    ("state", "had", "quantity", "taken", "left"),
    [
        ("approved", 3, 3, 3, 7),
        ("approved", 3, 5, 5, 5),
        ("shipped", 3, 1, 1, 9),
        ("cancelled", 3, 3, 0, 10),
        ("pending", 3, 3, 0, 10),
        ("approved", 0, 30, 30, -23),
    ],
)
def test_only_the_difference_is_taken_or_given_back(
    state: str, had: int, quantity: int, taken: int, left: int
) -> None:
    marks = {LAMP: mark(10, 3)}
    after, _ = stocked(line(shelf(7), quantity), progress(state, had, LAMP), marks)
    assert (after.taken, marks[LAMP].left) == (taken, left)
    again, changes = stocked(line(shelf(7), quantity), after, marks)
    assert (again, changes, marks[LAMP].left) == (after, (), left), "looking again changes nothing"


def test_another_product_gives_the_first_one_back() -> None:
    marks = {LAMP: mark(10, 3), DESK: mark(5, product=DESK)}
    after, changes = stocked(line(shelf(7, 5), 2, "Desk"), progress("approved", 3, LAMP), marks)
    assert (after.product, after.taken) == (DESK, 2)
    assert (marks[LAMP].left, marks[DESK].left) == (10, 3)
    assert changes == ((LAMP, Decimal(-3)), (DESK, Decimal(2)))


def test_a_product_that_nobody_counts_gives_nothing() -> None:
    marks: dict[str, StockMark] = {}
    after, changes = stocked(line(shelf()), progress("approved"), marks)
    assert (after.taken, changes, marks) == (0, (), {})
    assert left_of(line(shelf()).product, marks) is None


def test_a_cell_that_is_blanked_for_a_while_forgets_nothing() -> None:
    marks = {LAMP: mark(10, 3)}
    after, changes = stocked(line(shelf(), 5), progress("approved", 3, LAMP), marks)
    assert (after.taken, changes, marks) == (3, (), {LAMP: mark(10, 3)})
    assert marks_seen(shelf(), marks) == marks


@pytest.mark.parametrize(
    ("before", "cell", "left"),
    [
        (mark(10, 3, shown=10), 10, 7),
        (mark(10, 3, shown=10), 7, 7),
        (mark(10, 3, shown=7), 7, 7),
        (mark(10, 3, shown=7), 10, 10),
        (mark(10, 3, shown=10), 50, 50),
        (mark(10, 13, shown=10), -3, -3),
    ],
    ids=["not written yet", "written", "as it was", "counted anew", "counted before the write", "short"],
)
def test_what_the_cell_shows_is_ours_or_a_persons_count(before: StockMark, cell: int, left: int) -> None:
    after = observed(before, Decimal(cell))
    assert after.left == left
    assert observed(after, Decimal(cell)) == after


def test_the_cells_are_written_until_they_show_what_is_left() -> None:
    marks = {LAMP: mark(10, 3), DESK: mark(5, product=DESK)}
    assert stock_edits(shelf(10, 5), marks, HEADER) == (SetCells("products", 2, {STOCK: 7}),)
    assert stock_edits(shelf(7, 5), marks, HEADER) == ()
    assert stock_edits(shelf("", 5), marks, HEADER) == (), "a blank cell is nobody's count"
    assert stock_edits(shelf(10, 5), marks, None) == ()


def products_row(product: str, stock: Cell) -> list[Cell]:
    return [{"product": product, "stock": stock}.get(f.key, "") for f in PRODUCTS.fields]


def test_a_number_that_fell_on_another_row_is_nobodys_count() -> None:
    catalog, marks = shelf(10, 5), {LAMP: mark(10, 3)}
    edits = stock_edits(catalog, marks, HEADER)
    answered = {("products", 2): products_row("Desk", 7), ("products", 3): products_row("Lamp", 10)}
    (desk,) = strayed(edits, answered, catalog, marks, HEADER)
    assert observed(desk, Decimal(7)).left == 5
    assert blank_again(edits, answered, catalog, HEADER) == ()
    in_place = {("products", 2): products_row("Lamp", 7)}
    assert strayed(edits, in_place, catalog, marks, HEADER) == ()
    assert strayed(edits, {}, catalog, marks, HEADER) == (), "without an answer nothing is known"


def test_a_number_that_fell_on_a_product_that_nobody_counts_goes_again() -> None:
    catalog, marks = shelf(10), {LAMP: mark(10, 3)}
    edits = stock_edits(catalog, marks, HEADER)
    answered = {("products", 2): products_row("Desk", 7)}
    assert strayed(edits, answered, catalog, marks, HEADER) == ()
    assert blank_again(edits, answered, catalog, HEADER) == (SetCells("products", 2, {STOCK: ""}),)
    assert blank_again(edits, answered, catalog, None) == ()


@dataclass
class Store:
    """One product, the lines that want it, and what a person standing before the shelf knows."""

    cell: int = 100
    marks: dict[str, StockMark] = field(default_factory=dict)
    lines: dict[int, Progress] = field(default_factory=dict)
    left: Decimal = Decimal(100)

    def set(self, number: int, state: str, quantity: int) -> None:
        before = self.lines.get(number) or progress("pending")
        self.marks |= marks_seen(shelf(self.cell), self.marks)
        after, _ = stocked(line(shelf(self.cell), quantity), replace(before, state=state), self.marks)
        self.left += before.taken - (quantity if state in HOLDS_STOCK else 0)
        self.lines[number] = after

    def write(self) -> None:
        self.marks |= marks_seen(shelf(self.cell), self.marks)
        for edit in stock_edits(shelf(self.cell), self.marks, HEADER):
            self.cell = int(str(edit.cells[STOCK]))

    def count(self, number: int) -> None:
        self.cell, self.left = number, Decimal(number)


STEPS = st.one_of(
    st.tuples(
        st.just("set"), st.integers(0, 3), st.sampled_from([state.key for state in STATES]), st.integers(1, 20)
    ),
    st.tuples(st.just("write")),
    st.tuples(st.just("count")),
)  # fmt: skip


@MANY
@given(st.lists(STEPS, max_size=25))
def test_nothing_is_lost_or_taken_twice_whichever_writes_arrive(steps: list[tuple[object, ...]]) -> None:
    store = Store()
    counts = 0
    for what, *rest in steps:
        if what == "set":
            store.set(*rest)  # type: ignore[arg-type]
        elif what == "write":
            store.write()
        else:
            # A number that the cell showed before could be the sheet's that our write has not reached.
            counts += 1
            store.count(1000 * counts)
    store.write()
    assert store.cell == store.left
    for number, known in store.lines.items():
        store.set(number, "cancelled", int(known.taken) or 1)
    store.write()
    assert all(known.taken == 0 for known in store.lines.values())
    if not counts:
        assert store.cell == 100, "all is back"


def test_products_are_told_apart_by_name_and_specification() -> None:
    catalog = build_catalog([], [{"product": " LAMP "}, {"product": "lamp", "specification": "red"}], [])
    assert {stock_key(p) for p in catalog.all_products()} == {LAMP, "lamp\nred"}
