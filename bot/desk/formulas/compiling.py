"""Turns the tree of a formula into functions that work it out; formulas that differ in references share them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.desk.formulas import values
from bot.desk.formulas.arrays import Operand, broadcast, single
from bot.desk.formulas.cells import ERRORS, Block, Matrix
from bot.desk.formulas.formats import TELLING, implied
from bot.desk.formulas.functions import FUNCTIONS
from bot.desk.formulas.functions.kinds import NOT_READ, Run, Scene
from bot.desk.formulas.parsing import (
    COMPARISONS,
    Call,
    Constant,
    Fault,
    Missing,
    Name,
    Node,
    Pair,
    ParseError,
    Shape,
    Sign,
    Slot,
    parsed,
)
from bot.desk.formulas.values import (
    BAD_NUMBER,
    BAD_SYNTAX,
    BAD_VALUE,
    DIVISION,
    NO_MATCH,
    UNKNOWN_NAME,
    Error,
    Failed,
    NotImitated,
    Value,
)
from bot.desk.workbook import MAX_CELL_TEXT


@dataclass(frozen=True, slots=True)
class Template:
    """What formulas have in common that differ in their references alone."""

    node: Node
    run: Run
    calls: frozenset[str]
    names: frozenset[str]  #: of named ranges, folded
    read: frozenset[int]  #: slots whose cells are read; ROW(A5) does not read A5


@lru_cache(maxsize=4096)
def template_of(shape: Shape, decimal: str) -> Template:
    """The template of a formula's shape; one that cannot be read shows an error whenever it is run."""
    try:
        node = parsed(shape, decimal)
        run = _compiled(node, False)
    except (NotImitated, RecursionError):
        return _constant(UNKNOWN_NAME)
    except ParseError:
        return _constant(BAD_SYNTAX)
    nodes = list(_below(node))
    return Template(
        node,
        run,
        frozenset(one.name for one in nodes if isinstance(one, Call)),
        frozenset(one.text.casefold() for one in nodes if isinstance(one, Name)),
        frozenset(one.index for one in nodes if isinstance(one, Slot)),
    )


def _constant(error: Error) -> Template:
    nothing: frozenset[str] = frozenset()
    return Template(Fault(error.code), lambda _: error, nothing, nothing, frozenset())


def _below(node: Node) -> Iterator[Node]:
    """The nodes of a tree, without references that are only asked for their place."""
    yield node
    if isinstance(node, Sign):
        yield from _below(node.operand)
    elif isinstance(node, Pair):
        yield from _below(node.left)
        yield from _below(node.right)
    elif isinstance(node, Call):
        for argument in node.arguments:
            if not (node.name in NOT_READ and isinstance(argument, Slot)):
                yield from _below(argument)


def value_of(template: Template, scene: Scene) -> Value:
    """What a cell with this formula holds."""
    try:
        value = values.tidy(single(template.run(scene), scene.cells))
    except (NotImitated, RecursionError):
        return UNKNOWN_NAME
    except Failed as failed:
        return failed.error
    except (OverflowError, ZeroDivisionError):
        return BAD_NUMBER
    # Text that reads like an error could not be told from one once it is stored.
    return UNKNOWN_NAME if isinstance(value, str) and value in ERRORS else value


def _compiled(node: Node, array: bool) -> Run:
    """The function that works out a tree; in array mode whole ranges go through its operators."""
    match node:
        case Constant(value):
            return lambda _: value
        case Fault(code):
            error = ERRORS[code]
            return lambda _: error
        case Slot(index):
            return lambda scene: scene.blocks[index]
        case Name(text):
            return _named(text.casefold())
        case Missing():
            return lambda _: None
        case Sign(sign, operand):
            return _sign(sign, _compiled(operand, array), array)
        case Pair():
            return _pair(node, array)
        case Call():
            return _call(node, array)


def _named(folded: str) -> Run:
    def run(scene: Scene) -> Operand:
        return scene.names.get(folded, UNKNOWN_NAME)

    return run


def _one(node: Node) -> Callable[[Scene], Value]:
    """A tree that has to come out as one value."""
    if isinstance(node, Slot):
        index = node.index

        def read(scene: Scene) -> Value:
            block = scene.blocks[index]
            if isinstance(block, Block) and block.single:
                return scene.cells.at(block.sheet, block.top, block.left)
            return single(block, scene.cells)

        return read
    run = _compiled(node, False)
    return lambda scene: single(run(scene), scene.cells)


