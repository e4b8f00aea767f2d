"""A state is lost and an old backup put back, anywhere in a team's week: nobody hears twice, and work goes on.

The story is told once without a loss. Then again, with a backup at one place and the loss at a later one; what has
been mailed by its end must be the same, but for what a restored state holds because it may have been sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
import structlog

from bot.adapters.database import open_state
from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.state_ageing import MAYBE_SENT
from bot.adapters.state_backup import Circumstances, back_up, restore
from bot.cycle import stand_down
from bot.glance import App, Glance
from bot.outbox import Failure, Status, Trouble
from bot.planning.rules import HourRules, SurveyRules
from sheets_schema import ACTIVITY, AUTOMATIONS, CONTRACTS, FEEDBACK, ORDER_ENTRY, Cell
from sheets_schema.automations import ALL_AUTOMATIONS, DIGEST, WEEKLY_PERSONAL
from sheets_schema.cells import date_serial, datetime_serial
from sheets_schema.workflow import APPROVED, CANCELLED, COMPLETED, DELIVERED, SHIPPED, State
from tests.system.fridays import LightReporter
from tests.system.street import RULES, ZONE, Town

BOOK = "memory"
SIX = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE)
TODAY = date_serial(date(2026, 11, 20))
STAFF = (
    {"name": "主管", "email": "lead@sell.example", "role": "Lead"},
    {"name": "仓库", "email": "store@sell.example", "role": "Warehouse"},
)
TELLING = replace(
    RULES,
    hours=HourRules(quiet=None, workdays=""),
    survey=SurveyRules("https://forms.example/?order={order_no}", 3, 5),
)


class Week(Town):
    """A town with a lead and a warehouse, automations, feedback, and a database that can be lost."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "bot.db"
        super().__init__(
            state=open_state(self.url),  # type: ignore[arg-type] # it is used as any state is
            rules=TELLING,
            staff=STAFF,
            stock=(100,),
        )
        keys = [f.key for f in AUTOMATIONS.fields]
        for automation in ALL_AUTOMATIONS:
            cells: dict[str, Cell] = {
                "automation": automation.zh, "on": automation is not DIGEST,
                "when": automation.when.get("zh-CN", ""), "run_now": False,
            }  # fmt: skip
            self.sheet.grid(AUTOMATIONS.key).append([cells.get(key, "") for key in keys])
        self.reporter = self._reporter()
        self.settle()

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def _reporter(self) -> LightReporter:
        return LightReporter(lambda: open_state(self.url))

    def app(self) -> App:
        return replace(super().app(), reporter=self.reporter)

    def settle(self) -> None:
        for _ in range(4):
            assert self.cycle(30)

    def stop(self) -> None:
        stand_down(self.app())
        self.state.close()  # type: ignore[attr-defined]

    def begin(self) -> None:
        self.state = open_state(self.url)  # type: ignore[assignment]
        self.glance, self.reporter = Glance(), self._reporter()
        self.owner += 1

    def around(self) -> Circumstances:
        return Circumstances(BOOK, self.now, lambda _owner: False, lambda _done, _total: None)

    def back_up(self, file: Path) -> None:
        """While the worker runs."""
        back_up(self.url, file, self.around(), force=False)

    def lose(self) -> None:
        self.stop()
        for path in self.file.parent.glob("bot.db*"):
            path.unlink()

    def restore(self, file: Path, *, moved: bool = False) -> None:
        restore(self.url, file, self.around(), moved=moved)
        self.begin()

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def row(self, tag: str) -> list[Cell]:
        return next(row for row in self.rows() if f"<{tag}>" in row)

    def type(self, tag: str, state: State | None = None, **cells: Cell) -> None:
        row = self.row(tag)
        if state is not None:
            cells["status"] = state.title("zh-CN")
        for key, cell in cells.items():
            self.put(row, key, cell)

    def ordered(self, tag: str, tab: str = CONTRACTS.key, **more: Cell) -> None:
        cells: dict[str, Cell] = {
            "customer": "客户1", "product": "产品0", "quantity": 2, "salesperson": "销售0",
            "special_requests": f"<{tag}>", **more,
        }  # fmt: skip
        row: list[Cell] = []
        for key, cell in cells.items():
            self.put(row, key, cell, tab)
        self.sheet.grid(tab).append(row)

    def answered(self, tag: str, service: int) -> None:
        stamp = datetime_serial(self.now.astimezone(ZONE).replace(tzinfo=None))
        row: list[Cell] = []
        number = self.cell(self.row(tag), "order_no")
        for key, cell in {
            "timestamp": stamp,
            "order_no": number,
            "quality": 5,
            "timeliness": 5,
            "service": service,
        }.items():
            self.put(row, key, cell, FEEDBACK.key)
        self.sheet.grid(FEEDBACK.key).append(row)

    # ── what came of it ─────────────────────────────────────────────────────────────────────────────────────

    def heard(self) -> Counter[tuple[str, str]]:
        """Who heard what: recipient and subject, or for a report its id."""
        mails = ((letter.recipient, message_from_bytes(letter.body)) for letter in self.mailer.letters)
        return Counter((to, str(mail["Subject"] or mail["Message-ID"])) for to, mail in mails)

    def ids(self) -> Counter[str]:
        return Counter(str(message_from_bytes(letter.body)["Message-ID"]) for letter in self.mailer.letters)

    def numbers(self) -> list[str]:
        return [str(self.cell(row, "order_no")) for row in self.rows()]


