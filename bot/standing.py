"""Edits that were worked out a while ago, and whether the rows they are for still stand where they stood. Pure.

Figures take a minute, and their mails go out before their cells are written; people sort in between. An edit that
names what its row showed is written only while the row shows it; the others are worked out anew by the next refresh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.ports import Columns
from bot.projection import Edit, SetCells
from sheets_schema import CUSTOMERS, PRODUCTS

#: The columns by which rows are known again.
_KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    CUSTOMERS.key: ("customer_no", "customer", "tier"),
    PRODUCTS.key: ("product", "specification"),
}


def looked_at(edits: Sequence[Edit]) -> dict[str, tuple[str, ...]]:
    """The columns to read again before these edits are written; none when no edit names what its row showed."""
    tabs = {edit.tab for edit in edits if isinstance(edit, SetCells) and edit.expects}
    return {tab: keys for tab, keys in _KNOWN_BY.items() if tab in tabs}


def standing(edits: Sequence[Edit], columns: Mapping[str, Columns]) -> tuple[Edit, ...]:
    """Those of the edits whose rows and columns are as they were."""
    return tuple(
        edit for edit in edits if not isinstance(edit, SetCells) or _stands(edit, columns.get(edit.tab))
    )


def _stands(edit: SetCells, columns: Columns | None) -> bool:
    if not edit.expects:
        return True
    if columns is None:
        return False
    keys = {place: key for key, place in columns.places.items()}
    # A column that people put in has no key; what stands to its right has moved.
    if not all(place in keys for place in (*edit.cells, *edit.expects)):
        return False
    return all(_cell(columns, keys[place], edit.row - 2) == cell for place, cell in edit.expects.items())


def _cell(columns: Columns, key: str, row: int) -> object:
    cells = columns.cells.get(key, ())
    return cells[row] if row < len(cells) else ""
