"""The heartbeat: pings what it is told to, no oftener than once a minute, within a deadline, and says no secret."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.watching import heartbeat
from bot.watching.heartbeat import Heartbeat

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECRET = "9f1c-canary"
Answer = Callable[[socket.socket], None]


@dataclass
class Listener:
    """A server on this machine that notes what it is asked."""

    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ping/{SECRET}?rid=1"


def says(text: str) -> Answer:
    return lambda connection: connection.sendall(text.encode())


@contextmanager
def listening(answer: Answer) -> Iterator[Listener]:
    server = socket.create_server(("127.0.0.1", 0))
    listener = Listener(server.getsockname()[1])

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                listener.asked.append(connection.recv(4096).decode().partition("\r\n")[0])
                try:
                    answer(connection)
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener
    server.close()


def pinged(url: str, *moments: tuple[int, bool]) -> None:
    """Cycles that end at these seconds, well or not."""
    beat = Heartbeat(url)
    for seconds, is_well in moments:
        beat.beat(NOON + timedelta(seconds=seconds), is_well=is_well)
        beat.finish()


def test_a_good_cycle_is_told_once_a_minute_and_a_bad_time_at_once() -> None:
    with listening(says("HTTP/1.1 200 OK\r\n\r\n")) as listener, capture_logs() as logs:
        pinged(
            listener.url, (0, True), (30, True), (59, True), (60, True), (70, False), (75, False), (80, True)
        )
    well, bad = f"GET /ping/{SECRET}?rid=1 HTTP/1.1", f"GET /ping/{SECRET}/fail?rid=1 HTTP/1.1"
    assert listener.asked == [well, well, bad, well]
    assert logs == []


def test_a_redirect_is_not_followed() -> None:
    with listening(says("HTTP/1.1 200 OK\r\n\r\n")) as other:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {other.url}\r\n\r\n"
        with listening(says(moved)) as listener, capture_logs() as logs:
            pinged(listener.url, (0, True))
    assert (len(listener.asked), other.asked) == (1, [])
    assert logs == [{"event": "heartbeat_failed", "status": 302, "log_level": "warning"}]


@pytest.mark.parametrize(
    "answer",
    [
        says(""),
        says("HTTP/1.1 500 Oh\r\n\r\n"),
        says("SSH-2.0\r\n"),
        says("HTTP/1.1 many\r\n"),
        says("HTTP/1.1\r\n"),
    ],
    ids=["nothing", "500", "no HTTP", "no number", "no status"],
)
def test_what_goes_wrong_is_logged_without_the_address(answer: Answer) -> None:
    with listening(answer) as listener, capture_logs() as logs:
        pinged(listener.url, (0, True))
    assert [line["event"] for line in logs] == ["heartbeat_failed"]
    assert SECRET not in str(logs)


def test_nobody_there_is_logged_without_the_address() -> None:
    with listening(says("")) as gone:
        pass
    with capture_logs() as logs:
        pinged(gone.url, (0, True))
    assert [line["event"] for line in logs] == ["heartbeat_failed"]
    assert SECRET not in str(logs)


def test_an_answer_that_never_ends_is_left_at_the_deadline_and_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heartbeat, "DEADLINE_SECONDS", 0.3)
    released = threading.Event()

    def drip(connection: socket.socket) -> None:
        while not released.wait(0.02):
            connection.sendall(b"H")

    with listening(drip) as listener, capture_logs() as logs:
        beat = Heartbeat(listener.url)
        began = time.monotonic()
        beat.beat(NOON, is_well=True)
        assert time.monotonic() - began < 0.25, "the cycle waited"
        beat.beat(NOON + timedelta(minutes=2), is_well=True)
        assert beat._thread is not None
        beat._thread.join(5)
        took = time.monotonic() - began
        released.set()
    assert took < 2
    assert len(listener.asked) == 1, "pinged again while the last one hung"
    assert logs == [{"event": "heartbeat_failed", "error": "TimeoutError", "log_level": "warning"}]
    assert beat._thread.daemon, "the worker's end would wait for it"
