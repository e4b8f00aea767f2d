"""A plan, and the plan while it is being put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.activity import Change, Entry
from bot.planning.automations import Automated
from bot.planning.happened import entries_of
from bot.planning.notices import Draft
from bot.planning.orders import next_number
from bot.planning.periods import Period
from bot.planning.progress import Progress, StockMark
from bot.planning.rules import Rules
from bot.planning.runs import Run, Standing
from bot.planning.sightings import Hold, Order, Seen, Sighting, Waiting
from bot.planning.surveys import silenced


@dataclass(frozen=True)
class Place:
    """Where the workbook is, for links, and what it remembers of the bot."""

    #: The spreadsheet's key: a state belongs to one workbook.
    workbook_id: str = ""
    workbook_link: str = ""
    #: Tab key -> link that opens the tab.
    tab_links: Mapping[str, str] = field(default_factory=dict)
    tab_titles: Mapping[str, str] = field(default_factory=dict)
    #: The workbook carries the bot's marker: adoption has happened, whatever the state says.
    marked: bool = False
    #: The highest number the marker knows.
    last_number: str = ""

    def row_link(self, tab: str, row: int | None) -> str:
        """Opens the tab, at this row when it is known."""
        link = self.tab_links.get(tab, "")
        return f"{link}&range=A{row}" if link and row else link


@dataclass(frozen=True)
class Plan:
    """What one cycle will store and owe."""

    sightings: tuple[Sighting, ...] = ()
    orders: tuple[Order, ...] = ()
    new_numbers: frozenset[str] = frozenset()
    drafts: tuple[Draft, ...] = ()
    #: Orders that are no longer wanted, and those whose purchase detail is sent anew.
    withdrawn: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    #: All rows that wait from now on.
    waiting: tuple[Waiting, ...] = ()
    holds: tuple[Hold, ...] = ()
    ended_holds: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    #: How automations stand, where that has changed, and the runs that begin, for the first time or again.
    standings: tuple[Standing, ...] = ()
    runs: tuple[Run, ...] = ()
    new_runs: frozenset[str] = frozenset()
    #: Weeks that are over and not closed, oldest first, and the running one.
    closing: tuple[Period, ...] = ()
    current: Period | None = None
    #: How far lines have come and what stock they took, where that has changed.
    progress: tuple[Progress, ...] = ()
    stock: tuple[StockMark, ...] = ()
    activity: tuple[Entry, ...] = ()
    #: Ids of messages that are not wanted any more, and keys of the feedback answers that are dealt with.
    dropped: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    #: What the ids of queued mails begin with that are not wanted any more, since their automation was switched off.
    silenced: tuple[str, ...] = ()

    def holds_after(self, before: Mapping[str, Hold]) -> dict[str, Hold]:
        """What is held once the plan is stored."""
        holds = {**before, **{hold.key: hold for hold in self.holds}}
        return {key: hold for key, hold in holds.items() if key not in self.ended_holds}


class Drafting:
    """The plan while it is being put together; not used outside planning."""

    def __init__(
        self, seen: Seen, now: datetime, rules: Rules, place: Place, new_id: Callable[[], str]
    ) -> None:
        self.seen, self.now, self.rules, self.place, self.new_id = seen, now, rules, place, new_id
        self.taken = set(seen.taken) | ({place.last_number} if place.last_number else set())
        #: What the next number of ours has to pass, once the first was given; before that, all that are taken.
        self._to_pass: set[str] = set()
        self.sightings: dict[str, Sighting] = {}
        self.orders: dict[str, Order] = {}
        self.new_numbers: set[str] = set()
        self.drafts: list[Draft] = []
        self.withdrawn: list[str] = []
        self.superseded: list[str] = []
        self.holds: list[Hold] = []
        self.ended: list[str] = []
        self.facts: dict[str, str] = {}
        self.changes: list[Change] = []
        self.automated = Automated()
        #: By Row ID and by product.
        self.progress: dict[str, Progress] = {}
        self.stock: dict[str, StockMark] = {}
        self.activity: list[Entry] = []
        self.dropped: list[str] = []
        self.answers: list[str] = []

    def number(self, typed: str) -> str:
        """The typed number, or the day's next one."""
        number = typed or next_number(
            self.rules.number, self.rules.today(self.now), self._to_pass or self.taken
        )
        if not typed:
            self.facts["last_number"] = number
            # It is higher than all that were looked at for it, which need not be looked at for the next three thousand.
            self._to_pass = {number}
        elif self._to_pass:
            self._to_pass.add(number)
        self.taken.add(number)
        self.new_numbers.add(number)
        return number

    def note_stock(self, order_no: str, taken: Sequence[tuple[str, Decimal]]) -> None:
        """Enter what an order took from stock and gave back: (`stock_key`, amount), negative when given back."""
        for product, amount in taken:
            what = "stock_taken" if amount > 0 else "stock_given_back"
            name = " ".join(product.split("\n")).strip()
            self.activity.append(Entry(self.now, what, order_no, after=f"{abs(amount):f}", detail=name))

    def finished(self, waiting: Sequence[Waiting]) -> Plan:
        """The plan; sightings, progress and stock that are as they were remembered are left out."""
        changed = tuple(s for i, s in self.sightings.items() if s != self.seen.sightings.get(i))
        return Plan(
            changed, tuple(self.orders.values()), frozenset(self.new_numbers), tuple(self.drafts), tuple(self.withdrawn),
            tuple(self.superseded), tuple(waiting), tuple(self.holds), tuple(self.ended), self.facts, tuple(self.changes),
            **self._of_automations(), **self._of_lines(),
        )  # fmt: skip

    def _of_lines(self) -> dict[str, Any]:
        known, marks = self.seen.progress, self.seen.stock
        return {
            "progress": tuple(p for row_id, p in self.progress.items() if p != known.get(row_id)),
            "stock": tuple(mark for product, mark in self.stock.items() if mark != marks.get(product)),
            "activity": (*entries_of(self.changes, self.now, self.rules), *self.activity),
            "dropped": tuple(self.dropped),
            "answers": tuple(self.answers),
        }

    def _of_automations(self) -> dict[str, Any]:
        found, before = self.automated, self.seen.automations.standings
        changed = tuple(s for key, s in sorted(found.standings.items()) if s != before.get(key))
        facts: dict[str, Any] = {"standings": changed, "runs": found.runs, "new_runs": found.begun}
        facts["silenced"] = silenced(before, found.standings)
        return facts | (
            {"closing": found.weeks.closing, "current": found.weeks.current} if found.weeks else {}
        )
