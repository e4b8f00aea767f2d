"""What the bot has seen, in SQL: sightings, orders, waiting rows, holds and facts, stored and looked up again.

Every function works inside the transaction of its caller and begins none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bot.adapters.connections import Statements
from bot.adapters.remembered_progress import (
    known_answers,
    open_amounts,
    recalled_progress,
    recalled_stock,
    store_progress,
)
from bot.adapters.remembered_runs import recalled_runs, store_runs
from bot.adapters.tables import (
    HOLD,
    MAIL_STATE,
    ORDER,
    SIGHTING,
    WAITING,
    hold_of,
    hold_row,
    mail_state_of,
    order_of,
    order_row,
    sighting_of,
    sighting_row,
    upsert,
    waiting_of,
    waiting_row,
)
from bot.planning.sightings import Hold, MailState, Order, Seen, Waiting, Wanted
from bot.ports import Commit, Conflict

_SIGHTINGS = f"SELECT {', '.join(SIGHTING)} FROM sightings WHERE "
_ORDER_NO = SIGHTING.index("order_no")
_ORDERS = f"SELECT {', '.join(ORDER)} FROM orders WHERE "
_WAITING = f"SELECT {', '.join(WAITING)} FROM waiting ORDER BY place"
_HOLDS = f"SELECT {', '.join(HOLD)} FROM holds"
_MAIL = f"SELECT order_no, {', '.join(MAIL_STATE)} FROM messages WHERE substr(kind, 1, 9) = 'purchase_' AND "


def store(db: Statements, changes: Commit) -> None:
    """Store all of a commit but its messages and what happened. Raises Conflict when something new is there already."""
    if changes.new_numbers:
        where, numbers = db.among("number", changes.new_numbers)
        taken = db.rows(f"SELECT number FROM orders WHERE {where} ORDER BY number", numbers)
        if taken:
            raise Conflict(f"The order number {taken[0][0]} is in use already.")
    db.change_many(upsert("sightings", SIGHTING), (sighting_row(s) for s in changes.sightings))
    db.change_many(
        "UPDATE sightings SET written = 1 WHERE row_id = ?", ((row_id,) for row_id in changes.written)
    )
    db.change_many(
        "UPDATE sightings SET digest = ? WHERE row_id = ?",
        ((str(digest), row_id) for row_id, digest in changes.digests.items()),
    )
    db.change_many(upsert("orders", ORDER), (order_row(order) for order in changes.orders))
    if changes.waiting is not None:
        db.change("DELETE FROM waiting")
        db.change_many(upsert("waiting", WAITING), (waiting_row(i, w) for i, w in enumerate(changes.waiting)))
    db.change_many(upsert("holds", HOLD), (hold_row(hold) for hold in changes.holds))
    db.change_many("DELETE FROM holds WHERE key = ?", ((key,) for key in changes.ended_holds))
    db.change_many(upsert("facts", ("key", "value")), changes.facts.items())
    store_runs(db, changes)
    store_progress(db, changes)


def recalled(db: Statements, wanted: Wanted) -> Seen:
    """Everything `Seen` promises about the rows that are wanted."""
    found = _rows_wanted(db, wanted)
    numbers = wanted.numbers.union(row[_ORDER_NO] for row in found.values()) - {""}
    found |= _other_lines(db, numbers, found)
    sightings = {row_id: sighting_of(row) for row_id, row in found.items()}
    adopted = db.rows("SELECT value FROM facts WHERE key = 'adopted_at'")
    return Seen(
        sightings=sightings,
        orders=_orders(db, numbers),
        mail=_mail(db, numbers),
        waiting=_waiting(db),
        taken=_taken(db, wanted.prefix),
        holds=_holds(db),
        adopted_at=datetime.fromisoformat(adopted[0][0]) if adopted else None,
        known=dict(
            db.rows(
                "SELECT tab, COUNT(*) FROM sightings WHERE placed = 1 AND gone = 0 GROUP BY tab ORDER BY tab"
            )
        ),
        automations=recalled_runs(db),
        progress=recalled_progress(db, sightings),
        stock=recalled_stock(db),
        open_amounts=open_amounts(db, wanted.customers),
        answers=known_answers(db, wanted.answers),
    )


def _rows_wanted(db: Statements, wanted: Wanted) -> dict[str, tuple[Any, ...]]:
    # Three questions, because each has its own index; one question with OR would read the whole table.
    found = {row[0]: row for row in db.rows(_SIGHTINGS + "digest = '0' AND gone = 0")}
    return found | _rows_among(db, "row_id", wanted.row_ids) | _rows_among(db, "core", wanted.cores)


def _other_lines(
    db: Statements, numbers: Collection[str], found: Mapping[str, object]
) -> dict[str, tuple[Any, ...]]:
    """The lines of these orders that were not found yet; mostly there are none, and only their ids are read."""
    if not numbers:
        return {}
    where, those = db.among("order_no", numbers)
    lines = {row[0] for row in db.rows(f"SELECT row_id FROM sightings WHERE {where}", those)}
    return _rows_among(db, "row_id", lines - found.keys())


def _rows_among(db: Statements, column: str, values: Collection[str]) -> dict[str, tuple[Any, ...]]:
    if not values:
        return {}
    where, those = db.among(column, values)
    return {row[0]: row for row in db.rows(_SIGHTINGS + where, those)}


def _orders(db: Statements, numbers: Collection[str]) -> dict[str, Order]:
    if not numbers:
        return {}
    where, those = db.among("number", numbers)
    return {row[0]: order_of(row) for row in db.rows(_ORDERS + where, those)}


def _mail(db: Statements, numbers: Collection[str]) -> Mapping[str, tuple[MailState, ...]]:
    if not numbers:
        return {}
    where, those = db.among("order_no", numbers)
    mail: dict[str, list[MailState]] = defaultdict(list)
    for order_no, *row in db.rows(f"{_MAIL}{where} ORDER BY generation, id", those):
        mail[order_no].append(mail_state_of(tuple(row)))
    return {number: tuple(states) for number, states in mail.items()}


def _waiting(db: Statements) -> tuple[Waiting, ...]:
    return tuple(waiting_of(row) for row in db.rows(_WAITING))


def _taken(db: Statements, prefix: str) -> frozenset[str]:
    if not prefix:
        return frozenset()
    # The comparison lets the index skip what sorts before; the prefix is never a pattern, as in LIKE.
    found = db.rows(
        "SELECT number FROM orders WHERE number >= ? AND substr(number, 1, ?) = ?",
        prefix,
        len(prefix),
        prefix,
    )
    return frozenset(row[0] for row in found)


def _holds(db: Statements) -> dict[str, Hold]:
    return {row[0]: hold_of(row) for row in db.rows(_HOLDS)}


def known_facts(db: Statements) -> dict[str, str]:
    """The small facts."""
    return dict(db.rows("SELECT key, value FROM facts"))


def steady_digests(db: Statements) -> dict[str, dict[int, str]]:
    """Tab -> digest -> Row ID of the rows to which nothing is owed."""
    digests: dict[str, dict[int, str]] = defaultdict(dict)
    for tab, digest, row_id in db.rows(
        "SELECT tab, digest, row_id FROM sightings WHERE digest <> '0' AND gone = 0"
    ):
        digests[tab][int(digest)] = row_id
    return dict(digests)


def unsettle_rows(db: Statements, order_no: str) -> None:
    """Something changed for this order: its rows have to be looked at again. Mail about no order changes none."""
    if order_no:
        db.change("UPDATE sightings SET digest = '0' WHERE order_no = ? AND digest <> '0'", order_no)
