"""A process that dies at a chosen moment, and what has to be true after another has taken over.

Fuse ── counts every call of the three ports; at its Point it raises Crash and lets nothing through any more
World ─ all that outlives a process: the sheet, the database, the mailbox, the clock
story ─ people type orders and ask for one mail again; workers work, die and are replaced until nothing is left
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

import orjson

from bot.cycle import run_cycle, stand_down
from bot.delivery import DeliveryRules
from bot.glance import App, Glance
from bot.mails.rendering import Renderer
from bot.outbox import Status
from bot.planning.notices import Draft
from bot.planning.rules import Rules
from bot.ports import MailConnection, Mailer, State, Workbook
from bot.survey import unpacked
from sheets_schema import BY_KEY, CONTRACTS, CUSTOMERS, ORDER_ENTRY, PRODUCTS, TEAM, Cell
from sheets_schema.cells import datetime_serial
from sheets_schema.titles import read_header

T = TypeVar("T")
When = Literal["before", "after"]
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(language="en", timezone=ZONE)
#: Between two polls; longer than a row needs to settle and than the first wait of a mail in doubt.
POLL = timedelta(minutes=1)
#: After this nothing that a dead worker held is still held.
LONG = timedelta(minutes=6)

Row = dict[str, Cell]


class Crash(BaseException):
    """The process ends here. Nothing may catch it, as nothing catches a kill -9."""


@dataclass(frozen=True)
class Point:
    """The n-th call of one method of a port, before it does anything or after it has done everything."""

    call: str
    n: int
    when: When


class Fuse:
    """Counts the calls of a process and ends it at its point."""

    def __init__(self, point: Point | None = None) -> None:
        self.point = point
        self.calls: Counter[str] = Counter()
        self.blown = False
        #: The call of a port in which it blew; its statements are part of it.
        self.blew_in = ""
        self._inside: list[str] = []

    def __call__(self, call: str, act: Callable[[], T]) -> T:
        """Let the call through, unless the process is dead or dies of it."""
        if self.blown:
            # Not even `finally` gets a word out of a dead process.
            raise Crash
        self.calls[call] += 1
        self._inside.append(call)
        due = self.point is not None and (call, self.calls[call]) == (self.point.call, self.point.n)
        if due and self.point is not None and self.point.when == "before":
            self.blow()
        result = act()
        if due and self.point is not None and self.point.when == "after":
            self.blow()
        self._inside.pop()
        return result

    def blow(self) -> None:
        """The end."""
        self.blown, self.blew_in = True, self._inside[0]
        raise Crash

    @property
    def leaves_doubt(self) -> bool:
        """Whether a message was handed over, or may have been, without the state knowing."""
        if self.point is None or not self.blown:
            return False
        if self.blew_in == "state.begin":
            return self.point == Point("state.begin", self.point.n, "after")
        return self.blew_in == "mailer.data" or (
            self.blew_in == "state.settle" and self.point != Point("state.settle", self.point.n, "after")
        )


class Watched:
    """A port whose every call goes by the fuse."""

    def __init__(self, port: object, name: str, fuse: Fuse) -> None:
        self._port, self._name, self._fuse = port, name, fuse

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)
        if not callable(found):
            return found
        return lambda *args, **named: self._fuse(f"{self._name}.{method}", lambda: found(*args, **named))


class WatchedMailer:
    """The mailer, its connections and the end of each going by the fuse."""

    def __init__(self, mailer: Mailer, fuse: Fuse) -> None:
        self._mailer, self._fuse = mailer, fuse

    @contextmanager
    def connect(self) -> Iterator[MailConnection]:
        """A watched connection; one that a crash cuts says no QUIT."""
        with ExitStack() as stack:
            opened = self._fuse("mailer.connect", lambda: stack.enter_context(self._mailer.connect()))
            yield cast(MailConnection, Watched(opened, "mailer", self._fuse))
            self._fuse("mailer.quit", stack.close)


class WatchedDatabase:
    """A database whose every statement inside a writing transaction goes by the fuse."""

    def __init__(self, database: Any, fuse: Fuse) -> None:
        self._database, self._fuse = database, fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """A transaction that can end in the middle of any statement, and right before its COMMIT."""
        with self._database.writing() as db:
            yield Watched(db, "statement", self._fuse)
            self._fuse("statement.commit", lambda: None)


class PlainRenderer:
    """Bytes that are never the same twice, so that a second rendering shows; quicker than templates."""

    def __init__(self) -> None:
        self._serial = itertools.count()

    def message(self, draft: Draft, now: datetime) -> bytes:
        """A mail that says which draft it is of."""
        return f"Message-ID: <{draft.id}>\r\nDate: {now:%c}\r\nX-Copy: {next(self._serial)}\r\n\r\n".encode()


class Book(Protocol):
    """The sheet as people have it before them."""

    def workbook(self) -> Workbook:
        """A new way to it, as a new process makes one."""
        ...

    def write(self, tab: str, row: int, cells: Row) -> None:
        """Type these cells of one row, 1-based; "" empties a cell."""
        ...


@dataclass
class World:
    """What outlives a process, and how a new one is started in it."""

    book: Book
    open_state: Callable[[Fuse], State]
    mailer: Mailer
    #: Every letter that arrived: recipient and bytes.
    letters: Callable[[], Sequence[tuple[str, bytes]]]
    renderer: Renderer = field(default_factory=lambda: cast(Renderer, PlainRenderer()))
    now: datetime = NOON
    #: Whether the next worker runs on the same machine, and so can see that the dead one is dead.
    same_machine: bool = True
    workers: Iterator[int] = field(default_factory=itertools.count)
    ids: Iterator[int] = field(default_factory=itertools.count)
    dead: set[str] = field(default_factory=set)

    def start(self, fuse: Fuse) -> App:
        """A worker as after a start of the program."""
        return App(
            workbook=cast(Workbook, Watched(self.book.workbook(), "workbook", fuse)),
            state=cast(State, Watched(self.open_state(fuse), "state", fuse)),
            mailer=cast(Mailer, WatchedMailer(self.mailer, fuse)),
            renderer=self.renderer,
            rules=RULES,
            delivery=DeliveryRules(per_minute=1000, per_day=1000),
            owner=f"worker-{next(self.workers)}",
            clock=lambda: self.now,
            new_id=lambda: f"r{next(self.ids):06d}",
            is_dead=self.dead.__contains__,
        )

    def work(self, fuse: Fuse) -> None:
        """Poll until nothing is left to do; a worker that dies is followed by one that does not."""
        app, glance, quiet = self.started(fuse), Glance(), 0
        for _ in range(40):
            self.now += POLL
            try:
                cycle, glance = run_cycle(app, self.now, glance)
                is_over = cycle.outcome == "idle" and glance.quiet and app.state.next_due() is None
                quiet = quiet + 1 if is_over else 0
                if quiet == 2:
                    stand_down(app)
                    app.state.close()
                    return
            except Crash:
                self.bury(app)
                app, glance, quiet = self.start(Fuse()), Glance(), 0
        raise AssertionError("there is no end to the work")

    def started(self, fuse: Fuse) -> App:
        """The same, and if it dies of starting, the next one."""
        try:
            return self.start(fuse)
        except Crash:
            return self.start(Fuse())

    def bury(self, app: App) -> None:
        """What the machine does when a worker has died: its connection is closed, and its name is known to be dead."""
        cast(Any, app.state)._port.close()  # what the system closes behind a dead process
        if self.same_machine:
            self.dead.add(app.owner)
        else:
            self.now += LONG

    def rows(self, tab: str) -> list[Row]:
        """The rows that stand in a tab, top to bottom, without the header; blank cells left out."""
        workbook = self.book.workbook()
        reading = workbook.read()
        answer = orjson.loads(unpacked(reading.body, reading.encoding))
        grid = answer["valueRanges"][reading.tabs.index(tab)].get("values", [[]])
        columns = read_header(BY_KEY[tab], tab, grid[0], "en").columns
        return [
            {key: row[i] for key, i in columns.items() if i < len(row) and row[i] != ""} for row in grid[1:]
        ]


# ── the story ───────────────────────────────────────────────────────────────────────────────────────────────


def furnish(world: World) -> None:
    """The sample company, one old order, and the first meeting."""
    team: Row = {"name": "Anna Berg", "email": "anna@sales.example", "active": True}
    world.book.write(TEAM.key, 2, team)
    for i, name in enumerate(("Nordlicht", "Hansen", "Ostsee"), start=2):
        email = f"{name.lower()}@customer.example"
        world.book.write(CUSTOMERS.key, i, {"customer_no": f"C-{i}", "customer": name, "email": email})
    product: Row = {"product": "Workstation", "unit": "pc", "unit_price": 1200, "active": True}
    world.book.write(PRODUCTS.key, 2, product)
    world.book.write(CONTRACTS.key, 2, line("Hansen", quantity=9) | {"order_no": "OLD-1", "amount": 10800})
    world.work(Fuse())


def line(customer: str, *, quantity: int = 1, number: str = "") -> Row:
    """What a person types for one line of an order."""
    cells: Row = {
        "customer": customer,
        "product": "Workstation",
        "quantity": quantity,
        "salesperson": "Anna Berg",
    }
    return cells | ({"order_no": number} if number else {})


def order_everything(world: World) -> None:
    """One order is typed, one arrives as a form answer, one has two lines under a number of people's own."""
    asked = datetime_serial(world.now.astimezone(ZONE).replace(tzinfo=None))
    world.book.write(CONTRACTS.key, 3, line("Nordlicht", quantity=2))
    world.book.write(CONTRACTS.key, 4, line("Ostsee", number="A-77"))
    world.book.write(CONTRACTS.key, 5, line("Ostsee", quantity=3, number="A-77"))
    world.book.write(ORDER_ENTRY.key, 2, line("Hansen", quantity=4) | {"timestamp": asked})


