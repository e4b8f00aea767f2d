import pytest

from tests.desk.client import Workbook


def test_trailing_empty_cells_and_rows_are_left_out(book: Workbook) -> None:
    book.write("A1", [["a", "", "c", ""], [], ["", "b"], [""]])
    assert book.read("A1:D9") == [["a", "", "c"], [], ["", "b"]]


def test_an_empty_range_has_no_values_key(book: Workbook) -> None:
    assert book.ok("GET", "/values/A1:B2") == {"range": "Sheet1!A1:B2", "majorDimension": "ROWS"}


def test_by_column_trailing_empties_are_dropped_per_column(book: Workbook) -> None:
    book.write("A1", [["a", "b"], ["c"], ["", "d"]])
    assert book.read("A1:C9", majorDimension="COLUMNS") == [["a", "c"], ["b", "", "d"]]


def test_values_can_be_given_by_column(book: Workbook) -> None:
    book.write("A1", [["a", "b"], ["c"]], majorDimension="COLUMNS")
    assert book.read("A1:B2") == [["a", "c"], ["b"]]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("A1:C", "Sheet1!A1:C1000"),
        ("A2:2", "Sheet1!A2:Z2"),
        ("D4:A1", "Sheet1!A1:D4"),
        ("Sheet1", "Sheet1!A1:Z1000"),
        ("sheet1!b2", "Sheet1!B2"),
        ("'Sheet1'!3:3", "Sheet1!A3:Z3"),
        ("A1:ZZ2000", "Sheet1!A1:Z1000"),
    ],
)
def test_a_range_is_shown_bounded_by_the_grid(book: Workbook, asked: str, shown: str) -> None:
    assert book.ok("GET", f"/values/{asked}")["range"] == shown


@pytest.mark.parametrize("title", ["订单", "a b", "it's", "A1", "x/y", "🌵 1"])
def test_a_title_that_needs_quotes_gets_them(book: Workbook, title: str) -> None:
    quoted = "'" + title.replace("'", "''") + "'"
    book.batch({"addSheet": {"properties": {"title": title}}})
    book.write(f"{quoted}!B2", [["x"]])
    assert book.read(f"{quoted}!B2") == [["x"]]
    assert book.write(f"{quoted}!A1", [["x"]])["updatedRange"] == f"{quoted}!A1"


@pytest.mark.parametrize("range_", ["Nope!A1", "A0", "'Sheet1", "A1:B2:C3", "Nope"])
def test_an_unknown_range_cannot_be_parsed(book: Workbook, range_: str) -> None:
    assert book.refused("GET", f"/values/{range_}") == f"Unable to parse range: {range_}"


def test_a_read_that_starts_beyond_the_grid_is_refused(book: Workbook) -> None:
    message = "Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"
    assert book.refused("GET", "/values/A1001") == message


def test_null_skips_a_cell_and_empty_text_clears_it(book: Workbook) -> None:
    book.write("A1", [["a", "b", "c"]])
    counts = book.write("A1", [[None, "", "x"]])
    assert book.read("A1:C1") == [["a", "", "x"]]
    assert counts["updatedCells"] == 2


def test_counts_are_of_rows_and_columns_touched(book: Workbook) -> None:
    counts = book.write("A1:D6", [[None] * 4, [None, "x"], [None] * 4, [None, None, "y"]])
    assert (counts["updatedRows"], counts["updatedColumns"], counts["updatedCells"]) == (2, 2, 2)


def test_the_updated_range_is_what_was_written(book: Workbook) -> None:
    assert book.write("A1:B2", [["x"]])["updatedRange"] == "Sheet1!A1"


def test_more_data_than_the_range_is_refused(book: Workbook) -> None:
    asked = "Requested writing within range [Sheet1!A1:B1], but tried writing to"
    assert book.refuse_write("A1:B1", [["a"], ["b"]]) == f"{asked} row [2]"
    assert book.refuse_write("A1:B1", [["a", "b", "c"]]) == f"{asked} column [C]"


def test_a_write_never_grows_the_grid(book: Workbook) -> None:
    message = "Range (Sheet1!A1000:A1001) exceeds grid limits. Max rows: 1000, max columns: 26"
    assert book.refuse_write("A1000", [["a"], ["b"]]) == message
    assert book.read("A1000") == []


def test_clearing_leaves_formats_and_notes(book: Workbook) -> None:
    cell = {
        "note": "mind",
        "userEnteredFormat": {"textFormat": {"bold": True}},
        "userEnteredValue": {"numberValue": 1},
    }
    book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "*"}})
    assert book.ok("POST", "/values/A1:B2:clear")["clearedRange"] == "Sheet1!A1:B2"
    left = book.cell("A1")
    assert left["note"] == "mind"
    assert left["userEnteredFormat"] == {"textFormat": {"bold": True}}
    assert "userEnteredValue" not in left


def test_a_batch_of_writes_is_all_or_nothing(book: Workbook) -> None:
    data = [{"range": "A1", "values": [["x"]]}, {"range": "Nope!A1", "values": [["y"]]}]
    message = book.refused("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert message == "Invalid data[1]: Unable to parse range: Nope!A1"
    assert book.read("A1") == []


def test_a_batch_of_writes_counts_all_it_did(book: Workbook) -> None:
    data = [{"range": "A1:B1", "values": [["x", "y"]]}, {"range": "A5", "values": [["z"]]}]
    answer = book.ok("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert (answer["totalUpdatedCells"], answer["totalUpdatedRows"], answer["totalUpdatedSheets"]) == (
        3,
        2,
        1,
    )
    assert [one["updatedRange"] for one in answer["responses"]] == ["Sheet1!A1:B1", "Sheet1!A5"]


def test_a_batch_of_reads_keeps_the_order_asked(book: Workbook) -> None:
    book.write("A1", [["a", "b"]])
    answer = book.ok("GET", "/values:batchGet", ranges=["B1", "A1", "C1"])
    assert [one.get("values") for one in answer["valueRanges"]] == [[["b"]], [["a"]], None]


def test_a_refused_range_in_a_batch_clear_is_named(book: Workbook) -> None:
    message = book.refused("POST", "/values:batchClear", {"ranges": ["A1001"]})
    assert message.startswith("Invalid range[0]: Range (Sheet1!A1001) exceeds grid limits.")


def test_a_write_can_answer_with_what_is_there_now(book: Workbook) -> None:
    answer = book.ok(
        "PUT",
        "/values/A1",
        {"values": [["1,000"]]},
        valueInputOption="USER_ENTERED",
        includeValuesInResponse=True,
        responseValueRenderOption="UNFORMATTED_VALUE",
    )
    assert answer["updatedData"]["values"] == [[1000]]


def test_how_to_read_input_must_be_said(book: Workbook) -> None:
    message = book.refused("PUT", "/values/A1", {"values": [["x"]]})
    assert message == "'valueInputOption' is required but not specified"
