"""What `plan`, `status` and `outbox` say, as lines for people and facts for machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.planning.drafting import Plan
from bot.planning.due import latest_begun, next_due, weeks_seen
from bot.planning.rules import HourRules, Rules
from bot.planning.run_words import result_words
from bot.planning.runs import RunsSeen
from bot.planning.sightings import Wanted
from bot.ports import State
from bot.projection import AppendRow, Projection, ReplaceText, SetCells
from sheets_schema.automations import ALL_AUTOMATIONS
from sheets_schema.workflow import STATES

_HAPPENED = {
    "adopted": "first meeting: {count} rows would be adopted, none mailed",
    "memory_rebuilt": "memory would be rebuilt from the sheet, nothing mailed",
    "rebuilt": "{count} rows known from an earlier life",
    "order_claimed": "order {order_no}: {count} line(s), {tab} row {row}",
    "resend_asked": "order {order_no}: purchase detail once more (no. {count})",
    "order_approved": "order {order_no}: approved, the customer hears",
    **{f"moved_{s.key}": f"order {{order_no}}: now '{s.en}', {{tab}} row {{row}}" for s in STATES},
    "row_changed": "order {order_no}: changed since it was confirmed, {tab} row {row}",
    "answered": "order {order_no}: the customer has answered, {tab} row {row}",
    "row_edited": "order {order_no}: edited, {tab} row {row}",
    "row_vanished": "order {order_no}: its row {row} in {tab} is gone",
    "claim_withdrawn": "order {order_no}: withdrawn, its row changed before it was numbered",
    "held_flood": "{count} new orders at once: held until released",
    "held_emptied": "{tab}: all {count} rows vanished at once: held until released",
    "held_header": "{tab}: {count} title(s) to put right",
    "held_tab": "{tab}: the tab is missing",
    "released": "{count} hold(s) released",
}


def plan_lines(plan: Plan, projection: Projection) -> Iterator[str]:
    """The plan of the next cycle, a line each."""
    for change in plan.changes:
        words = _HAPPENED.get(change.what, change.what)
        yield words.format(order_no=change.order_no, tab=change.tab, row=change.row, count=change.count)
    for draft in plan.drafts:
        yield f"mail {draft.id} to {draft.recipient.email}"
    for waiting in plan.waiting:
        yield f"waiting: a row of {waiting.tab}, unchanged since {waiting.since:%Y-%m-%d %H:%M:%S} UTC"
    for edit in projection.edits:
        match edit:
            case SetCells():
                yield f"write {len(edit.cells)} cell(s) in {edit.tab} row {edit.row}"
            case AppendRow():
                yield f"append a row to {edit.tab}"
            case ReplaceText():
                yield f"replace '{edit.old}' by '{edit.new}' in {edit.tab}"
            case _:
                yield "leave the marker"
    if not (plan.changes or plan.drafts or plan.waiting or projection.edits):
        yield "Nothing to do."


def status_facts(
    state: State,
    timezone: str,
    now: datetime,
    hours: HourRules = HourRules(),  # noqa: B008 - nothing in it changes
) -> dict[str, Any]:
    """How things stand, for machines; times in the team's zone. `hours`: when mail may leave that can wait."""
    zone = ZoneInfo(timezone)
    facts = state.facts()
    seen = state.recall(Wanted())
    paused = state.paused()
    due = state.next_due()
    return {
        "last_poll": _local(facts.get("last_poll"), zone),
        "last_failure": _local(facts.get("last_failure"), zone),
        "failing": facts.get("last_error", ""),
        "failures_in_a_row": int(facts.get("failures", "0")) if facts.get("last_error") else 0,
        "adopted_at": _local(facts.get("adopted_at"), zone),
        "counts": state.counts(),
        "waiting_rows": [{"tab": w.tab, "since": _local(w.since.isoformat(), zone)} for w in seen.waiting],
        "held": {
            key: {"count": h.count, "released": h.released, "details": list(h.details)}
            for key, h in seen.holds.items()
        },
        "mail_paused": {"until": _local(paused[0].isoformat(), zone), "why": paused[1]} if paused else None,
        "next_mail_due": _local(due.isoformat(), zone) if due else None,
        "automations": _automations(seen.automations, Rules(language="en", timezone=zone, hours=hours), now),
        "closed_weeks": [week.mark.id for week in state.closed_weeks()],
        "reports_failing": facts.get("reports_error", ""),
        "reports_failed_at": _local(facts.get("reports_failed_at"), zone)
        if facts.get("reports_error")
        else None,
    }


