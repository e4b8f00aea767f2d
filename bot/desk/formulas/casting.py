"""Says a formula in IronCalc's words: what Google does otherwise is said so that it comes to the same.

What cannot be said is refused (`NotImitated`); what depends on values that are not known yet becomes a doubt,
to be looked at once they are. Parts that are needed twice, or looked at, get a cell of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.formulas import doubts
from bot.desk.formulas.binding import Formula
from bot.desk.formulas.cells import Block
from bot.desk.formulas.foretelling import kind_of, may_be_empty
from bot.desk.formulas.formats import TELLING, implied
from bot.desk.formulas.parsing import (
    COMPARISONS,
    Call,
    Constant,
    Fault,
    Missing,
    Name,
    Node,
    Pair,
    Sign,
    Slot,
)
from bot.desk.formulas.parts import (
    LONGEST,
    NOTHING,
    Doubt,
    Every,
    Looked,
    Own,
    Scene,
    area_of,
    literal,
    quoted,
)
from bot.desk.formulas.trusted import MAY_MISS, TRUSTED, Trust
from bot.desk.formulas.values import ERRORS, Error, NotImitated, Value, is_number, spelled, typed_number


class Casting:
    """One formula on its way into the model."""

    def __init__(self, formula: Formula, scene: Scene):
        self.formula = formula
        self.scene = scene
        self.doubts: list[Doubt] = []

    # Nodes

    def value(self, node: Node) -> str:
        """Any one value."""
        match node:
            case Constant(value):
                return literal(value)
            case Fault(code):
                return code
            case Missing():
                return NOTHING
            case Slot() | Name():
                block = self.block(node)
                if isinstance(block, Error):
                    return block.code
                self._one(block)
                shadow = self.scene.shadow(block)
                place = area_of(block)
                return place if shadow is None else f"IF(Own!A{shadow + 1},{NOTHING},{place})"
            case Sign("+", operand):
                return self.value(operand)
            case Sign("-", operand):
                return f"(-{self.number(operand)})"
            case Sign(_, operand):
                return f"({self.number(operand)}/100)"
            case Pair(operator, left, right):
                return self._pair(operator, left, right)
            case Call(name, arguments):
                return self._call(name, arguments)

    def block(self, node: Slot | Name) -> Block | Error:
        """What a reference means."""
        if isinstance(node, Slot):
            return self.formula.blocks[node.index]
        found = self.formula.names.get(node.text.casefold())
        if not isinstance(found, Block):
            raise NotImitated(node.text)
        return found

    def _one(self, block: Block) -> None:
        if block.height != 1 or block.width != 1:
            raise NotImitated("a range where one value belongs")

    def seen(self, node: Node) -> Looked:
        """What a doubt looks at to know the value of a part."""
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Missing):
            return None
        if isinstance(node, Slot | Name):
            block = self.block(node)
            if isinstance(block, Block):
                self._one(block)
            return block
        raise AssertionError(node)

    def own(self, text: str) -> Own:
        """A cell for a part of the formula."""
        self.scene.parts.append(text)
        return Own(len(self.scene.parts) - 1)

    def place(self, node: Node) -> tuple[str, Looked]:
        """A part as a text short enough to be said twice, and what a doubt looks at to know its value."""
        if isinstance(node, Fault):
            return node.code, ERRORS[node.code]
        if isinstance(node, Constant | Missing | Slot | Name):
            return self.value(node), self.seen(node)
        text = self.value(node)
        own = self.own(text)
        if self.hollow(node):
            own = Own(own.number, self.own(f"ISBLANK({text})").number)
        return str(own), own

    def cell(self, text: str) -> str:
        """The cell of a part that is cast already."""
        return str(self.own(text))

    def doubt(self, test: Callable[..., bool], *looked: Looked, locale: bool = False) -> None:
        """Look at values once they are there."""
        if not any(isinstance(one, Own | Block | Every) for one in looked):
            if test(*looked, self.scene.locale) if locale else test(*looked):
                raise NotImitated(test.__name__)
            return
        self.doubts.append((test, looked, locale))

    def told(self, node: Node) -> tuple[bool, Value]:
        """Whether the value of a part is known before anything is worked out, and the value."""
        if isinstance(node, Constant):
            return True, node.value
        if isinstance(node, Slot | Name):
            block = self.block(node)
            if isinstance(block, Block):
                self._one(block)
                return self.scene.known(block)
        if isinstance(node, Pair) and node.operator == "&":
            sides = [self.told(side) for side in (node.left, node.right)]
            if all(known for known, _ in sides) and not any(isinstance(one, Error) for _, one in sides):
                joined = "".join(
                    self._spelled(at, one)
                    for at, (_, one) in zip((node.left, node.right), sides, strict=True)
                )
                return (True, joined) if len(joined) <= LONGEST else (False, None)
        return False, None

    def _spelled(self, node: Node, value: Value) -> str:
        if not is_number(value):
            return "" if value is None else value if isinstance(value, str) else str(value).upper()
        found = implied(node, self.formula)
        if found and found.get("type") in TELLING:
            raise NotImitated("dates and money as parts of texts")
        return spelled(value, self.scene.locale)

    # Positions

    def number(self, node: Node) -> str:
        """A part where a number belongs; text is read as if typed."""
        known, value = self.told(node)
        if known:
            if isinstance(value, str):
                read = typed_number(value, self.scene.locale)
                return "#VALUE!" if read is None else literal(read)
            return literal(0 if value is None else int(value) if isinstance(value, bool) else value)
        if self.kind(node) in {"number", "bool"}:
            return self.value(node)
        place, looked = self.place(node)
        number = self.own(f"{place}+0")
        self.doubt(doubts.read_otherwise, looked, number, locale=True)
        return str(number)

    def text(self, node: Node) -> str:
        """A part where a text belongs; numbers are spelled with 15 digits."""
        telling = implied(node, self.formula)
        telling = telling if telling and telling.get("type") in TELLING else None
        known, value = self.told(node)
        if known:
            return literal(value) if isinstance(value, Error) else quoted(self._spelled(node, value))
        if self.kind(node) in {"text", "bool"}:
            return self.value(node)
        place, looked = self.place(node)
        self.doubt(is_number if telling else doubts.spelled_otherwise, looked)
        digits = f"IF({place}=0,0,ROUND({place},14-INT(LOG10(ABS({place})))))"
        if spelled(0.5, self.scene.locale) != "0.5":
            digits = f'SUBSTITUTE({digits},".",",")'
        return f"IF(ISNUMBER({place}),{digits},{place})"

    def condition(self, node: Node) -> str:
        """A part where TRUE or FALSE belongs."""
        if self.kind(node) in {"bool", "number"}:
            return self.value(node)
        place, looked = self.place(node)
        self.doubt(doubts.no_condition, looked)
        return place

    def area(self, node: Node) -> Block:
        """A part where a range belongs."""
        if isinstance(node, Slot | Name):
            block = self.block(node)
            if isinstance(block, Block):
                return block
        raise NotImitated("what is no range, where one belongs")

    def any_area(self, node: Node) -> str:
        """A range as it is, or one value, which is read as a number."""
        if isinstance(node, Slot | Name):
            block = self.block(node)
            return block.code if isinstance(block, Error) else area_of(block)
        if isinstance(node, Call) and node.name in {"INDEX", "UNIQUE"}:
            return self._call(node.name, node.arguments, True)
        if isinstance(node, Pair | Sign) and self.has_area(node):
            raise NotImitated("operators on ranges")
        return f"({self.number(node)}+0)"

    def has_area(self, node: Node) -> bool:
        """Whether an operator would work on a whole range."""
        if isinstance(node, Slot | Name):
            block = self.block(node)
            return isinstance(block, Block) and (block.height > 1 or block.width > 1)
        if isinstance(node, Sign):
            return self.has_area(node.operand)
        return isinstance(node, Pair) and (self.has_area(node.left) or self.has_area(node.right))

    def kind(self, node: Node) -> str:
        """number, text, bool or any, as far as can be said from the formula alone."""
        return kind_of(node)

    def hollow(self, node: Node) -> bool:
        """Whether a part may come to an empty cell."""
        return may_be_empty(node, self._is_hollow)

    def _is_hollow(self, node: Slot | Name) -> bool:
        block = self.block(node)
        if isinstance(block, Error):
            return False
        known, value = self.scene.known(block)
        return value is None if known else self.scene.shadow(block) is not None

    # Operators

    def _pair(self, operator: str, left: Node, right: Node) -> str:
        if operator == "&":
            joined = self.cell(f"({self.text(left)}&{self.text(right)})")
            return f"IF(LEN({joined})>{LONGEST},#VALUE!,{joined})"
        if operator in COMPARISONS:
            test = doubts.hardly_equal if operator in {"=", "<>"} else doubts.hardly_ordered
            (a, one), (b, other) = self.place(left), self.place(right)
            self.doubt(test, one, other)
            return f"({a}{operator}{b})"
        if operator != "^":
            return f"({self.number(left)}{operator}{self.number(right)})"
        base, power = (self.own(f"{self.number(side)}+0") for side in (left, right))
        self.doubt(lambda x, y: x == 0 and y == 0, base, power)
        bad = f"OR(AND({base}=0,{power}<=0),AND({base}<0,{power}<>INT({power})))"
        return f"IF({bad},#NUM!,IF(ISERROR({base}^{power}),#NUM!,{base}^{power}))"

    # Calls

    def _call(self, name: str, arguments: tuple[Node, ...], as_area: bool = False) -> str:
        trust = TRUSTED.get(name)
        if trust is None:
            raise NotImitated(name)
        if len(arguments) < trust.least or (trust.most is not None and len(arguments) > trust.most):
            return "#N/A"
        if name not in MAY_MISS and any(isinstance(one, Missing) for one in arguments):
            raise NotImitated("arguments left out")
        if name in self.scene.recast:
            more = (as_area,) if name in {"INDEX", "UNIQUE"} else ()
            return self.scene.recast[name](self, name, arguments, *more)
        return f"{name}({','.join([*self.given(trust, arguments), *trust.filled[len(arguments) - trust.least :]])})"

    def given(self, trust: Trust, arguments: tuple[Node, ...]) -> list[str]:
        """Arguments, each as its position wants it."""
        ways: dict[str, Callable[[Any], str]] = {
            "n": lambda node: (
                self.number(node) if self.kind(node) == "number" else f"({self.number(node)}+0)"
            ),
            "t": self.text,
            "b": self.condition,
            "v": self.value,
            "a": self.any_area,
            "r": lambda node: area_of(self.area(node)),
        }
        return [ways[trust.letter(at)](node) for at, node in enumerate(arguments)]
