"""`outbox`: the mails; list, retry ID …, drop ID ….

As JSON: `at`, `asked` (status, order_no, limit), `mails` (id, kind, words, order_no, to, status, says, made, sent, next_try,
when, attempts, uncertain, error), newest first, and `more`, how many are not shown.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from bot.app import build_state, load_settings, utc_now
from bot.commands import MENDABLE, WELL, config_path
from bot.commands.showing import say, tell
from bot.outbox import Status
from bot.ports import State
from bot.reporting.outbox import Asked, chosen, left_lines, outbox_facts, outbox_lines, outbox_page
from bot.terminal_text import one_line

#: What is said when it is done, and of an id with which it cannot be done.
_DONE = {"retry": "Queued; the next poll sends {them}.", "drop": "Dropped; {they} will not be sent."}
_REFUSED = {
    "retry": "There is no mail '{id}' that could be sent again: see python -m bot outbox list",
    "drop": "There is no unsent mail '{id}': see python -m bot outbox list",
}
#: The most mails one word may concern.
_MOST = 100_000


def run(options: Namespace) -> int:
    """Do what `options.action` says."""
    settings = load_settings(config_path(options))
    state = build_state(settings, changing=options.action != "list")
    try:
        if options.action == "list":
            return _list(options, state, settings.timezone)
        return _all(options, state) if options.all else _named(options, state, options.ids)
    finally:
        state.close()


def _list(options: Namespace, state: State, timezone: str) -> int:
    # `outbox` without an action is `outbox list` without options.
    status = getattr(options, "status", None)
    asked = Asked(
        Status(status) if status else None,
        getattr(options, "order", "").strip(),
        getattr(options, "limit", 50),
    )
    facts = outbox_facts(state, timezone, utc_now(), asked)
    tell(facts, outbox_lines(facts), outbox_page(facts), as_json=getattr(options, "json", False))
    return WELL


def _named(options: Namespace, state: State, ids: Sequence[str]) -> int:
    done = [message_id for message_id in dict.fromkeys(ids) if _do(options.action, state, message_id)]
    if done:
        many = len(done) > 1
        words = _DONE[options.action].format(them="them" if many else "it", they="they" if many else "it")
        print(f"{len(done)} mails: {words}" if many else words)
    refused = [message_id for message_id in dict.fromkeys(ids) if message_id not in done]
    for message_id in refused:
        print(_REFUSED[options.action].format(id=one_line(message_id)), file=sys.stderr)
    return MENDABLE if refused else WELL


def _do(action: str, state: State, message_id: str) -> bool:
    return state.retry(message_id, utc_now()) if action == "retry" else state.drop(message_id)


def _all(options: Namespace, state: State) -> int:
    """Every mail of one status, once somebody has said so."""
    choice = chosen(state.messages((Status(options.all),), limit=_MOST), options.action)
    say(left_lines(choice.left))
    if not choice.meant:
        print(f"No {'other ' if choice.left else ''}mail is {options.all}.")
        return WELL
    asked = f"{'Send' if options.action == 'retry' else 'Drop'} {len(choice.meant)} mail(s) that are {options.all}?"
    if not options.yes:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            print(f"{asked} Add --yes to say so where nobody can be asked.", file=sys.stderr)
            return MENDABLE
        if not _is_meant(asked):
            print("Nothing was done.")
            return WELL
    return _named(options, state, choice.meant)


def _is_meant(asked: str) -> bool:
    """A person's answer; none at all, as by Ctrl-D, means no."""
    try:
        return input(f"{asked} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False
