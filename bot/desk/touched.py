"""What every kind of batchUpdate request writes, so that one place can say whether it may.

A kind that is not listed here is taken to write everything. Nothing is listed as writing which Google lets
every editor do beside a protection: names for ranges, filter views, developer metadata, new tabs, and the
properties of the spreadsheet itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.desk import dimensions
from bot.desk.a1 import Area, area_of, whole
from bot.desk.workbook import Sheet, Workbook

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where rows or columns are pushed in between others."""

    sheet: Sheet
    dimension: str
    index: int


@dataclass(frozen=True, slots=True)
class Touched:
    """What a request writes."""

    areas: tuple[Area, ...] = ()  #: cells it writes, moves or removes
    maybe: tuple[Area, ...] = ()  #: cells it looks through and writes only where it finds something
    gaps: tuple[Gap, ...] = ()
    sheets: tuple[Sheet, ...] = ()  #: sheets it changes otherwise, closed where the whole sheet is protected
    protections: tuple[Body, ...] = ()  #: protected ranges it changes or takes away


def everything(book: Workbook) -> Touched:
    """All cells of all sheets, and the sheets themselves."""
    return Touched(tuple(map(whole, book.sheets)), sheets=tuple(book.sheets))


def touched(book: Workbook, kind: str, body: Body) -> Touched:
    """What a request is about to write in the workbook as it is now."""
    return KINDS[kind](book, body) if kind in KINDS else everything(book)


def _nothing(book: Workbook, body: Body) -> Touched:
    return Touched()


def _range(book: Workbook, body: Body) -> Touched:
    return Touched((area_of(book, body.get("range", {})),))


def _sheet(book: Workbook, body: Body) -> Touched:
    return Touched(sheets=(book.sheet(body.get("sheetId", 0)),))


def _sheet_of(field: str) -> Callable[[Workbook, Body], Touched]:
    return lambda book, body: _sheet(book, body.get(field, {}))


def _span(book: Workbook, at: Body) -> Area:
    """Whole rows or columns."""
    sheet = book.sheet(at.get("sheetId", 0), "grid")
    dimension, start, end = dimensions.span(sheet, at)
    if dimension == "ROWS":
        return Area(sheet, start, 0, end, sheet.column_count)
    return Area(sheet, 0, start, sheet.row_count, end)


def _inserted(book: Workbook, body: Body) -> Touched:
    at = body.get("range", {})
    sheet = book.sheet(at.get("sheetId", 0), "grid")
    dimension, start, _ = dimensions.span(sheet, at)
    return Touched(gaps=(Gap(sheet, dimension, start),))


def _moved(book: Workbook, body: Body) -> Touched:
    source = _span(book, body.get("source", {}))
    dimension = body.get("source", {}).get("dimension", "ROWS")
    return Touched((source,), gaps=(Gap(source.sheet, dimension, body.get("destinationIndex", 0)),))


def _shifted(book: Workbook, body: Body) -> Touched:
    """A range and all that stands behind it, where cells are pushed aside or closed up."""
    area = area_of(book, body.get("range", {}))
    if body.get("shiftDimension") == "COLUMNS":
        return Touched((Area(area.sheet, area.top, area.left, area.bottom, area.sheet.column_count),))
    return Touched((Area(area.sheet, area.top, area.left, area.sheet.row_count, area.right),))


def _sheet_properties(book: Workbook, body: Body) -> Touched:
    """A sheet's properties, its place among the tabs aside, and the cells a smaller grid cuts off."""
    given = body.get("properties", {})
    sheet = book.sheet(given.get("sheetId", 0))
    if body.get("fields") in {"index", "sheetId,index", "index,sheetId"}:
        return Touched()
    size = given.get("gridProperties", {})
    rows, columns = size.get("rowCount", sheet.row_count), size.get("columnCount", sheet.column_count)
    cut = (
        Area(sheet, rows, 0, sheet.row_count, sheet.column_count),
        Area(sheet, 0, columns, sheet.row_count, sheet.column_count),
    )
    return Touched(
        tuple(one for one in cut if one.top < one.bottom and one.left < one.right), sheets=(sheet,)
    )


def _whole_sheet(book: Workbook, body: Body) -> Touched:
    sheet = book.sheet(body.get("sheetId", 0))
    return Touched((whole(sheet),), sheets=(sheet,))


def _block(sheet: Sheet, top: int, left: int, height: int, width: int) -> Touched:
    return Touched((Area(sheet, top, left, top + max(height, 1), left + max(width, 1)),))


