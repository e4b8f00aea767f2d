"""Counts, different values, and SUMPRODUCT."""

from __future__ import annotations

from typing import Any

from bot.desk.formulas import doubts
from bot.desk.formulas.casting import Casting
from bot.desk.formulas.parsing import COMPARISONS, Call, Constant, Name, Node, Pair, Sign, Slot
from bot.desk.formulas.parts import Every, Recast, area_of, literal
from bot.desk.formulas.values import NotImitated, is_number, typed_number

Nodes = tuple[Node, ...]


def _count(cast: Casting, name: str, arguments: Nodes) -> str:
    """COUNT and COUNTA of ranges; what counts of other values is not asked."""
    given = [
        _distinct(cast, name, one.arguments)
        if isinstance(one, Call) and one.name == "UNIQUE"
        else literal(one.value)
        if isinstance(one, Constant) and is_number(one.value)
        else area_of(cast.area(one))
        for one in arguments
    ]
    return f"{name}({','.join(given)})"


def _distinct(cast: Casting, name: str, arguments: Nodes, as_area: bool = True) -> str:
    block = cast.area(arguments[0])
    if block.width != 1 or not as_area:
        raise NotImitated("UNIQUE of several columns, and by itself")
    cast.doubt(doubts.hardly_distinct, Every(block))
    return f"UNIQUE({area_of(block)})"


def _count_distinct(cast: Casting, name: str, arguments: Nodes) -> str:
    return f"COUNTA({_distinct(cast, name, arguments)})"


def _products(cast: Casting, name: str, arguments: Nodes) -> str:
    given = [_array(cast, node) for node in arguments]
    if len({size for _, size in given}) > 1:
        return "#VALUE!"
    if any(isinstance(node, Pair) and node.operator in COMPARISONS for node in arguments):
        raise NotImitated("booleans as factors")
    return f"SUMPRODUCT({','.join(text for text, _ in given)})"


def _array(cast: Casting, node: Node, compared: bool = False) -> tuple[str, tuple[int, int]]:
    """A part that is worked out for each cell of its ranges, and its size."""
    match node:
        case Constant(value):
            return literal(value), (1, 1)
        case Slot() | Name():
            block = cast.area(node)
            if not compared:
                cast.doubt(_reads_as_number, Every(block), locale=True)
            return area_of(block), (block.height, block.width)
        case Sign("-" | "+" as sign, operand):
            text, size = _array(cast, operand)
            return f"({sign}{text})", size
        case Pair(operator, left, right) if operator not in {"&", "^"}:
            (a, one), (b, other) = (
                _array(cast, left, operator in COMPARISONS),
                _array(cast, right, operator in COMPARISONS),
            )
            sizes = {one, other} - {(1, 1)}
            if len(sizes) > 1:
                raise NotImitated("arrays of different sizes")
            if operator in COMPARISONS - {"=", "<>"} and "text" in {cast.kind(left), cast.kind(right)}:
                raise NotImitated("the order of text")
            return f"({a}{operator}{b})", sizes.pop() if sizes else (1, 1)
    raise NotImitated("functions of arrays")


def _reads_as_number(area: Any, locale: str) -> bool:
    return any(
        isinstance(value, bool) or (isinstance(value, str) and typed_number(value, locale) is not None)
        for value in area
    )


RECAST: dict[str, Recast] = {
    **dict.fromkeys(("COUNT", "COUNTA"), _count),
    "UNIQUE": _distinct,
    "COUNTUNIQUE": _count_distinct,
    "SUMPRODUCT": _products,
}
