"""Functions that find cells. IronCalc takes an empty cell for 0 in VLOOKUP and XLOOKUP, but not in MATCH."""

from __future__ import annotations

from bot.desk.formulas import doubts
from bot.desk.formulas.casting import Casting
from bot.desk.formulas.cells import Block
from bot.desk.formulas.parsing import Constant, Missing, Name, Node, Slot
from bot.desk.formulas.parts import Recast, area_of
from bot.desk.formulas.recast.criteria import same_sized
from bot.desk.formulas.values import NotImitated, is_number

Nodes = tuple[Node, ...]


def _line(block: Block, index: int, upright: bool) -> Block:
    return block.part(None, index) if upright else block.part(index, None)


def _sorted(cast: Casting, node: Node | None) -> None:
    """Refuse a sorted search: what is found in a list that is not sorted depends on how it is searched."""
    exactly = isinstance(node, Missing) or (isinstance(node, Constant) and node.value in (0, False))
    if not exactly:
        raise NotImitated("sorted lookups")


def _key(cast: Casting, node: Node) -> str:
    place, _ = cast.place(node)
    return f"IF(ISBLANK({place}),#N/A,{place})"


def _lookup(cast: Casting, name: str, arguments: Nodes) -> str:
    """VLOOKUP and HLOOKUP as INDEX and MATCH, which know an empty cell from 0."""
    upright = name == "VLOOKUP"
    _sorted(cast, arguments[3] if len(arguments) > 3 else None)
    block = cast.area(arguments[1])
    first = area_of(_line(block, 0, upright))
    size = block.width if upright else block.height
    known, value = cast.told(arguments[2])
    if not known or not is_number(value):
        raise NotImitated("lookups of a column that is worked out")
    index = int(value)
    if index < 1:
        return "#VALUE!"
    if index > size:
        return "#REF!"
    line = _line(block, index - 1, upright)
    return f"INDEX({area_of(line)},MATCH({_key(cast, arguments[0])},{first},0))"


def _match(cast: Casting, name: str, arguments: Nodes) -> str:
    _sorted(cast, arguments[2] if len(arguments) > 2 else None)
    block = cast.area(arguments[1])
    if min(block.height, block.width) > 1:
        return "#N/A"
    return f"MATCH({_key(cast, arguments[0])},{area_of(block)},0)"


def _x_lookup(cast: Casting, name: str, arguments: Nodes) -> str:
    (key, looked), asked, picked = cast.place(arguments[0]), cast.area(arguments[1]), cast.area(arguments[2])
    same_sized([asked, picked])
    if min(asked.height, asked.width) > 1 or any(
        not isinstance(one, Missing) and one != Constant(plain)
        for one, plain in zip(arguments[4:], (0, 1), strict=False)
    ):
        raise NotImitated("XLOOKUP of several values, of the nearest, and backwards")
    cast.doubt(doubts.with_wildcards, looked)
    at = cast.cell(f"MATCH({key},{area_of(asked)},0)")
    missing = (
        cast.value(arguments[3]) if len(arguments) > 3 and not isinstance(arguments[3], Missing) else "#N/A"
    )
    return f"IF(ISERROR({key}),{key},IF(ISNA({at}),{missing},INDEX({area_of(picked)},{at})))"


def _index(cast: Casting, name: str, arguments: Nodes, as_area: bool) -> str:
    block = cast.area(arguments[0])
    given = list(arguments[1:])
    if len(given) == 1 and block.height == 1 and block.width > 1:
        given = [Constant(0), given[0]]
    sizes = [block.height, block.width]
    if any(isinstance(one, Missing) for one in given):
        raise NotImitated("arguments left out")
    if as_area and Constant(0) not in given:
        raise NotImitated("a cell that is picked, where a range may stand")
    places = []
    for node, size in zip(given, sizes, strict=False):
        place = cast.own(f"TRUNC({cast.number(node)},0)")
        if not as_area and size > 1:
            # 0 means a whole row or column, which would spill
            cast.doubt(lambda value: value == 0, place)
        places.append(f"IF(OR({place}<0,{place}>{size}),#NUM!,{place})")
    if not as_area and len(places) < 2 and block.width > 1:
        raise NotImitated("a whole row")
    if not places and block.height > 1 and not as_area:
        raise NotImitated("a whole range")
    return f"INDEX({','.join([area_of(block), *(places or ['1'])])})"


def _choose(cast: Casting, name: str, arguments: Nodes) -> str:
    """CHOOSE as SWITCH, which can come to an empty cell."""
    cases = "".join(f",{at},{cast.value(node)}" for at, node in enumerate(arguments[1:], 1))
    return f"SWITCH(TRUNC({cast.number(arguments[0])},0){cases},#NUM!)"


def _place(cast: Casting, name: str, arguments: Nodes) -> str:
    if not arguments:
        return str(cast.formula.place[1 if name == "ROW" else 2] + 1)
    block = cast.block(arguments[0]) if isinstance(arguments[0], Slot | Name) else None
    if block is None or (isinstance(block, Block) and not block.single):
        raise NotImitated("the rows or columns of a range")
    if not isinstance(block, Block):
        return block.code
    return str((block.top if name == "ROW" else block.left) + 1)


def _size(cast: Casting, name: str, arguments: Nodes) -> str:
    block = cast.area(arguments[0])
    return str(block.height if name == "ROWS" else block.width)


RECAST: dict[str, Recast] = {
    **dict.fromkeys(("VLOOKUP", "HLOOKUP"), _lookup),
    "MATCH": _match,
    "XLOOKUP": _x_lookup,
    "INDEX": _index,
    "CHOOSE": _choose,
    **dict.fromkeys(("ROW", "COLUMN"), _place),
    **dict.fromkeys(("ROWS", "COLUMNS"), _size),
}
