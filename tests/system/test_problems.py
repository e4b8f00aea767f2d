"""Rows that cannot go: each says in its own cell what to do, and goes by itself once the cause is mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from bot.planning.problems import SENTENCES
from sheets_schema import BY_KEY, CONTRACTS, ORDER_ENTRY, Cell, Tab
from tests.system.company import ADMIN, LINA, NORD_ORDER, ORDER
from tests.system.hand import Hand
from tests.system.stories import Stage, mailed, told

LANGUAGES = ("en", "zh-CN")
EMPTY = ""


@dataclass(frozen=True)
class Trouble:
    """A row in trouble: what differs from a good one, what it says, and what mends it."""

    cells: Mapping[str, Cell]
    code: str
    #: What the sentence says; `field` is the key of a column.
    values: Mapping[str, str]
    #: Typed into the row itself; without it the cause is mended elsewhere, by `mend_causes`.
    mended: Mapping[str, Cell] | None = None

    def sentence(self, tab: Tab, language: str) -> str:
        values = dict(self.values)
        if "field" in values:
            values["field"] = tab.by_key[values["field"]].title(language)
        if "fields" in values:
            titles = (f.title(language) for f in tab.fields if f.key in values["fields"].split())
            values["fields"] = ("、" if language == "zh-CN" else ", ").join(titles)
        return SENTENCES[language][self.code].format_map(values)


TROUBLES = (
    Trouble({"customer": "Ghost GmbH"}, "unknown_customer", {"text": "Ghost GmbH"}),
    Trouble({"customer": "twin trade"}, "which_customer", {"text": "twin trade", "count": "2"}),
    Trouble({"customer": "C-1004"}, "no_customer_email", {"text": "Mute Mills"}),
    Trouble({"customer": "Broken Bros"}, "bad_customer_email", {"text": "Broken Bros"}),
    Trouble({"product": "Gizmo"}, "unknown_product", {"text": "Gizmo"}),
    Trouble({"product": "Workstation", "specification": "Ultra"}, "unknown_specification",
            {"product": "Workstation", "text": "Ultra", "known": "Standard, Pro"}),
    Trouble({"product": "Workstation"}, "which_specification", {"text": "Workstation", "known": "Standard, Pro"},
            {"specification": "Pro"}),
    Trouble({"product": "Double"}, "which_product", {"text": "Double", "count": "2"}),
    Trouble({"product": "Relic"}, "not_on_sale", {"text": "Relic"}),
    Trouble({"product": "Bespoke"}, "no_price", {"text": "Bespoke"}),
    Trouble({"salesperson": "Zed"}, "unknown_salesperson", {"text": "Zed"}),
    Trouble({"salesperson": "Olaf Old"}, "inactive_salesperson", {"text": "Olaf Old"}),
    Trouble({"salesperson": "Nora Null"}, "no_salesperson_email", {"text": "Nora Null"}),
    Trouble({"salesperson": "Tom Twin"}, "which_salesperson", {"text": "Tom Twin", "count": "2"}),
    Trouble({"due_date": "next week"}, "date", {"field": "due_date", "text": "next week"}, {"due_date": EMPTY}),
    Trouble({"due_date": "03/04/2026"}, "ambiguous_date", {"field": "due_date", "text": "03/04/2026"},
            {"due_date": "2026年4月3日"}),
    Trouble({"quantity": "many"}, "number", {"field": "quantity", "text": "many"}, {"quantity": "２"}),
    Trouble({"quantity": 0}, "not_positive", {"field": "quantity"}, {"quantity": 1}),
    Trouble({"unit_price": -5}, "negative", {"field": "unit_price"}, {"unit_price": 360}),
    Trouble({"customer": "#REF!"}, "formula", {"field": "customer", "text": "#REF!"}, {"customer": "Acme Ltd"}),
    Trouble({"quantity": "Loading..."}, "formula", {"field": "quantity", "text": "Loading..."}, {"quantity": 4}),
    Trouble({"customer": EMPTY, "salesperson": EMPTY}, "missing", {"fields": "customer salesperson"},
            {"customer": "acme ltd", "salesperson": LINA.upper()}),
)  # fmt: skip


def mend_causes(stage: Stage) -> None:
    """Put right in the lookups whatever the lookups lack."""
    customers, products, team = stage.customers, stage.products, stage.team
    customers.add({"customer": "Ghost GmbH", "email": "ghost@ghost.example"})
    customers.type(customers.find(customer_no="C-2002"), customer="Twin Trade South")
    customers.type(customers.find(customer="Mute Mills"), email="mills@mute.example")
    customers.type(customers.find(customer="Broken Bros"), email="bros@broken.example")
    products.add({"product": "Gizmo", "unit_price": 9})
    products.add({"product": "Workstation", "specification": "Ultra", "unit_price": 30000})
    products.delete(products.find(product="Double", unit_price=8))
    products.type(products.find(product="Relic"), active=True)
    products.type(products.find(product="Bespoke"), unit_price=1)
    team.add({"name": "Zed", "email": "zed@sales.example"})
    team.type(team.find(name="Olaf Old"), active=True)
    team.type(team.find(name="Nora Null"), email="nora@sales.example")
    team.delete(team.find(email="tom2@sales.example"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [CONTRACTS.key, ORDER_ENTRY.key])
def test_every_trouble_is_told_in_its_row_and_ends_with_its_cause(
    make_stage: Callable[..., Stage], key: str, language: str
) -> None:
    stage, tab = make_stage(language=language), BY_KEY[key]
    stage.lay_out()
    stage.init()
    stage.rest()
    sheet = stage.hand(tab)
    first = sheet.last() + 1
    sheet.type_all({n: {**ORDER, **trouble.cells} for n, trouble in enumerate(TROUBLES, first)})
    assert stage.rest() == []
    cell = "problem" if tab is CONTRACTS else "result"
    said = {n: row.get(cell) for n, row in sheet.rows().items() if n >= first}
    assert said == {n: trouble.sentence(tab, language) for n, trouble in enumerate(TROUBLES, first)}
    assert not any("order_no" in sheet.row(n) for n in said)

    mend_causes(stage)
    sheet.type_all({n: t.mended for n, t in enumerate(TROUBLES, first) if t.mended is not None})
    stage.rest()
    # Rows whose cause was mended elsewhere went at once, those that were retyped had to settle first.
    waves = (
        [n for n, t in enumerate(TROUBLES, first) if (t.mended is None) is at_once]
        for at_once in (True, False)
    )
    given = {n: f"20261121-{serial:03d}" for serial, n in enumerate((n for wave in waves for n in wave), 1)}
    numbers = [given[n] for n in said]
    assert [sheet.row(n)["order_no"] for n in said] == numbers
    if tab is CONTRACTS:
        assert not any("problem" in sheet.row(n) for n in said)
    else:
        assert [sheet.row(n)["result"] for n in said] == [f"→ {number}" for number in numbers]
        assert [row["order_no"] for row in stage.contracts.rows().values()][2:] == sorted(numbers)
    kinds = ("purchase_customer", "purchase_sales")
    assert sorted((m.number, m.kind) for m in stage.mails()) == [
        (number, kind) for number in sorted(numbers) for kind in kinds
    ]


def test_a_mended_cause_lets_a_row_go_in_the_very_next_poll(stage: Stage) -> None:
    row = stage.contracts.add(ORDER, customer="Ghost GmbH")
    stage.rest()
    stage.customers.add({"customer": "Ghost GmbH", "email": "ghost@ghost.example"})
    stage.poll()
    assert stage.new_mails() == mailed("20261121-001", customer="ghost@ghost.example")
    assert stage.rest() == []
    assert "problem" not in stage.contracts.row(row)


def test_an_amount_that_does_not_add_up_waits_until_one_of_the_three_is_corrected(stage: Stage) -> None:
    row = stage.contracts.add(ORDER, unit_price=350, amount=1080)
    assert stage.rest() == []
    said = "Amount 1,080 is not quantity × unit price = 1,050.00: correct one of them, or empty Amount"
    assert stage.contracts.row(row)["problem"] == said
    stage.contracts.type(row, unit_price=360)
    assert stage.rest() == mailed("20261121-001")
    assert "problem" not in stage.contracts.row(row)


def test_one_row_in_trouble_stops_no_other(stage: Stage) -> None:
    stage.contracts.add(ORDER, customer="Ghost GmbH")
    stage.contracts.add(ORDER)
    assert stage.rest() == mailed("20261121-001")


def test_every_problem_of_a_row_is_told_at_once(stage: Stage) -> None:
    row = stage.contracts.add({"customer": "Ghost GmbH", "product": "Gizmo", "quantity": 0})
    stage.rest()
    said = str(stage.contracts.row(row)["problem"])
    for part in ("Still missing: Salesperson", "Quantity must be more than 0", "'Ghost GmbH'", "'Gizmo'"):
        assert part in said


def test_a_half_typed_row_that_is_emptied_again_shows_nothing_any_more(stage: Stage) -> None:
    before = stage.contracts.rows()
    row = stage.contracts.add({"customer": "Acme Ltd"})
    stage.rest()
    assert "problem" in stage.contracts.row(row)
    stage.contracts.clear(row, "customer")
    assert stage.rest() == []
    assert stage.contracts.rows() == before


# ── several lines of one order ──────────────────────────────────────────────────────────────────────────────


def test_lines_with_one_typed_number_go_in_one_mail(stage: Stage) -> None:
    for quantity in (1, 2, 3):
        stage.contracts.add(ORDER, order_no="A-77", quantity=quantity)
    assert stage.rest() == mailed("A-77")
    [mail] = [m for m in stage.mails() if m.kind == "purchase_customer"]
    assert mail.subject.startswith("A-77 · 3 items")
    assert "2,160.00" in mail.text
    rows = [row for row in stage.contracts.rows().values() if row["order_no"] == "A-77"]
    assert len({row["row_id"] for row in rows}) == 3
    assert len({row["mail_status"] for row in rows}) == 1


def test_a_line_waits_for_its_half_typed_sibling(stage: Stage) -> None:
    whole = stage.contracts.add(ORDER, order_no="A-77")
    half = stage.contracts.add({"customer": "Acme Ltd", "product": "Licence"}, order_no="A-77")
    assert stage.rest() == []
    assert stage.contracts.row(whole)["problem"] == f"Ready; waits for the other lines of order A-77: {half}"
    stage.contracts.type(half, quantity=2, salesperson="Lina Li")
    assert stage.rest() == mailed("A-77")
    assert not any("problem" in row for row in stage.contracts.rows().values())


def test_lines_of_one_number_for_two_customers_wait(stage: Stage) -> None:
    stage.contracts.add(ORDER, order_no="A-77")
    other = stage.contracts.add(NORD_ORDER, order_no="A-77")
    assert stage.rest() == []
    assert "name different customers" in str(stage.contracts.row(other)["problem"])
    stage.contracts.type(other, order_no="A-78")
    assert {m.number for m in stage.rest()} == {"A-77", "A-78"}


def test_a_number_nobody_could_use_is_refused(stage: Stage) -> None:
    row = stage.contracts.add(ORDER, order_no="A 77; DROP")
    assert stage.rest() == []
    assert "cannot be used" in str(stage.contracts.row(row)["problem"])
    stage.contracts.clear(row, "order_no")
    assert stage.rest() == mailed("20261121-001")


def test_a_number_changed_after_the_mail_is_asked_back(stage: Stage) -> None:
    row = stage.contracts.add(ORDER)
    stage.rest()
    before = stage.contracts.row(row)
    stage.contracts.type(row, order_no="X-1")
    assert stage.rest() == []
    assert str(stage.contracts.row(row)["problem"]).startswith(
        "This is order 20261121-001: put that number back"
    )
    stage.contracts.paste(row, order_no="20261121-001")
    assert stage.rest() == []
    assert stage.contracts.row(row) == before | {"updated_at": stage.contracts.row(row).get("updated_at")}


# ── tabs and titles ─────────────────────────────────────────────────────────────────────────────────────────


def lose_a_title(sheet: Hand) -> Callable[[], None]:
    column = sheet.columns()["customer"]
    sheet.retitle(column, "")
    return lambda: sheet.retitle(column, "Customer")


def misspell_a_title(sheet: Hand) -> Callable[[], None]:
    column = sheet.columns()["customer"]
    sheet.retitle(column, "Custommer")
    return lambda: sheet.retitle(column, "Customer")


def double_a_title(sheet: Hand) -> Callable[[], None]:
    column = sheet.columns()["notes"] if "notes" in sheet.columns() else sheet.columns()["needs"]
    before = str(sheet.grid()[0][column])
    sheet.retitle(column, "Customer")
    return lambda: sheet.retitle(column, before)


def rename_the_tab(sheet: Hand) -> Callable[[], None]:
    before = sheet.title
    sheet.rename_tab("Backup of everything")
    return lambda: sheet.rename_tab(before)


@pytest.mark.parametrize("harm", [lose_a_title, misspell_a_title, double_a_title, rename_the_tab])
def test_a_book_of_orders_that_cannot_be_read_is_left_alone_and_admins_hear_once(
    stage: Stage, harm: Callable[[Hand], Callable[[], None]]
) -> None:
    sheet = stage.contracts
    sheet.add(ORDER)
    stage.rest()
    mend = harm(sheet)
    sheet.type_all({5: {"quantity": 5, "salesperson": "Anna Berg"}}) if harm is not rename_the_tab else None
    before = sheet.grid()
    [notice] = stage.rest()
    assert (notice.to, notice.kind) == (ADMIN, "admin_notice")
    assert "Contract Orders" in notice.text
    assert sheet.grid() == before
    stage.restart()
    assert stage.rest() == []
    mend()
    sheet.type_all({5: NORD_ORDER})
    # The admin hears that it is over, once too.
    assert sorted(m.number for m in stage.rest()) == ["20261121-002"] * 2 + [notice.number]
    assert stage.rest() == []


def test_a_lookup_that_cannot_be_read_lets_nobody_be_called_unknown(stage: Stage) -> None:
    mend = misspell_a_title(stage.customers)
    row = stage.contracts.add(ORDER)
    [notice] = stage.rest()
    assert (notice.kind, notice.number) == ("admin_notice", "header")
    assert "Custommer" in notice.text
    assert "B1" in notice.text
    assert "problem" not in stage.contracts.row(row)
    mend()
    assert stage.rest() == [*mailed("20261121-001"), told("header")]


def test_a_broken_entry_tab_does_not_stop_the_book_of_orders(stage: Stage) -> None:
    mend = misspell_a_title(stage.entries)
    stage.contracts.add(ORDER)
    stage.rest()
    assert sorted(m.kind for m in stage.mails()) == ["admin_notice", "purchase_customer", "purchase_sales"]
    mend()
    assert stage.rest() == [told("header")]
    assert stage.rest() == []
