"""A worker's polls in a process of their own, which says how much memory and how many files they leave behind.

    python -m tests.system.growing CONFIG ENDPOINT WARM POLLS

Before one poll somebody types an order, before the next one an old order's row is deleted: the workbook stays as large
as it is, so that what grows is the worker. Prints JSON: kilobytes and handles after the first part and at the end.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import structlog

from bot.app import build_app, load_settings
from bot.worker import Worker
from sheets_schema import CONTRACTS, Cell
from tests.system.workplace import line

#: Orders that stand in the workbook while the others come and go.
ORDERS = 40


@dataclass(frozen=True)
class Grown:
    """What some polls left behind."""

    polls: int
    mails: int
    kilobytes: int
    handles: int


class Typist:
    """One connection, over which cells are typed."""

    def __init__(self, endpoint: str, key: str) -> None:
        address = urlsplit(endpoint)
        self._connection = HTTPConnection(address.hostname or "", address.port)
        self._key = key

    def add(self, cells: Mapping[str, Cell]) -> None:
        """Type an order below the others."""
        where = quote(f"'{CONTRACTS.en}'!A1")
        body = {"values": [[cells.get(f.key, "") for f in CONTRACTS.fields]]}
        self._post(f"/values/{where}:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS", body)

    def delete(self, sheet: int, row: int) -> None:
        """Delete a row."""
        lines = {"sheetId": sheet, "dimension": "ROWS", "startIndex": row - 1, "endIndex": row}
        self._post(":batchUpdate", {"requests": [{"deleteDimension": {"range": lines}}]})

    def _post(self, path: str, body: object) -> None:
        self._connection.request("POST", f"/v4/spreadsheets/{self._key}{path}", json.dumps(body))
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said


def resident() -> int:
    """Kilobytes that this process holds."""
    gc.collect()
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def handles() -> int:
    """Files, sockets and pipes that are open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def main(config: Path, endpoint: str, warm: int, polls: int) -> list[Grown]:
    """Polls until everything was met once, and then those that count."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    settings = load_settings(config)
    app = replace(build_app(settings), reporter=None)
    worker, typist = Worker(app, 1), Typist(endpoint, settings.workbook.id)
    sheet = next(s.sheet_id for s in app.workbook.about().sheets if s.title == CONTRACTS.en)
    sent = 0

    def poll(number: int) -> None:
        nonlocal sent
        if number % 2:
            typist.delete(sheet, 3)
        else:
            typist.add(line(f"order {number}"))
        cycle = worker.tick()
        assert cycle is not None, "a poll failed"
        sent += cycle.delivered.sent

    for number in range(warm):
        poll(number)
    before = Grown(warm, sent, resident(), handles())
    for number in range(warm, warm + polls):
        poll(number)
    return [before, Grown(polls, sent - before.mails, resident(), handles())]


def told(answer: str) -> list[Grown]:
    """What the process has printed."""
    found: list[dict[str, Any]] = json.loads(answer)
    return [Grown(**one) for one in found]


if __name__ == "__main__":
    grown = main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(json.dumps([asdict(one) for one in grown]))
