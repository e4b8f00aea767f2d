from collections.abc import Callable
from typing import Any

import pytest

from tests.desk.client import Workbook, grid


@pytest.mark.parametrize("value", ["007", "=1+1", "2024-01-15", "TRUE", "'x", "50%", 7, 1.5, True, 10**20])
def test_raw_keeps_a_value_as_it_is(book: Workbook, value: Any) -> None:
    book.write("A1", [[value]])
    assert book.raw("A1") == [[value]]


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("0042", 42, "42"),
        ("2,000,000.01", 2000000.01, "2,000,000.01"),
        ("50%", 0.5, "50%"),
        ("$1,234.50", 1234.5, "$1,234.50"),
        ("-$5", -5, "-$5"),
        ("3.00", 3, "3"),
        ("1e3", 1000, "1.00E+03"),
        ("+5", 5, "5"),
        ("true", True, "TRUE"),
        ("2024-01-15", 45306, "2024-01-15"),
        ("2024-01-15 09:05:00", 45306.378472222, "2024-01-15 9:05:00"),
        ("9/27/2026", 46292, "9/27/2026"),
        ("9:30", 0.395833333, "9:30"),
        ("'0042", "0042", "0042"),
        ("+86 138 0000 0000", "+86 138 0000 0000", "+86 138 0000 0000"),
        ("12,5", "12,5", "12,5"),
        ("13/45/2026", "13/45/2026", "13/45/2026"),
        ("张伟", "张伟", "张伟"),
        ("1-2", "1-2", "1-2"),
        ("1e400", "1e400", "1e400"),
    ],
)
def test_typed_text_is_read_as_a_person_means_it(book: Workbook, typed: str, value: Any, shown: str) -> None:
    book.write("A1", [[typed]], "USER_ENTERED")
    (read,) = book.raw("A1")[0]
    assert type(read) is type(value)
    assert read == (pytest.approx(value) if isinstance(value, float) else value)
    assert book.read("A1") == [[shown]]


@pytest.mark.parametrize(
    ("locale", "typed", "value", "shown"),
    [
        ("zh_CN", "¥1,234.50", 1234.5, "¥1,234.50"),
        ("zh_CN", "2026年9月27日", 46292, "2026年9月27日"),
        ("zh_CN", "2026/9/27", 46292, "2026/9/27"),
        ("zh_CN", "9/27/2026", "9/27/2026", "9/27/2026"),
        ("de_DE", "1.234,5", 1234.5, "1.234,50"),
        ("de_DE", "27.9.2026", 46292, "27.09.2026"),
        ("de_DE", "31.12.2026 14:30", 46387.604166666664, "31.12.2026 14:30"),
        ("de_DE", "12,5", 12.5, "12,5"),
        ("de_DE", "1.234,50 €", 1234.5, "1.234,50 €"),
        ("de_DE", "12,5%", 0.125, "12,50%"),
        ("de_DE", "1,5e3", 1500, "1,50E+03"),
        ("de_DE", "1.5", "1.5", "1.5"),
        ("zh_CN", "50%", 0.5, "50%"),
        ("zh_CN", "2026/9/27 9:05", 46292.37847222222, "2026/9/27 9:05"),
        ("zh_CN", "true", True, "TRUE"),
        ("en_GB", "27/9/2026", 46292, "27/09/2026"),
    ],
)
def test_typed_text_is_read_in_the_workbooks_locale(
    make_book: Callable[..., Workbook], locale: str, typed: str, value: Any, shown: str
) -> None:
    book = make_book(locale)
    book.write("A1", [[typed]], "USER_ENTERED")
    assert book.raw("A1") == [[value]]
    assert book.read("A1") == [[shown]]


def test_a_date_is_a_serial_as_value_and_as_formula(book: Workbook) -> None:
    book.write("A1", [["2020-01-01", "=4/2", 53]], "USER_ENTERED")
    assert book.read("A1:C1", valueRenderOption="FORMULA") == [[43831, "=4/2", 53]]
    as_text = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert book.read("A1:C1", **as_text) == [["2020-01-01", 2, 53]]


