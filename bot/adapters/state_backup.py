"""The whole state into a file, and out of a file into an unused database of either kind.

back up   one reading transaction; the worker goes on meanwhile
restore   the file is read through once to see that it is whole, then one writing transaction, or nothing
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.adapters.addresses import database_at
from bot.adapters.connections import Database, Statements
from bot.adapters.migrated_apart import bring_up_to_date
from bot.adapters.schema import SCHEMA_VERSION, make_tables
from bot.adapters.state_ageing import forget_what_may_be_over
from bot.adapters.state_file import About, read_about, read_backup, write_backup
from bot.adapters.state_rows import KEPT, clear, counts, is_unused, put, rows_of
from bot.adapters.tables import time_text, upsert
from bot.ports import StateRefused

#: How long a transaction waits for a worker's, in seconds.
_PATIENCE = 30.0


@dataclass(frozen=True)
class Circumstances:
    """What a backup and its restoring go by."""

    #: The workbook that the config names.
    workbook: str
    now: datetime
    #: Whether the worker of this name certainly runs no more.
    is_dead: Callable[[str], bool]
    #: Hears how many rows are done, and of how many.
    tell: Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What was put back."""

    about: About
    #: Mails that are held, because they may have been sent since.
    held: int = 0


def back_up(url: str, file: Path, around: Circumstances, *, force: bool) -> About:
    """Write all of the state at this address into the file. Raises StateError, StateRefused."""
    with _opened(url) as database, database.reading() as db:
        found = counts(db)
        about = About(SCHEMA_VERSION, around.workbook, around.now, _holder(db, around) != "", found)
        done = 0

        def told(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
            nonlocal done
            for row in rows:
                yield row
                done += 1
                around.tell(done, about.rows)

        write_backup(file, about, ((table, told(rows_of(db, table))) for table in KEPT), force=force)
    return about


def restore(url: str, file: Path, around: Circumstances, *, moved: bool) -> Restored:
    """Fill the unused database at this address from the file. Raises StateError, StateRefused; then nothing is stored.

    `moved`: no worker has gone on since, so that everything goes on as it was.
    """
    about = read_about(file)
    _refuse_unfit(about, around, moved=moved)
    for _ in read_backup(file):
        # A file that is damaged at its end is found out before anything is made for it.
        pass
    with _opened(url) as database, database.writing() as db:
        _take_turn(db, around)
        clear(db)
        done = 0
        for batch in read_backup(file):
            done += put(db, batch.table, batch.columns, batch.rows)
            around.tell(done, about.rows)
        held = 0 if moved else forget_what_may_be_over(db, around.now)
        db.change(upsert("facts", ("key", "value")), "restored_at", time_text(around.now))
    return Restored(about, held)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = database_at(url, _PATIENCE)
    try:
        make_tables(database, partial(bring_up_to_date, url))
        yield database
    finally:
        database.close()


def _holder(db: Statements, around: Circumstances, for_update: str = "") -> str:
    """The worker that holds the workbook now; "" when none does."""
    found = db.rows(f"SELECT owner, until FROM leases WHERE name = 'workbook'{for_update}")
    live = (owner for owner, until in found if owner and until > time_text(around.now))
    return next((owner for owner in live if not around.is_dead(owner)), "")


def _refuse_unfit(about: About, around: Circumstances, *, moved: bool) -> None:
    if about.schema > SCHEMA_VERSION:
        raise StateRefused(
            f"The backup was made by a newer version of the bot (schema {about.schema}, this one knows "
            f"{SCHEMA_VERSION}).",
            hint="Restore it with that version.",
        )
    if about.workbook != around.workbook:
        raise StateRefused(
            f"The backup belongs to the workbook {about.workbook}, not to workbook.id.",
            hint="Restore it with the config of its own workbook.",
        )
    if moved and about.worker_ran:
        raise StateRefused(
            "A worker was at work when the backup was made, and may have gone on after it.",
            hint="Stop the worker, back up again and restore that; or leave out --moved.",
        )


def _take_turn(db: Statements, around: Circumstances) -> None:
    """Keep workers waiting until this is stored, and see that nobody needs what is there."""
    db.change(
        "INSERT INTO leases (name, owner, fence, until) VALUES ('workbook', '', 0, '') ON CONFLICT (name) DO NOTHING"
    )
    if _holder(db, around, db.dialect.for_update):
        raise StateRefused("A worker is at work on this database.", hint="Stop it, then restore.")
    if not is_unused(db):
        raise StateRefused(
            "The database is in use: it remembers a workbook already.",
            hint="Restore into an empty one: move the file away, or name another database in the config.",
        )
