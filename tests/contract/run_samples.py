"""Values the tests of automations in the state are made of: each says only what its test is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.outbox import Message
from bot.planning.runs import ClosedWeek, Run, Standing, WeekMark
from tests.contract.samples import NOW, message

WEEK = timedelta(weeks=1)


def standing(automation: str = "weekly_personal", **said: Any) -> Standing:
    """An automation that is on."""
    usual: dict[str, Any] = {"when": "Fri 18:00", "on": True, "since": NOW}
    return Standing(automation=automation, **(usual | said))


def run(run_id: str = "weekly_personal:2026-W47", **said: Any) -> Run:
    """A run that has just been begun; its automation and period are those of its id."""
    automation, _, period = run_id.partition(":")
    usual: dict[str, Any] = {"period": period.partition(".")[0], "due_at": NOW, "begun_at": NOW}
    return Run(id=run_id, automation=automation, **(usual | said))


def week(number: int = 47, body: bytes = b"lines", closed_at: datetime | None = None) -> ClosedWeek:
    """A week of 2026, closed a second after its end; the 47th ends now."""
    end = NOW + (number - 47) * WEEK
    mark = WeekMark(f"2026-W{number:02d}", end - WEEK, end, closed_at or end + timedelta(seconds=1))
    return ClosedWeek(mark, body)


def report(run_id: str, who: str, **said: Any) -> Message:
    """A mail of a run to one person, who is part of its id."""
    return message(f"{run_id}:{who}", kind=run_id.partition(":")[0], **said)
