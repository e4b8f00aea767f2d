"""Functions that make one value of many: SUM and its like, counts, SUMPRODUCT, UNIQUE.

What stands in a range counts only if it is a number; what stands in the formula itself is read as typed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import cast

from bot.desk.formulas.arrays import Operand, flat, matrix
from bot.desk.formulas.cells import Block, Matrix
from bot.desk.formulas.functions.kinds import Function, Scene, over
from bot.desk.formulas.values import (
    BAD_NUMBER,
    BAD_VALUE,
    DIVISION,
    Error,
    Failed,
    NotImitated,
    Value,
    number,
    typed_number,
)

NUMBERS = frozenset([int, float])  #: exactly these: TRUE is no number here


def numbers(scene: Scene, operands: list[Operand]) -> list[int | float]:
    """The numbers among the operands; the first error among them is raised."""
    found: list[int | float] = []
    for operand in operands:
        if isinstance(operand, Block | Matrix):
            for column in matrix(operand, scene.cells).columns:
                found += _numbers_in(column)
        else:
            found.append(number(operand, scene.locale))
    return found


def _numbers_in(column: list[Value]) -> list[int | float]:
    kinds = set(map(type, column))
    if Error in kinds:
        raise Failed(next(value for value in column if isinstance(value, Error)))
    if kinds <= NUMBERS:
        return cast("list[int | float]", column)
    return cast("list[int | float]", [value for value in column if type(value) in NUMBERS])


def total(scene: Scene, operands: list[Operand]) -> Value:
    """SUM."""
    return sum(numbers(scene, operands))


def average(scene: Scene, operands: list[Operand]) -> Value:
    """AVERAGE: an error where there is no number."""
    return mean(numbers(scene, operands))


def mean(found: list[int | float]) -> Value:
    """The mean of numbers; `#DIV/0!` of none."""
    return sum(found) / len(found) if found else DIVISION


def least(scene: Scene, operands: list[Operand]) -> Value:
    """MIN: 0 where there is no number."""
    return min(numbers(scene, operands), default=0)


def greatest(scene: Scene, operands: list[Operand]) -> Value:
    """MAX: 0 where there is no number."""
    return max(numbers(scene, operands), default=0)


def product(scene: Scene, operands: list[Operand]) -> Value:
    """PRODUCT: 0 where there is no number."""
    found = numbers(scene, operands)
    return math.prod(map(float, found)) if found else 0


def median(scene: Scene, operands: list[Operand]) -> Value:
    """MEDIAN: the middle number, or the mean of the two in the middle."""
    found = sorted(numbers(scene, operands))
    if not found:
        return BAD_NUMBER
    middle = len(found) // 2
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def _ranked(scene: Scene, operands: list[Operand], descending: bool) -> Value:
    found = sorted(numbers(scene, operands[:1]), reverse=descending)
    place = int(number(flat(operands[1], scene.cells)[0], scene.locale))
    return found[place - 1] if 1 <= place <= len(found) else BAD_NUMBER


def _all(scene: Scene, operands: list[Operand]) -> Iterator[tuple[Value, bool]]:
    """Every value and whether it stands in the formula itself."""
    for operand in operands:
        if isinstance(operand, Block | Matrix):
            for value in chain.from_iterable(matrix(operand, scene.cells).columns):
                yield value, False
        else:
            yield operand, True


def count(scene: Scene, operands: list[Operand]) -> Value:
    """COUNT: numbers; errors in ranges are passed over."""
    return sum(_counts(value, direct, scene.locale) for value, direct in _all(scene, operands))


def _counts(value: Value, direct: bool, locale: str) -> bool:
    if isinstance(value, bool) or value is None:
        return direct and value is not None
    if isinstance(value, str):
        return direct and typed_number(value, locale) is not None
    return not isinstance(value, Error)


def count_all(scene: Scene, operands: list[Operand]) -> Value:
    """COUNTA: everything but empty cells; errors and empty text count."""
    return sum(value is not None for value, _ in _all(scene, operands))


def count_blank(scene: Scene, operands: list[Operand]) -> Value:
    """COUNTBLANK: empty cells and empty text, down to the range's end."""
    found = matrix(operands[0], scene.cells)
    filled = sum(value is not None and value != "" for column in found.columns for value in column)
    return found.height * found.width - filled


def count_unique(scene: Scene, operands: list[Operand]) -> Value:
    """COUNTUNIQUE: different values; empty cells are none."""
    found = [value for value, _ in _all(scene, operands) if value is not None]
    if any(isinstance(value, Error) for value in found) or "" in found:
        raise NotImitated("COUNTUNIQUE of errors and empty text")
    return len({_identity(value) for value in found})


def unique(scene: Scene, operands: list[Operand]) -> Operand:
    """UNIQUE of one column, each value where it stands first; for use in another function."""
    found = matrix(operands[0], scene.cells)
    if found.width != 1:
        raise NotImitated("UNIQUE of several columns")
    kept = list({_identity(value): value for value in reversed(found.columns[0])}.values())[::-1]
    if len(found.columns[0]) < found.height and None not in kept:
        kept.append(None)
    return Matrix([kept], len(kept))


def _identity(value: Value) -> tuple[str, Value]:
    kind = "number" if type(value) in {int, float} else type(value).__name__
    return kind, value


def sum_product(scene: Scene, operands: list[Operand]) -> Value:
    """SUMPRODUCT: what is not a number counts as 0; bare booleans are not imitated."""
    blocks = [matrix(operand, scene.cells) for operand in operands]
    if len({(one.height, one.width) for one in blocks}) > 1:
        return BAD_VALUE
    result: int | float = 0
    for columns in zip(*[one.columns for one in blocks], strict=True):
        for factors in zip(*columns, strict=False):
            result += math.prod([_factor(value) for value in factors])
    return result


def _factor(value: Value) -> int | float:
    if isinstance(value, Error):
        raise Failed(value)
    if isinstance(value, bool):
        raise NotImitated("booleans as factors")
    return 0 if value is None or isinstance(value, str) else value


FUNCTIONS: dict[str, Function] = {
    "SUM": over(total, 1, None),
    "AVERAGE": over(average, 1, None),
    "MIN": over(least, 1, None),
    "MAX": over(greatest, 1, None),
    "PRODUCT": over(product, 1, None),
    "MEDIAN": over(median, 1, None),
    "LARGE": over(lambda scene, operands: _ranked(scene, operands, True), 2, 2),
    "SMALL": over(lambda scene, operands: _ranked(scene, operands, False), 2, 2),
    "COUNT": over(count, 1, None),
    "COUNTA": over(count_all, 1, None),
    "COUNTBLANK": over(count_blank, 1, 1),
    "COUNTUNIQUE": over(count_unique, 1, None),
    "UNIQUE": over(unique, 1, 1),
    "SUMPRODUCT": over(sum_product, 1, None, arrays=True),
}
