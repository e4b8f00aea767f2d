"""The guide's tab as the Sheets API tells of it: which one it is, and its first cells. Pure; only `init` asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.sheets_wire import quoted
from bot.look import Styled
from bot.ports import Sheet
from sheets_schema.guide import GUIDE_MARK, GUIDE_TITLES
from sheets_schema.titles import column_letter, fold

#: How many rows and columns of it are read: more than we write, so that what strayed is found.
_ROWS, _COLUMNS = 120, 2

Json = Mapping[str, Any]


def guide_of(sheets: Sequence[Sheet], objects: Sequence[Json]) -> int | None:
    """The id of the tab that bears the guide's mark, else of the first one that bears its name."""
    for found in objects:
        if bears_mark(found):
            return int(found.get("properties", {}).get("sheetId", 0))
    names = {fold(title) for title in GUIDE_TITLES.values()}
    return next((sheet.sheet_id for sheet in sheets if fold(sheet.title) in names and sheet.rows), None)


def bears_mark(objects: Json) -> bool:
    """Whether we have put our mark on this tab."""
    return any(one.get("metadataKey") == GUIDE_MARK for one in objects.get("developerMetadata", []))


def first_rows(sheet: Sheet, guide: int | None) -> str:
    """What is read of a tab for its layout, as a range: two rows, and of the guide its page."""
    if sheet.sheet_id != guide:
        return f"{quoted(sheet.title)}!1:2"
    last = column_letter(min(_COLUMNS, sheet.columns) - 1)
    return f"{quoted(sheet.title)}!A1:{last}{min(_ROWS, sheet.rows)}"


def page_of(rows: Sequence[Sequence[Json]]) -> tuple[tuple[Styled, ...], ...]:
    """The cells of the page; blank ones at the ends of rows, and of the page, left out as the API does."""
    return tuple(tuple(_styled(cell) for cell in row) for row in rows)


def _styled(cell: Json) -> Styled:
    form = cell.get("userEnteredFormat", {})
    text = form.get("textFormat", {})
    return Styled(
        str(cell.get("formattedValue", "")),
        bool(text.get("bold")),
        bool(text.get("italic")),
        int(text.get("fontSize", 0)),
        _hex(text.get("foregroundColor")),
        _hex(form.get("backgroundColor")),
        form.get("wrapStrategy", ""),
        form.get("verticalAlignment", ""),
        bool(text.get("underline") or text.get("strikethrough") or cell.get("dataValidation")),
    )


def _hex(colour: Json | None) -> str:
    """The colour as #rrggbb; black is an empty one."""
    if colour is None:
        return ""
    return "#" + "".join(
        f"{round(float(colour.get(part, 0)) * 255):02x}" for part in ("red", "green", "blue")
    )
