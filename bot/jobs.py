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
    #: What the polled tabs showed when the job was given, so that it is known what the figures are up to date with.
    seen: str = ""


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
    #: `seen` of the job.
    seen: str = ""


class Reporter(Protocol):
    """Works out one job at a time, in this process or apart from it."""

    def start(self, job: Job) -> None:
        """Take on a job. Raises ValueError while there is one that has not been collected."""
        ...

    def is_busy(self) -> bool:
        """Whether a job was taken on that has not been collected."""
        ...

    def is_ready(self) -> bool:
        """Whether `collect` would not have to wait."""
        ...

    def collect(self) -> Produced:
        """What came of the job, waiting for it if need be. Raises OutsideError when the world failed.

        Either way the reporter is free again.
        """
        ...

    def close(self) -> None:
        """Give up the job, if there is one."""
        ...
