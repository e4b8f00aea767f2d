"""autoFill goes on with what is there."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid


def fill_down(book: Workbook, values: list[Any], count: int = 3, **options: Any) -> list[Any]:
    """What `count` more cells below the values come to."""
    height = len(values)
    book.write("A1", [[value] for value in values], "USER_ENTERED")
    told = {"source": grid(0, 0, height, 1), "dimension": "ROWS", "fillLength": count}
    book.batch({"autoFill": {"sourceAndDestination": told, **options}})
    return [row[0] for row in book.read(f"A{height + 1}:A{height + count}")]


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ([1, 2], ["3", "4", "5"]),
        ([10, 7.5], ["5", "2.5", "0"]),
        ([0.1, 0.2], ["0.3", "0.4", "0.5"]),
        ([5], ["5", "5", "5"]),
        ([1, 2, 4], ["1", "2", "4"]),
        (["2024-02-28"], ["2024-02-29", "2024-03-01", "2024-03-02"]),
        (["2024-01-01", "2024-01-08"], ["2024-01-15", "2024-01-22", "2024-01-29"]),
        (["2024-01-31", "2024-02-29"], ["2024-03-29", "2024-04-27", "2024-05-26"]),
        (["2023-11-15", "2023-12-15"], ["2024-01-15", "2024-02-15", "2024-03-15"]),
        (["9:30"], ["10:30", "11:30", "12:30"]),
        (["SO-009"], ["SO-010", "SO-011", "SO-012"]),
        (["Week 1", "Week 3"], ["Week 5", "Week 7", "Week 9"]),
        (["'08"], ["09", "10", "11"]),
        (["New", "Paid"], ["New", "Paid", "New"]),
        (["x", 1], ["x", "1", "x"]),
        (["TRUE", "FALSE"], ["TRUE", "FALSE", "TRUE"]),
    ],
)
def test_a_series_goes_on(book: Workbook, values: list[Any], more: list[str]) -> None:
    assert fill_down(book, values) == more


@pytest.mark.parametrize(
    ("values", "more"),
    [([5], ["6", "7", "8"]), ([1, 2], ["1", "2", "1"]), (["SO-9"], ["SO-9"] * 3)],
)
def test_the_alternate_series_does_the_other_thing(
    book: Workbook, values: list[Any], more: list[str]
) -> None:
    assert fill_down(book, values, useAlternateSeries=True) == more


def test_months_end_where_they_end(book: Workbook) -> None:
    assert fill_down(book, ["2023-10-31", "2023-12-31"], 2) == ["2024-02-29", "2024-04-30"]


def test_a_series_can_go_backwards_and_sideways(book: Workbook) -> None:
    book.write("D1", [[7, 8]])
    told = {"source": grid(0, 3, 1, 5), "dimension": "COLUMNS", "fillLength": -3}
    book.batch({"autoFill": {"sourceAndDestination": told}})
    assert book.raw("A1:E1") == [[4, 5, 6, 7, 8]]


def test_formulas_move_their_references(book: Workbook) -> None:
    book.write("A1", [[1, 10], [2, 20], [3, 30]])
    book.write("C1", [["=A1*$B$1"]], "USER_ENTERED")
    told = {"source": grid(0, 2, 1, 3), "dimension": "ROWS", "fillLength": 2}
    book.batch({"autoFill": {"sourceAndDestination": told}})
    assert book.read("C1:C3", valueRenderOption="FORMULA") == [["=A1*$B$1"], ["=A2*$B$1"], ["=A3*$B$1"]]
    assert book.raw("C1:C3") == [[10], [20], [30]]


def test_formats_are_filled_in_and_notes_stay_where_they_are(book: Workbook) -> None:
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    cells = [{"userEnteredValue": {"numberValue": 1}, **bold, "note": "first"}]
    book.batch({"updateCells": {"start": {}, "rows": [{"values": cells}], "fields": "*"}})
    book.batch(
        {
            "updateCells": {
                "start": {"rowIndex": 1},
                "rows": [{"values": [{"note": "kept"}]}],
                "fields": "note",
            }
        }
    )
    told = {"source": grid(0, 0, 1, 1), "dimension": "ROWS", "fillLength": 1}
    book.batch({"autoFill": {"sourceAndDestination": told}})
    filled = book.cell("A2")
    assert (filled["userEnteredFormat"], filled["note"]) == (bold["userEnteredFormat"], "kept")


def test_a_range_is_filled_from_what_it_holds(book: Workbook) -> None:
    book.write("A1", [[1, "x"], [2, "x"]])
    book.batch({"autoFill": {"range": grid(0, 0, 4, 2)}})
    assert book.raw("A1:B4") == [[1, "x"], [2, "x"], [3, "x"], [4, "x"]]
    book.batch({"autoFill": {"range": grid(0, 0, 1, 4)}})
    assert book.raw("A1:D1") == [[1, "x", 1, "x"]]


def test_an_empty_range_is_left_alone(book: Workbook) -> None:
    book.batch({"autoFill": {"range": grid(0, 0, 4, 2)}})
    assert book.read("A1:B4") == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "Either range or sourceAndDestination must be set."),
        (
            {"sourceAndDestination": {"source": grid(0, 0, 1, 1), "fillLength": 2}},
            "No dimension specified.",
        ),
        (
            {
                "sourceAndDestination": {
                    "source": grid(999, 0, 1000, 1),
                    "dimension": "ROWS",
                    "fillLength": 1,
                }
            },
            "Range (Sheet1!A1000:A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
    ],
)
def test_what_cannot_be_filled_is_refused(book: Workbook, change: dict[str, Any], message: str) -> None:
    assert book.refuse_batch({"autoFill": change}) == f"Invalid requests[0].autoFill: {message}"
