"""Text that is taken apart into cells."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid


def paste(book: Workbook, data: str, delimiter: str = ",", row: int = 0, column: int = 0) -> None:
    at = {"rowIndex": row, "columnIndex": column}
    book.batch({"pasteData": {"coordinate": at, "data": data, "delimiter": delimiter}})


def split(book: Workbook, height: int, **options: Any) -> list[list[Any]]:
    book.batch({"textToColumns": {"source": grid(0, 0, height, 1), **options}})
    return book.raw(f"A1:E{height}")


def test_pasted_data_is_read_as_if_it_was_typed(book: Workbook) -> None:
    paste(book, "SO-1,2024-01-15,50%\n'007,=1+1,TRUE", row=1, column=1)
    assert book.raw("B2:D3") == [["SO-1", 45306, 0.5], ["007", 2, True]]


def test_a_quoted_field_may_hold_the_delimiter_and_line_breaks(book: Workbook) -> None:
    paste(book, 'a,"b,\nc","say ""hi"""\n')
    assert book.read("A1:C2") == [["a", "b,\nc", 'say "hi"']]


def test_pasting_clears_where_the_data_is_empty(book: Workbook) -> None:
    book.write("A1", [["old", "old"]])
    paste(book, "\tnew", "\t")
    assert book.read("A1:B1") == [["", "new"]]


def test_a_delimiter_may_be_long(book: Workbook) -> None:
    paste(book, "a || b", " || ")
    assert book.read("A1:B1") == [["a", "b"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"html": True, "data": "<b>"}, "Pasting HTML is not imitated by the local desk."),
        ({"data": "a"}, "Either html or a delimiter must be set."),
        (
            {"data": "a", "delimiter": ",", "type": "PASTE_FORMAT"},
            "Delimited data has nothing but values to paste.",
        ),
        (
            {"data": "a\nb", "delimiter": ",", "coordinate": {"rowIndex": 999}},
            "Range (Sheet1!A1000:A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
    ],
)
def test_what_cannot_be_pasted_is_refused(book: Workbook, change: dict[str, Any], message: str) -> None:
    assert book.refuse_batch({"pasteData": change}) == f"Invalid requests[0].pasteData: {message}"


@pytest.mark.parametrize(
    ("kind", "text", "parts"),
    [
        ("COMMA", "a,b", ["a", "b"]),
        ("SEMICOLON", "1;2;3", [1, 2, 3]),
        ("PERIOD", "a.b", ["a", "b"]),
        ("SPACE", "张 伟", ["张", "伟"]),
        ("AUTODETECT", "x;y z;w", ["x", "y z", "w"]),
    ],
)
def test_a_column_is_split_at_a_delimiter(book: Workbook, kind: str, text: str, parts: list[Any]) -> None:
    book.write("A1", [[text], [text]])
    assert split(book, 2, delimiterType=kind) == [parts, parts]


def test_a_custom_delimiter_splits(book: Workbook) -> None:
    book.write("A1", [["a->b"]])
    assert split(book, 1, delimiterType="CUSTOM", delimiter="->") == [["a", "b"]]


def test_texts_without_the_delimiter_stay_with_what_is_beside_them(book: Workbook) -> None:
    book.write("A1", [["a,b", "old"], ["c", "old"]])
    assert split(book, 2, delimiterType="COMMA") == [["a", "b"], ["c", "old"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": grid(0, 0, 1, 2)}, "must span exactly one column"),
        ({"source": grid(0, 0, 1, 1), "delimiterType": "CUSTOM"}, "must not be empty"),
        ({"source": grid(0, 0, 1, 1), "delimiter": "x"}, "only be given with the delimiterType CUSTOM"),
    ],
)
def test_what_cannot_be_split_is_refused(book: Workbook, change: dict[str, Any], message: str) -> None:
    assert message in book.refuse_batch({"textToColumns": change})


def test_a_split_never_grows_the_grid(book: Workbook) -> None:
    book.write("Z1", [["a,b"]])
    change = {"source": grid(0, 25, 1, 26), "delimiterType": "COMMA"}
    assert "exceeds grid limits" in book.refuse_batch({"textToColumns": change})
    assert book.read("Z1") == [["a,b"]]
