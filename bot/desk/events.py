"""Tells watching browsers that a workbook or the mailbox changed, as server-sent events.

An event carries the present state (a revision, the newest mail), not what happened. So a thousand changes
between two looks are one event, and a browser that comes back needs no history.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson

from bot.desk.access.users import User
from bot.desk.mail.mailbox import Mailbox
from bot.desk.store import Store
from bot.desk.wire import Call

HEARTBEAT = 15.0  #: seconds; a comment, so that a connection that died is noticed
PAUSE = 0.04  #: seconds between two looks of one watcher, in which changes gather
RETRY = 1000  #: milliseconds a browser waits before it connects again
MAIL = "mail"
CHANGE = "change"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class _Watcher:
    """One browser's stream: whether there is something to look at, settable from any thread."""

    def __init__(self, book: str, user: User):
        self.book = book  #: a spreadsheet's id; "" watches all of them
        self.user = user
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._told = False
        self.closed = False

    def tell(self) -> None:
        """Wake the stream up; once is enough until it has looked."""
        if not self._told:
            self._told = True
            with suppress(RuntimeError):  # the loop is closed: the desk has stopped, nobody is left to hear
                self._loop.call_soon_threadsafe(self._news.set)

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._told = False
        self.tell()

    async def news(self, patience: float) -> bool:
        """Wait until there is something to look at; whether there was."""
        try:
            await asyncio.wait_for(self._news.wait(), patience)
        except TimeoutError:
            return False
        self._news.clear()
        self._told = False
        return True


class Events:
    """Everybody who watches."""

    def __init__(self, store: Store, mailbox: Mailbox):
        self._store = store
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._watchers: set[_Watcher] = set()
        self._closed = False
        store.heard = self.book_changed
        mailbox.heard = self.mail_changed

    def book_changed(self, book: str) -> None:
        """A workbook was made, changed or removed."""
        self._tell(lambda watcher: watcher.book in {"", book})

    def mail_changed(self) -> None:
        """A mail arrived, in whichever thread, or the mailbox was emptied."""
        self._tell(lambda _: True)

    def close(self) -> None:
        """End all streams; later ones end at once."""
        with self._lock:
            self._closed = True
            for watcher in self._watchers:
                watcher.close()

    def _tell(self, concerns: Callable[[_Watcher], bool]) -> None:
        if not self._watchers:
            return
        with self._lock:
            for watcher in self._watchers:
                if concerns(watcher):
                    watcher.tell()

    async def stream(self, call: Call, receive: Receive, send: Send) -> None:
        """Serve `/_desk/events?book=ID` until the browser goes or the desk stops."""
        watcher = _Watcher(call.get("book") or "", call.user)
        gone = asyncio.ensure_future(_gone(receive, watcher))
        with self._lock:
            self._watchers.add(watcher)
            watcher.closed = self._closed
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._tell_all(watcher, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            with self._lock:
                self._watchers.discard(watcher)
            gone.cancel()

    async def _tell_all(self, watcher: _Watcher, send: Send) -> None:
        told: dict[tuple[str, str], bytes] = {}
        await _body(send, f"retry: {RETRY}\n\n".encode())
        while not watcher.closed:
            state = self._state(watcher)
            news = [(key, data) for key, data in state.items() if told.get(key) != data]
            if news:
                told = state
                await _body(send, b"".join(_event(kind, data) for (kind, _), data in news))
            await asyncio.sleep(PAUSE)
            if not watcher.closed and not await watcher.news(HEARTBEAT):
                await _body(send, b": still here\n\n")

    def _state(self, watcher: _Watcher) -> dict[tuple[str, str], bytes]:
        """What there is to know now, by event and workbook."""
        books = self._store.workbooks
        watched = (
            list(books.values())
            if not watcher.book
            else [books[watcher.book]]
            if watcher.book in books
            else []
        )
        state = {
            (CHANGE, book.id): orjson.dumps({"book": book.id, "revision": book.revision})
            for book in self._store.sharing.seen_by(watcher.user, watched)
        }
        newest, count = self._mailbox.extent()
        state[MAIL, ""] = orjson.dumps({"newest": newest, "count": count})
        return state


async def _gone(receive: Receive, watcher: _Watcher) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    watcher.close()


async def _body(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _event(kind: str, data: bytes) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]
