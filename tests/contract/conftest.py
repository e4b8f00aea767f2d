"""The adapters that one suite is run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.adapters.database import open_state
from bot.adapters.memory_state import MemoryState
from bot.ports import State

OpenState = Callable[[], State]


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bot.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def open_worker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenState]:
    """Opens the same state once more, as another worker does; every adapter in turn."""
    opened: list[State] = []
    shared = MemoryState()

    def open_one() -> State:
        if request.param == "memory":
            opened.append(shared)
        elif request.param == "sqlite":
            opened.append(open_state(f"sqlite:///{tmp_path}/bot.db"))
        else:
            opened.append(open_state(request.getfixturevalue("postgres_url")))
        return opened[-1]

    yield open_one
    for state in opened:
        state.close()


@pytest.fixture
def state(open_worker: OpenState) -> State:
    """The state as the first worker opens it."""
    return open_worker()


@pytest.fixture
def another(state: State, open_worker: OpenState) -> State:
    """The same state as a second worker opens it."""
    return open_worker()
