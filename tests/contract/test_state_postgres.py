"""What a state in Postgres does when the server fails: a StateError that tells a person what to mend."""

from __future__ import annotations

import traceback
from urllib.parse import urlsplit, urlunsplit

import pytest

from bot.adapters.addresses import database_at
from bot.adapters.database import open_state
from bot.outbox import Outcome, Status
from bot.ports import Commit, StateError
from tests.contract.samples import (
    NOW,
    commit,
    leased,
    message,
    only,
    sending,
)

SECRET = "s3cret-canary"


def cut_off(server: str, name: str) -> None:
    """End every connection that bears this application name, as a restart of the server does."""
    import psycopg  # noqa: PLC0415 - a run without Postgres needs no driver

    with psycopg.connect(server, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s", [name]
        ).fetchall()
    assert ended == [(True,)]


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgres_addresses_are_taken_as_hosts_spell_them(postgres_url: str, scheme: str) -> None:
    state = open_state(postgres_url.replace("postgresql", scheme, 1))
    commit(state, facts={"a": "b"})
    state.close()


def test_a_connection_lost_while_idle_is_opened_again(postgres_server: str, postgres_url: str) -> None:
    state = open_state(f"{postgres_url}&application_name=idle_worker")
    commit(state, messages=(message("m1"),))
    sending(state, "m1")
    cut_off(postgres_server, "idle_worker")
    assert state.settle("m1", "first", Outcome(Status.SENT, NOW, attempts=1)), "a sent mail is not in doubt"
    assert only(state).status is Status.SENT
    state.close()


def test_a_connection_lost_in_a_transaction_stores_nothing_and_is_opened_again(
    postgres_server: str, postgres_url: str
) -> None:
    url = f"{postgres_url}&application_name=busy_worker"
    open_state(url).close()
    database = database_at(url, 5)
    with pytest.raises(StateError, match="database failed"), database.writing() as db:  # noqa: PT012 - the loss is in it
        db.change("INSERT INTO facts (key, value) VALUES ('a', 'half done')")
        cut_off(postgres_server, "busy_worker")
        db.rows("SELECT 1")
    with database.reading() as db:
        assert db.rows("SELECT * FROM facts") == []
    database.close()


def test_a_lease_locked_for_too_long_is_an_error_and_not_a_wait_without_end(postgres_url: str) -> None:
    state = open_state(postgres_url, busy_timeout=0.05)
    commit(state, facts={"a": "before"})
    lease = leased(state)
    other = database_at(postgres_url, 5)
    with pytest.raises(StateError, match="lock timeout"), other.writing() as db:  # noqa: PT012 - the lock is in it
        db.rows("SELECT * FROM leases FOR UPDATE")
        state.commit(Commit(facts={"a": "after"}), lease)
    assert state.facts() == {"a": "before"}
    state.close()
    other.close()


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://bot:{SECRET}@127.0.0.1:1/bot",
        f"postgresql://bot:{SECRET}@[oops/bot",
        f"postgresql://bot:{SECRET}@127.0.0.1:port/bot",
        f"postgres://bot:{SECRET}%zz@127.0.0.1/bot",
        f"postgresql://bot:{SECRET}@127.0.0.1/bot?unheard_of=1",
        f"postgresql://bot:pass@{SECRET}@127.0.0.1:1/bot",
        f"postgresql://bot:pass/{SECRET}@127.0.0.1:1/bot",
    ],
    ids=["nobody listens", "half a bracket", "port in words", "bad escape", "unknown option", "@", "/"],
)
def test_a_server_that_cannot_be_reached_is_an_error_without_the_password(url: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StateError) as caught:
        open_state(url)
    assert caught.value.hint
    said = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    # The traceback quotes this file's lines, which name the secret only as SECRET.
    assert SECRET not in said


def test_what_the_server_says_is_told_without_the_password(postgres_server: str) -> None:
    parts = urlsplit(postgres_server)
    where = f"{parts.username}:{SECRET}@{parts.netloc.rpartition('@')[2]}"
    with pytest.raises(StateError, match="database failed") as caught:
        open_state(urlunsplit(parts._replace(netloc=where, path=f"/{SECRET}")))
    assert SECRET not in str(caught.value)


def test_text_sorts_as_in_python_whatever_the_servers_language(postgres_url: str) -> None:
    open_state(postgres_url).close()
    database = database_at(postgres_url, 5)
    with database.reading() as db:
        collations = db.rows(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type = 'text'"
        )
    assert collations == [("C",)]
    database.close()
