"""Formulas as Sheets writes them and as an .xlsx file stores them.

Three things differ. Functions younger than the file format carry a prefix there; a range open below (`A2:A`)
is one Excel cannot read, so it is closed at Excel's last row; and titles Excel does not take are others in
the file. A function Excel lacks stays as it is and shows `#NAME?` there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

from bot.desk.book.a1 import quoted

LAST_ROW, LAST_COLUMN = 1_048_576, "XFD"
PREFIX = re.compile(r"^(?:_xlfn\.|_xlws\.|_xlpm\.|_xludf\.)+", re.IGNORECASE)
WORKSHEET = frozenset(["FILTER", "SORT"])  #: these carry a second prefix
#: Functions Excel has got since 2007, as far as Sheets has them too.
NAMES = """
    ACOT ACOTH ARABIC BASE BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV BITAND BITLSHIFT
    BITOR BITRSHIFT BITXOR BYCOL BYROW CEILING.MATH CHISQ.DIST CHISQ.DIST.RT CHISQ.INV CHISQ.INV.RT
    CHISQ.TEST CHOOSECOLS CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM CONFIDENCE.T COT COTH COVARIANCE.P
    COVARIANCE.S CSC CSCH DAYS DECIMAL ENCODEURL EXPON.DIST F.DIST F.DIST.RT F.INV F.INV.RT F.TEST
    FLOOR.MATH FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV GAUSS HSTACK HYPGEOM.DIST IFNA IFS IMCOSH IMCOT
    IMCSC IMCSCH IMSEC IMSECH IMSINH IMTAN ISFORMULA ISOWEEKNUM LAMBDA LET LOGNORM.DIST LOGNORM.INV
    MAKEARRAY MAP MAXIFS MINIFS MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST
    NORM.S.INV NUMBERVALUE PDURATION PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC PERCENTRANK.INC
    PERMUTATIONA PHI POISSON.DIST QUARTILE.EXC QUARTILE.INC RANK.AVG RANK.EQ REDUCE RRI SCAN SEC SECH
    SEQUENCE SHEET SHEETS SKEW.P STDEV.P STDEV.S SWITCH T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST
    TEXTJOIN TOCOL TOROW UNICHAR UNICODE UNIQUE VAR.P VAR.S VSTACK WEIBULL.DIST WRAPCOLS WRAPROWS
    XLOOKUP XMATCH XOR Z.TEST
"""
YOUNGER = WORKSHEET | frozenset(re.findall(r"\S+", NAMES))
CALLED = re.compile(r"[A-Z][A-Z0-9.]*(?=\s*\()", re.IGNORECASE)
PERHAPS_OPEN = re.compile(r"\d:\$?[A-Z]{1,3}(?![A-Z0-9$])|[A-Z]\$?\d+:\$?\d", re.IGNORECASE)
OPEN_COLUMN = re.compile(r"(\$?[A-Za-z]{1,3}\$?\d+):(\$?[A-Za-z]{1,3})")
OPEN_ROW = re.compile(r"(\$?[A-Za-z]{1,3}\$?\d+):(\$?)(\d+)")
CLOSED_COLUMN = re.compile(rf"(\$?[A-Za-z]{{1,3}}\$?\d+):(\$?[A-Za-z]{{1,3}})\$?{LAST_ROW}")
CLOSED_ROW = re.compile(rf"(\$?[A-Za-z]{{1,3}}\$?\d+):\$?{LAST_COLUMN}(\$?\d+)")
WHOLE_ARRAY = re.compile(r"=\s*ARRAYFORMULA\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL)


def stored(formula: str, titles: Mapping[str, str], decimal: str = ".") -> str:
    """A formula as the file keeps it, still with its `=`.

    `titles` are those the file had to change; `decimal` is the sign of the workbook's locale.
    """
    if decimal == ",":
        formula = _with_points(formula)
    called = {name.upper() for name in CALLED.findall(formula)}
    if not (titles or called & YOUNGER or PERHAPS_OPEN.search(formula)):
        return formula  # most formulas; reading them token by token takes a hundred times as long

    def function(name: str) -> str:
        upper = name.upper()
        if upper not in YOUNGER:
            return name
        return f"_xlfn.{'_xlws.' if upper in WORKSHEET else ''}{upper}"

    return _rewritten(formula, function, lambda operand: _closed(operand, titles))


def _with_points(formula: str) -> str:
    """A formula of a locale of decimal commas with points, and commas between its arguments."""
    out, quote, depth = [], "", 0
    for char in formula:
        if quote or char in "\"'":
            quote = ("" if char == quote else quote) if quote else char
            out.append(char)
            continue
        depth += {"{": 1, "}": -1}.get(char, 0)
        within = {",": ".", "\\": ","} if depth else {",": ".", ";": ","}
        out.append(within.get(char, char))
    return "".join(out)


def read(formula: str) -> str:
    """A formula of a file as Sheets would write it."""
    if not any(mark in formula for mark in ("_xl", str(LAST_ROW), LAST_COLUMN)):
        return formula
    return _rewritten(formula, lambda name: PREFIX.sub("", name), _opened)


def array_part(formula: str) -> str | None:
    """What a formula that is one ARRAYFORMULA works out, with a `=` of its own; none for any other."""
    match = WHOLE_ARRAY.fullmatch(formula)
    if match is None:
        return None
    depth = 0
    for char in re.sub(r'"[^"]*"|\'[^\']*\'', "", match[1]):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:  # the bracket closed before the end: there is more than the one call
            return None
    return "=" + match[1]


def _rewritten(formula: str, function: Callable[[str], str], operand: Callable[[str], str]) -> str:
    try:
        tokens = Tokenizer(formula).items
    except (TokenizerError, IndexError):
        return formula  # not a formula either side could work out
    out = []
    for token in tokens:
        text = str(token.value)
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            text = function(text[:-1]) + "("
        elif token.type == Token.OPERAND and token.subtype == Token.RANGE:
            text = operand(text)
        out.append(text)
    return "=" + "".join(out)


def _parts(operand: str) -> tuple[str, str]:
    """Title, unquoted and without its `!`, and the rest; no title for a range of the same sheet."""
    title, mark, rest = operand.rpartition("!")
    if not mark:
        return "", operand
    if title.startswith("'") and title.endswith("'"):
        title = title[1:-1].replace("''", "'")
    return title, rest


def _closed(operand: str, titles: Mapping[str, str]) -> str:
    title, rest = _parts(operand)
    if match := OPEN_COLUMN.fullmatch(rest):
        rest = f"{match[1]}:{match[2]}{LAST_ROW}"
    elif match := OPEN_ROW.fullmatch(rest):
        rest = f"{match[1]}:{LAST_COLUMN}{match[2]}{match[3]}"
    return f"{quoted(titles.get(title.casefold(), title))}!{rest}" if title else rest


def _opened(operand: str) -> str:
    title, mark, rest = operand.rpartition("!")
    rest = PREFIX.sub("", rest)
    match = CLOSED_COLUMN.fullmatch(rest) or CLOSED_ROW.fullmatch(rest)
    if match:
        rest = f"{match[1]}:{match[2]}"
    return title + mark + rest
