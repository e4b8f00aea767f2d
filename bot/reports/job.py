"""A job for the process that works out reports, and what comes back from it. Values that can be pickled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.outbox import Message
from bot.planning.drafting import Place
from bot.planning.periods import Period
from bot.planning.runs import ClosedWeek, Run
from bot.projection import Edit


@dataclass(frozen=True)
class Job:
    """Everything that is to be worked out now, from one reading of the sheet."""

    now: datetime
    #: Begun and shown in the workbook.
    runs: tuple[Run, ...] = ()
    #: Weeks that are over and not closed, oldest first.
    closing: tuple[Period, ...] = ()
    #: The running week: from the last cutoff to the next.
    current: Period | None = None
    #: Bring the Summary tab and the roll-ups of customers and products up to date.
    refresh: bool = True
    #: Where the workbook is, for links.
    place: Place = field(default_factory=Place)


@dataclass(frozen=True)
class Produced:
    """What came of a job. Nothing of it is stored or written yet."""

    #: As they are now: done, with their failures and empties.
    runs: tuple[Run, ...] = ()
    #: Rendered; those whose id is in the outbox already are left out.
    messages: tuple[Message, ...] = ()
    weeks: tuple[ClosedWeek, ...] = ()
    #: What Summary, Customers and Products ought to show and do not.
    edits: tuple[Edit, ...] = ()
    #: Row IDs of Contract Orders that may move to Archive.
    archivable: tuple[str, ...] = ()
    #: What could not be read, a sentence each, for the log.
    troubles: tuple[str, ...] = ()


class Reporter(Protocol):
    """Works out jobs, in this process or apart from it."""

    def produce(self, job: Job, *, wait: bool) -> Produced | None:
        """What came of the job; None while it is still being worked out.

        Only one job is in work at a time: while one is, `job` is not looked at, and what comes back is the first
        one's. Raises OutsideError when the world failed; then nothing is in work.
        """
        ...

    def is_ready(self) -> bool:
        """Whether a job in work has come to its end, so that asking again is worth while."""
        ...
