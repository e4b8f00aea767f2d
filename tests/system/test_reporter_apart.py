"""The child that works reports out: however it ends, and however the worker ends, nobody is left waiting."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.adapters.reporter_apart import LONGEST, ReporterApart
from bot.app import build_app, load_settings
from bot.automate import PATIENCE
from bot.cycle import Cycle, run_cycle, stand_down
from bot.glance import Glance
from bot.jobs import Job
from bot.ports import ReportError, WorkbookError, WorkbookRefused
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from bot.settings import MailSettings, Settings, WorkbookSettings
from sheets_schema import CONTRACTS
from tests.system.workplace import ROOT, Premises, Workplace, line, premises

ZONE = ZoneInfo("Asia/Shanghai")
SIX = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE).astimezone(UTC)
JOB = Job(SIX)
#: Seconds that a process may take on a busy machine.
PATIENTLY = 60.0
CANARY = "canary-7f3e91"
SECRETIVE = Settings(
    WorkbookSettings("key", "http://127.0.0.1:9", credentials_json=f'{{"private_key": "{CANARY}-key" oops'),
    MailSettings("Desk <orders@desk.example>", user="orders", password=f"{CANARY}-password"),
    state="sqlite:///no such folder/bot.db",
)


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + PATIENTLY
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def child_of(reporter: ReporterApart) -> subprocess.Popen[bytes]:
    """The process at work."""
    assert reporter._errand is not None
    return reporter._errand.child


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended; one that nobody has asked after yet has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2][0]
        return state not in "ZX"
    return False


def children_of(pid: int) -> list[int]:
    """The processes it has started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


# ── a child that comes to nothing ───────────────────────────────────────────────────────────────────────────


def killed(reporter: ReporterApart) -> None:
    """Somebody, or the system short of memory, kills it."""
    child_of(reporter).kill()


def hangs(reporter: ReporterApart) -> None:
    """It is stopped for ever, and time passes."""
    os.kill(child_of(reporter).pid, signal.SIGSTOP)
    reporter._clock = lambda: time.monotonic() + LONGEST + 1


def is_broken(_reporter: ReporterApart) -> None:
    """Its settings are such that it raises what nobody expects."""


class Friday:
    """A worker at a real desk, with a real child, on a clock of the test's."""

    def __init__(self, place: Workplace, settings_of_child: Callable[[Settings], Settings]) -> None:
        settings = load_settings(place.config_path)
        self.place, self.now, self.glance = place, SIX - timedelta(minutes=1), Glance()
        self.reporter = ReporterApart(settings_of_child(settings))
        self.app = replace(build_app(settings), clock=lambda: self.now, reporter=self.reporter)

    def poll(self, seconds: float = 5) -> Cycle:
        self.now += timedelta(seconds=seconds)
        cycle, self.glance = run_cycle(self.app, self.now, self.glance)
        return cycle

    def recover(self) -> None:
        """From now on reports are worked out by what works; that a child would do is another suite's to show."""
        app = self.app
        here = ReporterHere(ReportApp(app.workbook, app.state, app.renderer, app.rules))
        self.app = replace(app, reporter=here)

    def reports(self) -> list[str]:
        """Who has got a report."""
        return [to for to, raw in self.place.letters() if b"<weekly_" in raw]

    def order_mails(self) -> int:
        return sum(b"<purchase_" in raw for _, raw in self.place.letters())

    def close(self) -> None:
        stand_down(self.app)
        self.reporter.close()
        self.app.state.close()


def as_they_are(settings: Settings) -> Settings:
    return settings


def nowhere(settings: Settings) -> Settings:
    """No such time zone."""
    return replace(settings, timezone="Nowhere/Land")


