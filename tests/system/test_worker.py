"""Two workers on one workbook: one works and the other stands by, and a takeover repeats nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bot.cycle import run_cycle, stand_down
from bot.glance import App, Glance
from bot.ports import LeaseLost, OutsideError
from bot.reconcile import LEASE_SECONDS
from tests.system.crashes import (
    LONG,
    POLL,
    Crash,
    Fuse,
    Point,
    Row,
    World,
    ask_again,
    check,
    furnish,
    order_everything,
    sheet_of,
    tell,
)
from tests.system.worlds import in_memory, on_database


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """A furnished world on each kind of state."""
    if request.param == "memory":
        made = in_memory()
    elif request.param == "sqlite":
        made = on_database(f"sqlite:///{tmp_path}/bot.db")
    else:
        made = on_database(str(request.getfixturevalue("postgres_url")))
    furnish(made)
    return made


@pytest.fixture(scope="module")
def peace() -> dict[str, list[Row]]:
    """The sheet at the end of the story when one worker does everything."""
    made = in_memory()
    furnish(made)
    tell(made, Fuse())
    return sheet_of(made)


def polled(world: World, app: App, glance: Glance | None = None) -> tuple[str, Glance]:
    """One poll of a worker: its outcome."""
    cycle, left = run_cycle(app, world.now, glance or Glance())
    return cycle.outcome, left


def finish(world: World, peace: dict[str, list[Row]]) -> None:
    """The rest of the story, and everything that must be true of it."""
    world.work(Fuse())
    ask_again(world)
    world.work(Fuse())
    check(world, Fuse(), peace)


def test_one_works_and_the_other_neither_reads_nor_mails(world: World, peace: dict[str, list[Row]]) -> None:
    order_everything(world)
    seen = Fuse()
    first, second = world.start(Fuse()), world.start(seen)
    for _ in range(3):
        world.now += POLL
        assert polled(world, first)[0] != "standby"
        assert polled(world, second)[0] == "standby"
    assert not [call for call in seen.calls if call.startswith(("workbook", "mailer"))]
    stand_down(first)
    assert polled(world, second)[0] != "standby", "what is given up need not be waited for"
    stand_down(second)
    finish(world, peace)


def test_the_other_takes_over_at_once_from_one_that_is_seen_dead(
    world: World, peace: dict[str, list[Row]]
) -> None:
    order_everything(world)
    first, second = world.start(Fuse(Point("state.claim", 1, "after"))), world.start(Fuse())
    with pytest.raises(Crash):
        polled(world, first)
    assert polled(world, second)[0] == "standby"
    world.dead.add(first.owner)
    assert polled(world, second)[0] == "worked"
    assert len(world.letters()) == 2, "what the dead one had claimed did not leave at once"
    stand_down(second)
    finish(world, peace)


def test_the_other_waits_for_the_lease_of_one_that_may_live(world: World) -> None:
    first, second = world.start(Fuse()), world.start(Fuse())
    polled(world, first)
    world.now += timedelta(seconds=LEASE_SECONDS - 1)
    assert polled(world, second)[0] == "standby"
    world.now += timedelta(seconds=1)
    assert polled(world, second)[0] != "standby"
    assert polled(world, first)[0] == "standby"


# ── stopped and continued ───────────────────────────────────────────────────────────────────────────────────


class Stall(Fuse):
    """A worker that is stopped at its point for longer than its lease, while something happens, and then goes on."""

    def __init__(self, point: Point, meanwhile: Callable[[], None]) -> None:
        super().__init__(point)
        self._meanwhile = meanwhile

    def blow(self) -> None:
        self.point, self.blew_in = None, self._inside[0]
        self._meanwhile()


def stalled(point: Point, peace: dict[str, list[Row]]) -> bool:
    """The story with one worker stopped at this point and continued after another did its work; whether it came to it."""
    world = in_memory()
    furnish(world)
    order_everything(world)

    def meanwhile() -> None:
        world.now += LONG
        world.work(Fuse())

    stall = Stall(point, meanwhile)
    late, glance = world.start(stall), Glance()
    for _ in range(4):
        world.now += POLL
        try:
            _, glance = polled(world, late, glance)
        except LeaseLost:
            glance = Glance()
        if stall.point is None:
            break
    else:
        return False
    # What it was sending when it was stopped is in doubt; everything else it had in hand is refused.
    in_doubt = stall.blew_in in ("mailer.data",) or (stall.blew_in, point.when) in {
        ("state.begin", "after"),
        ("state.settle", "before"),
    }
    doubt = Fuse()
    doubt.point = Point("mailer.data", 1, "after") if in_doubt else None
    doubt.blown, doubt.blew_in = in_doubt, "mailer.data"
    world.now += LONG
    world.work(Fuse())
    ask_again(world)
    world.work(Fuse())
    check(world, doubt, peace)
    return True


#: What a late worker may do first when it goes on, and how often it does so in the first polls at most.
LATE = (
    "state.acquire", "state.recall", "state.commit", "workbook.read", "workbook.write", "state.next_due",
    "state.claim", "mailer.connect", "mailer.envelope", "state.begin", "mailer.data", "state.settle",
)  # fmt: skip
MOST = 6
#: Between this worker's last look at its lease and the arrival of its write there is no fence: the Sheets API has none.
UNFENCED = (Point("state.acquire", 2, "after"), Point("workbook.write", 1, "before"))


@pytest.mark.parametrize("call", LATE)
def test_a_worker_that_is_stopped_anywhere_and_goes_on_late_repeats_nothing(
    call: str, peace: dict[str, list[Row]]
) -> None:
    tried = [Point(call, n, "before") for n in range(1, MOST + 1)]
    tried += [Point(call, n, "after") for n in range(1, MOST + 1)]
    came = [stalled(point, peace) for point in tried if point not in UNFENCED]
    assert any(came)


@pytest.mark.parametrize("point", UNFENCED)
def test_a_write_that_arrives_after_a_takeover_leaves_a_row_that_says_so_and_no_mail(point: Point) -> None:
    world = in_memory()
    furnish(world)
    order_everything(world)

    def meanwhile() -> None:
        world.now += LONG
        world.work(Fuse())

    late = world.start(Stall(point, meanwhile))
    with pytest.raises(OutsideError):
        polled(world, late)
    world.now += LONG
    world.work(Fuse())
    twins = [row for row in world.rows("contracts") if row["quantity"] == 4]
    assert [bool(row.get("problem")) for row in twins] == [False, True]
    assert len({row.get("row_id") for row in twins}) == 2
    assert len(world.letters()) == 6
