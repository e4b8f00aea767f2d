"""The outbox in SQL: who may send which message now, and what became of it.

Every step is one compare-and-set (`UPDATE … WHERE status = … AND owner = …`): whoever changes no row was too late.
Every function works inside the transaction of its caller and begins none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.adapters.connections import Statements
from bot.adapters.remembered import unsettle_rows
from bot.adapters.remembered_progress import add_entries
from bot.adapters.tables import MESSAGE, message_of, message_row, note, time_text
from bot.outbox import TOO_MANY, Message, Outcome, Status, settled_entry
from bot.ports import Conflict

_COLUMNS = ", ".join(MESSAGE)
_MESSAGES = f"SELECT {_COLUMNS} FROM messages"
#: Queued, and every row of its order stands in the sheet or did so before a person deleted it.
_MAY_LEAVE = (
    "status = 'queued' AND (order_no = '' OR NOT EXISTS (SELECT 1 FROM sightings"
    " WHERE sightings.order_no = messages.order_no AND written = 0 AND placed = 0 AND gone = 0))"
)


def add(db: Statements, messages: Collection[Message]) -> None:
    """Store new messages. Raises Conflict when one of their ids is there already."""
    marks = ", ".join("?" for _ in MESSAGE)
    stored = db.change_many(
        f"INSERT INTO messages ({_COLUMNS}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",
        (message_row(message) for message in messages),
    )
    if stored != len(messages):
        raise Conflict("One of these messages is in the outbox already.")


def known(db: Statements, prefix: str) -> frozenset[str]:
    """Ids that begin so."""
    where, bounds = db.beginning("id", prefix)
    return frozenset(row[0] for row in db.rows(f"SELECT id FROM messages WHERE {where}", *bounds))


def withdraw(db: Statements, numbers: Collection[str]) -> None:
    """Drop what is still queued for these orders."""
    db.change_many(
        "UPDATE messages SET status = 'dropped' WHERE order_no = ? AND status = 'queued'",
        ((number,) for number in numbers if number),
    )


def supersede(db: Statements, numbers: Collection[str]) -> None:
    """Drop what is still queued of these orders' purchase mails; other news of them is as true as before."""
    db.change_many(
        "UPDATE messages SET status = 'dropped'"
        " WHERE order_no = ? AND status = 'queued' AND substr(kind, 1, 9) = 'purchase_'",
        ((number,) for number in numbers if number),
    )


def drop_queued(db: Statements, message_ids: Collection[str]) -> None:
    """Drop these, as far as they are still queued."""
    db.change_many(
        "UPDATE messages SET status = 'dropped' WHERE id = ? AND status = 'queued'",
        ((message_id,) for message_id in message_ids),
    )


def pause(db: Statements) -> tuple[datetime, str] | None:
    """Until when nothing is sent, and why. The moment may have passed."""
    until, _, reason = note(db, "pause").partition(" ")
    return (datetime.fromisoformat(until), reason) if until else None


def _pause(db: Statements, until: datetime, reason: str) -> None:
    """Pause until then, unless a longer pause is set: in one statement, since another worker may do the same."""
    db.change(
        "INSERT INTO bookkeeping (key, value) VALUES ('pause', ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE excluded.value > bookkeeping.value",
        f"{time_text(until)} {reason}",
    )


def earliest(db: Statements) -> datetime | None:
    """When the next queued message may be sent, or a lease runs out."""
    queued, leased = db.rows(
        "SELECT (SELECT MIN(COALESCE(not_before, created_at)) FROM messages"
        f" WHERE {_MAY_LEAVE}), (SELECT MIN(lease_until) FROM messages WHERE status IN ('claimed', 'sending'))"
    )[0]
    paused = pause(db)
    if queued is not None and paused is not None:
        queued = max(queued, time_text(paused[0]))
    moments = [moment for moment in (queued, leased) if moment is not None]
    return datetime.fromisoformat(min(moments)) if moments else None


def handed_over_since(db: Statements, moment: datetime) -> int:
    """Sent since then, being sent now, or tried since then and in doubt."""
    since = time_text(moment)
    sent = db.rows("SELECT COUNT(*) FROM messages WHERE sent_at >= ? AND status = 'sent'", since)
    sending = db.rows("SELECT COUNT(*) FROM messages WHERE status = 'sending'")
    doubtful = db.rows(
        "SELECT COUNT(*) FROM messages"
        " WHERE uncertain > 0 AND last_attempt_at >= ? AND status NOT IN ('sent', 'sending')",
        since,
    )
    return int(sent[0][0] + sending[0][0] + doubtful[0][0])


