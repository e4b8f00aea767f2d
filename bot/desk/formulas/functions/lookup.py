"""Functions that find cells: VLOOKUP, HLOOKUP, XLOOKUP, MATCH, INDEX, and the place of a reference."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from bot.desk.formulas.arrays import Operand, flat, matrix, single
from bot.desk.formulas.cells import Block, Matrix
from bot.desk.formulas.functions.conditions import wildcards
from bot.desk.formulas.functions.kinds import Function, Scene, over, plain
from bot.desk.formulas.values import (
    BAD_NUMBER,
    BAD_REFERENCE,
    BAD_VALUE,
    NO_MATCH,
    Error,
    Failed,
    NotImitated,
    Value,
    compared,
    equal,
    is_number,
    number,
    truth,
)


def exact(key: Value, found: list[Value], with_wildcards: bool = True) -> int | None:
    """The position of the first value that is the key; an empty cell is never one."""
    pattern = wildcards(key) if with_wildcards and isinstance(key, str) else None
    if pattern is not None:
        matches = (isinstance(value, str) and pattern.fullmatch(value) is not None for value in found)
    else:
        kind = _kind(key)
        matches = (_kind(value) == kind and equal(key, value) for value in found)
    return next((position for position, match in enumerate(matches) if match), None)


def _kind(value: Value) -> str:
    return "number" if is_number(value) else type(value).__name__


def nearest(key: Value, found: list[Value]) -> int | None:
    """The position of the last value not above the key, in a list sorted upwards.

    A list that is not sorted is not imitated: what Google finds there depends on how it searches.
    """
    while found and found[-1] is None:
        found = found[:-1]
    if any(value is None or _kind(value) != _kind(key) for value in found):
        raise NotImitated("a sorted search among values of several kinds")
    if any(compared(one, other) > 0 for one, other in itertools.pairwise(found)):
        raise NotImitated("a sorted search in a list that is not sorted")
    return next((at for at in range(len(found) - 1, -1, -1) if compared(found[at], key) <= 0), None)


def _key(scene: Scene, operand: Operand) -> Value:
    key = single(operand, scene.cells)
    if isinstance(key, Error):
        raise Failed(key)
    return key


def _whole(scene: Scene, operand: Operand) -> int:
    return int(number(single(operand, scene.cells), scene.locale))


def _area(operand: Operand) -> Block | Matrix:
    if isinstance(operand, Block | Matrix):
        return operand
    raise Failed(operand if isinstance(operand, Error) else NO_MATCH)


def _looked_up(scene: Scene, operands: list[Operand], upright: bool) -> Value:
    """VLOOKUP and HLOOKUP; sorted unless told otherwise, as in Google."""
    key, area, index = _key(scene, operands[0]), _area(operands[1]), _whole(scene, operands[2])
    if key is None:
        return NO_MATCH
    is_sorted = truth(single(operands[3], scene.cells)) if len(operands) > 3 else True
    if index < 1:
        return BAD_VALUE
    if index > (area.width if upright else area.height):
        return BAD_REFERENCE
    first = flat(_line(scene, area, 0, upright), scene.cells)
    position = nearest(key, first) if is_sorted else exact(key, first)
    if position is None:
        return NO_MATCH
    line = _line(scene, area, index - 1, upright)
    return flat(line, scene.cells)[position] if position < len(flat(line, scene.cells)) else None


def _line(scene: Scene, area: Block | Matrix, index: int, upright: bool) -> Operand:
    """One column of an area, or one row."""
    if isinstance(area, Block):
        return area.part(None, index) if upright else area.part(index, None)
    if upright:
        return Matrix([area.columns[index]], area.height)
    return Matrix([[column[index]] if index < len(column) else [None] for column in area.columns], 1)


def match(scene: Scene, operands: list[Operand]) -> Value:
    """MATCH in one row or column; type 1 (sorted) unless told otherwise."""
    key, area = _key(scene, operands[0]), _area(operands[1])
    kind = number(single(operands[2], scene.cells), scene.locale) if len(operands) > 2 else 1
    if min(area.height, area.width) > 1 or key is None:
        return NO_MATCH
    if kind < 0:
        raise NotImitated("MATCH in a list sorted downwards")
    found = flat(area, scene.cells)
    position = nearest(key, found) if kind else exact(key, found)
    return NO_MATCH if position is None else position + 1


def index(scene: Scene, operands: list[Operand]) -> Operand:
    """INDEX: a cell of an area, or a whole row or column of it where the other is 0."""
    area = _area(operands[0])
    row = _whole(scene, operands[1]) if len(operands) > 1 else 0
    column = _whole(scene, operands[2]) if len(operands) > 2 else 0
    if len(operands) == 2 and area.height == 1 and area.width > 1:
        row, column = 0, row  # in a single row one number counts columns
    if not 0 <= row <= area.height or not 0 <= column <= area.width:
        return BAD_NUMBER
    if isinstance(area, Block):
        return area.part(row - 1 if row else None, column - 1 if column else None)
    columns = area.columns if not column else [area.columns[column - 1]]
    if not row:
        return Matrix(columns, area.height)
    return Matrix([one[row - 1 : row] or [None] for one in columns], 1)


def x_lookup(scene: Scene, operands: list[Operand]) -> Value:
    """XLOOKUP: exact or with wildcards, from the first or the last; nearest matches are not imitated."""
    key, looked_in, results = _key(scene, operands[0]), _area(operands[1]), _area(operands[2])
    mode = _whole(scene, operands[4]) if len(operands) > 4 else 0
    order = _whole(scene, operands[5]) if len(operands) > 5 else 1
    if mode not in {0, 2} or order not in {1, -1} or key is None:
        raise NotImitated("XLOOKUP of the nearest, by halves, or of an empty key")
    sizes = {(one.height, one.width) for one in (looked_in, results)}
    if len(sizes) > 1 or min(sizes.pop()) > 1:
        raise NotImitated("XLOOKUP of several values")
    found = flat(looked_in, scene.cells)
    position = exact(key, found if order == 1 else found[::-1], mode == 2)
    if position is None:
        missing = operands[3] if len(operands) > 3 else None
        return single(missing, scene.cells) if missing is not None else NO_MATCH
    if order == -1:
        position = len(found) - 1 - position
    values = flat(results, scene.cells)
    return values[position] if position < len(values) else None


def _place(
    of: Callable[[Block], int], here: Callable[[Scene], int]
) -> Callable[[Scene, list[Operand]], Value]:
    def run(scene: Scene, operands: list[Operand]) -> Value:
        if not operands:
            return here(scene) + 1
        if isinstance(operands[0], Error):
            return operands[0]
        if not isinstance(operands[0], Block) or not operands[0].single:
            raise NotImitated("the rows or columns of a range")
        return of(operands[0]) + 1

    return run


def _size(of: Callable[[Block | Matrix], int]) -> Callable[[Scene, list[Operand]], Value]:
    return lambda scene, operands: of(
        operands[0] if isinstance(operands[0], Block) else matrix(_area(operands[0]), scene.cells)
    )


def choose(scene: Scene, position: Value, *choices: Value) -> Value:
    """CHOOSE: one of the arguments by number."""
    at = int(number(position, scene.locale))
    return choices[at - 1] if 1 <= at <= len(choices) else BAD_NUMBER


FUNCTIONS: dict[str, Function] = {
    "VLOOKUP": over(lambda scene, operands: _looked_up(scene, operands, True), 3, 4),
    "HLOOKUP": over(lambda scene, operands: _looked_up(scene, operands, False), 3, 4),
    "XLOOKUP": over(x_lookup, 3, 6),
    "MATCH": over(match, 2, 3),
    "INDEX": over(index, 1, 3),
    "CHOOSE": plain(choose, 2, 30),
    "ROW": over(_place(lambda block: block.top, lambda scene: scene.row), 0, 1),
    "COLUMN": over(_place(lambda block: block.left, lambda scene: scene.column), 0, 1),
    "ROWS": over(_size(lambda area: area.height), 1, 1),
    "COLUMNS": over(_size(lambda area: area.width), 1, 1),
}
