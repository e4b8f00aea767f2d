"""Requests about tables: adding, changing and deleting them, and appending rows to one."""

from __future__ import annotations

from typing import Any

from bot.desk import masks
from bot.desk.book.a1 import Area, area_of
from bot.desk.book.colours import with_colour_twins
from bot.desk.book.data_tables import (
    area_of_table,
    every_table,
    free_name,
    has_footer,
    kept_columns,
    name_columns,
    shown_table,
)
from bot.desk.book.grid import BLANK
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.changes.blocks import insert_cells
from bot.desk.changes.sheets import required_mask
from bot.desk.errors import bad_request

Body = dict[str, Any]
WRITABLE = ("name", "range", "rowsProperties", "columnProperties")


def add_table(book: Workbook, body: Body) -> Body:
    """addTable: over a range, its first row the header."""
    given = with_colour_twins(body.get("table", {}))
    if "range" not in given:
        raise bad_request("A table needs a range.")
    area = area_of(book, given["range"])
    _refuse_overlap(book, area)
    name = given.get("name") or free_name(book, "Table1")
    _refuse_name(book, name)
    table_id = given.get("tableId") or str(book.new_id())
    if any(one["tableId"] == table_id for _, one in every_table(book)):
        raise bad_request(f"Duplicate table id: {table_id}")
    columns = given.get("columnProperties", [])
    table: Body = {"tableId": table_id, "name": name, "range": area.grid_range()}
    if given.get("rowsProperties"):
        table["rowsProperties"] = given["rowsProperties"]
    table["columnProperties"] = kept_columns(area, columns)
    name_columns(area, columns)
    area.sheet.part("tables").append(table)
    return {"table": shown_table(area.sheet, table, book.locale)}


def update_table(book: Workbook, body: Body) -> None:
    """updateTable: name, range, columns, colours; a footer added or taken away is a row more or less."""
    given = with_colour_twins(body.get("table", {}))
    sheet, table = _table(book, given.get("tableId", ""))
    mask = required_mask(body, "Table")
    fields: masks.Mask = mask or {name: {} for name in WRITABLE}
    if "name" in fields:
        _refuse_name(book, given.get("name", ""), table)
        table["name"] = given["name"]
    if "range" in fields and (mask or "range" in given):
        _resize(book, sheet, table, area_of(book, given.get("range", {})))
    if "rowsProperties" in fields:
        _recolour(book, sheet, table, given, masks.with_colour_twins(fields))
    area = area_of_table(sheet, table)
    columns = given.get("columnProperties", []) if "columnProperties" in fields else []
    if "columnProperties" in fields:
        table["columnProperties"] = kept_columns(area, columns)
    name_columns(area, columns)


def _resize(book: Workbook, sheet: Sheet, table: Body, area: Area) -> None:
    if area.sheet is not sheet:
        raise bad_request("A table cannot be moved to another sheet.")
    _refuse_overlap(book, area, table)
    table["range"] = area.grid_range()
    table["columnProperties"] = [
        one
        for one in table.get("columnProperties", [])
        if area.left <= one["at"]["startColumnIndex"] < area.right
    ]


def _recolour(book: Workbook, sheet: Sheet, table: Body, given: Body, mask: masks.Mask) -> None:
    had_footer = has_footer(table)
    wanted = {"rowsProperties": mask["rowsProperties"]}
    table |= {"rowsProperties": {}, **masks.written(table, given, wanted)}
    if not table["rowsProperties"]:
        del table["rowsProperties"]
    if has_footer(table) != had_footer:
        area = area_of_table(sheet, table)
        bottom = area.bottom + (1 if has_footer(table) else -1)
        if not area.top < bottom <= sheet.row_count:
            raise bad_request("There is no row for the footer of the table.")
        _resize(book, sheet, table, Area(sheet, area.top, area.left, bottom, area.right))


def delete_table(book: Workbook, body: Body) -> None:
    """deleteTable: the table with all it holds, as the guide to tables has it."""
    sheet, table = _table(book, body.get("tableId", ""))
    area = area_of_table(sheet, table)
    sheet.part("tables").remove(table)
    for index in range(area.top, min(area.bottom, len(sheet.grid.rows))):
        draft = sheet.grid.edit(index)
        for column in range(area.left, area.right):
            draft.put(column, BLANK.cell(column))
        sheet.grid.put(index, draft)


def room_in(book: Workbook, table_id: str, count: int) -> Area:
    """The area for so many rows behind the last filled one of a table's body, which grows if it is too small."""
    sheet, table = _table(book, table_id)
    area = area_of_table(sheet, table)
    end = area.bottom - has_footer(table)
    first = next(
        (
            index + 1
            for index in range(min(end, len(sheet.grid.rows)) - 1, area.top, -1)
            if any(value != "" for value in sheet.grid.row(index).values[area.left : area.right])
        ),
        area.top + 1,
    )
    missing = first + count - end
    if missing > 0:
        insert_cells(book, Area(sheet, end, area.left, end + missing, area.right), "ROWS")
        table["range"]["endRowIndex"] = area.bottom + missing
    return Area(sheet, first, area.left, first + count, area.right)


def _table(book: Workbook, wanted: str) -> tuple[Sheet, Body]:
    for sheet, table in every_table(book):
        if table["tableId"] == wanted:
            return sheet, table
    raise bad_request(f"No table with id: {wanted}")


def _refuse_name(book: Workbook, name: str, besides: Body | None = None) -> None:
    if not name.strip():
        raise bad_request("The name of a table must not be empty.")
    for _, one in every_table(book):
        if one is not besides and one["name"].casefold() == name.casefold():
            raise bad_request(f'A table with the name "{name}" already exists.')


def _refuse_overlap(book: Workbook, area: Area, besides: Body | None = None) -> None:
    for sheet, one in every_table(book):
        other = area_of_table(sheet, one)
        rows = other.top < area.bottom and area.top < other.bottom
        columns = other.left < area.right and area.left < other.right
        if one is not besides and sheet is area.sheet and rows and columns:
            raise bad_request(f'The range overlaps the table "{one["name"]}".')
