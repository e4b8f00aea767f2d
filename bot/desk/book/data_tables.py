"""Tables as people make them with Insert › Table: a named range with a header, typed columns and colours.

A table keeps where its columns are on the sheet, not their number in it, so that their types follow them when
columns are inserted, moved or deleted. The names of columns are the texts of the header cells. Types are kept
and shown, but neither formats nor checks cells.
"""

from __future__ import annotations

from typing import Any

from bot.desk.book.a1 import Area
from bot.desk.book.cells import formatted
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import bad_request

Body = dict[str, Any]
TYPED = ("columnType", "dataValidationRule")


def every_table(book: Workbook) -> list[tuple[Sheet, Body]]:
    """All tables of a workbook with their sheets."""
    return [(sheet, table) for sheet in book.sheets for table in sheet.meta.get("tables", [])]


def area_of_table(sheet: Sheet, table: Body) -> Area:
    """The cells of a table, header and footer included."""
    at = table["range"]
    rows, columns = (at["startRowIndex"], at["endRowIndex"]), (at["startColumnIndex"], at["endColumnIndex"])
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])


def has_footer(table: Body) -> bool:
    """Whether the last row of a table is a footer."""
    return "footerColorStyle" in table.get("rowsProperties", {})


def kept_columns(area: Area, given: list[Body]) -> list[Body]:
    """TableColumnProperties as they are kept; a 400 for those that cannot be."""
    kept: dict[int, Body] = {}
    for one in given:
        index = one.get("columnIndex", 0)
        if not 0 <= index < area.right - area.left or index in kept:
            raise bad_request(f"Invalid columnIndex: {index}. It must be in the table, and once only.")
        _refuse_rule(one)
        column = area.left + index
        at = {"sheetId": area.sheet.id, "startColumnIndex": column, "endColumnIndex": column + 1}
        kept[index] = {"at": at} | {name: one[name] for name in TYPED if name in one}
    return [kept[index] for index in sorted(kept)]


def _refuse_rule(one: Body) -> None:
    is_dropdown = one.get("columnType") == "DROPDOWN"
    condition = one.get("dataValidationRule", {}).get("condition", {})
    if is_dropdown and condition.get("type") != "ONE_OF_LIST":
        raise bad_request("A column of type DROPDOWN needs a dataValidationRule of type ONE_OF_LIST.")
    if not is_dropdown and "dataValidationRule" in one:
        raise bad_request("Only columns of type DROPDOWN can have a dataValidationRule.")


def name_columns(area: Area, given: list[Body]) -> None:
    """Write the names given into the header, and "Column 1" and so on where it would be empty."""
    names = {one.get("columnIndex", 0): one["columnName"] for one in given if one.get("columnName")}
    draft = area.sheet.grid.edit(area.top)
    for index in range(area.right - area.left):
        column = area.left + index
        is_empty = column >= len(draft.values) or draft.values[column] == ""
        if index in names or is_empty:
            draft.put_value(column, names.get(index, f"Column {index + 1}"))
    area.sheet.grid.put(area.top, draft)


def shown_table(sheet: Sheet, table: Body, locale: str) -> Body:
    """A table as answers show it: every column with its number in the table and its name."""
    area = area_of_table(sheet, table)
    header = sheet.grid.row(area.top)
    types = {one["at"]["startColumnIndex"]: one for one in table.get("columnProperties", [])}
    columns = []
    for index, column in enumerate(range(area.left, area.right)):
        shown: Body = {"columnIndex": index} if index else {}
        shown["columnName"] = formatted(header, column, locale)
        shown |= {name: value for name, value in types.get(column, {}).items() if name in TYPED}
        columns.append(shown)
    place = {name: value for name, value in table["range"].items() if name != "sheetId" or value}
    return {**table, "range": place, "columnProperties": columns}


def free_name(book: Workbook, wanted: str) -> str:
    """A name for a table that none has yet: the one wanted, or that with a number."""
    taken = {table["name"].casefold() for _, table in every_table(book)}
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
