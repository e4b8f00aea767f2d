"""Works formulas out again when cells change: only those that depend on the change, in the order they need.

Which cells a formula reads is known from its references, whether a value is used in the end or not. Formulas
that depend on themselves show `#REF!`, as Google's do while iterative calculation is off.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.formulas.binding import Formula, Place, bound
from bot.desk.formulas.engine import results
from bot.desk.formulas.formats import implied
from bot.desk.formulas.values import Value, is_number

SMALL = 12  #: cells of a reference that are listed one by one; larger ones are kept as areas of columns


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a formula came to, and the number format it takes from its operands."""

    value: Value
    number_format: dict[str, object] | None = None


class Index:
    """The formulas of a workbook and who reads which cells."""

    def __init__(self) -> None:
        self.formulas: dict[Place, Formula] = {}
        self.volatile: set[Place] = set()
        self._points: dict[Place, list[Formula]] = {}
        self._areas: dict[tuple[int, int], list[tuple[int, int, Formula]]] = {}

    def put(self, formula: Formula) -> None:
        """Take in a formula in place of the one that stood there."""
        self.remove(formula.place)
        self.formulas[formula.place] = formula
        if formula.volatile:
            self.volatile.add(formula.place)
        for sheet_id, top, left, bottom, right in formula.reads:
            if (bottom - top) * (right - left) <= SMALL:
                for column in range(left, right):
                    for row in range(top, bottom):
                        self._points.setdefault((sheet_id, row, column), []).append(formula)
            else:
                for column in range(left, right):
                    self._areas.setdefault((sheet_id, column), []).append((top, bottom, formula))

    def remove(self, place: Place) -> None:
        """Forget the formula at a place; what is listed of it elsewhere is passed over from now on."""
        self.formulas.pop(place, None)
        self.volatile.discard(place)

    def readers(self, sheet_id: int, column: int, rows: list[int]) -> Iterator[Formula]:
        """The formulas that read any of some rows (in order) of a column."""
        for row in rows:
            for formula in self._points.get((sheet_id, row, column), ()):
                if self.formulas.get(formula.place) is formula:
                    yield formula
        for top, bottom, formula in self._areas.get((sheet_id, column), ()):
            at = bisect_left(rows, top)
            if at < len(rows) and rows[at] < bottom and self.formulas.get(formula.place) is formula:
                yield formula

    def depending_on(self, changed: Iterable[Place]) -> set[Place]:
        """The places of all formulas that need a new value once these cells have one."""
        found: set[Place] = set()
        wave = set(changed)
        while wave:
            by_column: dict[tuple[int, int], list[int]] = {}
            for sheet_id, row, column in wave:
                by_column.setdefault((sheet_id, column), []).append(row)
            wave = set()
            for (sheet_id, column), rows in by_column.items():
                rows.sort()
                for formula in self.readers(sheet_id, column, rows):
                    if formula.place not in found:
                        found.add(formula.place)
                        wave.add(formula.place)
        return found


class _Pending:
    """Formulas still to be worked out, so arranged that those in a block are found without looking at all."""

    def __init__(self, places: Iterable[Place]):
        self._rows: dict[tuple[int, int], list[int]] = {}
        for sheet_id, row, column in places:
            self._rows.setdefault((sheet_id, column), []).append(row)
        self._next: dict[tuple[int, int], list[int]] = {}
        for key, rows in self._rows.items():
            rows.sort()
            self._next[key] = list(range(len(rows) + 1))

    def first_in(self, area: tuple[int, int, int, int, int]) -> Place | None:
        """A formula in the area that is not done."""
        sheet_id, top, left, bottom, right = area
        for column in range(left, right):
            rows = self._rows.get((sheet_id, column))
            if rows is None:
                continue
            at = self._left_from((sheet_id, column), bisect_left(rows, top))
            if at < len(rows) and rows[at] < bottom:
                return sheet_id, rows[at], column
        return None

    def done(self, place: Place) -> None:
        """Take a formula out."""
        key = (place[0], place[2])
        at = bisect_left(self._rows[key], place[1])
        self._next[key][at] = at + 1

    def _left_from(self, key: tuple[int, int], at: int) -> int:
        """The position of the first formula at or behind one that is not done."""
        links = self._next[key]
        end = at
        while links[end] != end:
            end = links[end]
        while links[at] != end and at != end:  # so that the way is short the next time
            links[at], at = end, links[at]
        return end


def in_order(index: Index, places: set[Place]) -> tuple[list[Formula], set[Place]]:
    """The formulas at some places, each after those of them it reads, and those that depend on themselves."""
    pending = _Pending(places)
    state: set[Place] = set()
    circular: set[Place] = set()
    ordered = []
    for start in sorted(places):
        path = [] if start in state else [start]
        while path:
            place = path[-1]
            state.add(place)
            formula = index.formulas[place]
            needed = next(filter(None, map(pending.first_in, formula.reads)), None)
            if needed is not None and needed not in state:
                path.append(needed)
                continue
            if needed is not None:
                circular.update(path[path.index(needed) :])
            path.pop()
            pending.done(place)
            ordered.append(formula)
    return ordered, circular


def worked_out(
    index: Index, places: set[Place], book: Workbook, now: dt.datetime
) -> Iterator[tuple[Formula, Outcome]]:
    """The formulas at some places and what they come to."""
    ordered, circular = in_order(index, places)
    values = results({one.place: one for one in ordered}, circular, book.locale, now)
    for formula in ordered:
        yield formula, outcome_of(formula, values[formula.place])


def outcome_of(formula: Formula, value: Value) -> Outcome:
    """A value with the number format it takes from its operands."""
    if not is_number(value):
        return Outcome(value)
    try:
        return Outcome(value, implied(formula.template.node, formula))
    except RecursionError:
        return Outcome(value)


def collected(book: Workbook, sheets: Iterable[Sheet]) -> Iterator[Formula]:
    """The formulas that stand in some sheets, bound to what they refer to."""
    for sheet in sheets:
        without: set[int] = set()  # extras that many rows share need to be looked at once
        for row_index, row in enumerate(sheet.grid.rows):
            if not row.extras or id(row.extras) in without:
                continue
            any_here = False
            for column, extra in row.extras.items():
                if extra.formula is not None:
                    any_here = True
                    yield bound(book, sheet, row_index, column, extra.formula)
            if not any_here:
                without.add(id(row.extras))
