"""What formulas come to, and when: over HTTP, as clients see it."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import Desk, formulas
from bot.desk.book.a1 import Area
from bot.desk.book.workbook import Workbook as Book
from bot.desk.book.workbook import new_sheet, new_workbook
from bot.desk.changes import writing
from bot.desk.formulas import settle
from tests.desk.client import Workbook, grid

ORDERS: list[list[Any]] = [
    ["No.", "Customer", "Product", "Qty", "Price", "Done"],
    ["O-1", "Ada", "Lamp", 2, 10, True],
    ["O-2", "Bo", "Desk", 1, 250.5, False],
    ["O-3", "Ada", "lamp", 5, 9, True],
    ["O-4", "", "Chair", None, 80, None],
]


@pytest.fixture
def orders(book: Workbook) -> Workbook:
    book.write("A1:F5", ORDERS)
    return book


def shown(book: Workbook, *texts: str) -> list[Any]:
    """The values of formulas typed into row 20; None for an empty cell."""
    book.write("H20", [list(texts)], "USER_ENTERED")
    row = [*(book.raw("H20:Z20") or [[]])[0], *[""] * len(texts)]
    return [value if value != "" else None for value in row[: len(texts)]]


def come_to(formula: str, value: Any) -> Any:
    return pytest.param(formula, value, id=formula)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        come_to("=D2*E2", 20),
        come_to("=-2^2", 4),
        come_to("=50%*4", 2),
        come_to('=A2&"/"&D2', "O-1/2"),
        come_to('="lamp"=C2', True),
        come_to('=1="1"', False),
        come_to("=D2<C2", True),
        come_to('=IF(D2>1;"many";"one")', "many"),
        come_to("=SUM(D2:D)", 8),
        come_to("=SUM(D:D)", 8),
        come_to("=SUM($D$2:D3,10)", 13),
        come_to("=SUM(2:2)", 12),
        come_to('=SUMIF(B2:B,"ada",D2:D)', 7),
        come_to('=SUMIFS(E2:E,B2:B,"Ada",D2:D,">2")', 9),
        come_to('=COUNTIF(C2:C,"l*")', 2),
        come_to('=COUNTIF(D2:D5,"<>2")', 3),
        come_to('=COUNTIFS(B2:B5,"")', 1),
        come_to("=COUNTIF(F2:F,TRUE)", 2),
        come_to("=COUNT(A1:F5)", 7),
        come_to("=COUNTA(D1:D5)", 4),
        come_to("=COUNTBLANK(D1:D5)", 1),
        come_to("=COUNTUNIQUE(B2:B5)", 2),
        come_to("=AVERAGE(D2:D5)", 8 / 3),
        come_to('=AVERAGEIF(B2:B5,"Ada",E2:E5)', 9.5),
        come_to("=MIN(E2:E5)", 9),
        come_to('=MAXIFS(E2:E5,B2:B5,"Ada")', 10),
        come_to("=SUMPRODUCT(D2:D5,E2:E5)", 315.5),
        come_to('=SUMPRODUCT((B2:B5="Ada")*(D2:D5>1)*E2:E5)', 19),
        come_to('=VLOOKUP("O-3",A2:E5,3,FALSE)', "lamp"),
        come_to('=HLOOKUP("Qty",A1:F5,3,FALSE)', 1),
        come_to('=XLOOKUP("Bo",B2:B5,A2:A5)', "O-2"),
        come_to('=XLOOKUP("Cy",B2:B5,A2:A5,"nobody")', "nobody"),
        come_to('=INDEX(A1:E5,MATCH("O-2",A1:A5,0),5)', 250.5),
        come_to("=MATCH(6,D2:D4,0)", "#N/A"),
        come_to('=IFERROR(VLOOKUP("x",A:B,2,FALSE),"none")', "none"),
        come_to("=ROUND(2.675,2)", 2.68),
        come_to("=ROUND(-2.5)", -3),
        come_to("=ROUNDDOWN(1.99)", 1),
        come_to("=MOD(-3,2)", 1),
        come_to("=INT(-1.5)", -2),
        come_to('=LEFT(A2,1)&MID("订单号",2,1)&RIGHT(A2)', "O单1"),
        come_to('=TRIM("  a   b ")', "a b"),
        come_to('=UPPER("abc")&LEN("订单")', "ABC2"),
        come_to('=TEXTJOIN("; ",TRUE,B2:B5)', "Ada; Bo; Ada"),
        come_to('=TEXT(1234.5,"#,##0.00")', "1,234.50"),
        come_to('=TEXT(DATE(2026,11,3),"yyyy-mm-dd")', "2026-11-03"),
        come_to("=DATE(2026,13,1)", 46388),
        come_to("=YEAR(46388)&MONTH(46388)&DAY(46388)", "202711"),
        come_to("=WEEKDAY(46388,2)", 5),
        come_to("=EOMONTH(DATE(2026,1,31),1)", 46081),
        come_to("=EDATE(DATE(2026,1,31),1)", 46081),
        come_to('=VALUE("1,234.5")+"50%"', 1235),
        come_to("=AND(D2>1,OR(FALSE,TRUE),NOT(FALSE))", True),
        come_to('=IFS(D2>9,"a",D2>1,"b")', "b"),
        come_to("=ROW()+COLUMN(C1)", 23),
        come_to("=COUNTA(UNIQUE(B2:B5))", 2),
    ],
)
def test_a_formula_comes_to_its_value(orders: Workbook, formula: str, value: Any) -> None:
    assert shown(orders, formula) == [pytest.approx(value) if isinstance(value, float) else value]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        come_to('=SUMIFS(E2:E,B2:B,"<>Ada")', 330.5),
        come_to('=COUNTIF(D2:D5,"<>x")', 4),
        come_to("=VLOOKUP(0,D2:E5,2,FALSE)", "#N/A"),
        come_to("=XLOOKUP(0,D2:D5,E2:E5,7)", 7),
        come_to('=TEXT(2.5,"0")&TEXT(-1,"#,##0")&TEXT(0.125,"0.00")', "3-10.13"),
        come_to('=TEXT(46388,"yyyy年m月d日")&TEXT(12,"¥#,##0.00")', "2027年1月1日¥12.00"),
        come_to('=1/3&""', "0.333333333333333"),
        come_to("=YEAR(Z1)&MONTH(0.5)&DAY(Z1)", "18991230"),
        come_to("=(-8)^(1/3)", "#NUM!"),
        come_to("=(D2=2)&D2", "TRUE2"),
        come_to("=OR(TRUE,1/0)", "#DIV/0!"),
        come_to("=CHOOSE(2,A2,Z1)", None),
        come_to("=IFERROR(1/0)", None),
        come_to("=DATE(2026,1E9,1)", "#NUM!"),
        come_to("=EDATE(46000,1E9)", "#NUM!"),
        come_to("=HOUR(0.99999999)", 0),
        come_to('=IF(TRUE,,"x")', None),
    ],
)
def test_where_excel_differs_the_value_is_googles(orders: Workbook, formula: str, value: Any) -> None:
    assert shown(orders, formula) == [value]


@pytest.mark.parametrize(
    ("formula", "error"),
    [
        come_to("=1/0", "#DIV/0!"),
        come_to("=AVERAGE(Z1:Z5)", "#DIV/0!"),
        come_to('="a"+1', "#VALUE!"),
        come_to('=VLOOKUP("O-1",A:B,3,FALSE)', "#REF!"),
        come_to("=A2000", "#REF!"),
        come_to("=Nowhere!A1", "#REF!"),
        come_to("=1+", "#ERROR!"),
        come_to("=SUM(1,2", "#ERROR!"),
        come_to("=(-8)^0.5", "#NUM!"),
        come_to("=IF(TRUE)", "#N/A"),
        come_to("=NO.SUCH(1)", "#NAME?"),
        come_to("=noname", "#NAME?"),
    ],
)
def test_an_error_is_the_one_google_shows(orders: Workbook, formula: str, error: str) -> None:
    assert shown(orders, formula) == [error]


@pytest.mark.parametrize(
    "formula",
    [
        come_to(text, None).values[0]
        for text in (
            "={1,2}",
            "=A1:A5",
            "=UNIQUE(A1:A5)",
            "=FILTER(A2:A5,D2:D5>1)",
            "=SUM(D2:D5*2)",
            "=2^3^2",
            "=0^0",
            "=VLOOKUP(3,D2:E5,2)",
            "=COUNTIF(A2:A5,Z1)",
            "=COUNTA(UNIQUE(C2:C5))",
            '=TEXT(1,"[>5]0")',
            '="é"<"z"',
            "=0.1+0.2=0.3",
            "=IFERROR(FILTER(A2:A5,D2:D5>1),0)",
            '=ISERROR(QUERY(A:B,"select A"))',
        )
    ],
)
def test_what_google_might_see_differently_is_never_a_value(orders: Workbook, formula: str) -> None:
    assert shown(orders, formula) == ["#NAME?"]


def test_what_depends_on_an_unknown_value_is_unknown_too(book: Workbook) -> None:
    values = shown(book, "=QUERY(A:B)", "=IFERROR(H20,1)", "=ISERROR(H20)", "=COUNT(H20:H20)", "=I20&1")
    assert values == ["#NAME?"] * 5


def test_an_empty_cell_stays_empty_through_formulas(orders: Workbook) -> None:
    values = shown(
        orders,
        "=Z1",
        "=H20",
        "=ISBLANK(I20)",
        "=I20+1",
        '=I20=""',
        "=COUNTA(H20:I20)",
        '=""',
        "=ISBLANK(N20)",
    )
    assert values == [None, None, True, 1, True, 0, None, False]
    assert "effectiveValue" not in orders.cell("H20")
    assert shown(orders, '=VLOOKUP("O-4",A:D,4,FALSE)', "=IF(TRUE,D5)", "=INDEX(D1:D5,5)") == [None] * 3


def test_emptiness_goes_down_long_chains_of_formulas(book: Workbook) -> None:
    book.write("A1", [["=Z1"], *([f'=IF(B{row}="",A{row},B{row})'] for row in range(1, 300))], "USER_ENTERED")
    assert book.raw("A1:A300") == []
    book.write("B5", [["seen"]])
    assert book.raw("A5:A300") == [[], *[["seen"]] * 295]


def test_asterisks_and_joined_texts_have_their_limits(book: Workbook) -> None:
    book.write("A1", [["a" * 40_000]])
    pattern = "*a" * 20 + "*b"
    assert shown(book, f'=COUNTIF(A1:A9,"{pattern}")', "=LEN(A1&A1)", '=COUNTIF(A1:A9,"*a*a*")') == [
        0,
        "#VALUE!",
        1,
    ]


def test_text_that_looks_like_a_formula_stays_text(book: Workbook) -> None:
    book.write("A1:A2", [["=1+1"], ["#DIV/0!"]])
    assert shown(book, "=A1", "=ISERROR(A2)", "=LEN(A2)") == ["=1+1", False, 7]


def test_only_what_is_asked_for_is_shown_as_a_formula(orders: Workbook) -> None:
    shown(orders, "=D2*2", "=Z9")
    assert orders.read("H20:I20", valueRenderOption="FORMULA") == [["=D2*2", "=Z9"]]
    assert orders.read("H20:I20") == [["4"]]
    cell = orders.cell("H20")
    assert cell["userEnteredValue"] == {"formulaValue": "=D2*2"}
    assert cell["effectiveValue"] == {"numberValue": 4}


def test_an_error_says_its_kind(book: Workbook) -> None:
    shown(book, "=1/0")
    error = book.cell("H20")["effectiveValue"]["errorValue"]
    assert error == {"type": "DIVIDE_BY_ZERO", "message": "Function DIVIDE parameter 2 cannot be zero."}


def test_formulas_follow_their_inputs_through_other_formulas(book: Workbook) -> None:
    book.write("A1:A3", [[1], [2], [3]])
    book.write("B1:B4", [["=A1*10"], ["=A2*10"], ["=A3*10"], ["=SUM(B1:B3)"]], "USER_ENTERED")
    assert book.raw("B4") == [[60]]
    book.write("A2", [[5]])
    assert book.raw("B1:B4") == [[10], [50], [30], [90]]
    book.call("POST", "/values/A1:A3:clear")
    assert book.raw("B4") == [[0]]


def test_an_appended_row_is_taken_into_open_ranges(book: Workbook) -> None:
    book.write("A1:B2", [["item", "n"], ["x", 1]])
    book.write("D1", [["=SUM(B2:B)"], ["=ROWS(A:A)"]], "USER_ENTERED")
    book.batch(
        {
            "updateSheetProperties": {
                "properties": {"gridProperties": {"rowCount": 2}},
                "fields": "gridProperties.rowCount",
            }
        }
    )
    book.append("A1", [["y", 41]])
    assert book.raw("D1:D2") == [[42], [3]]


def test_formulas_read_other_tabs_by_any_title(book: Workbook) -> None:
    book.batch(
        {"addSheet": {"properties": {"title": "产品 明细"}}}, {"addSheet": {"properties": {"title": "客户"}}}
    )
    book.write("'产品 明细'!A1", [[7]])
    book.write("客户!A1", [[8]])
    assert shown(book, "='产品 明细'!A1*2", "=客户!A1", "='客户'!$A$1") == [14, 8, 8]


def test_a_named_range_is_a_range(orders: Workbook) -> None:
    named = {"namedRangeId": "q", "name": "Quantities", "range": grid(1, 3, 5, 4)}
    assert shown(orders, "=SUM(quantities)") == ["#NAME?"]
    orders.batch({"addNamedRange": {"namedRange": named}})
    assert orders.raw("H20") == [[8]]
    orders.write("D5", [[100]])
    assert orders.raw("H20") == [[108]]
    orders.batch({"deleteNamedRange": {"namedRangeId": "q"}})
    assert orders.raw("H20") == [["#NAME?"]]


def test_a_circle_is_an_error_until_it_is_broken(book: Workbook) -> None:
    book.write("A1:A4", [["=A2+1"], ["=A3"], ["=A1"], ["=IFERROR(A1,5)"]], "USER_ENTERED")
    assert book.raw("A1:A4") == [["#REF!"], ["#REF!"], ["#REF!"], [5]]
    book.write("A3", [[1]])
    assert book.raw("A1:A4") == [[2], [1], [1], [2]]


def test_a_long_chain_of_formulas_is_worked_out(book: Workbook) -> None:
    book.write("A1", [[1], *([f"=A{row}+1"] for row in range(1, 900))], "USER_ENTERED")
    assert book.raw("A900") == [[900]]


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("=A1", "2026-01-15"),
        ("=A1+7", "2026-01-22"),
        ("=A2-A1", "16"),
        ("=B1*2", "$9.00"),
        ("=SUM(B1:B2)", "$14.50"),
        ("=B1/B2", "0.45"),
        ("=C1", "25%"),
        ("=MAX(A1:A2)", "2026-01-31"),
        ("=DATE(2026,1,2)", "1/2/2026"),
        ("=D1*D1", "4"),
        ("=IF(D1>1,B1,0)", "4.5"),
    ],
)
def test_a_result_takes_the_format_of_its_operands(book: Workbook, formula: str, text: str) -> None:
    book.write("A1:D1", [["2026-01-15", "$4.50", "25%", 2]], "USER_ENTERED")
    book.write("A2:B2", [["2026-01-31", "$10.00"]], "USER_ENTERED")
    shown(book, formula)
    assert book.read("H20") == [[text]]
    assert "userEnteredFormat" not in book.cell("H20")


def test_a_format_set_by_hand_goes_before_the_one_implied(book: Workbook) -> None:
    book.write("A1", [["2026-01-15"]], "USER_ENTERED")
    shown(book, "=A1")
    wanted = {"userEnteredFormat": {"numberFormat": {"type": "NUMBER", "pattern": "0.0"}}}
    book.batch({"repeatCell": {"range": grid(19, 7, 20, 8), "cell": wanted, "fields": "userEnteredFormat"}})
    assert book.read("H20") == [["46037.0"]]


def test_money_and_dates_do_not_become_text_by_guesswork(book: Workbook) -> None:
    book.write("A1:B1", [["2026-01-15", "$4.50"]], "USER_ENTERED")
    assert shown(book, '="due "&A1', "=LEFT(B1,2)", "=TEXTJOIN(A2,TRUE,A1:B1)") == ["#NAME?"] * 3
    assert shown(book, '="due "&TEXT(A1,"yyyy/m/d")') == ["due 2026/1/15"]


def test_formulas_are_worked_out_in_the_locales_grammar(make_book: Callable[..., Workbook]) -> None:
    german = make_book("de_DE")
    assert shown(german, '="1,5"*2', "=SUM(1;2)", "=SUM(1,2)", "=1/4&A1") == [3, 3, "#NAME?", "0,25"]


def test_today_is_the_workbooks_day_and_goes_on(own_desk: Desk, make_book: Callable[..., Workbook]) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 1, 20, 30, tzinfo=dt.UTC), tick=False) as clock:
        book = Workbook(own_desk, own_desk.workbook("Days", timezone="Asia/Shanghai", locale="en_US"))
        book.write("A1:B1", [["=TODAY()", "=NOW()-TODAY()"]], "USER_ENTERED")
        book.write("A2", [["=A1+1"]], "USER_ENTERED")
        assert book.read("A1:A2") == [["3/2/2026"], ["3/3/2026"]]
        assert book.raw("B1") == [[pytest.approx(4.5 / 24)]]
        clock.shift(dt.timedelta(hours=2))
        assert book.raw("B1") == [[pytest.approx(4.5 / 24)]]
        clock.shift(dt.timedelta(days=1))
        assert book.raw("A1:A2") == [[46084], [46085]]
        assert book.raw("B1") == [[pytest.approx(6.5 / 24)]]
        book.session.close()


def test_values_survive_a_restart_as_they_were(tmp_path: Path) -> None:
    with Desk(data=tmp_path) as desk:
        id_ = desk.workbook("Kept", locale="en_US")
        book = Workbook(desk, id_)
        book.write("A1:C1", [["2026-01-15", "=A1+1", "=Z1"]], "USER_ENTERED")
        book.session.close()
    with Desk(data=tmp_path) as desk:
        book = Workbook(desk, id_)
        assert book.read("B1") == [["2026-01-16"]]
        assert "effectiveValue" not in book.cell("C1")
        book.write("A1", [["2026-02-01"]], "USER_ENTERED")
        assert book.read("B1") == [["2026-02-02"]]
        book.session.close()


def test_formulas_in_a_new_or_copied_workbook_are_worked_out(book: Workbook) -> None:
    cells = [{"values": [{"userEnteredValue": {"formulaValue": "=2*21"}}]}]
    body = {"sheets": [{"data": [{"rowData": cells}]}]}
    made = book.session.post(f"{book.desk.url}/v4/spreadsheets", json=body, timeout=10).json()
    new = Workbook(book.desk, made["spreadsheetId"], book.session)
    assert new.raw("A1") == [[42]]
    copy = book.session.post(f"{book.desk.url}/drive/v3/files/{new.id}/copy", json={}, timeout=10).json()
    other = Workbook(book.desk, copy["id"], book.session)
    other.write("B1", [["=A1+1"]], "USER_ENTERED")
    assert other.raw("A1:B1") == [[42, 43]]


def test_a_duplicated_tab_works_on_its_own_cells(book: Workbook) -> None:
    book.write("A1:B1", [[1, "=A1*2"]], "USER_ENTERED")
    book.batch({"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Twin"}})
    book.write("Twin!A1", [[5]])
    assert book.raw("Twin!B1") == [[10]]
    assert book.raw("Sheet1!B1") == [[2]]


def test_only_what_depends_on_a_cell_is_worked_out_again() -> None:
    book = a_book([[1, 2], [3, 4]])
    texts = [["=A1+1", "=D1*2", "=SUM(A:A)", "=SUM(B1:B20)", "=ROW(A1)", "=SUM(F1:G1)"]]
    writing.put(book, Area(book.sheets[0], 0, 3, 1, 9), texts, typed=True)
    settle(book)
    assert book.workings is not None
    concerned = book.workings.index.depending_on({(0, 0, 0)})
    assert sorted(column for _, _, column in concerned) == [3, 4, 5, 8]
    assert book.workings.index.depending_on({(0, 30, 1)}) == set()


# Properties


def a_book(rows: list[list[Any]]) -> Book:
    book = new_workbook("1" + "a" * 43, "Property")
    sheet = new_sheet(0, "Sheet1", 60, 26)
    book.sheets.append(sheet)
    writing.put(book, Area(sheet, 0, 0, len(rows), 26), rows, typed=False)
    settle(book)
    return book


def value(book: Book, formula: str) -> Any:
    return formulas.value_in(book, book.sheets[0], 50, 20, formula)


keys = st.sampled_from(["red", "Red", "blue", "", "b*", 3])
amounts = st.one_of(st.integers(-1000, 1000), st.sampled_from(["", "text", 2.5, True]))


@given(st.lists(st.tuples(keys, amounts), max_size=12), st.integers(1, 12), st.integers(1, 12))
def test_sums_are_what_python_sums(rows: list[tuple[Any, Any]], first: int, last: int) -> None:
    book = a_book([[key, amount] for key, amount in rows])
    first, last = sorted((first, last))
    numbers = [n for _, n in rows[first - 1 : last] if not isinstance(n, str | bool)]
    assert value(book, f"=SUM(B{first}:B{last})") == sum(numbers)
    assert value(book, f"=COUNT(B{first}:B{last})") == len(numbers)
    assert value(book, f"=MAX(B{first}:B{last})") == max(numbers, default=0)
    reds = [n for key, n in rows if str(key).lower() == "red" and not isinstance(n, str | bool)]
    assert value(book, '=SUMIF(A:A,"red",B:B)') == sum(reds)
    assert value(book, '=SUMIFS(B:B,A:A,"RED",B:B,">0")') == sum(n for n in reds if n > 0)
    assert value(book, '=COUNTIF(A:A,"red")') == sum(str(key).lower() == "red" for key, _ in rows)


cells = st.lists(st.lists(st.integers(-20, 20), min_size=3, max_size=3), min_size=4, max_size=4)
scripts = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(-20, 20)), max_size=6)


@settings(deadline=None)
@given(cells, scripts)
def test_changing_cells_one_by_one_comes_to_the_same_as_starting_with_them(
    rows: list[list[int]], script: list[tuple[int, int, int]]
) -> None:
    texts = [
        "=SUM(A1:A4)",
        "=F1*2+B$2",
        "=IF(G1>0,A1,C4)",
        "=SUM(A:C)",
        "=COUNTIF(A1:C4,G1)",
        "=F5&H1",
        "=MAX(F1:G1)",
    ]

    def started(with_rows: list[list[int]]) -> Book:
        book = a_book(with_rows)
        sheet = book.sheets[0]
        writing.put(book, Area(sheet, 0, 5, 1, 12), [texts], typed=True)
        settle(book)
        return book

    book = started(rows)
    for row, column, number in script:
        rows[row][column] = number
        writing.put(book, Area(book.sheets[0], row, column, row + 1, column + 1), [[number]], typed=False)
        settle(book)
    assert book.sheets[0].grid.row(0).values == started(rows).sheets[0].grid.row(0).values


Worked = tuple[str, Callable[[list[list[int]]], float]]  #: a formula, and what Python makes of the same


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Worked:
    """Formulas of numbers, small enough to be read when one of them is wrong."""
    kinds = ["number", "cell", "pair", "if", "range", "error", "abs", "sumif", "countif"]
    kind = draw(st.sampled_from(kinds)) if depth else "cell"
    if kind == "number":
        number = draw(st.integers(0, 9))
        return str(number), lambda rows: number
    if kind == "cell":
        row, column = draw(st.integers(0, 3)), draw(st.integers(0, 2))
        return f"{'ABC'[column]}{row + 1}", lambda rows: rows[row][column]
    one, of_one = draw(expressions(depth - 1))
    other, of_other = draw(expressions(depth - 1))
    if kind == "pair":
        sign = draw(st.sampled_from("+-*/"))
        work = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[sign]
        return f"({one}{sign}{other})", lambda rows: work(of_one(rows), of_other(rows))
    if kind == "if":
        return (
            f"IF({one}>0,{one},{other})",
            lambda rows: first if (first := of_one(rows)) > 0 else of_other(rows),
        )
    if kind == "error":
        return f"IFERROR({one},{other})", lambda rows: caught(of_one, of_other, rows)
    if kind == "abs":
        return f"ABS({one})", lambda rows: abs(of_one(rows))
    if kind == "range":
        name, work = draw(st.sampled_from([("SUM", sum), ("MAX", max), ("MIN", min)]))
        return f"{name}(A1:B4,{one})", lambda rows: work([*rows_of(rows, 0), *rows_of(rows, 1), of_one(rows)])
    if kind == "sumif":
        return 'SUMIF(A:A,">="&B1,C:C)', lambda rows: sum(c for a, _, c in rows if a >= rows[0][1])
    return "COUNTIF(B1:B4,C2)", lambda rows: rows_of(rows, 1).count(rows[1][2])


def rows_of(rows: list[list[int]], column: int) -> list[float]:
    return [row[column] for row in rows]


def caught(wanted: Callable[..., float], instead: Callable[..., float], rows: list[list[int]]) -> float:
    try:
        return wanted(rows)
    except ZeroDivisionError:
        return instead(rows)


@settings(deadline=None)
@given(cells, expressions())
def test_arithmetic_comes_to_what_python_makes_of_it(rows: list[list[int]], worked: Worked) -> None:
    formula, by_python = worked
    found = value(a_book(rows), f"={formula}")
    try:
        assert found == pytest.approx(by_python(rows))
    except ZeroDivisionError:
        assert found == "#DIV/0!"


@settings(deadline=None)
@given(st.text(alphabet="=AB12:;,()'\"!$#{}&+-*/^%<>@ .SUMIF中", max_size=30))
def test_any_text_at_all_is_a_formula_without_a_crash(text: str) -> None:
    found = value(a_book([[1, 2], [3, 4]]), "=" + text)
    assert isinstance(found, str | int | float)
