"""What is particular to Postgres: its dialect, its errors in words, and addresses that never show a password."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

from bot.adapters.connections import Database, Dialect
from bot.ports import StateError

_HINTS = {
    "25006": "This server only reads: name the primary server in the address.",
    "28": "Check the user and the password in the address.",
    "3D000": "Create the database, or correct its name in the address.",
    "42501": "Give the database user the right to create and change tables.",
    "53100": "The server's disk is full: free some space; nothing that was stored is lost.",
    "53300": "The server has no connection left: raise its limit or close other programs.",
}


def _dialect(url: str, busy_timeout: float) -> Dialect:
    secret = _password(url)

    def explained(error: Exception) -> StateError:
        if isinstance(error, psycopg.ProgrammingError) and getattr(error, "sqlstate", None) is None:
            # The driver quotes an address it cannot read, password and all.
            return _unreadable()
        # The first line only: the lines behind it may quote what was to be stored.
        said = (str(error).splitlines() or ["no reason given"])[0]
        for word in filter(None, (secret, unquote(secret))):
            said = said.replace(word, "***")
        state = getattr(error, "sqlstate", None) or ""
        hint = _HINTS.get(state) or _HINTS.get(state[:2], "")
        if not state:
            hint = "Check that the database server runs and that its address is right."
        return StateError(f"The database failed: {said}", hint=hint)

    return Dialect(
        # In the "C" collation text compares by code point, as in SQLite and Python.
        text='TEXT COLLATE "C"',
        bytes="BYTEA",
        begin_reading="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 30000",
        begin_writing=f"BEGIN; SET LOCAL lock_timeout = {round(busy_timeout * 1000)};"
        " SET LOCAL statement_timeout = 30000",
        # Any number does, as long as nobody else in this database locks the same one.
        lock_schema="SELECT pg_advisory_xact_lock(7365727)",
        find_table="SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?",
        for_update=" FOR UPDATE",
        skip_locked=" FOR UPDATE SKIP LOCKED",
        among=" = ANY(?)",
        list_parameter=lambda values: values,
        placeholders=lambda sql: sql.replace("?", "%s"),
        errors=psycopg.Error,
        explain=explained,
        is_lost=lambda connection: bool(connection.closed),
    )


def _unreadable() -> StateError:
    return StateError(
        "The database's address cannot be read.",
        hint="It looks like postgresql://user:password@host:5432/name; special characters as %XX.",
    )


def _is_misread(rest: str) -> bool:
    """True when a character of the password ends it early, and its tail would be shown as the name of a host."""
    server, _, path = rest.partition("?")[0].partition("/")
    return server.count("@") > 1 or "@" in path


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def _connected(url: str) -> Any:
    return psycopg.connect(
        url,
        autocommit=True,
        # Poolers that hand out a connection per transaction know nothing of statements prepared on another.
        prepare_threshold=None,
        connect_timeout=10,
        # A server that vanished without a word is noticed within half a minute.
        tcp_user_timeout=20_000,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )


def postgres_database(rest: str, busy_timeout: float) -> Database:
    """The database of this address, given without its `postgresql://`; nothing is opened yet."""
    if _is_misread(rest):
        raise _unreadable()
    url = f"postgresql://{rest}"
    return Database(_dialect(url, busy_timeout), lambda: _connected(url))
