"""Field masks of updates: every request that has one needs one, and knows its fields."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows

WHOLE = "At least one field must be listed in 'fields'. (use '*' to indicate all fields)"
POSITION = {"overlayPosition": {"anchorCell": {"rowIndex": 1, "columnIndex": 1}}}


@pytest.fixture
def book_of_all(book: Workbook) -> Workbook:
    """A workbook that has one of everything that can be updated, each with the id 1 or "1"."""
    table = {"tableId": "1", "name": "Orders", "range": grid(20, 0, 24, 3)}
    metadata = {"metadataId": 1, "metadataKey": "k", "metadataValue": "old", "visibility": "DOCUMENT"}
    bands = {"firstBandColor": {"red": 1}}
    book.batch(
        {"addNamedRange": {"namedRange": {"namedRangeId": "1", "name": "spot", "range": grid(0, 0, 1, 1)}}},
        {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": grid(0, 0, 1, 1)}}},
        {"addFilterView": {"filter": {"filterViewId": 1, "title": "Mine", "range": grid(0, 0, 9, 3)}}},
        {
            "addBanding": {
                "bandedRange": {"bandedRangeId": 1, "range": grid(0, 0, 9, 3), "rowProperties": bands}
            }
        },
        {"addChart": {"chart": {"chartId": 1, "spec": {"title": "Sales"}, "position": POSITION}}},
        {
            "addSlicer": {
                "slicer": {"slicerId": 2, "spec": {"dataRange": grid(0, 0, 9, 3)}, "position": POSITION}
            }
        },
        {"addTable": {"table": table}},
        {"addDimensionGroup": {"range": rows(1, 3)}},
        {"createDeveloperMetadata": {"developerMetadata": {**metadata, "location": {"spreadsheet": True}}}},
    )
    return book


UPDATES: dict[str, dict[str, Any]] = {
    "updateSpreadsheetProperties": {"properties": {"title": "New", "locale": "en_US", "timeZone": "Etc/GMT"}},
    "updateSheetProperties": {
        "properties": {"title": "New", "gridProperties": {"rowCount": 50, "columnCount": 26}}
    },
    "updateDimensionProperties": {"range": rows(0, 1), "properties": {"pixelSize": 40}},
    "updateNamedRange": {"namedRange": {"namedRangeId": "1", "name": "place", "range": grid(1, 1, 2, 2)}},
    "updateProtectedRange": {"protectedRange": {"protectedRangeId": 1, "description": "new"}},
    "updateFilterView": {"filter": {"filterViewId": 1, "title": "New", "range": grid(0, 0, 9, 3)}},
    "updateBanding": {
        "bandedRange": {
            "bandedRangeId": 1,
            "range": grid(0, 0, 5, 3),
            "rowProperties": {"firstBandColor": {"blue": 1}},
        }
    },
    "updateSlicerSpec": {"slicerId": 2, "spec": {"title": "New", "dataRange": grid(0, 0, 9, 3)}},
    "updateEmbeddedObjectPosition": {"objectId": 1, "newPosition": POSITION},
    "updateEmbeddedObjectBorder": {"objectId": 1, "border": {"color": {"red": 1}}},
    "updateTable": {"table": {"tableId": "1", "name": "New", "range": grid(20, 0, 24, 3)}},
    "updateDimensionGroup": {"dimensionGroup": {"range": rows(1, 3), "depth": 1, "collapsed": True}},
    "updateDeveloperMetadata": {
        "dataFilters": [{"developerMetadataLookup": {"metadataId": 1}}],
        "developerMetadata": {
            "metadataKey": "k",
            "metadataValue": "new",
            "visibility": "DOCUMENT",
            "location": {"spreadsheet": True},
        },
    },
    "updateCells": {"range": grid(0, 0, 1, 1), "rows": [{"values": [{"note": "new"}]}]},
    "repeatCell": {"range": grid(0, 0, 1, 1), "cell": {"note": "new"}},
    "appendCells": {"sheetId": 0, "rows": [{"values": [{"userEnteredValue": {"stringValue": "new"}}]}]},
}


@pytest.mark.parametrize("kind", UPDATES)
def test_a_mask_must_be_there(book_of_all: Workbook, kind: str) -> None:
    assert book_of_all.refuse_batch({kind: UPDATES[kind]}) == f"Invalid requests[0].{kind}: {WHOLE}"


@pytest.mark.parametrize("kind", UPDATES)
def test_a_field_nobody_knows_is_named(book_of_all: Workbook, kind: str) -> None:
    before = book_of_all.get("", "A1:C3")
    message = book_of_all.refuse_batch({kind: {**UPDATES[kind], "fields": "noSuchField"}})
    assert message.startswith(f"Invalid requests[0].{kind}: Invalid field: ")
    assert message.endswith("no_such_field")
    assert book_of_all.get("", "A1:C3") == before


@pytest.mark.parametrize("kind", UPDATES)
def test_a_star_means_every_field(book_of_all: Workbook, kind: str) -> None:
    before = book_of_all.ok("GET", "", includeGridData=True, ranges="A1:C40")
    book_of_all.batch({kind: {**UPDATES[kind], "fields": "*"}})
    if kind != "updateEmbeddedObjectPosition":  # it already is where it is put
        assert book_of_all.ok("GET", "", includeGridData=True, ranges="A1:C40") != before
