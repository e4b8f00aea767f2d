"""What is remembered of automations: how each stands, and each of its runs. Values; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheets_schema.automations import DIGEST


@dataclass(frozen=True)
class Standing:
    """One automation between two cycles."""

    #: Its key in `sheets_schema.automations`.
    automation: str
    #: The last `when` that could be read, as typed.
    when: str
    on: bool
    #: What was due up to this moment is dealt with, or was not wanted when it was due.
    since: datetime
    #: A tick of Run now that was taken and has not been seen unticked yet.
    ticked: bool = False


@dataclass(frozen=True)
class RunFailure:
    """One person a run could not write to."""

    #: The address, or the name where there is none: who is tried again alone.
    who: str
    name: str
    #: "no_email" | "bad_email" | "error"
    why: str


@dataclass(frozen=True)
class Run:
    """One run of one automation. Its id is its period, so that the database refuses a second."""

    #: "weekly_personal:2026-W47"; one that was asked for by Run now is "weekly_personal:2026-W47.r1", r2 …
    id: str
    automation: str
    #: Name of the period it reports: "2026-W47", "2026-11", "2026-Q4", "2026-11-28".
    period: str
    due_at: datetime
    begun_at: datetime
    asked: bool = False
    #: Begun so long after it was due that the mail says so.
    late: bool = False
    #: The workbook shows that it began. No mail of it leaves before: a lost state can then never send it again.
    shown: bool = False
    #: Its mails are in the outbox (or it needs none); None = still to be worked out.
    done_at: datetime | None = None
    #: How many people got no mail because there was nothing to tell.
    empty: int = 0
    failures: tuple[RunFailure, ...] = ()
    #: When the failures are tried again by themselves.
    retry_at: datetime | None = None
    attempts: int = 0
    #: What else the Result cell should say, as codes with values: ("archived", "12"), ("backup", "2026-11.xlsx"),
    #: ("had", "3") for those who had their digest already.
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def mail_prefix(self) -> str:
        """What the ids of its mails begin with. A digest's are the day's: nobody gets two, whatever run asks."""
        return f"{self.automation}:{self.period}:" if self.automation == DIGEST.key else f"{self.id}:"


@dataclass(frozen=True)
class WeekMark:
    """A closed week: its orders are counted, and will be counted in no other."""

    id: str
    #: UTC, half-open.
    start: datetime
    end: datetime
    closed_at: datetime


@dataclass(frozen=True)
class ClosedWeek:
    """A closed week with all it was reported with; written once and never changed."""

    mark: WeekMark
    #: The lines counted in it and the corrections shown with it, packed by `bot.reports.figures.ledger`.
    body: bytes


@dataclass(frozen=True)
class RunsSeen:
    """What planning recalls of all automations."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    #: By id: all that are not done, and of each automation the one begun last of those that fell due, and of those
    #: asked for. The periods and numbers of new runs go on from these.
    runs: Mapping[str, Run] = field(default_factory=dict)
    #: Run id -> status of its messages (by `mail_prefix`) -> how many; a run without any is absent.
    mail: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    last_week: WeekMark | None = None

    def with_plan(self, standings: Iterable[Standing], runs: Iterable[Run]) -> RunsSeen:
        """What will be recalled when these are stored."""
        return replace(
            self,
            standings={**self.standings, **{standing.automation: standing for standing in standings}},
            runs={**self.runs, **{run.id: run for run in runs}},
        )
