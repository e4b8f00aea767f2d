"""pygsheets against the desk: whatever its users do with it; only the address is another."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygsheets
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.credentials import AnonymousCredentials
from pygsheets.custom_types import ChartType, ExportType, FormatType, HorizontalAlignment
from pygsheets.exceptions import SpreadsheetNotFound, WorksheetNotFound

from bot.desk import Desk
from tests.desk.google_clients import Http

ORDERS = [["No.", "Name", "Amount"], ["1", "李明", 20], ["2", "Anna", 5], ["3", "Bo", 12.5]]
BLUE = (0, 0, 1, 0)


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[Any]:
    transport = Http(desk.url)
    yield pygsheets.authorize(custom_credentials=AnonymousCredentials(), http=transport)  # type: ignore[no-untyped-call]
    transport.close()


@pytest.fixture
def book(client: Any) -> Any:
    return client.create("From pygsheets")


@pytest.fixture
def sheet(book: Any) -> Any:
    book.sheet1.update_values("A1", ORDERS)
    return book.sheet1


def test_it_logs_in_with_a_key_file(desk: Desk, tmp_path: Path) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {
        "type": "service_account",
        "client_email": "bot@project.iam.gserviceaccount.com",
        "private_key": pem.decode(),
        "token_uri": f"{desk.url}/token",
    }
    (tmp_path / "key.json").write_text(json.dumps(key))
    logged_in = pygsheets.authorize(service_account_file=str(tmp_path / "key.json"), http=Http(desk.url))
    assert logged_in.create("With a key").title == "With a key"


def test_it_opens_lists_and_deletes_files(client: Any) -> None:
    book = client.create("Pygsheets only")
    assert client.open("Pygsheets only").id == book.id
    assert client.open_by_key(book.id).title == "Pygsheets only"
    assert client.open_by_url(f"https://docs.google.com/spreadsheets/d/{book.id}/edit").id == book.id
    assert book.id in client.spreadsheet_ids()
    assert "Pygsheets only" in client.spreadsheet_titles("name contains 'Pygsheets'")
    assert client.create("From a template", template=book).title == "From a template"
    assert book.updated.endswith("Z")
    book.title = "Pygsheets renamed"
    assert client.open_by_key(book.id).title == "Pygsheets renamed"
    book.delete()
    with pytest.raises(SpreadsheetNotFound):
        client.open("Pygsheets renamed")


def test_it_adds_finds_and_deletes_tabs(book: Any) -> None:
    team = book.add_worksheet("Team", rows=20, cols=4)
    twin = book.add_worksheet("Twin", src_worksheet=team)
    team.title = "队伍"
    team.index = 0
    twin.hidden = True
    book.fetch_properties()
    assert [tab.title for tab in book.worksheets()] == ["队伍", "Sheet1", "Twin"]
    assert book.worksheet_by_title("Twin").hidden is True
    book.del_worksheet(twin)
    with pytest.raises(WorksheetNotFound):
        book.worksheet_by_title("Twin")


def test_it_reads_values_in_every_way(sheet: Any) -> None:
    assert sheet.get_value("B2") == "李明"
    assert sheet.get_values("A1", "B2") == [["No.", "Name"], ["1", "李明"]]
    assert sheet.get_all_values(include_tailing_empty=False, include_tailing_empty_rows=False)[3] == [
        "3",
        "Bo",
        "12.5",
    ]
    assert sheet.get_all_records()[0] == {"No.": 1, "Name": "李明", "Amount": 20}
    assert sheet.get_row(2, include_tailing_empty=False) == ["1", "李明", "20"]
    assert sheet.get_col(2, include_tailing_empty=False) == ["Name", "李明", "Anna", "Bo"]
    assert sheet.get_values_batch(["A2:A2", "C2:C3"]) == [[["1"]], [["20"], ["5"]]]
    assert [[cell.value for cell in row] for row in sheet.range("A2:B2")] == [["1", "李明"]]
    assert sheet.get_value("C4", value_render="UNFORMATTED_VALUE") == 12.5


def test_it_writes_values_in_every_way(sheet: Any) -> None:
    sheet.update_value("A5", "4")
    sheet.update_row(6, ["5", "=1+1"])
    sheet.update_col(4, ["D", "x"])
    sheet.update_values_batch(["E1:E1", "E2:E2"], [[["E"]], [["=2*3"]]], parse=True)
    sheet.append_table(["9", "Zoe"], start="A1")
    sheet.update_value("A8", "'007")
    assert sheet.get_values("A5", "B7") == [["4", ""], ["5", "2"], ["9", "Zoe"]]
    assert sheet.get_values("D1", "E2") == [["D", "E"], ["x", "6"]]
    assert sheet.get_value("A8") == "007"
    sheet.clear("A5", "B8")
    assert sheet.get_values("A5", "B8", include_tailing_empty_rows=False, include_tailing_empty=False) == [[]]


def test_it_changes_rows_and_columns(sheet: Any) -> None:
    sheet.insert_rows(1, values=["0", "first"])
    sheet.insert_cols(0, number=1)
    assert sheet.get_values("B2", "C2") == [["0", "first"]]
    sheet.delete_rows(2)
    sheet.delete_cols(1)
    sheet.add_rows(5)
    sheet.resize(rows=60, cols=10)
    sheet.frozen_rows = 1
    sheet.adjust_column_width(1, 2, 150)
    sheet.adjust_row_height(1, pixel_size=40)
    sheet.hide_dimensions(3, 4, "COLUMNS")
    sheet.show_dimensions(3, dimension="COLUMNS")
    sheet.refresh()
    assert (sheet.rows, sheet.cols, sheet.frozen_rows) == (60, 10, 1)
    fields = "sheets.data(columnMetadata(pixelSize,hiddenByUser),rowMetadata.pixelSize)"
    data = sheet.client.sheet.get(sheet.spreadsheet.id, includeGridData=True, fields=fields)["sheets"][0][
        "data"
    ][0]
    assert data["columnMetadata"][:4] == [
        {"pixelSize": 150}, {"pixelSize": 150}, {"pixelSize": 100}, {"pixelSize": 100, "hiddenByUser": True},
    ]  # fmt: skip
    assert data["rowMetadata"][0]["pixelSize"] == 40


def test_it_dresses_a_cell(sheet: Any) -> None:
    cell = sheet.cell("B2")
    cell.note = "a friend"
    cell.color = BLUE
    cell.set_text_format("bold", True)
    cell.set_number_format(FormatType.NUMBER, "0.00")
    cell.set_horizontal_alignment(HorizontalAlignment.RIGHT)
    cell.formula = "=C2*2"
    again = sheet.cell("B2")
    again.fetch()
    assert (again.value, again.formula, again.note) == ("40.00", "=C2*2", "a friend")
    assert again.text_format["bold"] is True
    assert again.color[2] == 1
    assert again.horizontal_alignment == HorizontalAlignment.RIGHT
    assert sheet.cell("B2").neighbour("right").value == "20"


def test_it_works_on_ranges(sheet: Any) -> None:
    model = pygsheets.Cell("A1")
    model.set_text_format("italic", True)
    area = sheet.get_values("A2", "C4", returnas="range")
    area.apply_format(model)
    area.sort(basecolumnindex=2, sortorder="DESCENDING")
    assert sheet.get_col(2, include_tailing_empty=False) == ["Name", "李明", "Bo", "Anna"]
    area.update_borders(top=True, bottom=True, style="SOLID")
    area.update_values([["7", "Gu", 1], ["8", "He", 2], ["9", "Im", 3]])
    assert sheet.get_values("A2", "C2") == [["7", "Gu", "1"]]
    area.clear()
    assert sheet.get_all_values(include_tailing_empty=False, include_tailing_empty_rows=False) == [ORDERS[0]]
    data = sheet.client.sheet.get(
        sheet.spreadsheet.id,
        ranges="A2",
        fields="sheets.data.rowData.values.userEnteredFormat(textFormat,borders.top)",
    )
    shown = data["sheets"][0]["data"][0]["rowData"][0]["values"][0]["userEnteredFormat"]
    assert shown["textFormat"]["italic"] is True
    assert shown["borders"]["top"]["style"] == "SOLID"


def test_it_names_and_protects_ranges(book: Any, sheet: Any) -> None:
    assert sheet.create_named_range("head", "A1", "C1", returnas="json")["name"] == "head"
    named = sheet.get_named_range("head")
    assert [[cell.value for cell in row] for row in named.cells] == [ORDERS[0]]
    assert [one.name for one in book.named_ranges] == ["head"]
    named.end_addr = "D1"
    book.fetch_properties()
    assert sheet.get_named_range("head").range == "A1:D1"
    protected = sheet.create_protected_range("A1", "C1", returnas="range")
    protected.description = "header"
    protected.editors = ("users", "anna@example.com")
    assert [one.protect_id for one in book.protected_ranges] == [protected.protect_id]
    sheet.remove_protected_range(protected.protect_id)
    sheet.delete_named_range("head")
    assert (sheet.get_protected_ranges(), sheet.get_named_ranges()) == ([], [])


def test_it_finds_replaces_and_sorts(book: Any, sheet: Any) -> None:
    sheet.resize(rows=10, cols=5)  # it looks at every cell itself, which takes it long in a large grid
    assert [cell.label for cell in sheet.find("Anna")] == ["B3"]
    assert [cell.label for cell in sheet.find("^A", searchByRegex=True)] == ["C1", "B3"]
    sheet.replace("Anna", "Anne")
    book.replace("Bo", "Bob")
    sheet.sort_range("A2", "C4", basecolumnindex=1)
    assert sheet.get_col(2, include_tailing_empty=False) == ["Name", "Anne", "Bob", "李明"]


def test_it_validates_colours_filters_and_merges(sheet: Any) -> None:
    sheet.set_data_validation(
        "B2", "B9", condition_type="ONE_OF_LIST", condition_values=["李明", "Anna"], strict=True
    )
    look = {"backgroundColor": {"blue": 1}}
    sheet.add_conditional_formatting("C2", "C9", "NUMBER_GREATER", look, ["10"])
    sheet.set_basic_filter("A1", "C4", sort_order="ASCENDING", sort_foreground_color=BLUE)
    sheet.merge_cells("E1", "F2")
    shown = sheet.client.sheet.get(sheet.spreadsheet.id, ranges="B2", includeGridData=True)["sheets"][0]
    assert shown["data"][0]["rowData"][0]["values"][0]["dataValidation"]["strict"] is True
    assert shown["conditionalFormats"][0]["booleanRule"]["format"]["backgroundColor"] == {"blue": 1}
    assert shown["basicFilter"]["range"]["endRowIndex"] == 4
    assert len(shown["merges"]) == 1
    sheet.clear_basic_filter()


def test_it_draws_charts(sheet: Any) -> None:
    chart = sheet.add_chart(("B2", "B4"), [("C2", "C4")], "Amounts", chart_type=ChartType.COLUMN)
    assert [one.title for one in sheet.get_charts()] == ["Amounts"]
    chart.title = "Sums"
    chart.anchor_cell = "E5"
    assert sheet.get_charts("Sums")[0].anchor_cell == (5, 5)
    chart.delete()
    assert sheet.get_charts() == []


def test_it_keeps_developer_metadata(book: Any, sheet: Any) -> None:
    one = book.create_developer_metadata("book", "1")
    sheet.create_developer_metadata("sheet", "2")
    assert [(found.key, found.value) for found in book.get_developer_metadata(search_sheets=True)] == [
        ("book", "1"),
        ("sheet", "2"),
    ]
    assert [found.value for found in sheet.get_developer_metadata("sheet")] == ["2"]
    one.value = "3"
    one.update()
    assert book.get_developer_metadata("book")[0].value == "3"
    one.delete()
    assert book.get_developer_metadata("book") == []


def test_it_shares(book: Any) -> None:
    book.share("anna@example.com", role="writer", type="user", emailMessage="Have a look")
    book.share("", role="reader", type="anyone")
    assert {(one["type"], one["role"]) for one in book.permissions} >= {
        ("user", "writer"),
        ("anyone", "reader"),
    }
    book.remove_permission("anna@example.com")
    assert "anna@example.com" not in [one.get("emailAddress") for one in book.permissions]


def test_it_exports(sheet: Any, tmp_path: Path) -> None:
    sheet.export(ExportType.CSV, filename="orders", path=str(tmp_path) + os.sep)
    assert (tmp_path / "orders.csv").read_text(encoding="utf-8").splitlines()[1] == "1,李明,20"
    sheet.spreadsheet.export(ExportType.XLS, filename="orders", path=str(tmp_path) + os.sep)
    assert next(tmp_path.glob("orders.xls*")).read_bytes()[:2] == b"PK"


def test_it_collects_changes_and_sends_them_together(client: Any, sheet: Any) -> None:
    client.set_batch_mode(True)
    try:
        sheet.merge_cells("E1", "F2")
        sheet.adjust_column_width(1, pixel_size=50)
        client.run_batch()
    finally:
        client.set_batch_mode(False)
    shown = client.sheet.get(sheet.spreadsheet.id, fields="sheets.merges")
    assert len(shown["sheets"][0]["merges"]) == 1


def test_it_moves_tables_to_and_from_pandas(sheet: Any) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is no dependency of the project")
    frame = pandas.DataFrame({"Name": ["李明", "Anna"], "Amount": [1.5, 2]})
    sheet.set_dataframe(frame, "E1")
    back = sheet.get_as_df(start="E1", end="F3")
    assert back.to_dict("list") == {"Name": ["李明", "Anna"], "Amount": [1.5, 2]}


def test_it_hears_why_it_is_refused(book: Any) -> None:
    with pytest.raises(Exception, match="already exists"):
        book.add_worksheet("Sheet1")
    with pytest.raises(Exception, match="Requested entity was not found"):
        book.client.sheet.get("nothing")