def handed_over_to_since(db: Statements, recipient: str, moment: datetime, kinds: Collection[str]) -> int:
    """The same for one address and these kinds of mail, with those that wait for another attempt."""
    where, those = db.among("kind", kinds)
    since = time_text(moment)
    sent = db.rows(
        f"SELECT COUNT(*) FROM messages WHERE recipient = ? AND sent_at >= ? AND status = 'sent' AND {where}",
        recipient,
        since,
        those,
    )
    under_way = db.rows(
        "SELECT COUNT(*) FROM messages WHERE recipient = ? AND (status = 'sending'"
        " OR (status IN ('queued', 'claimed') AND attempts > 0)"
        f" OR (uncertain > 0 AND last_attempt_at >= ? AND status <> 'sent')) AND {where}",
        recipient,
        since,
        those,
    )
    return int(sent[0][0] + under_way[0][0])


def overdue(db: Statements, moment: datetime) -> int:
    """Queued, claimed or being sent, with a moment that is as old as this one or older."""
    late = db.rows(
        "SELECT COUNT(*) FROM messages WHERE status IN ('queued', 'claimed', 'sending')"
        " AND COALESCE(not_before, created_at) <= ?",
        time_text(moment),
    )
    return int(late[0][0])


def reclaim(db: Statements, now: datetime) -> list[Message]:
    """Queue again what was claimed and certainly not sent; return what was left in `sending`, oldest first."""
    db.change(
        "UPDATE messages SET status = 'queued', owner = '', lease_until = NULL"
        " WHERE status = 'claimed' AND lease_until <= ?",
        time_text(now),
    )
    left = db.rows(
        f"{_MESSAGES} WHERE status = 'sending' AND lease_until <= ? ORDER BY priority, created_at, id",
        time_text(now),
    )
    return [message_of(row) for row in left]


def claim(db: Statements, owner: str, now: datetime, until: datetime, limit: int) -> list[Message]:
    """Take up to `limit` due messages; none during a pause."""
    paused = pause(db)
    if paused is not None and paused[0] > now:
        return []
    due = [
        message_of(row)
        for row in db.rows(
            f"{_MESSAGES} WHERE {_MAY_LEAVE} AND (not_before IS NULL OR not_before <= ?)"
            f" ORDER BY priority, created_at, id LIMIT ?{db.dialect.skip_locked}",
            time_text(now),
            limit,
        )
    ]
    db.change_many(
        "UPDATE messages SET status = 'claimed', owner = ?, lease_until = ? WHERE id = ?",
        ((owner, time_text(until), message.id) for message in due),
    )
    return [replace(m, status=Status.CLAIMED, owner=owner, lease_until=until) for m in due]


def claimers(db: Statements) -> list[str]:
    """Everyone who has a message in hand."""
    found = db.rows("SELECT DISTINCT owner FROM messages WHERE status IN ('claimed', 'sending')")
    return [row[0] for row in found]


def end_claims(db: Statements, owners: Collection[str], now: datetime) -> None:
    """What these workers have in hand may be reclaimed at once."""
    where, those = db.among("owner", owners)
    db.change(
        f"UPDATE messages SET lease_until = ? WHERE {where} AND status IN ('claimed', 'sending')",
        time_text(now),
        those,
    )


def begin(db: Statements, message_id: str, owner: str, now: datetime, until: datetime) -> bool:
    """`sending`, only while the claim is held."""
    changed = db.change(
        "UPDATE messages SET status = 'sending', lease_until = ?, last_attempt_at = ?"
        " WHERE id = ? AND status = 'claimed' AND owner = ? AND lease_until > ?",
        time_text(until),
        time_text(now),
        message_id,
        owner,
        time_text(now),
    )
    return changed == 1


