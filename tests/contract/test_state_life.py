"""What every state remembers of the lives of orders: how far lines have come, stock, answers and what happened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from bot.activity import Entry
from bot.adapters.database import open_state
from bot.outbox import Outcome, Status
from bot.planning.sightings import Wanted
from bot.ports import Commit, Conflict, LeaseLost, State
from tests.contract.life_samples import entry, full_progress, progress, stock, unnumbered
from tests.contract.samples import (
    DEAD,
    HELD,
    IN_DOUBT,
    LATER,
    MINUTE,
    NOW,
    SENT,
    commit,
    leased,
    message,
    order,
    sending,
    settled,
    sighting,
)

EVERYTHING: dict[str, Any] = {
    "sightings": (sighting("r1", "A-1"),),
    "progress": (full_progress(),),
    "stock": (stock(),),
    "activity": (entry(before="待审核", after="已审核", detail="=1+1"),),
    "answers": ("answer 1",),
}
WANTED = Wanted(
    row_ids=frozenset({"r1"}),
    customers=frozenset({"光明公司"}),
    answers=frozenset({"answer 1", "answer 2"}),
)


def assert_all_is_there(state: State) -> None:
    seen = state.recall(WANTED)
    assert seen.progress == {"r1": full_progress()}
    assert seen.stock == {"茶杯": stock()}
    assert seen.open_amounts == {"光明公司": {"CNY": 10**20}}
    assert seen.answers == frozenset({"answer 1"})
    assert state.refused() == {"r1": "approved"}
    assert unnumbered(state) == list(EVERYTHING["activity"])


def assert_nothing_is_there(state: State) -> None:
    seen = state.recall(WANTED)
    assert (seen.progress, seen.stock, seen.open_amounts, seen.answers) == ({}, {}, {}, frozenset())
    assert (state.refused(), state.activity(), state.last_activity()) == ({}, [], 0)


def test_everything_comes_back_as_it_was_given(state: State) -> None:
    assert_nothing_is_there(state)
    commit(state, **EVERYTHING)
    assert_all_is_there(state)


def test_everything_is_there_when_the_database_is_opened_again(state_url: str) -> None:
    state = open_state(state_url)
    commit(state, **EVERYTHING)
    state.close()
    state = open_state(state_url)
    assert_all_is_there(state)
    state.close()


def test_a_commit_that_is_refused_stores_none_of_it(state: State, another: State) -> None:
    commit(state, orders=(order("A-1"),), messages=(message("m1", "A-1"),))
    for refused in (
        {"new_numbers": frozenset({"A-1"})},
        {"messages": (message("m1"),)},
    ):
        with pytest.raises(Conflict):
            commit(state, **EVERYTHING, **refused, superseded=("A-1",), dropped=("m1",))
        assert_nothing_is_there(state)
    lost = leased(state)
    leased(another, "second", NOW + MINUTE)
    with pytest.raises(LeaseLost):
        state.commit(Commit(**EVERYTHING, dropped=("m1",)), lost)
    assert_nothing_is_there(state)
    assert [m.status for m in state.messages()] == [Status.QUEUED]


def test_what_is_stored_again_takes_the_place_of_what_was_there(state: State) -> None:
    commit(state, **EVERYTHING)
    later = replace(full_progress(), state="shipped", refused=False, reviewed_at=None, told={})
    commit(state, progress=(later,), stock=(stock(taken="0"),), answers=("answer 1", "answer 2"))
    seen = state.recall(WANTED)
    assert seen.progress == {"r1": later}
    assert seen.stock == {"茶杯": stock(taken="0")}
    assert seen.answers == frozenset({"answer 1", "answer 2"})
    assert state.refused() == {}


def test_the_progress_of_every_row_that_is_recalled_comes_along_and_of_no_other(state: State) -> None:
    rows = (
        sighting("r1", "A-1", digest=1),
        sighting("r2", "A-1", digest=2),
        sighting("r3", "A-2", digest=3),
        sighting("r4", "A-3"),
        sighting("r5", "A-3", digest=5),
    )
    commit(state, sightings=rows, progress=tuple(progress(f"r{i}") for i in (1, 2, 3, 4, 9)))
    seen = state.recall(Wanted(row_ids=frozenset({"r1", "r9"})))
    assert set(seen.sightings) == {"r1", "r2", "r4", "r5"}
    assert set(seen.progress) == {"r1", "r2", "r4"}


def test_open_amounts_are_added_up_by_customer_and_currency_without_what_is_over(state: State) -> None:
    def owed(row_id: str, customer: str, amount: int, state: str = "approved", currency: str = "CNY") -> Any:
        return progress(row_id, customer=customer, amount=amount, state=state, currency=currency)

    commit(
        state,
        progress=(
            owed("r1", "guangming", 100),
            owed("r2", "guangming", 20, "pending"),
            owed("r3", "guangming", 3, currency="USD"),
            owed("r4", "guangming", 5000, "completed"),
            owed("r5", "guangming", 5000, "cancelled"),
            owed("r6", "acme", 7, "delivered"),
            owed("r7", "over", 7, "completed"),
            owed("r8", "unasked", 7),
        ),
    )
    seen = state.recall(Wanted(customers=frozenset({"guangming", "acme", "over", "unheard of"})))
    assert seen.open_amounts == {"guangming": {"CNY": 120, "USD": 3}, "acme": {"CNY": 7}}


def test_what_a_person_deleted_is_owed_no_longer(state: State) -> None:
    line = progress("r1", customer="acme", amount=7, currency="CNY")
    commit(state, sightings=(sighting("r1", "A-1", gone=True),), progress=(line,))
    assert state.recall(Wanted(customers=frozenset({"acme"}))).open_amounts == {}
    commit(state, sightings=(sighting("r1", "A-1", gone=False),))
    assert state.recall(Wanted(customers=frozenset({"acme"}))).open_amounts == {"acme": {"CNY": 7}}


# ── mail that is not wanted any more ────────────────────────────────────────────────────────────────────────


def statuses(state: State) -> dict[str, Status]:
    return {m.id: m.status for m in state.messages()}


def test_only_purchase_mails_of_an_order_are_superseded(state: State) -> None:
    commit(
        state,
        messages=(
            message("m1", "A-1"),
            message("m2", "A-1", kind="purchase_salesperson"),
            message("m3", "A-1", kind="order_shipped"),
            message("m4", "A-2"),
            message("m5"),
        ),
    )
    commit(state, superseded=("A-1", ""), messages=(message("m6", "A-1", generation=2),))
    assert {i for i, status in statuses(state).items() if status is Status.DROPPED} == {"m1", "m2"}


def test_messages_are_dropped_by_id_while_they_are_queued(state: State) -> None:
    commit(state, messages=(message("m1"),))
    [begun] = state.claim("first", NOW, NOW + MINUTE, 1)
    assert state.begin(begun.id, "first", NOW, NOW + MINUTE)
    commit(state, messages=(message("m2", "A-1"), message("m3", "A-1")))
    commit(state, dropped=("m1", "m2", "unheard of"))
    assert statuses(state) == {"m1": Status.SENDING, "m2": Status.DROPPED, "m3": Status.QUEUED}


# ── what happened ───────────────────────────────────────────────────────────────────────────────────────────


def test_entries_are_numbered_in_the_order_in_which_they_were_given(state: State) -> None:
    commit(state, activity=(entry("a"), replace(entry("b"), number=70)))
    commit(state, activity=(entry("c"),))
    assert [(e.number, e.what) for e in state.activity()] == [(1, "a"), (2, "b"), (3, "c")]
    assert state.last_activity() == 3


def test_entries_are_read_on_from_a_number_by_order_and_a_part_at_a_time(state: State) -> None:
    commit(state, activity=tuple(entry("x", f"A-{number % 2}") for number in range(1, 10)))
    assert [e.number for e in state.activity(after=3, limit=2)] == [4, 5]
    assert [e.number for e in state.activity(order_no="A-1")] == [1, 3, 5, 7, 9]
    assert [e.number for e in state.activity(3, "A-1", 2)] == [5, 7]
    assert state.activity(after=9) == []


def test_entries_that_workers_store_at_once_get_numbers_without_gaps(state_url: str) -> None:
    open_state(state_url).close()

    def work(owner: int) -> None:
        state = open_state(state_url, busy_timeout=30)
        for i in range(5):
            lease = None
            while lease is None:
                lease = state.acquire(f"worker {owner}", NOW, 60)
            state.commit(Commit(activity=(entry(f"{owner} {i}"), entry("and more"))), lease)
            state.give_up(lease)
        state.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    state = open_state(state_url)
    assert [e.number for e in state.activity()] == list(range(1, 31))
    state.close()


@pytest.mark.parametrize(
    ("outcome", "what"),
    [(SENT, "mail_sent"), (DEAD, "mail_failed"), (HELD, "mail_held"), (IN_DOUBT, "mail_maybe")],
)
def test_what_became_of_a_mail_is_entered_with_its_moment_and_without_an_address(
    state: State, outcome: Outcome, what: str
) -> None:
    commit(state, messages=(message("m1", "A-1", kind="order_shipped"),))
    settled(state, outcome)
    assert unnumbered(state) == [Entry(outcome.at, what, "A-1", detail="order_shipped")]
    assert state.last_activity() == 1


def test_an_attempt_that_is_simply_repeated_is_not_entered(state: State) -> None:
    commit(state, messages=(message("m1", "A-1"),))
    settled(state, LATER)
    assert state.activity() == []


def test_a_mail_that_was_in_doubt_before_is_not_entered_as_such_again(state: State) -> None:
    commit(state, messages=(message("m1", "A-1", uncertain=1),))
    settled(state, replace(LATER, uncertain=1))
    assert state.activity() == []


def test_the_word_of_a_worker_that_lost_the_message_is_not_entered(state: State) -> None:
    commit(state, messages=(message("m1", "A-1"),))
    sending(state, "m1")
    assert not state.settle("m1", "second", SENT)
    assert not state.settle("unheard of", "first", SENT)
    assert state.activity() == []
