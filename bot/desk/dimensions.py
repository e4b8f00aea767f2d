"""Inserts, deletes and moves whole rows and columns, taking along everything that points at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.errors import bad_request
from bot.desk.grid import Extra, Row
from bot.desk.workbook import Sheet, Workbook

Shift = Callable[[int, bool], int]  #: (index, is it an end) -> index after the change


def names(dimension: str) -> tuple[str, str, str]:
    """The fields of a GridRange and of GridProperties a dimension is about."""
    word = "Row" if dimension == "ROWS" else "Column"
    return f"start{word}Index", f"end{word}Index", f"{word.lower()}Count"


def span(sheet: Sheet, dimension_range: dict[str, Any]) -> tuple[str, int, int]:
    """Dimension, start and end of a DimensionRange within the grid."""
    dimension = dimension_range.get("dimension", "DIMENSION_UNSPECIFIED")
    if dimension == "DIMENSION_UNSPECIFIED":
        raise bad_request("No dimension specified.")
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count
    start = dimension_range.get("startIndex", 0)
    end = dimension_range.get("endIndex", size)
    if start < 0 or end <= start:
        raise bad_request(f"endIndex[{end}] must be greater than startIndex[{start}].")
    return dimension, start, end


def insert(book: Workbook, sheet: Sheet, dimension: str, start: int, end: int, inherit: bool) -> None:
    """Insert empty rows or columns; `inherit` takes formats from the one before, else from the one after."""
    count = end - start
    _, _, size_name = names(dimension)
    size = sheet.properties["gridProperties"][size_name]
    if start > size:
        kind = "row" if dimension == "ROWS" else "column"
        raise bad_request(f"Cannot insert {kind}s after the last {kind} ({size}) of the sheet.")
    sheet.properties["gridProperties"][size_name] = size + count
    book.refuse_too_many_cells()
    model = start - 1 if inherit else start
    if dimension == "ROWS":
        like = sheet.grid.row(model)
        new = [_format_only(sheet, like) for _ in range(count)]
        if start < len(sheet.grid.rows) or new[0].key:
            sheet.grid.replace(start, start, new)
    else:
        _each_row(sheet, lambda row: _with_columns(row, start, count, model))
        sheet.meta["columns"] = {
            str(int(index) + (count if int(index) >= start else 0)): value
            for index, value in sheet.columns().items()
        }
    _shift(book, sheet, dimension, lambda index, is_end: index + count * (index >= start + is_end))


def delete(book: Workbook, sheet: Sheet, dimension: str, start: int, end: int) -> None:
    """Delete rows or columns and whatever lies in them alone."""
    _, _, size_name = names(dimension)
    size = sheet.properties["gridProperties"][size_name]
    if start >= size or end > size:
        kind = "row" if dimension == "ROWS" else "column"
        raise bad_request(
            f"Cannot delete a {kind} that doesn't exist. Tried to delete {kind} index {end - 1}, but there are only {size} {kind}s."
        )
    if end - start >= size:
        kind = dimension.lower()
        raise bad_request(f"You can't delete all the {kind} on the sheet.")
    frozen = "frozenRowCount" if dimension == "ROWS" else "frozenColumnCount"
    grid_properties = sheet.properties["gridProperties"]
    if grid_properties.get(frozen, 0) >= size - (end - start):
        raise bad_request(f"You can't delete all the non-frozen {dimension.lower()} on the sheet.")
    grid_properties[size_name] = size - (end - start)
    if grid_properties.get(frozen):
        gone = max(0, min(end, grid_properties[frozen]) - start)
        grid_properties[frozen] -= gone
    cut(book, sheet, dimension, start, end)


def cut(book: Workbook, sheet: Sheet, dimension: str, start: int, end: int) -> None:
    """Take rows or columns out without touching the size of the grid."""
    if dimension == "ROWS":
        sheet.grid.replace(start, end, [])
    else:
        _each_row(sheet, lambda row: _without_columns(row, start, end))
        sheet.meta["columns"] = {
            str(int(index) - (end - start if int(index) >= end else 0)): value
            for index, value in sheet.columns().items()
            if not start <= int(index) < end
        }
    _shift(
        book,
        sheet,
        dimension,
        lambda index, _: index if index <= start else max(start, index - (end - start)),
    )


def move(book: Workbook, sheet: Sheet, dimension: str, start: int, end: int, to: int) -> None:
    """Move rows or columns; `to` counts as before the move."""
    if start < to < end:
        raise bad_request("Cannot move a dimension into itself.")
    low, middle, high = (to, start, end) if to < start else (start, end, to)
    if dimension == "ROWS":
        rows = [sheet.grid.row(index) for index in range(low, high)]
        sheet.grid.replace(low, high, rows[middle - low :] + rows[: middle - low])
    else:
        width = sheet.column_count
        order = [*range(low), *range(middle, high), *range(low, middle), *range(high, width)]
        _each_row(sheet, lambda row: _reordered(row, order))
        columns = sheet.columns()
        sheet.meta["columns"] = {
            str(new): columns[str(old)] for new, old in enumerate(order) if str(old) in columns
        }

    def moved(index: int) -> int:
        if low <= index < middle:
            return index + high - middle
        return index - (middle - low) if middle <= index < high else index

    def shift(index: int, is_end: bool) -> int:
        return moved(index - 1) + 1 if is_end else moved(index)

    _shift(book, sheet, dimension, shift)


def resized(sheet: Sheet, rows: int, columns: int) -> None:
    """Cut off what lies beyond a grid made smaller."""
    if len(sheet.grid.rows) > rows:
        sheet.grid.replace(rows, len(sheet.grid.rows), [])
    if columns < sheet.column_count:
        _each_row(sheet, lambda row: _without_columns(row, columns, max(row.width, columns)))
        sheet.meta["columns"] = {i: v for i, v in sheet.columns().items() if int(i) < columns}


def _format_only(sheet: Sheet, like: Row) -> Row:
    draft = sheet.grid.edit(len(sheet.grid.rows))
    for column, extra in like.extras.items():
        if extra.style:
            draft.put_extra(column, Extra(None, extra.style, None))
    return sheet.grid.copied(draft.frozen(-1))


def _each_row(sheet: Sheet, change: Callable[[Row], Row]) -> None:
    rows = sheet.grid.rows
    if rows:
        sheet.grid.replace(0, len(rows), [change(row) if row.key else row for row in rows])


def _with_columns(row: Row, start: int, count: int, model: int) -> Row:
    values = row.values
    if len(values) > start:
        values = [*values[:start], *[""] * count, *values[start:]]
    extras = {column + (count if column >= start else 0): extra for column, extra in row.extras.items()}
    like = row.extras.get(model)
    if like and like.style:
        extras.update({column: Extra(None, like.style, None) for column in range(start, start + count)})
    return Row(row.key, values, extras, row.props)


def _without_columns(row: Row, start: int, end: int) -> Row:
    values = [*row.values[:start], *row.values[end:]]
    while values and values[-1] == "":
        values.pop()
    extras = {
        column - (end - start if column >= end else 0): extra
        for column, extra in row.extras.items()
        if not start <= column < end
    }
    return Row(row.key, values, extras, row.props)


def _reordered(row: Row, order: list[int]) -> Row:
    values = [row.values[old] if old < len(row.values) else "" for old in order]
    while values and values[-1] == "":
        values.pop()
    extras = {new: row.extras[old] for new, old in enumerate(order) if old in row.extras}
    return Row(row.key, values, extras, row.props)


def _shift(book: Workbook, sheet: Sheet, dimension: str, shift: Shift) -> None:
    """Move every range of this sheet that is kept anywhere; drop what lost all its cells."""
    start_name, end_name, _ = names(dimension)

    def keep(item: Any) -> bool:
        if isinstance(item, list):
            item[:] = [one for one in item if keep(one)]
            return True
        if not isinstance(item, dict):
            return True
        if "sheetId" in item and item["sheetId"] == sheet.id:
            return _shifted(item, dimension, start_name, end_name, shift)
        had_range = "range" in item or "ranges" in item
        kept = [keep(value) for value in item.values()]  # all of them, so no short cut
        return all(kept) and (not had_range or item.get("range", item.get("ranges")) != [])

    for name in list(sheet.meta):
        if name in {"properties", "columns"}:
            continue
        if not keep(sheet.meta[name]):
            del sheet.meta[name]
    keep(book.meta.get("namedRanges", []))


def _shifted(item: dict[str, Any], dimension: str, start_name: str, end_name: str, shift: Shift) -> bool:
    if "dimension" in item:
        if item["dimension"] != dimension:
            return True
        start_name, end_name = "startIndex", "endIndex"
    point = start_name[5].lower() + start_name[6:]  # a cell something is anchored to: rowIndex, columnIndex
    if point in item:
        item[point] = shift(item[point], False)
    start, end = item.get(start_name), item.get(end_name)
    if start is not None:
        item[start_name] = shift(start, False)
    if end is not None:
        item[end_name] = shift(end, True)
    return end is None or item[end_name] > item.get(start_name, 0)