def settle(db: Statements, message_id: str, owner: str, outcome: Outcome) -> bool:
    """What became of a message, only if this owner still has it; a late word does not shorten a pause.

    An attempt that people should know of is entered in the activity.
    """
    held = db.rows("SELECT kind, order_no, uncertain FROM messages WHERE id = ?", message_id)
    changed = db.change(
        "UPDATE messages SET status = ?, attempts = ?, uncertain = ?, not_before = ?, error = ?, sent_at = ?,"
        " owner = '', lease_until = NULL WHERE id = ? AND owner = ? AND status IN ('claimed', 'sending')",
        str(outcome.status),
        outcome.attempts,
        outcome.uncertain,
        time_text(outcome.not_before) if outcome.not_before else None,
        outcome.error,
        time_text(outcome.at) if outcome.status is Status.SENT else None,
        message_id,
        owner,
    )
    if changed != 1:
        return False
    if outcome.pause_until is not None:
        _pause(db, outcome.pause_until, outcome.error)
    [(kind, order_no, doubts)] = held
    unsettle_rows(db, order_no)
    told = settled_entry(kind, order_no, doubts, outcome)
    add_entries(db, [told] if told else [])
    return True


def is_settled(db: Statements, message_id: str, outcome: Outcome) -> bool:
    """Whether the message stands as this outcome leaves it."""
    found = db.rows("SELECT status, attempts, uncertain, owner FROM messages WHERE id = ?", message_id)
    return found == [(str(outcome.status), outcome.attempts, outcome.uncertain, "")]


def unclaim(db: Statements, message_ids: Collection[str], owner: str) -> None:
    """Queue again what this owner claimed and did not try."""
    db.change_many(
        "UPDATE messages SET status = 'queued', owner = '', lease_until = NULL"
        " WHERE id = ? AND status = 'claimed' AND owner = ?",
        ((message_id, owner) for message_id in message_ids),
    )


def listed(db: Statements, statuses: Collection[Status], order_no: str, limit: int) -> list[Message]:
    """The outbox for people, newest first; no statuses and no order mean all."""
    conditions, values = ["1 = 1"], list[object]()
    if statuses:
        where, those = db.among("status", [str(status) for status in statuses])
        conditions.append(where)
        values.append(those)
    if order_no:
        conditions.append("order_no = ?")
        values.append(order_no)
    found = db.rows(
        f"{_MESSAGES} WHERE {' AND '.join(conditions)} ORDER BY created_at DESC, id DESC LIMIT ?",
        *values,
        limit,
    )
    return [message_of(row) for row in found]


def retry(db: Statements, message_id: str) -> bool:
    """Queue it at once and end a pause."""
    changed = db.change(
        "UPDATE messages SET status = 'queued', not_before = NULL"
        # Of a mail whose text was forgotten nothing is left that could be sent.
        " WHERE id = ? AND status IN ('dead', 'held', 'dropped', 'queued') AND length(body) > 0",
        message_id,
    )
    if changed != 1:
        return False
    db.change("DELETE FROM bookkeeping WHERE key = 'pause'")
    unsettle_rows(db, _order_no(db, message_id))
    return True


def release_above_cap(db: Statements) -> int:
    """Queue what was held above a customer's cap; how many."""
    held = db.rows("SELECT id, order_no FROM messages WHERE status = 'held' AND error = ?", TOO_MANY)
    db.change_many(
        "UPDATE messages SET status = 'queued', not_before = NULL WHERE id = ? AND status = 'held'",
        ((message_id,) for message_id, _ in held),
    )
    for order_no in {order_no for _, order_no in held}:
        unsettle_rows(db, order_no)
    return len(held)


def drop(db: Statements, message_id: str) -> bool:
    """Never send it."""
    changed = db.change(
        "UPDATE messages SET status = 'dropped' WHERE id = ? AND status IN ('queued', 'held', 'dead')",
        message_id,
    )
    if changed != 1:
        return False
    unsettle_rows(db, _order_no(db, message_id))
    return True


def _order_no(db: Statements, message_id: str) -> str:
    return str(db.rows("SELECT order_no FROM messages WHERE id = ?", message_id)[0][0])


def mail_counts(db: Statements) -> dict[str, int]:
    """Messages by status, and those of them whose final dot once got no answer."""
    counts = {f"mail.{status}": 0 for status in Status}
    for status, number in db.rows("SELECT status, COUNT(*) FROM messages GROUP BY status"):
        counts[f"mail.{status}"] = number
    counts["uncertain"] = db.rows("SELECT COUNT(*) FROM messages WHERE uncertain > 0")[0][0]
    return counts


def oldest(db: Statements) -> dict[Status, datetime]:
    """When the oldest message was made of each status in which something is still to come."""
    found = db.rows(
        "SELECT status, MIN(created_at) FROM messages"
        " WHERE status IN ('queued', 'claimed', 'sending', 'held', 'dead') GROUP BY status"
    )
    return {Status(status): datetime.fromisoformat(created_at) for status, created_at in found}
