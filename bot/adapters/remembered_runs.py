"""What the bot has begun by itself, in SQL: how automations stand, their runs and the closed weeks.

Every function works inside the transaction of its caller and begins none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.adapters.connections import Statements, Value
from bot.adapters.tables import json_text, json_value, optional_text, optional_time, time_text, upsert
from bot.planning.runs import ClosedWeek, Run, RunFailure, RunsSeen, Standing, WeekMark
from bot.ports import Commit, Conflict

# "when", "on" and "end" mean something to a database: the columns have other names.
STANDING = ("automation", "timing", "switched_on", "since", "ticked")
RUN = (
    "id", "automation", "period", "due_at", "begun_at", "asked", "late", "shown", "done_at", "empty", "retry_at",
    "attempts", "failures", "notes",
)  # fmt: skip
_MARK = ("id", "starts_at", "ends_at", "closed_at")
WEEK = (*_MARK, "body")

_RUNS = f"SELECT {', '.join(RUN)} FROM runs WHERE "
_LATEST = """(automation, asked, begun_at) IN
    (SELECT automation, asked, MAX(begun_at) FROM runs GROUP BY automation, asked)"""


def store_runs(db: Statements, changes: Commit) -> None:
    """Store what a commit says of automations. Raises Conflict when a new run or week is there already."""
    if changes.new_runs:
        where, ids = db.among("id", changes.new_runs)
        begun = db.rows(f"SELECT id FROM runs WHERE {where} ORDER BY id", ids)
        if begun:
            raise Conflict(f"The run {begun[0][0]} has been begun already.")
    db.change_many(upsert("standings", STANDING), map(_standing_row, changes.standings))
    db.change_many(upsert("runs", RUN), map(_run_row, changes.runs))
    marks = ", ".join("?" for _ in WEEK)
    stored = db.change_many(
        f"INSERT INTO weeks ({', '.join(WEEK)}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",
        map(_week_row, changes.weeks),
    )
    if stored != len(changes.weeks):
        raise Conflict("One of these weeks is closed already.")


def recalled_runs(db: Statements) -> RunsSeen:
    """Everything `RunsSeen` promises."""
    standings = map(_standing_of, db.rows(f"SELECT {', '.join(STANDING)} FROM standings"))
    runs = {run.id: run for run in _runs_wanted(db)}
    mail = {run_id: counts for run_id, run in runs.items() if (counts := _mail_counts(db, run))}
    last = db.rows(f"SELECT {', '.join(_MARK)} FROM weeks ORDER BY ends_at DESC, id DESC LIMIT 1")
    return RunsSeen({s.automation: s for s in standings}, runs, mail, _mark_of(last[0]) if last else None)


def _runs_wanted(db: Statements) -> Iterable[Run]:
    # Two questions, because each has its own index. Of runs begun at one moment the greatest id counts as the last.
    unfinished = map(_run_of, db.rows(f"{_RUNS}done_at IS NULL"))
    latest = {(r.automation, r.asked): r for r in map(_run_of, db.rows(f"{_RUNS}{_LATEST} ORDER BY id"))}
    return [*unfinished, *latest.values()]


def _mail_counts(db: Statements, run: Run) -> dict[str, int]:
    where, bounds = db.beginning("id", run.mail_prefix)
    return dict(db.rows(f"SELECT status, COUNT(*) FROM messages WHERE {where} GROUP BY status", *bounds))


def all_weeks(db: Statements) -> list[ClosedWeek]:
    """Every closed week, oldest first."""
    found = db.rows(f"SELECT {', '.join(WEEK)} FROM weeks ORDER BY ends_at, id")
    return [ClosedWeek(_mark_of(tuple(mark)), bytes(body)) for *mark, body in found]


# ── values ──────────────────────────────────────────────────────────────────────────────────────────────────


def _standing_row(s: Standing) -> tuple[Value, ...]:
    return (s.automation, s.when, int(s.on), time_text(s.since), int(s.ticked))


def _standing_of(row: tuple[Any, ...]) -> Standing:
    automation, timing, switched_on, since, ticked = row
    return Standing(automation, timing, switched_on == 1, datetime.fromisoformat(since), ticked == 1)


def _run_row(run: Run) -> tuple[Value, ...]:
    failures = json_text([[failure.who, failure.name, failure.why] for failure in run.failures])
    return (
        run.id, run.automation, run.period, time_text(run.due_at), time_text(run.begun_at), int(run.asked),
        int(run.late), int(run.shown), optional_text(run.done_at), run.empty, optional_text(run.retry_at),
        run.attempts, failures, json_text([list(note) for note in run.notes]),
    )  # fmt: skip


def _run_of(row: tuple[Any, ...]) -> Run:
    (id_, automation, period, due_at, begun_at, asked, late, shown, done_at, empty, retry_at, attempts,
     failures, notes) = row  # fmt: skip
    return Run(
        id_, automation, period, datetime.fromisoformat(due_at), datetime.fromisoformat(begun_at), asked == 1,
        late == 1, shown == 1, optional_time(done_at), empty,
        tuple(RunFailure(*failure) for failure in json_value(failures)), optional_time(retry_at), attempts,
        tuple((code, value) for code, value in json_value(notes)),
    )  # fmt: skip


def _week_row(week: ClosedWeek) -> tuple[Value, ...]:
    mark = week.mark
    return (mark.id, time_text(mark.start), time_text(mark.end), time_text(mark.closed_at), week.body)


def _mark_of(row: tuple[Any, ...]) -> WeekMark:
    id_, *moments = row
    start, end, closed_at = map(datetime.fromisoformat, moments)
    return WeekMark(id_, start, end, closed_at)
