"""Customer tiers: A, B or C by what was bought in twelve months. Pure; reads no clock and writes nothing itself.

    amounts of twelve months × Tier cells as read ─► moves ─► mails, and with `apply` the cells

The Tier column is people's as much as the bot's: only a blank cell or a plain A, B or C is ever changed, once a review
and only where it still says what the review began with. What people make of it afterwards stands until the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from bot.planning.month_values import TierMove
from bot.planning.rules import Rules, TierRules
from bot.ports import Columns
from bot.projection import SetCells
from bot.reports.figures.rollups import shown_by, text_of
from sheets_schema import CUSTOMERS
from sheets_schema.titles import fold

TIERS = ("A", "B", "C")
#: Under these codes a run keeps the moves whose cells are still to be written, and those whose cells are.
OWED, MOVED = "tiers_owed", "tiers_moved"
_NAMED = re.compile(r"(?:tier ?)?([abc])(?: ?[类级](?: ?客户)?)?")


def tier_named(text: str) -> str | None:
    """The tier a cell names ("A", "a类", "Tier B"): "" when blank, None when it is the team's own word."""
    folded = fold(text)
    if not folded:
        return ""
    found = _NAMED.fullmatch(folded)
    return found[1].upper() if found else None


def tier_of(amount: Decimal, rules: TierRules) -> str:
    """The tier this amount of twelve months gives; who reaches a threshold exactly is in."""
    return "A" if amount >= rules.a else "B" if amount >= rules.b else "C"


def year_before(moment: datetime, rules: Rules) -> datetime:
    """The same wall clock a year earlier by the team's calendar, in UTC; 29 February becomes 28 February."""
    local = moment.astimezone(rules.timezone)
    try:
        earlier = local.replace(year=local.year - 1)
    except ValueError:
        earlier = local.replace(year=local.year - 1, day=28)
    return earlier.astimezone(UTC)


def tier_moves(
    customers: Columns, amounts: Mapping[int, Decimal], known: frozenset[int], rules: Rules
) -> tuple[TierMove, ...]:
    """Who would be in another tier than their Tier cell says, upwards first, then by amount.

    Args:
        customers: The reading of Customers.
        amounts: Row (0-based) -> what the customer bought in the twelve months, in the config's currency.
        known: Rows whose purchases can be judged: those who ever bought in the config's currency. One who never
            bought is no C, and one who buys in other currencies alone cannot be measured.
        rules: The thresholds.
    """
    moves = []
    for row in sorted(known):
        before = tier_named(text_of(customers, "tier", row))
        amount = amounts.get(row, Decimal(0))
        after = tier_of(amount, rules.tiers)
        name = text_of(customers, "customer", row)
        if before is not None and before != after and name:
            number, owner = text_of(customers, "customer_no", row), text_of(customers, "owner", row)
            moves.append(TierMove(name, number, owner, before, after, amount))
    return in_order(moves)


def in_order(moves: Sequence[TierMove]) -> tuple[TierMove, ...]:
    """Upwards first, then those new to the tiers, then downwards; the largest amount first in each."""
    return tuple(sorted(moves, key=lambda m: (_direction(m), -m.amount, m.customer, m.number)))


def is_upwards(move: TierMove) -> bool:
    """Whether the customer rises; one without a tier until now does not."""
    return bool(move.before) and move.after < move.before


def _direction(move: TierMove) -> int:
    return 0 if is_upwards(move) else 2 if move.before else 1


def tier_edits(moves: Sequence[TierMove], customers: Columns) -> tuple[SetCells, ...]:
    """Writes the Tier cells that still show what a move began with; the others are people's by now.

    A customer is found again by number, else by name, in this reading: rows move. One who is there twice is changed
    in the first row, which is the one that figures go to as well.
    """
    column = customers.places.get("tier")
    if column is None:
        return ()
    rows = _rows(customers)
    edits = []
    for move in moves:
        row = rows.get((fold(move.number), fold(move.customer)))
        if row is not None and tier_named(text_of(customers, "tier", row)) == move.before:
            expects = shown_by(customers, ("customer_no", "customer", "tier"), row)
            edits.append(SetCells(CUSTOMERS.key, row + 2, {column: move.after}, expects))
    return tuple(edits)


def _rows(customers: Columns) -> dict[tuple[str, str], int]:
    """(number, name), both folded -> its first row, 0-based."""
    rows: dict[tuple[str, str], int] = {}
    for row in range(customers.height):
        key = (fold(text_of(customers, "customer_no", row)), fold(text_of(customers, "customer", row)))
        rows.setdefault(key, row)
    return rows


def owed_note(moves: Sequence[TierMove]) -> tuple[str, str]:
    """The note by which a run remembers the cells that it owes the sheet, until the sheet has shown them.

    So a crash between the mails and the write loses no cell, and a cell that was once shown is never written again.
    """
    kept = [[m.number, m.customer, m.before, m.after, m.owner, str(m.amount)] for m in moves]
    return OWED, json.dumps(kept, separators=(",", ":"))


def owed_moves(notes: Sequence[tuple[str, str]]) -> tuple[TierMove, ...]:
    """The moves whose cells a run's notes say are owed."""
    return _noted(notes, OWED) or ()


def settled_notes(notes: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The notes once the sheet has shown every cell: what was moved stays known, nothing is owed."""
    return tuple((MOVED if code == OWED else code, value) for code, value in notes)


def noted_moves(notes: Sequence[tuple[str, str]]) -> tuple[TierMove, ...] | None:
    """What a run moved; None when it has moved nothing yet.

    Who is written to later, after the cells have changed, is told this: looked at again, nobody would move.
    """
    owed = _noted(notes, OWED)
    return owed if owed is not None else _noted(notes, MOVED)


def _noted(notes: Sequence[tuple[str, str]], wanted: str) -> tuple[TierMove, ...] | None:
    text = next((value for code, value in notes if code == wanted), None)
    if text is None:
        return None
    return tuple(
        TierMove(customer, number, owner, before, after, Decimal(amount))
        for number, customer, before, after, owner, amount in json.loads(text)
    )
