"""What every state promises about the outbox: who may send, and what becomes of a message."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from bot.outbox import Failure, Outcome, Status, Trouble, after_failure, after_success
from bot.ports import State
from tests.contract.samples import (
    DEAD,
    HELD,
    HOUR,
    LATER,
    MINUTE,
    NOW,
    SECOND,
    SENT,
    claimed,
    commit,
    message,
    only,
    paused_until,
    sending,
    settled,
    sighting,
)

# ── who may send what ───────────────────────────────────────────────────────────────────────────────────────


def test_every_field_of_a_message_comes_back(state: State) -> None:
    full = message(
        "m1",
        "A-1",
        kind="purchase_salesperson",
        recipient="bé@example.com",
        priority=2,
        body=b"\0\r\n.\xff" * 1000,
        generation=3,
        attempts=4,
        uncertain=1,
        not_before=NOW + HOUR,
        error="450 später",
    )
    commit(state, messages=(full,))
    assert state.messages() == [full]


def test_a_claimed_message_carries_its_owner_and_lease(state: State) -> None:
    commit(state, messages=(message("m1"),))
    [found] = state.claim("first", NOW, NOW + MINUTE, 10)
    assert (found.status, found.owner, found.lease_until) == (Status.CLAIMED, "first", NOW + MINUTE)
    assert only(state) == found


def test_a_claimed_message_is_not_claimed_again(state: State, another: State) -> None:
    commit(state, messages=(message("m1"), message("m2"), message("m3")))
    assert claimed(state, limit=2) == ["m1", "m2"]
    assert claimed(another, "second") == ["m3"]
    assert claimed(state) == []


def test_messages_are_claimed_by_priority_then_age_then_id(state: State) -> None:
    commit(
        state,
        messages=(
            message("d", priority=1, created_at=NOW - HOUR),
            message("c"),
            message("b", created_at=NOW + SECOND),
            message("a", created_at=NOW),
            message("e", created_at=NOW - SECOND),
        ),
    )
    assert claimed(state, limit=4) == ["e", "a", "c", "b"]
    assert claimed(state) == ["d"]


def test_a_message_is_not_claimed_before_its_time(state: State) -> None:
    commit(state, messages=(message("m1", not_before=NOW + SECOND),))
    assert claimed(state) == []
    assert claimed(state, now=NOW + SECOND) == ["m1"]


def test_a_time_of_another_zone_is_compared_as_the_moment_it_is(state: State) -> None:
    shanghai = timezone(timedelta(hours=8))
    commit(state, messages=(message("m1", not_before=(NOW + SECOND).astimezone(shanghai)),))
    assert claimed(state) == []
    assert claimed(state, now=NOW + SECOND) == ["m1"]


def test_no_limit_above_nothing_claims_nothing(state: State) -> None:
    commit(state, messages=(message("m1"),))
    assert claimed(state, limit=0) == []


def test_a_message_waits_until_its_row_is_written(state: State) -> None:
    commit(
        state,
        sightings=(sighting("r1", "A-1"), sighting("r2", "A-1", written=False, placed=False)),
        messages=(message("m1", "A-1"), message("m2", "A-2"), message("m3")),
    )
    assert claimed(state) == ["m2", "m3"]
    commit(state, written=("r2",))
    assert claimed(state) == ["m1"]


@pytest.mark.parametrize("known", ["written", "placed", "gone"])
def test_a_message_leaves_when_its_row_is_known_to_the_sheet(state: State, known: str) -> None:
    stands = {"written": False, "placed": False, "gone": False} | {known: True}
    commit(state, sightings=(sighting("r1", "A-1", **stands),), messages=(message("m1", "A-1"),))
    assert claimed(state) == ["m1"]


def test_rows_without_a_number_keep_no_mail_back(state: State) -> None:
    commit(state, sightings=(sighting("r1", written=False, placed=False),), messages=(message("m1"),))
    assert claimed(state) == ["m1"]
    assert state.next_due() == NOW + MINUTE


def test_what_is_withdrawn_with_its_order_is_never_sent(state: State) -> None:
    commit(state, messages=(message("m1", "A-1"), message("m2", "A-2"), message("m3")))
    commit(state, withdrawn=("A-1", ""))
    assert claimed(state) == ["m2", "m3"]
    assert {m.id: m.status for m in state.messages()}["m1"] is Status.DROPPED


def test_only_queued_messages_are_withdrawn(state: State) -> None:
    commit(state, messages=(message("m1", "A-1"),))
    sending(state, "m1")
    commit(state, withdrawn=("A-1",))
    assert only(state).status is Status.SENDING


def test_an_order_withdrawn_and_asked_for_again_in_one_commit_keeps_its_new_mail(state: State) -> None:
    commit(state, messages=(message("m1", "A-1"),))
    commit(state, withdrawn=("A-1",), messages=(message("m2", "A-1"),))
    assert claimed(state) == ["m2"]


# ── beginning ───────────────────────────────────────────────────────────────────────────────────────────────


def test_sending_begins_only_with_a_claim(state: State) -> None:
    commit(state, messages=(message("m1"),))
    assert not state.begin("m1", "first", NOW, NOW + MINUTE)
    assert not state.begin("unheard of", "first", NOW, NOW + MINUTE)
    assert only(state) == message("m1")


def test_sending_begins_only_for_the_owner_of_the_claim(state: State, another: State) -> None:
    commit(state, messages=(message("m1"),))
    claimed(state)
    assert not another.begin("m1", "second", NOW, NOW + MINUTE)
    assert only(state).status is Status.CLAIMED


def test_sending_does_not_begin_once_the_claim_ran_out(state: State) -> None:
    commit(state, messages=(message("m1"),))
    claimed(state)
    assert not state.begin("m1", "first", NOW + MINUTE, NOW + 2 * MINUTE)
    assert only(state).status is Status.CLAIMED


def test_sending_begins_once_and_for_as_long_as_asked(state: State) -> None:
    commit(state, messages=(message("m1"),))
    claimed(state)
    assert state.begin("m1", "first", NOW + SECOND, NOW + HOUR)
    assert (only(state).status, only(state).lease_until) == (Status.SENDING, NOW + HOUR)
    assert not state.begin("m1", "first", NOW + SECOND, NOW + HOUR)


# ── settling ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sent_message_says_when_and_belongs_to_nobody(state: State) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, SENT)
    assert only(state) == message("m1", status=Status.SENT, attempts=1, sent_at=NOW + SECOND)


def test_a_postponed_message_is_tried_again_at_its_time(state: State) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, LATER)
    assert only(state) == message("m1", attempts=1, not_before=NOW + MINUTE, error="450 later")
    assert claimed(state, now=NOW + 59 * SECOND) == []
    assert claimed(state, now=NOW + MINUTE) == ["m1"]


@pytest.mark.parametrize("outcome", [SENT, DEAD, HELD], ids=["sent", "dead", "held"])
def test_a_message_that_is_done_is_never_claimed(state: State, outcome: Outcome) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, outcome)
    assert claimed(state, now=NOW + 1000 * HOUR) == []
    assert (only(state).status, only(state).error) == (outcome.status, outcome.error)


def test_a_claimed_message_may_be_settled_without_having_begun(state: State) -> None:
    commit(state, messages=(message("m1"),))
    claimed(state)
    assert state.settle("m1", "first", LATER)
    assert only(state).status is Status.QUEUED


def test_only_the_owner_settles_and_only_once(state: State, another: State) -> None:
    commit(state, messages=(message("m1"),))
    sending(state, "m1")
    assert not another.settle("m1", "second", SENT)
    assert state.settle("m1", "first", LATER)
    assert not state.settle("m1", "first", SENT)
    assert not state.settle("unheard of", "first", SENT)
    assert only(state).status is Status.QUEUED


def test_nobody_settles_what_nobody_claimed(state: State) -> None:
    commit(state, messages=(message("m1"),))
    assert not state.settle("m1", "", SENT)
    assert only(state) == message("m1")


def test_settling_unsettles_the_rows_of_its_order_alone(state: State) -> None:
    rows = (sighting("r1", "A-1", digest=1), sighting("r2", "A-2", digest=2), sighting("r3", digest=3))
    commit(state, sightings=rows, messages=(message("m1", "A-1"),))
    settled(state, SENT)
    assert state.digests() == {"contracts": {2: "r2", 3: "r3"}}


def test_mail_about_no_order_unsettles_no_row(state: State) -> None:
    commit(state, sightings=(sighting("r1", digest=1),), messages=(message("m1"),))
    settled(state, SENT)
    assert state.drop("m1") is False
    assert state.digests() == {"contracts": {1: "r1"}}


def test_settling_in_vain_unsettles_no_row(state: State) -> None:
    commit(state, sightings=(sighting("r1", "A-1", digest=1),), messages=(message("m1", "A-1"),))
    sending(state, "m1")
    assert not state.settle("m1", "second", SENT)
    assert state.digests() == {"contracts": {1: "r1"}}


def test_the_servers_words_are_stored_whatever_they_are(state: State) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, Outcome(Status.DEAD, NOW, error="550 \0\udcff nein", attempts=1))
    assert only(state).status is Status.DEAD
    assert only(state).error.endswith(" nein")


# ── a pause ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_keeps_everything_back_and_says_why(state: State, another: State) -> None:
    commit(state, messages=(message("m1"), message("m2")))
    assert claimed(state, limit=1) == ["m1"]
    paused_until(state, NOW + HOUR, "m1")
    assert another.paused() == (NOW + HOUR, "550 5.4.5 quota")
    assert claimed(another, now=NOW + 59 * MINUTE) == []
    assert claimed(another, now=NOW + HOUR) == ["m1", "m2"]


def test_without_trouble_nothing_is_paused(state: State) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, LATER)
    assert state.paused() is None


@pytest.mark.parametrize("hours", [(1, 2), (2, 1)])
def test_of_two_pauses_the_longer_holds(state: State, hours: tuple[int, int]) -> None:
    commit(state, messages=(message("m1"), message("m2")))
    assert claimed(state) == ["m1", "m2"]
    for message_id, length in zip(("m1", "m2"), hours, strict=True):
        paused_until(state, NOW + length * HOUR, message_id, f"{length} h")
    assert state.paused() == (NOW + 2 * HOUR, "2 h")


def test_a_mail_that_was_on_its_way_ends_no_pause(state: State) -> None:
    commit(state, messages=(message("m1"), message("m2")))
    claimed(state)
    paused_until(state, NOW + HOUR, "m1")
    assert state.settle("m2", "first", SENT)
    assert state.paused() is not None


# ── crashes ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_that_ran_out_is_queued_again_and_not_in_doubt(state: State, another: State) -> None:
    commit(state, messages=(message("m1"),))
    claimed(state)
    assert another.reclaim(NOW + 59 * SECOND) == []
    assert only(state).status is Status.CLAIMED
    assert another.reclaim(NOW + MINUTE) == []
    assert only(state) == message("m1")


def test_what_was_being_sent_is_returned_until_it_is_settled(state: State, another: State) -> None:
    commit(state, messages=(message("m1"),))
    sending(state, "m1")
    assert another.reclaim(NOW + 59 * SECOND) == []
    for _ in range(2):
        [left] = another.reclaim(NOW + MINUTE)
        assert (left.id, left.status, left.owner) == ("m1", Status.SENDING, "first")
    outcome = after_failure(left, Failure(Trouble.UNCERTAIN, text="crash"), NOW + MINUTE, "hold")
    assert another.settle("m1", left.owner, outcome)
    assert (only(state).status, only(state).uncertain) == (Status.HELD, 1)
    assert another.reclaim(NOW + HOUR) == []


def test_a_worker_that_wakes_late_settles_nothing_another_has_taken(state: State, another: State) -> None:
    commit(state, messages=(message("m1"),))
    sending(state, "m1")
    [left] = another.reclaim(NOW + MINUTE)
    assert another.settle(
        "m1", "first", after_failure(left, Failure(Trouble.UNCERTAIN), NOW + MINUTE, "resend")
    )
    sending(another, "m1", "second", NOW + HOUR)
    assert not state.settle("m1", "first", SENT)
    assert another.settle("m1", "second", after_success(only(another), NOW + HOUR))
    assert (only(state).sent_at, only(state).uncertain) == (NOW + HOUR, 1)


def test_what_was_not_tried_is_given_back_and_nothing_else(state: State, another: State) -> None:
    commit(state, messages=tuple(message(f"m{i}") for i in range(1, 5)))
    assert claimed(state, limit=3) == ["m1", "m2", "m3"]
    assert claimed(another, "second") == ["m4"]
    assert state.begin("m1", "first", NOW, NOW + MINUTE)
    state.unclaim(["m1", "m2", "m4", "unheard of"], "first")
    assert {m.id: m.status for m in state.messages()} == {
        "m1": Status.SENDING,
        "m2": Status.QUEUED,
        "m3": Status.CLAIMED,
        "m4": Status.CLAIMED,
    }
    assert claimed(another, "second") == ["m2"]


# ── what is late ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_is_overdue_once_its_moment_is_past_and_until_it_is_dealt_with(state: State) -> None:
    commit(state, messages=(message("m1"), message("m2", not_before=NOW + HOUR), message("m3")))
    assert [state.overdue(NOW + wait) for wait in (-SECOND, 0 * SECOND, HOUR)] == [0, 2, 3]
    assert claimed(state, limit=1) == ["m1"]
    assert state.begin("m1", "first", NOW, NOW + MINUTE)
    assert state.overdue(NOW) == 2, "one that is being sent is on its way, too"
    assert state.settle("m1", "first", Outcome(Status.SENT, NOW))
    assert state.overdue(NOW) == 1
    assert state.drop("m3")
    assert state.overdue(NOW) == 0
