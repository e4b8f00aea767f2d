"""The letters of one run: who gets what, and why somebody gets nothing.

One reader's trouble is not another's: whatever goes wrong with one letter is noted with the reader's name, and the
others are written all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

import structlog

from bot.jobs import Job
from bot.mails.rendering import Renderer
from bot.planning.notices import Draft, Recipient
from bot.planning.periods import Period, day_of, month_of, quarter_of
from bot.planning.rules import Rules
from bot.planning.runs import Run, RunFailure
from bot.ports import Columns, State, Workbook
from bot.reports.figures.people import TeamMember
from bot.reports.figures.weekly import Book
from bot.reports.readers import Reader, personal_readers, team_readers
from sheets_schema.automations import WEEKLY_PERSONAL
from sheets_schema.roles import LEAD
from sheets_schema.titles import fold

T = TypeVar("T")


@dataclass(frozen=True)
class ReportApp:
    """What reports are worked out with."""

    workbook: Workbook
    state: State
    renderer: Renderer
    rules: Rules


@dataclass(frozen=True)
class Material:
    """What all reports of one job are made from: one reading of the sheet."""

    app: ReportApp
    job: Job
    columns: Mapping[str, Columns]
    book: Book
    #: Every closed week, those that this job closes among them.
    weeks: Mapping[str, Period]

    @property
    def rules(self) -> Rules:
        """The team's choices."""
        return self.app.rules

    @cached_property
    def leads(self) -> Mapping[str, TeamMember]:
        """The first active lead of each team, by its folded name."""
        found: dict[str, TeamMember] = {}
        for member in self.book.members:
            for team in member.teams if member.active and LEAD in member.roles else ():
                found.setdefault(fold(team), member)
        return found


@dataclass(frozen=True)
class Letter:
    """What one reader gets; without a draft nothing, because of a failure or because there is nothing to tell."""

    reader: Reader
    draft: Draft | None = None
    failure: RunFailure | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to tell."""
        return self.draft is None and self.failure is None


def period_of(run: Run, material: Material) -> Period | None:
    """The window this run reports; None when it is a week that is neither closed nor running."""
    name = run.period
    if "-W" in name:
        current = material.job.current
        running = current if current is not None and current.id == name else None
        return material.weeks.get(name, running)
    zone = material.rules.timezone
    year, _, rest = name.partition("-")
    if rest.startswith("Q"):
        return quarter_of(date(int(year), int(rest[1:]) * 3, 1), zone)
    if "-" in rest:
        return day_of(date.fromisoformat(name), zone)
    return month_of(date(int(year), int(rest), 1), zone)


def until_of(period: Period, now: datetime) -> datetime:
    """Up to when orders are counted: now, as long as the period is not over."""
    return min(period.end, max(now, period.start))


def weekly_letters(run: Run, material: Material, known: Collection[str]) -> Iterator[Letter]:
    """Every reader's letter of a weekly run, but those that are in the outbox already (`known` message ids)."""
    period = period_of(run, material)
    if period is None:
        return
    until = until_of(period, material.job.now)
    if run.automation == WEEKLY_PERSONAL.key:
        sellers = material.book.sellers(period, until)
        readers, write = personal_readers(material.book.members, sellers), _personal
    else:
        readers, write = team_readers(material.book.members), _team
    ids = letter_ids(run, readers)
    for reader in still_owed(run, readers):
        if ids[reader] in known:
            continue
        letter = addressed(reader, lambda reader=reader: write(reader, run, material, period, until))  # type: ignore[misc] # bound at once
        yield letter if letter.draft is None else replace(letter, draft=replace(letter.draft, id=ids[reader]))


def letter_ids(run: Run, readers: Sequence[Reader]) -> dict[Reader, str]:
    """The id of each reader's letter: the run and the address; of several people at one address also the name.

    Given for all readers at once, so that one who is tried again alone has the same id as before.
    """
    ids: dict[Reader, str] = {}
    for reader in readers:
        own = f"{run.id}:{reader.key}"
        ids[reader] = own if own not in ids.values() else f"{own}:{fold(reader.name)}"
    return ids


def still_owed(run: Run, readers: Iterable[Reader]) -> Iterator[Reader]:
    """All readers the first time; when a run is tried again those alone who failed."""
    # By name: who had no address then may have one now.
    failed = {fold(failure.name) for failure in run.failures}
    return (reader for reader in readers if not run.attempts or fold(reader.name) in failed)


def addressed(reader: Reader, write: Callable[[], Draft | None]) -> Letter:
    """The reader's letter, or why there is none."""
    if reader.trouble:
        return Letter(reader, failure=RunFailure(reader.key, reader.name, reader.trouble))
    written = attempted(reader, write)
    return Letter(reader, failure=written) if isinstance(written, RunFailure) else Letter(reader, written)


def attempted(reader: Reader, make: Callable[[], T]) -> T | RunFailure:
    """What was made for this reader. A bug in one letter is told in the log, and costs nobody else theirs."""
    try:
        return make()
    except Exception:  # noqa: BLE001 - one poisoned letter must not keep the others back
        structlog.get_logger("bot.reports").exception("letter_failed")
        return RunFailure(reader.key, reader.name, "error")


def recipient_of(reader: Reader, rules: Rules) -> Recipient:
    """The reader as mail knows them."""
    return Recipient(reader.name, reader.email, reader.language or rules.language)


def is_wanted(run: Run, rules: Rules, *, news: bool) -> bool:
    """Whether somebody without news gets a letter: the config says so, and one that comes late would only confuse."""
    return news or (rules.reports.empty == "short" and not run.late)


def _personal(reader: Reader, run: Run, material: Material, period: Period, until: datetime) -> Draft | None:
    from bot.reports.shown.drafts import has_news, personal_draft  # noqa: PLC0415 - plotting; most jobs write no letter

    report = material.book.personal(reader.name, period, until)
    if not is_wanted(run, material.rules, news=has_news(report)):
        return None
    lead = material.leads.get(fold(report.team)) if report.team else None
    reply_to = Recipient(lead.name, lead.email, lead.language) if lead and lead.name != reader.name else None
    place = material.job.place
    return personal_draft(report, recipient_of(reader, material.rules), run, place, material.rules, reply_to)


def _team(reader: Reader, run: Run, material: Material, period: Period, until: datetime) -> Draft | None:
    from bot.reports.shown.drafts import has_news, team_draft  # noqa: PLC0415 - the same

    report = material.book.team(reader.scope, period, until)
    if not is_wanted(run, material.rules, news=has_news(report)):
        return None
    return team_draft(report, recipient_of(reader, material.rules), run, material.job.place, material.rules)