def ask_again(world: World) -> None:
    """A person empties the E-mail cell of the typed order."""
    world.book.write(CONTRACTS.key, 3, {"mail_status": ""})


def tell(world: World, fuse: Fuse) -> None:
    """The whole story, with the process dying where the fuse says."""
    order_everything(world)
    world.work(fuse)
    ask_again(world)
    world.work(fuse if not fuse.blown else Fuse())


# ── what must be true ───────────────────────────────────────────────────────────────────────────────────────

_TIMES = re.compile(r" \d\d-\d\d \d\d:\d\d( \(maybe twice\))?")
_EXPECTED = Counter({(kind, 1): 3 for kind in ("customer", "sales")}) + Counter(
    {(kind, 2): 1 for kind in ("customer", "sales")}
)


def sheet_of(world: World) -> dict[str, list[Row]]:
    """Both order tabs without what differs from run to run: times, Row IDs, and which serial a number has."""
    names: dict[Cell, str] = {}
    shown = {}
    for tab in (CONTRACTS.key, ORDER_ENTRY.key):
        shown[tab] = [_plain(row, names) for row in world.rows(tab)]
    return shown


def _plain(row: Row, names: dict[Cell, str]) -> Row:
    number = row.get("order_no", "")
    name = names.setdefault(number, f"#{len(names)}") if number else ""
    plain = {
        key: "set" if key in ("created_at", "updated_at", "row_id", "timestamp") else cell
        for key, cell in row.items()
    }
    for key in ("mail_status", "result"):
        if key in plain:
            plain[key] = _TIMES.sub("", str(plain[key])).replace(str(number), name)
    return plain | ({"order_no": name} if name else {})


