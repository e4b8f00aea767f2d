"""Titles as people type them: normalised, looked up in any language, and near misses named."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sheets_schema.fields import Cell, Tab

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def fold(text: str) -> str:
    """A name or title in the form in which two spellings of it are equal: NFKC, trimmed, case folded.

    Invisible characters vanish, runs of blanks (no-break and full-width ones too) become one.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    # Invisible ones go first: what they kept apart, such as a letter and its accent, is then put together.
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    # Case folding takes some letters apart again.
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def column_letter(index: int) -> str:
    """The letters of a column, 0 being A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True)
class HeaderProblem:
    """A title that must be put right before the tab can be worked with."""

    kind: str  #: "missing" | "duplicate"
    tab: str  #: the tab's title as it stands in the workbook
    title: str  #: the title that is wanted
    cell: str  #: where to look, such as "D1"; "" when there is nothing near
    found: str = ""  #: the nearest title that stands there instead


@dataclass(frozen=True)
class Header:
    """Where each known column stands in one tab, 0-based; the team's own columns by their title."""

    columns: Mapping[str, int]
    extra: Mapping[str, int]
    problems: tuple[HeaderProblem, ...] = ()


def known_titles(tab: Tab) -> dict[str, str]:
    """Every title that names a column of this tab, folded, with the column's key."""
    titles: dict[str, str] = {}
    # The team's own titles first: they win over what the schema calls another column.
    for column in sorted(tab.fields, key=lambda column: not column.own):
        for title in column.names:
            titles.setdefault(fold(title), column.key)
    return titles


def column_keys(tab: Tab, cells: Sequence[Cell]) -> list[str]:
    """The key of the column that each of these titles names; "" for the team's own columns.

    Where a column stands under the title that the team gave it, the schema's titles do not name it as well.
    """
    titles = known_titles(tab)
    own = {fold(column.own): column.key for column in tab.fields if column.own}
    folded = [fold(str(cell)) for cell in cells]
    settled = {own[title] for title in folded if title in own}
    keys = [titles.get(title, "") for title in folded]
    return [
        "" if key in settled and title not in own else key for key, title in zip(keys, folded, strict=True)
    ]


def read_header(tab: Tab, tab_title: str, cells: Sequence[Cell], language: str) -> Header:
    """Find the columns by title; only columns that are needed make a problem when missing or doubled."""
    places: dict[str, list[int]] = {}
    extra: dict[str, int] = {}
    for index, (cell, key) in enumerate(zip(cells, column_keys(tab, cells), strict=True)):
        text = str(cell)
        if key:
            places.setdefault(key, []).append(index)
        elif fold(text):
            extra.setdefault(text.strip(), index)
    problems = []
    for column in tab.fields:
        found = places.get(column.key, [])
        wanted = column.title(language)
        if len(found) > 1 and (column.needed or column.required):
            where = ", ".join(f"{column_letter(i)}1" for i in found)
            problems.append(HeaderProblem("duplicate", tab_title, str(cells[found[0]]).strip(), where))
        elif not found and column.needed:
            near = _nearest(column.names, extra)
            cell = f"{column_letter(extra[near])}1" if near else ""
            problems.append(HeaderProblem("missing", tab_title, wanted, cell, near))
    columns = {key: found[0] for key, found in places.items()}
    return Header(columns, extra, tuple(problems))


def _nearest(wanted: Iterable[str], present: Iterable[str]) -> str:
    """The unknown title that is most likely a misspelling of a wanted one; "" when none is near."""
    best, best_ratio = "", 0.6
    for title in present:
        for goal in wanted:
            ratio = difflib.SequenceMatcher(None, fold(goal), fold(title)).ratio()
            if ratio > best_ratio:
                best, best_ratio = title, ratio
    return best


def tabs_among(tabs: Iterable[Tab], titles: Sequence[str]) -> dict[str, int]:
    """Tab key -> index of the title it goes by: the team's own before any other, of two alike the first."""
    folded = [fold(title) for title in titles]
    found: dict[str, int] = {}
    for tab in tabs:
        for names in ((tab.own,) if tab.own else (), tab.names):
            index = next((i for i, title in enumerate(folded) if title in _folded(names)), None)
            if index is not None:
                found[tab.key] = index
                break
    return found


@cache
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    """Asked for at every poll, of a dozen tabs whose names never change."""
    return frozenset(map(fold, names))
