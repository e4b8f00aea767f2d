"""Dates and times. IronCalc knows none before day 1, and breaks where months are beyond all calendars."""

from __future__ import annotations

from bot.desk.formulas import doubts
from bot.desk.formulas.casting import Casting
from bot.desk.formulas.parsing import Node
from bot.desk.formulas.parts import Recast
from bot.desk.formulas.values import NotImitated, is_number, typed_number

Nodes = tuple[Node, ...]
LAST_DAY = 2_958_465  #: 9999-12-31


def _mod(cast: Casting, name: str, arguments: Nodes) -> str:
    whole, by = (cast.own(f"{cast.number(one)}+0") for one in arguments)
    cast.doubt(doubts.not_whole, by)
    cast.doubt(lambda one: is_number(one) and abs(one) > 1e15, whole)
    return f"IF({by}=0,#DIV/0!,{whole}-{by}*INT({whole}/{by}))"


def _date(cast: Casting, name: str, arguments: Nodes) -> str:
    parts = [cast.own(f"INT({cast.number(one)})") for one in arguments]
    outside = ",".join(f"ABS({part})>99999" for part in parts)
    if name == "DATE":
        return f"IF(OR({outside}),#NUM!,DATE({','.join(map(str, parts))}))"
    whole = cast.cell(f"({parts[0]}*3600+{parts[1]}*60+{parts[2]})")
    for part in parts:
        cast.doubt(lambda one: is_number(one) and abs(one) > 1e9, part)
    return f"IF({whole}<0,#NUM!,MOD({whole},86400)/86400)"


def _day_part(cast: Casting, name: str, arguments: Nodes) -> str:
    day = cast.cell(f"INT({cast.number(arguments[0])})")
    rest = [cast.own(f"({cast.number(one)}+0)") for one in arguments[1:]]
    for one in rest:
        cast.doubt(lambda kind: is_number(kind) and kind not in {1, 2, 3}, one)
    first = {"YEAR": "1899", "MONTH": "12", "DAY": "30"}.get(name)
    if first is None:  # day 0 was a Saturday, as day 7 was
        return f"IF(OR({day}<0,{day}>{LAST_DAY}),#NUM!,WEEKDAY(IF({day}=0,7,{day}),{rest[0] if rest else 1}))"
    return f"IF({day}=0,{first},{name}({day}))"


def _time_part(cast: Casting, name: str, arguments: Nodes) -> str:
    at = cast.number(arguments[0])
    seconds = cast.cell(f"ROUND(({at})*86400,0)")
    fits = {
        "HOUR": f"INT(MOD({seconds},86400)/3600)",
        "MINUTE": f"INT(MOD({seconds},3600)/60)",
        "SECOND": f"MOD({seconds},60)",
    }
    return f"IF(OR({seconds}<0,{seconds}>{(LAST_DAY + 1) * 86400}),#NUM!,{fits[name]})"


def _months_on(cast: Casting, name: str, arguments: Nodes) -> str:
    day = cast.own(f"INT({cast.number(arguments[0])})")
    months = cast.cell(f"TRUNC({cast.number(arguments[1])},0)")
    cast.doubt(lambda one: is_number(one) and 0 <= one < 1, day)
    return f"IF(ABS({months})>99999,#NUM!,{name}({day},{months}))"


def _days(cast: Casting, name: str, arguments: Nodes) -> str:
    return f"(INT({cast.number(arguments[0])})-INT({cast.number(arguments[1])}))"


def _date_value(cast: Casting, name: str, arguments: Nodes) -> str:
    known, value = cast.told(arguments[0])
    if not known:
        raise NotImitated("DATEVALUE of what is worked out")
    read = typed_number(value, cast.scene.locale) if isinstance(value, str) else None
    if read is None or not any(mark in str(value) for mark in "-/.年"):
        return "#VALUE!"
    return str(int(read // 1))


RECAST: dict[str, Recast] = {
    "MOD": _mod,
    **dict.fromkeys(("DATE", "TIME"), _date),
    **dict.fromkeys(("YEAR", "MONTH", "DAY", "WEEKDAY"), _day_part),
    **dict.fromkeys(("HOUR", "MINUTE", "SECOND"), _time_part),
    **dict.fromkeys(("EDATE", "EOMONTH"), _months_on),
    "DAYS": _days,
    "DATEVALUE": _date_value,
    "TODAY": lambda cast, *_: str(int(cast.scene.now // 1)),
    "NOW": lambda cast, *_: repr(cast.scene.now),
}
