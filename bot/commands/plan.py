"""`plan`: what the next cycle would do."""

from __future__ import annotations

from argparse import Namespace

from bot.app import build_app, load_settings
from bot.commands import WELL, config_path
from bot.cycle import preview_plan
from bot.reporting import plan_lines


def run(options: Namespace) -> int:
    """Print the plan; change nothing."""
    app = build_app(load_settings(config_path(options)), changing=False)
    plan, projection = preview_plan(app, app.clock())
    print("\n".join(plan_lines(plan, projection)))
    return WELL
