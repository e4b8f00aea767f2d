"""The orders in which something is still to be delivered: lines of Contract Orders grouped by their number. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain

from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.figures.people import resolved_customers
from bot.reports.figures.persons import Persons, key_of
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, Cell, Kind
from sheets_schema.cells import is_error, plain_text, read_cell
from sheets_schema.currencies import currency_code
from sheets_schema.titles import fold
from sheets_schema.workflow import CANCELLED, COMPLETED, DELIVERED, PENDING, state_of

#: Nothing is to be delivered any more.
_OVER = frozenset(state.key for state in (DELIVERED, COMPLETED, CANCELLED))


@dataclass(frozen=True)
class OpenOrder:
    """One order, by those of its lines that are still to be delivered."""

    number: str
    #: Of its first open line, as the sheet counts.
    row: int
    customer: str
    #: As named, without doubles.
    products: tuple[str, ...]
    #: Of the open lines together; None where a line has none, or they are in several currencies.
    amount: Decimal | None
    currency: str
    #: As the cells say.
    salesperson: str
    #: Keys of the people in Team it belongs to; none when the cells name nobody there.
    sellers: frozenset[str]
    #: The teams of these people, folded.
    teams: frozenset[str]
    #: What the Status cell of the line says that is due first.
    status: str
    #: The first of its due dates.
    due: date | None
    #: A line waits for review, and nobody has said yes.
    lacks_reviewer: bool
    #: A line waits for review, a lead has said yes, and finance has not.
    lacks_finance: bool
    #: When it was changed last, or made; None when nobody can tell.
    touched: datetime | None

    def days_late(self, day: date) -> int:
        """How long it is overdue; below 1 when it is not."""
        return (day - self.due).days if self.due is not None else 0


def open_orders(columns: Mapping[str, Columns], persons: Persons, rules: Rules) -> tuple[OpenOrder, ...]:
    """Every open order that has a number, top to bottom.

    A Status that names no state counts as open: a typing error must not hide an order.
    """
    names = resolved_customers(columns.get(CUSTOMERS.key))
    lines: dict[str, list[_Line]] = {}
    met: set[str] = set()
    for line in _lines(columns.get(CONTRACTS.key)):
        row_id = line.text("row_id")
        if row_id in met:
            # The copy of a row is about to become a row of its own, and counts from then on.
            continue
        met |= {row_id} - {""}
        state = state_of(line.text("status"))
        if state is None or state.key not in _OVER:
            lines.setdefault(fold(line.number), []).append(line)
    return tuple(_order(own, names, persons, rules) for own in lines.values())


def last_ordered(columns: Mapping[str, Columns]) -> dict[str, date]:
    """Folded name of a customer -> the day of their last order that was not cancelled, archived or not."""
    names = resolved_customers(columns.get(CUSTOMERS.key))
    found: dict[str, date] = {}
    for line in chain(_lines(columns.get(CONTRACTS.key)), _lines(columns.get(ARCHIVE.key))):
        text = line.text("customer")
        day = line.day("order_date") or line.day("created_at")
        if day is None or state_of(line.text("status")) is CANCELLED:
            continue
        name = fold(names.get(fold(text), (text, ""))[0])
        found[name] = max(day, found.get(name, day))
    return found


@dataclass(frozen=True)
class _Line:
    number: str
    row: int
    cells: Mapping[str, Cell]

    def text(self, key: str) -> str:
        cell = self.cells.get(key, "")
        return "" if is_error(cell) else plain_text(cell)

    def day(self, key: str) -> date | None:
        value = read_cell(Kind.DATE, self.cells.get(key, ""))
        return value if isinstance(value, date) else None

    def amount(self) -> Decimal | None:
        value = read_cell(Kind.MONEY, self.cells.get("amount", ""))
        return value if isinstance(value, Decimal) else None

    def touched(self, rules: Rules) -> datetime | None:
        for key in ("updated_at", "created_at"):
            value = read_cell(Kind.DATETIME, self.cells.get(key, ""))
            if isinstance(value, datetime):
                return value.replace(tzinfo=rules.timezone).astimezone(UTC)
        return None

    @property
    def is_pending(self) -> bool:
        return state_of(self.text("status")) is PENDING


def _lines(contracts: Columns | None) -> Iterator[_Line]:
    for row in range(contracts.height if contracts is not None else 0):
        assert contracts is not None  # noqa: S101 - a tab that is not there has no rows
        cells = {key: column[row] for key, column in contracts.cells.items() if row < len(column)}
        line = _Line("", row + 2, cells)
        if number := line.text("order_no"):
            yield _Line(number, row + 2, cells)


def _order(
    lines: list[_Line], names: Mapping[str, tuple[str, str]], persons: Persons, rules: Rules
) -> OpenOrder:
    customer = lines[0].text("customer")
    sellers = [member for line in lines for member in persons.named(line.text("salesperson"))]
    dues = [(due, i) for i, line in enumerate(lines) if (due := line.day("due_date")) is not None]
    amounts = [line.amount() for line in lines]
    currencies = {currency_code(text) or text for text in (line.text("currency") for line in lines) if text}
    known = [amount for amount in amounts if amount is not None]
    is_one = len(known) == len(amounts) and len(currencies) <= 1
    pending = [line for line in lines if line.is_pending]
    moments = [moment for line in lines if (moment := line.touched(rules)) is not None]
    return OpenOrder(
        number=lines[0].number,
        row=lines[0].row,
        customer=names.get(fold(customer), (customer, ""))[0],
        products=_distinct(line.text("product") for line in lines),
        amount=sum(known, Decimal(0)) if is_one else None,
        currency=next(iter(currencies), rules.currency),
        salesperson=lines[0].text("salesperson"),
        sellers=frozenset(key_of(member) for member in sellers),
        teams=frozenset(fold(team) for member in sellers for team in member.teams),
        status=lines[min(dues, default=(None, 0))[1]].text("status"),
        due=min(dues)[0] if dues else None,
        lacks_reviewer=any(not line.text("reviewer") for line in pending),
        lacks_finance=any(line.text("reviewer") and not line.text("finance_reviewer") for line in pending),
        touched=max(moments, default=None),
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
