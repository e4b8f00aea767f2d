"""What `status` knows: how things stand, as facts for machines. `status_words` says them to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.outbox import Status
from bot.patience import patience
from bot.planning.due import latest_begun, next_due, weeks_seen
from bot.planning.rules import HourRules, Rules
from bot.planning.run_words import result_words
from bot.planning.runs import RunsSeen
from bot.planning.sightings import Seen, Waiting, Wanted
from bot.ports import State
from bot.reporting.held import held_facts
from bot.reporting.times import local
from sheets_schema import BY_KEY
from sheets_schema.automations import ALL_AUTOMATIONS
from sheets_schema.cells import is_blank

#: How many mails in doubt are named one by one.
_DOUBTS_NAMED = 20


@dataclass(frozen=True)
class Circumstances:
    """What `status` must be told that the state does not know."""

    #: When mail may leave that can wait.
    hours: HourRules = field(default_factory=HourRules)
    #: Seconds from poll to poll, and how long a row must stand unchanged.
    every: float = 30
    settle: timedelta = timedelta(seconds=20)
    #: Minutes without a poll that count as silence.
    silent: int = 15
    #: In which language the titles of columns are told.
    language: str = "en"
    #: Caps of the mail account; 0 = not told.
    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0
    #: How a worker of this process would be called, to see whether another one is on the same machine.
    own: str = ""
    is_dead: Callable[[str], bool] = lambda _owner: False


def status_facts(
    state: State,
    timezone: str,
    now: datetime,
    around: Circumstances = Circumstances(),
) -> dict[str, Any]:
    """How things stand, for machines; times in the team's zone."""
    zone = ZoneInfo(timezone)
    facts = state.facts()
    seen = state.recall(Wanted())
    paused = state.paused()
    rules = Rules(language="en", timezone=zone, hours=around.hours)
    return {
        "at": local(now, zone),
        "last_poll": local(facts.get("last_poll"), zone),
        "silent_after_minutes": around.silent,
        "last_failure": local(facts.get("last_failure"), zone),
        "failing": facts.get("last_error", ""),
        "failures_in_a_row": int(facts.get("failures", "0")) if facts.get("last_error") else 0,
        "next_try": local(_next_try(facts, around.every), zone),
        "worker": _worker(state.holder(), around, now, zone),
        "adopted_at": local(facts.get("adopted_at"), zone),
        "counts": state.counts(),
        "mail_oldest": {str(status): local(since, zone) for status, since in state.oldest().items()},
        "mail_in_doubt": _in_doubt(state, zone),
        "mail_caps": _caps(state, around, now),
        "waiting_rows": [{"tab": w.tab, "since": local(w.since, zone)} for w in seen.waiting],
        "waiting_because": _reasons(seen, around, now),
        "steps_refused": len(state.refused()),
        "held": held_facts(seen.holds, zone),
        "mail_paused": {"until": local(paused[0], zone), "why": paused[1], "over": paused[0] <= now}
        if paused
        else None,
        "next_mail_due": local(state.next_due(), zone),
        "automations": _automations(seen.automations, rules, now),
        "closed_weeks": [week.mark.id for week in state.closed_weeks()],
        "reports_failing": facts.get("reports_error", ""),
        "reports_failed_at": local(facts.get("reports_failed_at"), zone)
        if facts.get("reports_error")
        else None,
        "schema_version": state.schema_version(),
    }


def _next_try(facts: dict[str, str], every: float) -> datetime | None:
    """When a poll is tried again after failures; a wait that Google asked for may be longer."""
    if not facts.get("last_error") or not facts.get("last_failure"):
        return None
    failed = datetime.fromisoformat(facts["last_failure"])
    return failed + timedelta(seconds=patience(every, int(facts.get("failures", "1"))))


def _worker(
    held: tuple[str, datetime] | None, around: Circumstances, now: datetime, zone: ZoneInfo
) -> dict[str, Any] | None:
    """Who holds the lease; None when nobody does, or it has run out."""
    if held is None or held[1] <= now:
        return None
    owner, until = held
    # As `bot.adapters.processes` makes them: host, where its number counts, number, start, a random part.
    parts, own = owner.rsplit(":", 4), around.own.rsplit(":", 4)
    is_told = len(parts) == 5
    return {
        "host": parts[0],
        "pid": int(parts[2]) if is_told and parts[2].isdecimal() else None,
        "here": is_told and bool(parts[1]) and parts[1] == (own[1] if len(own) == 5 else ""),
        "dead": around.is_dead(owner),
        "until": local(until, zone),
    }


def _in_doubt(state: State, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Mails that were perhaps sent and whose story is not over, newest first."""
    if not state.counts()["uncertain"]:
        return []
    still_open = (Status.QUEUED, Status.CLAIMED, Status.SENDING, Status.HELD)
    found = [message for message in state.messages(still_open, limit=1000) if message.uncertain]
    return [
        {
            "id": m.id,
            "order_no": m.order_no,
            "status": str(m.status),
            "times": m.uncertain,
            "since": local(m.created_at, zone),
        }
        for m in found[:_DOUBTS_NAMED]
    ]


def _caps(state: State, around: Circumstances, now: datetime) -> dict[str, dict[str, int]]:
    """How much of what may be sent has been sent; the day is the last 24 hours, as mail providers count."""
    spans = {
        "per_minute": (around.per_minute, timedelta(minutes=1)),
        "per_hour": (around.per_hour, timedelta(hours=1)),
        "per_day": (around.per_day, timedelta(days=1)),
    }
    return {
        key: {"used": state.sent_since(now - span), "of": cap} for key, (cap, span) in spans.items() if cap
    }


def _reasons(seen: Seen, around: Circumstances, now: datetime) -> dict[str, int]:
    """Why rows are no orders yet, in words, and how many are for each reason; most first.

    What only a look at the workbook tells, such as a customer that is not listed, stands in the row's Problem cell.
    """
    flood = seen.holds.get("flood")
    held = flood is not None and not flood.released
    return dict(Counter(_reason(row, around, now, held=held) for row in seen.waiting).most_common())


def _reason(row: Waiting, around: Circumstances, now: datetime, *, held: bool) -> str:
    blank = [
        f.title(around.language)
        for f in BY_KEY[row.tab].fields
        if f.required and is_blank(row.cells.get(f.key, ""))
    ]
    if blank:
        return f"lacks {', '.join(blank)}"
    if now < row.since + around.settle:
        return "complete a moment ago, may still be typed in"
    return "held with many others" if held else "see the row's Problem cell"


def _automations(seen: RunsSeen, rules: Rules, now: datetime) -> dict[str, dict[str, Any]]:
    """Each automation the bot has met, in the order of its tab; what became of its last run in words."""
    zone = rules.timezone
    weeks = weeks_seen(seen.standings, seen, now, rules)
    found: dict[str, dict[str, Any]] = {}
    for key in (a.key for a in ALL_AUTOMATIONS if a.key in seen.standings):
        standing, run = seen.standings[key], latest_begun(key, seen)
        mail = seen.mail.get(run.id, {}) if run else {}
        found[key] = {
            "on": standing.on,
            "when": standing.when,
            "next_run": local(next_due(standing, seen, weeks, now, rules), zone),
            "last_run": local(run.begun_at, zone) if run else None,
            "result": result_words(run, mail, rules) if run else "",
            "failed": bool(run and run.failures) or any(mail.get(word) for word in ("dead", "held")),
        }
    return found
