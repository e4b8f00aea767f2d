"""The stage on which the stories of this folder happen: a desk, a workbook with a sample company, a bot, and time.

    with people:  stage.contracts, stage.entries, stage.customers …   hands that type, sort, insert, copy, undo
    with the bot: stage.poll(), stage.rest()                          cycles, each at a moment of ours
    afterwards:   the mails that arrived, the rows as they stand

A stage runs its bot in one of two ways: as a worker, whose memory of the last cycle is kept, or as cron does, with a
new process for every cycle. Whatever is told of one must be true of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import build_app, build_state
from bot.cycle import Cycle, run_cycle, stand_down
from bot.glance import App, Glance
from bot.init import Initialised, initialise
from bot.planning.drafting import Plan
from bot.ports import OutsideError
from sheets_schema import CONTRACTS, CUSTOMERS, ORDER_ENTRY, PRODUCTS, TABS, TEAM, Cell, Tab
from tests.system.company import (
    ACME,
    ADMIN,
    CUSTOMER_ROWS,
    LINA,
    MORNING,
    OLD_ROWS,
    Cells,
    Patterns,
    settings_for,
)
from tests.system.hand import Book, Hand


@dataclass(frozen=True, order=True)
class Mail:
    """One mail in the desk's mailbox; two are equal when they say the same to the same person."""

    to: str
    kind: str
    number: str
    generation: int = 1
    subject: str = field(default="", compare=False)
    text: str = field(default="", compare=False)
    html: str = field(default="", compare=False)
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


def mailed(*numbers: str, customer: str = ACME, sales: str = LINA, generation: int = 1) -> list[Mail]:
    """The two mails of each order, as `Stage.rest` gives them."""
    pairs = ((customer, "purchase_customer"), (sales, "purchase_sales"))
    return sorted(Mail(to, kind, number, generation) for number in numbers for to, kind in pairs)


def told(topic: str, admin: str = ADMIN) -> Mail:
    """A mail to an admin about something that is held."""
    return Mail(admin, "admin_notice", topic, 1)


