"""Brings the formulas of a workbook up to date after cells were edited, before anybody reads or stores them.

Values are put into the grid like all others, so that reading needs to know nothing of formulas. Edits of
single cells cost what depends on them; inserting, deleting and moving rows or columns, and whatever changes
what names mean, costs reading all formulas anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.desk.book.grid import Extra, Row, Scalar, Style
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.formulas.binding import Place, bound
from bot.desk.formulas.values import Error, Value
from bot.desk.formulas.workings import Index, Outcome, collected, worked_out

MARK = "formulas"  #: in a sheet's meta: whether it holds any, so that other sheets need not be loaded to know
TIME = "formulasOf"  #: in a workbook's meta: the period its TODAY and NOW are of, if it has any


@dataclass(slots=True)
class Workings:
    """What is known of a workbook's formulas between two changes."""

    index: Index = field(default_factory=Index)
    meaning: Any = None  #: titles, names and locale; formulas mean something else when they change
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)


def settle(book: Workbook) -> None:
    """Work out all formulas that the edits since the last time may have changed."""
    known = book.workings if isinstance(book.workings, Workings) else None
    meaning = _meaning(book)
    if known is None or _must_be_read_anew(book, known, meaning):
        known = book.workings = Workings(meaning=meaning, sheets=list(book.sheets))
        for formula in collected(book, [sheet for sheet in book.sheets if may_hold_formulas(sheet)]):
            known.index.put(formula)
        places = set(known.index.formulas)
        _mark(book, {place[0] for place in places})
    else:
        places = _concerned(book, known, _out_of_date(book, known.index))
    known.sizes = _sizes(book)
    if places:
        outcomes = worked_out(known.index, places, book, book.wall_clock())
        _put(book, [(formula.place, formula.sheet, outcome) for formula, outcome in outcomes])
    for sheet in book.sheets:
        sheet.grid.settled()
    _note_time(book, known)


def _meaning(book: Workbook) -> Any:
    names = [(one["name"], one["range"]) for one in book.meta.get("namedRanges", [])]
    return [(sheet.id, sheet.title) for sheet in book.sheets], repr(names), book.locale


def _sizes(book: Workbook) -> dict[int, tuple[int, int]]:
    return {sheet.id: (sheet.row_count, sheet.column_count) for sheet in book.sheets}


def _must_be_read_anew(book: Workbook, known: Workings, meaning: Any) -> bool:
    """Whether formulas may stand elsewhere than known, or mean something else."""
    if known.sheets != book.sheets:
        return True
    if not known.index.formulas:
        return False
    return known.meaning != meaning or any(sheet.grid.rearranged for sheet in book.sheets)


def may_hold_formulas(sheet: Sheet) -> bool:
    """Whether there may be formulas in a sheet, as far as can be said without reading all of it."""
    return bool(sheet.meta.get(MARK, True)) or bool(sheet.grid.touched) or sheet.grid.rearranged


def _mark(book: Workbook, with_formulas: set[int]) -> None:
    for sheet in book.sheets:
        sheet.meta[MARK] = sheet.id in with_formulas


def _out_of_date(book: Workbook, index: Index) -> set[Place]:
    """The formulas that time has changed: those of NOW at every edit, those of TODAY on another day."""
    old = is_old(book)
    return {place for place in index.volatile if old or "NOW" in index.formulas[place].template.calls}


def _concerned(book: Workbook, known: Workings, stale: set[Place]) -> set[Place]:
    """The formulas that the edits since the last time may have changed, and all that depend on stale ones."""
    changed: set[Place] = set()
    index, sizes = known.index, _sizes(book)
    for sheet in book.sheets:
        for row_index, before in sheet.grid.touched.items():
            _compare(book, sheet, row_index, before, index, changed, stale)
        if sizes[sheet.id] != known.sizes.get(sheet.id):
            grown = [one for one in index.formulas.values() if sheet.id in one.sized]
            for old in grown:
                index.put(bound(book, old.sheet, old.place[1], old.place[2], old.text))
                stale.add(old.place)
    stale &= index.formulas.keys()
    return stale | index.depending_on(changed | stale) if index.formulas else set()


