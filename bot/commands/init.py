"""`init`: builds or repairs the workbook's layout."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.app import build_app, load_settings
from bot.commands import MENDABLE, WELL, config_path
from bot.init import foreseen, initialise


def run(options: Namespace) -> int:
    """Add what is missing, and say so; with `--dry-run` only say so."""
    app = build_app(load_settings(config_path(options)), changing=not options.dry_run)
    done = (foreseen if options.dry_run else initialise)(app, with_guide=options.guide)
    if options.dry_run and done.said:
        print("init would do this; nothing has been changed:")
    for line in (*(done.said or ("Nothing to change.",)), *done.notes):
        print(line)
    for problem in done.problems:
        print(f"✗ {problem}", file=sys.stderr)
    return MENDABLE if done.problems else WELL
