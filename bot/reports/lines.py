"""All order lines of Contract Orders and Archive as one typed frame, and the rows that can be in no total.

    columns as read ─► rows that are lines ─► codes, days, minor units ─► frame
                  └──► rows left out, with the reason

What is common is read for all rows at once; what is unusual one by one, by the readers of `sheets_schema.cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain, compress, repeat
from typing import Any, TypeGuard, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.moments import (
    NO_DAY,
    NO_MOMENT,
    Seconds,
    days_at,
    read_days,
    read_moments,
    seconds_of,
    starts_of_days,
)
from bot.reports.numbers import Wholes, read_amounts, read_quantities
from bot.reports.people import TEAM_COLUMNS, Sellers, TeamMember, read_members, resolved_customers
from bot.reports.values import LeftOut
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, TEAM, Cell
from sheets_schema.cells import is_blank, is_error, plain_text
from sheets_schema.currencies import currency_code, minor_unit
from sheets_schema.titles import fold
from sheets_schema.workflow import CANCELLED, state_of

_LINE_COLUMNS = (
    "order_no", "order_date", "customer", "product", "specification", "quantity", "amount", "currency", "due_date",
    "salesperson", "status", "problem", "created_at", "row_id",
)  # fmt: skip
#: The columns of each tab that the weekly figures need.
WANTED: Mapping[str, tuple[str, ...]] = {
    CONTRACTS.key: _LINE_COLUMNS,
    ARCHIVE.key: _LINE_COLUMNS,
    CUSTOMERS.key: ("customer_no", "customer", "tier"),
    TEAM.key: TEAM_COLUMNS,
}
#: What makes a row without a number more than a blank one.
_CONTENT = ("customer", "product", "specification", "quantity", "amount", "salesperson", "due_date")

Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Every order line there is, once.

    The frame's columns, one row a line, Contract Orders before Archive:
    `row_id`, `order_no` (str) · `archived` (bool) · `row` (int, as read) · `recorded` (int64, UTC seconds; NO_MOMENT
    when nobody can tell) · `day` (int32, serial of the team's day of it) · `order_day`, `due_day` (int32 serials,
    NO_DAY when blank; also `delivered_day` when Delivered on was read) · `customer` (category: the name in Customers,
    or the cell's text) · `product`, `specification` (category: texts) · `salesperson` (category: the cells' texts) ·
    `status` (category: keys of the workflow, or "") · `currency` (category: codes) · `amount` (minor units, int64 or
    Python integers) · `quantity` (units of 10^-quantity_digits) · `cancelled` (bool).
    """

    frame: pd.DataFrame
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
    #: Customer's name -> the text of its Tier cell.
    tiers: Mapping[str, str]

    @cached_property
    def places(self) -> pd.Index:
        """The Row IDs, for finding their positions in the frame."""
        return pd.Index(self.frame["row_id"], dtype=object)

    @cached_property
    def sellers(self) -> list[TeamMember | None]:
        """The member that each category of `salesperson` means."""
        find = Sellers(self.members)
        return [find.named(text) for text in self.frame["salesperson"].cat.categories]


def read_lines(columns: Mapping[str, Columns], adopted_at: datetime | None, rules: Rules) -> Lines:
    """Type what was read. Tabs and columns that are absent count as blank."""
    table = _Table(columns)
    members = read_members(columns.get(TEAM.key))
    customers = resolved_customers(columns.get(CUSTOMERS.key))
    lost = table.keep_lines()
    typed = _typed(table, customers, adopted_at, rules)
    usable = np.ones(table.height, dtype=bool)
    unusable: dict[str, LeftOut] = {}
    for i, (why, text) in sorted(typed.troubles.items()):
        usable[i] = False
        unusable[str(table.cells["row_id"][i])] = table.left_out(i, why, text)
    recorded = [int(typed.frame["recorded"].iloc[i]) for i in sorted(typed.troubles)]
    frame = typed.frame if usable.all() else typed.frame[usable].reset_index(drop=True)
    return Lines(
        frame, typed.quantity_digits, (*unusable.values(), *lost), (*recorded, *repeat(NO_MOMENT, len(lost))),
        unusable, table.doubled, members, dict(customers.values()),
    )  # fmt: skip


