"""Clocks that jump: whatever the host's clock does, the polls keep their rhythm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
import time_machine

from bot.adapters.memory_state import MemoryState
from bot.cycle import Cycle
from bot.glance import App, Glance
from bot.patience import LONGEST_WAIT_SECONDS
from bot.ports import WorkbookError
from bot.worker import Worker

EVERY = 30
Jump = Callable[[time_machine.Traveller], None]


@dataclass
class Hours:
    """Time as the worker lives through it: `wait` lets it pass, and at `at` seconds the host's clock jumps."""

    traveller: time_machine.Traveller
    jump: Jump = lambda _traveller: None
    at: int = 95
    length: int = 600
    passed: float = 0.0
    #: Seconds of life at which the worker polled.
    polls: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> bool:
        """Instead of sleeping."""
        if self.passed < self.at <= self.passed + seconds:
            self.jump(self.traveller)
        self.passed += seconds
        self.traveller.shift(seconds)
        return self.passed >= self.length

    def gaps(self) -> list[float]:
        """Seconds of life between polls."""
        return [b - a for a, b in pairwise(self.polls)]


def lived(
    hours: Hours, monkeypatch: pytest.MonkeyPatch, failing: Callable[[], bool] = lambda: False
) -> Hours:
    """Run a worker that does nothing but poll through these hours."""

    def poll(_app: App, _now: datetime, glance: Glance) -> tuple[Cycle, Glance]:
        hours.polls.append(hours.passed)
        if failing():
            raise WorkbookError("no sheet today")
        return Cycle("idle"), glance

    monkeypatch.setattr("bot.worker.run_cycle", poll)
    monkeypatch.setattr("bot.worker.monotonic", lambda: hours.passed)
    app: Any = App(**dict.fromkeys(App.__dataclass_fields__))  # type: ignore[arg-type] # all but two are never used
    object.__setattr__(app, "state", MemoryState())
    object.__setattr__(app, "owner", "worker")
    object.__setattr__(app, "clock", lambda: datetime.now(UTC))
    Worker(cast(App, app), EVERY).run(cast(threading.Event, hours))
    return hours


def back(**span: float) -> Jump:
    return lambda traveller: traveller.shift(-timedelta(**span))


def on(**span: float) -> Jump:
    return lambda traveller: traveller.shift(timedelta(**span))


NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("at", [91, 95, 119])
@pytest.mark.parametrize(
    "jump",
    [back(hours=2), on(hours=2), on(days=1), back(days=1), back(seconds=29), on(seconds=29)],
    ids=["2 h back", "2 h on", "a day on", "a day back", "a little back", "a little on"],
)
def test_a_clock_that_is_set_costs_no_poll(jump: Jump, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        hours = lived(Hours(traveller, jump, at), monkeypatch)
    assert max(hours.gaps()) <= EVERY + 1
    assert len(hours.polls) <= hours.length / EVERY + 3, "polled too often"


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("before", [61, 75, 89], ids=lambda seconds: f"{seconds} s before")
def test_summer_time_on_the_host_costs_no_poll(
    zone: str, change: datetime, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = (change - timedelta(seconds=before)).astimezone(ZoneInfo(zone))
    with time_machine.travel(begin, tick=False) as traveller:
        offset = time.localtime().tm_gmtoff
        hours = lived(Hours(traveller), monkeypatch)
        assert (time.localtime().tm_gmtoff == offset) == (zone == "UTC"), (
            "no change of time was lived through"
        )
    assert max(hours.gaps()) <= EVERY + 1
    assert len(hours.polls) >= hours.length / EVERY - 1


@pytest.mark.parametrize("jump", [back(hours=2), on(days=1)], ids=["2 h back", "a day on"])
def test_a_clock_that_is_set_while_a_failure_is_waited_for_ends_the_wait_at_most(
    jump: Jump, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        hours = Hours(traveller, jump, at=400, length=1500)
        lived(hours, monkeypatch, failing=lambda: hours.passed < 300)
    assert any(passed > 300 for passed in hours.polls)
    assert max(hours.gaps()) <= LONGEST_WAIT_SECONDS + EVERY + 1
