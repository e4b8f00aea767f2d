"""What one look at the sheet shows, and what a cycle leaves in memory for the next one.

    read ─► bytes ─► survey ─► Sight (snapshot and lookups)

`Glance` is a memory aid: losing it costs time and nothing else, so it is dropped whenever in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import xxhash

from bot.delivery import DeliveryRules
from bot.feedback_cells import read_feedback
from bot.headway import Tell, silent
from bot.jobs import Reporter
from bot.mails.rendering import Renderer
from bot.planning.catalog import Catalog
from bot.planning.drafting import Place
from bot.planning.periods import Period
from bot.planning.rules import Rules
from bot.planning.runs import Run
from bot.planning.sightings import Snapshot
from bot.ports import About, Lease, Mailer, Reading, State, Workbook, WorkbookError, WorkbookRefused
from bot.survey import Grid, grids_of, read_automations, read_catalog, survey, unpacked
from sheets_schema import (
    ACTIVITY,
    AUTOMATIONS,
    CUSTOMERS,
    FEEDBACK,
    ORDER_ENTRY,
    ORDER_TABS,
    PRODUCTS,
    TABS,
    TEAM,
)
from sheets_schema.titles import Header

#: How often a tab that can be done without is looked for.
_LOOK_FOR_TABS = timedelta(minutes=10)
_WORKED_WITH = frozenset(tab.key for tab in (*TABS, ACTIVITY))
_DISPENSABLE = frozenset({ORDER_ENTRY.key, AUTOMATIONS.key, ACTIVITY.key, FEEDBACK.key})


@dataclass(frozen=True)
class App:
    """What a cycle works with; put together by `bot.app`."""

    workbook: Workbook
    state: State
    mailer: Mailer
    renderer: Renderer
    rules: Rules
    delivery: DeliveryRules
    #: Who this worker is, for leases.
    owner: str
    clock: Callable[[], datetime]
    #: A new Row ID.
    new_id: Callable[[], str]
    #: True when the worker was asked to end.
    stopping: Callable[[], bool] = lambda: False
    #: Whether the worker of this name certainly runs no more; its lease is then not waited for.
    is_dead: Callable[[str], bool] = lambda _owner: False
    #: Works out reports; None = this one works none out.
    reporter: Reporter | None = None
    #: How far long work has come, such as the first meeting with a large workbook.
    tell: Tell = silent


@dataclass(frozen=True)
class Sight:
    """What one read showed."""

    snapshot: Snapshot
    catalog: Catalog
    lookups: Mapping[str, Header]
    #: Hash of the answer as it came over the wire, of its lookup tabs, of its Feedback tab, and of all tabs that figures
    #: follow from: what the bot tells in Automations changes no figure.
    wire_digest: int
    catalog_digest: int
    feedback_digest: int = 0
    figures_digest: int = 0


@dataclass(frozen=True)
class Agenda:
    """What awaits the reporter, as the last cycle that worked left it."""

    #: Begun, shown in the workbook, and not worked out.
    runs: tuple[Run, ...] = ()
    #: Weeks that are over and not closed, oldest first.
    closing: tuple[Period, ...] = ()
    #: The running week; None before the bot has met the workbook.
    current: Period | None = None
    #: Orders were to move to Archive and may not all have done so.
    archiving: bool = False


@dataclass(frozen=True)
class Glance:
    """What a cycle leaves in memory for the next one. Dropped whenever in doubt."""

    about: About | None = None
    #: When `about` was asked for.
    about_at: datetime | None = None
    sight: Sight | None = None
    #: Tab -> row digest -> Row ID of the rows to which nothing is owed.
    steady: Mapping[str, dict[int, str]] = field(default_factory=dict)
    #: Revision of the state and fence of the lease at which `steady` was true; -1 = never.
    revision: int = -1
    fence: int = -1
    #: The sheet showed everything it ought to, and only new bytes or `next_look` call for work.
    quiet: bool = False
    #: When a row will have settled.
    next_look: datetime | None = None
    #: Why rows wait that are no orders yet, and how many; see `bot.planning.reasons`.
    waiting: Mapping[str, int] = field(default_factory=dict)
    agenda: Agenda = Agenda()
    #: The rows and the day that Summary and the roll-ups are up to date with (`Job.seen`), and since when.
    figured: str = ""
    figured_at: datetime | None = None
    #: After a job that failed, none is started before this moment.
    reports_after: datetime | None = None


def remember(app: App, glance: Glance, lease: Lease) -> Glance:
    """The steady rows as the state knows them, read again whenever someone else may have changed the state."""
    revision = app.state.revision()
    if (revision, lease.fence) == (glance.revision, glance.fence):
        return glance
    digests = app.state.digests()
    steady = {tab.key: digests.get(tab.key, {}) for tab in ORDER_TABS}
    return Glance(
        about=glance.about, about_at=glance.about_at, steady=steady, revision=revision, fence=lease.fence
    )


def read(app: App, glance: Glance, now: datetime) -> tuple[Reading, Glance]:
    """All tabs; their titles are asked for again when a tab is missing or its title has changed."""
    if _is_worth_asking(glance, now):
        glance = replace(glance, about=app.workbook.about(), about_at=now, quiet=False)
    try:
        return app.workbook.read(), glance
    except WorkbookRefused:
        # A tab was renamed or deleted since; whatever else is wrong is refused again and then told.
        glance = replace(glance, about=app.workbook.about(), about_at=now, quiet=False)
        return app.workbook.read(), glance


def is_idle(glance: Glance, digest: int, now: datetime) -> bool:
    """Whether these bytes, the ones of last time, call for nothing at this moment."""
    same = glance.sight is not None and glance.sight.wire_digest == digest
    return same and glance.quiet and (glance.next_look is None or now < glance.next_look)


def look(app: App, glance: Glance, reading: Reading, digest: int) -> Sight:
    """The answer as a snapshot. An answer that cannot be understood is the outside world's failure."""
    titles, rules = _titles(glance.about), app.rules
    try:
        grids = grids_of(unpacked(reading.body, reading.encoding), reading.tabs)
        snapshot = survey(grids, titles, glance.steady, rules.extra_columns, rules.language, rules.schema)
        automations = read_automations(grids, titles, rules.language, rules.schema)
        lookups = [grids[tab.key] for tab in (CUSTOMERS, PRODUCTS, TEAM) if tab.key in grids]
        catalog_digest = _digest_of(*lookups)
        answers = grids.get(FEEDBACK.key)
        feedback_digest = _digest_of(answers) if answers is not None else 0
        figures_digest = _digest_of(*(grid for key, grid in grids.items() if key != AUTOMATIONS.key))
        # Ten thousand answers that were dealt with are not looked through again because somebody types an order.
        if glance.sight is not None and glance.sight.feedback_digest == feedback_digest:
            feedback = glance.sight.snapshot.feedback
        else:
            feedback = read_feedback(grids, titles, rules.language, rules.schema)
        if glance.sight is not None and glance.sight.catalog_digest == catalog_digest:
            catalog, headers = glance.sight.catalog, dict(glance.sight.lookups)
        else:
            catalog, headers = read_catalog(grids, titles, rules.language, rules.schema)
    except ValueError as error:
        raise WorkbookError(f"The spreadsheet's answer cannot be understood: {error}") from error
    absent = tuple(tab.key for tab in TABS if tab.key not in grids)
    present = {key: header for key, header in headers.items() if key in grids}
    if automations is not None:
        present[AUTOMATIONS.key] = automations.header
    if feedback is not None:
        present[FEEDBACK.key] = feedback.header
    snapshot = replace(snapshot, lookups=present, automations=automations, feedback=feedback, absent=absent)
    return Sight(snapshot, catalog, headers, digest, catalog_digest, feedback_digest, figures_digest)


