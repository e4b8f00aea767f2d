"""Addresses of databases: which kind each names."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.connections import SQLITE, Database, connect_sqlite
from bot.ports import StateError


def database_at(url: str, busy_timeout: float) -> Database:
    """The database of this address; nothing is opened yet. `busy_timeout` (seconds) bounds each wait for a lock."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest[1:] not in ("", ":memory:"):
        path = Path(rest[1:])
        return Database(SQLITE, lambda: connect_sqlite(path, busy_timeout))
    if scheme in ("postgres", "postgresql", "postgresql+psycopg") and rest:
        # Imported here because psycopg keeps 19 MB that a worker on SQLite must not pay.
        from bot.adapters.postgres import postgres_database  # noqa: PLC0415

        return postgres_database(rest, busy_timeout)
    raise StateError(
        "The database's address is of no kind the bot knows.",
        hint="Write sqlite:///state/bot.db, sqlite:////an/absolute/path.db or postgresql://user:password@host/name.",
    )