def check(world: World, fuse: Fuse, undisturbed: dict[str, list[Row]]) -> None:
    """Nothing lost, nothing doubled unseen, and the sheet is what it would have been."""
    assert sheet_of(world) == undisturbed
    contracts, entries = world.rows(CONTRACTS.key), world.rows(ORDER_ENTRY.key)
    ids = [row.get("row_id", "") for row in contracts + entries]
    assert len(ids) == len(set(ids)), "two rows with one identity"
    numbers = [str(row["order_no"]) for row in contracts]
    assert [n for n, count in Counter(numbers).items() if count > 1] == ["A-77"]
    assert numbers.count("A-77") == 2
    assert [row["order_no"] for row in entries] == [
        n for n, row in zip(numbers, contracts, strict=True) if row["quantity"] == 4
    ]
    state = world.open_state(Fuse())
    try:
        messages = state.messages()
    finally:
        state.close()
    told = Counter((m.kind.removeprefix("purchase_"), m.generation) for m in messages)
    assert told == _EXPECTED, "not every mail once"
    letters = Counter(world.letters())
    assert letters.keys() == {(m.recipient, m.body) for m in messages}, "lost, or not byte-identical"
    for message in messages:
        assert message.status is Status.SENT
        copies = letters[message.recipient, message.body]
        assert copies == 1 or (copies == 2 and message.uncertain), "a second copy nobody is told of"
    doubts = sum(m.uncertain for m in messages)
    assert doubts == int(fuse.leaves_doubt), "doubt where there is none, or none where there is"
