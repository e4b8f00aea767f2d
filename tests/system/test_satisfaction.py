"""What customers answer in whole cycles: a low score told once whatever dies, and nobody asked who has answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.adapters.memory_workbook import MemoryWorkbook
from bot.cycle import run_cycle, stand_down
from bot.glance import App, Glance
from bot.outbox import Message, Status
from bot.planning.rules import HourRules, Rules, SurveyRules
from bot.projection import SetCells
from sheets_schema import CONTRACTS, FEEDBACK, TEAM, Cell
from sheets_schema.cells import datetime_serial
from tests.system.crashes import NOON, RULES, ZONE, Crash, Fuse, Point, Row, When, World, furnish, line
from tests.system.worlds import in_memory

OLD = "OLD-1"
ANY_HOUR = HourRules(quiet=None, workdays="")
ASKING = replace(
    RULES,
    hours=ANY_HOUR,
    review_levels=0,
    survey=SurveyRules("https://forms.example/?order={order_no}", 3, 5),
)
DAY = timedelta(days=1)


@dataclass
class Shop:
    """The sample company with a Feedback tab, met by the bot, and a worker that may die."""

    world: World = field(default_factory=in_memory)
    rules: Rules = ASKING
    fuse: Fuse = field(default_factory=Fuse)
    deaths: int = 0

    def __post_init__(self) -> None:
        furnish(self.world)
        self._app: App | None = None
        self._glance = Glance()

    @property
    def book(self) -> MemoryWorkbook:
        found = self.world.book.workbook()
        assert isinstance(found, MemoryWorkbook)
        return found

    def app(self) -> App:
        if self._app is None:
            self._app, self._glance = replace(self.world.start(self.fuse), rules=self.rules), Glance()
        return self._app

    def poll(self, times: int = 4) -> None:
        for _ in range(times):
            self.world.now += timedelta(minutes=1)
            try:
                _, self._glance = run_cycle(self.app(), self.world.now, self._glance)
            except Crash:
                self.world.bury(self.app())
                self._app, self.fuse, self.deaths = None, Fuse(), self.deaths + 1

    def wait(self, days: int) -> None:
        self.world.now += days * DAY
        self.poll()

    def close(self) -> None:
        stand_down(self.app())

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, number: str, service: int, at: int = 2, **more: Cell) -> None:
        """A form's answer."""
        stamp = datetime_serial(self.world.now.astimezone(ZONE).replace(tzinfo=None))
        cells: Row = {
            "timestamp": stamp, "order_no": number, "quality": 5, "timeliness": 5, "service": service, "comments": "…"
        }  # fmt: skip
        self.world.book.write(FEEDBACK.key, at, cells | more)

    def type(self, row: int, **cells: Cell) -> None:
        self.world.book.write(CONTRACTS.key, row, cells)

    # ── what came of it ─────────────────────────────────────────────────────────────────────────────────────

    def result(self, row: int = 2) -> str:
        cells = self.book.grid(FEEDBACK.key)[row - 1]
        place = [f.key for f in FEEDBACK.fields].index("result")
        return str(cells[place]) if place < len(cells) else ""

    def messages(self, kind: str) -> list[Message]:
        state = self.world.open_state(Fuse())
        return sorted((m for m in state.messages(limit=500) if m.kind == kind), key=lambda m: m.id)

    def letters(self, kind: str) -> list[str]:
        """Who got mail of this kind, as often as it came."""
        return [to for to, body in self.world.letters() if body.startswith(f"Message-ID: <{kind}:".encode())]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def completed(shop: Shop) -> str:
    """A new order, taken to its end; its number."""
    shop.type(3, **line("Nordlicht", quantity=2))
    shop.poll()
    done: Row = {"status": "Completed", "shipped_on": 46000, "tracking": "SF 1", "delivered_on": 46001}
    shop.type(3, **done)
    shop.poll()
    return str(shop.world.rows(CONTRACTS.key)[1]["order_no"])


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_gets_its_receipt_in_the_cycle_that_sees_it_and_then_nothing_more_is_written(
    shop: Shop,
) -> None:
    shop.answer(OLD, 4)
    shop.poll(1)
    assert shop.result() == f"✓ 2026-11-21 · {OLD}"
    assert shop.letters("low_score") == []
    writes = shop.book.writes
    shop.poll(5)
    assert shop.book.writes == writes


def test_a_low_score_is_told_once_to_whoever_sold_the_order(shop: Shop) -> None:
    shop.answer(OLD, 1)
    shop.poll()
    assert shop.letters("low_score") == ["anna@sales.example"]
    assert shop.result() == f"✓ 2026-11-21 · {OLD} · low score"
    # A person clears the cell, and the receipt comes back without another mail.
    shop.answer(OLD, 1, timestamp=shop.book.grid(FEEDBACK.key)[1][0], result="")
    shop.poll()
    assert shop.result().startswith("✓")
    assert shop.letters("low_score") == ["anna@sales.example"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("call", "n"),
    [("workbook.read", 1), ("state.recall", 1), ("state.commit", 1), ("state.recall", 2), ("workbook.read", 2),
     ("workbook.write", 1), ("state.claim", 1), ("mailer.envelope", 1)],
)  # fmt: skip
def test_whatever_dies_the_low_score_is_told_once_and_the_receipt_stands(
    call: str, n: int, when: When
) -> None:
    shop = Shop(fuse=Fuse(Point(call, n, when)))
    shop.answer(OLD, 2)
    shop.poll(8)
    assert shop.deaths == 1
    assert shop.letters("low_score") == ["anna@sales.example"]
    assert shop.result() == f"✓ 2026-11-21 · {OLD} · low score"


