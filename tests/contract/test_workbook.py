"""The port of the workbook: what it promises, on a workbook in memory and on the real adapter over the desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple
from typing import cast

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.google_sheets import GoogleWorkbook
from bot.desk import Desk
from bot.ports import Columns, WorkbookError, WorkbookRefused
from bot.projection import (
    AppendRow,
    Edit,
    EmptyBin,
    InsertRows,
    Marker,
    MoveRow,
    ReplaceText,
    SetCells,
    SetMarker,
    SetRange,
)
from bot.survey import unpacked
from sheets_schema import Cell, Kind
from tests.contract.workbooks import COLUMNS, ROWS, DeskSheets, Grid, MemorySheets, Sheets
from tests.hostile import PAYLOADS

OWN = "Anna's, own!"
TITLES: list[Cell] = ["Order No.", "客户名称", "Colour", "Product", "Amount", "Row ID"]
TABS: dict[str, Grid] = {
    "Contract Orders": [
        TITLES,
        ["1", "Acme", "red", "Licence", 12.5, "ra"],
        ["2", "Nord", "", "Relic", 7, "rb"],
        [],
        ["3", "", "blue", "", True, "rc"],
    ],
    "Archive": [["Order No.", "Customer", "Row ID"], ["0", "Old", "r0"]],
    "Customers": [["Customer", "E-mail"]],
    "Summary": [],
    OWN: [["note", 1], [], ["=1+1"]],
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def on_desk(desk: Desk) -> Iterator[DeskSheets]:
    """The real adapter, where a test needs what only a server has."""
    sheets = DeskSheets(desk, TABS)
    yield sheets
    sheets.close()


@pytest.fixture(params=["memory", "desk"])
def sheets(request: pytest.FixtureRequest) -> Sheets:
    """The workbook of each kind."""
    if request.param == "memory":
        return MemorySheets(TABS)
    return cast(Sheets, request.getfixturevalue("on_desk"))


def contracts(sheets: Sheets, *keys: str) -> Columns:
    return sheets.workbook.columns({"contracts": keys})["contracts"]


def values(columns: Columns) -> dict[str, list[Cell]]:
    return {key: list(cells) for key, cells in columns.cells.items()}


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reading_has_the_polled_tabs_in_the_order_it_names_them(sheets: Sheets) -> None:
    reading = sheets.workbook.read()
    assert reading.tabs == ("contracts", "customers")
    answer = orjson.loads(unpacked(reading.body, reading.encoding))
    assert [r["values"][0][0] for r in answer["valueRanges"]] == ["Order No.", "Customer"]
    assert answer["valueRanges"][0]["values"] == TABS["Contract Orders"]


def test_equal_sheets_give_equal_readings(sheets: Sheets) -> None:
    assert sheets.workbook.read() == sheets.workbook.read()
    before = sheets.workbook.read()
    sheets.type("Contract Orders", 5, ["4"])
    assert sheets.workbook.read() != before


def test_columns_come_by_title_in_any_language_and_rows_stay_rows(sheets: Sheets) -> None:
    found = contracts(sheets, "customer", "order_no", "amount")
    assert values(found) == {
        "customer": ["Acme", "Nord"],
        "order_no": ["1", "2", "", "3"],
        "amount": [12.5, 7, "", True],
    }
    assert found.height == 4
    assert found.places == {"order_no": 0, "customer": 1, "product": 3, "amount": 4, "row_id": 5}
    assert list(found.titles) == TITLES


def test_neighbours_and_strangers_between_them_do_not_mix(sheets: Sheets) -> None:
    every = contracts(sheets, "order_no", "customer", "product", "amount", "row_id")
    for key in every.cells:
        assert values(contracts(sheets, key)) == {key: list(every.cells[key])}


def test_columns_that_a_tab_does_not_have_are_absent_and_so_are_tabs(sheets: Sheets) -> None:
    found = sheets.workbook.columns({"contracts": ("currency", "product"), "team": ("name",)})
    assert found.keys() == {"contracts"}
    assert found["contracts"].cells.keys() == {"product"}


def test_a_tab_with_titles_alone_and_one_with_nothing_have_no_rows(sheets: Sheets) -> None:
    found = sheets.workbook.columns({"customers": ("customer",), "summary": (), "archive": ()})
    assert values(found["customers"]) == {"customer": []}
    assert found["customers"].height == 0
    assert (found["summary"].cells, found["summary"].titles) == ({}, ())
    assert found["archive"].places == {"order_no": 0, "customer": 1, "row_id": 2}


def test_nothing_wanted_is_nothing_read(sheets: Sheets) -> None:
    assert sheets.workbook.columns({}) == {}


def test_a_column_is_found_where_it_was_moved_to(sheets: Sheets) -> None:
    before = values(contracts(sheets, "amount", "order_no"))
    sheets.move_column("Contract Orders", 4, 0)
    found = contracts(sheets, "amount", "order_no")
    assert values(found) == before
    assert found.places["amount"] == 0


def test_a_renamed_title_is_no_column_and_of_two_the_first_counts(sheets: Sheets) -> None:
    sheets.type("Contract Orders", 1, ["Bestellnr.", "Customer", "Customer"])
    found = contracts(sheets, "order_no", "customer")
    assert values(found) == {"customer": ["Acme", "Nord"]}


def test_a_renamed_tab_is_known_by_its_other_titles(sheets: Sheets) -> None:
    sheets.workbook.about()
    sheets.rename("Contract Orders", "合同订单表")
    sheets.workbook.about()
    assert values(contracts(sheets, "product")) == {"product": ["Licence", "Relic"]}
    sheets.rename("合同订单表", "Elsewhere")
    sheets.workbook.about()
    assert sheets.workbook.columns({"contracts": ("product",)}) == {}


def test_contents_are_all_tabs_with_all_they_hold(sheets: Sheets) -> None:
    found = sheets.workbook.contents()
    assert {title: [list(row) for row in rows] for title, rows in found.items()} == TABS
    assert found.keys() == TABS.keys()


def test_contents_of_some_tabs_are_theirs_alone(sheets: Sheets) -> None:
    found = sheets.workbook.contents(("summary", "archive", "team"))
    assert {title: [list(row) for row in rows] for title, rows in found.items()} == {
        "Archive": TABS["Archive"],
        "Summary": [],
    }


def test_rows_of_contents_can_be_taken_in_any_order(sheets: Sheets) -> None:
    rows = sheets.workbook.contents(("contracts",))["Contract Orders"]
    assert len(rows) == 5
    assert list(rows[-1]) == TABS["Contract Orders"][4]
    assert [list(row) for row in rows[1:3]] == TABS["Contract Orders"][1:3]
    assert list(map(list, rows)) == list(map(list, rows))


@pytest.mark.parametrize("text", ["x" * 50_000, "],[", '"],["', '},{"range":"', "\\", "\u2028", "😀", "NULL"])
def test_any_text_in_a_cell_is_read_as_it_stands(sheets: Sheets, text: str) -> None:
    sheets.type("Contract Orders", 6, [text, "Acme"])
    sheets.type("Contract Orders", 7, [text])
    assert values(contracts(sheets, "order_no"))["order_no"][-2:] == [text, text]
    assert [row[0] for row in sheets.workbook.contents(("contracts",))["Contract Orders"][5:]] == [text, text]


def test_text_like_a_formula_is_text_wherever_it_goes(sheets: Sheets) -> None:
    payloads = [p for p in PAYLOADS if p.strip()]
    rows = tuple((p,) for p in payloads)
    sheets.workbook.write([SetRange("customers", 2, 0, rows)])
    assert [row[0] for row in sheets.grid("Customers")[1:]] == payloads
    assert (
        list(sheets.workbook.columns({"customers": ("customer",)})["customers"].cells["customer"]) == payloads
    )


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_cells_rows_and_words_are_written_and_shown(sheets: Sheets) -> None:
    edits: list[Edit] = [
        SetCells("contracts", 2, {0: "", 4: 13}),
        AppendRow("contracts", {0: "9", 5: "rd"}, {0: Kind.TEXT}),
        ReplaceText("contracts", 1, "Nord", "North"),
    ]
    shown = sheets.workbook.write(edits, [("contracts", 2), ("contracts", 3), ("contracts", 9)])
    assert {place: list(cells) for place, cells in shown.items()} == {
        ("contracts", 2): ["", "Acme", "red", "Licence", 13, "ra"],
        ("contracts", 3): ["2", "North", "", "Relic", 7, "rb"],
        ("contracts", 9): [],
    }
    assert sheets.grid("Contract Orders")[-1] == ["9", "", "", "", "", "rd"]


def test_the_marker_is_kept_by_the_workbook(sheets: Sheets) -> None:
    for marker in (Marker("2026-11-21", "N-1"), Marker("2026-11-21", "N-2")):
        sheets.workbook.write([SetMarker(marker)])
        assert sheets.workbook.about().marker == marker


def test_a_block_is_written_and_empties_what_it_says_is_empty(sheets: Sheets) -> None:
    block = (("a", 1, True), ("", 2.5, "=SUM(A1)"))
    sheets.workbook.write([SetRange("contracts", 2, 1, block)])
    assert sheets.grid("Contract Orders")[1:3] == [
        ["1", "a", 1, True, 12.5, "ra"],
        ["2", "", 2.5, "=SUM(A1)", 7, "rb"],
    ]


def test_a_block_of_nothing_changes_nothing(sheets: Sheets) -> None:
    before = sheets.grid("Contract Orders")
    sheets.workbook.write([SetRange("contracts", 2, 0, ()), SetCells("contracts", 2, {0: "1"})])
    assert sheets.grid("Contract Orders") == before


def test_a_block_for_a_tab_that_is_not_there_is_refused_with_all_that_goes_with_it(sheets: Sheets) -> None:
    before = sheets.grid("Contract Orders")
    with pytest.raises(WorkbookRefused, match="no tab activity"):
        sheets.workbook.write([SetCells("contracts", 2, {0: "1"}), SetRange("activity", 2, 0, (("x",),))])
    assert sheets.grid("Contract Orders") == before


def test_a_tab_grows_for_a_block_on_its_edge_and_for_one_after_it(sheets: Sheets) -> None:
    for row in (ROWS, ROWS + 30):
        sheets.workbook.write([SetRange("summary", row, COLUMNS - 1, (("x", "y"), ("", "z")))])
        assert [r[COLUMNS - 1 :] for r in sheets.grid("Summary")[row - 1 :]] == [["x", "y"], ["", "z"]]


def test_rows_put_in_push_down_the_rest_and_make_room_for_a_block(sheets: Sheets) -> None:
    sheets.workbook.write([InsertRows("contracts", 3, 2), SetRange("contracts", 3, 0, (("new",), ("too",)))])
    assert [row[:1] for row in sheets.grid("Contract Orders")] == [
        ["Order No."], ["1"], ["new"], ["too"], ["2"], [], ["3"],
    ]  # fmt: skip


def test_rows_can_be_put_in_behind_the_last_one(sheets: Sheets) -> None:
    for _ in range(2):
        sheets.workbook.write([InsertRows("summary", 1, ROWS)])
    end = sheets.workbook.about().sheets[3].rows + 1
    sheets.workbook.write([InsertRows("summary", end, 1), SetRange("summary", end, 0, (("end",),))])
    assert sheets.grid("Summary")[end - 1] == ["end"]


def moving(row: int, below: int = 2, columns: Mapping[int, int] | None = None) -> MoveRow:
    return MoveRow("contracts", row, "archive", columns or {0: 0, 1: 1, 5: 2}, below)


def test_a_row_moves_with_its_values_and_the_gap_closes(sheets: Sheets) -> None:
    shown = sheets.workbook.write([moving(2)], [("archive", 3), ("contracts", 2)])
    assert list(shown["archive", 3]) == ["1", "Acme", "ra"]
    assert list(shown["contracts", 2]) == ["2", "Nord", "", "Relic", 7, "rb"]
    assert sheets.grid("Archive") == [*TABS["Archive"], ["1", "Acme", "ra"]]
    assert sheets.grid("Contract Orders") == [TITLES, *TABS["Contract Orders"][2:]]


@pytest.mark.parametrize("rows", [(2, 3), (3, 2), (2, 5), (5, 2, 3), (2, 3, 4, 5)], ids=str)
def test_rows_that_move_together_count_as_before_and_stand_in_their_order(
    sheets: Sheets, rows: tuple[int, ...]
) -> None:
    before = sheets.grid("Contract Orders")
    sheets.workbook.write([moving(row) for row in rows])
    moved = [before[row - 1] for row in rows]
    expected = [[r[0], r[1], r[5]] if r else [] for r in moved]
    assert sheets.grid("Archive")[2:] == expected
    left = [row for number, row in enumerate(before, 1) if number not in rows]
    assert sheets.grid("Contract Orders") == (left if left[-1] else left[:-1])


def test_rows_move_above_what_people_typed_below_in_the_meantime(sheets: Sheets) -> None:
    sheets.workbook.about()
    sheets.type("Archive", 3, ["typed", "meanwhile"])
    sheets.workbook.write([moving(2, below=2)])
    assert sheets.grid("Archive")[1:] == [["0", "Old", "r0"], ["1", "Acme", "ra"], ["typed", "meanwhile"]]


def test_a_move_widens_the_other_tab_where_it_must(sheets: Sheets) -> None:
    wide = {here: here + 7 for here in range(6)}
    sheets.workbook.write([moving(2, columns=wide), moving(5, columns=wide)])
    assert [row[7:] for row in sheets.grid("Archive")[2:]] == [
        TABS["Contract Orders"][1],
        TABS["Contract Orders"][4],
    ]


def test_moves_there_and_back_leave_everything_as_it_was(sheets: Sheets) -> None:
    columns = {i: i for i in range(6)}
    sheets.workbook.write([moving(5, columns=columns)])
    back = MoveRow("archive", 3, "contracts", columns, 4)
    sheets.workbook.write([back])
    assert sheets.grid("Contract Orders") == TABS["Contract Orders"]
    assert sheets.grid("Archive") == TABS["Archive"]


def test_moves_of_one_batch_go_on_from_what_other_edits_left(sheets: Sheets) -> None:
    titles = SetRange("archive", 1, 3, (("Colour",),))
    sheets.workbook.write(
        [titles, moving(2, columns={0: 0, 5: 2, 2: 3}), SetCells("contracts", 2, {0: "2b"})]
    )
    assert sheets.grid("Archive") == [["Order No.", "Customer", "Row ID", "Colour"], ["0", "Old", "r0"],
                                      ["1", "", "ra", "red"]]  # fmt: skip
    assert sheets.grid("Contract Orders")[1][0] == "2b"


def test_rows_lie_in_the_bin_until_it_is_emptied(sheets: Sheets) -> None:
    columns = {i: i for i in range(6)}
    moves = [MoveRow("contracts", row, "bin", columns) for row in (5, 2)]
    shown = sheets.workbook.write(moves, [("bin", 2), ("bin", 3)])
    before = TABS["Contract Orders"]
    assert [list(cells) for cells in shown.values()] == [before[4], before[1]]
    sheets.workbook.about()
    sheets.workbook.write([MoveRow("bin", 2, "contracts", columns, 3)])
    assert sheets.grid("Contract Orders") == [before[0], before[2], [], before[4]]
    sheets.workbook.write([EmptyBin()])
    assert sheets.workbook.contents().keys() == TABS.keys()
    sheets.workbook.write([MoveRow("contracts", 2, "bin", columns), EmptyBin()])
    assert sheets.grid("Contract Orders") == [before[0], [], before[4]]
    assert sheets.workbook.contents().keys() == TABS.keys()


_CELL = st.one_of(st.just(""), st.text("ab=+'", max_size=3), st.integers(-9, 9), st.booleans())
_GRID = st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=6)
_EDITS = st.lists(
    st.one_of(
        st.builds(SetCells, st.just("customers"), st.integers(2, 8),
                  st.dictionaries(st.integers(0, 4), _CELL, min_size=1)),
        st.builds(SetRange, st.sampled_from(["customers", "archive"]), st.integers(2, 14), st.integers(0, 9),
                  st.lists(st.tuples(_CELL, _CELL), max_size=3).map(tuple)),
        st.builds(InsertRows, st.sampled_from(["customers", "archive"]), st.integers(2, 9), st.integers(1, 3)),
        st.builds(MoveRow, st.just("customers"), st.integers(2, 7), st.just("archive"),
                  st.permutations([0, 1, 2]).map(lambda there: dict(enumerate(there))), st.integers(1, 5)),
    ),
    max_size=5,
).filter(lambda edits: len({e.row for e in edits if isinstance(e, MoveRow)})
         == sum(isinstance(e, MoveRow) for e in edits))  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_GRID, _GRID, st.lists(_EDITS, min_size=1, max_size=3))
def test_both_workbooks_agree_on_any_edits(
    desk: Desk, one: Grid, two: Grid, batches: list[list[Edit]]
) -> None:
    tabs: dict[str, Grid] = {
        "Customers": [["Customer", "E-mail", "Language"], *one],
        "Archive": [["Order No.", "a", "b"], *two],
    }
    memory, real = MemorySheets(tabs), DeskSheets(desk, tabs)
    try:
        for edits in batches:
            show = [("customers", 3), ("archive", 2), ("archive", 3)]
            for sheets in (memory, real):
                if not edits:
                    continue
                sheets.workbook.write(edits, show)
            for title in tabs:
                assert memory.grid(title) == real.grid(title), edits
    finally:
        real.close()


# ── what only a server can show ─────────────────────────────────────────────────────────────────────────────


def test_columns_cost_two_calls_and_one_that_is_moved_in_between_one_more(on_desk: DeskSheets) -> None:
    on_desk.workbook.about()
    calls = count_of_reads(on_desk)
    found = contracts(on_desk, "amount", "order_no")
    assert count_of_reads(on_desk) - calls == 2
    on_desk.meanwhile("/values:batchGet", on_desk.moving_column("Contract Orders", 4, 0), skip=1)
    calls = count_of_reads(on_desk)
    moved = contracts(on_desk, "amount", "order_no")
    assert count_of_reads(on_desk) - calls == 3
    assert values(moved) == values(found)
    assert moved.places["amount"] == 0


def count_of_reads(on_desk: DeskSheets) -> int:
    return sum(
        on_desk.key in call["path"] and call["method"] == "GET" and "batchGet" in call["path"]
        for call in on_desk.desk._running.parts.requests.copy()
    )


def test_a_column_that_never_stands_still_is_told_and_not_guessed(on_desk: DeskSheets) -> None:
    on_desk.workbook.about()
    on_desk.meanwhile("/values:batchGet", on_desk.moving_column("Contract Orders", 4, 0), skip=1, times=40)
    with pytest.raises(WorkbookError, match="again and again"):
        contracts(on_desk, "amount", "order_no", "product", "customer", "row_id")
    on_desk.put_faults([])


def test_a_tab_renamed_and_a_column_deleted_in_between_are_looked_for_again(on_desk: DeskSheets) -> None:
    on_desk.workbook.about()
    on_desk.rename("Contract Orders", "合同订单表")
    assert values(contracts(on_desk, "product")) == {"product": ["Licence", "Relic"]}
    gone = {
        "sheetId": on_desk.ids["合同订单表"],
        "dimension": "COLUMNS",
        "startIndex": 5,
        "endIndex": COLUMNS,
    }
    on_desk.meanwhile("/values:batchGet", {"deleteDimension": {"range": gone}}, skip=1)
    assert values(contracts(on_desk, "product", "row_id")) == {"product": ["Licence", "Relic"]}


def test_formulas_are_read_as_what_they_show(on_desk: DeskSheets) -> None:
    on_desk.type("Contract Orders", 5, ["=1+2", '="a"&"b"', "", "=1/0", "=1=1"], "USER_ENTERED")
    found = contracts(on_desk, "order_no", "customer", "product", "amount")
    assert [cells[3] for cells in found.cells.values()] == [3, "ab", "#DIV/0!", True]


def test_what_is_moved_is_values_and_no_formula(on_desk: DeskSheets) -> None:
    on_desk.type("Contract Orders", 2, ["=1+2", "=B3"], "USER_ENTERED")
    on_desk.type("Contract Orders", 3, ["'=1+2"], "USER_ENTERED")
    on_desk.workbook.write([moving(2), moving(3)])
    assert on_desk.grid("Archive")[2:] == [[3, "Nord", "ra"], ["=1+2", "Nord", "rb"]]
    assert not any("formulaValue" in cell for cell in on_desk.book.entered())


def test_dates_that_move_still_show_as_dates(on_desk: DeskSheets) -> None:
    on_desk.type("Contract Orders", 2, ["1", 46_000, "", "", 46_000.5])
    kinds = {1: Kind.DATE, 3: Kind.DATETIME}
    move = MoveRow("contracts", 2, "archive", {0: 0, 1: 1, 4: 3}, 2, kinds)
    on_desk.workbook.write([move])
    assert [on_desk.shown("Archive", cell) for cell in ("B3", "D3")] == ["2025-12-09", "2025-12-09 12:00"]
    assert on_desk.shown("Archive", "B2") == "Old"


def test_a_block_shows_its_numbers_in_the_formats_it_names(on_desk: DeskSheets) -> None:
    formats = {(0, 0): "date", (0, 1): "percent", (1, 1): "percent", (1, 0): "money_2"}
    on_desk.workbook.write([SetRange("summary", 3, 1, ((46_000, 0.25), (1234.5, 1)), formats)])
    shown = [on_desk.shown("Summary", cell) for cell in ("B3", "C3", "B4", "C4")]
    assert shown == ["2025-12-09", "25%", "1,234.50", "100%"]


def test_a_tab_may_lose_every_row_it_has(on_desk: DeskSheets) -> None:
    on_desk.workbook.write([moving(row) for row in range(2, ROWS + 1)])
    assert on_desk.grid("Contract Orders") == [TITLES]
    assert on_desk.size("Contract Orders") == (2, COLUMNS)
    assert len(on_desk.grid("Archive")) == 6


def test_a_batch_that_is_refused_changes_nothing_and_the_next_one_knows_the_grid(on_desk: DeskSheets) -> None:
    on_desk.workbook.about()
    shrink = {"sheetId": on_desk.ids["Archive"], "dimension": "ROWS", "startIndex": 2, "endIndex": ROWS}
    on_desk.book.do({"deleteDimension": {"range": shrink}})
    before = on_desk.grid("Contract Orders")
    block = SetRange("archive", ROWS, 0, (("x",),))
    with pytest.raises(WorkbookRefused):
        on_desk.workbook.write([SetCells("contracts", 2, {0: "x"}), moving(3), block])
    assert on_desk.grid("Contract Orders") == before
    on_desk.workbook.write([moving(3), block])
    assert on_desk.grid("Archive")[ROWS - 1] == ["x"]


def test_many_blocks_of_one_format_are_few_requests(on_desk: DeskSheets) -> None:
    from bot.adapters.sheets_edits import requests_for  # noqa: PLC0415 - of the real adapter alone

    tabs = {"summary": on_desk.workbook.about().sheets[3]}
    formats = {(r, c): "count" if c < 3 else "percent" for r in range(5) for c in range(6)}
    rows = tuple(tuple(range(6)) for _ in range(5))
    requests = requests_for([SetRange("summary", 2, 0, rows, formats)], tabs, None)
    assert [next(iter(r)) for r in requests] == ["updateCells", "repeatCell", "repeatCell"]


def test_every_request_is_counted_reads_and_writes_apart(on_desk: DeskSheets) -> None:
    on_desk.workbook.about()
    before = on_desk.workbook.requests()
    on_desk.workbook.read()
    on_desk.workbook.read()
    on_desk.workbook.write([SetCells("contracts", 2, {0: "x"})])
    with pytest.raises(WorkbookRefused):
        on_desk.workbook.build([{"nonsense": {}}])
    after = on_desk.workbook.requests()
    assert (after.all_reads - before.all_reads, after.all_writes - before.all_writes) == (2, 2)
    assert (after.reads, after.writes) == (after.all_reads, after.all_writes)


def test_the_real_adapter_is_what_is_tested(on_desk: DeskSheets) -> None:
    assert isinstance(on_desk.workbook, GoogleWorkbook)
    assert astuple(on_desk.workbook.about().sheets[0])[1] == "Contract Orders"
