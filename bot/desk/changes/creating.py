"""What a new workbook is asked to have over its cells, made by the same changes as in one that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.desk.book.spreadsheets import with_sheet_ids
from bot.desk.book.workbook import Workbook
from bot.desk.changes.kinds import KINDS
from bot.desk.errors import ApiError

Body = dict[str, Any]
Step = tuple[str, str, Body]  #: the place in the Spreadsheet, the kind of request, its body

#: The lists of a Sheet, the requests that add to them, and the field each item is given in.
PARTS = (
    ("merges", "mergeCells", "range"),
    ("protectedRanges", "addProtectedRange", "protectedRange"),
    ("filterViews", "addFilterView", "filter"),
    ("charts", "addChart", "chart"),
    ("slicers", "addSlicer", "slicer"),
    ("bandedRanges", "addBanding", "bandedRange"),
    ("tables", "addTable", "table"),
    ("rowGroups", "addDimensionGroup", ""),
    ("columnGroups", "addDimensionGroup", ""),
    ("developerMetadata", "createDeveloperMetadata", "developerMetadata"),
)


def complete(book: Workbook, body: Body) -> None:
    """Add to a new workbook all parts of a Spreadsheet that are not cells; a 400 names the one that cannot be."""
    for place, kind, request in _steps(book, body):
        try:
            KINDS[kind](book, request)
        except ApiError as error:
            raise error.within(place) from None


def _steps(book: Workbook, body: Body) -> Iterator[Step]:
    for index, named in enumerate(body.get("namedRanges", [])):
        yield f"namedRanges[{index}]", "addNamedRange", {"namedRange": named}
    for number, (sheet, given) in enumerate(zip(book.sheets, body.get("sheets", []), strict=False)):
        one = _anchored(with_sheet_ids(given, sheet.id), sheet.id)
        for part, kind, field in PARTS:
            for index, item in enumerate(one.get(part, [])):
                request = {field: item} if field else {"range": item.get("range", {})}
                yield f"sheets[{number}].{part}[{index}]", kind, request
        for index, rule in enumerate(one.get("conditionalFormats", [])):
            place = f"sheets[{number}].conditionalFormats[{index}]"
            yield place, "addConditionalFormatRule", {"rule": rule, "index": index}
        if "basicFilter" in one:
            yield f"sheets[{number}].basicFilter", "setBasicFilter", {"filter": one["basicFilter"]}


def _anchored(value: Any, sheet_id: int) -> Any:
    """A part in which what is anchored to a cell says on which sheet."""
    if isinstance(value, list):
        return [_anchored(item, sheet_id) for item in value]
    if not isinstance(value, dict):
        return value
    result = {name: _anchored(item, sheet_id) for name, item in value.items()}
    if "anchorCell" in result:
        result["anchorCell"] = {"sheetId": sheet_id, **result["anchorCell"]}
    return result
