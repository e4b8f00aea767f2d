"""Requests that look at cells: sorting, finding and replacing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.desk.book import cells
from bot.desk.book.a1 import Area, area_of, whole
from bot.desk.book.grid import BLANK, Extra, Grid, Row, Scalar
from bot.desk.book.texts import shown_rows
from bot.desk.book.workbook import Workbook
from bot.desk.errors import bad_request
from bot.desk.formulas import may_hold_formulas, row_shifted

Body = dict[str, Any]


def sort_range(book: Workbook, body: Body) -> None:
    """sortRange: the rows of a range by the given columns; blanks last in either direction.

    Rows that move with all their cells keep their keys, so that whoever follows one finds it again.
    """
    area = area_of(book, body.get("range", {}))
    block = area.sheet.grid.rows[area.top : area.bottom]
    order = sort_order(area, body.get("sortSpecs", []), block)
    rearrange(area, [block[position] for position in order])


def rearrange(area: Area, block: list[Row]) -> None:
    """Fill an area with the cells of other rows of it, from its first row on."""
    grid = area.sheet.grid
    before = [grid.row(index) for index in range(area.top, area.top + len(block))]
    if may_hold_formulas(area.sheet):  # one that moves reads as if it had been copied to its new place
        places = {id(row): index for index, row in enumerate(before)}
        block = [
            row_shifted(row, index - places.get(id(row), index), area.left, area.right)
            for index, row in enumerate(block)
        ]
    if area.left == 0 and all(row.width <= area.right for row in before):
        moved = [_in_place_of(grid, row, there) for row, there in zip(block, before, strict=True)]
        grid.replace(area.top, area.top + len(block), moved)
        return
    for index, (row, there) in enumerate(zip(block, before, strict=True), area.top):
        if row is not there:
            take_cells(grid, index, row, area.left, area.right)


def _in_place_of(grid: Grid, row: Row, there: Row) -> Row:
    """A row moved with all its cells, which keeps its key; what belongs to the place stays there."""
    if row.props == there.props:
        return row
    if not (row.values or row.extras or there.props):
        return BLANK
    return Row(row.key or grid.new_key(), row.values, row.extras, there.props)


def take_cells(grid: Grid, index: int, source: Row, left: int, right: int) -> None:
    """Give the row at an index the cells another had in some columns; what belongs to the row stays."""
    draft = grid.edit(index)
    if left == 0 and right >= max(len(draft.values), len(source.values)):
        draft.values = source.values.copy()
    else:
        draft.values += [""] * (right - len(draft.values))
        cells_there = source.values[left:right]
        draft.values[left:right] = cells_there + [""] * (right - left - len(cells_there))
    if draft.extras or source.extras:
        kept = {column: extra for column, extra in draft.extras.items() if not left <= column < right}
        taken = {column: extra for column, extra in source.extras.items() if left <= column < right}
        draft.extras = kept | taken
    grid.put(index, draft)


def sort_order(area: Area, specs: list[Body], block: list[Row]) -> list[int]:
    """The positions of the block's rows in sorted order; equal rows keep theirs."""
    order = list(range(len(block)))
    if not specs:
        raise bad_request("At least one sort specification must be set.")
    for spec in reversed(specs):
        column = spec.get("dimensionIndex", 0)
        if not area.left <= column < area.right:
            raise bad_request("Sort dimension index is not inside the sort range.")
        values = [row.values[column] if column < len(row.values) else "" for row in block]
        filled = [position for position in order if values[position] != ""]
        blank = [position for position in order if values[position] == ""]
        ranks = {position: sorting_rank(values[position]) for position in filled}
        filled.sort(key=ranks.__getitem__, reverse=spec.get("sortOrder") == "DESCENDING")
        order = filled + blank
    return order


def sorting_rank(value: Scalar) -> tuple[int, float, str]:
    """Numbers before text before booleans, as Sheets sorts."""
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, str):
        return 1, 0.0, value.casefold()
    return 0, float(value), ""


def find_replace(book: Workbook, body: Body) -> Body:
    """findReplace: in a range, a sheet or all; says how much it changed."""
    scopes = [name for name in ("range", "sheetId", "allSheets") if name in body]
    if len(scopes) != 1:
        raise bad_request("Exactly one of range, sheetId or allSheets must be set.")
    if not body.get("find"):
        raise bad_request("The value to find must not be empty.")
    if "range" in body:
        areas = [area_of(book, body["range"])]
    elif "sheetId" in body:
        areas = [whole(book.sheet(body["sheetId"], "grid"))]
    else:
        areas = [whole(sheet) for sheet in book.sheets]
    change = _replacer(body)
    values = formulas = occurrences = rows = sheets = 0
    for area in areas:
        changed = _replace_in(book, area, change, body.get("includeFormulas", False))
        values += changed[0]
        formulas += changed[1]
        rows += changed[2]
        occurrences += changed[3]
        sheets += bool(changed[2])
    counts = {
        "valuesChanged": values,
        "formulasChanged": formulas,
        "rowsChanged": rows,
        "sheetsChanged": sheets,
        "occurrencesChanged": occurrences,
    }
    return {name: count for name, count in counts.items() if count}


def _replacer(body: Body) -> Callable[[str], tuple[str, int]]:
    find, replacement = body["find"], body.get("replacement", "")
    pattern = find if body.get("searchByRegex") else re.escape(find)
    if body.get("matchEntireCell"):
        pattern = rf"\A(?:{pattern})\Z"
    try:
        compiled = re.compile(pattern, 0 if body.get("matchCase") else re.IGNORECASE)
    except re.error as error:
        raise bad_request(f"Invalid regular expression: {error}") from None
    if not body.get("searchByRegex"):
        return lambda text: compiled.subn(lambda _: replacement, text)
    expanded = re.sub(r"\\", r"\\\\", replacement)
    expanded = re.sub(r"\$(\d)", r"\\g<\1>", expanded)
    return lambda text: compiled.subn(expanded, text)


def _replace_in(
    book: Workbook, area: Area, change: Callable[[str], tuple[str, int]], in_formulas: bool
) -> tuple[int, int, int, int]:
    grid = area.sheet.grid
    values = formulas = rows = occurrences = 0
    block = grid.rows[area.top : area.bottom]
    for index, (row, texts) in enumerate(zip(block, shown_rows(block, book.locale), strict=True), area.top):
        draft = None
        for column in range(area.left, min(area.right, len(row.values))):
            if row.values[column] == "":
                continue
            extra = row.extras.get(column)
            formula = extra.formula if extra else None
            if formula is not None and not in_formulas:
                continue
            shown = formula if formula is not None else str(texts[column])
            text, count = change(shown)
            if not count:
                continue
            draft = draft or grid.edit(index)
            plain = Extra(None, extra.style, extra.note) if extra else None
            keeps_text = formula is None and isinstance(row.values[column], str)
            draft.put(column, cells.with_value(book, plain, text, typed=not keeps_text))
            occurrences += count
            formulas += formula is not None
            values += formula is None
        if draft is not None:
            grid.put(index, draft)
            rows += 1
    return values, formulas, rows, occurrences
