"""A database that an older program made serves a newer one, with all that was in it; never the other way round."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import structlog
from alembic import command
from sqlalchemy import Engine, event

from bot.adapters.addresses import database_at
from bot.adapters.connections import Database, Statements
from bot.adapters.database import open_state
from bot.adapters.migrating import config_for, connected, migrate
from bot.adapters.schema import SCHEMA_VERSION
from bot.planning.runs import RunsSeen
from bot.planning.sightings import Seen, Wanted
from bot.ports import StateError
from tests.contract.life_samples import entry, full_progress, stock, unnumbered
from tests.contract.run_samples import report, run, standing, week
from tests.contract.samples import NOW, commit, hold, leased, message, only, order, sighting, waiting
from tests.contract.schema_1 import fill_as_version_1
from tests.contract.schema_2 import fill_as_version_2
from tests.contract.schema_3 import fill_as_version_3
from tests.contract.test_state_faults import killed


@pytest.fixture
def old(state_url: str) -> Iterator[Database]:
    """What version 1 left at the address."""
    database = database_at(state_url, 5)
    fill_as_version_1(database)
    yield database
    database.close()


def version(database: Database) -> str:
    with database.reading() as db:
        return str(db.rows("SELECT value FROM bookkeeping WHERE key = 'schema_version'")[0][0])


def layout(database: Database) -> list[tuple[str, ...]]:
    """Every column and every index, as the database itself tells them."""
    with database.reading() as db:
        return layout_of(db)


def layout_of(db: Statements) -> list[tuple[str, ...]]:
    if db.dialect.bytes == "BLOB":
        columns = db.rows(
            'SELECT m.name, p.name, p.type, p."notnull", p.pk FROM sqlite_master AS m'
            " JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' ORDER BY 1, 2"
        )
        indexes = db.rows("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
        return columns + [(name, of, " ".join((sql or "").split())) for name, of, sql in indexes]
    columns = db.rows(
        "SELECT table_name, column_name, data_type, is_nullable, collation_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() ORDER BY 1, 2"
    )
    return columns + db.rows(
        "SELECT indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1"
    )


def empty(database: Database) -> None:
    with database.writing() as db:
        for table in {row[0] for row in layout_of(db) if len(row) == 5}:
            db.change(f"DROP TABLE {table}")


def test_nothing_of_an_older_state_is_lost(old: Database, state_url: str) -> None:
    state = open_state(state_url)
    seen = state.recall(Wanted(row_ids=frozenset({"r1"})))
    assert seen == Seen(
        sightings={
            "r1": sighting(
                "r1",
                "A-1",
                digest=7,
                mail_shown="sent",
                created_at=NOW,
                updated_at=NOW,
                cells={"customer": "光明公司"},
            )
        },
        orders={"A-1": order("A-1")},
        mail=seen.mail,
        waiting=(waiting("half"),),
        holds={"flood": hold()},
        adopted_at=NOW,
        known={"contracts": 1},
    )
    assert only(state) == message("purchase_customer:A-1:1", "A-1")
    assert leased(state).fence == 42, "the fence goes on growing"
    state.close()


def test_an_older_state_takes_all_that_is_new(old: Database, state_url: str) -> None:
    migrate(state_url)
    state = open_state(state_url)
    commit(
        state,
        standings=(standing(),),
        runs=(run(),),
        new_runs=frozenset({run().id}),
        messages=(report(run().id, "a@b"),),
        weeks=(week(),),
        progress=(full_progress(),),
        stock=(stock(),),
        activity=(entry(),),
    )
    state.close()
    state = open_state(state_url)
    assert state.recall_runs() == RunsSeen(
        {"weekly_personal": standing()}, {run().id: run()}, {run().id: {"queued": 1}}, week().mark
    )
    assert state.closed_weeks() == [week()]
    seen = state.recall(Wanted(row_ids=frozenset({"r1"})))
    assert (seen.progress, seen.stock) == ({"r1": full_progress()}, {"茶杯": stock()})
    assert unnumbered(state) == [entry()]
    state.close()


def test_a_state_of_version_2_keeps_its_runs_and_takes_the_lives_of_orders(state_url: str) -> None:
    database = database_at(state_url, 5)
    fill_as_version_2(database)
    migrate(state_url)
    state = open_state(state_url)
    assert set(state.recall_runs().runs) == {"weekly_personal:W47"}
    commit(state, progress=(full_progress(),), activity=(entry(),))
    state.close()
    state = open_state(state_url)
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).progress == {"r1": full_progress()}
    assert unnumbered(state) == [entry()]
    state.close()
    assert version(database) == str(SCHEMA_VERSION)
    database.close()


def test_a_state_of_version_3_keeps_how_far_its_orders_have_come(state_url: str) -> None:
    database = database_at(state_url, 5)
    fill_as_version_3(database)
    migrate(state_url)
    state = open_state(state_url)
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).progress == {"r1": full_progress()}
    assert state.recall(Wanted(answers=frozenset({"order:A-1"}))).answers == {"order:A-1"}
    assert unnumbered(state) == [entry()]
    state.close()
    assert version(database) == str(SCHEMA_VERSION)
    database.close()


def test_an_older_state_is_completed_once_and_then_of_this_version(old: Database, state_url: str) -> None:
    done = [migrate(state_url) for _ in range(2)]
    assert [(one.before, one.after) for one in done] == [
        (1, SCHEMA_VERSION),
        (SCHEMA_VERSION, SCHEMA_VERSION),
    ]
    for _ in range(2):
        open_state(state_url).close()
        assert version(old) == str(SCHEMA_VERSION)


def test_an_older_state_that_was_completed_is_laid_out_like_a_new_one(old: Database, state_url: str) -> None:
    migrate(state_url)
    open_state(state_url).close()
    grown = layout(old)
    empty(old)
    assert layout(old) == []
    open_state(state_url).close()
    assert layout(old) == grown


def test_a_new_database_is_laid_out_like_one_that_went_through_all_migrations(state_url: str) -> None:
    open_state(state_url).close()
    database = database_at(state_url, 5)
    fresh = layout(database)
    empty(database)
    with connected(database) as connection, connection.begin():
        command.upgrade(config_for(connection), "head")
    assert layout(database) == fresh
    database.close()


class Dead(BaseException):
    """The process ends here."""


@contextmanager
def dying_at(statement: int) -> Iterator[list[str]]:
    """The program ends right before it says its n-th statement; what it has said until then."""
    said: list[str] = []

    def say(*words: Any) -> None:
        if len(said) == statement:
            raise Dead
        said.append(words[2])

    event.listen(Engine, "before_cursor_execute", say)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", say)


def test_a_completion_that_was_cut_short_anywhere_is_done_again(old: Database, state_url: str) -> None:
    before = layout(old)
    died = 0
    for statement in count():
        try:
            with dying_at(statement) as said:
                migrate(state_url)
        except Dead:
            died += 1
            assert (layout(old), version(old)) == (before, "1"), f"half done after: {said[-1:]}"
        else:
            break
    assert died > 20
    assert version(old) == str(SCHEMA_VERSION)
    state = open_state(state_url)
    commit(state, runs=(run(),))
    assert state.recall_runs().runs == {run().id: run()}
    state.close()


def test_a_completion_that_is_killed_leaves_the_older_state_and_the_next_start_goes_on(
    old: Database, state_url: str
) -> None:
    before = layout(old)
    killed(
        state_url,
        "from bot.adapters import migrating; migrating.command.upgrade = lambda config, to: ("
        "config.attributes['connection'].exec_driver_sql('DROP TABLE facts'), os.kill(os.getpid(), signal.SIGKILL)); "
        "migrating.migrate(url)",
    )
    assert (layout(old), version(old)) == (before, "1")
    migrate(state_url)
    assert version(old) == str(SCHEMA_VERSION)


def test_what_was_done_is_told_in_the_log_without_the_address(
    old: Database, state_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()
    open_state(state_url).close()
    said = "".join(capfd.readouterr())
    assert "database_brought_up_to_date" in said
    assert "before=1" in said
    assert f"after={SCHEMA_VERSION}" in said
    assert state_url.removeprefix("sqlite:///") not in said
    open_state(state_url).close()
    assert "".join(capfd.readouterr()) == "", "once"


def test_a_file_is_kept_as_it_was_beside_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    database = database_at(f"sqlite:///{file}", 5)
    fill_as_version_1(database)
    before = layout(database)
    database.close()
    copy = tmp_path / f"bot.db.before-{SCHEMA_VERSION}"
    copy.write_bytes(b"of a database that was put back since")
    assert migrate(f"sqlite:///{file}").copy == copy.name
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    kept = database_at(f"sqlite:///{copy}", 5)
    assert (layout(kept), version(kept)) == (before, "1")
    kept.close()
    assert {path.name for path in tmp_path.iterdir()} == {file.name, copy.name}


def test_where_there_is_no_room_for_the_copy_nothing_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    database = database_at(f"sqlite:///{file}", 5)
    fill_as_version_1(database)
    before = layout(database)
    (tmp_path / f"bot.db.before-{SCHEMA_VERSION}").mkdir()
    with pytest.raises(StateError, match="copy") as caught:
        migrate(f"sqlite:///{file}")
    assert "room" in caught.value.hint
    assert (layout(database), version(database)) == (before, "1")
    database.close()


def test_many_workers_may_complete_an_older_state_at_once(old: Database, state_url: str) -> None:
    together = Barrier(4)

    def start(number: int) -> bool:
        together.wait()
        state = open_state(state_url)
        try:
            state.recall_runs()
            return state.acquire(f"worker {number}", NOW, 60) is not None
        finally:
            state.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(start, range(4))) == 1, "exactly one holds the lease"
    assert version(old) == str(SCHEMA_VERSION)


def test_the_next_version_is_refused_and_left_as_it_is(old: Database, state_url: str) -> None:
    with old.writing() as db:
        db.change("UPDATE bookkeeping SET value = ? WHERE key = 'schema_version'", str(SCHEMA_VERSION + 1))
    before = layout(old)
    with pytest.raises(StateError, match=rf"newer version of the bot \(schema {SCHEMA_VERSION + 1}"):
        open_state(state_url)
    assert layout(old) == before
    assert version(old) == str(SCHEMA_VERSION + 1)