Step = Callable[[Week], None]


def _signed(tag: str) -> Step:
    return lambda week: week.type(tag, APPROVED, reviewer="主管")


def _to(moment: datetime) -> Step:
    def wait(week: Week) -> None:
        week.now = max(week.now, moment)

    return wait


STORY: Sequence[Step] = (
    lambda week: week.ordered("one"),
    _signed("one"),
    lambda week: week.ordered("two"),
    lambda week: week.ordered("entry", ORDER_ENTRY.key),
    lambda week: week.type("one", SHIPPED, shipped_on=TODAY, tracking="SF 1"),
    lambda week: week.type("two", mail_status=""),
    lambda week: week.type("two", quantity=3, amount=30),
    _to(SIX),
    _signed("two"),
    lambda week: week.type("one", DELIVERED, delivered_on=TODAY),
    lambda week: week.type("one", COMPLETED),
    lambda week: week.answered("one", service=1),
    lambda week: week.type("two", quantity=4, amount=40),
    lambda week: week.ordered("three"),
    lambda week: week.type("two", CANCELLED, cancel_reason="不要了"),
    _to(SIX + timedelta(weeks=1)),
    lambda week: week.ordered("four"),
    _signed("three"),
)


def told(folder: Path, *, kept_at: int = -1, lost_at: int = -1, moved: bool = False) -> Week:
    """The story, with a backup before one of its steps and the loss before another."""
    folder.mkdir(exist_ok=True)
    week = Week(folder)
    for place, step in enumerate(STORY):
        if place == kept_at:
            if moved:
                week.stop()
            week.back_up(folder / "kept")
            if moved:
                week.begin()
        if place == lost_at:
            before, sheet = week.heard(), week.sheet.grid(CONTRACTS.key)
            shown = [list(row) for row in sheet]
            week.lose()
            week.restore(folder / "kept", moved=moved)
            week.settle()
            assert week.heard() == before, "somebody heard again"
            assert sheet == shown, "the sheet tells something else than before"
        step(week)
        week.settle()
    return week


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """The story without a loss."""
    return told(tmp_path_factory.mktemp("peace"))


def without_moments(week: Week) -> list[list[str]]:
    """Contract Orders as it ended; the story with a loss takes some minutes longer."""
    rows = week.sheet.grid(CONTRACTS.key)
    return [[re.sub(r"\d\d:\d\d", "", str(c)) for c in row if not isinstance(c, float)] for row in rows]


PLACES = [(0, 1), (1, 17), (2, 8), (4, 6), (5, 7), (7, 12), (10, 13), (13, 16)]


@pytest.mark.parametrize(("kept_at", "lost_at"), PLACES)
def test_nobody_hears_twice_and_all_that_follows_is_heard(
    peace: Week, tmp_path: Path, kept_at: int, lost_at: int
) -> None:
    week = told(tmp_path, kept_at=kept_at, lost_at=lost_at)
    assert week.numbers() == peace.numbers()
    assert len(set(week.numbers())) == len(week.numbers()), "a number was given twice"
    held = {m.recipient for m in week.state.messages(limit=500) if m.status is Status.HELD}
    assert week.heard() - peace.heard() == Counter(), "somebody heard more than without the loss"
    assert {to for to, _ in peace.heard() - week.heard()} <= held, (
        "somebody heard less, and nothing is held for them"
    )
    assert [i for i, count in week.ids().items() if count > 1] == [], "two mails have one Message-ID"
    week.stop()


