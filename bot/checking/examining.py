"""The doctor's round: probe, judge, go on. What is broken hides only what cannot be seen without it.

    config ─► Google: key, clock, share, edit ─► workbook: tabs, titles, layout, team ─► mail ─► memory

Nothing is changed for anybody to see: what is tried in the workbook and in the database undoes itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from bot.checking.facts import ConfigFile, DatabaseFacts, OutboxFacts, ServiceKey
from bot.checking.lines import Group, Line, hint
from bot.checking.mail_lines import rehearsal_lines, sender_line, server_line
from bot.checking.place_lines import clock_line, config_lines, database_lines, key_line, worker_line
from bot.checking.state_lines import outbox_lines, polls_line, runs_line
from bot.checking.team_lines import team_lines
from bot.checking.workbook_lines import (
    editing_line,
    layout_lines,
    meeting_line,
    quota_line,
    spreadsheet_line,
    tabs_line,
    titles_line,
    zone_line,
)
from bot.layout.structure import missing_layout
from bot.outbox import REHEARSAL, Failure, Status
from bot.planning.rules import HourRules
from bot.planning.sightings import Wanted
from bot.ports import (
    About,
    Mailer,
    MailFailed,
    OutsideError,
    State,
    StateError,
    Workbook,
    WorkbookError,
    WriteUnclear,
)
from bot.reporting.status import Circumstances, status_facts
from bot.settings import Settings
from sheets_schema import TEAM
from sheets_schema.cells import is_blank

#: A note that nobody sees, written and taken away again in one step: who may only look is refused.
_NOTE_ID = 736_572_701
_TRY_EDITING: tuple[Mapping[str, object], ...] = (
    {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataId": _NOTE_ID,
                "metadataKey": "order-desk-check",
                "location": {"spreadsheet": True},
                "visibility": "PROJECT",
            }
        }
    },
    {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": _NOTE_ID}}}},
)


@dataclass(frozen=True)
class Surroundings:
    """Everything that can be asked; each may raise an OutsideError. Put together by `bot.app`."""

    settings: Settings
    hours: HourRules
    config_file: Callable[[], ConfigFile]
    #: None where no key is needed.
    key: Callable[[], ServiceKey | None]
    workbook: Callable[[], Workbook]
    their_clock: Callable[[], datetime | None]
    mailer: Mailer
    database: Callable[[], DatabaseFacts]
    #: Asked only when the database is made and of this program's version.
    state: Callable[[], State]
    is_dead: Callable[[str], bool]
    clock: Callable[[], datetime]
    #: Names of the variables that are set.
    environment: Collection[str]


def examine(place: Surroundings) -> Iterator[Group]:
    """Every group as soon as it is known."""
    settings = place.settings
    yield Group("Config", (*config_lines(settings, place.config_file()), *rehearsal_lines(settings.mail)))
    google, workbook, about = _google(place)
    yield google
    yield Group("Workbook", _workbook(place, workbook, about))
    yield Group("Mail", (server_line(settings.mail, _mail_trouble(place.mailer)), sender_line(settings.mail)))
    yield Group("Memory", _memory(place))


# ── Google ──────────────────────────────────────────────────────────────────────────────────────────────────


def _google(place: Surroundings) -> tuple[Group, Workbook | None, About | None]:
    lines: list[Line] = []
    workbook: Workbook | None = None
    key: ServiceKey | OutsideError | None
    try:
        key, workbook = place.key(), place.workbook()
    except OutsideError as error:
        key = error
    lines.append(key_line(key))
    lines.append(_clock(place))
    if workbook is None:
        unseen = [hint(name, "not looked at without a key") for name in ("spreadsheet", "editing", "quota")]
        return Group("Google", (*lines, *unseen)), None, None
    begun = monotonic()
    try:
        workbook.about()
        seconds = monotonic() - begun
        about = workbook.about(layout=True)
    except OutsideError as error:
        lines.append(spreadsheet_line(error))
        lines += [hint(name, "not looked at without the spreadsheet") for name in ("editing", "quota")]
        return Group("Google", tuple(lines)), workbook, None
    lines.append(spreadsheet_line(about))
    lines.append(editing_line(_editing_trouble(workbook), about.account))
    lines.append(quota_line(seconds, place.settings.poll.every))
    return Group("Google", tuple(lines)), workbook, about


def _clock(place: Surroundings) -> Line:
    try:
        theirs: datetime | OutsideError | None = place.their_clock()
    except WorkbookError as error:
        theirs = error
    return clock_line(theirs, place.clock())


def _editing_trouble(workbook: Workbook) -> OutsideError | None:
    try:
        workbook.build(_TRY_EDITING)
    except WriteUnclear as error:
        # Whatever became of it, both halves or neither were done.
        return error
    except OutsideError as error:
        return error
    return None


# ── the workbook ────────────────────────────────────────────────────────────────────────────────────────────


def _workbook(place: Surroundings, workbook: Workbook | None, about: About | None) -> tuple[Line, ...]:
    settings = place.settings
    if workbook is None or about is None:
        return (hint("all of it", "not looked at, because the spreadsheet cannot be read"),)
    shape = (tabs_line(about, settings.language), titles_line(about, settings.language))
    layout = None
    if not any(line.advice for line in shape):
        ids = itertools.count(1)
        layout = missing_layout(about, settings.language, lambda: next(ids), settings.digest.due_soon)
    return (
        *shape,
        *layout_lines(layout),
        zone_line(about, settings, place.clock()),
        meeting_line(about),
        *_team(settings, workbook),
    )


def _team(settings: Settings, workbook: Workbook) -> tuple[Line, ...]:
    try:
        columns = workbook.columns({TEAM.key: ("name", "email", "team", "role", "active")}).get(TEAM.key)
    except OutsideError as error:
        return (hint("people", f"not looked at: {error}"),)
    if columns is None or "name" not in columns.cells:
        return (hint("people", "not looked at without the tab Team and its titles"),)
    rows = [
        {key: cells[i] for key, cells in columns.cells.items() if i < len(cells) and not is_blank(cells[i])}
        for i in range(columns.height)
    ]
    return team_lines(rows, settings)


# ── mail and memory ─────────────────────────────────────────────────────────────────────────────────────────


def _mail_trouble(mailer: Mailer) -> Failure | None:
    try:
        with mailer.connect():
            return None
    except MailFailed as error:
        return error.failure


def _memory(place: Surroundings) -> tuple[Line, ...]:
    settings, zone = place.settings, ZoneInfo(place.settings.timezone)
    try:
        found = place.database()
    except StateError as error:
        return (
            *database_lines(error, settings, place.environment),
            hint("worker", "not known without the database"),
        )
    lines = database_lines(found, settings, place.environment)
    if not found.made:
        return (*lines, hint("worker", "none has run yet: python -m bot run"))
    if found.schema != found.known_schema:
        return (*lines, hint("worker", "not looked at in tables of another version"))
    worker = worker_line(found, place.clock(), place.is_dead, zone)
    try:
        return (*lines, worker, *_remembered(place, place.state(), zone))
    except StateError as error:
        return (*lines, worker, hint("outbox", f"not looked at: {error}"))


def _remembered(place: Surroundings, state: State, zone: ZoneInfo) -> tuple[Line, ...]:
    now, timezone = place.clock(), place.settings.timezone
    try:
        facts = status_facts(state, timezone, now, Circumstances(place.hours))
        outbox = _outbox(state, now, place.settings.mail.per_day)
    finally:
        state.close()
    return (polls_line(facts), *outbox_lines(outbox, now, zone), runs_line(facts["automations"], timezone))


def _outbox(state: State, now: datetime, per_day: int) -> OutboxFacts:
    counts, paused = state.counts(), state.paused()
    held = state.messages((Status.HELD,), limit=max(1, counts["mail.held"]))
    return OutboxFacts(
        dead=counts["mail.dead"],
        held=len(held),
        rehearsed=sum(message.error == REHEARSAL for message in held),
        paused=paused[1] if paused and paused[0] > now else "",
        overdue=state.next_due(),
        capped=state.sent_since(now - timedelta(days=1)) >= per_day,
        holds=tuple(key for key, hold in state.recall(Wanted()).holds.items() if not hold.released),
    )
