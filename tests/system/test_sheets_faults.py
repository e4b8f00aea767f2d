"""A spreadsheet that fails in every way the network and Google know, met by the worker and by `run --once`.

Under each fault the loop goes on, `status` says what is wrong in words that help, each wait is longer than the one
before, and afterwards the orders that were on their way have arrived once: one row, one number, two mails.
"""

from __future__ import annotations

import itertools
import json
import re
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.adapters.google_sheets import GoogleWorkbook
from bot.app import build_app, load_settings
from bot.glance import App
from bot.init import initialise
from bot.mails.rendering import Renderer
from bot.patience import LONGEST_WAIT_SECONDS
from bot.ports import About, Reading
from bot.reporting.status import status_facts
from bot.survey import unpacked
from bot.worker import Worker
from tests.system.workplace import (
    CONTRACTS,
    ORDER_ENTRY,
    ZONE,
    Premises,
    Workplace,
    answer,
    line,
    premises,
    tags,
)

#: Seconds of silence after which a call is given up: in the tests about silence, and in all others.
SILENCE, PATIENCE = 0.25, 20.0
EVERY = 30.0
READ, WRITE = "/values:batchGet", ":batchUpdate"
ALWAYS = 1000

Fault = dict[str, Any]

#: What the spreadsheet does, and what `status` says of it, for reads and writes alike.
ANSWERS: dict[str, tuple[Fault, str]] = {
    "400": ({"status": 400}, "Refused: 400"),
    "408": ({"status": 408}, "answer.*408"),
    "429": ({"status": 429}, "Too many requests: 429"),
    "500": ({"status": 500}, "answer.*500"),
    "502 HTML": ({"status": 502, "body": "<html><h1>502. That's an error.</h1></html>"}, "answer.*502"),
    "503": ({"status": 503}, "answer.*503"),
    "403": ({"status": 403}, "Not allowed: 403.*Share the spreadsheet with"),
    "404": ({"status": 404}, "Not found: 404.*Check workbook.id"),
    "401": ({"status": 401}, "Not logged in: 401 .*key is not accepted"),
    "drop": ({"drop": True}, "cannot be reached|connection broke"),
    "timeout": ({"delay": 3 * SILENCE}, "did not answer|No clear answer"),
    "HTML": ({"body": "<html>Sign in</html>"}, "cannot be understood|not JSON"),
}
READS = ANSWERS | {
    "half a body": ({"truncate": True}, "broke off"),
    "empty answer": ({"body": "{}"}, "cannot be understood"),
    "no ranges": ({"body": '{"spreadsheetId":"x","valueRanges":[]}'}, "cannot be understood"),
    "cut JSON": (
        {"body": '{"spreadsheetId":"x","valueRanges":[{"range":"A1","values":[["No'},
        "cannot be understood",
    ),
}
#: The write has happened, but what comes back does not say so.
UNCLEAR = {name: ANSWERS[name] for name in ("408", "500", "502 HTML", "503", "drop", "timeout", "HTML")} | {
    "half a body": ({"truncate": True}, "broke off"),
}
#: These end `run --once` with 2, because a person has to do something; all others with 3.
MENDABLE = {"400", "401", "403", "404"}


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found
    structlog.reset_defaults()


class Impatient(GoogleWorkbook):
    """The real adapter with a deadline that can be short; counts how often it is asked."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.key, place.desk.url, silence_seconds=PATIENCE)
        self.asked = 0

    def wait(self, seconds: float) -> None:
        """Wait this long from now on."""
        self._http.set_timeout((seconds, seconds))

    def lead_to(self, endpoint: str) -> None:
        """Look for the spreadsheet at this address."""
        self._url = f"{endpoint}/v4/spreadsheets/{self._key}"

    def about(self, *, layout: bool = False) -> About:
        self.asked += 1
        return super().about(layout=layout)

    def read(self) -> Reading:
        self.asked += 1
        return super().read()


@dataclass
class Shift:
    """One worker at its work, with time in our hands."""

    place: Workplace
    #: One for all, since compiling its templates takes longer than the rest of a test.
    renderer: Renderer
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._sheet = Impatient(self.place)
        usual = build_app(load_settings(self.place.config_path))
        self._app: App = replace(
            usual, workbook=self._sheet, renderer=self.renderer, clock=lambda: self.now, reporter=None
        )
        initialise(self._app)
        self._worker = Worker(self._app, EVERY)
        self._worker.tick()
        self.place.add(CONTRACTS.key, line("typed"))
        self.place.add(ORDER_ENTRY.key, answer("sent"))

    @property
    def app(self) -> App:
        """The bot's parts."""
        return self._app

    def about(self) -> About:
        """The workbook as it is now."""
        return self._sheet.about()

    def change(self, *requests: dict[str, Any]) -> None:
        """People change the workbook."""
        self._sheet.build(requests)

    def lead_to(self, port: int) -> None:
        """From now on the spreadsheet is looked for at this port."""
        self._sheet.wait(SILENCE)
        self._sheet.lead_to(f"http://127.0.0.1:{port}")

    def lead_back(self) -> None:
        """And now where it is."""
        self._sheet.lead_to(self.place.desk.url)

    def meet(self, call: str, fault: Fault, times: int = ALWAYS) -> None:
        """Trouble begins."""
        if "delay" in fault:
            self._sheet.wait(SILENCE)
        self.place.fault({"match": call, "times": times, **fault})

    def attempts(self, count: int) -> list[float]:
        """Poll after poll for as long as it takes to try this often; the seconds between the tries."""
        tries: list[datetime] = []
        for _ in range(50):
            self.now += timedelta(seconds=EVERY)
            before = self._sheet.asked
            done = self._worker.tick()
            if self._sheet.asked > before:
                assert done is None, "it went well"
                tries.append(self.now)
            if len(tries) == count:
                return [(b - a).total_seconds() for a, b in pairwise(tries)]
        raise AssertionError("the worker gave up")

    def poll(self) -> None:
        """One poll that goes well."""
        self.now += timedelta(seconds=EVERY)
        assert self._worker.tick() is not None

    def read(self) -> Reading:
        """The sheet as it stands."""
        return self._sheet.read()

    def recover(self) -> None:
        """The trouble is over; after the longest wait the worker does what is left to do."""
        self.place.heal()
        self._sheet.wait(PATIENCE)
        for _ in range(4):
            self.now += timedelta(seconds=LONGEST_WAIT_SECONDS + 1)
            assert self._worker.tick() is not None

    def status(self) -> dict[str, Any]:
        """What `status --json` says."""
        with self.place.state() as state:
            return status_facts(state, "UTC", self.now)

    def close(self) -> None:
        self._app.state.close()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer("orders@desk.example", ZoneInfo(ZONE))