def _compare(
    book: Workbook,
    sheet: Sheet,
    row_index: int,
    before: Row,
    index: Index,
    changed: set[Place],
    stale: set[Place],
) -> None:
    """Note what is different in a row: cells that changed, and formulas to be worked out."""
    after = sheet.grid.row(row_index)
    if not index.formulas and not _has_formulas(after):
        return
    for column in _different(before, after):
        place = (sheet.id, row_index, column)
        extra = after.extras.get(column)
        formula = extra.formula if extra else None
        if formula is not None:
            index.put(bound(book, sheet, row_index, column, formula))
            sheet.meta[MARK] = True
            stale.add(place)
        else:
            index.remove(place)
        changed.add(place)


def _different(before: Row, after: Row) -> set[int]:
    """The columns in which a row is not what it was; `is` tells most that are the same."""
    old, new = before.values, after.values
    pairs = enumerate(zip(old, new, strict=False))
    found = {at for at, (a, b) in pairs if a is not b and (a != b or type(a) is not type(b))}
    found.update(range(min(len(old), len(new)), max(len(old), len(new))))
    if before.extras is not after.extras:
        for column in before.extras.keys() | after.extras.keys():
            was, now = before.extras.get(column), after.extras.get(column)
            if was is not now and was != now:
                found.add(column)
    return found


def _has_formulas(row: Row) -> bool:
    return any(extra.formula is not None for extra in row.extras.values())


def _put(book: Workbook, outcomes: Iterable[tuple[Place, Sheet, Outcome]]) -> None:
    """Store what formulas came to, where it is something else than before."""
    rows: dict[tuple[int, int], list[tuple[Sheet, int, Scalar, Extra]]] = {}
    styles: dict[str, Style | None] = {}
    for place, sheet, outcome in outcomes:
        old = sheet.grid.row(place[1]).cell(place[2])
        if old.extra is None:
            continue
        value = _kept(outcome.value)
        implied = _style(book, outcome.number_format, styles)
        extra = Extra(old.extra.formula, old.extra.style, old.extra.note, implied, outcome.value is None)
        if type(old.value) is not type(value) or old.value != value or old.extra != extra:
            rows.setdefault(place[:2], []).append((sheet, place[2], value, extra))
    for (_, row_index), changes in rows.items():
        grid = changes[0][0].grid
        draft = grid.edit(row_index)
        for _, column, value, extra in changes:
            draft.put_value(column, value)
            draft.put_extra(column, extra)
        grid.put(row_index, draft)


def _kept(value: Value) -> Scalar:
    if value is None:
        return ""
    return value.code if isinstance(value, Error) else value


def _style(book: Workbook, number_format: Any, known: dict[str, Style | None]) -> Style | None:
    if number_format is None:
        return None
    key = repr(number_format)
    if key not in known:
        known[key] = book.style({"userEnteredFormat": {"numberFormat": number_format}})
    return known[key]


def _note_time(book: Workbook, known: Workings) -> None:
    """Remember whether formulas become old by themselves."""
    if not known.index.volatile:
        book.meta.pop(TIME, None)
        return
    book.meta[TIME] = period(book)


def period(book: Workbook) -> str:
    """The day, hour or minute it is in the workbook: when it is another, TODAY and NOW give something else."""
    kept = {"MINUTE": 16, "HOUR": 13}.get(book.meta["properties"].get("autoRecalc", ""), 10)
    return book.wall_clock().isoformat()[:kept]


def is_old(book: Workbook) -> bool:
    """Whether formulas of the workbook would show something else now though nobody changed it."""
    return TIME in book.meta and book.meta[TIME] != period(book)
