"""kill -9 over real processes: nothing is lost, no number comes twice, and no mail twice without being flagged.

While people type orders, send form answers, approve and ask for reports, the workers are killed again and again: at
every point of the design's list (P0 to P12), at any moment, and before the mail server has answered. $KILLS says how
often, over both databases with one and with two workers; the seed of a run is printed and can be given back in $KILL_SEED.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.dooms import ELSEWHERE, POINTS, STANDBY
from tests.system.killing import ANY_HOUR, PROGRAM, Siege, check, staffed
from tests.system.nursery import Nursery
from tests.system.workplace import CONTRACTS, Premises, Workplace, line, premises

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(2**32)))
SIEGES = tuple((database, workers) for database in ("sqlite", "postgres") for workers in (1, 2))
#: From so many on, every point of the list must have had its kill.
ENOUGH = 25


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture(scope="module")
def nursery(place_of_work: Premises, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    practice = staffed(place_of_work.workplace(tmp_path_factory.mktemp("practice"), ANY_HOUR))
    practice.add(CONTRACTS.key, line("for practice"))
    made = Nursery(practice.config_path, tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


@pytest.fixture
def place(request: pytest.FixtureRequest, place_of_work: Premises, tmp_path: Path) -> Workplace:
    if request.param == "sqlite":
        return staffed(place_of_work.workplace(tmp_path, ANY_HOUR))
    url = str(request.getfixturevalue("postgres_url"))
    return staffed(place_of_work.workplace(tmp_path, ANY_HOUR, state_url=url))


@pytest.mark.parametrize(("place", "workers"), SIEGES, indirect=["place"])
def test_workers_killed_again_and_again_lose_nothing_and_double_nothing_unseen(
    place: Workplace, workers: int, nursery: Nursery, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = place.state_url.partition(":")[0]
    share = SIEGES.index(("sqlite" if kind == "sqlite" else "postgres", workers))
    kills = KILLS // len(SIEGES) + (share < KILLS % len(SIEGES))
    sys.stdout.write(f"KILL_SEED={SEED}\n")
    siege = Siege(place, nursery, random.Random(f"{SEED} {kind} {workers}"), workers)
    started = time.monotonic()
    try:
        while siege.kills.total() < kills:
            siege.kill(kills - siege.kills.total())
        siege.finish()
    finally:
        siege.abandon()
    figures = check(place, siege.people)
    with capsys.disabled():
        said = ", ".join(f"{count} {what}" for what, count in figures.items())
        table = "  ".join(f"{point} {siege.kills[point]}" for point in (*POINTS, STANDBY, ELSEWHERE, PROGRAM))
        sys.stdout.write(
            f"\n{kind}, {workers} at a time: {siege.kills.total()} kills in {time.monotonic() - started:.0f} s, seed {SEED}:"
            f" {said}; lost 0, unflagged copies 0\n  {table}\n"
        )
    if kills >= ENOUGH:
        assert not siege.missing(), "points at which nobody was killed"
