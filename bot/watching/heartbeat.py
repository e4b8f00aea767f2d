"""Pings an address to say that cycles succeed, so that a service outside notices when they no longer do.

In a thread of its own, with a deadline for the whole exchange: neither a cycle nor the end of the worker waits for it.
Follows no redirects, knows no proxies, and never says the address, which is a secret.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import SplitResult, urlsplit

import structlog

#: For one ping from the first byte to the last, except that a name server may take its own time.
DEADLINE_SECONDS = 5.0
_OFTEN = timedelta(minutes=1)
_LONGEST_STATUS = 4096
_STATUS = re.compile(rb"HTTP/1\.\d (\d{3})\b")


class Heartbeat:
    """One address; pinged once a minute at most."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pinged: datetime | None = None
        self._is_well = True
        self._thread: threading.Thread | None = None

    def beat(self, now: datetime, *, is_well: bool) -> None:
        """Ping, unless it has just been done; news is told at once. An earlier ping that still hangs is left alone."""
        is_news = is_well != self._is_well
        just_done = self._pinged is not None and self._pinged <= now < self._pinged + _OFTEN
        if (just_done and not is_news) or (self._thread is not None and self._thread.is_alive()):
            return
        self._pinged, self._is_well = now, is_well
        self._thread = threading.Thread(
            target=_ping, args=(self._url, is_well), name="heartbeat", daemon=True
        )
        self._thread.start()

    def finish(self) -> None:
        """Wait for a ping that is under way, as a process must that is about to end."""
        if self._thread is not None:
            self._thread.join(DEADLINE_SECONDS)


def _ping(url: str, is_well: bool) -> None:
    try:
        status = _status_of(_address(url, is_well=is_well))
    except (OSError, ValueError) as error:
        structlog.get_logger("bot.heartbeat").warning("heartbeat_failed", error=type(error).__name__)
        return
    if not 200 <= status < 300:
        structlog.get_logger("bot.heartbeat").warning("heartbeat_failed", status=status)


def _address(url: str, *, is_well: bool) -> SplitResult:
    found = urlsplit(url)
    return found if is_well else found._replace(path=found.path.rstrip("/") + "/fail")


def _status_of(address: SplitResult) -> int:
    """The status of the answer to a GET; every step has what is left of the deadline."""
    until = monotonic() + DEADLINE_SECONDS
    host = address.hostname or ""
    port = address.port or (443 if address.scheme == "https" else 80)
    connection = socket.create_connection((host, port), timeout=DEADLINE_SECONDS)
    try:
        if address.scheme == "https":
            connection.settimeout(_left(until))
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        head = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nUser-Agent: order-desk\r\nConnection: close\r\n\r\n"
        connection.settimeout(_left(until))
        connection.sendall(head.encode("ascii"))
        answer = b""
        while b"\r\n" not in answer and len(answer) < _LONGEST_STATUS:
            connection.settimeout(_left(until))
            more = connection.recv(_LONGEST_STATUS)
            if not more:
                break
            answer += more
    finally:
        connection.close()
    found = _STATUS.match(answer)
    return int(found[1]) if found else 0


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
