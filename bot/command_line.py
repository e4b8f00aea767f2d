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

#: As `bot.outbox` names them, whose import would cost every command its time.
MAIL_STATUSES = ("queued", "claimed", "sending", "sent", "dead", "held", "dropped")


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
    init.add_argument(
        "--map",
        action="store_true",
        help="find out which of your own tabs and columns are which, and put it into the config; writes no cell",
    )
    init.add_argument("--yes", action="store_true", help="with --map: write into the config without asking")
    check = command("check", "the doctor: a line for everything the bot depends on, with what to do")
    check.add_argument("--mail", metavar="ADDRESS", default="", help="send one test mail there instead")
    check.add_argument("--json", action="store_true", help="for machines")
    form = command(
        "form", "the questions of the Google Forms to make, and whether their answers reach the workbook"
    )
    form.add_argument("form", nargs="?", choices=("order", "feedback"), help="default: both")
    run = command("run", "the worker")
    run.add_argument("--once", action="store_true", help="one cycle with its deliveries, then exit")
    _add_json(command("plan", "what the next cycle would do; changes nothing"))
    _add_reports(command)
    status = command("status", "how things stand")
    status.add_argument("--order", metavar="NO", default="", help="the whole story of one order")
    forget = command("forget", "takes a person's words out of what the bot remembers")
    forget.add_argument("words", nargs="+", metavar="WORD", help="addresses, names, phone numbers")
    backup = command("backup", "a copy of the state, also while the worker runs")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.add_argument("--force", action="store_true", help="replace a file of this name")
    restore = command("restore", "fills an unused state of either kind from a backup")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument(
        "--moved",
        action="store_true",
        help="the worker was stopped before the backup and nothing ran since: go on exactly as it was",
    )
    _add_json(status)
    _add_json(command("release", "lets everything go that is held"))
    _add_outbox(command("outbox", "the mails: list, retry ID, drop ID"))
    return whole


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="for machines; its keys stay as they are")


def _add_outbox(outbox: argparse.ArgumentParser) -> None:
    actions = outbox.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="the latest mails", description="the latest mails")
    outbox.set_defaults(action="list")
    listing.set_defaults(action="list")
    listing.add_argument("--status", choices=MAIL_STATUSES, help="only those that stand so")
    listing.add_argument("--order", metavar="NO", default="", help="only those of this order")
    listing.add_argument("--limit", type=_count, metavar="N", default=50, help="how many; default: 50")
    _add_json(listing)
    for name, told, statuses in (
        ("retry", "queue mails that failed or are held", ("held", "dead")),
        ("drop", "never send these mails", ("queued", "held", "dead")),
    ):
        action = actions.add_parser(name, help=told, description=told)
        which = action.add_mutually_exclusive_group(required=True)
        which.add_argument("ids", metavar="ID", nargs="*", default=[], help="as `outbox list` shows it")
        which.add_argument(
            "--all", choices=statuses, metavar="STATUS", help=f"all that are {' or '.join(statuses)}"
        )
        action.add_argument("--yes", action="store_true", help="do not ask whether --all is meant")
        action.set_defaults(action=name)


def _count(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 on")
    return int(text)


def _port(text: str) -> int:
    """A port; 0 takes any that is free."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: a number up to 65535")
    return int(text)


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
    _add_json(report)
    preview = command("preview", "renders a mail without sending it")
    preview.add_argument("mail", metavar="MAIL", choices=MAILS, help=", ".join(MAILS))
    preview.add_argument("--order", metavar="NO", default="", help="of which order; default: the last one")
    preview.add_argument("--out", type=Path, required=True, metavar="FILE.html")
    _add_json(preview)


def _add_ports(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=_port, default=8765)
    command.add_argument("--smtp-port", type=_port, default=8025)
    command.add_argument("--data", type=Path, default=Path("state/desk"), metavar="DIR")
