"""References in formulas: A1, $A$1:B, A:C, 2:5, 'My tab'!A2:A, and how they are spelled again.

Rows and columns are counted from 0; both ends are inside. An end that is open reaches to the end of the grid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.desk.book.a1 import column_index, quoted
from sheets_schema.titles import column_letter

LAST_COLUMN = 18278  #: columns a grid can have (A to ZZZ)

_COLUMN, _ROW = r"\$?[A-Za-z]{1,3}", r"\$?[1-9][0-9]{0,7}"
CELLS = rf"{_COLUMN}{_ROW}(?::(?:{_COLUMN}{_ROW}|{_COLUMN}|{_ROW}))?|{_COLUMN}:{_COLUMN}|{_ROW}:{_ROW}"
TITLE = r"'(?:[^']|'')+'|[^\W\d][\w.]*"
_PARTS = re.compile(
    r"(?:(?P<title>" + TITLE + r")!)?"
    r"(?P<c1>\$?[A-Za-z]{1,3})?(?P<r1>\$?[0-9]+)?(?::(?P<c2>\$?[A-Za-z]{1,3})?(?P<r2>\$?[0-9]+)?)?"
)


@dataclass(frozen=True, slots=True)
class End:
    """One side of a reference: an index, and whether it is held by `$`; no index where the side is open."""

    index: int | None
    fixed: bool = False

    def at(self, index: int) -> End:
        """The side at another index."""
        return End(index, self.fixed)

    def moved(self, by: int) -> End:
        """The side after its formula was copied elsewhere; one that is held stays."""
        return self if self.fixed or self.index is None else End(self.index + by)


OPEN = End(None)


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell or an area as a formula names it; for a cell both ends of each dimension are the same."""

    title: str | None  #: the tab's title; none where the reference is to the formula's own tab
    top: End
    left: End
    bottom: End
    right: End
    single: bool

    def text(self) -> str:
        """The reference as it is written."""
        first = _spelled(self.left, self.top)
        cells = first if self.single else f"{first}:{_spelled(self.right, self.bottom)}"
        return cells if self.title is None else f"{quoted(self.title)}!{cells}"

    def ends(self, dimension: str) -> tuple[End, End]:
        """First and last side in a dimension (ROWS or COLUMNS)."""
        return (self.top, self.bottom) if dimension == "ROWS" else (self.left, self.right)

    def with_ends(self, dimension: str, first: End, last: End) -> Reference:
        """The reference with other sides in a dimension."""
        if dimension == "ROWS":
            return Reference(self.title, first, self.left, last, self.right, self.single)
        return Reference(self.title, self.top, first, self.bottom, last, self.single)

    def copied(self, rows: int, columns: int) -> Reference | None:
        """The reference after its formula was copied elsewhere; none if it leaves the sheet."""
        result = replace(
            self,
            top=self.top.moved(rows),
            bottom=self.bottom.moved(rows),
            left=self.left.moved(columns),
            right=self.right.moved(columns),
        )
        sides = [end.index for end in (result.top, result.left, result.bottom, result.right)]
        if any(index is not None and index < 0 for index in sides):
            return None
        return _in_order(result)


def _spelled(column: End, row: End) -> str:
    text = ""
    if column.index is not None:
        text += "$" * column.fixed + column_letter(column.index)
    if row.index is not None:
        text += "$" * row.fixed + str(row.index + 1)
    return text


def reference(text: str) -> Reference:
    """The reference a text is; the text must be one."""
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ValueError(text)
    title = match["title"]
    if title and title[0] == "'":
        title = title[1:-1].replace("''", "'")
    single = ":" not in text[match.end("title") + 1 if title else 0 :]
    left, top = _column(match["c1"]), _row(match["r1"])
    right, bottom = (left, top) if single else (_column(match["c2"]), _row(match["r2"]))
    return _in_order(Reference(title, top, left, bottom, right, single))


def _column(text: str | None) -> End:
    return End(column_index(text.lstrip("$")), text[0] == "$") if text else OPEN


def _row(text: str | None) -> End:
    return End(int(text.lstrip("$")) - 1, text[0] == "$") if text else OPEN


def _in_order(found: Reference) -> Reference:
    """The reference with its first ends before its last ones."""
    for dimension in ("ROWS", "COLUMNS"):
        first, last = found.ends(dimension)
        if first.index is not None and last.index is not None and first.index > last.index:
            found = found.with_ends(dimension, last, first)
    return found
