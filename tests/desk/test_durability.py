import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from bot.desk import Desk
from tests.desk.client import Workbook, rows, text
from tests.desk.writers import appended

ROOT = Path(__file__).parents[2]
START = "import sys; from pathlib import Path; from bot.desk import serve; serve(0, 0, Path(sys.argv[1]))"


def start(data: Path) -> tuple[subprocess.Popen[str], str, int]:
    """A desk of its own process: where it answers HTTP, and its SMTP port."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(data)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    words = process.stdout.readline().split()
    return process, words[1], int(words[3].rpartition(":")[2])


class Load:
    """Threads that write and mail without a pause until the desk is gone, and what was acknowledged to them."""

    def __init__(self, url: str, smtp_port: int, book: str, name: str, enough: int):
        self.cells: list[tuple[str, str]] = []
        self.mails: list[str] = []
        self._enough = enough
        self.reached = threading.Event()
        self._threads = [
            *(threading.Thread(target=self._write, args=(url, book, f"{name}-{n}")) for n in range(4)),
            threading.Thread(target=self._mail, args=(smtp_port, name)),
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _look(self) -> None:
        if len(self.cells) >= self._enough and len(self.mails) >= self._enough // 10:
            self.reached.set()

    def _write(self, url: str, book: str, name: str) -> None:
        for written in appended(url, book, name, 1_000_000):
            self.cells.append(written)
            self._look()

    def _mail(self, port: int, name: str) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as connection:
                for number in range(1_000_000):
                    subject = f"{name}-{number}"
                    connection.sendmail("a@x.example", ["b@x.example"], f"Subject: {subject}\r\n\r\n.")
                    self.mails.append(subject)
                    self._look()
        except (smtplib.SMTPException, OSError):
            return


def test_killing_the_desk_under_load_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    book = ""
    cells: list[tuple[str, str]] = []
    mails: list[str] = []
    for round_ in range(3):
        process, url, smtp_port = start(tmp_path)
        if not book:
            book = requests.post(f"{url}/v4/spreadsheets", json={}, timeout=10).json()["spreadsheetId"]
        load = Load(url, smtp_port, book, f"r{round_}", enough=100)
        assert load.reached.wait(60)
        process.kill()
        process.wait()
        load.join()
        cells += load.cells
        mails += load.mails
        with Desk(data=tmp_path) as again:
            rows = Workbook(again, book).read("A1:B")
            kept = [one["subject"] for one in again.mails()]
        there = {
            f"{column}{number}": text
            for number, row in enumerate(rows, 1)
            for column, text in zip("AB", row, strict=False)
        }
        assert [(text, at) for text, at in cells if there.get(at) != text] == []
        # Each of the four writers may have had one write stored and not yet answered.
        assert len([text for text in there.values() if text]) - len(cells) <= 4 * (round_ + 1)
        assert set(mails) <= set(kept)
        assert len(kept) == len(set(kept)) <= len(mails) + round_ + 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_desk_quickly_and_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    process, url, _ = start(tmp_path)
    with requests.Session() as kept_alive:
        kept_alive.get(url, timeout=5)
        begun = time.perf_counter()
        process.send_signal(how)
        assert process.wait(5) == 0
    assert time.perf_counter() - begun < 2


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(OSError, match=f"Port {port} on 127.0.0.1 cannot be used"),
            Desk(tmp_path, port=port),
        ):
            pass


def edits(book: Workbook) -> None:
    """A little of everything that is stored in its own way."""
    book.write("A1", [["b", 1, "=1+1", "2024-01-15"], ["a", 2], [], ["last"]], "USER_ENTERED")
    metadata = {"metadataKey": "k", "location": {"dimensionRange": rows(1, 2)}, "visibility": "DOCUMENT"}
    book.batch(
        {"updateCells": {"start": {"rowIndex": 1}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}},
        {"addSheet": {"properties": {"title": "Team", "sheetId": 5}}},
        {"appendCells": {"sheetId": 5, "rows": [text("x", True)], "fields": "*"}},
        {"createDeveloperMetadata": {"developerMetadata": metadata}},
        {"insertDimension": {"range": rows(0, 1)}},
        {
            "updateDimensionProperties": {
                "range": rows(0, 1),
                "properties": {"pixelSize": 50},
                "fields": "pixelSize",
            }
        },
        {"moveDimension": {"source": rows(4, 5), "destinationIndex": 0}},
    )
    book.refuse_batch({"insertDimension": {"range": rows(0, 9)}}, {"deleteSheet": {"sheetId": 99}})
    book.batch({"deleteDimension": {"range": rows(3, 4)}}, {"deleteSheet": {"sheetId": 5}})


def test_a_restarted_desk_shows_the_same_workbook(tmp_path: Path, make_book: Callable[..., Workbook]) -> None:
    with Desk(data=tmp_path) as first:
        book = make_book(on=first)
        edits(book)
        before = book.ok("GET", "", includeGridData=True)
        # The address leads to the desk that is running, and the next one runs on another port.
        del before["spreadsheetUrl"]
    with Desk(data=tmp_path) as second:
        again = Workbook(second, book.id)
        after = again.ok("GET", "", includeGridData=True)
        assert after.pop("spreadsheetUrl").startswith(second.url)
        assert after == before
        again.write("A1", [["still writable"]])
    with Desk(data=tmp_path) as third:
        assert Workbook(third, book.id).read("A1") == [["still writable"]]


def test_a_deleted_workbook_stays_deleted(tmp_path: Path) -> None:
    with Desk(data=tmp_path) as first:
        id_ = first.workbook("Orders")
        assert requests.delete(f"{first.url}/drive/v3/files/{id_}", timeout=5).status_code == 204
    with Desk(data=tmp_path) as second:
        assert Workbook(second, id_).call("GET", "").status_code == 404
