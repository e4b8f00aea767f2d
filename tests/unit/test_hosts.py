"""Which hosts forget their disk, and what the worker then says instead of beginning."""

from __future__ import annotations

import pytest

from bot.checking.hosts import FORGETFUL, forgetful_host, forgotten_state

SQLITE = "sqlite:////app/state/bot.db"
POSTGRES = "postgresql://bot:secret@db.example/orders"


@pytest.mark.parametrize("name", FORGETFUL)
def test_an_sqlite_file_on_a_host_that_forgets_is_refused_with_what_to_do(name: str) -> None:
    said = forgotten_state(SQLITE, {"PATH", name}, anyway=False)
    assert f"{FORGETFUL[name]} (${name} is set)" in said
    assert "Set DATABASE_URL" in said
    assert "sqlite_anyway: true" in said


@pytest.mark.parametrize("name", FORGETFUL)
@pytest.mark.parametrize("state", [POSTGRES, "postgres://host/db", "postgresql+psycopg://host/db"])
def test_a_postgres_database_may_be_used_from_anywhere(state: str, name: str) -> None:
    assert forgetful_host(state, {name}) == ""
    assert forgotten_state(state, {name}, anyway=False) == ""


def test_an_sqlite_file_is_fine_where_nothing_says_that_the_disk_forgets() -> None:
    assert forgotten_state(SQLITE, {"PATH", "HOME", "PORT"}, anyway=False) == ""


def test_a_person_may_insist() -> None:
    assert forgotten_state(SQLITE, {"DYNO"}, anyway=True) == ""
