"""Between the Sheets API's JSON and our values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.sheets_edits import requests_for
from bot.adapters.sheets_wire import (
    MARKER_KEY,
    marker_of,
    quoted,
    rows_shown,
    sheet_of,
)
from bot.ports import Sheet
from bot.projection import AppendRow, Marker, ReplaceText, SetCells, SetMarker
from sheets_schema import Cell, Kind
from tests.hostile import PAYLOADS
from tests.unit.rows import FEW

TABS = {"contracts": Sheet(7, "Orders", 1000, 30), "order_entry": Sheet(8, "Entry", 1000, 20)}


@pytest.mark.parametrize(
    ("title", "text"), [("Orders", "'Orders'"), ("Anna's", "'Anna''s'"), ("a'!b", "'a''!b'")]
)
def test_a_tab_title_is_quoted_in_a_range(title: str, text: str) -> None:
    assert quoted(title) == text


def test_what_the_api_leaves_out_is_zero() -> None:
    assert sheet_of({"title": "First"}) == Sheet(0, "First", 0, 0)
    grid = {"rowCount": 9, "columnCount": 5, "frozenRowCount": 1}
    assert sheet_of({"sheetId": 3, "title": "T", "gridProperties": grid}) == Sheet(3, "T", 9, 5, 1)


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────


def values(cells: dict[int, Cell]) -> list[dict[str, dict[str, Cell]]]:
    (request,) = requests_for([SetCells("contracts", 5, cells)], TABS, None)
    found: list[dict[str, dict[str, Cell]]] = request["updateCells"]["rows"][0]["values"]
    return found


@pytest.mark.parametrize("group", range(4))
def test_hostile_text_is_written_as_text_and_never_as_a_formula(group: int) -> None:
    for text in list(PAYLOADS.values())[group::4]:
        if text:
            assert values({0: text}) == [{"userEnteredValue": {"stringValue": text}}]
            appended = requests_for([AppendRow("contracts", {0: text})], TABS, None)
            assert "formulaValue" not in repr(appended).replace(repr(text), "")


@pytest.mark.parametrize(
    ("cell", "value"),
    [("a", {"userEnteredValue": {"stringValue": "a"}}), ("", {}), (0, {"userEnteredValue": {"numberValue": 0}}),
     (1.5, {"userEnteredValue": {"numberValue": 1.5}}), (True, {"userEnteredValue": {"boolValue": True}}),
     (False, {"userEnteredValue": {"boolValue": False}})],
)  # fmt: skip
def test_a_cell_is_written_by_its_own_type(cell: Cell, value: dict[str, dict[str, Cell]]) -> None:
    assert values({0: cell}) == [value]


def test_neighbouring_cells_are_one_request_and_a_gap_makes_two() -> None:
    requests = requests_for([SetCells("order_entry", 5, {7: "c", 2: "a", 3: "b"})], TABS, None)
    starts = [r["updateCells"]["start"] for r in requests]
    assert starts == [
        {"sheetId": 8, "rowIndex": 4, "columnIndex": 2},
        {"sheetId": 8, "rowIndex": 4, "columnIndex": 7},
    ]
    assert all(r["updateCells"]["fields"] == "userEnteredValue" for r in requests)


@FEW
@given(st.dictionaries(st.integers(0, 40), st.text(min_size=1) | st.integers() | st.booleans(), min_size=1))
def test_every_cell_is_written_once_and_no_other_is_touched(cells: dict[int, Cell]) -> None:
    written: dict[int, dict[str, object]] = {}
    for request in requests_for([SetCells("contracts", 2, cells)], TABS, None):
        start = request["updateCells"]["start"]["columnIndex"]
        (row,) = request["updateCells"]["rows"]
        for offset, value in enumerate(row["values"]):
            assert start + offset not in written
            written[start + offset] = value["userEnteredValue"]
    assert {i: next(iter(v.values())) for i, v in written.items()} == cells


def test_rows_of_a_tab_are_appended_together_with_the_formats_of_their_cells() -> None:
    rows = [
        AppendRow("contracts", {1: 46347, 3: "x"}, {1: Kind.DATE, 3: Kind.TEXT}),
        AppendRow("contracts", {0: "y"}),
    ]
    (request,) = requests_for([*rows], TABS, None)
    append = request["appendCells"]
    assert (append["sheetId"], append["fields"]) == (7, "userEnteredValue,userEnteredFormat.numberFormat")
    first, second = (row["values"] for row in append["rows"])
    date_format = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
    assert first[:3] == [
        {},
        {"userEnteredValue": {"numberValue": 46347}, "userEnteredFormat": date_format},
        {},
    ]
    assert first[3]["userEnteredFormat"] == {"numberFormat": {"type": "TEXT", "pattern": "@"}}
    assert [v["userEnteredValue"] for v in second] == [{"stringValue": "y"}]


def test_text_is_replaced_by_value_in_one_column_below_the_header() -> None:
    (request,) = requests_for([ReplaceText("contracts", 4, "old", "new")], TABS, None)
    place = {"sheetId": 7, "startRowIndex": 1, "startColumnIndex": 4, "endColumnIndex": 5}
    assert request == {
        "findReplace": {
            "find": "old",
            "replacement": "new",
            "matchCase": True,
            "matchEntireCell": True,
            "range": place,
        }
    }


# ── the marker ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_marker_comes_back_as_it_was_left() -> None:
    marker = Marker("2026-11-21T01:30:00+00:00", "20261121-007")
    (created,) = requests_for([SetMarker(marker)], TABS, None)
    metadata = created["createDeveloperMetadata"]["developerMetadata"]
    assert metadata["location"] == {"spreadsheet": True}
    assert marker_of([{"metadataKey": "other"}, {**metadata, "metadataId": 9}]) == (marker, 9)
    (changed,) = requests_for([SetMarker(marker)], TABS, 9)
    update = changed["updateDeveloperMetadata"]
    assert update["dataFilters"] == [{"developerMetadataLookup": {"metadataId": 9}}]
    assert (json.loads(update["developerMetadata"]["metadataValue"]), update["fields"]) == (
        {"adopted_at": marker.adopted_at, "last_number": marker.last_number}, "metadataValue",
    )  # fmt: skip


def test_a_workbook_without_a_marker_has_none_and_a_broken_one_counts() -> None:
    assert marker_of([]) == (None, None)
    broken = {"metadataKey": MARKER_KEY, "metadataValue": "{", "metadataId": 9}
    assert marker_of([broken]) == (Marker("", ""), 9)


@pytest.mark.parametrize("value", ["[]", "7", "null", '"text"'])
def test_a_marker_that_a_person_wrote_over_counts_all_the_same(value: str) -> None:
    odd = {"metadataKey": MARKER_KEY, "metadataValue": value, "metadataId": 9}
    assert marker_of([odd]) == (Marker("", ""), 9)


# ── rows that an answer shows ───────────────────────────────────────────────────────────────────────────────


def test_the_rows_of_an_answer_stand_at_their_numbers() -> None:
    row = [{"effectiveValue": {"stringValue": "a"}}, {}, {"effectiveValue": {"numberValue": 2}},
           {"effectiveValue": {"boolValue": False}}, {"effectiveValue": {"errorValue": {"type": "REF"}}}]  # fmt: skip
    data = [{"startRow": 4, "rowData": [{"values": row}, {}]}, {"startRow": 9}]
    sheets = [{"properties": {"sheetId": 7}, "data": data}, {"properties": {"sheetId": 99}, "data": data}]
    shown = rows_shown({"updatedSpreadsheet": {"sheets": sheets}}, {7: "contracts"})
    assert shown == {
        ("contracts", 5): ["a", "", 2, False, "#ERROR!"],
        ("contracts", 6): [],
        ("contracts", 10): [],
    }
    assert rows_shown({}, {7: "contracts"}) == {}


def test_the_first_tab_and_the_first_row_are_zero_and_so_left_out() -> None:
    sheets = [
        {"properties": {}, "data": [{"rowData": [{"values": [{"effectiveValue": {"numberValue": 1}}]}]}]}
    ]
    assert rows_shown({"updatedSpreadsheet": {"sheets": sheets}}, {0: "order_entry"}) == {
        ("order_entry", 1): [1]
    }
