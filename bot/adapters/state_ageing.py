"""What a state must forget that was put back from a backup, because the worker may have gone on after it was made.

The sheet knows what has happened since, the backup does not. So everything that the sheet tells as well is forgotten
and learnt from it, exactly as after a lost database: rows with a Row ID are old ones and mail nobody, the Status cells
say how far orders have come, the Automations tab which reports have run. What only the state knows stays: which
numbers and mails there were, closed weeks, dealt-with answers, what happened. What was to be sent then is held.
"""

from __future__ import annotations

from datetime import datetime

from bot.adapters.connections import Statements
from bot.adapters.tables import time_text
from bot.planning.feedback import answered_mark
from bot.planning.surveys import SURVEY
from bot.ports import StateRefused

#: Why a mail is held, for `outbox list`.
MAYBE_SENT = "restored from a backup: maybe sent since"

#: Facts about the workbook; all others are about what the sheet showed, and it shows something else by now.
_STILL_TRUE = ("adopted_at", "adopted_rows", "workbook")
_UNPROVED = "written = 0 AND placed = 0 AND gone = 0"


def _not_in_the_sheet(column: str) -> str:
    """A condition: of the order with this number no row had been numbered in the sheet. Mail leaves only after that."""
    return (
        f"{column} IN (SELECT order_no FROM sightings WHERE {_UNPROVED})"
        f" AND {column} NOT IN (SELECT order_no FROM sightings WHERE written = 1 OR placed = 1)"
    )


def forget_what_may_be_over(db: Statements, now: datetime) -> int:
    """Make a state that was just put back one that repeats nothing; how many mails are held now.

    Raises StateRefused for one of the first minutes, when it was not in the sheet yet which rows had been there before.
    """
    if db.rows(f"SELECT 1 FROM sightings WHERE origin = 'adopted' AND {_UNPROVED} LIMIT 1"):
        raise StateRefused(
            "The backup was made while Order Desk was meeting the workbook for the first time.",
            hint="It holds nothing that the workbook does not tell: start without it.",
        )
    # Such a row either has its number by now, and is an old one, or it has none, and is a new order.
    db.change(f"DELETE FROM messages WHERE {_not_in_the_sheet('order_no')}")
    db.change(f"DELETE FROM orders WHERE {_not_in_the_sheet('number')}")
    held = db.change(
        "UPDATE messages SET status = 'held', owner = '', lease_until = NULL, not_before = NULL, error = ?"
        " WHERE status IN ('queued', 'claimed', 'sending')",
        MAYBE_SENT,
    )
    # The purchase detail may have been asked for again, and approved orders may have been confirmed: of the latest
    # time the E-mail cell is the only witness, and the next time is one that was not counted yet.
    db.change("UPDATE orders SET origin = 'rebuilt', generation = generation + 1 WHERE generation > 0")
    # Who was asked once whether they are satisfied is not asked again, whatever becomes of the order.
    db.change(
        "INSERT INTO answers (key) SELECT DISTINCT CAST(? AS TEXT) || order_no FROM messages WHERE kind = ?"
        " ON CONFLICT (key) DO NOTHING",
        answered_mark(""),
        SURVEY,
    )
    _forget_runs(db, now)
    for table in ("sightings", "waiting", "standings", "progress", "stock"):
        db.change(f"DELETE FROM {table}")
    where, keys = db.among("key", _STILL_TRUE)
    db.change(f"DELETE FROM facts WHERE NOT {where}", keys)
    db.change("DELETE FROM bookkeeping WHERE key = 'pause'")
    _note_what_the_sheet_tells(db)
    return held


def _forget_runs(db: Statements, now: datetime) -> None:
    """A run that was not finished counts as finished once anybody could see that it began; else it begins anew."""
    db.change("DELETE FROM runs WHERE done_at IS NULL AND shown = 0 AND attempts = 0")
    db.change("UPDATE runs SET done_at = ? WHERE done_at IS NULL", time_text(now))
    db.change("UPDATE runs SET failures = '[]', retry_at = NULL")


def _note_what_the_sheet_tells(db: Statements) -> None:
    """The Activity tab has these entries, and newer ones that are not remembered: the next ones go below."""
    db.change(
        "INSERT INTO facts (key, value) SELECT 'activity_told', CAST(COALESCE(MAX(number), 0) AS TEXT) FROM activity"
    )
