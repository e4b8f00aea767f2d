"""Inserts, deletes and moves whole rows and columns, taking along everything that points at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk import formulas
from bot.desk.book.filtered_columns import follow_columns
from bot.desk.book.grid import NOTHING, Extra, Row
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import bad_request
from bot.desk.formulas.rewriting import Deleted, Inserted, Moved

Span = tuple[int, int]  #: first index and the one after the last
Shift = Callable[[Span], Span]  #: where a span is after the change; empty if nothing is left of it
OPEN_END = 1 << 40  #: stands for the end of a range that has none


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
        known: dict[int, dict[int, Extra]] = {}
        _each_row(sheet, lambda row: with_columns(row, start, count, model, known))
        sheet.meta["columns"] = {
            str(int(index) + (count if int(index) >= start else 0)): value
            for index, value in sheet.columns().items()
        }
    shift_ranges(
        book, sheet, dimension, lambda at: (at[0] + count * (at[0] >= start), at[1] + count * (at[1] > start))
    )
    formulas.follow(book, Inserted(sheet.title, dimension, start, count))


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
        _each_row(sheet, lambda row: without_columns(row, start, end))
        sheet.meta["columns"] = {
            str(int(index) - (end - start if int(index) >= end else 0)): value
            for index, value in sheet.columns().items()
            if not start <= int(index) < end
        }

    def left_of(index: int) -> int:
        return index if index <= start else max(start, index - (end - start))

    shift_ranges(book, sheet, dimension, lambda at: (left_of(at[0]), left_of(at[1])))
    formulas.follow(book, Deleted(sheet.title, dimension, start, end))


def move(book: Workbook, sheet: Sheet, dimension: str, start: int, end: int, to: int) -> None:
    """Move rows or columns; `to` counts as before the move."""
    if start < to < end:
        raise bad_request("Cannot move a dimension into itself.")
    if to in {start, end}:
        return
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
    shift_ranges(book, sheet, dimension, lambda at: moved(at, low, middle, high))
    formulas.follow(book, Moved(sheet.title, dimension, start, end, to))


def moved(at: Span, low: int, middle: int, high: int) -> Span:
    """Where a span is after the blocks low:middle and middle:high changed places.

    What is torn apart stays where most of it is: a range has no holes.
    """
    start, end = at
    if start < low and end > high:
        return at
    pieces = (
        (start, min(end, low)),
        (max(start, middle) - (middle - low), min(end, high) - (middle - low)),
        (max(start, low) + (high - middle), min(end, middle) + (high - middle)),
        (max(start, high), end),
    )
    runs: list[Span] = []
    for first, last in pieces:
        if last <= first:
            continue
        if runs and runs[-1][1] == first:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return max(runs, key=lambda run: run[1] - run[0])


def resized(book: Workbook, sheet: Sheet, rows: int, columns: int) -> None:
    """Give the grid another size; what lies beyond a smaller one is cut off."""
    old_rows, old_columns = sheet.row_count, sheet.column_count
    sheet.properties["gridProperties"] |= {"rowCount": rows, "columnCount": columns}
    if rows < old_rows:
        cut(book, sheet, "ROWS", rows, old_rows)
    if columns < old_columns:
        cut(book, sheet, "COLUMNS", columns, old_columns)


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


def with_columns(
    row: Row, start: int, count: int, model: int = -1, known: dict[int, dict[int, Extra]] | None = None
) -> Row:
    """A row with empty cells put in, which look like the cell of the model column.

    Rows that share their extras go on sharing them, if they are given the same `known`.
    """
    values = row.values
    if len(values) > start:
        values = [*values[:start], *[""] * count, *values[start:]]
    extras = known.get(id(row.extras)) if known is not None else None
    if extras is None:
        extras = {column + (count if column >= start else 0): extra for column, extra in row.extras.items()}
        like = row.extras.get(model)
        if like and like.style:
            extras.update({column: Extra(None, like.style, None) for column in range(start, start + count)})
        extras = extras or NOTHING
        if known is not None:
            known[id(row.extras)] = extras
    return Row(row.key, values, extras, row.props)


def without_columns(row: Row, start: int, end: int) -> Row:
    """A row with some of its cells taken out."""
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


def shift_ranges(
    book: Workbook, sheet: Sheet, dimension: str, shift: Shift, across: Span | None = None
) -> None:
    """Move every range on this sheet that is kept anywhere; drop what lost all its cells.

    `across` are the columns of which rows were moved, or the other way round: what reaches out of them stays.
    """
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count

    def keep(item: dict[str, Any]) -> bool:
        stays = across is not None and not _lies_in(item, dimension, across)
        return stays or _shifted(item, dimension, size, shift)

    for meta in (*(one.meta for one in book.sheets), book.meta):
        _keep_ranges(meta, sheet.id, keep)
    if dimension == "COLUMNS" and across is None:
        follow_columns(sheet, shift)


def _lies_in(item: dict[str, Any], dimension: str, across: Span) -> bool:
    """Whether a range or coordinate is wholly inside some columns, if rows are moved, or some rows."""
    if "dimension" in item:
        return False
    start_name, end_name, _ = names("COLUMNS" if dimension == "ROWS" else "ROWS")
    coordinate = "columnIndex" if dimension == "ROWS" else "rowIndex"
    if coordinate in item:
        return across[0] <= int(item[coordinate]) < across[1]
    end = item.get(end_name)
    return end is not None and across[0] <= item.get(start_name, 0) and end <= across[1]


def forget_sheet(book: Workbook, gone: Sheet) -> None:
    """Drop what is left of the ranges on a sheet that was deleted."""
    for meta in (*(one.meta for one in book.sheets), book.meta):
        _keep_ranges(meta, gone.id, lambda _: False)


def _keep_ranges(meta: dict[str, Any], sheet_id: int, keep: Callable[[dict[str, Any]], bool]) -> None:
    """Ask `keep` for each range on a sheet; what it refuses goes, with the objects that are nothing without it."""

    def look(item: Any) -> bool:
        if isinstance(item, list):
            item[:] = [one for one in item if look(one)]
            return True
        if not isinstance(item, dict):
            return True
        if item.get("sheetId") == sheet_id:
            return keep(item)
        had_range = "range" in item or "ranges" in item
        kept = [look(value) for value in item.values()]  # all of them, so no short cut
        return all(kept) and (not had_range or item.get("range", item.get("ranges")) != [])

    for name in list(meta):
        if name not in {"properties", "columns", "developerMetadata"} and not look(meta[name]):
            del meta[name]


def _shifted(item: dict[str, Any], dimension: str, size: int, shift: Shift) -> bool:
    """Move one range or coordinate; whether anything is left of it."""
    start_name, end_name, _ = names(dimension)
    if "dimension" in item:
        if item["dimension"] != dimension:
            return True
        start_name, end_name = "startIndex", "endIndex"
    coordinate = "rowIndex" if dimension == "ROWS" else "columnIndex"
    if coordinate in item:
        # What was anchored to a deleted row is anchored to the one that takes its place, or else to the last.
        item[coordinate] = min(shift((item[coordinate], item[coordinate] + 1))[0], size - 1)
    if start_name not in item and end_name not in item:
        return True
    start, end = shift((item.get(start_name, 0), item.get(end_name, OPEN_END)))
    if start_name in item:
        item[start_name] = start
    if end_name in item:
        item[end_name] = end
    return end > start
