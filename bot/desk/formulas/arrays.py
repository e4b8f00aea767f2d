"""Works on whole blocks of values, element by element, as SUMPRODUCT does with its arguments."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk.formulas.cells import Block, Cells, Matrix
from bot.desk.formulas.values import BAD_VALUE, Failed, NotImitated, Value

Operand = Value | Block | Matrix


def single(operand: Operand, cells: Cells) -> Value:
    """The one value of an operand; spilling several over other cells is not imitated."""
    if isinstance(operand, Block):
        if operand.height == operand.width == 1:
            return cells.at(operand.sheet, operand.top, operand.left)
        raise NotImitated("a range where one value belongs")
    if isinstance(operand, Matrix):
        if operand.height == operand.width == 1:
            return operand.columns[0][0] if operand.columns[0] else None
        raise NotImitated("several values for one cell")
    return operand


def matrix(operand: Operand, cells: Cells) -> Matrix:
    """An operand as a block of values; a single value is a block of one."""
    if isinstance(operand, Block):
        return cells.matrix(operand)
    return operand if isinstance(operand, Matrix) else Matrix([[operand]], 1)


def broadcast(work: Callable[..., Value], operands: list[Operand], cells: Cells) -> Operand:
    """The work done on each element; single values go with all of them."""
    if not any(isinstance(one, Matrix) or (isinstance(one, Block) and not one.single) for one in operands):
        return work(*[single(one, cells) for one in operands])
    all_of = [matrix(one, cells) for one in operands]
    sizes = {(one.height, one.width) for one in all_of} - {(1, 1)}
    if len(sizes) > 1:
        raise NotImitated("arrays of different sizes")
    height, width = sizes.pop() if sizes else (1, 1)
    filled = _filled(all_of, height, width)
    columns = []
    for column in range(width):
        sides = [
            one.columns[column] if (one.height, one.width) == (height, width) else _repeated(one, filled)
            for one in all_of
        ]
        columns.append([_done(work, elements) for elements in zip(*sides, strict=True)])
    return Matrix(columns, height)


def _filled(all_of: list[Matrix], height: int, width: int) -> int:
    """How many rows have to be worked on, given to every block that has fewer."""
    large = [one for one in all_of if (one.height, one.width) == (height, width)]
    # An empty cell can become a value (`A2:A=""`), so every row counts, filled or not.
    for one in large:
        for column in one.columns:
            column.extend([None] * (height - len(column)))
    return height


def _repeated(one: Matrix, count: int) -> list[Value]:
    value = one.columns[0][0] if one.columns[0] else None
    return [value] * count


def _done(work: Callable[..., Value], elements: tuple[Value, ...]) -> Value:
    try:
        return work(*elements)
    except Failed as failed:
        return failed.error


def flat(operand: Operand, cells: Cells) -> list[Value]:
    """The values of one row or one column, in order; a 2-D block is no such list."""
    found = matrix(operand, cells)
    if found.width == 1:
        return found.columns[0]
    if found.height == 1:
        return [column[0] if column else None for column in found.columns]
    raise Failed(BAD_VALUE)
