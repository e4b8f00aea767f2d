"""Tables in plain text stand straight, in Chinese too."""

from __future__ import annotations

from bot.mails.report_parts import Table, TableRow
from bot.mails.text_table import aligned, width


def test_chinese_letters_take_two_columns_and_accents_none() -> None:
    assert width("周报 W47") == 8
    assert width("e\u0301") == 1


def test_numbers_end_in_one_column_whatever_stands_before_them() -> None:
    rows = (TableRow("张伟", ("12", "¥345,600.00")), TableRow("O'Brien", ("3", "¥9.00")))
    lines = aligned(Table(("成员", "订单数", "金额"), rows)).split("\n")
    assert {width(line) for line in lines} == {width(lines[0])}
    assert lines[2].endswith("¥345,600.00")
    assert lines[3].endswith("¥9.00")


def test_an_amount_in_two_currencies_takes_two_lines() -> None:
    shown = aligned(Table(("A", "B"), (TableRow("x", ("¥1.00\nUS$20.00",)),)))
    assert shown.split("\n")[-2:] == ["x     ¥1.00", "   US$20.00"]


def test_a_long_label_has_a_line_of_its_own_and_loses_nothing() -> None:
    label = "很" * 40
    lines = aligned(Table(("A", "B"), (TableRow(label, ("1",)), TableRow("b", ("2",))))).split("\n")
    assert label in lines
    assert all(width(line) <= 42 for line in lines if line != label)


def test_notes_bars_totals_and_what_is_left_out_are_told() -> None:
    table = Table(
        ("A", "B"),
        (TableRow("x", ("2",), "why", 100), TableRow("y", ("1",), bar=50), TableRow("z", ("0",), bar=0)),
        TableRow("all", ("3",)),
        "4 more",
    )
    assert aligned(table).split("\n") == [
        "A    B",
        "------",
        "x    2  ##########",
        "  why",
        "y    1  #####",
        "z    0",
        "------",
        "all  3",
        "4 more",
    ]
