"""What all benchmarks share: quiet logs, and one desk that holds 100,000 orders."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.benchmarks.full_desk import FullDesk, full_desk

OLD_ORDERS = 100_000


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """Log lines are not what is measured here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def desk_of_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullDesk]:
    """A desk in a process of its own, its workbook as years of work have left it, and the state that goes with it."""
    with full_desk(tmp_path_factory.mktemp("desk"), OLD_ORDERS) as desk:
        yield desk
