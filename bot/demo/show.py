"""Starts desk and worker, and tells the story of two orders and of a review; then the stage is the spectator's."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.app import build_app, build_watch
from bot.demo.fill import LANGUAGE, ZONE, demo_settings, new_workbook, remembered_workbook
from bot.demo.hand import Cells, Hand
from bot.demo.telling import say, table
from bot.desk import Desk
from bot.settings import Settings
from bot.worker import Worker
from sheets_schema import AUTOMATIONS, CONTRACTS, ORDER_ENTRY
from sheets_schema.automations import WEEKLY_TEAM
from sheets_schema.cells import datetime_serial
from sheets_schema.workflow import APPROVED

_LONGEST_SECONDS = 60.0
_BETWEEN_CELLS = 0.4
#: Each order is mailed to its customer and salesperson, and waits for two leads: its team's, and the one of all teams.
_ORDERS, _MAILS = 2, 8
#: Whoever hears that an order is approved: its salesperson and the warehouse.
_HEARERS = 2
#: How the Result cell begins once a run's mails are out.
_SENT = "已发送"
_JOINED = "两分钟内再次勾选，不重复发送 · ticked again within two minutes, nobody gets it twice"

_TYPED: Cells = {
    "customer": "杭州云帆软件", "product": "定制保温杯", "specification": "500 ml", "quantity": 120,
    "special_requests": "机身刻字：云帆 2026", "salesperson": "李娜",
}  # fmt: skip
#: What the lead of that salesperson's team fills in.
_APPROVED: Cells = {"status": APPROVED.title(LANGUAGE), "reviewer": "王强"}
_ANSWER: Cells = {
    "salesperson": "Anna Berg", "customer": "Nordlicht GmbH", "product": "Engraved pen", "specification": "Steel",
    "quantity": 250, "payment_method": "Invoice 30 days", "special_requests": "Logo on the left side, one colour",
    "source": "Trade fair",
}  # fmt: skip


def run_demo(port: int, smtp_port: int, data: Path, *, leave: bool = False) -> int:
    """Show it, then keep desk and worker running until Ctrl-C; with `leave` have one report sent, too, and end.

    A second run in the same directory opens the same workbook, with everything people did in it. Returns the exit
    status: 0 when both orders, one approval and all their mails came through, and with `leave` the report.
    """
    # The worker's log would tear the story apart; what goes wrong still shows.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    data.mkdir(parents=True, exist_ok=True)
    say("Order Desk · 订单台 …")
    with Desk(data=data, port=port, smtp_port=smtp_port) as desk:
        key = remembered_workbook(desk, data) or new_workbook(desk, data, _now().date())
        settings = demo_settings(desk, key, data)
        stop = threading.Event()
        worker = threading.Thread(target=work, args=(settings, stop), name="worker", daemon=True)
        worker.start()
        say(_addresses(desk, key))
        hand = Hand(desk.url, key, LANGUAGE)
        try:
            row = _show(hand, desk)
            arrived = row is not None and _show_review(hand, desk, row)
            if leave:
                arrived = arrived and _show_report(hand, desk)
            elif arrived:
                say(_invitation(hand, desk, data))
                while True:
                    time.sleep(3600)
        except KeyboardInterrupt:
            say("\n演示结束 · Demo ended")
            arrived = True
        finally:
            stop.set()
            worker.join(timeout=10)
            hand.close()
    return 0 if arrived else 1


def work(settings: Settings, stop: threading.Event) -> None:
    """The worker on this workbook until `stop` is set. Made and run in one thread: SQLite wants it so."""
    Worker(build_app(settings, stopping=stop.is_set), settings.poll.every, build_watch(settings)).run(stop)


def _now() -> datetime:
    """The team's wall clock."""
    return datetime.now(UTC).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def _addresses(desk: Desk, key: str) -> str:
    return "\n" + table(
        [
            ("从这里开始", "Start here", f"{desk.url}/"),
            ("工作簿", "Workbook", f"{desk.url}/book/{key}"),
            ("订单表单", "Order form", f"{desk.url}/form/order/{key}"),
            ("邮箱", "Mailbox", f"{desk.url}/mail"),
        ]
    )


def _invitation(hand: Hand, desk: Desk, data: Path) -> str:
    tick = f"勾选“立即运行” · tick Run now at {hand.address(AUTOMATIONS)}"
    lines = [
        ("接下来", "Your turn", f"在浏览器里录入一单 · type an order of your own at {desk.url}/"),
        (
            "订单的一生",
            "An order's life",
            f"在合同订单表里发货、送达、完成 · ship it, deliver it, complete it at {hand.address(CONTRACTS)}",
        ),
        ("看周报", "See reports", tick),
        ("重新开始", "Start afresh", f"删除 {data} · delete {data}"),
        ("结束", "End", "Ctrl-C"),
    ]
    return "\n" + table(lines)


