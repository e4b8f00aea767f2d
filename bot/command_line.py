"""What the command line takes: every command with its options. `bot.commands` does them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from sheets_schema.workflow import HEARD_BY

#: What `preview` renders; the reports among them are those of the automations.
MAILS = (
    "purchase_customer", "purchase_sales", *HEARD_BY, "survey", "low_score",
    "digest", "weekly_personal", "weekly_team", "monthly", "tier_review", "admin_notice",
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The parser; what it finds names its command's module under `bot.commands` as `command`."""
    whole = argparse.ArgumentParser(
        prog="python -m bot", description="Order Desk: the worker behind an order spreadsheet."
    )
    whole.add_argument("--config", metavar="FILE", help="default: $BOT_CONFIG, else ./config.yaml")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, told: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=told, description=told)
        # Also after the command, where people expect it; unset there it must not undo the one before.
        sub.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.set_defaults(command=name)
        return sub

    desk = command("desk", "the local workbook server and mailbox; on this machine only, unless it has users")
    _add_ports(desk)
    desk.add_argument(
        "--users", type=Path, metavar="FILE", help="who may come in; default: anybody on this machine"
    )
    desk.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where to listen; beyond loopback only with --users",
    )
    demo = command("demo", "desk, sample workbook and worker in one, with a first order on its way")
    _add_ports(demo)
    demo.add_argument("--leave", action="store_true", help="end after the first orders have arrived")
    init = command("init", "builds or repairs the workbook; a second run changes nothing")
    init.add_argument("--dry-run", action="store_true", help="only say what would be changed")
    init.add_argument("--guide", action="store_true", help="with a first tab that explains the workbook")
    run = command("run", "the worker")
    run.add_argument("--once", action="store_true", help="one cycle with its deliveries, then exit")
    command("plan", "what the next cycle would do; changes nothing")
    _add_reports(command)
    status = command("status", "how things stand")
    status.add_argument("--order", metavar="NO", default="", help="the whole story of one order")
    status.add_argument("--json", action="store_true")
    command("release", "lets everything go that is held")
    outbox = command("outbox", "the mails: list, retry ID, drop ID")
    actions = outbox.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="the latest mails")
    outbox.set_defaults(action="list")
    listing.set_defaults(action="list")
    for name, told in (
        ("retry", "queue a mail that failed or is held"),
        ("drop", "never send this mail"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("id", metavar="ID")
        action.set_defaults(action=name)
    return whole


def _add_reports(command: Callable[..., argparse.ArgumentParser]) -> None:
    report = command("report", "shows, writes or sends a report")
    report.add_argument("kind", choices=("personal", "team", "monthly"))
    period = report.add_mutually_exclusive_group()
    period.add_argument("--week", metavar="2026-W47", default="", help="default: the latest closed week")
    period.add_argument("--month", metavar="2026-11", default="", help="default: the month before this one")
    report.add_argument("--for", dest="reader", metavar="NAME", default="", help="one reader; default: all")
    way = report.add_mutually_exclusive_group()
    way.add_argument("--send", action="store_true", help="put it into the outbox, beside the scheduled one")
    way.add_argument("--out", type=Path, metavar="DIR", help="write pages, texts, mails and files there")
    preview = command("preview", "renders a mail without sending it")
    preview.add_argument("mail", metavar="MAIL", choices=MAILS, help=", ".join(MAILS))
    preview.add_argument("--order", metavar="NO", default="", help="of which order; default: the last one")
    preview.add_argument("--out", type=Path, required=True, metavar="FILE.html")


def _add_ports(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, default=8765)
    command.add_argument("--smtp-port", type=int, default=8025)
    command.add_argument("--data", type=Path, default=Path("state/desk"), metavar="DIR")
