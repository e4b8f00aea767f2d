"""Which row is which: rows seen now against rows remembered, whatever people did to the tab in between.

A row is recognised by three witnesses, and no single one of them is trusted alone:
its Row ID cell, its Order No. cell, and its core (the hash of the cells that only people write).

    ID + number + core   the row, as it was
    number + core        the row; its ID was lost, or another's landed on it
    ID + number          the row, edited
    ID + core            the row; someone emptied or changed its number
    core, unplaced claim the row that our own write is meant for
    core, another's ID   the row; our write of a claim landed here, because someone sorted in between
    ID + number, claimed the row, edited before a snapshot could prove our write
    place, adopted       an old row, edited before its ID was written

Stronger evidence is used up first, for all rows, before weaker evidence may speak. What is left over is a new row,
a copy of a row, or a row from a life of the bot that it has forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.planning.sightings import Origin, Row, Sighting, TabSnapshot
from sheets_schema import BY_KEY, Owner

#: No person types these before a customer or a product; the bot fills all of them at once.
_FILLED_TOGETHER = frozenset({"order_no", "amount", "currency", "status"})


@dataclass(frozen=True)
class Identity:
    """Who is who in one tab."""

    #: Row ID -> the row it is.
    known: Mapping[str, Row] = field(default_factory=dict)
    #: Row IDs whose row shows bot cells of another row, so that all its bot cells must be restored.
    landed: frozenset[str] = frozenset()
    #: Rows without identity, in sheet order: candidates.
    fresh: tuple[Row, ...] = ()
    #: Numbers of fresh rows that show the Row ID of another row: copies, and rows retyped where one had been.
    borrowed: frozenset[int] = frozenset()
    #: Numbers of fresh rows on which our own write fell by mistake; they wait until it is undone.
    spoiled: frozenset[int] = frozenset()
    #: Rows with a Row ID and an Order No. that nobody remembers.
    foreign: tuple[Row, ...] = ()
    #: Rows that people left blank but that show the ID of a row which stands elsewhere, or on which our own write fell.
    orphans: tuple[Row, ...] = ()
    #: Row IDs that vacant rows show and no other row has: somebody emptied these rows.
    emptied: frozenset[str] = frozenset()
    #: Row IDs that were placed and stand nowhere.
    vanished: tuple[str, ...] = ()
    #: Row IDs that were claimed, never shown, and whose row stands nowhere.
    lost: tuple[str, ...] = ()


def is_vacant(row: Row) -> bool:
    """True when people wrote nothing in the row; cells that the bot or a column formula fills do not count."""
    fields = BY_KEY[row.tab].by_key
    return not any(key not in fields or fields[key].owner is Owner.PERSON for key in row.cells)


def identify(
    snapshot: TabSnapshot, remembered: Mapping[str, Sighting], waiting: Mapping[str, str]
) -> Identity:
    """Pair the rows that need a decision with what is remembered; steady rows are spoken for already.

    `waiting` holds the cores of the rows that were waiting when last seen, and the number each of them showed.
    """
    pairing = _Pairing(snapshot, remembered, waiting)
    landed = pairing.pair_all()
    fresh, borrowed, spoiled, foreign = pairing.left_over_rows()
    left = pairing.free.items()
    return Identity(
        known=pairing.known,
        landed=frozenset(landed),
        fresh=tuple(fresh),
        borrowed=frozenset(borrowed),
        spoiled=frozenset(spoiled),
        foreign=tuple(foreign),
        orphans=tuple(r for r in snapshot.rows if is_vacant(r) and pairing.is_strayed(r)),
        emptied=frozenset(r.row_id for r in snapshot.rows if is_vacant(r) and r.row_id in pairing.free),
        vanished=tuple(i for i, s in left if (s.placed or s.written) and not s.gone),
        lost=tuple(i for i, s in left if not (s.placed or s.written or s.gone)),
    )


class _Pairing:
    """Rows and memories of one tab while they find each other; not used outside `identify`."""

    def __init__(
        self, snapshot: TabSnapshot, remembered: Mapping[str, Sighting], waiting: Mapping[str, str]
    ) -> None:
        self._steady = snapshot.steady
        self._remembered = remembered
        self._waiting = waiting
        self.rows = {row.number: row for row in snapshot.rows if not is_vacant(row)}
        self.free = {
            i: s for i, s in remembered.items() if s.tab == snapshot.tab and i not in snapshot.steady
        }
        self.known: dict[str, Row] = {}
        self._by_core: dict[str, list[str]] = {}
        #: Numbers we gave and have not yet seen proved -> the cores of the rows they are meant for.
        self._unproved: dict[str, set[str]] = {}
        #: Those among them whose write showed another row in its own answer, gave no answer, or is still to come.
        self._missed: set[str] = set()
        for row_id, sighting in self.free.items():
            self._by_core.setdefault(sighting.core, []).append(row_id)
            # Those withdrawn since are among them: the number of one may stand on another's row all the same.
            if not _is_proved(sighting) and "order_no" not in sighting.cells:
                self._unproved.setdefault(sighting.order_no, set()).add(sighting.core)
                if sighting.origin is not Origin.ADOPTED:
                    self._missed.add(sighting.order_no)
        self._numbers = {s.order_no for s in remembered.values()}

    def pair_all(self) -> set[str]:
        """Use up the evidence, strongest first; the Row IDs whose row shows another row's bot cells."""
        self._pair(_shown_id, lambda row, s: row.core == s.core and row.order_no == s.order_no)
        moved = self._pair(self._of_core, lambda row, s: bool(row.order_no) and row.order_no == s.order_no)
        self._pair(_shown_id, lambda row, s: _is_proved(s) and self._is_edit(row, s))
        self._pair(_shown_id, lambda row, s: row.core == s.core)
        self._pair(
            self._of_core, lambda row, s: _awaits_its_row(s) and row.typed == s.typed and not row.row_id
        )
        spoiled = self._pair(self._of_core, lambda row, s: self._is_spoiled(row))
        self._pair(_shown_id, self._is_edit)
        old = {
            s.position: i for i, s in self.free.items() if s.origin is Origin.ADOPTED and _awaits_its_row(s)
        }
        self._pair(lambda row: (old.get(row.number, ""),), lambda row, s: not row.row_id)
        return spoiled | {row_id for row_id in moved if self.known[row_id].row_id}

    def left_over_rows(self) -> tuple[list[Row], set[int], set[int], list[Row]]:
        """What found nobody: fresh rows, the numbers of the borrowed and the spoiled among them, foreign rows."""
        fresh: list[Row] = []
        foreign: list[Row] = []
        borrowed: set[int] = set()
        spoiled: set[int] = set()
        for row in self.rows.values():
            heard_of = row.row_id in self._remembered or row.row_id in self._steady
            if row.row_id and row.order_no and not heard_of:
                foreign.append(row)
                continue
            fresh.append(row)
            if self._is_spoiled(row) and self._showed_no_such_number(row):
                spoiled.add(row.number)
            elif row.row_id:
                borrowed.add(row.number)
        return fresh, borrowed, spoiled, foreign

    def is_strayed(self, row: Row) -> bool:
        """Whether no person emptied this vacant row: the ID's row stands elsewhere, or never was."""
        if not (row.row_id or row.order_no):
            # A problem of a row that was emptied, deleted or moved just before it was written.
            return any(row.text(key) for key in ("problem", "result"))
        if not row.row_id:
            # What two strays in a row can leave: all that the bot fills and nothing a person wrote.
            return row.order_no in self._numbers and row.cells.keys() >= _FILLED_TOGETHER
        sighting = self._remembered.get(row.row_id)
        never_was = sighting is not None and sighting.gone and not sighting.placed
        return row.row_id in self.known or row.row_id in self._steady or never_was or self._is_spoiled(row)

    def _pair(
        self, ids_of: Callable[[Row], Iterable[str]], fits: Callable[[Row, Sighting], bool]
    ) -> set[str]:
        """Use up one kind of evidence; of several rows that fit, the one nearest its old place wins."""
        found: list[tuple[int, int, str]] = []
        for row in self.rows.values():
            for row_id in ids_of(row):
                if row_id in self.free and fits(row, self.free[row_id]):
                    found.append((abs(row.number - self.free[row_id].position), row.number, row_id))
        paired = set()
        for _, number, row_id in sorted(found):
            if number in self.rows and row_id in self.free:
                self.known[row_id] = self.rows.pop(number)
                del self.free[row_id]
                paired.add(row_id)
        return paired

    def _of_core(self, row: Row) -> Iterable[str]:
        return self._by_core.get(row.core, ())

    def _is_spoiled(self, row: Row) -> bool:
        """The row shows a number we gave to another row and have not yet seen proved: our write fell on this one.

        A copy of the other row shows that number too, but then it shows the other row's words as well.
        """
        return row.order_no in self._unproved and row.core not in self._unproved[row.order_no]

    def _showed_no_such_number(self, row: Row) -> bool:
        """Whether it was our write that brought the row this number.

        Of a row that was waiting we know what it showed. One that nobody has seen before may as well be a copy that
        somebody has changed already, unless we know that our write missed.
        """
        if row.core in self._waiting:
            return self._waiting[row.core] != row.order_no
        return row.order_no in self._missed

    def _is_edit(self, row: Row, sighting: Sighting) -> bool:
        """Whether a row that shows this ID but other words is still that row.

        Not when its number was emptied (an empty number asks for a new order), nor when the row had been empty
        before, nor when our own unproved write fell on a row that was waiting for its turn.
        """
        if sighting.emptied or not row.order_no:
            return False
        return _is_proved(sighting) or row.core not in self._waiting


def _shown_id(row: Row) -> Iterable[str]:
    return (row.row_id,) if row.row_id else ()


def _is_proved(sighting: Sighting) -> bool:
    """Whether a snapshot, or our write's own answer, has shown the ID on its own row.

    Adopted rows are too many to be shown in an answer; the next snapshot proves them. What the bot appends carries
    its ID from the start.
    """
    answered = sighting.written and sighting.origin is not Origin.ADOPTED
    return sighting.placed or answered or sighting.origin is Origin.INTAKE


def _awaits_its_row(sighting: Sighting) -> bool:
    """True for a claim on a row that stands in the sheet without our ID, as far as we know."""
    return not _is_proved(sighting) and not sighting.gone
