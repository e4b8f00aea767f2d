"""What `check` finds out about a database of either kind, and that it leaves nothing there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.addresses import database_at
from bot.adapters.connections import Statements
from bot.adapters.database import open_state
from bot.adapters.schema import SCHEMA_VERSION
from bot.adapters.surroundings import config_file, database_facts, filesystem_of, their_clock
from bot.checking.facts import DatabaseFacts
from bot.ports import Commit, StateError, WorkbookError

NOW = datetime(2026, 11, 21, 1, 31, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/bot.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


def test_a_database_is_known_before_and_after_its_tables_are_made(url: str) -> None:
    before = database_facts(url)
    assert (before.made, before.schema, before.workbook, before.holder) == (False, 0, "", "")
    state = open_state(url)
    lease = state.acquire("shop:1:2:3:4", NOW, 60)
    assert lease is not None
    state.commit(Commit(facts={"workbook": "key"}), lease)
    state.close()
    found = database_facts(url)
    assert (found.made, found.schema, found.known_schema) == (True, SCHEMA_VERSION, SCHEMA_VERSION)
    assert (found.workbook, found.holder, found.held_until) == (
        "key",
        "shop:1:2:3:4",
        NOW + timedelta(seconds=60),
    )


def test_looking_makes_nothing(url: str) -> None:
    assert database_facts(url) == database_facts(url)
    if url.startswith("sqlite"):
        assert not Path(url.removeprefix("sqlite:///")).parent.exists()
        return
    database = database_at(url, 5)
    with database.reading() as db:
        assert tables(db) == []
    database.close()


def tables(db: Statements) -> list[tuple[str]]:
    return db.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")  # type: ignore[return-value]


@pytest.mark.parametrize(
    "url",
    ["postgresql://bot:hunter2-canary@127.0.0.1:9/orders", "sqlite:////proc/nowhere/bot.db", "mysql://x"],
)
def test_a_database_that_cannot_be_had_is_told_with_a_hint_and_without_its_password(url: str) -> None:
    with pytest.raises(StateError) as failed:
        database_facts(url)
    assert failed.value.hint
    assert "hunter2" not in f"{failed.value} {failed.value.hint}"


def test_the_file_system_is_that_of_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    assert filesystem_of(tmp_path / "not" / "there" / "bot.db") == filesystem_of(tmp_path)


def test_secrets_are_named_and_not_told(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "mail: {password: hunter2-canary}\nworkbook: {credentials_json: hunter2-canary}\n"
        "state: postgresql://bot:hunter2-canary@db/orders\n"
    )
    path.chmod(0o604)
    found = config_file(path)
    assert found.secrets == ("mail.password", "workbook.credentials_json", "state")
    assert found.is_open
    assert "hunter2" not in repr(found)
    path.write_text("- no config\n")
    path.chmod(0o640)
    assert (config_file(path).secrets, config_file(path).is_open) == ((), False)


def test_a_server_that_is_not_there_has_no_clock() -> None:
    with pytest.raises(WorkbookError):
        their_clock("http://127.0.0.1:9")
    assert DatabaseFacts("SQLite").held_until is None
