"""A Friday evening around 18:00, to be lived through again and again, each time with a death somewhere else.

evening ─ the week up to 17:58:30, played once: a team of three and two leads, orders, their mail; copied for each try
Friday ── the world of one try; its workers have a reporter, and whoever dies takes what it worked out along
passed ── polls every half minute until past 18:05 and until nothing is left to do, while people tick Run now
"""

from __future__ import annotations

import itertools
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bot.adapters.addresses import database_at
from bot.adapters.connections import Database
from bot.adapters.database import DatabaseState
from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.memory_state import MemoryState
from bot.cycle import run_cycle, stand_down
from bot.glance import App, Glance
from bot.jobs import Job, Produced, Reporter
from bot.outbox import Message, Status
from bot.planning.periods import Period
from bot.planning.runs import ClosedWeek, Run, WeekMark
from bot.ports import OutsideError, State
from sheets_schema import CONTRACTS, CUSTOMERS, PRODUCTS, TEAM
from sheets_schema.automations import ALL_AUTOMATIONS, AUTOMATIONS, DIGEST, WEEKLY_PERSONAL, WEEKLY_TEAM
from tests.system.crashes import ZONE, Crash, Fuse, Point, Row, Watched, WatchedDatabase, World, line
from tests.system.worlds import MemoryBook

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=ZONE).astimezone(UTC)
SIX = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE).astimezone(UTC)
WEEK = "2026-W47"
HALF_MINUTE = timedelta(seconds=30)
LONG = timedelta(minutes=6)
FIVE = timedelta(minutes=5)
_SERIAL = itertools.count(1)

PEOPLE: tuple[Row, ...] = (
    {"name": "Anna Berg", "email": "anna@sales.example", "role": "Sales", "team": "North"},
    {"name": "Lina Li", "email": "Lina@Sales.example", "role": "Sales", "team": "North"},
    {"name": "Max Mohn", "email": "max@sales.example", "role": "Sales", "team": "South"},
    {"name": "Lea Lund", "email": "lea@sales.example", "role": "Lead", "team": "North"},
    {"name": "Leo Lang", "email": "leo@sales.example", "role": "Lead"},
)
SELLERS = tuple(str(p["email"]).casefold() for p in PEOPLE if p["role"] == "Sales")
LEADS = tuple(str(p["email"]).casefold() for p in PEOPLE if p["role"] == "Lead")
READERS = {WEEKLY_PERSONAL.key: SELLERS, WEEKLY_TEAM.key: LEADS}
#: Where each automation stands in its tab.
PLACES = {automation.key: row for row, automation in enumerate(ALL_AUTOMATIONS, start=2)}

Hand = Callable[["Friday"], None]


class LightReporter:
    """One plain mail a reader, worked out when the job is taken on, so that it is as stale as can be when collected.

    It is ready when it is asked for the second time: a cycle passes in between, as with a process of its own.
    """

    def __init__(self, open_state: Callable[[], State]) -> None:
        self._open_state = open_state
        self._produced: Produced | None = None
        self._patience = 0
        self._serial = itertools.count()

    def start(self, job: Job) -> None:
        assert self._produced is None, "two jobs at a time"
        state = self._open_state()
        try:
            messages = tuple(m for run in job.runs for m in self._messages(run, state, job.now))
            closed = {week.mark.id for week in state.closed_weeks()}
        finally:
            state.close()
        self._produced = Produced(
            runs=tuple(replace(run, done_at=job.now) for run in job.runs),
            messages=messages,
            weeks=tuple(_closed(period, job.now) for period in job.closing if period.id not in closed),
            seen=job.seen,
        )
        self._patience = 1

    def _messages(self, run: Run, state: State, now: datetime) -> Iterator[Message]:
        known = state.known_messages(f"{run.id}:")
        for reader in READERS.get(run.automation, ()):
            message_id = f"{run.id}:{reader}"
            if message_id not in known:
                body = f"Message-ID: <{message_id}>\r\nX-Copy: {now} {next(self._serial)}\r\n\r\n".encode()
                yield Message(message_id, run.automation, "", reader, 1, body, now)

    def is_busy(self) -> bool:
        return self._produced is not None

    def is_ready(self) -> bool:
        self._patience -= 1
        return self._produced is not None and self._patience < 0

    def collect(self) -> Produced:
        produced, self._produced = self._produced, None
        assert produced is not None, "nothing was taken on"
        return produced

    def close(self) -> None:
        self._produced = None


def _closed(period: Period, now: datetime) -> ClosedWeek:
    return ClosedWeek(WeekMark(period.id, period.start, period.end, now), b"lines")


def light(world: Friday) -> Reporter:
    """A reporter that works nothing out."""
    return LightReporter(lambda: world.open_state(Fuse()))


