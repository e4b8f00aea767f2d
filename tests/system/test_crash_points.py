"""A worker dies at every point of its work, and the next one finds everything as it has to be.

The whole story is swept call by call in memory, with samples of it on SQLite and Postgres, statement by statement
inside transactions too; the named points P0 to P11 are met by the real adapters over HTTP and SMTP as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog

from bot.adapters.google_sheets import GoogleWorkbook
from bot.desk import Desk
from bot.layout.structure import missing_layout
from bot.mails.rendering import Renderer
from tests.system.crashes import (
    ZONE,
    Fuse,
    Point,
    Row,
    When,
    World,
    check,
    furnish,
    sheet_of,
    tell,
)
from tests.system.worlds import Office, in_memory, in_the_office, on_database

#: Every call a cycle makes. One that is missing here fails the first test below.
CALLS = (
    "state.acquire", "state.revision", "state.digests", "workbook.about", "workbook.read", "state.recall",
    "state.facts", "state.last_activity", "state.activity", "state.commit", "workbook.write",
    "state.next_due", "state.reclaim", "state.sent_since",
    "state.claim", "mailer.connect", "mailer.envelope", "state.begin", "mailer.data", "state.settle", "mailer.quit",
    "state.give_up",
)  # fmt: skip
#: Of the statements of all transactions, and of the calls of the slower variants, every so manieth is tried.
STRIDE = 7
STATEMENTS = ("statement.rows", "statement.change", "statement.change_many", "statement.commit")

#: reliability.md, 2.5: what each point is in calls. The entry's order is claimed by the first commit.
NAMED = {
    "P0 while reading": Point("workbook.read", 1, "before"),
    "P1 read, not committed": Point("workbook.read", 1, "after"),
    "P2 inside the transaction": Point("statement.change_many", 4, "after"),
    "P3 committed, not in the sheet": Point("state.commit", 1, "after"),
    "P4 number written, answer lost": Point("workbook.write", 1, "after"),
    "P5 queued, not claimed": Point("state.claim", 1, "before"),
    "P6 claimed, recipient not taken": Point("mailer.envelope", 1, "before"),
    "P7 sending, nothing said": Point("state.begin", 1, "after"),
    "P8 accepted, not stored": Point("mailer.data", 1, "after"),
    "P9 sent, cell not written": Point("state.settle", 2, "after"),
    "P10 cell written, answer lost": Point("workbook.write", 2, "after"),
    "P11 customer told, salesperson not": Point("mailer.envelope", 2, "before"),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as desk:
        original = desk.workbook("Orders", locale="en_US")
        workbook = GoogleWorkbook(original, desk.url)
        layout = missing_layout(workbook.about(layout=True), "en", iter(range(101, 200)).__next__)
        workbook.build(layout.requests)
        yield Office(desk, original, Renderer("Order Desk <orders@desk.example>", ZONE))


def told(make: Callable[[], World], point: Point | None, undisturbed: dict[str, list[Row]]) -> Fuse:
    """The story in a new world with a death at this point, and everything that must be true after it."""
    world = make()
    furnish(world)
    fuse = Fuse(point)
    tell(world, fuse)
    assert fuse.blown == (point is not None), f"the story never came to {point}"
    check(world, fuse, undisturbed)
    return fuse


@dataclass
class Peace:
    """The same story without a death: how often each call was made, and the sheet at its end."""

    calls: Counter[str] = field(default_factory=Counter)
    sheet: dict[str, list[Row]] = field(default_factory=dict)


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def peace() -> Peace:
    world = in_memory()
    furnish(world)
    fuse = Fuse()
    tell(world, fuse)
    sheet = sheet_of(world)
    check(world, fuse, sheet)
    return Peace(fuse.calls, sheet)


def test_every_call_of_the_story_is_swept(peace: Peace) -> None:
    assert set(peace.calls) - {"state.close"} == set(CALLS)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_dying_at_any_call_loses_nothing_and_doubles_nothing_unseen(
    call: str, when: When, peace: Peace
) -> None:
    for n in range(1, peace.calls[call] + 1):
        told(in_memory, Point(call, n, when), peace.sheet)


def test_a_worker_on_another_machine_waits_for_the_leases_and_finds_the_same(peace: Peace) -> None:
    def elsewhere() -> World:
        world = in_memory()
        world.same_machine = False
        return world

    for point in points(peace.calls)[::STRIDE]:
        told(elsewhere, point, peace.sheet)


def points(calls: Counter[str]) -> list[Point]:
    """Every call of a story as two points."""
    both: tuple[When, When] = ("before", "after")
    return [Point(call, n, when) for call in CALLS for n in range(1, calls[call] + 1) for when in both]


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Addresses of empty databases of one kind."""
    if request.param == "sqlite":
        numbers = iter(range(10_000))
        yield lambda: f"sqlite:///{tmp_path}/bot-{next(numbers)}.db"
        return
    import psycopg  # noqa: PLC0415 - a run without Postgres needs no driver

    server = str(request.getfixturevalue("postgres_server"))
    glue = "&" if "?" in server else "?"
    schemas: list[str] = []

    def another() -> str:
        schemas.append(f"crash_{tmp_path.name}_{len(schemas)}".replace("-", "_").lower())
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{schemas[-1]}"')
        return f"{server}{glue}options=-csearch_path%3D{schemas[-1]}"

    yield another
    with psycopg.connect(server, autocommit=True) as connection:
        for schema in schemas:
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.mark.parametrize("place", NAMED)
def test_each_named_point_holds_on_each_database(
    place: str, database: Callable[[], str], peace: Peace
) -> None:
    fuse = told(lambda: on_database(database()), NAMED[place], peace.sheet)
    assert fuse.blew_in == ("state.commit" if place.startswith("P2") else NAMED[place].call)


@pytest.mark.parametrize("place", NAMED)
def test_each_named_point_holds_over_http_and_smtp(
    place: str, office: Office, tmp_path: Path, peace: Peace
) -> None:
    told(lambda: in_the_office(office, f"sqlite:///{tmp_path}/bot.db"), NAMED[place], peace.sheet)


def test_dying_inside_any_transaction_undoes_all_of_it(database: Callable[[], str], peace: Peace) -> None:
    fuse = told(lambda: on_database(database()), None, peace.sheet)
    everywhere = [Point(call, n, "after") for call in STATEMENTS for n in range(1, fuse.calls[call] + 1)]
    assert len(everywhere) > 100
    # Postgres takes four times as long.
    stride = STRIDE if database().startswith("sqlite") else 4 * STRIDE
    for point in everywhere[::stride]:
        told(lambda: on_database(database()), point, peace.sheet)
