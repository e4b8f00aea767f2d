"""Workers that cost a fork instead of a start: a process that has everything imported forks one whenever it is asked.

    Nursery ──a line of JSON──► nursery process (imports done, templates compiled, no threads)
                                     └─ fork ─► a worker: the real Worker on its real adapters, followed by `dooms`

A start of the program takes a second of computing and its kill a moment, so that hundreds of kills would be mostly
starts. What differs from `python -m bot run`: polls come quicker, and reports are worked out in the worker's own
process, so that it can be killed in the middle of that, too.
"""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import bot.cycle
import bot.reconcile
import bot.worker
from bot.adapters.database import DatabaseState
from bot.app import build_app, load_settings
from bot.cycle import stand_down
from bot.glance import App
from bot.logs import set_up_logs
from bot.mails.rendering import Renderer
from bot.ports import OutsideError
from bot.reconcile import LEASE_SECONDS
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from bot.worker import Worker, run_once, stop_on_signals
from tests.system.crashes import Fuse, WatchedDatabase
from tests.system.dooms import Doom, Followed, FollowedMailer, Page, Whereabouts
from tests.system.workplace import ROOT

#: Seconds between two polls of a forked worker.
EVERY = 0.05


@dataclass
class Forked:
    """A worker as its killer sees it."""

    pid: int
    page: Page
    doom: Doom | None
    nursery: Nursery

    def where(self) -> list[str]:
        """The point at which it stands or has died, and the call there."""
        return self.page.read()

    def is_dead(self) -> bool:
        """Whether it runs no more."""
        return self._state() in "ZX"

    def is_stopped(self) -> bool:
        """Whether it waits for SIGCONT."""
        return self._state() == "T"

    def _state(self) -> str:
        with suppress(OSError):
            return Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2][0]
        return "X"

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal; one that is dead does not mind."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit status, below zero for the signal that ended it."""
        return int(self.nursery.ask({"wait": self.pid}))


class Nursery:
    """The other side of the pipe; for one thread."""

    def __init__(self, practice: Path, folder: Path) -> None:
        self._folder, self._count = folder, 0
        # The threads of a mathematical library would not outlive a fork, and waiting for them would hang.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with (folder / "nursery.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.system.nursery", str(practice)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment,
            )  # fmt: skip
        assert self._answer() == "ready"

    def fork(self, config: Path, doom: Doom | None = None, lease: float = LEASE_SECONDS) -> Forked:
        """A new worker on this config; `lease` is for how many seconds it takes what it takes."""
        self._count += 1
        page = self._folder / f"page-{self._count}"
        made = Page(page)
        wanted = {
            "config": str(config),
            "page": str(page),
            "log": str(config.with_name("log")),
            "lease": lease,
        }
        pid = int(self.ask(wanted | ({"doom": [doom.point, doom.n, doom.stops]} if doom else {})))
        return Forked(pid, made, doom, self)

    def ask(self, wanted: dict[str, Any]) -> Any:
        """What the process answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self._folder / "nursery.log").read_text(encoding="utf-8")[-2000:]
        return json.loads(line)

    def close(self) -> None:
        """The end of the process, and of whoever it has forked."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


# ── in the process ──────────────────────────────────────────────────────────────────────────────────────────


def _main(practice: Path) -> None:
    """Live through an order and its reports once, so that all is loaded that is loaded late; then fork on demand."""
    set_up_logs(as_json=True)
    settings = load_settings(practice)
    app = build_app(settings)
    warm = app.renderer
    app = replace(app, reporter=_reporter(app))
    for _ in range(4):
        run_once(app)
    app.state.close()
    _say("ready")
    alive: set[int] = set()
    for line in sys.stdin:
        wanted = json.loads(line)
        if "wait" in wanted:
            alive.discard(wanted["wait"])
            _say(os.waitstatus_to_exitcode(os.waitpid(wanted["wait"], 0)[1]))
            continue
        # A signal sent to a worker that does not listen yet would end it as it ends any program.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        pid = os.fork()
        if pid == 0:
            _live(wanted, warm)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        alive.add(pid)
        _say(pid)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _live(wanted: dict[str, Any], warm: Renderer) -> None:
    """The life of one worker; it does not return."""
    status = 1
    try:
        _redirect(wanted["log"])
        stop = threading.Event()
        # Kept, not left: this process ends by itself.
        listening = stop_on_signals(stop)
        stopping = listening.__enter__()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        settings = load_settings(Path(wanted["config"]))
        app = build_app(settings, stopping=stopping)
        fresh = Renderer(settings.mail.sender, ZoneInfo(settings.timezone), company=settings.mail.company)
        renderer = copy.copy(warm)
        renderer.__dict__ |= fresh.__dict__
        doom = Doom(*wanted["doom"]) if "doom" in wanted else None
        if wanted["lease"] != LEASE_SECONDS:
            app = _hurried(app, wanted["lease"])
        told = Whereabouts(Page(Path(wanted["page"])), doom)
        worker = Worker(followed(replace(app, renderer=renderer), told), EVERY)
        worker.tick()
        while not stop.wait(EVERY):
            worker.tick()
        with suppress(OutsideError):
            stand_down(app)
        status = 0
    except BaseException:  # noqa: BLE001 - a fork must not return into its parent's code
        sys.excepthook(*cast(Any, sys.exc_info()))
    finally:
        sys.stderr.flush()
        # Whatever the parent has to do at its end is none of the child's business.
        os._exit(status)


def _hurried(app: App, lease: float) -> App:
    """The app, all of whose leases last this long: minutes are too long for a test."""
    for module in (bot.cycle, bot.reconcile, bot.worker):
        module.LEASE_SECONDS = lease
    return replace(app, delivery=replace(app.delivery, lease=timedelta(seconds=lease)))


def _redirect(log: str) -> None:
    nothing, file = (
        os.open(os.devnull, os.O_RDONLY),
        os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
    )
    os.dup2(nothing, 0)
    os.dup2(file, 1)
    os.dup2(file, 2)


def followed(app: App, told: Whereabouts) -> App:
    """The app with every port told of, and the statements of its database."""
    reporter = _reporter(app)
    state = cast(DatabaseState, app.state)
    state._database = cast(Any, WatchedDatabase(state._database, cast(Fuse, told)))
    return replace(
        app,
        workbook=cast(Any, Followed(app.workbook, "workbook", told)),
        state=cast(Any, Followed(state, "state", told)),
        mailer=cast(Any, FollowedMailer(app.mailer, told)),
        reporter=cast(Any, Followed(reporter, "reporter", told)),
    )


def _reporter(app: App) -> ReporterHere:
    return ReporterHere(ReportApp(app.workbook, app.state, app.renderer, app.rules))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
