"""`backup FILE`: a copy of the state, also while the worker runs."""

from __future__ import annotations

from argparse import Namespace

from bot.app import back_up_state, load_settings
from bot.commands import WELL, config_path
from bot.commands.headway_shown import rows_shown


def run(options: Namespace) -> int:
    """Write the file and say what is in it."""
    settings = load_settings(config_path(options))
    with rows_shown("backing up") as tell:
        about = back_up_state(settings, options.file, tell, force=options.force)
    size = options.file.stat().st_size / 1_000_000
    print(f"Backed up into {options.file} ({size:.1f} MB): {about.words}.")
    if about.worker_ran:
        print("The worker was running. To move the state elsewhere, stop it and back up again.")
    return WELL
