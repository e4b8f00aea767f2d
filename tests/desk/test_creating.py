"""Workbooks made with all they are to have."""

from typing import Any

import requests

from tests.desk.client import Workbook, grid, rows, text

ANCHOR = {"overlayPosition": {"anchorCell": {"rowIndex": 5}}}
RULE = {"condition": {"type": "NOT_BLANK"}, "format": {"backgroundColor": {"red": 1}}}
SHEET: dict[str, Any] = {
    "properties": {"title": "Orders"},
    "data": [{"rowData": [text("No.", "Amount")]}],
    "merges": [grid(8, 0, 9, 2)],
    "protectedRanges": [{"range": grid(0, 0, 1, 2)}],
    "filterViews": [{"title": "Mine", "range": grid(0, 0, 5, 2)}],
    "basicFilter": {"range": grid(0, 0, 5, 2)},
    "charts": [{"spec": {"title": "Sales"}, "position": ANCHOR}],
    "slicers": [{"spec": {"dataRange": grid(0, 0, 5, 2)}, "position": ANCHOR}],
    "bandedRanges": [{"range": grid(0, 4, 5, 6), "rowProperties": {"firstBandColor": {"red": 1}}}],
    "tables": [{"name": "Orders", "range": grid(0, 0, 4, 2)}],
    "rowGroups": [{"range": rows(2, 4)}],
    "conditionalFormats": [{"ranges": [grid(0, 0, 5, 1)], "booleanRule": RULE}],
}


def create(book: Workbook, body: dict[str, Any]) -> requests.Response:
    return book.session.post(f"{book.desk.url}/v4/spreadsheets", json=body, timeout=10)


def test_a_workbook_is_made_with_what_is_laid_over_its_cells(book: Workbook) -> None:
    named = [{"name": "head", "range": grid(0, 0, 1, 2)}]
    made = create(book, {"sheets": [SHEET], "namedRanges": named}).json()
    (sheet,) = made["sheets"]
    assert set(SHEET) - {"data"} <= set(sheet)
    assert sheet["charts"][0]["chartId"]
    assert sheet["tables"][0]["columnProperties"][1] == {"columnIndex": 1, "columnName": "Amount"}
    assert made["namedRanges"][0]["namedRangeId"]
    again = Workbook(book.desk, made["spreadsheetId"])
    assert again.read("head") == [["No.", "Amount"]]
    again.batch({"insertDimension": {"range": rows(0, 1)}})
    assert again.sheet()["tables"][0]["range"]["startRowIndex"] == 1


def test_a_part_that_cannot_be_is_named(book: Workbook) -> None:
    chart = {"spec": {}, "position": {"newSheet": True}}
    answer = create(book, {"sheets": [{}, {"charts": [chart]}]})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid sheets[1].charts[0]: ")
