"""Weeks as the Summary tab gets them, and a tab that takes the edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.planning.periods import Period, week_id
from bot.planning.report_values import (
    Amount,
    Bar,
    Correction,
    LeftOut,
    OrderLine,
    Ranked,
    Sum,
    TeamReport,
    WeekBlock,
    WeekFigures,
)
from bot.projection import Edit, InsertRows, SetRange
from sheets_schema import Cell

Grid = list[list[Cell]]
#: Friday 18:00 in Shanghai.
CUTOFF = datetime(2026, 11, 20, 10, tzinfo=UTC)


def period(ago: int = 0) -> Period:
    """The week that ends at the cutoff, or one so many weeks before."""
    end = CUTOFF - timedelta(weeks=ago)
    return Period(week_id(end.date()), end - timedelta(weeks=1), end)


def total(amount: str | Decimal, orders: int = 1, currency: str = "CNY", quantity: str = "10") -> Sum:
    """A sum in one currency."""
    return Sum(orders, orders, Decimal(quantity), (Amount(currency, Decimal(amount), orders),))


NONE = Sum()
MEMBERS = (
    Ranked("李娜", total("12000.50", 3), total("10000", 2), "华东", target=Decimal(16000), month=total("30000", 7)),
    Ranked("Anna Berg", total("8000", 2), NONE, "Europe", target=Decimal(12000), month=total("8000", 2)),
    Ranked("Tom Hale", NONE, total("500"), "Europe", month=total("500")),
    Ranked("", total("99.99"), NONE, month=total("99.99")),
)  # fmt: skip
TEAMS = (
    Ranked("华东", total("12000.50", 3), total("10000", 2), target=Decimal(16000), month=total("30000", 7)),
    Ranked("Europe", total("8000", 2), total("500"), target=Decimal(12000), month=total("8500", 3)),
)


def line(order_no: str = "20261113-001", **facts: object) -> OrderLine:
    """A line that was dated before its week began."""
    base = OrderLine(
        "r1", order_no, CUTOFF - timedelta(days=2), date(2026, 11, 2), "杭州云帆软件", "定制保温杯", "500 ml", Decimal(120),
        "CNY", Decimal("7020.00"), "李娜", True, "华东", "approved", late_entry=True,
    )  # fmt: skip
    return replace(base, **facts)  # type: ignore[arg-type] # names of OrderLine's own fields


def correction(week: str, found_in: str, row_id: str = "r9", amount: str = "-500.00") -> Correction:
    """A cancelled line."""
    return Correction(
        week, found_in, row_id, "20261106-002", "Tom Hale", "cancelled", "CNY", Decimal(amount), Decimal(-5)
    )


def block(
    ago: int = 0,
    closed: bool = True,
    *,
    members: tuple[Ranked, ...] = MEMBERS,
    later: Sequence[Correction] = (),
    week: Sum | None = None,
    late: Sequence[OrderLine] = (),
    found: Sequence[Correction] = (),
    left_out: Sequence[LeftOut] = (),
    as_of: datetime | None = None,
) -> WeekBlock:
    """A week with two teams and a line nobody is assigned to."""
    span = period(ago)
    figures = WeekFigures(
        span, span.end, not closed, "CNY", week or total("20100.49", 6, quantity="130"), total("10500", 3),
        total("38599.99", 11), Decimal(28000), (), tuple(Bar(period(ago + i).id, Decimal(1000 * (8 - i)), 3,
        (span.end - timedelta(weeks=i)).date()) for i in reversed(range(8))),
        (Ranked("定制保温杯", total("15000", 4), total("9000", 2), share=Decimal("0.7463")),
         Ranked("Engraved pen", total("5100.49", 2), NONE, share=Decimal("0.2537"))),
        (), (), (), tuple(late), (), tuple(found), tuple(left_out),
    )  # fmt: skip
    report = TeamReport((), figures, TEAMS, members, (), None, ())
    return WeekBlock(span, closed, as_of or span.end, report, tuple(later))


def applied(grid: Grid, edits: Sequence[Edit]) -> Grid:
    """The tab after these edits."""
    rows = [list(row) for row in grid]
    for edit in edits:
        if isinstance(edit, InsertRows):
            rows += [[] for _ in range(edit.row - 1 - len(rows))]
            rows[edit.row - 1 : edit.row - 1] = [[] for _ in range(edit.count)]
            continue
        assert isinstance(edit, SetRange)
        for offset, cells in enumerate(edit.rows):
            rows += [[] for _ in range(edit.row + offset - len(rows))]
            row = rows[edit.row + offset - 1]
            row += [""] * (edit.column + len(cells) - len(row))
            row[edit.column : edit.column + len(cells)] = cells
    return read(rows)


def read(rows: Grid) -> Grid:
    """As the API gives it: nothing blank at the ends."""
    found = []
    for row in rows:
        cells = list(row)
        while cells and cells[-1] == "":
            cells.pop()
        found.append(cells)
    while found and not found[-1]:
        found.pop()
    return found
