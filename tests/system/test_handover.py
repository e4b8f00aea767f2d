"""Two workers, of which one is stopped for longer than its leases and goes on late, or is replaced by a new version.

Real processes on a real desk. Leases last a second here instead of minutes, so that they run out while one waits.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.dooms import STANDBY, Doom
from tests.system.killing import ANY_HOUR, People, check, staffed, unfinished, until
from tests.system.nursery import Forked, Nursery
from tests.system.workplace import CONTRACTS, Premises, line, premises

#: Seconds that a lease lasts here.
LEASE = 1.0
#: Where the first worker is stopped: before and after each commit that hands its work over, and while it sends.
STOPS = {
    "sqlite": ("P3", "P6", "P7", "P9", "P12"),
    "postgres": ("P3", "P7"),
}


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


def ended(*workers: Forked) -> None:
    """Tell them to stop, which they do well."""
    for worker in workers:
        worker.kill(signal.SIGTERM)
    assert [worker.wait() for worker in workers] == [0] * len(workers)


def typed_until(people: People, point: str, worker: Forked) -> None:
    """Orders come, and for a report a tick, until the worker is stopped where it was to be."""
    for _ in range(20):
        if point == "P12":
            people.anything(point)
        else:
            people.order()
        if until(worker.is_stopped, 1):
            return
    raise AssertionError(f"it never came to {point}: {worker.where()}\n{people.place.log()[-3000:]}")


@pytest.mark.parametrize("kind", STOPS)
def test_a_worker_that_goes_on_after_its_leases_ran_out_writes_and_sends_nothing(
    kind: str, place_of_work: Premises, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind == "postgres" else ""
    place = staffed(place_of_work.workplace(tmp_path, ANY_HOUR, state_url=url))
    people = People(place, random.Random(1))
    for point in STOPS[kind]:
        first = nursery.fork(place.config_path, Doom(point, 1, stops=True), LEASE)
        typed_until(people, point, first)
        second = nursery.fork(place.config_path, lease=LEASE)
        assert until(lambda: not unfinished(place, people)), f"{point}: {unfinished(place, people)}"
        before = place.letters(), place.rows(CONTRACTS.key)
        first.kill(signal.SIGCONT)
        # Both have polled when one stands by: which of them is the machine's load to say, where leases are so short.
        pair = first, second
        assert until(lambda pair=pair: any(w.where()[:1] == [STANDBY] for w in pair)), point  # type: ignore[misc] # a default is how a loop's value is bound
        letters, rows = place.letters(), place.rows(CONTRACTS.key)
        # Between `sending` and its answer nothing can be called back: at most that one mail comes again.
        assert len(letters) - len(before[0]) <= (point == "P7"), point
        assert rows == before[1], point
        ended(first, second)
    check(place, people)


def test_a_new_version_takes_over_while_the_old_one_works_without_a_gap(
    place_of_work: Premises, nursery: Nursery, tmp_path: Path
) -> None:
    place = staffed(place_of_work.workplace(tmp_path, ANY_HOUR))
    people = People(place, random.Random(2))
    old = nursery.fork(place.config_path)
    assert until(lambda: old.where()[:1] not in ([], [STANDBY]))
    gaps = []
    for _ in range(5):
        new = nursery.fork(place.config_path)
        assert until(lambda new=new: new.where()[:1] == [STANDBY])  # type: ignore[misc] # a default is how a loop's value is bound
        for _ in range(3):
            people.order()
        old.kill(signal.SIGTERM)
        assert old.wait() == 0
        gone = time.monotonic()
        # The lease was given back, so that the other need not wait for it to run out.
        assert until(lambda new=new: new.where()[:1] != [STANDBY])  # type: ignore[misc] # as above
        gaps.append(time.monotonic() - gone)
        old = new
    assert until(lambda: not unfinished(place, people)), unfinished(place, people)
    ended(old)
    # A poll is a twentieth of a second here, and the machine may be busy with others.
    assert max(gaps) < 1.0, gaps
    check(place, people)
