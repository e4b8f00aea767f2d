"""The state in a database: SQLite where the disk lasts, Postgres where it does not or where workers share it.

Each method is one transaction. What is said in it stands in `remembered` and `outbox_table`, how it is said to
either database in `connections`, and the tables in `tables`. Plain DB-API and not SQLAlchemy, which would keep
13 MB resident in an idle worker that has 56 for everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.activity import Entry
from bot.adapters import outbox_table, remembered, remembered_progress, remembered_runs
from bot.adapters.addresses import database_at
from bot.adapters.connections import Database, Statements
from bot.adapters.migrated_apart import bring_up_to_date
from bot.adapters.schema import make_tables
from bot.adapters.tables import note, time_text
from bot.outbox import Message, Outcome, Status
from bot.planning.runs import ClosedWeek, RunsSeen
from bot.planning.sightings import Seen, Wanted
from bot.ports import Commit, Lease, LeaseLost, StateError

if TYPE_CHECKING:
    from bot.forgetting import Forgotten, Words

#: The one row of the table of leases.
_WORKBOOK = "workbook"


def open_state(url: str, *, busy_timeout: float = 5.0) -> DatabaseState:
    """The state at this address, its tables made if they are missing.

    `sqlite:///relative/path.db`, `sqlite:////absolute/path.db`, `postgresql://…`, and the spellings of the latter
    that hosts use (`postgres://`, `postgresql+psycopg://`). `busy_timeout` is how many seconds a transaction
    waits for another worker's. Raises StateError, which never quotes the address's password.
    """
    return DatabaseState(database_at(url, busy_timeout), partial(bring_up_to_date, url))


class DatabaseState:
    """`State` over one connection, for one thread. Another worker opens its own."""

    def __init__(self, database: Database, upgrade: Callable[[], None] | None = None) -> None:
        """`upgrade` brings an older program's tables up to date; without it they are refused."""
        self._database = database
        try:
            make_tables(database, upgrade)
        except StateError:
            database.close()
            raise

    def acquire(self, owner: str, now: datetime, seconds: float) -> Lease | None:
        """One statement that changes the lease's row only if it is ours or has run out."""
        until = now + timedelta(seconds=seconds)
        with self._database.writing() as db:
            taken = db.rows(
                "INSERT INTO leases (name, owner, fence, until) VALUES (?, ?, 1, ?)"
                " ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until, fence ="
                " CASE WHEN leases.owner = excluded.owner AND leases.until > ? THEN leases.fence"
                " ELSE leases.fence + 1 END"
                " WHERE leases.owner = excluded.owner OR leases.until <= ?"
                " RETURNING fence",
                _WORKBOOK,
                owner,
                time_text(until),
                time_text(now),
                time_text(now),
            )
        return Lease(owner, taken[0][0], until) if taken else None

    def give_up(self, lease: Lease) -> None:
        """The row stays, owned by nobody, so that its fence goes on growing."""
        with self._database.writing() as db:
            db.change(
                "UPDATE leases SET owner = '', until = '' WHERE name = ? AND owner = ? AND fence = ?",
                _WORKBOOK,
                lease.owner,
                lease.fence,
            )

    def bury(self, is_dead: Callable[[str], bool], now: datetime) -> bool:
        """What dead workers held has run out. A worker cannot come back to life between the two transactions."""
        with self._database.reading() as db:
            holders = [row[0] for row in db.rows("SELECT owner FROM leases WHERE name = ?", _WORKBOOK)]
            claimers = outbox_table.claimers(db)
        dead = [owner for owner in {*holders, *claimers} if owner and is_dead(owner)]
        if not dead:
            return False
        with self._database.writing() as db:
            outbox_table.end_claims(db, dead, now)
            where, owners = db.among("owner", dead)
            return db.change(f"UPDATE leases SET owner = '', until = '' WHERE {where}", owners) > 0

    def revision(self) -> int:
        """How many times a person's word changed something."""
        with self._database.reading() as db:
            return int(note(db, "revision") or 0)

    def facts(self) -> dict[str, str]:
        """The small facts."""
        with self._database.reading() as db:
            return remembered.known_facts(db)

    def digests(self) -> dict[str, dict[int, str]]:
        """Tab -> row digest -> Row ID of every row to which nothing is owed."""
        with self._database.reading() as db:
            return remembered.steady_digests(db)

    def recall(self, wanted: Wanted) -> Seen:
        """What is remembered of these rows."""
        with self._database.reading() as db:
            return remembered.recalled(db, wanted)

    def recall_runs(self) -> RunsSeen:
        """What is remembered of the automations."""
        with self._database.reading() as db:
            return remembered_runs.recalled_runs(db)

    def closed_weeks(self) -> list[ClosedWeek]:
        """Every closed week, oldest first."""
        with self._database.reading() as db:
            return remembered_runs.all_weeks(db)

    def known_messages(self, prefix: str) -> frozenset[str]:
        """Ids of the messages that begin so."""
        with self._database.reading() as db:
            return outbox_table.known(db, prefix)

    def activity(self, after: int = 0, order_no: str = "", limit: int = 500) -> list[Entry]:
        """What happened, oldest first."""
        with self._database.reading() as db:
            return remembered_progress.entries(db, after, order_no, limit)

    def last_activity(self) -> int:
        """The number of the latest entry."""
        with self._database.reading() as db:
            return remembered_progress.last_entry(db)

    def refused(self) -> dict[str, str]:
        """Row ID -> legal state of the lines whose Status cell shows another."""
        with self._database.reading() as db:
            return remembered_progress.refused_states(db)

    def commit(self, changes: Commit, lease: Lease) -> None:
        """Store everything or nothing; the lease's row is locked until it is stored."""
        with self._database.writing() as db:
            held = db.rows(
                f"SELECT owner, fence FROM leases WHERE name = ?{db.dialect.for_update}", _WORKBOOK
            )
            if held != [(lease.owner, lease.fence)]:
                raise LeaseLost("Another worker has taken over this workbook; nothing was stored.")
            remembered.store(db, changes)
            outbox_table.withdraw(db, changes.withdrawn)
            outbox_table.supersede(db, changes.superseded)
            outbox_table.drop_queued(db, changes.dropped)
            outbox_table.add(db, changes.messages)
            remembered_progress.add_entries(db, changes.activity)

    def next_due(self) -> datetime | None:
        """When there is something to send or to reclaim."""
        with self._database.reading() as db:
            return outbox_table.earliest(db)

    def paused(self) -> tuple[datetime, str] | None:
        """The last pause and its reason, which may be over: there is no clock here to tell."""
        with self._database.reading() as db:
            return outbox_table.pause(db)

    def sent_since(self, moment: datetime) -> int:
        """How many messages the server may have got since then."""
        with self._database.reading() as db:
            return outbox_table.handed_over_since(db, moment)

    def sent_to_since(self, recipient: str, moment: datetime, kinds: Collection[str]) -> int:
        """The same for one address and these kinds, with those that wait for another attempt."""
        with self._database.reading() as db:
            return outbox_table.handed_over_to_since(db, recipient, moment, kinds)

    def overdue(self, moment: datetime) -> int:
        """How many messages are on their way although they might have left by then."""
        with self._database.reading() as db:
            return outbox_table.overdue(db, moment)

    def reclaim(self, now: datetime) -> list[Message]:
        """What was left in `sending` when its lease ran out."""
        with self._database.writing() as db:
            return outbox_table.reclaim(db, now)

    def claim(self, owner: str, now: datetime, until: datetime, limit: int) -> list[Message]:
        """Up to `limit` due messages, now ours."""
        with self._database.writing() as db:
            return outbox_table.claim(db, owner, now, until, limit)

    def begin(self, message_id: str, owner: str, now: datetime, until: datetime) -> bool:
        """True when `sending` is committed and DATA may follow."""
        with self._database.writing() as db:
            return outbox_table.begin(db, message_id, owner, now, until)

    def settle(self, message_id: str, owner: str, outcome: Outcome) -> bool:
        """True when the outcome is committed.

        The one transaction that is tried once more: nobody else knows that this mail has left, and a minute later it
        would be in doubt and sent again. Whether only the answer to the first try was lost is seen from the row.
        """
        try:
            with self._database.writing() as db:
                return outbox_table.settle(db, message_id, owner, outcome)
        except StateError:
            with self._database.writing() as db:
                done = outbox_table.settle(db, message_id, owner, outcome)
                return done or outbox_table.is_settled(db, message_id, outcome)

    def unclaim(self, message_ids: Collection[str], owner: str) -> None:
        """Give back what was not tried."""
        with self._database.writing() as db:
            outbox_table.unclaim(db, message_ids, owner)

    def messages(
        self, statuses: Collection[Status] = (), order_no: str = "", limit: int = 200
    ) -> list[Message]:
        """The outbox for people, newest first."""
        with self._database.reading() as db:
            return outbox_table.listed(db, statuses, order_no, limit)

    def retry(self, message_id: str, now: datetime) -> bool:
        """Queue a message at once and end a pause."""
        with self._database.writing() as db:
            return outbox_table.retry(db, message_id) and _revised(db)

    def drop(self, message_id: str) -> bool:
        """Never send a message."""
        with self._database.writing() as db:
            return outbox_table.drop(db, message_id) and _revised(db)

    def post(self, messages: Collection[Message]) -> None:
        """Put a person's messages into the outbox."""
        with self._database.writing() as db:
            outbox_table.add(db, messages)
            _revised(db)

    def release(self) -> int:
        """Let everything go that is held."""
        with self._database.writing() as db:
            released = db.change("UPDATE holds SET released = 1 WHERE released = 0")
            released += outbox_table.release_above_cap(db)
            if released:
                _revised(db)
            return released

    def forget(self, words: Words, weeks: Sequence[ClosedWeek]) -> Forgotten:
        """Take a person's words out of what is remembered."""
        from bot.adapters import forgotten  # noqa: PLC0415 - a worker never forgets, and need not hold what reads mails

        with self._database.writing() as db:
            done = forgotten.forget(db, words, weeks)
            _revised(db)
            return done

    def counts(self) -> dict[str, int]:
        """Numbers for `status`."""
        with self._database.reading() as db:
            counts = outbox_table.mail_counts(db)
            for table in ("orders", "sightings", "waiting"):
                counts[table] = db.rows(f"SELECT COUNT(*) FROM {table}")[0][0]
            return counts

    def holder(self) -> tuple[str, datetime] | None:
        """Who holds the lease; its row stays, owned by nobody, when it is given up."""
        with self._database.reading() as db:
            found = db.rows("SELECT owner, until FROM leases WHERE name = ? AND owner <> ''", _WORKBOOK)
            return (str(found[0][0]), datetime.fromisoformat(found[0][1])) if found else None

    def oldest(self) -> dict[Status, datetime]:
        """The oldest message of each status in which something is still to come."""
        with self._database.reading() as db:
            return outbox_table.oldest(db)

    def schema_version(self) -> int:
        """What the tables' own note says."""
        with self._database.reading() as db:
            return int(note(db, "schema_version") or 0)

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()


def _revised(db: Statements) -> bool:
    """Tell the lease holder that somebody else changed something. Always true."""
    db.change(
        "INSERT INTO bookkeeping (key, value) VALUES ('revision', '1') ON CONFLICT (key)"
        " DO UPDATE SET value = CAST(CAST(bookkeeping.value AS INTEGER) + 1 AS TEXT)"
    )
    return True
