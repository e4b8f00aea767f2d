"""All that the state holds as rows of plain values, out of one database and into another: what a backup is made of.

Leases are left out, being about processes and not about orders, and so is what a database says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.adapters.connections import Statements, Value
from bot.adapters.remembered_progress import ENTRY, PROGRESS, STOCK
from bot.adapters.remembered_runs import RUN, STANDING, WEEK
from bot.adapters.tables import HOLD, MESSAGE, ORDER, SIGHTING, WAITING

#: Table -> its columns, the key first. In this order they are written and read.
KEPT = {
    "facts": ("key", "value"),
    "bookkeeping": ("key", "value"),
    "orders": ORDER,
    "sightings": SIGHTING,
    "waiting": WAITING,
    "holds": HOLD,
    "messages": (*MESSAGE, "last_attempt_at"),
    "standings": STANDING,
    "runs": RUN,
    "weeks": WEEK,
    "progress": PROGRESS,
    "stock": STOCK,
    "answers": ("key",),
    "activity": ENTRY,
}
#: Of the bookkeeping what is about the orders; the rest is about the database.
_BOOKKEPT = ("activity", "pause")
#: Tables in which a database that has met no workbook yet may have rows.
_MAY_BE_FILLED = ("facts", "bookkeeping")
#: Rows asked for at a time: a mail with a report's file has a megabyte.
_PAGE, _PAGE_OF_MAILS = 1000, 25


def counts(db: Statements) -> dict[str, int]:
    """Table -> how many rows of it a backup has."""
    found = {table: int(db.rows(f"SELECT COUNT(*) FROM {table}")[0][0]) for table in KEPT}
    found["bookkeeping"] = len(list(rows_of(db, "bookkeeping")))
    return found


def rows_of(db: Statements, table: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, by and by; the transaction is the caller's, and they are all of one moment."""
    columns = KEPT[table]
    key, page = columns[0], _PAGE_OF_MAILS if table == "messages" else _PAGE
    asked = f"SELECT {', '.join(columns)} FROM {table}"
    found = db.rows(f"{asked} ORDER BY {key} LIMIT ?", page)
    while found:
        last = found[-1][0]
        yield from (row for row in found if table != "bookkeeping" or row[0] in _BOOKKEPT)
        found = db.rows(f"{asked} WHERE {key} > ? ORDER BY {key} LIMIT ?", last, page)


def is_unused(db: Statements) -> bool:
    """Whether no workbook has been met yet: there are tables, and nothing in them that a restore would destroy."""
    filled = any(db.rows(f"SELECT 1 FROM {table} LIMIT 1") for table in KEPT if table not in _MAY_BE_FILLED)
    return not filled and not db.rows("SELECT 1 FROM facts WHERE key = 'adopted_at'")


def clear(db: Statements) -> None:
    """Forget what an unused database has noted of its failures."""
    db.change("DELETE FROM facts")
    where, keys = db.among("key", _BOOKKEPT)
    db.change(f"DELETE FROM bookkeeping WHERE {where}", keys)


def put(db: Statements, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Store these rows in a table that has none of them; how many they were."""
    marks = ", ".join("?" for _ in columns)
    return db.change_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
