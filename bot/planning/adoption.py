"""The first meeting with a workbook, and the meeting after the bot has lost its memory."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import date, datetime

from bot.planning.fills import own_cells
from bot.planning.identity import is_vacant
from bot.planning.orders import next_number, number_prefix
from bot.planning.rules import Rules
from bot.planning.sightings import Order, Origin, Row, Seen, Sighting, Snapshot
from sheets_schema import CONTRACTS
from sheets_schema.cells import read_date


def adopted(
    snapshot: Snapshot, now: datetime, rules: Rules, new_id: Callable[[], str]
) -> tuple[list[Sighting], list[Order]]:
    """Every row that is there now, made known without a mail; contract rows without a number get one of their day."""
    rows = [row for tab in snapshot.tabs.values() for row in tab.rows if not is_vacant(row)]
    numbers = _Numbers({row.order_no for row in rows if row.order_no}, rules.number)
    sightings: list[Sighting] = []
    orders: dict[str, Order] = {}
    used: set[str] = set()
    for row in rows:
        number = row.order_no
        if row.tab == CONTRACTS.key:
            number = number or numbers.next_on(_order_day(row, now, rules))
            orders.setdefault(number, Order(number, now, Origin.ADOPTED, generation=0))
        row_id = row.row_id if row.row_id and row.row_id not in used else new_id()
        used.add(row_id)
        sightings.append(
            Sighting(
                row_id,
                row.tab,
                number,
                row.core,
                row.typed,
                row.number,
                Origin.ADOPTED,
                cells=own_cells(row.tab, row.cells),
                created_at=now,
            )
        )
    return sightings, list(orders.values())


class _Numbers:
    """Gives adopted rows numbers of their own days; keeps the taken ones sorted, since there may be 100,000."""

    def __init__(self, taken: set[str], pattern: str) -> None:
        self._sorted = sorted(taken)
        self._pattern = pattern
        self._given: dict[str, list[str]] = {}

    def next_on(self, day: date) -> str:
        prefix = number_prefix(self._pattern, day)
        if prefix not in self._given:
            start = bisect_left(self._sorted, prefix)
            end = bisect_left(self._sorted, prefix + "\U0010ffff")
            self._given[prefix] = self._sorted[start:end]
        number = next_number(self._pattern, day, self._given[prefix])
        # Only the highest matters for the next one.
        self._given[prefix] = [number]
        return number


def _order_day(row: Row, now: datetime, rules: Rules) -> date:
    cell = row.cells.get("order_date", "")
    day = read_date(cell) if cell != "" else None
    return day if isinstance(day, date) else rules.today(now)


def rebuilt(rows: Iterable[Row], seen: Seen, now: datetime) -> tuple[list[Sighting], list[Order]]:
    """Rows that carry an ID nobody remembers: old rows, never mailed again; their E-mail cell says what was sent."""
    sightings: dict[str, Sighting] = {}
    orders: dict[str, Order] = {}
    for row in rows:
        if row.row_id in sightings:
            continue
        if row.order_no not in seen.orders:
            orders.setdefault(row.order_no, Order(row.order_no, now, Origin.REBUILT))
        sightings[row.row_id] = Sighting(
            row.row_id, row.tab, row.order_no, row.core, row.typed, row.number, Origin.REBUILT, written=True,
            placed=True, cells=own_cells(row.tab, row.cells), mail_shown=row.text("mail_status"),
            created_at=now,
        )  # fmt: skip
    return list(sightings.values()), list(orders.values())
