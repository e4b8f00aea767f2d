"""Blocks of cells put in and taken out."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows


@pytest.fixture
def letters(book: Workbook) -> Workbook:
    book.write("A1", [[f"{column}{row}" for column in "abc"] for row in range(1, 4)])
    return book


def insert(dimension: str, *place: int) -> dict[str, Any]:
    return {"insertRange": {"range": grid(*place), "shiftDimension": dimension}}


def delete(dimension: str, *place: int) -> dict[str, Any]:
    return {"deleteRange": {"range": grid(*place), "shiftDimension": dimension}}


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (
            insert("ROWS", 1, 0, 3, 2),
            [["a1", "b1", "c1"], ["", "", "c2"], ["", "", "c3"], ["a2", "b2"], ["a3", "b3"]],
        ),
        (
            insert("COLUMNS", 0, 1, 2, 2),
            [["a1", "", "b1", "c1"], ["a2", "", "b2", "c2"], ["a3", "b3", "c3"]],
        ),
        (delete("ROWS", 0, 1, 2, 2), [["a1", "b3", "c1"], ["a2", "", "c2"], ["a3", "", "c3"]]),
        (delete("COLUMNS", 1, 0, 2, 2), [["a1", "b1", "c1"], ["c2"], ["a3", "b3", "c3"]]),
    ],
)
def test_cells_below_or_to_the_right_make_room(
    letters: Workbook, change: dict[str, Any], after: list[list[str]]
) -> None:
    letters.batch(change)
    assert letters.read("A1:E6") == after


def test_what_was_put_in_can_be_taken_out_again(letters: Workbook) -> None:
    before = letters.read("Sheet1")
    for dimension in ("ROWS", "COLUMNS"):
        letters.batch(insert(dimension, 0, 1, 2, 3), delete(dimension, 0, 1, 2, 3))
    assert letters.read("Sheet1") == before


def test_the_grid_grows_only_if_something_would_fall_off_its_end(letters: Workbook) -> None:
    letters.batch(insert("ROWS", 0, 0, 2, 1), insert("COLUMNS", 0, 0, 1, 2))
    assert letters.sheet()["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
    letters.write("A1000", [["last"]])
    letters.batch(insert("ROWS", 0, 0, 2, 1))
    assert letters.sheet()["properties"]["gridProperties"]["rowCount"] == 1002
    assert letters.read("A1002") == [["last"]]


def test_ranges_in_the_columns_that_move_follow(letters: Workbook) -> None:
    def named(name: str, *place: int) -> dict[str, Any]:
        return {"addNamedRange": {"namedRange": {"name": name, "range": grid(*place)}}}

    letters.batch(named("inside", 1, 0, 2, 2), named("outside", 1, 1, 2, 3), insert("ROWS", 0, 0, 2, 2))
    ranges = {one["name"]: one["range"]["startRowIndex"] for one in letters.get()["namedRanges"]}
    assert ranges == {"inside": 3, "outside": 1}
    assert letters.read("inside") == [["a2", "b2"]]


def test_formulas_follow_the_cells_they_are_about(book: Workbook) -> None:
    book.write("A1", [[1], [2], [3]])
    book.write("C1", [["=A2"], ["=SUM(A1:A3)"], ["=SUM(A1:B3)"]], "USER_ENTERED")
    book.batch(insert("ROWS", 1, 0, 2, 1))
    formulas = book.read("C1:C3", valueRenderOption="FORMULA")
    assert formulas == [["=A3"], ["=SUM(A1:A4)"], ["=SUM(A1:B3)"]]
    book.batch(delete("ROWS", 1, 0, 3, 1))
    assert book.read("C1:C2", valueRenderOption="FORMULA") == [["=#REF!"], ["=SUM(A1:A2)"]]


def test_merged_cells_are_not_torn(letters: Workbook) -> None:
    letters.batch({"mergeCells": {"range": grid(2, 0, 3, 2), "mergeType": "MERGE_ALL"}})
    assert "must select all cells in a merged range" in letters.refuse_batch(insert("ROWS", 0, 0, 1, 1))
    letters.batch(insert("ROWS", 0, 0, 1, 2))
    assert letters.sheet()["merges"][0]["startRowIndex"] == 3


def test_the_direction_must_be_told(letters: Workbook) -> None:
    for kind in ("insertRange", "deleteRange"):
        assert "No dimension specified." in letters.refuse_batch({kind: {"range": grid(0, 0, 1, 1)}})


def test_a_group_is_folded_and_unfolded(book: Workbook) -> None:
    book.batch({"addDimensionGroup": {"range": rows(1, 3)}})
    for collapsed in (True, False):
        group = {"range": rows(1, 3), "depth": 1, "collapsed": collapsed}
        book.batch({"updateDimensionGroup": {"dimensionGroup": group, "fields": "collapsed"}})
        metadata = book.get("sheets.data.rowMetadata", "A1:A4")["sheets"][0]["data"][0]["rowMetadata"]
        assert [one.get("hiddenByUser", False) for one in metadata] == [False, collapsed, collapsed, False]
        assert book.sheet()["rowGroups"][0].get("collapsed", False) is collapsed


def test_only_a_group_that_is_there_can_be_folded(book: Workbook) -> None:
    book.batch({"addDimensionGroup": {"range": rows(1, 3)}})
    group = {"range": rows(1, 3), "depth": 2, "collapsed": True}
    change = {"updateDimensionGroup": {"dimensionGroup": group, "fields": "*"}}
    assert "No dimension group" in book.refuse_batch(change)


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("addDataSource", {"dataSource": {}}, "Data sources are not available for this account."),
        (
            "updateDataSource",
            {"dataSource": {"dataSourceId": "x"}, "fields": "*"},
            "No data source with id: x",
        ),
        ("deleteDataSource", {"dataSourceId": "x"}, "No data source with id: x"),
        ("refreshDataSource", {"dataSourceId": "x"}, "No data source with id: x"),
        ("cancelDataSourceRefresh", {"dataSourceId": "x"}, "No data source with id: x"),
    ],
)
def test_there_are_no_data_sources(book: Workbook, kind: str, body: dict[str, Any], message: str) -> None:
    assert book.refuse_batch({kind: body}) == f"Invalid requests[0].{kind}: {message}"


def test_refreshing_all_data_sources_refreshes_none(book: Workbook) -> None:
    assert book.batch({"refreshDataSource": {"isAll": True}}) == [{"refreshDataSource": {}}]
