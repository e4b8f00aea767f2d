"""People who move orders on, back and off at random, and crashes and faults at random: who hears what, and the stock.

what people typed ─► (calm polls) ─► LifeModel: legal states, mails owed, what is left of each product
                                              held against outbox, letters, Stock and Problem cells
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.outbox import Failure, Status, Trouble
from bot.planning.rules import HourRules
from sheets_schema import Cell
from sheets_schema.workflow import BY_STATE, CANCELLED, HEARD_BY, STATES
from tests.system.life_model import FINANCE, LEAD, STAFF, LifeModel, Line
from tests.system.street import RULES, Town, order_cells

ANY_ROW = st.integers(0, 30)
ANY_HOUR = HourRules(quiet=None, workdays="")
#: Edits that come within this time of the first are made before any of them has settled.
TOGETHER = timedelta(seconds=15)
#: What steps need, as people type it.
FILLED: dict[str, Cell] = {
    "reviewer": LEAD, "finance_reviewer": FINANCE, "shipped_on": 46350, "tracking": "SF 1", "delivered_on": 46351,
    "cancel_reason": "不要了", "exception": "请再看",
}  # fmt: skip
NOTICES = frozenset(HEARD_BY)


class OrdersLiveThroughEverything(RuleBasedStateMachine):
    """Orders on their way, by their rows' hidden identity, held against what the bot made of them."""

    @initialize(levels=st.sampled_from([1, 1, 2, 0]))
    def meet(self, levels: int) -> None:
        rules = replace(RULES, review_levels=levels, hours=ANY_HOUR)
        self.town = Town(rules=rules, staff=STAFF, stock=(100, 40))
        # One of those who sell also packs: in two roles, a person hears of one event once.
        self.put_into("team", "销售1", "role", "仓库")
        self.model = LifeModel(levels, {"产品0": Decimal(100), "产品1": Decimal(40)})
        self.rng = random.Random(7)
        self.tags = 0
        self.counts = 0
        #: When the first edit was made that the model has not followed yet.
        self.edited_at = None
        assert self.town.cycle()
        for rows in (1, 2, 1):
            self.types_an_order(rows)

    # ── the sheet ───────────────────────────────────────────────────────────────────────────────────────────

    def put_into(self, tab: str, name: str, key: str, value: Cell) -> None:
        first = {"team": "name", "products": "product"}[tab]
        row = next(r for r in self.town.rows(tab) if self.town.cell(r, first, tab) == name)
        self.town.put(row, key, value, tab)

    def stock_of(self, product: str) -> Cell:
        rows = self.town.rows("products")
        row = next(r for r in rows if self.town.cell(r, "product", "products") == product)
        return self.town.cell(row, "stock", "products")

    def line(self, pick: int) -> Line | None:
        known = [line for line in self.model.lines if line.number]
        return known[pick % len(known)] if known else None

    def show(self, line: Line, **cells: Cell) -> None:
        for key, value in cells.items():
            self.town.put(line.row, key, value)

    def cell(self, line: Line, key: str) -> Cell:
        return self.town.cell(line.row, key)

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────────

    def edits(self) -> None:
        """Somebody is about to type: what was typed longer ago has settled and been followed by then."""
        if self.edited_at is not None and self.town.now - self.edited_at > TOGETHER:
            self.calm()
        if self.edited_at is None:
            self.edited_at = self.town.now

    def calm(self) -> None:
        """Undisturbed polls until everything has settled; the model follows."""
        self.town.fuse.left = -1
        for _ in range(6):
            self.town.cycle(30)
        self.edited_at = None
        for line in self.model.lines:
            line.number = line.number or str(self.cell(line, "order_no"))
            assert line.number, "every complete order has its number"
        self.model.follow(self.cell)

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def _new_row(self, cells: dict[str, Cell]) -> None:
        row: list[Cell] = []
        for key, value in cells.items():
            self.town.put(row, key, value)
        self.town.sheet.grid("contracts").append(row)
        self.model.lines.append(Line(row))

    def _wish(self, rows: int = 1) -> dict[str, Cell]:
        self.tags += 1
        cells = order_cells(f"T{self.tags:04d}", self.rng)
        return cells | ({"order_no": f"X-{self.tags}"} if rows > 1 else {})

    @rule(rows=st.integers(1, 2))
    def types_an_order(self, rows: int) -> None:
        self.edits()
        cells = self._wish(rows)
        for place in range(rows):
            # Two lines that say the same cannot be told apart once somebody changes both at once.
            own: dict[str, Cell] = {
                "quantity": self.rng.randint(1, 9),
                "special_requests": f"<{self.tags}.{place}>",
            }
            self._new_row(cells | own)
        self.calm()

    @rule(state=st.sampled_from(["approved", "shipped", "cancelled"]))
    def types_an_order_that_is_on_its_way_already(self, state: str) -> None:
        self.edits()
        self._new_row(self._wish() | FILLED | {"exception": "", "status": BY_STATE[state].zh})
        self.calm()

    @rule(polls=st.integers(0, 3), mail=st.booleans())
    def types_an_order_and_approves_it_at_once(self, polls: int, mail: bool) -> None:
        """Before, in or after the look that takes it for an order; its mail may wait meanwhile."""
        self.calm()
        self._new_row(self._wish())
        if not mail:
            self.town.mailer.fail("connect", Failure(Trouble.UNREACHABLE, 0, "trouble"))
        for _ in range(polls):
            self.town.cycle(21)
        self.show(self.model.lines[-1], status=BY_STATE["approved"].zh, reviewer=LEAD)
        self.calm()

    @rule(pick=ANY_ROW, lacks=st.sampled_from(["", "", "", *FILLED]))
    def takes_the_next_step(self, pick: int, lacks: str) -> None:
        if line := self.line(pick):
            self.edits()
            if after := self.model.onward(line):
                filled = {k: v for k, v in FILLED.items() if k not in (lacks, "exception", "cancel_reason")}
                self.show(line, status=BY_STATE[after].zh, **filled)

    @rule(pick=ANY_ROW, steps=st.integers(1, 3))
    def goes_on_in_peace(self, pick: int, steps: int) -> None:
        for _ in range(steps):
            self.takes_the_next_step(pick, "")
            self.calm()

    @rule(pick=ANY_ROW, state=st.sampled_from([s.key for s in STATES]), english=st.booleans())
    def sets_any_status(self, pick: int, state: str, english: bool) -> None:
        if line := self.line(pick):
            self.edits()
            self.show(line, status=BY_STATE[state].en if english else BY_STATE[state].zh)

    @rule(pick=ANY_ROW)
    def puts_the_status_back(self, pick: int) -> None:
        if line := self.line(pick):
            self.edits()
            self.show(line, status=BY_STATE[line.state].zh)

    @rule(pick=ANY_ROW, reason=st.sampled_from(["不要了", "不要了", ""]))
    def cancels(self, pick: int, reason: str) -> None:
        if line := self.line(pick):
            self.edits()
            self.show(line, status=CANCELLED.zh, cancel_reason=reason)

    @rule(pick=ANY_ROW, name=st.sampled_from([LEAD, LEAD, FINANCE, "销售0", "没有这个人", ""]))
    def signs(self, pick: int, name: str) -> None:
        if line := self.line(pick):
            self.edits()
            self.show(line, reviewer=name)

    @rule(pick=ANY_ROW, note=st.sampled_from(["", "", "先付定金"]))
    def the_lead_signs_first(self, pick: int, note: str) -> None:
        if line := self.line(pick):
            self.edits()
            self.show(line, reviewer=LEAD, finance_reviewer="", exception=note)

    @rule(pick=ANY_ROW, name=st.sampled_from([FINANCE, LEAD, ""]))
    def signs_for_finance(self, pick: int, name: str) -> None:
        if line := self.line(pick):
            self.edits()
            self.show(line, finance_reviewer=name)

    @rule(pick=ANY_ROW, note=st.sampled_from(["先付定金", "地址不对", ""]), back=st.booleans())
    def writes_a_note(self, pick: int, note: str, back: bool) -> None:
        if line := self.line(pick):
            self.edits()
            self.show(line, exception=note, **({"status": BY_STATE["pending"].zh} if back else {}))

    @rule(pick=ANY_ROW, quantity=st.integers(1, 30), clears=st.booleans())
    def changes_the_quantity(self, pick: int, quantity: int, clears: bool) -> None:
        if line := self.line(pick):
            self.edits()
            price = int(str(self.cell(line, "unit_price")))
            self.show(line, quantity=quantity, amount="" if clears else quantity * price)

    @rule(pick=ANY_ROW, product=st.integers(0, 2))
    def changes_the_product(self, pick: int, product: int) -> None:
        if line := self.line(pick):
            self.edits()
            price = 10 * (product + 1)
            amount = price * int(str(self.cell(line, "quantity")))
            self.show(line, product=f"产品{product}", unit_price=price, amount=amount)

    @rule(product=st.integers(0, 1), more=st.integers(0, 40))
    def counts_the_stock(self, product: int, more: int) -> None:
        self.edits()
        self._count(product, more)

    def _count(self, product: int, more: int) -> None:
        # No number comes twice: somebody who types what the cell showed before cannot be told from our lost write.
        self.counts += 1
        self.put_into("products", f"产品{product}", "stock", self.counts * 1000 + more)
        self.model.left[f"产品{product}"] = Decimal(self.counts * 1000 + more)

    @rule(seed=st.integers(0, 99))
    def sorts_the_orders(self, seed: int) -> None:
        self._sort("contracts", seed)

    @rule(seed=st.integers(0, 99))
    def sorts_the_products(self, seed: int) -> None:
        self._sort("products", seed)

    def _sort(self, tab: str, seed: int) -> None:
        grid = self.town.sheet.grid(tab)
        body = grid[1:]
        random.Random(seed).shuffle(body)
        grid[1:] = body

    # ── the bot, and what befalls it ────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from([1, 5, 10, 30, 90]))
    def a_poll(self, seconds: int) -> None:
        self.town.cycle(seconds)

    @rule()
    def calm_polls(self) -> None:
        self.calm()

    @rule(calls=st.integers(0, 25), when=st.sampled_from(["before", "after"]), first=st.sampled_from([0, 30]))
    def a_poll_that_crashes(self, calls: int, when: str, first: int) -> None:
        if first:
            self.town.cycle(first)
        self.town.fuse.left, self.town.fuse.when = calls, when
        self.town.cycle(30)
        self.town.fuse.left = -1

    @rule(seed=st.integers(0, 99), tab=st.sampled_from(["contracts", "products"]))
    def somebody_sorts_between_read_and_write(self, seed: int, tab: str) -> None:
        self.town.cycle(5)
        self.town.sheet.before_write = lambda: self._sort(tab, seed)
        self.town.cycle(30)
        self.town.sheet.before_write = None

    @rule(when=st.sampled_from(["before", "after"]), polls=st.integers(1, 3))
    def writes_without_an_answer(self, when: str, polls: int) -> None:
        for _ in range(polls):
            self.town.sheet.fail_write = when
            self.town.cycle(30)
        self.town.sheet.fail_write = ""

    @rule(pick=ANY_ROW, product=st.integers(0, 1), more=st.integers(0, 40))
    def counts_before_our_number_came(self, pick: int, product: int, more: int) -> None:
        """What an approval took was never written, and the shelf is counted with it gone already."""
        self.calm()
        if line := self.line(pick):
            self.takes_the_next_step(pick, "")
            for _ in range(4):
                self.town.sheet.fail_write = "before"
                self.town.cycle(30)
            self.town.sheet.fail_write = ""
            self.edited_at = None
            self.model.follow(self.cell)
            self._count(product, more)
            assert line.number
            self.calm()

    @rule()
    def a_read_that_fails(self) -> None:
        self.town.sheet.fail_read = 1
        self.town.cycle(30)

    @rule(
        trouble=st.sampled_from([Trouble.LATER, Trouble.UNREACHABLE, Trouble.UNCERTAIN]),
        arrives=st.booleans(),
    )
    def a_mail_that_fails(self, trouble: Trouble, arrives: bool) -> None:
        step = "data" if trouble is Trouble.UNCERTAIN else "envelope"
        failure = Failure(trouble, 450 if trouble is Trouble.LATER else 0, "trouble")
        self.town.mailer.fail(step, failure, arrives=arrives and trouble is Trouble.UNCERTAIN)
        self.town.cycle(30)

    # ── what must hold ──────────────────────────────────────────────────────────────────────────────────────

    def owed(self) -> Counter[tuple[str, str, str]]:
        """Every notice in the outbox, whatever became of it: (order, kind, person)."""
        messages = self.town.state.messages(limit=10_000)
        return Counter((m.order_no, m.kind, m.recipient) for m in messages if m.kind in NOTICES)

    @invariant()
    def nobody_hears_of_what_did_not_happen(self) -> None:
        if not hasattr(self, "town"):
            return
        ahead = self.model.copy()
        ahead.follow(self.cell, {id(line.row): str(self.cell(line, "order_no")) for line in ahead.lines})
        extra = self.owed() - ahead.heard
        assert not extra, extra

    @invariant()
    def no_mail_twice_unless_flagged(self) -> None:
        if not hasattr(self, "town"):
            return
        messages = {m.body: m for m in self.town.state.messages(limit=10_000)}
        for body, copies in Counter(letter.body for letter in self.town.mailer.letters).items():
            message = messages[body]
            assert copies <= 1 + message.uncertain + (message.status is Status.SENDING), message.id

    def teardown(self) -> None:
        if not hasattr(self, "town"):
            return
        self.town.quiet_down()
        self.calm()
        self.town.quiet_down()
        self._mails_are_those_of_the_model()
        self._stock_is_what_is_left()
        self._figures_leave_out_what_is_legally_cancelled()
        for line in self.model.lines:
            self._row_says_whether_it_is_legal(line)

    def _mails_are_those_of_the_model(self) -> None:
        assert self.owed() == self.model.heard, (
            self.owed() - self.model.heard,
            self.model.heard - self.owed(),
        )
        messages = self.town.state.messages(limit=10_000)
        assert {m.status for m in messages} <= {Status.SENT}, "everything has left"
        assert len(self.town.letters()) == len(messages), "and arrived"
        assert len({m.body for m in messages}) == len(messages)

    def _stock_is_what_is_left(self) -> None:
        for product, left in self.model.left.items():
            assert self.stock_of(product) == left, (product, self.stock_of(product), left)
        assert self.stock_of("产品2") == "", "what nobody counts stays so"

    def _figures_leave_out_what_is_legally_cancelled(self) -> None:
        refused = self.town.state.refused()
        counted: list[tuple[str, Cell]] = []
        for line in self.model.lines:
            legal = refused.get(str(self.cell(line, "row_id")))
            shown = next(s.key for s in STATES if self.cell(line, "status") in (s.en, s.zh))
            assert (legal or shown) == line.state
            if (legal or shown) != CANCELLED.key:
                counted.append((line.number, self.cell(line, "amount")))
        assert counted == [
            (line.number, int(str(self.cell(line, "quantity"))) * int(str(self.cell(line, "unit_price"))))
            for line in self.model.lines
            if line.state != CANCELLED.key
        ]

    def _row_says_whether_it_is_legal(self, line: Line) -> None:
        said = str(self.cell(line, "problem"))
        if self.model.is_refused(line, self.cell):
            assert "改为" in said or "还缺" in said or "审核" in said, said
            return
        doubts = self.model.doubts(line, self.cell)
        # What was fine when it was looked at is not looked at again because somebody else took from the shelf.
        assert said == "" or any(doubt in said for doubt in doubts), (said, line.state)


TestOrdersLiveThroughEverything = OrdersLiveThroughEverything.TestCase
TestOrdersLiveThroughEverything.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=(Phase.explicit, Phase.generate),
)
