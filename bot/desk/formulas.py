"""Works out formulas that are nothing but arithmetic on numbers; all others show `#NAME?`.

References and functions need an engine and are not imitated here: an honest `#NAME?` beats a wrong value.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from functools import lru_cache

from bot.desk.grid import Scalar

UNKNOWN = "#NAME?"
ERRORS = {"#NAME?", "#DIV/0!", "#REF!", "#N/A", "#VALUE!", "#NUM!", "#ERROR!"}
ERROR_TYPES = {
    "#NAME?": "NAME",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#REF!": "REF",
    "#N/A": "N_A",
    "#VALUE!": "VALUE",
    "#NUM!": "NUM",
    "#ERROR!": "ERROR",
}

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@lru_cache(maxsize=1024)
def value_of(formula: str) -> Scalar:
    """The value of a formula, or the error it shows."""
    if not set(formula[1:]) <= set("0123456789.+-*/() "):
        return UNKNOWN
    try:
        number = _evaluate(ast.parse(formula[1:].strip(), mode="eval").body)
    except ZeroDivisionError:
        return "#DIV/0!"
    except (SyntaxError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        return "#ERROR!"
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _evaluate(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _evaluate(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _BINARY[type(node.op)](_evaluate(node.left), _evaluate(node.right))
    raise ValueError(formula_text(node))


def formula_text(node: ast.expr) -> str:
    """The part of a formula that is not understood."""
    return ast.unparse(node)
