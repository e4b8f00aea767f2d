"""Formulas of the desk's workbooks: read, worked out, and rewritten when what they refer to moves.

IronCalc works them out. It follows Excel, so it is asked only for what means the same in Google Sheets: a list of
functions checked against Google's documentation, told in words that leave no difference. All else shows `#NAME?`,
and so does whatever depends on it: never a wrong value.
"""

from __future__ import annotations

from bot.desk.book.grid import Scalar
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.formulas.binding import bound
from bot.desk.formulas.engine import results
from bot.desk.formulas.following import follow, follow_name, row_shifted
from bot.desk.formulas.rewriting import shifted
from bot.desk.formulas.settling import is_old, may_hold_formulas, settle
from bot.desk.formulas.values import ERRORS, Error

__all__ = [
    "ERRORS",
    "ERROR_MESSAGES",
    "ERROR_TYPES",
    "follow",
    "follow_name",
    "is_old",
    "may_hold_formulas",
    "row_shifted",
    "settle",
    "shifted",
    "value_in",
    "values_in",
]

ASKED = -1  #: the id of no sheet

ERROR_TYPES = {
    "#NAME?": "NAME",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#REF!": "REF",
    "#N/A": "N_A",
    "#VALUE!": "VALUE",
    "#NUM!": "NUM",
    "#ERROR!": "ERROR",
}

#: What Google says about an error, as far as it can be said without knowing the formula.
ERROR_MESSAGES = {
    "#NAME?": "Unknown function or reference.",
    "#DIV/0!": "Function DIVIDE parameter 2 cannot be zero.",
    "#REF!": "Reference does not exist.",
    "#N/A": "Did not find value.",
    "#ERROR!": "Formula parse error.",
}


def value_in(book: Workbook, sheet: Sheet, row: int, column: int, formula: str) -> Scalar:
    """What a formula comes to as if it stood in a cell, errors as the text they show, nothing as ""."""
    return values_in(book, sheet, [(row, column, formula)])[0]


def values_in(book: Workbook, sheet: Sheet, asked: list[tuple[int, int, str]]) -> list[Scalar]:
    """What many formulas come to, each as if it stood in a cell (row, column); far faster than one by one."""
    formulas = {(ASKED, at, 0): bound(book, sheet, *one) for at, one in enumerate(asked)}
    found = results(formulas, set(), book.locale, book.wall_clock())
    return [
        "" if value is None else value.code if isinstance(value, Error) else value for value in found.values()
    ]
