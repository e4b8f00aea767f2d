"""A bot in this process with a real state, a real renderer and a mailer in RAM, and a clock to turn on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.memory_mailer import MemoryMailer
from bot.cycle import Cycle, run_cycle
from bot.delivery import DeliveryRules
from bot.glance import App, Glance
from bot.mails.rendering import Renderer
from bot.ports import State, Workbook
from tests.benchmarks.big_book import NOW, RULES, ZONE


@dataclass
class Office:
    """One bot and what it keeps between cycles."""

    workbook: Workbook
    state: State
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    now: datetime = NOW
    glance: Glance = field(default_factory=Glance)

    def __post_init__(self) -> None:
        ids = itertools.count(1)
        self.app = App(
            workbook=self.workbook, state=self.state, mailer=self.mailer,
            renderer=Renderer("Order Desk <orders@desk.example>", ZONE), rules=RULES,
            delivery=DeliveryRules(per_minute=100_000, per_day=1_000_000), owner="the benchmark",
            clock=lambda: self.now, new_id=lambda: f"n{next(ids):09d}",
        )  # fmt: skip

    def settle(self) -> None:
        """Cycles until one is idle: the Automations tab is told when everything is due, and proved to show it."""
        for _ in range(5):
            if self.cycle().outcome == "idle":
                return
        raise AssertionError("The bot found no rest")

    def cycle(self, seconds: float = 30) -> Cycle:
        """Time passes and a cycle runs."""
        self.now += timedelta(seconds=seconds)
        done, self.glance = run_cycle(self.app, self.now, self.glance)
        return done