def test_a_wrong_number_is_told_and_put_right_the_answer_counts(shop: Shop) -> None:
    shop.answer("OLD-2", 1)
    shop.poll()
    assert shop.result() == "There is no order 'OLD-2': correct Order No. here, and the answer counts"
    assert shop.letters("low_score") == []
    shop.world.book.write(FEEDBACK.key, 2, {"order_no": OLD})
    shop.poll()
    assert shop.result() == f"✓ 2026-11-21 · {OLD} · low score"
    assert shop.letters("low_score") == ["anna@sales.example"]


def test_a_receipt_that_falls_on_another_answer_because_somebody_sorted_is_put_right(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.type(3, **line("Ostsee"))
    shop.poll()
    number = str(shop.world.rows(CONTRACTS.key)[1]["order_no"])
    shop.answer(OLD, 5)
    book, write = shop.book, MemoryWorkbook.write

    def sorted_just_before(self, edits, show=()):  # type: ignore[no-untyped-def]
        if any(isinstance(edit, SetCells) and edit.tab == FEEDBACK.key for edit in edits):
            monkeypatch.setattr(MemoryWorkbook, "write", write)
            shop.answer(number, 1)
            shop.answer(OLD, 5, at=3)
        return write(self, edits, show)

    monkeypatch.setattr(MemoryWorkbook, "write", sorted_just_before)
    shop.poll()
    assert book.grid(FEEDBACK.key)[1][1] == number
    assert shop.result(2) == f"✓ 2026-11-21 · {number} · low score"
    assert shop.result(3) == f"✓ 2026-11-21 · {OLD}"
    assert shop.letters("low_score") == ["anna@sales.example"]


def test_answers_that_were_there_at_the_first_meeting_are_noted_and_told_to_nobody() -> None:
    world = in_memory()
    stamp = datetime_serial(NOON.astimezone(ZONE).replace(tzinfo=None))
    old: Row = {"timestamp": stamp, "order_no": OLD, "quality": 1, "timeliness": 1, "service": 1}
    world.book.write(FEEDBACK.key, 2, old)
    shop = Shop(world)
    shop.poll()
    assert shop.result() == f"✓ 2026-11-21 · {OLD} · low score"
    assert shop.letters("low_score") == []


# ── surveys ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_does_not_answer_is_asked_once_more_and_no_more(shop: Shop) -> None:
    completed(shop)
    assert shop.letters("survey") == []
    shop.wait(3)
    assert shop.letters("survey") == ["nordlicht@customer.example"]
    shop.wait(5)
    shop.wait(30)
    assert shop.letters("survey") == ["nordlicht@customer.example"] * 2


@pytest.mark.parametrize(("days", "asked"), [(0, 0), (3, 1)])
def test_who_has_answered_is_not_asked_again(shop: Shop, days: int, asked: int) -> None:
    number = completed(shop)
    shop.wait(days)
    shop.answer(number, 5)
    shop.poll()
    shop.wait(30)
    assert len(shop.letters("survey")) == asked
    assert [m.status for m in shop.messages("survey")][asked:] == [Status.DROPPED] * (2 - asked)


def test_who_answered_before_the_order_was_completed_is_not_asked(shop: Shop) -> None:
    shop.type(3, **line("Nordlicht", quantity=2))
    shop.poll()
    shop.answer(str(shop.world.rows(CONTRACTS.key)[1]["order_no"]), 5)
    shop.poll()
    completed(shop)
    shop.wait(30)
    assert shop.letters("survey") == []


# ── the tab ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_feedback_tab_orders_go_on_and_nobody_is_troubled(shop: Shop) -> None:
    del shop.book.grids[FEEDBACK.en]
    shop.poll()
    reads = shop.book.reads
    shop.poll(3)
    assert shop.book.reads == reads + 3
    shop.type(3, **line("Nordlicht"))
    shop.poll()
    assert shop.letters("purchase_customer") == ["nordlicht@customer.example"]
    assert shop.letters("admin_notice") == []


def test_broken_titles_in_feedback_hold_no_orders_and_admins_hear_once(shop: Shop) -> None:
    shop.rules = replace(shop.rules, admins=("ops@desk.example",))
    shop.book.grid(FEEDBACK.key)[0][1] = "Which one?"
    shop.answer(OLD, 1)
    shop.type(3, **line("Nordlicht"))
    shop.poll()
    assert shop.letters("purchase_customer") == ["nordlicht@customer.example"]
    assert shop.letters("admin_notice") == ["ops@desk.example"]
    assert shop.letters("low_score") == []
    shop.book.grid(FEEDBACK.key)[0][1] = "Order No."
    shop.poll()
    assert shop.letters("low_score") == ["anna@sales.example"]


def test_a_low_score_waits_for_somebody_who_can_be_told(shop: Shop) -> None:
    shop.world.book.write(TEAM.key, 2, {"active": False})
    shop.answer(OLD, 1)
    shop.poll()
    assert "nobody to tell" in shop.result()
    shop.world.book.write(
        TEAM.key, 3, {"name": "Lea", "email": "lea@sales.example", "role": "Lead", "active": True}
    )
    shop.poll()
    assert shop.letters("low_score") == ["lea@sales.example"]
    assert shop.result() == f"✓ 2026-11-21 · {OLD} · low score"
