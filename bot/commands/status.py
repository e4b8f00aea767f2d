"""`status`: how things stand, or the whole story of one order."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from bot.app import build_rules, build_state, load_settings, utc_now
from bot.commands import MENDABLE, WELL, config_path
from bot.order_story import order_story, story_lines
from bot.reporting import status_facts, status_lines
from bot.settings import Settings


def run(options: Namespace) -> int:
    """Print it, as lines for people or as JSON."""
    settings = load_settings(config_path(options))
    if options.order:
        return _story(options, settings)
    hours = build_rules(settings).hours
    facts = status_facts(build_state(settings, changing=False), settings.timezone, utc_now(), hours)
    print(json.dumps(facts, ensure_ascii=False, indent=2) if options.json else "\n".join(status_lines(facts)))
    return WELL


def _story(options: Namespace, settings: Settings) -> int:
    story = order_story(build_state(settings, changing=False), options.order.strip(), settings.timezone)
    if story is None:
        print(f"There is no order '{options.order.strip()}': see the Order No. column.", file=sys.stderr)
        return MENDABLE
    print(json.dumps(story, ensure_ascii=False, indent=2) if options.json else "\n".join(story_lines(story)))
    return WELL
