"""What can be said of a formula's result before it is worked out."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk.formulas.parsing import COMPARISONS, Call, Constant, Missing, Name, Node, Pair, Sign, Slot
from bot.desk.formulas.trusted import TRUSTED


def kind_of(node: Node) -> str:
    """number, text, bool or any."""
    match node:
        case Constant(value):
            return "bool" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        case Sign("+", operand):
            return kind_of(operand)
        case Sign():
            return "number"
        case Pair(operator):
            return "bool" if operator in COMPARISONS else "text" if operator == "&" else "number"
        case Call(name):
            return TRUSTED[name].kind if name in TRUSTED else "any"
    return "any"


def may_be_empty(node: Node, is_hollow: Callable[[Slot | Name], bool]) -> bool:
    """Whether a part may come to an empty cell; `is_hollow` says so of references."""
    match node:
        case Missing():
            return True
        case Slot() | Name():
            return is_hollow(node)
        case Sign("+", operand):
            returned: tuple[Node, ...] = (operand,)
        case Call("IF" | "CHOOSE", arguments):
            returned = arguments[1:]
        case Call("IFS", arguments):
            returned = arguments[1::2]
        case Call("SWITCH", arguments):
            returned = arguments[2:]
        case Call("IFERROR" | "IFNA", arguments):
            returned = arguments if len(arguments) > 1 else (*arguments, Missing())
        case Call(name):
            return name in {"VLOOKUP", "HLOOKUP", "XLOOKUP", "INDEX"}
        case _:
            return False
    return any(may_be_empty(one, is_hollow) for one in returned)
