"""`init`: builds or repairs the workbook's layout."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.app import build_app, load_settings
from bot.commands import MENDABLE, WELL, config_path
from bot.commands.headway_shown import headway_shown
from bot.init import foreseen, initialise
from bot.logs import set_up_logs


def run(options: Namespace) -> int:
    """Add what is missing, and say so; `--dry-run` only says so, and `--map` looks for the team's own names instead."""
    if options.map:
        from bot.commands.init_map import run as take_over  # noqa: PLC0415 - most runs of init need none of it

        return take_over(options)
    set_up_logs(as_json=not sys.stderr.isatty())
    settings = load_settings(config_path(options))
    with headway_shown() as tell:
        app = build_app(settings, changing=not options.dry_run, tell=tell)
        try:
            done = (foreseen if options.dry_run else initialise)(app, with_guide=options.guide)
        finally:
            app.state.close()
    if options.dry_run and done.said:
        print("init would do this; nothing has been changed:")
    for line in (*(done.said or ("Nothing to change.",)), *done.notes):
        print(line)
    for problem in done.problems:
        print(f"✗ {problem}", file=sys.stderr)
    return MENDABLE if done.problems else WELL