def _width(body: Body) -> int:
    return max((len(row.get("values", [])) for row in body.get("rows", [])), default=0)


def _updated_cells(book: Workbook, body: Body) -> Touched:
    if "start" not in body:
        return _range(book, body)
    start = body["start"]
    sheet = book.sheet(start.get("sheetId", 0), "grid")
    top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
    return _block(sheet, top, left, len(body.get("rows", [])), _width(body))


def _appended_cells(book: Workbook, body: Body) -> Touched:
    height = len(body.get("rows", []))
    if body.get("tableId"):
        area = _table(book, body["tableId"])
        return _block(area.sheet, area.bottom, area.left, height, area.right - area.left)
    sheet = book.sheet(body.get("sheetId", 0), "grid")
    filled = sheet.grid.rows
    top = next((index + 1 for index in range(len(filled) - 1, -1, -1) if filled[index].values), 0)
    return _block(sheet, top, 0, height, _width(body))


def _pasted(book: Workbook, body: Body) -> Touched:
    """A copyPaste fills its destination, or as much as the source needs."""
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


def _cut(book: Workbook, body: Body) -> Touched:
    source, at = area_of(book, body.get("source", {})), body.get("destination", {})
    target = _block(
        book.sheet(at.get("sheetId", 0), "grid"),
        at.get("rowIndex", 0),
        at.get("columnIndex", 0),
        source.bottom - source.top,
        source.right - source.left,
    )
    return Touched((source, *target.areas))


def _from_there_on(book: Workbook, body: Body) -> Touched:
    """pasteData: how far the text goes is known only when it is taken apart."""
    at = body.get("coordinate", {})
    sheet = book.sheet(at.get("sheetId", 0), "grid")
    top, left = at.get("rowIndex", 0), at.get("columnIndex", 0)
    return Touched(
        (Area(sheet, top, left, max(sheet.row_count, top + 1), max(sheet.column_count, left + 1)),)
    )


def _split(book: Workbook, body: Body) -> Touched:
    source = area_of(book, body.get("source", {}))
    return Touched((Area(source.sheet, source.top, source.left, source.bottom, source.sheet.column_count),))


def _filled(book: Workbook, body: Body) -> Touched:
    if "range" in body:
        return _range(book, body)
    both = body.get("sourceAndDestination", {})
    area, length = area_of(book, both.get("source", {})), both.get("fillLength", 0)
    top, left, bottom, right = area.top, area.left, area.bottom, area.right
    if both.get("dimension") == "COLUMNS":
        left, right = min(left, left + length), max(right, right + length)
    else:
        top, bottom = min(top, top + length), max(bottom, bottom + length)
    return Touched((Area(area.sheet, top, left, bottom, right),))


def _searched(book: Workbook, body: Body) -> Touched:
    if "range" in body:
        return Touched(maybe=_range(book, body).areas)
    sheets = [book.sheet(body["sheetId"])] if "sheetId" in body else book.sheets
    return Touched(maybe=tuple(map(whole, sheets)))


def _protection(book: Workbook, body: Body) -> Touched:
    """A protected range itself, and the cells it is to lie on."""
    given = body.get("protectedRange", body)
    areas = (area_of(book, given["range"]),) if "range" in given else ()
    wanted = given.get("protectedRangeId", 0)
    changed = [
        one
        for sheet in book.sheets
        for one in sheet.meta.get("protectedRanges", [])
        if one["protectedRangeId"] == wanted
    ]
    return Touched(areas, protections=tuple(changed))


def _rule(book: Workbook, body: Body) -> Touched:
    """The cells of a conditional format that is added, and of the one that stands at its index."""
    ranges = list(body.get("rule", {}).get("ranges", []))
    on_sheet = body.get("sheetId", ranges[0].get("sheetId", 0) if ranges else 0)
    rules = book.sheet(on_sheet).meta.get("conditionalFormats", [])
    ranges += rules[body.get("index", 0)]["ranges"] if 0 <= body.get("index", 0) < len(rules) else []
    return Touched(tuple(area_of(book, one) for one in ranges))


def _added_rule(book: Workbook, body: Body) -> Touched:
    return Touched(tuple(area_of(book, one) for one in body.get("rule", {}).get("ranges", [])))


