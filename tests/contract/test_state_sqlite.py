"""What a state in a file does when the disk fails: a StateError that tells a person what to mend."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.connections import SQLITE, Database, connect_sqlite
from bot.adapters.database import DatabaseState, open_state
from bot.planning.sightings import Wanted
from bot.ports import StateError
from tests.contract.samples import (
    commit,
    message,
    only,
    sighting,
)


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


def test_the_file_and_its_folder_are_made_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "bot.db"
    state = open_state(f"sqlite:///{file}")
    commit(state, facts={"a": "b"})
    for part in (file, *file.parent.glob("bot.db-*")):
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
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


def test_a_signal_is_answered_while_another_programs_lock_is_waited_for(file: Path) -> None:
    waiting = open_state(f"sqlite:///{file}", busy_timeout=1.5)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answered: list[float] = []
    before = signal.signal(signal.SIGUSR1, lambda _number, _frame: answered.append(time.monotonic()))
    told = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1))
    told.start()
    try:
        with pytest.raises(StateError, match="in use by another program"):
            waiting.acquire("somebody", datetime.now(UTC), 60)
    finally:
        signal.signal(signal.SIGUSR1, before)
        other.close()
        waiting.close()
    assert time.monotonic() - answered[0] > 0.7, "it was answered when the waiting was over"


_WRITES = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


def test_opening_the_file_a_second_time_takes_no_lock_from_the_first(file: Path) -> None:
    open_state(f"sqlite:///{file}").close()
    # With a rollback journal the lock lies on the file itself, where a careless close would drop it.
    first = sqlite3.connect(file, isolation_level=None)
    first.execute("PRAGMA journal_mode = DELETE")
    first.execute("BEGIN IMMEDIATE")
    with contextlib.suppress(sqlite3.OperationalError):
        connect_sqlite(file, busy_timeout=0).close()
    other = subprocess.run(
        [sys.executable, "-c", _WRITES, str(file)], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == "database is locked"
    first.close()


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
        with pytest.raises(StateError, match="cannot be written") as caught:
            open_state(f"sqlite:///{folder}/bot.db")
        assert "write access to file and folder" in caught.value.hint
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


def test_a_database_that_is_refused_is_let_go(file: Path) -> None:
    opened: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        opened.append(connect_sqlite(file, 1))
        opened[-1].execute("PRAGMA query_only = ON")
        return opened[-1]

    with pytest.raises(StateError, match="cannot be written"):
        DatabaseState(Database(SQLITE, connect))
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


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
