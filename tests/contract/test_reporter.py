"""What every reporter does with a job: one in this process, and one that works it out in a child of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.database import open_state
from bot.adapters.memory_state import MemoryState
from bot.adapters.reporter_apart import ReporterApart
from bot.app import load_settings
from bot.jobs import Job, Produced, Reporter
from bot.mails.rendering import Renderer
from bot.planning.periods import Period
from bot.planning.rules import Rules
from bot.planning.runs import Run
from bot.ports import Commit, State, Workbook, WorkbookRefused
from bot.projection import SetCells, SetMarker
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from sheets_schema import CONTRACTS, CUSTOMERS, PRODUCTS, SUMMARY, TEAM
from sheets_schema.cells import datetime_serial
from tests.system.workplace import Premises, Row, premises
from tests.system.worlds import MemoryBook

ZONE = ZoneInfo("Asia/Shanghai")
SIX = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE)
WEEK = Period("2026-W47", SIX - timedelta(days=7), SIX)
NEXT = Period("2026-W48", SIX, SIX + timedelta(days=7))
NOW = SIX + timedelta(minutes=1)
#: Seconds that a child may take on a busy machine.
PATIENCE = 60.0

PEOPLE: tuple[Row, ...] = (
    {"name": "Anna Berg", "email": "anna@sales.example", "role": "Sales", "team": "North", "active": True},
    {"name": "Lea Lund", "email": "lea@sales.example", "role": "Lead", "team": "North", "active": True},
    {"name": "Max Mohn", "role": "Sales", "team": "North", "active": True},
)
ORDER: Row = {
    "order_no": "20261118-001",
    "customer": "Nordlicht",
    "product": "Workstation",
    "quantity": 2,
    "amount": 2400,
    "currency": "EUR",
    "salesperson": "Anna Berg",
    "created_at": datetime_serial(datetime(2026, 11, 18, 9, 0)),  # noqa: DTZ001 - a cell has no zone
    "row_id": "rabcdefghi",
}


def begun(automation: str) -> Run:
    """A run of this week that the sheet shows."""
    return Run(f"{automation}:{WEEK.id}", automation, WEEK.id, SIX, NOW, shown=True)


JOB = Job(NOW, (begun("weekly_personal"), begun("weekly_team")), (WEEK,), NEXT, seen="these rows")
#: No letters, so that it takes half the time.
REFRESH = Job(NOW, current=NEXT, seen="other rows")
LETTERS = {
    "weekly_personal:2026-W47:anna@sales.example": "anna@sales.example",
    "weekly_team:2026-W47:lea@sales.example": "lea@sales.example",
}


@dataclass
class Bureau:
    """A reporter, the state it looks into, and a way to cut it off from its workbook."""

    reporter: Reporter
    state: State
    cut_off: Callable[[], None]
    mend: Callable[[], None]

    def store(self, **changes: Any) -> None:
        """Commit something as the worker would."""
        lease = self.state.acquire("worker", NOW, 600)
        assert lease is not None
        self.state.commit(Commit(**changes), lease)

    def work_out(self, job: Job = JOB) -> Produced:
        """A job from start to end."""
        self.reporter.start(job)
        return self.reporter.collect()


def furnish(write: Callable[[str, int, Row], None]) -> None:
    """Three people and one order of the week."""
    write(
        CUSTOMERS.key, 2, {"customer_no": "C-1", "customer": "Nordlicht", "email": "weber@nordlicht.example"}
    )
    write(PRODUCTS.key, 2, {"product": "Workstation", "unit": "pc", "unit_price": 1200, "active": True})
    for row, person in enumerate(PEOPLE, start=2):
        write(TEAM.key, row, dict(person))
    write(CONTRACTS.key, 2, dict(ORDER))


class Unshared:
    """A workbook that may be taken from the bot."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self.is_shared = True

    def __getattr__(self, method: str) -> Any:
        if not self.is_shared:
            raise WorkbookRefused("No access.", hint="Share the spreadsheet.")
        return getattr(self._workbook, method)


def here() -> Bureau:
    """All in memory."""
    book, state = MemoryBook(), MemoryState()
    furnish(book.write)
    sheet: Any = Unshared(book.workbook())
    rules = Rules(language="en", timezone=ZONE)
    reporter = ReporterHere(ReportApp(sheet, state, Renderer("Desk <orders@desk.example>", ZONE), rules))

    def share(shared: bool) -> None:
        sheet.is_shared = shared

    return Bureau(reporter, state, lambda: share(False), lambda: share(True))


