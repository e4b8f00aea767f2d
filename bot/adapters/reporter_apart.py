"""Reports worked out in a child process, so that the worker never holds pandas and its memory comes back.

    worker ──length, pickle──► child: settings, job ─► workbook, state, figures, mails ──pickle──► Produced, or what failed

A plain child with a pipe and a nameless file: multiprocessing would leave a helper process behind, and a pipe for the
answer would stop the child until the worker, which has orders to look after, comes to read it. The pipe stays open for
as long as the worker wants the answer: however the worker ends, the pipe ends with it, and so does the child.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import IO

from bot.jobs import Job, Produced
from bot.ports import OutsideError, ReportError
from bot.settings import Settings

#: Seconds. A child that takes longer than this is not coming back: 200 reports take a minute.
LONGEST = 15 * 60.0
_CHILD = (sys.executable, "-m", "bot.reports.child")


@dataclass(frozen=True)
class _Errand:
    """A child that was sent for something, by `clock` at `since`."""

    child: subprocess.Popen[bytes]
    answer: IO[bytes]
    since: float


class ReporterApart:
    """`Reporter` that starts one child a job and looks in on it; `clock` counts seconds and never goes back."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._errand: _Errand | None = None

    def start(self, job: Job) -> None:
        """Start the child and hand it the job."""
        if self._errand is not None:
            raise ValueError("there is a job to collect first")
        wanted = pickle.dumps((self._settings, job))
        answer = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
        child = subprocess.Popen(_CHILD, stdin=subprocess.PIPE, stdout=answer)  # noqa: S603 - our own module
        self._errand = _Errand(child, answer, self._clock())
        assert child.stdin is not None  # noqa: S101 - it was asked for
        # A child that died at once says so by its status, not by a pipe that nobody reads.
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(len(wanted).to_bytes(8) + wanted)
            child.stdin.flush()

    def is_busy(self) -> bool:
        """Whether there is a child, at work or ended."""
        return self._errand is not None

    def is_ready(self) -> bool:
        """Whether the child has ended, or has taken so long that it must be ended."""
        errand = self._errand
        return errand is not None and (errand.child.poll() is not None or self._time_left(errand) <= 0)

    def collect(self) -> Produced:
        """What came of the job, waiting for the child to end. Raises OutsideError."""
        errand = self._errand
        if errand is None:
            raise ValueError("there is no job to collect")
        try:
            status = errand.child.wait(max(0.0, self._time_left(errand)))
            if status != 0:
                why = f"The process that works out reports ended with status {status}; its log says why."
                raise ReportError(why)
            errand.answer.seek(0)
            found: Produced | OutsideError = pickle.load(errand.answer)  # noqa: S301 - our own child wrote it
        except subprocess.TimeoutExpired:
            raise ReportError("The reports took too long and were given up for now.") from None
        finally:
            self.close()
        if isinstance(found, OutsideError):
            raise found
        return found

    def close(self) -> None:
        """End a child that still works; what it was to work out will be asked for again."""
        errand, self._errand = self._errand, None
        if errand is None:
            return
        errand.child.kill()
        errand.child.wait()
        assert errand.child.stdin is not None  # noqa: S101 - it was asked for
        with contextlib.suppress(BrokenPipeError):
            errand.child.stdin.close()
        errand.answer.close()

    def _time_left(self, errand: _Errand) -> float:
        return errand.since + LONGEST - self._clock()
