"""Moves finished orders to Archive, so that each row is in one of the two tabs at every moment, whatever crashes.

    note what leaves ─► look again ─► move by one atomic write ─► its own answer shows what moved ─► forget the note
                            ▲                                            │
                            └────────── put back what came along ◄───────┘

The note stands in the state before anything moves: the rows are `gone` there, so that their absence surprises nobody,
and after a crash the next worker knows which write to look after. Nothing here decides which orders leave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson
import structlog

from bot.glance import App, Glance
from bot.headway import Headway
from bot.leaving import (
    NEEDED,
    Leaver,
    Passage,
    copied_back,
    landed,
    leaving,
    orders_among,
    passage,
    same_orders,
    strays_known,
    without_open_mail,
)
from bot.planning.sightings import Wanted
from bot.ports import Columns, Commit, Lease, Place, Sheet
from bot.projection import Edit, EmptyBin, Marker, MoveRow, SetMarker, SetRange
from bot.reconcile import renew
from sheets_schema import ARCHIVE, CONTRACTS, Cell
from sheets_schema.archive import BIN
from sheets_schema.cells import plain_text

#: How many orders one write moves.
ORDERS_A_WRITE = 300
#: How often something is begun again that comes to nothing because people sort all the while.
_TRIES = 5
#: Facts of the state: the rows that were asked for, and the write that is to be looked after.
_WANTED, _NOTE = "archive_wanted", "archive_note"


def asked(facts: Mapping[str, str], row_ids: Collection[str]) -> dict[str, str]:
    """The fact that these rows of Contract Orders are to leave, besides those that are already.

    Committed together with the run that asks for it, so that no crash can lie between the two.
    """
    wanted = _wanted(facts) | frozenset(row_ids)
    return {_WANTED: orjson.dumps(sorted(wanted)).decode()} if wanted else {}


def is_unfinished(facts: Mapping[str, str]) -> bool:
    """Whether rows are to leave that were not moved, or not looked after."""
    return bool(_wanted(facts))


def _wanted(facts: Mapping[str, str]) -> frozenset[str]:
    return frozenset(orjson.loads(facts.get(_WANTED) or "[]"))


def archive(app: App, glance: Glance, row_ids: Collection[str], lease: Lease) -> tuple[int, Glance]:
    """Move the orders of these rows, and of those asked for before, to Archive; how many stand there now.

    May be called again after any crash. Orders that were reopened, copied back or wait for mail stay where they are,
    and a workbook without an Archive tab is left alone. Raises OutsideError; what moved until then has moved.
    """
    facts = app.state.facts()
    wanted = _wanted(facts) | frozenset(row_ids)
    if not wanted:
        return 0, glance
    if wanted != _wanted(facts):
        app.state.commit(Commit(facts=asked(facts, row_ids)), lease)
    tabs = _Tabs.of(app)
    orders = 0
    if tabs is not None:
        if facts.get(_NOTE):
            _look_after(app, tabs, orjson.loads(facts[_NOTE]), lease)
        _drop_older_copies(app, tabs, lease)
        orders = _move_all(app, tabs, wanted, lease)
    app.state.commit(Commit(facts={_WANTED: "", _NOTE: ""}), lease)
    structlog.get_logger("bot.archiving").info("orders_archived", count=orders)
    steady = {k: {d: i for d, i in rows.items() if i not in wanted} for k, rows in glance.steady.items()}
    return orders, replace(glance, steady=steady, quiet=False)


@dataclass(frozen=True)
class _Look:
    """Both tabs as one answer has them."""

    here: Columns
    there: Columns
    ways: Passage

    @property
    def below(self) -> int:
        """The last row of Archive that is in use."""
        return self.there.height + 1


@dataclass(frozen=True)
class _Tabs:
    """The two tabs' grids and formats; asked for once, since their titles come with every look.

    None where a tab is missing, or the bot has not met the workbook yet.
    """

    here: Sheet
    there: Sheet
    marker: Marker
    #: How many rows a worker that died has left in the bin.
    in_bin: int = 0

    @classmethod
    def of(cls, app: App) -> _Tabs | None:
        about = app.workbook.about(layout=True)
        sheets = about.known
        if about.marker is None or not {CONTRACTS.key, ARCHIVE.key} <= sheets.keys():
            return None
        in_bin = next((sheet.rows - 1 for sheet in about.sheets if sheet.title == BIN.en), 0)
        return cls(sheets[CONTRACTS.key], sheets[ARCHIVE.key], about.marker, in_bin)

    def look(self, app: App) -> _Look | None:
        """Both tabs as they stand; None when one of them lacks what tells its rows apart."""
        found = app.workbook.columns({CONTRACTS.key: NEEDED, ARCHIVE.key: NEEDED})
        columns = [found.get(key) for key in (CONTRACTS.key, ARCHIVE.key)]
        here, there = columns
        if here is None or there is None or any("row_id" not in c.cells for c in (here, there)):
            return None
        return _Look(
            here, there, passage(here, self.here, there, self.there, app.rules.schema.named(CONTRACTS))
        )

    def shown(self, app: App, places: Sequence[Place]) -> Mapping[Place, Sequence[Cell]]:
        """These rows, whole: what the answer to a write shows that leaves the marker as it is."""
        return app.workbook.write([SetMarker(self.marker)], places)

    def with_spare_column(self, app: App, look: _Look, leavers: Sequence[Leaver]) -> _Tabs:
        """The same, with one more column here if a row that leaves uses the last one.

        A column that somebody puts in right before the write pushes the last one out of what is moved: it is blank.
        """
        width = max(self.here.columns, len(look.here.titles))
        if len(look.here.titles) < width:
            shown = self.shown(app, [(CONTRACTS.key, leaver.row) for leaver in leavers])
            if all(len(cells) < width for cells in shown.values()):
                return self
        return replace(self, here=replace(self.here, columns=width + 1))


def _move_all(app: App, tabs: _Tabs, wanted: Collection[str], lease: Lease) -> int:
    look, tries, moved = tabs.look(app), 0, 0
    while look is not None and tries < _TRIES and (leavers := _ready(app, look, wanted)):
        app.tell(Headway("moving rows to Archive", moved, len(wanted)))
        moved += (came := _move(app, tabs, look, leavers, lease))
        tries = 0 if came else tries + 1
        look = tabs.look(app)
    return orders_among(look.there, wanted) if look is not None else 0


def _ready(app: App, look: _Look, wanted: Collection[str]) -> tuple[Leaver, ...]:
    """The next rows that may leave: at most as many orders as one write takes."""
    left = set(wanted)
    while leavers := leaving(look.here, look.there, left, ORDERS_A_WRITE):
        seen = app.state.recall(Wanted(row_ids=frozenset(leaver.row_id for leaver in leavers)))
        if free := without_open_mail(leavers, seen):
            return free
        left -= {leaver.row_id for leaver in leavers}
    return ()


def _move(app: App, tabs: _Tabs, before: _Look, leavers: Sequence[Leaver], lease: Lease) -> int:
    """Note what leaves, look again, move what may still leave, and see to it that nothing else did."""
    ids = [leaver.row_id for leaver in leavers]
    _note(app, ids, before.below, lease)
    look = tabs.with_spare_column(app, before, leavers).look(app)
    if look is None:
        return 0
    if look.below != before.below:
        _note(app, ids, look.below, lease)
    left = same_orders(leaving(look.here, look.there, ids, len(ids)), leavers)
    if not left:
        return 0
    renew(app, lease)
    rows = range(look.below + 1, look.below + len(left) + 1)
    show: list[Place] = [(CONTRACTS.key, 1), (ARCHIVE.key, 1), *((ARCHIVE.key, row) for row in rows)]
    shown = app.workbook.write(_edits(left, look), show)
    # Where a column was put in or moved just then, nothing stands in Archive where it ought to.
    titles = (tuple(shown[CONTRACTS.key, 1]), tuple(shown[ARCHIVE.key, 1])[: len(look.there.titles)])
    meant_ids = ids if titles == (look.here.titles, look.there.titles) else []
    meant, strays = landed({row: shown[ARCHIVE.key, row] for row in rows}, look.there, meant_ids)
    _put_back(app, tabs, look, {row: shown[ARCHIVE.key, row] for row in strays}, lease)
    app.state.commit(Commit(facts={_NOTE: ""}), lease)
    return len(meant)


def _note(app: App, ids: Sequence[str], below: int, lease: Lease) -> None:
    """Commit that these rows leave, and below which row of Archive they will stand."""
    seen = app.state.recall(Wanted(row_ids=frozenset(ids)))
    known = [seen.sightings[i] for i in ids if i in seen.sightings]
    gone = tuple(replace(sighting, gone=True, digest=0) for sighting in known if not sighting.gone)
    note = orjson.dumps({"ids": list(ids), "below": below}).decode()
    app.state.commit(Commit(sightings=gone, facts={_NOTE: note}), lease)


def _edits(leavers: Sequence[Leaver], look: _Look) -> list[Edit]:
    ways = look.ways
    titles = [SetRange(ARCHIVE.key, 1, i, ((title,),)) for i, title in ways.new_titles.items()]
    moves = [
        MoveRow(CONTRACTS.key, x.row, ARCHIVE.key, ways.columns, look.below, ways.kinds) for x in leavers
    ]
    return [*titles, *moves]


def _look_after(app: App, tabs: _Tabs, note: Mapping[str, object], lease: Lease) -> None:
    """Find what a write did whose worker died, and put back what came along by mistake."""
    look = tabs.look(app)
    ids, below = note["ids"], note["below"]
    if look is None or not isinstance(ids, list) or not isinstance(below, int):
        return
    rows = range(below + 1, min(below + len(ids), look.below) + 1)
    if not rows:
        return
    renew(app, lease)
    shown = tabs.shown(app, [(ARCHIVE.key, row) for row in rows])
    cells = {row: shown[ARCHIVE.key, row] for row in rows}
    meant, strays = landed(cells, look.there, ids)
    if not meant:
        # Perhaps nothing was moved at all, and these are rows that people typed there.
        by_id = {plain_text(c[i]) for c in cells.values() if (i := look.there.places["row_id"]) < len(c)}
        seen = app.state.recall(Wanted(row_ids=frozenset(by_id - {""})))
        strays = strays_known(strays, cells, look.here, look.there, seen)
    _put_back(app, tabs, look, {row: cells[row] for row in strays}, lease)
    app.state.commit(Commit(facts={_NOTE: ""}), lease)


def _drop_older_copies(app: App, tabs: _Tabs, lease: Lease) -> None:
    """Take out of Archive what somebody has copied back to Contract Orders, which has the word about it.

    The rows lie in the bin until the answer has shown that they were the right ones: where somebody sorted Archive
    just then, they are put back and the next month tries again.
    """
    look = tabs.look(app)
    if look is None:
        return
    width = max(tabs.there.columns, len(look.there.titles)) + 1
    columns = {i: i for i in range(width)}

    if tabs.in_bin:
        renew(app, lease)
        app.workbook.write(_out_of_bin(tabs.in_bin, columns, look))
        look = tabs.look(app) or look
    doubles = copied_back(look.here, look.there)
    if not doubles:
        return
    renew(app, lease)
    moves = [MoveRow(ARCHIVE.key, row, BIN.key, columns) for row in doubles.values()]
    shown = app.workbook.write(moves, [(BIN.key, i) for i in range(2, len(moves) + 2)])
    place = look.there.places["row_id"]
    found = [plain_text(cells[place]) if place < len(cells) else "" for cells in shown.values()]
    right = sorted(found) == sorted(doubles)
    app.workbook.write([EmptyBin()] if right else _out_of_bin(len(moves), columns, look))


def _out_of_bin(count: int, columns: Mapping[int, int], look: _Look) -> list[Edit]:
    rows = range(2, count + 2)
    kinds = look.ways.kinds
    return [*(MoveRow(BIN.key, row, ARCHIVE.key, columns, look.below, kinds) for row in rows), EmptyBin()]


def _put_back(app: App, tabs: _Tabs, look: _Look, strays: Mapping[int, Sequence[Cell]], lease: Lease) -> None:
    """Move these rows of Archive below the last one of Contract Orders, as values.

    The answer shows whether they came; where somebody sorted Archive just then, they are found again by their IDs.
    """
    ways, place = look.ways, look.there.places["row_id"]
    rows = dict(strays)
    for _ in range(_TRIES):
        if not rows:
            return
        renew(app, lease)
        current = tabs.look(app)
        below = current.here.height + 1 if current is not None else 1
        moves = [MoveRow(ARCHIVE.key, row, CONTRACTS.key, ways.back, below, ways.kinds_here) for row in rows]
        places: list[Place] = [(CONTRACTS.key, below + 1 + i) for i in range(len(rows))]
        shown = app.workbook.write(moves, places)
        structlog.get_logger("bot.archiving").warning("rows_put_back", count=len(rows))
        came = [_turned(shown[where], ways.columns) for where in places]
        missing = [cells for cells in rows.values() if not _take(came, cells)]
        lost = {plain_text(cells[place]): cells for cells in missing if place < len(cells)}
        again = tabs.look(app)
        stand = again.there.cells["row_id"] if again is not None else ()
        rows = {i + 2: lost[plain_text(c)] for i, c in enumerate(stand) if c != "" and plain_text(c) in lost}


def _turned(cells: Sequence[Cell], columns: Mapping[int, int]) -> list[Cell]:
    """A row of Contract Orders in the columns of Archive."""
    turned: list[Cell] = [""] * (max(columns.values(), default=-1) + 1)
    for here, there in columns.items():
        if here < len(cells):
            turned[there] = cells[here]
    while turned and turned[-1] == "":
        turned.pop()
    return turned


def _take(came: list[list[Cell]], cells: Sequence[Cell]) -> bool:
    """Take a row out of those that came; False when it is not among them."""
    if list(cells) not in came:
        return False
    came.remove(list(cells))
    return True
