"""COUNTIF, SUMIFS and their like: criteria such as 5, ">=2026-01-01", "<>done", "A*"."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.desk import entry
from bot.desk.formulas.arrays import Operand, matrix, single
from bot.desk.formulas.cells import Block, Matrix
from bot.desk.formulas.functions.aggregates import mean, numbers
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
    pieces = [""]
    for part in re.findall(r"~[?*~]|.", pattern, re.DOTALL):
        if part == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if part == "?" else re.escape(part[-1])
    first, *inner = pieces
    last = f".*{inner.pop()}" if inner else ""
    # Once found, a piece is not looked for again further on: that keeps many asterisks from taking forever.
    spelled = first + "".join(f"(?>.*?{piece})" for piece in inner) + last
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


def _places(scene: Scene, operands: list[Operand]) -> tuple[list[list[int]], tuple[int, int]]:
    """Where all criteria are met: rows for each column, and the size (height, width) of the ranges asked."""
    if len(operands) % 2:
        raise NotImitated("a range without a criterion")
    size: tuple[int, int] | None = None
    places: list[list[int] | None] = []
    for asked, wanted in zip(operands[::2], operands[1::2], strict=True):
        if not isinstance(asked, Block | Matrix):
            raise Failed(asked if isinstance(asked, Error) else BAD_VALUE)
        if size is None:
            size = (asked.height, asked.width)
            places = [None] * asked.width
        elif size != (asked.height, asked.width):
            raise Failed(BAD_VALUE)
        value = single(wanted, scene.cells)
        test = criterion(value, scene.locale)
        if (
            places == [None]
            and isinstance(asked, Block)
            and isinstance(value, str)
            and _is_plain(value, scene)
        ):
            places = [scene.cells.rows_of_text(asked, value.lower())]
            continue
        found = matrix(asked, scene.cells)
        pairs = zip(found.columns, places, strict=True)
        places = [_met(test, column, found.height, among) for column, among in pairs]
    return [one or [] for one in places], size or (0, 0)


def _is_plain(wanted: str, scene: Scene) -> bool:
    """Whether a criterion is simply a text to be found, which needs no look at every cell."""
    bare = wanted != "" and not re.search(r"[<>=?*~']", wanted)
    return bare and entry.read(wanted, scene.locale).value == wanted


def _met(test: Test, column: list[Value], height: int, among: list[int] | None) -> list[int]:
    """The rows of a column that pass a test, of those that are still in question."""
    if among is not None:
        return [row for row in among if test(column[row] if row < len(column) else None)]
    found = [row for row, value in enumerate(column) if test(value)]
    if height > len(column) and test(None):
        found += range(len(column), height)
    return found


def count_ifs(scene: Scene, operands: list[Operand]) -> Value:
    """COUNTIF and COUNTIFS."""
    places, _ = _places(scene, operands)
    return sum(map(len, places))


def _picked(scene: Scene, source: Operand, operands: list[Operand]) -> list[int | float]:
    """The numbers of the source in the places where all criteria are met."""
    places, size = _places(scene, operands)
    if not isinstance(source, Block | Matrix):
        raise Failed(source if isinstance(source, Error) else BAD_VALUE)
    if (source.height, source.width) != size:
        raise NotImitated("ranges of different sizes")
    picked: list[Value] = []
    for rows, column in zip(places, matrix(source, scene.cells).columns, strict=True):
        picked += [column[row] for row in rows if row < len(column)]
    return numbers(scene, [Matrix([picked], len(picked))])


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