def _show(hand: Hand, desk: Desk) -> int | None:
    """Type one order, send one form answer, and tell what happens; the order's row when all came through."""
    # The mailbox and the sheet keep what earlier demos left in them.
    before = len(desk.mails())
    row = 2 + len(list(hand.rows(CONTRACTS)))
    entry = 2 + len(list(hand.rows(ORDER_ENTRY)))
    say(f"\n① {CONTRACTS.zh} {CONTRACTS.en}：逐格录入一单 · an order is typed, cell by cell (row {row})")
    titles = CONTRACTS.by_key
    say(table([(titles[key].zh, titles[key].en, str(cell)) for key, cell in _TYPED.items()], indent=4))
    for key, cell in _TYPED.items():
        hand.fill((CONTRACTS, row, [{key: cell}]))
        time.sleep(_BETWEEN_CELLS)
    say(
        f"② {ORDER_ENTRY.zh} {ORDER_ENTRY.en}：收到一份表单 · a form answer arrives from {_ANSWER['salesperson']}"
    )
    hand.fill((ORDER_ENTRY, entry, [{"timestamp": datetime_serial(_now()), **_ANSWER, **_told_apart(entry)}]))
    started = time.monotonic()
    while time.monotonic() < started + _LONGEST_SECONDS and not _is_through(hand, row, entry, desk, before):
        time.sleep(0.2)
    say("③ 机器人编号、登记、发邮件 · the bot numbers, books and mails them")
    say(table([_mail_line(mail) for mail in reversed(desk.mails()[: len(desk.mails()) - before])], indent=4))
    through = _is_through(hand, row, entry, desk, before)
    seconds = time.monotonic() - started
    say(f"{'✓' if through else '✗'} {_ORDERS} 单 orders · {_MAILS} 封邮件 mails · {seconds:.0f} s")
    return row if through else None


def _show_review(hand: Hand, desk: Desk, row: int) -> bool:
    """Approve the order in this row as the lead of its team, and tell who hears; whether everybody did."""
    number = list(hand.rows(CONTRACTS))[row - 2]["order_no"]
    about = f"{number} "

    def arrived() -> list[Mapping[str, Any]]:
        new = desk.mails()[: len(desk.mails()) - before]
        return [mail for mail in reversed(new) if str(mail["subject"]).startswith(about)]

    before = len(desk.mails())
    started = time.monotonic()
    say(f"④ {CONTRACTS.zh} {CONTRACTS.en}：主管审核 {number} · its lead approves it")
    titles = CONTRACTS.by_key
    say(table([(titles[key].zh, titles[key].en, str(cell)) for key, cell in _APPROVED.items()], indent=4))
    hand.fill((CONTRACTS, row, [_APPROVED]))
    while time.monotonic() < started + _LONGEST_SECONDS and len(arrived()) < _HEARERS:
        time.sleep(0.2)
    heard = arrived()
    say(table([_mail_line(mail) for mail in heard], indent=4))
    done = len(heard) == _HEARERS
    say(f"{'✓' if done else '✗'} {_HEARERS} 封邮件 mails · {time.monotonic() - started:.0f} s")
    return done


def _show_report(hand: Hand, desk: Desk) -> bool:
    """Tick Run now of the team report, tell which mails it brings and what the sheet says of it; whether it came."""
    before = len(desk.mails())
    started = time.monotonic()
    rows = list(hand.rows(AUTOMATIONS))
    row = next(i for i, cells in enumerate(rows) if cells["automation"] == WEEKLY_TEAM.title(LANGUAGE))
    say(
        f"⑤ {AUTOMATIONS.zh} {AUTOMATIONS.en}：勾选“立即运行” · Run now is ticked: {WEEKLY_TEAM.zh} {WEEKLY_TEAM.en}"
    )
    hand.fill((AUTOMATIONS, row + 2, [{"run_now": True}]))
    result = ""
    while time.monotonic() < started + _LONGEST_SECONDS and not result:
        time.sleep(0.2)
        cells = list(hand.rows(AUTOMATIONS))[row]
        said = cells.get("result", "")
        result = said if cells["run_now"] == "FALSE" and said.startswith(_SENT) else ""
    arrived = reversed(desk.mails()[: len(desk.mails()) - before])
    say(table([_mail_line(mail) for mail in arrived], indent=4) or f"    {_JOINED}")
    say(
        f"{'✓' if result else '✗'} {WEEKLY_TEAM.title(LANGUAGE)}: {result} · {time.monotonic() - started:.0f} s"
    )
    return bool(result)


def _told_apart(entry: int) -> Cells:
    """A word in Notes: the same answer twice within minutes would be taken for one sent twice."""
    return {"notes": f"演示 demo {entry - 1}"}


def _mail_line(mail: Mapping[str, Any]) -> tuple[str, str, str]:
    return "✉", ", ".join(mail["to"]), str(mail["subject"])


def _is_through(hand: Hand, row: int, entry: int, desk: Desk, before: int) -> bool:
    """Whether both orders carry a number and their mails' marks, and all mails lie in the mailbox."""
    if len(desk.mails()) - before < _MAILS:
        return False
    orders, entries = list(hand.rows(CONTRACTS)), list(hand.rows(ORDER_ENTRY))
    number = entries[entry - 2].get("order_no", "")
    marked = [c for c in (orders[row - 2], *orders[row - 1 :]) if c.get("mail_status", "").count("✓") == 2]
    return bool(number) and number in {c["order_no"] for c in marked} and orders[row - 2] in marked
