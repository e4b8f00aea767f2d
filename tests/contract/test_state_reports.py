"""What every state knows of the mails of runs, of messages by their beginning, and of closed weeks."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.outbox import Status
from bot.planning.runs import ClosedWeek, WeekMark
from bot.ports import Conflict, State
from tests.contract.run_samples import WEEK, report, run, standing, week
from tests.contract.samples import (
    DEAD,
    HELD,
    IN_DOUBT,
    LATER,
    MINUTE,
    NOW,
    SENT,
    claimed,
    commit,
    message,
    sending,
    settled,
    sighting,
)

DONE = NOW + MINUTE


# ── the mail of runs ────────────────────────────────────────────────────────────────────────────────────────


def test_the_mail_of_a_run_is_counted_by_status(state: State) -> None:
    outcomes = {"a": SENT, "b": DEAD, "c": HELD, "d": LATER, "e": IN_DOUBT}
    commit(state, runs=(run(),))
    for who, outcome in outcomes.items():
        commit(state, messages=(report(run().id, who),))
        settled(state, outcome, f"{run().id}:{who}")
    commit(state, messages=tuple(report(run().id, who) for who in "fgh"))
    assert state.drop(f"{run().id}:f")
    assert claimed(state, limit=1) == [f"{run().id}:g"]
    assert state.recall_runs().mail == {
        run().id: {"sent": 1, "dead": 1, "held": 1, "queued": 3, "dropped": 1, "claimed": 1}
    }
    assert state.begin(f"{run().id}:g", "first", NOW, DONE)
    assert state.recall_runs().mail[run().id]["sending"] == 1


def test_settling_a_report_unsettles_no_row_and_is_seen_at_once(state: State, another: State) -> None:
    steady = sighting("r1", digest=7)
    commit(state, sightings=(steady,), runs=(run(),), messages=(report(run().id, "a@b"),))
    sending(state, f"{run().id}:a@b")
    assert state.settle(f"{run().id}:a@b", "first", SENT)
    assert another.recall_runs().mail == {run().id: {"sent": 1}}
    assert another.digests() == {"contracts": {7: "r1"}}


def test_a_run_without_mail_counts_none(state: State) -> None:
    commit(state, runs=(run(),), messages=(message("m1"),))
    assert state.recall_runs().mail == {}


def test_only_the_mail_of_runs_recalled_is_counted(state: State) -> None:
    past, last = run(done_at=DONE), run("weekly_personal:2026-W48", begun_at=NOW + WEEK, done_at=DONE + WEEK)
    mails = (report(past.id, "a@b"), report(last.id, "a@b"), report("weekly_team:2026-W48", "a@b"))
    commit(state, runs=(past, last), messages=mails)
    assert state.recall_runs().mail == {last.id: {"queued": 1}}


def test_an_id_that_goes_on_differently_belongs_to_another_run(state: State) -> None:
    commit(
        state,
        runs=(run(), run("weekly_personal:2026-W4"), run(f"{run().id}.r1")),
        messages=(
            report(run().id, "a@b"),
            report(f"{run().id}.r1", "a@b"),
            report(f"{run().id}.r1", "c@d"),
            report(f"{run().id}.r10", "a@b"),
            message(run().id),
            message(f"{run().id};a@b"),
            message(f"{run().id}9:a@b"),
        ),
    )
    assert state.recall_runs().mail == {run().id: {"queued": 1}, f"{run().id}.r1": {"queued": 2}}


# ── messages by their beginning ─────────────────────────────────────────────────────────────────────────────


def test_messages_are_known_whatever_became_of_them(state: State) -> None:
    outcomes = {"a": SENT, "b": DEAD, "c": HELD, "d": LATER}
    for who, outcome in outcomes.items():
        commit(state, messages=(report(run().id, who),))
        settled(state, outcome, f"{run().id}:{who}")
    commit(state, messages=(report(run().id, "e"), report(run().id, "f")))
    assert state.drop(f"{run().id}:e")
    assert state.known_messages(f"{run().id}:") == {f"{run().id}:{who}" for who in "abcdef"}


def test_among_thousands_of_like_ids_only_those_that_begin_so_are_known(state: State) -> None:
    weeks = ["2026-W4", *(f"2026-W{n}" for n in range(40, 50)), "2026-W47.r1", "2026-W470"]
    kinds = ["weekly_personal", "weekly_personal_", "weekly_team", "Weekly_personal"]
    found = [f"{kind}:{name}:{n}@sales.example" for kind in kinds for name in weeks for n in range(80)]
    commit(state, messages=tuple(map(message, found)))
    for prefix in (
        "weekly_personal:2026-W4:", "weekly_personal:2026-W47:", "weekly_personal:2026-W4", "weekly_personal",
        "weekly_personal:2026-W47:7", "weekly_", "W", "monthly:2026-11:", f"{found[-1]}", f"{found[-1]}:",
    ):  # fmt: skip
        assert state.known_messages(prefix) == {i for i in found if i.startswith(prefix)}, prefix
    assert state.known_messages("") == set(found)


@pytest.mark.parametrize(
    "prefix",
    ["%", "_", "run_", "*", "[a]", "\\", "run?", "", "á", "a\u0301", "Z", "z", "ß", "\ud7ff", "a\ud7ff",
     "\uffff", "a\uffff", chr(sys.maxunicode), f"a{chr(sys.maxunicode)}", "🟥", "李"],
    ids=ascii,
)  # fmt: skip
def test_a_beginning_is_no_pattern_and_any_character_may_end_it(state: State, prefix: str) -> None:
    tails = ["", "\x01", " ", ":a", "z", "\ud7ff", "\ue000", "\uffff", chr(sys.maxunicode), "李"]
    heads = ["%", "_", "run_", "runs", "*", "a", "[a]", "\\", "run?", "á", "a\u0301", "Z", "z", "ss", "ß", "",
             "\ud7ff", "\ue000", "a\ud7ff", "a\ue000", "\uffff", "\U00010000", "a\uffff", "a\U00010000",
             chr(sys.maxunicode), f"a{chr(sys.maxunicode)}", "b", "🟥", "🟦", "李", "杏"]  # fmt: skip
    found = {head + tail for head in heads for tail in tails}
    commit(state, messages=tuple(map(message, found)))
    assert state.known_messages(prefix) == {i for i in found if i.startswith(prefix)}


def test_a_beginning_that_no_database_takes_stops_nothing(state: State) -> None:
    commit(state, messages=(message("m1"),))
    for odd in ("\0", "m\0", "\ud83d", "m1\udc80"):
        assert state.known_messages(odd) == frozenset()


# ── closed weeks ────────────────────────────────────────────────────────────────────────────────────────────


def test_closed_weeks_come_back_oldest_first(state: State, another: State) -> None:
    commit(state, weeks=(week(46, b"46"), week(47, b"47")))
    commit(state, weeks=(week(9, b"9"),))
    commit(state, weeks=(week(53, b"53"),))
    assert another.closed_weeks() == [week(9, b"9"), week(46, b"46"), week(47, b"47"), week(53, b"53")]
    assert another.recall_runs().last_week == week(53).mark


def test_the_last_week_is_the_one_that_ends_last_whatever_it_is_called(state: State) -> None:
    new_year = WeekMark("2027-W01", NOW + 6 * WEEK, NOW + 7 * WEEK, NOW + 7 * WEEK)
    commit(state, weeks=(ClosedWeek(new_year, b""), week(53)))
    assert state.recall_runs().last_week == new_year
    assert [w.mark.id for w in state.closed_weeks()] == ["2026-W53", "2027-W01"]


def test_a_week_keeps_its_microseconds(state: State) -> None:
    moments = [NOW + n * timedelta(microseconds=1) for n in (1, 999_999, 1_000_001)]
    closed = ClosedWeek(WeekMark("2026-W47", *moments), b"")
    commit(state, weeks=(closed,))
    assert state.closed_weeks() == [closed]
    assert state.recall_runs().last_week == closed.mark


def test_a_body_is_any_bytes(state: State) -> None:
    bodies = [b"", b"\0", bytes(range(256)), b"\x80\xff text \xed\xa0\x80", b"' \\ ? %s"]
    weeks = [week(n, body) for n, body in enumerate(bodies, start=40)]
    commit(state, weeks=tuple(weeks))
    assert state.closed_weeks() == weeks
    assert {type(w.body) for w in state.closed_weeks()} == {bytes}


def test_bodies_may_be_of_a_megabyte(state: State, another: State) -> None:
    bodies = [bytes([n]) + bytes(range(256)) * 4096 for n in range(5)]
    weeks = [week(n, body) for n, body in enumerate(bodies, start=40)]
    commit(state, weeks=tuple(weeks))
    assert another.closed_weeks() == weeks
    assert another.recall_runs().last_week == weeks[-1].mark


def test_a_closed_week_never_changes(state: State) -> None:
    commit(state, weeks=(week(),))
    for again in (week(), week(body=b"others"), week(closed_at=datetime(2027, 1, 1, tzinfo=UTC))):
        with pytest.raises(Conflict, match="closed already"):
            commit(state, weeks=(week(48), again), facts={"last_poll": "now"})
    assert state.closed_weeks() == [week()]
    assert state.facts() == {}


def test_after_a_refused_week_the_next_one_is_stored(state: State) -> None:
    commit(state, weeks=(week(),))
    with pytest.raises(Conflict):
        commit(state, weeks=(week(),))
    commit(state, weeks=(week(48),))
    assert state.closed_weeks() == [week(), week(48)]


# ── what it costs others ────────────────────────────────────────────────────────────────────────────────────


def test_what_is_stored_of_automations_tells_nobody_else_to_look_again(state: State) -> None:
    commit(state, standings=(standing(),), runs=(run(),), new_runs=frozenset({run().id}), weeks=(week(),))
    assert state.revision() == 0
    assert state.next_due() is None


def test_a_persons_word_about_a_report_is_told(state: State) -> None:
    commit(state, runs=(run(),), messages=(report(run().id, "a@b"),))
    settled(state, DEAD, f"{run().id}:a@b")
    assert state.retry(f"{run().id}:a@b", NOW)
    assert state.revision() == 1
    assert state.recall_runs().mail == {run().id: {str(Status.QUEUED): 1}}
