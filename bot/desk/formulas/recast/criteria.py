"""COUNTIF, SUMIFS and their like, with their criteria said so that both engines read them alike."""

from __future__ import annotations

import re

from bot.desk.book import entry
from bot.desk.formulas import doubts
from bot.desk.formulas.casting import Casting
from bot.desk.formulas.cells import Block
from bot.desk.formulas.parsing import Constant, Missing, Node
from bot.desk.formulas.parts import Every, Recast, area_of, literal, quoted
from bot.desk.formulas.values import NotImitated, spelled

Nodes = tuple[Node, ...]


def same_sized(blocks: list[Block]) -> None:
    """Refuse ranges of different sizes, of which Google makes something of its own."""
    if len({(one.height, one.width) for one in blocks}) > 1:
        raise NotImitated("ranges of different sizes")


def _tested(cast: Casting, area: Block, node: Node) -> str:
    """An area and the criterion for it."""
    if isinstance(node, Constant) and isinstance(node.value, str):
        return _literal(cast, area, node.value)
    if isinstance(node, Missing):
        raise NotImitated("empty criteria")
    known, value = cast.told(node)
    if known:
        if isinstance(value, str):
            return _literal(cast, area, value)
        cast.doubt(doubts.no_criterion, value, Every(area), locale=True)
        return f"{area_of(area)},{literal(value)}"
    place, looked = cast.place(node)
    cast.doubt(doubts.no_criterion, looked, Every(area), locale=True)
    return f"{area_of(area)},{place}"


def _literal(cast: Casting, area: Block, wanted: str) -> str:
    match = re.fullmatch(r"(<>|<=|>=|<|>|=)?(.*)", wanted, re.DOTALL)
    sign, operand = (match[1] or "", match[2]) if match else ("", wanted)
    if operand == "":
        if sign not in {"", "<>"}:
            raise NotImitated("comparisons with nothing")
        if sign:
            cast.doubt(doubts.holds_empty_text, Every(area))
        return f"{area_of(area)},{quoted(sign)}"
    read = entry.read(operand, cast.scene.locale)
    value = operand if read.formula is not None or operand.startswith("'") else read.value
    if isinstance(value, bool):
        if sign not in {"", "="}:
            raise NotImitated("booleans compared")
        return f"{area_of(area)},{literal(value)}"
    if isinstance(value, int | float):
        cast.doubt(doubts.holds_alike, Every(area), value, sign, locale=True)
        return f"{area_of(area)},{quoted(sign + spelled(value, 'en_US')) if sign else literal(value)}"
    if sign not in {"", "=", "<>"} or doubts.reads_oddly(value):
        raise NotImitated("the order of text")
    if sign == "<>":
        if re.search(r"[?*~]", value):
            raise NotImitated("patterns that do not fit")
        cast.scene.twins.add(area)  # IronCalc passes over numbers and empty cells here
        return f"{area_of(area, 'T')},{quoted(sign + value)}"
    return f"{area_of(area)},{quoted(value)}"


def _criteria(cast: Casting, name: str, arguments: Nodes) -> str:
    picked = [] if name.startswith("COUNT") else [cast.area(arguments[0])]
    rest = arguments[len(picked) :]
    if len(rest) % 2:
        raise NotImitated("a range without a criterion")
    areas = [cast.area(one) for one in rest[::2]]
    same_sized([*picked, *areas])
    tests = [_tested(cast, area, node) for area, node in zip(areas, rest[1::2], strict=True)]
    return f"{name}({','.join([*map(area_of, picked), *tests])})"


def _criterion(cast: Casting, name: str, arguments: Nodes) -> str:
    """SUMIF and AVERAGEIF as SUMIFS and AVERAGEIFS."""
    asked = cast.area(arguments[0])
    picked = cast.area(arguments[2]) if len(arguments) > 2 else asked
    same_sized([asked, picked])
    return f"{name}S({area_of(picked)},{_tested(cast, asked, arguments[1])})"


RECAST: dict[str, Recast] = {
    **dict.fromkeys(("COUNTIF", "COUNTIFS", "SUMIFS", "AVERAGEIFS", "MINIFS", "MAXIFS"), _criteria),
    **dict.fromkeys(("SUMIF", "AVERAGEIF"), _criterion),
}