class _Table:
    """The columns of both tabs, one below the other, cut down to the rows that are lines."""

    def __init__(self, columns: Mapping[str, Columns]) -> None:
        read = [columns[tab] for tab in (CONTRACTS.key, ARCHIVE.key) if tab in columns]
        keys = dict.fromkeys(chain(_LINE_COLUMNS, *(tab.cells for tab in read)))
        self.cells: dict[str, Sequence[Cell]] = {key: _stacked(read, key) for key in keys}
        self.height = sum(tab.height for tab in read)
        heights = {tab.tab: tab.height for tab in read}
        self.archived: Flags = np.arange(self.height) >= heights.get(CONTRACTS.key, 0)
        self.rows = np.concatenate(
            [np.arange(tab.height, dtype=np.int32) + 2 for tab in read] or [np.zeros(0, np.int32)]
        )
        self.doubled = 0

    def keep_lines(self) -> list[LeftOut]:
        """Drop the rows that are no lines; those of them that say something are returned."""
        numbers, ids = _plain(self.cells["order_no"]), _plain(self.cells["row_id"])
        self.cells |= {"order_no": numbers, "row_id": ids}
        kept: Flags = np.ones(self.height, dtype=bool)
        for cells in (numbers, ids):
            if not all(cells):
                kept &= np.fromiter(map(bool, cells), bool, self.height)
        lost = [self.left_out(i, "no_number", self._text("problem", i)) for i in self._spoken(~kept)]
        if len(set(compress(ids, kept))) < np.count_nonzero(kept):
            lost += self._without_copies(ids, kept)
        if not kept.all():
            self.cells = {key: list(compress(cells, kept)) for key, cells in self.cells.items()}
            self.archived, self.rows, self.height = self.archived[kept], self.rows[kept], int(kept.sum())
        return lost

    def _without_copies(self, ids: Sequence[Cell], kept: Flags) -> list[LeftOut]:
        """The first row of each ID stays. A copy is about to become a row of its own; one in Archive is the same line."""
        first: set[Cell] = set()
        copies = []
        for i in np.flatnonzero(kept).tolist():
            if ids[i] in first:
                copies.append(i)
            first.add(ids[i])
        contracts = set(compress(ids, kept & ~self.archived))
        kept[copies] = False
        self.doubled = sum(bool(self.archived[i]) and ids[i] in contracts for i in copies)
        return [
            self.left_out(i, "no_number", self._text("problem", i))
            for i in copies
            if not (self.archived[i] and ids[i] in contracts)
        ]

    def _spoken(self, rows: Flags) -> list[int]:
        """Those of these rows in which people wrote something."""
        at = np.flatnonzero(rows).tolist()
        return [i for i in at if any(not is_blank(self.cells[key][i]) for key in ("order_no", *_CONTENT))]

    def left_out(self, i: int, why: str, text: str) -> LeftOut:
        """The row with its number in the sheet."""
        tab = ARCHIVE.key if self.archived[i] else CONTRACTS.key
        number, seller = self._text("order_no", i), self._text("salesperson", i)
        return LeftOut(tab, int(self.rows[i]), number, seller, why, text)

    def _text(self, key: str, i: int) -> str:
        return plain_text(self.cells[key][i])


def _stacked(read: Iterable[Columns], key: str) -> Sequence[Cell]:
    pieces = []
    for tab in read:
        cells = tab.cells.get(key, ())
        pieces.append(cells if len(cells) == tab.height else [*cells, *repeat("", tab.height - len(cells))])
    return pieces[0] if len(pieces) == 1 else list(chain.from_iterable(pieces))


def _plain(cells: Sequence[Cell]) -> Sequence[str]:
    """Texts as `plain_text` has them; formulas without a value are blank."""
    if _are_plain(cells):
        return cells
    return ["" if is_blank(cell) or is_error(cell) else plain_text(cell) for cell in cells]


def _are_plain(cells: Sequence[Cell]) -> TypeGuard[Sequence[str]]:
    """Nothing but printable ASCII without blanks, as numbers and Row IDs are. Looked at as one text, for speed."""
    if set(map(type, cells)) - {str}:
        return False
    whole = "|".join(cast("Sequence[str]", cells))
    return whole.isascii() and whole.isprintable() and " " not in whole and "#" not in whole


@dataclass(frozen=True)
class _Typed:
    frame: pd.DataFrame
    quantity_digits: int
    troubles: Mapping[int, tuple[str, str]]


