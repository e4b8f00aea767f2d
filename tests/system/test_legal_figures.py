"""What the figures make of a status that is not legal, in whole cycles: nothing, until it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
import structlog

from bot.cycle import run_cycle
from bot.glance import App, Glance
from bot.jobs import Job
from bot.planning.notices import Picture
from bot.planning.report_values import Correction
from bot.reports.letters import ReportApp
from bot.reports.produce import gathered, wanted
from sheets_schema import CONTRACTS, CUSTOMERS, Cell
from tests.system.year import MINUTE, SALES, START, ZONE, Year

COLUMN = {tab.key: {f.key: i for i, f in enumerate(tab.fields)} for tab in (CONTRACTS, CUSTOMERS)}
FRIDAY = datetime(2026, 1, 2, 18, tzinfo=ZONE)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _no_pictures() -> Iterator[None]:
    dot = Picture("weeks", b"\x89PNG\r\n\x1a\n", 1, 1)
    with (
        patch("bot.reports.shown.drafts.weeks_picture", lambda *_: dot),
        patch("bot.reports.shown.drafts.members_picture", lambda *_: dot),
    ):
        yield


@dataclass
class Desk:
    """A year's team with an order of each of the first customers, in the order of the rows."""

    customers: int
    year: Year = field(default_factory=lambda: Year(seed=7, now=START + timedelta(hours=12)))
    glance: Glance = field(default_factory=Glance)

    def __post_init__(self) -> None:
        reports = replace(self.year.rules.reports, refresh=timedelta(seconds=30))
        self.year.rules = replace(self.year.rules, reports=reports)
        self.app: App = self.year.worker()
        self.wait(3)
        for i in range(self.customers):
            cells: dict[str, Cell] = {
                "customer": f"Firm {i}", "product": "Product 0", "quantity": 1, "salesperson": SALES[0]
            }  # fmt: skip
            self.year.sheet.type(CONTRACTS, cells)
        self.wait(4)

    def wait(self, minutes: int) -> None:
        for _ in range(minutes):
            self.year.now += MINUTE
            _, self.glance = run_cycle(self.app, self.year.now, self.glance)

    def friday(self, week: int) -> None:
        """The evening on which this week's reports are made."""
        self.year.now = FRIDAY + week * WEEK - 2 * MINUTE
        self.wait(8)

    def change(self, customer: int, **cells: Cell) -> None:
        self.year.sheet.answer = None
        row = self.year.sheet.grid(CONTRACTS.key)[1 + customer]
        for key, cell in cells.items():
            row[COLUMN[CONTRACTS.key][key]] = cell

    def problem(self, customer: int) -> str:
        return str(self.year.sheet.grid(CONTRACTS.key)[1 + customer][COLUMN[CONTRACTS.key]["problem"]])

    def orders(self) -> list[Cell]:
        """How many orders Customers shows of each."""
        rows = self.year.sheet.grid(CUSTOMERS.key)[1 : 1 + self.customers]
        return [row[COLUMN[CUSTOMERS.key]["order_count"]] for row in rows]

    def corrections(self) -> list[tuple[int, str]]:
        """Customer and kind of what was found about closed weeks."""
        app = ReportApp(self.year.sheet, self.year.state, self.app.renderer, self.year.rules)
        material, _ = gathered(Job(self.year.now), app, self.year.sheet.columns(wanted()))
        return sorted((self._customer(c), c.what) for c in material.book.later_corrections)

    def _customer(self, found: Correction) -> int:
        rows = self.year.sheet.grid(CONTRACTS.key)[1:]
        return [row[COLUMN[CONTRACTS.key]["row_id"]] for row in rows].index(found.row_id)


def test_a_cancellation_counts_in_roll_ups_and_corrections_once_it_is_legal() -> None:
    desk = Desk(4)
    desk.change(3, status="Cancelled", cancel_reason="Typed twice")
    desk.wait(4)
    assert desk.orders() == [1, 1, 1, ""]
    desk.friday(0)
    desk.change(0, status="Cancelled", cancel_reason="Customer withdrew")
    desk.change(1, status="Cancelled")
    desk.change(3, status="Approved", reviewer="Leo Lang")
    desk.wait(4)
    assert [bool(desk.problem(customer)) for customer in range(4)] == [False, True, False, True]
    assert desk.orders() == ["", 1, 1, ""]
    desk.friday(1)
    assert desk.corrections() == [(0, "cancelled")]
    desk.change(1, cancel_reason="No longer needed")
    desk.wait(4)
    assert desk.orders() == ["", "", 1, ""]
    desk.friday(2)
    assert desk.corrections() == [(0, "cancelled"), (1, "cancelled")]
