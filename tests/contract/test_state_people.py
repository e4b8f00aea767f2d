"""What every state promises about the outbox as a whole: what is due, what counts, and a person's word."""

from __future__ import annotations

from datetime import UTC

import pytest

from bot.outbox import Failure, Outcome, Status, Trouble, after_failure
from bot.planning.sightings import Wanted
from bot.ports import Conflict, State
from tests.contract.samples import (
    ABOVE_CAP,
    DEAD,
    HELD,
    HOUR,
    IN_DOUBT,
    LATER,
    MINUTE,
    NOW,
    SECOND,
    SENT,
    claimed,
    commit,
    hold,
    message,
    only,
    order,
    paused_until,
    sending,
    settled,
    sighting,
    waiting,
)

# ── what is due ─────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_due_when_nothing_waits(state: State) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, SENT)
    assert state.next_due() is None


def test_due_is_the_earliest_time_at_which_a_message_may_be_sent(state: State) -> None:
    commit(state, messages=(message("m1", not_before=NOW + HOUR), message("m2", created_at=NOW + MINUTE)))
    due = state.next_due()
    assert due == NOW + MINUTE
    assert due.tzinfo is UTC


def test_due_is_also_when_a_lease_runs_out(state: State) -> None:
    commit(state, messages=(message("m1"), message("m2", not_before=NOW + HOUR)))
    claimed(state)
    assert state.next_due() == NOW + MINUTE
    assert state.begin("m1", "first", NOW, NOW + 2 * MINUTE)
    assert state.next_due() == NOW + 2 * MINUTE


def test_a_pause_puts_off_what_is_due_but_not_a_lease(state: State) -> None:
    commit(state, messages=(message("m1"), message("m2"), message("m3")))
    assert claimed(state, limit=1) == ["m1"]
    paused_until(state, NOW + HOUR, "m1")
    assert state.next_due() == NOW + HOUR
    assert claimed(state, now=NOW + HOUR, limit=1) == ["m1"]
    assert state.next_due() == NOW + HOUR
    assert state.begin("m1", "first", NOW + HOUR, NOW + HOUR + SECOND)
    assert state.settle("m1", "first", Outcome(Status.SENT, NOW, pause_until=NOW + 3 * HOUR))
    assert state.next_due() == NOW + 3 * HOUR


def test_a_message_whose_row_is_not_written_is_not_due(state: State) -> None:
    commit(
        state,
        sightings=(sighting("r1", "A-1", written=False, placed=False),),
        messages=(message("m1", "A-1"),),
    )
    assert state.next_due() is None
    commit(state, written=("r1",))
    assert state.next_due() == NOW


# ── how much was sent ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outcome", "number"),
    [(SENT, 1), (LATER, 0), (IN_DOUBT, 1), (HELD, 1), (DEAD, 0)],
    ids=["sent", "later", "in doubt", "held", "dead"],
)
def test_sent_and_doubtful_mail_counts_and_refused_mail_does_not(
    state: State, outcome: Outcome, number: int
) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, outcome)
    assert state.sent_since(NOW) == number
    assert state.sent_since(NOW + 2 * SECOND) == 0


def test_mail_counts_from_the_very_moment_it_was_sent(state: State) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, SENT)
    assert state.sent_since(SENT.at) == 1
    assert state.sent_since(SENT.at + SECOND) == 0


def test_mail_that_is_being_sent_counts_once_whenever_it_began(state: State) -> None:
    commit(state, messages=(message("m1", uncertain=1), message("m2")))
    assert claimed(state) == ["m1", "m2"]
    assert state.begin("m1", "first", NOW, NOW + MINUTE)
    assert state.sent_since(NOW) == 1
    assert state.sent_since(NOW + HOUR) == 1


def test_doubtful_mail_counts_from_its_attempt_and_not_from_when_it_was_noticed(state: State) -> None:
    commit(state, messages=(message("m1", created_at=NOW - HOUR),))
    sending(state, "m1")
    [left] = state.reclaim(NOW + HOUR)
    assert state.settle("m1", "first", after_failure(left, Failure(Trouble.UNCERTAIN), NOW + HOUR, "hold"))
    assert state.sent_since(NOW) == 1
    assert state.sent_since(NOW + SECOND) == 0


