"""An Automations tab and the bot's memory of it: people change `rows`, `poll` answers. No bytes, no network, no figures.

`work` plays the part of the reporter: it closes the weeks that are over and finishes the runs that people can see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapters.memory_state import MemoryState
from bot.automation_cells import automation_edits, runs_shown
from bot.planning.automations import Automated, automate, automation_rows
from bot.planning.catalog import Catalog
from bot.planning.periods import Period
from bot.planning.rules import Rules
from bot.planning.runs import ClosedWeek, Run, RunFailure, WeekMark
from bot.planning.sightings import Row, TabSnapshot
from bot.ports import Commit
from bot.projection import SetCells
from sheets_schema import AUTOMATIONS, Cell
from sheets_schema.automations import ALL_AUTOMATIONS, DIGEST, WEEKLY_PERSONAL
from sheets_schema.cells import datetime_serial
from tests.unit.rows import CATALOG, header

ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(language="en", timezone=ZONE)
PERSONAL = WEEKLY_PERSONAL.key


def at(day: str, clock: str = "18:00", zone: ZoneInfo = ZONE) -> datetime:
    """A moment by the team's clocks, such as at("2026-11-20", "18:00:01")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


#: Wednesday at noon: the bot meets the tab; Friday at six the first week ends.
MET = at("2026-11-18", "12:00")
SIX = at("2026-11-20")
WEEK = timedelta(weeks=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def serial(moment: datetime, zone: ZoneInfo = ZONE) -> float:
    """How the sheet shows it."""
    return datetime_serial(moment.astimezone(zone).replace(tzinfo=None))


class Tab:
    """The tab as `init` writes it, met by the bot on Wednesday; the daily digest is off where a test is not about it."""

    def __init__(self, rules: Rules = RULES, met: datetime | None = MET, *, marked: bool = True) -> None:
        self.rules, self.marked = rules, marked
        self.rows: list[dict[str, Cell]] = [
            {
                "automation": a.title(rules.language),
                "on": a is not DIGEST,
                "run_now": False,
                **({"when": a.when[rules.language]} if a.when else {}),
            }
            for a in ALL_AUTOMATIONS
        ]
        self.state = MemoryState()
        self.lost = False
        self.catalog: Catalog | None = CATALOG
        self.begun: list[Run] = []
        self.last = Automated()
        if met is not None:
            self.poll(met)

    def row(self, key: str = PERSONAL) -> dict[str, Cell]:
        """The row of an automation."""
        names = {a.key: (a.en, a.zh) for a in ALL_AUTOMATIONS}[key]
        return next(row for row in self.rows if row.get("automation") in names)

    def tick(self, key: str = PERSONAL) -> None:
        """A lead ticks Run now."""
        self.row(key)["run_now"] = True

    def snapshot(self) -> TabSnapshot:
        """The tab as it is read."""
        shown = [
            Row(AUTOMATIONS.key, i, {k: c for k, c in cells.items() if c != ""}, "", "")
            for i, cells in enumerate(self.rows, 2)
        ]
        return TabSnapshot(AUTOMATIONS.key, "Automations", header(AUTOMATIONS.key), tuple(shown))

    def plan(self, now: datetime, *, readable: bool = True) -> Automated:
        """What is decided now, committed; the sheet is not written yet."""
        lease = self.state.acquire("test", now, 10**9)
        assert lease is not None
        seen = self.state.recall_runs()
        rows = automation_rows(self.snapshot(), self.rules) if readable else None
        found = automate(rows, seen, self.catalog, now, self.rules, marked=self.marked, lost=self.lost)
        self.lost = False
        begun = [run for run in found.runs if run.id in found.begun]
        self.state.commit(
            Commit(standings=tuple(found.standings.values()), runs=found.runs, new_runs=found.begun), lease
        )
        self.begun += begun
        self.last = found
        return found

    def show(self, now: datetime) -> tuple[SetCells, ...]:
        """Write what the tab lacks, and note which runs people can see."""
        lease = self.state.acquire("test", now, 10**9)
        assert lease is not None
        seen = self.state.recall_runs()
        edits = automation_edits(self.snapshot(), seen, now, self.rules)
        keys = {index: key for key, index in header(AUTOMATIONS.key).columns.items()}
        for edit in edits:
            for index, cell in edit.cells.items():
                self.rows[edit.row - 2][keys[index]] = cell
        self.state.commit(Commit(runs=runs_shown(self.snapshot(), seen, self.rules)), lease)
        return edits

    def work(self, now: datetime, failures: Iterable[RunFailure] = (), **said: Any) -> None:
        """What the reporter does: close what is over, finish what is shown."""
        lease = self.state.acquire("test", now, 10**9)
        assert lease is not None
        weeks = self.last.weeks.closing if self.last.weeks is not None else ()
        runs = [r for r in self.state.recall_runs().runs.values() if r.shown and r.done_at is None]
        done = tuple(replace(r, done_at=now, failures=tuple(failures), **said) for r in runs)
        self.state.commit(Commit(runs=done, weeks=tuple(closed(week, now) for week in weeks)), lease)

    def poll(self, now: datetime) -> list[str]:
        """A whole cycle without trouble; the ids of the runs that began."""
        before = len(self.begun)
        self.plan(now)
        self.show(now)
        self.work(now)
        return [run.id for run in self.begun[before:]]

    def forget(self) -> None:
        """The disk is lost; the sheet is what is left."""
        self.state, self.lost = MemoryState(), True


def closed(week: Period, now: datetime) -> ClosedWeek:
    """A week without lines."""
    return ClosedWeek(WeekMark(week.id, week.start, week.end, now), b"")
