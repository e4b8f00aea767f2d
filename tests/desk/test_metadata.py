from typing import Any

import pytest

from tests.desk.client import Workbook, rows


def create(book: Workbook, location: dict[str, Any], key: str = "order", value: str = "7") -> int:
    metadata = {"metadataKey": key, "metadataValue": value, "location": location, "visibility": "DOCUMENT"}
    (reply,) = book.batch({"createDeveloperMetadata": {"developerMetadata": metadata}})
    return int(reply["createDeveloperMetadata"]["developerMetadata"]["metadataId"])


def search(book: Workbook, **lookup: Any) -> list[dict[str, Any]]:
    body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    found = book.ok("POST", "/developerMetadata:search", body).get("matchedDeveloperMetadata", [])
    return [one["developerMetadata"] for one in found]


def row_of(metadata: dict[str, Any]) -> int:
    return int(metadata["location"]["dimensionRange"]["startIndex"])


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ({"spreadsheet": True}, "SPREADSHEET"),
        ({"sheetId": 0}, "SHEET"),
        ({"dimensionRange": rows(3, 4)}, "ROW"),
        ({"dimensionRange": rows(3, 4, "COLUMNS")}, "COLUMN"),
    ],
)
def test_metadata_is_found_where_it_was_put(book: Workbook, location: dict[str, Any], kind: str) -> None:
    id_ = create(book, location)
    (found,) = search(book, metadataKey="order")
    assert (found["metadataId"], found["location"]["locationType"]) == (id_, kind)
    assert book.ok("GET", f"/developerMetadata/{id_}") == found


def test_row_metadata_moves_when_rows_are_inserted_or_deleted(book: Workbook) -> None:
    create(book, {"dimensionRange": rows(5, 6)})
    book.batch({"insertDimension": {"range": rows(0, 3)}}, {"deleteDimension": {"range": rows(1, 2)}})
    (found,) = search(book, metadataKey="order")
    assert row_of(found) == 7


def test_row_metadata_goes_with_its_row(book: Workbook) -> None:
    create(book, {"dimensionRange": rows(5, 6)})
    book.batch({"deleteDimension": {"range": rows(5, 6)}})
    assert search(book, metadataKey="order") == []


def test_row_metadata_follows_a_moved_row(book: Workbook) -> None:
    create(book, {"dimensionRange": rows(5, 6)})
    book.batch({"moveDimension": {"source": rows(5, 6), "destinationIndex": 1}})
    (found,) = search(book, metadataKey="order")
    assert row_of(found) == 1


def test_metadata_can_be_changed_and_deleted_by_key(book: Workbook) -> None:
    create(book, {"spreadsheet": True}, "adopted", "1")
    filters = [{"developerMetadataLookup": {"metadataKey": "adopted"}}]
    change = {"dataFilters": filters, "developerMetadata": {"metadataValue": "2"}, "fields": "metadataValue"}
    book.batch({"updateDeveloperMetadata": change})
    assert [one["metadataValue"] for one in book.get()["developerMetadata"]] == ["2"]
    (reply,) = book.batch({"deleteDeveloperMetadata": {"dataFilter": filters[0]}})
    assert len(reply["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]) == 1
    assert "developerMetadata" not in book.get()


def test_values_can_be_read_by_the_metadata_of_their_row(book: Workbook) -> None:
    book.write("A6", [["x", "y"]])
    create(book, {"dimensionRange": rows(5, 6)})
    body = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "order"}}]}
    answer = book.ok("POST", "/values:batchGetByDataFilter", body)
    assert answer["valueRanges"][0]["valueRange"]["values"] == [["x", "y"]]


def test_unknown_metadata_is_not_found(book: Workbook) -> None:
    assert book.call("GET", "/developerMetadata/12345").status_code == 404
