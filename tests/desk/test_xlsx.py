"""Workbooks as .xlsx files and back, and files that mean harm."""

import contextlib
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import gspread
import openpyxl
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from bot.desk import Desk, xlsx
from bot.desk.book.grid import Row
from bot.desk.book.workbook import Sheet, new_file_id, new_sheet, new_workbook
from bot.desk.errors import ApiError
from tests.desk.client import Workbook, grid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMAT = "userEnteredFormat"


def out(book: Workbook) -> bytes:
    answer = book.session.get(f"{book.desk.url}/book/{book.id}/export.xlsx", timeout=20)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    return answer.content


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def take_in(desk: Desk, data: bytes, title: str = "Back") -> requests.Response:
    return requests.post(f"{desk.url}/_desk/import", params={"title": title}, data=data, timeout=30)


def back(desk: Desk, data: bytes) -> Workbook:
    answer = take_in(desk, data)
    assert answer.status_code == 200, answer.text
    return Workbook(desk, answer.json()["id"])


def refused(desk: Desk, data: bytes) -> str:
    before = requests.get(f"{desk.url}/drive/v3/files", timeout=5).json()["files"]
    answer = take_in(desk, data)
    assert answer.status_code == 400, answer.text
    assert requests.get(f"{desk.url}/drive/v3/files", timeout=5).json()["files"] == before
    return str(answer.json()["error"]["message"])


def saved(file: Any) -> bytes:
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A file with its parts changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()


def plain_file() -> Any:
    return openpyxl.Workbook()


# Out


def test_values_leave_with_their_types(book: Workbook) -> None:
    book.write("A1", [["007", 7, 2.5, True, "李明"]])
    book.write("A2", [["2026-11-21", "12:30", "50%", "¥1,234.50"]], "USER_ENTERED")
    sheet = opened(out(book)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["007", 7, 2.5, True, "李明"]
    assert [cell.number_format for cell in sheet[2]][:4] == ["yyyy-mm-dd", "h:mm", "0%", '"¥"#,##0.00']
    assert str(sheet["A2"].value) == "2026-11-21 00:00:00"
    assert sheet["D2"].value == 1234.5


def test_formulas_leave_with_what_they_are_worked_out_to(book: Workbook) -> None:
    book.write("A1", [[1, 2, "=A1+B1", "=SUM(A1:B)"]], "USER_ENTERED")
    data = out(book)
    assert [cell.value for cell in opened(data).worksheets[0][1]][2:] == ["=A1+B1", "=SUM(A1:B1048576)"]
    assert openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]["C1"].value == 3


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "'", "=cmd|' /C calc'!A0"]
)
def test_text_never_leaves_as_a_formula(book: Workbook, text: str) -> None:
    book.write("A1", [[text]])
    cell = opened(out(book)).worksheets[0]["A1"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert back(book.desk, out(book)).raw("A1") == [[text]]


def test_a_formula_excel_could_not_read_leaves_as_text(book: Workbook) -> None:
    book.write("A1", [["=1+*2"]], "USER_ENTERED")
    assert book.read("A1") == [["#ERROR!"]]
    assert opened(out(book)).worksheets[0]["A1"].data_type == "s"


def test_younger_functions_carry_their_prefix(book: Workbook) -> None:
    book.write("A1", [['=IFNA(XLOOKUP(1,B:B,C:C),"IFS(")', "=SORT(B1:B2)"]], "USER_ENTERED")
    cells = opened(out(book)).worksheets[0][1]
    assert cells[0].value == '=_xlfn.IFNA(_xlfn.XLOOKUP(1,B:B,C:C),"IFS(")'
    assert cells[1].value == "=_xlfn._xlws.SORT(B1:B2)"


def test_formulas_of_a_locale_of_decimal_commas_leave_with_points(make_book: Callable[..., Workbook]) -> None:
    book = make_book("de_DE")
    book.write("A1", [['=IF(1,5>1;"a;b";2)']], "USER_ENTERED")
    assert opened(out(book)).worksheets[0]["A1"].value == '=IF(1.5>1,"a;b",2)'


def test_titles_excel_does_not_take_change_and_formulas_follow(book: Workbook) -> None:
    long = "订单/合同: [2026]?*" + "x" * 40
    book.batch({"addSheet": {"properties": {"title": long}}})
    book.write("Sheet1!A1", [[f"='{long}'!B2"]], "USER_ENTERED")
    file = opened(out(book))
    title = file.sheetnames[1]
    assert len(title) <= 31
    assert not set(title) & set("[]:*?/\\")
    assert file.worksheets[0]["A1"].value == f"='{title}'!B2"


def test_a_text_too_long_for_excel_is_cut_and_says_so(book: Workbook) -> None:
    book.write("A1", [["x" * 40_000]])
    cell = opened(out(book)).worksheets[0]["A1"]
    assert len(cell.value) == 32_767
    assert "ends here" in cell.comment.text


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "file:///etc/passwd", "https://[broken"])
def test_links_lead_to_the_web_or_nowhere(book: Workbook, uri: str) -> None:
    book.write("A1", [["here", "there"]])
    for column, target in enumerate((uri, "https://example.com/x")):
        link = {"userEnteredFormat": {"textFormat": {"link": {"uri": target}}}}
        at = grid(0, column, 1, column + 1)
        book.batch({"repeatCell": {"range": at, "cell": link, "fields": "userEnteredFormat.textFormat.link"}})
    cells = opened(out(book)).worksheets[0][1]
    assert cells[0].hyperlink is None
    assert cells[1].hyperlink.target == "https://example.com/x"


