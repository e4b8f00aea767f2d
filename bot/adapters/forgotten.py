"""Forgetting a person, in SQL. Every function works inside the transaction of its caller and begins none.

Bodies are read one after the other: an outbox of years does not fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.adapters.connections import Statements
from bot.adapters.remembered_progress import entries
from bot.adapters.tables import json_text, json_value
from bot.forgetting import Forgotten, Words, cells_without, entry_without
from bot.planning.runs import ClosedWeek

_AT_ONCE = 500
_UNTRIED = frozenset({"queued", "held"})
_OVER = frozenset({"sent", "dropped", "dead"})


def forget(db: Statements, words: Words, weeks: Sequence[ClosedWeek]) -> Forgotten:
    """Take these words out of everything but what still stands in the sheet; `weeks` replace those stored."""
    mails, dropped, still_waiting = _from_mails(db, words)
    rows, still_there = _from_rows(db, words)
    db.change_many("UPDATE weeks SET body = ? WHERE id = ?", ((week.body, week.mark.id) for week in weeks))
    return Forgotten(
        mails, dropped, _from_entries(db, words), rows, len(weeks), still_waiting, still_there
    )  # fmt: skip


def _from_mails(db: Statements, words: Words) -> tuple[int, int, int]:
    mails = dropped = still_waiting = 0
    last = ""
    while found := db.rows(
        "SELECT id, recipient, status, body FROM messages WHERE id > ? ORDER BY id LIMIT ?", last, _AT_ONCE
    ):
        last = found[-1][0]
        for message_id, recipient, status, body in found:
            is_theirs = words.is_address(recipient)
            if not is_theirs and not words.are_in_mail(bytes(body)):
                continue
            drops = is_theirs and status in _UNTRIED
            if not drops and status not in _OVER:
                still_waiting += 1
                continue
            # A worker may claim it in the same moment, and then it is too late for this time.
            emptied = db.change(
                "UPDATE messages SET status = ?, body = ?, recipient = ? WHERE id = ? AND status = ?",
                "dropped" if drops else status,
                b"",
                "" if is_theirs else recipient,
                message_id,
                status,
            )
            mails += emptied
            dropped += emptied if drops else 0
            still_waiting += 1 - emptied
    return mails, dropped, still_waiting


def _from_entries(db: Statements, words: Words) -> int:
    changed = last = 0
    while found := entries(db, last, "", _AT_ONCE):
        last = found[-1].number
        for entry in found:
            new = entry_without(entry, words)
            if new != entry:
                changed += db.change(
                    "UPDATE activity SET old_value = ?, new_value = ?, detail = ? WHERE number = ?",
                    new.before,
                    new.after,
                    new.detail,
                    entry.number,
                )
    return changed


def _from_rows(db: Statements, words: Words) -> tuple[int, int]:
    changed = still_there = 0
    last = ""
    while found := db.rows(
        "SELECT sightings.row_id, gone, cells, customer, note, told FROM sightings"
        " LEFT JOIN progress ON progress.row_id = sightings.row_id"
        " WHERE sightings.row_id > ? ORDER BY sightings.row_id LIMIT ?",
        last,
        _AT_ONCE,
    ):
        last = found[-1][0]
        for row_id, gone, cells, customer, note, told in found:
            of_row, of_line = json_value(cells), json_value(told) if told is not None else {}
            row_left, line_left = cells_without(of_row, words), cells_without(of_line, words)
            is_named = words.are_in(f"{customer or ''}\n{note or ''}")
            if (row_left, line_left) == (of_row, of_line) and not is_named:
                continue
            if not gone:
                still_there += 1
                continue
            changed += db.change(
                "UPDATE sightings SET cells = ? WHERE row_id = ?", json_text(row_left), row_id
            )
            if told is not None:
                db.change(
                    "UPDATE progress SET customer = ?, note = ?, told = ? WHERE row_id = ?",
                    words.taken_out(customer),
                    words.taken_out(note),
                    json_text(line_left),
                    row_id,
                )
    return changed, still_there
