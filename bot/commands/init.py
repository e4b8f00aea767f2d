"""`init`: builds or repairs the workbook's layout."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.app import build_app, load_settings
from bot.commands import MENDABLE, WELL, config_path
from bot.init import initialise


def run(options: Namespace) -> int:
    """Add what is missing, and say so."""
    done = initialise(build_app(load_settings(config_path(options))))
    for line in (*(done.said or ("Nothing to change.",)), *done.notes):
        print(line)
    for problem in done.problems:
        print(f"✗ {problem}", file=sys.stderr)
    return MENDABLE if done.problems else WELL
