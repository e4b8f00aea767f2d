"""`report`: a report shown, written into files, or put into the outbox.

As JSON: `report`, `letters` (reader, to, and: subject and text; or folder and files with name and bytes; or queued, the
mail's id; or empty), `problems`.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable

from bot.app import load_settings
from bot.commands import BUG, MENDABLE, WELL, config_path
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.showing import Shown, shown_report
from bot.terminal_text import harmless_lines, one_line


def run(options: Namespace) -> int:
    """Show, write or send it."""
    return tell(shown_report, options)


def tell(show: Callable[[Namespace, Settings], Shown], options: Namespace) -> int:
    """Print what `show` has to say."""
    set_up_logs(as_json=not sys.stderr.isatty())
    shown = show(options, load_settings(config_path(options)))
    if options.json:
        print(json.dumps(shown.facts, ensure_ascii=False, indent=2))
    else:
        for text in shown.lines:
            print(harmless_lines(text))
    for problem in shown.problems:
        print(f"✗ {one_line(problem)}", file=sys.stderr)
    return BUG if shown.is_bug else MENDABLE if shown.problems else WELL
