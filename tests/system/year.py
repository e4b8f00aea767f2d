"""A year of one team: what people type, when the worker is down, and what arrives.

Most of its minutes are idle ones, and half of its cost. The worker looks in every minute around whatever happens, and
every $YEAR_STEP minutes at other times; with 1 it looks at every minute of the year.

The clock alone is made up. The worker, its database, the figures and the reports are the real ones; the sheet and the
mailbox are those in memory, and so is the database's file.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import random
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import cast
from zoneinfo import ZoneInfo

from bot.adapters.connections import SQLITE, Database
from bot.adapters.database import DatabaseState
from bot.adapters.memory_mailer import Letter, MemoryMailer
from bot.adapters.memory_workbook import MemoryWorkbook
from bot.cycle import run_cycle
from bot.delivery import DeliveryRules
from bot.glance import App, Glance
from bot.mails.rendering import Renderer
from bot.outbox import Message
from bot.planning.notices import Draft
from bot.planning.order_notices import PurchaseDetail
from bot.planning.rules import ArchiveRules, ReportRules, Rules
from bot.ports import Place, Reading
from bot.projection import Edit
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from sheets_schema import ARCHIVE, AUTOMATIONS, CONTRACTS, CUSTOMERS, PRODUCTS, TEAM, Cell, Tab
from sheets_schema.automations import ALL_AUTOMATIONS, DIGEST, NOTICES
from sheets_schema.cells import date_serial

#: Both of its changes of the clocks lie in the year.
ZONE = ZoneInfo("Europe/Berlin")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MINUTES = 365 * 24 * 60
#: Friday. The year that follows has a week 53, and ends on the day after that week's Friday.
START = datetime(2026, 1, 2, tzinfo=ZONE).astimezone(UTC)
END = START + MINUTES * MINUTE
SALES = ("Anna Berg", "李明", "Max Mohn", "Nora Nagy")
LEADS = {"Lea Lund": "North", "Leo Lang": ""}
CUSTOMERS_COUNT, PRODUCTS_COUNT = 40, 12
#: Rows of that many weeks ago are finished by then.
_FINISHED_AFTER = timedelta(days=20)
#: So many idle minutes lie between two looks, and a look is taken in each of so many after something happened.
STEP, EVENTFUL = int(os.environ.get("YEAR_STEP", "15")), 20


class CalmWorkbook(MemoryWorkbook):
    """A workbook whose answer is made anew only when somebody has written."""

    answer: Reading | None = None

    def read(self) -> Reading:
        if self.answer is None:
            self.answer = super().read()
        return self.answer

    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        self.answer = None
        return super().write(edits, show)

    def type(self, tab: Tab, cells: Mapping[str, Cell]) -> None:
        """Somebody types a row below the others."""
        self.answer = None
        self.grid(tab.key).append([cells.get(f.key, "") for f in tab.fields])


def _in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


class ReportsInFull(Renderer):
    """Writes reports as they are and everything else in a line: how purchase mails look is not the question here."""

    def message(self, draft: Draft, now: datetime) -> bytes:
        if isinstance(draft.content, PurchaseDetail):
            return f"Subject: {draft.order_no}\r\n\r\n{draft.id}\r\n".encode()
        return super().message(draft, now)


@dataclass
class Year:
    """The team, its sheet and its bot."""

    seed: int
    sheet: CalmWorkbook = field(default_factory=lambda: cast(CalmWorkbook, CalmWorkbook.with_tabs("en")))
    state: DatabaseState = field(default_factory=lambda: DatabaseState(Database(SQLITE, _in_memory)))
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    now: datetime = START
    typed: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self._ids, self._workers = itertools.count(1), itertools.count(1)
        self.rules = Rules(
            language="en", timezone=ZONE, currency="EUR", settle=timedelta(seconds=20), flood=10_000,
            reports=ReportRules(attach="csv", refresh=timedelta(days=30)),
            archive=ArchiveRules(backup_folder=""),
        )  # fmt: skip
        self.furnish()
        self.outages = tuple(self._outages())

    def furnish(self) -> None:
        """Team, customers, products, and the automations as `init` writes them."""
        for name in SALES:
            self._person(name, "Sales", "North" if name < "N" else "South")
        for name, team in LEADS.items():
            self._person(name, "Lead", team)
        for i in range(CUSTOMERS_COUNT):
            cells: dict[str, Cell] = {
                "customer_no": f"C-{i}",
                "customer": f"Firm {i}",
                "email": f"c{i}@buy.example",
            }
            self.sheet.type(CUSTOMERS, cells)
        for i in range(PRODUCTS_COUNT):
            self.sheet.type(
                PRODUCTS, {"product": f"Product {i}", "unit_price": 19.99 * (i + 1), "active": True}
            )
        for automation in ALL_AUTOMATIONS:
            when = automation.when.get("en", "")
            self.sheet.type(
                # Digests and notices would be most of the year's mail, and are told of elsewhere.
                AUTOMATIONS,
                {
                    "automation": automation.en,
                    "on": automation not in (DIGEST, NOTICES),
                    "when": when,
                    "run_now": False,
                },
            )

    def _person(self, name: str, role: str, team: str) -> None:
        address = f"p{len(self.sheet.grid(TEAM.key))}@sales.example"
        self.sheet.type(
            TEAM,
            {"name": name, "email": address, "role": role, "team": team, "language": "en", "active": True},
        )

    def _outages(self) -> Iterator[tuple[datetime, datetime]]:
        """Twenty times the worker is down, three of them across a Friday 18:00."""
        fridays = [START + timedelta(days=7 * week, hours=17) for week in self.dice.sample(range(2, 50), 3)]
        for six in fridays:
            begin = six - timedelta(minutes=self.dice.randrange(10, 600))
            yield begin, six + timedelta(minutes=self.dice.randrange(90, 3 * 24 * 60))
        for _ in range(17):
            begin = START + self.dice.randrange(MINUTES - 5000) * MINUTE
            yield begin, begin + timedelta(minutes=self.dice.randrange(5, 1500))

    def minutes_down(self) -> bytearray:
        """Minute of the year -> 1 while the worker is down."""
        down = bytearray(MINUTES)
        for begin, end in self.outages:
            for minute in range((begin - START) // MINUTE, min((end - START) // MINUTE, MINUTES)):
                down[minute] = 1
        return down

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def bursts(self) -> dict[int, int]:
        """Minute of the year -> how many orders are typed in it: about 7,000 in all."""
        times: dict[int, int] = {}
        for day in range(365):
            is_weekend = (START + day * DAY).astimezone(ZONE).weekday() >= 5
            for _ in range(1 if is_weekend else 3):
                minute = day * 24 * 60 + self.dice.randrange(24 * 60)
                times[minute] = times.get(minute, 0) + self.dice.randrange(1, 6 if is_weekend else 17)
        return times

    def order(self) -> None:
        """A salesperson types an order; one in ten carries a date of some days ago."""
        self.typed += 1
        days_ago = self.dice.randrange(1, 12) if self.dice.random() < 0.1 else 0
        cells: dict[str, Cell] = {
            "customer": f"Firm {self.dice.randrange(CUSTOMERS_COUNT)}",
            "product": f"Product {self.dice.randrange(PRODUCTS_COUNT)}",
            "quantity": self.dice.randrange(1, 30),
            "salesperson": self.dice.choice(SALES),
            "order_date": date_serial(self.rules.today(self.now) - timedelta(days=days_ago)),
            "notes": f"no. {self.typed}",
        }
        self.sheet.type(CONTRACTS, cells)

    def lead_of(self, seller: str) -> str:
        """Somebody who may sign the orders of this person."""
        team = "North" if seller < "N" else "South"
        return next(name for name, own in LEADS.items() if own in (team, ""))

    def finish_old_orders(self) -> None:
        """On Monday morning somebody sets what was delivered long ago to Completed."""
        columns = {f.key: i for i, f in enumerate(CONTRACTS.fields)}
        limit = date_serial(self.rules.today(self.now - _FINISHED_AFTER))
        self.sheet.answer = None
        for row in self.sheet.grid(CONTRACTS.key)[1:]:
            day = row[columns["order_date"]]
            if isinstance(day, int | float) and day < limit and row[columns["order_no"]]:
                done: dict[str, Cell] = {
                    "status": "Completed",
                    "reviewer": self.lead_of(str(row[columns["salesperson"]])),
                    "shipped_on": day + 1,
                    "tracking": "by van",
                    "delivered_on": day + 2,
                }
                for key, cell in done.items():
                    row[columns[key]] = cell

    # ── the bot ─────────────────────────────────────────────────────────────────────────────────────────────

    def worker(self) -> App:
        """A worker as after a start of the program."""
        renderer = ReportsInFull("Order Desk <orders@desk.example>", ZONE)
        app = App(
            workbook=self.sheet, state=self.state, mailer=self.mailer, renderer=renderer, rules=self.rules,
            delivery=DeliveryRules(per_minute=100_000, per_day=1_000_000),
            owner=f"worker-{next(self._workers)}", clock=lambda: self.now,
            new_id=lambda: f"r{next(self._ids):07d}", is_dead=lambda _owner: True,
        )  # fmt: skip
        return replace(app, reporter=ReporterHere(ReportApp(self.sheet, self.state, renderer, self.rules)))

    def live(self, minutes: int = MINUTES) -> None:
        """So many minutes of the year, one look at the sheet in each that is eventful and every STEP otherwise."""
        bursts, down = self.bursts(), self.minutes_down()
        turns = {(six - START) // MINUTE - EVENTFUL // 2 for six in self.fridays()}
        app: App | None = None
        glance = Glance()
        happened = 0
        for minute in range(minutes):
            self.now = START + minute * MINUTE
            if minute in bursts or minute in turns or down[minute]:
                happened = minute
            for _ in range(bursts.get(minute, 0)):
                self.order()
            if minute % (7 * 24 * 60) == (3 * 24 + 9) * 60:
                self.finish_old_orders()
            if down[minute]:
                app = None
                continue
            if minute > happened + EVENTFUL and minute % STEP:
                continue
            if app is None:
                app, glance = self.worker(), Glance()
            _, glance = run_cycle(app, self.now, glance)

    # ── what came of it ─────────────────────────────────────────────────────────────────────────────────────

    def fridays(self) -> list[datetime]:
        """Every cutoff of the year."""
        days = (START + timedelta(days=day, hours=12) for day in range(0, 366, 7))
        sixes = [day.astimezone(ZONE).replace(hour=18, minute=0).astimezone(UTC) for day in days]
        return [six for six in sixes if six < END]

    def mails(self, kind: str) -> list[Message]:
        """Every message of this kind."""
        return [message for message in self._messages if message.kind == kind]

    @cached_property
    def _messages(self) -> list[Message]:
        return self.state.messages(limit=1_000_000)

    def reports_arrived(self) -> list[Letter]:
        """Every letter that is no purchase mail."""
        return [letter for letter in self.mailer.letters if letter.body.startswith(b"From:")]

    def numbers(self) -> list[str]:
        """The order numbers that stand in either tab."""
        place = [f.key for f in CONTRACTS.fields].index("order_no")
        rows = [row for tab in (CONTRACTS, ARCHIVE) for row in self.sheet.grid(tab.key)[1:]]
        return [str(row[place]) for row in rows if len(row) > place and row[place]]

    def unsettled(self) -> int:
        """How many rows were typed too late in the year to become orders in it."""
        return self.typed - len(self.numbers()) if self.typed - len(self.numbers()) < 20 else 0


# ── what arrived ────────────────────────────────────────────────────────────────────────────────────────────


def parsed(body: bytes) -> EmailMessage:
    """The mail as its reader's program sees it."""
    return cast(EmailMessage, message_from_bytes(body, policy=policy.default))


def orders_attached(mail: EmailMessage) -> list[str]:
    """The order numbers of the attached rows, in order."""
    for part in mail.iter_attachments():
        if part.get_content_type() == "text/csv":
            rows = csv.reader(io.StringIO(part.get_content().removeprefix("\ufeff")))
            title = next(rows).index("Order No.")
            return [row[title] for row in rows]
    return []
