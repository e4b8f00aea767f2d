"""A database that an older program made serves a newer one, with all that was in it; never the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, cast

import pytest

from bot.adapters.addresses import database_at
from bot.adapters.connections import Database
from bot.adapters.database import DatabaseState, open_state
from bot.adapters.tables import SCHEMA_VERSION
from bot.planning.runs import RunsSeen
from bot.planning.sightings import Seen, Wanted
from bot.ports import StateError
from tests.contract.life_samples import entry, full_progress, stock, unnumbered
from tests.contract.run_samples import report, run, standing, week
from tests.contract.samples import NOW, commit, hold, leased, message, only, order, sighting, waiting
from tests.contract.schema_1 import fill_as_version_1
from tests.contract.schema_2 import fill_as_version_2


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
        if database.dialect.bytes == "BLOB":
            columns = db.rows(
                'SELECT m.name, p.name, p.type, p."notnull", p.pk FROM sqlite_master AS m'
                " JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' ORDER BY 1, 2"
            )
            return columns + db.rows(
                "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' ORDER BY name"
            )
        columns = db.rows(
            "SELECT table_name, column_name, data_type, is_nullable, collation_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() ORDER BY 1, 2"
        )
        return columns + db.rows(
            "SELECT indexname, tablename FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1"
        )


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


def test_an_older_state_is_completed_once_and_then_of_this_version(old: Database, state_url: str) -> None:
    for _ in range(2):
        open_state(state_url).close()
        assert version(old) == str(SCHEMA_VERSION)


def test_an_older_state_that_was_completed_is_laid_out_like_a_new_one(old: Database, state_url: str) -> None:
    open_state(state_url).close()
    grown = layout(old)
    with old.writing() as db:
        for table in {row[0] for row in grown if len(row) == 5}:
            db.change(f"DROP TABLE {table}")
    assert layout(old) == []
    open_state(state_url).close()
    assert layout(old) == grown


class Dying:
    """The database of a program that ends when it has made so many changes."""

    def __init__(self, database: Database, changes: int) -> None:
        self._database, self._left = database, changes
        self.close = database.close

    @contextmanager
    def writing(self) -> Iterator[Any]:
        with self._database.writing() as db:
            self._db, self.dialect, self.rows = db, db.dialect, db.rows
            yield self

    def change(self, sql: str, *values: object) -> int:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._db.change(sql, *values)


@pytest.mark.parametrize("changes", [1, 17, 18, 20, 23, 28, 29])
def test_a_completion_that_was_cut_short_is_done_again(old: Database, state_url: str, changes: int) -> None:
    before = layout(old)
    with pytest.raises(KeyboardInterrupt):
        DatabaseState(cast(Database, Dying(database_at(state_url, 5), changes)))
    assert layout(old) == before
    assert version(old) == "1"
    state = open_state(state_url)
    commit(state, runs=(run(),))
    assert state.recall_runs().runs == {run().id: run()}
    state.close()


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
