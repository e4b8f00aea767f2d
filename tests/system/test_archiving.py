"""Finished orders move to Archive: no row is ever in both tabs or in neither, and none that should have stayed.

In memory the worker dies before and after every call of a port; on the desk people sort, insert, delete and edit
between its last look and its write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.google_sheets import GoogleWorkbook
from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.memory_state import MemoryState
from bot.archiving import archive, asked, is_unfinished
from bot.cycle import run_cycle
from bot.desk import Desk
from bot.glance import App, Glance
from bot.layout.structure import missing_layout
from bot.mails.rendering import Renderer
from bot.ports import Commit, Lease
from bot.projection import SetCells
from sheets_schema import ARCHIVE, CONTRACTS, LAID_OUT, Cell
from sheets_schema.titles import fold, known_titles
from tests.system.crashes import ZONE, Crash, Fuse, Point, Row, World, furnish, line
from tests.system.hand import Book, Hand
from tests.system.worlds import DeskBook, Office, in_memory, in_the_office

NAMES = ("Nordlicht", "Hansen", "Ostsee")
#: Column of the team's own title, and one without a title, behind those of the schema.
COLOUR, UNTITLED = len(CONTRACTS.fields), len(CONTRACTS.fields) + 1
WHO = ("row_id", "order_no", "customer", "quantity", "notes")


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as desk:
        original = desk.workbook("Orders", locale="en_US")
        workbook = GoogleWorkbook(original, desk.url)
        layout = missing_layout(workbook.about(layout=True), "en", iter(range(101, 200)).__next__)
        workbook.build(layout.requests)
        shorter = [
            {"updateSheetProperties": {
                "properties": {"sheetId": s.sheet_id, "gridProperties": {"rowCount": 20}},
                "fields": "gridProperties.rowCount",
            }}
            for s in workbook.about().sheets if s.title in (CONTRACTS.en, ARCHIVE.en)
        ]  # fmt: skip
        workbook.build(shorter)
        yield Office(desk, original, Renderer("Order Desk <orders@desk.example>", ZONE))


# ── the month's end ─────────────────────────────────────────────────────────────────────────────────────────


def months_end(world: World, *, mailed: bool = False) -> list[str]:
    """Six rows, four orders of them finished, one of two lines; the Row IDs that are to leave.

    They are typed and mailed, or found at the first meeting, which is quicker.
    """
    rows: list[Row] = [
        line("Nordlicht", quantity=2) | {"notes": "a"},
        line("Ostsee", number="A-77") | {"notes": "b"},
        line("Ostsee", quantity=3, number="A-77") | {"notes": "c"},
        line("Hansen", quantity=4) | {"notes": "=not a formula"},
        line("Hansen", quantity=5) | {"notes": "stays"},
    ]
    if mailed:
        furnish(world)
    else:
        world.book.write(CONTRACTS.key, 2, line("Hansen", quantity=9) | {"order_no": "OLD-1"})
        rows = [{"order_no": f"N-{i}"} | row for i, row in enumerate(rows)]
    for number, row in enumerate(rows, 3):
        world.book.write(CONTRACTS.key, number, row)
    if mailed:
        world.work(Fuse())
    for number in range(2, 7):
        status = "Completed" if number != 6 else "Cancelled"
        days: Row = {"status": status, "order_date": 46_000 + number}
        world.book.write(CONTRACTS.key, number, days)
    own = [SetCells(CONTRACTS.key, n, {COLOUR: f"red {n}", UNTITLED: n}) for n in range(2, 8)]
    world.book.workbook().write([SetCells(CONTRACTS.key, 1, {COLOUR: "Colour"}), *own])
    world.work(Fuse())
    return [
        str(row["row_id"])
        for row in table(world, CONTRACTS.en)
        if row.get("status") in ("Completed", "Cancelled")
    ]


def table(world: World, title: str) -> list[dict[str, Cell]]:
    """The rows of a tab by key, the team's own columns by their titles and others by their letters."""
    rows = world.book.workbook().contents()[title]
    titles = known_titles(CONTRACTS)
    keys = [titles.get(fold(str(t)), str(t) or "untitled") for t in rows[0]]
    found = []
    for row in rows[1:]:
        cells = {(keys[i] if i < len(keys) else "untitled"): c for i, c in enumerate(row) if c != ""}
        if cells:
            found.append(cells)
    return found


