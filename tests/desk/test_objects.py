from typing import Any

import pytest

from tests.desk.client import Workbook, grid

RULE = {
    "ranges": [grid(0, 0, 5, 1)],
    "booleanRule": {
        "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "New"}]},
        "format": {"backgroundColor": {"red": 1}},
    },
}
CHART = {
    "spec": {"title": "Sales", "basicChart": {"chartType": "COLUMN"}},
    "position": {"overlayPosition": {"anchorCell": {"rowIndex": 1, "columnIndex": 2}}},
}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (
            {"addProtectedRange": {"protectedRange": {"range": grid(0, 0, 1, 1), "description": "bot"}}},
            "protectedRanges",
        ),
        ({"setBasicFilter": {"filter": {"range": {"sheetId": 0}}}}, "basicFilter"),
        ({"addFilterView": {"filter": {"title": "Mine", "range": grid(0, 0, 9, 3)}}}, "filterViews"),
        ({"addConditionalFormatRule": {"rule": RULE}}, "conditionalFormats"),
        ({"addChart": {"chart": CHART}}, "charts"),
        (
            {
                "addBanding": {
                    "bandedRange": {
                        "range": grid(0, 0, 5, 5),
                        "rowProperties": {"firstBandColor": {"red": 1}},
                    }
                }
            },
            "bandedRanges",
        ),
    ],
)
def test_what_is_laid_over_cells_is_read_back(book: Workbook, change: dict[str, Any], part: str) -> None:
    assert part not in book.sheet()
    book.batch(change)
    assert book.sheet()[part]


def test_a_protected_range_lists_its_editors_in_the_workbook_and_not_in_the_reply(book: Workbook) -> None:
    (reply,) = book.batch({"addProtectedRange": {"protectedRange": {"range": grid(0, 0, 1, 1)}}})
    added = reply["addProtectedRange"]["protectedRange"]
    assert (added["editors"], added["requestingUserCanEdit"]) == ({}, True)
    (kept,) = book.sheet()["protectedRanges"]
    assert kept["editors"]["users"] == ["owner@desk.example"]


def test_a_protected_range_can_be_changed_and_deleted(book: Workbook) -> None:
    (reply,) = book.batch({"addProtectedRange": {"protectedRange": {"range": grid(0, 0, 1, 1)}}})
    id_ = reply["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    wanted = {"protectedRangeId": id_, "description": "bot", "editors": {"users": ["bot@example.com"]}}
    book.batch({"updateProtectedRange": {"protectedRange": wanted, "fields": "description,editors"}})
    (kept,) = book.sheet()["protectedRanges"]
    assert kept["description"] == "bot"
    assert kept["editors"]["users"] == ["owner@desk.example", "bot@example.com"]
    book.batch({"deleteProtectedRange": {"protectedRangeId": id_}})
    assert "protectedRanges" not in book.sheet()


def test_a_named_range_can_be_read_renamed_and_deleted(book: Workbook) -> None:
    book.write("B2", [["x"]])
    (reply,) = book.batch({"addNamedRange": {"namedRange": {"name": "spot", "range": grid(1, 1, 2, 2)}}})
    id_ = reply["addNamedRange"]["namedRange"]["namedRangeId"]
    assert book.read("spot") == book.read("Sheet1!SPOT") == [["x"]]
    book.batch({"updateNamedRange": {"namedRange": {"namedRangeId": id_, "name": "place"}, "fields": "name"}})
    assert book.read("place") == [["x"]]
    book.batch({"deleteNamedRange": {"namedRangeId": id_}})
    assert book.refused("GET", "/values/place") == "Unable to parse range: place"


def test_rules_keep_their_order(book: Workbook) -> None:
    def rule(text: str) -> dict[str, Any]:
        condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": text}]}
        return {"ranges": [grid(0, 0, 5, 1)], "booleanRule": {"condition": condition, "format": {}}}

    book.batch(*[{"addConditionalFormatRule": {"rule": rule(text), "index": 0}} for text in "abc"])
    book.batch({"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 2}})
    book.batch({"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}})
    kept = [
        r["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
        for r in book.sheet()["conditionalFormats"]
    ]
    assert kept == ["a", "c"]


def test_a_filter_view_can_be_changed_and_deleted(book: Workbook) -> None:
    (reply,) = book.batch({"addFilterView": {"filter": {"title": "Mine", "range": grid(0, 0, 9, 3)}}})
    id_ = reply["addFilterView"]["filter"]["filterViewId"]
    book.batch({"updateFilterView": {"filter": {"filterViewId": id_, "title": "Ours"}, "fields": "title"}})
    assert book.sheet()["filterViews"][0]["title"] == "Ours"
    book.batch({"deleteFilterView": {"filterId": id_}})
    assert "filterViews" not in book.sheet()


@pytest.mark.parametrize(
    "change",
    [
        {"deleteProtectedRange": {"protectedRangeId": 5}},
        {"deleteNamedRange": {"namedRangeId": "5"}},
        {"deleteFilterView": {"filterId": 5}},
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
        {"deleteBanding": {"bandedRangeId": 5}},
        {"deleteEmbeddedObject": {"objectId": 5}},
    ],
)
def test_what_is_not_there_cannot_be_deleted(book: Workbook, change: dict[str, Any]) -> None:
    (kind,) = change
    assert book.refuse_batch(change).startswith(f"Invalid requests[0].{kind}: No ")


def test_a_strict_rule_does_not_refuse_what_programs_write(book: Workbook) -> None:
    condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "New"}]}
    rule = {"condition": condition, "strict": True}
    book.batch({"setDataValidation": {"range": grid(0, 0, 3, 1), "rule": rule}})
    book.write("A1", [["not in the list"]])
    assert book.read("A1") == [["not in the list"]]
    assert book.cell("A1")["dataValidation"] == rule


def test_parts_of_a_text_keep_formats_of_their_own(book: Workbook) -> None:
    runs = [{"format": {}}, {"startIndex": 4, "format": {"bold": True}}]
    cell = {"userEnteredValue": {"stringValue": "due today"}, "textFormatRuns": runs}
    fields = "userEnteredValue,textFormatRuns"
    book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": fields}})
    assert book.cell("A1")["textFormatRuns"] == runs
