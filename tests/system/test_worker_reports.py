"""The worker while reports are worked out apart: orders go on, failures cost nothing, nothing is worked out twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest
import structlog

from bot.adapters.memory_state import MemoryState
from bot.automate import PATIENCE
from bot.cycle import Cycle, run_cycle, stand_down
from bot.glance import App, Glance
from bot.jobs import Job, Produced
from bot.planning.periods import Period
from bot.ports import ReportError
from bot.reports.letters import ReportApp
from bot.reports.produce import produce
from bot.worker import Worker, run_once
from sheets_schema import CONTRACTS
from sheets_schema.automations import WEEKLY_PERSONAL, WEEKLY_TEAM
from tests.system.crashes import RULES, Fuse, line
from tests.system.fridays import HALF_MINUTE, SIX, Friday, LightReporter, evening, ids_of, reports_sent

ALL_REPORTS = Counter(ids_of(WEEKLY_PERSONAL.key) | ids_of(WEEKLY_TEAM.key))


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@dataclass
class Desk:
    """What the tests want of the reporter, and what it was asked for."""

    #: Whether it is done with what it was given.
    ready: bool = True
    #: Jobs that come to nothing.
    is_poisoned: Callable[[Job], bool] = lambda _job: False
    jobs: list[Job] = field(default_factory=list)
    closed: int = 0


class Clerk(LightReporter):
    """A light reporter that takes as long as the test wants."""

    def __init__(self, world: Friday, desk: Desk) -> None:
        super().__init__(lambda: world.open_state(Fuse()))
        self._desk = desk

    def start(self, job: Job) -> None:
        super().start(job)
        self._desk.jobs.append(job)

    def is_ready(self) -> bool:
        return self.is_busy() and self._desk.ready

    def collect(self) -> Produced:
        produced = super().collect()
        if self._desk.is_poisoned(self._desk.jobs[-1]):
            raise ReportError("It ended.", hint="The log says why.")
        return produced

    def close(self) -> None:
        self._desk.closed += self.is_busy()
        super().close()


@pytest.fixture(scope="module")
def before_six() -> Callable[[], Friday]:
    return evening(MemoryState())


@dataclass
class Evening:
    """A worker on Friday at six, poll by poll."""

    world: Friday
    desk: Desk = field(default_factory=Desk)
    glance: Glance = field(default_factory=Glance)

    def __post_init__(self) -> None:
        self.app = self.started()

    def started(self) -> App:
        """A worker as after a start of the program."""
        return replace(self.world.start(Fuse()), reporter=Clerk(self.world, self.desk))

    def poll(self, span: timedelta = HALF_MINUTE) -> Cycle:
        """Time passes, and one cycle."""
        self.world.now += span
        cycle, self.glance = run_cycle(self.app, self.world.now, self.glance)
        return cycle

    def until_begun(self) -> None:
        """Poll until the reports of the week are being worked out."""
        for _ in range(8):
            self.poll()
            if self.desk.jobs and self.desk.jobs[-1].runs:
                return
        raise AssertionError("no report was begun")

    def customers_told(self) -> int:
        """How many customers' mails have arrived."""
        return sum(recipient.endswith("@customer.example") for recipient, _ in self.world.letters())

    def facts(self) -> dict[str, str]:
        """The small facts."""
        return self.world.open_state(Fuse()).facts()


@pytest.fixture
def friday(before_six: Callable[[], Friday]) -> Evening:
    return Evening(before_six())


def test_orders_typed_while_a_report_is_worked_out_are_mailed_before_it_is_ready(friday: Evening) -> None:
    friday.poll()
    friday.desk.ready = False
    friday.until_begun()
    told = friday.customers_told()
    friday.world.book.write(CONTRACTS.key, 6, line("Hansen", quantity=9))
    for _ in range(3):
        friday.poll()
    assert friday.customers_told() == told + 1
    assert reports_sent(friday.world) == Counter()
    friday.desk.ready = True
    friday.poll()
    assert reports_sent(friday.world) == ALL_REPORTS
    assert sum(1 for job in friday.desk.jobs if job.runs) == 1


def test_a_job_that_comes_to_nothing_is_remembered_and_made_up_once_while_orders_go_on(
    friday: Evening,
) -> None:
    friday.desk.is_poisoned = lambda job: bool(job.runs)
    friday.until_begun()
    assert friday.facts()["reports_error"] == "It ended. The log says why."
    told, jobs = friday.customers_told(), len(friday.desk.jobs)
    friday.world.book.write(CONTRACTS.key, 6, line("Hansen", quantity=9))
    for _ in range(3):
        friday.poll()
    assert friday.customers_told() == told + 1
    assert len(friday.desk.jobs) == jobs, "it was tried again at once"
    friday.desk.is_poisoned = lambda _job: False
    friday.poll(PATIENCE)
    assert reports_sent(friday.world) == ALL_REPORTS
    assert friday.facts()["reports_error"] == ""
    for _ in range(20):
        friday.poll()
    assert reports_sent(friday.world) == ALL_REPORTS


