"""Conditions, and what to do about errors and empty cells."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk.formulas.arrays import Operand, matrix, single
from bot.desk.formulas.cells import Block, Matrix
from bot.desk.formulas.functions.kinds import Function, Run, Scene, lazy, over, plain
from bot.desk.formulas.values import (
    BAD_VALUE,
    NO_MATCH,
    Error,
    Failed,
    NotImitated,
    Value,
    equal,
    is_number,
    truth,
)


def _value(scene: Scene, run: Run) -> Value:
    return single(run(scene), scene.cells)


def if_(scene: Scene, runs: list[Run]) -> Value:
    """IF: FALSE where the branch for a false condition is left out."""
    if truth(_value(scene, runs[0])):
        return _value(scene, runs[1])
    return _value(scene, runs[2]) if len(runs) > 2 else False


def ifs(scene: Scene, runs: list[Run]) -> Value:
    """IFS: `#N/A` where no condition holds."""
    if len(runs) % 2:
        return NO_MATCH
    for condition, result in zip(runs[::2], runs[1::2], strict=True):
        if truth(_value(scene, condition)):
            return _value(scene, result)
    return NO_MATCH


def switch(scene: Scene, runs: list[Run]) -> Value:
    """SWITCH: a last odd argument is for when nothing fits."""
    wanted = _value(scene, runs[0])
    if isinstance(wanted, Error):
        return wanted
    pairs = runs[1:]
    for case, result in zip(pairs[::2], pairs[1::2], strict=False):
        if equal(wanted, _value(scene, case)):
            return _value(scene, result)
    return _value(scene, pairs[-1]) if len(pairs) % 2 else NO_MATCH


def _if_failed(caught: Callable[[Error], bool]) -> Callable[[Scene, list[Run]], Value]:
    def run(scene: Scene, runs: list[Run]) -> Value:
        try:
            value = _value(scene, runs[0])
        except Failed as failed:
            value = failed.error
        except (OverflowError, ZeroDivisionError):
            raise NotImitated("errors of numbers too large") from None
        if not isinstance(value, Error) or not caught(value):
            return value
        return _value(scene, runs[1]) if len(runs) > 1 else None

    return run


def _conditions(scene: Scene, operands: list[Operand]) -> list[bool]:
    """The operands as conditions; text and empty cells in ranges are passed over."""
    found = []
    for operand in operands:
        if not isinstance(operand, Block | Matrix):
            found.append(truth(operand))
            continue
        for column in matrix(operand, scene.cells).columns:
            found += [truth(value) for value in column if value is not None and not isinstance(value, str)]
    if not found:
        raise Failed(BAD_VALUE)
    return found


def _is(test: Callable[[Value], bool]) -> Callable[[Scene, list[Run]], Value]:
    def run(scene: Scene, runs: list[Run]) -> Value:
        try:
            return test(_value(scene, runs[0]))
        except Failed as failed:
            return test(failed.error)

    return run


FUNCTIONS: dict[str, Function] = {
    "IF": lazy(if_, 2, 3),
    "IFS": lazy(ifs, 2, None),
    "SWITCH": lazy(switch, 3, None),
    "IFERROR": lazy(_if_failed(lambda _: True), 1, 2),
    "IFNA": lazy(_if_failed(lambda error: error is NO_MATCH), 1, 2),
    "AND": over(lambda scene, operands: all(_conditions(scene, operands)), 1, None),
    "OR": over(lambda scene, operands: any(_conditions(scene, operands)), 1, None),
    "NOT": plain(lambda _, value: not truth(value), 1),
    "TRUE": plain(lambda _: True, 0),
    "FALSE": plain(lambda _: False, 0),
    "NA": plain(lambda _: NO_MATCH, 0),
    "ISBLANK": lazy(_is(lambda value: value is None), 1, 1),
    "ISNUMBER": lazy(_is(is_number), 1, 1),
    "ISTEXT": lazy(_is(lambda value: isinstance(value, str)), 1, 1),
    "ISNONTEXT": lazy(_is(lambda value: not isinstance(value, str)), 1, 1),
    "ISLOGICAL": lazy(_is(lambda value: isinstance(value, bool)), 1, 1),
    "ISERROR": lazy(_is(lambda value: isinstance(value, Error)), 1, 1),
    "ISERR": lazy(_is(lambda value: isinstance(value, Error) and value is not NO_MATCH), 1, 1),
    "ISNA": lazy(_is(lambda value: value is NO_MATCH), 1, 1),
}
