"""`report`: a report shown, written into files, or put into the outbox."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable

from bot.app import load_settings
from bot.commands import BUG, MENDABLE, WELL, config_path
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.showing import Shown, shown_report


def run(options: Namespace) -> int:
    """Show, write or send it."""
    return tell(shown_report, options)


def tell(show: Callable[[Namespace, Settings], Shown], options: Namespace) -> int:
    """Print what `show` has to say."""
    set_up_logs(as_json=not sys.stderr.isatty())
    shown = show(options, load_settings(config_path(options)))
    for line in shown.lines:
        print(line)
    for problem in shown.problems:
        print(f"✗ {problem}", file=sys.stderr)
    return BUG if shown.is_bug else MENDABLE if shown.problems else WELL