@pytest.mark.parametrize(
    ("title", "names"),
    [
        (
            "销售 订单",
            ['filename="__ __.xlsx"', "filename*=UTF-8''%E9%94%80%E5%94%AE%20%E8%AE%A2%E5%8D%95.xlsx"],
        ),
        ('a"\r\nSet-Cookie: x=1', ['filename="a___Set-Cookie_ x_1.xlsx"']),
        ("../../etc/passwd", ['filename="_.._etc_passwd.xlsx"']),
        ("", ['filename="Untitled.xlsx"']),
    ],
)
def test_the_file_is_named_after_the_workbook_whatever_that_is(
    desk: Desk, title: str, names: list[str]
) -> None:
    book = Workbook(desk, desk.workbook(title))
    answer = book.session.get(f"{desk.url}/book/{book.id}/export.xlsx", timeout=20)
    for name in names:
        assert name in answer.headers["content-disposition"]
    assert "set-cookie" not in answer.headers


def test_signs_no_file_can_carry_stay_behind_wherever_they_are(desk: Desk) -> None:
    odd = "a\x07\ufffe<&>"
    book = Workbook(desk, desk.workbook(odd))
    one = {"values": [{"userEnteredValue": odd}]}
    area = grid(0, 0, 5, 1)
    chart = {
        "title": odd,
        "basicChart": {"chartType": "BAR", "axis": [{"position": "LEFT_AXIS", "title": odd}]},
    }
    position = {"overlayPosition": {"anchorCell": {"sheetId": 0}}}
    condition = {"condition": {"type": "TEXT_CONTAINS", **one}, "format": {"textFormat": {"fontFamily": odd}}}
    book.batch(
        {"addSheet": {"properties": {"title": odd}}},
        {"addSheet": {"properties": {"title": "History"}}},
        {
            "setDataValidation": {
                "range": area,
                "rule": {"condition": {"type": "ONE_OF_LIST", **one}, "inputMessage": odd},
            }
        },
        {"addConditionalFormatRule": {"rule": {"ranges": [area], "booleanRule": condition}}},
        {"addChart": {"chart": {"spec": chart, "position": position}}},
        {
            "repeatCell": {
                "range": area,
                "cell": {
                    "note": odd,
                    FORMAT: {
                        "textFormat": {"fontFamily": odd},
                        "numberFormat": {"type": "NUMBER", "pattern": odd},
                    },
                },
                "fields": f"note,{FORMAT}",
            }
        },
    )
    book.write("Sheet1!A1", [[odd, f"='{odd}'!A1"]], "USER_ENTERED")
    file = opened(out(book))
    assert file.sheetnames == ["Sheet1", "a<&>", "History_"]
    assert file.worksheets[0].data_validations.dataValidation[0].formula1 == '"a<&>"'
    assert back(desk, out(book)).raw("Sheet1!A1") == [[odd]]


def test_gspread_exports_xlsx(book: Workbook) -> None:
    book.write("A1", [["李明"]])
    with requests.Session() as session:
        client = gspread.http_client.HTTPClient(auth=None, session=session)  # type: ignore[arg-type]  # the desk needs no login
        address = f"{book.desk.url}/drive/v3/files/{book.id}/export"
        kind = gspread.utils.ExportFormat.EXCEL
        data = client.request("get", address, params={"mimeType": kind}).content
    assert opened(data).worksheets[0]["A1"].value == "李明"


