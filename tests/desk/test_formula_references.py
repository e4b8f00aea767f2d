"""What becomes of the references in formulas when cells, rows, columns and tabs are moved about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.formulas.rewriting import Deleted, Inserted, Moved, rewritten, shifted
from tests.desk.client import Workbook, grid, rows


def formulas_in(book: Workbook, range_: str) -> list[list[Any]]:
    return book.read(range_, valueRenderOption="FORMULA")


def typed(book: Workbook, range_: str, *texts: str) -> None:
    book.write(range_, [list(texts)], "USER_ENTERED")


def dimension(kind: str, start: int, end: int, of: str = "ROWS", **more: Any) -> dict[str, Any]:
    return {kind: {"range": rows(start, end, of), **more}}


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("=A1", "=A1"),
        ("=A2", "=A2"),
        ("=A3", "=A5"),
        ("=$A$3*2", "=$A$5*2"),
        ("=SUM(A1:A3)", "=SUM(A1:A5)"),
        ("=SUM(A3:A9)", "=SUM(A5:A11)"),
        ("=SUM(A1:A2)", "=SUM(A1:A2)"),
        ("=SUM(A1:A)", "=SUM(A1:A)"),
        ("=SUM(A4:A)", "=SUM(A6:A)"),
        ("=SUM(A:A)", "=SUM(A:A)"),
        ("=SUM(1:3)", "=SUM(1:5)"),
        ('="A3"&A3', '="A3"&A5'),
        ("=Sheet1!A3", "=Sheet1!A5"),
        ("='Other tab'!A3", "='Other tab'!A3"),
    ],
)
def test_references_follow_inserted_rows(book: Workbook, formula: str, after: str) -> None:
    book.batch({"addSheet": {"properties": {"title": "Other tab"}}})
    typed(book, "H1", formula)
    book.batch(dimension("insertDimension", 2, 4))
    assert formulas_in(book, "H1") == [[after]]


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("=A2", "=A2"),
        ("=A3", "=#REF!"),
        ("=A5+1", "=A3+1"),
        ("=SUM(A2:A9)", "=SUM(A2:A7)"),
        ("=SUM(A3:A9)", "=SUM(A3:A7)"),
        ("=SUM(A2:A3)", "=SUM(A2:A2)"),
        ("=SUM(A3:A4)", "=SUM(#REF!)"),
        ("=SUM(A4:A)", "=SUM(A3:A)"),
    ],
)
def test_references_follow_deleted_rows(book: Workbook, formula: str, after: str) -> None:
    typed(book, "H1", formula)
    book.batch(dimension("deleteDimension", 2, 4))
    assert formulas_in(book, "H1") == [[after]]


def test_a_reference_to_deleted_cells_is_an_error(book: Workbook) -> None:
    book.write("A3", [[7]])
    typed(book, "H1", "=A3", "=IFERROR(A3,0)")
    book.batch(dimension("deleteDimension", 2, 3))
    assert book.raw("H1:I1") == [["#REF!", 0]]
    assert book.cell("H1")["effectiveValue"]["errorValue"]["type"] == "REF"


def test_references_follow_inserted_and_deleted_columns(book: Workbook) -> None:
    typed(book, "A5", "=SUM(C1:E1)", "=$D1")
    book.batch(dimension("insertDimension", 3, 4, "COLUMNS"))
    assert formulas_in(book, "A5:B5") == [["=SUM(C1:F1)", "=$E1"]]
    book.batch(dimension("deleteDimension", 4, 5, "COLUMNS"))
    assert formulas_in(book, "A5:B5") == [["=SUM(C1:E1)", "=#REF!"]]


def test_references_follow_moved_rows(book: Workbook) -> None:
    typed(book, "H1", "=A2", "=A5", "=SUM(A2:A9)")
    book.batch({"moveDimension": {"source": rows(1, 2), "destinationIndex": 5}})
    assert formulas_in(book, "H1:J1") == [["=A5", "=A4", "=SUM(A2:A9)"]]


def test_formulas_in_other_tabs_follow_as_well(book: Workbook) -> None:
    other = book.batch({"addSheet": {"properties": {"title": "Summary"}}})[0]["addSheet"]["properties"]
    assert other["title"] == "Summary"
    book.write("A1:A3", [[1], [2], [3]])
    typed(book, "Summary!A1", "=SUM(Sheet1!A2:A)")
    book.batch(dimension("insertDimension", 0, 5))
    assert formulas_in(book, "Summary!A1") == [["=SUM(Sheet1!A7:A)"]]
    assert book.raw("Summary!A1") == [[5]]


def test_copied_formulas_shift_what_is_not_held(book: Workbook) -> None:
    typed(book, "C2", "=A2*$B$1+A$1+$B2")
    source = grid(1, 2, 2, 3)
    book.batch({"copyPaste": {"source": source, "destination": grid(2, 2, 4, 4)}})
    assert formulas_in(book, "C3:D4") == [
        ["=A3*$B$1+A$1+$B3", "=B3*$B$1+B$1+$B3"],
        ["=A4*$B$1+A$1+$B4", "=B4*$B$1+B$1+$B4"],
    ]


def test_a_formula_copied_off_the_sheet_loses_its_reference(book: Workbook) -> None:
    typed(book, "B2", "=A1")
    book.batch({"copyPaste": {"source": grid(1, 1, 2, 2), "destination": grid(0, 0, 1, 1)}})
    assert formulas_in(book, "A1") == [["=#REF!"]]


def test_transposed_formulas_shift_from_where_they_were(book: Workbook) -> None:
    typed(book, "B1", "=A1", "=A1")
    move = {"source": grid(0, 1, 1, 3), "destination": grid(4, 1, 6, 2), "pasteOrientation": "TRANSPOSE"}
    book.batch({"copyPaste": move})
    assert formulas_in(book, "B5:B6") == [["=A5"], ["=#REF!"]]


def test_a_repeated_formula_moves_along(book: Workbook) -> None:
    cell = {"userEnteredValue": {"formulaValue": "=A1*$C$1"}}
    book.batch({"repeatCell": {"range": grid(1, 1, 3, 3), "cell": cell, "fields": "userEnteredValue"}})
    assert formulas_in(book, "B2:C3") == [["=A1*$C$1", "=B1*$C$1"], ["=A2*$C$1", "=B2*$C$1"]]


def test_cut_cells_take_references_along(book: Workbook) -> None:
    book.write("A1:A2", [[1], [2]])
    typed(book, "C1", "=A1", "=SUM(A1:A2)", "=A9")
    typed(book, "A3", "=A1+A2+C1")
    destination = {"sheetId": 0, "rowIndex": 8, "columnIndex": 0}
    book.batch({"cutPaste": {"source": grid(0, 0, 3, 1), "destination": destination}})
    assert formulas_in(book, "C1:E1") == [["=A9", "=SUM(A9:A10)", "=#REF!"]]
    assert formulas_in(book, "A11") == [["=A9+A10+C1"]]
    assert book.raw("A11") == [[4]]


def test_cells_cut_into_another_tab_still_mean_the_same(book: Workbook) -> None:
    other = book.batch({"addSheet": {"properties": {"title": "归档"}}})[0]["addSheet"]["properties"]
    book.write("A1:A2", [[1], [2]])
    typed(book, "B1", "=A1+A2")
    typed(book, "D1", "=B1*2")
    destination = {"sheetId": other["sheetId"], "rowIndex": 4, "columnIndex": 3}
    book.batch({"cutPaste": {"source": grid(0, 1, 1, 2), "destination": destination}})
    assert formulas_in(book, "归档!D5") == [["=Sheet1!A1+Sheet1!A2"]]
    assert formulas_in(book, "D1") == [["='归档'!D5*2"]]
    assert book.raw("D1") == [[6]]


def test_a_renamed_tab_is_renamed_in_formulas(book: Workbook) -> None:
    book.batch({"addSheet": {"properties": {"title": "Summary"}}})
    typed(book, "Summary!A1", "=sheet1!A1&Sheet1!B2")
    properties = {"sheetId": 0, "title": "合同 订单"}
    book.batch({"updateSheetProperties": {"properties": properties, "fields": "title"}})
    assert formulas_in(book, "Summary!A1") == [["='合同 订单'!A1&'合同 订单'!B2"]]


def test_a_deleted_tab_leaves_errors(book: Workbook) -> None:
    new = book.batch({"addSheet": {"properties": {"title": "Gone"}}})[0]["addSheet"]["properties"]
    typed(book, "A1", "=SUM(Gone!A1:A3)+B1")
    book.batch({"deleteSheet": {"sheetId": new["sheetId"]}})
    assert formulas_in(book, "A1") == [["=SUM(#REF!)+B1"]]
    assert book.raw("A1") == [["#REF!"]]


def test_a_tab_added_later_is_found(book: Workbook) -> None:
    typed(book, "A1", "=Later!A1+1")
    assert book.raw("A1") == [["#REF!"]]
    book.batch({"addSheet": {"properties": {"title": "Later"}}})
    assert book.raw("A1") == [[1]]


def test_sorted_formulas_read_their_own_row(book: Workbook) -> None:
    book.write("A1:B3", [["c", 3], ["a", 1], ["b", 2]])
    book.write("C1:C3", [["=B1*10"], ["=B2*10"], ["=B3*$B$1"]], "USER_ENTERED")
    book.batch({"sortRange": {"range": grid(0, 0, 3, 3), "sortSpecs": [{"dimensionIndex": 0}]}})
    assert formulas_in(book, "A1:C3") == [["a", 1, "=B1*10"], ["b", 2, "=B2*$B$1"], ["c", 3, "=B3*10"]]
    assert book.raw("C1:C3") == [[10], [2], [30]]


def test_rows_are_sorted_by_what_formulas_come_to_in_the_same_batch(book: Workbook) -> None:
    book.write("A1:A3", [[1], [2], [3]])
    cell = {"userEnteredValue": {"formulaValue": "=10-A1"}}
    book.batch(
        {"repeatCell": {"range": grid(0, 1, 3, 2), "cell": cell, "fields": "userEnteredValue"}},
        {"sortRange": {"range": grid(0, 0, 3, 2), "sortSpecs": [{"dimensionIndex": 1}]}},
    )
    assert book.raw("A1:B3") == [[3, 7], [2, 8], [1, 9]]


def test_text_in_formulas_is_replaced_where_asked(book: Workbook) -> None:
    book.write("A1:B1", [[1, 2]])
    typed(book, "C1", "=A1*5")
    request = {"find": "A1", "replacement": "B1", "allSheets": True, "includeFormulas": True}
    reply = book.batch({"findReplace": request})[0]["findReplace"]
    assert reply["formulasChanged"] == 1
    assert formulas_in(book, "C1") == [["=B1*5"]]
    assert book.raw("C1") == [[10]]


def test_a_smaller_grid_takes_references_away(book: Workbook) -> None:
    typed(book, "A1", "=B20", "=SUM(C5:C20)")
    size = {
        "properties": {"sheetId": 0, "gridProperties": {"rowCount": 10}},
        "fields": "gridProperties.rowCount",
    }
    book.batch({"updateSheetProperties": size})
    assert formulas_in(book, "A1:B1") == [["=#REF!", "=SUM(C5:C10)"]]


def test_rules_of_validation_and_colour_follow(book: Workbook) -> None:
    rule = {"condition": {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Sheet1!$A$5:$A$9"}]}}
    coloured = {
        "ranges": [grid(0, 3, 4, 4)],
        "booleanRule": {
            "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A5>1"}]},
            "format": {"textFormat": {"bold": True}},
        },
    }
    book.batch(
        {"setDataValidation": {"range": grid(0, 2, 4, 3), "rule": rule}},
        {"addConditionalFormatRule": {"rule": coloured}},
        dimension("insertDimension", 4, 6),
    )
    found = book.cell("C1")["dataValidation"]["condition"]["values"]
    assert found == [{"userEnteredValue": "=Sheet1!$A$7:$A$11"}]
    values = book.sheet("sheets.conditionalFormats")["conditionalFormats"][0]["booleanRule"]["condition"][
        "values"
    ]
    assert values == [{"userEnteredValue": "=$A7>1"}]


def test_a_formula_written_beside_a_structural_edit_is_worked_out(book: Workbook) -> None:
    new = book.batch({"addSheet": {"properties": {"title": "Other"}}})[0]["addSheet"]["properties"]
    book.write("A1:A2", [[1], [2]])
    typed(book, "C1", "=SUM(A1:A2)")
    cell = {"userEnteredValue": {"formulaValue": "=Sheet1!C1*2"}}
    area = grid(0, 0, 1, 1, new["sheetId"])
    book.batch(
        {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredValue"}},
        dimension("insertDimension", 0, 1),
    )
    assert formulas_in(book, "Other!A1") == [["=Sheet1!C2*2"]]
    assert book.raw("Other!A1") == [[6]]


def test_a_named_range_is_renamed_in_formulas(book: Workbook) -> None:
    book.write("A1:A2", [[3], [4]])
    named = {"namedRangeId": "n1", "name": "Prices", "range": grid(0, 0, 2, 1)}
    book.batch({"addNamedRange": {"namedRange": named}})
    typed(book, "C1", "=SUM(prices)*2")
    assert book.raw("C1") == [[14]]
    change = {"namedRange": {**named, "name": "Costs"}, "fields": "name"}
    book.batch({"updateNamedRange": change})
    assert formulas_in(book, "C1") == [["=SUM(Costs)*2"]]
    assert book.raw("C1") == [[14]]


def test_a_refused_batch_leaves_formulas_as_they_were(book: Workbook) -> None:
    book.write("A1:A3", [[1], [2], [3]])
    typed(book, "C1", "=SUM(A1:A3)")
    book.refuse_batch(dimension("insertDimension", 1, 2), {"deleteSheet": {"sheetId": 99}})
    assert formulas_in(book, "C1") == [["=SUM(A1:A3)"]]
    book.write("A2", [[20]])
    assert book.raw("C1") == [[24]]


# Rewriting against an oracle: every cell of a column is a name, and a reference is what names it covers.

SIZE = 12
edits = st.one_of(
    st.tuples(st.just("insert"), st.integers(0, SIZE), st.integers(1, 3)),
    st.tuples(st.just("delete"), st.integers(0, SIZE - 1), st.integers(1, 3)),
    st.tuples(st.just("move"), st.integers(0, SIZE - 1), st.integers(1, 3), st.integers(0, SIZE)),
)


def applied(cells: list[str], edit: tuple[Any, ...], fresh: Callable[[], str]) -> tuple[list[str], Any]:
    """The column after an edit, and the edit as formulas see it; no edit if it does not fit the column."""
    kind, at, count = edit[:3]
    if at > len(cells):
        return cells, None
    if kind == "insert":
        return [*cells[:at], *(fresh() for _ in range(count)), *cells[at:]], Inserted("T", "ROWS", at, count)
    taken = cells[at : at + count]
    if not taken or (kind == "delete" and len(taken) == len(cells)):
        return cells, None
    rest = [*cells[:at], *cells[at + count :]]
    if kind == "delete":
        return rest, Deleted("T", "ROWS", at, at + len(taken))
    to = edit[3]
    if at <= to <= at + len(taken) or to > len(cells):
        return cells, None
    where = to if to < at else to - len(taken)
    return [*rest[:where], *taken, *rest[where:]], Moved("T", "ROWS", at, at + len(taken), to)


def covered(formula: str, cells: list[str]) -> list[str]:
    """The names of the cells a formula of one reference covers."""
    if formula == "=#REF!":
        return []
    first, _, last = formula[1:].replace("A", "").partition(":")
    return cells[int(first) - 1 : int(last or first)]


@given(st.integers(0, SIZE - 1), st.lists(edits, max_size=8))
def test_a_reference_to_one_cell_stays_with_that_cell(start: int, script: list[tuple[Any, ...]]) -> None:
    names = iter(range(1000))
    cells = [f"cell {next(names)}" for _ in range(SIZE)]
    wanted, formula = cells[start], f"=A{start + 1}"
    for edit in script:
        cells, change = applied(cells, edit, lambda: f"cell {next(names)}")
        formula = formula if change is None else rewritten(formula, "T", change)
    assert covered(formula, cells) == ([wanted] if wanted in cells else [])


@given(st.integers(0, SIZE - 1), st.integers(1, SIZE), st.lists(edits, max_size=8))
def test_a_range_keeps_its_cells_and_takes_in_what_is_put_inside(
    start: int, length: int, script: list[tuple[Any, ...]]
) -> None:
    names = iter(range(1000))
    cells = [f"cell {next(names)}" for _ in range(SIZE)]
    inside = set(cells[start : start + length])
    formula = f"=A{start + 1}:A{min(start + length, SIZE)}"
    for edit in script:
        before = cells
        cells, change = applied(cells, edit, lambda: f"cell {next(names)}")
        if change is None:
            continue
        formula = rewritten(formula, "T", change)
        inside = still_inside(inside, before, cells, change)
    assert set(covered(formula, cells)) == inside


def still_inside(inside: set[str], before: list[str], after: list[str], change: Any) -> set[str]:
    """The cells a range covers after an edit, told by their names alone.

    Moved cells are first taken out and then put in, unless they are all the range has.
    """
    moved: set[str] = set()
    if isinstance(change, Moved):
        moved = set(before[change.start : change.end])
        if inside <= moved:
            return inside
    kept = (inside & set(after)) - moved
    places = [index for index, name in enumerate(after) if name in kept]
    return set(after[places[0] : places[-1] + 1]) if places else set()


@given(st.integers(0, 30), st.integers(0, 20), st.integers(-10, 10), st.integers(-10, 10))
def test_copying_there_and_back_changes_nothing(row: int, column: int, down: int, right: int) -> None:
    formula = f"=M{row + 12}*$C$3+SUM({chr(77 + column % 10)}{row + 12}:$AZ{row + 40})"
    assert shifted(shifted(formula, down, right), -down, -right) == formula
