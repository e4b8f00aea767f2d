"""Thrift loses nothing: what the bot passes over is held against an oracle, and against a bot that remembers nothing.

The oracle knows one rule and nothing of bot.planning: a row that is complete, shows no order number, and says the same
as at the poll before is an order now, once. Everything else is none.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.memory_state import MemoryState
from bot.adapters.memory_workbook import MemoryWorkbook
from bot.cycle import run_cycle
from bot.delivery import DeliveryRules
from bot.glance import App, Glance
from bot.planning.notices import Draft
from bot.planning.order_notices import PurchaseDetail
from sheets_schema import CONTRACTS, CUSTOMERS, PRODUCTS, TEAM, Cell
from sheets_schema.workflow import HEARD_BY
from tests.benchmarks.big_book import LANGUAGE, NOW, RULES, in_columns
from tests.benchmarks.measuring import show
from tests.benchmarks.random_edits import MARK, OLD, ORDER_NO, PEOPLES, REQUIRED, Hands, Rows, cell

SCRIPTS = 2000
POLLS = 10
OLD_ROWS = 4

Words = tuple[Cell, ...]


class PlainRenderer:
    """Mails that say what was asked for and nothing else: how mail looks is not the question here."""

    def message(self, draft: Draft, now: datetime) -> bytes:
        """The special requests of all lines; of notices, which are another suite's, nothing."""
        del now
        if not isinstance(draft.content, PurchaseDetail):
            return b""
        return "\x1e".join(line.special_requests for line in draft.content.lines).encode()


class Side:
    """One workbook, its people and its bot."""

    def __init__(self, seed: int, *, thrifty: bool) -> None:
        self.sheet = MemoryWorkbook.with_tabs(LANGUAGE)
        self.rows: Rows = self.sheet.grid(CONTRACTS.key)
        lookups: dict[str, list[dict[str, Cell]]] = {
            CUSTOMERS.key: [{"customer": f"客户{i}", "email": f"c{i}@buy.example"} for i in range(4)],
            PRODUCTS.key: [{"product": f"产品{i}", "unit_price": 10 * (i + 1)} for i in range(3)],
            TEAM.key: [{"name": f"销售{i}", "email": f"s{i}@sell.example"} for i in range(2)],
        }
        for tab, rows in lookups.items():
            self.sheet.grid(tab).extend(in_columns(tab, cells) for cells in rows)
        for i in range(OLD_ROWS):
            old: dict[str, Cell] = {
                "customer": "客户1",
                "product": "产品1",
                "quantity": i + 1,
                "salesperson": "销售0",
            }
            self.rows.append(in_columns(CONTRACTS.key, {**old, "special_requests": f"{OLD}{i}"}))
        self.hands = Hands(self.rows, seed)
        self.mailer = MemoryMailer()
        self._thrifty = thrifty
        self._now = NOW
        self._glance = Glance()
        ids = itertools.count(1)
        self._app = App(
            workbook=self.sheet, state=MemoryState(), mailer=self.mailer, renderer=PlainRenderer(),  # type: ignore[arg-type] # all that a cycle asks of it
            # What people hear of a change to a confirmed order is asked elsewhere.
            rules=replace(RULES, notices_off=frozenset(HEARD_BY)), delivery=DeliveryRules(per_minute=100_000, per_day=1_000_000), owner="bot",
            clock=lambda: self._now, new_id=lambda: f"n{next(ids)}",
        )  # fmt: skip

    def poll(self) -> None:
        """The next cycle, after more than the time a row needs to settle."""
        self._now += RULES.settle + timedelta(seconds=10)
        _, self._glance = run_cycle(self._app, self._now, self._glance if self._thrifty else Glance())

    def mails(self) -> Counter[tuple[str, str]]:
        """How many mails to customers and to staff speak of each mark."""
        return Counter(
            (letter.recipient[0], mark)
            for letter in self.mailer.letters
            for mark in letter.body.decode().split("\x1e")
            if letter.body
        )


class Oracle:
    """What must have been ordered, told from what people see alone."""

    def __init__(self) -> None:
        #: Rows without a number after the last poll, by their words.
        self._waiting: Counter[Words] = Counter()
        #: Mark -> orders so far.
        self.orders: Counter[str] = Counter()

    def foresee(self, rows: Rows) -> Counter[Words]:
        """The words of the rows that become orders at the poll to come, with how many of each."""
        due = self._waiting & _unnumbered(rows)
        for words in list(due):
            if any(words[PEOPLES.index(column)] == "" for column in REQUIRED):
                del due[words]
        return due

    def confirm(self, due: Counter[Words], rows: Rows) -> None:
        """The poll is over: remember what was ordered and what goes on waiting."""
        for words, count in due.items():
            self.orders[str(words[PEOPLES.index(MARK)])] += count
        self._waiting = _unnumbered(rows)


def _unnumbered(rows: Rows) -> Counter[Words]:
    words = (tuple(cell(row, i) for i in PEOPLES) for row in rows[1:] if cell(row, ORDER_NO) == "")
    return Counter(w for w in words if any(value != "" for value in w))


def _numbers(rows: Rows) -> set[str]:
    return {str(cell(row, ORDER_NO)) for row in rows[1:]} - {""}


def _play(seed: int) -> Counter[str]:
    """One script on both sides, every poll held against the oracle; what happened, counted."""
    thrifty, forgetful = Side(seed, thrifty=True), Side(seed, thrifty=False)
    oracle = Oracle()
    tally: Counter[str] = Counter()
    numbers: set[str] = set()
    for poll in range(POLLS):
        # The first poll adopts what is there, the second proves it; the last two see through what was done before.
        if 1 < poll < POLLS - 2:
            thrifty.hands.work()
            forgetful.hands.work()
        due = oracle.foresee(thrifty.rows)
        given = len(numbers)
        thrifty.poll()
        forgetful.poll()
        numbers |= _numbers(thrifty.rows)
        where = f"script {seed}, poll {poll}"
        assert thrifty.sheet.grids == forgetful.sheet.grids, f"{where}: the two sheets differ"
        if poll > 0:
            assert len(numbers) - given == sum(due.values()), f"{where}: {due} foreseen"
        oracle.confirm(due, thrifty.rows)
        expected = Counter({(who, mark): n for mark, n in oracle.orders.items() for who in "cs"})
        tally["missed"] += sum((expected - thrifty.mails()).values())
        tally["doubled"] += sum((thrifty.mails() - expected).values())
        assert thrifty.mails() == expected, (
            f"{where}: {expected - thrifty.mails()} / {thrifty.mails() - expected}"
        )
        assert thrifty.mailer.letters == forgetful.mailer.letters, where
    tally["orders"] = sum(oracle.orders.values())
    tally["reads"], tally["writes"] = thrifty.sheet.reads, thrifty.sheet.writes
    return tally


def test_thrift_loses_nothing_in_2000_random_scripts() -> None:
    total: Counter[str] = Counter()
    for seed in range(SCRIPTS):
        total += _play(seed)
    show(
        f"{SCRIPTS:,} random scripts of edits, {POLLS} polls each",
        [
            ("orders that became due", f"{total['orders']:,}", ""),
            ("missed", str(total["missed"]), "0"),
            ("doubled", str(total["doubled"]), "0"),
        ],
    )
    assert total["orders"] > SCRIPTS
