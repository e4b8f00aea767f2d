"""A state goes into a file and comes out of it into either kind of database, whole or not at all."""

from __future__ import annotations

import gzip
import random
import stat
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from bot.adapters.addresses import database_at
from bot.adapters.database import DatabaseState, open_state
from bot.adapters.schema import SCHEMA_VERSION
from bot.adapters.state_ageing import MAYBE_SENT
from bot.adapters.state_backup import Circumstances, Restored, back_up, restore
from bot.adapters.state_file import About, read_about, read_backup
from bot.adapters.state_rows import KEPT, rows_of
from bot.outbox import Failure, Status, Trouble, after_failure
from bot.planning.sightings import Origin, Wanted
from bot.ports import StateError, StateRefused
from tests.contract.life_samples import entry, full_progress, stock
from tests.contract.run_samples import report, run, standing, week
from tests.contract.samples import (
    MINUTE,
    NOW,
    claimed,
    commit,
    hold,
    leased,
    message,
    order,
    sighting,
    waiting,
)

BOOK = "the-workbook"
LATER = NOW + timedelta(hours=1)


def circumstances(now: datetime = LATER, workbook: str = BOOK, dead: bool = False) -> Circumstances:
    return Circumstances(workbook, now, lambda _owner: dead, lambda _done, _total: None)


def fill(state: DatabaseState) -> None:
    """Something in every table, and in the outbox a mail in every status."""
    commit(
        state,
        facts={"adopted_at": NOW.isoformat(), "workbook": BOOK, "last_number": "A-1", "figured": "x"},
        sightings=(sighting("r1", cells={"customer": "光明公司"}), sighting("r2", "A-2")),
        orders=(order("A-1"), order("A-2")),
        waiting=(waiting("half"),),
        holds=(hold(),),
        messages=(
            *(message(f"m{i}", "A-1", body=bytes(range(256))) for i in range(3)),
            message("survey:A-1:1", "A-1", kind="survey"),
            report(run().id, "a@b"),
        ),
        standings=(standing(),),
        runs=(run(),),
        new_runs=frozenset({run().id}),
        weeks=(week(),),
        progress=(full_progress(),),
        stock=(stock(),),
        activity=(entry(), entry("changed")),
        answers=("order:A-9", "answer"),
    )
    assert claimed(state, limit=2) == ["m0", "m1"]
    assert state.begin("m0", "first", NOW, NOW + MINUTE)


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = database_at(url, 5)
    with database.reading() as db:
        found = {table: list(rows_of(db, table)) for table in KEPT}
    database.close()
    return found


@pytest.fixture
def full(state_url: str) -> str:
    """The address of a state with everything in it, which no worker holds."""
    state = open_state(state_url)
    fill(state)
    state.give_up(leased(state))
    state.close()
    return state_url


@pytest.fixture
def backup(full: str, tmp_path: Path) -> Path:
    file = tmp_path / "orders.backup"
    back_up(full, file, circumstances(), force=False)
    return file


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/bot.db"
    return str(request.getfixturevalue("another_postgres_url"))


def restored(url: str, file: Path, *, moved: bool = False, **around: object) -> Restored:
    return restore(url, file, replace(circumstances(), **around), moved=moved)  # type: ignore[arg-type]


# ── whole ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_moved_state_is_the_same_in_either_kind_of_database(
    full: str, backup: Path, empty_url: str
) -> None:
    restored(empty_url, backup, moved=True)
    before, after = everything(full), everything(empty_url)
    facts = dict(after.pop("facts"))  # type: ignore[arg-type]
    assert facts.pop("restored_at")
    assert facts == dict(before.pop("facts"))  # type: ignore[arg-type]
    assert after == before
    assert all(after.values()), "nothing was tested of a table that is empty"


def test_every_column_of_every_table_is_kept(full: str) -> None:
    database = database_at(full, 5)
    with database.reading() as db:
        if database.dialect.bytes == "BLOB":
            found = db.rows(
                "SELECT m.name, p.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p"
                " WHERE m.type = 'table'"
            )
        else:
            found = db.rows(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = current_schema()"
            )
    database.close()
    kept = {(table, column) for table, columns in KEPT.items() for column in columns}
    assert {f for f in found if f[0] not in ("leases", "alembic_version")} == kept