def test_mail_to_one_address_counts_by_kind_and_place(state: State) -> None:
    others = (
        message("m2", recipient="bob@example.com"),
        message("m3", kind="order_to_prepare"),
        message("m4", kind="survey"),
    )
    commit(state, messages=(message("m1"), *others))
    claimed(state)
    for number in "1234":
        assert state.begin(f"m{number}", "first", NOW, NOW + MINUTE)
        assert state.settle(f"m{number}", "first", SENT)
    kinds = {"purchase_customer", "survey"}
    assert state.sent_to_since("anna@example.com", SENT.at, kinds) == 2
    assert state.sent_to_since("anna@example.com", SENT.at, {"survey"}) == 1
    assert state.sent_to_since("anna@example.com", SENT.at, ()) == 0
    assert state.sent_to_since("ANNA@example.com", SENT.at, kinds) == 0
    assert state.sent_to_since("anna@example.com", SENT.at + SECOND, kinds) == 0


@pytest.mark.parametrize(
    ("outcome", "number"),
    [(SENT, 1), (LATER, 1), (IN_DOUBT, 1), (HELD, 1), (DEAD, 0), (ABOVE_CAP, 0)],
    ids=["sent", "later", "in doubt", "held in doubt", "dead", "above the cap"],
)
def test_mail_that_waits_for_another_attempt_has_its_place_at_its_address(
    state: State, outcome: Outcome, number: int
) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, outcome)
    assert state.sent_to_since("anna@example.com", NOW, {"purchase_customer"}) == number


def test_mail_that_was_never_tried_has_no_place_until_it_is_being_sent(state: State) -> None:
    def places() -> int:
        return state.sent_to_since("anna@example.com", NOW + HOUR, {"purchase_customer"})

    commit(state, messages=(message("m1"),))
    assert places() == 0
    claimed(state)
    assert places() == 0
    assert state.begin("m1", "first", NOW, NOW + MINUTE)
    assert places() == 1


# ── a person's word ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("outcome", [DEAD, HELD, LATER], ids=["dead", "held", "waiting"])
def test_a_message_is_retried_at_once(state: State, another: State, outcome: Outcome) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, outcome)
    assert another.retry("m1", NOW)
    assert (only(state).not_before, only(state).uncertain) == (None, outcome.uncertain)
    assert claimed(state) == ["m1"]


def test_a_dropped_message_may_be_retried(state: State) -> None:
    commit(state, messages=(message("m1"),))
    assert state.drop("m1")
    assert state.retry("m1", NOW)
    assert claimed(state) == ["m1"]


def test_retrying_ends_a_pause(state: State) -> None:
    commit(state, messages=(message("m1"),))
    claimed(state)
    paused_until(state, NOW + HOUR, "m1")
    assert state.retry("m1", NOW)
    assert state.paused() is None
    assert claimed(state) == ["m1"]


def test_what_is_sent_or_being_sent_is_neither_retried_nor_dropped(state: State) -> None:
    commit(state, messages=(message("m1"),))
    claimed(state)
    assert not state.retry("m1", NOW)
    assert not state.drop("m1")
    assert state.begin("m1", "first", NOW, NOW + MINUTE)
    assert not state.retry("m1", NOW)
    assert not state.drop("m1")
    assert state.settle("m1", "first", SENT)
    assert not state.retry("m1", NOW)
    assert not state.drop("m1")
    assert only(state).status is Status.SENT
    assert state.revision() == 0


@pytest.mark.parametrize("outcome", [DEAD, HELD, LATER], ids=["dead", "held", "waiting"])
def test_a_dropped_message_is_never_sent(state: State, outcome: Outcome) -> None:
    commit(state, messages=(message("m1"),))
    settled(state, outcome)
    assert state.drop("m1")
    assert not state.drop("m1")
    assert claimed(state, now=NOW + 1000 * HOUR) == []
    assert only(state).status is Status.DROPPED


def test_an_unknown_message_is_neither_retried_nor_dropped(state: State) -> None:
    assert not state.retry("unheard of", NOW)
    assert not state.drop("unheard of")
    assert state.revision() == 0


@pytest.mark.parametrize("word", ["retry", "drop"])
def test_a_persons_word_is_noticed_and_unsettles_the_rows(state: State, another: State, word: str) -> None:
    commit(
        state,
        sightings=(sighting("r1", "A-1", digest=1), sighting("r2", "A-2", digest=2)),
        messages=(message("m1", "A-1"),),
    )
    before = state.revision()
    assert another.retry("m1", NOW) if word == "retry" else another.drop("m1")
    assert state.revision() > before
    assert state.digests() == {"contracts": {2: "r2"}}


