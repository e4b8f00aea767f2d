"""The daily digest in whole cycles: once a person a day under restarts and Run now, over a weekend, after a down evening.

The reporter works in this very process, so what is told is worked out from the sheet as people left it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import cast

import pytest
import structlog

from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.memory_state import MemoryState
from bot.cycle import run_cycle
from bot.glance import App, Glance
from bot.mails.rendering import Renderer
from bot.outbox import Failure, Trouble
from bot.planning.due import digest_over
from bot.planning.hours import leaves_at
from bot.ports import OutsideError, State
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from sheets_schema import AUTOMATIONS, CONTRACTS, CUSTOMERS, PRODUCTS, TEAM
from sheets_schema.automations import ALL_AUTOMATIONS, DIGEST
from sheets_schema.cells import date_serial
from tests.system.crashes import RULES, ZONE, Crash, Fuse, Point, Row, When, line
from tests.system.fridays import HALF_MINUTE, PEOPLE, PLACES, Friday, Things
from tests.system.worlds import MemoryBook

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)
#: Anna's and Max's orders are due; both leads have them to review, Lea those of her team alone.
TOLD = ("anna@sales.example", "lea@sales.example", "leo@sales.example", "max@sales.example")
_DAY_OF = re.compile(rb"Message-ID: <digest\.(\d{4}-\d\d-\d\d)")


def at(day: date, clock: str) -> datetime:
    """A moment by the team's clocks."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def _reporter(world: Friday) -> ReporterHere:
    renderer = Renderer("Order Desk <orders@desk.example>", ZONE)
    return ReporterHere(
        ReportApp(world.book.workbook(), cast(State, world.open_state(Fuse())), renderer, RULES)
    )


@dataclass
class Office:
    """A team whose digest is on, and one worker after another."""

    things: Things
    now: datetime
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.world = self.things.world(_reporter, self.now)
        self.start(self.fuse)

    def start(self, fuse: Fuse | None = None) -> None:
        """A worker as after a start of the program, which heeds the hours."""
        app = self.world.started(fuse or Fuse())
        delivery = replace(
            app.delivery, leaves_at=partial(leaves_at, rules=RULES), is_over=partial(digest_over, rules=RULES)
        )
        self.app: App = replace(app, delivery=delivery)
        self.glance = Glance()

    def poll(self, times: int = 8, every: timedelta = HALF_MINUTE) -> None:
        """Cycles; a worker that dies is followed by one that does not."""
        for _ in range(times):
            self.world.now += every
            try:
                _, self.glance = run_cycle(self.app, self.world.now, self.glance)
            except Crash:
                self.world.bury(self.app)
                self.start()
            except OutsideError:
                self.glance = Glance()

    def come_to(self, day: date, clock: str, times: int = 8) -> None:
        """Nobody polls until then."""
        self.world.now = at(day, clock) - HALF_MINUTE
        self.poll(times)

    def tick(self) -> None:
        """A lead ticks Run now for the digest."""
        self.world.tick(DIGEST.key)

    def order(self, row: int, seller: str, due: date) -> None:
        """A salesperson types an order."""
        cells = line("Hansen") | {"salesperson": seller, "due_date": date_serial(due)}
        self.world.book.write(CONTRACTS.key, row, cells)

    def told(self) -> dict[str, Counter[str]]:
        """Day of a digest -> how many arrived, by reader."""
        found: dict[str, Counter[str]] = {}
        for recipient, body in self.world.letters():
            if day := _DAY_OF.search(body):
                found.setdefault(day[1].decode(), Counter())[recipient.casefold()] += 1
        return found

    def result(self) -> str:
        """The Result cell of the digest."""
        rows = {row["automation"]: row for row in self.world.rows(AUTOMATIONS.key)}
        return str(rows[DIGEST.en].get("result", ""))


def _furnished() -> Office:
    """Thursday: the team, two orders due on Friday, and the digest of Thursday behind them."""
    office = Office(
        Things(MemoryBook(), MemoryState(), MemoryMailer()), at(FRIDAY - timedelta(days=1), "10:00")
    )
    book = office.world.book
    for i, person in enumerate(PEOPLE, start=2):
        book.write(TEAM.key, i, person | {"language": "en", "active": True})
    book.write(CUSTOMERS.key, 2, {"customer_no": "C-1", "customer": "Hansen", "email": "h@customer.example"})
    product: Row = {"product": "Workstation", "unit": "pc", "unit_price": 1200, "active": True}
    book.write(PRODUCTS.key, 2, product)
    for automation in ALL_AUTOMATIONS:
        cells: Row = {"automation": automation.en, "on": automation is DIGEST, "run_now": False}
        book.write(AUTOMATIONS.key, PLACES[automation.key], cells | {"when": automation.when.get("en", "")})
    office.poll()
    office.order(2, "Anna Berg", FRIDAY)
    office.order(3, "Max Mohn", FRIDAY)
    office.poll()
    assert office.told() == {}
    return office


@pytest.fixture(scope="module")
def thursday() -> Callable[[], Office]:
    office = _furnished()
    return lambda: Office(office.things.copy(), office.world.now)


def once(*readers: str) -> Counter[str]:
    """One digest for each."""
    return Counter(readers)


# ── one day ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_at_nine_everybody_with_something_to_look_at_gets_one_mail(thursday: Callable[[], Office]) -> None:
    office = thursday()
    office.come_to(FRIDAY, "08:30")
    assert office.told() == {}
    office.come_to(FRIDAY, "09:00")
    assert office.told() == {"2026-11-27": once(*TOLD)}
    assert office.result() == "4 mails sent; nothing to look at: 1 got none"


