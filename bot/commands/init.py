"""`init`: builds or repairs the workbook's layout."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.app import build_app, load_settings
from bot.commands import MENDABLE, WELL, config_path
from bot.commands.headway_shown import headway_shown
from bot.init import initialise


def run(options: Namespace) -> int:
    """Add what is missing, and say so."""
    settings = load_settings(config_path(options))
    with headway_shown() as tell:
        done = initialise(build_app(settings, tell=tell))
    for line in (*(done.said or ("Nothing to change.",)), *done.notes):
        print(line)
    for problem in done.problems:
        print(f"✗ {problem}", file=sys.stderr)
    return MENDABLE if done.problems else WELL
