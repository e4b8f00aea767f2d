"""SIGTERM in whatever a worker is doing: it ends well in less than ten seconds, alone, and leaves nothing half done.

All workers are stopped at the same time, each in a state of its own: what takes seconds is the waiting.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from bot.app import build_app, load_settings
from bot.cycle import run_cycle, stand_down
from bot.glance import Glance
from bot.outbox import Status
from bot.ports import Commit
from tests.system.workplace import CONTRACTS, ORDER_ENTRY, Premises, Workplace, answer, line, premises, tags

#: Seconds a worker may take until the desk hears of it, on a busy machine.
PATIENCE = 60.0
#: What comes at once where much is to be written.
MANY = 60


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found
    structlog.reset_defaults()


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


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"it never came: {what}"
        time.sleep(0.01)


def children_of(pid: int) -> list[int]:
    """The processes it has started."""
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    return []


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2][0] not in "ZX"
    return False


def reporting_child(pid: int) -> int | None:
    """The child that works reports out."""
    for child in children_of(pid):
        with suppress(OSError):
            if b"bot.reports.child" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
    return None


@dataclass
class Stopped:
    """One worker in a state of its own, and how it ended after SIGTERM."""

    place: Workplace
    worker: subprocess.Popen[bytes]
    children: list[int] = field(default_factory=list)
    seconds: float = 0.0


def figure_nothing(place: Workplace) -> None:
    """Let no figures be worked out for a minute: a child for each of so many workers would be most of the time."""
    with place.state() as state:
        now = datetime.now(UTC)
        lease = state.acquire("test", now, 60)
        assert lease is not None
        state.commit(Commit(facts={"figured_at": now.isoformat()}), lease)
        state.give_up(lease)


#: State -> longest seconds, and what its exit may be: before its first line of code a process can only die of it.
STATES: dict[str, tuple[float, tuple[int, ...]]] = {
    "idle": (5.0, (0,)),
    "before a mute mail server": (10.0, (0,)),
    "before a mute sheet": (10.0, (0,)),
    "reports being worked out": (10.0, (0,)),
    "database locked": (10.0, (0,)),
    "starting": (10.0, (0, -signal.SIGTERM)),
    "standing by": (5.0, (0,)),
    "much to be written": (10.0, (0,)),
}


@pytest.fixture(scope="module")
def stopped(place_of_work: Premises, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stopped]:
    """A worker in each state, all stopped at the same time."""
    folder = tmp_path_factory.mktemp("stopped")
    with ExitStack() as stack:
        mute = stack.enter_context(MuteServer())
        configs = {"before a mute mail server": {"mail": {"port": mute.port}}}
        places = {
            name: place_of_work.workplace(folder / name.replace(" ", "-"), configs.get(name))
            for name in STATES
        }
        for name, place in places.items():
            assert place.run("init") == 0
            if name != "reports being worked out":
                figure_nothing(place)
        places["before a mute mail server"].add(ORDER_ENTRY.key, answer("for nobody"))
        active = places["standing by"].start("run")
        stack.callback(lambda: (active.kill(), active.wait()))
        begun = {name: len(place.requests()) for name, place in places.items()}

        def has_spoken(name: str, calls: int) -> Callable[[], bool]:
            return lambda: len(places[name].requests()) - begun[name] >= calls

        until(has_spoken("standing by", 2), "the one who works while the other stands by")
        sheet = places["before a mute sheet"]
        sheet.fault({"match": "/values:batchGet", "delay": 20, "times": 100})
        found = {
            name: Stopped(place, place.start("run")) for name, place in places.items() if name != "starting"
        }
        reporting = found["reports being worked out"].worker.pid
        until(lambda: reporting_child(reporting) is not None, "a child that works reports out")
        os.kill(reporting_child(reporting) or 0, signal.SIGSTOP)
        until(has_spoken("idle", 3), "an idle worker's polls")
        assert mute.met.wait(PATIENCE)
        # The desk notes a call when it is answered: what hangs has been asked for after the titles were.
        until(has_spoken("before a mute sheet", 1), "titles")
        until(has_spoken("database locked", 2), "polls")
        until(
            lambda: b"bot" in Path(f"/proc/{found['standing by'].worker.pid}/cmdline").read_bytes(),
            "a standby",
        )
        lock = sqlite3.connect(folder / "database-locked" / "bot.db", isolation_level=None)
        stack.enter_context(closing(lock)).execute("BEGIN IMMEDIATE")
        much = places["much to be written"]
        until(has_spoken("much to be written", 2), "polls")
        much.fault({"match": ":batchUpdate", "delay": 1.5, "times": 2})
        much.add(CONTRACTS.key, *(line(f"order {i}") for i in range(MANY)))
        found["starting"] = Stopped(places["starting"], places["starting"].start("run"))
        time.sleep(0.7)
        for one in found.values():
            one.children = children_of(one.worker.pid)
        told = time.monotonic()
        for one in found.values():
            one.worker.terminate()
        waiting = dict(found)
        while waiting:
            for name, one in list(waiting.items()):
                if one.worker.poll() is not None:
                    one.seconds = time.monotonic() - told
                    del waiting[name]
            assert time.monotonic() - told < PATIENCE, f"still running: {waiting.keys()}"
            time.sleep(0.02)
        sheet.heal()
    return found


@pytest.mark.parametrize("state", STATES)
def test_a_worker_told_to_stop_ends_well_and_soon(state: str, stopped: dict[str, Stopped]) -> None:
    longest, codes = STATES[state]
    assert stopped[state].worker.returncode in codes, stopped[state].place.log()[-3000:]
    assert stopped[state].seconds < longest
    assert "Traceback" not in stopped[state].place.log()


@pytest.mark.parametrize("state", STATES)
def test_a_worker_that_stopped_leaves_no_child_behind(state: str, stopped: dict[str, Stopped]) -> None:
    assert stopped[state].children or state != "reports being worked out"
    assert not [child for child in stopped[state].children if is_running(child)]


@pytest.mark.parametrize("state", ["idle", "reports being worked out", "much to be written"])
def test_a_worker_that_stopped_well_leaves_no_lease_behind(state: str, stopped: dict[str, Stopped]) -> None:
    with stopped[state].place.state() as state_:
        assert not state_.bury(lambda _owner: True, datetime.now(UTC))


def worked(place: Workplace) -> None:
    """What the next worker does."""
    app = replace(build_app(load_settings(place.config_path)), reporter=None)
    glance = Glance()
    for _ in range(3):
        _, glance = run_cycle(app, app.clock(), glance)
    stand_down(app)
    app.state.close()


def test_what_a_stopped_worker_was_sending_is_sent_by_the_next(stopped: dict[str, Stopped]) -> None:
    place = stopped["before a mute mail server"].place
    again = Workplace(place.desk, place.key, place.folder, {}, place.state_url)
    with again.state() as state:
        assert {m.status for m in state.messages()} <= {Status.QUEUED, Status.CLAIMED}
        for message in state.messages():
            state.retry(message.id, message.created_at)
    worked(again)
    assert [recipient for recipient, _ in again.letters()] == [
        "weber@nordlicht.example",
        "anna@sales.example",
    ]


def test_what_a_stopped_worker_was_writing_is_written_once(stopped: dict[str, Stopped]) -> None:
    place = stopped["much to be written"].place
    worked(place)
    rows = [row for row in place.rows(CONTRACTS.key) if row.get("notes") != "old"]
    assert Counter(tags(rows)) == Counter(f"order {i}" for i in range(MANY))
    assert len({row["order_no"] for row in rows}) == len({row["row_id"] for row in rows}) == MANY
    assert all(str(row["mail_status"]).count("✓") == 2 for row in rows)
    letters = place.letters()
    assert len(letters) == len(set(letters)) == 2 * MANY