def _typed(
    table: _Table, customers: Mapping[str, tuple[str, str]], adopted_at: datetime | None, rules: Rules
) -> _Typed:
    cells = table.cells
    currency, currencies = _coded(cells["currency"], lambda text: _currency(text, rules))
    decimals = np.array([_decimals(code) for code in currencies] or [0], dtype=np.int64)
    amounts = read_amounts(cells["amount"], decimals[currency])
    quantities = read_quantities(cells["quantity"])
    status, statuses = _coded(cells["status"], _status)
    order_day = read_days(cells["order_date"])
    recorded = _recorded(cells["created_at"], order_day, adopted_at, rules)
    frame = pd.DataFrame(
        {
            "row_id": pd.Series(cells["row_id"], dtype=object),
            "order_no": pd.Series(cells["order_no"], dtype=object),
            "archived": table.archived,
            "row": table.rows,
            "recorded": recorded,
            "day": _days_of(recorded, rules),
            "order_day": order_day,
            "due_day": read_days(cells["due_date"]),
            "customer": _category(*_coded(cells["customer"], lambda text: _customer(text, customers))),
            "product": _category(*_coded(cells["product"], str)),
            "specification": _category(*_coded(cells["specification"], str)),
            "salesperson": _category(*_coded(cells["salesperson"], str)),
            "status": _category(status, statuses),
            "currency": _category(currency, currencies),
            "amount": amounts.values,
            "quantity": quantities.values,
            "cancelled": np.array([key == CANCELLED.key for key in statuses] or [False])[status],
        }
    )
    if "delivered_on" in cells:
        frame["delivered_day"] = read_days(cells["delivered_on"])
    return _Typed(frame, quantities.digits, _troubles(cells, currency, currencies, amounts, quantities))


def _troubles(
    cells: Mapping[str, Sequence[Cell]],
    currency: Codes,
    currencies: Sequence[str],
    amounts: Wholes,
    quantities: Wholes,
) -> dict[int, tuple[str, str]]:
    """What cannot be used, by line; of several reasons the amount's is given."""
    unknown = np.array([not _is_code(code) for code in currencies] or [False])[currency]
    troubles: dict[int, tuple[str, str]] = {}
    for i in np.flatnonzero(unknown).tolist():
        text = plain_text(cells["currency"][i])
        troubles[i] = ("formula" if is_error(cells["currency"][i]) else "currency", text)
    return {**troubles, **quantities.unusable, **amounts.unusable}


def _recorded(created: Sequence[Cell], order_day: Any, adopted_at: datetime | None, rules: Rules) -> Seconds:
    """When each line came into the book: Created at; of rows from before the bot their order date, or the adoption."""
    recorded = read_moments(created, rules.timezone)
    blank = np.flatnonzero(recorded == NO_MOMENT)
    if len(blank):
        adopted = seconds_of(adopted_at) if adopted_at is not None else None
        days = order_day[blank]
        begin = np.where(days == NO_DAY, NO_MOMENT, starts_of_days(days, rules.timezone))
        if adopted is not None:
            begin = np.where((begin == NO_MOMENT) | (begin > adopted), adopted, begin)
        recorded[blank] = begin
    return recorded


def _days_of(recorded: Seconds, rules: Rules) -> Any:
    known = recorded != NO_MOMENT
    return np.where(known, days_at(np.where(known, recorded, 0), rules.timezone), NO_DAY).astype(np.int32)


def _coded(cells: Sequence[Cell], meaning: Callable[[str], str]) -> tuple[Codes, list[str]]:
    """A column as codes of its distinct meanings; spellings that differ in case, width or blanks are one."""
    codes, texts = pd.factorize(np.fromiter(cells, dtype=object, count=len(cells)))
    if set(map(type, texts)) - {str}:
        # 1, 1.0 and TRUE are one to a hash table, and not to people.
        plain = [c if type(c) is str else plain_text(c) for c in cells]
        codes, texts = pd.factorize(np.array(plain, dtype=object))
    places: dict[str, int] = {}
    meanings: list[str] = []
    turned = np.empty(len(texts) + 1, dtype=np.int32)
    for i, text in enumerate(texts):
        value = meaning("" if is_blank(text) else plain_text(text))
        place = places.setdefault(fold(value), len(meanings))
        if place == len(meanings):
            meanings.append(value)
        turned[i] = place
    return turned[codes], meanings


def _category(codes: Codes, texts: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(texts, dtype=object))


def _customer(text: str, customers: Mapping[str, tuple[str, str]]) -> str:
    return customers.get(fold(text), (text, ""))[0]


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
