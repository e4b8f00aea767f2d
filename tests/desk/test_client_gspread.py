"""gspread against the desk: whatever its users do with it; only the address is another."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import gspread
import openpyxl
import pytest
from gspread.utils import (
    Dimension,
    ExportFormat,
    GridRangeType,
    InsertDataOption,
    MergeType,
    PasteType,
    ValidationConditionType,
    ValueInputOption,
    ValueRenderOption,
    a1_to_rowcol,
)

from bot.desk import Desk
from tests.desk.google_clients import Session

ORDERS = [["No.", "Name", "Amount"], ["1", "李明", 20], ["2", "Anna", 5], ["3", "Bo", 12.5]]


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[gspread.Client]:
    with Session(desk.url) as session:
        yield gspread.Client(auth=None, session=session)  # type: ignore[arg-type]  # the desk needs no login


@pytest.fixture
def book(client: gspread.Client) -> gspread.Spreadsheet:
    return client.create("From gspread")


@pytest.fixture
def sheet(book: gspread.Spreadsheet) -> gspread.Worksheet:
    book.sheet1.update(ORDERS, "A1", raw=True)
    return book.sheet1


# Cells


def test_it_reads_what_it_wrote_in_every_way(sheet: gspread.Worksheet) -> None:
    assert sheet.get_all_values() == [
        ["No.", "Name", "Amount"],
        ["1", "李明", "20"],
        ["2", "Anna", "5"],
        ["3", "Bo", "12.5"],
    ]
    assert sheet.get_all_records(numericise_ignore=[1])[0] == {"No.": "1", "Name": "李明", "Amount": 20}
    assert sheet.row_values(2) == ["1", "李明", "20"]
    assert sheet.col_values(2) == ["Name", "李明", "Anna", "Bo"]
    assert sheet.acell("C4", value_render_option=ValueRenderOption.unformatted).value == 12.5
    assert sheet.cell(2, 2).value == "李明"
    assert sheet.get("A1:B2", major_dimension=Dimension.cols) == [["No.", "1"], ["Name", "李明"]]
    assert sheet.get("B3").first() == "Anna"
    assert [found.first() for found in sheet.batch_get(["A2", "C2:C3"])] == ["1", "20"]
    assert sheet.get_values("A1:A9", maintain_size=True)[8] == [""]
    assert sheet.expand("B1") == [["Name", "Amount"], ["李明", "20"], ["Anna", "5"], ["Bo", "12.5"]]


def test_it_writes_cells_one_by_one_and_in_blocks(sheet: gspread.Worksheet) -> None:
    sheet.update_acell("A2", "one")
    sheet.update_cell(2, 2, "=1+1")
    cells = sheet.range("A5:C5")
    for number, cell in enumerate(cells):
        cell.value = number
    sheet.update_cells(cells, value_input_option=ValueInputOption.user_entered)
    sheet.batch_update([{"range": "A6:B6", "values": [["x", "y"]]}, {"range": "C6", "values": [["z"]]}])
    assert sheet.get("A2:B2") == [["one", "2"]]
    assert sheet.acell("B2", value_render_option=ValueRenderOption.formula).value == "=1+1"
    assert sheet.get("A5:C6") == [["0", "1", "2"], ["x", "y", "z"]]


def test_it_appends_below_a_table(sheet: gspread.Worksheet) -> None:
    sheet.append_row(["4", "Cy", "=C4*2"], value_input_option=ValueInputOption.user_entered, table_range="A1")
    answer = sheet.append_rows(
        [["5", "Di"], ["6", "Ed"]],
        insert_data_option=InsertDataOption.insert_rows,
        table_range="A1",
        include_values_in_response=True,
    )
    assert answer["updates"]["updatedRange"] == "Sheet1!A6:B7"
    assert answer["updates"]["updatedData"]["values"] == [["5", "Di"], ["6", "Ed"]]
    assert sheet.get("A5:C7") == [["4", "Cy", "25"], ["5", "Di"], ["6", "Ed"]]


def test_it_inserts_and_deletes_rows_and_columns(sheet: gspread.Worksheet) -> None:
    sheet.insert_row(["0", "first"], 2)
    sheet.insert_rows([["a"], ["b"]], 3)
    sheet.insert_cols([["left", "x"]], 1)
    assert sheet.get("A1:C5") == [
        ["left", "No.", "Name"],
        ["x", "0", "first"],
        ["", "a"],
        ["", "b"],
        ["", "1", "李明"],
    ]
    sheet.delete_rows(2, 4)
    sheet.delete_columns(1)
    assert sheet.get("A1:B2") == [["No.", "Name"], ["1", "李明"]]


def test_it_finds_cells(sheet: gspread.Worksheet) -> None:
    found = sheet.find("Anna")
    assert found is not None
    assert found.address == "B3"
    assert [cell.address for cell in sheet.findall("2")] == ["A3"]
    assert sheet.find("nobody") is None
    assert sheet.find("anna", case_sensitive=False) is not None


def test_it_sorts_and_clears(sheet: gspread.Worksheet) -> None:
    sheet.sort((3, "des"), range="A2:C4")
    assert sheet.col_values(2) == ["Name", "李明", "Bo", "Anna"]
    sheet.batch_clear(["A2:A3", "C4"])
    assert sheet.get("A2:C4") == [["", "李明", "20"], ["", "Bo", "12.5"], ["2", "Anna"]]
    sheet.clear()
    assert sheet.get_all_values() == [[]]


def test_it_copies_and_cuts_ranges(sheet: gspread.Worksheet) -> None:
    sheet.copy_range("A1:C2", "E1", paste_type=PasteType.values)
    sheet.cut_range("A4:C4", "A6")
    assert sheet.get("E1:G2") == [["No.", "Name", "Amount"], ["1", "李明", "20"]]
    assert sheet.get("A4:C6") == [[], [], ["3", "Bo", "12.5"]]


# Looks


def test_it_formats_cells(book: gspread.Spreadsheet, sheet: gspread.Worksheet) -> None:
    sheet.format(["A1:C1", "A3"], {"textFormat": {"bold": True}, "backgroundColor": {"red": 1}})
    sheet.batch_format(
        [{"range": "C2:C4", "format": {"numberFormat": {"type": "NUMBER", "pattern": "0.00"}}}]
    )
    fields = "sheets.data.rowData.values.userEnteredFormat"
    data = book.fetch_sheet_metadata({"fields": fields})["sheets"][0]["data"][0]["rowData"]
    assert data[0]["values"][2]["userEnteredFormat"]["textFormat"] == {"bold": True}
    assert data[2]["values"][0]["userEnteredFormat"]["backgroundColor"] == {"red": 1}
    assert sheet.get("C2:C4") == [["20.00"], ["5.00"], ["12.50"]]


def test_it_merges_and_takes_apart(sheet: gspread.Worksheet) -> None:
    sheet.merge_cells("A5:B6")
    sheet.merge_cells("D1:E2", MergeType.merge_rows)
    sheet.batch_merge([{"range": "F1:G2", "mergeType": "MERGE_ALL"}])
    assert sheet.get("A2:B2", combine_merged_cells=True) == [["1", "李明"]]
    sheet.unmerge_cells("D1:E2")
    merges = sheet.spreadsheet.fetch_sheet_metadata()["sheets"][0]["merges"]
    assert [one["startColumnIndex"] for one in merges] == [0, 5]


def test_it_keeps_notes(sheet: gspread.Worksheet) -> None:
    sheet.insert_note("A1", "mind this")
    sheet.update_notes({"B2": "a friend", "C3": "少"})
    assert (sheet.get_note("A1"), sheet.get_note("C3"), sheet.get_note("D9")) == ("mind this", "少", "")
    assert sheet.get_notes(grid_range="A1:B2") == [["mind this", ""], ["", "a friend"]]
    sheet.clear_notes(["A1", "B2"])
    assert sheet.get_notes()[2] == ["", "", "少"]


def test_it_arranges_a_sheet(sheet: gspread.Worksheet) -> None:
    sheet.freeze(rows=1, cols=2)
    sheet.resize(rows=50, cols=8)
    sheet.add_rows(5)
    sheet.add_cols(2)
    sheet.update_tab_color("#ff0000")
    sheet.hide_columns(2, 3)
    sheet.hide_rows(4, 6)
    sheet.unhide_rows(4, 5)
    sheet.hide_gridlines()
    sheet.columns_auto_resize(0, 3)
    sheet.add_dimension_group_rows(1, 4)
    sheet.add_dimension_group_columns(0, 2)
    sheet.delete_dimension_group_columns(0, 2)
    again = sheet.spreadsheet.get_worksheet_by_id(sheet.id)
    assert (again.row_count, again.col_count, again.frozen_row_count, again.frozen_col_count) == (
        55,
        10,
        1,
        2,
    )
    assert (again.get_tab_color(), again.is_gridlines_hidden) == ("#FF0000", True)
    assert again.list_dimension_group_rows()[0]["range"]["endIndex"] == 4
    assert again.list_dimension_group_columns() == []
    sheet.clear_tab_color()
    assert sheet.spreadsheet.sheet1.get_tab_color() is None


def test_it_validates_and_filters(book: gspread.Spreadsheet, sheet: gspread.Worksheet) -> None:
    sheet.add_validation(
        "B2:B9", ValidationConditionType.one_of_list, ["李明", "Anna"], strict=True, showCustomUi=True
    )
    sheet.set_basic_filter("A1:C4")
    data = book.fetch_sheet_metadata({"fields": "sheets(basicFilter,data.rowData.values.dataValidation)"})[
        "sheets"
    ][0]
    rule = data["data"][0]["rowData"][1]["values"][1]["dataValidation"]
    assert (rule["strict"], rule["condition"]["type"]) == (True, "ONE_OF_LIST")
    assert data["basicFilter"]["range"]["endColumnIndex"] == 3
    sheet.clear_basic_filter()
    assert "basicFilter" not in book.fetch_sheet_metadata()["sheets"][0]


def test_it_protects_ranges(book: gspread.Spreadsheet, sheet: gspread.Worksheet) -> None:
    sheet.add_protected_range("A1:C1", editor_users_emails=["anna@example.com"], description="header")
    (one,) = book.list_protected_ranges(sheet.id)
    assert (one["description"], one["requestingUserCanEdit"]) == ("header", True)
    assert "anna@example.com" in one["editors"]["users"]
    sheet.delete_protected_range(one["protectedRangeId"])
    assert book.list_protected_ranges(sheet.id) == []


# Workbooks


def test_it_names_ranges(book: gspread.Spreadsheet, sheet: gspread.Worksheet) -> None:
    answer = sheet.define_named_range("A1:C1", "head")
    assert [cell.value for cell in book.named_range("head")] == ["No.", "Name", "Amount"]
    assert sheet.get("head") == [["No.", "Name", "Amount"]]
    assert [one["name"] for one in book.list_named_ranges()] == ["head"]
    sheet.delete_named_range(answer["replies"][0]["addNamedRange"]["namedRange"]["namedRangeId"])
    assert book.list_named_ranges() == []


def test_it_adds_orders_copies_and_deletes_tabs(client: gspread.Client, book: gspread.Spreadsheet) -> None:
    first = book.sheet1
    team = book.add_worksheet("Team", rows=20, cols=4, index=0)
    team.update([["Anna"]], "A1")
    twin = team.duplicate(new_sheet_name="Twin")
    book.duplicate_sheet(team.id, new_sheet_name="Third", insert_sheet_index=3)
    book.reorder_worksheets([first, twin, team])
    assert [tab.title for tab in book.worksheets()][:3] == ["Sheet1", "Twin", "Team"]
    assert twin.acell("A1").value == "Anna"
    twin.update_title("双")
    twin.hide()
    assert "双" not in [tab.title for tab in book.worksheets(exclude_hidden=True)]
    twin.show()
    other = client.create("Other")
    copied = team.copy_to(other.id)
    assert other.get_worksheet_by_id(copied["sheetId"]).acell("A1").value == "Anna"
    book.del_worksheet(twin)
    book.del_worksheet_by_id(team.id)
    with pytest.raises(gspread.WorksheetNotFound):
        book.worksheet("Team")


def test_it_changes_what_a_workbook_is(client: gspread.Client, book: gspread.Spreadsheet) -> None:
    book.update_title("Renamed")
    book.update_locale("de_DE")
    book.update_timezone("Europe/Berlin")
    again = client.open_by_key(book.id)
    assert (again.title, again.locale, again.timezone) == ("Renamed", "de_DE", "Europe/Berlin")


def test_it_speaks_of_values_as_the_api_does(book: gspread.Spreadsheet, sheet: gspread.Worksheet) -> None:
    book.values_update("Sheet1!E1", {"valueInputOption": "RAW"}, {"values": [["=1"]]})
    book.values_append("Sheet1!A1", {"valueInputOption": "RAW"}, {"values": [["4"]]})
    book.values_batch_update(
        {"valueInputOption": "USER_ENTERED", "data": [{"range": "F1", "values": [["=2*3"]]}]}
    )
    assert book.values_get("Sheet1!E1:F1")["values"] == [["=1", "6"]]
    assert len(book.values_batch_get(["A1:A2", "Sheet1!B1"])["valueRanges"]) == 2
    book.values_clear("Sheet1!E1")
    book.values_batch_clear(body={"ranges": ["F1", "A5"]})
    assert sheet.get("E1:F1") == [[]]


def test_it_opens_lists_copies_and_deletes_files(client: gspread.Client) -> None:
    book = client.create("Unmistakable")
    book.sheet1.update([["a", "b"]], "A1")
    assert client.open("Unmistakable").id == book.id
    assert client.open_by_url(f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0").id == book.id
    assert [one.id for one in client.openall("Unmistakable")] == [book.id]
    assert [one["id"] for one in client.list_spreadsheet_files("Unmistakable")] == [book.id]
    copy = client.copy(book.id, "A copy", copy_permissions=True)
    assert copy.sheet1.get("A1:B1") == [["a", "b"]]
    assert book.get_lastUpdateTime().endswith("Z")
    client.del_spreadsheet(book.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open("Unmistakable")


def test_it_shares(client: gspread.Client, book: gspread.Spreadsheet) -> None:
    book.share("anna@example.com", perm_type="user", role="writer", notify=True, email_message="Have a look")
    book.share("example.org", perm_type="domain", role="reader")
    book.share(None, perm_type="anyone", role="reader")
    shared = {one["type"]: one for one in book.list_permissions() if one["role"] != "owner"}
    assert {kind: one["role"] for kind, one in shared.items()} == {
        "user": "writer",
        "domain": "reader",
        "anyone": "reader",
    }
    assert shared["user"]["emailAddress"] == "anna@example.com"
    assert book.remove_permissions("anna@example.com") == [shared["user"]["id"]]
    client.remove_permission(book.id, shared["anyone"]["id"])
    assert [one["role"] for one in book.list_permissions()] == ["owner", "reader"]


def test_it_exports_and_imports_files(
    client: gspread.Client, book: gspread.Spreadsheet, sheet: gspread.Worksheet
) -> None:
    assert client.export(book.id, ExportFormat.CSV).decode().splitlines()[1] == "1,李明,20"
    assert book.export(ExportFormat.TSV).decode().splitlines()[0] == "No.\tName\tAmount"
    workbook = openpyxl.load_workbook(io.BytesIO(book.export(ExportFormat.EXCEL)))
    assert [cell.value for cell in workbook.worksheets[0][3]][:3] == ["2", "Anna", 5]
    client.import_csv(book.id, "a,b\n1,2\n")
    assert book.sheet1.get_all_values() == [["a", "b"], ["1", "2"]]


def test_it_hears_why_it_is_refused(book: gspread.Spreadsheet) -> None:
    with pytest.raises(gspread.exceptions.APIError, match="already exists") as refused:
        book.add_worksheet("Sheet1", 10, 10)
    assert refused.value.code == 400
    with pytest.raises(gspread.exceptions.APIError, match="Unable to parse range"):
        book.sheet1.get("Nowhere!A1")
    with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
        book.sheet1.update([["x"]], "A2000")


@pytest.mark.parametrize(("label", "cell"), [("A1", (1, 1)), ("AA10", (10, 27))])
def test_its_own_arithmetic_agrees_with_the_desk(
    sheet: gspread.Worksheet, label: str, cell: tuple[int, int]
) -> None:
    assert a1_to_rowcol(label) == cell
    sheet.resize(20, 30)
    answer: Any = sheet.update([["x"]], label)
    assert answer["updatedRange"] == f"Sheet1!{label}"
    assert sheet.get(label, return_type=GridRangeType.ListOfLists) == [["x"]]
