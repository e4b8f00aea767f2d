"""What `init` adds to a workbook, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from bot.layout.structure import Layout, missing_layout
from bot.look import Area, Asked, Chart, ColourRule, FilterView, Look, NamedRange, Protection
from bot.ports import About, Sheet
from sheets_schema import AUTOMATIONS, CONTRACTS, LAID_OUT, LANGUAGES, PRODUCTS, SUMMARY, Owner, Tab
from sheets_schema.automations import ALL_AUTOMATIONS
from sheets_schema.formats import NUMBER_FORMATS
from sheets_schema.screen import COLOURS, due_soon_formula, overdue_formula, waiting_formula, width_of
from sheets_schema.summary import CHARTS, HEADING, HIDDEN, KIND_COLUMN, LOOKS, NUMBERS, TAB_RIGHT
from sheets_schema.titles import column_letter
from sheets_schema.views import NOT_LATE, OVERDUE, WAITING, in_every_language
from sheets_schema.views import waiting_formula as waiting_view


def ids() -> Callable[[], int]:
    numbers = count(100)
    return lambda: next(numbers)


def about(*sheets: Sheet) -> About:
    known = tuple(NamedRange(c.name, c.name, cells(c.column, c.right, c.bottom)) for c in CHARTS)
    names = known if any(sheet.sheet_id == SUMMARY_ID for sheet in sheets) else ()
    return About("key", "Orders", "https://desk.example", "Asia/Shanghai", "en_US", sheets, None, names=names)


SUMMARY_ID = LAID_OUT.index(SUMMARY)


def cells(left: int, right: int, bottom: int) -> Area:
    return Area(SUMMARY_ID, 1, bottom, left, right)


def complete_summary(language: str) -> Sheet:
    """The Summary tab with its heading, looks and charts."""
    looks = tuple(ColourRule(0, KIND_COLUMN, "CUSTOM_FORMULA", (f'=$L1="{look.kind}"',)) for look in LOOKS)
    charts = tuple(
        Chart(i, tuple(cells(c.column + n, c.column + n + 1, c.bottom) for n in range(c.series + 1)))
        for i, c in enumerate(CHARTS)
    )
    look = Look(
        dict.fromkeys(range(TAB_RIGHT), 150),
        aligned=frozenset(range(*NUMBERS)),
        colours=looks,
        protections=(Protection(),),
        charts=charts,
    )
    title, note = HEADING[language]
    return Sheet(
        SUMMARY_ID,
        SUMMARY.title(language),
        1000,
        TAB_RIGHT + 1,
        1,
        frozenset(HIDDEN),
        (title, "", note),
        {},
        look,
    )


def layout(*sheets: Sheet, language: str = "en") -> Layout:
    return missing_layout(about(*sheets), language, ids())


def complete_look(tab: Tab, language: str) -> Look:
    """A tab that has every dropdown, colour, protection and width."""
    places = {f.key: i for i, f in enumerate(tab.fields)}
    colours = []
    for colour in (c for c in COLOURS if c.tab == tab.key):
        texts = (colour.text[language],) if colour.text else ()
        letters = {key: column_letter(i) for key, i in places.items()}
        if colour.condition == "overdue":
            texts = (overdue_formula(letters["due_date"], letters["status"], language),)
        elif colour.condition == "due_soon":
            texts = (due_soon_formula(letters["due_date"], letters["status"], language, 2),)
        elif colour.condition == "waiting":
            asked = letters["status"], letters["created_at"], letters["updated_at"]
            texts = (waiting_formula(*asked, language),)
        kind = "CUSTOM_FORMULA" if colour.condition.islower() else colour.condition
        index = places[colour.column]
        colours.append(ColourRule(index, index + 1, kind, texts, len(colours)))
    every = frozenset(places.values())
    widths = {i: width_of(f) for i, f in enumerate(tab.fields)}
    listed = {0: tuple(a.title(language) for a in ALL_AUTOMATIONS)} if tab is AUTOMATIONS else {}
    return Look(
        widths, every, wrapped=every, colours=tuple(colours), protections=(Protection(),), listed=listed,
        views=complete_views(places, language) if tab is CONTRACTS else (),
    )  # fmt: skip


def complete_views(places: dict[str, int], language: str) -> tuple[FilterView, ...]:
    """The filter views that everybody has."""
    waits = waiting_view(column_letter(places["status"]))
    late = frozenset(in_every_language(*NOT_LATE))
    return (
        FilterView(1, WAITING[language], Area(1), {places["status"]: Asked("CUSTOM_FORMULA", (waits,))}),
        FilterView(
            2,
            OVERDUE[language],
            Area(1),
            {places["due_date"]: Asked("DATE_BEFORE", ("TODAY",)), places["status"]: Asked(hides=late)},
        ),
    )


def complete(language: str = "en") -> list[Sheet]:
    """A workbook that lacks nothing."""
    return [
        complete_summary(language) if tab is SUMMARY else Sheet(
            number, tab.title(language), 1000, len(tab.fields) + 2, 1,
            frozenset(i for i, f in enumerate(tab.fields) if f.hidden), tuple(f.title(language) for f in tab.fields),
            {i: NUMBER_FORMATS[f.kind] for i, f in enumerate(tab.fields) if f.kind in NUMBER_FORMATS},
            complete_look(tab, language),
        )
        for number, tab in enumerate(LAID_OUT)
    ]  # fmt: skip


def kinds(found: Layout) -> list[str]:
    return [kind for request in found.requests for kind in request]


def contracts(**facts: Any) -> list[Sheet]:
    """A complete workbook but for these facts of Contract Orders."""
    return [replace(s, **facts) if s.title == "Contract Orders" else s for s in complete()]


#: The formats of the bot's own columns, which nobody else has a say in.
BOTS = {i: NUMBER_FORMATS[f.kind] for i, f in enumerate(CONTRACTS.fields) if f.owner is Owner.BOT}
HEADER = next(s.header for s in complete() if s.title == "Contract Orders")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown_in", LANGUAGES)
def test_a_complete_workbook_is_left_as_it_is_in_any_language(language: str, shown_in: str) -> None:
    assert layout(*complete(shown_in), language=language) == Layout((), (), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_workbook_gets_every_tab_with_its_titles(language: str) -> None:
    found = layout(Sheet(100, "Sheet1", 1000, 26), language=language)
    added = [r["addSheet"]["properties"] for r in found.requests if "addSheet" in r]
    assert [p["title"] for p in added] == [tab.title(language) for tab in LAID_OUT]
    assert 100 not in {p["sheetId"] for p in added}
    assert len({p["sheetId"] for p in added}) == len(LAID_OUT)
    *written, heading = [r["updateCells"] for r in found.requests if "updateCells" in r]
    assert heading["rows"][0]["values"][0]["userEnteredValue"]["stringValue"] == HEADING[language][0]
    for tab, request in zip((tab for tab in LAID_OUT if tab.fields), written, strict=True):
        titles = [v["userEnteredValue"]["stringValue"] for v in request["rows"][0]["values"]]
        assert titles == [f.title(language) for f in tab.fields]
        assert request["start"]["columnIndex"] == request["start"]["rowIndex"] == 0
    hidden = [
        r for r in found.requests if r.get("updateDimensionProperties", {}).get("fields") == "hiddenByUser"
    ]
    assert len(hidden) == sum(f.hidden for tab in LAID_OUT for f in tab.fields) + len(HIDDEN)
    assert found.problems == ()


def test_missing_titles_go_behind_everything_that_stands_there() -> None:
    header = ("Our own", *(t for t in HEADER if t not in ("Notes", "Source")), "", "")
    found = layout(*contracts(header=header, hidden=frozenset({len(HEADER) - 2}), columns=len(header)))
    (titles,) = [r["updateCells"] for r in found.requests if "updateCells" in r]
    assert titles["start"]["columnIndex"] == len(header) - 2
    texts = [v["userEnteredValue"]["stringValue"] for v in titles["rows"][0]["values"]]
    assert texts == ["Source", "Notes"]
    assert "'Contract Orders': 2 titles written in AG1:AH1" in found.said


def test_a_tab_that_is_too_narrow_is_widened_before_titles_are_written() -> None:
    found = layout(*contracts(header=HEADER[:-1], columns=len(HEADER) - 1, hidden=frozenset()))
    assert kinds(found)[:2] == ["appendDimension", "updateCells"]
    assert found.requests[0]["appendDimension"]["length"] == 1


def test_a_misspelt_title_is_reported_and_given_no_twin() -> None:
    header = tuple("Quantitiy" if t == "Quantity" else t for t in HEADER)
    found = layout(*contracts(header=header))
    assert "updateCells" not in kinds(found)
    (said,) = found.problems
    assert "'Quantity'" in said
    assert "H1 says 'Quantitiy'" in said


def test_a_doubled_title_is_reported() -> None:
    found = layout(*contracts(header=(*HEADER, "Quantity")))
    assert found.requests == ()
    assert found.problems == (
        "Tab 'Contract Orders': the title 'Quantity' stands in H1, AH1. Keep one of them",
    )


@pytest.mark.parametrize(
    ("facts", "kind"),
    [({"frozen_rows": 0}, "updateSheetProperties"), ({"hidden": frozenset()}, "updateDimensionProperties"),
     ({"formats": dict.fromkeys(range(32), ("NUMBER", "0")) | {i: BOTS[i] for i in BOTS if i < 32}}, "repeatCell")],
    ids=["header not frozen", "Row ID not hidden", "one column without a format"],
)  # fmt: skip
def test_one_lacking_thing_is_one_request(facts: dict[str, Any], kind: str) -> None:
    found = layout(*contracts(**facts))
    assert (kinds(found), len(found.said), found.problems) == ([kind], 1, ())


def test_text_columns_are_formatted_as_text_below_the_header() -> None:
    formats = {
        i: ("DATE", "dd.mm.yy") for i in range(len(HEADER)) if i != HEADER.index("Contract No.")
    } | BOTS
    (request,) = layout(*contracts(formats=formats)).requests
    cell = request["repeatCell"]
    assert cell["cell"]["userEnteredFormat"]["numberFormat"] == {"type": "TEXT", "pattern": "@"}
    assert (cell["range"]["startRowIndex"], cell["range"]["startColumnIndex"]) == (1, 1)


def test_of_two_tabs_with_one_title_the_first_is_meant() -> None:
    twin = Sheet(77, "合同订单表", 10, 10, header=("Anything",))
    assert layout(*complete(), twin) == Layout((), (), ())


@pytest.mark.parametrize(
    ("currency", "list_price", "order_price"),
    [("CNY", "#,##0.00", "#,##0.00"), ("JPY", "#,##0", "#,##0.00"), ("KWD", "#,##0.000", "#,##0.000")],
)
def test_money_shows_the_decimals_that_its_currency_has(
    currency: str, list_price: str, order_price: str
) -> None:
    """A row of Contract Orders may be in another currency, whose decimals must not vanish."""
    found = missing_layout(about(), "en", ids(), currency=currency)
    ids_of = {r["addSheet"]["properties"]["title"]: r["addSheet"]["properties"]["sheetId"] for r in found.requests if "addSheet" in r}  # fmt: skip
    patterns = {
        (r["repeatCell"]["range"]["sheetId"], r["repeatCell"]["range"]["startColumnIndex"]):
            r["repeatCell"]["cell"]["userEnteredFormat"].get("numberFormat", {}).get("pattern")
        for r in found.requests if r.get("repeatCell", {}).get("fields") == "userEnteredFormat.numberFormat"
    }  # fmt: skip
    for tab, wanted in ((PRODUCTS, list_price), (CONTRACTS, order_price)):
        assert patterns[ids_of[tab.en], tab.keys(*Owner).index("unit_price")] == wanted
