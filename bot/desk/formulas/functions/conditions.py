"""COUNTIF, SUMIFS and their like: criteria such as 5, ">=2026-01-01", "<>done", "A*"."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.desk import entry
from bot.desk.formulas.arrays import Operand, matrix, single
from bot.desk.formulas.cells import Block, Matrix
from bot.desk.formulas.functions.aggregates import mean
from bot.desk.formulas.functions.kinds import Function, Scene, over
from bot.desk.formulas.values import (
    BAD_VALUE,
    Error,
    Failed,
    NotImitated,
    Value,
    compared,
    is_number,
    typed_number,
)

Test = Callable[[Value], bool]

_SIGN = re.compile(r"(<>|<=|>=|<|>|=)?(.*)", re.DOTALL)


def wildcards(pattern: str) -> re.Pattern[str] | None:
    """A text in which `?` and `*` stand for others, `~` before them for themselves; none if it has none."""
    if not re.search(r"[?*]", pattern):
        return None
    parts = re.findall(r"~[?*~]|.", pattern, re.DOTALL)
    written = {"?": ".", "*": ".*"}
    spelled = "".join(
        re.escape(part[1]) if len(part) == 2 else written.get(part) or re.escape(part) for part in parts
    )
    return re.compile(spelled, re.IGNORECASE | re.DOTALL)


def criterion(wanted: Value, locale: str) -> Test:
    """The test a criterion puts to each cell; an empty criterion is not imitated."""
    if wanted is None or isinstance(wanted, Error):
        raise NotImitated("empty criteria, and errors as criteria")
    if not isinstance(wanted, str):
        return _equal_to(wanted, locale)
    sign, operand = _parts(wanted)
    if operand == "":
        return _about_emptiness(sign)
    read = entry.read(operand, locale)
    value: Value = operand if read.formula is not None or operand.startswith("'") else read.value
    if sign in {"", "=", "<>"}:
        test = _equal_to(value, locale)
        return test if sign != "<>" else lambda found: not test(found)
    return _ordered(sign, value)


def _parts(wanted: str) -> tuple[str, str]:
    match = _SIGN.fullmatch(wanted)
    return (match[1] or "", match[2]) if match else ("", wanted)


def _about_emptiness(sign: str) -> Test:
    if sign == "":
        return lambda found: found is None or found == ""
    if sign != "<>":
        raise NotImitated("comparisons with nothing")

    def filled(found: Value) -> bool:
        if found == "":
            raise NotImitated("whether empty text is something")
        return found is not None

    return filled


def _equal_to(value: Value, locale: str) -> Test:
    if isinstance(value, str):
        pattern = wildcards(value)
        if pattern is not None:
            return lambda found: isinstance(found, str) and pattern.fullmatch(found) is not None
        folded = re.sub(r"~([?*~])", r"\1", value).lower()
        return lambda found: isinstance(found, str) and found.lower() == folded
    if isinstance(value, bool):
        return lambda found: found is value

    def same(found: Value) -> bool:
        if isinstance(found, str) and found and typed_number(found, locale) == value:
            raise NotImitated("whether text that looks like the number is the number")
        return is_number(found) and found == value

    return same


def _ordered(sign: str, value: Value) -> Test:
    accepted = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {1, 0}}[sign]
    kind = (int, float) if is_number(value) else type(value)

    def test(found: Value) -> bool:
        if isinstance(found, bool) != isinstance(value, bool) or not isinstance(found, kind):
            return False
        if found == value:
            return 0 in accepted
        return compared(found, value) in accepted

    return test


def _chosen(scene: Scene, operands: list[Operand]) -> tuple[list[list[bool]], tuple[int, int]]:
    """Which cells meet all criteria, column by column, and the size of the ranges asked."""
    size: tuple[int, int] | None = None
    chosen: list[list[bool]] = []
    for asked, wanted in zip(operands[::2], operands[1::2], strict=True):
        if not isinstance(asked, Block | Matrix):
            raise Failed(asked if isinstance(asked, Error) else BAD_VALUE)
        test = criterion(single(wanted, scene.cells), scene.locale)
        found = matrix(asked, scene.cells)
        if size is not None and size != (found.height, found.width):
            raise Failed(BAD_VALUE)
        met = [_met(test, column, found.height) for column in found.columns]
        chosen = (
            met
            if size is None
            else [
                [one and other for one, other in zip(*pair, strict=True)]
                for pair in zip(chosen, met, strict=True)
            ]
        )
        size = (found.height, found.width)
    return chosen, size or (0, 0)


def _met(test: Test, column: list[Value], height: int) -> list[bool]:
    known = [test(value) for value in column]
    return known + [test(None)] * (height - len(known)) if height > len(known) else known


def count_ifs(scene: Scene, operands: list[Operand]) -> Value:
    """COUNTIF and COUNTIFS."""
    if len(operands) % 2:
        raise NotImitated("a range without a criterion")
    chosen, _ = _chosen(scene, operands)
    return sum(map(sum, chosen))


def _picked(scene: Scene, source: Operand, operands: list[Operand]) -> list[int | float]:
    """The numbers of the source in the places where all criteria are met."""
    if len(operands) % 2:
        raise NotImitated("a range without a criterion")
    chosen, size = _chosen(scene, operands)
    if not isinstance(source, Block | Matrix):
        raise Failed(source if isinstance(source, Error) else BAD_VALUE)
    found = matrix(source, scene.cells)
    if (found.height, found.width) != size:
        raise NotImitated("ranges of different sizes")
    picked: list[int | float] = []
    for flags, column in zip(chosen, found.columns, strict=True):
        for wanted, value in zip(flags, column, strict=False):
            if not wanted:
                continue
            if isinstance(value, Error):
                raise Failed(value)
            if isinstance(value, int | float) and not isinstance(value, bool):
                picked.append(value)
    return picked


def _single_range(work: Callable[[list[int | float]], Value]) -> Callable[[Scene, list[Operand]], Value]:
    """SUMIF and AVERAGEIF: the range to pick from comes last, or is the one asked."""
    return lambda scene, operands: work(_picked(scene, operands[2 if len(operands) > 2 else 0], operands[:2]))


def _many_ranges(work: Callable[[list[int | float]], Value]) -> Callable[[Scene, list[Operand]], Value]:
    """SUMIFS and its like: the range to pick from comes first."""
    return lambda scene, operands: work(_picked(scene, operands[0], operands[1:]))


FUNCTIONS: dict[str, Function] = {
    "COUNTIF": over(count_ifs, 2, 2),
    "COUNTIFS": over(count_ifs, 2, None),
    "SUMIF": over(_single_range(sum), 2, 3),
    "SUMIFS": over(_many_ranges(sum), 3, None),
    "AVERAGEIF": over(_single_range(mean), 2, 3),
    "AVERAGEIFS": over(_many_ranges(mean), 3, None),
    "MINIFS": over(_many_ranges(lambda found: min(found, default=0)), 3, None),
    "MAXIFS": over(_many_ranges(lambda found: max(found, default=0)), 3, None),
}