@pytest.fixture
def shift(place_of_work: Premises, renderer: Renderer, tmp_path: Path) -> Iterator[Shift]:
    made = Shift(place_of_work.workplace(tmp_path), renderer)
    yield made
    made.place.heal()
    made.close()


def arrived(place: Workplace) -> None:
    """Both orders are through: one row and one number each, and their four mails, once."""
    rows = [row for row in place.rows(CONTRACTS.key) if row.get("notes") != "old"]
    assert Counter(tags(rows)) == {"typed": 1, "sent": 1}, "lost, or doubled"
    assert len({row["order_no"] for row in rows}) == len({row["row_id"] for row in rows}) == 2
    assert all(str(row["mail_status"]).count("✓") == 2 for row in rows), rows
    assert not any("problem" in row for row in rows)
    letters = place.letters()
    assert len(set(letters)) == len(letters) == 4
    with place.state() as state:
        assert state.counts()["mail.sent"] == 4


@pytest.mark.parametrize("name", READS)
def test_a_sheet_that_cannot_be_read_is_told_waited_for_and_survived(name: str, shift: Shift) -> None:
    fault, words = READS[name]
    shift.meet(READ, fault)
    assert shift.attempts(4) == [30, 60, 120]
    status = shift.status()
    assert re.search(words, status["failing"]), status["failing"]
    assert status["failures_in_a_row"] == 4
    assert shift.place.letters() == []
    shift.recover()
    assert shift.status()["failing"] == ""
    arrived(shift.place)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_sheet_that_cannot_be_written_is_told_waited_for_and_survived(name: str, shift: Shift) -> None:
    fault, words = ANSWERS[name]
    shift.meet(WRITE, fault)
    assert shift.attempts(4) == [30, 60, 120]
    status = shift.status()
    assert re.search(words, status["failing"]), status["failing"]
    assert shift.place.letters() == [], "mail left before its number stood in the sheet"
    shift.recover()
    assert shift.status()["failing"] == ""
    arrived(shift.place)


@pytest.mark.parametrize("name", UNCLEAR)
def test_a_write_whose_answer_is_lost_is_looked_for_and_not_made_twice(name: str, shift: Shift) -> None:
    fault, words = UNCLEAR[name]
    shift.meet(WRITE, {"when": "after", **fault}, times=1)
    shift.attempts(1)
    assert re.search(words, shift.status()["failing"])
    shift.recover()
    arrived(shift.place)


@contextmanager
def dripping(head: bool) -> Iterator[int]:
    """The port of a server that says a byte every twentieth of a second: of its headers, or of the body only."""
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    over = threading.Event()

    class Drip(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            with suppress(OSError):
                self.request.sendall(b"" if head else whole)
                for byte in itertools.cycle(whole if head else b" "):
                    if over.wait(0.05):
                        return
                    self.request.sendall(bytes([byte]) if not head else b"x")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Drip) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield int(server.server_address[1])
        over.set()
        server.shutdown()


