"""The long-running worker: ticks, a bad cycle survived, SIGTERM. The only place that waits, and the only clock."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from types import FrameType

import schedule
import structlog

from bot.cycle import Cycle, run_cycle, stand_down
from bot.glance import App, Glance
from bot.patience import LONGEST_WAIT_SECONDS, patience
from bot.planning.sightings import Wanted
from bot.ports import Commit, OutsideError
from bot.reconcile import LEASE_SECONDS
from bot.watching.watch import Watch

#: A stop is answered in less than this even when a call to the outside hangs.
STOP_SECONDS = 8.0
_HEARTBEAT = timedelta(minutes=1)


class Worker:
    """Runs a cycle when one is due. Keeps what is only in memory: the last glance and the failures in a row."""

    def __init__(self, app: App, every: float, watch: Watch | None = None) -> None:
        self._app = app
        self._watch = watch
        self._every = every
        self._glance = Glance()
        self._failures = 0
        self._not_before: datetime | None = None
        self._said: datetime | None = None
        self._log = structlog.get_logger("bot.worker")

    def tick(self) -> Cycle | None:
        """One cycle, unless failures ask for patience. An outside failure is logged and told to `status`; a bug is raised."""
        now = self._app.clock()
        if self._not_before is not None and now < self._not_before <= now + timedelta(
            seconds=LONGEST_WAIT_SECONDS
        ):
            return None
        try:
            cycle, self._glance = run_cycle(self._app, now, self._glance)
        except OutsideError as error:
            self._glance = Glance()
            self._fail(error, now)
            return None
        if self._failures:
            self._log.info("recovered", failures=self._failures)
        worked = cycle.outcome == "worked"
        if worked:
            self._log.info(
                "cycle", edits=cycle.edits, sent=cycle.delivered.sent, failed=cycle.delivered.failed
            )
        if cycle.outcome != "standby" and (worked or self._failures or self._heartbeat_due(now)):
            self._tell(now, "")
        self._failures, self._not_before = 0, None
        if self._watch is not None:
            self._watch.succeeded(self._app, cycle.outcome, self._glance, now)
        return cycle

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop."""
        scheduler = schedule.Scheduler()
        seconds = max(1, round(self._every))
        ticked = 0.0

        def poll() -> None:
            nonlocal ticked
            self.tick()
            ticked = monotonic()

        scheduler.every(seconds).seconds.do(poll)
        poll()
        while not stop.wait(min(1.0, self._every)):
            scheduler.run_pending()
            if self._app.reporter is not None and self._app.reporter.is_ready():
                poll()
            if monotonic() - ticked > seconds:
                # The clock was set back (or summer time ended), and schedule counts by the wall clock.
                scheduler.clear()
                scheduler.every(seconds).seconds.do(poll)
                poll()
        with contextlib.suppress(OutsideError):
            stand_down(self._app)

    def _fail(self, error: OutsideError, now: datetime) -> None:
        self._failures += 1
        wait = max(patience(self._every, self._failures), min(error.retry_after or 0.0, LONGEST_WAIT_SECONDS))
        # The first retry comes with the next poll; from then on patience grows.
        self._not_before = now + timedelta(seconds=wait) if self._failures > 1 or error.retry_after else None
        self._log.warning(
            "cycle_failed", error=str(error), hint=error.hint, failures=self._failures, wait_seconds=wait
        )
        said = " ".join(filter(None, (str(error), error.hint)))
        self._tell(now, said)
        if self._watch is not None:
            self._watch.failed(self._app, said, now)

    def _heartbeat_due(self, now: datetime) -> bool:
        return self._said is None or not self._said <= now < self._said + _HEARTBEAT

    def _tell(self, now: datetime, error: str) -> None:
        """Leave word for `status`. When even the state cannot be reached the log has to do."""
        try:
            lease = self._app.state.acquire(self._app.owner, now, LEASE_SECONDS)
            if lease is not None:
                facts = {"last_poll": now.isoformat(), "last_error": error}
                if error:
                    facts = {
                        "last_failure": now.isoformat(),
                        "last_error": error,
                        "failures": str(self._failures),
                    }
                self._app.state.commit(Commit(facts=facts), lease)
                self._said = now
        except OutsideError as trouble:
            self._log.warning("status_not_stored", error=str(trouble))


@dataclass(frozen=True)
class Unfinished:
    """What one cycle could not do by itself."""

    #: Sentences about tabs and titles that a person must put right, and about what is held.
    mendable: tuple[str, ...] = ()
    #: Why no mail can leave for now.
    paused: str = ""


def run_once(app: App, watch: Watch | None = None) -> Unfinished:
    """One cycle with its deliveries. Raises OutsideError when the world failed."""
    now = app.clock()
    try:
        cycle, glance = run_cycle(app, now, Glance(), wait=True)
        lease = app.state.acquire(app.owner, now, LEASE_SECONDS)
        if lease is not None:
            app.state.commit(Commit(facts={"last_poll": now.isoformat(), "last_error": ""}), lease)
        if watch is not None:
            watch.succeeded(app, cycle.outcome, glance, now)
    except OutsideError as error:
        if watch is not None:
            watch.failed(app, " ".join(filter(None, (str(error), error.hint))), now)
        raise
    finally:
        stand_down(app)
        if watch is not None:
            watch.finish()
    done = cycle.delivered
    structlog.get_logger("bot.worker").info(
        "cycle", outcome=cycle.outcome, edits=cycle.edits, sent=done.sent, failed=done.failed
    )
    held = [
        told
        for hold in app.state.recall(Wanted()).holds.values()
        if not hold.released
        for told in hold.details
    ]
    paused = app.state.paused()
    return Unfinished(tuple(held), paused[1] if paused and paused[0] > now else "")


@contextlib.contextmanager
def stop_on_signals(stop: threading.Event) -> Iterator[Callable[[], bool]]:
    """Answer SIGTERM and SIGINT by setting `stop`; a call that hangs is not waited for longer than STOP_SECONDS.

    Leaving in the middle of a call is safe: every cycle is written for a crash at any point. The seconds are counted
    by a thread from the signal on: Python answers one only when the call that it fell into is over, and a database that
    somebody else has locked may hold that up for seconds.
    """

    def answer(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    heard, told = socket.socketpair()
    told.setblocking(False)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, answer)
    signal.signal(signal.SIGINT, answer)
    threading.Thread(target=_leave_in_time, args=(heard,), name="stop", daemon=True).start()
    try:
        yield stop.is_set
    finally:
        signal.set_wakeup_fd(before)
        told.close()


def _leave_in_time(heard: socket.socket) -> None:
    """End the process so many seconds after a signal, unless it has come to an end by then."""
    with heard, contextlib.suppress(TimeoutError):
        if not heard.recv(1):
            return
        deadline = monotonic() + STOP_SECONDS
        while (left := deadline - monotonic()) > 0:
            heard.settimeout(left)
            if not heard.recv(1):
                return
    os._exit(0)
