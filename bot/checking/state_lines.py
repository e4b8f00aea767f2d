"""What the memory tells: does the worker get through, does mail leave, when does something run next? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.checking.facts import OutboxFacts
from bot.checking.lines import Line, hint, well, wrong

_LIST = "See python -m bot outbox list; then outbox retry ID, or outbox drop ID."
#: Mail that ought to have left waits longer than this only where nobody sends it.
STUCK = timedelta(minutes=15)


def polls_line(facts: Mapping[str, Any]) -> Line:
    """Whether the last look at the workbook went well; `facts` are those of `status`."""
    if facts["failing"]:
        said = f"{facts['failures_in_a_row']} failed in a row, the last at {facts['last_failure']}: {facts['failing']}"
        return wrong(
            "polls", said, "Put right what is wrong above; the worker tries again by itself.", outside=True
        )
    if not facts["last_poll"]:
        return hint("polls", "none yet")
    return well("polls", f"the last one went well, at {facts['last_poll']}")


def outbox_lines(outbox: OutboxFacts, now: datetime, zone: ZoneInfo) -> tuple[Line, ...]:
    """Mails that do not leave, and what is held until somebody lets it go."""
    lines = [_mails(outbox, now, zone)]
    if outbox.holds:
        said = f"on hold: {', '.join(outbox.holds)}"
        lines.append(
            wrong("holds", said, "Look at the Problem cells; if all is meant: python -m bot release")
        )
    else:
        lines.append(well("holds", "nothing is held"))
    return tuple(lines)


def _mails(outbox: OutboxFacts, now: datetime, zone: ZoneInfo) -> Line:
    held = outbox.held - outbox.rehearsed
    if outbox.dead or held:
        counts = ((outbox.dead, "refused for good"), (held, "held for a person to decide"))
        said = ", ".join(f"{count} {what}" for count, what in counts if count)
        return wrong("outbox", said, _LIST)
    if outbox.paused:
        return wrong(
            "outbox",
            f"no mail leaves for now: {outbox.paused}",
            "Put right what is said of the mail server.",
            outside=True,
        )
    if outbox.overdue is not None and outbox.overdue < now - STUCK:
        since = outbox.overdue.astimezone(zone)
        said = f"mail waits since {since:%Y-%m-%d %H:%M} that could leave"
        if outbox.capped:
            return hint("outbox", f"{said} but for mail.per_day: that many have left within a day")
        return wrong("outbox", said, "See that a worker runs: python -m bot run")
    if outbox.rehearsed:
        return hint("outbox", f"{outbox.rehearsed} held by the rehearsal (mail.only_to), nothing stuck")
    return well("outbox", "nothing is stuck")


def runs_line(automations: Mapping[str, Mapping[str, Any]], timezone: str) -> Line:
    """When the automations run next, in the team's time; `automations` are those of `status`."""
    due = sorted((one["next_run"], key) for key, one in automations.items() if one["on"] and one["next_run"])
    if not automations:
        return hint("next runs", "known once the worker has met the Automations tab")
    if not due:
        return hint("next runs", "none: every automation that has a time is switched off")
    lines = (f"{datetime.fromisoformat(moment):%a %Y-%m-%d %H:%M}  {key}" for moment, key in due)
    return well("next runs", "\n".join((f"in {timezone} time", *lines)))
