"""A database as version 2 of the schema left it, with a run that is not finished. History: it never changes again."""

from __future__ import annotations

from bot.adapters.connections import Database
from tests.contract.schema_1 import fill_as_version_1

_TABLES = (
    """CREATE TABLE standings (
        automation {text} PRIMARY KEY, timing {text} NOT NULL, switched_on INTEGER NOT NULL, since {text} NOT NULL,
        ticked INTEGER NOT NULL)""",
    """CREATE TABLE runs (
        id {text} PRIMARY KEY, automation {text} NOT NULL, period {text} NOT NULL, due_at {text} NOT NULL,
        begun_at {text} NOT NULL, asked INTEGER NOT NULL, late INTEGER NOT NULL, shown INTEGER NOT NULL,
        done_at {text}, empty INTEGER NOT NULL, retry_at {text}, attempts INTEGER NOT NULL,
        failures {text} NOT NULL, notes {text} NOT NULL)""",
    "CREATE INDEX runs_latest ON runs (automation, asked, begun_at)",
    "CREATE INDEX runs_unfinished ON runs (id) WHERE done_at IS NULL",
    """CREATE TABLE weeks (
        id {text} PRIMARY KEY, starts_at {text} NOT NULL, ends_at {text} NOT NULL, closed_at {text} NOT NULL,
        body {bytes} NOT NULL)""",
    "CREATE INDEX weeks_last ON weeks (ends_at, id)",
)
_TIME = "2026-11-21T09:00:00.000000+00:00"
_ROWS: dict[str, tuple[str | int | bytes | None, ...]] = {
    "standings": ("weekly_personal", "Fri 18:00", 1, _TIME, 0),
    "runs": (
        "weekly_personal:W47", "weekly_personal", "W47", _TIME, _TIME, 0, 0, 0, None, 0, None, 0, "[]", "[]",
    ),
    "weeks": ("W46", _TIME, _TIME, _TIME, b"week"),
}  # fmt: skip


def fill_as_version_2(database: Database) -> None:
    """Make the tables of version 2 in an empty database, and a row in each."""
    fill_as_version_1(database)
    with database.writing() as db:
        for statement in _TABLES:
            db.change(statement.format(text=db.dialect.text, bytes=db.dialect.bytes))
        for table, row in _ROWS.items():
            db.change(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in row)})", *row)
        db.change("UPDATE bookkeeping SET value = '2' WHERE key = 'schema_version'")
