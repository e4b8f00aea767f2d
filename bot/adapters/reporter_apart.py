"""Reports worked out in a child process, so that the worker never holds pandas and its memory comes back.

    worker ──pickle──► child: settings, job ─► workbook, state, figures, mails ──pickle──► Produced, or what failed

A plain child with a pipe and a nameless file: multiprocessing would leave a helper process behind, and a pipe for the
answer would stop the child until the worker, which has orders to look after, comes to read it.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO

from bot.ports import OutsideError, ReportError
from bot.reports.job import Job, Produced
from bot.settings import Settings

#: A child that takes longer than this is not coming back: 200 reports take a minute.
LONGEST = timedelta(minutes=15)


class ReporterApart:
    """`Reporter` that starts one child a job and looks in on it."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._child: subprocess.Popen[bytes] | None = None
        self._answer: IO[bytes] | None = None
        self._since: datetime | None = None

    def start(self, job: Job) -> None:
        """Start the child and hand it the job."""
        self._answer = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
        self._since = self._clock()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bot.reports.child"], stdin=subprocess.PIPE, stdout=self._answer
        )
        assert self._child.stdin is not None  # noqa: S101 - it was asked for
        # A child that died at once says so by its status, not by a pipe that nobody reads.
        with contextlib.suppress(BrokenPipeError), self._child.stdin as pipe:
            pipe.write(pickle.dumps((self._settings, job)))

    def is_busy(self) -> bool:
        """Whether there is a child, at work or ended."""
        return self._child is not None

    def is_ready(self) -> bool:
        """Whether the child has ended, or has taken so long that it must be ended."""
        return self._child is not None and (self._child.poll() is not None or self._is_overdue())

    def collect(self) -> Produced:
        """What came of the job, waiting for the child to end. Raises OutsideError."""
        child, answer = self._child, self._answer
        if child is None or answer is None:
            raise ValueError("there is no job to collect")
        try:
            status = child.wait(0 if self._is_overdue() else LONGEST.total_seconds())
        except subprocess.TimeoutExpired:
            self.close()
            raise ReportError("The reports took too long and were given up for now.") from None
        answer.seek(0)
        body = answer.read()
        self._forget()
        if status != 0 or not body:
            raise ReportError(f"The process that works out reports ended with status {status}; its log says why.")
        found: Produced | OutsideError = pickle.loads(body)  # noqa: S301 - our own child wrote it
        if isinstance(found, OutsideError):
            raise found
        return found

    def close(self) -> None:
        """End a child that still works; what it was to work out will be asked for again."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._forget()

    def _is_overdue(self) -> bool:
        # A clock that was set back must not make the child immortal.
        return self._since is not None and not self._since <= self._clock() < self._since + LONGEST

    def _forget(self) -> None:
        if self._answer is not None:
            self._answer.close()
        self._child, self._answer, self._since = None, None, None
