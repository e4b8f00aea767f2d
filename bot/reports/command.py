"""The `report` command: the letters of one report, shown, written into a folder, or put into the outbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.jobs import Job
from bot.mails.rendering import Renderer, outgoing
from bot.planning.drafting import Place
from bot.planning.due import weeks_seen
from bot.planning.notices import Draft
from bot.planning.periods import month_before, quarter_before, week_id
from bot.planning.runs import Run
from bot.previewing import page_of
from bot.private_files import make_private_folder, write_privately
from bot.reports.digest_run import digest_letters, today_of
from bot.reports.letters import Letter, Material, ReportApp, period_of, weekly_letters
from bot.reports.monthly_run import monthly_letters
from bot.reports.produce import gathered, wanted
from bot.settings import NothingToShow
from sheets_schema import CONTRACTS
from sheets_schema.automations import DIGEST, MONTHLY, TIER_REVIEW, WEEKLY_PERSONAL, WEEKLY_TEAM
from sheets_schema.titles import fold

#: What the command calls each report, and the automation that sends it.
KINDS = {"personal": WEEKLY_PERSONAL.key, "team": WEEKLY_TEAM.key, "monthly": MONTHLY.key}
#: Whom Team lacks when nobody gets a report.
_NOBODY = {
    WEEKLY_PERSONAL.key: "no active member who sells", DIGEST.key: "nobody active", TIER_REVIEW.key: "neither an active lead nor an owner"
} | dict.fromkeys((WEEKLY_TEAM.key, MONTHLY.key), "no active lead")  # fmt: skip
_LETTERS: dict[str, Callable[[Run, Material, Collection[str]], Iterator[Letter]]] = {
    WEEKLY_PERSONAL.key: weekly_letters, WEEKLY_TEAM.key: weekly_letters, DIGEST.key: digest_letters
}  # fmt: skip
_WEEK, _MONTH = (
    re.compile(r"20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])"),
    re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])"),
)


@dataclass(frozen=True)
class Wish:
    """One report, of one period, for one reader or for all."""

    #: Key of the automation.
    automation: str
    #: "2026-W47", "2026-11"; "" = the latest closed week, the month before this one.
    period: str = ""
    #: A name or an address; "" = every reader.
    reader: str = ""


@dataclass(frozen=True)
class Told:
    """What became of one letter, in lines for people and as facts for machines."""

    lines: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


def letters_wished(wish: Wish, app: ReportApp, now: datetime) -> list[Letter]:
    """Every letter of the wish. Raises NothingToShow with what to put right, and OutsideError."""
    columns = app.workbook.columns(wanted((wish.automation,)))
    if CONTRACTS.key not in columns:
        raise NothingToShow("The workbook has no tab of contract orders: run python -m bot init")
    seen = app.state.recall_runs()
    weeks = weeks_seen(seen.standings, seen, now, app.rules)
    job = Job(now, closing=weeks.closing, current=weeks.current, place=_place(app))
    material, _ = gathered(job, app, columns)
    run = _run(wish, material, now)
    period = period_of(run, material)
    if period is None:
        known = ", ".join(sorted({*material.weeks, weeks.current.id})[-8:])
        raise NothingToShow(f"There is no report of {run.period}. Weeks that can be reported: {known}.")
    if wish.period and period.start > now:
        raise NothingToShow(f"{run.period} has not begun yet.")
    write = _LETTERS.get(wish.automation, monthly_letters)
    letters = list(write(run, material, ()))
    if not letters:
        raise NothingToShow(f"Nobody gets this report: Team names {_NOBODY[wish.automation]}.")
    chosen = [letter for letter in letters if not wish.reader or _is_meant(letter, wish.reader)]
    if not chosen:
        readers = ", ".join(letter.reader.name for letter in letters)
        raise NothingToShow(f"'{wish.reader}' gets no such report. Readers: {readers}.")
    return chosen


def said(letters: Iterable[Letter], renderer: Renderer) -> Iterator[Told]:
    """The letters as text."""
    for letter in letters:
        if letter.draft is not None:
            subject, text, _ = renderer.preview(letter.draft)
            reader = letter.draft.recipient
            lines = (f"To: {reader.name} <{reader.email}>", f"Subject: {subject}", "", text)
            yield Told(lines, _facts(letter) | {"subject": subject, "text": text})
        else:
            yield from _untold(letter)


def write(letters: Iterable[Letter], renderer: Renderer, folder: Path, now: datetime) -> Iterator[Told]:
    """Write each letter as a page, a text, a mail and its files into a folder of its own.

    Raises NothingToShow when the disk refuses.
    """
    for number, letter in enumerate(letters, start=1):
        if letter.draft is None:
            yield from _untold(letter)
            continue
        # A name from the sheet is no path: what it may hold is left to letters and digits.
        name = re.sub(r"[^\w-]+", "-", letter.reader.name).strip("-")[:40] or "reader"
        own = folder / f"{number:02d}-{name}"
        try:
            written = _write_one(letter.draft, renderer, own, now)
        except OSError as error:
            raise NothingToShow(f"{own} cannot be written: {error.strerror}.") from None
        widest = max(len(name) for name in written)
        lines = (f"  {name:<{widest}}  {size_words(size):>9}" for name, size in written.items())
        files = [{"name": name, "bytes": size} for name, size in written.items()]
        yield Told((str(own), *lines), _facts(letter) | {"folder": str(own), "files": files})


def post(letters: Sequence[Letter], app: ReportApp, now: datetime) -> Iterator[Told]:
    """Put the letters into the outbox, under ids of their own: the scheduled report still comes."""
    drafts = [letter.draft for letter in letters if letter.draft is not None]
    app.state.post([outgoing(draft, app.renderer.message(draft, now), now) for draft in drafts])
    queued = f"{len(drafts)} mail(s) queued; the next poll sends them." if drafts else "Nothing to send."
    yield Told((queued,))
    for letter in letters:
        if letter.draft is not None:
            yield Told((), _facts(letter) | {"queued": letter.draft.id})
        else:
            yield from _untold(letter)


def size_words(size: int) -> str:
    """A file's size as people read it."""
    return f"{size:,} B" if size < 1000 else f"{size / 1000:,.1f} kB"


