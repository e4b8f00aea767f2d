"""Functions of single numbers: rounding, remainders, powers and roots."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from bot.desk.formulas.functions.kinds import Function, Scene, plain
from bot.desk.formulas.values import BAD_NUMBER, DIVISION, Value, number

MOST_PLACES = 300  #: beyond this there is nothing left of a number to round
EXACTLY = Context(prec=700)  #: digits enough for any float with that many places


def _rounded(value: int | float, places: int, how: str) -> int | float:
    """A number at some decimal places, from its shortest spelling, so that 2.675 rounds to 2.68."""
    if isinstance(value, int) and places >= 0:
        return value
    if abs(places) > MOST_PLACES:
        return value if places > 0 else 0
    exact = Decimal(repr(value))
    rounded = exact.quantize(Decimal(1).scaleb(-places), how, EXACTLY)
    return value if rounded == exact else float(rounded)


def _rounding(how: str) -> Callable[..., Value]:
    def run(scene: Scene, value: Value, places: Value = None) -> Value:
        return _rounded(number(value, scene.locale), int(number(places, scene.locale)), how)

    return run


def _of_number(work: Callable[[int | float], Value]) -> Callable[..., Value]:
    return lambda scene, value: work(number(value, scene.locale))


def remainder(scene: Scene, dividend: Value, divisor: Value) -> Value:
    """MOD: the sign is the divisor's."""
    by = number(divisor, scene.locale)
    return number(dividend, scene.locale) % by if by else DIVISION


def quotient(scene: Scene, dividend: Value, divisor: Value) -> Value:
    """QUOTIENT: a division without its remainder, towards zero."""
    by = number(divisor, scene.locale)
    return math.trunc(number(dividend, scene.locale) / by) if by else DIVISION


def root(value: int | float) -> Value:
    """SQRT."""
    return math.sqrt(value) if value >= 0 else BAD_NUMBER


FUNCTIONS: dict[str, Function] = {
    "ROUND": plain(_rounding(ROUND_HALF_UP), 1, 2),
    "ROUNDUP": plain(_rounding(ROUND_UP), 1, 2),
    "ROUNDDOWN": plain(_rounding(ROUND_DOWN), 1, 2),
    "TRUNC": plain(_rounding(ROUND_DOWN), 1, 2),
    "INT": plain(_of_number(math.floor), 1),
    "ABS": plain(_of_number(abs), 1),
    "SIGN": plain(_of_number(lambda value: (value > 0) - (value < 0)), 1),
    "SQRT": plain(_of_number(root), 1),
    "MOD": plain(remainder, 2),
    "QUOTIENT": plain(quotient, 2),
}
