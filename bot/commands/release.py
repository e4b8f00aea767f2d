"""`release`: lets everything go that is held, and says what that is and what comes next.

As JSON: `at`, `held` (key: count, released, details, since, what, releasable, ends_by, then) as it was before, `mails_held`,
`mails_dead`, `released` (how many were let go).
"""

from __future__ import annotations

from argparse import Namespace

from bot.app import build_state, load_settings, utc_now
from bot.commands import WELL, config_path
from bot.commands.showing import tell
from bot.reporting.held import ended_by_release, release_facts, release_lines, release_page


def run(options: Namespace) -> int:
    """Leave word for the worker."""
    settings = load_settings(config_path(options))
    state = build_state(settings)
    try:
        held = release_facts(state, settings.timezone, utc_now())
        state.release()
    finally:
        state.close()
    facts = {**held, "released": ended_by_release(held)}
    tell(facts, release_lines(facts), release_page(facts), as_json=options.json)
    return WELL
