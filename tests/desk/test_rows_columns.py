import pytest

from tests.desk.client import Workbook, grid, rows


@pytest.fixture
def letters(book: Workbook) -> Workbook:
    book.write("A1", [[f"{column}{row}" for column in "abcd"] for row in range(1, 6)])
    return book


def first_column(book: Workbook) -> list[str]:
    return [row[0] if row else "" for row in book.read("A1:A10")]


def test_inserted_rows_are_empty_and_push_down_the_rest(letters: Workbook) -> None:
    letters.batch({"insertDimension": {"range": rows(1, 3)}})
    assert first_column(letters) == ["a1", "", "", "a2", "a3", "a4", "a5"]
    assert letters.sheet()["properties"]["gridProperties"]["rowCount"] == 1002


def test_inserted_rows_take_the_format_they_are_told_to(letters: Workbook) -> None:
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    letters.batch({"repeatCell": {"range": grid(0, 0, 1, 4), "cell": bold, "fields": "userEnteredFormat"}})
    letters.batch({"insertDimension": {"range": rows(1, 2), "inheritFromBefore": True}})
    assert letters.cell("B2") == {"userEnteredFormat": {"textFormat": {"bold": True}}, **letters.cell("B2")}
    letters.batch({"insertDimension": {"range": rows(2, 3), "inheritFromBefore": False}})
    assert letters.cell("B3") == {}


def test_rows_behind_the_last_one_can_only_look_like_those_before(letters: Workbook) -> None:
    request = {"insertDimension": {"range": rows(1000, 1002)}}
    refusal = letters.refuse_batch(request)
    assert "must be less than the grid size (1000) if inheritFromBefore is false" in refusal
    request["insertDimension"]["inheritFromBefore"] = True
    letters.batch(request)
    assert letters.sheet()["properties"]["gridProperties"]["rowCount"] == 1002


def test_inserted_columns_push_the_rest_to_the_right(letters: Workbook) -> None:
    letters.batch({"insertDimension": {"range": rows(1, 2, "COLUMNS")}})
    assert letters.read("A1:E1") == [["a1", "", "b1", "c1", "d1"]]


def test_deleted_rows_are_gone(letters: Workbook) -> None:
    letters.batch({"deleteDimension": {"range": rows(1, 3)}})
    assert first_column(letters) == ["a1", "a4", "a5"]
    assert letters.sheet()["properties"]["gridProperties"]["rowCount"] == 998


def test_deleted_columns_are_gone(letters: Workbook) -> None:
    letters.batch({"deleteDimension": {"range": rows(0, 2, "COLUMNS")}})
    assert letters.read("A1:D1") == [["c1", "d1"]]


def test_all_rows_cannot_be_deleted(letters: Workbook) -> None:
    assert "can't delete all the rows" in letters.refuse_batch({"deleteDimension": {"range": rows(0, 1000)}})


@pytest.mark.parametrize(
    ("start", "end", "to", "order"),
    [(0, 1, 3, "a2 a3 a1 a4 a5"), (3, 5, 1, "a1 a4 a5 a2 a3"), (1, 2, 2, "a1 a2 a3 a4 a5")],
)
def test_a_move_counts_its_destination_before_it(
    letters: Workbook, start: int, end: int, to: int, order: str
) -> None:
    letters.batch({"moveDimension": {"source": rows(start, end), "destinationIndex": to}})
    assert first_column(letters) == order.split()


def test_columns_can_be_moved(letters: Workbook) -> None:
    letters.batch({"moveDimension": {"source": rows(0, 1, "COLUMNS"), "destinationIndex": 3}})
    assert letters.read("A1:D1") == [["b1", "c1", "a1", "d1"]]


def test_a_move_into_itself_is_refused(letters: Workbook) -> None:
    change = {"moveDimension": {"source": rows(0, 3), "destinationIndex": 1}}
    assert letters.refuse_batch(change).startswith("Invalid requests[0].moveDimension:")


def test_rows_can_be_hidden_and_sized_and_take_that_along(letters: Workbook) -> None:
    properties = {"hiddenByUser": True, "pixelSize": 40}
    letters.batch(
        {"updateDimensionProperties": {"range": rows(1, 2), "properties": properties, "fields": "*"}},
        {"insertDimension": {"range": rows(0, 1)}},
    )
    metadata = letters.get("sheets.data.rowMetadata", "A2:A3")["sheets"][0]["data"][0]["rowMetadata"]
    assert metadata == [{"pixelSize": 21}, {"pixelSize": 40, "hiddenByUser": True}]


def test_ranges_follow_the_rows_they_are_about(letters: Workbook) -> None:
    rule = {"ranges": [grid(1, 0, 3, 2)], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {}}}
    letters.batch(
        {"addNamedRange": {"namedRange": {"name": "block", "range": grid(1, 0, 3, 2)}}},
        {"addProtectedRange": {"protectedRange": {"range": grid(1, 0, 3, 2)}}},
        {"addConditionalFormatRule": {"rule": rule}},
        {"setBasicFilter": {"filter": {"range": grid(1, 0, 3, 2)}}},
        {"insertDimension": {"range": rows(2, 4)}},
        {"deleteDimension": {"range": rows(0, 1)}},
    )
    sheet = letters.sheet()
    moved = {"startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 2}
    assert sheet["protectedRanges"][0]["range"] == moved
    assert sheet["conditionalFormats"][0]["ranges"] == [moved]
    assert sheet["basicFilter"]["range"] == moved
    assert letters.read("block") == [["a2", "b2"], [], [], ["a3", "b3"]]


def test_what_lies_in_deleted_rows_alone_goes_with_them(letters: Workbook) -> None:
    rule = {"ranges": [grid(1, 0, 3, 2)], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {}}}
    letters.batch(
        {"addProtectedRange": {"protectedRange": {"range": grid(1, 0, 3, 2)}}},
        {"addConditionalFormatRule": {"rule": rule}},
        {"setBasicFilter": {"filter": {"range": grid(1, 0, 3, 2)}}},
        {"deleteDimension": {"range": rows(0, 4)}},
    )
    assert not {"protectedRanges", "conditionalFormats", "basicFilter"} & set(letters.sheet())


def test_the_grid_can_be_extended(letters: Workbook) -> None:
    letters.batch({"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 4}})
    assert letters.sheet()["properties"]["gridProperties"]["columnCount"] == 30
