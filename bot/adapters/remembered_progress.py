"""How far orders have come, the stock they took and what happened to them, in SQL.

Every function works inside the transaction of its caller and begins none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.activity import Entry
from bot.adapters.connections import Statements, Value
from bot.adapters.tables import json_text, json_value, optional_text, optional_time, time_text, upsert
from bot.planning.progress import Progress, StockMark
from bot.ports import Commit

PROGRESS = (
    "row_id", "order_no", "state", "since", "steps", "reviewed_at", "finance_asked", "note", "surveyed",
    "refused",
    "customer", "amount", "currency", "product", "taken", "told",
)  # fmt: skip
STOCK = ("product", "typed", "taken", "shown")
# BEFORE and AFTER mean something in SQL.
ENTRY = ("number", "happened_at", "what", "order_no", "old_value", "new_value", "detail")
_ENTRIES = f"SELECT {', '.join(ENTRY)} FROM activity WHERE number > ?"


def store_progress(db: Statements, changes: Commit) -> None:
    """Store what a commit says of lines, stock and answers."""
    db.change_many(upsert("progress", PROGRESS), map(_progress_row, changes.progress))
    db.change_many(upsert("stock", STOCK), map(_stock_row, changes.stock))
    db.change_many(
        "INSERT INTO answers (key) VALUES (?) ON CONFLICT (key) DO NOTHING",
        ((key,) for key in changes.answers),
    )


def recalled_progress(db: Statements, row_ids: Collection[str]) -> dict[str, Progress]:
    """Of these rows, by Row ID; a row without any is absent."""
    if not row_ids:
        return {}
    where, those = db.among("row_id", row_ids)
    found = db.rows(f"SELECT {', '.join(PROGRESS)} FROM progress WHERE {where}", those)
    return {row[0]: _progress_of(row) for row in found}


def recalled_stock(db: Statements) -> dict[str, StockMark]:
    """All of it, by product."""
    found = db.rows(f"SELECT {', '.join(STOCK)} FROM stock")
    return {product: StockMark(product, *map(Decimal, amounts)) for product, *amounts in found}


def open_amounts(db: Statements, customers: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Customer -> currency -> minor units of the lines that are neither completed nor cancelled, nor deleted."""
    if not customers:
        return {}
    where, those = db.among("customer", customers)
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for customer, currency, amount in db.rows(
        "SELECT customer, currency, amount FROM progress"
        f" WHERE {where} AND state NOT IN ('completed', 'cancelled') AND NOT EXISTS"
        " (SELECT 1 FROM sightings WHERE sightings.row_id = progress.row_id AND sightings.gone = 1)",
        those,
    ):
        # Amounts are text and added up here: what people type may be longer than a database's integers.
        sums[customer][currency] += int(amount)
    return {customer: dict(by_currency) for customer, by_currency in sums.items()}


def known_answers(db: Statements, keys: Collection[str]) -> frozenset[str]:
    """Those of these feedback answers that have been dealt with."""
    if not keys:
        return frozenset()
    where, those = db.among("key", keys)
    return frozenset(row[0] for row in db.rows(f"SELECT key FROM answers WHERE {where}", those))


def refused_states(db: Statements) -> dict[str, str]:
    """Row ID -> legal state of the lines whose Status cell shows another."""
    return dict(db.rows("SELECT row_id, state FROM progress WHERE refused = 1"))


# ── what happened ───────────────────────────────────────────────────────────────────────────────────────────


def add_entries(db: Statements, entries: Sequence[Entry]) -> None:
    """Number these behind all that are stored.

    Call it last in a transaction: from here to its end no other transaction can number any, so that whoever has read
    up to some number never misses a smaller one that was committed later.
    """
    if not entries:
        return
    [(last,)] = db.rows(
        "INSERT INTO bookkeeping (key, value) VALUES ('activity', ?) ON CONFLICT (key) DO UPDATE"
        " SET value = CAST(CAST(bookkeeping.value AS INTEGER) + CAST(excluded.value AS INTEGER) AS TEXT)"
        " RETURNING value",
        str(len(entries)),
    )
    first = int(last) - len(entries) + 1
    marks = ", ".join("?" for _ in ENTRY)
    db.change_many(
        f"INSERT INTO activity ({', '.join(ENTRY)}) VALUES ({marks})",
        (_entry_row(number, entry) for number, entry in enumerate(entries, first)),
    )


def entries(db: Statements, after: int, order_no: str, limit: int) -> list[Entry]:
    """Those with a greater number, oldest first; no order means all."""
    if order_no:
        sql = f"{_ENTRIES} AND order_no = ? ORDER BY number LIMIT ?"
        return [_entry_of(row) for row in db.rows(sql, after, order_no, limit)]
    return [_entry_of(row) for row in db.rows(f"{_ENTRIES} ORDER BY number LIMIT ?", after, limit)]


def last_entry(db: Statements) -> int:
    """The number of the latest; 0 when there is none."""
    return int(db.rows("SELECT COALESCE(MAX(number), 0) FROM activity")[0][0])


# ── values ──────────────────────────────────────────────────────────────────────────────────────────────────


def _progress_row(p: Progress) -> tuple[Value, ...]:
    return (
        p.row_id, p.order_no, p.state, time_text(p.since), p.steps, optional_text(p.reviewed_at),
        int(p.finance_asked), p.note, int(p.surveyed), int(p.refused), p.customer, str(p.amount), p.currency, p.product,
        str(p.taken), json_text(dict(p.told)),
    )  # fmt: skip


def _progress_of(row: tuple[Any, ...]) -> Progress:
    (row_id, order_no, state, since, steps, reviewed_at, finance_asked, note, surveyed, refused, customer,
     amount, currency, product, taken, told) = row  # fmt: skip
    return Progress(
        row_id, order_no, state, datetime.fromisoformat(since), steps, optional_time(reviewed_at),
        finance_asked == 1, note, json_value(told), surveyed == 1, refused == 1, customer, int(amount), currency, product,
        Decimal(taken),
    )  # fmt: skip


def _stock_row(mark: StockMark) -> tuple[Value, ...]:
    return (mark.product, str(mark.typed), str(mark.taken), str(mark.shown))


def _entry_row(number: int, entry: Entry) -> tuple[Value, ...]:
    at = time_text(entry.at)
    return (number, at, entry.what, entry.order_no, entry.before, entry.after, entry.detail)


def _entry_of(row: tuple[Any, ...]) -> Entry:
    number, at, what, order_no, before, after, detail = row
    return Entry(datetime.fromisoformat(at), what, order_no, before, after, detail, number)
