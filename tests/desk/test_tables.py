"""Tables: a named range with a header and typed columns."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows, text

STATES = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "New"}]}}
COLUMNS = [
    {"columnName": "Order", "columnType": "TEXT"},
    {"columnIndex": 1, "columnName": "Status", "columnType": "DROPDOWN", "dataValidationRule": STATES},
    {"columnIndex": 2, "columnName": "Amount", "columnType": "CURRENCY"},
]


def add(book: Workbook, **more: Any) -> str:
    """A table of three columns over A1:C4; its id."""
    table = {"name": "Orders", "range": grid(0, 0, 4, 3), "columnProperties": COLUMNS, **more}
    (reply,) = book.batch({"addTable": {"table": table}})
    return str(reply["addTable"]["table"]["tableId"])


def update(book: Workbook, fields: str, **table: Any) -> None:
    book.batch({"updateTable": {"table": table, "fields": fields}})


def table(book: Workbook) -> dict[str, Any]:
    (found,) = book.sheet()["tables"]
    return dict(found)


def place(book: Workbook) -> tuple[int, int, int, int]:
    at = table(book)["range"]
    names = ("startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex")
    return tuple(at[name] for name in names)  # type: ignore[return-value] # four names, four numbers


def test_a_table_is_read_back_as_it_was_added(book: Workbook) -> None:
    id_ = add(book)
    at = {name: value for name, value in grid(0, 0, 4, 3).items() if name != "sheetId"}
    assert table(book) == {"tableId": id_, "name": "Orders", "range": at, "columnProperties": COLUMNS}
    assert book.read("A1:C4") == [["Order", "Status", "Amount"]]


def test_columns_without_a_name_have_the_one_in_their_header(book: Workbook) -> None:
    book.write("A1", [["No.", ""]])
    book.batch({"addTable": {"table": {"range": grid(0, 0, 3, 2)}}})
    shown = [{"columnName": "No."}, {"columnIndex": 1, "columnName": "Column 2"}]
    assert (table(book)["name"], table(book)["columnProperties"]) == ("Table1", shown)
    book.write("A1", [["Order"]])
    assert table(book)["columnProperties"][0] == {"columnName": "Order"}


def test_only_the_fields_named_change(book: Workbook) -> None:
    id_ = add(book)
    update(book, "name", tableId=id_, name="Sales", range=grid(0, 0, 9, 3))
    assert (table(book)["name"], place(book)) == ("Sales", (0, 0, 4, 3))
    update(book, "range", tableId=id_, range=grid(0, 0, 9, 2))
    assert place(book) == (0, 0, 9, 2)
    assert table(book)["columnProperties"] == COLUMNS[:2]


def test_column_types_can_be_changed(book: Workbook) -> None:
    id_ = add(book)
    new = [{"columnIndex": 2, "columnName": "Total", "columnType": "DOUBLE"}]
    update(book, "columnProperties", tableId=id_, columnProperties=new)
    assert table(book)["columnProperties"] == [
        {"columnName": "Order"},
        {"columnIndex": 1, "columnName": "Status"},
        *new,
    ]
    assert book.read("C1") == [["Total"]]


def test_a_footer_is_one_row_more(book: Workbook) -> None:
    id_ = add(book)
    colour = {"rgbColor": {"red": 1}}
    update(
        book,
        "rowsProperties.footerColorStyle",
        tableId=id_,
        rowsProperties={"footerColorStyle": colour},
    )
    assert (place(book), table(book)["rowsProperties"]["footerColorStyle"]) == ((0, 0, 5, 3), colour)
    update(book, "rowsProperties", tableId=id_)
    assert place(book) == (0, 0, 4, 3)
    assert "rowsProperties" not in table(book)


def test_a_deleted_table_goes_with_what_it_holds(book: Workbook) -> None:
    id_ = add(book)
    book.write("A2", [["SO-1", "New", 5, "beside"]])
    book.batch({"deleteTable": {"tableId": id_}})
    assert "tables" not in book.sheet()
    assert book.raw("A1:D4") == [[], ["", "", "", "beside"]]


def test_appended_rows_take_the_free_ones_and_then_make_more(book: Workbook) -> None:
    id_ = add(book)
    book.write("A2", [["SO-1", "New", 5]])
    book.write("A5", [["below"]])
    more = [text(f"SO-{number}", "New", number) for number in (2, 3, 4)]
    book.batch({"appendCells": {"tableId": id_, "rows": more, "fields": "userEnteredValue"}})
    assert place(book) == (0, 0, 5, 3)
    assert [row[0] for row in book.raw("A2:A6")] == ["SO-1", "SO-2", "SO-3", "SO-4", "below"]


def test_appended_rows_come_before_the_footer(book: Workbook) -> None:
    id_ = add(book, rowsProperties={"footerColorStyle": {"rgbColor": {"blue": 1}}})
    book.write("A2", [["SO-1"], ["SO-2"], ["total"]])
    book.batch({"appendCells": {"tableId": id_, "rows": [text("SO-3")], "fields": "*"}})
    assert book.read("A2:A5") == [["SO-1"], ["SO-2"], ["SO-3"], ["total"]]
    assert place(book) == (0, 0, 5, 3)


def test_appended_rows_move_nothing_beside_the_table(book: Workbook) -> None:
    id_ = add(book)
    book.write("A2", [["a"], ["b"], ["c"]])
    book.write("D1", [["1"], ["2"], ["3"], ["4"], ["5"]])
    book.batch({"appendCells": {"tableId": id_, "rows": [text("d")], "fields": "*"}})
    assert book.read("D1:D6") == [["1"], ["2"], ["3"], ["4"], ["5"]]


def test_a_table_at_the_end_of_the_grid_grows_it(book: Workbook) -> None:
    id_ = add(book, range=grid(998, 0, 1000, 3))
    book.batch({"appendCells": {"tableId": id_, "rows": [text("a"), text("b")], "fields": "*"}})
    assert place(book) == (998, 0, 1001, 3)
    assert book.sheet()["properties"]["gridProperties"]["rowCount"] == 1001


def test_types_follow_their_columns(book: Workbook) -> None:
    add(book)
    book.batch({"insertDimension": {"range": rows(1, 2, "COLUMNS")}})
    assert place(book) == (0, 0, 4, 4)
    shown = [(one["columnName"], one.get("columnType")) for one in table(book)["columnProperties"]]
    assert shown == [("Order", "TEXT"), ("", None), ("Status", "DROPDOWN"), ("Amount", "CURRENCY")]
    book.batch({"deleteDimension": {"range": rows(0, 2, "COLUMNS")}})
    shown = [(one["columnName"], one.get("columnType")) for one in table(book)["columnProperties"]]
    assert shown == [("Status", "DROPDOWN"), ("Amount", "CURRENCY")]


def test_a_table_follows_its_rows_and_goes_with_them(book: Workbook) -> None:
    add(book)
    book.batch({"insertDimension": {"range": rows(0, 2)}}, {"insertDimension": {"range": rows(4, 5)}})
    assert place(book) == (2, 0, 7, 3)
    book.batch({"deleteDimension": {"range": rows(0, 8)}})
    assert "tables" not in book.sheet()


def test_a_copied_sheet_has_a_table_of_its_own(book: Workbook) -> None:
    id_ = add(book)
    book.batch({"duplicateSheet": {"sourceSheetId": 0, "insertSheetIndex": 1}})
    _, copy = (sheet["tables"][0] for sheet in book.get()["sheets"])
    assert copy["name"] == "Orders_2"
    assert copy["tableId"] != id_
    assert copy["columnProperties"] == COLUMNS


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "orders", "range": grid(9, 9, 12, 12)}, 'A table with the name "orders" already exists.'),
        ({"range": grid(3, 2, 9, 9)}, 'The range overlaps the table "Orders".'),
        ({}, "A table needs a range."),
        (
            {"range": grid(9, 0, 12, 2), "columnProperties": [{"columnIndex": 2}]},
            "Invalid columnIndex: 2. It must be in the table, and once only.",
        ),
        (
            {"range": grid(9, 0, 12, 2), "columnProperties": [{"columnType": "DROPDOWN"}]},
            "A column of type DROPDOWN needs a dataValidationRule of type ONE_OF_LIST.",
        ),
        (
            {"range": grid(9, 0, 12, 2), "columnProperties": [{"dataValidationRule": STATES}]},
            "Only columns of type DROPDOWN can have a dataValidationRule.",
        ),
    ],
)
def test_what_cannot_be_a_table_is_refused(book: Workbook, given: dict[str, Any], message: str) -> None:
    add(book)
    before = book.get("", "A1:Z20")
    assert book.refuse_batch({"addTable": {"table": given}}) == f"Invalid requests[0].addTable: {message}"
    assert book.get("", "A1:Z20") == before


@pytest.mark.parametrize(
    "change",
    [
        {"updateTable": {"table": {"tableId": "x"}, "fields": "*"}},
        {"deleteTable": {"tableId": "x"}},
        {"appendCells": {"tableId": "x", "rows": [text("a")], "fields": "*"}},
    ],
)
def test_a_table_that_is_not_there_is_named(book: Workbook, change: dict[str, Any]) -> None:
    assert book.refuse_batch(change).endswith(": No table with id: x")


def test_rows_wider_than_the_table_are_refused(book: Workbook) -> None:
    id_ = add(book)
    change = {"tableId": id_, "rows": [text("a", "b", "c", "d")], "fields": "*"}
    assert "beyond the last requested column of: 2" in book.refuse_batch({"appendCells": change})
    assert place(book) == (0, 0, 4, 3)