@contextmanager
def full() -> Iterator[int]:
    """The port of a server that takes no connection any more, as when a firewall swallows them."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield int(server.getsockname()[1])
        for one in waiting:
            one.close()


@contextmanager
def nobody() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    yield port


@pytest.mark.parametrize(
    ("server", "words"),
    [
        pytest.param(nobody, "cannot be reached", id="refused"),
        pytest.param(full, "cannot be reached", id="connection timeout"),
        pytest.param(partial(dripping, head=True), "did not answer: TooSlow", id="headers drip"),
        pytest.param(partial(dripping, head=False), "broke off: TooSlow", id="body drips"),
    ],
)
def test_a_server_that_is_no_server_is_told_waited_for_and_survived(
    server: Callable[[], AbstractContextManager[int]],
    words: str,
    shift: Shift,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.adapters.sheets_http._WHOLE_ANSWER_SECONDS", 0.3)
    with server() as port:
        shift.lead_to(port)
        assert shift.attempts(3) == [30, 60]
        status = shift.status()
        assert re.search(words, status["failing"]), status["failing"]
        assert status["failures_in_a_row"] == 3
    shift.lead_back()
    shift.recover()
    assert shift.status()["failing"] == ""
    arrived(shift.place)


def test_a_tab_that_is_deleted_and_laid_out_again_costs_no_order(shift: Shift) -> None:
    """The rows went with it; what the bot had promised before is sent all the same, and nothing is promised twice."""
    shift.recover()
    arrived(shift.place)
    contracts = next(s for s in shift.about().sheets if s.title == CONTRACTS.en)
    shift.change({"deleteSheet": {"sheetId": contracts.sheet_id}})
    for _ in range(3):
        shift.poll()
    assert "tab:contracts" in shift.status()["held"]
    shift.change({"addSheet": {"properties": {"title": CONTRACTS.en, "sheetId": 4711}}})
    initialise(shift.app)
    for _ in range(3):
        shift.poll()
    assert len(shift.place.letters()) == 4, "somebody was mailed twice"
    shift.place.add(CONTRACTS.key, line("typed into the new tab"))
    shift.recover()
    assert len({body for _, body in shift.place.letters()}) == 4


def test_an_empty_answer_to_a_write_that_happened_is_an_answer(shift: Shift) -> None:
    shift.place.fault({"match": WRITE, "times": ALWAYS, "when": "after", "body": "{}"})
    for _ in range(3):
        shift.poll()
    assert shift.status()["failing"] == ""
    arrived(shift.place)


def test_a_lost_write_of_the_e_mail_cells_costs_no_second_mail(shift: Shift) -> None:
    shift.place.fault({"match": WRITE, "times": 1, "skip": 1, "status": 503})
    shift.poll()
    assert shift.status()["counts"]["mail.sent"] == 4
    assert [str(row["mail_status"])[:6] for row in shift.place.rows(CONTRACTS.key)[1:]] == [
        "queued",
        "queued",
    ]
    shift.recover()
    arrived(shift.place)


@pytest.mark.parametrize("call", [READ, WRITE])
def test_a_sheet_that_names_a_time_is_left_alone_until_then(call: str, shift: Shift) -> None:
    shift.place.fault({"match": call, "times": ALWAYS, "status": 429, "retry_after": 145})
    assert shift.attempts(3) == [150, 150]
    shift.recover()
    arrived(shift.place)


def test_no_wait_is_longer_than_people_have_patience_for(shift: Shift) -> None:
    shift.place.fault({"match": READ, "times": ALWAYS, "status": 429, "retry_after": 86_400})
    assert shift.attempts(3) == [LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]


def test_tabs_that_come_without_values_hold_everything_and_are_told_once(shift: Shift) -> None:
    reading = shift.read()
    shift.place.fault({"match": READ, "times": ALWAYS, "body": without_values(reading)})
    for _ in range(3):
        shift.poll()
    assert {"header:contracts", "header:customers"} <= shift.status()["held"].keys()
    shift.recover()
    assert shift.status()["held"] == {}
    arrived(shift.place)


def without_values(reading: Reading) -> str:
    """The answer with its ranges and nothing in them."""
    found = json.loads(unpacked(reading.body, reading.encoding))
    ranges = [{k: v for k, v in r.items() if k != "values"} for r in found["valueRanges"]]
    return json.dumps(found | {"valueRanges": ranges})


# ── run --once ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def place(place_of_work: Premises, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Workplace]:
    made = place_of_work.workplace(tmp_path)
    assert made.run("init") == 0
    capsys.readouterr()
    made.add(CONTRACTS.key, line("typed"))
    made.add(ORDER_ENTRY.key, answer("sent"))
    yield made
    made.heal()


@pytest.mark.parametrize(
    ("call", "name"),
    [(READ, name) for name in READS if name != "timeout"]
    + [(WRITE, name) for name in ("503", "403", "drop")],
)
def test_a_run_from_cron_says_what_failed_and_the_next_one_does_the_work(
    call: str, name: str, place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    fault, words = READS[name]
    place.fault({"match": call, "times": ALWAYS, **fault})
    assert place.run("run", "--once") == (2 if name in MENDABLE else 3)
    told = capsys.readouterr().err
    assert re.search(words, told.replace("\n  → ", " ")), told
    assert "Traceback" not in told
    place.heal()
    assert place.run("run", "--once") == 0
    assert place.run("status") == 0
    assert "failing" not in capsys.readouterr().out
    arrived(place)
