"""Telling admins, once a day, that mail is held because one customer would get too many. Decides nothing about the mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from bot.mails.rendering import Renderer, promised
from bot.outbox import Message
from bot.planning.notices import CUSTOMER_FIRST, admin_drafts
from bot.planning.rules import Rules
from bot.planning.sightings import Hold
from bot.ports import State

#: The topic of the notice, and the beginning of its id behind the kind.
_TOPIC = "capped"
#: A notice names so many mails; the outbox lists them all.
_MOST_NAMED = 20


def cap_notices(
    held: Sequence[str], state: State, renderer: Renderer, rules: Rules, workbook_link: str, now: datetime
) -> tuple[Message, ...]:
    """One mail to each admin about the mails of these ids, held just now, unless one was owed already today."""
    # The team's day is in the id, so that the same day's notice is the same mail.
    today = datetime.combine(rules.wall_clock(now).date(), time(), rules.timezone)
    hold = Hold(_TOPIC, today, len(held), details=tuple(held[:_MOST_NAMED]))
    drafts = admin_drafts(hold, rules, workbook_link, "")
    # An alarm does not wait behind what it warns of.
    urgent = [replace(d, priority=CUSTOMER_FIRST) for d in drafts if not state.known_messages(d.id)]
    return tuple(promised(draft, renderer, now, rules) for draft in urgent)
