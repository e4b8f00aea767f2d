"""The workflow as data: every pair of states is either reached by legal steps or refused, with any levels of review."""

from __future__ import annotations

from itertools import product

import pytest

from sheets_schema import CONTRACTS
from sheets_schema.workflow import (
    AFTER_REVIEW,
    BY_STATE,
    CANCELLED,
    FINAL,
    HEARD_BY,
    STATES,
    first_state,
    moves,
    next_moves,
    path,
    state_of,
)

LEVELS = (0, 1, 2)
ONWARD = ("pending", "approved", "shipped", "in_transit", "delivered", "completed")


@pytest.mark.parametrize("levels", LEVELS)
def test_every_step_leads_from_a_state_to_a_state_and_needs_columns_that_exist(levels: int) -> None:
    for move in moves(levels):
        assert {move.start, move.end} <= BY_STATE.keys()
        assert set(move.needs) <= CONTRACTS.by_key.keys()
        assert set(move.notices) <= HEARD_BY.keys()


@pytest.mark.parametrize("levels", LEVELS)
def test_no_step_leads_out_of_what_is_final_and_every_other_state_can_be_cancelled(levels: int) -> None:
    for state in STATES:
        ends = {move.end for move in next_moves(state.key, levels)}
        assert (not ends) == (state.key in FINAL)
        assert (CANCELLED.key in ends) == (state.key not in FINAL)


@pytest.mark.parametrize(("levels", "start", "end"), tuple(product(LEVELS, BY_STATE, BY_STATE)))
def test_a_path_is_a_chain_of_legal_steps_or_there_is_none(levels: int, start: str, end: str) -> None:
    found = path(start, end, levels)
    assert all(move in moves(levels) for move in found)
    states = [start, *(move.end for move in found)]
    assert [move.start for move in found] == states[:-1]
    ahead = start in ONWARD and end in ONWARD and ONWARD.index(end) > ONWARD.index(start)
    legal = ahead or (start, end) == ("approved", "pending") or (end == "cancelled" and start not in FINAL)
    assert bool(found) == legal
    if found:
        assert states[-1] == end
        assert len(found) == (ONWARD.index(end) - ONWARD.index(start) if ahead else 1)


def test_the_levels_of_review_are_who_must_sign_before_approved() -> None:
    needs = {levels: path("pending", "approved", levels)[0].needs for levels in LEVELS}
    assert needs == {0: (), 1: ("reviewer",), 2: ("reviewer", "finance_reviewer")}
    assert [first_state(levels).key for levels in LEVELS] == ["approved", "pending", "pending"]


def test_to_cancel_what_was_approved_needs_a_second_person() -> None:
    for state in AFTER_REVIEW - FINAL:
        assert path(state, "cancelled", 1)[0].needs == ("cancel_reason", "reviewer")
    assert path("pending", "cancelled", 1)[0].needs == ("cancel_reason",)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.key)
def test_a_state_is_known_by_its_title_in_either_language(state: object) -> None:
    assert state_of(state.en.upper()) is state  # type: ignore[attr-defined]
    assert state_of(f" {state.zh} ") is state  # type: ignore[attr-defined]
