"""`status`: how things stand, or the whole story of one order.

As JSON, times with their offset: `well` and `says` (the verdict), `at`, `last_poll`, `last_failure`, `failing`,
`failures_in_a_row`, `next_try`, `worker` (host, pid, here, dead, until; null when none holds the workbook), `adopted_at`,
`counts` (mail.<status>, uncertain, orders, sightings, waiting), `mail_oldest` (status: since), `mail_in_doubt` (id,
order_no, status, times, since), `mail_caps` (per_minute, per_hour, per_day: used, of), `waiting_rows` (tab, since),
`waiting_because` (reason: rows), `steps_refused`, `held` (key: count, released, details, since, what, releasable,
ends_by, then), `mail_paused` (until, why, over; null), `next_mail_due`, `automations` (key: on, when, next_run,
last_run, result, failed), `closed_weeks`, `reports_failing`, `reports_failed_at`, `schema_version`,
`silent_after_minutes` (so long without a poll is trouble).
With --order: `order_no`, `since`, `lines` (row_id, state, since), `happened` (at, what, words, before, after, detail),
`mails` (kind, words, to, status, at, uncertain, error).
"""

from __future__ import annotations

import sys
from argparse import Namespace
from zoneinfo import ZoneInfo

from bot.adapters.processes import is_dead, owner_name
from bot.app import build_rules, build_state, load_settings, utc_now
from bot.blocks import Tone
from bot.commands import MENDABLE, WELL, config_path
from bot.commands.showing import tell
from bot.order_story import order_story, story_lines, story_page
from bot.ports import State
from bot.reporting.status import Circumstances, status_facts
from bot.reporting.status_words import status_lines, status_page, verdict
from bot.reporting.times import local
from bot.settings import Settings
from bot.terminal_text import one_line


def run(options: Namespace) -> int:
    """Say it, as a page, as lines or as JSON."""
    settings = load_settings(config_path(options))
    state = build_state(settings, changing=False)
    try:
        return _story(options, settings, state) if options.order else _status(options, settings, state)
    finally:
        state.close()


def _status(options: Namespace, settings: Settings, state: State) -> int:
    rules = build_rules(settings)
    around = Circumstances(
        silent=settings.watch.silent,
        hours=rules.hours,
        every=settings.poll.every,
        settle=rules.settle,
        language=rules.language,
        per_minute=settings.mail.per_minute,
        per_hour=settings.mail.per_hour,
        per_day=settings.mail.per_day,
        own=owner_name(),
        is_dead=is_dead,
    )
    facts = status_facts(state, settings.timezone, utc_now(), around)
    said = verdict(facts)
    facts = {"well": said.tone is Tone.GOOD, "says": said.text, **facts}
    tell(facts, (said.text, *status_lines(facts)), status_page(facts), as_json=options.json)
    return WELL


def _story(options: Namespace, settings: Settings, state: State) -> int:
    wanted = options.order.strip()
    story = order_story(state, wanted, settings.timezone)
    if story is None:
        print(f"There is no order '{one_line(wanted)}': see the Order No. column.", file=sys.stderr)
        return MENDABLE
    now = local(utc_now(), ZoneInfo(settings.timezone)) or ""
    tell(story, story_lines(story), story_page(story, now), as_json=options.json)
    return WELL
