from typing import Any

import pytest

from tests.desk.client import Workbook, grid


def by(column: int, order: str = "ASCENDING") -> list[dict[str, Any]]:
    return [{"dimensionIndex": column, "sortOrder": order}]


def test_sorting_puts_numbers_before_text_and_blanks_last(book: Workbook) -> None:
    book.write("A1", [["b"], [""], [10], ["A"], [9], [True]])
    book.batch({"sortRange": {"range": grid(0, 0, 10, 1), "sortSpecs": by(0)}})
    assert book.raw("A1:A10") == [[9], [10], ["A"], ["b"], [True]]
    book.batch({"sortRange": {"range": grid(0, 0, 10, 1), "sortSpecs": by(0, "DESCENDING")}})
    assert book.raw("A1:A10") == [[True], ["b"], ["A"], [10], [9]]


def test_sorting_keeps_equal_rows_in_their_order(book: Workbook) -> None:
    book.write("A1", [["x", 1], ["x", 2], ["a", 3], ["x", 4]])
    for order, expected in (("ASCENDING", [3, 1, 2, 4]), ("DESCENDING", [1, 2, 4, 3])):
        book.batch({"sortRange": {"range": grid(0, 0, 4, 2), "sortSpecs": by(0, order)}})
        assert [row[1] for row in book.raw("A1:B4")] == expected


def test_sorting_moves_only_the_cells_of_its_range(book: Workbook) -> None:
    book.write("A1", [["head"], ["b", "keep1", "2"], ["a", "keep2", "1"]])
    book.batch({"sortRange": {"range": grid(1, 0, 3, 1), "sortSpecs": by(0)}})
    assert book.read("A1:C3") == [["head"], ["a", "keep1", "2"], ["b", "keep2", "1"]]


def test_notes_and_formats_move_with_sorted_cells(book: Workbook) -> None:
    book.write("A1", [["b"], ["a"]])
    note = {"updateCells": {"start": {}, "rows": [{"values": [{"note": "of b"}]}], "fields": "note"}}
    book.batch(note, {"sortRange": {"range": grid(0, 0, 2, 1), "sortSpecs": by(0)}})
    assert book.cell("A2")["note"] == "of b"
    assert "note" not in book.cell("A1")


def find(book: Workbook, text: str, replacement: str, **options: Any) -> dict[str, Any]:
    scope = {} if {"range", "sheetId", "allSheets"} & set(options) else {"sheetId": 0}
    (reply,) = book.batch({"findReplace": {"find": text, "replacement": replacement, **scope, **options}})
    return dict(reply["findReplace"])


def test_find_and_replace_counts_what_it_changed(book: Workbook) -> None:
    book.write("A1", [["ab ab", "x"], ["Ab"]])
    counts = find(book, "ab", "c")
    assert counts == {"valuesChanged": 2, "rowsChanged": 2, "sheetsChanged": 1, "occurrencesChanged": 3}
    assert book.read("A1:B2") == [["c c", "x"], ["c"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"matchCase": True}, [["c c"], ["Ab"], ["xc"]]),
        ({"matchEntireCell": True}, [["ab ab"], ["c"], ["xab"]]),
        ({"range": grid(2, 0, 3, 1)}, [["ab ab"], ["Ab"], ["xc"]]),
        ({"matchEntireCell": True, "matchCase": True}, [["ab ab"], ["Ab"], ["xab"]]),
    ],
)
def test_find_and_replace_can_be_narrowed(
    book: Workbook, options: dict[str, Any], expected: list[list[str]]
) -> None:
    book.write("A1", [["ab ab"], ["Ab"], ["xab"]])
    find(book, "ab", "c", **options)
    assert book.read("A1:A3") == expected


def test_nothing_found_counts_nothing(book: Workbook) -> None:
    assert find(book, "ab", "c") == {}


def test_find_by_regular_expression_can_use_groups(book: Workbook) -> None:
    book.write("A1", [["SO-12"], ["x"]])
    find(book, r"^SO-(\d+)$", "No. $1", searchByRegex=True)
    assert book.read("A1:A2") == [["No. 12"], ["x"]]


def test_find_over_all_sheets(book: Workbook) -> None:
    book.batch({"addSheet": {"properties": {"title": "Team"}}})
    book.write("A1", [["x"]])
    book.write("Team!A1", [["x"]])
    assert find(book, "x", "y", allSheets=True)["sheetsChanged"] == 2


def test_the_row_id_found_is_not_turned_into_a_number(book: Workbook) -> None:
    book.write("A1", [["id-7"]])
    find(book, "id-", "00")
    assert book.raw("A1") == [["007"]]
