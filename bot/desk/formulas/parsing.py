"""Reads a formula into a tree. References are slots in it, so that formulas filled down share one tree."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.formulas.scanning import Token
from bot.desk.formulas.values import NotImitated

COMPARISONS = {"=", "<>", "<", ">", "<=", ">="}
_LEVELS = (COMPARISONS, {"&"}, {"+", "-"}, {"*", "/"}, {"^"})
_DEEPEST = 60  #: nested parentheses, calls and signs; Google's own limit is not documented
_LONGEST = 100  #: operators of one kind in a row


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text or boolean that stands in the formula."""

    value: bool | int | float | str


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that stands in the formula, as `#REF!` does after its cells were deleted."""

    code: str


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of the formula's n-th reference."""

    index: int


@dataclass(frozen=True, slots=True)
class Name:
    """A named range."""

    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument left out between two commas."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign before, or a `%` behind."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Pair:
    """An operator between two operands."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Node, ...]


Node = Constant | Fault | Slot | Name | Missing | Sign | Pair | Call


class ParseError(Exception):
    """Google would not take the formula: it shows `#ERROR!`."""


Shape = tuple[tuple[str, str], ...]  #: kind and text of each token; references without their text


def shape_of(tokens: tuple[Token, ...]) -> Shape:
    """What is left of a formula when its references and blanks are taken away."""
    return tuple(
        ("reference", "") if token.kind == "reference" else (token.kind, token.text)
        for token in tokens
        if token.kind != "space"
    )


def parsed(shape: Shape, decimal: str) -> Node:
    """The tree of a formula; raises ParseError where Google cannot read it either."""
    reader = _Reader(shape, decimal)
    node = reader.comparison()
    if reader.kind:
        raise ParseError(reader.text)
    return node


class _Reader:
    """One pass over the tokens, from the loosest operator to the tightest."""

    def __init__(self, shape: Shape, decimal: str):
        self._tokens = shape
        for kind, text in shape:
            if kind == "array":
                raise NotImitated(f"array literals and {text}")
            if kind == "other":
                raise ParseError(text)
        self._decimal = decimal
        self._at = 0
        self._depth = 0
        self._slots = 0

    @property
    def kind(self) -> str:
        """The kind of the next token; empty at the end."""
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    @property
    def text(self) -> str:
        """The next token's text; empty at the end."""
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def comparison(self) -> Node:
        """A whole expression."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotImitated("formulas nested this deep")
        node = self._level(0)
        self._depth -= 1
        return node

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._signed()
        left = self._level(level + 1)
        count = 0
        while self.kind == "operator" and self.text in _LEVELS[level]:
            operator = self._take()
            left = Pair(operator, left, self._level(level + 1))
            count += 1
        if level == len(_LEVELS) - 1 and count > 1:
            raise NotImitated("which of several powers comes first")
        if count > _LONGEST:
            raise NotImitated("chains of operators this long")
        return left

    def _signed(self) -> Node:
        signs = []
        while self.kind == "operator" and self.text in {"+", "-"}:
            signs.append(self._take())
        node = self._operand()
        while self.kind == "operator" and self.text == "%":
            node = Sign(self._take(), node)
        for sign in reversed(signs):
            node = Sign(sign, node)
        return node

    def _operand(self) -> Node:
        if not self.kind:
            raise ParseError("unexpected end")
        kind, text = self.kind, self._take()
        if kind == "number":
            return self._number(text)
        if kind == "text":
            return Constant(text[1:-1].replace('""', '"'))
        if kind == "reference":
            self._slots += 1
            return Slot(self._slots - 1)
        if kind == "error":
            return Fault(text[text.rindex("#") :])
        if kind == "name":
            return self._named(text)
        if text == "(":
            node = self.comparison()
            self._expect(")")
            return node
        raise ParseError(text)

    def _number(self, text: str) -> Constant:
        if self._decimal != "." and "." in text:
            raise NotImitated("decimal points in a locale of decimal commas")
        value = float(text)
        if value == float("inf"):
            raise NotImitated("numbers this large")
        return Constant(int(value) if value == int(value) and abs(value) < 1e15 else value)

    def _named(self, text: str) -> Node:
        if self.text != "(":
            upper = text.upper()
            return Constant(upper == "TRUE") if upper in {"TRUE", "FALSE"} else Name(text)
        self._take()
        if self.text == ")" and self.kind == "mark":
            self._take()
            return Call(text.upper(), ())
        arguments = [self._argument()]
        while self.kind == "mark" and self.text in {",", ";"}:
            if self._take() == "," and self._decimal == ",":
                raise NotImitated("commas in a locale of decimal commas")
            arguments.append(self._argument())
        self._expect(")")
        return Call(text.upper(), tuple(arguments))

    def _argument(self) -> Node:
        if self.kind == "mark" and self.text in {",", ";", ")"}:
            return Missing()
        return self.comparison()

    def _expect(self, mark: str) -> None:
        if self.kind != "mark" or self.text != mark:
            raise ParseError(f"{mark} expected")
        self._take()
