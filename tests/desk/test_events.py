"""What a browser that watches hears, and how soon."""

import json
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from bot.desk import Desk
from bot.desk.access.accounts import Account
from tests.desk.client import Workbook

Event = tuple[str, dict[str, Any]]
SOON = 5.0  #: seconds until a test gives up


class Watcher:
    """A stream of events, read in a thread of its own."""

    def __init__(self, desk: Desk, book: str = "", cookie: str = "") -> None:
        self.events: list[Event] = []
        self.times: list[float] = []
        self.ended = threading.Event()
        self._socket = socket.create_connection(("127.0.0.1", urlsplit(desk.url).port or 0), timeout=SOON)
        head = f"GET /_desk/events?book={book} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
        self._socket.sendall(head.encode())
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        kind = ""
        with suppress(OSError), self._socket.makefile(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ").strip()
                elif line.startswith("data: "):
                    self.times.append(time.perf_counter())
                    self.events.append((kind, json.loads(line.removeprefix("data: "))))
        self.ended.set()

    def heard(self, wanted: Callable[[Event], bool]) -> float:
        """Wait for an event; returns when it came."""
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            for event, moment in zip(list(self.events), list(self.times), strict=False):
                if wanted(event):
                    return moment
            time.sleep(0.002)
        raise AssertionError(f"not heard among {self.events}")

    def close(self) -> None:
        with suppress(OSError):  # the desk may have ended it already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(SOON)
        self._socket.close()


@pytest.fixture
def watch(own_desk: Desk) -> Iterator[Callable[..., Watcher]]:
    watchers: list[Watcher] = []

    def watching(book: str = "") -> Watcher:
        watchers.append(Watcher(own_desk, book))
        watchers[-1].heard(lambda event: event[0] == "mail")
        return watchers[-1]

    yield watching
    for watcher in watchers:
        watcher.close()


@pytest.fixture
def own_book(own_desk: Desk) -> Workbook:
    return Workbook(own_desk, own_desk.workbook("Orders"))


def send_mail(desk: Desk) -> None:
    message = EmailMessage()
    message.set_content("hello")
    with smtplib.SMTP("127.0.0.1", desk.smtp_port) as connection:
        connection.send_message(message, "a@example.com", ["b@example.com"])


def test_the_present_state_comes_first(own_book: Workbook, watch: Callable[..., Watcher]) -> None:
    own_book.write("A1", [["x"]])
    watcher = watch(own_book.id)
    assert watcher.events == [
        ("change", {"book": own_book.id, "revision": 1}),
        ("mail", {"newest": 0, "count": 0}),
    ]


def test_every_change_is_heard(own_book: Workbook, watch: Callable[..., Watcher]) -> None:
    watcher = watch(own_book.id)
    for revision in range(1, 6):
        own_book.write("A1", [[revision]])
        watcher.heard(lambda event, r=revision: event[1].get("revision") == r)


def test_a_mail_is_heard_of_and_so_is_an_emptied_mailbox(
    own_desk: Desk, watch: Callable[..., Watcher]
) -> None:
    watcher = watch()
    send_mail(own_desk)
    watcher.heard(lambda event: event == ("mail", {"newest": 1, "count": 1}))
    requests.delete(f"{own_desk.url}/_desk/mail", timeout=5)
    watcher.heard(lambda event: event == ("mail", {"newest": 0, "count": 0}))


def test_only_the_workbook_that_is_watched_is_told_of(
    own_desk: Desk, own_book: Workbook, watch: Callable[..., Watcher]
) -> None:
    other = Workbook(own_desk, own_desk.workbook("Other"))
    one, every = watch(own_book.id), watch()
    other.write("A1", [["x"]])
    own_book.write("A1", [["x"]])
    changed = ("change", {"book": other.id, "revision": 1})
    every.heard(lambda event: event == changed)
    one.heard(lambda event: event[1].get("revision") == 1)
    assert changed not in one.events


def test_a_refused_change_is_not_told(own_book: Workbook, watch: Callable[..., Watcher]) -> None:
    watcher = watch(own_book.id)
    own_book.refuse_batch({"deleteSheet": {"sheetId": 99}})
    own_book.write("A1", [["x"]])
    watcher.heard(lambda event: event[1].get("revision") == 1)
    assert len(watcher.events) == 3


def test_many_changes_are_few_events_and_the_last_one_is_told(
    own_book: Workbook, watch: Callable[..., Watcher]
) -> None:
    watcher = watch(own_book.id)
    start = time.perf_counter()
    for number in range(300):
        own_book.write("A1", [[number]])
    seconds = time.perf_counter() - start
    watcher.heard(lambda event: event[1].get("revision") == 300)
    changes = [event for event in watcher.events if event[0] == "change"]
    assert len(changes) <= seconds / 0.04 + 3
    assert len(changes) < 300


def test_a_stopping_desk_ends_the_streams(tmp_path: Path) -> None:
    with Desk(data=tmp_path) as desk:
        watchers = [Watcher(desk) for _ in range(5)]
        for watcher in watchers:
            watcher.heard(lambda event: event[0] == "mail")
    assert all(watcher.ended.wait(SOON) for watcher in watchers)


def test_a_browser_that_goes_is_forgotten(own_desk: Desk, watch: Callable[..., Watcher]) -> None:
    watcher = watch()
    events = own_desk._running.parts.events
    assert len(events._watchers) == 1
    watcher.close()
    deadline = time.monotonic() + SOON
    while events._watchers and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not events._watchers


def test_only_users_hear_and_only_of_workbooks_they_may_see(tmp_path: Path) -> None:
    users = [Account("ann@desk.example", "owner", "a" * 16), Account("bob@desk.example", "editor", "b" * 16)]
    with Desk(data=tmp_path, users=users) as desk:
        id_ = desk.workbook("Ann's")
        assert requests.get(f"{desk.url}/_desk/events", timeout=5).status_code in {401, 403}
        ann, bob = (Watcher(desk, cookie=f"desk-token={one.token}") for one in users)
        for watcher in (ann, bob):
            watcher.heard(lambda event: event[0] == "mail")
            watcher.close()
        assert ("change", {"book": id_, "revision": 0}) in ann.events
        assert [kind for kind, _ in bob.events] == ["mail"]


def test_watching_is_not_a_request_that_tests_count(own_desk: Desk, watch: Callable[..., Watcher]) -> None:
    watch()
    assert requests.get(f"{own_desk.url}/_desk/requests", timeout=5).json() == []
