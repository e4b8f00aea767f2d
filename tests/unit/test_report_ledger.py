"""Closed weeks as bytes, and how little of them is unpacked while nothing has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.reports.figures.ledger import Ledger, reworded
from tests.unit.report_book import FRIDAY, TEAM, Line, Sheet, period

WEEK, NEXT = period(), period(FRIDAY + timedelta(days=7))
HOUR = timedelta(hours=1)


def some_lines() -> list[Line]:
    start = WEEK.start + HOUR
    return [
        Line("r1", "N-1", start, product="Lamp", order_date=WEEK.start.date(), due_date=FRIDAY.date()),
        Line("r2", "N-1", start + HOUR, 12.5, Decimal("12.5"), 0.125, Decimal("0.125"), seller_cell="emil@desk.example", seller="Emil"),
        Line("r3", "N\n3", start, 7, Decimal(7), currency_cell="JPY", currency="JPY", seller_cell="Ghost", seller=""),
        Line("r4", "N-4", start, status_cell="Cancelled", cancelled=True),
        Line("r5", "N-5", start, "#REF!", None),
    ]  # fmt: skip


def test_a_closed_week_reports_what_it_reported_when_it_was_open() -> None:
    sheet = Sheet(some_lines())
    open_book = sheet.book()
    closed = sheet.book([open_book.close(WEEK, FRIDAY)])
    for scope in ((), ("North",), ("South", "North")):
        before, after = open_book.team(scope, WEEK, FRIDAY), closed.team(scope, WEEK, FRIDAY)
        assert after == before
    for name in ("Dora", "Emil", "Gustav"):
        assert closed.personal(name, WEEK, FRIDAY) == open_book.personal(name, WEEK, FRIDAY)


def test_a_closed_week_does_not_change_with_team_and_customers() -> None:
    sheet = Sheet(some_lines())
    closed = sheet.book().close(WEEK, FRIDAY)
    before = sheet.book([closed]).block(WEEK, FRIDAY)
    sheet.team = [{**TEAM[0], "name": "Dora Maria", "weekly_target": 1}, {**TEAM[2], "team": "North"}]
    sheet.customers = [{"customer": "Anna Books Ltd", "customer_no": "C-1", "tier": "C"}]
    after = sheet.book([closed]).block(WEEK, FRIDAY)
    assert replace(after, corrections=()) == replace(before, corrections=())


def test_somebody_whose_name_was_changed_in_team_keeps_the_figures() -> None:
    sheet = Sheet(some_lines())
    closed = sheet.book().close(WEEK, FRIDAY)
    sheet.team = [{**TEAM[0], "name": "Dora Maria"}]
    assert sheet.book([closed]).personal("Dora Maria", WEEK, FRIDAY).figures.week.amount("CNY") == 100


def test_while_the_lines_are_as_they_were_no_line_is_unpacked() -> None:
    sheet = Sheet(some_lines())
    closed = sheet.book().close(WEEK, FRIDAY)
    sheet.lines = [replace(line, archived=line.row_id == "r1") for line in reversed(sheet.lines)]
    book = sheet.book([closed])
    assert book.later_corrections == ()
    assert book.counting.unsettled == ()
    assert "kept" not in vars(book.ledgers[0])
    assert book.counted_ids == {"r1", "r2", "r3", "r4"}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cell": 100.01},
        {"quantity_cell": 1.001},
        {"currency_cell": "USD"},
        {"seller_cell": "Faye"},
        {"status_cell": "Cancelled"},
        {"amount_cell": "#REF!"},
    ],
)
def test_any_change_to_what_totals_are_made_of_is_noticed(changes: dict[str, object]) -> None:
    sheet = Sheet(some_lines())
    closed = sheet.book().close(WEEK, FRIDAY)
    sheet.change("r1", **changes)
    assert sheet.book([closed]).counting.unsettled == (0,)


def test_a_row_that_is_gone_is_noticed_and_so_is_one_with_another_row_id() -> None:
    sheet = Sheet(some_lines())
    closed = sheet.book().close(WEEK, FRIDAY)
    first = sheet.lines.pop(0)
    assert sheet.book([closed]).counting.unsettled == (0,)
    sheet.lines.append(replace(first, row_id="r9"))
    assert sheet.book([closed]).counting.unsettled == (0,)


def test_what_a_later_week_has_told_is_settled_again() -> None:
    sheet = Sheet(some_lines())
    closed = [sheet.book().close(WEEK, FRIDAY)]
    sheet.change("r1", status_cell="Cancelled", cancelled=True)
    closed.append(sheet.book(closed).close(NEXT, NEXT.end))
    assert sheet.book(closed).counting.unsettled == ()


def test_a_finer_quantity_elsewhere_changes_no_week() -> None:
    sheet = Sheet(some_lines()[:1])
    closed = sheet.book().close(WEEK, FRIDAY)
    sheet.lines.append(Line("r7", "N-7", FRIDAY + HOUR, quantity_cell=0.1 + 0.2))
    book = sheet.book([closed])
    assert book.counting.unsettled == ()
    assert book.team((), WEEK, FRIDAY).figures.week.quantity == 1
    assert book.team((), NEXT, NEXT.end).figures.week.quantity == Decimal("0.30000000000000004")


def test_a_ledger_of_another_version_is_refused() -> None:
    closed = Sheet(some_lines()).book().close(WEEK, FRIDAY)
    with pytest.raises(ValueError, match=r"2026-W47.*version"):
        Ledger(replace(closed, body=b"\x09" + closed.body[1:]))


def test_an_empty_week_closes_too() -> None:
    sheet = Sheet()
    closed = sheet.book().close(WEEK, FRIDAY)
    block = sheet.book([closed]).block(WEEK, FRIDAY)
    assert block.report.figures.week.lines == 0
    assert block.report.without_orders == ("Dora", "Emil", "Faye")


def test_a_name_that_is_forgotten_leaves_every_figure_of_the_week_as_it_was() -> None:
    sheet = Sheet(some_lines())
    closed = sheet.book().close(WEEK, FRIDAY)

    def word(text: str) -> str:
        return text.replace("Lamp", "(deleted)").replace("Tea cup", "(deleted)")

    without = reworded(closed, word)
    names = list(Ledger(closed).columns["product"].texts)
    left = list(Ledger(without).columns["product"].texts)
    assert "Lamp" in names
    assert left == list(dict.fromkeys(map(word, names)))
    before, after = (sheet.book([week]).team((), WEEK, FRIDAY) for week in (closed, without))
    assert (after.figures.week, after.members) == (before.figures.week, before.members)


def test_a_week_without_the_name_stays_the_very_same_bytes() -> None:
    closed = Sheet(some_lines()).book().close(WEEK, FRIDAY)
    assert reworded(closed, lambda text: text) is closed