def test_no_week_is_closed_over_a_tab_that_was_emptied(friday: Evening) -> None:
    grid = friday.world.book.workbook().grid(CONTRACTS.key)
    friday.poll()
    rows, grid[1:] = grid[1:], []
    for _ in range(12):
        friday.poll()
    assert friday.world.now > SIX
    assert not any(job.runs or job.closing for job in friday.desk.jobs)
    grid += rows
    for _ in range(4):
        friday.poll()
    assert reports_sent(friday.world) == ALL_REPORTS
    assert len(friday.world.open_state(Fuse()).closed_weeks()) == 1


def test_a_tab_emptied_between_the_look_and_the_figures_closes_nothing(
    before_six: Callable[[], Friday],
) -> None:
    world = before_six()
    week = Period("2026-W47", SIX - timedelta(days=7), SIX)
    app = ReportApp(world.book.workbook(), world.open_state(Fuse()), world.renderer, RULES)
    assert [w.mark.id for w in produce(Job(SIX, closing=(week,)), app).weeks] == ["2026-W47"]
    world.book.workbook().grid(CONTRACTS.key)[1:] = []
    assert produce(Job(SIX, closing=(week,)), app) == Produced()


def test_reports_leave_though_summary_cannot_be_worked_out(friday: Evening) -> None:
    figured = friday.facts().get("figured")
    friday.desk.is_poisoned = lambda job: job.refresh
    friday.until_begun()
    for _ in range(3):
        friday.poll(PATIENCE)
    assert reports_sent(friday.world) == ALL_REPORTS
    assert [job.refresh for job in friday.desk.jobs if job.runs] == [True, False]
    assert friday.facts().get("figured") == figured, "Summary counts as up to date"
    assert friday.facts()["reports_error"], "status is not told of Summary"
    friday.desk.is_poisoned = lambda _job: False
    friday.poll(PATIENCE)
    assert friday.facts()["figured"] != figured
    assert friday.facts()["reports_error"] == ""


def test_a_worker_that_has_to_stand_by_gives_its_job_up(friday: Evening) -> None:
    friday.desk.ready = False
    friday.until_begun()
    other = Evening(friday.world)
    friday.world.now += timedelta(minutes=10)
    cycle, other.glance = run_cycle(other.app, friday.world.now, Glance())
    assert cycle.outcome != "standby"
    assert friday.poll().outcome == "standby"
    assert not cast(Any, friday.app.reporter).is_busy()
    for _ in range(3):
        other.poll()
    assert reports_sent(friday.world) == ALL_REPORTS


def test_a_worker_that_ends_gives_its_job_up(friday: Evening) -> None:
    friday.desk.ready = False
    friday.until_begun()
    stand_down(friday.app)
    assert friday.desk.closed == 1


def test_once_waits_for_the_reports(friday: Evening) -> None:
    friday.desk.ready = False
    stand_down(friday.app)
    friday.world.now = SIX + timedelta(seconds=5)
    run_once(friday.started())
    run_once(friday.started())
    assert reports_sent(friday.world) == ALL_REPORTS


def test_cron_works_nothing_out_while_nothing_changes(friday: Evening) -> None:
    stand_down(friday.app)
    friday.world.now = SIX + timedelta(seconds=5)

    def every_minute(times: int) -> int:
        before = len(friday.desk.jobs)
        for _ in range(times):
            friday.world.now += timedelta(minutes=1)
            run_once(friday.started())
        return len(friday.desk.jobs) - before

    assert every_minute(5) >= 1
    assert every_minute(10) == 0
    friday.world.book.write(CONTRACTS.key, 6, line("Hansen", quantity=9))
    assert 1 <= every_minute(5) <= 3
    assert every_minute(10) == 0


# ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_worker_polls_within_a_second_of_a_job_being_ready(
    friday: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = 0.0
    polls: list[float] = []
    busy_until = 100.0
    waits: list[float] = []

    class Clock:
        """Instead of an event that is waited for: lets time pass."""

        def wait(self, seconds: float) -> bool:
            nonlocal passed
            waits.append(seconds)
            passed += seconds
            return passed > 200

    class Reporter:
        """Ready at 100 seconds, until it is collected by the next poll."""

        collected = False

        def is_ready(self) -> bool:
            return passed >= busy_until and not self.collected

        def close(self) -> None:
            self.collected = True

    reporter = Reporter()

    def poll(_app: App, _now: Any, glance: Glance) -> tuple[Cycle, Glance]:
        polls.append(passed)
        reporter.collected = passed >= busy_until
        return Cycle("idle"), glance

    monkeypatch.setattr("bot.worker.run_cycle", poll)
    monkeypatch.setattr("bot.worker.monotonic", lambda: passed)
    app = replace(friday.app, reporter=cast(Any, reporter))
    Worker(app, 3600).run(cast(threading.Event, Clock()))
    assert polls[0] == 0
    assert [moment for moment in polls if moment] == [pytest.approx(busy_until, abs=1)]
    assert max(waits) <= 1
