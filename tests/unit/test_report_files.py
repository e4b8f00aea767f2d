"""The rows that go along with a report: all of them, numbers as numbers, and no text that runs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from bot.mails.mail_text import one_line
from bot.planning.notices import Attachment, Draft
from bot.planning.report_values import Correction, LeftOut, Ranked, TeamReport
from tests.emails.report_samples import (
    exceptions,
    figures,
    line,
    lines,
    personal,
    personal_mail,
    several_currencies,
    team,
    team_mail,
)
from tests.hostile import PAYLOADS

BEGINNINGS = "=+-@＝＋－＠\t\r\n"


def sheets(file: Attachment) -> dict[str, list[list[Any]]]:
    """The sheets of an .xlsx file as a spreadsheet reads them."""
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def table(file: Attachment) -> list[list[str]]:
    """The rows of a .csv file."""
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


def of_team(report: TeamReport, attach: str) -> Draft:
    return team_mail(report, "en", attach)


def test_the_file_is_named_after_its_week() -> None:
    assert [f.name for f in personal_mail(personal("en"), "en").attachments] == ["weekly-2026-W47.xlsx"]
    assert [f.name for f in of_team(team("en"), "csv").attachments] == [
        "weekly-team-2026-W47.csv",
        "weekly-team-2026-W47-members.csv",
        "weekly-team-2026-W47-corrections.csv",
        "weekly-team-2026-W47-left-out.csv",
    ]
    assert personal_mail(personal("en"), "en", "none").attachments == ()


@pytest.mark.parametrize(("language", "first"), [("en", "Order No."), ("zh-CN", "订单编号")])
def test_titles_are_the_workbooks_in_the_readers_language(language: str, first: str) -> None:
    (file,) = personal_mail(personal(language), language).attachments
    (titles, *_) = next(iter(sheets(file).values()))
    assert titles[0] == first


def test_all_rows_are_there_however_few_the_mail_shows() -> None:
    found = lines("en", 500)
    week = figures("en", found, cancelled=(line("en", 500, cancelled=True),))
    (file,) = personal_mail(personal("en", week), "en").attachments
    rows = sheets(file)["Orders"][1:]
    assert len(rows) == 501
    assert sum((Decimal(str(row[8])) for row in rows[:500]), Decimal(0)) == week.week.amount("CNY")
    assert [row[13] for row in rows[499:]] == ["yes", "no, cancelled"]


def test_money_is_numbers_and_days_are_days() -> None:
    (file,) = personal_mail(personal("en", several_currencies("en")), "en").attachments
    sheet = openpyxl.load_workbook(io.BytesIO(file.content))["Orders"]
    row = sheet[2]
    assert (row[8].value, row[8].number_format) == (2560, "#,##0.00")
    assert row[1].value == datetime(2026, 11, 14, 9)  # noqa: DTZ001 - a file shows the team's wall clock
    assert row[2].value == datetime(2026, 11, 14)  # noqa: DTZ001 - a day, as openpyxl reads it
    assert row[2].number_format == "yyyy-mm-dd"
    assert [sheet.cell(r, 8).value for r in range(2, 9)] == ["CNY"] * 4 + ["USD", "JPY", "CNY"]


def test_a_number_too_long_for_a_spreadsheet_keeps_its_digits_as_text() -> None:
    huge = Decimal("12345678901234567890.12")
    (file,) = personal_mail(personal("en", figures("en", [line("en", 0, amount=huge)])), "en").attachments
    assert sheets(file)["Orders"][1][8] == "12345678901234567890.12"


def hostile_report() -> TeamReport:
    """A team's week in which every text that people can type is one of the payloads."""
    texts = list(PAYLOADS.values())
    found = [
        line("en", i, order_no=text, customer=text, product=text, specification=text, salesperson=text, team=text,
             status=text, row_id=text)
        for i, text in enumerate(texts)
    ]  # fmt: skip
    one = Decimal(1)
    week = figures(
        "en",
        found,
        corrections=tuple(
            Correction("2026-W46", "2026-W47", t, t, t, "amount", "CNY", one, one, t, t) for t in texts
        ),
        left_out=tuple(LeftOut("contracts", 2, t, t, t, t) for t in texts),
    )
    return replace(team("en", week=week), members=tuple(Ranked(t, week.week, team=t) for t in texts))


def test_no_text_in_a_sheet_is_a_formula_or_a_link() -> None:
    (file,) = of_team(hostile_report(), "xlsx").attachments
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    seen: set[str] = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                if isinstance(cell.value, str):
                    assert cell.number_format == "@"
                    seen.add(cell.value)
    assert {"=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=cmd|' /C calc'!A0"} <= seen
    with ZipFile(io.BytesIO(file.content)) as parts:
        names = parts.namelist()
        assert not any("external" in name.lower() or "vba" in name.lower() for name in names)
        assert not any(b"<f>" in parts.read(name) or b"<f " in parts.read(name) for name in names)


def test_no_text_in_a_csv_file_begins_like_a_formula() -> None:
    files = of_team(hostile_report(), "csv").attachments
    assert len(files) == 4
    numbers = {6, 8}
    rows, *others = map(table, files)
    texts = {text for row in rows for i, text in enumerate(row) if i not in numbers}
    texts |= {text for other in others[2:] for row in other for text in row}
    assert not {text for text in texts if text[:1] in BEGINNINGS and text}
    assert {"'=1+1", "'+1+1", "'-1+1", "'@SUM(1,1)", "'＝1+1"} <= texts


def test_a_csv_file_keeps_the_texts_and_one_line_a_row() -> None:
    rows = table(of_team(hostile_report(), "csv").attachments[0])
    assert len(rows) == 1 + len(PAYLOADS)
    for row, text in zip(rows[1:], PAYLOADS.values(), strict=True):
        assert len(row) == len(rows[0])
        assert row[3].removeprefix("'") == one_line(text, 2_000).removeprefix("'")


def test_a_file_says_when_its_run_began_and_not_when_it_was_written() -> None:
    (file,) = personal_mail(personal("en"), "en").attachments
    made = openpyxl.load_workbook(io.BytesIO(file.content)).properties.created
    assert made == datetime(2026, 11, 20, 18, 0, 20, tzinfo=UTC).replace(tzinfo=None)


def test_exceptions_stand_on_sheets_of_their_own() -> None:
    week = figures("en", **exceptions("en"))
    (file,) = personal_mail(personal("en", week), "en").attachments
    found = sheets(file)
    assert list(found) == ["Orders", "Corrections", "Left out"]
    assert found["Corrections"][1] == [
        "20261110-002", "2026-W46", "cancelled", "Zhang Wei", -2, "CNY", -12800,
    ]  # fmt: skip
    assert found["Left out"][1][0] == "Contract Orders, row 128"
