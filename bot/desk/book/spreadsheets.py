"""Shows a workbook as the API's Spreadsheet, and makes one from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.book import a1, cells
from bot.desk.book.a1 import Area, shown_range
from bot.desk.book.colours import with_colour_twins
from bot.desk.book.conditional import Colouring
from bot.desk.book.data_tables import shown_table
from bot.desk.book.defaults import DEFAULT_FORMAT, THEME
from bot.desk.book.filtered_columns import whole_filter
from bot.desk.book.grid import Cell, Row
from bot.desk.book.metadata import shown_metadata
from bot.desk.book.workbook import Sheet, Workbook, new_file_id, new_sheet, new_workbook
from bot.desk.errors import bad_request
from bot.desk.masks import Mask, wants

PIXELS = {"ROWS": 21, "COLUMNS": 100}
SHEET_PARTS = (
    "merges",
    "conditionalFormats",
    "filterViews",
    "protectedRanges",
    "basicFilter",
    "charts",
    "bandedRanges",
    "rowGroups",
    "columnGroups",
    "slicers",
    "tables",
)


def _as_kept(value: Any) -> Any:
    return value


#: Parts that answers show with more than is kept.
_WHOLE: dict[str, Callable[[Any], Any]] = {
    "filterViews": lambda views: [whole_filter(one) for one in views],
    "basicFilter": whole_filter,
}


def shown(book: Workbook, areas: list[Area], mask: Mask, with_cells: bool, origin: str) -> dict[str, Any]:
    """The Spreadsheet resource; cells only where they are asked for, sheets only where areas touch them."""
    answer: dict[str, Any] = {"spreadsheetId": book.id}
    answer["properties"] = {
        **book.meta["properties"],
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": THEME,
    }
    if wants(mask, "sheets"):
        answer["sheets"] = []
        for index, sheet in enumerate(book.sheets):
            on_sheet = [area for area in areas if area.sheet is sheet]
            if areas and not on_sheet:
                continue
            shown_one = shown_sheet(sheet, index, book.locale, mask)
            if with_cells:
                chosen = on_sheet or [a1.whole(sheet)]
                below = mask.get("sheets", {}).get("data", {}) if mask else {}
                shown_one["data"] = [grid_data(book, area, below) for area in chosen]
            answer["sheets"].append(shown_one)
    named = book.meta.get("namedRanges")
    if named:
        answer["namedRanges"] = [{**one, "range": shown_range(one["range"])} for one in named]
    answer["spreadsheetUrl"] = f"{origin}/spreadsheets/d/{book.id}/edit"
    if book.meta.get("developerMetadata"):
        answer["developerMetadata"] = [
            shown_metadata(one, {"locationType": "SPREADSHEET", "spreadsheet": True})
            for one in book.meta["developerMetadata"]
        ]
    return answer


def shown_properties(sheet: Sheet, index: int) -> dict[str, Any]:
    """SheetProperties: what is 0, false or empty is left out, except sheetId and index."""
    stored = sheet.properties
    properties = {"sheetId": sheet.id, "title": sheet.title, "index": index, "sheetType": "GRID"}
    for name, value in stored.items():
        if name == "gridProperties":
            properties[name] = {key: item for key, item in value.items() if item}
        elif name not in properties and value:
            properties[name] = value
    return properties


def shown_sheet(sheet: Sheet, index: int, locale: str, mask: Mask) -> dict[str, Any]:
    """A Sheet resource without its cells, and without large parts that the mask does not want."""
    answer: dict[str, Any] = {"properties": shown_properties(sheet, index)}
    for name in SHEET_PARTS:
        value = sheet.meta.get(name)
        if value and wants(mask, "sheets", name):
            answer[name] = visible(_WHOLE.get(name, _as_kept)(value))
    if "tables" in answer:
        answer["tables"] = [shown_table(sheet, table, locale) for table in sheet.meta["tables"]]
    if sheet.meta.get("developerMetadata"):
        location = {"locationType": "SHEET", "sheetId": sheet.id}
        answer["developerMetadata"] = [
            shown_metadata(one, location) for one in sheet.meta["developerMetadata"]
        ]
    return answer


def visible(value: Any) -> Any:
    """A stored part as answers show it: GridRanges without a sheetId of 0."""
    if isinstance(value, list):
        return [visible(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: visible(item)
        for name, item in value.items()
        if not (name == "sheetId" and item == 0) and name != "hiddenRows"
    }


def grid_data(book: Workbook, area: Area, mask: Mask) -> dict[str, Any]:
    """GridData of an area, only what the mask wants."""
    sheet = area.sheet
    data: dict[str, Any] = {}
    if area.top:
        data["startRow"] = area.top
    if area.left:
        data["startColumn"] = area.left
    if wants(mask, "rowData"):
        rows = _row_datas(book, area, coloured=wants(mask, "rowData", "values", "effectiveFormat"))
        while rows and not rows[-1]:
            rows.pop()
        if rows:
            data["rowData"] = rows
    if wants(mask, "rowMetadata"):
        data["rowMetadata"] = [
            _dimension(
                "ROWS",
                sheet.grid.row(index).props,
                {"sheetId": sheet.id, "dimension": "ROWS", "startIndex": index, "endIndex": index + 1},
            )
            for index in range(area.top, area.bottom)
        ]
    if wants(mask, "columnMetadata"):
        columns = sheet.columns()
        data["columnMetadata"] = [
            _dimension(
                "COLUMNS",
                columns.get(str(index), {}),
                {"sheetId": sheet.id, "dimension": "COLUMNS", "startIndex": index, "endIndex": index + 1},
            )
            for index in range(area.left, area.right)
        ]
    return data


def _row_datas(book: Workbook, area: Area, coloured: bool) -> list[dict[str, Any]]:
    # Conditional formats may ask formulas, which a client that reads values alone need not wait for.
    colouring = Colouring(book, area.sheet) if coloured else None

    def one(index: int, row: Row) -> dict[str, Any]:
        values = [
            cells.cell_data(
                row, column, book.locale, colouring.format_at(index, column, row) if colouring else None
            )
            for column in range(area.left, min(area.right, row.width))
        ]
        while values and not values[-1]:
            values.pop()
        return {"values": values} if values else {}

    return [
        one(index, row) for index, row in enumerate(area.sheet.grid.rows[area.top : area.bottom], area.top)
    ]


def _dimension(dimension: str, stored: dict[str, Any], at: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {"pixelSize": stored.get("pixelSize", PIXELS[dimension])}
    if stored.get("hiddenByUser"):
        properties["hiddenByUser"] = True
    if stored.get("developerMetadata"):
        location = {"locationType": dimension[:-1], "dimensionRange": shown_range(at)}
        properties["developerMetadata"] = [
            shown_metadata(one, location) for one in stored["developerMetadata"]
        ]
    return properties


def made(body: dict[str, Any]) -> Workbook:
    """A new workbook from a Spreadsheet resource: properties, and sheets with cells but nothing over them."""
    given = body.get("properties", {})
    book = new_workbook(
        new_file_id(),
        given.get("title") or "Untitled spreadsheet",
        given.get("locale") or "en_US",
        given.get("timeZone") or "Etc/GMT",
    )
    for name in ("autoRecalc", "iterativeCalculationSettings", "importFunctionsExternalUrlAccessAllowed"):
        if name in given:
            book.meta["properties"][name] = given[name]
    for number, one in enumerate(body.get("sheets") or [{}], 1):
        properties = one.get("properties", {})
        title = properties.get("title") or f"Sheet{number}"
        book.refuse_title(title)
        sheet_id = properties.get("sheetId", 0 if number == 1 else book.new_id())
        if any(sheet.id == sheet_id for sheet in book.sheets):
            raise bad_request(f"Duplicate sheet id: {sheet_id}")
        sheet = new_sheet(sheet_id, title)
        apply_properties(sheet, properties)
        book.sheets.append(sheet)
        for data in one.get("data", []):
            _fill(book, sheet, data)
    book.refuse_too_many_cells()
    return book


def apply_properties(sheet: Sheet, properties: dict[str, Any]) -> None:
    """Take over the properties a new sheet was asked to have."""
    grid = sheet.properties["gridProperties"]
    for name, value in with_colour_twins(properties).items():
        if name == "gridProperties":
            grid.update(value)
        elif name not in {"sheetId", "index"}:
            sheet.properties[name] = value
    for name in ("rowCount", "columnCount"):
        if grid[name] < 1:
            raise bad_request(f"Invalid value for {name}: {grid[name]}. The grid needs at least one.")


def with_sheet_ids(value: Any, sheet_id: int) -> Any:
    """A part as it is kept: every range in it says which sheet it is on, so that it can follow its rows."""
    if isinstance(value, list):
        return [with_sheet_ids(item, sheet_id) for item in value]
    if not isinstance(value, dict):
        return value
    result = {name: with_sheet_ids(item, sheet_id) for name, item in value.items()}
    if {"startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex"} & result.keys():
        result.setdefault("sheetId", sheet_id)
    return result


def _fill(book: Workbook, sheet: Sheet, data: dict[str, Any]) -> None:
    left = data.get("startColumn", 0)
    writer = cells.Writer(book, {})
    for index, row in enumerate(data.get("rowData", []), data.get("startRow", 0)):
        draft = sheet.grid.edit(index)
        for column, cell in enumerate(row.get("values", []), left):
            draft.put(column, writer.written(Cell(), cell))
        sheet.grid.put(index, draft)
    for name, dimension in (("rowMetadata", "ROWS"), ("columnMetadata", "COLUMNS")):
        start = data.get("startRow" if dimension == "ROWS" else "startColumn", 0)
        for index, stored in enumerate(data.get(name, []), start):
            set_dimension(sheet, dimension, index, {k: v for k, v in stored.items() if v})


def set_dimension(sheet: Sheet, dimension: str, index: int, properties: dict[str, Any]) -> None:
    """Set the stored properties of one row or column."""
    if dimension == "COLUMNS":
        if properties:
            sheet.columns()[str(index)] = properties
        else:
            sheet.columns().pop(str(index), None)
        return
    draft = sheet.grid.edit(index)
    draft.props = properties
    sheet.grid.put(index, draft)


def dimension_properties(sheet: Sheet, dimension: str, index: int) -> dict[str, Any]:
    """The stored properties of one row or column, to be replaced and not edited."""
    if dimension == "COLUMNS":
        return sheet.columns().get(str(index), {})
    return sheet.grid.row(index).props
