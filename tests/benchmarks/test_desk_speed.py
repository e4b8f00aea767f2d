"""How fast the local desk reads and writes long tables, in CPU time and against what encoding them alone takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from tests.benchmarks.long_table import WIDTH, LongTable
from tests.benchmarks.measuring import cpu_of, dead_weight, median, milliseconds, show

HEIGHT = 100_000
ROUNDS = 7
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongTable]:
    """100,000 × 30 cells, four of the columns formatted."""
    with LongTable(tmp_path_factory.mktemp("long")) as made:
        made.resize(HEIGHT + 1000, WIDTH + 2)
        made.fill(HEIGHT)
        made.format_columns(HEIGHT)
        with dead_weight():
            yield made


def encoding(table: LongTable, how: str, option: int = 0) -> float:
    """CPU seconds of turning the values a read answers with into JSON."""
    values = orjson.loads(table.read("Sheet1", how))
    return median([cpu_of(lambda: orjson.dumps(values, option=option)) for _ in range(ROUNDS)])


def rounds(act: Callable[[int], object]) -> float:
    """The median of a few calls, each with a number of its own."""
    return median([cpu_of(lambda number=number: act(number)) for number in range(ROUNDS)])  # type: ignore[misc] # a default is how a loop's value is bound


def test_a_first_read_of_what_is_shown_is_followed_by_quick_ones(table: LongTable) -> None:
    """First in this file: nothing has asked for the texts yet."""
    first = cpu_of(lambda: table.read("Sheet1", "FORMATTED_VALUE"))
    json = encoding(table, "FORMATTED_VALUE")
    second = rounds(lambda _: table.read("Sheet1", "FORMATTED_VALUE"))
    table.read_again("Sheet1", "FORMATTED_VALUE")
    kept = rounds(lambda _: table.read_again("Sheet1", "FORMATTED_VALUE"))
    table.values("PUT", "/A5", {"values": [["changed"]]})
    changed = cpu_of(lambda: table.read_again("Sheet1", "FORMATTED_VALUE"))
    show(
        f"Reading {HEIGHT:,} × {WIDTH} cells as they are shown",
        [
            ("JSON alone (orjson)", milliseconds(json), ""),
            ("first read: every text is worked out", milliseconds(first), "at most 40 x JSON"),
            ("another read", milliseconds(second), "at most 3 x JSON"),
            ("the same read again, nothing changed", milliseconds(kept), "at most 1 ms"),
            ("the same read after one cell changed", milliseconds(changed), "at most 4 x JSON"),
        ],
    )
    assert first <= 40 * json
    assert second <= 3 * json
    assert kept <= 0.001
    assert changed <= 4 * json


@pytest.mark.parametrize(("pretty", "option"), [(False, 0), (True, orjson.OPT_INDENT_2)])
def test_a_read_of_values_takes_at_most_twice_as_long_as_their_json(
    table: LongTable, pretty: bool, option: int
) -> None:
    json = encoding(table, "UNFORMATTED_VALUE", option)
    read = rounds(lambda _: table.read("Sheet1", "UNFORMATTED_VALUE", pretty))
    show(
        f"Reading the values of {HEIGHT:,} × {WIDTH} cells, {'indented' if pretty else 'compact'}",
        [
            ("JSON alone (orjson)", milliseconds(json), ""),
            ("the read, not kept from before", milliseconds(read), ""),
            ("    against JSON alone", f"{read / json:.2f} x", "at most 2.0 x"),
        ],
    )
    assert read <= 2 * json


def test_small_writes_to_a_long_table_take_under_twenty_milliseconds(table: LongTable) -> None:
    ten = {"values": [[1, 2.5, "x", True, "", 6, 7, 8, 9, "ten"]]}
    written = rounds(lambda number: table.values("PUT", f"/A{number * 10_000 + 1}", ten))
    typed = rounds(
        lambda number: table.values("PUT", f"/A{number * 9_000 + 1}", ten, "valueInputOption=USER_ENTERED")
    )
    one = {"values": [["new"] * WIDTH]}
    appended = rounds(lambda _: table.values("POST", "/A1:append", one))
    at_the_end = rounds(lambda _: table.values("POST", "/Sheet1:append", one))
    rows = [
        ("10 cells written RAW", written),
        ("10 cells written USER_ENTERED", typed),
        ("a row appended to the table at A1", appended),
        ("a row appended to the sheet", at_the_end),
    ]
    show(
        f"Writing to {HEIGHT:,} × {WIDTH} cells",
        [(what, milliseconds(much), "at most 20 ms") for what, much in rows],
    )
    assert max(much for _, much in rows) <= 0.020


def test_rearranging_a_long_table_costs_less_than_writing_it(table: LongTable) -> None:
    rewritten = cpu_of(lambda: table.fill(HEIGHT))
    whole = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": HEIGHT, "startColumnIndex": 0}
    whole["endColumnIndex"] = WIDTH + 2
    column = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 3, "endIndex": 4}
    row = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    specs = [{"dimensionIndex": 5, "sortOrder": "DESCENDING"}]
    changes = {
        "a row inserted at the top": {"insertDimension": {"range": row}},
        "sorted by a column": {"sortRange": {"range": whole, "sortSpecs": specs}},
        "a column inserted": {"insertDimension": {"range": column}},
        "a column deleted": {"deleteDimension": {"range": column}},
    }
    spent = {what: cpu_of(lambda change=change: table.batch(change)) for what, change in changes.items()}  # type: ignore[misc] # a default is how a loop's value is bound
    show(
        f"Rearranging {HEIGHT:,} × {WIDTH} cells",
        [
            ("every cell written anew", milliseconds(rewritten), ""),
            *[(what, milliseconds(much), "less than that") for what, much in spent.items()],
        ],
    )
    assert max(spent.values()) < rewritten
    assert spent["a row inserted at the top"] <= 0.25 * rewritten
    assert spent["sorted by a column"] <= 0.5 * rewritten


def test_a_window_of_a_long_table_costs_no_more_than_one_of_a_short_one(
    table: LongTable, tmp_path: Path
) -> None:
    def window(of: LongTable, top: int) -> bytes:
        query = f"top={top}&bottom={top + 100}&known={of.core.store.workbooks[of.id].meta['version']}"
        return of.call("GET", f"/book/{of.id}/0/view", query=query)

    with LongTable(tmp_path) as short:
        short.resize(2000, WIDTH + 2)
        short.fill(1000)
        short.format_columns(1000)
        few = rounds(lambda number: window(short, number * 100))
    many = rounds(lambda number: window(table, 40_000 + number * 100))
    show(
        f"What the grid shows of a table: 100 rows of {WIDTH} cells, not shown before",
        [
            ("among 1,000 rows", milliseconds(few), ""),
            (f"among {HEIGHT:,} rows", milliseconds(many), "at most 2.0 x"),
        ],
    )
    assert many <= 2 * few


def test_what_is_laid_over_cells_makes_writing_them_hardly_slower(tmp_path: Path) -> None:
    with LongTable(tmp_path) as table:
        ten = {"values": [list(range(10))]}

        def write(number: int) -> None:
            table.values("PUT", f"/A{number + 1}", ten)

        write(0)
        plain = rounds(write)
        area = {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 26}
        places = [area | {"startRowIndex": n, "endRowIndex": n + 1} for n in range(200)]
        condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "late"}]}
        rule = {"condition": condition, "format": {"backgroundColor": {"red": 1}}}
        table.batch(
            *[{"addProtectedRange": {"protectedRange": {"range": place}}} for place in places[:50]],
            *[
                {"addConditionalFormatRule": {"rule": {"ranges": [place], "booleanRule": rule}}}
                for place in places
            ],
        )
        laden = rounds(write)
    show(
        "10 cells written to a small sheet",
        [
            ("nothing laid over it", milliseconds(plain), ""),
            ("50 protected ranges, 200 coloured rules", milliseconds(laden), "at most 20 ms"),
        ],
    )
    assert laden <= 0.020


def test_ten_million_cells_are_answered_within_four_gibibytes(tmp_path: Path) -> None:
    def run(what: str) -> bytes:
        command = [sys.executable, "-m", "tests.benchmarks.ten_million", what, str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return done.stdout

    run("fill")
    took = orjson.loads(run("read"))
    show(
        "10 million cells, from disk, with an address space of 4 GiB",
        [
            ("loaded, and their last row answered", milliseconds(took["load"]), ""),
            ("all values", milliseconds(took["UNFORMATTED_VALUE"]), ""),
            ("all texts, for the first time", milliseconds(took["FORMATTED_VALUE"]), ""),
            ("memory at most", f"{took['peak_mib']:,.0f} MiB", "at most 4,096 MiB"),
        ],
    )
    assert took["peak_mib"] <= 4096
