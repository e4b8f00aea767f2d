from tests.desk.client import Workbook, grid, text


def titles(book: Workbook) -> list[str]:
    return [sheet["properties"]["title"] for sheet in book.get()["sheets"]]


def test_a_sheet_can_be_added_at_a_place(book: Workbook) -> None:
    (reply,) = book.batch({"addSheet": {"properties": {"title": "First", "index": 0}}})
    assert reply["addSheet"]["properties"]["index"] == 0
    assert titles(book) == ["First", "Sheet1"]


def test_a_title_is_taken_in_whatever_case(book: Workbook) -> None:
    assert "already exists" in book.refuse_batch({"addSheet": {"properties": {"title": "SHEET1"}}})


def test_moving_a_sheet_counts_places_before_the_move(book: Workbook) -> None:
    book.batch(*[{"addSheet": {"properties": {"title": name}}} for name in "ab"])
    book.batch({"updateSheetProperties": {"properties": {"sheetId": 0, "index": 2}, "fields": "index"}})
    assert titles(book) == ["a", "Sheet1", "b"]


def test_the_last_visible_sheet_cannot_be_hidden(book: Workbook) -> None:
    change = {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "hidden"}}
    message = "Invalid requests[0].updateSheetProperties: You can't hide all the sheets in a document."
    assert book.refuse_batch(change) == message


def test_zeros_vanish_from_answers(book: Workbook) -> None:
    frozen = {"gridProperties": {"frozenRowCount": 1}}
    book.batch({"updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}})
    assert book.sheet()["properties"]["gridProperties"]["frozenRowCount"] == 1
    thawed = {"gridProperties": {"frozenRowCount": 0}}
    book.batch({"updateSheetProperties": {"properties": thawed, "fields": "gridProperties.frozenRowCount"}})
    assert "frozenRowCount" not in book.sheet()["properties"]["gridProperties"]


def test_colours_are_eight_bit_and_have_a_twin(book: Workbook) -> None:
    properties = {"tabColorStyle": {"rgbColor": {"red": 1, "blue": 0.5}}}
    book.batch({"updateSheetProperties": {"properties": properties, "fields": "tabColorStyle"}})
    shown = book.sheet()["properties"]
    assert shown["tabColor"] == {"red": 1, "blue": 0.49803922}
    assert shown["tabColorStyle"] == {"rgbColor": {"red": 1, "blue": 0.49803922}}


def test_shrinking_the_grid_cuts_off_cells(book: Workbook) -> None:
    book.write("A1", [["a", "b"], ["c", "d"]])
    size = {"gridProperties": {"rowCount": 1, "columnCount": 1}}
    book.batch(
        {"updateSheetProperties": {"properties": size, "fields": "gridProperties(rowCount,columnCount)"}}
    )
    size = {"gridProperties": {"rowCount": 5, "columnCount": 5}}
    book.batch(
        {"updateSheetProperties": {"properties": size, "fields": "gridProperties(rowCount,columnCount)"}}
    )
    assert book.read("Sheet1") == [["a"]]


def test_a_duplicate_sheet_has_cells_and_rules_of_its_own(book: Workbook) -> None:
    book.batch(
        {"updateCells": {"start": {}, "rows": [text("x")], "fields": "*"}},
        {"addProtectedRange": {"protectedRange": {"range": grid(0, 0, 1, 1)}}},
        {"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Copy", "insertSheetIndex": 1}},
    )
    book.write("A1", [["changed"]])
    assert book.read("Copy!A1") == [["x"]]
    one, two = (sheet["protectedRanges"][0] for sheet in book.get()["sheets"])
    assert one["protectedRangeId"] != two["protectedRangeId"]


def test_a_sheet_can_be_copied_to_another_workbook(book: Workbook) -> None:
    book.write("A1", [["x"]])
    other = Workbook(book.desk, book.desk.workbook("Other"))
    answer = book.ok("POST", "/sheets/0:copyTo", {"destinationSpreadsheetId": other.id})
    assert answer["title"] == "Copy of Sheet1"
    assert other.read("'Copy of Sheet1'!A1") == [["x"]]


def test_fields_cut_the_answer_to_what_is_asked(book: Workbook) -> None:
    assert book.get("sheets(properties(title))") == {"sheets": [{"properties": {"title": "Sheet1"}}]}
    assert book.get("spreadsheetId,properties/title") == {
        "spreadsheetId": book.id,
        "properties": {"title": "Orders"},
    }


def test_only_sheets_with_an_asked_range_come_back(book: Workbook) -> None:
    book.batch({"addSheet": {"properties": {"title": "Team"}}})
    answer = book.ok("GET", "", ranges="Team!B2:C3", includeGridData=True)
    assert [sheet["properties"]["title"] for sheet in answer["sheets"]] == ["Team"]
    data = answer["sheets"][0]["data"][0]
    assert (data["startRow"], data["startColumn"], len(data["rowMetadata"])) == (1, 1, 2)


def test_a_workbook_can_be_made_with_its_sheets_and_cells(book: Workbook) -> None:
    sheets = [
        {
            "properties": {"title": "Orders", "gridProperties": {"rowCount": 50, "columnCount": 4}},
            "data": [{"rowData": [text("a", 1)]}],
        },
        {"properties": {"title": "Team"}},
    ]
    body = {"properties": {"title": "New", "locale": "zh_CN", "timeZone": "Asia/Shanghai"}, "sheets": sheets}
    made = book.session.post(f"{book.desk.url}/v4/spreadsheets", json=body, timeout=10).json()
    assert made["properties"]["timeZone"] == "Asia/Shanghai"
    new = Workbook(book.desk, made["spreadsheetId"])
    assert (new.raw("Orders"), titles(new)) == ([["a", 1]], ["Orders", "Team"])
