"""Conditional formats as the API's answers show them: `effectiveFormat`, rule by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.book.conditions import Seen, predicate_of, relative_day
from bot.desk.book.patterns import EPOCH
from tests.desk.client import Workbook, grid

RED = {"red": 1}
GREEN = {"green": 1}
TODAY = (dt.datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None) - EPOCH).days


def rule(
    kind: str, *values: Any, colour: dict[str, float] = RED, area: Any = None, **look: Any
) -> dict[str, Any]:
    given = [value if isinstance(value, dict) else {"userEnteredValue": value} for value in values]
    return {
        "addConditionalFormatRule": {
            "rule": {
                "ranges": [area or grid(0, 0, 20, 1)],
                "booleanRule": {
                    "condition": {"type": kind, "values": given},
                    "format": {"backgroundColor": colour, **look},
                },
            },
            "index": 99,
        }
    }


def colours(book: Workbook, range_: str = "A1:A20") -> list[dict[str, float] | None]:
    """The background of each cell in a column; none where it is white."""
    data = book.get("sheets.data.rowData.values.effectiveFormat.backgroundColor", range_)["sheets"][0][
        "data"
    ][0]
    found = []
    for row in data.get("rowData", []):
        colour = row["values"][0]["effectiveFormat"]["backgroundColor"] if row.get("values") else None
        found.append(None if colour == {"red": 1, "green": 1, "blue": 1} else colour)
    return found


@pytest.mark.parametrize(
    ("kind", "values", "coloured"),
    [
        ("NUMBER_GREATER", ["5"], [7]),
        ("NUMBER_GREATER_THAN_EQ", ["5"], [5, 7]),
        ("NUMBER_LESS", ["5"], [3]),
        ("NUMBER_LESS_THAN_EQ", ["5"], [3, 5]),
        ("NUMBER_EQ", ["5"], [5]),
        ("NUMBER_NOT_EQ", ["5"], [3, 7]),
        ("NUMBER_BETWEEN", ["7", "4"], [5, 7]),
        ("NUMBER_NOT_BETWEEN", ["4", "7"], [3]),
        ("TEXT_CONTAINS", ["Ship"], ["shipped"]),
        ("TEXT_NOT_CONTAINS", ["ship"], [3, 5, 7, "Paid", True]),
        ("TEXT_STARTS_WITH", ["pa"], ["Paid"]),
        ("TEXT_ENDS_WITH", ["ED"], ["shipped"]),
        ("TEXT_EQ", ["paid"], ["Paid"]),
        ("NOT_BLANK", [], [3, 5, 7, "Paid", "shipped", True]),
    ],
)
def test_a_condition_colours_the_cells_that_fulfil_it(
    book: Workbook, kind: str, values: list[str], coloured: list[Any]
) -> None:
    cells = [3, 5, 7, "Paid", "shipped", True]
    book.write("A1", [[cell] for cell in cells])
    book.batch(rule(kind, *values))
    assert [cell for cell, colour in zip(cells, colours(book), strict=True) if colour == RED] == coloured


def test_blank_cells_are_coloured_where_the_grid_shows_any(book: Workbook) -> None:
    book.write("A1", [["", "x"], ["y", "x"]])
    book.batch(rule("BLANK"))
    assert colours(book) == [RED, None]


@pytest.mark.parametrize(
    ("kind", "relative", "days"),
    [
        ("DATE_EQ", "TODAY", [0]),
        ("DATE_EQ", "YESTERDAY", [-1]),
        ("DATE_EQ", "TOMORROW", [1]),
        ("DATE_EQ", "PAST_WEEK", [-7, -1, 0]),
        ("DATE_BEFORE", "TODAY", [-400, -40, -7, -1]),
        ("DATE_AFTER", "TODAY", [1]),
        ("DATE_BEFORE", "PAST_MONTH", [-400, -40]),
        ("DATE_BEFORE", "PAST_YEAR", [-400]),
    ],
)
def test_relative_dates_count_from_the_workbooks_today(
    book: Workbook, kind: str, relative: str, days: list[int]
) -> None:
    all_days = [-400, -40, -7, -1, 0, 1]
    book.write("A1", [[TODAY + day] for day in all_days])
    book.batch(
        {
            "repeatCell": {
                "range": grid(0, 0, 6, 1),
                "cell": {"userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}},
                "fields": "userEnteredFormat.numberFormat",
            }
        },
        rule(kind, {"relativeDate": relative}),
    )
    assert [day for day, colour in zip(all_days, colours(book), strict=True) if colour == RED] == days


def test_a_plain_number_is_no_date(book: Workbook) -> None:
    book.write("A1", [[TODAY], ["soon"]])
    book.batch(rule("DATE_BEFORE", {"relativeDate": "TOMORROW"}))
    assert colours(book) == [None, None]


def test_a_written_date_is_compared_by_the_day(book: Workbook) -> None:
    book.write("A1", [["2026-11-20"], ["2026-11-21 18:30"], ["2026-11-22"]], "USER_ENTERED")
    book.batch(rule("DATE_EQ", "2026-11-21"))
    assert colours(book) == [None, RED, None]


def test_the_first_rule_that_fits_wins_each_property(book: Workbook) -> None:
    book.write("A1", [[9]])
    book.batch(
        rule("NUMBER_GREATER", "5"),
        rule("NUMBER_GREATER", "1", colour=GREEN, textFormat={"bold": True}),
    )
    found = book.cell("A1")["effectiveFormat"]
    assert found["backgroundColor"] == RED
    assert found["textFormat"]["bold"] is True
    assert found["textFormat"]["fontSize"] == 10
    assert "userEnteredFormat" not in book.cell("A1")


def test_a_custom_formula_is_read_from_each_cells_own_place(book: Workbook) -> None:
    book.write("A1", [["a", 1, 10], ["b", 5, 10], ["c", 50, 10]])
    book.batch(rule("CUSTOM_FORMULA", "=$B1*2>=$C$1", area=grid(0, 0, 3, 1)))
    assert colours(book) == [None, RED, RED]


def test_a_custom_formula_that_fails_colours_nothing(book: Workbook) -> None:
    book.write("A1", [["a"], ["b"]])
    book.batch(rule("CUSTOM_FORMULA", "=1/0"), rule("CUSTOM_FORMULA", "=NOSUCH(A1)"))
    assert colours(book) == [None, None]


def test_values_of_a_condition_may_be_formulas(book: Workbook) -> None:
    book.write("A1", [[3, 4], [5, 4]])
    book.batch(rule("NUMBER_GREATER", "=$B$1"))
    assert colours(book) == [None, RED]


def test_a_colour_scale_runs_from_point_to_point(book: Workbook) -> None:
    book.write("A1", [[0], [50], [100], ["text"]])
    book.batch(
        {
            "addConditionalFormatRule": {
                "rule": {
                    "ranges": [grid(0, 0, 4, 1)],
                    "gradientRule": {
                        "minpoint": {"type": "MIN", "color": {}},
                        "maxpoint": {"type": "MAX", "color": {"red": 1}},
                    },
                }
            }
        }
    )
    low, middle, high, text = colours(book)
    assert (low, high, text) == ({}, RED, None)
    assert middle is not None
    assert middle["red"] == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize(
    ("point", "value", "edge"), [("NUMBER", "20", 20), ("PERCENT", "50", 50), ("PERCENTILE", "50", 10)]
)
def test_the_middle_of_a_scale_can_be_placed(book: Workbook, point: str, value: str, edge: int) -> None:
    values = [0, 5, 10, 20, 50, 100] if point != "PERCENTILE" else [0, 5, 10, 20, 100]
    book.write("A1", [[one] for one in values])
    points = {
        "minpoint": {"type": "MIN", "color": {}},
        "midpoint": {"type": point, "value": value, "color": {"green": 1}},
        "maxpoint": {"type": "MAX", "color": {"red": 1}},
    }
    book.batch({"addConditionalFormatRule": {"rule": {"ranges": [grid(0, 0, 6, 1)], "gradientRule": points}}})
    assert colours(book)[values.index(edge)] == GREEN


def test_cells_outside_a_rules_ranges_keep_their_own_format(book: Workbook) -> None:
    book.write("A1", [[9, 9]])
    book.batch(rule("NUMBER_GREATER", "5"))
    assert book.cell("B1")["effectiveFormat"]["backgroundColor"] == {"red": 1, "green": 1, "blue": 1}


def test_a_month_back_stays_within_the_shorter_month() -> None:
    march_31 = (dt.datetime(2026, 3, 31) - EPOCH).days  # noqa: DTZ001 - serials carry no zone
    back = EPOCH + dt.timedelta(days=relative_day("PAST_MONTH", march_31))
    assert (back.month, back.day) == (2, 28)


@pytest.mark.parametrize(
    ("kind", "texts", "good", "bad"),
    [
        ("TEXT_IS_EMAIL", [], "ann@example.com", "ann@example"),
        ("TEXT_IS_URL", [], "https://example.com/a", "no address"),
        ("ONE_OF_LIST", ["A", "B"], "B", "C"),
    ],
)
def test_conditions_of_validation_look_at_the_text(kind: str, texts: list[str], good: str, bad: str) -> None:
    condition = {"type": kind, "values": [{"userEnteredValue": text} for text in texts]}
    fits: Callable[[Seen], bool] = predicate_of(condition, list(texts), TODAY)
    assert fits(Seen(good, good))
    assert not fits(Seen(bad, bad))
