"""Requests that write, repeat, copy or move cells."""

from __future__ import annotations

from typing import Any

from bot.desk import formulas, masks
from bot.desk.book.a1 import Area, area_of, start_of
from bot.desk.book.cells import Writer
from bot.desk.book.colours import with_colour_twins
from bot.desk.book.grid import BLANK, Extra, Row, Style
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.changes.tables import room_in
from bot.desk.errors import bad_request

Body = dict[str, Any]


def _writer(book: Workbook, body: Body) -> Writer:
    if not body.get("fields"):
        raise bad_request("At least one field must be listed in 'fields'. (use '*' to indicate all fields)")
    mask = masks.parse(body["fields"])
    if set(mask) == {"values"}:
        mask = mask["values"]
    masks.verify(mask, "CellData", "cell")
    return Writer(book, mask)


def update_cells(book: Workbook, body: Body) -> None:
    """updateCells: rows of CellData into a range, or from a start cell on."""
    writer = _writer(book, body)
    rows = [row.get("values", []) for row in body.get("rows", [])]
    if "start" in body:
        sheet, top, left = start_of(book, body["start"])
        _refuse_beyond(rows, top, left, sheet.row_count, sheet.column_count)
        for index, values in enumerate(rows, top):
            _write_row(sheet, index, left, values, writer)
        return
    if "range" not in body:
        raise bad_request("Must specify either a range or a start coordinate.")
    area = area_of(book, body["range"])
    _refuse_beyond(rows, area.top, area.left, area.bottom, area.right)
    width = area.right - area.left
    for offset in range(area.bottom - area.top):
        given = rows[offset] if offset < len(rows) else []
        if offset >= len(rows) and area.top + offset >= len(area.sheet.grid.rows):
            break
        padded = given + [{}] * (width - len(given))
        _write_row(area.sheet, area.top + offset, area.left, padded, writer)


def append_cells(book: Workbook, body: Body) -> None:
    """appendCells: rows of CellData below the last row that holds a value, or in a table; the grid grows."""
    writer = _writer(book, body)
    rows = [row.get("values", []) for row in body.get("rows", [])]
    if body.get("tableId"):
        area = room_in(book, body["tableId"], len(rows))
        _refuse_beyond(rows, area.top, area.left, area.bottom, area.right)
        for index, values in enumerate(rows, area.top):
            _write_row(area.sheet, index, area.left, values, writer)
        return
    sheet = book.sheet(body.get("sheetId", 0), "grid")
    filled = sheet.grid.rows
    top = next((index + 1 for index in range(len(filled) - 1, -1, -1) if filled[index].values), 0)
    grid = sheet.properties["gridProperties"]
    grid["rowCount"] = max(grid["rowCount"], top + len(rows))
    book.refuse_too_many_cells()
    _refuse_beyond(rows, top, 0, sheet.row_count, sheet.column_count)
    for index, values in enumerate(rows, top):
        _write_row(sheet, index, 0, values, writer)


def repeat_cell(book: Workbook, body: Body) -> None:
    """repeatCell: one CellData into every cell of a range."""
    writer = _writer(book, body)
    area = area_of(book, body.get("range", {}))
    _repeat(area, area.bottom, body.get("cell", {}), writer)


def _repeat(area: Area, bottom: int, data: Body, writer: Writer) -> None:
    """Write one CellData into every cell of an area, down to a row.

    Rows that look alike keep sharing their extras, so formatting a long column costs little time or memory.
    """
    if not writer.only_styles:
        for index in range(area.top, bottom):
            cells = [_repeated(data, index - area.top, column) for column in range(area.right - area.left)]
            _write_row(area.sheet, index, area.left, cells, writer)
        return
    grid = area.sheet.grid
    columns = range(area.left, area.right)
    known: dict[int, tuple[dict[int, Extra], dict[int, Extra]]] = {}  # by id; the old ones are kept alive
    for index in range(area.top, bottom):
        row = grid.row(index)
        found = known.get(id(row.extras))
        if found is None:
            found = known[id(row.extras)] = (row.extras, writer.restyled(row.extras, columns, data))
        if found[1] or row.values or row.props:
            grid.put_row(index, Row(row.key or grid.new_key(), row.values, found[1], row.props))
        elif row is not BLANK:
            grid.put_row(index, BLANK)


def _repeated(data: Body, rows: int, columns: int) -> Body:
    """A CellData as it is repeated some cells further on: the references of its formula move along."""
    formula = data.get("userEnteredValue", {}).get("formulaValue")
    if formula is None or not (rows or columns):
        return data
    return {**data, "userEnteredValue": {"formulaValue": formulas.shifted(formula, rows, columns)}}


def _write_row(sheet: Sheet, index: int, left: int, values: list[Body], writer: Writer) -> None:
    if not values:
        return
    row = sheet.grid.row(index)
    draft = sheet.grid.edit(index)
    for column, data in enumerate(values, left):
        draft.put(column, writer.written(row.cell(column), data))
    sheet.grid.put(index, draft)


def _refuse_beyond(rows: list[list[Body]], top: int, left: int, bottom: int, right: int) -> None:
    text = "Attempting to write {}: {}, beyond the last requested {} of: {}"
    if top + len(rows) > bottom:
        raise bad_request(text.format("row", bottom, "row", bottom - 1))
    if left + max((len(row) for row in rows), default=0) > right:
        raise bad_request(text.format("column", right, "column", right - 1))


