"""Telling a dead worker from one that may live: in doubt it lives."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot.adapters.processes import is_dead, owner_name

_SAYS_ITS_NAME = "from bot.adapters.processes import owner_name; print(owner_name())"


def owner_of_a_process_that_ended() -> str:
    told = subprocess.run([sys.executable, "-c", _SAYS_ITS_NAME], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def with_part(owner: str, part: int, value: str) -> str:
    parts = owner.rsplit(":", 4)
    parts[part] = value
    return ":".join(parts)


def test_a_process_that_ended_is_dead() -> None:
    assert is_dead(owner_of_a_process_that_ended())


def test_this_process_lives_under_every_name_it_gave_itself() -> None:
    assert owner_name() != owner_name()
    assert not is_dead(owner_name())


def test_a_process_that_was_killed_and_not_yet_counted_is_dead() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", f"{_SAYS_ITS_NAME}; import sys, time; sys.stdout.flush(); time.sleep(60)"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    owner = child.stdout.readline().strip()
    assert not is_dead(owner)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(owner)
    child.wait()
    child.stdout.close()


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="only /proc tells when a process began")  # noqa: PTH110 - shorter
def test_a_process_number_that_was_given_again_does_not_bring_the_dead_back() -> None:
    assert is_dead(with_part(owner_name(), 3, "1"))


@pytest.mark.parametrize("owner", ["", "first", "a:b:c:d:e", "host:0123456789ab:1:1:ffffff"])
def test_nothing_is_known_of_other_machines_containers_and_names(owner: str) -> None:
    assert not is_dead(owner)


def test_a_number_that_is_none_is_not_looked_up() -> None:
    assert not is_dead(with_part(owner_name(), 2, "-1"))
    assert not is_dead(with_part(owner_name(), 2, "9" * 30))


def test_a_process_of_somebody_else_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not is_dead(with_part(owner_name(), 2, "1"))
