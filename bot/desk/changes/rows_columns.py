"""Requests about whole rows and columns."""

from __future__ import annotations

from typing import Any

from bot.desk import masks
from bot.desk.book import dimensions
from bot.desk.book.cells import formatted
from bot.desk.book.spreadsheets import dimension_properties, set_dimension
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.changes.sheets import required_mask, wanted
from bot.desk.errors import bad_request

Body = dict[str, Any]


def _target(book: Workbook, body: Body) -> tuple[Sheet, str, int, int]:
    sheet = book.sheet(body.get("sheetId", 0), "grid")
    return sheet, *dimensions.span(sheet, body)


def insert_dimension(book: Workbook, body: Body) -> None:
    """insertDimension: empty rows or columns."""
    inherit = body.get("inheritFromBefore", False)
    sheet, dimension, start, end = _target(book, body.get("range", {}))
    if inherit and start == 0:
        raise bad_request("inheritFromBefore cannot be true when inserting at the first row or column.")
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count
    if start == size and not inherit:
        text = "range.startIndex must be less than the grid size ({}) if inheritFromBefore is false."
        raise bad_request(text.format(size))
    dimensions.insert(book, sheet, dimension, start, end, inherit)


def delete_dimension(book: Workbook, body: Body) -> None:
    """deleteDimension: rows or columns with all they hold."""
    dimensions.delete(book, *_target(book, body.get("range", {})))


def move_dimension(book: Workbook, body: Body) -> None:
    """moveDimension: the destination is counted before the rows or columns are taken out."""
    sheet, dimension, start, end = _target(book, body.get("source", {}))
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count
    to = body.get("destinationIndex", 0)
    if end > size or not 0 <= to <= size:
        raise bad_request(f"Cannot move beyond the sheet, which has {size} {dimension.lower()}.")
    dimensions.move(book, sheet, dimension, start, end, to)


def append_dimension(book: Workbook, body: Body) -> None:
    """appendDimension: rows or columns at the end."""
    sheet = book.sheet(body.get("sheetId", 0), "grid")
    length = body.get("length", 0)
    if length < 1:
        raise bad_request("length must be greater than 0.")
    _, _, size = dimensions.names(dimensions.span(sheet, {**body, "startIndex": 0, "endIndex": 1})[0])
    sheet.properties["gridProperties"][size] += length
    book.refuse_too_many_cells()


def update_dimension_properties(book: Workbook, body: Body) -> None:
    """updateDimensionProperties: pixelSize and hiddenByUser; what is read-only stays as it is."""
    sheet, dimension, start, end = _target(book, body.get("range", {}))
    mask = required_mask(body, "DimensionProperties")
    given = body.get("properties", {})
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count
    if end > size:
        raise bad_request(f"endIndex[{end}] exceeds the sheet's {size} {dimension.lower()}.")
    if given.get("pixelSize", 0) < 0:
        raise bad_request("pixelSize must not be negative.")
    writable: masks.Mask = {name: {} for name in ("pixelSize", "hiddenByUser") if wanted(mask, name)}
    for index in range(start, end):
        old = dimension_properties(sheet, dimension, index)
        new = masks.written(old, given, writable) if writable else old
        new = {name: value for name, value in new.items() if value}
        if new != old:
            set_dimension(sheet, dimension, index, new)


def auto_resize_dimensions(book: Workbook, body: Body) -> None:
    """autoResizeDimensions: columns as wide as their longest text; a guess at the pixels."""
    sheet, dimension, start, end = _target(book, body.get("dimensions", {}))
    for index in range(start, min(end, sheet.column_count if dimension == "COLUMNS" else sheet.row_count)):
        pixels = 21
        if dimension == "COLUMNS":
            longest = max(
                (
                    sum(7 if char < "\u0300" else 13 for char in formatted(row, index, book.locale))
                    for row in sheet.grid.rows
                    if index < len(row.values)
                ),
                default=0,
            )
            if not longest:
                continue
            pixels = max(longest + 7, 21)
        old = dimension_properties(sheet, dimension, index)
        set_dimension(sheet, dimension, index, {**old, "pixelSize": pixels})


def add_dimension_group(book: Workbook, body: Body) -> Body:
    """addDimensionGroup: rows or columns that can be folded; one depth deeper where groups lie already."""
    sheet, dimension, start, end = _target(book, body.get("range", {}))
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count
    if end > size:
        raise bad_request(f"endIndex[{end}] exceeds the sheet's {size} {dimension.lower()}.")
    groups = sheet.part(_groups(dimension))
    at = {"sheetId": sheet.id, "dimension": dimension, "startIndex": start, "endIndex": end}
    around = [g for g in groups if g["range"]["startIndex"] < end and start < g["range"]["endIndex"]]
    for group in around:
        inside = start <= group["range"]["startIndex"] and group["range"]["endIndex"] <= end
        if inside and group["range"] != at:
            group["depth"] += 1
    depth = 1 + max((g["depth"] for g in around if _holds(g["range"], start, end)), default=0)
    groups.append({"range": at, "depth": depth})
    sheet.properties["gridProperties"][_control(dimension)] = True
    return {"dimensionGroups": _shown_groups(groups)}


def delete_dimension_group(book: Workbook, body: Body) -> Body:
    """deleteDimensionGroup: the deepest group over exactly this range."""
    sheet, dimension, start, end = _target(book, body.get("range", {}))
    groups = sheet.part(_groups(dimension))
    same = [g for g in groups if (g["range"]["startIndex"], g["range"]["endIndex"]) == (start, end)]
    if not same:
        raise bad_request("Cannot delete a dimension group that does not exist.")
    groups.remove(max(same, key=lambda group: group["depth"]))
    for group in groups:
        if start <= group["range"]["startIndex"] and group["range"]["endIndex"] <= end:
            group["depth"] = max(1, group["depth"] - 1)
    return {"dimensionGroups": _shown_groups(groups)} if groups else {}


def _groups(dimension: str) -> str:
    return "rowGroups" if dimension == "ROWS" else "columnGroups"


def _control(dimension: str) -> str:
    return "rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"


def _holds(group: Body, start: int, end: int) -> bool:
    return bool(group["startIndex"] <= start and end <= group["endIndex"])


def _shown_groups(groups: list[Body]) -> list[Body]:
    return [
        {**group, "range": {k: v for k, v in group["range"].items() if k != "sheetId" or v}}
        for group in groups
    ]
