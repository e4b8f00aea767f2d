"""The command line: `python -m bot …`. Exit status: 0 well, 1 a bug, 2 a person can mend it, 3 the outside failed."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.ports import OutsideError, WorkbookRefused
from bot.settings import ConfigProblemsError, NothingToShow, Settings
from sheets_schema.workflow import HEARD_BY

if TYPE_CHECKING:
    from bot.showing import Shown

WELL, BUG, MENDABLE, OUTSIDE = 0, 1, 2, 3
#: What `preview` renders; the reports among them are those of the automations.
MAILS = (
    "purchase_customer", "purchase_sales", *HEARD_BY, "survey", "low_score",
    "digest", "weekly_personal", "weekly_team", "monthly", "tier_review", "admin_notice",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except ConfigProblemsError as error:
        print("The config needs mending:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return MENDABLE
    except NothingToShow as error:
        for problem in error.problems:
            print(f"✗ {problem}", file=sys.stderr)
        return MENDABLE
    except OutsideError as error:
        print(error, file=sys.stderr)
        if error.hint:
            print(f"  → {error.hint}", file=sys.stderr)
        return MENDABLE if isinstance(error, WorkbookRefused) else OUTSIDE
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print("The port is in use: choose others with --port and --smtp-port.", file=sys.stderr)
        return MENDABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Order Desk: the worker behind an order spreadsheet."
    )
    parser.add_argument("--config", metavar="FILE", help="default: $BOT_CONFIG, else ./config.yaml")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], told: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=told, description=told)
        # Also after the command, where people expect it; unset there it must not undo the one before.
        sub.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.set_defaults(run=run)
        return sub

    desk = command(
        "desk", _desk, "the local workbook server and mailbox; on this machine only, unless it has users"
    )
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
    demo = command("demo", _demo, "desk, sample workbook and worker in one, with a first order on its way")
    _add_ports(demo)
    demo.add_argument("--leave", action="store_true", help="end after the first orders have arrived")
    command("init", _init, "builds or repairs the workbook; a second run changes nothing")
    run = command("run", _run, "the worker")
    run.add_argument("--once", action="store_true", help="one cycle with its deliveries, then exit")
    command("plan", _plan, "what the next cycle would do; changes nothing")
    _add_reports(command)
    status = command("status", _status, "how things stand")
    status.add_argument("--order", metavar="NO", default="", help="the whole story of one order")
    status.add_argument("--json", action="store_true")
    command("release", _release, "lets everything go that is held")
    outbox = command("outbox", _outbox_list, "the mails: list, retry ID, drop ID")
    actions = outbox.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="the latest mails")
    listing.set_defaults(run=_outbox_list)
    for name, act, told in (
        ("retry", _outbox_retry, "queue a mail that failed or is held"),
        ("drop", _outbox_drop, "never send this mail"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("id", metavar="ID")
        action.set_defaults(run=act)
    return parser


def _add_reports(command: Callable[..., argparse.ArgumentParser]) -> None:
    report = command("report", _report, "shows, writes or sends a report")
    report.add_argument("kind", choices=("personal", "team", "monthly"))
    period = report.add_mutually_exclusive_group()
    period.add_argument("--week", metavar="2026-W47", default="", help="default: the latest closed week")
    period.add_argument("--month", metavar="2026-11", default="", help="default: the month before this one")
    report.add_argument("--for", dest="reader", metavar="NAME", default="", help="one reader; default: all")
    way = report.add_mutually_exclusive_group()
    way.add_argument("--send", action="store_true", help="put it into the outbox, beside the scheduled one")
    way.add_argument("--out", type=Path, metavar="DIR", help="write pages, texts, mails and files there")
    preview = command("preview", _preview, "renders a mail without sending it")
    preview.add_argument("mail", metavar="MAIL", choices=MAILS, help=", ".join(MAILS))
    preview.add_argument("--order", metavar="NO", default="", help="of which order; default: the last one")
    preview.add_argument("--out", type=Path, required=True, metavar="FILE.html")


def _add_ports(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, default=8765)
    command.add_argument("--smtp-port", type=int, default=8025)
    command.add_argument("--data", type=Path, default=Path("state/desk"), metavar="DIR")


def _config_path(options: argparse.Namespace) -> Path:
    return Path(options.config or os.environ.get("BOT_CONFIG") or "config.yaml")


def _desk(options: argparse.Namespace) -> int:
    from bot.desk import serve  # noqa: PLC0415 - the worker never needs the desk
    from bot.desk.access.users_file import UsersFileError, accounts_in  # noqa: PLC0415 - the same
    from bot.desk.web.listening import HostRefused  # noqa: PLC0415 - the same

    try:
        users = accounts_in(options.users) if options.users else []
        serve(options.port, options.smtp_port, options.data, host=options.host, users=users)
    except UsersFileError as error:
        print("The users file needs mending:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return MENDABLE
    except HostRefused as error:
        print(error, file=sys.stderr)
        return MENDABLE
    return WELL


def _demo(options: argparse.Namespace) -> int:
    from bot.demo import run_demo  # noqa: PLC0415 - the same

    return run_demo(options.port, options.smtp_port, options.data, leave=options.leave)


def _init(options: argparse.Namespace) -> int:
    from bot.app import build_app, load_settings  # noqa: PLC0415 - `--help` need not load the adapters
    from bot.init import initialise  # noqa: PLC0415

    app = build_app(load_settings(_config_path(options)))
    done = initialise(app)
    for line in (*(done.said or ("Nothing to change.",)), *done.notes):
        print(line)
    for problem in done.problems:
        print(f"✗ {problem}", file=sys.stderr)
    return MENDABLE if done.problems else WELL


def _run(options: argparse.Namespace) -> int:
    from bot.lean_imports import without  # noqa: PLC0415

    with without("rich"):
        # structlog formats tracebacks with rich where it finds it, 7 MB for colours that our log never has.
        import structlog  # noqa: F401, PLC0415

    from bot.app import build_app, load_settings  # noqa: PLC0415
    from bot.logs import set_up_logs  # noqa: PLC0415
    from bot.settings_apart import load_settings_apart  # noqa: PLC0415
    from bot.worker import Worker, run_once, stop_on_signals  # noqa: PLC0415

    set_up_logs(as_json=not sys.stderr.isatty())
    stop = threading.Event()
    stopping = stop_on_signals(stop)
    path = _config_path(options)
    settings = load_settings(path) if options.once else load_settings_apart(path)
    app = build_app(settings, stopping=stopping)
    if not options.once:
        Worker(app, settings.poll.every).run(stop)
        return WELL
    problems = run_once(app)
    for problem in problems.mendable:
        print(f"✗ {problem}", file=sys.stderr)
    if problems.paused:
        print(f"Mail waits: {problems.paused}", file=sys.stderr)
        return OUTSIDE
    return MENDABLE if problems.mendable else WELL


def _plan(options: argparse.Namespace) -> int:
    from bot.app import build_app, load_settings  # noqa: PLC0415
    from bot.cycle import preview_plan  # noqa: PLC0415
    from bot.reporting import plan_lines  # noqa: PLC0415

    app = build_app(load_settings(_config_path(options)), changing=False)
    plan, projection = preview_plan(app, app.clock())
    print("\n".join(plan_lines(plan, projection)))
    return WELL


def _report(options: argparse.Namespace) -> int:
    from bot.showing import shown_report  # noqa: PLC0415

    return _tell(shown_report, options)


def _preview(options: argparse.Namespace) -> int:
    from bot.showing import shown_preview  # noqa: PLC0415

    return _tell(shown_preview, options)


def _tell(show: Callable[[argparse.Namespace, Settings], Shown], options: argparse.Namespace) -> int:
    from bot.app import load_settings  # noqa: PLC0415
    from bot.logs import set_up_logs  # noqa: PLC0415

    set_up_logs(as_json=not sys.stderr.isatty())
    shown = show(options, load_settings(_config_path(options)))
    for line in shown.lines:
        print(line)
    for problem in shown.problems:
        print(f"✗ {problem}", file=sys.stderr)
    return BUG if shown.is_bug else MENDABLE if shown.problems else WELL


def _status(options: argparse.Namespace) -> int:
    import json  # noqa: PLC0415

    from bot.app import build_rules, build_state, load_settings, utc_now  # noqa: PLC0415
    from bot.reporting import status_facts, status_lines  # noqa: PLC0415

    settings = load_settings(_config_path(options))
    if options.order:
        return _story(options, settings)
    hours = build_rules(settings).hours
    facts = status_facts(build_state(settings, changing=False), settings.timezone, utc_now(), hours)
    print(json.dumps(facts, ensure_ascii=False, indent=2) if options.json else "\n".join(status_lines(facts)))
    return WELL


def _story(options: argparse.Namespace, settings: Settings) -> int:
    import json  # noqa: PLC0415

    from bot.app import build_state  # noqa: PLC0415
    from bot.order_story import order_story, story_lines  # noqa: PLC0415

    story = order_story(build_state(settings, changing=False), options.order.strip(), settings.timezone)
    if story is None:
        print(f"There is no order '{options.order.strip()}': see the Order No. column.", file=sys.stderr)
        return MENDABLE
    print(json.dumps(story, ensure_ascii=False, indent=2) if options.json else "\n".join(story_lines(story)))
    return WELL


def _release(options: argparse.Namespace) -> int:
    from bot.app import build_state, load_settings  # noqa: PLC0415

    count = build_state(load_settings(_config_path(options))).release()
    print(f"{count} hold(s) released; the next poll acts on it." if count else "Nothing is held.")
    return WELL


def _outbox_list(options: argparse.Namespace) -> int:
    from bot.app import build_state, load_settings  # noqa: PLC0415
    from bot.reporting import outbox_lines  # noqa: PLC0415

    settings = load_settings(_config_path(options))
    print("\n".join(outbox_lines(build_state(settings, changing=False), settings.timezone)))
    return WELL


def _outbox_retry(options: argparse.Namespace) -> int:
    from bot.app import build_state, load_settings, utc_now  # noqa: PLC0415

    if build_state(load_settings(_config_path(options))).retry(options.id, utc_now()):
        print("Queued; the next poll sends it.")
        return WELL
    print(
        f"There is no mail '{options.id}' that could be sent again: see python -m bot outbox list",
        file=sys.stderr,
    )
    return MENDABLE


def _outbox_drop(options: argparse.Namespace) -> int:
    from bot.app import build_state, load_settings  # noqa: PLC0415

    if build_state(load_settings(_config_path(options))).drop(options.id):
        print("Dropped; it will not be sent.")
        return WELL
    print(f"There is no unsent mail '{options.id}': see python -m bot outbox list", file=sys.stderr)
    return MENDABLE


if __name__ == "__main__":
    sys.exit(main())
