"""Whatever happens to a grid, what is laid over it stays within it."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows


def named(book: Workbook) -> Any:
    return book.get("namedRanges")["namedRanges"][0]["range"]


def name(book: Workbook, top: int, bottom: int) -> None:
    book.batch({"addNamedRange": {"namedRange": {"name": "here", "range": grid(top, 0, bottom, 2)}}})


@pytest.mark.parametrize(
    ("move", "to", "expected"),
    [
        pytest.param((2, 5), 8, (5, 8), id="it moves with its rows"),
        pytest.param((0, 1), 9, (1, 4), id="rows above go below it"),
        pytest.param((3, 4), 2, (2, 5), id="its rows change places among themselves"),
        pytest.param((4, 5), 9, (2, 4), id="it loses a row that goes away"),
        pytest.param((2, 5), 2, (2, 5), id="nothing moves"),
        pytest.param((7, 9), 3, (5, 7), id="foreign rows come between, and it stays where most of it is"),
    ],
)
def test_a_range_follows_rows_that_are_moved(
    book: Workbook, move: tuple[int, int], to: int, expected: tuple[int, int]
) -> None:
    name(book, 2, 5)
    book.batch({"moveDimension": {"source": rows(*move), "destinationIndex": to}})
    assert (named(book)["startRowIndex"], named(book)["endRowIndex"]) == expected


def test_a_grid_made_smaller_cuts_what_lies_over_its_edge(book: Workbook) -> None:
    name(book, 2, 50)
    book.batch({"mergeCells": {"range": grid(40, 0, 42, 2)}})
    size = {"sheetId": 0, "gridProperties": {"rowCount": 10}}
    book.batch({"updateSheetProperties": {"properties": size, "fields": "gridProperties.rowCount"}})
    assert named(book)["endRowIndex"] == 10
    assert "merges" not in book.sheet()


def test_a_range_is_no_longer_there_when_its_sheet_is_not(book: Workbook) -> None:
    (reply,) = book.batch({"addSheet": {"properties": {"title": "Gone"}}})
    gone = reply["addSheet"]["properties"]["sheetId"]
    book.batch({"addNamedRange": {"namedRange": {"name": "here", "range": grid(0, 0, 1, 1, gone)}}})
    book.batch({"deleteSheet": {"sheetId": gone}})
    assert "namedRanges" not in book.get()


@pytest.mark.parametrize(
    "request_",
    [
        {"cutPaste": {"source": grid(0, 0, 1, 1), "destination": {"rowIndex": -1}}},
        {"updateCells": {"start": {"columnIndex": -1}, "rows": [{"values": [{}]}], "fields": "*"}},
        {"addDimensionGroup": {"range": rows(5, 5000)}},
        {"updateSheetProperties": {"properties": {"gridProperties": {"frozenRowCount": 1}}, "fields": "gridProperties"}},
        {"updateDimensionProperties": {"properties": {"pixelSize": -1}, "range": rows(0, 1), "fields": "pixelSize"}},
        {"addProtectedRange": {"protectedRange": {"range": grid(0, 0, 2, 2), "unprotectedRanges": [grid(0, 0, 0, 1)]}}},
    ],
    ids=lambda request_: next(iter(request_)),
)  # fmt: skip
def test_a_place_that_is_none_is_refused(book: Workbook, request_: dict[str, Any]) -> None:
    before = book.get()
    assert "Invalid requests[0]." in book.refuse_batch(request_)
    assert book.get() == before


@pytest.mark.parametrize(
    ("kind", "part", "body"),
    [
        ("addBanding", "bandedRange", {"bandedRangeId": 1, "rowProperties": {"firstBandColor": {}}}),
        ("addFilterView", "filter", {"filterViewId": 1, "title": "view"}),
        ("addProtectedRange", "protectedRange", {"protectedRangeId": 1}),
        ("addNamedRange", "namedRange", {"namedRangeId": "1", "name": "once"}),
    ],
)
def test_an_id_is_given_once(book: Workbook, kind: str, part: str, body: dict[str, Any]) -> None:
    book.batch({kind: {part: {**body, "range": grid(0, 0, 2, 2)}}})
    again = {kind: {part: {**body, "range": grid(4, 0, 6, 2), **({"name": "two"} if "name" in body else {})}}}
    assert "Duplicate" in book.refuse_batch(again)


def test_an_empty_update_of_everything_leaves_a_workbook_readable(book: Workbook) -> None:
    book.batch({"updateSpreadsheetProperties": {"properties": {}, "fields": "*"}})
    assert book.get()["properties"]["locale"] == "en_US"
