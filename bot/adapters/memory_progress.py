"""How far orders have come, the stock they took and what happened to them, in RAM: a part of the state in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from bot.activity import Entry
from bot.planning.progress import Progress, StockMark
from bot.ports import Commit
from sheets_schema.workflow import FINAL


class MemoryProgress:
    """Lines by Row ID, stock by product, and the entries in order."""

    def __init__(self) -> None:
        self._lines: dict[str, Progress] = {}
        self._stock: dict[str, StockMark] = {}
        self._answers: frozenset[str] = frozenset()
        self._entries: list[Entry] = []

    def store(self, changes: Commit) -> None:
        """Store what a commit says of lines, stock, answers and what happened."""
        self._lines |= {p.row_id: replace(p, told=dict(p.told)) for p in changes.progress}
        self._stock |= {mark.product: mark for mark in changes.stock}
        self._answers |= frozenset(changes.answers)
        self.add(changes.activity)

    def add(self, entries: Iterable[Entry]) -> None:
        """Number these behind all that are stored."""
        first = len(self._entries) + 1
        self._entries += [replace(entry, number=number) for number, entry in enumerate(entries, first)]

    def put(self, line: Progress) -> None:
        """Store one line as given."""
        self._lines[line.row_id] = line

    def reword(self, reworded_entry: Callable[[Entry], Entry]) -> int:
        """Replace each entry by what this makes of it; how many became others."""
        reworded = [reworded_entry(entry) for entry in self._entries]
        changed = sum(old != new for old, new in zip(self._entries, reworded, strict=True))
        self._entries = reworded
        return changed

    def lines(self, row_ids: Collection[str]) -> dict[str, Progress]:
        """Of these rows, by Row ID."""
        return {row_id: self._lines[row_id] for row_id in row_ids if row_id in self._lines}

    def stock(self) -> dict[str, StockMark]:
        """All of it, by product."""
        return dict(self._stock)

    def open_amounts(
        self, customers: Collection[str], gone: Collection[str]
    ) -> Mapping[str, Mapping[str, int]]:
        """Customer -> currency -> minor units of the lines that are neither completed nor cancelled, nor `gone`."""
        sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for line in self._lines.values():
            if line.customer in customers and line.state not in FINAL and line.row_id not in gone:
                sums[line.customer][line.currency] += line.amount
        return {customer: dict(by_currency) for customer, by_currency in sums.items()}

    def known_answers(self, keys: Collection[str]) -> frozenset[str]:
        """Those of these feedback answers that have been dealt with."""
        return self._answers.intersection(keys)

    def refused(self) -> dict[str, str]:
        """Row ID -> legal state of the lines whose Status cell shows another."""
        return {row_id: line.state for row_id, line in self._lines.items() if line.refused}

    def entries(self, after: int, order_no: str, limit: int) -> list[Entry]:
        """Those with a greater number, oldest first."""
        found = [e for e in self._entries if e.number > after and (not order_no or e.order_no == order_no)]
        return found[:limit]

    def last_entry(self) -> int:
        """The number of the latest; 0 when there is none."""
        return len(self._entries)
