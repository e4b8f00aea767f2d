"""The functions formulas may use, and what IronCalc, which follows Excel, is trusted with in each.

A letter says how an argument is given: `n` a number, `t` a text, `b` a condition, `v` any one value, `a` a range
or one value, `r` a range. The last letter stands for all that follow. Those under RECAST are not given as they
are; `casting.py` says how. Any other function shows `#NAME?`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trust:
    """How many arguments a function takes, how each is given, and what it comes to."""

    given: str
    least: int
    most: int | None
    kind: str = "number"  #: of its result: number, text, bool, any
    filled: tuple[str, ...] = ()  #: what IronCalc wants in place of arguments left out at the end

    def letter(self, position: int) -> str:
        """How the n-th argument is given."""
        return self.given[min(position, len(self.given) - 1)]


def _of(given: str, least: int, most: int | None = -1, kind: str = "number", *filled: str) -> Trust:
    return Trust(given, least, least if most == -1 else most, kind, filled)


TRUSTED: dict[str, Trust] = {
    **dict.fromkeys(("SUM", "AVERAGE", "MIN", "MAX", "PRODUCT", "MEDIAN"), _of("a", 1, None)),
    **dict.fromkeys(("LARGE", "SMALL"), _of("an", 2)),
    **dict.fromkeys(("COUNT", "COUNTA"), _of("a", 1, None)),
    "COUNTBLANK": _of("r", 1),
    "COUNTUNIQUE": _of("r", 1),
    "UNIQUE": _of("r", 1, 1, "area"),
    "COUNTIF": _of("rc", 2),
    "COUNTIFS": _of("rc", 2, None),
    "SUMIF": _of("rcr", 2, 3),
    "AVERAGEIF": _of("rcr", 2, 3),
    **dict.fromkeys(("SUMIFS", "AVERAGEIFS", "MINIFS", "MAXIFS"), _of("rrc", 3, None)),
    "SUMPRODUCT": _of("a", 1, None),
    **dict.fromkeys(("VLOOKUP", "HLOOKUP"), _of("vrnb", 3, 4, "any")),
    "XLOOKUP": _of("vrrvnn", 3, 6, "any"),
    "MATCH": _of("vrn", 2, 3),
    "INDEX": _of("rnn", 1, 3, "any"),
    "CHOOSE": _of("nv", 2, 30, "any"),
    **dict.fromkeys(("ROW", "COLUMN"), _of("r", 0, 1)),
    **dict.fromkeys(("ROWS", "COLUMNS"), _of("r", 1)),
    "IF": _of("bv", 2, 3, "any"),
    "IFS": _of("bv", 2, None, "any"),
    "SWITCH": _of("v", 3, None, "any"),
    **dict.fromkeys(("IFERROR", "IFNA"), _of("v", 1, 2, "any")),
    **dict.fromkeys(("AND", "OR"), _of("b", 1, None, "bool")),
    "NOT": _of("b", 1, 1, "bool"),
    **dict.fromkeys(("TRUE", "FALSE"), _of("", 0, 0, "bool")),
    "NA": _of("", 0, 0, "any"),
    **dict.fromkeys(
        ("ISBLANK", "ISNUMBER", "ISTEXT", "ISNONTEXT", "ISLOGICAL", "ISERROR", "ISERR", "ISNA"),
        _of("v", 1, 1, "bool"),
    ),
    **dict.fromkeys(("ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC"), _of("nn", 1, 2, "number", "0")),
    **dict.fromkeys(("INT", "ABS", "SIGN", "SQRT"), _of("n", 1)),
    **dict.fromkeys(("MOD", "QUOTIENT"), _of("nn", 2)),
    **dict.fromkeys(("LEFT", "RIGHT"), _of("tn", 1, 2, "text", "1")),
    "MID": _of("tnn", 3, 3, "text"),
    "LEN": _of("t", 1),
    **dict.fromkeys(("TRIM", "UPPER", "LOWER"), _of("t", 1, 1, "text")),
    "SUBSTITUTE": _of("tttn", 3, 4, "text"),
    "FIND": _of("ttn", 2, 3, "number", "1"),
    "EXACT": _of("t", 2, 2, "bool"),
    "REPT": _of("tn", 2, 2, "text"),
    "CONCATENATE": _of("a", 1, None, "text"),
    "CONCAT": _of("a", 2, 2, "text"),
    "TEXTJOIN": _of("tba", 3, None, "text"),
    "VALUE": _of("v", 1),
    "TEXT": _of("vt", 2, 2, "text"),
    "N": _of("v", 1),
    "DATE": _of("n", 3),
    "TIME": _of("n", 3),
    **dict.fromkeys(("TODAY", "NOW"), _of("", 0)),
    **dict.fromkeys(("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"), _of("n", 1)),
    "WEEKDAY": _of("nn", 1, 2, "number", "1"),
    **dict.fromkeys(("EDATE", "EOMONTH"), _of("nn", 2)),
    "DAYS": _of("n", 2),
    "DATEVALUE": _of("v", 1),
}

#: Functions that ask a reference for its place and not for its cells.
NOT_READ = {"ROW", "COLUMN", "ROWS", "COLUMNS"}
#: Functions that give something else as time goes by.
VOLATILE = {"TODAY", "NOW"}
#: Functions in which an argument left out between commas is like an empty cell.
MAY_MISS = {"IF", "IFS", "SWITCH", "IFERROR", "IFNA", "VLOOKUP", "HLOOKUP", "XLOOKUP", "SUM", "MATCH"}