def test_charts_leave_with_their_cells(book: Workbook) -> None:
    book.write("A1", [["a", "Sum"], ["b", 1], ["c", 2]])
    sources = [{"sourceRange": {"sources": [grid(0, column, 3, column + 1)]}} for column in (0, 1)]
    spec = {
        "title": "Sales",
        "basicChart": {
            "chartType": "COLUMN",
            "headerCount": 1,
            "domains": [{"domain": sources[0]}],
            "series": [{"series": sources[1]}],
        },
    }
    position = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 4}}}
    book.batch({"addChart": {"chart": {"spec": spec, "position": position}}})
    (chart,) = opened(out(book)).worksheets[0]._charts
    assert chart.ser[0].val.numRef.f == "'Sheet1'!$B$2:$B$3"
    assert chart.ser[0].tx.strRef.f == "'Sheet1'!B1"


# Round trip


def rich(book: Workbook) -> None:
    """Everything at once."""
    dropdown = {
        "condition": {
            "type": "ONE_OF_LIST",
            "values": [{"userEnteredValue": v} for v in ("待审核", "已审核")],
        },
        "strict": True,
        "showCustomUi": True,
        "inputMessage": "Choose one",
    }
    ranged = {
        "condition": {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Team!$A$2:$A$9"}]},
        "showCustomUi": True,
    }
    look = {
        "backgroundColor": {"red": 0.2, "green": 0.4, "blue": 0.6},
        "textFormat": {"bold": True, "italic": True, "fontSize": 14, "foregroundColor": {"red": 1}},
        "horizontalAlignment": "CENTER",
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": "WRAP",
        "textRotation": {"angle": -45},
        "borders": {"bottom": {"style": "SOLID_MEDIUM", "color": {"blue": 1}}},
    }
    rules = [
        {
            "condition": {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": "=x"}]},
            "format": {"backgroundColor": {"red": 1}},
        },
        {
            "condition": {
                "type": "NUMBER_BETWEEN",
                "values": [{"userEnteredValue": "1"}, {"userEnteredValue": "5"}],
            },
            "format": {"textFormat": {"bold": True}},
        },
        {
            "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A2>Team!$B$1"}]},
            "format": {"backgroundColor": {"blue": 1}},
        },
        {"condition": {"type": "BLANK"}, "format": {"backgroundColor": {"green": 1}}},
    ]
    gradient = {
        "minpoint": {"type": "MIN", "color": {"red": 1}},
        "maxpoint": {"type": "NUMBER", "value": "9", "color": {"green": 1}},
    }
    book.batch(
        {"addSheet": {"properties": {"title": "Team", "sheetId": 7, "hidden": True, "tabColor": {"red": 1}}}},
        {"repeatCell": {"range": grid(0, 0, 1, 3), "cell": {FORMAT: look}, "fields": FORMAT}},
        {"setDataValidation": {"range": grid(1, 0, 20, 1), "rule": dropdown}},
        {"setDataValidation": {"range": grid(1, 1, 20, 2), "rule": ranged}},
        {"setDataValidation": {"range": grid(1, 2, 20, 3), "rule": {"condition": {"type": "BOOLEAN"}}}},
        {"mergeCells": {"range": grid(30, 0, 32, 2)}},
        {"addNamedRange": {"namedRange": {"name": "names_表", "range": grid(1, 0, 9, 1, 7)}}},
        {"setBasicFilter": {"filter": {"range": grid(0, 0, 20, 3)}}},
        {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 7}}}},
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1, "frozenColumnCount": 2}},
                "fields": "gridProperties.frozenRowCount,gridProperties.frozenColumnCount",
            }
        },
        {
            "updateDimensionProperties": {
                "range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1},
                "properties": {"pixelSize": 180, "hiddenByUser": True},
                "fields": "*",
            }
        },
        {
            "updateDimensionProperties": {
                "range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1},
                "properties": {"pixelSize": 40},
                "fields": "pixelSize",
            }
        },
        *[
            {
                "addConditionalFormatRule": {
                    "rule": {"ranges": [grid(1, 0, 20, 3)], "booleanRule": rule},
                    "index": index,
                }
            }
            for index, rule in enumerate(rules)
        ],
        {
            "addConditionalFormatRule": {
                "rule": {"ranges": [grid(1, 3, 9, 4)], "gradientRule": gradient},
                "index": 4,
            }
        },
    )
    book.write("A1", [["编号", "姓名", "ok"], ["待审核", "李明", True]])
    note = {
        "rows": [{"values": [{"note": "mind\nthis <b>"}]}],
        "start": {"sheetId": 0, "rowIndex": 1, "columnIndex": 1},
    }
    book.batch({"updateCells": {**note, "fields": "note"}})


