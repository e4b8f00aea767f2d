"""Ranges: A1 notation, GridRange objects, and the rectangle of cells both mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import bad_request
from sheets_schema.titles import column_letter

CELL = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,7})?")
PLAIN_TITLE = re.compile(r"[^\W\d]\w*")
LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells in a sheet, half open: bottom and right are the first row and column outside."""

    sheet: Sheet
    top: int
    left: int
    bottom: int
    right: int
    anchor: bool = False  #: written as one cell, which lets a write spread from it

    @property
    def name(self) -> str:
        """The area in A1 notation, the title quoted only where needed."""
        return f"{quoted(self.sheet.title)}!{self.cells}"

    @property
    def cells(self) -> str:
        """The area in A1 notation without its sheet."""
        first = f"{column_letter(self.left)}{self.top + 1}"
        last = f"{column_letter(self.right - 1)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def grid_range(self) -> dict[str, Any]:
        """The area as a GridRange."""
        return {
            "sheetId": self.sheet.id,
            "startRowIndex": self.top,
            "endRowIndex": self.bottom,
            "startColumnIndex": self.left,
            "endColumnIndex": self.right,
        }


def column_index(name: str) -> int:
    """The index of a named column: A is 0."""
    index = 0
    for char in name.upper():
        index = index * 26 + ord(char) - 64
    return index - 1


def quoted(title: str) -> str:
    """A title as it stands in a range: quoted unless it is a plain word that cannot be taken for a cell."""
    if title.isascii() and PLAIN_TITLE.fullmatch(title) and not LOOKS_LIKE_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def parse(book: Workbook, text: str) -> Area:
    """The area a text means; a 400 where Google cannot parse it or it starts beyond the grid."""
    sheet, rest = _split(book, text)
    if rest is None:
        return whole(sheet)
    area = _cells(sheet, rest)
    if area is None:
        named = _named(book, rest)
        if named is None:
            raise bad_request(f"Unable to parse range: {text}")
        return named
    return area


def _split(book: Workbook, text: str) -> tuple[Sheet, str | None]:
    """The sheet a range is on and the rest of it; no rest if the text is a title alone."""
    unparsable = bad_request(f"Unable to parse range: {text}")
    quoted_title = re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text, re.DOTALL)
    if quoted_title:
        sheet = book.titled(quoted_title[1].replace("''", "'"))
        if sheet is None:
            raise unparsable
        return sheet, quoted_title[2]
    if "!" in text:
        title, rest = text.rsplit("!", 1)
        sheet = book.titled(title)
        if sheet is None:
            raise unparsable
        return sheet, rest
    if not text:
        raise unparsable
    first = book.first_visible()
    if _bounds(text) is not None or _named(book, text) is not None:
        return first, text
    sheet = book.titled(text)
    if sheet is None:
        raise unparsable
    return sheet, None


def _bounds(text: str) -> tuple[int | None, int | None, int | None, int | None, bool] | None:
    """Top, left, bottom, right (half open, None where unbounded) and whether it is one cell."""
    first, colon, second = text.partition(":")
    one, two = CELL.fullmatch(first), CELL.fullmatch(second if colon else first)
    if not one or not two or not first or (colon and not second):
        return None
    if not colon and not (one[1] and one[2]):
        return None
    rows = [int(match[2]) - 1 for match in (one, two) if match[2]]
    columns = [column_index(match[1]) for match in (one, two) if match[1]]
    top = min(rows, default=None)
    left = min(columns, default=None)
    bottom = max(rows) + 1 if len(rows) == 2 else None
    right = max(columns) + 1 if len(columns) == 2 else None
    return top, left, bottom, right, not colon


def _cells(sheet: Sheet, text: str) -> Area | None:
    bounds = _bounds(text)
    if bounds is None:
        return None
    top, left, bottom, right, anchor = bounds
    return bounded(sheet, top or 0, left or 0, bottom, right, anchor)


def _named(book: Workbook, text: str) -> Area | None:
    folded = text.casefold()
    for named in book.meta.get("namedRanges", []):
        if named["name"].casefold() == folded:
            return area_of(book, named["range"])
    return None


def bounded(
    sheet: Sheet, top: int, left: int, bottom: int | None, right: int | None, anchor: bool = False
) -> Area:
    """The area cut to the grid; a 400 if it starts outside."""
    if top >= sheet.row_count or left >= sheet.column_count:
        end_row, end_column = bottom or top + 1, right or left + 1
        raise beyond_grid(Area(sheet, top, left, max(end_row, top + 1), max(end_column, left + 1)))
    bottom = sheet.row_count if bottom is None else min(bottom, sheet.row_count)
    right = sheet.column_count if right is None else min(right, sheet.column_count)
    return Area(sheet, top, left, bottom, right, anchor)


def beyond_grid(area: Area) -> Exception:
    """The 400 for cells the grid does not have."""
    return bad_request(
        f"Range ({area.name}) exceeds grid limits. "
        f"Max rows: {area.sheet.row_count}, max columns: {area.sheet.column_count}"
    )


def whole(sheet: Sheet) -> Area:
    """All cells of a sheet."""
    return Area(sheet, 0, 0, sheet.row_count, sheet.column_count)


def area_of(book: Workbook, grid_range: dict[str, Any]) -> Area:
    """The area of a GridRange, unbounded sides cut to the grid."""
    sheet = book.sheet(grid_range.get("sheetId", 0), "grid")
    top, left = grid_range.get("startRowIndex", 0), grid_range.get("startColumnIndex", 0)
    bottom, right = grid_range.get("endRowIndex"), grid_range.get("endColumnIndex")
    for kind, start, end in (("Row", top, bottom), ("Column", left, right)):
        if start < 0 or (end is not None and end < 0):
            raise bad_request(f"start{kind}Index and end{kind}Index must not be negative.")
        if end is not None and end <= start:
            raise bad_request(f"end{kind}Index[{end}] must be greater than start{kind}Index[{start}].")
    return bounded(sheet, top, left, bottom, right)


def start_of(book: Workbook, coordinate: dict[str, Any]) -> tuple[Sheet, int, int]:
    """Sheet, row and column of a GridCoordinate; that the grid reaches so far is for the caller to see."""
    sheet = book.sheet(coordinate.get("sheetId", 0), "grid")
    for name in ("rowIndex", "columnIndex"):
        if coordinate.get(name, 0) < 0:
            raise bad_request(f"{name}[{coordinate[name]}] must not be negative.")
    return sheet, coordinate.get("rowIndex", 0), coordinate.get("columnIndex", 0)


def shown_range(grid_range: dict[str, Any]) -> dict[str, Any]:
    """A stored GridRange as answers show it: a sheetId of 0 is left out."""
    return {name: value for name, value in grid_range.items() if name != "sheetId" or value}
