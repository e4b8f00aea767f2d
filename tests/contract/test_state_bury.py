"""What a dead worker leaves behind: its lease and its claims end at once, and nobody else's do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.outbox import Status
from bot.ports import Commit, LeaseLost, State
from tests.contract.samples import MINUTE, NOW, claimed, commit, leased, message, only, sending


def dead(name: str) -> Callable[[str], bool]:
    return lambda owner: owner == name


def test_the_lease_of_a_dead_worker_is_free_at_once_and_worth_nothing_to_it(state: State) -> None:
    first = leased(state, "first")
    assert state.acquire("second", NOW, 60) is None
    assert state.bury(dead("first"), NOW)
    second = state.acquire("second", NOW, 60)
    assert second is not None
    assert second.fence > first.fence
    with pytest.raises(LeaseLost):
        state.commit(Commit(facts={"said": "from the grave"}), first)


def test_the_lease_of_a_worker_that_may_live_is_left_alone(state: State) -> None:
    leased(state, "first")
    assert not state.bury(dead("another"), NOW)
    assert state.acquire("second", NOW, 60) is None


def test_nobody_holding_the_lease_is_no_dead_worker(state: State) -> None:
    assert not state.bury(lambda _owner: True, NOW)
    state.give_up(leased(state, "first"))
    assert not state.bury(lambda _owner: True, NOW)


def test_what_a_dead_worker_had_only_claimed_is_queued_again(state: State) -> None:
    commit(state, messages=(message("m1"),))
    assert claimed(state, "first") == ["m1"]
    state.bury(dead("first"), NOW)
    assert state.reclaim(NOW) == []
    assert claimed(state, "second") == ["m1"]


def test_what_a_dead_worker_was_sending_is_reclaimed_as_in_doubt(state: State) -> None:
    commit(state, messages=(message("m1"),))
    sending(state, "m1", "first")
    assert state.reclaim(NOW) == []
    state.bury(dead("first"), NOW)
    [found] = state.reclaim(NOW)
    assert (found.id, found.owner, found.status) == ("m1", "first", Status.SENDING)


def test_what_a_living_worker_has_in_hand_stays_in_its_hand(state: State) -> None:
    commit(state, messages=(message("m1"),))
    assert claimed(state, "second") == ["m1"]
    state.bury(dead("first"), NOW)
    assert state.reclaim(NOW) == []
    assert only(state).lease_until == NOW + MINUTE
    assert state.begin("m1", "second", NOW, NOW + MINUTE)
