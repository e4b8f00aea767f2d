"""Troubles of the worker: each is told once, is over once, and does not flood when it flaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.rules import Rules
from bot.watching.incidents import (
    KINDS,
    SELDOM,
    Finding,
    Known,
    Limits,
    Mark,
    Told,
    Turn,
    findings,
    marks_of,
    marks_text,
    standing_kinds,
    turned,
)
from bot.watching.memory import Remembered, changed, remembered
from bot.watching.telling import incident_drafts

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits()


def so(kind: str = "stuck", count: int = 3) -> Finding:
    return Finding(kind, is_so=True, count=count)


def over(kind: str = "stuck") -> Finding:
    return Finding(kind, is_so=False)


def between(kind: str = "stuck") -> Finding:
    return Finding(kind, is_so=None)


def lived(*found: tuple[int, Finding]) -> list[tuple[int, str]]:
    """What admins hear, by the minute, when this is found in these minutes."""
    marks: dict[str, Mark] = {}
    heard: list[tuple[int, str]] = []
    for minute, finding in found:
        turn = turned([finding], marks, NOON + minute * MINUTE)
        # As it is after a restart, or in another worker.
        marks = marks_of(marks_text(turn.marks))
        heard += [(minute, "over" if told.is_over else "so") for told in turn.told]
    return heard


# ── once, and once when it is over ──────────────────────────────────────────────────────────────────────────


def test_what_stays_so_is_told_once_and_its_end_once() -> None:
    story = [(minute, so()) for minute in range(0, 300, 5)] + [(300, over()), (305, over())]
    assert lived(*story) == [(0, "so"), (300, "over")]


def test_nothing_changes_between_so_and_over() -> None:
    assert lived((0, between()), (1, so()), (2, between()), (3, so()), (4, between()), (5, over())) == [
        (1, "so"),
        (5, "over"),
    ]


def test_what_flaps_is_told_once_an_hour_at_most() -> None:
    story = [(minute, so() if minute % 2 == 0 else over()) for minute in range(121)]
    heard = lived(*story)
    assert [minute for minute, what in heard if what == "so"] == [0, 60, 120]
    assert [minute for minute, what in heard if what == "over"] == [1, 61]


def test_what_comes_back_within_the_hour_and_stays_is_told_when_the_hour_is_over() -> None:
    assert lived((0, so()), (5, over()), (10, so()), (30, so()), (61, so()), (90, over())) == [
        (0, "so"), (5, "over"), (61, "so"), (90, "over"),
    ]  # fmt: skip


def test_what_was_never_told_needs_no_all_clear() -> None:
    assert lived((0, so()), (5, over()), (10, so()), (20, over()), (200, over())) == [(0, "so"), (5, "over")]


def test_a_clock_that_is_put_back_silences_nobody() -> None:
    assert lived((600, so()), (601, over()), (0, so()), (1, so())) == [(600, "so"), (601, "over"), (0, "so")]


def test_kinds_do_not_wait_for_each_other() -> None:
    turn = turned([so("stuck"), so("quota")], {}, NOON)
    assert [told.kind for told in turn.told] == ["stuck", "quota"]
    assert standing_kinds(turn.marks) == ("stuck", "quota")


def test_an_end_says_how_long_it_lasted() -> None:
    marks = turned([so()], {}, NOON).marks
    [told] = turned([over()], marks, NOON + 95 * MINUTE).told
    assert (told.is_over, told.count, told.since) == (True, 95, NOON)


def test_more_of_the_same_is_told_once_a_day() -> None:
    def found(*, is_more: bool) -> Finding:
        return Finding("problems", is_so=True, count=1, details=("row 7",), is_more=is_more)

    day = 24 * 60
    story = [(0, True), (60, False), (120, True), (day - 1, True), (day, True), (day + 60, False)]
    assert lived(*((minute, found(is_more=more)) for minute, more in story)) == [(0, "so"), (day, "so")]


@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from([True, False, None])), max_size=60))
def test_whatever_happens_so_and_over_take_turns_and_so_is_seldom(
    steps: list[tuple[int, bool | None]],
) -> None:
    minute, story = 0, []
    for wait, is_so in steps:
        minute += wait
        story.append((minute, Finding("stuck", is_so)))
    heard = lived(*story)
    assert [what for _, what in heard] == ["so", "over"] * (len(heard) // 2) + ["so"] * (len(heard) % 2)
    told = [at for at, what in heard if what == "so"]
    assert all(b - a >= SELDOM / MINUTE for a, b in pairwise(told))


# ── what is so ──────────────────────────────────────────────────────────────────────────────────────────────


def found(known: Known, now: datetime = NOON) -> dict[str, bool | None]:
    return {finding.kind: finding.is_so for finding in findings(known, LIMITS, now)}


def test_all_is_well_where_nothing_is_known() -> None:
    assert found(Known()) == {kind: None if kind == "problems" else False for kind in KINDS}


@pytest.mark.parametrize(
    ("minutes", "is_so"), [(0, None), (14, None), (15, True), (600, True)], ids=lambda value: f"{value}"
)
def test_admins_hear_when_no_cycle_has_succeeded_for_long(minutes: int, is_so: bool | None) -> None:
    assert found(Known(failing_since=NOON - minutes * MINUTE))["silent"] is is_so


def test_one_long_failure_is_not_failing_again_and_again() -> None:
    assert found(Known(failing_since=NOON - 600 * MINUTE, breaks=(NOON - 600 * MINUTE,)))["failing"] is None


def test_failing_five_times_within_an_hour_is_and_ends_after_an_hour_of_peace() -> None:
    breaks = tuple(NOON - minutes * MINUTE for minutes in (50, 40, 30, 20, 10))
    assert found(Known(breaks=breaks))["failing"] is True
    assert found(Known(breaks=breaks), NOON + 20 * MINUTE)["failing"] is None
    assert found(Known(breaks=breaks), NOON + 51 * MINUTE)["failing"] is False


def test_mail_that_waits_for_a_limit_is_not_stuck() -> None:
    assert found(Known(overdue=4))["stuck"] is True
    assert found(Known(overdue=4, is_waiting=True))["stuck"] is None
    assert found(Known(is_waiting=True))["stuck"] is False


@pytest.mark.parametrize(("percent", "is_so"), [(0, False), (65, False), (66, None), (79, None), (80, True)])
def test_a_limit_is_near_at_eighty_percent_and_far_at_sixty_five(percent: int, is_so: bool | None) -> None:
    assert found(Known(requests_percent=percent))["quota"] is is_so
    assert found(Known(mails_percent=percent))["quota"] is is_so


def test_reports_that_fail_for_an_hour_are_told() -> None:
    assert found(Known(reports_failing_since=NOON - 59 * MINUTE))["reports"] is None
    assert found(Known(reports_failing_since=NOON - 60 * MINUTE))["reports"] is True


# ── what is remembered, and what is mailed ──────────────────────────────────────────────────────────────────


def test_what_is_remembered_comes_back_from_the_state_as_it_was() -> None:
    memory = Remembered(
        NOON, (NOON - MINUTE, NOON), None, {"silent": Mark(NOON, True, NOON)}, "{}", NOON, NOON, "flood:False"
    )
    assert remembered(memory.facts()) == memory
    assert changed(memory.facts(), memory) == {}
    assert remembered({}) == Remembered()
    assert changed({}, Remembered()) == {}


def test_failing_begins_once_however_often_it_fails() -> None:
    memory = Remembered().noting(NOON, fails=True, reports_fail=False)
    memory = memory.noting(NOON + MINUTE, fails=True, reports_fail=False)
    assert (memory.failing_since, memory.breaks) == (NOON, (NOON,))
    memory = memory.noting(NOON + 2 * MINUTE, fails=False, reports_fail=True)
    assert (memory.failing_since, memory.reports_since) == (None, NOON + 2 * MINUTE)


def test_an_incident_s_mails_are_named_by_its_beginning() -> None:
    rules = replace(Rules(), admins=("a@x.example", "b@x.example"))
    told = Told("silent", NOON, is_over=False, count=15, details=("broken",))
    drafts = incident_drafts(told, rules, "https://sheet.example")
    assert [draft.id for draft in drafts] == [
        "admin_notice:silent:20261121T040000Z:a@x.example",
        "admin_notice:silent:20261121T040000Z:b@x.example",
    ]
    [over_one, _] = incident_drafts(replace(told, is_over=True), rules, "")
    assert over_one.id == "admin_notice:silent:20261121T040000Z:over:a@x.example"


def test_a_mail_about_many_problems_names_the_first_and_counts_the_others() -> None:
    told = Told("problems", NOON, False, 3000, tuple(f"row {n}" for n in range(3000)))
    [draft] = incident_drafts(told, replace(Rules(), language="en", admins=("a@x.example",)), "")
    details = draft.content.details  # type: ignore[union-attr] # it is a notice
    assert (len(details), details[-1]) == (20, "and 2,981 more")


def test_a_turn_without_trouble_remembers_nothing() -> None:
    assert turned([over(kind) for kind in KINDS], {}, NOON) == Turn()
