"""What the bot has begun by itself, in RAM: the part of the state in memory that automations need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.outbox import Message
from bot.planning.runs import ClosedWeek, Run, RunsSeen, Standing
from bot.ports import Commit, Conflict


class MemoryRuns:
    """Standings and runs by key, and the closed weeks."""

    def __init__(self) -> None:
        self._standings: dict[str, Standing] = {}
        self._runs: dict[str, Run] = {}
        self._weeks: dict[str, ClosedWeek] = {}

    def refuse_doubles(self, changes: Commit) -> None:
        """Raise Conflict when a new run or week is there already; changes nothing."""
        begun = changes.new_runs & self._runs.keys()
        if begun:
            raise Conflict(f"The run {min(begun)} has been begun already.")
        ids = {week.mark.id for week in changes.weeks}
        if len(ids) < len(changes.weeks) or ids & self._weeks.keys():
            raise Conflict("One of these weeks is closed already.")

    def store(self, changes: Commit) -> None:
        """Store what a commit says of automations."""
        self._standings |= {standing.automation: standing for standing in changes.standings}
        self._runs |= {run.id: run for run in changes.runs}
        self._weeks |= {week.mark.id: week for week in changes.weeks}

    def seen(self, messages: Iterable[Message]) -> RunsSeen:
        """Everything `RunsSeen` promises, with the mail of its runs counted among these messages."""
        by_age = sorted(self._runs.values(), key=lambda run: (run.begun_at, run.id))
        latest = {(run.automation, run.asked): run for run in by_age}
        wanted = [run for run in by_age if run.done_at is None] + list(latest.values())
        runs = {run.id: run for run in wanted}
        weeks = self.closed_weeks()
        return RunsSeen(
            dict(self._standings),
            runs,
            _mail_counts(runs, messages),
            weeks[-1].mark if weeks else None,
        )

    def replace_weeks(self, weeks: Iterable[ClosedWeek]) -> None:
        """Store these in place of those of the same ids."""
        self._weeks |= {week.mark.id: week for week in weeks}

    def closed_weeks(self) -> list[ClosedWeek]:
        """Every closed week, oldest first."""
        return sorted(self._weeks.values(), key=lambda week: (week.mark.end, week.mark.id))


def _mail_counts(runs: Mapping[str, Run], messages: Iterable[Message]) -> dict[str, dict[str, int]]:
    beginnings = tuple(run.mail_prefix for run in runs.values())
    theirs = [(m.id, str(m.status)) for m in messages if m.id.startswith(beginnings)]
    counts = {
        run.id: dict(Counter(status for id_, status in theirs if id_.startswith(run.mail_prefix)))
        for run in runs.values()
    }
    return {run_id: by_status for run_id, by_status in counts.items() if by_status}
