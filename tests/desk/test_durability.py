import signal
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

ROOT = Path(__file__).parents[2]
START = "import sys; from pathlib import Path; from bot.desk import serve; serve(0, 0, Path(sys.argv[1]))"


def start(data: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(data)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.split()[1]


def test_killing_the_desk_loses_no_acknowledged_write(tmp_path: Path) -> None:
    process, url = start(tmp_path)
    made = requests.post(f"{url}/v4/spreadsheets", json={}, timeout=10).json()["spreadsheetId"]
    acknowledged = []
    enough = threading.Event()

    def write() -> None:
        session = requests.Session()
        for number in range(10_000):
            params = {"valueInputOption": "RAW"}
            body = {"values": [[number]]}
            try:
                answer = session.post(
                    f"{url}/v4/spreadsheets/{made}/values/A1:append", json=body, params=params, timeout=10
                )
            except requests.ConnectionError:
                return
            if answer.status_code == 200:
                acknowledged.append(number)
            if len(acknowledged) == 100:
                enough.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert enough.wait(30)
    process.kill()
    process.wait()
    writer.join()

    with Desk(data=tmp_path) as again:
        read = requests.get(
            f"{again.url}/v4/spreadsheets/{made}/values/A1:A?valueRenderOption=UNFORMATTED_VALUE", timeout=10
        ).json()
    kept = [row[0] for row in read["values"]]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) <= 1  # one may have been stored and not yet answered


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_desk_quickly_and_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    process, url = start(tmp_path)
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


def test_eight_threads_appending_lose_none(book: Workbook) -> None:
    def write(name: int) -> None:
        mine = Workbook(book.desk, book.id)
        for number in range(25):
            mine.append("A1", [[f"{name}-{number}"]], insertDataOption="INSERT_ROWS")

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = [row[0] for row in book.read("A1:A")]
    assert sorted(read) == sorted(f"{name}-{number}" for name in range(8) for number in range(25))


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
