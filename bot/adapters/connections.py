"""The seam between the state and its two databases: one way to say SQL, and what differs in a `Dialect`.

    with database.writing() as db:      BEGIN … COMMIT, or ROLLBACK when anything is raised
        db.change("UPDATE … WHERE id = ?", message_id)

Plain DB-API on purpose: SQLAlchemy alone keeps 13 MB resident, and an idle worker has 56 for everything.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from bot.ports import StateError

#: What a parameter may be; both drivers give the same back.
Value = str | int | bytes | None


@dataclass(frozen=True)
class Dialect:
    """What one database says differently from the other."""

    #: Column types that replace {text} and {bytes} in the schema. Text compares by code point, as Python does.
    text: str
    bytes: str
    begin_reading: str
    #: Writing transactions of two workers follow one another from their first statement.
    begin_writing: str
    #: Said first when the schema is made, so that two workers may start at once.
    lock_schema: str
    #: Finds a row when there is a table of this name.
    find_table: str
    #: Behind a SELECT whose rows this transaction is about to change.
    for_update: str
    #: The same, leaving rows out that another worker is changing.
    skip_locked: str
    #: Behind a column: the column's value is among those of one parameter, of which there may be 100,000.
    among: str
    list_parameter: Callable[[list[str]], object]
    placeholders: Callable[[str], str]
    #: The base class of the driver's errors.
    errors: type[Exception]
    explain: Callable[[Exception], StateError]
    #: True when the connection is lost and a new one may be tried.
    is_lost: Callable[[Any], bool]


class Statements:
    """What may be said inside one transaction. Placeholders are `?` whatever the driver wants."""

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self.dialect = dialect

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Every row of the answer."""
        self._cursor.execute(self.dialect.placeholders(sql), _storable(values))
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def change(self, sql: str, *values: object) -> int:
        """Do it; the number of rows it concerned."""
        self._cursor.execute(self.dialect.placeholders(sql), _storable(values))
        return int(self._cursor.rowcount)

    def change_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> int:
        """Do it once for each row of values; the number of rows concerned by all together."""
        batch = [_storable(row) for row in rows]
        if not batch:
            return 0
        self._cursor.executemany(self.dialect.placeholders(sql), batch)
        return int(self._cursor.rowcount)

    def among(self, column: str, values: Collection[str]) -> tuple[str, object]:
        """A condition and its one parameter: the column's value is one of these, however many they are."""
        return column + self.dialect.among, self.dialect.list_parameter([_clean(value) for value in values])

    def beginning(self, column: str, prefix: str) -> tuple[str, tuple[str, ...]]:
        """A condition and its parameters: the column's value begins so. An index of the column serves it."""
        start = _clean(prefix)
        end = _end_of(start)
        if not end:
            return f"{column} >= ?", (start,)
        return f"{column} >= ? AND {column} < ?", (start, end)


def _storable(values: Iterable[object]) -> tuple[object, ...]:
    return tuple(_clean(value) if type(value) is str else value for value in values)


def _clean(text: str) -> str:
    """The text without what a database refuses: one odd cell or reply must not stop everything behind it.

    Postgres takes no NUL and neither takes half of a surrogate pair.
    """
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _end_of(prefix: str) -> str:
    """The first text behind all that begin so; "" when there is none."""
    for end in range(len(prefix), 0, -1):
        following = ord(prefix[end - 1]) + 1
        if following <= sys.maxunicode:
            # Halves of surrogate pairs are no characters that a database could be asked for.
            return prefix[: end - 1] + chr(0xE000 if following == 0xD800 else following)
    return ""


