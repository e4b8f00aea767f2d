"""`check`: the doctor; with `--mail` one test mail instead."""

from __future__ import annotations

import json
from argparse import Namespace

from bot.app import build_mailer, build_renderer, build_surroundings, load_settings, utc_now
from bot.checking.examining import examine
from bot.checking.lines import Group, facts_of, status_of, told
from bot.checking.trial import refusal, send_trial, trial_draft
from bot.commands import config_path
from bot.settings import Settings


def run(options: Namespace) -> int:
    """Look at everything and say how it stands, or send the test mail."""
    path = config_path(options)
    settings = load_settings(path)
    examined = _trial(options.mail, settings) if options.mail else examine(build_surroundings(settings, path))
    groups = []
    for group in examined:
        groups.append(group)
        if not options.json:
            # As soon as it is known: a mail server that does not answer takes its time.
            print("\n".join(told(group)), flush=True)
    if options.json:
        print(json.dumps(facts_of(groups), ensure_ascii=False, indent=2))
    return status_of(groups)


def _trial(address: str, settings: Settings) -> tuple[Group]:
    mail, now = settings.mail, utc_now()
    line = refusal(address, mail)
    if line is None:
        draft = trial_draft(address, mail, settings.language, now)
        line = send_trial(build_mailer(settings), build_renderer(settings), draft, mail, now)
    return (Group("Mail", (line,)),)
