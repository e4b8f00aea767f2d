"""Rewrites a formula so that its references follow an edit, as Google Sheets does.

Everything here is pure: a formula, the tab it stands in and an edit go in, the new text comes out. What an
edit takes away becomes `#REF!`. Spelling, blanks and case of all the rest stay as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.desk.formulas.references import End, Reference
from bot.desk.formulas.scanning import scanned

LOST = "#REF!"

#: What becomes of a reference that a formula in a tab (given by title) holds; none if its cells are gone.
Edit = Callable[[Reference, str], Reference | None]


def rewritten(formula: str, home: str, edit: Edit) -> str:
    """The formula after an edit; `home` is the title of the tab it stands in."""
    parts = ["="]
    changed = False
    for token in scanned(formula):
        text = token.text
        if token.reference is not None:
            moved = edit(token.reference, home)
            if moved is not token.reference:
                text = LOST if moved is None else moved.text()
                changed = True
        parts.append(text)
    return "".join(parts) if changed else formula


@lru_cache(maxsize=4096)
def shifted(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads after being copied some rows and columns away; what `$` holds stays."""
    if not (rows or columns):
        return formula
    return rewritten(formula, "", lambda one, _: one.copied(rows, columns))


def renamed_name(formula: str, old: str, new: str) -> str:
    """The formula after a named range got another name."""
    parts = ["="]
    tokens = scanned(formula)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        is_call = following is not None and following.text == "("
        same = token.kind == "name" and not is_call and token.text.casefold() == old.casefold()
        parts.append(new if same else token.text)
    return "".join(parts)


def about(one: Reference, home: str, title: str) -> bool:
    """Whether a reference in a formula of the home tab is to the tab with a title."""
    return (home if one.title is None else one.title).casefold() == title.casefold()


@dataclass(frozen=True, slots=True)
class Inserted:
    """Rows or columns were put in before `start`."""

    title: str
    dimension: str
    start: int
    count: int

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """References behind move on; those the new cells are put inside of grow."""
        first, last = one.ends(self.dimension)
        if not about(one, home, self.title) or not _reaches(first, last, self.start):
            return one
        return one.with_ends(self.dimension, self._moved(first), self._moved(last))

    def _moved(self, end: End) -> End:
        if end.index is None or end.index < self.start:
            return end
        return end.at(end.index + self.count)


@dataclass(frozen=True, slots=True)
class Deleted:
    """Rows or columns from `start` to before `end` were taken out."""

    title: str
    dimension: str
    start: int
    end: int

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """References behind move up; those that lose a part shrink; those that lose all are gone."""
        first, last = one.ends(self.dimension)
        if not about(one, home, self.title) or not _reaches(first, last, self.start):
            return one
        low, high = self._moved(first, self.start), self._moved(last, self.start - 1)
        if low.index is not None and high.index is not None and high.index < low.index:
            return None
        return one.with_ends(self.dimension, low, high)

    def _moved(self, side: End, instead: int) -> End:
        """Where a side comes to be; `instead`, if what it stood on is gone."""
        if side.index is None or side.index < self.start:
            return side
        return side.at(instead if side.index < self.end else side.index - (self.end - self.start))


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows or columns from `start` to before `end` were moved before `to`, counted as before the move."""

    title: str
    dimension: str
    start: int
    end: int
    to: int

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """What lies wholly in them goes along; other areas keep the cells that stay, and grow around new ones."""
        first, last = one.ends(self.dimension)
        if not about(one, home, self.title) or first.index is None:
            return one
        count = self.end - self.start
        before = self.to if self.to < self.start else self.to - count
        if self.start <= first.index and last.index is not None and last.index < self.end:
            by = before - self.start
            return one.with_ends(self.dimension, first.at(first.index + by), last.at(last.index + by))
        kept = Deleted(self.title, self.dimension, self.start, self.end)(one, home)
        return kept and Inserted(self.title, self.dimension, before, count)(kept, home)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A tab got another title."""

    old: str
    new: str

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """References that name the tab name it anew."""
        if one.title is None or one.title.casefold() != self.old.casefold():
            return one
        return replace(one, title=self.new)


@dataclass(frozen=True, slots=True)
class TabDeleted:
    """A tab is gone."""

    title: str

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """References that name the tab are lost."""
        named = one.title is not None and one.title.casefold() == self.title.casefold()
        return None if named else one


@dataclass(frozen=True, slots=True)
class Cut:
    """A block of cells was moved to another place, perhaps in another tab. Both ends of it are inside."""

    title: str
    top: int
    left: int
    bottom: int
    right: int
    to: str
    rows: int  #: how far down, negative for up
    columns: int

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """References that lie in the block follow it; those to cells it was laid over are lost."""
        sides = (one.top.index, one.left.index, one.bottom.index, one.right.index)
        if None in sides:
            return one
        if about(one, home, self.title) and self._holds(one, 0, 0):
            moved = _by(one, self.rows, self.columns)
            same_tab = self.to.casefold() == home.casefold()
            return replace(
                moved, title=moved.title if self.to == self.title else None if same_tab else self.to
            )
        if about(one, home, self.to) and self._holds(one, self.rows, self.columns):
            return None
        return one

    def _holds(self, one: Reference, rows: int, columns: int) -> bool:
        """Whether a closed reference lies in the block, taken so far from its old place."""
        top, left = self.top + rows, self.left + columns
        bottom, right = self.bottom + rows, self.right + columns
        return (
            top <= (one.top.index or 0)
            and (one.bottom.index or 0) <= bottom
            and left <= (one.left.index or 0)
            and (one.right.index or 0) <= right
        )


def _by(one: Reference, rows: int, columns: int) -> Reference:
    """A closed reference so many rows and columns away, held by `$` or not."""

    def at(end: End, by: int) -> End:
        return end.at((end.index or 0) + by)

    return replace(
        one,
        top=at(one.top, rows),
        bottom=at(one.bottom, rows),
        left=at(one.left, columns),
        right=at(one.right, columns),
    )


@dataclass(frozen=True, slots=True)
class Carried:
    """A formula that was itself cut and laid into another tab: what it means stays."""

    cut: Cut

    def __call__(self, one: Reference, home: str) -> Reference | None:
        """References without a title get the old tab's, unless their cells came along."""
        followed = self.cut(one, self.cut.title)
        if followed is None:
            return None
        if self.cut.to == self.cut.title:
            return followed
        if followed is not one:
            return replace(followed, title=None)
        return one if one.title is not None else replace(one, title=self.cut.title)


def _reaches(first: End, last: End, start: int) -> bool:
    """Whether a reference has cells at or behind an index and is closed somewhere in that dimension."""
    if first.index is None and last.index is None:
        return False
    return last.index is None or last.index >= start
