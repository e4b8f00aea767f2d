"""Somebody moved or inserted a column between the bot's last look and its write, so that what was written stands askew.

The write's own answer shows the titles it fell under, which tells; what it fell upon is put back as it stood at the last
look. The bot's cells then lack again, and the next cycle writes them where they belong. Pure; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.projection import Edit, SetCells
from bot.survey import Grid
from sheets_schema import LANGUAGES, Cell, Tab
from sheets_schema.titles import Header, read_header


def is_askew(tab: Tab, header: Header, titles: Sequence[Cell]) -> bool:
    """Whether the known columns stand elsewhere than the write took them to stand.

    Where one is gone, or the first row shows no titles, nobody can tell what fell where.
    """
    now = read_header(tab, "", titles, LANGUAGES[0]).columns
    return now.keys() == header.columns.keys() and now != header.columns


def put_back(edits: Sequence[Edit], tab: str, before: Grid, titles: Sequence[Cell]) -> Iterator[SetCells]:
    """What stood in this tab where these edits fell, by the titles under which it stands now.

    A column without a title counts as the one that was put in: it was empty.
    """
    before = before.mended(range(len(before.ends)))
    stood = {str(title): column for column, title in enumerate(before.header) if title != ""}
    for edit in edits:
        if not isinstance(edit, SetCells) or edit.tab != tab:
            continue
        row = before.cells(edit.row - 2) if edit.row - 2 < len(before.ends) else []
        cells: dict[int, Cell] = {}
        for column in edit.cells:
            origin = stood.get(str(titles[column]) if column < len(titles) else "", -1)
            if origin != column:
                cells[column] = row[origin] if 0 <= origin < len(row) else ""
        if cells:
            yield SetCells(tab, edit.row, cells)
