"""Repeated rows, stray blanks, random orders."""

from typing import Any

from tests.desk.client import Workbook, grid


def columns(start: int, end: int) -> dict[str, Any]:
    return {"sheetId": 0, "dimension": "COLUMNS", "startIndex": start, "endIndex": end}


def test_a_row_that_was_there_before_goes_and_the_rest_moves_up(book: Workbook) -> None:
    book.write("A1", [["Acme", 1], ["Beta", 2], ["ACME", 1], ["Acme", 2], ["Beta", 2]])
    (reply,) = book.batch({"deleteDuplicates": {"range": grid(0, 0, 5, 2)}})
    assert reply["deleteDuplicates"] == {"duplicatesRemovedCount": 2}
    assert book.raw("A1:B5") == [["Acme", 1], ["Beta", 2], ["Acme", 2]]


def test_only_the_columns_named_are_compared(book: Workbook) -> None:
    book.write("A1", [["a", 1], ["b", 1], ["a", 2]])
    change = {"range": grid(0, 0, 3, 2), "comparisonColumns": [columns(0, 1)]}
    book.batch({"deleteDuplicates": change})
    assert book.raw("A1:B3") == [["a", 1], ["b", 1]]


def test_what_is_beside_the_range_stays(book: Workbook) -> None:
    book.write("A1", [["a", "x", 1], ["a", "y", 2], ["b", "z", 3]])
    book.batch({"deleteDuplicates": {"range": grid(0, 0, 3, 1)}})
    assert book.raw("A1:C3") == [["a", "x", 1], ["b", "y", 2], ["", "z", 3]]


def test_a_number_is_no_duplicate_of_its_text(book: Workbook) -> None:
    book.write("A1", [[1], ["1"], [True]])
    assert book.batch({"deleteDuplicates": {"range": grid(0, 0, 3, 1)}}) == [{"deleteDuplicates": {}}]


def test_empty_rows_are_nobodys_duplicates(book: Workbook) -> None:
    book.write("A1", [["a"], [""], [""], ["a"]])
    book.batch({"deleteDuplicates": {"range": grid(0, 0, 9, 1)}})
    assert book.raw("A1:A4") == [["a"]]
    book.write("A4", [["b"]])
    assert book.batch({"deleteDuplicates": {"range": grid(0, 0, 9, 1)}}) == [{"deleteDuplicates": {}}]
    assert book.raw("A1:A4") == [["a"], [], [], ["b"]]


def test_columns_outside_of_the_range_cannot_be_compared(book: Workbook) -> None:
    change = {"range": grid(0, 0, 3, 2), "comparisonColumns": [columns(2, 3)]}
    assert "must be columns of the range" in book.refuse_batch({"deleteDuplicates": change})


def test_blanks_are_trimmed_and_text_stays_text(book: Workbook) -> None:
    book.write("A1", [["  a \t b\n", " 42 ", "clean"], [" =1+1 ", 7, " "]])
    (reply,) = book.batch({"trimWhitespace": {"range": grid(0, 0, 2, 3)}})
    assert reply["trimWhitespace"] == {"cellsChangedCount": 4}
    assert book.raw("A1:C2") == [["a b", "42", "clean"], ["=1+1", 7]]


def test_nothing_to_trim_counts_nothing(book: Workbook) -> None:
    book.write("A1", [["a"]])
    assert book.batch({"trimWhitespace": {"range": grid(0, 0, 2, 3)}}) == [{"trimWhitespace": {}}]


def test_a_formula_is_not_trimmed(book: Workbook) -> None:
    book.write("A1", [['="  a  "']], "USER_ENTERED")
    book.batch({"trimWhitespace": {"range": grid(0, 0, 1, 1)}})
    assert book.read("A1", valueRenderOption="FORMULA") == [['="  a  "']]


def test_a_random_order_loses_no_row_and_moves_nothing_else(book: Workbook) -> None:
    values = [[number, f"row {number}"] for number in range(40)]
    book.write("A1", values)
    book.write("C1", [["beside"]])
    book.batch({"randomizeRange": {"range": grid(0, 0, 60, 2)}})
    mixed = [row[:2] for row in book.raw("A1:C60")]
    assert sorted(mixed) == values
    assert mixed != values  # one order in 40! is the old one
    assert book.read("C1") == [["beside"]]