def test_a_rich_workbook_comes_back_as_it_left(book: Workbook) -> None:
    rich(book)
    again = back(book.desk, out(book))
    old, new = book.get("sheets"), again.get("sheets")
    renumbered = {sheet["properties"]["sheetId"]: place for place, sheet in enumerate(new["sheets"])}

    def told(sheets: Any, numbers: dict[int, int]) -> Any:
        """The sheets, without the numbers that are new each time."""
        if isinstance(sheets, list):
            return [told(one, numbers) for one in sheets]
        if not isinstance(sheets, dict):
            return sheets
        kept = {
            k: told(v, numbers)
            for k, v in sheets.items()
            if k not in {"protectedRangeId", "editors", "requestingUserCanEdit"}
        }
        return kept | {"sheetId": numbers[sheets["sheetId"]]} if "sheetId" in sheets else kept

    theirs, mine = told(new["sheets"], renumbered), told(old["sheets"], {0: 0, 7: 1})
    for one, other in zip(theirs, mine, strict=True):
        for name in other | one:
            assert one.get(name) == other.get(name), name
    for area in ("A1:D3", "A19:C21"):
        mine, theirs = (one.get("sheets.data.rowData.values", f"Sheet1!{area}") for one in (book, again))
        assert theirs == mine
    names = again.get("namedRanges")["namedRanges"]
    assert [(one["name"], one["range"]["startRowIndex"], one["range"]["endRowIndex"]) for one in names] == [
        ("names_表", 1, 9)
    ]
    sizes = "sheets.data(columnMetadata,rowMetadata)"
    mine, theirs = (one.get(sizes, "Sheet1!A1:B2") for one in (book, again))
    assert theirs == mine


SCALARS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(["_x0041_", "_x005F_", "\r\n", "a\x00b", "\ufffe", " x ", "=1", "TRUE", "1e5", "𠀀"])
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(SCALARS, max_size=5), max_size=5))
def test_any_values_come_back_as_they_left(values: list[list[Any]]) -> None:
    book = new_workbook(new_file_id(), "Any")
    rows = [Row(number, list(row), {}, {}) for number, row in enumerate(values, 1)]
    book.sheets.append(Sheet(new_sheet(0, "Sheet1").meta, lambda: rows, 9))
    again = xlsx.imported(xlsx.exported(book), "Again").book.sheets[0].grid
    for index, row in enumerate(values):
        for column, value in enumerate(row):
            got = again.row(index).cell(column).value
            assert got == value
            assert isinstance(got, bool) == isinstance(value, bool)
            assert isinstance(got, str) == isinstance(value, str)


# In