@pytest.mark.parametrize(
    ("strike", "settings_of_child", "said"),
    [
        (killed, as_they_are, "ended with status -9"),
        (hangs, as_they_are, "took too long"),
        (is_broken, nowhere, "ended with status 1"),
    ],
    ids=["killed", "hangs", "has a bug"],
)
def test_a_child_that_comes_to_nothing_keeps_no_order_waiting_and_its_reports_are_made_up_once(
    strike: Callable[[ReporterApart], None],
    settings_of_child: Callable[[Settings], Settings],
    said: str,
    place_of_work: Premises,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    friday = Friday(place_of_work.workplace(tmp_path), settings_of_child)
    try:
        friday.poll()
        friday.poll(60)
        assert friday.reporter.is_busy()
        strike(friday.reporter)
        until(friday.reporter.is_ready)
        friday.place.add(CONTRACTS.key, line("typed meanwhile"))
        friday.poll()
        assert not friday.reporter.is_busy()
        assert said in friday.app.state.facts()["reports_error"]
        friday.poll(60)
        friday.poll(1)
        assert friday.order_mails() == 2
        assert friday.reports() == []
        friday.recover()
        friday.poll(PATIENCE.total_seconds())
        for _ in range(3):
            friday.poll()
        assert friday.reports() == ["anna@sales.example"]
    finally:
        friday.close()
        structlog.reset_defaults()
        capfd.readouterr()


def test_a_job_that_takes_too_long_is_ended(place_of_work: Premises) -> None:
    seconds = 0.0
    reporter = ReporterApart(SECRETIVE, lambda: seconds)
    reporter.start(JOB)
    child = child_of(reporter)
    child.send_signal(signal.SIGSTOP)
    seconds = LONGEST - 1
    assert not reporter.is_ready()
    seconds = LONGEST
    assert reporter.is_ready()
    with pytest.raises(ReportError, match="too long"):
        reporter.collect()
    assert not reporter.is_busy()
    assert not is_running(child.pid)


def test_a_workbook_that_nobody_serves_is_the_outside_s_failure() -> None:
    open_door = replace(SECRETIVE, workbook=WorkbookSettings("key", "http://127.0.0.1:9"))
    reporter = ReporterApart(open_door)
    reporter.start(JOB)
    with pytest.raises(WorkbookError) as told:
        reporter.collect()
    assert type(told.value) is WorkbookError
    assert not reporter.is_busy()


def test_no_secret_is_where_others_can_read_it(capfd: pytest.CaptureFixture[str]) -> None:
    reporter = ReporterApart(SECRETIVE)
    reporter.start(JOB)
    child = child_of(reporter)
    process = Path(f"/proc/{child.pid}")
    until(lambda: b"bot.reports.child" in (process / "cmdline").read_bytes())
    words, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
    with pytest.raises(WorkbookRefused, match="credentials_json") as refused:
        reporter.collect()
    assert CANARY not in f"{refused.value!r} {refused.value.hint}"
    assert CANARY.encode() not in words
    assert CANARY.encode() not in environment
    log = capfd.readouterr()
    assert CANARY not in log.err + log.out


# ── a worker that ends ──────────────────────────────────────────────────────────────────────────────────────


def test_a_worker_that_is_told_to_end_leaves_no_child_behind(place_of_work: Premises, tmp_path: Path) -> None:
    place = place_of_work.workplace(tmp_path)
    worker = place.start("run")
    try:
        until(lambda: any("bot.reports.child" in words_of(pid) for pid in children_of(worker.pid)))
        [child] = children_of(worker.pid)
        os.kill(child, signal.SIGSTOP)
        worker.terminate()
        assert worker.wait(PATIENTLY) == 0, place.log()
        assert not is_running(child)
    finally:
        worker.kill()
        worker.wait()


def words_of(pid: int) -> str:
    """Its command line; "" when it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    return ""


_WORKER = """
import sys, time
from datetime import UTC, datetime
from bot.adapters.reporter_apart import ReporterApart
from bot.jobs import Job
from bot.settings import MailSettings, Settings, WorkbookSettings

settings = Settings(WorkbookSettings("key", sys.argv[1]), MailSettings("Desk <orders@desk.example>"), state=sys.argv[2])
reporter = ReporterApart(settings)
reporter.start(Job(datetime.now(UTC)))
print("started", flush=True)
time.sleep(600)
"""


def test_a_child_whose_worker_is_killed_ends_by_itself(tmp_path: Path) -> None:
    # A sheet that takes calls and never answers: without its worker's end the child would wait for it.
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(PATIENTLY)
        endpoint = f"http://127.0.0.1:{mute.getsockname()[1]}"
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER, endpoint, f"sqlite:///{tmp_path}/bot.db"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert worker.stdout is not None
        try:
            assert worker.stdout.readline() == b"started\n"
            [child] = children_of(worker.pid)
            call, _ = mute.accept()
            assert is_running(child)
        finally:
            worker.kill()
            worker.wait()
            worker.stdout.close()
        until(lambda: not is_running(child))
        call.close()