def everything(world: World) -> Counter[tuple[Any, ...]]:
    """Every row of both tabs, wherever it stands."""
    both = table(world, CONTRACTS.en) + table(world, ARCHIVE.en)
    return Counter(tuple(row.get(key, "") for key in (*WHO, "Colour", "untitled")) for row in both)


def ids(world: World, title: str) -> list[str]:
    return [str(row.get("row_id", "")) for row in table(world, title)]


def open_up(world: World, fuse: Fuse) -> tuple[App, Glance, Lease]:
    """A worker that has just had a cycle."""
    app = world.start(fuse)
    _, glance = run_cycle(app, world.now, Glance())
    lease = app.state.acquire(app.owner, world.now, 180)
    assert lease is not None
    return app, glance, lease


def moved(world: World, row_ids: list[str], fuse: Fuse | None = None) -> int:
    """One worker archives these."""
    app, glance, lease = open_up(world, Fuse())
    if fuse is not None:
        app = world.start(fuse)
        world.dead.add(app.owner)
        app.state.acquire(app.owner, world.now, 180)
    count, _ = archive(app, glance, row_ids, lease)
    app.state.give_up(lease)
    return count


@pytest.fixture(params=["memory", "desk"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        return in_memory()
    found: World = request.getfixturevalue("on_desk")
    return found


@pytest.fixture
def on_desk(office: Office) -> World:
    """A sheet over HTTP; state and mailbox are in memory, which is quicker."""
    state, mailer = MemoryState(), MemoryMailer()
    book = DeskBook(office.desk, office.original)
    return World(book, lambda _: state, mailer, lambda: [(x.recipient, x.body) for x in mailer.letters])


# ── undisturbed ─────────────────────────────────────────────────────────────────────────────────────────────


def test_finished_orders_move_with_all_their_cells_and_the_others_stay(world: World) -> None:
    leaving = months_end(world, mailed=True)
    before, mails = everything(world), len(world.letters())
    assert mails == 8
    contracts = {row["row_id"]: row for row in table(world, CONTRACTS.en)}
    assert moved(world, leaving) == 4
    assert ids(world, ARCHIVE.en) == leaving
    assert [row["notes"] for row in table(world, CONTRACTS.en)] == ["stays"]
    assert table(world, ARCHIVE.en) == [contracts[i] for i in leaving]
    assert everything(world) == before
    world.work(Fuse())
    assert everything(world) == before
    assert len(world.letters()) == mails


def test_a_second_month_goes_below_the_first(world: World) -> None:
    leaving = months_end(world)
    assert moved(world, leaving[:1]) == 1
    before = everything(world)
    assert moved(world, leaving) == 4
    assert ids(world, ARCHIVE.en) == leaving
    assert everything(world) == before


def test_nothing_moves_when_nothing_is_asked_for(world: World) -> None:
    leaving = months_end(world)
    before = table(world, CONTRACTS.en)
    assert moved(world, []) == 0
    assert table(world, CONTRACTS.en) == before
    assert leaving


def test_dates_in_archive_still_show_as_dates(on_desk: World) -> None:
    leaving = months_end(on_desk)
    hand = archive_hand(on_desk)
    moved(on_desk, leaving)
    assert hand.shown(3, "order_date") == "2025-12-12"
    assert hand.shown(3, "quantity") == "2"


def test_what_an_order_still_waits_for_keeps_it_here(world: World) -> None:
    leaving = months_end(world, mailed=True)
    # Reopened; one line of two taken up again; its mail asked for once more.
    rows = table(world, CONTRACTS.en)
    world.book.write(CONTRACTS.key, 2, {"status": "Delivered"})
    world.book.write(CONTRACTS.key, 5, {"status": ""})
    world.book.write(CONTRACTS.key, 6, {"mail_status": ""})
    app = world.start(Fuse())
    lease = app.state.acquire(app.owner, world.now, 180)
    assert lease is not None
    assert archive(app, Glance(), leaving, lease)[0] == 1
    assert ids(world, ARCHIVE.en) == [rows[1]["row_id"]]


def test_an_archive_that_is_emptied_at_once_is_no_emptied_tab(world: World) -> None:
    leaving = months_end(world, mailed=True)
    world.book.write(CONTRACTS.key, 7, {"status": "Cancelled"})
    world.work(Fuse())
    last = ids(world, CONTRACTS.en)[-1]
    assert moved(world, [*leaving, last]) == 5
    world.work(Fuse())
    state = world.open_state(Fuse())
    assert table(world, CONTRACTS.en) == []
    assert state.counts().get("holds", 0) == 0
    world.book.write(CONTRACTS.key, 2, line("Ostsee", quantity=8))
    mails = len(world.letters())
    world.work(Fuse())
    assert len(world.letters()) == mails + 2


def test_a_row_that_a_person_copies_back_is_known_and_not_mailed(world: World) -> None:
    leaving = months_end(world, mailed=True)
    moved(world, leaving)
    back = next(row for row in table(world, ARCHIVE.en) if row.get("notes") == "a")
    mails = len(world.letters())
    cells = {k: c for k, c in back.items() if k in CONTRACTS.by_key} | {"status": "Delivered"}
    world.book.write(CONTRACTS.key, 3, cells)
    world.work(Fuse())
    assert len(world.letters()) == mails
    row = table(world, CONTRACTS.en)[-1]
    assert (row["row_id"], row["order_no"]) == (back["row_id"], back["order_no"])


def copied_back(world: World, row_id: str, status: str) -> None:
    """Somebody copies an archived row back, whole."""
    row = next(r for r in table(world, ARCHIVE.en) if r["row_id"] == row_id)
    cells = {k: c for k, c in row.items() if k in CONTRACTS.by_key} | {"status": status}
    world.book.write(CONTRACTS.key, 3, cells)
    own = {COLOUR: row["Colour"], UNTITLED: row["untitled"]}
    world.book.workbook().write([SetCells(CONTRACTS.key, 3, own)])
    world.work(Fuse())


def test_what_was_copied_back_loses_its_older_copy_and_may_leave_again(world: World) -> None:
    leaving = months_end(world)
    before, tabs = everything(world), list(world.book.workbook().contents())
    moved(world, leaving)
    copied_back(world, leaving[2], "Shipped")
    moved(world, leaving)
    # The other line of its order stays archived; nothing else changes.
    assert leaving[2] in ids(world, CONTRACTS.en)
    assert leaving[2] not in ids(world, ARCHIVE.en)
    assert everything(world) == before
    world.book.write(CONTRACTS.key, 3, {"status": "Completed"})
    world.work(Fuse())
    moved(world, leaving[2:3])
    assert sorted(ids(world, ARCHIVE.en)) == sorted(leaving)
    assert everything(world) == before
    assert list(world.book.workbook().contents()) == tabs


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_while_an_older_copy_is_dropped_is_made_good(n: int, when: str) -> None:
    world = in_memory()
    leaving = months_end(world)
    before = everything(world)
    moved(world, leaving)
    copied_back(world, leaving[0], "Shipped")
    fuse = Fuse()
    app, glance, lease = open_up(world, fuse)
    fuse.calls.clear()
    fuse.point = Point("workbook.write", n, cast(Any, when))
    with pytest.raises(Crash):
        archive(app, glance, leaving[:1], lease)
    world.dead.add(app.owner)
    moved(world, [])
    assert everything(world) == before
    assert list(world.book.workbook().contents()) == [tab.en for tab in LAID_OUT]


def test_a_sort_of_archive_while_an_older_copy_is_dropped_loses_nothing(on_desk: World) -> None:
    leaving = months_end(on_desk)
    before = everything(on_desk)
    moved(on_desk, leaving)
    copied_back(on_desk, leaving[0], "Shipped")
    app, glance, lease = open_up(on_desk, Fuse())
    meanwhile(on_desk, ":batchUpdate", sorting(archive_hand(on_desk), descending=False))
    archive(app, glance, leaving[:1], lease)
    app.state.give_up(lease)
    assert not faults_left(on_desk)
    assert sorted(ids(on_desk, ARCHIVE.en)) == sorted(leaving)
    moved(on_desk, leaving[:1])
    assert everything(on_desk) == before


# ── crashes ─────────────────────────────────────────────────────────────────────────────────────────────────


def calls_of(make: Callable[[], World]) -> Counter[str]:
    world = make()
    leaving = months_end(world)
    fuse = Fuse()
    app, glance, lease = open_up(world, fuse)
    fuse.calls.clear()
    archive(app, glance, leaving, lease)
    return fuse.calls


def die_at(world: World, point: Point) -> None:
    """A worker dies there while it archives; the next one finishes what it began."""
    leaving = months_end(world)
    before, mails = everything(world), len(world.letters())
    fuse = Fuse()
    app, glance, lease = open_up(world, fuse)
    fuse.calls.clear()
    fuse.point = point
    with pytest.raises(Crash):
        archive(app, glance, leaving, lease)
    cast(Any, app.state)._port.close()
    world.dead.add(app.owner)
    assert everything(world) == before, point
    assert not set(ids(world, CONTRACTS.en)) & set(ids(world, ARCHIVE.en)), point
    world.work(Fuse())
    assert everything(world) == before, point
    app, glance, lease = open_up(world, Fuse())
    # The run that asks is stored before anything is moved; a death before that leaves nothing to go on with.
    row_ids = [] if is_unfinished(app.state.facts()) or ids(world, ARCHIVE.en) else leaving
    archive(app, glance, row_ids, lease)
    assert not is_unfinished(app.state.facts())
    app.state.give_up(lease)
    world.work(Fuse())
    assert ids(world, ARCHIVE.en) == leaving, point
    assert everything(world) == before, point
    assert len(world.letters()) == mails, point


def test_a_death_at_any_call_leaves_every_row_in_one_tab_and_is_made_good() -> None:
    calls = calls_of(in_memory)
    assert {"workbook.write", "workbook.columns", "workbook.about", "state.commit", "state.recall", "state.acquire",
            "state.facts"} == set(calls)  # fmt: skip
    for call, count in calls.items():
        for n in range(1, count + 1):
            for when in ("before", "after"):
                die_at(in_memory(), Point(call, n, cast(Any, when)))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["state.commit", "workbook.write"])
def test_a_death_over_http_and_on_a_database_is_made_good_too(
    office: Office, tmp_path: Path, call: str, when: str
) -> None:
    die_at(in_the_office(office, f"sqlite:///{tmp_path}/bot.db"), Point(call, 2, cast(Any, when)))


def test_two_workers_move_each_order_once(world: World) -> None:
    leaving = months_end(world)
    before = everything(world)
    first, glance, lease = open_up(world, Fuse())
    first.state.give_up(lease)
    assert moved(world, leaving) == 4
    lease_again = first.state.acquire(first.owner, world.now, 180)
    assert lease_again is not None
    assert archive(first, glance, leaving, lease_again)[0] == 4
    assert everything(world) == before
    assert ids(world, ARCHIVE.en) == leaving


def test_what_is_asked_for_is_kept_with_what_was_asked_before() -> None:
    facts = asked({}, ["b", "a"])
    assert is_unfinished(facts)
    assert asked(facts, ["c"]) == asked({}, ["a", "b", "c"])
    assert asked({}, []) == {}
    assert not is_unfinished({})
    assert Commit(facts=asked({}, [])).is_empty()


# ── people in between ───────────────────────────────────────────────────────────────────────────────────────


def book_of(world: World) -> Book:
    desk_book = cast(DeskBook, world.book)
    return Book(desk_book.desk.url, desk_book.key)


def hand_of(world: World) -> Hand:
    book = book_of(world)
    return Hand(book, CONTRACTS, CONTRACTS.en, book.sheets()[CONTRACTS.en])


def archive_hand(world: World) -> Hand:
    book = book_of(world)
    return Hand(book, ARCHIVE, ARCHIVE.en, book.sheets()[ARCHIVE.en])


def meanwhile(world: World, match: str, *requests: dict[str, Any], skip: int = 0) -> None:
    desk_book = cast(DeskBook, world.book)
    edit = {"spreadsheetId": desk_book.key, "requests": list(requests)}
    fault = {"match": f"{desk_book.key}{match}", "skip": skip, "edit": edit}
    book_of(world).call("PUT", f"{desk_book.desk.url}/_desk/faults", [fault])


def faults_left(world: World) -> list[Any]:
    desk_book = cast(DeskBook, world.book)
    return cast(list[Any], book_of(world).call("GET", f"{desk_book.desk.url}/_desk/faults"))


def sorting(hand: Hand, *, descending: bool) -> dict[str, Any]:
    """Whole rows sorted, from the first one down."""
    order = "DESCENDING" if descending else "ASCENDING"
    spec = {"dimensionIndex": hand.columns()["quantity"], "sortOrder": order}
    return {"sortRange": {"range": {"sheetId": hand.sheet_id, "startRowIndex": 1}, "sortSpecs": [spec]}}


EDITS: dict[str, Callable[[Hand], list[dict[str, Any]]]] = {
    "a sort": lambda hand: [sorting(hand, descending=True)],
    "a sort the other way": lambda hand: [sorting(hand, descending=False)],
    "a row inserted above": lambda hand: [hand.inserting(2)],
    "a typed row inserted above": lambda hand: [hand.inserting(4), *hand.typing(4, {"notes": "half typed"})],
    "a row deleted above": lambda hand: [hand.deleting(2)],
    "a row that stays deleted": lambda hand: [hand.deleting(7)],
    "an order reopened": lambda hand: hand.typing(3, {"status": "Shipped"}),
    "a cell edited": lambda hand: hand.typing(3, {"notes": "edited"}),
    "a column put in": lambda hand: [
        {"insertDimension": {"range": hand._lines("COLUMNS", 3, 1), "inheritFromBefore": False}}
    ],
    "a column moved": lambda hand: [
        {"moveDimension": {"source": hand._lines("COLUMNS", 3, 1), "destinationIndex": 1}}
    ],
}


#: Before the last look a few will do: what it sees, it sees.
RACES = [(what, "the write") for what in EDITS] + [
    (what, "the last look")
    for what in ("a sort", "a row deleted above", "an order reopened", "a column moved")
]


@pytest.mark.parametrize(("what", "when"), RACES)
def test_whatever_people_do_in_between_no_row_is_lost_and_none_wrongly_archived(
    on_desk: World, what: str, when: str
) -> None:
    leaving = months_end(on_desk)
    hand = hand_of(on_desk)
    expected = expected_after(on_desk, what)
    skip = {"the last look": 3, "the write": 1}[when]
    app, glance, lease = open_up(on_desk, Fuse())
    meanwhile(
        on_desk, ":batchUpdate" if when == "the write" else "/values:batchGet", *EDITS[what](hand), skip=skip
    )
    archive(app, glance, leaving, lease)
    app.state.give_up(lease)
    assert not faults_left(on_desk)
    assert everything(on_desk) == expected
    for row in table(on_desk, ARCHIVE.en):
        assert row["row_id"] in leaving
        assert row["status"] in ("Completed", "Cancelled")
    on_desk.work(Fuse())
    assert everything(on_desk) == expected
    assert len(ids(on_desk, ARCHIVE.en)) >= 3


def expected_after(world: World, what: str) -> Counter[tuple[Any, ...]]:
    rows = list(everything(world).elements())
    table_rows = table(world, CONTRACTS.en)

    def keyed(row: dict[str, Cell]) -> tuple[Any, ...]:
        return tuple(row.get(key, "") for key in (*WHO, "Colour", "untitled"))

    if what == "a row deleted above":
        rows.remove(keyed(table_rows[0]))
    if what == "a row that stays deleted":
        rows.remove(keyed(table_rows[5]))
    if what == "a cell edited":
        rows.remove(keyed(table_rows[1]))
        rows.append(keyed(table_rows[1] | {"notes": "edited"}))
    if what == "a typed row inserted above":
        rows.append(keyed({"notes": "half typed"}))
    return Counter(rows)


def test_a_death_right_after_a_write_that_a_sort_misled_is_made_good(on_desk: World) -> None:
    leaving = months_end(on_desk)
    before = everything(on_desk)
    fuse = Fuse()
    app, glance, lease = open_up(on_desk, fuse)
    fuse.calls.clear()
    fuse.point = Point("workbook.write", 2, "after")
    meanwhile(on_desk, ":batchUpdate", sorting(hand_of(on_desk), descending=False), skip=1)
    with pytest.raises(Crash):
        archive(app, glance, leaving, lease)
    on_desk.dead.add(app.owner)
    assert set(ids(on_desk, ARCHIVE.en)) - set(leaving), "the sort misled nobody"
    app, glance, lease = open_up(on_desk, Fuse())
    archive(app, glance, (), lease)
    app.state.give_up(lease)
    assert everything(on_desk) == before
    assert sorted(ids(on_desk, ARCHIVE.en)) == sorted(leaving)
    mails = len(on_desk.letters())
    on_desk.work(Fuse())
    assert len(on_desk.letters()) == mails
    assert everything(on_desk) == before


def test_people_who_type_into_archive_find_their_rows_below(on_desk: World) -> None:
    leaving = months_end(on_desk)
    hand = archive_hand(on_desk)
    app, glance, lease = open_up(on_desk, Fuse())
    meanwhile(on_desk, ":batchUpdate", *hand.typing(2, {"order_no": "ours", "notes": "kept"}), skip=1)
    archive(app, glance, leaving, lease)
    assert [row.get("notes") for row in table(on_desk, ARCHIVE.en)][-1] == "kept"
    assert ids(on_desk, ARCHIVE.en)[:-1] == leaving


_MOVES = st.lists(
    st.one_of(
        st.tuples(
            st.just("status"), st.integers(0, 5), st.sampled_from(["Completed", "Shipped", "Cancelled", ""])
        ),
        st.tuples(st.just("swap"), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("archive"), st.sets(st.integers(0, 5)), st.none()),
        st.tuples(st.just("copy back"), st.integers(0, 5), st.none()),
    ),
    max_size=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_MOVES)
def test_no_sequence_of_moves_and_edits_changes_what_there_is(steps: list[tuple[Any, ...]]) -> None:
    world = in_memory()
    months_end(world)
    known = ids(world, CONTRACTS.en)
    mails = len(world.letters())
    before = everything(world)
    book = cast(Any, world.book)._book
    for what, one, other in steps:
        grid = book.grid(CONTRACTS.key)
        if what == "status" and one + 1 < len(grid):
            world.book.write(CONTRACTS.key, one + 2, {"status": other})
        elif what == "swap" and max(one, other) + 1 < len(grid):
            grid[one + 1], grid[other + 1] = grid[other + 1], grid[one + 1]
        elif what == "archive":
            moved(world, [known[i] for i in one])
        elif what == "copy back":
            archived = book.grid(ARCHIVE.key)
            if one + 1 < len(archived) and archived[one + 1]:
                grid.append(archived.pop(one + 1))
        world.work(Fuse())
        assert everything(world) == before
        for row in table(world, ARCHIVE.en):
            assert row["status"] in ("Completed", "Cancelled")
    assert len(world.letters()) == mails