def _digest_of(*grids: Grid) -> int:
    digest = xxhash.xxh3_64()
    for grid in grids:
        # Not copied: a tab may have many megabytes.
        inside = memoryview(grid.answer)[grid.begin : grid.ends[-1] if grid.ends else grid.begin]
        digest.update(f"{grid.header!r} {len(inside)} ".encode("utf-8", "surrogatepass"))
        digest.update(inside)
    return digest.intdigest()


def place_of(glance: Glance) -> Place:
    """Where the workbook is and what it remembers of the bot."""
    about = glance.about
    if about is None:
        return Place()
    links = {
        tab.key: f"{about.url}#gid={about.known[tab.key].sheet_id}" for tab in TABS if tab.key in about.known
    }
    marker = about.marker
    last_number = marker.last_number if marker else ""
    return Place(about.key, about.url, links, _titles(about), marker is not None, last_number)


def _titles(about: About | None) -> Mapping[str, str]:
    return about.titles if about is not None else {}


def _is_worth_asking(glance: Glance, now: datetime) -> bool:
    """Whether the titles must be asked for: at the start, and while a tab is missing.

    Not every team uses the entry tab, or has the Automations tab yet, and their absence must not cost every idle poll
    a second request; so these are only looked for now and then.
    """
    if glance.about is None or glance.about_at is None:
        return True
    absent = _WORKED_WITH - glance.about.present
    waited = not glance.about_at <= now < glance.about_at + _LOOK_FOR_TABS
    return bool(absent - _DISPENSABLE) or (bool(absent) and waited)
