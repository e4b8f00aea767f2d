"""What a poll with news costs, against what only unpacking and parsing the tab would cost."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import orjson

from bot.adapters.database import open_state
from bot.cycle import Cycle
from tests.benchmarks.big_book import BigBook, remember_old_orders
from tests.benchmarks.measuring import cpu_of, dead_weight, median, milliseconds, show
from tests.benchmarks.office import Office

ROUNDS = 7
NEW_ORDERS = 10
#: The three cycles of an order's life: seen, claimed and mailed, proved.
STEPS = ("seen", "mailed", "proved")


class _Bench:
    """One size of workbook with its bot, and what each step and each mere parsing took."""

    def __init__(self, old_orders: int, folder: Path) -> None:
        self.book = BigBook(old_orders)
        state = open_state(f"sqlite:///{folder}/{old_orders}.db")
        remember_old_orders(self.book.json(), state)
        self.office = Office(self.book, state)
        self.rng = random.Random(1)
        assert self.office.cycle().edits == 0, "the old rows are not steady"
        assert self.office.cycle().outcome == "idle"
        self.parsing: list[float] = []
        self.steps: dict[str, list[float]] = {step: [] for step in STEPS}
        # The first order pays for what is loaded once: templates, catalogues, the lookups' index.
        self.round()
        self.parsing.clear()
        for figures in self.steps.values():
            figures.clear()

    def round(self) -> None:
        """Ten new orders on their way, every cycle beside one mere parsing."""
        self.book.type_orders(NEW_ORDERS, f"T{len(self.parsing)}", self.rng)
        for step in STEPS:
            body = self.book.read().body
            self.parsing.append(cpu_of(lambda body=body: orjson.loads(zlib.decompress(body, wbits=31))))  # type: ignore[misc] # a default is how a loop's value is bound
            self.steps[step].append(self._cycle(step))
        assert self.office.cycle().outcome == "idle"

    def _cycle(self, step: str) -> float:
        own, reads, writes = self.book.own_seconds, self.book.reads, self.book.writes
        cycles: list[Cycle] = []
        spent = cpu_of(lambda: cycles.append(self.office.cycle())) - (self.book.own_seconds - own)
        assert cycles[0].delivered.sent == (2 * NEW_ORDERS if step == "mailed" else 0)
        assert self.book.reads - reads <= 2
        assert self.book.writes - writes <= 2
        return spent


def test_ten_new_orders_among_100_000_cost_less_than_parsing_the_tab(tmp_path: Path) -> None:
    small, large = _Bench(10_000, tmp_path), _Bench(100_000, tmp_path)
    with dead_weight():
        for _ in range(ROUNDS):
            small.round()
            large.round()
    parsing = median(large.parsing)
    rows = [("gunzip + orjson.loads of the tab, 100,000 rows", milliseconds(parsing), "")]
    ratios, growths = [], []
    for step in STEPS:
        few, many = median(small.steps[step]), median(large.steps[step])
        ratios.append(many / parsing)
        growths.append(many / few)
        rows.append((f"{NEW_ORDERS} orders {step}, 100,000 rows", milliseconds(many), ""))
        rows.append(("    against parsing", f"{many / parsing:.2f} x", "at most 1.0 x"))
        rows.append((f"    against 10,000 rows ({milliseconds(few)})", f"{many / few:.1f} x", "at most 12 x"))
    show("A poll with news", rows)
    assert max(ratios) <= 1.0
    assert max(growths) <= 12
