"""A run that fails for one of its people: the others get theirs, and the one is made up alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import cast
from unittest.mock import patch

import pytest
import structlog

from bot.adapters.memory_state import MemoryState
from bot.mails.rendering import Renderer
from bot.ports import State
from bot.reports import letters
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from bot.reports.readers import Reader
from sheets_schema import TEAM
from sheets_schema.automations import WEEKLY_PERSONAL, WEEKLY_TEAM
from tests.system.crashes import RULES, ZONE, Fuse
from tests.system.fridays import HALF_MINUTE, PEOPLE, Friday, board, evening, ids_of, passed

MAX = next(row for row, person in enumerate(PEOPLE, start=2) if person["name"] == "Max Mohn")
PERSONAL, TEAMS = ids_of(WEEKLY_PERSONAL.key), ids_of(WEEKLY_TEAM.key)
TO_MAX = {id_ for id_ in PERSONAL if "max@" in id_}


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def _reporter(world: Friday) -> ReporterHere:
    renderer = Renderer("Order Desk <orders@desk.example>", ZONE)
    return ReporterHere(
        ReportApp(world.book.workbook(), cast(State, world.open_state(Fuse())), renderer, RULES)
    )


@pytest.fixture(scope="module")
def before_six() -> Callable[[], Friday]:
    return evening(MemoryState(), _reporter)


def reports_sent(world: Friday) -> Counter[str]:
    """How many letters came of each report, by kind and reader, as their Message-IDs tell."""
    found = (
        (recipient, re.search(rb"Message-ID: <(weekly_\w+)\.2026-W47", body))
        for recipient, body in world.letters()
    )
    return Counter(f"{kind[1].decode()}:2026-W47:{recipient.casefold()}" for recipient, kind in found if kind)


def _result(world: Friday) -> str:
    return str(board(world)[WEEKLY_PERSONAL.key]["result"])


def _go_on(world: Friday, span: timedelta) -> None:
    """Time passes, and the worker polls until it has nothing to do."""
    world.now += span
    world.work(Fuse())


def test_a_member_without_an_address_is_named_and_gets_the_report_alone_once_there_is_one(
    before_six: Callable[[], Friday],
) -> None:
    world = before_six()
    world.book.write(TEAM.key, MAX, {"email": ""})
    passed(world, Fuse())
    assert reports_sent(world) == Counter((PERSONAL - TO_MAX) | TEAMS)
    assert _result(world) == "2 reports sent, 1 failed: Max Mohn has no e-mail in Team"
    world.book.write(TEAM.key, MAX, {"email": "max@sales.example"})
    _go_on(world, HALF_MINUTE)
    assert reports_sent(world) == Counter(PERSONAL | TEAMS)
    assert _result(world) == "3 reports sent"


def test_a_report_that_fails_for_a_fault_of_ours_is_made_up_alone_an_hour_later(
    before_six: Callable[[], Friday],
) -> None:
    world = before_six()
    usual = letters._personal

    def poisoned(reader: Reader, *rest: object) -> object:
        if reader.name == "Max Mohn":
            raise ZeroDivisionError
        return usual(reader, *rest)  # type: ignore[arg-type]

    with patch("bot.reports.letters._personal", poisoned):
        passed(world, Fuse())
        assert reports_sent(world) == Counter((PERSONAL - TO_MAX) | TEAMS)
        assert "1 failed: Max Mohn: trouble on our side" in _result(world)
        _go_on(world, timedelta(minutes=40))
        assert reports_sent(world) == Counter((PERSONAL - TO_MAX) | TEAMS), "it was tried too soon"
    _go_on(world, timedelta(minutes=30))
    assert reports_sent(world) == Counter(PERSONAL | TEAMS)
    assert _result(world) == "3 reports sent"


def test_of_two_people_with_one_mailbox_the_one_who_failed_is_made_up_too(
    before_six: Callable[[], Friday],
) -> None:
    world = before_six()
    anna = next(row for row, person in enumerate(PEOPLE, start=2) if person["name"] == "Anna Berg")
    for row in (anna, MAX):
        world.book.write(TEAM.key, row, {"email": "shop@sales.example"})
    usual = letters._personal

    def poisoned(reader: Reader, *rest: object) -> object:
        if reader.name == "Max Mohn":
            raise ZeroDivisionError
        return usual(reader, *rest)  # type: ignore[arg-type]

    shop = f"{WEEKLY_PERSONAL.key}:2026-W47:shop@sales.example"
    with patch("bot.reports.letters._personal", poisoned):
        passed(world, Fuse())
    assert reports_sent(world)[shop] == 1
    _go_on(world, timedelta(minutes=70))
    assert reports_sent(world)[shop] == 2