def _sign(sign: str, run: Run, array: bool) -> Run:
    def work(scene: Scene, value: Value) -> Value:
        if sign == "+":
            return value
        number = values.number(value, scene.locale)
        return -number if sign == "-" else number / 100

    return _each(work, [run], array)


def _each(work: Callable[..., Value], runs: list[Run], array: bool) -> Run:
    """Work done on the values of some operands: one each, or in array mode all of their elements."""
    if array:
        return lambda scene: broadcast(
            lambda *elements: work(scene, *elements), [run(scene) for run in runs], scene.cells
        )
    return lambda scene: work(scene, *[single(run(scene), scene.cells) for run in runs])


def _pair(node: Pair, array: bool) -> Run:
    work = _WORK[node.operator]
    if node.operator == "&":
        sides = [_spelled(_compiled(side, array), side) for side in (node.left, node.right)]
        return _each(work, sides, array)
    if array:
        return _each(work, [_compiled(side, True) for side in (node.left, node.right)], True)
    left, right = _one(node.left), _one(node.right)
    return lambda scene: work(scene, left(scene), right(scene))


def _spelled(run: Run, node: Node) -> Run:
    """A value about to become text: dates and money would show as such in Google, the desk cannot say how."""

    def checked(scene: Scene) -> Operand:
        value = run(scene)
        found = implied(node, scene)
        if found and found.get("type") in TELLING:
            one = single(value, scene.cells) if not isinstance(value, Matrix) else 0
            if values.is_number(one):
                raise NotImitated("dates and money as parts of texts")
        return value

    return checked


def _call(node: Call, array: bool) -> Run:
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise NotImitated(node.name)
    given = len(node.arguments)
    if given < function.least or (function.most is not None and given > function.most):
        return lambda _: NO_MATCH
    if function.kind == "lazy":
        asked = [_one(argument) for argument in node.arguments]
        return lambda scene: function.run(scene, asked)
    if function.kind == "over":
        runs = [_compiled(argument, function.arrays) for argument in node.arguments]
        if function.text:
            runs = [_spelled(run, at) for run, at in zip(runs, node.arguments, strict=True)]
        return lambda scene: function.run(scene, [run(scene) for run in runs])
    runs = [_compiled(argument, array) for argument in node.arguments]
    if function.text:
        runs = [_spelled(run, at) for run, at in zip(runs, node.arguments, strict=True)]

    def work(scene: Scene, *arguments: Value) -> Value:
        if not function.takes_errors:
            for argument in arguments:
                if isinstance(argument, Error):
                    return argument
        result: Value = function.run(scene, *arguments)
        return result

    return _each(work, runs, array)


def _arithmetic(work: Callable[[float, float], float]) -> Callable[[Scene, Value, Value], Value]:
    def done(scene: Scene, left: Value, right: Value) -> Value:
        return work(values.number(left, scene.locale), values.number(right, scene.locale))

    return done


def _divided(left: float, right: float) -> float:
    if right == 0:
        raise Failed(DIVISION)
    return left / right


def power(base: float, exponent: float) -> float:
    """Base to the power of the exponent; an error where there is no real number for it."""
    if base == 0 and exponent <= 0:
        if exponent == 0:
            raise NotImitated("zero to the power of zero")
        raise Failed(BAD_NUMBER)
    if base < 0 and exponent != int(exponent):
        raise Failed(BAD_NUMBER)
    result: float = float(base) ** exponent
    return result


def _comparison(sign: str) -> Callable[[Scene, Value, Value], Value]:
    if sign in {"=", "<>"}:
        return lambda _, left, right: values.equal(left, right) == (sign == "=")
    test = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[sign]
    return lambda _, left, right: bool(test(values.compared(left, right), 0))


def _joined(scene: Scene, left: Value, right: Value) -> Value:
    joined = values.text(left, scene.locale) + values.text(right, scene.locale)
    return joined if len(joined) <= MAX_CELL_TEXT else BAD_VALUE


_WORK: dict[str, Callable[[Scene, Value, Value], Value]] = {
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divided),
    "^": _arithmetic(power),
    "&": _joined,
    **{sign: _comparison(sign) for sign in COMPARISONS},
}
