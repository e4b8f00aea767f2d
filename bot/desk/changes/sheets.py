"""Requests about the spreadsheet and its sheets as a whole."""

from __future__ import annotations

import copy
from typing import Any

from bot.desk import formulas, masks
from bot.desk.book import dimensions
from bot.desk.book.colours import with_colour_twins
from bot.desk.book.data_tables import free_name
from bot.desk.book.spreadsheets import SHEET_PARTS, apply_properties, shown_properties
from bot.desk.book.workbook import Sheet, Workbook, new_sheet
from bot.desk.errors import bad_request
from bot.desk.formulas.rewriting import Renamed, TabDeleted
from bot.desk.schema import TYPES

Body = dict[str, Any]
OWN_IDS = ("protectedRangeId", "filterViewId", "chartId", "bandedRangeId", "tableId", "slicerId")


def add_sheet(book: Workbook, body: Body) -> Body:
    """addSheet: a new tab, at the end unless an index is given."""
    properties = body.get("properties", {})
    if properties.get("sheetType", "GRID") != "GRID":
        raise bad_request("Only sheets of type GRID can be added here.")
    sheet_id = properties.get("sheetId")
    if sheet_id is None:
        sheet_id = book.new_id()
    elif sheet_id < 0:
        raise bad_request("Invalid sheetId: must not be negative.")
    elif any(sheet.id == sheet_id for sheet in book.sheets):
        raise bad_request(f"Duplicate sheet id: {sheet_id}")
    title = properties.get("title") or _free_title(book, "Sheet{}", len(book.sheets) + 1)
    book.refuse_title(title)
    sheet = new_sheet(sheet_id, title)
    apply_properties(sheet, {**properties, "title": title})
    index = min(properties.get("index", len(book.sheets)), len(book.sheets))
    book.sheets.insert(index, sheet)
    book.refuse_too_many_cells()
    return {"properties": shown_properties(sheet, index)}


def delete_sheet(book: Workbook, body: Body) -> None:
    """deleteSheet: a tab with all it holds, but not the last one."""
    sheet = book.sheet(body.get("sheetId", 0))
    others = [one for one in book.sheets if one is not sheet]
    if not others:
        raise bad_request("You can't remove all the sheets in a document.")
    if all(one.properties.get("hidden") for one in others):
        raise bad_request("You can't remove all the visible sheets in a document.")
    book.sheets.remove(sheet)
    dimensions.forget_sheet(book, sheet)
    formulas.follow(book, TabDeleted(sheet.title))


def update_sheet_properties(book: Workbook, body: Body) -> None:
    """updateSheetProperties: title, place, size, frozen rows, colour, hidden."""
    given = with_colour_twins(body.get("properties", {}))
    mask = required_mask(body, "SheetProperties")
    sheet = book.sheet(given.get("sheetId", 0))
    if wanted(mask, "title"):
        title = given.get("title", "")
        if not title:
            raise bad_request("Sheet titles must not be empty.")
        book.refuse_title(title, sheet)
        formulas.follow(book, Renamed(sheet.title, title))
    if wanted(mask, "hidden") and given.get("hidden"):
        visible = [one for one in book.sheets if one is not sheet and not one.properties.get("hidden")]
        if not visible:
            raise bad_request("You can't hide all the sheets in a document.")
    if wanted(mask, "index") and "index" in given:
        _move_sheet(book, sheet, given["index"])
    if wanted(mask, "tabColor") or wanted(mask, "tabColorStyle"):
        mask = {**mask, "tabColor": {}, "tabColorStyle": {}} if mask else mask
    if wanted(mask, "gridProperties"):
        if mask and not mask["gridProperties"]:
            mask = {**mask, "gridProperties": {name: {} for name in TYPES["GridProperties"]}}
        _resize(book, sheet, given.get("gridProperties", {}), mask.get("gridProperties", {}))
        if not mask:
            given["gridProperties"] = {
                **sheet.properties["gridProperties"],
                **given.get("gridProperties", {}),
            }
    writable = {name: value for name, value in given.items() if name not in {"sheetId", "index"}}
    kept = {name: below for name, below in mask.items() if name not in {"sheetId", "index"}}
    if mask:
        sheet.meta["properties"] = (
            masks.written(sheet.properties, writable, kept) if kept else sheet.properties
        )
    else:
        sheet.meta["properties"] = {**sheet.properties, **copy.deepcopy(writable)}


def update_spreadsheet_properties(book: Workbook, body: Body) -> None:
    """updateSpreadsheetProperties: title, locale, time zone, recalculation."""
    given = body.get("properties", {})
    mask = required_mask(body, "SpreadsheetProperties")
    for name in ("title", "locale", "timeZone"):
        if wanted(mask, name) and mask and not given.get(name):
            raise bad_request(f"Invalid {name}: must not be empty.")
    writable = mask or {name: {} for name in given}
    if writable:
        book.meta["properties"] = masks.written(book.meta["properties"], given, writable)


