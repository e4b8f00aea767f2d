"""What every kind of batchUpdate request writes, so that one place can say whether it may.

A kind that is not listed here is taken to write everything. Nothing is listed as writing which Google lets
every editor do beside a protection: names for ranges, filter views, developer metadata, new tabs, and the
properties of the spreadsheet itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.desk.access import written_areas
from bot.desk.book import dimensions
from bot.desk.book.a1 import Area, area_of, whole
from bot.desk.book.workbook import Sheet, Workbook

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


def _cells(areas: Callable[[Workbook, Body], tuple[Area, ...]]) -> Callable[[Workbook, Body], Touched]:
    return lambda book, body: Touched(areas(book, body))


def _nothing(book: Workbook, body: Body) -> Touched:
    return Touched()


def _sheet(book: Workbook, body: Body) -> Touched:
    return Touched(sheets=(book.sheet(body.get("sheetId", 0)),))


def _sheet_of(field: str) -> Callable[[Workbook, Body], Touched]:
    return lambda book, body: _sheet(book, body.get(field, {}))


def _inserted(book: Workbook, body: Body) -> Touched:
    at = body.get("range", {})
    sheet = book.sheet(at.get("sheetId", 0), "grid")
    dimension, start, _ = dimensions.span(sheet, at)
    return Touched(gaps=(Gap(sheet, dimension, start),))


def _moved(book: Workbook, body: Body) -> Touched:
    source = written_areas.span(book, body.get("source", {}))
    dimension = body.get("source", {}).get("dimension", "ROWS")
    return Touched((source,), gaps=(Gap(source.sheet, dimension, body.get("destinationIndex", 0)),))


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


def _searched(book: Workbook, body: Body) -> Touched:
    if "range" in body:
        return Touched(maybe=written_areas.in_range(book, body))
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
    **dict.fromkeys(_RANGES, _cells(written_areas.in_range)),
    "deleteSheet": _whole_sheet,
    "updateSheetProperties": _sheet_properties,
    "insertDimension": _inserted,
    "deleteDimension": lambda book, body: Touched((written_areas.span(book, body.get("range", {})),)),
    "moveDimension": _moved,
    "appendDimension": _sheet,
    "updateDimensionProperties": _sheet_of("range"),
    "autoResizeDimensions": _sheet_of("dimensions"),
    "addDimensionGroup": _sheet_of("range"),
    "deleteDimensionGroup": _sheet_of("range"),
    "updateDimensionGroup": lambda book, body: _sheet_of("range")(book, body.get("dimensionGroup", {})),
    "insertRange": _cells(written_areas.shifted),
    "deleteRange": _cells(written_areas.shifted),
    "updateCells": _cells(written_areas.updated),
    "appendCells": _cells(written_areas.appended),
    "copyPaste": _cells(written_areas.pasted),
    "cutPaste": _cells(written_areas.cut),
    "pasteData": _cells(written_areas.from_there_on),
    "textToColumns": _cells(written_areas.split),
    "autoFill": _cells(written_areas.filled),
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
