"""All order lines of Contract Orders and Archive as one typed frame, and the rows that can be in no total.

    columns as read ─► rows that are lines, in their legal states ─► codes, days, minor units ─► frame
                  └──► rows left out, with the reason

What is common is read for all rows at once; what is unusual one by one, by the readers of `sheets_schema.cells`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import compress, repeat
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.planning.report_values import LeftOut
from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.figures.moments import (
    NO_DAY,
    NO_MOMENT,
    Days,
    Seconds,
    days_at,
    read_days,
    read_moments,
    seconds_of,
    starts_of_days,
)
from bot.reports.figures.numbers import Wholes, read_amounts, read_quantities
from bot.reports.figures.people import TEAM_COLUMNS, Sellers, TeamMember, read_members, resolved_customers
from bot.reports.figures.table import LINE_COLUMNS, Table
from bot.reports.figures.texts import Coded, Meanings
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, TEAM, Cell
from sheets_schema.cells import is_error, plain_text
from sheets_schema.currencies import currency_code, minor_unit
from sheets_schema.titles import fold
from sheets_schema.workflow import CANCELLED, state_of

#: The columns of each tab that the weekly figures need.
WANTED: Mapping[str, tuple[str, ...]] = {
    CONTRACTS.key: LINE_COLUMNS,
    ARCHIVE.key: LINE_COLUMNS,
    CUSTOMERS.key: ("customer_no", "customer", "tier"),
    TEAM.key: TEAM_COLUMNS,
}
#: Every line is in the state that its cell shows.
_NONE: Mapping[str, str] = MappingProxyType({})
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Lines:
    """Every order line there is, once; what totals need is typed at once, and the rest when it is asked for.

    The columns of `frame`, one row a line, Contract Orders before Archive:
    `row_id`, `order_no` (str) · `hash` (uint64, of the Row ID) · `archived` (bool) · `row` (int, as read) · `recorded` (int64, UTC seconds; NO_MOMENT
    when nobody can tell) · `day` (int32, serial of the team's day of it) · `order_day`, `due_day` (int32 serials,
    NO_DAY when blank; also `delivered_day` when Delivered on was read) · `customer` (category: the name in Customers,
    or the cell's text) · `product`, `specification` (category: texts) · `salesperson` (category: the cells' texts) ·
    `status` (category: keys of the workflow, or "") · `currency` (category: codes) · `amount` (minor units, int64 or
    Python integers) · `quantity` (units of 10^-quantity_digits) · `cancelled` (bool).
    """

    #: Those of the columns that every line is looked at for.
    core: pd.DataFrame
    #: The others as they were read, line by line.
    cells: Mapping[str, Sequence[Cell]]
    quantity_digits: int
    #: Rows that are lines or would be; by tab and row.
    left_out: tuple[LeftOut, ...]
    #: When those rows were recorded, in their order; NO_MOMENT when nobody can tell.
    left_out_recorded: tuple[int, ...]
    #: Row IDs of lines that are there and cannot be used.
    unusable: Mapping[str, LeftOut]
    #: Rows of Archive whose line stands in Contract Orders too, and is counted there.
    doubled: int
    members: tuple[TeamMember, ...]
    #: Folded number or name -> the name in Customers and the text of its Tier cell.
    customers: Mapping[str, tuple[str, str]]
    #: Row IDs of lines whose Status cell shows a state that they have not legally reached.
    refused: frozenset[str] = frozenset()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All lines with all columns."""
        details = self._details(self.cells)
        return self.core.assign(
            **{
                key: column.category() if isinstance(column, Coded) else column
                for key, column in details.items()
            }
        )

    def taken(self, at: Positions) -> dict[str, Any]:
        """The columns of the lines at these positions; texts are `Coded`."""
        places = at.tolist()
        cells = {key: [column[i] for i in places] for key, column in self.cells.items()}
        core: dict[str, Any] = {}
        for key in self.core.columns:
            column = self.core[key].array
            is_text = isinstance(column, pd.Categorical)
            core[key] = Coded(column.codes[at], column.categories) if is_text else column.to_numpy()[at]
        return {**core, **self._details(cells)}

    def due_days(self, at: Positions) -> Days:
        """When these lines are due."""
        due = self.cells["due_date"]
        return read_days([due[i] for i in at.tolist()])

    def customers_of(self, mask: Flags) -> frozenset[str]:
        """The names, folded, of the customers of these lines."""
        cells = np.fromiter(self.cells["customer"], dtype=object, count=len(mask))[mask]
        texts = pd.unique(cells)
        if set(map(type, texts)) - {str}:
            texts = np.array([plain_text(cell) for cell in cells], dtype=object)
        return frozenset(fold(self._customers.of(text)) for text in texts)

    @cached_property
    def tiers(self) -> dict[str, str]:
        """Customer's name -> the text of its Tier cell."""
        return dict(self.customers.values())

    @cached_property
    def sellers(self) -> list[TeamMember | None]:
        """The member that each category of `salesperson` means."""
        find = Sellers(self.members)
        return [find.named(text) for text in self.core["salesperson"].cat.categories]

    @cached_property
    def _customers(self) -> Meanings:
        return Meanings(lambda text: self.customers.get(fold(text), (text, ""))[0])

    @cached_property
    def _plain(self) -> Meanings:
        return Meanings(str)

    def _details(self, cells: Mapping[str, Sequence[Cell]]) -> dict[str, Any]:
        details: dict[str, Any] = {
            "order_no": np.fromiter(cells["order_no"], dtype=object, count=len(cells["order_no"])),
            "order_day": read_days(cells["order_date"]),
            "due_day": read_days(cells["due_date"]),
            "customer": self._customers.coded(cells["customer"]),
            "product": self._plain.coded(cells["product"]),
            "specification": self._plain.coded(cells["specification"]),
        }
        if "delivered_on" in cells:
            details["delivered_day"] = read_days(cells["delivered_on"])
        return details


