"""What both databases do when the program or the outside world fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bot.adapters.addresses import database_at
from bot.adapters.database import open_state
from bot.outbox import Failure, Outcome, Status, Trouble, after_failure
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
)

SECRET = "s3cret-canary"


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


def test_a_time_without_a_zone_is_a_bug_and_stores_nothing(state_url: str) -> None:
    state = open_state(state_url)
    with pytest.raises(ValueError, match="without a zone"):
        commit(state, facts={"a": "b"}, messages=(message("m1", created_at=NOW.replace(tzinfo=None)),))
    assert state.facts() == {}
    state.close()


# ── crashes ─────────────────────────────────────────────────────────────────────────────────────────────────


def killed(state_url: str, work: str) -> None:
    """Do this in another process, which is killed before it can tidy up."""
    program = """
        import os, signal, sys
        from bot.adapters.addresses import database_at
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
