"""copyPaste and cutPaste: cells put elsewhere, with formulas that fit their new place."""

from __future__ import annotations

from typing import Any

from bot.desk import formulas
from bot.desk.book.a1 import Area, area_of, start_of
from bot.desk.book.grid import Cell, Extra
from bot.desk.book.workbook import Workbook
from bot.desk.changes.cells import format_of
from bot.desk.errors import bad_request
from bot.desk.formulas.rewriting import Carried, Cut, rewritten

Body = dict[str, Any]


def copy_paste(book: Workbook, body: Body) -> None:
    """copyPaste: a block into a range, repeated where the range is a multiple of it."""
    source = area_of(book, body.get("source", {}))
    target = area_of(book, body.get("destination", {}))
    block = _block(source)
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    if turned:
        block = [list(column) for column in zip(*block, strict=True)]
    height, width = len(block), len(block[0])
    tall = (target.bottom - target.top) // height or 1
    wide = (target.right - target.left) // width or 1
    rows = [
        [
            _copied(
                block[i % height][j % width],
                *_distance(source, target, (i, j), (i % height, j % width), turned),
            )
            for j in range(width * wide)
        ]
        for i in range(height * tall)
    ]
    _paste(book, target, rows, body.get("pasteType", "PASTE_NORMAL"))


def cut_paste(book: Workbook, body: Body) -> None:
    """cutPaste: a block to another place; values and formats leave the old one."""
    source = area_of(book, body.get("source", {}))
    sheet, top, left = start_of(book, body.get("destination", {}))
    target = Area(sheet, top, left, 0, 0)
    block = _taken_along(book, source, target)
    for index in range(source.top, source.bottom):
        draft = source.sheet.grid.edit(index)
        for column in range(source.left, source.right):
            draft.put(column, Cell())
        source.sheet.grid.put(index, draft)
    _paste(book, target, block, body.get("pasteType", "PASTE_NORMAL"))


def _distance(
    source: Area, target: Area, at: tuple[int, int], taken: tuple[int, int], turned: bool
) -> tuple[int, int]:
    """How far down and right a cell is copied: to a place in the target, from one in the block taken."""
    row, column = taken[::-1] if turned else taken
    return target.top + at[0] - source.top - row, target.left + at[1] - source.left - column


def _copied(cell: Cell, rows: int, columns: int) -> Cell:
    """A cell as it reads so many rows and columns away from where it was copied."""
    extra = cell.extra
    if extra is None or extra.formula is None:
        return cell
    return Cell(cell.value, Extra(formulas.shifted(extra.formula, rows, columns), extra.style, extra.note))


def _taken_along(book: Workbook, source: Area, target: Area) -> list[list[Cell]]:
    """The cells of a block as they read at another place, after all that refers to them was told of it."""
    cut = Cut(
        source.sheet.title,
        *(source.top, source.left, source.bottom - 1, source.right - 1),
        target.sheet.title,
        *(target.top - source.top, target.left - source.left),
    )
    block = _block(source)
    formulas.follow(book, cut)
    return [[_carried(cell, Carried(cut)) for cell in row] for row in block]


def _carried(cell: Cell, edit: Carried) -> Cell:
    extra = cell.extra
    if extra is None or extra.formula is None:
        return cell
    formula = rewritten(extra.formula, edit.cut.title, edit)
    return Cell(cell.value, Extra(formula, extra.style, extra.note))


def _block(area: Area) -> list[list[Cell]]:
    grid = area.sheet.grid
    return [
        [grid.row(index).cell(column) for column in range(area.left, area.right)]
        for index in range(area.top, area.bottom)
    ]


def _paste(book: Workbook, target: Area, block: list[list[Cell]], kind: str) -> None:
    sheet = target.sheet
    if target.top + len(block) > sheet.row_count or target.left + len(block[0]) > sheet.column_count:
        raise bad_request("The paste range exceeds the grid.")
    for index, cells in enumerate(block, target.top):
        row = sheet.grid.row(index)
        draft = sheet.grid.edit(index)
        for column, cell in enumerate(cells, target.left):
            draft.put(column, _pasted(book, row.cell(column), cell, kind))
        sheet.grid.put(index, draft)


def _pasted(book: Workbook, old: Cell, new: Cell, kind: str) -> Cell:
    if kind == "PASTE_NORMAL":
        return new
    mine, theirs = old.extra or Extra(), new.extra or Extra()
    if kind == "PASTE_VALUES":
        return Cell(new.value, Extra(None, mine.style, mine.note))
    if kind == "PASTE_FORMULA":
        return Cell(new.value, Extra(theirs.formula, mine.style, mine.note))
    if kind == "PASTE_NO_BORDERS":
        data = dict(theirs.style.data) if theirs.style else {}
        data["userEnteredFormat"] = {k: v for k, v in format_of(theirs.style).items() if k != "borders"}
        return Cell(new.value, Extra(theirs.formula, book.style(data), theirs.note))
    part = "dataValidation" if kind == "PASTE_DATA_VALIDATION" else "userEnteredFormat"
    if kind == "PASTE_CONDITIONAL_FORMATTING":
        raise bad_request("Pasting conditional formatting is not supported here.")
    data = {**(mine.style.data if mine.style else {})}
    data.pop(part, None)
    if theirs.style and part in theirs.style.data:
        data[part] = theirs.style.data[part]
    return Cell(old.value, Extra(mine.formula, book.style(data), mine.note))