class Stage:
    """One workbook, its people and its bot."""

    def __init__(
        self, patterns: Patterns, folder: Path, *, as_cron: bool, language: str = "en", flood: int = 50
    ) -> None:
        self.desk, self.folder, self.as_cron, self.now = patterns.desk, folder, as_cron, MORNING
        self._renderer = patterns.renderer
        self._key = patterns.copy(language)
        self.settings = settings_for(self.desk, self._key, language, folder / "bot.db", flood)
        self.book = Book(self.desk.url, self._key)
        self._hands: dict[str, Hand] = {}
        self._glance = Glance()
        self._app: App | None = None
        self._read = 0
        for name in ("faults", "mail", "requests"):
            self._control("DELETE", name)

    # ── the workbook ────────────────────────────────────────────────────────────────────────────────────────

    def lay_out(self, old: Sequence[Cells] = OLD_ROWS) -> None:
        """Orders that are in the book before the bot comes."""
        if old:
            self.contracts.type_all(dict(enumerate(old, 2)))

    def init(self) -> Initialised:
        """`python -m bot init`."""
        return initialise(self.app())

    def hand(self, tab: Tab) -> Hand:
        """A person at this tab."""
        if tab.key not in self._hands:
            title = tab.title(self.settings.language)
            self._hands[tab.key] = Hand(self.book, tab, title, self.book.sheets()[title])
        return self._hands[tab.key]

    @property
    def contracts(self) -> Hand:
        return self.hand(CONTRACTS)

    @property
    def entries(self) -> Hand:
        return self.hand(ORDER_ENTRY)

    @property
    def customers(self) -> Hand:
        return self.hand(CUSTOMERS)

    @property
    def products(self) -> Hand:
        return self.hand(PRODUCTS)

    @property
    def team(self) -> Hand:
        return self.hand(TEAM)

    def grids(self) -> dict[str, list[list[Cell]]]:
        """Every tab, whole."""
        titles = self.book.sheets()
        return {tab.key: self.hand(tab).grid() for tab in TABS if tab.title(self.settings.language) in titles}

    # ── the bot ─────────────────────────────────────────────────────────────────────────────────────────────

    def app(self) -> App:
        """The bot's parts, wired as in production but for the clock and for reports, which other stories tell of."""
        if self._app is None:
            self._app = replace(
                build_app(self.settings), clock=lambda: self.now, renderer=self._renderer, reporter=None
            )
        return self._app

    def restart(self) -> None:
        """The bot's process ends; the next cycle begins with what is stored."""
        if self._app is not None:
            stand_down(self._app)
            self._app.state.close()
        self._app, self._glance = None, Glance()

    def lose_state(self) -> None:
        """The disk with the state is gone."""
        self.restart()
        for path in self.folder.glob("bot.db*"):
            path.unlink()

    def poll(self, seconds: float = 10) -> Cycle:
        """Let time pass, then run one cycle."""
        self.now += timedelta(seconds=seconds)
        try:
            cycle, self._glance = run_cycle(self.app(), self.now, self._glance)
        except OutsideError:
            self._glance = Glance()
            raise
        finally:
            if self.as_cron:
                self.restart()
        return cycle

    def rest(self, most: int = 10) -> list[Mail]:
        """Poll, longer apart than rows take to settle, until nothing happens and nothing waits; the mails that arrived.

        Rows that wait for a person are given a second quiet poll, since the first may only have begun their settling.
        """
        still = 0
        for _ in range(most):
            cycle = self.poll(30)
            still = still + 1 if _is_still(cycle) else 0
            if still == 2 or (still and not cycle.plan.waiting):
                return self.new_mails()
        raise AssertionError(f"The bot found no rest in {most} polls")

    def release(self) -> int:
        """`python -m bot release`, in a process of its own."""
        state = build_state(self.settings)
        try:
            return state.release()
        finally:
            state.close()

    def meanwhile(self, match: str, *requests_: Mapping[str, Any], skip: int = 0) -> None:
        """Somebody else's edit right before the bot's next request that matches takes effect."""
        fault = {
            "match": match,
            "edit": {"spreadsheetId": self._key, "requests": list(requests_)},
            "skip": skip,
        }
        self._control("PUT", "faults", [fault])

    def refuse_writes(self) -> None:
        """The bot's next write is answered with trouble and does nothing."""
        self._control("PUT", "faults", [{"match": ":batchUpdate", "status": 503, "when": "before"}])

    def faults_left(self) -> int:
        return len(self._control("GET", "faults"))

    def requests(self) -> list[str]:
        """The requests since this was last asked: method and path."""
        made = [f"{r['method']} {r['path']}" for r in self._control("GET", "requests")]
        self._control("DELETE", "requests")
        return made

    def _control(self, method: str, name: str, body: object = None) -> Any:
        return self.book.call(method, f"{self.desk.url}/_desk/{name}", body)

    # ── the mailbox ─────────────────────────────────────────────────────────────────────────────────────────

    def mails(self) -> list[Mail]:
        """All mails, oldest first."""
        return [_mail(m) for m in reversed(self.desk.mails())]

    def new_mails(self) -> list[Mail]:
        """The mails since this was last asked, in the order of their recipients."""
        mails = self.mails()
        new, self._read = mails[self._read :], len(mails)
        return sorted(new)

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """What holds at the end of every story: no mail twice, no formula, no Row ID twice, nothing left undone."""
        try:
            ids = [m.headers["Message-ID"] for m in self.mails()]
            assert len(ids) == len(set(ids)), "a mail arrived twice"
            assert not [cell for cell in self.book.entered() if "formulaValue" in cell], "a formula in a cell"
            assert not self.faults_left(), "an edit of the story never happened"
        finally:
            self._control("DELETE", "faults")
            self.restart()
            self.book.close()


def plan_of(cycle: Cycle) -> Plan:
    """What the cycle decided."""
    return cycle.plan


def happened(cycles: Iterable[Cycle]) -> list[str]:
    """What the log would say of these cycles."""
    return [change.what for cycle in cycles for change in cycle.plan.changes]


def _is_still(cycle: Cycle) -> bool:
    return not (cycle.edits or cycle.delivered.orders or cycle.plan.drafts or cycle.plan.changes)


def _mail(found: Mapping[str, Any]) -> Mail:
    [to] = found["to"]
    headers = found["headers"]
    identity = re.fullmatch(r"<([a-z_]+)\.(.+?)(?:\.(\d+))?@.+>", headers["Message-ID"])
    assert identity, headers["Message-ID"]
    kind, number, generation = identity.groups()
    if kind == "admin_notice":
        number, generation = number.partition(".")[0].partition("=")[0], "1"
    elif generation is None:
        # A typed number with unusual signs is hashed in the Message-ID; the subject has it.
        number, generation = found["subject"].partition(" ")[0], "1"
    return Mail(
        to, kind, number, int(generation), found["subject"], found["text"] or "", found["html"] or "", headers
    )


def assert_rows_tell_what_was_mailed(stage: Stage) -> None:
    """Every mailed row of Contract Orders stands beside the number, the customer and the amount of its own mail."""
    addresses = {c["customer"]: c.get("email") for c in CUSTOMER_ROWS}
    texts = {m.number: m for m in stage.mails() if m.kind == "purchase_customer"}
    ids = []
    for number, row in stage.contracts.rows().items():
        if "✓" not in str(row.get("mail_status", "")):
            continue
        mail = texts[str(row["order_no"])]
        assert mail.to == addresses[row["customer"]], f"row {number} shows the number of another's order"
        assert f"{row['amount']:,}" in mail.text, f"row {number} shows the number of another order"
        ids.append(row["row_id"])
    assert len(ids) == len(set(ids)), "two rows have one Row ID"
