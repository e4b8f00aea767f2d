"""What every state recalls of the rows of a snapshot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.outbox import after_success
from bot.planning.sightings import MailState, Sighting, Wanted
from bot.ports import State
from tests.contract.samples import (
    HOUR,
    NOW,
    SECOND,
    commit,
    message,
    only,
    order,
    sending,
    sighting,
)


def recalled(state: State, **wanted: Any) -> set[str]:
    """Row IDs of what is remembered of these rows."""
    return set(state.recall(Wanted(**wanted)).sightings)


def steady(row_id: str, order_no: str = "", **said: Any) -> Sighting:
    """A row to which nothing is owed, so that it is recalled only when asked for."""
    return sighting(row_id, order_no, digest=int(row_id[1:]), **said)


def test_rows_are_recalled_by_their_id(state: State) -> None:
    commit(state, sightings=(steady("r1"), steady("r2"), steady("r3")))
    assert recalled(state, row_ids=frozenset({"r1", "r3", "unheard of"})) == {"r1", "r3"}


def test_rows_are_recalled_by_their_core_even_when_gone(state: State) -> None:
    commit(state, sightings=(steady("r1", core="x"), steady("r2", core="x", gone=True), steady("r3")))
    assert recalled(state, cores=frozenset({"x"})) == {"r1", "r2"}


def test_rows_to_which_something_may_be_owed_are_always_recalled_unless_gone(state: State) -> None:
    rows = (
        sighting("r1"),
        sighting("r2", placed=False),
        steady("r3"),
        steady("r4", placed=False),
        sighting("r5", gone=True),
    )
    commit(state, sightings=rows)
    assert recalled(state) == {"r1", "r2"}


def test_all_lines_of_a_wanted_order_come_along(state: State) -> None:
    commit(state, sightings=(steady("r1", "A-1"), steady("r2", "A-1", gone=True), steady("r3", "A-2")))
    assert recalled(state, numbers=frozenset({"A-1"})) == {"r1", "r2"}


def test_all_lines_of_the_orders_of_the_rows_found_come_along(state: State) -> None:
    rows = (
        steady("r1", "A-1"),
        steady("r2", "A-1"),
        steady("r3", "A-2", core="x"),
        steady("r4", "A-2"),
        sighting("r5", "A-3"),
        steady("r6", "A-3"),
        steady("r7", "A-4"),
    )
    commit(state, sightings=rows, orders=tuple(order(f"A-{i}") for i in range(1, 5)))
    seen = state.recall(Wanted(row_ids=frozenset({"r1"}), cores=frozenset({"x"})))
    assert set(seen.sightings) == {"r1", "r2", "r3", "r4", "r5", "r6"}
    assert seen.orders == {number: order(number) for number in ("A-1", "A-2", "A-3")}


def test_rows_without_a_number_do_not_belong_together(state: State) -> None:
    commit(state, sightings=(steady("r1"), steady("r2")))
    assert recalled(state, row_ids=frozenset({"r1"}), numbers=frozenset({""})) == {"r1"}


def test_the_mail_of_an_order_comes_by_generation_and_id_and_only_purchase_details(state: State) -> None:
    commit(
        state,
        sightings=(sighting("r1", "A-1"),),
        messages=(
            message("b", "A-1", generation=2),
            message("d", "A-1"),
            message("c", "A-1", kind="purchase_salesperson"),
            message("a", "A-1", kind="purchaser_survey"),
            message("e", "A-2"),
        ),
    )
    mail = state.recall(Wanted(row_ids=frozenset({"r1"}))).mail
    assert mail == {
        "A-1": (
            MailState("c", "purchase_salesperson", "queued", 1),
            MailState("d", "purchase_customer", "queued", 1),
            MailState("b", "purchase_customer", "queued", 2),
        )
    }


def test_sent_mail_says_when_and_queued_mail_says_when_next(state: State) -> None:
    commit(state, messages=(message("m1", "A-1"),))
    sending(state, "m1")
    assert state.settle("m1", "first", after_success(only(state), NOW + SECOND))
    commit(state, messages=(message("m2", "A-1", not_before=NOW + HOUR),))
    at = [m.at for m in state.recall(Wanted(numbers=frozenset({"A-1"}))).mail["A-1"]]
    assert at == [NOW + SECOND, NOW + HOUR]


@pytest.mark.parametrize("prefix", ["20261121-", "%", "20261121-0", "2026_"])
def test_numbers_with_a_prefix_are_taken_and_the_prefix_is_no_pattern(state: State, prefix: str) -> None:
    numbers = ["20261120-001", "20261121-001", "20261121-010", "20261121-100", "20261122-001", "%1", "2026_"]
    commit(state, orders=tuple(map(order, numbers)))
    expected = {number for number in numbers if number.startswith(prefix)}
    assert state.recall(Wanted(prefix=prefix)).taken == expected


def test_no_prefix_asks_for_no_numbers(state: State) -> None:
    commit(state, orders=(order("A-1"),))
    assert state.recall(Wanted()).taken == frozenset()


def test_the_adoption_is_remembered_with_its_zone(state: State) -> None:
    assert state.recall(Wanted()).adopted_at is None
    commit(state, facts={"adopted_at": "2026-11-21T09:00:00+00:00"})
    adopted_at = state.recall(Wanted()).adopted_at
    assert isinstance(adopted_at, datetime)
    assert adopted_at == NOW


def test_known_rows_are_counted_by_tab_without_the_unplaced_and_the_gone(state: State) -> None:
    rows = (
        sighting("r1"),
        sighting("r2"),
        sighting("r3", gone=True),
        sighting("r4", placed=False),
        sighting("r5", tab="order_entry"),
    )
    commit(state, sightings=rows)
    assert state.recall(Wanted()).known == {"contracts": 2, "order_entry": 1}


def test_only_rows_that_are_steady_and_there_have_a_digest(state: State) -> None:
    rows = (
        sighting("r1", digest=1),
        sighting("r2", digest=0),
        sighting("r3", digest=3, gone=True),
        sighting("r4", digest=1, tab="order_entry"),
        sighting("r5", digest=-5),
    )
    commit(state, sightings=rows)
    assert state.digests() == {"contracts": {1: "r1", -5: "r5"}, "order_entry": {1: "r4"}}


def test_a_hundred_thousand_ids_may_be_asked_for(state: State) -> None:
    commit(
        state,
        sightings=(
            sighting("row 7", "number 8", digest=1),
            sighting("r2", core="core 9", digest=2),
            sighting("r3", digest=3),
        ),
    )
    seen = state.recall(
        Wanted(
            row_ids=frozenset(f"row {i}" for i in range(100_000)),
            cores=frozenset(f"core {i}" for i in range(100_000)),
            numbers=frozenset(f"number {i}" for i in range(100_000)),
        )
    )
    assert set(seen.sightings) == {"row 7", "r2"}
