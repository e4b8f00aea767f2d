"""When a row is complete, and everything that is said about one that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.catalog import build_catalog
from bot.planning.problems import Problem
from bot.planning.readiness import ReadyLine, examine
from sheets_schema import Cell
from tests.unit.rows import CATALOG, CUSTOMERS, FEW, MANY, PRODUCTS, RULES, TEAM, WISH

CHINESE = replace(RULES, language="zh-CN")


def ready(tab: str = "contracts", **cells: Cell) -> ReadyLine:
    line = examine(tab, {**WISH, **cells}, CATALOG, RULES)
    assert isinstance(line, ReadyLine), line
    return line


def problems(**cells: Cell) -> tuple[Problem, ...]:
    found = examine("contracts", {**WISH, **cells}, CATALOG, RULES)
    assert isinstance(found, tuple), found
    return found


def codes(**cells: Cell) -> list[str]:
    return [p.code for p in problems(**cells)]


@pytest.mark.parametrize("tab", ["contracts", "order_entry"])
def test_four_cells_make_a_row_ready_on_either_tab(tab: str) -> None:
    line = ready(tab)
    assert (line.customer.name, line.product.name, line.salesperson.name) == ("Anna Books", "Lamp", "Dora")
    assert (line.quantity, line.unit_price, line.amount, line.currency) == (
        Decimal(3),
        Decimal("12.5"),
        Decimal("37.50"),
        "CNY",
    )
    assert (line.due_date, line.order_date) == (None, None)


@pytest.mark.parametrize("key", WISH)
def test_a_missing_required_cell_is_named(key: str) -> None:
    titles = {
        "customer": "Customer",
        "product": "Product",
        "quantity": "Quantity",
        "salesperson": "Salesperson",
    }
    assert problems(**{key: " "}) == (Problem("missing", {"fields": titles[key]}),)


def test_all_missing_cells_are_named_in_one_sentence() -> None:
    said = {
        RULES: "Customer, Product, Quantity, Salesperson",
        CHINESE: "客户名称、产品名称、数量、销售跟进人",
    }
    for rules, fields in said.items():
        assert examine("contracts", {"notes": "x"}, CATALOG, rules) == (
            Problem("missing", {"fields": fields}),
        )


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    found = codes(
        customer="", product="Sofa", quantity="many", salesperson="Zoe", currency="shells", due_date="soon"
    )
    assert found == [
        "missing",
        "number",
        "date",
        "unknown_salesperson",
        "unknown_product",
        "unknown_currency",
    ]


def test_a_cell_that_cannot_be_read_is_not_called_missing() -> None:
    assert codes(quantity="#REF!") == ["formula"]
    assert codes(customer="Loading...") == ["formula"]
    assert problems(quantity="#N/A")[0].values == {"field": "Quantity", "text": "#N/A", "key": "quantity"}


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"quantity": 0}, "not_positive"), ({"quantity": -2}, "not_positive"), ({"quantity": "1" + "0" * 15}, "number"),
     ({"unit_price": -1}, "negative"), ({"amount": "-0.01"}, "negative"), ({"unit_price": "free"}, "number"),
     ({"due_date": "03/04/2026"}, "ambiguous_date"), ({"order_date": "yesterday"}, "date"),
     ({"currency": "shells"}, "unknown_currency"), ({"product": "Repair"}, "no_price"),
     ({"amount": 40}, "amount_differs"), ({"unit_price": 1e15}, "number")],
    ids=str,
)  # fmt: skip
def test_one_wrong_cell_is_one_problem(cells: dict[str, Cell], code: str) -> None:
    assert codes(**cells) == [code]


def test_an_error_in_a_cell_that_is_not_required_holds_the_row_too() -> None:
    assert codes(notes="#REF!") == ["formula"]


def test_cells_that_the_bot_writes_are_not_examined() -> None:
    assert ready(problem="#REF!", created_at="#N/A", mail_status="Loading...", row_id="?")
    assert ready("order_entry", order_no="#REF!", result="#REF!")


def test_an_unreadable_price_is_not_replaced_by_the_list_price() -> None:
    assert codes(unit_price="#DIV/0!") == ["formula"]


def test_a_typed_price_wins_over_the_list_price_and_free_is_a_price() -> None:
    assert ready(unit_price="¥10").amount == 30
    assert ready(unit_price=0).amount == 0
    assert ready(product="Repair", unit_price=7).amount == 21


@pytest.mark.parametrize(
    ("typed", "amount"), [(37.5, "37.50"), (37.51, "37.51"), ("37,49", "37.49"), ("37.504", "37.50")]
)
def test_an_amount_within_one_minor_unit_stays_as_typed(typed: Cell, amount: str) -> None:
    assert ready(amount=typed).amount == Decimal(amount)


@pytest.mark.parametrize("typed", [37.52, 37.48, 0, 375])
def test_an_amount_further_off_is_told_with_the_right_one(typed: Cell) -> None:
    (problem,) = problems(amount=typed)
    assert problem.code == "amount_differs"
    assert problem.values["computed"] == "37.50"


def test_the_tolerance_is_one_unit_of_the_rows_own_currency() -> None:
    assert ready(currency="JPY", amount=39).amount == 39
    assert codes(currency="KWD", amount=37.502) == ["amount_differs"]


@MANY
@given(
    quantity=st.decimals("0.001", 10**6, places=3), price=st.decimals(0, 10**7, places=4),
    currency=st.sampled_from([("CNY", "0.01"), ("JPY", "1"), ("KWD", "0.001")]),
)  # fmt: skip
def test_an_amount_is_what_decimal_arithmetic_says(
    quantity: Decimal, price: Decimal, currency: tuple[str, str]
) -> None:
    line = ready(quantity=f"{quantity:f}", unit_price=f"{price:f}", currency=currency[0])
    assert line.amount == (quantity * price).quantize(Decimal(currency[1]), ROUND_HALF_UP)


def test_days_are_read_from_serials_and_text() -> None:
    line = ready(due_date=46347, order_date="2026年11月20日")
    assert (line.due_date, line.order_date) == (date(2026, 11, 21), date(2026, 11, 20))


def test_a_cell_is_given_as_a_person_sees_it() -> None:
    line = ready(notes=" a ", contract_no=7.0)
    assert (line.text("notes"), line.text("contract_no"), line.text("tracking")) == ("a", "7", "")


def test_the_specification_of_the_row_picks_the_price() -> None:
    assert ready(product="Desk", specification="ash", quantity=1).unit_price == 80
    assert codes(product="Desk") == ["which_specification"]


def test_a_row_becomes_ready_when_the_lookup_is_mended() -> None:
    cells = {**WISH, "customer": "New Shop"}
    mended = build_catalog(
        [*CUSTOMERS, {"customer": "New Shop", "email": "new@shop.example"}], PRODUCTS, TEAM
    )
    assert examine("contracts", cells, CATALOG, RULES) == (Problem("unknown_customer", {"text": "New Shop"}),)
    assert isinstance(examine("contracts", cells, mended, RULES), ReadyLine)


@FEW
@given(
    st.dictionaries(
        st.sampled_from([*WISH, "unit_price", "amount", "due_date", "currency", "notes"]), st.text()
    )
)
def test_no_row_makes_the_examination_fail(cells: dict[str, Cell]) -> None:
    assert examine("contracts", {**WISH, **cells}, CATALOG, RULES)
