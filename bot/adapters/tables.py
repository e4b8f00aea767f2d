"""How a value becomes a row of the state's tables, and a row a value; `schema` makes the tables.

Times are UTC text of fixed width, so that comparing them as text orders them; cells are JSON; flags are 0 or 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from bot.adapters.connections import Statements, Value
from bot.outbox import Message, Status
from bot.planning.sightings import Hold, MailState, Order, Origin, Sighting, Waiting
from sheets_schema import Cell


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
