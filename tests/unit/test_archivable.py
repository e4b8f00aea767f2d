"""Which finished orders may leave Contract Orders, and what keeps an order there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.periods import month_of
from bot.planning.rules import ArchiveRules
from bot.reports.figures.archivable import archivable
from sheets_schema import Cell
from tests.unit.month_book import RULES, Row, books, line, lines_of, readings
from tests.unit.rows import FEW

END = month_of(date(2026, 11, 1), RULES.timezone).end
DAY = date(2026, 11, 10)
FIRST_WEEK = datetime(2026, 1, 2, 10, tzinfo=UTC)


def leaving(
    rows: Sequence[Row],
    counted: Sequence[str] | None = None,
    months: int = 1,
    legal: Mapping[str, str] | None = None,
    **tabs: Sequence[Row],
) -> list[str]:
    """The Row IDs; every line is in a closed week unless the test says which are."""
    everything = [str(row["row_id"]) for row in rows]
    rules = replace(RULES, archive=ArchiveRules(after_months=months))
    lines = lines_of(readings(rows, **tabs), legal=legal or {})
    return list(archivable(lines, everything if counted is None else counted, FIRST_WEEK, END, rules))


def done(number: str, day: date = DAY, **cells: Cell) -> Row:
    return line(number, day, **{"status": "Completed", "row_id": f"id{number}", **cells})


@pytest.mark.parametrize("status", ["Completed", "已完成", "Cancelled", "已取消"])
def test_a_finished_order_of_a_past_month_leaves(status: str) -> None:
    assert leaving([done("1", status=status)]) == ["id1"]


@pytest.mark.parametrize("status", ["Delivered", "Pending review", "", "done", "#REF!"])
def test_an_order_that_is_not_finished_stays(status: str) -> None:
    assert leaving([done("1", status=status)]) == []


@pytest.mark.parametrize(
    ("shown", "legal"), [("Completed", "shipped"), ("Cancelled", "approved"), ("Approved", "cancelled")]
)
def test_an_order_whose_status_is_to_be_mended_stays_with_all_its_lines(shown: str, legal: str) -> None:
    rows = [done("1", row_id="a", status=shown), done("1", row_id="b"), done("2")]
    assert leaving(rows, legal={"a": legal}) == ["id2"]


def test_an_order_leaves_whole_or_stays() -> None:
    rows = [
        done("1", row_id="a"),
        done("1", row_id="b", status="Shipped"),
        done("2", row_id="c"),
        done("2", row_id="d"),
    ]
    assert leaving(rows) == ["c", "d"]


def test_a_line_that_cannot_be_counted_keeps_its_order() -> None:
    assert leaving([done("1", row_id="a"), done("1", row_id="b", amount="much"), done("1", row_id="")]) == []


def test_what_no_weekly_report_has_told_stays() -> None:
    rows = [done("1", row_id="a"), done("1", row_id="b")]
    assert leaving(rows, counted=["a"]) == []
    assert leaving(rows, counted=["a", "b"]) == ["a", "b"]


def test_rows_from_before_the_first_week_are_waited_for_by_no_report() -> None:
    assert leaving([done("1", date(2025, 12, 30))], counted=[]) == ["id1"]


def test_the_month_after_the_reported_one_stays() -> None:
    assert leaving([done("1", date(2026, 11, 30)), done("2", date(2026, 12, 1))]) == ["id1"]


@pytest.mark.parametrize(("months", "left"), [(1, 3), (2, 2), (3, 1), (12, 0)])
def test_orders_stay_for_as_many_months_as_the_config_says(months: int, left: int) -> None:
    rows = [done("1", date(2026, 9, 30)), done("2", date(2026, 10, 31)), done("3", date(2026, 11, 30))]
    assert len(leaving(rows, months=months)) == left


def test_what_is_in_archive_already_is_not_named_again() -> None:
    rows = [done("1", row_id="a")]
    assert leaving(rows, archive=[done("2", row_id="x"), done("1", row_id="y")], counted=["a", "x", "y"]) == [
        "a"
    ]


@FEW
@given(books(), st.integers(1, 3))
def test_no_order_is_ever_torn_apart(rows: list[dict[str, Cell]], months: int) -> None:
    gone = set(leaving(rows, months=months))
    for number in {row["order_no"] for row in rows}:
        own = {str(row["row_id"]) for row in rows if row["order_no"] == number}
        assert own <= gone or not (own & gone)
