"""What every state remembers of automations: how they stand, their runs, their mail and the closed weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from bot.planning.runs import ClosedWeek, RunFailure, RunsSeen, WeekMark
from bot.planning.sightings import Wanted
from bot.ports import Commit, Conflict, LeaseLost, State
from tests.contract.run_samples import WEEK, report, run, standing, week
from tests.contract.samples import (
    MINUTE,
    NOW,
    SECOND,
    commit,
    leased,
    message,
    order,
    sighting,
)

DONE = NOW + MINUTE
FULL = run(
    "weekly_personal:2026-W47.r2",
    period="2026-W47",
    due_at=NOW + timedelta(microseconds=1),
    begun_at=NOW + timedelta(microseconds=999_999),
    asked=True,
    late=True,
    shown=True,
    done_at=DONE + timedelta(microseconds=7),
    empty=3,
    failures=(
        RunFailure("Øyvind 李", "Øyvind 李", "no_email"),
        RunFailure("a@b.example", 'A "B"\n\\', "error"),
    ),
    retry_at=DONE + timedelta(microseconds=123_456),
    attempts=2,
    notes=(("archived", "12"), ("backup", "2026-11 备份.xlsx"), ("archived", "")),
)


def ids(state: State) -> set[str]:
    """Ids of the runs that are recalled."""
    return set(state.recall_runs().runs)


# ── how automations stand ───────────────────────────────────────────────────────────────────────────────────


def test_a_new_state_knows_of_no_automation(state: State) -> None:
    assert state.recall_runs() == RunsSeen()
    assert state.recall(Wanted()).automations == RunsSeen()
    assert state.closed_weeks() == []


def test_every_field_of_a_standing_comes_back(state: State) -> None:
    on = standing(when="周五 18:00", since=NOW + timedelta(microseconds=1), ticked=True)
    off = standing("monthly", when="", on=False)
    commit(state, standings=(on, off))
    assert state.recall_runs().standings == {"weekly_personal": on, "monthly": off}


def test_a_standing_is_replaced_whole_and_the_others_stay(state: State) -> None:
    commit(state, standings=(standing(ticked=True), standing("monthly")))
    again = standing(when="Thu 17:30", on=False, since=NOW + WEEK)
    commit(state, standings=(again,))
    assert state.recall_runs().standings == {"weekly_personal": again, "monthly": standing("monthly")}


def test_rows_and_automations_are_recalled_in_one_go(state: State, another: State) -> None:
    commit(
        state, standings=(standing(),), runs=(run(),), messages=(report(run().id, "a@b"),), weeks=(week(),)
    )
    seen = another.recall(Wanted()).automations
    assert seen == another.recall_runs()
    assert seen == RunsSeen(
        {"weekly_personal": standing()},
        {run().id: run()},
        {run().id: {"queued": 1}},
        week().mark,
    )


# ── runs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_field_of_a_run_comes_back(state: State) -> None:
    commit(state, runs=(FULL, run("monthly:2026-11")))
    assert state.recall_runs().runs == {FULL.id: FULL, "monthly:2026-11": run("monthly:2026-11")}


@pytest.mark.parametrize("name", ["a\0b", "half \ud83d", "𝕏 👩‍👩‍👧", "\u202etxt.exe", "a\u2028b\u0085c", "=1+1", "'; --"], ids=ascii)  # fmt: skip
def test_a_failure_and_a_note_may_hold_any_text(state: State, name: str) -> None:
    odd = run(failures=(RunFailure(name, name, "error"),), notes=(("backup", name),))
    commit(state, runs=(odd,))
    assert state.recall_runs().runs == {odd.id: odd}


def test_a_run_is_replaced_whole(state: State) -> None:
    commit(state, runs=(FULL,), new_runs=frozenset({FULL.id}))
    bare = run(FULL.id)
    commit(state, runs=(bare,))
    assert state.recall_runs().runs == {FULL.id: bare}


def test_a_time_of_another_zone_is_the_same_moment(state: State) -> None:
    shanghai = timezone(timedelta(hours=8))
    commit(state, runs=(run(due_at=NOW.astimezone(shanghai)),), weeks=(_abroad(week(), shanghai),))
    found = state.recall_runs()
    assert found.runs == {run().id: run()}
    assert found.runs[run().id].due_at.utcoffset() is not None
    assert found.last_week == week().mark
    assert state.closed_weeks() == [week()]


def _abroad(closed: ClosedWeek, zone: timezone) -> ClosedWeek:
    mark = closed.mark
    moments = (moment.astimezone(zone) for moment in (mark.start, mark.end, mark.closed_at))
    return replace(closed, mark=WeekMark(mark.id, *moments))


def test_runs_that_are_not_done_are_all_recalled(state: State) -> None:
    old = [run(f"weekly_personal:2026-W{n}", begun_at=NOW - (47 - n) * WEEK) for n in (44, 45, 46, 47)]
    done = [replace(old[1], done_at=DONE), replace(old[3], done_at=DONE)]
    commit(state, runs=(old[0], done[0], old[2], done[1]))
    assert ids(state) == {"weekly_personal:2026-W44", "weekly_personal:2026-W46", "weekly_personal:2026-W47"}


def test_of_the_runs_that_are_done_the_last_begun_of_each_automation_is_recalled(state: State) -> None:
    commit(
        state,
        runs=(
            run("weekly_personal:2026-W47", begun_at=NOW, done_at=DONE),
            run("weekly_personal:2026-W46.r1", begun_at=NOW + SECOND, done_at=DONE),
            run("weekly_personal:2026-W46", begun_at=NOW - WEEK, done_at=DONE),
            run("weekly_team:2026-W47", begun_at=NOW - WEEK, done_at=DONE),
            run("weekly_team:2026-W46", begun_at=NOW - 2 * WEEK, done_at=DONE),
        ),
    )
    assert ids(state) == {"weekly_personal:2026-W46.r1", "weekly_team:2026-W47"}


def test_the_last_run_asked_for_is_recalled_beside_the_last_one_that_fell_due(state: State) -> None:
    asked = [run(f"{run().id}.r{n}", asked=True, begun_at=NOW + n * SECOND, done_at=DONE) for n in (1, 2)]
    later = run("weekly_personal:2026-W48", begun_at=NOW + WEEK, done_at=DONE)
    commit(state, runs=(*asked, run(done_at=DONE), later))
    assert ids(state) == {asked[1].id, later.id}


def test_of_two_runs_begun_at_one_moment_the_greater_id_is_the_last(state: State) -> None:
    first, asked = run(done_at=DONE), run(f"{run().id}.r1", done_at=DONE)
    commit(state, runs=(asked, first))
    assert ids(state) == {asked.id}


def test_failures_are_recalled_with_the_last_run_and_forgotten_with_those_before(state: State) -> None:
    failed = replace(FULL, id="weekly_personal:2026-W47", asked=False)
    commit(state, runs=(failed,))
    assert state.recall_runs().runs == {failed.id: failed}
    commit(state, runs=(run("weekly_personal:2026-W48", begun_at=NOW + WEEK, done_at=DONE + WEEK),))
    assert ids(state) == {"weekly_personal:2026-W48"}


def test_a_run_that_was_begun_already_makes_the_commit_fail_and_stores_nothing(state: State) -> None:
    commit(state, runs=(run(),), new_runs=frozenset({run().id}))
    with pytest.raises(Conflict, match="weekly_personal:2026-W47 has been begun"):
        commit(
            state,
            sightings=(sighting("r1"),),
            orders=(order("A-1"),),
            new_numbers=frozenset({"A-1"}),
            messages=(message("m1"),),
            standings=(standing(),),
            runs=(run(asked=True), run("monthly:2026-11")),
            new_runs=frozenset({run().id, "monthly:2026-11"}),
            weeks=(week(),),
            facts={"last_poll": "now"},
        )
    assert state.recall_runs() == RunsSeen(runs={run().id: run()})
    seen = state.recall(Wanted(row_ids=frozenset({"r1"}), numbers=frozenset({"A-1"})))
    assert (seen.sightings, seen.orders) == ({}, {})
    assert (state.messages(), state.facts(), state.closed_weeks()) == ([], {}, [])


@pytest.mark.parametrize(
    "refused",
    [
        {"messages": (message("m1"),)},
        {"orders": (order("A-1"),), "new_numbers": frozenset({"A-1"})},
        {"weeks": (week(46),)},
        {"weeks": (week(), week(body=b"others"))},
    ],
    ids=["a message", "a number", "a week", "a week twice"],
)
def test_a_commit_refused_for_anything_else_begins_no_run(state: State, refused: dict[str, Any]) -> None:
    commit(state, messages=(message("m1"),), orders=(order("A-1"),), weeks=(week(46),))
    with pytest.raises(Conflict):
        commit(state, standings=(standing(),), runs=(run(),), new_runs=frozenset({run().id}), **refused)
    assert state.recall_runs() == RunsSeen(last_week=week(46).mark)
    assert state.closed_weeks() == [week(46)]


def test_a_run_goes_on_without_asking_for_its_id(state: State) -> None:
    commit(state, runs=(run(),), new_runs=frozenset({run().id}))
    commit(state, runs=(run(shown=True),))
    assert state.recall_runs().runs == {run().id: run(shown=True)}


def test_of_two_workers_that_begin_the_same_run_one_gets_a_conflict(state: State, another: State) -> None:
    begun = Commit(standings=(standing(),), runs=(run(),), new_runs=frozenset({run().id}))
    late = leased(state)
    another.commit(begun, leased(another, "second", NOW + MINUTE))
    mine = replace(begun, standings=(standing(ticked=True),), facts={"last_poll": "mine"})
    with pytest.raises(LeaseLost):
        state.commit(mine, late)
    with pytest.raises(Conflict):
        state.commit(mine, leased(state, now=NOW + 2 * MINUTE))
    assert state.recall_runs() == RunsSeen({"weekly_personal": standing()}, {run().id: run()})
    assert state.facts() == {}


def test_of_two_workers_that_close_the_same_week_one_gets_a_conflict(state: State, another: State) -> None:
    late = leased(state)
    closed = week()
    another.commit(Commit(weeks=(closed,)), leased(another, "second", NOW + MINUTE))
    mine = Commit(runs=(run(done_at=DONE),), messages=(report(run().id, "a@b"),), weeks=(week(body=b"mine"),))
    with pytest.raises(LeaseLost):
        state.commit(mine, late)
    with pytest.raises(Conflict):
        state.commit(mine, leased(state, now=NOW + 2 * MINUTE))
    assert state.closed_weeks() == [closed]
    assert (state.messages(), state.recall_runs().runs) == ([], {})


def test_digests_are_counted_by_their_day_whichever_run_sent_them(state: State) -> None:
    runs = tuple(
        run(f"digest:{name}", begun_at=NOW + n * MINUTE, asked=".r" in name)
        for n, name in enumerate(("2026-11-20", "2026-11-20.r1"))
    )
    mails = (
        report("digest:2026-11-20", "anna@sales.example"),
        report("digest:2026-11-19", "lina@sales.example"),
    )
    commit(state, runs=runs, new_runs=frozenset(one.id for one in runs), messages=mails)
    assert state.recall_runs().mail == {one.id: {"queued": 1} for one in runs}


def test_a_run_and_its_mail_are_stored_together(state: State) -> None:
    commit(state, runs=(run(shown=True),), new_runs=frozenset({run().id}))
    mails = tuple(report(run().id, f"{name}@sales.example") for name in ("anna", "lina"))
    commit(state, runs=(run(shown=True, done_at=DONE),), messages=mails, weeks=(week(),))
    with pytest.raises(Conflict):
        commit(state, runs=(run(shown=True, done_at=DONE + MINUTE),), messages=mails[:1], weeks=(week(48),))
    found = state.recall_runs()
    assert found == RunsSeen(
        runs={run().id: run(shown=True, done_at=DONE)}, mail={run().id: {"queued": 2}}, last_week=week().mark
    )
