"""Filters as the API keeps them: asked of columns, told in both of its ways, and led along with their columns."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows

AREA = grid(0, 0, 9, 4)
OPEN = {"condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "Open"}]}}
NO_ACME = {"hiddenValues": ["Acme"]}
SPECS = [{"columnIndex": 1, "filterCriteria": OPEN}, {"columnIndex": 3, "filterCriteria": NO_ACME}]
CRITERIA = {"1": OPEN, "3": NO_ACME}


def view(book: Workbook, **facts: Any) -> int:
    (reply,) = book.batch({"addFilterView": {"filter": {"title": "Mine", "range": AREA, **facts}}})
    return int(reply["addFilterView"]["filter"]["filterViewId"])


def asked(book: Workbook) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    (found,) = book.sheet()["filterViews"]
    return found.get("criteria", {}), found.get("filterSpecs", [])


@pytest.mark.parametrize("given", [{"criteria": CRITERIA}, {"filterSpecs": SPECS}, {"criteria": {"0": OPEN}, "filterSpecs": SPECS}])  # fmt: skip
def test_either_way_of_asking_is_told_in_both(book: Workbook, given: dict[str, Any]) -> None:
    view(book, **given)
    assert asked(book) == (CRITERIA, SPECS)
    book.batch({"setBasicFilter": {"filter": {"range": AREA, **given}}})
    basic = book.sheet()["basicFilter"]
    assert (basic["criteria"], basic["filterSpecs"]) == (CRITERIA, SPECS)


@pytest.mark.parametrize(("given", "fields"), [
    ({"criteria": {"0": OPEN}}, "criteria"), ({"filterSpecs": [{"columnIndex": 0, "filterCriteria": OPEN}]}, "filterSpecs"),
])  # fmt: skip
def test_either_way_of_asking_replaces_what_was_asked(
    book: Workbook, given: dict[str, Any], fields: str
) -> None:
    wanted = {"filterViewId": view(book, filterSpecs=SPECS), **given}
    book.batch({"updateFilterView": {"filter": wanted, "fields": fields}})
    assert asked(book) == ({"0": OPEN}, [{"columnIndex": 0, "filterCriteria": OPEN}])


def test_what_is_asked_goes_along_with_its_column(book: Workbook) -> None:
    view(book, filterSpecs=SPECS, sortSpecs=[{"dimensionIndex": 3, "sortOrder": "ASCENDING"}])
    book.batch({"moveDimension": {"source": rows(3, 4, "COLUMNS"), "destinationIndex": 0}})
    assert asked(book)[0] == {"2": OPEN, "0": NO_ACME}
    assert book.sheet()["filterViews"][0]["sortSpecs"][0]["dimensionIndex"] == 0
    book.batch({"insertDimension": {"range": rows(1, 2, "COLUMNS")}})
    assert asked(book)[0] == {"3": OPEN, "0": NO_ACME}
    book.batch({"deleteDimension": {"range": rows(0, 1, "COLUMNS")}})
    assert asked(book)[0] == {"2": OPEN}
    book.batch({"deleteDimension": {"range": rows(0, 2)}})
    assert asked(book)[0] == {"2": OPEN}


def test_a_tab_has_one_view_of_a_name(book: Workbook) -> None:
    id_ = view(book)
    twin = {"addFilterView": {"filter": {"title": "Mine", "range": AREA}}}
    assert "already exists" in book.refuse_batch(twin)
    for _ in range(2):
        book.batch({"duplicateFilterView": {"filterId": id_}}, {"addFilterView": {"filter": {"range": AREA}}})
    titles = [one["title"] for one in book.sheet()["filterViews"]]
    assert titles == ["Mine", "Copy of Mine", "Filter 1", "Copy of Mine 1", "Filter 2"]
    renamed = {"filter": {"filterViewId": id_, "title": "Filter 1"}, "fields": "title"}
    assert "already exists" in book.refuse_batch({"updateFilterView": renamed})


def test_a_column_that_is_no_number_is_refused(book: Workbook) -> None:
    change = {"addFilterView": {"filter": {"range": AREA, "criteria": {"x": OPEN}}}}
    assert "Invalid column index: x" in book.refuse_batch(change)
