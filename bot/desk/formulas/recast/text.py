"""Functions of text, within the length of a cell."""

from __future__ import annotations

import re

from bot.desk.formulas import doubts
from bot.desk.formulas.casting import Casting
from bot.desk.formulas.cells import Block
from bot.desk.formulas.parsing import Name, Node, Slot
from bot.desk.formulas.parts import Every, Recast, area_of, quoted
from bot.desk.formulas.recast.dates import LAST_DAY
from bot.desk.formulas.values import NotImitated, is_number, spelled

Nodes = tuple[Node, ...]


def _joined(cast: Casting, name: str, arguments: Nodes) -> str:
    given = []
    for node in arguments:
        block = cast.block(node) if isinstance(node, Slot | Name) else None
        if isinstance(block, Block) and not block.single:
            raise NotImitated("ranges joined")
        given.append(cast.text(node))
    joined = cast.cell("(" + "&".join([*given, '""']) + ")")
    return f"IF(LEN({joined})>50000,#VALUE!,{joined})"


def _text_join(cast: Casting, name: str, arguments: Nodes) -> str:
    given = [cast.text(arguments[0]), cast.condition(arguments[1])]
    for node in arguments[2:]:
        block = cast.block(node) if isinstance(node, Slot | Name) else None
        if isinstance(block, Block):
            from bot.desk.formulas.formats import TELLING, implied  # noqa: PLC0415

            found = implied(node, cast.formula)
            if found and found.get("type") in TELLING:
                raise NotImitated("dates and money as parts of texts")
            cast.doubt(doubts.hardly_spelled, Every(block))
            given.append(area_of(block))
        else:
            given.append(cast.text(node))
    joined = cast.cell(f"TEXTJOIN({','.join(given)})")
    return f"IF(LEN({joined})>50000,#VALUE!,{joined})"


def _cut(cast: Casting, name: str, arguments: Nodes) -> str:
    """LEN, LEFT and all that count the characters of a text, or change their case."""
    texts = {"FIND": (0, 1), "SUBSTITUTE": (0, 1, 2), "REPT": (0,)}.get(name, (0,))
    given = []
    for at, node in enumerate(arguments):
        if at not in texts:
            given.append(f"({cast.number(node)}+0)")
            continue
        text = cast.text(node)
        if name not in {"SUBSTITUTE", "REPT"}:
            whole = cast.own(f'{text}&""')
            text = str(whole)
            cast.doubt(doubts.unequal_cases if name in {"UPPER", "LOWER"} else doubts.of_two_units, whole)
        given.append(text)
    filled = {"LEFT": "1", "RIGHT": "1"}.get(name)
    if filled and len(given) == 1:
        given.append(filled)
    call = f"{name}({','.join(given)})"
    if name in {"SUBSTITUTE", "REPT"}:
        made = cast.cell(call)
        if name == "REPT":
            cast.doubt(
                lambda size: is_number(size) and size > 32_000, cast.own(f"LEN({given[0]})*{given[1]}")
            )
        return f"IF(LEN({made})>50000,#VALUE!,{made})"
    return call


def _value(cast: Casting, name: str, arguments: Nodes) -> str:
    known, value = cast.told(arguments[0])
    if known and (isinstance(value, bool) or value == ""):
        raise NotImitated("VALUE of booleans and empty text")
    if not known:
        _, looked = cast.place(arguments[0])
        cast.doubt(lambda one: isinstance(one, bool) or one == "", looked)
    return f"({cast.number(arguments[0])}+0)"


def _text(cast: Casting, name: str, arguments: Nodes) -> str:
    """TEXT in a pattern that stands in the formula, rounded before, since IronCalc rounds halves to even."""
    known, pattern = cast.told(arguments[1])
    if not known or not isinstance(pattern, str) or spelled(0.5, cast.scene.locale) != "0.5":
        raise NotImitated("patterns that are worked out")
    place, looked = cast.place(arguments[0])
    number = cast.own(f"{place}+0")
    cast.doubt(doubts.read_otherwise, looked, number, locale=True)
    bare = re.sub(r"am/pm", "", pattern, flags=re.IGNORECASE)
    if re.fullmatch(r"[ymdhs\s:/.,\-年月日时分秒]+", bare, re.IGNORECASE) and ".0" not in bare:
        if re.search(r"m{3,}|d{3,}", bare, re.IGNORECASE) and not cast.scene.locale.startswith("en"):
            raise NotImitated("names of months")
        cast.doubt(
            lambda one: one is None or one is False or (is_number(one) and not 1 <= one < LAST_DAY), number
        )
        wanted = re.sub(r"([年月日时分秒])", r'"\1"', pattern)
        made = f"TEXT((ROUND({number}*86400,0)+0.01)/86400,{quoted(wanted)})"
    elif re.fullmatch(r"[$€£¥]?[#,0]*0(\.[0#]+)?%?", pattern):
        places = len(pattern.partition(".")[2].rstrip("%")) + 2 * pattern.endswith("%")
        wanted = re.sub(r"^([$€£¥])", r'"\1"', pattern)
        rounded = cast.cell(f"ROUND({number},{places})")
        cast.doubt(lambda one: is_number(one) and abs(one) >= 1e15, number)
        made = f'IF({rounded}<0,"-","")&TEXT(ABS({rounded}),{quoted(wanted)})'
    else:
        raise NotImitated(f"the pattern {pattern}")
    logical = f'IF({place},"TRUE","FALSE")'
    return f"IF(ISLOGICAL({place}),{logical},IF(AND(ISTEXT({place}),ISERROR({number})),{place},{made}))"


def _n(cast: Casting, name: str, arguments: Nodes) -> str:
    return f"N({cast.place(arguments[0])[0]})"


RECAST: dict[str, Recast] = {
    **dict.fromkeys(("CONCATENATE", "CONCAT"), _joined),
    "TEXTJOIN": _text_join,
    **dict.fromkeys(("LEN", "LEFT", "RIGHT", "MID", "FIND", "UPPER", "LOWER", "SUBSTITUTE", "REPT"), _cut),
    "VALUE": _value,
    "TEXT": _text,
    "N": _n,
}
