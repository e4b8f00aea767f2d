"""What every state promises about leases and commits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from bot.planning.sightings import Order, Origin, Sighting, Wanted
from bot.ports import Commit, Conflict, Lease, LeaseLost, State
from tests.contract.samples import (
    MINUTE,
    NOW,
    SECOND,
    commit,
    hold,
    leased,
    message,
    order,
    sighting,
    waiting,
)

# ── the lease ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_free_lease_is_taken_for_the_time_asked(state: State) -> None:
    assert state.acquire("first", NOW, 60) == Lease("first", 1, NOW + MINUTE)


def test_a_held_lease_is_refused_to_another_worker(state: State, another: State) -> None:
    leased(state)
    assert another.acquire("second", NOW + 59 * SECOND, 60) is None


def test_renewing_in_time_keeps_the_fence(state: State) -> None:
    first = leased(state)
    assert leased(state, now=NOW + 30 * SECOND) == Lease("first", first.fence, NOW + 90 * SECOND)


def test_a_lease_that_ran_out_goes_to_another_with_a_higher_fence(state: State, another: State) -> None:
    first = leased(state)
    assert leased(another, "second", NOW + MINUTE).fence == first.fence + 1


def test_even_the_same_owner_gets_a_higher_fence_after_its_lease_ran_out(state: State) -> None:
    first = leased(state)
    assert leased(state, now=NOW + MINUTE).fence == first.fence + 1


def test_a_lease_given_up_need_not_run_out(state: State, another: State) -> None:
    first = leased(state)
    state.give_up(first)
    assert leased(another, "second").fence == first.fence + 1


def test_a_lease_lost_to_another_is_not_given_up(state: State, another: State) -> None:
    lost = leased(state)
    leased(another, "second", NOW + MINUTE)
    state.give_up(lost)
    assert state.acquire("third", NOW + MINUTE, 60) is None


# ── commits ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_worker_that_lost_its_lease_stores_nothing(state: State, another: State) -> None:
    lost = leased(state)
    leased(another, "second", NOW + MINUTE)
    with pytest.raises(LeaseLost):
        state.commit(Commit(facts={"last_poll": "late"}), lost)
    assert another.facts() == {}


def test_a_worker_that_gave_its_lease_up_stores_nothing(state: State) -> None:
    lease = leased(state)
    state.give_up(lease)
    with pytest.raises(LeaseLost):
        state.commit(Commit(facts={"last_poll": "late"}), lease)
    assert state.facts() == {}


def test_an_old_fence_is_refused_though_the_owner_is_the_same(state: State) -> None:
    old = leased(state)
    leased(state, now=NOW + MINUTE)
    with pytest.raises(LeaseLost):
        state.commit(Commit(facts={"last_poll": "late"}), old)


def test_a_renewed_lease_is_the_same_lease(state: State) -> None:
    lease = leased(state)
    leased(state, now=NOW + 30 * SECOND)
    state.commit(Commit(facts={"last_poll": "now"}), lease)
    assert state.facts() == {"last_poll": "now"}


def test_a_commit_is_seen_by_another_worker_at_once(state: State, another: State) -> None:
    commit(state, sightings=(sighting("r1"),), facts={"workbook": "Orders"})
    assert another.recall(Wanted(row_ids=frozenset({"r1"}))).sightings == {"r1": sighting("r1")}
    assert another.facts() == {"workbook": "Orders"}


def test_every_field_of_a_sighting_comes_back(state: State) -> None:
    full = Sighting(
        row_id="r1",
        tab="order_entry",
        order_no="20261121-001",
        core="c",
        typed="t",
        position=17,
        origin=Origin.ENTRY,
        written=True,
        placed=False,
        gone=True,
        cells={
            "customer": "光明公司 'x'",
            "quantity": 3,
            "unit_price": 1.1,
            "paid": True,
            "+Colour": "🟥 \\",
        },
        mail_shown="sent",
        emptied=True,
        created_at=NOW,
        updated_at=NOW + timedelta(microseconds=1),
        digest=2**64 - 1,
        partner="r2",
    )
    commit(state, sightings=(full,))
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).sightings == {"r1": full}


def test_cells_keep_their_kinds(state: State) -> None:
    cells = {"whole": 1, "fraction": 1.0, "tick": True, "digits": "007", "formula": "=1+1"}
    commit(state, sightings=(sighting("r1", cells=cells),))
    found = state.recall(Wanted(row_ids=frozenset({"r1"}))).sightings["r1"].cells
    assert [(key, type(value), value) for key, value in found.items()] == [
        (key, type(value), value) for key, value in cells.items()
    ]


def test_cells_that_no_database_takes_as_text_come_back_all_the_same(state: State) -> None:
    cells = {"nul": "a\0b", "half a surrogate pair": "\ud83d"}
    commit(state, sightings=(sighting("r1", cells=cells),))
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).sightings["r1"].cells == cells


def test_text_that_no_database_takes_stops_nothing(state: State) -> None:
    odd = sighting("r1", "bad\0number\ud83d", mail_shown="\udc80", cells={"quantity": 10**30})
    commit(state, sightings=(odd, sighting("r2")))
    seen = state.recall(Wanted(row_ids=frozenset({"r1", "r2"}), numbers=frozenset({odd.order_no})))
    assert set(seen.sightings) == {"r1", "r2"}


def test_a_sighting_is_replaced_whole(state: State) -> None:
    commit(state, sightings=(sighting("r1", "A-1", digest=7, mail_shown="sent", cells={"notes": "old"}),))
    commit(state, sightings=(sighting("r1", "A-2"),))
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).sightings == {"r1": sighting("r1", "A-2")}


def test_orders_and_holds_are_replaced_by_their_keys(state: State) -> None:
    commit(state, orders=(order("A-1"),), holds=(hold("flood"), hold("tab:team")))
    again = replace(order("A-1"), generation=2)
    commit(state, orders=(again,), holds=(hold("flood", released=True),))
    seen = state.recall(Wanted(numbers=frozenset({"A-1"})))
    assert seen.orders == {"A-1": again}
    assert seen.holds == {"flood": hold("flood", released=True), "tab:team": hold("tab:team")}


def test_an_ended_hold_is_forgotten(state: State) -> None:
    commit(state, holds=(hold("flood"), hold("tab:team")))
    commit(state, ended_holds=("flood", "unheard of"))
    assert set(state.recall(Wanted()).holds) == {"tab:team"}


def test_a_number_in_use_makes_the_commit_fail_and_stores_nothing(state: State) -> None:
    commit(state, orders=(order("A-1"),), new_numbers=frozenset({"A-1"}))
    with pytest.raises(Conflict):
        commit(
            state,
            sightings=(sighting("r2", "A-1"),),
            orders=(order("A-1"), order("A-2")),
            new_numbers=frozenset({"A-1", "A-2"}),
            messages=(message("m2"),),
            waiting=(waiting("half"),),
            holds=(hold(),),
            facts={"last_number": "A-2"},
        )
    seen = state.recall(Wanted(row_ids=frozenset({"r2"}), numbers=frozenset({"A-1", "A-2"})))
    assert (seen.sightings, set(seen.orders), seen.waiting, seen.holds) == ({}, {"A-1"}, (), {})
    assert state.messages() == []
    assert state.facts() == {}


def test_an_order_is_changed_again_without_asking_for_its_number(state: State) -> None:
    commit(state, orders=(order("A-1"),), new_numbers=frozenset({"A-1"}))
    commit(state, orders=(replace(order("A-1"), generation=2),))
    assert state.recall(Wanted(numbers=frozenset({"A-1"}))).orders["A-1"].generation == 2


def test_a_message_that_is_there_makes_the_commit_fail_and_stores_nothing(state: State) -> None:
    commit(state, messages=(message("m1"),))
    with pytest.raises(Conflict):
        commit(state, sightings=(sighting("r1"),), messages=(message("m0"), message("m1", body=b"another")))
    assert [m.id for m in state.messages()] == ["m1"]
    assert state.messages()[0].body == message("m1").body
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).sightings == {}


def test_the_same_message_twice_in_one_commit_is_a_conflict(state: State) -> None:
    with pytest.raises(Conflict):
        commit(state, messages=(message("m1"), message("m1")))
    assert state.messages() == []


def test_after_a_refused_commit_the_next_one_is_stored(state: State) -> None:
    commit(state, messages=(message("m1"),))
    with pytest.raises(Conflict):
        commit(state, messages=(message("m1"),))
    commit(state, messages=(message("m2"),))
    assert {m.id for m in state.messages()} == {"m1", "m2"}


def test_waiting_rows_replace_those_before_in_their_order(state: State) -> None:
    commit(state, waiting=(waiting("a"), waiting("b")))
    commit(state, waiting=(waiting("c"), waiting("a"), waiting("c", 1)))
    assert state.recall(Wanted()).waiting == (waiting("c"), waiting("a"), waiting("c", 1))


def test_waiting_rows_stay_when_a_commit_does_not_speak_of_them(state: State) -> None:
    commit(state, waiting=(waiting("a"),))
    commit(state, facts={"last_poll": "now"})
    assert state.recall(Wanted()).waiting == (waiting("a"),)


def test_waiting_rows_end_when_a_commit_names_none(state: State) -> None:
    commit(state, waiting=(waiting("a"),))
    commit(state, waiting=())
    assert state.recall(Wanted()).waiting == ()


def test_a_digest_changes_nothing_else_of_a_row(state: State) -> None:
    commit(state, sightings=(sighting("r1", "A-1", mail_shown="sent"),))
    commit(state, digests={"r1": 42, "unheard of": 43})
    expected = sighting("r1", "A-1", mail_shown="sent", digest=42)
    assert state.recall(Wanted(row_ids=frozenset({"r1", "unheard of"}))).sightings == {"r1": expected}


def test_a_digest_in_the_same_commit_as_its_row_is_the_one_that_stays(state: State) -> None:
    commit(state, sightings=(sighting("r1", digest=1),), digests={"r1": 42})
    assert state.digests() == {"contracts": {42: "r1"}}


def test_a_row_becomes_written_and_stays_as_it_was_otherwise(state: State) -> None:
    commit(state, sightings=(sighting("r1", written=False, digest=7),))
    commit(state, written=("r1", "unheard of"))
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).sightings == {"r1": sighting("r1", digest=7)}


def test_facts_are_added_and_replaced(state: State) -> None:
    commit(state, facts={"workbook": "Orders", "last_poll": "1"})
    commit(state, facts={"last_poll": "2"})
    assert state.facts() == {"workbook": "Orders", "last_poll": "2"}


def test_a_time_of_another_zone_comes_back_as_the_same_moment_in_utc(state: State) -> None:
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    commit(state, orders=(Order("A-1", shanghai, Origin.TYPED),))
    found = state.recall(Wanted(numbers=frozenset({"A-1"}))).orders["A-1"].created_at
    assert found == NOW
    assert found.utcoffset() is not None
