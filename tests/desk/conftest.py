"""Desks for tests: one that all share, each test with a workbook of its own, and fresh ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.desk import Desk
from tests.desk.client import Workbook


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk nobody empties or breaks."""
    with Desk(data=tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk for tests of what all its users share: mailbox, faults, requests."""
    with Desk(data=tmp_path) as running:
        yield running


@pytest.fixture
def make_book(desk: Desk) -> Iterator[Callable[..., Workbook]]:
    made: list[Workbook] = []

    def make(locale: str = "en_US", on: Desk = desk) -> Workbook:
        made.append(Workbook(on, on.workbook("Orders", locale=locale)))
        return made[-1]

    yield make
    for book in made:
        book.session.close()


@pytest.fixture
def book(make_book: Callable[..., Workbook]) -> Workbook:
    return make_book()
