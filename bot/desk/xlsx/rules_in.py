"""Data validation and conditional formats on the way in, as the requests a client would send for them.

Rules that look at the whole of a range (bars, icons, the ten highest, above average) and dropdowns filled by a
function are not taken over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.worksheet.datavalidation import DataValidation

from bot.desk.book.display import shown
from bot.desk.xlsx.blocks import Block
from bot.desk.xlsx.formulas import read
from bot.desk.xlsx.looks_in import Looks
from bot.desk.xlsx.rows_in import X14
from sheets_schema.titles import column_letter

Json = dict[str, Any]

NUMBER_NAMES = {
    "greaterThan": "GREATER",
    "greaterThanOrEqual": "GREATER_THAN_EQ",
    "lessThan": "LESS",
    "lessThanOrEqual": "LESS_THAN_EQ",
    "equal": "EQ",
    "notEqual": "NOT_EQ",
    "between": "BETWEEN",
    "notBetween": "NOT_BETWEEN",
}
DATE_NAMES = NUMBER_NAMES | {
    "greaterThan": "AFTER",
    "greaterThanOrEqual": "ON_OR_AFTER",
    "lessThan": "BEFORE",
    "lessThanOrEqual": "ON_OR_BEFORE",
}
SIGNS = {
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "equal": "=",
    "notEqual": "<>",
}
TEXT_NAMES = {
    "containsText": "TEXT_CONTAINS",
    "notContainsText": "TEXT_NOT_CONTAINS",
    "beginsWith": "TEXT_STARTS_WITH",
    "endsWith": "TEXT_ENDS_WITH",
    "containsBlanks": "BLANK",
    "notContainsBlanks": "NOT_BLANK",
}
PERIODS = {"today": "TODAY", "yesterday": "YESTERDAY", "tomorrow": "TOMORROW"}
POINTS = {"min": "MIN", "max": "MAX", "num": "NUMBER", "percent": "PERCENT", "percentile": "PERCENTILE"}
LITERAL = re.compile(r'"((?:[^"]|"")*)"', re.DOTALL)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
REFERENCE = re.compile(
    r"(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?|[^\W\d][\w.]*"
)
TRUE_FALSE = ["TRUE", "FALSE"]
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
ISO = {"type": "DATE", "pattern": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Validation:
    """A validation as a file says it, whichever of its two places it stood in."""

    kind: str
    operator: str
    formulas: tuple[str, ...]
    cells: tuple[str, ...]  #: ranges in A1 notation
    strict: bool
    shown: bool  #: whether a dropdown has its arrow
    prompt: str


def of_rule(rule: DataValidation) -> Validation:
    """A validation out of its usual place."""
    given = (rule.formula1, rule.formula2)
    return Validation(
        rule.type or "none",
        rule.operator or "between",
        tuple(str(one) for one in given if one is not None),
        tuple(str(rule.sqref).split()),
        bool(rule.showErrorMessage) and rule.errorStyle in {None, "stop"},
        not rule.showDropDown,
        rule.prompt or "",
    )


def of_element(element: Any) -> Validation:
    """A validation out of the place Excel has for those that reach into other sheets."""
    given = [element.findtext(f"{X14}formula{number}/{XM}f") for number in (1, 2)]
    return Validation(
        element.get("type", "none"),
        element.get("operator", "between"),
        tuple(one for one in given if one),
        tuple((element.findtext(f"{XM}sqref") or "").split()),
        element.get("showErrorMessage") in {"1", "true"} and element.get("errorStyle", "stop") == "stop",
        element.get("showDropDown") not in {"1", "true"},
        element.get("prompt", ""),
    )


def rule_of(validation: Validation, first: Block) -> Json | None:
    """The DataValidationRule; none for what has no counterpart."""
    condition = _condition(validation, f"{column_letter(first.left)}{first.top + 1}")
    if condition is None:
        return None
    rule: Json = {"condition": condition, "strict": validation.strict, "showCustomUi": validation.shown}
    return {**rule, "inputMessage": validation.prompt} if validation.prompt else rule


def _condition(validation: Validation, cell: str) -> Json | None:
    kind, formulas, operator = validation.kind, validation.formulas, validation.operator
    if not formulas:
        return None
    if kind == "list":
        return _dropdown(formulas[0])
    if kind == "custom":
        return _said("CUSTOM_FORMULA", "=" + read("=" + formulas[0])[1:])
    if kind == "textLength" and operator in SIGNS:
        return _said("CUSTOM_FORMULA", f"=LEN({cell}){SIGNS[operator]}{formulas[0]}")
    if kind in {"whole", "decimal"} and operator in NUMBER_NAMES:
        return _said(f"NUMBER_{NUMBER_NAMES[operator]}", *[_value(one) for one in formulas])
    if kind == "date" and operator in DATE_NAMES:
        return _said(f"DATE_{DATE_NAMES[operator]}", *[_day(one) for one in formulas])
    return None


def _said(kind: str, *values: str) -> Json:
    return {"type": kind, "values": [{"userEnteredValue": value} for value in values]}


def _dropdown(formula: str) -> Json | None:
    literal = LITERAL.fullmatch(formula)
    if literal is None:
        return _said("ONE_OF_RANGE", read("=" + formula)) if REFERENCE.fullmatch(formula) else None
    items = [item.strip() for item in literal[1].replace('""', '"').split(",")]
    if [item.upper() for item in items] == TRUE_FALSE:
        return {"type": "BOOLEAN"}
    return _said("ONE_OF_LIST", *items)


def _value(formula: str) -> str:
    literal = LITERAL.fullmatch(formula)
    if literal:
        return literal[1].replace('""', '"')
    return formula if NUMBER.fullmatch(formula) else read("=" + formula)


def _day(formula: str) -> str:
    return shown(float(formula), ISO, "en_US") if NUMBER.fullmatch(formula) else read("=" + formula)


def conditional(rule: Rule, ranges: list[Json], first: Block, looks: Looks, look: Any) -> Json | None:
    """The ConditionalFormatRule; none for what has no counterpart."""
    if rule.type == "colorScale":
        gradient = _gradient(rule, looks)
        return {"ranges": ranges, "gradientRule": gradient} if gradient else None
    condition = _when(rule, f"{column_letter(first.left)}{first.top + 1}")
    if condition is None:
        return None
    cell_format = looks.conditional(look) if look is not None else {}
    return {"ranges": ranges, "booleanRule": {"condition": condition, "format": cell_format}}


def _when(rule: Rule, cell: str) -> Json | None:
    formulas = [str(one) for one in rule.formula]
    kind = str(rule.type)
    if kind == "expression" and formulas:
        return _said("CUSTOM_FORMULA", read("=" + formulas[0]))
    if kind in TEXT_NAMES:
        name = TEXT_NAMES[kind]
        return {"type": name} if name.endswith("BLANK") else _said(name, str(rule.text or ""))
    if kind == "timePeriod" and rule.timePeriod in PERIODS:
        return {"type": "DATE_EQ", "values": [{"relativeDate": PERIODS[rule.timePeriod]}]}
    if kind != "cellIs" or not formulas or rule.operator not in NUMBER_NAMES:
        return None
    equal = rule.operator in {"equal", "notEqual"}
    if equal and LITERAL.fullmatch(formulas[0]):
        return _said("TEXT_EQ" if rule.operator == "equal" else "TEXT_NOT_EQ", _value(formulas[0]))
    if equal and not NUMBER.fullmatch(formulas[0]):  # text or number, as the other cell may be
        return _said("CUSTOM_FORMULA", f"={cell}{SIGNS[rule.operator]}{read('=' + formulas[0])[1:]}")
    return _said(f"NUMBER_{NUMBER_NAMES[rule.operator]}", *[_value(one) for one in formulas])


def _gradient(rule: Rule, looks: Looks) -> Json | None:
    scale = rule.colorScale
    if scale is None or len(scale.cfvo) not in {2, 3} or len(scale.color) != len(scale.cfvo):
        return None
    names = ["minpoint", "maxpoint"] if len(scale.cfvo) == 2 else ["minpoint", "midpoint", "maxpoint"]
    gradient: Json = {}
    for name, point, colour in zip(names, scale.cfvo, scale.color, strict=True):
        if point.type not in POINTS:
            return None
        gradient[name] = {"type": POINTS[point.type], "color": looks.colour(colour) or {}}
        if point.type not in {"min", "max"}:
            gradient[name]["value"] = f"{float(point.val):g}"
    return gradient
