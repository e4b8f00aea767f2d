"""Rows, memories and lookups for the tests of the pure middle: one small office, the same in every test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from string import Formatter
from typing import Any

from hypothesis import settings

from bot.adapters.memory_state import MemoryState
from bot.outbox import Message
from bot.planning.catalog import Catalog, build_catalog
from bot.planning.drafting import Place, Plan
from bot.planning.fills import own_cells
from bot.planning.fingerprints import fingerprints
from bot.planning.judgement import Judgement, judge
from bot.planning.order_notices import PurchaseDetail
from bot.planning.plan import plan_cycle, wanted_by
from bot.planning.rules import Rules
from bot.planning.sightings import Origin, Row, Seen, Sighting, Snapshot, TabSnapshot
from bot.ports import Commit
from bot.projection import AppendRow, Edit, Projection, SetCells, project
from sheets_schema import BY_KEY, Cell
from sheets_schema.cells import is_blank
from sheets_schema.titles import Header, read_header

#: Enough examples to find a broken law; the whole of tests/unit stays within seconds on a busy machine.
FEW = settings(max_examples=25, deadline=None)
MANY = settings(max_examples=100, deadline=None)

NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
LATER = NOW + timedelta(minutes=1)
RULES = Rules(language="en", admins=("ops@desk.example",))

CUSTOMERS: list[dict[str, Cell]] = [
    {"customer": "Anna Books", "customer_no": "C-1", "contact": "Anna Berg", "email": "anna@books.example",
     "address": "1 Quay", "tier": "A", "phone": "007"},
    {"customer": "Bora Tea", "customer_no": "C-2", "email": "bora@tea.example", "language": "中文"},
]  # fmt: skip
PRODUCTS: list[dict[str, Cell]] = [
    {"product": "Lamp", "unit_price": 12.5, "unit": "pc"},
    {"product": "Desk", "specification": "Oak", "unit_price": 100, "duration": "1 year"},
    {"product": "Desk", "specification": "Ash", "unit_price": 80},
    {"product": "Repair"},
]
TEAM: list[dict[str, Cell]] = [
    {"name": "Dora", "email": "dora@desk.example"},
    {"name": "Emil", "email": "emil@desk.example", "language": "zh"},
]
CATALOG = build_catalog(CUSTOMERS, PRODUCTS, TEAM)

#: What a person must write before a row of either order tab is complete.
WISH: dict[str, Cell] = {"customer": "Anna Books", "product": "Lamp", "quantity": 3, "salesperson": "Dora"}


def titles(tab: str, language: str = "en") -> list[str]:
    """The titles of a tab as `init` writes them."""
    return [column.title(language) for column in BY_KEY[tab].fields]


def header(tab: str, *extra: str) -> Header:
    """The header of a tab as `init` lays it out, the team's own columns behind it."""
    return read_header(BY_KEY[tab], BY_KEY[tab].en, [*titles(tab), *extra], "en")


def row_of(tab: str, number: int, cells: Mapping[str, Cell], digest: int = 0) -> Row:
    """A row that shows just these cells."""
    shown = {key: cell for key, cell in cells.items() if not is_blank(cell)}
    return Row(tab, number, shown, *fingerprints(tab, shown), digest)


def wish(number: int = 2, tab: str = "contracts", **cells: Cell) -> Row:
    """A complete row, these cells apart; "" leaves one out."""
    return row_of(tab, number, {**WISH, **cells})


def remembered(row: Row, row_id: str, order_no: str, **facts: Any) -> Sighting:
    """The memory of a row as it stands, proved by an earlier snapshot."""
    known = Sighting(
        row_id, row.tab, order_no, row.core, row.typed, row.number, Origin.TYPED, written=True, placed=True,
        cells=own_cells(row.tab, row.cells), created_at=NOW,
    )  # fmt: skip
    return replace(known, **facts)


def tab_of(rows: Iterable[Row], key: str = "contracts", **facts: Any) -> TabSnapshot:
    """A tab that shows these rows."""
    rows = tuple(rows)
    plain: dict[str, Any] = {"height": max((r.number for r in rows), default=1) - 1}
    return TabSnapshot(key, BY_KEY[key].en, header(key), rows, **{**plain, **facts})


def snapshot_of(*tabs: TabSnapshot) -> Snapshot:
    """A workbook of these order tabs."""
    return Snapshot({tab.tab: tab for tab in tabs})