@pytest.mark.parametrize(("kept_at", "lost_at"), [(1, 1), (8, 8), (12, 12)])
def test_what_was_moved_goes_on_as_if_nothing_had_happened(
    peace: Week, tmp_path: Path, kept_at: int, lost_at: int
) -> None:
    week = told(tmp_path, kept_at=kept_at, lost_at=lost_at, moved=True)
    assert week.heard() == peace.heard()
    assert without_moments(week) == without_moments(peace)
    week.stop()


# ── at the edges ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Week]:
    made = Week(tmp_path)
    yield made
    made.stop()


@pytest.mark.parametrize("moved", [False, True])
def test_mail_that_waits_in_the_backup_is_held_unless_it_was_moved(
    week: Week, tmp_path: Path, moved: bool
) -> None:
    week.mailer.fail("connect", Failure(Trouble.UNREACHABLE, text="no network"), times=100)
    week.ordered("one")
    week.settle()
    week.stop()
    week.begin()
    stand_down(week.app())
    week.back_up(tmp_path / "kept")
    week.mailer = MemoryMailer()
    if not moved:
        week.now += timedelta(minutes=10)
        week.settle()
        assert len(week.mailer.letters) == 3, "they have left after the backup"
    week.lose()
    week.restore(tmp_path / "kept", moved=moved)
    week.now += timedelta(minutes=10)
    week.settle()
    assert len(week.mailer.letters) == 3
    states = {(m.status, m.error) for m in week.state.messages()}
    assert states == ({(Status.SENT, "")} if moved else {(Status.HELD, MAYBE_SENT)})
    assert str(week.cell(week.row("one"), "mail_status")).startswith("客户 ✓"), "the sheet knows better"


def test_the_number_of_an_order_that_was_deleted_since_is_not_given_again(week: Week, tmp_path: Path) -> None:
    week.back_up(tmp_path / "kept")
    week.ordered("one")
    week.settle()
    week.sheet.grid(CONTRACTS.key).remove(week.row("one"))
    week.settle()
    week.lose()
    week.restore(tmp_path / "kept")
    week.ordered("two")
    week.settle()
    assert week.numbers() == ["20261120-002"]


def test_a_row_that_was_claimed_in_the_backup_and_never_numbered_becomes_an_order(
    week: Week, tmp_path: Path
) -> None:
    week.ordered("one")
    week.cycle(30)
    week.sheet.fail_write = "before"
    assert not week.cycle(30)
    week.back_up(tmp_path / "kept")
    week.lose()
    week.restore(tmp_path / "kept")
    week.settle()
    assert len(week.numbers()) == 1
    assert len(week.mailer.letters) == 3, "the customer, the salesperson and the lead, once each"


def test_the_activity_tab_tells_nothing_again(week: Week, tmp_path: Path) -> None:
    week.ordered("one")
    week.settle()
    week.back_up(tmp_path / "kept")
    week.ordered("two")
    week.settle()
    before = [list(row) for row in week.sheet.grid(ACTIVITY.key)]
    week.lose()
    week.restore(tmp_path / "kept")
    week.settle()
    week.ordered("three")
    week.settle()
    after = week.sheet.grid(ACTIVITY.key)
    assert after[: len(before)] == before
    told = [row[1] for row in after[len(before) :]]
    assert set(told) == {"20261120-003", ""}, "only what happened since, and that the memory was rebuilt"


def test_a_report_that_was_asked_for_twice_goes_out_twice_under_two_names(week: Week, tmp_path: Path) -> None:
    def ask() -> None:
        row = next(row for row in week.sheet.grid(AUTOMATIONS.key) if row[0] == WEEKLY_PERSONAL.zh)
        row[[f.key for f in AUTOMATIONS.fields].index("run_now")] = True
        week.settle()
        week.settle()

    ask()
    week.back_up(tmp_path / "kept")
    week.lose()
    week.restore(tmp_path / "kept")
    week.settle()
    ask()
    assert len(week.ids()) == 6
    assert set(week.ids().values()) == {1}
