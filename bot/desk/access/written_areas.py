"""The cells a batchUpdate request writes, moves or removes, as its body names them.

Where a body does not say how far it reaches, all it could reach is taken.
"""

from __future__ import annotations

from typing import Any

from bot.desk.book import dimensions
from bot.desk.book.a1 import Area, area_of, whole
from bot.desk.book.workbook import Sheet, Workbook

Body = dict[str, Any]
Areas = tuple[Area, ...]


def in_range(book: Workbook, body: Body) -> Areas:
    """The range of a body."""
    return (area_of(book, body.get("range", {})),)


def span(book: Workbook, at: Body) -> Area:
    """Whole rows or columns."""
    sheet = book.sheet(at.get("sheetId", 0), "grid")
    dimension, start, end = dimensions.span(sheet, at)
    if dimension == "ROWS":
        return Area(sheet, start, 0, end, sheet.column_count)
    return Area(sheet, 0, start, sheet.row_count, end)


def shifted(book: Workbook, body: Body) -> Areas:
    """A range and all that stands behind it, where cells are pushed aside or closed up."""
    area = area_of(book, body.get("range", {}))
    if body.get("shiftDimension") == "COLUMNS":
        return (Area(area.sheet, area.top, area.left, area.bottom, area.sheet.column_count),)
    return (Area(area.sheet, area.top, area.left, area.sheet.row_count, area.right),)


def updated(book: Workbook, body: Body) -> Areas:
    """UpdateCells writes its range, or as many rows as it gives from its start on."""
    if "start" not in body:
        return in_range(book, body)
    start = body["start"]
    sheet = book.sheet(start.get("sheetId", 0), "grid")
    top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
    return _block(sheet, top, left, len(body.get("rows", [])), _width(body))


def appended(book: Workbook, body: Body) -> Areas:
    """AppendCells writes below what is filled, or below its table."""
    height = len(body.get("rows", []))
    if body.get("tableId"):
        area = _table(book, body["tableId"])
        if area is None:
            return tuple(map(whole, book.sheets))
        return _block(area.sheet, area.bottom, area.left, height, area.right - area.left)
    sheet = book.sheet(body.get("sheetId", 0), "grid")
    filled = sheet.grid.rows
    top = next((index + 1 for index in range(len(filled) - 1, -1, -1) if filled[index].values), 0)
    return _block(sheet, top, 0, height, _width(body))


def pasted(book: Workbook, body: Body) -> Areas:
    """CopyPaste fills its destination, or as much as the source needs."""
    source, target = area_of(book, body.get("source", {})), area_of(book, body.get("destination", {}))
    height, width = source.bottom - source.top, source.right - source.left
    if body.get("pasteOrientation") == "TRANSPOSE":
        height, width = width, height
    return _block(
        target.sheet,
        target.top,
        target.left,
        max(height, target.bottom - target.top),
        max(width, target.right - target.left),
    )


def cut(book: Workbook, body: Body) -> Areas:
    """CutPaste empties its source and fills as much from its destination on."""
    source, at = area_of(book, body.get("source", {})), body.get("destination", {})
    target = _block(
        book.sheet(at.get("sheetId", 0), "grid"),
        at.get("rowIndex", 0),
        at.get("columnIndex", 0),
        source.bottom - source.top,
        source.right - source.left,
    )
    return source, *target


def from_there_on(book: Workbook, body: Body) -> Areas:
    """PasteData: how far the text goes is known only when it is taken apart."""
    at = body.get("coordinate", {})
    sheet = book.sheet(at.get("sheetId", 0), "grid")
    top, left = at.get("rowIndex", 0), at.get("columnIndex", 0)
    return (Area(sheet, top, left, max(sheet.row_count, top + 1), max(sheet.column_count, left + 1)),)


def split(book: Workbook, body: Body) -> Areas:
    """TextToColumns: how many columns a text becomes is known only when it is split."""
    source = area_of(book, body.get("source", {}))
    return (Area(source.sheet, source.top, source.left, source.bottom, source.sheet.column_count),)


def filled(book: Workbook, body: Body) -> Areas:
    """AutoFill writes its range, or beside its source."""
    if "range" in body:
        return in_range(book, body)
    both = body.get("sourceAndDestination", {})
    area, length = area_of(book, both.get("source", {})), both.get("fillLength", 0)
    top, left, bottom, right = area.top, area.left, area.bottom, area.right
    if both.get("dimension") == "COLUMNS":
        left, right = min(left, left + length), max(right, right + length)
    else:
        top, bottom = min(top, top + length), max(bottom, bottom + length)
    return (Area(area.sheet, top, left, bottom, right),)


def _block(sheet: Sheet, top: int, left: int, height: int, width: int) -> Areas:
    return (Area(sheet, top, left, top + max(height, 1), left + max(width, 1)),)


def _table(book: Workbook, wanted: str) -> Area | None:
    tables = (one for sheet in book.sheets for one in sheet.meta.get("tables", []))
    return next((area_of(book, one["range"]) for one in tables if one.get("tableId") == wanted), None)


def _width(body: Body) -> int:
    return max((len(row.get("values", [])) for row in body.get("rows", [])), default=0)