def set_data_validation(book: Workbook, body: Body) -> None:
    """setDataValidation: a rule on every cell of a range; without a rule the old ones go."""
    area = area_of(book, body.get("range", {}))
    writer = Writer(book, {"dataValidation": {}})
    data = {"dataValidation": body["rule"]} if body.get("rule") else {}
    last = area.bottom if data else min(area.bottom, len(area.sheet.grid.rows))
    _repeat(area, last, data, writer)


def update_borders(book: Workbook, body: Body) -> None:
    """updateBorders: outer and inner borders of a range."""
    area = area_of(book, body.get("range", {}))
    sides = with_colour_twins({k: v for k, v in body.items() if k != "range"})
    known: dict[tuple[int, tuple[str, ...]], Style | None] = {}
    for index in range(area.top, area.bottom):
        draft = area.sheet.grid.edit(index)
        for column in range(area.left, area.right):
            pairs = (
                ("top", "top" if index == area.top else "innerHorizontal"),
                ("bottom", "bottom" if index == area.bottom - 1 else "innerHorizontal"),
                ("left", "left" if column == area.left else "innerVertical"),
                ("right", "right" if column == area.right - 1 else "innerVertical"),
            )
            extra = draft.extras.get(column) or Extra()
            key = (extra.style.id if extra.style else 0, tuple(name for _, name in pairs))
            if key not in known:
                known[key] = _bordered(book, extra.style, {s: sides[n] for s, n in pairs if n in sides})
            draft.put_extra(column, Extra(extra.formula, known[key], extra.note))
        area.sheet.grid.put(index, draft)


def _bordered(book: Workbook, style: Style | None, borders: Body) -> Style | None:
    data = dict(style.data) if style else {}
    cell_format = dict(format_of(style))
    merged = {**cell_format.get("borders", {}), **borders}
    cell_format["borders"] = {side: b for side, b in merged.items() if b.get("style", "NONE") != "NONE"}
    data["userEnteredFormat"] = {name: value for name, value in cell_format.items() if value != {}}
    return book.style(data)


def format_of(style: Style | None) -> Body:
    """The userEnteredFormat of a style, to be read only."""
    found: Body = style.data.get("userEnteredFormat", {}) if style else {}
    return found


def merge_cells(book: Workbook, body: Body) -> None:
    """mergeCells: one merge, or one a row or column; only the first value survives."""
    area = area_of(book, body.get("range", {}))
    kind = body.get("mergeType", "MERGE_ALL")
    areas = [area]
    if kind == "MERGE_ROWS":
        areas = [Area(area.sheet, i, area.left, i + 1, area.right) for i in range(area.top, area.bottom)]
    elif kind == "MERGE_COLUMNS":
        areas = [Area(area.sheet, area.top, i, area.bottom, i + 1) for i in range(area.left, area.right)]
    merges = area.sheet.part("merges")
    for one in areas:
        overlapping = [m for m in merges if _overlap(m, one)]
        if any(not _inside(m, one) for m in overlapping):
            raise bad_request("You must select all cells in a merged range to merge or unmerge them.")
        merges[:] = [m for m in merges if m not in overlapping]
        if (one.bottom - one.top) * (one.right - one.left) > 1:
            merges.append(one.grid_range())
            _keep_first(one)


def unmerge_cells(book: Workbook, body: Body) -> None:
    """unmergeCells: every merge inside a range; a 400 if one reaches out of it."""
    area = area_of(book, body.get("range", {}))
    merges = area.sheet.part("merges")
    overlapping = [m for m in merges if _overlap(m, area)]
    if any(not _inside(m, area) for m in overlapping):
        raise bad_request("You must select all cells in a merged range to merge or unmerge them.")
    merges[:] = [m for m in merges if m not in overlapping]


def _keep_first(area: Area) -> None:
    """Empty all cells of a merge but the first, which takes the first value found."""
    grid = area.sheet.grid
    cells = [(i, c) for i in range(area.top, area.bottom) for c in range(area.left, area.right)]
    filled = [(i, c) for i, c in cells if grid.row(i).cell(c).value != ""]
    if not filled or filled == [(area.top, area.left)]:
        return
    first = grid.row(filled[0][0]).cell(filled[0][1])
    for index in range(area.top, area.bottom):
        draft = grid.edit(index)
        for column in range(area.left, area.right):
            draft.put_value(column, "")
            extra = draft.extras.get(column)
            draft.put_extra(column, Extra(None, extra.style, extra.note) if extra else None)
        if index == area.top:
            draft.put(area.left, first)
        grid.put(index, draft)


def _overlap(merge: Body, area: Area) -> bool:
    rows = merge["startRowIndex"] < area.bottom and area.top < merge["endRowIndex"]
    return bool(rows and merge["startColumnIndex"] < area.right and area.left < merge["endColumnIndex"])


def _inside(merge: Body, area: Area) -> bool:
    rows = area.top <= merge["startRowIndex"] and merge["endRowIndex"] <= area.bottom
    return bool(rows and area.left <= merge["startColumnIndex"] and merge["endColumnIndex"] <= area.right)
