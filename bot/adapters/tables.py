"""The tables of the state: how they are made, and how a value becomes a row and a row a value.

Times are UTC text of fixed width, so that comparing them as text orders them; cells are JSON; flags are 0 or 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from bot.adapters.connections import Database, Statements, Value
from bot.outbox import Message, Status
from bot.planning.sightings import Hold, MailState, Order, Origin, Sighting, Waiting
from bot.ports import StateError
from sheets_schema import Cell

#: Grows with every change of the tables below. What an older program made is completed when it is opened.
SCHEMA_VERSION = 3

_TABLES = (
    """CREATE TABLE IF NOT EXISTS facts (key {text} PRIMARY KEY, value {text} NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS leases (
        name {text} PRIMARY KEY, owner {text} NOT NULL, fence INTEGER NOT NULL, until {text} NOT NULL)""",
    # Cells stand last, so that a scan of the other columns need not step over them.
    """CREATE TABLE IF NOT EXISTS sightings (
        row_id {text} PRIMARY KEY, tab {text} NOT NULL, order_no {text} NOT NULL,
        core {text} NOT NULL, typed {text} NOT NULL, position INTEGER NOT NULL, origin {text} NOT NULL,
        written INTEGER NOT NULL, placed INTEGER NOT NULL, gone INTEGER NOT NULL, digest {text} NOT NULL, mail_shown {text} NOT NULL,
        emptied INTEGER NOT NULL, created_at {text}, updated_at {text}, partner {text} NOT NULL,
        cells {text} NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS sightings_core ON sightings (core)""",
    """CREATE INDEX IF NOT EXISTS sightings_order_no ON sightings (order_no)""",
    """CREATE INDEX IF NOT EXISTS sightings_unsettled ON sightings (row_id) WHERE digest = '0' AND gone = 0""",
    """CREATE INDEX IF NOT EXISTS sightings_known ON sightings (tab) WHERE placed = 1 AND gone = 0""",
    """CREATE TABLE IF NOT EXISTS orders (
        number {text} PRIMARY KEY, created_at {text} NOT NULL, origin {text} NOT NULL,
        generation INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS waiting (
        place INTEGER PRIMARY KEY, tab {text} NOT NULL, typed {text} NOT NULL, ordinal INTEGER NOT NULL,
        core {text} NOT NULL, since {text} NOT NULL, cells {text} NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS holds (
        key {text} PRIMARY KEY, since {text} NOT NULL, count INTEGER NOT NULL, released INTEGER NOT NULL,
        details {text} NOT NULL)""",
    # The body stands last for the same reason as the cells.
    """CREATE TABLE IF NOT EXISTS messages (
        id {text} PRIMARY KEY, kind {text} NOT NULL, order_no {text} NOT NULL, recipient {text} NOT NULL,
        priority INTEGER NOT NULL, created_at {text} NOT NULL, generation INTEGER NOT NULL,
        status {text} NOT NULL, attempts INTEGER NOT NULL, uncertain INTEGER NOT NULL,
        not_before {text}, lease_until {text}, owner {text} NOT NULL, error {text} NOT NULL,
        sent_at {text}, last_attempt_at {text}, body {bytes} NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS messages_status ON messages (status, priority, created_at)""",
    """CREATE INDEX IF NOT EXISTS messages_order_no ON messages (order_no)""",
    """CREATE INDEX IF NOT EXISTS messages_sent ON messages (status, sent_at)""",
    """CREATE INDEX IF NOT EXISTS messages_uncertain ON messages (last_attempt_at) WHERE uncertain > 0""",
    # Since version 2.
    """CREATE TABLE IF NOT EXISTS standings (
        automation {text} PRIMARY KEY, timing {text} NOT NULL, switched_on INTEGER NOT NULL, since {text} NOT NULL,
        ticked INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS runs (
        id {text} PRIMARY KEY, automation {text} NOT NULL, period {text} NOT NULL, due_at {text} NOT NULL,
        begun_at {text} NOT NULL, asked INTEGER NOT NULL, late INTEGER NOT NULL, shown INTEGER NOT NULL,
        done_at {text}, empty INTEGER NOT NULL, retry_at {text}, attempts INTEGER NOT NULL,
        failures {text} NOT NULL, notes {text} NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS runs_latest ON runs (automation, asked, begun_at)""",
    """CREATE INDEX IF NOT EXISTS runs_unfinished ON runs (id) WHERE done_at IS NULL""",
    """CREATE TABLE IF NOT EXISTS weeks (
        id {text} PRIMARY KEY, starts_at {text} NOT NULL, ends_at {text} NOT NULL, closed_at {text} NOT NULL,
        body {bytes} NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS weeks_last ON weeks (ends_at, id)""",
    # Since version 3.
    """CREATE TABLE IF NOT EXISTS progress (
        row_id {text} PRIMARY KEY, order_no {text} NOT NULL, state {text} NOT NULL, since {text} NOT NULL,
        steps INTEGER NOT NULL, reviewed_at {text}, finance_asked INTEGER NOT NULL, note {text} NOT NULL,
        surveyed INTEGER NOT NULL, refused INTEGER NOT NULL, customer {text} NOT NULL, amount {text} NOT NULL, currency {text} NOT NULL,
        product {text} NOT NULL, taken {text} NOT NULL, told {text} NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS progress_open ON progress (customer)
        WHERE state NOT IN ('completed', 'cancelled')""",
    """CREATE INDEX IF NOT EXISTS progress_refused ON progress (row_id) WHERE refused = 1""",
    """CREATE TABLE IF NOT EXISTS stock (
        product {text} PRIMARY KEY, typed {text} NOT NULL, taken {text} NOT NULL, shown {text} NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS answers (key {text} PRIMARY KEY)""",
    """CREATE TABLE IF NOT EXISTS activity (
        number INTEGER PRIMARY KEY, happened_at {text} NOT NULL, what {text} NOT NULL, order_no {text} NOT NULL,
        old_value {text} NOT NULL, new_value {text} NOT NULL, detail {text} NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS activity_order_no ON activity (order_no, number)""",
)


def make_tables(database: Database) -> None:
    """Make what is missing, in an older program's database too.

    Refuses tables that a newer program made: it may have filled them otherwise.
    """
    with database.writing() as db:
        db.rows(db.dialect.lock_schema)
        # What the state says of itself: schema_version, revision, pause (until when, and why), activity (how
        # many entries were numbered).
        _create(db, "CREATE TABLE IF NOT EXISTS bookkeeping (key {text} PRIMARY KEY, value {text} NOT NULL)")
        found = db.rows("SELECT value FROM bookkeeping WHERE key = 'schema_version'")
        if found and int(found[0][0]) > SCHEMA_VERSION:
            raise StateError(
                f"The database was made by a newer version of the bot (schema {found[0][0]}, "
                f"this one knows {SCHEMA_VERSION}).",
                hint="Start the newer version again, or name another database.",
            )
        if not found or int(found[0][0]) < SCHEMA_VERSION:
            for statement in _TABLES:
                _create(db, statement)
            db.change(upsert("bookkeeping", ("key", "value")), "schema_version", str(SCHEMA_VERSION))


def _create(db: Statements, statement: str) -> None:
    db.change(statement.format(text=db.dialect.text, bytes=db.dialect.bytes))


def note(db: Statements, key: str) -> str:
    """What the bookkeeping says under this key; "" when nothing."""
    found = db.rows("SELECT value FROM bookkeeping WHERE key = ?", key)
    return str(found[0][0]) if found else ""


def upsert(table: str, columns: tuple[str, ...]) -> str:
    """The statement that stores one row as given, whether its key (the first column) is there or not."""
    marks = ", ".join("?" for _ in columns)
    rest = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) "
        f"ON CONFLICT ({columns[0]}) DO UPDATE SET {rest}"
    )


# ── values ──────────────────────────────────────────────────────────────────────────────────────────────────


def time_text(moment: datetime) -> str:
    """A moment as UTC text of fixed width."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def optional_text(moment: datetime | None) -> str | None:
    """The same, or nothing for nothing."""
    return None if moment is None else time_text(moment)


def optional_time(text: str | None) -> datetime | None:
    """The moment of such a text, or nothing for nothing."""
    return datetime.fromisoformat(text) if text else None


def json_text(value: object) -> str:
    """A dict or list of plain values as JSON, whatever its texts and however long its integers."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # orjson refuses half of a surrogate pair and integers of more than 64 bits; the slower module takes both.
        return json.dumps(value)


def json_value(text: str) -> Any:
    """What such a text says."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _cells_text(cells: Mapping[str, Cell]) -> str:
    return json_text(dict(cells))


def _cells(text: str) -> dict[str, Cell]:
    found: dict[str, Cell] = json_value(text)
    return found


#: Looking a member up here takes a fifth of the time of calling the enum, once for each row recalled.
_ORIGINS = {str(origin): origin for origin in Origin}

SIGHTING = (
    "row_id", "tab", "order_no", "core", "typed", "position", "origin", "written", "placed",
    "gone", "digest", "mail_shown", "emptied", "created_at", "updated_at", "partner", "cells",
)  # fmt: skip


def sighting_row(s: Sighting) -> tuple[Value, ...]:
    """A sighting in the order of SIGHTING."""
    return (
        s.row_id, s.tab, s.order_no, s.core, s.typed, s.position, str(s.origin), int(s.written),
        int(s.placed), int(s.gone),
        # Text, because a digest may be any integer, and a database's ends at 63 bits.
        str(s.digest),
        s.mail_shown, int(s.emptied), optional_text(s.created_at), optional_text(s.updated_at), s.partner,
        _cells_text(s.cells),
    )  # fmt: skip


def sighting_of(row: tuple[Any, ...]) -> Sighting:
    """The sighting of a row in the order of SIGHTING."""
    (row_id, tab, order_no, core, typed, position, origin, written, placed, gone, digest,
     mail_shown, emptied, created_at, updated_at, partner, cells) = row  # fmt: skip
    return Sighting(
        row_id, tab, order_no, core, typed, position, _ORIGINS[origin], written == 1, placed == 1, gone == 1,
        emptied == 1, _cells(cells), mail_shown, optional_time(created_at), optional_time(updated_at), int(digest), partner,
    )  # fmt: skip


ORDER = ("number", "created_at", "origin", "generation")


def order_row(order: Order) -> tuple[Value, ...]:
    """An order in the order of ORDER."""
    return (order.number, time_text(order.created_at), str(order.origin), order.generation)


def order_of(row: tuple[Any, ...]) -> Order:
    """The order of a row in the order of ORDER."""
    number, created_at, origin, generation = row
    return Order(number, datetime.fromisoformat(created_at), _ORIGINS[origin], generation)


WAITING = ("place", "tab", "typed", "ordinal", "core", "since", "cells")


def waiting_row(place: int, waiting: Waiting) -> tuple[Value, ...]:
    """A waiting row, in the order of WAITING, at its place among all."""
    since, cells = time_text(waiting.since), _cells_text(waiting.cells)
    return (place, waiting.tab, waiting.typed, waiting.ordinal, waiting.core, since, cells)


def waiting_of(row: tuple[Any, ...]) -> Waiting:
    """The waiting row of a row in the order of WAITING."""
    _, tab, typed, ordinal, core, since, cells = row
    return Waiting(tab, typed, ordinal, core, datetime.fromisoformat(since), _cells(cells))


HOLD = ("key", "since", "count", "released", "details")


def hold_row(hold: Hold) -> tuple[Value, ...]:
    """A hold in the order of HOLD."""
    return (hold.key, time_text(hold.since), hold.count, int(hold.released), "\n".join(hold.details))


def hold_of(row: tuple[Any, ...]) -> Hold:
    """The hold of a row in the order of HOLD."""
    key, since, count, released, details = row
    return Hold(key, datetime.fromisoformat(since), count, released == 1, tuple(details.splitlines()))


MESSAGE = (
    "id", "kind", "order_no", "recipient", "priority", "body", "created_at", "generation", "status",
    "attempts", "uncertain", "not_before", "lease_until", "owner", "error", "sent_at",
)  # fmt: skip


def message_row(m: Message) -> tuple[Value, ...]:
    """A message in the order of MESSAGE."""
    return (
        m.id, m.kind, m.order_no, m.recipient, m.priority, m.body, time_text(m.created_at), m.generation,
        str(m.status), m.attempts, m.uncertain, optional_text(m.not_before), optional_text(m.lease_until),
        m.owner, m.error, optional_text(m.sent_at),
    )  # fmt: skip


def message_of(row: tuple[Any, ...]) -> Message:
    """The message of a row in the order of MESSAGE."""
    (id_, kind, order_no, recipient, priority, body, created_at, generation, status,
     attempts, uncertain, not_before, lease_until, owner, error, sent_at) = row  # fmt: skip
    return Message(
        id_, kind, order_no, recipient, priority, bytes(body), datetime.fromisoformat(created_at), generation,
        Status(status), attempts, uncertain, optional_time(not_before), optional_time(lease_until), owner, error, optional_time(sent_at),
    )  # fmt: skip


MAIL_STATE = ("id", "kind", "status", "generation", "sent_at", "not_before", "error", "uncertain")


def mail_state_of(row: tuple[Any, ...]) -> MailState:
    """How a message stands, of a row in the order of MAIL_STATE: when it was sent, or may be tried next."""
    id_, kind, status, generation, sent_at, not_before, error, uncertain = row
    return MailState(id_, kind, status, generation, optional_time(sent_at or not_before), error, uncertain)
