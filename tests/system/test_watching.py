"""Who hears how the worker fares: admins of each trouble once and of its end once, monitors always, and people in the tab."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from structlog.testing import capture_logs

from bot.adapters.connections import SQLITE, Database
from bot.adapters.database import DatabaseState
from bot.adapters.memory_workbook import MemoryWorkbook
from bot.delivery import DeliveryRules
from bot.glance import App
from bot.outbox import Failure, Message, Trouble
from bot.ports import Requests, StateError, WorkbookError
from bot.settings import WatchSettings
from bot.watching.watch import Watch
from bot.worker import Worker, run_once
from sheets_schema import AUTOMATIONS, CONTRACTS
from sheets_schema.automations import ALL_AUTOMATIONS, RELEASE
from tests.system.crashes import Crash, Fuse, Point, Row, World, furnish, line
from tests.system.worlds import in_memory, on_database

ADMIN = "ops@example.com"
EVERY = 30.0


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@dataclass
class Shift:
    """A watched worker at its work, with the sheet and the time in our hands."""

    world: World
    settings: WatchSettings = field(default_factory=WatchSettings)
    delivery: DeliveryRules = field(default_factory=lambda: DeliveryRules(1000, 1000))
    flood: int = 50
    is_metered: bool = False
    crashes: int = 0

    def __post_init__(self) -> None:
        furnish(self.world)
        for row, automation in enumerate(ALL_AUTOMATIONS, 2):
            self.world.book.write(
                AUTOMATIONS.key, row, {"automation": automation.en, "on": True, "run_now": False}
            )
        self.start()

    def restart(self, fuse: Fuse | None = None) -> None:
        """The process is gone, and a new one comes."""
        if (old := getattr(self, "app", None)) is not None:
            self.world.dead.add(old.owner)
        self.start(fuse)

    def start(self, fuse: Fuse | None = None) -> None:
        """A new process."""
        usual = self.world.start(fuse or Fuse())
        rules = replace(usual.rules, admins=(ADMIN,), flood=self.flood)
        self.app: App = replace(usual, rules=rules, delivery=self.delivery)
        self.worker = Worker(self.app, EVERY, Watch(self.settings, is_metered=self.is_metered))

    @property
    def book(self) -> MemoryWorkbook:
        return cast(MemoryWorkbook, self.world.book.workbook())

    def pass_time(self, minutes: float, step: float = 1.0) -> None:
        """Poll after poll."""
        for _ in range(round(minutes / step)):
            self.world.now += timedelta(minutes=step)
            try:
                self.worker.tick()
            except Crash:
                self.crashes += 1
                self.restart()

    def break_sheet(self) -> None:
        """From now on nothing can be read."""

        def fail(*_args: Any, **_named: Any) -> Any:
            raise WorkbookError("The spreadsheet cannot be reached: ConnectTimeout")

        vars(self.book)["read"] = fail

    def mend_sheet(self) -> None:
        vars(self.book).pop("read", None)

    def heard(self) -> list[str]:
        """What admins got: topic, and "over" for an all-clear."""
        return [name for to, name in map(_named, self.world.letters()) if to == ADMIN]

    def block(self) -> dict[str, str]:
        """The block as the tab shows it."""
        rows = self.world.rows(AUTOMATIONS.key)
        return {str(row["status_item"]): str(row["status_value"]) for row in rows if "status_item" in row}


def _named(letter: tuple[str, bytes]) -> tuple[str, str]:
    to, body = letter
    _, topic, *more = body.partition(b"Message-ID: <")[2].partition(b">")[0].decode().split(":")
    return to, f"{topic} over" if "over" in more else topic


@pytest.fixture
def shift() -> Shift:
    return Shift(in_memory())


# ── admins ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["memory", "sqlite"])
def test_a_sheet_that_is_down_is_told_once_and_its_return_once(state: str, tmp_path: Path) -> None:
    shift = Shift(in_memory() if state == "memory" else on_database(f"sqlite:///{tmp_path}/bot.db"))
    shift.pass_time(2)
    shift.break_sheet()
    shift.pass_time(14)
    assert shift.heard() == []
    shift.pass_time(6)
    assert shift.heard() == ["silent"]
    shift.restart()
    shift.pass_time(120, 5)
    assert shift.heard() == ["silent"]
    shift.mend_sheet()
    shift.pass_time(20)
    assert shift.heard() == ["silent", "silent over"]
    shift.restart()
    shift.pass_time(90, 5)
    assert shift.heard() == ["silent", "silent over"]


def test_a_worker_that_comes_back_after_days_and_fails_once_alarms_nobody(shift: Shift) -> None:
    shift.pass_time(1)
    shift.world.now += timedelta(days=3)
    shift.break_sheet()
    shift.pass_time(5)
    shift.mend_sheet()
    shift.pass_time(10)
    assert shift.heard() == []


def test_cron_tells_as_a_worker_does(shift: Shift) -> None:
    shift.pass_time(1)
    shift.break_sheet()
    for _ in range(20):
        shift.world.now += timedelta(minutes=1)
        shift.restart()
        with pytest.raises(WorkbookError):
            run_once(shift.app, Watch(shift.settings))
    assert shift.heard() == ["silent"]
    shift.mend_sheet()
    shift.restart()
    run_once(shift.app, Watch(shift.settings))
    assert shift.heard() == ["silent", "silent over"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "call", ["state.commit", "state.claim", "state.begin", "mailer.data", "state.settle"]
)
def test_a_worker_that_dies_while_it_tells_does_not_tell_twice(call: str, when: str) -> None:
    came = 0
    for nth in range(1, 10):
        # The watch looks as often as the worker fails, so the first few calls are those around the telling.
        fuse = Fuse(Point(call, nth, "before" if when == "before" else "after"))
        shift = Shift(in_memory())
        shift.pass_time(1)
        shift.break_sheet()
        shift.pass_time(14)
        shift.restart(fuse)
        shift.pass_time(20)
        shift.mend_sheet()
        shift.pass_time(20)
        came += shift.crashes
        # In doubt is only what was handed over, and it is the same letter, byte for byte.
        letters = [body for to, body in shift.world.letters() if to == ADMIN]
        assert Counter(shift.heard()).keys() == {"silent", "silent over"}
        assert len(set(letters)) == 2
        assert len(letters) == 2 or (call, when) in (("mailer.data", "after"), ("state.settle", "before"))
        if not fuse.blown:
            break
    assert came


def test_failing_again_and_again_is_told_once_and_is_over_after_an_hour_of_peace(shift: Shift) -> None:
    for _ in range(6):
        shift.break_sheet()
        shift.pass_time(2)
        shift.mend_sheet()
        shift.pass_time(6)
    assert shift.heard() == ["failing"]
    shift.pass_time(90)
    assert shift.heard() == ["failing", "failing over"]


def test_mail_that_somebody_holds_for_an_hour_is_told_and_its_leaving_too(shift: Shift) -> None:
    shift.app.state.post(
        [
            Message(
                "survey:x:1",
                "survey",
                "",
                "buyer@customer.example",
                1,
                b"Message-ID: <survey:x>",
                shift.world.now,
            )
        ]
    )
    ghost = shift.app.state.claim("ghost", shift.world.now, shift.world.now + timedelta(hours=2), 5)
    assert len(ghost) == 1
    shift.pass_time(59)
    assert shift.heard() == []
    shift.pass_time(3)
    assert shift.heard() == ["stuck"]
    shift.pass_time(70)
    assert shift.heard() == ["stuck", "stuck over"]


def test_a_login_that_is_refused_is_shown_and_not_mailed(shift: Shift) -> None:
    mailer = cast(Any, shift.world.mailer)
    mailer.fail("connect", Failure(Trouble.LOGIN, 535, "5.7.8 =HYPERLINK(login refused)"), times=1000)
    shift.world.book.write(CONTRACTS.key, 3, line("Nordlicht"))
    shift.pass_time(100)
    assert shift.heard() == []
    assert shift.app.state.counts()["mail.queued"] == 2, "a mail about mail that cannot leave"
    assert "no mail leaves until" in shift.block()["Trouble"]
    assert "=HYPERLINK(login refused)" in shift.block()["Trouble"]


def test_problems_that_stand_for_a_day_are_listed_in_one_mail(shift: Shift) -> None:
    shift.world.book.write(CONTRACTS.key, 3, line("Nobody Inc"))
    shift.world.book.write(CONTRACTS.key, 4, line("Nordlicht") | {"quantity": "many"})
    shift.pass_time(24 * 60, 30)
    assert shift.heard() == []
    shift.pass_time(4 * 60, 30)
    assert shift.heard() == ["problems"]
    shift.world.book.write(CONTRACTS.key, 3, {"customer": "Hansen"})
    shift.world.book.write(CONTRACTS.key, 4, {"quantity": 2})
    shift.pass_time(3 * 60, 30)
    assert shift.heard() == ["problems", "problems over"]


def test_a_daily_limit_that_is_near_is_told_once(shift: Shift) -> None:
    shift = Shift(in_memory(), delivery=DeliveryRules(1000, 10))
    for row in range(3, 7):
        shift.world.book.write(CONTRACTS.key, row, line("Nordlicht", quantity=row))
    shift.pass_time(30)
    assert shift.heard() == ["quota"]
    shift.pass_time(26 * 60, 30)
    assert shift.heard() == ["quota", "quota over"]


def test_requests_near_the_limit_are_told_where_somebody_counts_them() -> None:
    for is_metered in (True, False):
        shift = Shift(in_memory(), is_metered=is_metered)
        vars(shift.book)["requests"] = lambda: Requests(50, 2, 50, 900, 30)
        shift.pass_time(5)
        assert shift.heard() == (["quota"] if is_metered else [])


def test_titles_that_are_put_right_by_a_person_get_an_all_clear(shift: Shift) -> None:
    grid = shift.book.grid(CONTRACTS.key)
    title = grid[0][3]
    grid[0][3] = "Custmer"
    shift.pass_time(3)
    assert shift.heard() == ["header"]
    grid[0][3] = title
    shift.pass_time(3)
    assert shift.heard() == ["header", "header over"]


# ── monitors ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_health_file_follows_every_cycle(tmp_path: Path) -> None:
    shift = Shift(in_memory(), WatchSettings(health_file=str(tmp_path / "health.json")))

    def told() -> dict[str, Any]:
        return cast(dict[str, Any], json.loads((tmp_path / "health.json").read_text()))

    shift.pass_time(1)
    good = told()
    assert (good["ok"], good["failures"], good["standby"]) == (True, 0, False)
    assert datetime.fromisoformat(good["last_success"]) == shift.world.now
    shift.break_sheet()
    shift.pass_time(3)
    bad = told()
    assert (bad["ok"], bad["last_success"]) == (False, good["last_success"])
    assert bad["error"].startswith("The spreadsheet cannot be reached")
    assert bad["failures"] >= 2


def test_a_worker_that_stands_by_says_so(tmp_path: Path) -> None:
    shift = Shift(in_memory(), WatchSettings(health_file=str(tmp_path / "health.json")))
    shift.pass_time(1)
    shift.start()
    shift.pass_time(1)
    assert json.loads((tmp_path / "health.json").read_text())["standby"] is True


def test_a_health_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    shift = Shift(in_memory(), WatchSettings(health_file=str(tmp_path / "gone" / "health.json")))
    shift.world.book.write(CONTRACTS.key, 3, line("Nordlicht"))
    shift.pass_time(4)
    assert len(shift.world.letters()) == 2


def test_a_state_that_is_down_is_told_by_the_log_the_file_and_the_heartbeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pings: list[bool] = []
    shift = Shift(
        in_memory(), WatchSettings(heartbeat="http://127.0.0.1:9/x", health_file=str(tmp_path / "h.json"))
    )
    monkeypatch.setattr(
        "bot.watching.heartbeat.Heartbeat.beat", lambda _self, _now, *, is_well: pings.append(is_well)
    )
    shift.pass_time(1)
    assert pings == [True]

    def fail(*_args: Any) -> Any:
        raise StateError("The database cannot be reached.")

    state = cast(Any, shift.app.state)._port
    for name in ("acquire", "facts", "revision", "bury"):
        monkeypatch.setattr(state, name, fail)
    with capture_logs():
        shift.pass_time(30)
    assert set(pings[1:]) == {False}
    assert json.loads((tmp_path / "h.json").read_text())["error"] == "The database cannot be reached."


def test_an_address_that_is_taken_stops_no_worker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        shift = Shift(in_memory(), WatchSettings(metrics=f"127.0.0.1:{taken.getsockname()[1]}"))
        shift.pass_time(2)
    assert shift.app.state.facts()["last_poll"] == shift.world.now.isoformat()


# ── the block in Automations ────────────────────────────────────────────────────────────────────────────────


def test_the_block_tells_how_the_bot_stands(shift: Shift) -> None:
    shift.world.book.write(CONTRACTS.key, 3, line("Nobody Inc"))
    shift.world.book.write(CONTRACTS.key, 4, line("Nordlicht") | {"quantity": ""})
    shift.world.book.write(CONTRACTS.key, 5, line("Hansen"))
    shift.pass_time(12)
    shown = shift.block()
    assert list(shown) == [
        "Last look", "Trouble", "Held", "Orders waiting", "Mail", "Next due", "Google requests", "Version",
    ]  # fmt: skip
    assert shown["Last look"].endswith(" (told every 10 min)")
    assert (shown["Trouble"], shown["Held"]) == ("none", "none")
    assert shown["Orders waiting"] == "2: 1 incomplete, 1 customer unclear"
    assert shown["Mail"] == "2 of 1,000 sent in 24 h; 0 queued, 0 held, 0 failed, 0 maybe sent"
    assert shown["Next due"] == "11-23 09:00 Due and overdue digest"


def test_an_idle_worker_writes_it_every_ten_minutes_and_reads_once_a_poll_otherwise(shift: Shift) -> None:
    shift.pass_time(3)
    book = shift.book
    before = (book.reads, book.writes)
    shift.pass_time(7)
    assert (book.reads - before[0], book.writes - before[1]) == (7, 0)
    shift.pass_time(10)
    assert book.writes - before[1] == 1


def test_a_hold_is_shown_at_once_and_so_is_its_end() -> None:
    shift = Shift(in_memory(), flood=2)
    shift.pass_time(2)
    for row in range(3, 7):
        shift.world.book.write(CONTRACTS.key, row, line("Nordlicht", quantity=row))
    shift.pass_time(3)
    assert shift.block()["Held"] == "4 new orders. To let it go tick Run now of 'Release what is held'"
    assert shift.block()["Orders waiting"] == "4: 4 held"
    shift.world.book.write(AUTOMATIONS.key, ALL_AUTOMATIONS.index(RELEASE) + 2, {"run_now": True})
    shift.pass_time(2)
    assert shift.block()["Held"] == "none"


def test_rows_that_are_sorted_take_the_block_along_and_the_next_update_puts_it_right(shift: Shift) -> None:
    shift.pass_time(2)
    items = list(shift.block())
    grid = shift.book.grid(AUTOMATIONS.key)
    grid[1:] = reversed(grid[1:])
    assert list(shift.block()) != items
    shift.pass_time(11)
    assert list(shift.block()) == items
    names = [row["automation"] for row in shift.world.rows(AUTOMATIONS.key) if "automation" in row]
    assert names == [one.en for one in reversed(ALL_AUTOMATIONS)]


def test_a_workbook_without_the_columns_is_left_alone(shift: Shift) -> None:
    grid = shift.book.grid(AUTOMATIONS.key)
    for row in grid:
        del row[7:]
    shift.pass_time(2)
    before = (shift.book.reads, shift.book.writes)
    shift.pass_time(30)
    assert (shift.book.reads - before[0], shift.book.writes - before[1]) == (30, 0)
    assert max(map(len, grid)) == 7


# ── very many rows ──────────────────────────────────────────────────────────────────────────────────────────


class Lasting(DatabaseState):
    """A database in RAM that outlives its connection's end."""

    def close(self) -> None:
        """Kept: there is no other copy."""