def test_a_worker_that_starts_again_tells_nobody_twice(thursday: Callable[[], Office]) -> None:
    office = thursday()
    office.come_to(FRIDAY, "09:00")
    for clock in ("09:30", "12:00", "19:00"):
        office.start()
        office.come_to(FRIDAY, clock)
    assert office.told() == {"2026-11-27": once(*TOLD)}


def test_run_now_tells_those_alone_who_were_not_told_yet_however_often(
    thursday: Callable[[], Office],
) -> None:
    office = thursday()
    office.come_to(FRIDAY, "09:00")
    office.order(4, "Lina Li", SATURDAY)
    office.order(5, "Anna Berg", SATURDAY)
    office.come_to(FRIDAY, "10:00")
    for _ in range(2):
        office.tick()
        office.poll()
    assert office.told() == {"2026-11-27": once(*TOLD, "lina@sales.example")}
    assert office.result() == "nothing to send; 5 had one today already"


def test_run_now_before_nine_leaves_nothing_to_tell_at_nine(thursday: Callable[[], Office]) -> None:
    office = thursday()
    office.come_to(FRIDAY, "08:30")
    office.tick()
    office.poll()
    assert office.told() == {"2026-11-27": once(*TOLD)}
    office.come_to(FRIDAY, "09:00")
    assert office.told() == {"2026-11-27": once(*TOLD)}


def test_run_now_at_the_very_moment_tells_nobody_twice(thursday: Callable[[], Office]) -> None:
    office = thursday()
    office.come_to(FRIDAY, "08:59", times=1)
    office.tick()
    office.come_to(FRIDAY, "09:00")
    assert office.told() == {"2026-11-27": once(*TOLD)}


# ── several days ────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_told_on_a_weekend_and_everybody_again_on_monday(thursday: Callable[[], Office]) -> None:
    office = thursday()
    for day in (FRIDAY, SATURDAY, date(2026, 11, 29), MONDAY):
        office.come_to(day, "09:00")
    assert office.told() == {"2026-11-27": once(*TOLD), "2026-11-30": once(*TOLD)}


def test_what_is_asked_for_on_sunday_leaves_when_monday_opens_and_not_again_at_nine(
    thursday: Callable[[], Office],
) -> None:
    office = thursday()
    office.come_to(date(2026, 11, 29), "15:00", times=2)
    office.tick()
    office.poll()
    assert office.told() == {}
    office.come_to(MONDAY, "08:01")
    assert office.told() == {"2026-11-30": once(*TOLD)}
    office.come_to(MONDAY, "09:00")
    assert office.told() == {"2026-11-30": once(*TOLD)}


def test_a_worker_that_was_down_in_the_morning_tells_in_the_afternoon(thursday: Callable[[], Office]) -> None:
    office = thursday()
    office.come_to(FRIDAY, "15:00")
    assert office.told() == {"2026-11-27": once(*TOLD)}


def test_after_an_evening_down_nobody_is_woken_and_monday_tells_once(thursday: Callable[[], Office]) -> None:
    office = thursday()
    office.come_to(FRIDAY, "20:05")
    office.come_to(SATURDAY, "09:00")
    assert office.told() == {}
    office.come_to(MONDAY, "09:00")
    assert office.told() == {"2026-11-30": once(*TOLD)}


def test_a_digest_that_could_not_leave_on_its_day_is_dropped_for_the_next(
    thursday: Callable[[], Office],
) -> None:
    office = thursday()
    unreachable = Failure(Trouble.UNREACHABLE, 0, "no route to host")
    office.things.post.fail("connect", unreachable, times=10_000)
    office.come_to(FRIDAY, "09:00")
    office.come_to(FRIDAY, "19:58")
    office.things.post._faults.clear()
    office.come_to(SATURDAY, "12:00")
    assert office.told() == {}
    assert office.result() == "0 mails sent; 4 dropped; nothing to look at: 1 got none"
    office.come_to(MONDAY, "08:10")
    assert office.told() == {}
    office.come_to(MONDAY, "09:00")
    assert office.told() == {"2026-11-30": once(*TOLD)}


# ── a death anywhere ────────────────────────────────────────────────────────────────────────────────────────

#: A death right here may leave a mail that went out and is not known to have.
_DOUBT = ("mailer.data", "state.settle")
#: The end of a call is as good as the beginning of the next one; of reads nothing is left, so nothing can be half done.
_POINTS: tuple[tuple[str, When], ...] = (
    ("state.commit", "before"), ("state.commit", "after"), ("reporter.collect", "after"), ("workbook.write", "after"),
    ("state.begin", "after"), ("mailer.data", "after"), ("state.settle", "after"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "when"), _POINTS)
def test_a_worker_that_dies_at_nine_costs_nobody_the_digest(
    thursday: Callable[[], Office], method: str, when: When
) -> None:
    for n in range(1, 40):
        office = thursday()
        office.come_to(FRIDAY, "08:58", times=1)
        fuse = Fuse(Point(method, n, when))
        office.start(fuse)
        office.come_to(FRIDAY, "08:59", times=14)
        found = office.told()
        assert found.keys() == {"2026-11-27"}
        assert found["2026-11-27"].keys() == set(TOLD)
        doubled = sum(found["2026-11-27"].values()) - len(TOLD)
        assert doubled <= (method in _DOUBT)
        if not fuse.blown:
            assert n > 1
            return
