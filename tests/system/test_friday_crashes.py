"""A worker dies at every point of a Friday evening, and still everybody has one report and the week is closed once.

The evening is swept call by call in memory, with samples of it on SQLite, statement by statement inside transactions
too; alone and with a second worker taking turns, and while a lead ticks Run now before, during and after the run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import structlog

from bot.adapters.memory_state import MemoryState
from bot.jobs import Reporter
from bot.mails.rendering import Renderer
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from sheets_schema import SUMMARY, Cell
from sheets_schema.automations import WEEKLY_PERSONAL, WEEKLY_TEAM
from tests.system.crashes import RULES, ZONE, Fuse, Point, Row, When
from tests.system.fridays import (
    LONG,
    Friday,
    Stall,
    board,
    check,
    evening,
    ids_of,
    passed,
    reports_sent,
)

#: Every call a worker makes on such an evening. One that is missing here fails the first test below.
CALLS = (
    "state.acquire", "state.revision", "state.digests", "workbook.about", "workbook.read", "state.recall",
    "state.recall_runs", "state.facts", "state.last_activity", "state.activity",
    "state.commit", "workbook.write", "state.next_due", "state.reclaim",
    "state.sent_since", "state.claim", "mailer.connect", "mailer.envelope", "state.begin", "mailer.data",
    "state.settle", "mailer.quit", "state.give_up", "reporter.is_busy", "reporter.start", "reporter.is_ready",
    "reporter.collect", "reporter.close",
)  # fmt: skip
STATEMENTS = ("statement.rows", "statement.change", "statement.change_many", "statement.commit")
#: Of the points of the slower variants every so manieth is tried; with no factor in common with the calls of a cycle.
STRIDE = 23

_MOMENT = re.compile(r"\d\d:\d\d")

Evening = Callable[[], Friday]
#: A lead wants the personal reports at once, at these moments before or after 18:00; what is sent beside the week's own.
PRESSES: dict[str, tuple[tuple[int, ...], set[str]]] = {
    "right before the run": ((-90,), ids_of(WEEKLY_PERSONAL.key, "2026-W47.r1")),
    "at the moment of the run": ((0,), set()),
    "during the run": ((30,), set()),
    "twice during the run": ((30, 60), set()),
    "twice quickly after the run": ((240, 270), ids_of(WEEKLY_PERSONAL.key, "2026-W48.r1")),
}
SCHEDULED = ids_of(WEEKLY_PERSONAL.key) | ids_of(WEEKLY_TEAM.key)


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def in_memory() -> Evening:
    return evening(MemoryState())


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return evening(tmp_path_factory.mktemp("friday") / "bot.db")


@dataclass(frozen=True)
class Peace:
    """An evening without a death: how often each call was made, and what the Automations tab says at its end."""

    calls: Counter[str]
    board: dict[str, Row]


@pytest.fixture(scope="module")
def peace(in_memory: Evening) -> Peace:
    return lived(in_memory)


def lived(make: Evening, point: Point | None = None, pressed: str = "", *, workers: int = 1) -> Peace:
    """An evening with a death at this point, after which everything must be as it has to be."""
    world, fuse = make(), Fuse(point)
    moments, asked = PRESSES.get(pressed, ((), set()))
    ticks = {timedelta(seconds=s): lambda world: world.tick(WEEKLY_PERSONAL.key) for s in moments}
    passed(world, fuse, ticks, workers=workers)
    assert fuse.blown == (point is not None), f"the evening never came to {point}"
    check(world, SCHEDULED | asked, doubts=(int(fuse.leaves_doubt),))
    return Peace(fuse.calls, board(world))


def points(calls: Counter[str], names: tuple[str, ...] = CALLS) -> list[Point]:
    """Every call of an evening as two points."""
    both: tuple[When, When] = ("before", "after")
    return [Point(call, n, when) for call in names for n in range(1, calls[call] + 1) for when in both]


def test_every_call_of_the_evening_is_swept(peace: Peace) -> None:
    assert set(peace.calls) - {"state.close"} == set(CALLS)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_dying_at_any_call_leaves_everybody_one_report(
    call: str, when: When, peace: Peace, in_memory: Evening
) -> None:
    for n in range(1, peace.calls[call] + 1):
        assert lived(in_memory, Point(call, n, when)).board == peace.board


def test_dying_with_a_database_leaves_everybody_one_report(peace: Peace, on_disk: Evening) -> None:
    for point in points(peace.calls)[::STRIDE]:
        assert lived(on_disk, point).board == peace.board


def test_dying_inside_any_transaction_leaves_everybody_one_report(peace: Peace, on_disk: Evening) -> None:
    everywhere = points(lived(on_disk).calls, STATEMENTS)
    assert len(everywhere) > 200
    for point in everywhere[::STRIDE]:
        assert lived(on_disk, point).board == peace.board


def test_dying_while_two_workers_take_turns_leaves_everybody_one_report(in_memory: Evening) -> None:
    two = lived(in_memory, workers=2)
    for point in points(two.calls)[::STRIDE]:
        assert lived(in_memory, point, workers=2).board == two.board


@pytest.mark.parametrize("pressed", PRESSES)
def test_run_now_sends_nobody_two_reports_wherever_the_worker_dies(pressed: str, in_memory: Evening) -> None:
    undisturbed = lived(in_memory, None, pressed)
    assert not any(row["run_now"] for row in undisturbed.board.values())
    for point in points(undisturbed.calls)[::STRIDE]:
        assert lived(in_memory, point, pressed).board == undisturbed.board


@pytest.mark.parametrize("pressed", PRESSES)
def test_run_now_with_two_workers_sends_nobody_two_reports(pressed: str, in_memory: Evening) -> None:
    undisturbed = lived(in_memory, None, pressed, workers=2)
    for point in points(undisturbed.calls)[:: 2 * STRIDE]:
        assert lived(in_memory, point, pressed, workers=2).board == undisturbed.board


def test_a_worker_that_is_stopped_for_minutes_and_goes_on_doubles_nothing_unseen(
    peace: Peace, in_memory: Evening
) -> None:
    for point in points(peace.calls)[::5]:
        world = in_memory()

        def meanwhile(world: Friday = world) -> None:
            world.now += LONG
            passed(world, Fuse())

        stall = Stall(point, meanwhile)
        passed(world, stall)
        assert stall.stalled, f"the evening never came to {point}"
        in_hand = point.call in ("mailer.data", "state.settle", "state.begin")
        check(world, SCHEDULED, doubts=(0, 1) if in_hand else (0,))
        assert board(world) == peace.board


def test_a_host_that_forgets_its_disk_at_any_point_sends_no_report_twice(
    peace: Peace, in_memory: Evening
) -> None:
    for point in points(peace.calls)[::3]:
        world = in_memory()
        world.forgets = True
        fuse = Fuse(point)
        passed(world, fuse)
        assert fuse.blown, f"the evening never came to {point}"
        sent = reports_sent(world)
        assert set(sent) <= SCHEDULED
        assert set(sent.values()) <= {1}, f"twice after {point}"


# ── with the reports themselves ─────────────────────────────────────────────────────────────────────────────

#: What each point is in calls, of an evening on which the figures are worked out and the mails rendered.
NAMED = {
    "nowhere": None,
    "begun, not in the sheet": Point("state.commit", 1, "after"),
    "in the sheet, not known to be": Point("workbook.write", 1, "after"),
    "taken on": Point("reporter.start", 1, "after"),
    "worked out, not stored": Point("reporter.collect", 1, "after"),
    "stored, not sent": Point("state.commit", 3, "after"),
    "one accepted, not stored": Point("mailer.data", 1, "after"),
    "sent, Summary not written": Point("workbook.write", 2, "before"),
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    renderer = Renderer("Order Desk <orders@desk.example>", ZONE)

    def reporter(world: Friday) -> Reporter:
        # Worked out in this very process, as a command does it: a child could not see a book in RAM.
        return ReporterHere(ReportApp(world.book.workbook(), world.open_state(Fuse()), renderer, RULES))

    return evening(tmp_path_factory.mktemp("real") / "bot.db", reporter)


@pytest.fixture(scope="module")
def summary(real: Evening) -> list[list[Cell]]:
    """What the Summary tab says after an evening without a death."""
    world = real()
    passed(world, Fuse())
    return shown_in_summary(world)


def shown_in_summary(world: Friday) -> list[list[Cell]]:
    """The rows of the tab, without the moments at which they were worked out."""
    rows = world.book.workbook().contents((SUMMARY.key,))[SUMMARY.en]
    timeless = [[_MOMENT.sub("", cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    assert any("W47" in str(cell) for row in timeless for cell in row)
    return timeless


@pytest.mark.parametrize("place", NAMED)
def test_the_reports_themselves_come_once_and_the_week_is_shown_as_ever(
    place: str, real: Evening, summary: list[list[Cell]]
) -> None:
    world, fuse = real(), Fuse(NAMED[place])
    passed(world, fuse)
    assert fuse.blown == (NAMED[place] is not None)
    check(world, SCHEDULED, doubts=(int(fuse.leaves_doubt),))
    assert shown_in_summary(world) == summary