def problems(letters: Iterable[Letter]) -> Iterator[str]:
    """A sentence for each reader who ought to get a letter and cannot."""
    why = {"no_email": "has no e-mail in Team", "bad_email": "has no usable e-mail in Team"}
    for letter in letters:
        if letter.failure is not None:
            yield f"{letter.reader.name}: {why.get(letter.failure.why, 'trouble on our side; the log says why')}"


def has_bug(letters: Iterable[Letter]) -> bool:
    """Whether a letter is missing for a reason of ours."""
    return any(letter.failure is not None and letter.failure.why == "error" for letter in letters)


def _write_one(draft: Draft, renderer: Renderer, folder: Path, now: datetime) -> dict[str, int]:
    """Write one letter; the names of its files with their sizes."""
    _, text, _ = renderer.preview(draft)
    files = {
        "mail.html": page_of(draft, renderer).encode("utf-8"),
        "mail.txt": text.encode("utf-8"),
        "mail.eml": renderer.message(draft, now),
        **{attachment.name: attachment.content for attachment in draft.attachments},
    }
    make_private_folder(folder)
    for name, content in files.items():
        write_privately(folder / name, content)
    return {name: len(content) for name, content in files.items()}


def _facts(letter: Letter) -> dict[str, Any]:
    return {"reader": letter.reader.name, "to": letter.reader.email}


def _untold(letter: Letter) -> Iterator[Told]:
    if letter.is_empty:
        yield Told((f"{letter.reader.name}: nothing to tell, no mail",), _facts(letter) | {"empty": True})


def _run(wish: Wish, material: Material, now: datetime) -> Run:
    period = wish.period or _usual_period(wish.automation, material, now)
    named = _MONTH if wish.automation == MONTHLY.key else _WEEK
    if wish.automation not in (TIER_REVIEW.key, DIGEST.key) and not named.fullmatch(period):
        example = "2026-11" if named is _MONTH else "2026-W47"
        raise NothingToShow(f"'{period[:20]}' names no such period: write it like {example}.")
    # To the microsecond: asked for twice at once, it is sent twice.
    run_id = f"{wish.automation}:{period}.asked-{now:%Y%m%dT%H%M%S%f}"
    return Run(run_id, wish.automation, period, now, now, asked=True)


def _usual_period(automation: str, material: Material, now: datetime) -> str:
    today, zone = material.rules.today(now), material.rules.timezone
    if automation == MONTHLY.key:
        return month_before(today, zone).id
    if automation == DIGEST.key:
        return f"{today_of(material).day}"
    if automation == TIER_REVIEW.key:
        return quarter_before(today, zone).id
    current = material.job.current
    return max(material.weeks, default=current.id if current else week_id(today))


def _place(app: ReportApp) -> Place:
    about = app.workbook.about()
    return Place(
        about.key, about.url, {key: f"{about.url}#gid={s.sheet_id}" for key, s in about.known.items()}
    )


def _is_meant(letter: Letter, reader: str) -> bool:
    return fold(reader) in (fold(letter.reader.name), fold(letter.reader.email))
