"""The schema under a team's own names: what they find, what they leave alone, and how people read of them."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.memory_workbook import MemoryWorkbook
from bot.layout.structure import missing_layout
from bot.planning.problems import SENTENCES, Problem, problem, sentence, sentences
from bot.planning.rules import Rules
from bot.ports import About, Sheet
from bot.survey import grids_of, read_catalog, survey
from sheets_schema import ARCHIVE, BY_KEY, CONTRACTS, CUSTOMERS, LAID_OUT, LANGUAGES, TEAM
from sheets_schema.naming import STANDARD, TITLED, Schema, naming_problems, schema_named
from sheets_schema.titles import column_keys, read_header, tabs_among
from tests.unit.rows import FEW, placeholders

GERMAN = schema_named(
    {"contracts": "Bestellungen 2026", "customers": "Kunden"},
    {
        "contracts": {"customer": "Kunde", "quantity": "Menge", "mail_status": "Versand"},
        "customers": {"customer": "Firma"},
    },
)
BOOK = GERMAN.named(CONTRACTS)


def test_without_own_names_there_is_one_schema_and_no_copy() -> None:
    assert schema_named({}, {}) is STANDARD
    assert schema_named({}, {"contracts": {}}) is STANDARD
    assert STANDARD.laid_out is LAID_OUT


def test_a_column_is_found_under_its_own_title_and_under_those_of_the_schema() -> None:
    assert column_keys(BOOK, [" KUNDE", "menge", "产品名称", "Lager"]) == [
        "customer",
        "quantity",
        "product",
        "",
    ]
    assert column_keys(BOOK, ["Customer", "数量"]) == ["customer", "quantity"]


def test_an_own_title_wins_over_the_schemas_and_makes_the_other_column_the_teams_own() -> None:
    header = read_header(BOOK, "x", ["Customer", "Kunde", "Menge", "Product", "Salesperson"], "en")
    assert header.columns["customer"] == 1
    assert header.extra == {"Customer": 0}
    assert not [p for p in header.problems if p.kind == "duplicate"]


def test_what_the_bot_writes_goes_by_its_own_title_alone() -> None:
    # Their E-Mail column holds addresses; the bot's marks must not be written over them.
    assert column_keys(BOOK, ["E-Mail", "Versand"]) == ["", "mail_status"]
    assert column_keys(BOOK, ["E-Mail"]) == [""]


def test_an_own_title_that_is_missing_or_misspelt_is_asked_for_by_that_title() -> None:
    (missing,) = [p for p in read_header(BOOK, "x", ["Kundde"], "en").problems if p.title == "Kunde"]
    assert (missing.found, missing.cell) == ("Kundde", "A1")


def test_of_a_tab_with_its_own_title_and_one_with_the_schemas_the_own_one_is_meant() -> None:
    titles = ["Contract Orders", "bestellungen 2026", "Kunden", "Customers", "Team"]
    found = tabs_among(GERMAN.laid_out, titles)
    assert found == {"contracts": 1, "customers": 2, "team": 4}
    about = About(
        "k", "t", "u", "", "", tuple(Sheet(i, t, 9, 9) for i, t in enumerate(titles)), None, schema=GERMAN
    )
    assert about.titles["contracts"] == "bestellungen 2026"
    assert about.present == {"contracts", "customers", "team"}


def test_archive_has_the_titles_of_contract_orders() -> None:
    assert GERMAN.named(ARCHIVE).fields == BOOK.fields
    assert GERMAN.named(TEAM) == TEAM


def test_a_schema_travels_to_the_process_that_works_out_reports() -> None:
    assert pickle.loads(pickle.dumps(GERMAN)) == GERMAN  # noqa: S301 - pickled here


@FEW
@given(st.data())
def test_whatever_names_pass_as_good_name_each_column_and_tab_for_itself(data: st.DataObject) -> None:
    titles = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
        ["Notes", "数量", "Team", "a"]
    )
    tabs = data.draw(st.dictionaries(st.sampled_from([t.key for t in LAID_OUT]), titles, max_size=4))
    tab = data.draw(st.sampled_from(TITLED))
    own = data.draw(st.dictionaries(st.sampled_from([f.key for f in tab.fields]), titles, max_size=4))
    if [*naming_problems(tabs, {tab.key: own})]:
        return
    schema = schema_named(tabs, {tab.key: own})
    here = schema.named(tab)
    for language in LANGUAGES:
        assert column_keys(here, [f.title(language) for f in here.fields]) == [f.key for f in here.fields]
        shown = [one.title(language) for one in schema.laid_out]
        assert tabs_among(schema.laid_out, shown) == {one.key: i for i, one in enumerate(LAID_OUT)}


# ── what reads titles reads the own ones ────────────────────────────────────────────────────────────────────


def test_a_read_is_understood_under_own_titles() -> None:
    book = MemoryWorkbook(
        {
            "Bestellungen 2026": [["Kunde", "Produkt", "Menge"], ["Acme", "Licence", 3]],
            "Kunden": [["Firma", "E-mail"], ["Acme", "buyer@acme.example"]],
        },
        schema=GERMAN,
    )
    titles = book.about().titles
    reading = book.read()
    grids = grids_of(reading.body, reading.tabs)
    shown = survey(grids, titles, {}, (), "en", GERMAN)
    assert shown.tabs["contracts"].header.columns == {"customer": 0, "quantity": 2}
    catalog, headers = read_catalog(grids, titles, "en", GERMAN)
    assert catalog.customer("Acme")
    assert headers["customers"].columns == {"customer": 0, "email": 1}
    columns = book.columns({"contracts": ("quantity",)})["contracts"]
    assert (columns.cells, columns.places) == ({"quantity": (3,)}, {"customer": 0, "quantity": 2})


def test_init_adds_what_is_missing_under_its_own_title_and_nothing_twice() -> None:
    sheet = Sheet(1, "Bestellungen 2026", 9, 9, 1, header=("Kunde", "Farbe"))
    layout = missing_layout(
        About("k", "t", "u", "", "", (sheet,), None, schema=GERMAN), "en", iter(range(100, 200)).__next__
    )
    assert "'Bestellungen 2026': 32 titles written in C1:AH1" in layout.said
    assert "tab 'Kunden' added" in layout.said
    assert not [said for said in layout.said if "Contract Orders" in said]
    (written,) = [
        r["updateCells"]
        for r in layout.requests
        if r.get("updateCells", {}).get("start", {}).get("sheetId") == 1
    ]
    texts = [v["userEnteredValue"]["stringValue"] for v in written["rows"][0]["values"]]
    assert ("Menge" in texts, "Versand" in texts, "Customer" in texts) == (True, True, False)


# ── what people read ────────────────────────────────────────────────────────────────────────────────────────


def everything_named() -> Schema:
    """Every tab and column under a name that no sentence has by itself."""
    tabs = {tab.key: f"«{tab.key}» {{x}}" for tab in LAID_OUT}
    titles = {tab.key: {f.key: f"«{tab.key}.{f.key}»" for f in tab.fields} for tab in TITLED}
    return schema_named(tabs, titles)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", SENTENCES["en"])
def test_no_problem_names_a_tab_by_a_title_that_it_does_not_have(code: str, language: str) -> None:
    values = dict.fromkeys(placeholders(SENTENCES["en"][code]), "?")
    text = sentence(Problem(code, values), language, everything_named())
    usual = sentence(Problem(code, values), language)
    for tab in (CONTRACTS, *(BY_KEY[key] for key in ("customers", "products", "team"))):
        assert tab.title(language) not in text
        if tab.title(language) in usual:
            assert f"«{tab.key}» {{x}}" in text


def test_problems_name_the_columns_that_people_see() -> None:
    rules = Rules(language="en", schema=GERMAN)
    found = (
        problem("unknown_customer", text="Acme"),
        problem("missing", fields=rules.title("contracts", "quantity")),
    )
    assert sentences(found, "en", GERMAN) == (
        "Customer 'Acme' is not in Kunden: add it there and this order goes out by itself; Still missing: Menge"
    )
    joins = sentence(problem("joins_confirmed", number="1"), "en", GERMAN)
    assert "clear the Versand cell" in joins
    assert rules.title(CUSTOMERS.key) == "Kunden"
