"""The cells of one sheet in memory: rows that never change, in a list that does.

A `Row` is immutable: an edit puts a new row in its place. That makes undoing a refused request a matter of
putting the old list back, and finding what to store a matter of remembering which rows were put. An empty
cell is `""`, so that the values of a row can be handed to the JSON encoder as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """What a cell carries beside its value and note; one object for all cells that look alike."""

    id: int
    data: dict[str, Any]  #: CellData fields: userEnteredFormat, dataValidation, textFormatRuns, …

    @property
    def number_format(self) -> dict[str, Any] | None:
        """The number format a person or client set, if any."""
        found: dict[str, Any] | None = self.data.get("userEnteredFormat", {}).get("numberFormat")
        return found


@dataclass(frozen=True, slots=True)
class Extra:
    """The uncommon parts of a cell; most cells have none."""

    formula: str | None = None
    style: Style | None = None
    note: str | None = None
    implied: Style | None = None  #: the number format a formula's result takes from its operands
    empty: bool = False  #: whether the formula came to an empty cell, which is not the same as ""

    @property
    def number_format(self) -> dict[str, Any] | None:
        """The number format the value is shown in: the one set, else the one a formula implies."""
        found = self.style.number_format if self.style else None
        return found or (self.implied.number_format if self.implied else None)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell taken out of its row, to be put elsewhere."""

    value: Scalar = ""
    extra: Extra | None = None


@dataclass(slots=True, eq=False)
class Row:
    """One row: values up to its last filled cell, extras by column, properties of the row itself.

    Nothing of it is ever changed; only what it looks like is remembered once it was asked for.
    """

    key: int  #: stays the same while the row moves; 0 is the blank row
    values: list[Scalar]
    extras: dict[int, Extra]
    props: dict[str, Any]  #: pixelSize, hiddenByUser, developerMetadata
    shown: tuple[str, list[Scalar]] | None = None  #: a locale and the texts its cells show there

    def cell(self, column: int) -> Cell:
        """The cell at a column, empty beyond the row's end."""
        value = self.values[column] if column < len(self.values) else ""
        return Cell(value, self.extras.get(column))

    @property
    def width(self) -> int:
        """One more than the last column that holds anything."""
        return max(len(self.values), max(self.extras, default=-1) + 1)


NOTHING: dict[Any, Any] = {}  #: the extras and props of rows that have none; one for all saves memory
BLANK = Row(0, [], NOTHING, NOTHING)


class Draft:
    """A row being edited."""

    __slots__ = ("extras", "props", "values")

    def __init__(self, row: Row):
        self.values = row.values.copy()
        self.extras = row.extras.copy()
        self.props = row.props

    def put(self, column: int, cell: Cell) -> None:
        """Replace a whole cell."""
        self.put_value(column, cell.value)
        self.put_extra(column, cell.extra)

    def put_value(self, column: int, value: Scalar) -> None:
        """Replace a value and leave format, note and formula alone."""
        if column >= len(self.values):
            if value == "" and isinstance(value, str):
                return
            self.values.extend([""] * (column + 1 - len(self.values)))
        self.values[column] = value

    def put_extra(self, column: int, extra: Extra | None) -> None:
        """Replace everything but the value."""
        if extra is None or (extra.formula is None and extra.style is None and extra.note is None):
            self.extras.pop(column, None)
        else:
            self.extras[column] = extra

    def frozen(self, key: int) -> Row:
        """The row as edited; the blank row if nothing is left in it."""
        while self.values and self.values[-1] == "":
            self.values.pop()
        if not (self.values or self.extras or self.props):
            return BLANK
        return Row(key, self.values, self.extras or NOTHING, self.props or NOTHING)


@dataclass(slots=True)
class Unsaved:
    """What of a sheet differs from the database."""

    rows: dict[int, Row] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    order_from: int | None = None  #: rows at and after this position may be in another order
    everything: bool = False

    def order(self, position: int) -> None:
        """Remember that the order changed from a position on."""
        self.order_from = position if self.order_from is None else min(self.order_from, position)


