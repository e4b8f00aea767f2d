"""What the databases do when the outside world fails: a StateError that tells a person what to mend."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bot.adapters.connections import SQLITE, Database, connect_sqlite, database_at
from bot.adapters.database import DatabaseState, open_state
from bot.outbox import Failure, Outcome, Status, Trouble, after_failure
from bot.planning.sightings import Wanted
from bot.ports import Commit, Conflict, LeaseLost, StateError
from tests.contract.samples import (
    MINUTE,
    NOW,
    SECOND,
    claimed,
    commit,
    leased,
    message,
    only,
    order,
    sending,
    sighting,
)

SECRET = "s3cret-canary"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def kept(file: Path) -> Iterator[DatabaseState]:
    """A state in a file, with one row in it, that waits for nobody."""
    state = open_state(f"sqlite:///{file}", busy_timeout=0.01)
    commit(state, sightings=(sighting("r1"),))
    yield state
    state.close()


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_and_its_folder_are_made_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "bot.db"
    state = open_state(f"sqlite:///{file}")
    commit(state, facts={"a": "b"})
    for part in (file, *file.parent.glob("bot.db-*")):
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
    state.close()


def test_a_relative_address_means_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_state("sqlite:///state/bot.db").close()
    assert (tmp_path / "state" / "bot.db").exists()


def test_what_is_committed_survives_a_power_cut(file: Path) -> None:
    connection = connect_sqlite(file, 1)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "2 is FULL"
    connection.close()


def test_what_was_stored_is_there_after_a_restart(file: Path) -> None:
    state = open_state(f"sqlite:///{file}")
    commit(state, sightings=(sighting("r1"),), messages=(message("m1"),))
    state.close()
    state = open_state(f"sqlite:///{file}")
    assert only(state) == message("m1")
    assert set(state.recall(Wanted(row_ids=frozenset({"r1"}))).sightings) == {"r1"}
    state.close()


def test_a_file_locked_by_another_program_is_an_error_and_later_is_not(
    kept: DatabaseState, file: Path
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StateError, match="in use by another program") as caught:
        commit(kept, facts={"a": "b"})
    assert "Close" in caught.value.hint
    assert set(kept.recall(Wanted(row_ids=frozenset({"r1"}))).sightings) == {"r1"}, "reading needs no turn"
    other.execute("ROLLBACK")
    other.close()
    commit(kept, facts={"a": "b"})
    assert kept.facts() == {"a": "b"}


def test_a_full_disk_stores_nothing_and_keeps_what_was_there(file: Path) -> None:
    def nearly_full() -> sqlite3.Connection:
        connection = connect_sqlite(file, 1)
        connection.execute("PRAGMA max_page_count = 60")
        return connection

    state = DatabaseState(Database(SQLITE, nearly_full))
    commit(state, sightings=(sighting("r1"),))
    with pytest.raises(StateError, match="no room left") as caught:
        commit(state, facts={"a": "b"}, messages=(message("m1", body=b"x" * 1_000_000),))
    assert "disk space" in caught.value.hint
    assert state.messages() == []
    assert state.facts() == {}
    commit(state, messages=(message("m2"),))
    assert only(state).id == "m2"
    state.close()


@pytest.fixture
def as_somebody_else() -> Iterator[Callable[[], None]]:
    """Lets the test go on as a user whom file modes concern, which root is not."""
    was_root = os.geteuid() == 0
    yield lambda: os.seteuid(65534) if was_root else None
    if was_root:
        os.seteuid(0)


def test_a_file_that_may_not_be_written_is_an_error(as_somebody_else: Callable[[], None]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        open_state(f"sqlite:///{folder}/bot.db").close()
        (folder / "bot.db").chmod(0o444)
        folder.chmod(0o555)
        as_somebody_else()
        with pytest.raises(StateError, match="Permission denied") as caught:
            open_state(f"sqlite:///{folder}/bot.db")
        assert "write access to bot.db" in caught.value.hint
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_database_that_became_read_only_is_an_error_and_can_still_be_read(file: Path) -> None:
    opened: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        opened.append(connect_sqlite(file, 1))
        return opened[-1]

    state = DatabaseState(Database(SQLITE, connect))
    commit(state, facts={"a": "b"})
    opened[0].execute("PRAGMA query_only = ON")
    with pytest.raises(StateError, match="cannot be written") as caught:
        commit(state, facts={"a": "c"})
    assert "write access" in caught.value.hint
    assert state.facts() == {"a": "b"}
    state.close()


def test_a_file_that_is_no_database_is_an_error(file: Path) -> None:
    file.write_bytes(b"Dear customer, " * 1000)
    with pytest.raises(StateError, match="not a database") as caught:
        open_state(f"sqlite:///{file}")
    assert "rebuilt from the sheet" in caught.value.hint
    assert file.read_bytes().startswith(b"Dear customer"), "nobody's file is overwritten"


def test_a_damaged_file_is_an_error(file: Path) -> None:
    state = open_state(f"sqlite:///{file}")
    commit(state, sightings=tuple(sighting(f"r{i}", cells={"notes": "x" * 500}) for i in range(500)))
    state.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(StateError, match="damaged"):
        open_state(f"sqlite:///{file}").recall(Wanted(row_ids=frozenset({"r1"})))


@pytest.mark.parametrize("place", ["", "a file/bot.db"], ids=["a folder", "below a file"])
def test_a_place_where_no_file_can_be_is_an_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("")
    with pytest.raises(StateError, match="cannot be opened"):
        open_state(f"sqlite:///{tmp_path}/{place}")


# ── both databases ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bot.db",
        "sqlite://",
        "sqlite:///",
        "sqlite://bot.db",
        "sqlite:///:memory:",
        "postgresql://",
        f"mysql://bot:{SECRET}@localhost/bot",
    ],
)
def test_an_address_of_no_known_kind_is_an_error_with_an_example(url: str) -> None:
    with pytest.raises(StateError, match="no kind the bot knows") as caught:
        open_state(url)
    assert "sqlite:///state/bot.db" in caught.value.hint


def test_tables_of_a_newer_program_are_refused_and_left_alone(state_url: str) -> None:
    open_state(state_url).close()
    database = database_at(state_url, 5)
    with database.writing() as db:
        assert db.change("UPDATE bookkeeping SET value = '99' WHERE key = 'schema_version'") == 1
    with pytest.raises(StateError, match="newer version of the bot") as caught:
        open_state(state_url)
    assert "newer version" in caught.value.hint
    with database.reading() as db:
        assert db.rows("SELECT value FROM bookkeeping WHERE key = 'schema_version'") == [("99",)]
    database.close()


def test_many_workers_may_make_the_tables_at_once(state_url: str) -> None:
    together = Barrier(4)

    def start(number: int) -> bool:
        together.wait()
        state = open_state(state_url)
        try:
            return state.acquire(f"worker {number}", NOW, 60) is not None
        finally:
            state.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(start, range(4))) == 1, "exactly one holds the lease"


def test_workers_that_claim_at_once_share_the_messages(state_url: str) -> None:
    state = open_state(state_url)
    ids = [f"m{i:03d}" for i in range(60)]
    commit(state, messages=tuple(message(i) for i in ids))
    together = Barrier(3)

    def work(number: int) -> list[str]:
        own, owner, sent = open_state(state_url), f"worker {number}", list[str]()
        together.wait()
        # A worker that finds every due message locked by another one gets none: it asks again as the cycle would.
        while own.next_due() == NOW:
            for found in own.claim(owner, NOW, NOW + MINUTE, 7):
                assert own.begin(found.id, owner, NOW, NOW + MINUTE)
                assert own.settle(found.id, owner, Outcome(Status.SENT, NOW, attempts=1))
                sent.append(found.id)
        own.close()
        return sent

    with ThreadPoolExecutor(3) as pool:
        shares = list(pool.map(work, range(3)))
    assert sorted(i for share in shares for i in share) == ids
    assert state.counts()["mail.sent"] == len(ids)
    state.close()


def test_of_two_workers_that_plan_the_same_mail_one_stores_it(state_url: str) -> None:
    planned = Commit(messages=(message("m1"),), new_numbers=frozenset({"A-1"}), orders=(order("A-1"),))
    states = [open_state(state_url) for _ in range(2)]
    late = leased(states[0])
    states[1].commit(planned, leased(states[1], "second", NOW + MINUTE))
    with pytest.raises(LeaseLost):
        states[0].commit(planned, late)
    with pytest.raises(Conflict):
        states[0].commit(planned, leased(states[0], now=NOW + 2 * MINUTE))
    assert only(states[0]) == message("m1")
    for state in states:
        state.close()


# ── crashes ─────────────────────────────────────────────────────────────────────────────────────────────────


def killed(state_url: str, work: str) -> None:
    """Do this in another process, which is killed before it can tidy up."""
    program = """
        import os, signal, sys
        from bot.adapters.connections import database_at
        from bot.adapters.database import open_state
        from tests.contract.samples import *
        url = sys.argv[1]
        {work}
        os.kill(os.getpid(), signal.SIGKILL)
    """
    source = textwrap.dedent(program).replace("{work}", textwrap.dedent(work).strip())
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", source, state_url],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def test_a_worker_killed_between_begin_and_settle_leaves_its_mail_in_doubt(state_url: str) -> None:
    state = open_state(state_url)
    commit(state, messages=(message("m1"), message("m2")))
    killed(
        state_url,
        "state = open_state(url); assert claimed(state) == ['m1', 'm2']; "
        "assert state.begin('m1', 'first', NOW, NOW + MINUTE)",
    )
    [left] = state.reclaim(NOW + MINUTE)
    assert left.id == "m1"
    assert claimed(state, "second") == ["m2"]
    outcome = after_failure(left, Failure(Trouble.UNCERTAIN, text="crash"), NOW + MINUTE, "resend")
    assert state.settle("m1", left.owner, outcome)
    assert {m.id: m.uncertain for m in state.messages()} == {"m1": 1, "m2": 0}
    state.close()


def test_a_worker_killed_in_the_middle_of_a_commit_stores_nothing(state_url: str) -> None:
    state = open_state(state_url)
    commit(state, facts={"a": "before"})
    killed(
        state_url,
        "context = database_at(url, 5).writing(); db = context.__enter__(); "
        "assert db.change(\"UPDATE facts SET value = 'half done'\") == 1",
    )
    assert state.facts() == {"a": "before"}
    commit(state, facts={"a": "after"})
    assert state.facts() == {"a": "after"}
    state.close()


def test_the_lease_of_a_killed_worker_goes_on_when_it_ran_out(state_url: str) -> None:
    state = open_state(state_url)
    killed(state_url, "leased(open_state(url), 'killed')")
    assert state.acquire("second", NOW + 59 * SECOND, 60) is None
    assert leased(state, "second", NOW + MINUTE).fence == 2
    state.close()


# ── Postgres ────────────────────────────────────────────────────────────────────────────────────────────────


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
    other = database_at(postgres_url, 5)
    with pytest.raises(StateError, match="lock timeout"), other.writing() as db:  # noqa: PT012 - the lock is in it
        db.rows("SELECT * FROM leases FOR UPDATE")
        commit(state, facts={"a": "after"})
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
    ],
    ids=["nobody listens", "half a bracket", "port in words", "bad escape", "unknown option"],
)
def test_a_server_that_cannot_be_reached_is_an_error_without_the_password(url: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StateError) as caught:
        open_state(url)
    assert caught.value.hint
    said = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    # The traceback quotes this file's lines, which name the secret only as SECRET.
    assert SECRET not in said


def test_psycopg_is_not_loaded_for_sqlite(file: Path) -> None:
    program = (
        "import sys; from bot.adapters.database import open_state; open_state(sys.argv[1]).close(); "
        "print({'psycopg', 'sqlalchemy'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{file}"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout.strip() == "set()"
