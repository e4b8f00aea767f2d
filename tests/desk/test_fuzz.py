"""Whatever batchUpdate is asked, it answers or refuses as Google does, whole or not at all, and keeps what it said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk.core import Core
from bot.desk.parts import Parts
from tests.desk import random_requests
from tests.desk.random_book import Book, oddities


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


@pytest.fixture(scope="module")
def core(files: Path) -> Iterator[Core]:
    running = Core(Parts(files))
    yield running
    running.parts.close()


def _refuses_without_a_trace(book: Book, before: Any, answer: Any) -> None:
    assert set(answer) == {"error"}
    assert answer["error"]["code"] == 400
    assert answer["error"]["status"] == "INVALID_ARGUMENT"
    assert "requests" in answer["error"]["message"], "it names the request it means"
    assert book.read() == before


#: Each number is the seed of one request's dice.
BATCHES = st.lists(st.lists(st.integers(0, 2**64), min_size=1, max_size=3), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=BATCHES)
def test_any_batch_is_answered_or_refused_whole_and_survives_a_restart(
    core: Core, files: Path, batches: list[list[int]]
) -> None:
    book = Book(core)
    for seeds in batches:
        before = book.read()
        requests = [random_requests.request(Random(seed)) for seed in seeds]
        status, answer = book.batch(requests)
        if status == 200:
            assert len(answer["replies"]) == len(requests)
            assert oddities(book.read()) == []
        else:
            assert status == 400, answer
            _refuses_without_a_trace(book, before, answer)
    restarted = Core(Parts(files))
    try:
        assert book.read(restarted) == book.read()
    finally:
        restarted.parts.close()
        book.close()


@pytest.mark.parametrize("kind", random_requests.kinds())
def test_every_kind_of_request_is_known_or_refused_by_name(core: Core, kind: str) -> None:
    book = Book(core)
    for seed in range(12):
        before = book.read()
        status, answer = book.batch([random_requests.request(Random(seed), kind)])
        if status != 200:
            assert f"Invalid requests[0].{kind}: " in answer["error"]["message"]
            _refuses_without_a_trace(book, before, answer)
    book.close()
