"""`restore FILE`: fills an unused state of either kind from a backup."""

from __future__ import annotations

from argparse import Namespace
from zoneinfo import ZoneInfo

from bot.app import load_settings, restore_state
from bot.commands import WELL, config_path
from bot.commands.headway_shown import rows_shown


def run(options: Namespace) -> int:
    """Fill the database and say what follows."""
    settings = load_settings(config_path(options))
    with rows_shown("restoring") as tell:
        restored = restore_state(settings, options.file, tell, moved=options.moved)
    made_at = restored.about.made_at.astimezone(ZoneInfo(settings.timezone))
    print(f"Restored the state of {made_at:%Y-%m-%d %H:%M}: {restored.about.words}.")
    if options.moved:
        print("Everything goes on as it was.")
        return WELL
    print("What has happened since then the next poll learns from the sheet; nobody is mailed twice.")
    if restored.held:
        print(f"{restored.held} mail(s) had not been sent then and may have been since, so they are held:")
        print(
            "  python -m bot outbox list     shows them; outbox retry ID sends one, outbox drop ID forgets it"
        )
    return WELL
