"""kill -9 over real processes: nothing is lost, no number comes twice, and no mail twice without being flagged.

While people type orders and send form answers, the worker is killed again and again, mostly in the middle of its
work, and started anew. $KILLS raises how often; the seed of a run is printed and can be given back in $KILL_SEED.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.outbox import Status
from tests.system.workplace import CONTRACTS, ORDER_ENTRY, Premises, Workplace, answer, line, premises, tags

KILLS = int(os.environ.get("KILLS", "12"))
#: Seconds a worker may take until the desk hears of it, on a busy machine.
PATIENCE = 30.0


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


def until(is_true: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait for something the other processes do; False when it has not come in time."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@dataclass
class Typist:
    """People who go on typing orders and sending form answers, whatever becomes of the bot."""

    place: Workplace
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._type, name="typist", daemon=True)
        self._thread.start()

    def _type(self) -> None:
        number = 0
        while not self._enough.wait(0.15):
            number += 1
            tag = f"order {number}"
            if number % 3:
                self.place.add(CONTRACTS.key, line(tag))
            else:
                # A form answer is an order of its own only if it differs from those minutes before it.
                self.place.add(ORDER_ENTRY.key, answer(tag))
            self.asked.append(tag)

    def stop(self) -> None:
        """No more orders."""
        self._enough.set()
        self._thread.join(20)
        assert not self._thread.is_alive()


def kill_after_a_call(place: Workplace, worker: subprocess.Popen[bytes], chance: random.Random) -> None:
    """Let the worker make a few calls and kill it a moment after one of them."""
    begun, calls = len(place.requests()), chance.randint(1, 9)
    heard = until(lambda: worker.poll() is not None or len(place.requests()) - begun >= calls)
    assert heard, "the worker never spoke to the desk"
    time.sleep(chance.random() ** 2 * 0.15)
    assert worker.poll() is None, f"the worker ended by itself:\n{place.log()}"
    worker.kill()
    worker.wait(10)


def kill_before_the_answer(place: Workplace, worker: subprocess.Popen[bytes], chance: random.Random) -> None:
    """Kill the worker when one of its mails is taken and the server has not said so yet."""
    mailbox = place.desk._running.parts.mailbox
    add, left = mailbox.add, iter(range(chance.randint(0, 2), -1, -1))

    def add_and_kill(sender: str, recipients: list[str], raw: bytes) -> int:
        number = add(sender, recipients, raw)
        if next(left, 1) == 0:
            worker.kill()
            worker.wait(10)
        return number

    mailbox.add = add_and_kill  # type: ignore[method-assign] # the desk runs in this process
    try:
        worker.wait(PATIENCE)
    finally:
        mailbox.add = add  # type: ignore[method-assign] # as it was
    assert worker.returncode == -signal.SIGKILL, f"the worker ended by itself:\n{place.log()}"


def finish(place: Workplace, asked: list[str]) -> None:
    """Let a last worker work until every order shows that both of its mails are sent."""
    worker = place.start("run")
    try:
        done = until(lambda: is_finished(place, asked), 60)
    finally:
        worker.terminate()
        worker.wait(10)
    assert done, f"not everything was done:\n{place.log()[-3000:]}"


def is_finished(place: Workplace, asked: list[str]) -> bool:
    time.sleep(0.2)
    with place.state() as state:
        for message in state.messages((Status.QUEUED,), limit=10_000):
            if message.uncertain:
                # A person need not wait for the half minute after which a mail in doubt is sent again.
                state.retry(message.id, message.created_at)
        if len(state.messages((Status.SENT,), limit=10_000)) < 2 * len(asked):
            return False
    marked = [row for row in place.rows(CONTRACTS.key) if str(row.get("mail_status", "")).count("✓") == 2]
    return len(marked) == len(asked)


def check(place: Workplace, asked: list[str]) -> dict[str, int]:
    """What must be true at the end; the figures of the run."""
    rows = [row for row in place.rows(CONTRACTS.key) if row.get("notes") != "old"]
    assert Counter(tags(rows)) == Counter(asked), "lost, or doubled"
    numbers = [row["order_no"] for row in rows]
    assert len(set(numbers)) == len(numbers), "one number for two orders"
    entries = place.rows(ORDER_ENTRY.key)
    by_tag = dict(zip(tags(rows), numbers, strict=True))
    assert [row["order_no"] for row in entries] == [by_tag[tag] for tag in tags(entries)]
    ids = [row["row_id"] for row in rows + entries]
    assert len(set(ids)) == len(ids), "one identity for two rows"
    with place.state() as state:
        messages = state.messages(limit=100_000)
    assert Counter(m.order_no for m in messages) == Counter(str(n) for n in numbers for _ in range(2))
    letters = Counter(place.letters())
    copies = {m.id: letters.pop((m.recipient, m.body), 0) for m in messages}
    assert not letters, "a mail that is not one of the outbox's, byte for byte"
    lost = [m.id for m in messages if copies[m.id] == 0]
    unflagged = [m.id for m in messages if copies[m.id] > 1 + m.uncertain]
    assert (lost, unflagged) == ([], [])
    return {
        "orders": len(rows),
        "in doubt": sum(m.uncertain > 0 for m in messages),
        "second copies": sum(n - 1 for n in copies.values()),
    }


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, place_of_work: Premises, tmp_path: Path) -> Workplace:
    if request.param == "sqlite":
        return place_of_work.workplace(tmp_path)
    return place_of_work.workplace(tmp_path, state_url=str(request.getfixturevalue("postgres_url")))


def test_a_worker_killed_again_and_again_loses_nothing_and_doubles_nothing_unseen(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(2**32)))
    kind = place.state_url.partition(":")[0]
    # The two databases differ in their transactions alone, so the slower one gets fewer.
    kills = KILLS if kind == "sqlite" else -(-KILLS // 3)
    sys.stdout.write(f"KILL_SEED={seed}\n")
    chance = random.Random(seed)
    first = place.start("init")
    assert first.wait(60) == 0, place.log()
    people = Typist(place)
    try:
        for _ in range(kills):
            kill = chance.choice((kill_after_a_call, kill_after_a_call, kill_before_the_answer))
            kill(place, place.start("run"), chance)
    finally:
        people.stop()
    finish(place, people.asked)
    figures = check(place, people.asked)
    with capsys.disabled():
        said = ", ".join(f"{count} {what}" for what, count in figures.items())
        sys.stdout.write(f"\n{kind}: {kills} kills, seed {seed}: {said}; lost 0, unflagged copies 0\n")


# ── SIGTERM ─────────────────────────────────────────────────────────────────────────────────────────────────


class MuteServer:
    """Takes connections and never says a word."""

    def __enter__(self) -> MuteServer:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.met = threading.Event()
        self._kept: list[socket.socket] = []
        threading.Thread(target=self._take, name="mute", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake the thread that waits in accept.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for kept in self._kept:
            kept.close()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                self._kept.append(self._socket.accept()[0])
                self.met.set()


@dataclass(frozen=True)
class Stopped:
    """How a worker ended after SIGTERM."""

    place: Workplace
    code: int
    seconds: float


@pytest.fixture(scope="module")
def stopped(place_of_work: Premises, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stopped]:
    """Three workers, stopped at the same time: one idle, one before a mute mail server, one before a mute sheet."""
    folder = tmp_path_factory.mktemp("stopped")
    with MuteServer() as mute:
        places = {
            "idle": place_of_work.workplace(folder / "idle"),
            "mail": place_of_work.workplace(folder / "mail", {"mail": {"port": mute.port}}),
            "sheet": place_of_work.workplace(folder / "sheet"),
        }
        for process in [place.start("init") for place in places.values()]:
            assert process.wait(60) == 0
        places["mail"].add(ORDER_ENTRY.key, answer("for nobody"))
        begun = {name: len(place.requests()) for name, place in places.items()}
        places["sheet"].fault({"match": "/values:batchGet", "delay": 20, "times": 100})
        workers = {name: place.start("run") for name, place in places.items()}
        assert until(lambda: len(places["idle"].requests()) - begun["idle"] >= 3)
        assert mute.met.wait(PATIENCE)
        # The desk notes a call when it is answered: what hangs has been asked for after the titles were.
        assert until(lambda: len(places["sheet"].requests()) > begun["sheet"])
        time.sleep(0.5)
        told = time.monotonic()
        for worker in workers.values():
            worker.terminate()
        ended: dict[str, Stopped] = {}
        while len(ended) < len(workers):
            for name, worker in workers.items():
                if name not in ended and worker.poll() is not None:
                    ended[name] = Stopped(places[name], worker.returncode, time.monotonic() - told)
            assert time.monotonic() - told < PATIENCE, f"still running: {workers.keys() - ended.keys()}"
            time.sleep(0.02)
        places["sheet"].heal()
    return ended


@pytest.mark.parametrize(("name", "longest"), [("idle", 5.0), ("mail", 10.0), ("sheet", 10.0)])
def test_a_worker_told_to_stop_ends_well_and_soon(
    name: str, longest: float, stopped: dict[str, Stopped]
) -> None:
    assert stopped[name].code == 0, stopped[name].place.log()
    assert stopped[name].seconds < longest


def test_a_worker_that_stopped_well_leaves_no_lease_behind(stopped: dict[str, Stopped]) -> None:
    with stopped["idle"].place.state() as state:
        assert not state.bury(lambda _owner: True, datetime.now(UTC))


def test_what_a_stopped_worker_was_sending_is_sent_by_the_next(stopped: dict[str, Stopped]) -> None:
    place = stopped["mail"].place
    again = Workplace(place.desk, place.key, place.folder, {}, place.state_url)
    with again.state() as state:
        assert {m.status for m in state.messages()} <= {Status.QUEUED, Status.CLAIMED}
        for message in state.messages():
            state.retry(message.id, message.created_at)
    finish(again, ["for nobody"])
    assert [recipient for recipient, _ in again.letters()] == [
        "weber@nordlicht.example",
        "anna@sales.example",
    ]
