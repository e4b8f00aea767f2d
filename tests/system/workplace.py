"""A team's place of work for tests over processes: a workbook on a desk, a config file, and people who type.

The sheet is spoken to over HTTP and the program is run by its command line, in a process of its own where a test
kills or stops it, and within this one where only its words and its exit status matter.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import structlog
import yaml

from bot.__main__ import main
from bot.adapters.database import open_state
from bot.adapters.google_sheets import GoogleWorkbook
from bot.desk import Desk
from bot.layout.structure import missing_layout
from bot.ports import State
from sheets_schema import BY_KEY, CONTRACTS, CUSTOMERS, ORDER_ENTRY, PRODUCTS, TEAM, Cell
from sheets_schema.cells import datetime_serial

Row = dict[str, Cell]
ZONE = "Asia/Shanghai"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Workplace:
    """One workbook with a bot of its own; `folder` holds its config and, unless told otherwise, its state."""

    desk: Desk
    key: str
    folder: Path
    #: Sections of the config that differ from the usual.
    config: Mapping[str, Any] = field(default_factory=dict)
    state_url: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state_url = self.state_url or f"sqlite:///{self.folder}/bot.db"
        # The desk has one mailbox for all; who wrote a mail tells whose it is.
        self.sender = f"orders-{uuid.uuid4().hex[:8]}@desk.example"
        mail = {"host": "127.0.0.1", "port": self.desk.smtp_port, "security": "none", "sender": self.sender}
        usual: dict[str, Any] = {
            "workbook": {"id": self.key, "endpoint": self.desk.url},
            "language": "en",
            "timezone": ZONE,
            "state": self.state_url,
            "poll": {"every": 1, "settle": 0, "flood": 1000},
            "mail": {**mail, "per_minute": 10_000, "per_hour": 10_000, "per_day": 10_000, "per_customer": 0},
        }
        for section, values in self.config.items():
            usual[section] = {**usual.get(section, {}), **values} if isinstance(values, dict) else values
        self.config_path.write_text(yaml.safe_dump(usual), encoding="utf-8")

    @property
    def config_path(self) -> Path:
        """Where the config is."""
        return self.folder / "config.yaml"

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, tab: str, row: int, cells: Row) -> None:
        """Type these cells of one row, 1-based; "" empties a cell."""
        values = [[cells.get(f.key) for f in BY_KEY[tab].fields]]
        where = quote(f"'{BY_KEY[tab].en}'!A{row}")
        self._call("PUT", f"/values/{where}?valueInputOption=RAW", {"values": values})

    def add(self, tab: str, *rows: Row) -> None:
        """Add rows below the others, as a form does: where that is the server knows."""
        values = [[cells.get(f.key, "") for f in BY_KEY[tab].fields] for cells in rows]
        where = quote(f"'{BY_KEY[tab].en}'!A1")
        options = "valueInputOption=RAW&insertDataOption=INSERT_ROWS"
        self._call("POST", f"/values/{where}:append?{options}", {"values": values})

    def rows(self, tab: str) -> list[Row]:
        """The rows that stand in a tab, top to bottom, without the header; blank cells left out."""
        where = quote(f"'{BY_KEY[tab].en}'")
        values = self._call("GET", f"/values/{where}?valueRenderOption=UNFORMATTED_VALUE").get("values", [])
        keys = [f.key for f in BY_KEY[tab].fields]
        return [{k: c for k, c in zip(keys, row, strict=False) if c != ""} for row in values[1:]]

    def furnish(self) -> None:
        """The sample company and one old order."""
        self.write(TEAM.key, 2, {"name": "Anna Berg", "email": "anna@sales.example", "active": True})
        customer = {"customer_no": "C-1", "customer": "Nordlicht", "email": "weber@nordlicht.example"}
        self.write(CUSTOMERS.key, 2, dict(customer))
        self.write(
            PRODUCTS.key, 2, {"product": "Workstation", "unit": "pc", "unit_price": 1200, "active": True}
        )
        self.write(CONTRACTS.key, 2, line("old") | {"order_no": "OLD-1", "amount": 1200})

    # ── the desk ────────────────────────────────────────────────────────────────────────────────────────────

    def fault(self, *faults: Mapping[str, Any]) -> None:
        """Trouble to come, for this workbook alone: `match` is the part of the address behind its key."""
        mine = [{**f, "match": f"{self.key}{f['match']}"} for f in faults]
        self._desk("PUT", "/_desk/faults", mine)

    def heal(self) -> None:
        """No more trouble."""
        self._desk("DELETE", "/_desk/faults")

    def requests(self) -> list[dict[str, Any]]:
        """The calls that came for this workbook since the desk opened."""
        # Copied first: the desk's own thread goes on adding to them.
        return [r for r in self.desk._running.parts.requests.copy() if self.key in r["path"]]

    def letters(self) -> list[tuple[str, bytes]]:
        """Recipient and bytes of every mail of this bot in the desk's mailbox, oldest first."""
        mailbox = self.desk._running.parts.mailbox
        mine = [m for m in reversed(mailbox.mails()) if m["from"] == self.sender]
        return [(m["to"][0], mailbox.raw(m["id"]) or b"") for m in mine]

    # ── the program ─────────────────────────────────────────────────────────────────────────────────────────

    def run(self, *command: str) -> int:
        """One command in this process, for its words and its exit status; it leaves this process as it was."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        words = structlog.get_config()
        try:
            return main(["--config", str(self.config_path), *command])
        except SystemExit as end:
            return int(end.code or 0)
        finally:
            structlog.configure(**words)
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        """A process of the program, its log in `folder`."""
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith("BOT_") and k != "DATABASE_URL"
        }
        log = (self.folder / "log").open("ab")
        try:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", "--config", str(self.config_path), *command],
                cwd=ROOT, env={**environment, **more}, stdout=log, stderr=log,
            )  # fmt: skip
        finally:
            log.close()

    def log(self) -> str:
        """What its processes have said."""
        return (self.folder / "log").read_text(encoding="utf-8")

    @contextmanager
    def state(self) -> Iterator[State]:
        """Its memory, as another process sees it."""
        state = open_state(self.state_url)
        try:
            yield state
        finally:
            state.close()

    def _call(self, method: str, path: str, body: object = None) -> Any:
        return self._desk(method, f"/v4/spreadsheets/{self.key}{path}", body)

    def _desk(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.desk.url}{path}", data, method=method)  # noqa: S310 - our own address
        with urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
            return json.loads(answer.read() or b"null")


@dataclass
class Premises:
    """A desk, and workplaces on it that are copies of one workbook."""

    desk: Desk
    original: str

    def workplace(
        self, folder: Path, config: Mapping[str, Any] | None = None, state_url: str = ""
    ) -> Workplace:
        """A new workbook with the sample company, which no bot has met yet."""
        copy = Request(f"{self.desk.url}/drive/v3/files/{self.original}/copy", b"{}", method="POST")  # noqa: S310 - our own address
        with urlopen(copy, timeout=10) as answer:  # noqa: S310 - our own address
            key = json.loads(answer.read())["id"]
        return Workplace(self.desk, key, folder, config or {}, state_url)


@contextmanager
def premises(folder: Path) -> Iterator[Premises]:
    """A desk with a workbook that is laid out and filled, to be copied: laying one out takes a second."""
    with Desk(data=folder) as desk:
        original = desk.workbook("Orders", ZONE, "en_US")
        workbook = GoogleWorkbook(original, desk.url)
        layout = missing_layout(workbook.about(layout=True), "en", iter(range(101, 200)).__next__)
        workbook.build(layout.requests)
        workbook.build([_shorter(sheet.sheet_id) for sheet in workbook.about().sheets])
        Workplace(desk, original, folder / "original").furnish()
        yield Premises(desk, original)


def _shorter(sheet_id: int) -> dict[str, Any]:
    """Fewer rows than `init` makes, which are quicker to copy; the grid grows when rows are added."""
    grid = {"sheetId": sheet_id, "gridProperties": {"rowCount": 30}}
    return {"updateSheetProperties": {"properties": grid, "fields": "gridProperties.rowCount"}}


def line(tag: str, *, quantity: int = 1) -> Row:
    """What a person types for one order; the tag stands in a cell that the bot leaves alone."""
    return {
        "customer": "Nordlicht",
        "product": "Workstation",
        "quantity": quantity,
        "salesperson": "Anna Berg",
        "notes": tag,
    }


def answer(tag: str) -> Row:
    """The same as a form answer."""
    now = datetime.now(UTC).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    return line(tag) | {"timestamp": datetime_serial(now)}


def tags(rows: Sequence[Row]) -> list[str]:
    """The tags of these rows, in their order."""
    return [str(row.get("notes", "")) for row in rows]


__all__ = [
    "CONTRACTS",
    "ORDER_ENTRY",
    "ZONE",
    "Premises",
    "Row",
    "Workplace",
    "answer",
    "line",
    "premises",
    "tags",
]
