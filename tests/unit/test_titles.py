"""Titles as people leave them: any order, any language, near misses named."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_schema import BY_KEY, LANGUAGES, ORDER_TABS, TABS, Field, Kind, Owner, Tab
from sheets_schema.titles import (
    HeaderProblem,
    column_letter,
    fold,
    known_titles,
    read_header,
    tabs_among,
)
from tests.unit.rows import FEW, MANY, titles

NEEDED = [(tab, column) for tab in TABS for column in tab.fields if column.needed]
NEEDED_IDS = [f"{tab.key}.{column.key}" for tab, column in NEEDED]
FULL_WIDTH = str.maketrans({chr(i): chr(i + 0xFEE0) for i in range(0x21, 0x7F)})

#: Ways in which a title looks the same to a person.
DRESSES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "blanks around": lambda t: f" \u00a0{t}\u3000",
    "full width": lambda t: t.translate(FULL_WIDTH),
    "zero width inside": lambda t: t[:1] + "\u200b" + t[1:] + "\ufeff",
    "two lines": lambda t: t.replace(" ", " \n "),
    "taken apart": lambda t: unicodedata.normalize("NFD", t),
}


@MANY
@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("apart", ["a\u200b\u0301", "ß\u0301", "Ϋ\u0301", "e\u00ad\u0301"])
def test_folding_twice_is_folding_once_where_letters_join(apart: str) -> None:
    assert fold(fold(apart)) == fold(apart)


@MANY
@given(st.text())
def test_folding_forgets_blanks_around_a_name(text: str) -> None:
    assert fold(f"\u3000{text} \u00a0") == fold(text)


def test_two_names_stay_two_names() -> None:
    assert len({fold(name) for name in ("Anna", "Anne", "An na", "客户", "客戶", "A-1", "A1")}) == 7


# ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────


def index_of(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total - 1


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_the_sheet_letters_them(index: int, letters: str) -> None:
    assert column_letter(index) == letters


@FEW
@given(st.integers(0, 18_277))
def test_the_letters_of_a_column_lead_back_to_it(index: int) -> None:
    assert index_of(column_letter(index)) == index


@FEW
@given(st.data(), st.sampled_from(TABS))
def test_columns_are_found_in_any_order_language_and_dress(data: st.DataObject, tab: Tab) -> None:
    columns = data.draw(st.permutations(tab.fields))
    shown = [
        data.draw(st.sampled_from(list(DRESSES.values())))(
            data.draw(st.sampled_from((c.en, c.zh, *c.aliases)))
        )
        for c in columns
    ]
    header = read_header(tab, tab.en, shown, "en")
    assert header.columns == {c.key: i for i, c in enumerate(columns)}
    assert not header.extra
    assert not header.problems


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.key)
def test_no_title_names_two_columns_of_a_tab(tab: Tab) -> None:
    for column in tab.fields:
        for title in (column.en, column.zh, *column.aliases):
            assert known_titles(tab)[fold(title)] == column.key


def test_the_teams_own_columns_are_kept_by_their_titles() -> None:
    header = read_header(
        BY_KEY["contracts"], "Orders", [" Colour ", *titles("contracts"), "", "尺寸", "Colour"], "en"
    )
    width = len(titles("contracts"))
    assert header.extra == {"Colour": 0, "尺寸": width + 2}
    assert header.columns["order_no"] == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("tab", "column"), NEEDED, ids=NEEDED_IDS)
def test_a_missing_title_is_a_problem_that_names_it(tab: Tab, column: Field, language: str) -> None:
    shown = [t for t in titles(tab.key) if t != column.en]
    header = read_header(tab, "My tab", shown, language)
    assert header.problems == (HeaderProblem("missing", "My tab", column.title(language), ""),)
    assert column.key not in header.columns


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("tab", "column"), NEEDED, ids=NEEDED_IDS)
def test_a_misspelt_title_is_found_and_named_with_its_cell(tab: Tab, column: Field, language: str) -> None:
    misspelt = column.title(language) + ("数" if language == "zh-CN" else "x")
    shown = [misspelt if f is column else f.title(language) for f in tab.fields]
    header = read_header(tab, tab.title(language), shown, language)
    place = f"{column_letter(tab.fields.index(column))}1"
    assert header.problems == (
        HeaderProblem("missing", tab.title(language), column.title(language), place, misspelt),
    )
    assert len(header.columns) == len(tab.fields) - 1


@pytest.mark.parametrize(("tab", "column"), NEEDED, ids=NEEDED_IDS)
def test_a_doubled_title_is_a_problem_that_names_both_cells(tab: Tab, column: Field) -> None:
    header = read_header(tab, tab.en, [column.zh, *titles(tab.key)], "en")
    second = column_letter(tab.fields.index(column) + 1)
    assert header.problems == (HeaderProblem("duplicate", tab.en, column.zh, f"A1, {second}1"),)


@pytest.mark.parametrize("strange", [["Quality", "Quantitiy"], ["Quantitiy", "Quality"]])
def test_the_nearest_of_several_strange_titles_is_named(strange: list[str]) -> None:
    tab = BY_KEY["contracts"]
    shown = [*strange, *[t for t in titles("contracts") if t != "Quantity"], "Anything"]
    (problem,) = read_header(tab, tab.en, shown, "en").problems
    assert problem.found == "Quantitiy"


def test_a_missing_or_doubled_title_nobody_needs_is_no_problem() -> None:
    tab = BY_KEY["contracts"]
    shown = ["Notes", *[t for t in titles("contracts") if t != "Due date"]]
    header = read_header(tab, tab.en, shown, "en")
    assert not header.problems
    assert header.columns["notes"] == 0
    assert "due_date" not in header.columns


def test_cells_that_are_no_text_are_titles_of_nothing() -> None:
    header = read_header(BY_KEY["team"], "Team", [2026, True, "", *titles("team")], "en")
    assert header.extra == {"2026": 0, "True": 1}
    assert not header.problems


# ── tabs ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.key)
def test_a_tab_is_found_by_its_title_in_any_language_and_dress(tab: Tab) -> None:
    for title in (tab.en, tab.zh):
        for dress in DRESSES.values():
            assert tabs_among(TABS, [dress(title)]) == {tab.key: 0}


def test_a_tab_of_the_teams_own_is_left_alone() -> None:
    assert tabs_among(TABS, ["Orders 2025", ""]) == {}


# ── the schema itself ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tab", ORDER_TABS, ids=lambda tab: tab.key)
def test_order_tabs_have_a_hidden_row_id_that_only_the_bot_writes(tab: Tab) -> None:
    column = tab.by_key["row_id"]
    assert (column.hidden, column.needed, column.owner) == (True, True, Owner.BOT)
    assert {f.key for f in tab.fields if f.required} == {"customer", "product", "quantity", "salesperson"}


def test_what_the_bot_fills_is_what_the_workbook_says() -> None:
    filled = {"order_no", "order_date", "contact", "unit_price", "amount", "currency", "status"}
    assert set(BY_KEY["contracts"].keys(Owner.FILLED)) == filled
    assert BY_KEY["order_entry"].keys(Owner.BOT) == ("order_no", "result", "row_id")


def test_phones_and_numbers_of_contracts_stay_text() -> None:
    text = [
        ("customers", "phone"),
        ("contracts", "contract_no"),
        ("contracts", "tracking"),
        ("contracts", "order_no"),
    ]
    assert {BY_KEY[tab].by_key[key].kind for tab, key in text} == {Kind.TEXT}


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.key)
def test_a_tab_and_its_columns_go_by_the_workbooks_language(tab: Tab) -> None:
    assert (tab.title("en"), tab.title("zh-CN")) == (tab.en, tab.zh)
    for column in tab.fields:
        assert (column.title("en"), column.title("zh-CN")) == (column.en, column.zh)
