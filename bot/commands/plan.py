"""`plan`: what the next cycle would do; it changes nothing.

As JSON: `at`, `says`, `changes` (what, says, order_no, tab, row, count), `mails` (id, kind, order_no, to), `waiting` (tab,
since), `problems` (tab, row, order_no, before, after), `edits` (what, tab, row, cells), `cells`.
"""

from __future__ import annotations

from argparse import Namespace

from bot.app import build_app, load_settings
from bot.commands import WELL, config_path
from bot.commands.showing import tell
from bot.cycle import preview_plan
from bot.reporting.plan import plan_facts, plan_lines, plan_page, plan_sentence


def run(options: Namespace) -> int:
    """Say the plan."""
    settings = load_settings(config_path(options))
    app = build_app(settings, changing=False)
    try:
        now = app.clock()
        plan, projection = preview_plan(app, now)
    finally:
        app.state.close()
    facts = plan_facts(plan, projection, settings.timezone, now)
    said = plan_sentence(facts)
    lines = list(plan_lines(plan, projection))
    tell(
        {"says": said, **facts},
        lines if lines == [said] else [said, *lines],
        plan_page(facts),
        as_json=options.json,
    )
    return WELL
