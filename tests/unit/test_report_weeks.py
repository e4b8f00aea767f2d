"""Several Fridays in a row: every line in one weekly report, and what changes afterwards in corrections, never silent."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.planning.periods import Period
from bot.planning.report_values import Correction, WeekBlock
from bot.planning.runs import ClosedWeek
from bot.reports.figures.ledger import Ledger
from sheets_schema.cells import date_serial
from tests.unit.report_book import FRIDAY, TEAM, Line, Sheet, period, totals

SOME = settings(max_examples=8, deadline=None)
WEEK = period()
NEXT = period(FRIDAY + timedelta(days=7))
HOUR = timedelta(hours=1)
HUNDRED = Decimal(100)


def line(number: int, recorded: datetime = WEEK.start + HOUR, **changes: object) -> Line:
    return replace(Line(f"r{number}", f"N-{number}", recorded), **changes)  # type: ignore[arg-type] # names of its fields


class Fridays:
    """A sheet, the weeks closed so far, and what was reported when they were."""

    def __init__(self, lines: list[Line]) -> None:
        self.sheet = Sheet(lines)
        self.closed: list[ClosedWeek] = []
        self.blocks: dict[str, WeekBlock] = {}

    def close(self, week: Period) -> None:
        """Friday evening: a new process reads everything anew."""
        book = self.sheet.book(self.closed)
        self.closed.append(book.close(week, week.end + timedelta(minutes=1)))
        book = book.with_closed(self.closed[-1])
        self.blocks[week.id] = book.block(week, week.end)

    def reported(self, currency: str) -> Decimal:
        """All weekly reports and their corrections added up."""
        figures = [block.report.figures for block in self.blocks.values()]
        weeks = sum((f.week.amount(currency) for f in figures), Decimal(0))
        corrections = [c for f in figures for c in f.corrections if c.currency == currency]
        return weeks + sum((c.amount for c in corrections), Decimal(0))

    def reported_of(self, seller: str) -> Decimal:
        """The same of one person, in CNY, by name."""
        book = self.sheet.book(self.closed)
        figures = [book.personal(seller, week, week.end).figures for week in book.closed]
        weeks = sum((f.week.amount("CNY") for f in figures), Decimal(0))
        return weeks + sum(
            (c.amount for f in figures for c in f.corrections if c.currency == "CNY"), Decimal(0)
        )


# ── what people do between two Fridays ──────────────────────────────────────────────────────────────────────

Deed = Callable[[Sheet, random.Random, int], None]


def _order(sheet: Sheet, dice: random.Random, week: int) -> None:
    number = len(sheet.lines) + 1000 * week + dice.randrange(10**6) * 10**4
    start = WEEK.start + timedelta(days=7 * week)
    amount = Decimal(dice.randrange(1, 10**6)) / 100
    sheet.lines.append(
        line(
            number, start + dice.randrange(7 * 24) * HOUR, amount_cell=float(amount), amount=amount,
            seller_cell=(who := dice.choice(("Dora", "Emil", "Faye"))), seller=who,
            order_date=(start - timedelta(days=dice.randrange(20))).date(),
        )
    )  # fmt: skip


def _reprice(sheet: Sheet, dice: random.Random, week: int) -> None:
    amount = Decimal(dice.randrange(1, 10**6)) / 100
    _edit(sheet, dice, amount_cell=float(amount), amount=amount)


def _recount(sheet: Sheet, dice: random.Random, week: int) -> None:
    quantity = dice.choice((Decimal(1), Decimal("2.5"), Decimal("0.125"), Decimal(7)))
    _edit(sheet, dice, quantity_cell=float(quantity), quantity=quantity)


def _cancel(sheet: Sheet, dice: random.Random, week: int) -> None:
    _edit(sheet, dice, status_cell="Cancelled", cancelled=True)


def _revive(sheet: Sheet, dice: random.Random, week: int) -> None:
    _edit(sheet, dice, status_cell="Approved", cancelled=False)


def _hand_over(sheet: Sheet, dice: random.Random, week: int) -> None:
    who = dice.choice(("Dora", "Emil", "Faye", "Gustav"))
    _edit(sheet, dice, seller_cell=dice.choice((who, who.upper())), seller=who)


def _recoin(sheet: Sheet, dice: random.Random, week: int) -> None:
    currency = dice.choice(("CNY", "USD", "JPY"))
    _edit(sheet, dice, currency_cell=currency, currency=currency)


def _break(sheet: Sheet, dice: random.Random, week: int) -> None:
    _edit(sheet, dice, amount_cell="#REF!", amount=None)


def _delete(sheet: Sheet, dice: random.Random, week: int) -> None:
    if sheet.lines:
        sheet.lines.pop(dice.randrange(len(sheet.lines)))


def _archive(sheet: Sheet, dice: random.Random, week: int) -> None:
    _edit(sheet, dice, archived=True)


def _sort(sheet: Sheet, dice: random.Random, week: int) -> None:
    dice.shuffle(sheet.lines)


def _edit(sheet: Sheet, dice: random.Random, **changes: object) -> None:
    if sheet.lines:
        sheet.change(dice.choice(sheet.lines).row_id, **changes)


DEEDS: tuple[Deed, ...] = (
    _order, _order, _order, _order, _reprice, _recount, _cancel, _cancel, _revive, _hand_over, _recoin, _break,
    _delete, _archive, _sort,
)  # fmt: skip


@SOME
@given(st.randoms(use_true_random=False), st.integers(0, 12))
def test_weekly_reports_and_their_corrections_add_up_to_the_book_as_it_stands(
    dice: random.Random, deeds: int
) -> None:
    fridays = Fridays([])
    weeks = [period(FRIDAY + timedelta(days=7 * i)) for i in range(4)]
    for i, week in enumerate(weeks):
        for _ in range(deeds):
            dice.choice(DEEDS)(fridays.sheet, dice, i)
        fridays.close(week)
    expected = totals(fridays.sheet.lines)
    for currency in ("CNY", "USD", "JPY"):
        assert fridays.reported(currency) == expected.get(currency, Decimal(0))
    for member in TEAM:
        own = totals(one for one in fridays.sheet.lines if one.seller == member["name"])
        assert fridays.reported_of(str(member["name"])) == own.get("CNY", Decimal(0))
    counted = Counter(row_id for week in fridays.closed for row_id in Ledger(week).kept.row_ids)
    assert not counted or max(counted.values()) == 1
    assert {one.row_id for one in fridays.sheet.lines if one.usable} <= counted.keys()
    book = fridays.sheet.book(fridays.closed)
    assert {c.found_in for c in book.later_corrections} <= {week.id for week in weeks}
    for week in weeks:
        assert replace(book.block(week, week.end), corrections=()) == replace(
            fridays.blocks[week.id], corrections=()
        )


def test_the_month_so_far_knows_what_was_cancelled_since() -> None:
    fridays = Fridays([line(1), line(2)])
    fridays.close(WEEK)
    fridays.sheet.change("r1", status_cell="Cancelled", cancelled=True)
    fridays.close(NEXT)
    book = fridays.sheet.book(fridays.closed)
    assert book.team((), WEEK, WEEK.end).figures.month.amount("CNY") == 200
    assert book.team((), NEXT, NEXT.end).figures.month.amount("CNY") == 100
    assert book.team((), NEXT, NEXT.end).figures.before.amount("CNY") == 200


CHANGES: dict[str, tuple[dict[str, object], list[tuple[str, str, str, Decimal, Decimal]]]] = {
    "cancelled": (
        {"status_cell": "Cancelled", "cancelled": True},
        [("cancelled", "Dora", "CNY", -HUNDRED, Decimal(-1))],
    ),
    "amount": ({"amount_cell": 70}, [("amount", "Dora", "CNY", Decimal(-30), Decimal(0))]),
    "quantity": ({"quantity_cell": 1.5}, [("quantity", "Dora", "CNY", Decimal(0), Decimal("0.5"))]),
    "salesperson": (
        {"seller_cell": "Faye"},
        [
            ("salesperson", "Dora", "CNY", -HUNDRED, Decimal(-1)),
            ("salesperson", "Faye", "CNY", HUNDRED, Decimal(1)),
        ],
    ),
    "currency": (
        {"currency_cell": "USD"},
        [
            ("currency", "Dora", "CNY", -HUNDRED, Decimal(-1)),
            ("currency", "Dora", "USD", HUNDRED, Decimal(1)),
        ],
    ),
    "unusable": ({"amount_cell": "#REF!"}, [("amount", "Dora", "CNY", -HUNDRED, Decimal(-1))]),
    "the same person by address": ({"seller_cell": "dora@desk.example"}, []),
    "archived": ({"archived": True}, []),
    "another product": ({"product": "Desk"}, []),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_after_the_week_is_closed_is_a_correction_of_that_week_once(what: str) -> None:
    changes, expected = CHANGES[what]
    fridays = Fridays([line(1), line(2)])
    fridays.close(WEEK)
    fridays.sheet.change("r1", **changes)
    fridays.close(NEXT)
    fridays.close(period(FRIDAY + timedelta(days=14)))
    book = fridays.sheet.book(fridays.closed)
    assert [facts(c) for c in book.block(WEEK, WEEK.end).corrections] == expected
    assert [facts(c) for c in book.team((), NEXT, NEXT.end).figures.corrections] == expected
    assert {(c.week, c.found_in) for c in book.later_corrections} <= {(WEEK.id, NEXT.id)}
    assert book.block(period(FRIDAY + timedelta(days=14)), NEXT.end).report.figures.corrections == ()


def facts(c: Correction) -> tuple[str, str, str, Decimal, Decimal]:
    return (c.what, c.salesperson, c.currency, c.amount, c.quantity)


def test_a_row_that_goes_and_comes_back_is_said_twice() -> None:
    fridays = Fridays([line(1), line(2)])
    fridays.close(WEEK)
    gone = fridays.sheet.lines.pop(0)
    fridays.close(NEXT)
    fridays.sheet.lines.append(gone)
    third = period(FRIDAY + timedelta(days=14))
    fridays.close(third)
    found = fridays.sheet.book(fridays.closed).later_corrections
    assert [(c.what, c.found_in, c.amount) for c in found] == [
        ("gone", NEXT.id, -HUNDRED),
        ("returned", third.id, HUNDRED),
    ]


def test_a_cancellation_after_its_week_is_a_correction_once_it_is_legal() -> None:
    fridays = Fridays([line(1), line(2), line(3, status_cell="Cancelled", cancelled=True)])
    fridays.close(WEEK)
    for row_id in ("r1", "r2"):
        fridays.sheet.change(row_id, status_cell="Cancelled")
    fridays.sheet.change("r3", status_cell="Approved")
    fridays.sheet.legal |= {"r2": "approved", "r3": "cancelled"}
    fridays.close(NEXT)
    assert [told(c) for c in fridays.sheet.book(fridays.closed).later_corrections] == [
        ("r1", "cancelled", NEXT.id)
    ]
    # The reason is given at last.
    del fridays.sheet.legal["r2"]
    third = period(FRIDAY + timedelta(days=14))
    fridays.close(third)
    assert [told(c) for c in fridays.sheet.book(fridays.closed).later_corrections] == [
        ("r1", "cancelled", NEXT.id),
        ("r2", "cancelled", third.id),
    ]


def told(c: Correction) -> tuple[str, str, str]:
    return (c.row_id, c.what, c.found_in)


def test_the_running_week_shows_corrections_before_it_closes() -> None:
    fridays = Fridays([line(1)])
    fridays.close(WEEK)
    fridays.sheet.change("r1", status_cell="已取消")
    book = fridays.sheet.book(fridays.closed)
    (correction,) = book.personal("Dora", NEXT, WEEK.end + HOUR).figures.corrections
    assert (correction.what, correction.found_in, correction.before) == ("cancelled", NEXT.id, "100.00")
    assert book.block(WEEK, WEEK.end).corrections == (correction,)


def test_corrections_go_to_those_they_are_about() -> None:
    fridays = Fridays([line(1), line(2, seller_cell="Faye", seller="Faye")])
    fridays.close(WEEK)
    fridays.sheet.change("r1", seller_cell="Faye")
    fridays.close(NEXT)
    book = fridays.sheet.book(fridays.closed)
    north = book.team(("North",), NEXT, NEXT.end).figures.corrections
    assert [facts(c)[1:4] for c in north] == [("Dora", "CNY", -HUNDRED)]
    assert [c.amount for c in book.personal("Faye", NEXT, NEXT.end).figures.corrections] == [HUNDRED]
    assert book.sellers(NEXT, NEXT.end) == {"Dora", "Faye"}


# ── which week a line is in ─────────────────────────────────────────────────────────────────────────────────


def test_the_cutoff_belongs_to_the_week_that_it_begins() -> None:
    lines = [line(1, WEEK.start), line(2, WEEK.end - timedelta(seconds=1)), line(3, WEEK.end)]
    fridays = Fridays(lines)
    fridays.close(WEEK)
    fridays.close(NEXT)
    ids = [[one.row_id for one in block.report.figures.lines] for block in fridays.blocks.values()]
    assert ids == [["r1", "r2"], ["r3"]]


def test_a_line_that_comes_to_light_after_its_week_counts_in_the_next() -> None:
    fridays = Fridays([line(1)])
    fridays.close(WEEK)
    fridays.sheet.lines.append(line(2, WEEK.start + HOUR))
    fridays.close(NEXT)
    figures = fridays.blocks[NEXT.id].report.figures
    assert [one.row_id for one in figures.lines] == ["r2"]
    assert sum(bar.amount for bar in figures.by_day) == 100
    assert fridays.reported("CNY") == 200


def test_lines_from_before_the_first_week_are_compared_with_and_never_counted() -> None:
    fridays = Fridays([line(1), line(2, WEEK.start - HOUR), line(3, WEEK.start - timedelta(days=8))])
    fridays.close(WEEK)
    fridays.close(NEXT)
    first = fridays.blocks[WEEK.id].report.figures
    assert (first.week.lines, first.before.amount("CNY")) == (1, 100)
    assert [bar.orders for bar in first.by_week] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert fridays.blocks[NEXT.id].report.figures.week.lines == 0


def test_missed_weeks_close_in_order_from_one_reading() -> None:
    sheet = Sheet([line(1), line(2, NEXT.start + HOUR)])
    book = sheet.book()
    first = book.close(WEEK, NEXT.end)
    book = book.with_closed(first)
    second = book.close(NEXT, NEXT.end)
    both = book.with_closed(second)
    anew = sheet.book([first, second])
    for week in (WEEK, NEXT):
        assert both.block(week, week.end) == anew.block(week, week.end)
        assert both.block(week, week.end).report.figures.week.lines == 1


def test_adopted_rows_are_recorded_on_their_order_date_or_when_they_were_adopted() -> None:
    adopted = WEEK.start + timedelta(days=3)
    rows = [
        {**line(i).cells(), "created_at": "", "order_date": "" if day is None else date_serial(day)}
        for i, day in enumerate((date(2026, 11, 1), date(2026, 11, 14), date(2026, 11, 30), None))
    ]
    sheet = Sheet(others=rows)
    lines = sheet.book(adopted_at=adopted).team((), WEEK, WEEK.end).figures.lines
    found = {one.row_id: one.recorded_at for one in lines}
    assert found == {"r1": datetime.fromisoformat("2026-11-14T00:00+08:00"), "r2": adopted, "r3": adopted}


def test_an_interim_report_ends_when_it_was_asked_for() -> None:
    sheet = Sheet([line(1), line(2, WEEK.start + 30 * HOUR)])
    figures = sheet.book().personal("Dora", WEEK, WEEK.start + 30 * HOUR).figures
    assert (figures.interim, figures.week.lines, figures.until) == (True, 1, WEEK.start + 30 * HOUR)
    assert not sheet.book().personal("Dora", WEEK, WEEK.end).figures.interim
