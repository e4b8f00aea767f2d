"""Counts the requests made of the Sheets API, which allows 60 reads and 60 writes a minute. Waits for nothing.

A count a minute and not a moment a request: whoever looks wants to know how near the limit it came.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from bot.ports import Requests

_MINUTE, _MINUTES = 60.0, 60


class RequestCount:
    """One process's requests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        #: Of the last minute, oldest first: when, and whether it was a read.
        self._latest: deque[tuple[float, bool]] = deque()
        #: Minute -> the most reads or writes in the 60 seconds before any request of it.
        self._most: dict[int, int] = {}
        self._all = [0, 0]

    def count(self, *, is_read: bool) -> None:
        """One more, be it answered or not."""
        now = self._clock()
        self._all[is_read] += 1
        self._latest.append((now, is_read))
        minute = int(now // _MINUTE)
        self._most[minute] = max(self._most.get(minute, 0), *self._in_last_minute(now))

    def told(self) -> Requests:
        """The count as it stands now."""
        now = self._clock()
        writes, reads = self._in_last_minute(now)
        hour_ago = int(now // _MINUTE) - _MINUTES
        self._most = {minute: most for minute, most in self._most.items() if minute > hour_ago}
        all_writes, all_reads = self._all
        return Requests(reads, writes, max(self._most.values(), default=0), all_reads, all_writes)

    def _in_last_minute(self, now: float) -> tuple[int, int]:
        """Writes and reads."""
        while self._latest and self._latest[0][0] <= now - _MINUTE:
            self._latest.popleft()
        reads = sum(is_read for _, is_read in self._latest)
        return len(self._latest) - reads, reads