class Grid:
    """The rows of one sheet; loads them when first asked, and can go back to where it was."""

    def __init__(self, load: Callable[[], list[Row]] | None = None, next_key: int = 1):
        self._load = load
        self._rows: list[Row] | None = None if load else []
        self._before: list[Row] | None = None
        self.next_key = next_key  #: only ever grows, even when a request is undone
        self.unsaved = Unsaved()
        self.touched: dict[
            int, Row
        ] = {}  #: rows put since formulas were last worked out, as they were before
        self.rearranged = False  #: whether rows were inserted, deleted or moved since then

    @property
    def rows(self) -> list[Row]:
        """All rows down to the last that holds anything; treat as read-only."""
        if self._rows is None:
            self._rows = self._load() if self._load else []
        return self._rows

    def row(self, index: int) -> Row:
        """The row at an index; blank below the last."""
        rows = self.rows
        return rows[index] if index < len(rows) else BLANK

    def edit(self, index: int) -> Draft:
        """A draft of the row at an index, to be given back with `put`."""
        return Draft(self.row(index))

    def put(self, index: int, draft: Draft) -> None:
        """Set the row at an index to the draft."""
        old = self.row(index)
        self.put_row(index, draft.frozen(old.key or self.new_key()))

    def put_row(self, index: int, new: Row) -> None:
        """Set the row at an index; it keeps the key of the row it replaces, if that had one."""
        rows = self._writable()
        old = self.row(index)
        self.touched.setdefault(index, old)
        if index >= len(rows):
            if new is BLANK:
                return
            self.unsaved.order(len(rows))
            rows.extend([BLANK] * (index + 1 - len(rows)))
        rows[index] = new
        if new is BLANK:
            self._forget([old])
        else:
            self.unsaved.rows[new.key] = new
        if new.key != old.key:
            self.unsaved.order(index)
            self._trim()

    def replace(self, start: int, stop: int, rows: Iterable[Row]) -> None:
        """Put rows where others were (insert, delete, move); rows kept keep their identity."""
        mine = self._writable()
        new = list(rows)
        if start > len(mine):
            if not any(row is not BLANK for row in new):
                return
            mine.extend([BLANK] * (start - len(mine)))
        self.rearranged = True
        self.unsaved.order(min(start, len(mine)))
        before = {row.key: row for row in mine[start:stop]}
        mine[start:stop] = new
        for row in new:
            if (
                row is not BLANK and before.pop(row.key, None) is not row
            ):  # one that only moved is stored already
                self.unsaved.rows[row.key] = row
                self.unsaved.removed.discard(row.key)
        self._forget(before.values())
        self._trim()

    def copied(self, row: Row) -> Row:
        """The same contents under an identity of its own."""
        return BLANK if row is BLANK else Row(self.new_key(), row.values, row.extras, row.props)

    def rollback(self) -> None:
        """Forget every edit since the last `saved`."""
        if self._before is not None:
            self._rows = self._before
        self.saved()

    def saved(self) -> None:
        """Take the present rows as the ones the database has."""
        self._before = None
        self.unsaved = Unsaved()
        self.settled()

    def settled(self) -> None:
        """Take the present values of formulas as worked out."""
        self.touched = {}
        self.rearranged = False

    @property
    def changed(self) -> bool:
        """Whether any row was edited since the last `saved`."""
        return self._before is not None

    def _writable(self) -> list[Row]:
        rows = self.rows
        if self._before is None:
            self._before = rows.copy()
        return rows

    def _forget(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row is not BLANK:
                self.unsaved.rows.pop(row.key, None)
                self.unsaved.removed.add(row.key)

    def _trim(self) -> None:
        rows = self.rows
        if rows and rows[-1] is BLANK:
            while rows and rows[-1] is BLANK:
                rows.pop()
            self.unsaved.order(len(rows))

    def new_key(self) -> int:
        """A key for a row no row of this grid had before."""
        self.next_key += 1
        return self.next_key - 1