def seen_of(*sightings: Sighting, **facts: Any) -> Seen:
    """A memory of these rows, in a workbook met before."""
    plain: dict[str, Any] = {"adopted_at": NOW - timedelta(days=30)}
    return Seen(sightings={s.row_id: s for s in sightings}, **{**plain, **facts})


def new_ids() -> Callable[[], str]:
    """Row IDs in order: id1, id2 …"""
    numbers = count(1)
    return lambda: f"id{next(numbers)}"


def placeholders(sentence: str) -> set[str]:
    """The names that a sentence wants filled."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


class Book:
    """Two order tabs and the bot's memory of them: people change `rows`, `poll` answers. No bytes, no network.

    Row `n` of a tab is `rows[tab][n - 2]`; an empty dict is a blank row.
    """

    def __init__(self, rules: Rules = RULES, catalog: Catalog = CATALOG, *, met: bool = True) -> None:
        self.rows: dict[str, list[dict[str, Cell]]] = {"order_entry": [], "contracts": []}
        self.rules, self.catalog, self.place = rules, catalog, Place("book")
        self.state = MemoryState()
        self.mails: list[str] = []
        self._new_id = new_ids()
        if met:
            self.poll(NOW - timedelta(days=1))

    @property
    def contracts(self) -> list[dict[str, Cell]]:
        """The rows of Contract Orders."""
        return self.rows["contracts"]

    @contracts.setter
    def contracts(self, rows: list[dict[str, Cell]]) -> None:
        self.rows["contracts"] = rows

    def snapshot(self) -> Snapshot:
        """All rows as they stand."""
        tabs = {
            key: [row_of(key, i, cells) for i, cells in enumerate(rows, 2) if cells]
            for key, rows in self.rows.items()
        }
        return snapshot_of(*(tab_of(rows, key) for key, rows in tabs.items()))

    def seen(self, now: datetime) -> Seen:
        """What is remembered of the rows as they stand."""
        return self.state.recall(wanted_by(self.snapshot(), self.catalog, now, self.rules))

    def judged(self, now: datetime) -> Judgement:
        """The rows as they stand, judged."""
        return judge(self.snapshot(), self.seen(now), self.catalog, now, self.rules)

    def poll(self, now: datetime, *, writes: bool = True) -> tuple[Plan, Projection]:
        """One cycle: plan, commit, and (unless the write is lost) make the rows show it."""
        lease = self.state.acquire("test", now, 600)
        assert lease is not None
        plan = plan_cycle(
            self.snapshot(), self.seen(now), self.catalog, now, self.rules, self.place, self._new_id
        )
        self.mails += [draft.id for draft in plan.drafts]
        messages = tuple(
            Message(
                d.id, d.kind, d.order_no, d.recipient.email, d.priority, b"", now,
                d.content.generation if isinstance(d.content, PurchaseDetail) else 1,
            )
            for d in plan.drafts
        )  # fmt: skip
        self.state.commit(
            Commit(
                plan.sightings, plan.orders, plan.new_numbers, messages, plan.withdrawn, plan.superseded, plan.waiting,
                plan.holds, plan.ended_holds, facts=plan.facts, progress=plan.progress, stock=plan.stock,
                activity=plan.activity, dropped=plan.dropped, answers=plan.answers,
            ), lease,
        )  # fmt: skip
        projection = project(self.judged(now), self.seen(now), self.rules)
        if writes:
            self.apply(projection.edits)
            self.state.commit(Commit(written=tuple(projection.placing)), lease)
        return plan, projection

    def type_order(self, now: datetime, **cells: Cell) -> None:
        """A person types a complete row at the end of Contract Orders, and it settles."""
        self.contracts.append({**WISH, **cells})
        self.poll(now)
        self.poll(now + self.rules.settle)

    def apply(self, edits: Iterable[Edit]) -> None:
        """What the sheet does with the edits."""
        for edit in edits:
            match edit:
                case SetCells():
                    cells = self.rows[edit.tab][edit.row - 2]
                case AppendRow():
                    cells = {}
                    self.rows[edit.tab].append(cells)
                case _:
                    raise AssertionError(edit)
            keys = {index: key for key, index in header(edit.tab).columns.items()}
            for index, cell in edit.cells.items():
                cells[keys[index]] = cell
                if cell == "":
                    del cells[keys[index]]
