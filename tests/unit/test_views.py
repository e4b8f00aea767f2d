"""Filter views of Contract Orders: which there ought to be, and which are ours to put right or take away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.sheets_layout import with_layout
from bot.layout.furnished import Furnished
from bot.layout.views import missing_views
from bot.look import Area, Asked, FilterView, Look
from bot.planning.catalog import Catalog, build_catalog
from bot.ports import Sheet
from sheets_schema import CONTRACTS, LAID_OUT, TEAM, Owner
from sheets_schema.views import named_formula

AT = {key: i for i, key in enumerate(CONTRACTS.keys(*Owner))}
LINA = ("Lina", "lina@sales.example", "Sales", True)


def team(*people: tuple[str, str, str, bool]) -> Catalog:
    rows = ({"name": n, "email": e, "role": r, "active": a} for n, e, r, a in people)
    return build_catalog((), (), rows)


def tabs(*views: FilterView, without: str = "") -> dict[str, Furnished]:
    """Every tab; Contract Orders with these views and without a column."""
    found = {
        tab.key: Furnished(
            tab, Sheet(n, tab.en, 1000, 40), {f.key: i for i, f in enumerate(tab.fields) if f.key != without}
        )
        for n, tab in enumerate(LAID_OUT)
    }
    orders = found[CONTRACTS.key]
    sheet = replace(orders.sheet, look=Look(views=views))
    return {**found, CONTRACTS.key: replace(orders, sheet=sheet)}


def lacking(here: dict[str, Furnished], people: Catalog, kind: str) -> list[dict[str, Any]]:
    pieces = missing_views(here, people, "en")
    return [r[kind] for piece in pieces for r in piece.requests if kind in r]


def added(people: Catalog) -> list[FilterView]:
    """The views of a workbook that had none, as they would be read back."""
    made = lacking(tabs(), people, "addFilterView")
    views = [{"filterViewId": n, **one["filter"]} for n, one in enumerate(made, 1)]
    (sheet,) = with_layout(
        [Sheet(1, "x", 1000, 40)], [{"properties": {"sheetId": 1}, "filterViews": views}], []
    )
    return list(sheet.look.views)


def test_what_was_added_is_known_and_not_added_again() -> None:
    people = team(LINA, ("王芳", "wang@sales.example", "销售", True))
    assert [one.title for one in added(people)] == [
        "Waiting for review", "Overdue", "My orders – Lina", "My orders – 王芳",
    ]  # fmt: skip
    assert missing_views(tabs(*added(people)), people, "en") == ()
    assert missing_views(tabs(*added(people)), people, "zh-CN") == ()


@pytest.mark.parametrize(
    "person",
    [("Lina", "lina@sales.example", "Sales", False), ("Lina", "lina@sales.example", "Warehouse", True),
     ("Lina", "lina@sales.example", "", True)],
    ids=["left", "does not sell", "without a role"],
)  # fmt: skip
def test_only_those_who_sell_have_a_view(person: tuple[str, str, str, bool]) -> None:
    assert len(added(team(person))) == 2
    gone = lacking(tabs(*added(team(LINA))), team(person), "deleteFilterView")
    assert gone == [{"filterId": 3}]


def test_two_of_one_name_share_a_view_that_asks_for_both_addresses() -> None:
    people = team(LINA, ("LINA", "lina.2@sales.example", "Sales", True))
    (view,) = added(people)[2:]
    (asked,) = view.asks.values()
    assert asked.texts[0].count("TRIM") == 3
    assert missing_views(tabs(*added(people)), people, "en") == ()


@pytest.mark.parametrize(
    "change",
    [{"asks": {}}, {"asks": {3: Asked(hides=frozenset({"Acme"}))}}, {"area": Area(1, 0, 500, 0, 40)},
     {"area": Area(1, 1)}, {"area": Area(1, 0, 1000, 0, 20)}],
)  # fmt: skip
def test_a_view_that_drifted_is_changed_and_not_made_anew(change: dict[str, Any]) -> None:
    for place, view in enumerate(views := added(team(LINA))):
        drifted = [replace(one, **change) if i == place else one for i, one in enumerate(views)]
        (piece,) = missing_views(tabs(*drifted), team(LINA), "en")
        (request,) = piece.requests
        assert request["updateFilterView"]["filter"]["filterViewId"] == view.view_id
        assert request["updateFilterView"]["fields"] == "range,filterSpecs"


@pytest.mark.parametrize(
    "change",
    [{"title": "Lina's"}, {"title": "Copy of My orders – Lina"}, {"asks": {}}, {"title": "My orders – Ina"},
     {"asks": {3: Asked(hides=frozenset({"Acme"}))}}],
)  # fmt: skip
def test_the_view_of_somebody_who_left_stays_once_somebody_works_with_it(change: dict[str, Any]) -> None:
    *everybodys, hers = added(team(LINA))
    assert missing_views(tabs(*everybodys, replace(hers, **change)), team(), "en") == ()
    more = replace(hers, asks={**hers.asks, 3: Asked(hides=frozenset({"Acme"}))})
    assert missing_views(tabs(*everybodys, more), team(), "en") == ()


def test_while_it_cannot_be_told_who_sells_nobody_has_left() -> None:
    views = added(team(LINA))
    here = tabs(*views)
    here[TEAM.key] = replace(here[TEAM.key], columns={"name": 0})
    assert missing_views(here, team(), "en") == ()


@pytest.mark.parametrize(("without", "count"), [("status", 1), ("due_date", 2), ("salesperson", 2)])
def test_a_view_waits_for_the_columns_it_asks(without: str, count: int) -> None:
    assert len(lacking(tabs(without=without), team(LINA), "addFilterView")) == count


@pytest.mark.parametrize("name", ['Bo "Q"', "=1+1", '")+1>0', "  Bo   B "])
def test_a_name_is_text_in_the_formula_whatever_it_says(name: str) -> None:
    people = team((name, "bo@sales.example", "Sales", True))
    views = added(people)
    (asked,) = views[2].asks.values()
    plain = " ".join(name.split())
    assert asked.texts == (named_formula("R", (plain, "bo@sales.example")),)
    assert missing_views(tabs(*views), people, "en") == ()
    assert lacking(tabs(*views), team(), "deleteFilterView") == [{"filterId": 3}]


def test_a_view_is_read_with_all_that_it_asks() -> None:
    red = {"visibleBackgroundColorStyle": {"rgbColor": {"red": 1}}}
    specs = [{"columnIndex": 1, "filterCriteria": {"hiddenValues": ["a"], **red}}, {"filterCriteria": {}},
             {"columnIndex": 2, "filterCriteria": {"condition": {"type": "DATE_BEFORE", "values": [{"relativeDate": "TODAY"}]}}}]  # fmt: skip
    one = {"filterViewId": 9, "title": "T", "range": {"sheetId": 1, "endRowIndex": 5}, "filterSpecs": specs}
    (sheet,) = with_layout([Sheet(1, "x", 9, 9)], [{"properties": {"sheetId": 1}, "filterViews": [one]}], [])
    asks = {1: Asked(hides=frozenset("a"), is_by_colour=True), 2: Asked("DATE_BEFORE", ("TODAY",))}
    assert sheet.look.views == (FilterView(9, "T", Area(1, 0, 5), asks),)
