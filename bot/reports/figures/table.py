"""The rows of Contract Orders and Archive, one below the other, cut down to those that are lines of orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, compress, repeat
from typing import TypeGuard, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import xxhash

from bot.planning.report_values import LeftOut
from bot.ports import Columns
from sheets_schema import ARCHIVE, CONTRACTS, Cell
from sheets_schema.cells import is_blank, is_error, plain_text
from sheets_schema.workflow import BY_STATE, COMPLETED, DELIVERED

#: What the weekly figures need of an order.
LINE_COLUMNS = (
    "order_no", "order_date", "customer", "product", "specification", "quantity", "amount", "currency", "due_date",
    "salesperson", "status", "problem", "created_at", "row_id",
)  # fmt: skip
#: What makes a row without a number more than a blank one.
_CONTENT = ("customer", "product", "specification", "quantity", "amount", "salesperson", "due_date")
_DELIVERED = (DELIVERED.key, COMPLETED.key)

Flags = npt.NDArray[np.bool_]

#: Bytes of a text that are its own hash.
_SHORT = 16
#: The multiplier and shift of splitmix64 (Steele, Lea and Flood, 2014).
_ODD = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(31)


class Table:
    """The columns of both tabs, one below the other, cut down to the rows that are lines."""

    def __init__(self, columns: Mapping[str, Columns]) -> None:
        read = [columns[tab] for tab in (CONTRACTS.key, ARCHIVE.key) if tab in columns]
        keys = dict.fromkeys(chain(LINE_COLUMNS, *(tab.cells for tab in read)))
        self.cells: dict[str, Sequence[Cell]] = {key: _stacked(read, key) for key in keys}
        self.height = sum(tab.height for tab in read)
        heights = {tab.tab: tab.height for tab in read}
        self.archived: Flags = np.arange(self.height) >= heights.get(CONTRACTS.key, 0)
        self.rows = np.concatenate(
            [np.arange(tab.height, dtype=np.int32) + 2 for tab in read] or [np.zeros(0, np.int32)]
        )
        self.doubled = 0
        #: Of the Row IDs, once the lines are known.
        self.hashes = np.zeros(self.height, dtype=np.uint64)

    def keep_lines(self) -> list[LeftOut]:
        """Drop the rows that are no lines; those of them that say something are returned."""
        numbers, ids = _plain(self.cells["order_no"]), _plain(self.cells["row_id"])
        self.cells |= {"order_no": numbers, "row_id": ids}
        kept: Flags = np.ones(self.height, dtype=bool)
        for cells in (numbers, ids):
            if not all(cells):
                kept &= np.fromiter(map(bool, cells), bool, self.height)
        lost = [self.left_out(i, "no_number", self._text("problem", i)) for i in self._spoken(~kept)]
        self.hashes = hashes_of(ids)
        if len(pd.unique(self.hashes[kept])) < np.count_nonzero(kept):
            lost += self._without_copies(ids, kept)
        if not kept.all():
            self.cells = {key: list(compress(cells, kept)) for key, cells in self.cells.items()}
            self.archived, self.rows, self.height = self.archived[kept], self.rows[kept], int(kept.sum())
            self.hashes = self.hashes[kept]
        return lost

    def show_states(self, legal: Mapping[str, str]) -> None:
        """Put these states, keys of the workflow by Row ID, in the place of what the lines' Status cells show.

        A line that has not legally been delivered has no day of delivery either.
        """
        if not legal:
            return
        statuses = list(self.cells["status"])
        days = list(self.cells.get("delivered_on", ()))
        for i, row_id in enumerate(cast("Sequence[str]", self.cells["row_id"])):
            if row_id in legal:
                statuses[i] = BY_STATE[legal[row_id]].en
                if days and legal[row_id] not in _DELIVERED:
                    days[i] = ""
        self.cells["status"] = statuses
        if days:
            self.cells["delivered_on"] = days

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


def hashes_of(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A number of 64 bits of each text, the same in every process: short texts stand for themselves."""
    if not texts:
        return np.zeros(0, dtype=np.uint64)
    if max(map(len, texts)) <= _SHORT and "".join(texts).isascii():
        packed = np.array(texts, dtype=f"S{_SHORT}")
    else:
        encoded = (text.encode() for text in texts)
        short = [b if len(b) <= _SHORT else xxhash.xxh3_128_digest(b) for b in encoded]
        packed = np.array(short, dtype=f"S{_SHORT}")
    first, second = packed.view(np.uint64).reshape(-1, 2).T
    return mixed(mixed(first, _ODD), second)


def mixed(hashes: npt.NDArray[np.uint64], part: npt.NDArray[np.uint64] | np.uint64) -> npt.NDArray[np.uint64]:
    """The hashes with one more part in them."""
    product = (hashes ^ part) * _ODD
    return product ^ (product >> _SHIFT)


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
    """Nothing but ASCII without blanks, as numbers and Row IDs are. Looked at as one text, for speed."""
    if set(map(type, cells)) - {str}:
        return False
    whole = "|".join(cast("Sequence[str]", cells))
    return whole.isascii() and "#" not in whole and len(whole.split(None, 1)) == 1 and not whole[0].isspace()
