from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows, text


def test_all_requests_take_effect_or_none(book: Workbook) -> None:
    book.write("A1", [["keep"]])
    message = book.refuse_batch(
        {"updateCells": {"start": {}, "rows": [text("lost")], "fields": "userEnteredValue"}},
        {"addSheet": {"properties": {"title": "Team"}}},
        {"insertDimension": {"range": rows(0, 3)}},
        {
            "createDeveloperMetadata": {
                "developerMetadata": {
                    "metadataKey": "k",
                    "location": {"spreadsheet": True},
                    "visibility": "DOCUMENT",
                }
            }
        },
        {"addSheet": {"properties": {"title": "Sheet1"}}},
    )
    assert message == (
        'Invalid requests[4].addSheet: A sheet with the name "Sheet1" already exists. Please enter another name.'
    )
    after = book.get()
    assert [sheet["properties"]["title"] for sheet in after["sheets"]] == ["Sheet1"]
    assert after["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1000
    assert "developerMetadata" not in after
    assert book.read("A1:A9") == [["keep"]]


def test_requests_apply_in_order_and_replies_mirror_them(book: Workbook) -> None:
    replies = book.batch(
        {"addSheet": {"properties": {"title": "Team", "sheetId": 7}}},
        {"updateCells": {"start": {"sheetId": 7}, "rows": [text("x")], "fields": "*"}},
        {"findReplace": {"find": "x", "replacement": "y", "sheetId": 7}},
    )
    assert [list(reply) for reply in replies] == [["addSheet"], [], ["findReplace"]]
    assert book.read("Team!A1") == [["y"]]


def test_the_workbook_can_come_back_with_the_replies(book: Workbook) -> None:
    answer = book.ok(
        "POST",
        ":batchUpdate",
        {
            "requests": [{"updateCells": {"start": {}, "rows": [text("x")], "fields": "*"}}],
            "includeSpreadsheetInResponse": True,
            "responseRanges": ["A1:B2"],
            "responseIncludeGridData": True,
        },
    )
    data = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]
    assert data["rowData"][0]["values"][0]["formattedValue"] == "x"


def test_an_unknown_kind_of_request_is_refused_with_googles_text(book: Workbook) -> None:
    answer = book.call("POST", ":batchUpdate", {"requests": [{"paintSheet": {}}]}).json()["error"]
    text_ = "Invalid JSON payload received. Unknown name \"paintSheet\" at 'requests[0]': Cannot find field."
    assert (answer["code"], answer["status"], answer["message"]) == (400, "INVALID_ARGUMENT", text_)
    assert answer["details"][0]["fieldViolations"] == [{"field": "requests[0]", "description": text_}]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"addSheet": {"properties": {"tittle": "x"}}},
            "Invalid JSON payload received. Unknown name \"tittle\" at 'requests[0].add_sheet.properties': Cannot find field.",
        ),
        (
            {"addSheet": {"properties": {"title": 5}}},
            "Invalid value at 'requests[0].add_sheet.properties.title' (TYPE_STRING), 5",
        ),
        (
            {"deleteSheet": {"sheetId": "x"}},
            "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), \"x\"",
        ),
        (
            {"mergeCells": {"mergeType": "ALL"}},
            "Invalid value at 'requests[0].merge_cells.merge_type' "
            '(type.googleapis.com/google.apps.sheets.v4.MergeCellsRequest.MergeType), "ALL"',
        ),
        (
            {"insertComment": {}},
            "Invalid requests[0].insertComment: This kind of request is not imitated by the local desk.",
        ),
        ({"deleteSheet": {"sheetId": 9}}, "Invalid requests[0].deleteSheet: No sheet with id: 9"),
        (
            {"updateCells": {"range": grid(0, 0, 1, 1, 9)}},
            "Invalid requests[0].updateCells: At least one field must be listed in 'fields'. (use '*' to indicate all fields)",
        ),
        (
            {"deleteSheet": {"sheetId": 0}},
            "Invalid requests[0].deleteSheet: You can't remove all the sheets in a document.",
        ),
    ],
)
def test_what_is_wrong_is_named(book: Workbook, request_: dict[str, Any], message: str) -> None:
    assert book.refuse_batch(request_) == message


def test_no_requests_is_an_error(book: Workbook) -> None:
    assert book.refuse_batch() == "Must specify at least one request."


def test_lists_of_requests_inside_the_list_are_flattened(book: Workbook) -> None:
    nested = [{"addSheet": {"properties": {"title": "a"}}}, {"addSheet": {"properties": {"title": "b"}}}]
    answer = book.ok("POST", ":batchUpdate", {"requests": [nested]})
    assert len(answer["replies"]) == 2


