"""The workbook's tabs with samples of their columns, by reading alone; `bot.mapping.propose` makes matches of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from bot.mapping.matches import Proposal, TabSeen
from bot.mapping.propose import propose
from bot.mapping.values import MOST, Sample, sample_of
from bot.ports import Sheet, Workbook
from sheets_schema import SUMMARY, Cell
from sheets_schema.cells import is_blank, plain_text

#: Rows looked at, so that a column that is seldom filled in is understood too.
_ROWS = MOST * 4
#: Where titles stand that do not stand in the first row.
_TOP = 8
#: A tab that has no titles by design.
_BY_CELLS = frozenset({SUMMARY.en, SUMMARY.zh})


def look_for_names(workbook: Workbook, language: str) -> Proposal:
    """The matches in this workbook. Raises OutsideError."""
    about = workbook.about(layout=True)
    contents = workbook.contents()
    seen = [_seen(sheet, [*islice(iter(contents.get(sheet.title, ())), _ROWS)]) for sheet in about.sheets]
    return propose(seen, about.schema, language, is_new=about.marker is None)


def _seen(sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> TabSeen:
    filled = [sum(not is_blank(cell) for cell in row) for row in rows[:_TOP]]
    is_headless = sheet.title not in _BY_CELLS and bool(filled) and filled[0] < 2 and max(filled) > 2
    return TabSeen(sheet.title, _samples(sheet, rows), is_headless)


def _samples(sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> tuple[Sample, ...]:
    titles = rows[0] if rows else ()
    return tuple(
        sample_of(
            index,
            plain_text(title),
            (row[index] for row in rows[1:] if index < len(row)),
            sheet.formats.get(index, ("", ""))[0],
        )
        for index, title in enumerate(titles)
    )