@dataclass
class Friday(World):
    """What outlives a process on this evening."""

    make_reporter: Callable[[Friday], Reporter] = light
    #: The host loses its disk with its process; the sheet and the mail that went out are what is left.
    forgets: bool = False

    def start(self, fuse: Fuse) -> App:
        """A worker with a reporter of its own."""
        reporter = cast(Reporter, Watched(self.make_reporter(self), "reporter", fuse))
        return replace(super().start(fuse), reporter=reporter)

    def tick(self, automation: str) -> None:
        """A lead ticks Run now."""
        self.book.write(AUTOMATIONS.key, PLACES[automation], {"run_now": True})

    def owes(self, app: App) -> bool:
        """Whether a mail or a job waits; asked past the fuse."""
        state, reporter = cast(Any, app.state), cast(Any, app.reporter)
        return state._port.next_due() is not None or reporter._port.is_busy()

    def bury(self, app: App) -> None:
        """What becomes of a dead worker, and of its disk."""
        super().bury(app)
        if self.forgets:
            state = MemoryState()
            self.open_state = lambda _fuse: state


@dataclass
class Things:
    """The book, the database and the mailbox of an evening, which can be copied."""

    book: MemoryBook
    #: A file is SQLite's.
    kept: MemoryState | Path
    post: MemoryMailer

    def copy(self) -> Things:
        """Others, with the same in them."""
        if isinstance(self.kept, MemoryState):
            return deepcopy(self)
        file = self.kept.with_name(f"bot-{next(_SERIAL)}.db")
        # Somebody may have it open still, and then the file alone is not all of it.
        with closing(sqlite3.connect(self.kept)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
        return Things(deepcopy(self.book), file, deepcopy(self.post))

    def world(self, make_reporter: Callable[[Friday], Reporter], now: datetime) -> Friday:
        """A world of these things, in which no name was given yet that another copy's worker bears."""
        serial = 1000 * next(_SERIAL)
        return Friday(
            self.book,
            self._open,
            self.post,
            lambda: [(letter.recipient, letter.body) for letter in self.post.letters],
            now=now,
            workers=itertools.count(serial),
            ids=itertools.count(serial),
            make_reporter=make_reporter,
        )

    def _open(self, fuse: Fuse) -> State:
        if isinstance(self.kept, MemoryState):
            return self.kept
        database = database_at(f"sqlite:///{self.kept}", 5.0)
        return DatabaseState(cast(Database, WatchedDatabase(database, fuse)))


# ── the week before ─────────────────────────────────────────────────────────────────────────────────────────


def furnish(world: World) -> None:
    """The company, its automations as `init` writes them, and the first meeting on Monday."""
    for i, person in enumerate(PEOPLE, start=2):
        world.book.write(TEAM.key, i, person | {"language": "en", "active": True})
    world.book.write(
        CUSTOMERS.key, 2, {"customer_no": "C-1", "customer": "Hansen", "email": "h@customer.example"}
    )
    product: Row = {"product": "Workstation", "unit": "pc", "unit_price": 1200, "active": True}
    world.book.write(PRODUCTS.key, 2, product)
    for automation in ALL_AUTOMATIONS:
        # The digest is told of elsewhere.
        cells: Row = {"automation": automation.en, "on": automation is not DIGEST, "run_now": False}
        world.book.write(
            AUTOMATIONS.key, PLACES[automation.key], cells | {"when": automation.when.get("en", "")}
        )
    world.work(Fuse())


def trade(world: World) -> None:
    """Three orders on Wednesday and one a minute before the evening begins."""
    world.now = MONDAY + timedelta(days=2)
    for row, person in enumerate(PEOPLE[:3], start=2):
        world.book.write(CONTRACTS.key, row, line("Hansen", quantity=row) | {"salesperson": person["name"]})
    world.work(Fuse())
    world.now = SIX - timedelta(minutes=12)
    world.book.write(CONTRACTS.key, 5, line("Hansen", quantity=7) | {"salesperson": "Anna Berg"})
    world.work(Fuse())
    assert world.now < SIX - timedelta(seconds=90), "the week took too long"
    world.now = SIX - timedelta(seconds=90)


def evening(
    kept: MemoryState | Path, make_reporter: Callable[[Friday], Reporter] = light
) -> Callable[[], Friday]:
    """Plays the week once; what it returns makes a world of its own of this evening, before 17:59."""
    things = Things(MemoryBook(), kept, MemoryMailer())
    world = things.world(make_reporter, MONDAY)
    furnish(world)
    trade(world)
    return lambda: things.copy().world(make_reporter, world.now)


# ── the evening ─────────────────────────────────────────────────────────────────────────────────────────────


def passed(
    world: Friday, fuse: Fuse, hands: Mapping[timedelta, Hand] | None = None, *, workers: int = 1
) -> None:
    """Poll until past 18:05 and until nothing is left to do; a worker that dies is followed by one that does not.

    `hands` are what people do, by how long after 18:00. Several workers take turns, each giving its lease back; it is
    the first who dies.
    """
    crew = [_Worker(world, fuse if i == 0 else Fuse()) for i in range(workers)]
    waiting = dict(hands or {})
    for turn in range(100):
        world.now += HALF_MINUTE
        for moment in [m for m in sorted(waiting) if SIX + m <= world.now]:
            waiting.pop(moment)(world)
        crew[turn % workers].work(alone=workers == 1)
        if world.now > SIX + FIVE and not waiting and all(worker.is_over for worker in crew):
            for worker in crew:
                worker.leave()
            return
    raise AssertionError("there is no end to the evening")


class Stall(Fuse):
    """Ends no process: it stops one at its point, for so long that everything it held runs out."""

    def __init__(self, point: Point, meanwhile: Callable[[], None]) -> None:
        super().__init__(point)
        self._meanwhile = meanwhile
        self.stalled = False

    def blow(self) -> None:
        """Meanwhile, somebody else."""
        self.stalled = True
        self._meanwhile()


class _Worker:
    """One process after another, in one place."""

    def __init__(self, world: Friday, fuse: Fuse) -> None:
        self._world = world
        self._start(fuse)

    def _start(self, fuse: Fuse) -> None:
        self._app, self._glance, self._idle = self._world.started(fuse), Glance(), 0

    @property
    def is_over(self) -> bool:
        return self._idle >= 2

    def work(self, *, alone: bool) -> None:
        """One poll."""
        try:
            cycle, self._glance = run_cycle(self._app, self._world.now, self._glance)
            # A worker that has just taken the lease over looks at everything, so that it is never quite idle.
            did = cycle.edits or cycle.delivered.sent or cycle.automated.stored
            busy = did or not self._glance.quiet or self._world.owes(self._app)
            self._idle = 0 if busy else self._idle + 1
            if not alone:
                self._give_back()
        except Crash:
            self._world.bury(self._app)
            self._start(Fuse())
        except OutsideError:
            self._glance, self._idle = Glance(), 0

    def _give_back(self) -> None:
        """Let the other one have its turn, and keep what is being worked out."""
        state = cast(Any, self._app.state)._port
        lease = state.acquire(self._app.owner, self._world.now, 1)
        if lease is not None:
            state.give_up(lease)

    def leave(self) -> None:
        """The end of the program, at which it can die too."""
        try:
            stand_down(self._app)
            self._app.state.close()
        except Crash:
            self._world.bury(self._app)


# ── what must be true ───────────────────────────────────────────────────────────────────────────────────────


def ids_of(automation: str, run: str = WEEK) -> set[str]:
    """Ids of the reports of a run of this automation: one a reader."""
    return {f"{automation}:{run}:{reader}" for reader in READERS[automation]}


def board(world: Friday) -> dict[str, Row]:
    """What the Automations tab shows, by automation, without the moments of the last runs."""
    rows = {str(row["automation"]): row for row in world.rows(AUTOMATIONS.key)}
    return {
        a.key: {k: "set" if k == "last_run" else cell for k, cell in rows[a.en].items()}
        for a in ALL_AUTOMATIONS
    }


def check(world: Friday, expected: set[str], *, doubts: tuple[int, ...]) -> None:
    """Exactly these reports, each sent once, or twice with a word about it; and the week closed once."""
    state = world.open_state(Fuse())
    try:
        messages = state.messages(limit=1000)
        weeks = [week.mark.id for week in state.closed_weeks()]
        runs = state.recall_runs().runs.values()
    finally:
        state.close()
    assert {m.id for m in messages if not m.order_no} == expected, "not these reports"
    letters = Counter(world.letters())
    assert letters.keys() == {(m.recipient, m.body) for m in messages}, "lost, or not byte-identical"
    for message in messages:
        assert message.status is Status.SENT
        arrived = letters[message.recipient, message.body]
        assert arrived == 1 or (arrived == 2 and message.uncertain), "a second copy nobody is told of"
    assert sum(m.uncertain for m in messages) in doubts, "doubt where there is none, or none where there is"
    assert weeks == [WEEK], "not closed once"
    assert all(run.shown and run.done_at for run in runs)


def reports_sent(world: Friday) -> Counter[str]:
    """How many letters came of each report, by its id, whichever rendering."""
    found = Counter(body.partition(b"<")[2].partition(b">")[0].decode() for _, body in world.letters())
    return Counter({i: n for i, n in found.items() if i.startswith(tuple(READERS))})