def read_lines(
    columns: Mapping[str, Columns],
    adopted_at: datetime | None,
    rules: Rules,
    legal: Mapping[str, str] = _NONE,
) -> Lines:
    """Type what was read. Tabs and columns that are absent count as blank.

    `legal` has, by Row ID, the state of every line whose Status cell shows one that it has not legally reached: what
    the cell shows is no figure's before it is mended. Everything after this point knows the legal state alone.
    """
    table = Table(columns)
    members = read_members(columns.get(TEAM.key))
    customers = resolved_customers(columns.get(CUSTOMERS.key))
    lost = table.keep_lines()
    table.show_states(legal)
    typed = _typed(table, adopted_at, rules)
    usable = np.ones(table.height, dtype=bool)
    unusable: dict[str, LeftOut] = {}
    for i, (why, text) in sorted(typed.troubles.items()):
        usable[i] = False
        unusable[str(table.cells["row_id"][i])] = table.left_out(i, why, text)
    recorded = [int(typed.core["recorded"].iloc[i]) for i in sorted(typed.troubles)]
    core, cells = typed.core, {key: table.cells[key] for key in _DETAILS if key in table.cells}
    if not usable.all():
        core = core[usable].reset_index(drop=True)
        cells = {key: list(compress(column, usable.tolist())) for key, column in cells.items()}
    return Lines(
        core, cells, typed.quantity_digits, (*unusable.values(), *lost), (*recorded, *repeat(NO_MOMENT, len(lost))),
        unusable, table.doubled, members, customers, frozenset(legal),
    )  # fmt: skip


#: The columns that are typed when they are asked for.
_DETAILS = ("order_no", "order_date", "due_date", "customer", "product", "specification", "delivered_on")


@dataclass(frozen=True)
class _Typed:
    core: pd.DataFrame
    quantity_digits: int
    troubles: Mapping[int, tuple[str, str]]


def _typed(table: Table, adopted_at: datetime | None, rules: Rules) -> _Typed:
    cells = table.cells
    currency = Meanings(lambda text: _currency(text, rules)).coded(cells["currency"])
    decimals = np.array([_decimals(code) for code in currency.texts] or [0], dtype=np.int64)
    amounts = read_amounts(cells["amount"], decimals[currency.codes])
    quantities = read_quantities(cells["quantity"])
    status = Meanings(_status).coded(cells["status"])
    recorded, days = _recorded(cells["created_at"], cells["order_date"], adopted_at, rules)
    core = pd.DataFrame(
        {
            "row_id": pd.Series(np.fromiter(cells["row_id"], dtype=object, count=table.height), dtype=object),
            "hash": table.hashes,
            "archived": table.archived,
            "row": table.rows,
            "recorded": recorded,
            "day": days,
            "salesperson": Meanings(str).coded(cells["salesperson"]).category(),
            "status": status.category(),
            "currency": currency.category(),
            "amount": amounts.values,
            "quantity": quantities.values,
            "cancelled": np.array([key == CANCELLED.key for key in status.texts] or [False])[status.codes],
        },
        copy=False,
    )
    return _Typed(core, quantities.digits, _troubles(cells, currency, amounts, quantities))


def _troubles(
    cells: Mapping[str, Sequence[Cell]], currency: Coded, amounts: Wholes, quantities: Wholes
) -> dict[int, tuple[str, str]]:
    """What cannot be used, by line; of several reasons the amount's is given."""
    unknown = np.array([not _is_code(code) for code in currency.texts] or [False])[currency.codes]
    troubles: dict[int, tuple[str, str]] = {}
    for i in np.flatnonzero(unknown).tolist():
        text = plain_text(cells["currency"][i])
        troubles[i] = ("formula" if is_error(cells["currency"][i]) else "currency", text)
    return {**troubles, **quantities.unusable, **amounts.unusable}


def _recorded(
    created: Sequence[Cell], ordered: Sequence[Cell], adopted_at: datetime | None, rules: Rules
) -> tuple[Seconds, Days]:
    """When each line came into the book: Created at; of rows from before the bot their order date, or the adoption.

    Beside the moments the team's days of them.
    """
    zone = rules.timezone
    recorded, days = read_moments(created, zone)
    blank = np.flatnonzero(recorded == NO_MOMENT)
    if len(blank):
        ordered_on = read_days([ordered[i] for i in blank.tolist()])
        begin = np.where(ordered_on == NO_DAY, NO_MOMENT, starts_of_days(ordered_on, zone))
        if adopted_at is not None:
            adopted = seconds_of(adopted_at)
            begin = np.where((begin == NO_MOMENT) | (begin > adopted), adopted, begin)
        known = begin != NO_MOMENT
        recorded[blank] = begin
        days[blank] = np.where(known, days_at(np.where(known, begin, 0), zone), NO_DAY)
    return recorded, days


def _status(text: str) -> str:
    state = state_of(text)
    return state.key if state is not None else ""


def _currency(text: str, rules: Rules) -> str:
    """The code; of what names none the text in a form that is no code."""
    return currency_code(text or rules.currency) or f"?{text}"


def _is_code(currency: str) -> bool:
    return not currency.startswith("?")


def _decimals(currency: str) -> int:
    return -int(minor_unit(currency).as_tuple().exponent) if _is_code(currency) else 0
