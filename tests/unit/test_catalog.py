"""Customers, products and people looked up by what somebody typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.catalog import Catalog, Customer, Member, Product, build_catalog, is_address
from bot.planning.problems import Problem
from sheets_schema import Cell
from sheets_schema.languages import language_of
from tests.unit.rows import CATALOG, CUSTOMERS, FEW, PRODUCTS, TEAM

Cells = dict[str, Cell]


def with_customers(*rows: Cells) -> Catalog:
    return build_catalog([*CUSTOMERS, *rows], [], [])


def with_products(*rows: Cells) -> Catalog:
    return build_catalog([], [*PRODUCTS, *rows], [])


def with_team(*rows: Cells) -> Catalog:
    return build_catalog([], [], [*TEAM, *rows])


def code(found: object) -> str:
    assert isinstance(found, Problem)
    return found.code


# ── customers ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["Anna Books", " anna  BOOKS ", "C-1", "c-1", "Ａｎｎａ Books"])
def test_a_customer_is_found_by_name_or_number(text: str) -> None:
    assert CATALOG.customer(text) == Customer(
        "Anna Books", "C-1", "Anna Berg", "007", "anna@books.example", "1 Quay", "", "A"
    )


def test_a_number_of_the_sheet_finds_the_number_as_text() -> None:
    catalog = with_customers({"customer": "Numbered", "customer_no": 42, "email": "n@n.example"})
    assert isinstance(catalog.customer("42"), Customer)


def test_a_stranger_is_not_guessed() -> None:
    assert CATALOG.customer("Anna") == Problem("unknown_customer", {"text": "Anna"})


def test_one_of_two_namesakes_must_be_named_by_number() -> None:
    catalog = with_customers({"customer": "anna books", "customer_no": "C-9", "email": "b@b.example"})
    assert catalog.customer("Anna Books") == Problem("which_customer", {"text": "Anna Books", "count": "2"})
    assert isinstance(found := catalog.customer("C-9"), Customer)
    assert found.email == "b@b.example"


def test_a_customer_whose_number_is_the_name_is_one_customer() -> None:
    catalog = with_customers({"customer": "ACME", "customer_no": "acme", "email": "a@a.example"})
    assert isinstance(catalog.customer("ACME"), Customer)


def test_a_customer_must_have_one_address() -> None:
    catalog = with_customers({"customer": "Mute"}, {"customer": "Odd", "email": "a@a.example, b@b.example"})
    assert catalog.customer("mute") == Problem("no_customer_email", {"text": "Mute"})
    assert catalog.customer("odd") == Problem("bad_customer_email", {"text": "Odd"})


@pytest.mark.parametrize("text", ["a@b.example", "anna.berg+x@mail.books.example", "o'neil@x-y.example"])
def test_a_plain_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@b", "@b.example", "a@", "a b@c.example", "a@b.example,c@d.example", "a@b.example;c@d.example",
     "Anna <a@b.example>", "a@b.example\nBcc: x@y.example", "a@b.example\r", "a@b.example\x00", "a@@b.example",
     "ä@b.example", '"a"@b.example', "a@b.example\n", "a" * 250 + "@b.example", "a@b.c"],
)  # fmt: skip
def test_what_could_be_two_addresses_or_end_a_header_is_none(text: str) -> None:
    assert not is_address(text)


@FEW
@given(st.text(), st.text())
def test_no_address_holds_a_blank_or_a_control_character(before: str, after: str) -> None:
    for bad in ("\r", "\n", " ", ",", "<"):
        assert not is_address(f"{before}{bad}{after}@b.example")


# ── products ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_of_one_row_needs_no_specification() -> None:
    assert CATALOG.product("lamp", "") == Product("Lamp", "", "", "pc", Decimal("12.5"))


def test_the_specification_picks_among_products_of_one_name() -> None:
    assert isinstance(found := CATALOG.product("Desk", " ASH "), Product)
    assert found.unit_price == 80


def test_a_name_with_several_specifications_asks_for_one() -> None:
    known = {"text": "Desk", "known": "Oak, Ash"}
    assert CATALOG.product("Desk", "") == Problem("which_specification", known)


def test_a_specification_that_is_not_made_is_told_with_those_that_are() -> None:
    known = {"product": "Desk", "text": "Teak", "known": "Oak, Ash"}
    assert CATALOG.product("Desk", "Teak") == Problem("unknown_specification", known)


def test_any_wish_fits_the_customised_product() -> None:
    catalog = with_products({"product": "Desk", "unit_price": 300})
    for wish in ("Teak, 2 m", ""):
        assert isinstance(found := catalog.product("Desk", wish), Product)
        assert found.unit_price == 300
    assert isinstance(oak := catalog.product("Desk", "oak"), Product)
    assert oak.unit_price == 100


def test_a_product_without_specifications_takes_any_wish() -> None:
    assert isinstance(CATALOG.product("Lamp", "red, please"), Product)


def test_one_row_with_a_specification_is_meant_when_none_is_named() -> None:
    catalog = with_products({"product": "Chair", "specification": "Elm", "unit_price": 5})
    assert isinstance(found := catalog.product("Chair", ""), Product)
    assert found.specification == "Elm"


def test_the_same_product_twice_is_a_problem() -> None:
    catalog = with_products({"product": "LAMP", "unit_price": 9}, {"product": "Desk", "specification": "oak"})
    assert catalog.product("Lamp", "") == Problem("which_product", {"text": "Lamp", "count": "2"})
    assert code(catalog.product("Desk", "Oak")) == "which_product"


@pytest.mark.parametrize(
    ("active", "sold"), [("", True), (True, True), ("?", True), (False, False), ("否", False)]
)
def test_only_a_clear_no_takes_a_product_off_sale(active: Cell, sold: bool) -> None:
    cells: Cells = {"product": "Stool", "unit_price": 1}
    catalog = with_products(cells | ({"active": active} if active != "" else {}))
    found = catalog.product("Stool", "")
    assert isinstance(found, Product) if sold else found == Problem("not_on_sale", {"text": "Stool"})


@pytest.mark.parametrize("price", ["", "soon", -1, "#REF!"])
def test_a_price_that_is_none_is_no_list_price(price: Cell) -> None:
    catalog = with_products({"product": "Stool", "unit_price": price})
    assert isinstance(found := catalog.product("Stool", ""), Product)
    assert found.unit_price is None


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["Dora", "DORA", "dora@desk.example"])
def test_a_salesperson_is_found_by_name_or_address(text: str) -> None:
    assert CATALOG.member(text) == Member("Dora", "dora@desk.example")


def test_a_salesperson_must_be_there_active_alone_and_reachable() -> None:
    catalog = with_team(
        {"name": "Finn", "email": "finn@desk.example", "active": False},
        {"name": "Gus"},
        {"name": "Dora", "email": "other@desk.example"},
    )
    found = {text: code(catalog.member(text)) for text in ("Nobody", "Finn", "Gus", "Dora")}
    assert found == {
        "Nobody": "unknown_salesperson",
        "Finn": "inactive_salesperson",
        "Gus": "no_salesperson_email",
        "Dora": "which_salesperson",
    }
    assert isinstance(catalog.member("other@desk.example"), Member)


def test_someone_who_left_does_not_make_a_namesake_ambiguous() -> None:
    catalog = with_team({"name": "Dora", "email": "old@desk.example", "active": "no"})
    assert catalog.member("Dora") == Member("Dora", "dora@desk.example")


CREW: list[Cells] = [
    {"name": "Lea", "email": "lea@desk.example", "team": "North, South", "role": "销售主管"},
    {"name": "Max", "email": "max@desk.example", "role": "Lead"},
    {"name": "Nils", "email": "nils@desk.example", "team": "North", "role": "Lead", "active": False},
    {"name": "Olga", "team": "North", "role": "Lead"},
    {"name": "Pia", "email": "pia@desk.example", "team": "north", "role": "Sales、Finance"},
]


@pytest.mark.parametrize(
    ("team", "leads"),
    [("NORTH", ["Lea", "Max"]), ("East", ["Max"]), ("", ["Lea", "Max"]), ("East、south", ["Lea", "Max"])],
)
def test_leads_are_those_of_the_team_and_those_of_every_team(team: str, leads: list[str]) -> None:
    assert [m.name for m in with_team(*CREW).leads_of(team)] == leads


def test_people_are_found_by_role_when_mail_can_reach_them() -> None:
    assert [m.name for m in with_team(*CREW).with_role("finance")] == ["Pia"]
    assert with_team(*CREW).with_role("warehouse") == ()


def test_two_who_share_a_mailbox_are_two_people_and_each_is_listed_once() -> None:
    twin: Cells = {"name": "Mia", "email": "max@desk.example", "role": "Lead"}
    assert [m.name for m in with_team(*CREW, twin).with_role("lead")] == ["Lea", "Max", "Mia"]


def test_a_person_is_the_one_active_member_so_called() -> None:
    catalog = with_team(*CREW, {"name": "Dora", "email": "other@desk.example"})
    found = {
        text: catalog.person(text) for text in ("PIA", "pia@desk.example", "Olga", "Nils", "Dora", "", "?")
    }
    assert {text: m.name for text, m in found.items() if m} == {
        "PIA": "Pia", "pia@desk.example": "Pia", "Olga": "Olga"
    }  # fmt: skip


def test_a_customer_has_an_owner_and_a_credit_limit() -> None:
    row: Cells = {"customer": "Cleo", "email": "c@c.example", "owner": "Dora", "credit_limit": "¥5,000"}
    assert isinstance(cleo := with_customers(row).customer("Cleo"), Customer)
    assert (cleo.owner, cleo.credit_limit) == ("Dora", Decimal(5000))


@pytest.mark.parametrize(
    ("stock", "counted"),
    [("", None), (0, Decimal(0)), ("12", Decimal(12)), (-2, Decimal(-2)), ("many", None)],
)
def test_stock_is_counted_where_the_cell_says_a_number(stock: Cell, counted: Decimal | None) -> None:
    assert isinstance(
        found := with_products({"product": "Stool", "stock": stock}).product("Stool", ""), Product
    )
    assert (found.stock, found.row) == (counted, len(PRODUCTS) + 2)


def test_rows_without_a_name_are_passed_over() -> None:
    catalog = build_catalog([{"customer_no": "C-7"}], [{"unit_price": 5}], [{"email": "x@desk.example"}])
    assert catalog == Catalog({}, {}, {})


@FEW
@given(st.text())
def test_looking_up_any_text_gives_an_answer(text: str) -> None:
    assert CATALOG.customer(text)
    assert CATALOG.product(text, text)
    assert CATALOG.member(text)


# ── languages ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "language"),
    [("", "zh-CN"), (" ", "zh-CN"), ("en", "en"), ("English", "en"), ("French", "en"), ("中文", "zh-CN"),
     ("zh", "zh-CN"), ("ZH_tw", "zh-CN"), ("Chinese", "zh-CN"), ("中文（简体）", "zh-CN"), ("英文", "en")],
)  # fmt: skip
def test_a_language_is_read_as_one_the_bot_speaks(text: str, language: str) -> None:
    assert language_of(text, "zh-CN") == language


def test_a_person_without_a_language_has_none_of_their_own() -> None:
    assert isinstance(anna := CATALOG.customer("Anna Books"), Customer)
    assert isinstance(bora := CATALOG.customer("Bora Tea"), Customer)
    assert (anna.language, bora.language) == ("", "zh-CN")
