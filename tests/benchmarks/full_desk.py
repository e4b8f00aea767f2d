"""A desk in its own process with a workbook of any size, and workers to run against it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import yaml

from bot.adapters.database import open_state
from bot.adapters.google_sheets import GoogleWorkbook
from bot.layout.structure import missing_layout
from bot.projection import Marker, SetMarker
from bot.survey import unpacked
from sheets_schema import BY_KEY, CONTRACTS, TABS, Cell
from tests.benchmarks.big_book import LANGUAGE, BigBook, remember_old_orders

ROOT = Path(__file__).resolve().parents[2]
_ROWS_A_REQUEST = 20_000


@dataclass(frozen=True)
class FullDesk:
    """Where the desk answers, its workbook, and the state that knows every old row."""

    url: str
    smtp_port: int
    key: str
    #: A database to copy; workers change theirs.
    remembered: Path
    #: Rows in use in Contract Orders, the header counted.
    height: int

    def workbook(self) -> GoogleWorkbook:
        """The workbook as the bot speaks to it."""
        return GoogleWorkbook(self.key, self.url)

    def copy_of_state(self, folder: Path) -> str:
        """The address of a state of one's own."""
        return f"sqlite:///{shutil.copy(self.remembered, folder / 'bot.db')}"

    def write(self, tab: str, row: int, rows: list[list[Cell]]) -> None:
        """Whole rows, as a person would paste them."""
        where = quote(f"'{BY_KEY[tab].title(LANGUAGE)}'!A{row}")
        path = f"/v4/spreadsheets/{self.key}/values/{where}?valueInputOption=RAW"
        self.call("PUT", path, {"values": rows})

    def height_now(self) -> int:
        """Rows in use in Contract Orders by now."""
        where = quote(f"'{CONTRACTS.title(LANGUAGE)}'!D:D")
        return len(self.call("GET", f"/v4/spreadsheets/{self.key}/values/{where}")["values"])

    def requests(self) -> list[dict[str, Any]]:
        """What was asked of the desk since `forget_requests`."""
        found = self.call("GET", "/_desk/requests")
        assert isinstance(found, list)
        return found

    def forget_requests(self) -> None:
        """Begin the list anew."""
        self.call("DELETE", "/_desk/requests")

    def mails(self) -> list[dict[str, Any]]:
        """What has arrived."""
        found = self.call("GET", "/_desk/mail")
        assert isinstance(found, list)
        return found

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One request to the desk."""
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.url + path, data, method=method), timeout=120) as answer:  # noqa: S310 - our own address
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def full_desk(folder: Path, old_orders: int) -> Iterator[FullDesk]:
    """Start a desk, fill it, and remember every row of it as mailed and done."""
    port, smtp_port = free_port(), free_port()
    ports = ["--port", str(port), "--smtp-port", str(smtp_port)]
    with child("desk", *ports, "--data", str(folder / "desk")):
        url = f"http://127.0.0.1:{port}"
        wait_for_port(port)
        desk = FullDesk(url, smtp_port, "", folder / "remembered.db", old_orders + 1)
        wanted = {"title": "Years", "timezone": "Asia/Shanghai", "locale": "zh_CN"}
        key = desk.call("POST", "/_desk/workbooks", wanted)["id"]
        desk = FullDesk(url, smtp_port, key, desk.remembered, desk.height)
        _fill(desk, BigBook(old_orders))
        yield desk


def _fill(desk: FullDesk, book: BigBook) -> None:
    workbook = desk.workbook()
    ids = iter(range(101, 200))
    layout = missing_layout(workbook.about(layout=True), LANGUAGE, lambda: next(ids))
    workbook.build(layout.requests)
    contracts = next(s for s in workbook.about().sheets if s.title == CONTRACTS.title(LANGUAGE))
    grow = {"sheetId": contracts.sheet_id, "dimension": "ROWS", "length": desk.height}
    workbook.build([{"appendDimension": grow}])
    for tab in TABS:
        rows = book.rows(tab.key)[1:]
        for start in range(0, len(rows), _ROWS_A_REQUEST):
            desk.write(tab.key, start + 2, rows[start : start + _ROWS_A_REQUEST])
    workbook.write([SetMarker(Marker("2025-01-01T00:00:00+00:00"))])
    reading = workbook.read()
    state = open_state(f"sqlite:///{desk.remembered}")
    remember_old_orders(unpacked(reading.body, reading.encoding), state, desk.key)
    state.close()


@contextmanager
def worker(desk: FullDesk, folder: Path, config: Mapping[str, Any] | None = None) -> Iterator[int]:
    """A worker in its own process on a state that knows the workbook; its process id."""
    usual: dict[str, Any] = {
        "workbook": {"id": desk.key, "endpoint": desk.url},
        "state": desk.copy_of_state(folder),
        "poll": {"every": 1, "settle": 1},
        "mail": {
            "host": "127.0.0.1", "port": desk.smtp_port, "security": "none",
            "sender": "Order Desk <orders@desk.example>", "per_minute": 10_000, "per_hour": 10_000, "per_day": 10_000,
            "per_customer": 0,
        },
    }  # fmt: skip
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(usual | dict(config or {}), allow_unicode=True), encoding="utf-8")
    with child("--config", str(path), "run") as pid:
        yield pid


@contextmanager
def child(*arguments: str) -> Iterator[int]:
    """`python -m bot …` until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments], cwd=ROOT, env=os.environ | {"DATABASE_URL": ""},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process.pid
        assert process.poll() is None, f"{arguments} ended by itself"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, seconds: float = 30) -> None:
    """Until somebody answers there."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < until, "nobody listens"
            time.sleep(0.05)
        else:
            return