def test_update_cells_changes_only_the_fields_named(book: Workbook) -> None:
    book.write("A1", [["x"]])
    cell = {"note": "n", "userEnteredValue": {"stringValue": "no"}}
    book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "note"}})
    assert (book.cell("A1")["note"], book.read("A1")) == ("n", [["x"]])


def test_update_cells_clears_the_rest_of_its_range(book: Workbook) -> None:
    book.write("A1", [["a", "b"], ["c", "d"]])
    book.batch(
        {"updateCells": {"range": grid(0, 0, 2, 2), "rows": [text("x")], "fields": "userEnteredValue"}}
    )
    assert book.read("A1:B2") == [["x"]]


def test_update_cells_beyond_its_range_is_refused(book: Workbook) -> None:
    change = {"updateCells": {"range": grid(0, 0, 1, 1), "rows": [text("a", "b")], "fields": "*"}}
    assert "beyond the last requested column of: 0" in book.refuse_batch(change)


def test_update_cells_beyond_the_grid_is_refused(book: Workbook) -> None:
    change = {"updateCells": {"start": {"rowIndex": 999}, "rows": [text("a"), text("b")], "fields": "*"}}
    assert "beyond the last requested row of: 999" in book.refuse_batch(change)


def test_a_format_can_be_written_field_by_field(book: Workbook) -> None:
    cell = {"userEnteredFormat": {"textFormat": {"bold": True}, "horizontalAlignment": "CENTER"}}
    area = grid(0, 0, 2, 2)
    book.batch({"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat"}})
    italic = {"userEnteredFormat": {"textFormat": {"italic": True}}}
    book.batch(
        {"repeatCell": {"range": area, "cell": italic, "fields": "userEnteredFormat.textFormat.italic"}}
    )
    expected = {"textFormat": {"bold": True, "italic": True}, "horizontalAlignment": "CENTER"}
    assert book.cell("B2")["userEnteredFormat"] == expected


def test_repeat_cell_does_not_grow_the_grid(book: Workbook) -> None:
    cell = {"userEnteredValue": {"numberValue": 1}}
    book.batch({"repeatCell": {"range": grid(998, 0, 1200, 1), "cell": cell, "fields": "*"}})
    assert book.sheet()["properties"]["gridProperties"]["rowCount"] == 1000
    assert book.raw("A999:A1000") == [[1], [1]]


def test_copying_a_block_repeats_it_over_a_larger_one(book: Workbook) -> None:
    book.write("A1", [["a", "b"]])
    book.batch({"copyPaste": {"source": grid(0, 0, 1, 2), "destination": grid(1, 0, 3, 4)}})
    assert book.read("A1:D3") == [["a", "b"], ["a", "b", "a", "b"], ["a", "b", "a", "b"]]


def test_cutting_a_block_empties_its_place(book: Workbook) -> None:
    book.write("A1", [["a", "b"]])
    book.batch({"cutPaste": {"source": grid(0, 0, 1, 2), "destination": {"rowIndex": 2, "columnIndex": 1}}})
    assert book.read("A1:C3") == [[], [], ["", "a", "b"]]


def test_validation_is_kept_and_does_not_hide_values(book: Workbook) -> None:
    rule = {
        "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "New"}]},
        "strict": True,
        "showCustomUi": True,
    }
    book.write("A1", [["x"]])
    book.batch({"setDataValidation": {"range": grid(0, 0, 3, 1), "rule": rule}})
    assert book.cell("A1")["dataValidation"] == rule
    book.batch({"setDataValidation": {"range": grid(0, 0, 3, 1)}})
    assert "dataValidation" not in book.cell("A1")


def test_a_merge_keeps_only_its_first_value(book: Workbook) -> None:
    book.write("A1", [["a", "b"], ["c", "d"]])
    book.batch({"mergeCells": {"range": grid(0, 0, 2, 2), "mergeType": "MERGE_ALL"}})
    assert book.read("A1:B2") == [["a"]]
    assert "merges" in book.sheet()
    assert "must select all cells" in book.refuse_batch({"unmergeCells": {"range": grid(0, 0, 1, 1)}})


def test_borders_are_set_on_the_edges_and_inside(book: Workbook) -> None:
    line = {"style": "SOLID"}
    book.batch({"updateBorders": {"range": grid(0, 0, 2, 2), "top": line, "innerVertical": line}})
    borders = book.cell("A1")["userEnteredFormat"]["borders"]
    assert set(borders) == {"top", "right"}
