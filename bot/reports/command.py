"""The `report` command: the letters of one report, shown, written into a folder, or put into the outbox."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.planning.drafting import Place
from bot.planning.due import weeks_seen
from bot.planning.periods import month_before, quarter_before, week_id
from bot.planning.runs import Run
from bot.previewing import page_of
from bot.rendering import Renderer, outgoing
from bot.reports.job import Job
from bot.reports.letters import Letter, Material, ReportApp, period_of, weekly_letters
from bot.reports.monthly_run import monthly_letters
from bot.reports.produce import gathered, wanted
from bot.settings import NothingToShow
from sheets_schema import CONTRACTS, LAID_OUT
from sheets_schema.automations import MONTHLY, TIER_REVIEW, WEEKLY_PERSONAL, WEEKLY_TEAM
from sheets_schema.titles import find_tab, fold

#: What the command calls each report, and the automation that sends it.
KINDS = {"personal": WEEKLY_PERSONAL.key, "team": WEEKLY_TEAM.key, "monthly": MONTHLY.key}
_WEEK, _MONTH = re.compile(r"\d{4}-W(0[1-9]|[1-4]\d|5[0-3])"), re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Wish:
    """One report, of one period, for one reader or for all."""

    #: Key of the automation.
    automation: str
    #: "2026-W47", "2026-11"; "" = the latest closed week, the month before this one.
    period: str = ""
    #: A name or an address; "" = every reader.
    reader: str = ""


def letters_wished(wish: Wish, app: ReportApp, now: datetime) -> list[Letter]:
    """Every letter of the wish. Raises NothingToShow with what to put right, and OutsideError."""
    columns = app.workbook.columns(wanted())
    if CONTRACTS.key not in columns:
        raise NothingToShow("The workbook has no tab of contract orders: run python -m bot init")
    seen = app.state.recall_runs()
    weeks = weeks_seen(seen.standings, seen, now, app.rules)
    job = Job(now, closing=weeks.closing, current=weeks.current, place=_place(app))
    material, _ = gathered(job, app, columns)
    run = _run(wish, material, now)
    if period_of(run, material) is None:
        known = ", ".join(sorted({*material.weeks, weeks.current.id})[-8:])
        raise NothingToShow(f"There is no report of {run.period}. Weeks that can be reported: {known}.")
    is_weekly = wish.automation in (WEEKLY_PERSONAL.key, WEEKLY_TEAM.key)
    letters = list((weekly_letters if is_weekly else monthly_letters)(run, material, ()))
    chosen = [letter for letter in letters if not wish.reader or _is_meant(letter, wish.reader)]
    if not chosen:
        readers = ", ".join(letter.reader.name for letter in letters)
        raise NothingToShow(f"'{wish.reader}' gets no such report. Readers: {readers or 'nobody'}.")
    return chosen


def said(letters: Iterable[Letter], renderer: Renderer) -> Iterator[str]:
    """The letters as text, and a line for each reader who gets none."""
    for letter in letters:
        if letter.draft is None:
            yield _why_none(letter)
            continue
        subject, text, _ = renderer.preview(letter.draft)
        yield f"To: {letter.draft.recipient.name} <{letter.draft.recipient.email}>\nSubject: {subject}\n\n{text}"


def write(letters: Iterable[Letter], renderer: Renderer, folder: Path, now: datetime) -> Iterator[str]:
    """Write each letter as a page, a text, a mail and its files into a folder of its own; a line for each."""
    for number, letter in enumerate(letters, start=1):
        if letter.draft is None:
            yield _why_none(letter)
            continue
        # A name from the sheet is no path: what it may hold is left to letters and digits.
        name = re.sub(r"[^\w-]+", "-", letter.reader.name).strip("-")[:40] or "reader"
        own = folder / f"{number:02d}-{name}"
        own.mkdir(parents=True, exist_ok=True)
        _, text, _ = renderer.preview(letter.draft)
        (own / "mail.html").write_text(page_of(letter.draft, renderer), "utf-8")
        (own / "mail.txt").write_text(text, "utf-8")
        (own / "mail.eml").write_bytes(renderer.message(letter.draft, now))
        for attachment in letter.draft.attachments:
            (own / attachment.name).write_bytes(attachment.content)
        yield str(own)


def post(letters: Iterable[Letter], app: ReportApp, now: datetime) -> Iterator[str]:
    """Put the letters into the outbox, under ids of their own: the scheduled report still comes."""
    letters = list(letters)
    drafts = [letter.draft for letter in letters if letter.draft is not None]
    app.state.post([outgoing(draft, app.renderer.message(draft, now), now) for draft in drafts])
    yield f"{len(drafts)} mail(s) queued; the next poll sends them."
    yield from (_why_none(letter) for letter in letters if letter.draft is None)


def _run(wish: Wish, material: Material, now: datetime) -> Run:
    period = wish.period or _usual_period(wish.automation, material, now)
    named = _MONTH if wish.automation == MONTHLY.key else _WEEK
    if wish.automation != TIER_REVIEW.key and not named.fullmatch(period):
        example = "2026-11" if named is _MONTH else "2026-W47"
        raise NothingToShow(f"'{period[:20]}' names no such period: write it like {example}.")
    run_id = f"{wish.automation}:{period}.asked-{now:%Y%m%dT%H%M%S}"
    return Run(run_id, wish.automation, period, now, now, asked=True)


def _usual_period(automation: str, material: Material, now: datetime) -> str:
    today, zone = material.rules.today(now), material.rules.timezone
    if automation == MONTHLY.key:
        return month_before(today, zone).id
    if automation == TIER_REVIEW.key:
        return quarter_before(today, zone).id
    current = material.job.current
    return max(material.weeks, default=current.id if current else week_id(today))


def _place(app: ReportApp) -> Place:
    about = app.workbook.about()
    ids = {tab.key: s.sheet_id for s in about.sheets if (tab := find_tab(LAID_OUT, s.title)) is not None}
    return Place(about.key, about.url, {key: f"{about.url}#gid={sheet_id}" for key, sheet_id in ids.items()})


def _is_meant(letter: Letter, reader: str) -> bool:
    return fold(reader) in (fold(letter.reader.name), fold(letter.reader.email))


def _why_none(letter: Letter) -> str:
    if letter.failure is None:
        return f"{letter.reader.name}: nothing to tell, no mail"
    why = {"no_email": "has no e-mail in Team", "bad_email": "has no usable e-mail in Team"}
    return f"✗ {letter.reader.name}: {why.get(letter.failure.why, 'trouble on our side; the log says why')}"
