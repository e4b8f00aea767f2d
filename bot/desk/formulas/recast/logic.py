"""Conditions. IronCalc stops at the first that decides; Google shows the errors of all."""

from __future__ import annotations

from bot.desk.formulas import doubts
from bot.desk.formulas.casting import Casting
from bot.desk.formulas.cells import Block
from bot.desk.formulas.parsing import Constant, Name, Node, Slot
from bot.desk.formulas.parts import NOTHING, Every, Recast, area_of
from bot.desk.formulas.values import Error, NotImitated

Nodes = tuple[Node, ...]


def _if(cast: Casting, name: str, arguments: Nodes) -> str:
    rest = [cast.value(one) for one in arguments[1:]]
    return f"IF({','.join([cast.condition(arguments[0]), *rest, *['FALSE'][: 3 - len(arguments)]])})"


def _ifs(cast: Casting, name: str, arguments: Nodes) -> str:
    if len(arguments) % 2:
        return "#N/A"
    given = [cast.value(one) if at % 2 else cast.condition(one) for at, one in enumerate(arguments)]
    return f"IFS({','.join(given)})"


def _switch(cast: Casting, name: str, arguments: Nodes) -> str:
    key, looked = cast.place(arguments[0])
    given = [key]
    for at, node in enumerate(arguments[1:]):
        is_case = at % 2 == 0 and at + 2 < len(arguments)
        if not is_case:
            given.append(cast.value(node))
            continue
        place, case = cast.place(node)
        cast.doubt(doubts.hardly_equal, looked, case)
        given.append(place)
    return f"SWITCH({','.join(given)})"


def _if_error(cast: Casting, name: str, arguments: Nodes) -> str:
    return f"{name}({cast.value(arguments[0])},{cast.value(arguments[1]) if len(arguments) > 1 else NOTHING})"


def _all(cast: Casting, name: str, arguments: Nodes) -> str:
    given, checked = [], []
    for node in arguments:
        single = not isinstance(node, Slot | Name)
        if single and cast.has_area(node):
            raise NotImitated("operators on ranges")
        block = None if single else cast.block(node)  # type: ignore[arg-type] # a reference
        if isinstance(block, Block):
            given.append(area_of(block))
            if not block.single:
                cast.doubt(lambda area: any(isinstance(one, Error) for one in area), Every(block))
                continue
        else:
            given.append(cast.condition(node) if isinstance(node, Constant) else cast.place(node)[0])
            if cast.kind(node) not in {"bool", "number"}:
                cast.doubt(lambda one: isinstance(one, str) or one is None, cast.place(node)[1])
        checked.append(
            f"IF(ISERROR({given[-1]}),{given[-1]},"
        )  # IronCalc looks no further once it knows enough
    return "".join(checked) + f"{name}({','.join(given)})" + ")" * len(checked)


RECAST: dict[str, Recast] = {
    "IF": _if,
    "IFS": _ifs,
    "SWITCH": _switch,
    **dict.fromkeys(("IFERROR", "IFNA"), _if_error),
    **dict.fromkeys(("AND", "OR"), _all),
    "NA": lambda *_: "#N/A",
    "TRUE": lambda *_: "TRUE",
    "FALSE": lambda *_: "FALSE",
}
