"""Mail: how many durable orders leave in a second, over how many connections, and what one mail costs."""

from __future__ import annotations

import gc
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yagmail
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.adapters.database import DatabaseState, open_state
from bot.adapters.smtp import SmtpSettings, YagmailMailer
from bot.delivery import DeliveryRules, deliver
from bot.mails.rendering import TEMPLATES, Renderer, _first_rows
from bot.outbox import Message
from bot.planning.notices import Draft
from bot.planning.sightings import Order, Origin, Sighting
from bot.ports import Commit
from tests.benchmarks.full_desk import free_port, wait_for_port
from tests.benchmarks.measuring import cpu_of, median, milliseconds, show
from tests.benchmarks.smtp_sink import stats
from tests.emails.samples import PURCHASE_MAILS, order, purchase_mail, renderer

ORDERS = 100
ROUNDS = 5
BATCH = 20
RULES = DeliveryRules(per_minute=1_000_000, per_day=1_000_000)
#: More than any batch here.
WHOLE = DeliveryRules(per_minute=1_000_000, per_day=1_000_000, batch=1000)


@pytest.fixture(scope="module")
def sink() -> Iterator[int]:
    """The port of a sink in a process of its own."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("smtp_sink.py")), str(port)])
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _mailer(port: int) -> YagmailMailer:
    return YagmailMailer(SmtpSettings("127.0.0.1", port, "none", "", "", "orders@example.com"))


def _drafts(count: int) -> list[Draft]:
    detail = order()
    mails = [purchase_mail(kind, detail) for kind in PURCHASE_MAILS]
    return [mails[i % 2] for i in range(count)]


def _messages(drafts: list[Draft], writer: Renderer, prefix: str) -> tuple[Message, ...]:
    now = datetime.now(UTC)
    return tuple(
        Message(
            f"{prefix}:{i}", draft.kind, f"{prefix}-{i // 2}", draft.recipient.email, i % 2,
            writer.message(draft, now), now,
        )
        for i, draft in enumerate(drafts)
    )  # fmt: skip


def _owe(state: DatabaseState, messages: tuple[Message, ...]) -> None:
    """Orders whose numbers stand in the sheet, and their mails: what a cycle has committed when delivery begins."""
    now = datetime.now(UTC)
    lease = state.acquire("the benchmark", now, 600)
    assert lease is not None
    numbers = sorted({message.order_no for message in messages})
    lines = tuple(
        Sighting(
            f"r{n}",
            "contracts",
            n,
            "core",
            "typed",
            2,
            Origin.TYPED,
            written=True,
            placed=True,
            created_at=now,
        )
        for n in numbers
    )
    orders = tuple(Order(n, now, Origin.TYPED) for n in numbers)
    state.commit(Commit(sightings=lines, orders=orders, messages=messages), lease)


def _deliver(state: DatabaseState, port: int, rules: DeliveryRules = RULES) -> int:
    return deliver(state, _mailer(port), "the benchmark", lambda: datetime.now(UTC), rules).sent


def test_fifty_durable_orders_leave_in_a_second(sink: int, tmp_path: Path) -> None:
    state = open_state(f"sqlite:///{tmp_path}/bot.db")
    writer = renderer()
    _owe(state, _messages(_drafts(2), writer, "warm"))
    assert _deliver(state, sink) == 2
    rates: list[float] = []
    for i in range(ROUNDS):
        _owe(state, _messages(_drafts(2 * ORDERS), writer, f"R{i}"))
        started = time.perf_counter()
        assert _deliver(state, sink) == 2 * ORDERS
        rates.append(ORDERS / (time.perf_counter() - started))
    rows = [
        ("orders a second (two mails each), claim to accepted", f"{median(rates):.0f}", "at least 50"),
        ("    slowest and fastest of the rounds", f"{min(rates):.0f} – {max(rates):.0f}", ""),
    ]
    show("Delivery over SQLite, WAL and FULL, three commits a mail", rows)
    assert median(rates) >= 50


def test_a_batch_is_one_connection_without_delay(
    sink: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = open_state(f"sqlite:///{tmp_path}/bot.db")
    _owe(state, _messages(_drafts(2 * ORDERS), renderer(), "B"))
    undelayed: list[int] = []
    begin = state.begin

    def looking(*args: object) -> bool:
        undelayed.extend(_undelayed_sockets(sink))
        return begin(*args)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(state, "begin", looking)
    before = stats(sink)
    assert _deliver(state, sink, WHOLE) == 2 * ORDERS
    after = stats(sink)
    connections, mails = after[0] - before[0], after[1] - before[1]
    show(
        "Connections",
        [
            ("mails in the batch", str(mails), ""),
            ("connections, counted at the server", str(connections), "1"),
        ],
    )
    assert (connections, mails) == (1, 2 * ORDERS)
    assert set(undelayed) == {1}


def _undelayed_sockets(port: int) -> list[int]:
    """Whether TCP_NODELAY is set, for each open connection of this process to that port."""
    found = []
    for thing in gc.get_objects():
        if isinstance(thing, socket.socket) and thing.fileno() >= 0:
            try:
                is_there = thing.getpeername()[1] == port
            except OSError:
                continue
            if is_there:
                found.append(thing.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    return found


class _UsualWay:
    """Jinja2 and yagmail as most scripts use them: an environment for each mail, `send` with the HTML."""

    def __init__(self, port: int, *, compiled_once: bool) -> None:
        self._writer = renderer()
        self._sender = yagmail.SMTP(
            "orders@example.com", "", host="127.0.0.1", port=port, smtp_starttls=False, smtp_ssl=False,
            smtp_skip_login=True,
        )  # fmt: skip
        self._compiled_once = compiled_once
        self._environment = self._new_environment()
        css = (TEMPLATES / "_base" / "style.css").read_text(encoding="utf-8")
        self._style = f"<style>{css}</style></head>"

    def send(self, draft: Draft) -> None:
        """The same mail as ours: the same template, the same data, the same styles, inlined by yagmail."""
        environment = self._environment if self._compiled_once else self._new_environment()
        wording = self._writer._wording(draft.kind, draft.recipient.language)
        context = self._writer._context(draft, wording, _first_rows(draft))
        subject = environment.get_template(f"{draft.kind}/subject.txt").render(context).strip()
        html = environment.get_template(f"{draft.kind}/body.html").render({**context, "subject": subject})
        # yagmail turns line ends into <br>, inside styles too, so whoever uses it learns to send none.
        page = html.replace("</head>", self._style, 1).replace("\n", " ")
        self._sender.send(draft.recipient.email, subject, page)

    def _new_environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )
        environment.filters |= {
            name: act
            for name, act in self._writer._environment.filters.items()
            if name not in environment.filters
        }
        return environment


def test_a_mail_costs_at_most_0_4_of_jinja2_with_yagmail(sink: int, tmp_path: Path) -> None:
    state = open_state(f"sqlite:///{tmp_path}/bot.db")
    writer = renderer()
    # premailer's CSS parser complains of every property younger than itself.
    logging.getLogger("CSSUTILS").setLevel(logging.CRITICAL)
    usual, compiled = _UsualWay(sink, compiled_once=False), _UsualWay(sink, compiled_once=True)
    drafts = _drafts(BATCH)
    rounds = iter(range(10_000))

    def ours() -> None:
        _owe(state, _messages(drafts, writer, f"C{next(rounds)}"))
        assert _deliver(state, sink, WHOLE) == BATCH

    def without_outbox() -> None:
        with _mailer(sink).connect() as connection:
            for draft in drafts:
                body = writer.message(draft, datetime.now(UTC))
                connection.envelope(draft.recipient.email)
                connection.data(body)

    def theirs(way: _UsualWay) -> None:
        for draft in drafts:
            way.send(draft)

    ways = {
        "ours": ours, "without the outbox": without_outbox, "usual": lambda: theirs(usual),
        "compiled": lambda: theirs(compiled),
    }  # fmt: skip
    for act in ways.values():
        act()
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, act in ways.items():
            figures[name].append(cpu_of(act) / BATCH)
    cost = {name: median(taken) for name, taken in figures.items()}
    show(
        f"CPU of one mail of {len(writer.message(drafts[0], datetime.now(UTC))):,} bytes, render to accepted",
        [
            ("Jinja2 environment a mail + yagmail.send", milliseconds(cost["usual"]), ""),
            ("Jinja2 compiled once + yagmail.send", milliseconds(cost["compiled"]), ""),
            ("ours, durable: rendered, committed, claimed, sent, settled", milliseconds(cost["ours"]), ""),
            ("    against the first", f"{cost['ours'] / cost['usual']:.2f} x", "at most 0.4 x"),
            ("    against the second", f"{cost['ours'] / cost['compiled']:.2f} x", "at most 0.4 x"),
            ("ours without the outbox", milliseconds(cost["without the outbox"]), ""),
        ],
    )
    assert cost["ours"] <= 0.4 * min(cost["usual"], cost["compiled"])
