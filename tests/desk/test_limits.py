from tests.desk.client import Workbook, text

LONG = "x" * 50_001
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."


def test_a_cell_holds_fifty_thousand_characters(book: Workbook) -> None:
    book.write("A1", [["x" * 50_000]])
    assert book.refuse_write("A1", [[LONG]]) == TOO_LONG
    assert book.read("A1") == [["x" * 50_000]]


def test_the_limit_is_named_with_the_range_or_request_that_broke_it(book: Workbook) -> None:
    data = {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [[LONG]]}]}
    assert book.refused("POST", "/values:batchUpdate", data) == f"Invalid data[0]: {TOO_LONG}"
    change = {"appendCells": {"sheetId": 0, "rows": [text(LONG)], "fields": "*"}}
    assert book.refuse_batch(change) == f"Invalid requests[0].appendCells: {TOO_LONG}"


def test_a_workbook_holds_ten_million_cells(book: Workbook) -> None:
    message = (
        "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
    )
    most = {"title": "Big", "gridProperties": {"rowCount": 9974, "columnCount": 1000}}
    book.batch({"addSheet": {"properties": most}})
    more = {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}}
    assert book.refuse_batch(more) == f"Invalid requests[0].appendDimension: {message}"
    book.write("A1000", [["last"]])
    answer = book.call("POST", "/values/A1000:append", {"values": [["x"]]}, valueInputOption="RAW")
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)


def test_rows_are_counted_before_columns(book: Workbook) -> None:
    size = {"gridProperties": {"rowCount": 1_000_000, "columnCount": 5}}
    change = {"updateSheetProperties": {"properties": size, "fields": "gridProperties(rowCount,columnCount)"}}
    assert "above the limit of 10000000 cells" in book.refuse_batch(change)


def test_a_body_of_the_wrong_shape_is_refused_as_google_refuses_it(book: Workbook) -> None:
    listed = "type.googleapis.com/google.protobuf.ListValue"
    assert book.refuse_write("A1", "X") == f"Invalid value at 'data.values' ({listed}), \"X\""
    assert book.refuse_write("A1", ["X"]) == f"Invalid value at 'data.values[0]' ({listed}), \"X\""


def test_an_unknown_query_parameter_is_refused(book: Workbook) -> None:
    message = book.refused("GET", "/values/A1", valueRender="x")
    assert message == (
        'Invalid JSON payload received. Unknown name "valueRender": Cannot bind query parameter. '
        "Field 'valueRender' could not be found in request message."
    )