def test_what_openpyxl_wrote_comes_in(desk: Desk) -> None:
    file = plain_file()
    sheet = file.active
    sheet.title = "Orders 订单"
    sheet.append(["No.", "007", 12.5, True, "=A1"])
    sheet["E1"].data_type = "s"
    sheet["A2"] = "=C1*2"
    sheet["B2"] = "#N/A"
    sheet["C2"].value, sheet["C2"].number_format = 46347.5, "yyyy-mm-dd hh:mm"
    sheet["D2"].value, sheet["D2"].number_format = 0.25, "0.0%"
    sheet["A1"].font = Font(bold=True, color="FFFF0000", name="SimSun", size=9)
    sheet["A1"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["A1"].border = Border(top=Side("hair"), left=Side("dashDot"))
    sheet["A1"].alignment = Alignment(text_rotation=120, horizontal="right")
    sheet["B1"].comment = Comment("look here", "me")
    sheet["C1"].hyperlink = "https://example.com/"
    book = back(desk, saved(file))
    assert book.sheet()["properties"]["title"] == "Orders 订单"
    assert book.raw("A1:E2") == [["No.", "007", 12.5, True, "=A1"], [25, "#N/A", 46347.5, 0.25]]
    assert book.read("C2:D2") == [["2026-11-21 12:00", "25.0%"]]
    look = book.cell("A1")[FORMAT]
    assert look["textFormat"] == {
        "bold": True,
        "fontFamily": "SimSun",
        "fontSize": 9,
        "foregroundColor": {"red": 1},
        "foregroundColorStyle": {"rgbColor": {"red": 1}},
    }
    assert look["backgroundColor"] == {"green": 1}
    assert {side: border["style"] for side, border in look["borders"].items()} == {
        "top": "DOTTED",
        "left": "DASHED",
    }
    assert (look["textRotation"], look["horizontalAlignment"]) == ({"angle": -30}, "RIGHT")
    assert book.cell("B1")["note"] == "look here"
    assert book.cell("C1")[FORMAT]["textFormat"]["link"] == {"uri": "https://example.com/"}
    assert "formulaValue" in book.cell("A2")["userEnteredValue"]


def test_what_pandas_wrote_comes_in(desk: Desk) -> None:
    pandas = pytest.importorskip("pandas")
    stream = io.BytesIO()
    frame = pandas.DataFrame(
        {"客户": ["甲", "=1+1"], "金额": [1.5, None], "日期": pandas.to_datetime(["2026-01-02", None])}
    )
    frame.to_excel(stream, index=False)
    book = back(desk, stream.getvalue())
    assert book.read("A1:C2") == [["客户", "金额", "日期"], ["甲", "1.5", "2026-01-02 00:00:00"]]


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


def crafted(rows: str, *, before: str = "", after: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """A file whose first sheet is written by hand."""

    def change(name: str, part: bytes) -> bytes:
        if name == "xl/worksheets/sheet1.xml":
            return SHEET.format(f"{before}<sheetData>{rows}</sheetData>{after}").encode()
        return (more or {}).get(name, part)

    return rewritten(saved(plain_file()), change)


def test_what_other_writers_write_comes_in(desk: Desk) -> None:
    rows = (
        '<row><c t="str"><v>no places given</v></c><c><v>1E+2</v></c><c t="d"><v>2026-01-02T06:00:00</v></c></row>'
        '<row r="3"><c r="B3" t="inlineStr"><is><r><t>two </t></r><r><rPr><b/></rPr><t>runs</t></r>'
        "<rPh><t>reading</t></rPh></is></c>"
        '<c r="C3" t="inlineStr"><is><t>line_x000D_end _x005F_x0041_</t></is></c><c r="D3" t="b"><v>0</v></c></row>'
    )
    book = back(desk, crafted(rows))
    assert book.raw("A1:D3") == [
        ["no places given", 100, 46024.25],
        [],
        ["", "two runs", "line\rend _x0041_", False],
    ]


def test_cached_values_of_formulas_are_never_believed(desk: Desk) -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>999</v></c><c r="B1"><f>NOSUCHTHING(1)</f><v>999</v></c>'
        '<c r="C1"><f>[1]Sheet1!A1</f><v>999</v></c></row>'
        '<row r="2"><c r="A2"><f t="array" ref="A2:A3">{7;8}</f><v>999</v></c>'
        '<c r="B2"><f t="shared" ref="B2:B3" si="0">A1*10</f><v>999</v></c></row>'
        '<row r="3"><c r="A3"><v>999</v></c><c r="B3"><f t="shared" si="0"/><v>999</v></c></row>'
    )
    answer = take_in(desk, crafted(rows)).json()
    assert answer["leftOut"] == {"values array formulas spread over other cells": 1}
    book = Workbook(desk, answer["id"])
    assert "999" not in str(book.read("A1:C3"))
    assert book.read("A1:B1") == [["2", "#NAME?"]]
    formulas = book.read("A1:B3", valueRenderOption="FORMULA")
    assert [row[1] for row in formulas] == ["=NOSUCHTHING(1)", "=A1*10", "=A2*10"]


def test_errors_come_in_as_errors(desk: Desk) -> None:
    book = back(desk, crafted('<row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c></row>'))
    assert book.read("A1") == [["#DIV/0!"]]


def test_days_counted_from_1904_are_the_same_days_here(desk: Desk) -> None:
    file = plain_file()
    file.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    file.active.append([46347 - 1462, 5])
    file.active["A1"].number_format = "yyyy-mm-dd"
    assert back(desk, saved(file)).read("A1:B1") == [["2026-11-21", "5"]]


def test_rules_come_in_and_what_cannot_be_kept_is_counted(desk: Desk) -> None:
    file = plain_file()
    sheet = file.active
    sheet["A1"] = 1
    listed = DataValidation("list", formula1='"TRUE,FALSE"')
    listed.add("A2:A1048576")
    whole = DataValidation("whole", operator="between", formula1="1", formula2="9", showErrorMessage=True)
    whole.add("B2:B5")
    day = DataValidation("date", operator="greaterThan", formula1="46347")
    day.add("C2")
    moving = DataValidation("list", formula1="OFFSET(A1,0,0,5)")
    moving.add("D2")
    for one in (listed, whole, day, moving):
        sheet.add_data_validation(one)
    red = PatternFill(bgColor="FFFF0000")
    sheet.conditional_formatting.add("A1:A9", CellIsRule(operator="equal", formula=['"x"'], fill=red))
    sheet.conditional_formatting.add("A1:A9", FormulaRule(formula=["A1>2"], fill=red))
    sheet.conditional_formatting.add(
        "B1:B9", ColorScaleRule("min", None, "FFFF0000", "max", None, "FF00FF00")
    )
    sheet.conditional_formatting.add("B1:B9", DataBarRule("min", 0, "max", 1, "FF00FF00"))
    file.defined_names["spot"] = DefinedName("spot", attr_text="Sheet!$A$1:$B$2")
    file.defined_names["rate"] = DefinedName("rate", attr_text="0.13")
    answer = take_in(desk, saved(file)).json()
    assert answer["leftOut"] == {"validations": 1, "conditional formats": 1, "names": 1}
    book = Workbook(desk, answer["id"])
    assert book.cell("A1000")["dataValidation"]["condition"] == {"type": "BOOLEAN"}
    assert book.cell("B5")["dataValidation"]["condition"]["type"] == "NUMBER_BETWEEN"
    assert book.cell("C2")["dataValidation"]["condition"]["values"] == [{"userEnteredValue": "2026-11-21"}]
    kinds = [
        next(iter(rule.get("booleanRule", {"condition": {"type": "scale"}})["condition"].values()))
        for rule in book.sheet()["conditionalFormats"]
    ]
    assert kinds == ["TEXT_EQ", "CUSTOM_FORMULA", "scale"]
    assert [one["name"] for one in book.get("namedRanges")["namedRanges"]] == ["spot"]


def test_dropdowns_excel_keeps_apart_come_in_too(desk: Desk) -> None:
    apart = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" '
        'showErrorMessage="1"><x14:formula1><xm:f>Sheet!$Z$1:$Z$3</xm:f></x14:formula1><xm:sqref>A1:A2</xm:sqref>'
        "</x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    rule = back(desk, crafted("", after=apart)).cell("A2")["dataValidation"]
    assert rule["condition"]["values"] == [{"userEnteredValue": "=Sheet!$Z$1:$Z$3"}]
    assert rule["strict"]


def test_cells_a_protected_sheet_leaves_free_stay_free(desk: Desk) -> None:
    file = plain_file()
    file.active["B2"] = file.active["B3"] = "free"
    file.active["B2"].protection = file.active["B3"].protection = Protection(locked=False)
    file.active.protection.sheet = True
    (kept,) = back(desk, saved(file)).sheet()["protectedRanges"]
    (free,) = kept["unprotectedRanges"]
    assert (free["startRowIndex"], free["endRowIndex"], free["startColumnIndex"]) == (1, 3, 1)


def test_a_look_far_below_everything_does_not_make_the_sheet_long(desk: Desk) -> None:
    file = plain_file()
    file.active["A1"] = 1
    file.active["A1048576"].font = Font(bold=True)
    grid_properties = back(desk, saved(file)).sheet()["properties"]["gridProperties"]
    assert grid_properties["rowCount"] == 1000


def test_macros_are_dropped_and_told(desk: Desk) -> None:
    stream = io.BytesIO(saved(plain_file()))
    with zipfile.ZipFile(stream, "a") as file:
        file.writestr("xl/vbaProject.bin", b"macro")
    assert take_in(desk, stream.getvalue()).json()["leftOut"] == {"macros": 1}


# Files that are none, or mean harm


def with_part(name: str, part: bytes) -> bytes:
    return rewritten(saved(plain_file()), lambda one, old: part if one == name else old)


def long_file() -> bytes:
    """A file one part of which says it is 600 MB long; what it says is what would be read of it."""
    stream = io.BytesIO(saved(plain_file()))
    with zipfile.ZipFile(stream, "a") as file:
        file.writestr("xl/media/x.png", b"picture")
    data = bytearray(stream.getvalue())
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (600 * 1024 * 1024).to_bytes(4, "little")
    return bytes(data)


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>&a;</sst>'
FAR = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda: b"", "This is not an .xlsx file."),
        (lambda: b"a,b\n1,2", "This is not an .xlsx file."),
        (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "save it as .xlsx without a password"),
        (long_file, "unpacks to more than 512 MB"),
        (lambda: with_part("xl/workbook.xml", LAUGHS), "damaged"),
        (lambda: with_part("xl/workbook.xml", LAUGHS.decode().encode("utf-16")), "damaged"),
        (lambda: with_part("xl/worksheets/sheet1.xml", OUTSIDE), "damaged"),
        (lambda: with_part("xl/styles.xml", b"<broken"), "damaged"),
        (lambda: with_part("xl/workbook.xml", b"<workbook/>"), "no sheet with cells"),
        (lambda: crafted(FAR.format(1_048_576, "XFD")), "limit of 10000000 cells"),
        (lambda: crafted(FAR.format(99_999_999_999, "A")), "limit of 10000000 cells"),
        (lambda: crafted(FAR.format(1, "ZZZZZ")), "where no sheet has one"),
        (lambda: crafted(FAR.format(-1, "A")), "where no sheet has one"),
        (lambda: crafted('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), "damaged"),
        (
            lambda: crafted(f'<row r="1"><c r="A1" t="str"><v>{"x" * 50_001}</v></c></row>'),
            "50000 characters",
        ),
    ],
)
def test_a_dangerous_or_broken_file_is_refused_whole(
    desk: Desk, data: Callable[[], bytes], message: str
) -> None:
    assert re.search(message, refused(desk, data()))


