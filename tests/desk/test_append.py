import pytest

from tests.desk.client import Workbook, grid, text


@pytest.fixture
def guide(book: Workbook) -> Workbook:
    """The two tables of the API guide: A1:C2 and B4:D6."""
    book.write("A1", [["x", "y", "z"], ["x", "y", "z"]])
    book.write("B4", [["x", "y"], ["", "y", "z"], ["x", "y", "z"]])
    return book


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Sheet1", "B7"),
        ("B4", "B7"),
        ("C5:D5", "B7"),
        ("B2:D4", "B7"),
        ("A3:G10", "B7"),
        ("A1", "A3"),
        ("E4", "E4"),
        ("A4", "A4"),
    ],
)
def test_append_finds_the_table_the_guide_says(guide: Workbook, asked: str, written: str) -> None:
    assert guide.append(asked, [["new"]])["updates"]["updatedRange"] == f"Sheet1!{written}"


def test_a_hole_in_a_row_sends_the_next_append_to_the_right(book: Workbook) -> None:
    book.append("Sheet1", [["x", "", "z"]])
    answer = book.append("Sheet1", [["a", "b", "c"]])
    assert answer["tableRange"] == "Sheet1!C1"
    assert answer["updates"]["updatedRange"] == "Sheet1!C2:E2"


def test_with_its_first_cell_named_the_table_stays_in_its_column(book: Workbook) -> None:
    book.append("A1", [["x", "", "z"]])
    assert book.append("A1", [["a", "b", "c"]])["updates"]["updatedRange"] == "Sheet1!A2:C2"


def test_where_there_is_no_table_none_is_named(book: Workbook) -> None:
    assert "tableRange" not in book.append("Sheet1", [["x"]])


def test_append_overwrites_what_lies_below_unless_told_to_insert(guide: Workbook) -> None:
    guide.append("A1", [["1"], ["2"], ["3"]])
    assert guide.read("A3:D5") == [["1"], ["2", "x", "y"], ["3", "", "y", "z"]]


def test_inserting_pushes_down_what_lies_below(guide: Workbook) -> None:
    guide.append("A1", [["1"], ["2"]], insertDataOption="INSERT_ROWS")
    assert guide.read("A3:D6") == [["1"], ["2"], [], ["", "x", "y"]]


def test_inserting_where_there_is_no_table_overwrites_nothing(guide: Workbook) -> None:
    guide.append("A4", [["new"]], insertDataOption="INSERT_ROWS")
    assert guide.read("A4:D5") == [["new"], ["", "x", "y"]]


def test_append_adds_rows_at_the_end_of_the_grid(book: Workbook) -> None:
    book.write("A1000", [["last"]])
    assert book.append("A1000", [["a"], ["b"]])["updates"]["updatedRange"] == "Sheet1!A1001:A1002"
    assert book.sheet()["properties"]["gridProperties"]["rowCount"] == 1002


def test_append_cells_goes_below_the_last_row_that_holds_a_value(guide: Workbook) -> None:
    guide.batch(
        {
            "repeatCell": {
                "range": grid(0, 0, 50, 3),
                "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}},
                "fields": "userEnteredFormat",
            }
        }
    )
    guide.batch({"appendCells": {"sheetId": 0, "rows": [text("a", 1, True)], "fields": "userEnteredValue"}})
    assert guide.raw("A7:C7") == [["a", 1, True]]


def test_append_cells_grows_the_grid(book: Workbook) -> None:
    book.write("A1000", [["last"]])
    book.batch({"appendCells": {"sheetId": 0, "rows": [text("a"), text("b")], "fields": "*"}})
    assert book.read("A1001:A1002") == [["a"], ["b"]]


def test_append_cells_keeps_text_that_looks_like_something_else(book: Workbook) -> None:
    book.batch({"appendCells": {"sheetId": 0, "rows": [text("007", "=1+1")], "fields": "*"}})
    assert book.raw("A1:B1") == [["007", "=1+1"]]