class Database:
    """One connection, opened when first needed and again after it was lost. Used from one thread."""

    def __init__(self, dialect: Dialect, connect: Callable[[], Any]) -> None:
        self.dialect = dialect
        #: Opens one more connection.
        self.connect = connect
        self._connection: Any = None

    def reading(self) -> contextlib.AbstractContextManager[Statements]:
        """A transaction that sees one moment and changes nothing."""
        return self._transaction(self.dialect.begin_reading)

    def writing(self) -> contextlib.AbstractContextManager[Statements]:
        """A transaction that is committed when the block ends and undone when it raises."""
        return self._transaction(self.dialect.begin_writing)

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(self.dialect.errors):
                connection.close()

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[Statements]:
        try:
            connection = self._begun(begin)
        except self.dialect.errors as error:
            # The cause is left out: a driver that could not connect may quote the address and its password.
            raise self.dialect.explain(error) from None
        try:
            yield Statements(connection.cursor(), self.dialect)
            connection.execute("COMMIT")
        except BaseException as error:
            try:
                connection.execute("ROLLBACK")
            except self.dialect.errors:
                # Lost, or in a state that nobody knows: the next transaction begins on a new one.
                self.close()
            if isinstance(error, self.dialect.errors):
                raise self.dialect.explain(error) from error
            raise

    def _begun(self, begin: str) -> Any:
        """A connection on which the transaction has begun.

        A connection that was lost while idle shows it here, where nothing is done yet and a new one is harmless.
        """
        if self._connection is not None:
            try:
                self._connection.execute(begin)
            except self.dialect.errors:
                is_lost = self.dialect.is_lost(self._connection)
                # One on which a transaction may have half begun is of no more use either.
                self.close()
                if not is_lost:
                    raise
            else:
                return self._connection
        self._connection = self.connect()
        try:
            self._connection.execute(begin)
        except self.dialect.errors:
            self.close()
            raise
        return self._connection


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────────────

#: How long one step of waiting for a lock lasts.
_STEP_MS = 200
_SQLITE_WORDS = {
    sqlite3.SQLITE_BUSY: ("is in use by another program", "Close the program that has it open."),
    sqlite3.SQLITE_LOCKED: ("is in use by another program", "Close the program that has it open."),
    sqlite3.SQLITE_FULL: ("has no room left", "Free some disk space; nothing that was stored is lost."),
    sqlite3.SQLITE_READONLY: ("cannot be written", "Give the bot's user write access to file and folder."),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "Give the bot's user write access to file and folder."),
    sqlite3.SQLITE_PERM: ("cannot be opened", "Give the bot's user write access to file and folder."),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "Check the disk it lies on."),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "Restore it, or move it away: it is rebuilt from the sheet."),
    sqlite3.SQLITE_NOTADB: (
        "is not a database",
        "Restore it, or move it away: it is rebuilt from the sheet.",
    ),
}


def _explained_sqlite(error: Exception) -> StateError:
    # The low byte is the kind of failure; the others only detail it.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    words, hint = _SQLITE_WORDS.get(kind, ("failed", ""))
    return StateError(f"The database file {words}: {error}", hint=hint)


SQLITE = Dialect(
    text="TEXT",
    bytes="BLOB",
    begin_reading="BEGIN",
    # A transaction that reads first and then writes fails at once when another wrote in between, whatever the
    # busy timeout; IMMEDIATE waits for its turn instead.
    begin_writing="BEGIN IMMEDIATE",
    lock_schema="SELECT 1",
    find_table="SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
    for_update="",
    skip_locked="",
    among=" IN (SELECT value FROM json_each(?))",
    list_parameter=lambda values: orjson.dumps(values).decode(),
    placeholders=lambda sql: sql,
    errors=sqlite3.Error,
    explain=_explained_sqlite,
    is_lost=lambda _connection: False,
)


class _Attentive(sqlite3.Connection):
    """Waits for another program's lock in short steps: Python answers a SIGTERM between them and not within one."""

    #: Seconds.
    patience = 0.0

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        if sql != SQLITE.begin_writing:
            return super().execute(sql, parameters)
        deadline = monotonic() + self.patience
        super().execute(f"PRAGMA busy_timeout = {min(_STEP_MS, round(self.patience * 1000))}")
        try:
            while True:
                try:
                    return super().execute(sql)
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() >= deadline:
                        raise
        finally:
            super().execute(f"PRAGMA busy_timeout = {round(self.patience * 1000)}")


def connect_sqlite(path: Path, busy_timeout: float) -> sqlite3.Connection:
    """Open the file, made readable by its owner alone. `busy_timeout` is in seconds."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A file that is there must not be opened and closed here: closing it would drop the locks that another
        # connection of this process holds on it (sqlite.org/howtocorrupt.html, 2.2).
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StateError(
            f"The database file cannot be opened: {error.strerror}",
            hint=f"Give the bot's user write access to {path.name} and its folder.",
        ) from error
    connection = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, factory=_Attentive)
    connection.patience = busy_timeout
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # With NORMAL a power cut may undo the last commits: a "sent" that is forgotten is a mail sent twice.
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
