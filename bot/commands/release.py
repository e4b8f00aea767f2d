"""`release`: lets everything go that is held."""

from __future__ import annotations

from argparse import Namespace

from bot.app import build_state, load_settings
from bot.commands import WELL, config_path


def run(options: Namespace) -> int:
    """Leave word for the worker."""
    count = build_state(load_settings(config_path(options))).release()
    print(f"{count} hold(s) released; the next poll acts on it." if count else "Nothing is held.")
    return WELL
