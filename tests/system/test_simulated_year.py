"""A year of a team: each order in exactly one weekly report, each person one report a week.

About 7,000 orders, twenty outages of the worker, three of them across a Friday 18:00, both changes of the clocks, and a
year with a week 53. How long it takes, and how long minute by minute, is told in docs/performance.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest

from bot.planning.notices import Picture
from bot.planning.sightings import Wanted
from sheets_schema import ARCHIVE, CONTRACTS
from tests.system.year import END, LEADS, SALES, STEP, ZONE, Year, orders_attached, parsed

WEEKS = [f"2026-W{week:02d}" for week in range(1, 54)]
MONTHS = ["2025-12", *(f"2026-{month:02d}" for month in range(1, 12))]
PERSONAL, TEAM, MONTHLY = "weekly_personal", "weekly_team", "monthly"


@pytest.fixture(scope="module")
def year() -> Iterator[Year]:
    """The year once for all questions about it. How pictures look is not among them."""
    dot = Picture("weeks", b"\x89PNG\r\n\x1a\n", 1, 1)
    with (
        patch("bot.reports.shown.drafts.weeks_picture", lambda *_: dot),
        patch("bot.reports.shown.drafts.members_picture", lambda *_: dot),
        patch("bot.reports.shown.monthly_drafts.months_picture", lambda *_: dot),
        # A look that comes later than a lease lasts is that of a new worker, who reads and judges everything.
        patch("bot.cycle.LEASE_SECONDS", 60.0 * (STEP + 2)),
        patch("bot.reconcile.LEASE_SECONDS", 60.0 * (STEP + 2)),
    ):
        lived = Year(seed=20260102)
        lived.live()
    yield lived
    lived.state.close()


@pytest.fixture(scope="module")
def reported(year: Year) -> dict[str, list[str]]:
    """Order number -> the weeks in whose personal reports it stands."""
    found: dict[str, list[str]] = {}
    for message in year.mails(PERSONAL):
        for number in set(orders_attached(parsed(message.body))):
            found.setdefault(number, []).append(message.id.split(":")[1])
    return found


def test_the_year_is_what_it_claims_to_be(year: Year) -> None:
    assert 6_500 < year.typed < 7_500
    assert len(year.outages) == 20
    across = [
        six
        for six in year.fridays()
        if any(begin < six < end - timedelta(minutes=1) for begin, end in year.outages)
    ]
    assert len(across) >= 3
    offsets = {six.astimezone(ZONE).utcoffset() for six in year.fridays()}
    assert len(offsets) == 2


def test_every_order_is_in_exactly_one_weekly_report(year: Year, reported: dict[str, list[str]]) -> None:
    numbers = year.numbers()
    assert len(numbers) == len(set(numbers)) == year.typed - year.unsettled()
    doubled = {number: weeks for number, weeks in reported.items() if len(weeks) > 1}
    assert doubled == {}
    last = year.fridays()[-1]
    orders = year.state.recall(Wanted(numbers=frozenset(numbers))).orders
    still_running = {number for number in numbers if orders[number].created_at >= last}
    assert set(numbers) - reported.keys() == still_running


def test_an_order_is_reported_in_the_week_in_which_it_was_recorded(
    year: Year, reported: dict[str, list[str]]
) -> None:
    windows = {week.mark.id: week.mark for week in year.state.closed_weeks()}
    orders = year.state.recall(Wanted(numbers=frozenset(reported))).orders
    for number, (week,) in reported.items():
        assert windows[week].start <= orders[number].created_at < windows[week].end, number


def test_the_weeks_follow_each_other_without_a_gap_from_cutoff_to_cutoff(year: Year) -> None:
    marks = [week.mark for week in year.state.closed_weeks()]
    assert [mark.id for mark in marks] == WEEKS
    assert [mark.end for mark in marks] == year.fridays()
    assert [mark.start for mark in marks[1:]] == [mark.end for mark in marks[:-1]]


@pytest.mark.parametrize(("kind", "people"), [(PERSONAL, len(SALES)), (TEAM, len(LEADS))])
def test_each_person_gets_one_report_a_week(year: Year, kind: str, people: int) -> None:
    readers = Counter(tuple(message.id.split(":")[1:]) for message in year.mails(kind))
    assert set(readers.values()) == {1}
    by_week = Counter(week for week, _ in readers)
    # Somebody without orders in a week whose report came late gets none; there are orders in every week.
    assert set(by_week) == set(WEEKS)
    assert max(by_week.values()) == people


def test_each_lead_gets_one_report_a_month(year: Year) -> None:
    readers = Counter(message.id for message in year.mails(MONTHLY))
    assert set(readers.values()) == {1}
    assert Counter(id_.split(":")[1] for id_ in readers) == dict.fromkeys(MONTHS, len(LEADS))


def test_what_the_outbox_says_was_sent_arrived_once(year: Year) -> None:
    arrived = Counter(parsed(letter.body)["Message-ID"] for letter in year.reports_arrived())
    assert set(arrived.values()) == {1}
    sent = [message for kind in (PERSONAL, TEAM, MONTHLY) for message in year.mails(kind)]
    assert {str(message.status) for message in sent} == {"sent"}
    assert len(sent) <= sum(arrived.values())


def test_finished_orders_moved_to_archive_and_stand_in_one_tab_alone(year: Year) -> None:
    place = [f.key for f in CONTRACTS.fields].index("row_id")
    here, there = (
        [row[place] for row in year.sheet.grid(tab.key)[1:] if len(row) > place and row[place]]
        for tab in (CONTRACTS, ARCHIVE)
    )
    assert len(there) > year.typed // 2
    assert Counter(here) & Counter(there) == Counter()
    assert len(here) + len(there) == year.typed - year.unsettled()


def test_reports_that_came_late_say_so(year: Year) -> None:
    late = {
        m.id.split(":")[1]
        for m in year.mails(TEAM)
        if "sent late" in parsed(m.body).get_body(("plain",)).get_content()
    }
    down = {
        week for week, six in zip(WEEKS, year.fridays(), strict=True)
        if any(begin <= six and six + timedelta(minutes=16) < end for begin, end in year.outages)
    }  # fmt: skip
    assert down <= late
    assert year.fridays()[-1] < END
