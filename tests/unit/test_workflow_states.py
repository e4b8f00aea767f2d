"""The states of an order, by the words in its Status cell."""

from __future__ import annotations

import pytest

from sheets_schema import LANGUAGES
from sheets_schema.workflow import APPROVED, PENDING, STATES, State, first_state, state_of


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.key)
def test_a_state_is_known_by_its_title_in_any_language(state: State, language: str) -> None:
    assert state_of(state.title(language)) is state
    assert state_of(f" {state.title(language).upper()}\u3000") is state


@pytest.mark.parametrize("text", ["", "Done", "pending", "Approved!", "审核"])
def test_other_words_name_no_state(text: str) -> None:
    assert state_of(text) is None


def test_titles_and_keys_are_told_apart() -> None:
    assert len({s.key for s in STATES}) == len({s.en for s in STATES}) == len({s.zh for s in STATES}) == 7


def test_an_order_begins_in_review_unless_nobody_reviews() -> None:
    assert first_state(1) is first_state(2) is PENDING
    assert first_state(0) is APPROVED
