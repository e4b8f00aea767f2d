"""The bytes of an answer, split into rows without parsing them, and what is looked at of them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping, Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.catalog import Customer, Member, Product
from bot.planning.sightings import TabSnapshot
from bot.survey import Grid, core_shown, grids_of, read_catalog, survey, survey_tab, unpacked
from sheets_schema import BY_KEY, TABS, Cell
from sheets_schema.cells import is_blank
from tests.hostile import PAYLOADS
from tests.unit.rows import CUSTOMERS, FEW, MANY, PRODUCTS, TEAM, WISH, titles

#: No answer can hold half a character.
SURROGATES = re.compile("[\ud800-\udfff]")
CONTRACTS = BY_KEY["contracts"]
KEYS = [column.key for column in CONTRACTS.fields]
#: Text that looks like the borders between rows and between tabs.
TEMPTING = [
    "],[",
    '],["',
    '"],["',
    "]]}",
    '},{"range":"',
    '{"range":"',
    "\\",
    '\\"',
    '"',
    '\\\\"],[',
    "]}",
    '"values":[[',
    "\n",
]
TEXTS = (
    st.sampled_from(TEMPTING)
    | st.lists(st.sampled_from(TEMPTING), max_size=3).map("".join)
    | st.text(max_size=8)
)
CELLS = (
    TEXTS | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
)
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=6)


def answer(*grids: Sequence[Sequence[Cell]]) -> bytes:
    """A compact batchGet answer as the API gives it: an empty tab has no `values`."""
    ranges: list[dict[str, object]] = []
    for index, rows in enumerate(grids):
        plain: dict[str, object] = {"range": f"'Tab {index}'!A1:AG1000", "majorDimension": "ROWS"}
        ranges.append({**plain, "values": rows} if rows else plain)
    return orjson.dumps({"spreadsheetId": "key", "valueRanges": ranges})


def cells_of(grid: Grid) -> list[list[Cell]]:
    """Every row of the grid, borders mended."""
    whole = grid.mended(range(len(grid.ends)))
    return [orjson.loads(b"[" + whole.row(i) + b"]") for i in range(len(whole.ends))]


def grid_of(rows: Sequence[Mapping[str, Cell]], header: Sequence[Cell] | None = None) -> Grid:
    """Contract Orders with these rows below its header."""
    lines: list[list[Cell]] = [list(header or titles("contracts"))]
    for cells in rows:
        line: list[Cell] = [cells.get(key, "") for key in KEYS]
        while line and line[-1] == "":
            line.pop()
        lines.append(line)
    return grids_of(answer(lines), ["contracts"])["contracts"]


def surveyed(rows: Sequence[Mapping[str, Cell]], steady: Mapping[int, str] | None = None) -> TabSnapshot:
    return survey_tab(CONTRACTS, "Orders", grid_of(rows), steady or {}, (), "en")


def many(count: int, **cells: Cell) -> list[dict[str, Cell]]:
    return [{**WISH, "notes": f"order {n}", "row_id": f"id{n}", **cells} for n in range(count)]


def steady_of(rows: Sequence[Mapping[str, Cell]]) -> dict[int, str]:
    """Digest -> Row ID, as a cycle with nothing owed leaves them."""
    return {row.digest: row.row_id for row in surveyed(rows).rows}


# ── splitting ───────────────────────────────────────────────────────────────────────────────────────────────


@MANY
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_rows_come_out_of_the_bytes_as_they_went_in(tabs: list[list[list[Cell]]]) -> None:
    tabs = [[["Title"], *rows] for rows in tabs]
    keys = [f"tab{i}" for i in range(len(tabs))]
    grids = grids_of(answer(*tabs), keys)
    assert list(grids) == keys
    for key, rows in zip(keys, tabs, strict=True):
        assert list(grids[key].header) == rows[0]
        assert cells_of(grids[key]) == rows[1:]


@FEW
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_any_text_in_a_header_stays_in_the_header(header: list[str]) -> None:
    grid = grids_of(answer([header, ["below"]]), ["tab"])["tab"]
    assert (list(grid.header), cells_of(grid)) == (header, [["below"]])


def test_empty_tabs_and_blank_rows_are_where_they_were() -> None:
    grids = grids_of(answer([], [["T"]], [["T"], [], ["x"], [], []]), ["a", "b", "c"])
    assert grids["a"] == Grid()
    assert cells_of(grids["b"]) == []
    assert cells_of(grids["c"]) == [[], ["x"], [], []]


def test_an_answer_in_pretty_print_is_read_as_well() -> None:
    rows: list[list[Cell]] = [["Title", "],["], ["a", 1], []]
    pretty = json.dumps(json.loads(answer(rows, [])), indent=2).encode()
    grids = grids_of(pretty, ["one", "two"])
    assert (list(grids["one"].header), cells_of(grids["one"])) == (rows[0], rows[1:])
    assert grids["two"] == Grid()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>502</html>", b"{}", b"[]", b"null", b'{"error":{"code":503}}', b'{"valueRanges":[]}',
     answer([["T"], ["x"]])[:-1], answer([["T"], ["x"]])[:-4], answer([["T"], ["x"]])[:-9]],
    ids=repr,
)  # fmt: skip
def test_what_is_no_whole_answer_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"answer|cut short"):
        grids_of(body, ["tab"])


def test_an_answer_with_another_number_of_tabs_is_refused() -> None:
    with pytest.raises(ValueError, match="1 value ranges instead of 2"):
        grids_of(answer([["T"]]), ["a", "b"])


def test_a_row_that_is_no_json_is_refused() -> None:
    broken = answer([["T"], ["x"], ["y"]]).replace(b'"x"', b'"x')
    with pytest.raises(ValueError, match="not JSON"):
        cells_of(grids_of(broken, ["tab"])["tab"])


@FEW
@given(st.binary(max_size=2000))
def test_packed_bytes_are_unpacked_whatever_their_size(body: bytes) -> None:
    assert unpacked(gzip.compress(body * 50), "gzip") == body * 50
    assert unpacked(body, "") == body


def test_packed_bytes_that_are_cut_are_refused() -> None:
    packed = gzip.compress(b"x" * 5000)
    for cut in (packed[:-6], packed[: len(packed) // 2], b"", b"plain"):
        with pytest.raises(ValueError, match="does not unpack"):
            unpacked(cut, "gzip")


# ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_is_read_by_its_titles_wherever_they_stand() -> None:
    (row,) = surveyed([{**WISH, "row_id": "a"}]).rows
    backwards = list(reversed(titles("contracts")))
    line: list[Cell] = [{**WISH, "row_id": "a"}.get(key, "") for key in reversed(KEYS)]
    grid = grids_of(answer([backwards, line]), ["contracts"])["contracts"]
    (moved,) = survey_tab(CONTRACTS, "Orders", grid, {}, (), "en").rows
    assert (row.number, dict(row.cells)) == (2, {**WISH, "row_id": "a"})
    assert (moved.cells, moved.core, moved.typed) == (row.cells, row.core, row.typed)
    assert moved.digest != row.digest


def test_the_teams_own_columns_are_read_when_the_config_names_them() -> None:
    header = ["Colour", *titles("contracts"), "Size"]
    grid = grids_of(answer([header, ["red", "", "", "", "Anna Books"]]), ["contracts"])["contracts"]
    (row,) = survey_tab(CONTRACTS, "Orders", grid, {}, ("ｃolour",), "en").rows
    assert dict(row.cells) == {"+ｃolour": "red", "customer": "Anna Books"}


def test_blank_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    tab = surveyed([{}, WISH, {"notes": " \u3000"}, {**WISH, "notes": "x"}])
    assert ([row.number for row in tab.rows], tab.height) == ([3, 5], 4)


@MANY
@given(st.data())
def test_no_set_of_steady_rows_loses_a_row(data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from([{}, *many(4), {**WISH, "notes": "],["}]), max_size=8))
    steady = {d: i for d, i in steady_of(rows).items() if data.draw(st.booleans())} | {12345: "not here"}
    tab = surveyed(rows, steady)
    given_rows = {row.number for row in tab.rows}
    for number, cells in enumerate(rows, 2):
        assert not cells or number in given_rows or str(cells.get("row_id", "")) in tab.steady
    assert not {row.row_id for row in tab.rows} & tab.steady
    assert tab.steady | tab.missing == set(steady.values())
    assert tab.height == len(rows)


def test_steady_rows_are_passed_over_and_a_changed_one_is_seen() -> None:
    before = many(5)
    steady = steady_of(before)
    after = [dict(row) for row in before]
    after[2]["notes"] = "changed"
    tab = surveyed(after, steady)
    assert [row.number for row in tab.rows] == [4]
    assert tab.steady == {"id0", "id1", "id3", "id4"}
    assert tab.missing == {"id2"}


def test_sorted_steady_rows_stay_steady() -> None:
    tab = surveyed(list(reversed(many(5))), steady_of(many(5)))
    assert (tab.rows, len(tab.steady), tab.missing) == ((), 5, frozenset())


def test_a_change_in_any_column_is_seen() -> None:
    (before,) = many(1)
    steady = steady_of([before])
    for key in KEYS:
        assert len(surveyed([{**before, key: "something else"}], steady).rows) == 1, key


def test_a_copied_steady_row_is_looked_at_twice() -> None:
    before = many(3)
    tab = surveyed([*before, before[1]], steady_of(before))
    assert [row.number for row in tab.rows] == [3, 5]
    assert tab.steady == {"id0", "id2"}
    assert tab.missing == {"id1"}


def test_a_moved_column_makes_every_row_new() -> None:
    before = many(3)
    swapped = titles("contracts")
    swapped[3], swapped[4] = swapped[4], swapped[3]
    tab = survey_tab(CONTRACTS, "Orders", grid_of(before, swapped), steady_of(before), (), "en")
    assert (len(tab.rows), tab.steady, len(tab.missing)) == (3, frozenset(), 3)


def test_a_border_that_a_person_typed_shifts_no_row() -> None:
    rows: list[dict[str, Cell]] = [
        {**WISH, "row_id": "a", "notes": "],["},
        {**WISH, "row_id": "b", "notes": 'a"],["b],[c'},
        {**WISH, "row_id": "c"},
    ]
    tab = surveyed(rows)
    assert [(row.number, row.row_id, row.text("notes")) for row in tab.rows] == [
        (2, "a", "],["), (3, "b", 'a"],["b],[c'), (4, "c", ""),
    ]  # fmt: skip
    steady = steady_of(rows)
    changed = [rows[0], rows[1], {**rows[2], "notes": "],[ too"}]
    assert [row.number for row in surveyed(changed, steady).rows][-1] == 4
    assert {row.row_id for row in surveyed(changed, steady).rows} | surveyed(changed, steady).steady == {
        "a",
        "b",
        "c",
    }


@pytest.mark.parametrize("part", range(4))
def test_hostile_text_arrives_as_it_was_typed(part: int) -> None:
    texts = [t for t in PAYLOADS.values() if not is_blank(t) and not SURROGATES.search(t)][part::4]
    rows = [{**WISH, "notes": text, "row_id": f"id{i}"} for i, text in enumerate(texts)]
    tab = surveyed(rows)
    assert [row.cells["notes"] for row in tab.rows] == texts


def test_a_broken_header_gives_no_rows() -> None:
    tab = survey_tab(CONTRACTS, "Orders", grid_of(many(2), ["nothing"]), {}, (), "en")
    assert (tab.rows, bool(tab.header.problems)) == ((), True)


def test_only_order_tabs_are_surveyed() -> None:
    grids = grids_of(answer(*([] for _ in TABS)), [tab.key for tab in TABS])
    snapshot = survey(grids, {tab.key: tab.en for tab in TABS}, {}, (), "en")
    assert set(snapshot.tabs) == {"order_entry", "contracts"}


def test_the_core_of_a_shown_row_is_the_core_of_the_row() -> None:
    tab = surveyed(many(1))
    line: list[Cell] = [{**WISH, "notes": "order 0", "row_id": "another"}.get(key, "") for key in KEYS]
    assert core_shown(tab, (), line) == tab.rows[0].core
    assert core_shown(tab, (), ["", " "]) == ""


# ── lookups ─────────────────────────────────────────────────────────────────────────────────────────────────


def lookup(tab: str, rows: Iterable[Mapping[str, Cell]]) -> list[list[Cell]]:
    keys = [column.key for column in BY_KEY[tab].fields]
    return [[*titles(tab)], *([row.get(key, "") for key in keys] for row in rows)]


def test_the_lookups_are_read_borders_and_all() -> None:
    odd: dict[str, Cell] = {"customer": 'Odd "],[" Shop', "email": "odd@shop.example"}
    body = answer(lookup("customers", [odd, *CUSTOMERS]), lookup("products", PRODUCTS), lookup("team", TEAM))
    catalog, headers = read_catalog(
        grids_of(body, ["customers", "products", "team"]), {"team": "People"}, "en"
    )
    assert isinstance(catalog.customer('Odd "],[" Shop'), Customer)
    assert isinstance(catalog.customer("C-2"), Customer)
    assert isinstance(catalog.product("Lamp", ""), Product)
    assert isinstance(catalog.member("Emil"), Member)
    assert not any(header.problems for header in headers.values())


def test_a_lookup_that_is_missing_has_a_header_full_of_problems() -> None:
    _, headers = read_catalog({}, {}, "en")
    assert {key: [p.title for p in header.problems] for key, header in headers.items()} == {
        "customers": ["Customer", "E-mail"], "products": ["Product"], "team": ["Name", "E-mail"],
    }  # fmt: skip
