"""`outbox`: the mails; list, retry ID, drop ID."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.app import build_state, load_settings, utc_now
from bot.commands import MENDABLE, WELL, config_path
from bot.reporting import outbox_lines


def run(options: Namespace) -> int:
    """Do what `options.action` says."""
    actions = {"list": _list, "retry": _retry, "drop": _drop}
    return actions[options.action](options)


def _list(options: Namespace) -> int:
    settings = load_settings(config_path(options))
    print("\n".join(outbox_lines(build_state(settings, changing=False), settings.timezone)))
    return WELL


def _retry(options: Namespace) -> int:
    if build_state(load_settings(config_path(options))).retry(options.id, utc_now()):
        print("Queued; the next poll sends it.")
        return WELL
    print(
        f"There is no mail '{options.id}' that could be sent again: see python -m bot outbox list",
        file=sys.stderr,
    )
    return MENDABLE


def _drop(options: Namespace) -> int:
    if build_state(load_settings(config_path(options))).drop(options.id):
        print("Dropped; it will not be sent.")
        return WELL
    print(f"There is no unsent mail '{options.id}': see python -m bot outbox list", file=sys.stderr)
    return MENDABLE
