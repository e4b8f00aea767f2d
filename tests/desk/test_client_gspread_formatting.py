"""gspread-formatting against the desk: whatever its users do with it; only the address is another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gspread
import gspread_formatting as looks
import pytest

from bot.desk import Desk
from tests.desk.google_clients import Session

RED = looks.Color(1, 0, 0)
HEADER = looks.CellFormat(
    backgroundColor=looks.Color(0.2, 0.4, 0.8),
    textFormat=looks.TextFormat(bold=True, foregroundColor=looks.Color(1, 1, 1), fontSize=12),
    horizontalAlignment="CENTER",
)


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[gspread.Client]:
    with Session(desk.url) as session:
        yield gspread.Client(auth=None, session=session)  # type: ignore[arg-type]  # the desk needs no login


@pytest.fixture
def sheet(client: gspread.Client) -> gspread.Worksheet:
    made = client.create("From gspread-formatting").sheet1
    made.update([["No.", "Name", "Amount"], ["1", "李明", 20], ["2", "Anna", 5]], "A1", raw=True)
    return made


def rgb(colour: Any) -> str:
    """A colour without how much it covers, which the library sends and the API only keeps."""
    return str(colour.toHex()[:7])


def shown(sheet: gspread.Worksheet, fields: str) -> Any:
    answer = sheet.spreadsheet.fetch_sheet_metadata(
        {"fields": f"sheets({fields})", "includeGridData": "true"}
    )
    return answer["sheets"][0]


def test_a_format_is_read_as_it_was_written(sheet: gspread.Worksheet) -> None:
    looks.format_cell_range(sheet, "A1:C1", HEADER)
    read = looks.get_user_entered_format(sheet, "B1")
    assert read.textFormat.bold is True
    assert rgb(read.textFormat.foregroundColor) == "#ffffff"
    assert rgb(read.backgroundColor) == "#3366cc"
    assert read.horizontalAlignment == "CENTER"
    assert looks.get_user_entered_format(sheet, "B2") is None


def test_the_effective_format_has_the_default_below(sheet: gspread.Worksheet) -> None:
    looks.format_cell_range(sheet, "A2", looks.CellFormat(textFormat=looks.TextFormat(italic=True)))
    effective = looks.get_effective_format(sheet, "A2")
    assert (effective.textFormat.italic, effective.textFormat.fontSize) == (True, 10)
    assert looks.get_default_format(sheet.spreadsheet).textFormat.fontSize == 10


def test_several_ranges_and_parts_of_a_format_are_written_together(sheet: gspread.Worksheet) -> None:
    money = looks.CellFormat(numberFormat=looks.NumberFormat(type="NUMBER", pattern="#,##0.00"))
    looks.format_cell_ranges(
        sheet, [("A1:C1", HEADER), ("C", money), ("2:2", looks.CellFormat(wrapStrategy="WRAP"))]
    )
    assert sheet.get("C2") == [["20.00"]]
    both = looks.get_user_entered_format(sheet, "C1")
    assert both.textFormat.bold is True
    assert both.numberFormat.pattern == "#,##0.00"
    border = looks.Border("SOLID", RED)
    looks.format_cell_range(
        sheet, "A3", looks.CellFormat(borders=looks.Borders(bottom=border), padding=looks.Padding(1, 2, 3, 4))
    )
    read = looks.get_user_entered_format(sheet, "A3")
    assert rgb(read.borders.bottom.color) == "#ff0000"
    assert read.padding.left == 4


def test_the_text_of_a_cell_is_in_several_styles(sheet: gspread.Worksheet) -> None:
    runs = [
        looks.TextFormatRun(startIndex=0, format=looks.TextFormat(bold=True)),
        looks.TextFormatRun(
            startIndex=2, format=looks.TextFormat(link=looks.Link(uri="https://example.com"))
        ),
    ]
    looks.set_text_format_runs(sheet, "B3", runs)
    read = looks.get_text_format_runs(sheet, "B3")
    assert [run.startIndex or 0 for run in read] == [0, 2]
    assert read[0].format.bold is True


def test_rows_and_columns_are_frozen_and_sized(sheet: gspread.Worksheet) -> None:
    looks.set_frozen(sheet, rows=1, cols=2)
    looks.set_column_width(sheet, "A", 50)
    looks.set_column_widths(sheet, [("B:C", 200)])
    looks.set_row_height(sheet, "1", 40)
    looks.set_row_heights(sheet, [("2:3", 30)])
    looks.set_right_to_left(sheet, True)
    assert (looks.get_frozen_row_count(sheet), looks.get_frozen_column_count(sheet)) == (1, 2)
    assert looks.get_right_to_left(sheet) is True
    data = shown(sheet, "data(columnMetadata.pixelSize,rowMetadata.pixelSize)")["data"][0]
    assert [one["pixelSize"] for one in data["columnMetadata"][:4]] == [50, 200, 200, 100]
    assert [one["pixelSize"] for one in data["rowMetadata"][:4]] == [40, 30, 30, 21]


def test_a_validation_rule_is_read_as_it_was_written(sheet: gspread.Worksheet) -> None:
    rule = looks.DataValidationRule(
        looks.BooleanCondition("ONE_OF_LIST", ["李明", "Anna"]),
        strict=True,
        showCustomUi=True,
        inputMessage="who",
    )
    looks.set_data_validation_for_cell_range(sheet, "B2:B9", rule)
    read = looks.get_data_validation_rule(sheet, "B5")
    assert [value.userEnteredValue for value in read.condition.values] == ["李明", "Anna"]
    assert (read.strict, read.inputMessage) == (True, "who")
    looks.set_data_validation_for_cell_ranges(
        sheet, [("B2:B9", None), ("D1", looks.DataValidationRule(looks.BooleanCondition("BOOLEAN")))]
    )
    assert looks.get_data_validation_rule(sheet, "B5") is None
    assert looks.get_data_validation_rule(sheet, "D1").condition.type == "BOOLEAN"


def test_conditional_formats_are_added_changed_and_saved(sheet: gspread.Worksheet) -> None:
    area = looks.GridRange.from_a1_range("C2:C9", sheet)
    above = looks.ConditionalFormatRule(
        ranges=[area],
        booleanRule=looks.BooleanRule(
            condition=looks.BooleanCondition("NUMBER_GREATER", ["10"]),
            format=looks.CellFormat(backgroundColor=RED),
        ),
    )
    shades = looks.ConditionalFormatRule(
        ranges=[area],
        gradientRule=looks.GradientRule(
            minpoint=looks.InterpolationPoint(color=looks.Color(1, 1, 1), type="MIN"),
            maxpoint=looks.InterpolationPoint(color=RED, type="MAX"),
        ),
    )
    rules = looks.get_conditional_format_rules(sheet)
    rules.append(above)
    rules.append(shades)
    rules.save()
    again = looks.get_conditional_format_rules(sheet)
    assert [bool(rule.booleanRule) for rule in again] == [True, False]
    assert again[0].booleanRule.condition.values[0].userEnteredValue == "10"
    assert rgb(again[1].gradientRule.maxpoint.color) == "#ff0000"
    del again[1]
    again[0].booleanRule.condition = looks.BooleanCondition("NUMBER_LESS", ["10"])
    again.save()
    (last,) = looks.get_conditional_format_rules(sheet)
    assert last.booleanRule.condition.type == "NUMBER_LESS"
    again.clear()
    again.save()
    assert list(looks.get_conditional_format_rules(sheet)) == []


def test_a_conditional_format_shows_in_the_effective_one(sheet: gspread.Worksheet) -> None:
    rules = looks.get_conditional_format_rules(sheet)
    rules.append(
        looks.ConditionalFormatRule(
            ranges=[looks.GridRange.from_a1_range("C2:C3", sheet)],
            booleanRule=looks.BooleanRule(
                condition=looks.BooleanCondition("NUMBER_GREATER", ["10"]),
                format=looks.CellFormat(backgroundColor=RED),
            ),
        )
    )
    rules.save()
    colours = [rgb(looks.get_effective_format(sheet, label).backgroundColor) for label in ("C2", "C3")]
    assert colours == ["#ff0000", "#ffffff"]


def test_many_changes_travel_together(sheet: gspread.Worksheet) -> None:
    with looks.batch_updater(sheet.spreadsheet) as batch:
        batch.format_cell_range(sheet, "A1:C1", HEADER)
        batch.set_row_height(sheet, "1", 60)
        batch.set_frozen(sheet, rows=1)
        batch.set_data_validation_for_cell_range(
            sheet, "B2", looks.DataValidationRule(looks.BooleanCondition("BOOLEAN"))
        )
    assert looks.get_frozen_row_count(sheet) == 1
    assert shown(sheet, "data.rowMetadata.pixelSize")["data"][0]["rowMetadata"][0]["pixelSize"] == 60
    assert looks.get_user_entered_format(sheet, "A1").textFormat.bold is True


def test_a_table_of_pandas_is_formatted(sheet: gspread.Worksheet) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is no dependency of the project")
    from gspread_formatting.dataframe import (  # noqa: PLC0415 - it needs pandas
        BasicFormatter,
        format_with_dataframe,
    )

    frame = pandas.DataFrame({"Name": ["李明", "Anna"], "Amount": [1.5, 2.0]})
    format_with_dataframe(
        sheet,
        frame,
        BasicFormatter(header_background_color=RED, freeze_headers=True),
        include_column_header=True,
    )
    assert rgb(looks.get_user_entered_format(sheet, "A1").backgroundColor) == "#ff0000"
    assert looks.get_frozen_row_count(sheet) == 1
