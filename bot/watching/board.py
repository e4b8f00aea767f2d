"""Writes the block of `bot.watching.block` into the Automations tab: two reads and one write, when it is time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ports import Workbook
from bot.projection import SetCells
from bot.watching.block import lacking
from sheets_schema import AUTOMATIONS

#: Keys of the two columns.
COLUMNS = ("status_item", "status_value")


def write_block(workbook: Workbook, lines: Sequence[tuple[str, str]]) -> int:
    """Make the tab show these lines from its second row on; the number of rows written.

    Nothing, where the tab or one of its two columns is not there. Raises WorkbookError.
    """
    found = workbook.columns({AUTOMATIONS.key: COLUMNS}).get(AUTOMATIONS.key)
    if found is None or not all(key in found.places for key in COLUMNS):
        return 0
    items, values = (list(found.cells.get(key, ())) for key in COLUMNS)
    height = max(len(items), len(values))
    shown = [(_at(items, i), _at(values, i)) for i in range(height)]
    left, right = (found.places[key] for key in COLUMNS)
    edits = [
        SetCells(AUTOMATIONS.key, row, {left: item, right: value})
        for row, (item, value) in lacking(lines, shown).items()
    ]
    if edits:
        workbook.write(edits)
    return len(edits)


def _at(cells: Sequence[object], index: int) -> object:
    return cells[index] if index < len(cells) else ""


def is_due(written: datetime | None, minutes: int, now: datetime) -> bool:
    """Whether the block has stood long enough."""
    return written is None or not 0 <= (now - written).total_seconds() < minutes * 60