def apart(desk: Premises, folder: Path) -> Bureau:
    """A child process, a workbook over HTTP, and a database."""
    place = desk.workplace(folder)
    furnish(place.write)
    refusal = {"match": "/values:batchGet", "status": 403, "times": 100}
    return Bureau(
        ReporterApart(load_settings(place.config_path)),
        open_state(place.state_url),
        lambda: place.fault(refusal),
        place.heal,
    )


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture(params=["here", "apart"])
def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bureau]:
    made = here() if request.param == "here" else apart(request.getfixturevalue("place_of_work"), tmp_path)
    made.store(facts={"adopted_at": (SIX - timedelta(days=30)).isoformat()})
    yield made
    made.mend()
    made.reporter.close()
    made.state.close()


def test_a_reporter_without_a_job_is_free_and_has_nothing(bureau: Bureau) -> None:
    assert not bureau.reporter.is_busy()
    assert not bureau.reporter.is_ready()
    with pytest.raises(ValueError, match="no job"):
        bureau.reporter.collect()


def test_what_comes_back_is_everything_the_worker_is_to_store_send_and_write(bureau: Bureau) -> None:
    bureau.reporter.start(JOB)
    assert bureau.reporter.is_busy()
    with pytest.raises(ValueError, match="first"):
        bureau.reporter.start(replace(JOB, runs=()))
    produced = bureau.reporter.collect()
    assert not bureau.reporter.is_busy()
    assert not bureau.reporter.is_ready()
    assert {m.id: m.recipient for m in produced.messages} == LETTERS
    assert all(b"\nMessage-ID: <" in message.body for message in produced.messages)
    personal, team = produced.runs
    assert (personal.id, personal.done_at, team.id, team.done_at) == (
        "weekly_personal:2026-W47", NOW, "weekly_team:2026-W47", NOW,
    )  # fmt: skip
    assert [(f.name, f.why) for f in personal.failures] == [("Max Mohn", "no_email")]
    assert team.failures == ()
    [week] = produced.weeks
    assert (week.mark.id, week.mark.start, week.mark.end) == (WEEK.id, WEEK.start, WEEK.end)
    assert week.body
    tabs = {edit.tab for edit in produced.edits if not isinstance(edit, SetMarker)}
    assert tabs == {SUMMARY.key, CUSTOMERS.key, PRODUCTS.key}
    [rollup] = [e for e in produced.edits if isinstance(e, SetCells) and e.tab == CUSTOMERS.key]
    assert rollup.row == 2
    assert produced.seen == JOB.seen


def test_only_what_is_stored_by_the_worker_is_not_made_again(bureau: Bureau) -> None:
    first = bureau.work_out()
    assert bureau.state.messages() == []
    assert bureau.state.closed_weeks() == []
    bureau.store(messages=first.messages[:1], weeks=first.weeks)
    bureau.reporter.start(replace(JOB, closing=()))
    until = time.monotonic() + PATIENCE
    while not bureau.reporter.is_ready():
        assert time.monotonic() < until, "it was never ready"
        time.sleep(0.02)
    assert bureau.reporter.is_busy(), "it was collected by itself"
    second = bureau.reporter.collect()
    assert [m.id for m in second.messages] == [m.id for m in first.messages[1:]]
    assert all(run.done_at for run in second.runs)
    assert second.weeks == ()


def test_a_workbook_out_of_reach_is_told_with_a_hint_and_the_next_job_is_none_the_worse(
    bureau: Bureau,
) -> None:
    bureau.cut_off()
    bureau.reporter.start(JOB)
    with pytest.raises(WorkbookRefused) as told:
        bureau.reporter.collect()
    assert "hare the spreadsheet" in told.value.hint
    assert not bureau.reporter.is_busy()
    bureau.mend()
    assert bureau.work_out(REFRESH).edits


def test_a_job_that_is_given_up_leaves_it_free_for_the_next(bureau: Bureau) -> None:
    bureau.reporter.close()
    bureau.reporter.start(JOB)
    bureau.reporter.close()
    assert not bureau.reporter.is_busy()
    assert not bureau.reporter.is_ready()
    assert bureau.work_out(REFRESH).seen == REFRESH.seen