def test_a_moved_state_goes_on_numbering_what_happens(backup: Path, empty_url: str) -> None:
    restored(empty_url, backup, moved=True)
    state = open_state(empty_url)
    commit(state, activity=(entry("moved again"),))
    assert [e.number for e in state.activity()] == [1, 2, 3]
    state.close()


def test_a_file_that_is_backed_up_again_says_the_same(full: str, backup: Path, empty_url: str) -> None:
    restored(empty_url, backup, moved=True)
    again = backup.with_name("again")
    about = back_up(empty_url, again, circumstances(), force=False)
    assert about.counts == {**read_about(backup).counts, "facts": read_about(backup).counts["facts"] + 1}


def test_only_its_owner_reads_it_and_nothing_is_left_beside_it(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert not list(backup.parent.glob("*.unfinished"))


def test_it_says_what_it_is(backup: Path) -> None:
    about = read_about(backup)
    assert (about.schema, about.workbook, about.made_at) == (SCHEMA_VERSION, BOOK, LATER)
    assert about.words == "2 orders, 5 mails, 1 closed weeks"


def test_what_a_worker_stores_meanwhile_is_all_in_it_or_not_at_all(full: str, tmp_path: Path) -> None:
    worker = open_state(full)
    said: list[int] = []

    def tell(done: int, _total: int) -> None:
        said.append(done)
        if done == 2:
            commit(worker, messages=(message("late", "A-7"),), orders=(order("A-7"),))

    about = back_up(full, tmp_path / "x", replace(circumstances(), tell=tell), force=False)
    worker.close()
    rows = {batch.table: batch.rows for batch in read_backup(tmp_path / "x")}
    assert [row[0] for row in rows["orders"]] == ["A-1", "A-2"]
    assert "late" not in [row[0] for row in rows["messages"]]
    assert said == list(range(1, about.rows + 1))


# ── never over somebody's file ──────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_there_is_replaced_only_by_force(full: str, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"the only copy")
    with pytest.raises(StateRefused, match="exists already") as caught:
        back_up(full, file, circumstances(), force=False)
    assert "--force" in caught.value.hint
    assert file.read_bytes() == b"the only copy"
    back_up(full, file, circumstances(), force=True)
    assert read_about(file).workbook == BOOK


def test_a_folder_that_cannot_be_written_is_an_error(full: str, tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be written"):
        back_up(full, tmp_path / "no such folder" / "x", circumstances(), force=False)


def test_a_backup_that_fails_leaves_the_old_one_and_nothing_half_done(full: str, backup: Path) -> None:
    before = backup.read_bytes()

    def tell(done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(full, backup, replace(circumstances(), tell=tell), force=True)
    assert backup.read_bytes() == before
    assert not list(backup.parent.glob("*.unfinished"))


# ── refused ─────────────────────────────────────────────────────────────────────────────────────────────────


def assert_untouched(url: str) -> None:
    state = open_state(url)
    assert state.facts() == {}
    assert state.messages() == []
    state.close()


@pytest.mark.parametrize("moved", [False, True])
def test_a_database_in_use_is_refused(full: str, backup: Path, moved: bool) -> None:
    before = everything(full)
    with pytest.raises(StateRefused, match="in use") as caught:
        restored(full, backup, moved=moved)
    assert "move the file away" in caught.value.hint
    assert everything(full) == before


def test_a_database_that_only_noted_failures_is_filled(backup: Path, empty_url: str) -> None:
    state = open_state(empty_url)
    commit(state, facts={"last_error": "no network"})
    state.give_up(leased(state))
    state.close()
    restored(empty_url, backup)
    assert "last_error" not in dict(everything(empty_url)["facts"])  # type: ignore[arg-type]


def test_while_a_worker_holds_the_workbook_nothing_is_restored(backup: Path, empty_url: str) -> None:
    state = open_state(empty_url)
    leased(state, now=LATER)
    with pytest.raises(StateRefused, match="worker is at work") as caught:
        restored(empty_url, backup)
    assert "Stop it" in caught.value.hint
    assert_untouched(empty_url)
    restored(empty_url, backup, is_dead=lambda _owner: True)
    state.close()


def test_the_backup_of_another_workbook_is_refused(backup: Path, empty_url: str) -> None:
    with pytest.raises(StateRefused, match=f"belongs to the workbook {BOOK}"):
        restored(empty_url, backup, workbook="another")


def test_the_backup_of_a_newer_version_is_refused(backup: Path, empty_url: str) -> None:
    lines = gzip.decompress(backup.read_bytes()).splitlines(keepends=True)
    header = orjson.loads(lines[0]) | {"schema": SCHEMA_VERSION + 1}
    backup.write_bytes(gzip.compress(b"".join([orjson.dumps(header) + b"\n", *lines[1:]])))
    with pytest.raises(StateRefused, match="newer version"):
        restored(empty_url, backup)


def test_the_backup_of_a_running_worker_is_not_taken_for_a_move(
    full: str, tmp_path: Path, empty_url: str
) -> None:
    state = open_state(full)
    leased(state, now=LATER)
    state.close()
    back_up(full, tmp_path / "x", circumstances(), force=False)
    with pytest.raises(StateRefused, match="worker was at work") as caught:
        restored(empty_url, tmp_path / "x", moved=True)
    assert "leave out --moved" in caught.value.hint
    restored(empty_url, tmp_path / "x")


@pytest.mark.parametrize(
    "content",
    [b"", b"Dear customer", gzip.compress(b""), gzip.compress(b'{"format": "x"}\n'), gzip.compress(b"[]\n")],
    ids=["empty", "a letter", "nothing zipped", "something else", "a list"],
)
def test_a_file_that_is_no_backup_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(StateRefused, match="no backup of Order Desk") as caught:
        restored(f"sqlite:///{tmp_path}/bot.db", tmp_path / "x")
    assert "rebuilt from the sheet" in caught.value.hint
    assert not (tmp_path / "bot.db").exists()


def test_no_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StateRefused, match="cannot be read: No such file"):
        restored(f"sqlite:///{tmp_path}/bot.db", tmp_path / "x")


def test_a_damaged_file_is_refused_wherever_it_is_damaged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    state = open_state(url)
    fill(state)
    state.close()
    file = tmp_path / "x"
    back_up(url, file, circumstances(dead=True), force=False)
    whole = file.read_bytes()
    dice = random.Random(7)
    damaged = [whole[: dice.randrange(len(whole))] for _ in range(40)]
    for _ in range(120):
        # The first ten bytes are gzip's own: a moment and a system, of which nothing depends.
        at = dice.randrange(10, len(whole))
        damaged.append(whole[:at] + bytes([whole[at] ^ (1 << dice.randrange(8))]) + whole[at + 1 :])
    for content in damaged:
        file.write_bytes(content)
        with pytest.raises(StateRefused):
            restored(f"sqlite:///{tmp_path}/bot.db", file)
    assert not (tmp_path / "bot.db").exists()


def test_lines_that_were_taken_out_put_in_or_changed_are_found_out(backup: Path, empty_url: str) -> None:
    lines = gzip.decompress(backup.read_bytes()).splitlines(keepends=True)
    tampered = [
        lines[:5] + lines[6:],
        [*lines[:5], lines[5], *lines[5:]],
        lines[:-1],
        [*lines, lines[-1]],
        [line.replace(b"A-1", b"A-8") for line in lines],
        [line.replace(b'"orders"', b'"leases"') for line in lines],
    ]
    for number, found in enumerate(tampered):
        backup.write_bytes(gzip.compress(b"".join(found)))
        with pytest.raises(StateRefused, match="damaged"):
            restored(empty_url, backup)
        assert number < len(tampered)
    assert_untouched(empty_url)


# ── a worker may have gone on ───────────────────────────────────────────────────────────────────────────────


def test_what_was_not_sent_is_held_and_what_the_sheet_tells_is_forgotten(
    backup: Path, empty_url: str
) -> None:
    assert restored(empty_url, backup).held == 5
    state = open_state(empty_url)
    assert {(m.status, m.error, m.owner, m.lease_until) for m in state.messages()} == {
        (Status.HELD, MAYBE_SENT, "", None)
    }
    assert state.next_due() is None
    seen = state.recall(Wanted(row_ids=frozenset({"r1"}), numbers=frozenset({"A-1"}), prefix="A-"))
    assert (dict(seen.sightings), dict(seen.progress), dict(seen.stock), seen.waiting) == ({}, {}, {}, ())
    assert seen.adopted_at == NOW
    assert seen.taken == {"A-1", "A-2"}, "their numbers are not given again"
    assert seen.automations.standings == {}
    assert seen.automations.last_week == week().mark
    assert set(state.facts()) == {"adopted_at", "workbook", "restored_at", "activity_told"}
    assert len(state.activity()) == 2
    answers = state.recall(Wanted(answers=frozenset({"order:A-1", "order:A-2", "answer"}))).answers
    assert answers == {"order:A-1", "answer"}, "who was asked once is not asked again"
    state.close()


def test_what_was_sent_dead_held_or_dropped_stays_so(state_url: str, tmp_path: Path, empty_url: str) -> None:
    state = open_state(state_url)
    fill(state)
    for number, trouble in ((0, Trouble.REFUSED), (1, Trouble.UNCERTAIN)):
        [found] = [m for m in state.messages() if m.id == f"m{number}"]
        if number:
            assert state.begin(found.id, "first", NOW, NOW + MINUTE)
        failure = Failure(trouble, text="no")
        assert state.settle(found.id, "first", after_failure(found, failure, NOW, "hold"))
    state.drop("survey:A-1:1")
    state.close()
    back_up(state_url, tmp_path / "x", circumstances(dead=True), force=False)
    restored(empty_url, tmp_path / "x")
    state = open_state(empty_url)
    told = {m.id: (m.status, m.error) for m in state.messages()}
    assert told["m0"] == (Status.DEAD, "no")
    assert told["m1"] == (Status.HELD, "no")
    state.close()


def test_a_claim_that_had_not_reached_the_sheet_is_as_if_it_never_was(
    state_url: str, tmp_path: Path, empty_url: str
) -> None:
    state = open_state(state_url)
    commit(
        state,
        facts={"adopted_at": NOW.isoformat()},
        orders=(order("A-1"), order("A-2"), order("A-3")),
        sightings=(
            sighting("r1", "A-1", written=True, placed=False),
            sighting("r2", "A-2", written=False, placed=False),
            sighting("r3", "A-3", written=False, placed=False),
            sighting("r4", "A-3", written=True, placed=False),
        ),
        messages=tuple(message(f"m{i}", f"A-{i}") for i in (1, 2, 3)),
    )
    state.close()
    back_up(state_url, tmp_path / "x", circumstances(dead=True), force=False)
    assert restored(empty_url, tmp_path / "x").held == 2
    state = open_state(empty_url)
    assert state.recall(Wanted(prefix="A-")).taken == {"A-1", "A-3"}
    assert {m.id for m in state.messages()} == {"m1", "m3"}
    state.close()


def test_a_backup_of_the_first_meeting_is_refused(state_url: str, tmp_path: Path, empty_url: str) -> None:
    state = open_state(state_url)
    commit(state, sightings=(sighting("r1", origin=Origin.ADOPTED, written=False, placed=False),))
    state.close()
    back_up(state_url, tmp_path / "x", circumstances(dead=True), force=False)
    with pytest.raises(StateRefused, match="for the first time") as caught:
        restored(empty_url, tmp_path / "x")
    assert "start without it" in caught.value.hint
    assert_untouched(empty_url)
    restored(empty_url, tmp_path / "x", moved=True)


def test_counts_are_told_in_words() -> None:
    about = About(4, BOOK, NOW, worker_ran=False, counts={"orders": 1234, "messages": 5})
    assert about.words == "1,234 orders, 5 mails, 0 closed weeks"
