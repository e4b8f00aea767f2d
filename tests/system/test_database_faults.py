"""The database fails under a running worker: the loop lives, says why, and goes on in the poll after the fault has ended.

Faulty ── connections that fail at the n-th statement, before or after it took effect, and stay away until they are healed
outage ── a fault that begins between two polls, as people know it: locked, full, read-only, gone, damaged
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from structlog.testing import capture_logs

from bot.adapters.addresses import database_at
from bot.adapters.connections import SQLITE, Database, connect_sqlite
from bot.adapters.database import DatabaseState
from bot.adapters.memory_mailer import MemoryMailer
from bot.outbox import Status
from bot.ports import State
from bot.worker import Worker
from sheets_schema import CONTRACTS
from tests.system.crashes import LONG, POLL, Fuse, Row, World, furnish, line, order_everything, sheet_of
from tests.system.worlds import MemoryBook, in_memory


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


# ── at every statement ──────────────────────────────────────────────────────────────────────────────────────


class Faulty:
    """The way to a database that gives way at its n-th statement."""

    def __init__(self, database: Database, *, only: str = "") -> None:
        self._connect, self._errors = database.connect, database.dialect.errors
        self._only = only
        self.at, self.after, self.lasts = -1, False, False
        self.said = 0
        self.is_down = False
        self.database = Database(database.dialect, self.connect)

    def connect(self) -> Any:
        if self.is_down:
            raise self.trouble()
        return Connection(self, self._connect())

    def trouble(self) -> Exception:
        error = self._errors if self._errors is not sqlite3.Error else sqlite3.OperationalError
        return cast(Exception, error("the connection was lost"))

    def say(self, connection: Any, act: Callable[[], Any], sql: str) -> Any:
        if self.is_down:
            raise self.trouble()
        due = False
        if sql.startswith(self._only):
            self.said += 1
            due = self.said == self.at
        result = act() if not due or self.after else None
        if due:
            self.is_down = self.lasts
            if self._errors is not sqlite3.Error:
                connection.close()
            raise self.trouble()
        return result


class Connection:
    """One connection, and the cursors on it."""

    def __init__(self, faulty: Faulty, real: Any, cursor: Any = None) -> None:
        self._faulty, self._real, self._cursor = faulty, real, cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor or self._real, name)

    def cursor(self) -> Connection:
        return Connection(self._faulty, self._real, self._real.cursor())

    def execute(self, sql: str, *values: Any) -> Any:
        target = self._cursor or self._real
        return self._faulty.say(self._real, lambda: target.execute(sql, *values), sql)

    def executemany(self, sql: str, rows: Any) -> Any:
        return self._faulty.say(self._real, lambda: self._cursor.executemany(sql, rows), sql)


def world_on(database: Database) -> World:
    mailer = MemoryMailer()

    def opened(_fuse: Fuse) -> State:
        return DatabaseState(database)

    return World(MemoryBook(), opened, mailer, lambda: [(x.recipient, x.body) for x in mailer.letters])


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Database]:
    """Empty databases of one kind."""
    if request.param == "sqlite":
        names = iter(range(1000))
        return lambda: database_at(f"sqlite:///{tmp_path}/{next(names)}.db", 5)
    url = str(request.getfixturevalue("postgres_url"))

    def emptied() -> Database:
        database = database_at(url, 5)
        with database.writing() as db:
            for (table,) in db.rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"):
                db.change(f"DROP TABLE {table}")
        return database

    return emptied


@pytest.fixture(scope="module")
def peace() -> dict[str, list[Row]]:
    made = in_memory()
    furnish(made)
    order_everything(made)
    made.work(Fuse())
    return sheet_of(made)


def lived(faulty: Faulty, at: int, *, after: bool, lasts: bool) -> World:
    """The story of a worker whose database gives way at one place, is away for two polls or not at all, and heals."""
    world = world_on(faulty.database)
    furnish(world)
    order_everything(world)
    app = world.start(Fuse())
    worker = Worker(app, 30)
    faulty.said, faulty.at, faulty.after, faulty.lasts = 0, at, after, lasts
    failed = quiet = 0
    while quiet < 2:
        world.now += POLL
        cycle = worker.tick()
        failed += cycle is None
        assert failed < 4, "the worker does not come to rest"
        faulty.is_down = faulty.is_down and failed < 2
        quiet = quiet + 1 if cycle is not None and cycle.outcome == "idle" and not cycle.delivered.sent else 0
    faulty.at = -1
    world.now += LONG
    for _ in range(4):
        assert worker.tick()
        world.now += POLL
    assert app.state.facts()["last_error"] == ""
    app.state.close()
    return world


def assert_all_is_well(world: World, peace: dict[str, list[Row]], *, doubtful: bool) -> None:
    assert sheet_of(world) == peace
    state = world.open_state(Fuse())
    messages = state.messages()
    state.close()
    assert len(messages) == 6
    assert {m.status for m in messages} == {Status.SENT}
    copies = Counter(world.letters())
    assert copies.keys() == {(m.recipient, m.body) for m in messages}, "lost"
    if not doubtful:
        assert set(copies.values()) == {1}, "sent twice"
    for message in messages:
        assert copies[message.recipient, message.body] == 1 or message.uncertain, (
            "a second copy nobody is told of"
        )


@pytest.mark.parametrize("after", [False, True], ids=["commit fails", "its answer is lost"])
def test_a_connection_lost_at_any_commit_neither_loses_nor_sends_twice(
    fresh: Callable[[], Database], peace: dict[str, list[Row]], after: bool
) -> None:
    at, stride = 1, 7 if fresh().dialect is SQLITE else 19
    while True:
        faulty = Faulty(fresh(), only="COMMIT")
        world = lived(faulty, at, after=after, lasts=False)
        assert_all_is_well(world, peace, doubtful=False)
        if faulty.said < at:
            break
        at += stride
    assert at > 20


def test_a_database_that_goes_away_at_any_statement_and_comes_back_loses_nothing(
    fresh: Callable[[], Database], peace: dict[str, list[Row]]
) -> None:
    at, stride = 1, 41 if fresh().dialect is SQLITE else 97
    while True:
        faulty = Faulty(fresh())
        world = lived(faulty, at, after=at % 2 == 0, lasts=True)
        # What was handed over right before may be sent again, byte for byte, and the sheet says so.
        assert_all_is_well(world, peace, doubtful=True)
        if faulty.said < at:
            break
        at += stride


# ── as people know them ─────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Outage:
    """One way for a database to fail between two polls."""

    database: Database
    begin: Callable[[], None]
    end: Callable[[], None]
    words: str
    hint: str
    #: Small changes still find room, so that `status` can tell of the trouble.
    is_told: bool = False


def with_pragma(tmp_path: Path, pragma: str, words: str, hint: str, is_told: bool = False) -> Outage:
    """A file that SQLite refuses to write, or to make larger."""
    is_on = False

    def connect() -> sqlite3.Connection:
        connection = connect_sqlite(tmp_path / "bot.db", 0.01)
        if is_on:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def turn(on: bool) -> None:
        nonlocal is_on
        is_on = on
        database.close()

    database = Database(SQLITE, connect)
    return Outage(database, lambda: turn(True), lambda: turn(False), words, hint, is_told)


def locked(tmp_path: Path) -> Outage:
    """Another program writes to the file and does not come to an end."""
    others: list[sqlite3.Connection] = []

    def begin() -> None:
        others.append(sqlite3.connect(tmp_path / "bot.db", isolation_level=None))
        others[0].execute("BEGIN IMMEDIATE")

    def end() -> None:
        others.pop().close()

    database = Database(SQLITE, lambda: connect_sqlite(tmp_path / "bot.db", 0.01))
    return Outage(database, begin, end, "in use by another program", "Close the program")


def restarting(server: str, url: str) -> Outage:
    """The Postgres server ends all connections and takes no new ones."""
    import psycopg  # noqa: PLC0415 - a run without Postgres needs no driver

    real = database_at(f"{url}&application_name=outage", 5)
    is_down = False

    def connect() -> Any:
        if is_down:
            raise psycopg.OperationalError("connection refused")
        return real.connect()

    def begin() -> None:
        nonlocal is_down
        is_down = True
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'outage'"
            )

    def end() -> None:
        nonlocal is_down
        is_down = False

    return Outage(Database(real.dialect, connect), begin, end, "connection refused", "database server runs")


@pytest.fixture(params=["locked", "full", "read-only", "postgres restarts"])
def outage(request: pytest.FixtureRequest, tmp_path: Path) -> Outage:
    if request.param == "locked":
        return locked(tmp_path)
    if request.param == "full":
        return with_pragma(
            tmp_path, "max_page_count = 1", "no room left", "Free some disk space", is_told=True
        )
    if request.param == "read-only":
        return with_pragma(
            tmp_path, "query_only = ON", "cannot be written", "write access to file and folder"
        )
    server, url = (str(request.getfixturevalue(f"postgres_{name}")) for name in ("server", "url"))
    return restarting(server, url)


def polled(world: World, worker: Worker, times: int, seconds: int = 60) -> list[bool]:
    """So many polls; which of them came to their end."""
    done = []
    for _ in range(times):
        world.now += timedelta(seconds=seconds)
        done.append(worker.tick() is not None)
    return done


def test_the_loop_lives_says_why_and_goes_on_in_the_poll_after_the_fault(outage: Outage) -> None:
    world = world_on(outage.database)
    furnish(world)
    worker = Worker(world.start(Fuse()), 30)
    world.book.write(CONTRACTS.key, 3, line("Nordlicht"))
    assert all(polled(world, worker, 4))
    assert len(world.letters()) == 2
    outage.begin()
    world.book.write(CONTRACTS.key, 4, line("Ostsee") | {"notes": "x" * 100_000})
    structlog.reset_defaults()
    with capture_logs() as log:
        assert not any(polled(world, worker, 12, seconds=30))
        failed = [said for said in log if said["event"] == "cycle_failed"]
        assert all(outage.words in said["error"] and outage.hint in said["hint"] for said in failed)
        assert [said["failures"] for said in failed] == list(range(1, len(failed) + 1))
        waits = [said["wait_seconds"] for said in failed]
        assert waits == [30, 30 * 2, 30 * 4, 30 * 8][: len(waits)]
        assert len(waits) >= 3
        assert ("status_not_stored" in {said["event"] for said in log}) is not outage.is_told
        outage.end()
        world.now += timedelta(seconds=300)
        assert worker.tick() is not None, "not in the first poll after the fault"
        assert {"event": "recovered", "failures": len(failed), "log_level": "info"} in log
    assert all(polled(world, worker, 4))
    assert Counter(Counter(world.letters()).values()) == Counter({1: 4}), "two orders, two mails each, once"
    state = world.open_state(Fuse())
    assert state.facts()["last_error"] == ""
    assert {m.status for m in state.messages()} == {Status.SENT}
    state.close()


def test_what_went_wrong_is_told_by_status_as_soon_as_it_can_be_stored(tmp_path: Path) -> None:
    outage = with_pragma(tmp_path, "max_page_count = 1", "no room left", "Free some disk space", is_told=True)
    world = world_on(outage.database)
    furnish(world)
    worker = Worker(world.start(Fuse()), 30)
    outage.begin()
    world.book.write(CONTRACTS.key, 3, line("Ostsee") | {"notes": "x" * 100_000})
    polled(world, worker, 2)
    facts = world.open_state(Fuse()).facts()
    assert "no room left" in facts["last_error"]
    assert int(facts["failures"]) >= 1


def test_a_damaged_file_that_is_moved_away_is_rebuilt_from_the_sheet_and_nobody_is_mailed_twice(
    tmp_path: Path,
) -> None:
    file = tmp_path / "bot.db"
    database = database_at(f"sqlite:///{file}", 0.01)
    world = world_on(database)
    furnish(world)
    worker = Worker(world.start(Fuse()), 30)
    world.book.write(CONTRACTS.key, 3, line("Nordlicht"))
    assert all(polled(world, worker, 4))
    before = sheet_of(world)
    database.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    structlog.reset_defaults()
    with capture_logs() as log:
        assert not any(polled(world, worker, 4))
    failed = [said for said in log if said["event"] == "cycle_failed"]
    assert failed
    assert all("is damaged" in said["error"] and "rebuilt from the sheet" in said["hint"] for said in failed)
    database.close()
    for path in tmp_path.glob("bot.db*"):
        path.rename(path.with_suffix(".damaged"))
    worker = Worker(world.start(Fuse()), 30)
    assert all(polled(world, worker, 4))
    assert sheet_of(world) == before
    assert len(world.letters()) == 2
    world.book.write(CONTRACTS.key, 4, line("Ostsee"))
    assert all(polled(world, worker, 4))
    assert len(world.letters()) == 4
