"""A street of people and a bot that crashes: memory adapters, a clock, and hands that do what people do to a sheet.

A row's hidden identity is its Python list: sorting moves it, deleting drops it, copying makes another. The bot never
sees that identity, so it can be held against it.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from functools import cache
from zoneinfo import ZoneInfo

from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.memory_state import MemoryState
from bot.adapters.memory_workbook import MemoryWorkbook
from bot.cycle import run_cycle
from bot.delivery import DeliveryRules
from bot.glance import App, Glance
from bot.mails.rendering import Renderer
from bot.planning.rules import Rules
from bot.ports import OutsideError, Place, Reading, WorkbookError, WriteUnclear
from bot.projection import Edit
from sheets_schema import BY_KEY, CUSTOMERS, PRODUCTS, TEAM, Cell
from sheets_schema.cells import datetime_serial

SETTLE = timedelta(seconds=20)
ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(settle=SETTLE, flood=10_000, timezone=ZONE)
START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

PEOPLE = (
    "contract_no",
    "customer",
    "product",
    "specification",
    "quantity",
    "salesperson",
    "special_requests",
    "notes",
)


class Crash(BaseException):
    """The power went out."""


class Street(MemoryWorkbook):
    """A workbook in which somebody may act at the worst moment, and which may fail."""

    before_write: Callable[[], None] | None = None
    fail_read = 0
    fail_write = ""

    def read(self) -> Reading:
        if self.fail_read:
            self.fail_read -= 1
            raise WorkbookError("503")
        return super().read()

    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        if self.before_write is not None:
            act, self.before_write = self.before_write, None
            act()
        trouble, self.fail_write = self.fail_write, ""
        if trouble == "before":
            raise WriteUnclear("503 before")
        shown = super().write(edits, show)
        if trouble == "after":
            raise WriteUnclear("503 after")
        return shown


class Fragile:
    """A port whose n-th call from now ends in a crash, before or after it took effect."""

    def __init__(self, inner: object, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._inner, name)
        if not callable(attribute):
            return attribute

        def call(*args: object, **kwargs: object) -> object:
            when = self._fuse.burn()
            if when == "before":
                raise Crash(name)
            result = attribute(*args, **kwargs)
            if when == "after":
                raise Crash(name)
            return result

        return call


@dataclass
class Fuse:
    """Counts port calls down to a crash; unlit it never ends."""

    left: int = -1
    when: str = "before"

    def burn(self) -> str:
        if self.left < 0:
            return ""
        self.left -= 1
        return self.when if self.left < 0 else ""


@cache
def renderer() -> Renderer:
    """One for all towns: it keeps nothing of what it renders, and compiles its templates once."""
    return Renderer("Order Desk <orders@desk.example>", ZONE)


@dataclass
class Town:
    """Everything together."""

    sheet: Street = field(default_factory=lambda: Street.with_tabs("zh-CN"))  # type: ignore[arg-type,return-value]
    state: MemoryState = field(default_factory=MemoryState)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    fuse: Fuse = field(default_factory=Fuse)
    now: datetime = START
    glance: Glance = field(default_factory=Glance)
    thrifty: bool = True
    rules: Rules = RULES
    #: Rows of Team besides the two who sell.
    staff: Sequence[Mapping[str, Cell]] = ()
    #: Stock cells of the products, the first first; those without one are not counted.
    stock: Sequence[Cell] = ()

    def __post_init__(self) -> None:
        self.renderer = renderer()
        self._ids = itertools.count(1)
        self.owner = 0
        customers = [
            {"customer_no": f"C-{i}", "customer": f"客户{i}", "email": f"c{i}@buy.example"} for i in range(4)
        ]
        products: list[dict[str, Cell]] = [
            {"product": f"产品{i}", "unit_price": 10 * (i + 1)} for i in range(3)
        ]
        for product, stock in zip(products, self.stock, strict=False):
            product["stock"] = stock
        team = [{"name": f"销售{i}", "email": f"s{i}@sell.example"} for i in range(2)] + [*self.staff]
        for tab, rows in ((CUSTOMERS, customers), (PRODUCTS, products), (TEAM, team)):
            for cells in rows:
                self.sheet.grid(tab.key).append([cells.get(f.key, "") for f in tab.fields])

    def app(self) -> App:
        return App(
            workbook=Fragile(self.sheet, self.fuse),  # type: ignore[arg-type]
            state=Fragile(self.state, self.fuse),  # type: ignore[arg-type]
            mailer=self.mailer, renderer=self.renderer, rules=self.rules,
            delivery=DeliveryRules(per_minute=100_000, per_day=1_000_000),
            owner=f"worker-{self.owner}", clock=lambda: self.now, new_id=lambda: f"r{next(self._ids)}",
        )  # fmt: skip

    def cycle(self, seconds: float = 30) -> bool:
        """Time passes and a cycle runs; False when it failed or crashed."""
        self.now += timedelta(seconds=seconds)
        if not self.thrifty:
            self.glance = Glance()
        try:
            _, self.glance = run_cycle(self.app(), self.now, self.glance)
        except OutsideError:
            self.glance = Glance()
            return False
        except Crash:
            self.glance = Glance()
            self.owner += 1
            self.now += timedelta(minutes=10)
            return False
        return True

    def quiet_down(self) -> None:
        """Enough undisturbed cycles for everything owed to happen, long waits between attempts included."""
        self.fuse.left = -1
        self.sheet.before_write, self.sheet.fail_read, self.sheet.fail_write = None, 0, ""
        for _ in range(8):
            self.cycle(60)
        self.now += timedelta(hours=3)
        for _ in range(4):
            assert self.cycle(60)

    # ── what people see ─────────────────────────────────────────────────────────────────────────────────────

    def rows(self, tab: str = "contracts") -> list[list[Cell]]:
        """The rows below the header; the lists themselves."""
        return self.sheet.grid(tab)[1:]

    def cell(self, row: list[Cell], key: str, tab: str = "contracts") -> Cell:
        index = self.column(key, tab)
        return row[index] if index < len(row) else ""

    def column(self, key: str, tab: str = "contracts") -> int:
        return [f.key for f in BY_KEY[tab].fields].index(key)

    def put(self, row: list[Cell], key: str, value: Cell, tab: str = "contracts") -> None:
        index = self.column(key, tab)
        row.extend([""] * (index + 1 - len(row)))
        row[index] = value

    def letters(self) -> dict[str, list[tuple[str, str, bytes]]]:
        """Message-ID -> the copies that arrived: (recipient, text, bytes)."""
        found: dict[str, list[tuple[str, str, bytes]]] = defaultdict(list)
        for letter in self.mailer.letters:
            mail = message_from_bytes(letter.body, policy=policy.default)
            part = mail.get_body(("plain",))
            text = part.get_content() if part else ""
            found[str(mail["Message-ID"])].append((letter.recipient, text, letter.body))
        return found

    def purchase_mails(self, tag: str) -> Counter[str]:
        """How many distinct mails to customers and to staff speak of this tag."""
        counts: Counter[str] = Counter()
        for copies in self.letters().values():
            recipient, text, _ = copies[0]
            if tag in text:
                counts["customer" if recipient.endswith("@buy.example") else "sales"] += 1
        return counts


def order_cells(tag: str, rng: random.Random) -> dict[str, Cell]:
    """What a person types for one order; the tag tells it from all others."""
    return {
        "customer": f"客户{rng.randrange(4)}", "product": f"产品{rng.randrange(3)}", "quantity": rng.randint(1, 9),
        "salesperson": f"销售{rng.randrange(2)}", "special_requests": f"<{tag}>",
    }  # fmt: skip


def answer_cells(tag: str, rng: random.Random, now: datetime) -> dict[str, Cell]:
    """What a form answer holds."""
    stamp = datetime_serial(now.astimezone(ZONE).replace(tzinfo=None))
    return {**order_cells(tag, rng), "timestamp": stamp}