def _automations(seen: RunsSeen, rules: Rules, now: datetime) -> dict[str, dict[str, Any]]:
    """Each automation the bot has met, in the order of its tab; what became of its last run in words."""
    zone = rules.timezone
    weeks = weeks_seen(seen.standings, seen, now, rules)
    found: dict[str, dict[str, Any]] = {}
    for key in (a.key for a in ALL_AUTOMATIONS if a.key in seen.standings):
        standing, run = seen.standings[key], latest_begun(key, seen)
        due = next_due(standing, seen, weeks, now, rules)
        mail = seen.mail.get(run.id, {}) if run else {}
        found[key] = {
            "on": standing.on,
            "when": standing.when,
            "next_run": _local(due.isoformat(), zone) if due else None,
            "last_run": _local(run.begun_at.isoformat(), zone) if run else None,
            "result": result_words(run, mail, rules) if run else "",
            "failed": bool(run and run.failures) or any(mail.get(word) for word in ("dead", "held")),
        }
    return found


def _local(text: str | None, zone: ZoneInfo) -> str | None:
    return datetime.fromisoformat(text).astimezone(zone).isoformat(timespec="seconds") if text else None


def status_lines(facts: dict[str, Any]) -> Iterator[str]:
    """How things stand, for people."""
    yield f"last poll       {facts['last_poll'] or 'never'}"
    if facts["failing"]:
        yield f"✗ failing       {facts['failing']} ({facts['failures_in_a_row']} in a row, last {facts['last_failure']})"
    counts = dict(facts["counts"])
    mail = {key.partition(".")[2]: counts.pop(key) for key in sorted(counts) if key.startswith("mail.")}
    yield "mail            " + (", ".join(f"{n} {status}" for status, n in mail.items() if n) or "none yet")
    for key, count in sorted(counts.items()):
        yield f"{key:<15} {count}"
    for key, hold in facts["held"].items():
        word = (
            "released, goes with the next poll"
            if hold["released"]
            else "held: python -m bot release lets it go"
        )
        yield f"✗ {key:<13} {hold['count']} {word}"
    if facts["mail_paused"]:
        yield f"✗ mail paused   until {facts['mail_paused']['until']}: {facts['mail_paused']['why']}"
    if facts["next_mail_due"]:
        yield f"next mail due   {facts['next_mail_due']}"
    if facts["reports_failing"]:
        yield f"✗ reports       {facts['reports_failing']} (last {facts['reports_failed_at']})"
    if weeks := facts["closed_weeks"]:
        yield f"weeks closed    {len(weeks)}, the last {weeks[-1]}"
    for key, automation in facts["automations"].items():
        yield f"{f'✗ {key}' if automation['failed'] else key:<15} {_automation_words(automation)}"


def _automation_words(automation: dict[str, Any]) -> str:
    parts = ["on" if automation["on"] else "off"]
    parts += [f"next {automation['next_run']}"] if automation["next_run"] else []
    parts += [f"last {automation['last_run']}: {automation['result']}"] if automation["last_run"] else []
    return ", ".join(parts)


def outbox_lines(state: State, timezone: str) -> Iterator[str]:
    """The latest mails, newest first."""
    zone = ZoneInfo(timezone)
    found = state.messages()
    if not found:
        yield "The outbox is empty."
    for message in found:
        at = message.sent_at or message.not_before or message.created_at
        doubt = f" uncertain×{message.uncertain}" if message.uncertain else ""
        trouble = f"  {message.error}" if message.error else ""
        yield f"{message.status:<8} {at.astimezone(zone):%m-%d %H:%M}  {message.id}  → {message.recipient}{doubt}{trouble}"
