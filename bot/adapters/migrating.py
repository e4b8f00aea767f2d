"""Brings a database up to date, step by step through `migrations`: `python -m bot.adapters.migrating`, address by stdin.

    turn ─► version ─► (SQLite) copy beside ─► stamp ─► alembic upgrade head ─► commit        all in ONE transaction

Whoever dies on the way leaves the old tables; whoever comes second finds the new ones. Only `migrated_apart` starts
this: SQLAlchemy keeps 13 MB that an idle worker does not have.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from bot.adapters.addresses import database_at
from bot.adapters.connections import Database
from bot.adapters.schema import SCHEMA_VERSION, check_version, revision_of
from bot.ports import StateError, StateRefused

#: How long a worker waits for another one that is bringing the same database up to date; for a large one it takes minutes.
PATIENCE_SECONDS = 600.0
#: Databases of the versions before this one carry no stamp of alembic's.
_FIRST_STAMPED = 4
_PLACE = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Migrated:
    """What was done."""

    before: int
    after: int
    #: Name of the copy beside the file, as it was before; "" when there is none.
    copy: str = ""


def migrate(url: str) -> Migrated:
    """Bring the tables at this address to this program's version. Raises StateError, and then nothing has changed."""
    database = database_at(url, PATIENCE_SECONDS)
    try:
        with connected(database) as connection, connection.begin():
            return _migrated(database, connection)
    except DBAPIError as error:
        # The cause is left out: it may quote what was to be stored.
        raise database.dialect.explain(error.orig if isinstance(error.orig, Exception) else error) from None
    except database.dialect.errors as error:
        raise database.dialect.explain(error) from None


def _migrated(database: Database, connection: Connection) -> Migrated:
    connection.exec_driver_sql(database.dialect.lock_schema)
    found = connection.exec_driver_sql(
        "SELECT value FROM bookkeeping WHERE key = 'schema_version'"
    ).scalar_one()
    before = int(found)
    check_version(before)
    if before == SCHEMA_VERSION:
        return Migrated(before, before)
    kept = _copy_kept(connection) if connection.dialect.name == "sqlite" else ""
    config = config_for(connection)
    if before < _FIRST_STAMPED:
        command.stamp(config, revision_of(before))
    command.upgrade(config, "head")
    changed = connection.exec_driver_sql(
        f"UPDATE bookkeeping SET value = '{SCHEMA_VERSION}' WHERE key = 'schema_version'"
    )
    if changed.rowcount != 1:
        raise StateError(
            "The database could not be brought up to date: another program has changed it meanwhile."
        )
    return Migrated(before, SCHEMA_VERSION, kept)


def config_for(connection: Connection) -> Config:
    """What alembic is to work with: our migrations, on this connection and in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(_PLACE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextlib.contextmanager
def connected(database: Database) -> Iterator[Connection]:
    """SQLAlchemy's connection on one of ours, whose transactions begin with a turn and end with our commit."""
    is_sqlite = database.dialect.bytes == "BLOB"
    engine = create_engine(
        "sqlite://" if is_sqlite else "postgresql+psycopg://",
        creator=lambda: _opened(database),
        poolclass=NullPool,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if is_sqlite:
            connection.exec_driver_sql(database.dialect.begin_writing)

    with engine.connect() as connection:
        yield connection


def _opened(database: Database) -> Any:
    """A connection that does not commit by itself: SQLite's begins by the event above, Postgres's by its driver."""
    connection = database.connect()
    if not isinstance(connection, sqlite3.Connection):
        connection.autocommit = False
    return connection


def _copy_kept(connection: Connection) -> str:
    """Keep the file as it is beside it; nobody can write to it now. The copy's name.

    It takes the place of an older one of the same name: that was of a database that was put back since.
    """
    [(_, _, name)] = [row for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] == "main"]
    file = Path(name)
    copy = file.with_name(f"{file.name}.before-{SCHEMA_VERSION}")
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            contextlib.closing(sqlite3.connect(file)) as source,
            contextlib.closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
        unfinished.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise StateError(
            f"No copy of the database could be kept as {copy.name}, so it was not brought up to date: {error}",
            hint="Make room for one more file of its size beside it, and start again.",
        ) from error
    return copy.name


def _told() -> dict[str, object]:
    try:
        return asdict(migrate(sys.stdin.read()))
    except StateError as error:
        return {"error": str(error), "hint": error.hint, "refused": isinstance(error, StateRefused)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_told()))