def duplicate_sheet(book: Workbook, body: Body) -> Body:
    """duplicateSheet: a copy of a tab, before the given index."""
    source = book.sheet(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or _copy_title(book, source)
    book.refuse_title(title)
    new_id = body.get("newSheetId") or book.new_id()
    if any(sheet.id == new_id for sheet in book.sheets):
        raise bad_request(f"Duplicate sheet id: {new_id}")
    sheet = copied(book, book, source, new_id, title)
    index = min(body.get("insertSheetIndex", 0), len(book.sheets))
    book.sheets.insert(index, sheet)
    book.refuse_too_many_cells()
    return {"properties": shown_properties(sheet, index)}


def copied(book: Workbook, into: Workbook, source: Sheet, new_id: int, title: str) -> Sheet:
    """A copy of a sheet for the same or another workbook, every object in it under a new id."""
    meta = _with_new_ids(into, source.meta, source.id, new_id)
    for table in meta.get("tables", []):
        table["name"] = free_name(into, table["name"])
    meta["properties"] |= {"sheetId": new_id, "title": title}
    meta["properties"].pop("hidden", None)
    for name in list(meta):
        if name not in {*SHEET_PARTS, "properties", "columns"}:
            del meta[name]
    sheet = Sheet(meta)
    for index, row in enumerate(source.grid.rows):
        if row.key:
            draft = sheet.grid.edit(index)
            draft.values = row.values.copy()
            draft.props = {name: value for name, value in row.props.items() if name != "developerMetadata"}
            draft.extras = row.extras.copy()
            if into is not book:
                for column, extra in row.extras.items():
                    style = into.style(extra.style.data) if extra.style else None
                    draft.put_extra(column, type(extra)(extra.formula, style, extra.note))
            sheet.grid.put(index, draft)
    return sheet


def required_mask(body: Body, type_name: str) -> masks.Mask:
    """The mask of an update; empty means everything. A 400 if it is missing or names unknown fields."""
    if not body.get("fields"):
        raise bad_request("At least one field must be listed in 'fields'. (use '*' to indicate all fields)")
    mask = masks.parse(body["fields"])
    masks.verify(mask, type_name)
    return mask


def wanted(mask: masks.Mask, name: str) -> bool:
    """Whether an update writes a field."""
    return not mask or name in mask


def _with_new_ids(into: Workbook, value: Any, old_sheet: int, new_sheet_id: int) -> Any:
    if isinstance(value, list):
        return [_with_new_ids(into, item, old_sheet, new_sheet_id) for item in value]
    if not isinstance(value, dict):
        return value
    result = {name: _with_new_ids(into, item, old_sheet, new_sheet_id) for name, item in value.items()}
    if result.get("sheetId") == old_sheet:
        result["sheetId"] = new_sheet_id
    for name in OWN_IDS:
        if name in result:
            result[name] = str(into.new_id()) if isinstance(result[name], str) else into.new_id()
    return result


def _move_sheet(book: Workbook, sheet: Sheet, index: int) -> None:
    """Move a tab; the index counts the tabs as they are before the move."""
    if not 0 <= index <= len(book.sheets):
        raise bad_request(f"Sheet index {index} is out of range. Valid indices are 0 to {len(book.sheets)}.")
    at = book.sheets.index(sheet)
    book.sheets.remove(sheet)
    book.sheets.insert(index - 1 if index > at else index, sheet)


def _resize(book: Workbook, sheet: Sheet, given: Body, mask: masks.Mask) -> None:
    """Check and carry out a new size, rows before columns, as Google does."""
    grid = sheet.properties["gridProperties"]
    for name in ("rowCount", "columnCount"):
        if name not in given or not wanted(mask, name):
            if name in mask:
                raise bad_request(f"Invalid {name}: must be at least 1.")
            continue
        if given[name] < 1:
            raise bad_request(f"Invalid {name}: must be at least 1.")
        rows, columns = (
            (given[name], sheet.column_count) if name == "rowCount" else (sheet.row_count, given[name])
        )
        dimensions.resized(book, sheet, rows, columns)
        book.refuse_too_many_cells()
    for frozen, size in (("frozenRowCount", "rowCount"), ("frozenColumnCount", "columnCount")):
        if wanted(mask, frozen) and given.get(frozen, 0) >= grid[size] and given.get(frozen):
            kind = "rows" if size == "rowCount" else "columns"
            raise bad_request(f"You can't freeze all visible {kind} on the sheet.")


def _free_title(book: Workbook, pattern: str, number: int) -> str:
    while book.titled(pattern.format(number)):
        number += 1
    return pattern.format(number)


def _copy_title(book: Workbook, source: Sheet) -> str:
    title = f"Copy of {source.title}"
    return _free_title(book, title + " {}", 2) if book.titled(title) else title
