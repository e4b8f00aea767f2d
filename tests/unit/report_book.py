"""Small books of orders for the tests of reports: rows as a sheet has them, and what they mean, said by the maker.

The meaning is written beside each cell and never read from it, so that nothing here shares a rule with bot.reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from bot.planning.periods import Period, week_id
from bot.planning.rules import Rules
from bot.planning.runs import ClosedWeek
from bot.ports import Columns
from bot.reports.figures.lines import WANTED
from bot.reports.figures.weekly import Book, read_book
from sheets_schema import Cell
from sheets_schema.cells import date_serial, datetime_serial

ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(language="en", timezone=ZONE, currency="CNY")
#: Friday 18:00 in Shanghai.
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DECIMALS = {"CNY": 2, "USD": 2, "JPY": 0, "KWD": 3}

TEAM: tuple[Mapping[str, Cell], ...] = (
    {"name": "Dora", "email": "dora@desk.example", "team": "North", "role": "Sales", "weekly_target": 1000},
    {
        "name": "Emil",
        "email": "emil@desk.example",
        "team": "North, South",
        "role": "销售",
        "weekly_target": 500.5,
    },
    {"name": "Faye", "email": "faye@desk.example", "team": "South", "role": "", "weekly_target": ""},
    {
        "name": "Gustav",
        "email": "gus@desk.example",
        "team": "South",
        "role": "Sales",
        "active": False,
        "weekly_target": 9,
    },
    {"name": "Hana", "email": "hana@desk.example", "team": "", "role": "Lead"},
)
CUSTOMERS: tuple[Mapping[str, Cell], ...] = (
    {"customer_no": "C-1", "customer": "Anna Books", "tier": "A"},
    {"customer_no": "C-2", "customer": "Bora Tea", "tier": "B"},
    {"customer_no": 3003, "customer": "Cem Cars"},
)


def period(end: datetime = FRIDAY, days: int = 7) -> Period:
    """The week that ends there."""
    return Period(week_id(end.astimezone(ZONE).date()), end - timedelta(days=days), end)


@dataclass(frozen=True)
class Line:
    """A row of the book and what it means."""

    row_id: str
    order_no: str
    recorded: datetime
    amount_cell: Cell = 100
    amount: Decimal | None = Decimal(100)
    quantity_cell: Cell = 1
    quantity: Decimal | None = Decimal(1)
    currency_cell: Cell = "CNY"
    currency: str | None = "CNY"
    seller_cell: Cell = "Dora"
    #: "" = nobody in Team.
    seller: str = "Dora"
    status_cell: Cell = "Pending review"
    cancelled: bool = False
    customer: Cell = "Anna Books"
    product: Cell = "Lamp"
    archived: bool = False
    order_date: date | None = None
    due_date: date | None = None

    @property
    def usable(self) -> bool:
        """Whether its cells can be counted."""
        return None not in (self.amount, self.quantity, self.currency)

    @property
    def counts(self) -> bool:
        """Whether it is in totals."""
        return self.usable and not self.cancelled

    @property
    def money(self) -> Decimal:
        """The amount as it is added."""
        assert self.amount is not None
        assert self.currency is not None
        return self.amount.quantize(Decimal(1).scaleb(-DECIMALS[self.currency]), ROUND_HALF_UP)

    def cells(self) -> dict[str, Cell]:
        """As the sheet has it."""
        return {
            "row_id": self.row_id, "order_no": self.order_no, "amount": self.amount_cell, "quantity": self.quantity_cell,
            "currency": self.currency_cell, "salesperson": self.seller_cell, "status": self.status_cell,
            "customer": self.customer, "product": self.product,
            "created_at": datetime_serial(self.recorded.astimezone(ZONE)),
            "order_date": date_serial(self.order_date) if self.order_date else "",
            "due_date": date_serial(self.due_date) if self.due_date else "",
        }  # fmt: skip


@dataclass
class Sheet:
    """The tabs; rows that are no lines stand behind the lines."""

    lines: list[Line] = field(default_factory=list)
    others: list[Mapping[str, Cell]] = field(default_factory=list)
    team: Sequence[Mapping[str, Cell]] = TEAM
    customers: Sequence[Mapping[str, Cell]] = CUSTOMERS
    #: Row ID -> legal state of lines whose Status cell shows another.
    legal: dict[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Columns]:
        """As the port hands it over: blank ends left out."""
        contracts = [line.cells() for line in self.lines if not line.archived]
        return {
            "contracts": columns("contracts", [*contracts, *self.others]),
            "archive": columns("archive", [line.cells() for line in self.lines if line.archived]),
            "team": columns("team", self.team),
            "customers": columns("customers", self.customers),
        }

    def book(
        self, closed: Sequence[ClosedWeek] = (), adopted_at: datetime | None = None, rules: Rules = RULES
    ) -> Book:
        """Read now."""
        return read_book(self.columns(), closed, adopted_at, rules, self.legal)

    def change(self, row_id: str, **changes: object) -> None:
        """Edit the line's row."""
        self.lines = [replace(line, **changes) if line.row_id == row_id else line for line in self.lines]  # type: ignore[arg-type] # names of its fields


def columns(tab: str, rows: Sequence[Mapping[str, Cell]]) -> Columns:
    """Rows by key, turned."""
    cells: dict[str, Sequence[Cell]] = {}
    for key in WANTED[tab]:
        column = [row.get(key, "") for row in rows]
        while column and column[-1] == "":
            column.pop()
        cells[key] = column
    return Columns(tab, cells, {key: i for i, key in enumerate(cells)})


def totals(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Currency -> sum, of lines that count."""
    found: dict[str, Decimal] = {}
    for line in lines:
        if line.counts:
            assert line.currency is not None
            found[line.currency] = found.get(line.currency, Decimal(0)) + line.money
    return found
