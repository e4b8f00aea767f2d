"""Values read, written and cleared through data filters, wherever what they mean has moved to."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows

ROW = {"developerMetadataLookup": {"metadataKey": "order"}}


@pytest.fixture
def marked(book: Workbook) -> Workbook:
    """A workbook whose second row is marked, and was then moved down by one."""
    book.write("A1:B3", [["No.", "Name"], ["1", "Anna"], ["2", "Bo"]])
    metadata = {"metadataKey": "order", "visibility": "DOCUMENT", "location": {"dimensionRange": rows(1, 2)}}
    book.batch(
        {"createDeveloperMetadata": {"developerMetadata": metadata}},
        {"insertDimension": {"range": rows(0, 1)}},
    )
    return book


def write(book: Workbook, *data: dict[str, Any], **more: Any) -> Any:
    body = {"valueInputOption": "RAW", "data": list(data), **more}
    return book.ok("POST", "/values:batchUpdateByDataFilter", body)


def test_a_marked_row_is_written_where_it_is_now(marked: Workbook) -> None:
    answer = write(marked, {"dataFilter": ROW, "values": [["1", "Anna Li"]]}, includeValuesInResponse=True)
    assert marked.read("A3:B3") == [["1", "Anna Li"]]
    assert answer["totalUpdatedCells"] == 2
    (response,) = answer["responses"]
    assert (response["updatedRange"], response["dataFilter"]) == ("Sheet1!A3:B3", ROW)
    assert response["updatedData"]["values"] == [["1", "Anna Li"]]


def test_a_filter_that_finds_nothing_writes_nothing(marked: Workbook) -> None:
    before = marked.read("A1:B4")
    nothing = {"developerMetadataLookup": {"metadataKey": "other"}}
    assert "responses" not in write(marked, {"dataFilter": nothing, "values": [["x"]]})
    assert marked.read("A1:B4") == before


def test_what_exceeds_the_filter_is_refused_and_nothing_written(marked: Workbook) -> None:
    data = [
        {"dataFilter": {"a1Range": "A1"}, "values": [["x"]]},
        {"dataFilter": ROW, "values": [["x"], ["y"]]},
    ]
    body = {"valueInputOption": "RAW", "data": data}
    assert "Invalid data[1]: " in marked.refused("POST", "/values:batchUpdateByDataFilter", body)
    assert marked.read("A1") == []


@pytest.mark.parametrize("one", [ROW, {"gridRange": grid(2, 0, 3, 26)}, {"a1Range": "A3:Z3"}])
def test_what_a_filter_selects_is_read_and_cleared(marked: Workbook, one: dict[str, Any]) -> None:
    found = marked.ok("POST", "/values:batchGetByDataFilter", {"dataFilters": [one]})["valueRanges"]
    assert [part["valueRange"]["values"] for part in found] == [[["1", "Anna"]]]
    cleared = marked.ok("POST", "/values:batchClearByDataFilter", {"dataFilters": [one]})
    assert cleared["clearedRanges"] == ["Sheet1!A3:Z3"]
    assert marked.read("A1:B4") == [[], ["No.", "Name"], [], ["2", "Bo"]]


def test_an_empty_filter_does_not_mean_everything(marked: Workbook) -> None:
    before = marked.read("A1:B4")
    assert "data filter" in marked.refused("POST", "/values:batchClearByDataFilter", {"dataFilters": [{}]})
    assert marked.read("A1:B4") == before