def _laid_over(part: str, key: str, field: str = "") -> Callable[[Workbook, Body], Touched]:
    """An object with a range: where it lies now and where it is to lie."""

    def touches(book: Workbook, body: Body) -> Touched:
        given = body.get(field, {}) if field else body
        old = [
            one
            for sheet in book.sheets
            for one in sheet.meta.get(part, [])
            if given.get(key) and one.get(key) == given[key]
        ]
        return Touched(tuple(area_of(book, one["range"]) for one in [*old, given] if "range" in one))

    return touches


def _table(book: Workbook, wanted: str) -> Area:
    areas = _laid_over("tables", "tableId")(book, {"tableId": wanted}).areas
    return areas[0] if areas else whole(book.sheets[0])


def _added_float(book: Workbook, body: Body) -> Touched:
    """A chart or slicer: the sheet it floats over."""
    one: Body = body.get("chart") or body.get("slicer") or {}
    anchor = one.get("position", {}).get("overlayPosition", {}).get("anchorCell", {})
    return _sheet(book, anchor)


def _float(book: Workbook, body: Body) -> Touched:
    wanted = {body[key] for key in ("objectId", "chartId", "slicerId") if key in body}
    return Touched(
        sheets=tuple(
            sheet
            for sheet in book.sheets
            for one in (*sheet.meta.get("charts", []), *sheet.meta.get("slicers", []))
            if one.get("chartId", one.get("slicerId")) in wanted
        )
    )


def _filter(book: Workbook, body: Body) -> Touched:
    given = body.get("filter", {})
    areas = (area_of(book, given.get("range", {})),) if given.get("sortSpecs") else ()
    return Touched(areas, sheets=(book.sheet(given.get("range", {}).get("sheetId", 0)),))


_NOTHING = (
    "addSheet", "duplicateSheet", "updateSpreadsheetProperties", "addNamedRange", "updateNamedRange",
    "deleteNamedRange", "addFilterView", "updateFilterView", "deleteFilterView", "duplicateFilterView",
    "createDeveloperMetadata", "updateDeveloperMetadata", "deleteDeveloperMetadata",
)  # fmt: skip
_RANGES = (
    "repeatCell", "setDataValidation", "updateBorders", "mergeCells", "unmergeCells", "sortRange",
    "randomizeRange", "deleteDuplicates",
)  # fmt: skip

KINDS: dict[str, Callable[[Workbook, Body], Touched]] = {
    **dict.fromkeys(_NOTHING, _nothing),
    **dict.fromkeys(_RANGES, _range),
    "deleteSheet": _whole_sheet,
    "updateSheetProperties": _sheet_properties,
    "insertDimension": _inserted,
    "deleteDimension": lambda book, body: Touched((_span(book, body.get("range", {})),)),
    "moveDimension": _moved,
    "appendDimension": _sheet,
    "updateDimensionProperties": _sheet_of("range"),
    "autoResizeDimensions": _sheet_of("dimensions"),
    "addDimensionGroup": _sheet_of("range"),
    "deleteDimensionGroup": _sheet_of("range"),
    "updateDimensionGroup": lambda book, body: _sheet_of("range")(book, body.get("dimensionGroup", {})),
    "insertRange": _shifted,
    "deleteRange": _shifted,
    "updateCells": _updated_cells,
    "appendCells": _appended_cells,
    "copyPaste": _pasted,
    "cutPaste": _cut,
    "pasteData": _from_there_on,
    "textToColumns": _split,
    "autoFill": _filled,
    "findReplace": _searched,
    "trimWhitespace": _searched,
    "addProtectedRange": _protection,
    "updateProtectedRange": _protection,
    "deleteProtectedRange": _protection,
    "setBasicFilter": _filter,
    "clearBasicFilter": _sheet,
    "addConditionalFormatRule": _added_rule,
    "updateConditionalFormatRule": _rule,
    "deleteConditionalFormatRule": _rule,
    "addChart": _added_float,
    "addSlicer": _added_float,
    **dict.fromkeys(
        (
            "updateChartSpec",
            "updateSlicerSpec",
            "updateEmbeddedObjectPosition",
            "updateEmbeddedObjectBorder",
            "deleteEmbeddedObject",
        ),
        _float,
    ),
    "addBanding": _laid_over("bandedRanges", "bandedRangeId", "bandedRange"),
    "updateBanding": _laid_over("bandedRanges", "bandedRangeId", "bandedRange"),
    "deleteBanding": _laid_over("bandedRanges", "bandedRangeId"),
    "addTable": _laid_over("tables", "tableId", "table"),
    "updateTable": _laid_over("tables", "tableId", "table"),
    "deleteTable": _laid_over("tables", "tableId"),
}