def in_ram() -> World:
    """A database in RAM: quicker with very many rows than dicts that are looked through again and again."""
    state = Lasting(Database(SQLITE, lambda: sqlite3.connect(":memory:", isolation_level=None)))
    return replace(in_memory(), open_state=lambda _fuse: state)


def test_three_thousand_pasted_rows_are_held_told_once_and_let_go_by_one_tick_at_the_capped_rate() -> None:
    world = in_ram()
    shift = Shift(world, delivery=DeliveryRules(2000, 100_000))
    for row in range(3, 3003):
        shift.world.book.write(CONTRACTS.key, row, line("Nordlicht", quantity=row))
    shift.pass_time(3)
    assert shift.heard() == ["flood"]
    assert len(shift.world.letters()) == 1
    assert not any(row.get("order_no") for row in shift.world.rows(CONTRACTS.key)[1:])
    shift.restart()
    shift.world.now += timedelta(minutes=5)
    shift.world.book.write(AUTOMATIONS.key, ALL_AUTOMATIONS.index(RELEASE) + 2, {"run_now": True})
    a_minute: list[int] = []
    while len(shift.world.letters()) < 6001:
        before = len(shift.world.letters())
        # A little more than a minute, so that the minute before is over.
        shift.pass_time(1.1, 1.1)
        a_minute.append(len(shift.world.letters()) - before)
        assert len(a_minute) < 12, "they do not leave"
    assert max(a_minute) <= 2000
    assert Counter(shift.heard())["flood"] == 1
    purchases = [body.partition(b"\r\n")[0] for to, body in shift.world.letters() if to != ADMIN]
    assert len(purchases) == len(set(purchases)) == 6000
    numbers = {row["order_no"] for row in shift.world.rows(CONTRACTS.key)[1:]}
    assert len(numbers) == 3000


def test_five_thousand_adopted_rows_and_an_emptied_database_mail_nobody() -> None:
    world = in_ram()
    rows: list[Row] = [line("Nordlicht", quantity=number) for number in range(2, 5002)]
    for number, row in enumerate(rows, 3):
        world.book.write(CONTRACTS.key, number, row)
    furnish(world)
    assert len({row["row_id"] for row in world.rows(CONTRACTS.key)}) == 5001
    forgetful = in_ram()
    forgetful.book, forgetful.now = world.book, world.now + timedelta(minutes=5)
    before = world.rows(CONTRACTS.key)
    forgetful.work(Fuse())
    assert (world.letters(), forgetful.letters()) == ([], [])
    assert world.rows(CONTRACTS.key) == before