def test_a_typed_number_in_a_text_cell_stays_text(book: Workbook) -> None:
    cell = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "userEnteredFormat"}})
    book.write("A1", [["007"]], "USER_ENTERED")
    assert book.raw("A1") == [["007"]]


def test_a_formula_the_desk_cannot_work_out_shows_an_error_not_a_value(book: Workbook) -> None:
    book.write("A1", [['=QUERY(C:D; "select C")', "=1/0"]], "USER_ENTERED")
    assert book.read("A1:B1") == [["#NAME?", "#DIV/0!"]]
    assert book.cell("A1")["effectiveValue"]["errorValue"]["type"] == "NAME"


def test_writing_over_a_formula_removes_it(book: Workbook) -> None:
    book.write("A1", [["=1+1"]], "USER_ENTERED")
    book.write("A1", [["x"]])
    assert book.read("A1", valueRenderOption="FORMULA") == [["x"]]


@pytest.mark.parametrize(
    ("pattern", "kind", "value", "shown"),
    [
        ("#,##0.00", "NUMBER", 1234567.891, "1,234,567.89"),
        ("0.##", "NUMBER", 1.5, "1.5"),
        ("000", "NUMBER", 7, "007"),
        ("0%", "PERCENT", 0.125, "13%"),
        ('"¥"#,##0.00;[Red]-"¥"#,##0.00', "CURRENCY", -5, "-¥5.00"),
        ("[$¥-804]#,##0", "CURRENCY", 1200, "¥1,200"),
        ("yyyy-mm-dd hh:mm", "DATE_TIME", 46292.5, "2026-09-27 12:00"),
        ('yyyy"年"m"月"d"日"', "DATE", 46292, "2026年9月27日"),
        ("h:mm am/pm", "TIME", 0.75, "6:00 PM"),
        ("dddd d mmm yyyy", "DATE", 46292, "Sunday 27 Sep 2026"),
        ("[h]:mm", "TIME", 1.5, "36:00"),
    ],
)
def test_number_formats_show_a_value(
    book: Workbook, pattern: str, kind: str, value: float, shown: str
) -> None:
    cell = {
        "userEnteredValue": {"numberValue": value},
        "userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}},
    }
    book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "*"}})
    assert book.read("A1") == [[shown]]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1 / 3, "0.3333333333"),
        (1 / 1024, "0.0009765625"),
        (1e20, "1E+20"),
        (-0.5, "-0.5"),
        (1e15 - 1, "999999999999999"),
    ],
)
def test_a_plain_number_shows_ten_decimals_at_most(book: Workbook, value: float, shown: str) -> None:
    book.write("A1", [[value]])
    assert book.read("A1") == [[shown]]


def test_the_address_of_a_page_is_a_link(book: Workbook) -> None:
    book.write("A1", [["https://desk.example/x", "see https://desk.example"]], "USER_ENTERED")
    assert book.cell("A1")["hyperlink"] == "https://desk.example/x"
    assert "hyperlink" not in book.cell("B1")


@pytest.mark.parametrize(
    "pattern", ["0%", "0.00", "#,##0.00", '"¥"#,##0.00', "0.00E+00", "yyyy-mm-dd", "h:mm"]
)
@pytest.mark.parametrize("number", [1e27, 1e300, -1.7976931348623157e308, 5e-324])
def test_the_largest_and_smallest_numbers_can_be_shown_in_every_format(
    book: Workbook, pattern: str, number: float
) -> None:
    kind = "DATE_TIME" if "h" in pattern or "y" in pattern else "NUMBER"
    cell = {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}
    book.write("A1", [[number]])
    book.batch({"repeatCell": {"range": grid(0, 0, 1, 1), "cell": cell, "fields": "userEnteredFormat"}})
    assert book.read("A1") != [[""]]
    assert book.raw("A1") == [[number]]
