"""One desk for all stories, and for each story a stage of its own, with the bot as a worker and as cron runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Desk
from tests.system.company import Patterns
from tests.system.stories import Stage


@pytest.fixture(scope="session")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patterns]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as desk:
        yield Patterns(desk)


@pytest.fixture(params=["worker", "cron"])
def make_stage(
    request: pytest.FixtureRequest, patterns: Patterns, tmp_path: Path
) -> Iterator[Callable[..., Stage]]:
    """Makes a stage whose workbook the bot has not met yet; its choices are those of the config."""
    made: list[Stage] = []

    def make(**choices: Any) -> Stage:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Stage(patterns, folder, as_cron=request.param == "cron", **choices))
        return made[-1]

    yield make
    for stage in made:
        stage.close()


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    """A workbook with a sample company and two old orders, which the bot has met."""
    made = make_stage()
    made.lay_out()
    made.init()
    made.rest()
    return made