def test_releasing_lets_go_what_is_held_and_is_noticed(state: State, another: State) -> None:
    commit(state, holds=(hold("flood"), hold("tab:team", released=True), hold("emptied:team")))
    before = state.revision()
    assert another.release() == 2
    assert all(h.released for h in state.recall(Wanted()).holds.values())
    noticed = state.revision()
    assert noticed > before
    assert another.release() == 0
    assert state.revision() == noticed


def test_releasing_queues_mail_above_a_customers_cap_and_no_other_held_mail(
    state: State, another: State
) -> None:
    commit(
        state,
        sightings=(sighting("r1", "A-1", digest=1), sighting("r2", "A-2", digest=2)),
        messages=(message("m1", "A-1"), message("m2", "A-2")),
    )
    claimed(state)
    assert state.settle("m1", "first", ABOVE_CAP)
    assert state.settle("m2", "first", HELD)
    commit(state, digests={"r1": 1, "r2": 2})
    before = state.revision()
    assert another.release() == 1
    assert state.revision() > before
    assert state.digests() == {"contracts": {2: "r2"}}
    assert claimed(state) == ["m1"]
    assert another.release() == 0


def test_a_posted_message_is_sent_and_noticed(state: State, another: State) -> None:
    before = state.revision()
    another.post([message("m1")])
    assert state.revision() > before
    assert claimed(state) == ["m1"]


def test_posting_what_is_there_already_stores_nothing(state: State, another: State) -> None:
    commit(state, messages=(message("m1"),))
    before = state.revision()
    with pytest.raises(Conflict):
        another.post([message("m2"), message("m1")])
    assert (state.revision(), claimed(state)) == (before, ["m1"])


def test_the_lease_holders_own_work_is_no_ones_word(state: State) -> None:
    commit(state, messages=(message("m1", "A-1"),), sightings=(sighting("r1", "A-1", digest=1),))
    settled(state, SENT)
    assert state.revision() == 0


# ── what people see ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_outbox_is_listed_newest_first_as_asked(state: State) -> None:
    commit(
        state,
        messages=(
            message("m1", "A-1", created_at=NOW - HOUR),
            message("m2", "A-2", priority=9),
            message("m3", "A-1"),
            message("m4", "A-1", status=Status.DEAD),
        ),
    )
    assert [m.id for m in state.messages()] == ["m4", "m3", "m2", "m1"]
    assert [m.id for m in state.messages(limit=2)] == ["m4", "m3"]
    assert [m.id for m in state.messages([Status.QUEUED])] == ["m3", "m2", "m1"]
    assert [m.id for m in state.messages([Status.DEAD, Status.HELD])] == ["m4"]
    assert [m.id for m in state.messages(order_no="A-1")] == ["m4", "m3", "m1"]
    assert [m.id for m in state.messages([Status.QUEUED], "A-1", 1)] == ["m3"]


def test_counts_name_every_status(state: State) -> None:
    commit(
        state,
        sightings=(sighting("r1"), sighting("r2", gone=True)),
        orders=(order("A-1"),),
        waiting=(waiting("a"), waiting("b"), waiting("c")),
        messages=(message("m1"), message("m2", status=Status.SENT, uncertain=2), message("m3")),
    )
    claimed(state, limit=1)
    assert state.counts() == {
        "mail.queued": 1,
        "mail.claimed": 1,
        "mail.sending": 0,
        "mail.sent": 1,
        "mail.dead": 0,
        "mail.held": 0,
        "mail.dropped": 0,
        "uncertain": 1,
        "orders": 1,
        "sightings": 2,
        "waiting": 3,
    }


def test_the_oldest_is_named_of_each_status_in_which_something_is_to_come(state: State) -> None:
    commit(
        state,
        messages=(
            message("m1", created_at=NOW),
            message("m2", created_at=NOW - HOUR),
            message("m3", created_at=NOW - MINUTE, status=Status.DEAD),
            message("m4", created_at=NOW - 2 * HOUR, status=Status.SENT),
            message("m5", created_at=NOW - 3 * HOUR, status=Status.DROPPED),
        ),
    )
    assert state.oldest() == {Status.QUEUED: NOW - HOUR, Status.DEAD: NOW - MINUTE}


def test_whoever_holds_the_lease_is_named_until_it_is_given_up(state: State) -> None:
    assert state.holder() is None
    lease = state.acquire("me", NOW, 60)
    assert lease is not None
    assert state.holder() == ("me", NOW + MINUTE)
    state.give_up(lease)
    assert state.holder() is None
