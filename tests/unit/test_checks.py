"""What a reviewer is told to look at: amount, price, stock, credit and tier; and what of it gives cause for doubt."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.planning.catalog import Catalog, build_catalog
from bot.planning.checks import review_checks, review_problems, shortage
from bot.planning.order_notices import Check
from bot.planning.progress import Progress, StockMark
from bot.planning.readiness import ReadyLine, examine
from bot.planning.sightings import Seen
from sheets_schema import Cell
from tests.unit.rows import NOW, RULES, TEAM, WISH, seen_of

WHO = "anna books"
#: Minor units of the config's currency.
YUAN = 100


def office(stock: Cell = "", limit: Cell = "", tier: Cell = "") -> Catalog:
    customer: dict[str, Cell] = {
        "customer": "Anna Books", "email": "anna@books.example", "credit_limit": limit, "tier": tier,
    }  # fmt: skip
    product: dict[str, Cell] = {"product": "Lamp", "unit_price": 10, "stock": stock}
    filled = [{k: c for k, c in row.items() if c != ""} for row in (customer, product)]
    return build_catalog([filled[0]], [filled[1]], TEAM)


def line(catalog: Catalog, **cells: Cell) -> ReadyLine:
    found = examine("contracts", {**WISH, **cells}, catalog, RULES)
    assert isinstance(found, ReadyLine), found
    return found


def known(row_id: str = "id1", **facts: object) -> Progress:
    return replace(Progress(row_id, "A-1", "pending", NOW, customer=WHO, currency="CNY"), **facts)  # type: ignore[arg-type]


def checked(lines: list[tuple[ReadyLine, Progress]], seen: Seen) -> dict[str, Check]:
    return {check.what: check for check in review_checks(lines, seen, RULES)}


def test_the_amount_is_that_of_all_lines() -> None:
    lines = [(line(office(), quantity=3), known("id1")), (line(office(), quantity=4), known("id2"))]
    assert checked(lines, seen_of()) == {
        "amount": Check("amount", True, {"total": Decimal(70), "currency": "CNY"}),
        "price": Check(
            "price", True,
            {"product": "Lamp", "listed": Decimal(10), "unit_price": Decimal(10), "currency": "CNY"},
        ),
    }  # fmt: skip


@pytest.mark.parametrize(("price", "fine"), [(10, True), (9, False), (11, False)])
def test_a_price_that_is_not_the_lists_gives_doubt(price: int, fine: bool) -> None:
    one = line(office(), unit_price=price)
    assert checked([(one, known())], seen_of())["price"].fine is fine
    codes = [p.code for p in review_problems(one, known(), seen_of(), RULES)]
    assert codes == ([] if fine else ["doubt_price"])


@pytest.mark.parametrize(
    ("cell", "taken", "left", "fine"),
    [(3, 0, 3, True), (2, 0, 2, False), (10, 8, 2, False), (10, 7, 3, True), (10, 12, -2, False)],
)
def test_the_stock_is_what_others_left(cell: int, taken: int, left: int, fine: bool) -> None:
    mark = StockMark("lamp\n", Decimal(cell), Decimal(taken), Decimal(cell))
    seen = seen_of(stock={"lamp\n": mark} if taken else {})
    check = checked([(line(office(stock=cell)), known())], seen)["stock"]
    assert (check.fine, check.values["left"], check.values["quantity"]) == (fine, left, 3)


def test_a_stock_that_nobody_counts_is_not_checked() -> None:
    assert "stock" not in checked([(line(office()), known())], seen_of())


@pytest.mark.parametrize(
    ("others", "own", "opened", "fine"),
    [(0, None, 30, True), (70, None, 100, True), (71, None, 101, False), (70, 30, 100, True), (70, 50, 100, True)],
    ids=["alone", "up to the limit", "beyond", "as it is remembered", "with fewer than before"],
)  # fmt: skip
def test_this_order_counts_once_among_the_customers_open_ones(
    others: int, own: int | None, opened: int, fine: bool
) -> None:
    mine = known(amount=(own or 0) * YUAN)
    seen = seen_of(
        open_amounts={WHO: {"CNY": (others + (own or 0)) * YUAN}},
        progress={"id1": mine} if own is not None else {},
    )
    check = checked([(line(office(limit=100)), mine)], seen)["credit"]
    assert (check.fine, check.values["open"], check.values["limit"]) == (fine, opened, 100)


def test_two_lines_of_one_order_count_together_and_once() -> None:
    lines = [(line(office(limit=100)), known(i, amount=30 * YUAN)) for i in ("id1", "id2")]
    seen = seen_of(open_amounts={WHO: {"CNY": 90 * YUAN}}, progress={p.row_id: p for _, p in lines})
    assert checked(lines, seen)["credit"].values["open"] == 90


@pytest.mark.parametrize("was", [{"state": "cancelled"}, {"customer": "bora tea"}, {"currency": "USD"}])
def test_what_is_remembered_of_it_but_not_among_the_open_ones_is_not_taken_off(was: dict[str, str]) -> None:
    mine = known(amount=30 * YUAN, **was)
    seen = seen_of(open_amounts={WHO: {"CNY": 70 * YUAN}}, progress={"id1": mine})
    assert checked([(line(office(limit=100)), mine)], seen)["credit"].values["open"] == 100


def test_without_a_limit_or_in_another_currency_there_is_no_credit_check() -> None:
    assert "credit" not in checked([(line(office()), known())], seen_of())
    foreign = line(office(limit=1), currency="USD")
    assert "credit" not in checked([(foreign, known())], seen_of())


def test_the_tier_is_shown_when_the_customer_has_one() -> None:
    assert checked([(line(office(tier="B")), known())], seen_of())["tier"].values == {"tier": "B"}
    assert "tier" not in checked([(line(office()), known())], seen_of())


def test_doubts_name_their_numbers_plainly() -> None:
    one = line(office(stock=2, limit=20), unit_price=12.5)
    doubts = review_problems(one, known(), seen_of(), RULES)
    assert [(p.code, p.values.get("left"), p.values.get("open")) for p in doubts] == [
        ("doubt_price", None, None), ("doubt_stock", "2", None), ("doubt_credit", None, "37.5"),
    ]  # fmt: skip


@pytest.mark.parametrize(("taken", "short"), [(9, None), (10, None), (12, "2")])
def test_what_was_promised_beyond_the_stock_is_named(taken: int, short: str | None) -> None:
    seen = seen_of(stock={"lamp\n": StockMark("lamp\n", Decimal(10), Decimal(taken), Decimal(10))})
    told = shortage(line(office(stock=10)), seen, RULES)
    assert [p.values["short"] for p in told] == ([short] if short else [])
