"""Roles as teams write them."""

import pytest

from sheets_schema.roles import LEAD, SALES, names_in, roles_in


@pytest.mark.parametrize(
    "text", ["Sales, Lead", "销售、主管", "sales／Lead", "LEAD；销售员", "Sales\nTeam lead"]
)
def test_several_roles_are_read_however_they_are_set_apart(text: str) -> None:
    assert roles_in(text) == {SALES, LEAD}


def test_words_that_name_no_role_are_passed_over() -> None:
    assert roles_in("Sales, juggler") == {SALES}
    assert roles_in("") == frozenset()


def test_names_keep_their_order_and_their_spelling_once_each() -> None:
    assert names_in(" North， South,north ") == ("North", "South")
