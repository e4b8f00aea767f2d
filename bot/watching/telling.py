"""From an incident to the mails that admins get about it. Pure."""

from __future__ import annotations

from bot.planning.notices import AdminNotice, Draft, notice_drafts, stamp
from bot.planning.rules import Rules
from bot.watching.incidents import Told
from bot.watching.old_problems import named


def incident_drafts(told: Told, rules: Rules, workbook_link: str) -> tuple[Draft, ...]:
    """One mail to each admin that it is so, or that it is over; named by its beginning, so that it is never repeated."""
    details = named(told.details, rules.language) if told.kind == "problems" else told.details
    topic, name = told.kind, f"{told.kind}:{stamp(told.since)}"
    if told.is_over:
        topic, name = f"{topic}_over", f"{name}:over"
    return notice_drafts(name, AdminNotice(topic, "", told.count, details, workbook_link), rules)
