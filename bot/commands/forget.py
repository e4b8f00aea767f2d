"""`forget`: takes a person's addresses and names out of what the bot remembers."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.app import build_state, check_workbook, load_settings
from bot.commands import MENDABLE, WELL, config_path
from bot.forgetting import Forgotten, words_of
from bot.reports.figures.ledger import reworded


def run(options: Namespace) -> int:
    """Do it, and say what was found, and what still stands in the sheet."""
    try:
        words = words_of(options.words)
    except ValueError as error:
        print(error, file=sys.stderr)
        return MENDABLE
    settings = load_settings(config_path(options))
    state = build_state(settings)
    check_workbook(state, settings.workbook.id)
    weeks = [(week, reworded(week, words.taken_out)) for week in state.closed_weeks()]
    done = state.forget(words, [after for before, after in weeks if after is not before])
    for line in _told(done):
        print(line)
    return MENDABLE if done.still_there or done.still_waiting else WELL


def _told(done: Forgotten) -> list[str]:
    found = [
        (done.mails, "mail(s): their text is gone; that they were sent stays known"),
        (done.dropped, "of them waited for this address, and will not be sent"),
        (done.entries, "line(s) of the log"),
        (done.rows, "row(s) that are gone from the sheet"),
        (done.weeks, "closed week(s)"),
    ]
    lines = [f"{count} {what}" for count, what in found if count] or ["Nothing of it is remembered."]
    if done.still_there:
        lines.append(
            f"✗ {done.still_there} row(s) in the sheet still have these words: "
            "change or delete them there, wait for one poll, and run this again."
        )
    if done.still_waiting:
        lines.append(
            f"✗ {done.still_waiting} mail(s) that are still to be sent to others have these words: "
            "run this again when they have left, or drop them (outbox list)."
        )
    return lines