def test_an_encrypted_part_is_refused(desk: Desk) -> None:
    data = bytearray(saved(plain_file()))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        data[start + place] |= 1
    assert "password" in refused(desk, bytes(data))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_file_with_scratches_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(SCRATCHED)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ApiError):  # anything else would be a 500
        xlsx.imported(bytes(whole), "Scratched")


SCRATCHED = rewritten(
    crafted('<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>'),
    lambda _, part: part,
)


# Drive


def parts(boundary: str, metadata: str, data: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{metadata}\r\n"
    return (
        f"{head}--{boundary}\r\nContent-Type: {XLSX}\r\n\r\n".encode() + data + f"\r\n--{boundary}--".encode()
    )


def test_drive_makes_a_spreadsheet_of_an_uploaded_file(desk: Desk) -> None:
    file = plain_file()
    file.active["A1"] = "李明"
    body = parts(
        "b0und", '{"name": "上传", "mimeType": "application/vnd.google-apps.spreadsheet"}', saved(file)
    )
    address = f"{desk.url}/upload/drive/v3/files?uploadType=multipart&fields=id,name"
    headers = {"Content-Type": 'multipart/related; boundary="b0und"'}
    made = requests.post(address, data=body, headers=headers, timeout=20).json()
    assert made["name"] == "上传"
    assert Workbook(desk, made["id"]).read("A1") == [["李明"]]


def test_drive_takes_a_file_alone(desk: Desk) -> None:
    address = f"{desk.url}/upload/drive/v3/files?uploadType=media"
    made = requests.post(address, data=b"a,b\n1,2\n", headers={"Content-Type": "text/csv"}, timeout=20).json()
    assert Workbook(desk, made["id"]).read("A1:B2") == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("query", "kind", "body"),
    [
        ("uploadType=resumable", XLSX, b""),
        ("uploadType=multipart", "text/plain", b""),
        ("uploadType=multipart", "multipart/related; boundary=b", b"--b\r\n\r\nx\r\n--b--"),
        ("uploadType=multipart", "multipart/related; boundary=b", parts("b", "[]", b"x")),
        ("uploadType=media", "text/csv", b"\xff\xfe"),
        ("uploadType=media", XLSX, b"nothing"),
    ],
)
def test_an_upload_drive_does_not_understand_is_refused(
    desk: Desk, query: str, kind: str, body: bytes
) -> None:
    address = f"{desk.url}/upload/drive/v3/files?{query}"
    answer = requests.post(address, data=body, headers={"Content-Type": kind}, timeout=20)
    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["reason"] == "badRequest"
