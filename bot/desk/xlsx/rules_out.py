"""Data validation and conditional formats on the way out.

A dropdown whose items Excel cannot hold (255 characters together, no commas) stays behind, as do conditions
Excel has no words for. Of the rules for one cell only the first that fits counts, as in Sheets.
"""

from __future__ import annotations

import copy
from typing import Any

import orjson
from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
from openpyxl.styles.colors import Color
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.desk.book.grid import Extra
from bot.desk.book.workbook import Sheet
from bot.desk.xlsx import conditions_out, texts
from bot.desk.xlsx.blocks import Block, blocks
from bot.desk.xlsx.conditions_out import Terms
from bot.desk.xlsx.looks_out import argb, differential

Json = dict[str, Any]

LONGEST_LIST = 255
#: Rules on text Excel has names for; it keeps their formula beside the name.
TEXT_RULES: dict[str, tuple[str, str | None]] = {
    "TEXT_CONTAINS": ("containsText", "containsText"),
    "TEXT_NOT_CONTAINS": ("notContainsText", "notContains"),
    "TEXT_STARTS_WITH": ("beginsWith", "beginsWith"),
    "TEXT_ENDS_WITH": ("endsWith", "endsWith"),
    "BLANK": ("containsBlanks", None),
    "NOT_BLANK": ("notContainsBlanks", None),
}
POINTS = {"MIN": "min", "MAX": "max", "NUMBER": "num", "PERCENT": "percent", "PERCENTILE": "percentile"}


def put_validations(sheet: Sheet, tab: Worksheet, terms: Terms) -> None:
    """Write each rule once for all the rectangles it is on."""
    keys: dict[int, bytes | None] = {}

    def key_of(extra: Extra) -> bytes | None:
        if extra.style is None:
            return None
        if extra.style.id not in keys:
            rule = extra.style.data.get("dataValidation")
            keys[extra.style.id] = orjson.dumps(rule, option=orjson.OPT_SORT_KEYS) if rule else None
        return keys[extra.style.id]

    for key, found in blocks((row.extras for row in sheet.grid.rows), key_of).items():
        validation = _validation(orjson.loads(key), found[0], terms)
        if validation is not None:
            for one in found:
                validation.add(one.name)
            tab.add_data_validation(validation)


def _validation(rule: Json, first: Block, terms: Terms) -> DataValidation | None:
    fields = _terms(rule["condition"], first, terms)
    if fields is None:
        return None
    return DataValidation(
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="stop" if rule.get("strict") else "warning",
        showDropDown=(fields["type"] == "list" and not rule.get("showCustomUi")) or None,
        showInputMessage=bool(rule.get("inputMessage")) or None,
        prompt=texts.plain(str(rule.get("inputMessage", "")))[:255] or None,
        **fields,
    )


def _terms(condition: Json, first: Block, terms: Terms) -> Json | None:
    kind = condition.get("type", "")
    values = condition.get("values", [])
    items = [texts.plain(str(value.get("userEnteredValue", ""))) for value in values]
    if kind == "BOOLEAN":
        return {"type": "list", "formula1": conditions_out.quoted(",".join(items) or "TRUE,FALSE")}
    if kind == "ONE_OF_LIST":
        joined = ",".join(items)
        fits = len(joined) <= LONGEST_LIST and not any("," in item or '"' in item for item in items)
        return {"type": "list", "formula1": f'"{joined}"'} if fits and joined else None
    if kind == "ONE_OF_RANGE" and values:
        return {"type": "list", "formula1": terms.formula({"userEnteredValue": "=" + items[0].lstrip("=")})}
    compared = conditions_out.comparison(condition, terms)
    if compared is not None:
        one, two = (*compared.formulas, None)[:2]
        kind = "date" if compared.dates else "decimal"
        return {"type": kind, "operator": compared.operator, "formula1": one, "formula2": two}
    formula = conditions_out.formula(condition, first.top, first.left, terms)
    return {"type": "custom", "formula1": formula} if formula else None


def put_conditional_formats(sheet: Sheet, tab: Worksheet, terms: Terms) -> None:
    """Write the rules in their order, which is their priority."""
    for priority, rule in enumerate(sheet.meta.get("conditionalFormats", []), 1):
        areas = [block(one, sheet) for one in rule.get("ranges", [])]
        made = _rule(rule, areas[0], terms) if areas else None
        if made is not None:
            made.priority = priority
            tab.conditional_formatting.add(" ".join(area.name for area in areas), made)
    # openpyxl numbers rules as they are added; the order of the sheet is the one that counts.
    for formatting in tab.conditional_formatting:
        for one in formatting.rules:
            one.stopIfTrue = one.type != "colorScale" or None


def block(grid_range: Json, sheet: Sheet) -> Block:
    """The rectangle of a GridRange, open sides closed at the end of the grid."""
    return Block(
        grid_range.get("startRowIndex", 0),
        grid_range.get("startColumnIndex", 0),
        grid_range.get("endRowIndex", sheet.row_count),
        grid_range.get("endColumnIndex", sheet.column_count),
    )


def _rule(rule: Json, first: Block, terms: Terms) -> Rule | None:
    if "gradientRule" in rule:
        return _scale(rule["gradientRule"])
    condition = rule["booleanRule"].get("condition", {})
    look = differential(rule["booleanRule"].get("format", {}))
    compared = conditions_out.comparison(condition, terms)
    if compared is not None:
        return Rule("cellIs", operator=compared.operator, formula=list(compared.formulas), dxf=look)  # type: ignore[arg-type] # Excel's names
    formula = conditions_out.formula(condition, first.top, first.left, terms)
    if formula is None:
        return None
    kind, operator = TEXT_RULES.get(condition["type"], ("expression", None))
    values = condition.get("values", [])
    text = texts.plain(str(values[0].get("userEnteredValue", ""))) if operator and values else None
    return Rule(kind, operator=operator, text=text, formula=[formula], dxf=look)  # type: ignore[arg-type]  # Excel's names


def _scale(gradient: Json) -> Rule | None:
    points, colours = [], []
    for name in ("minpoint", "midpoint", "maxpoint"):
        point = gradient.get(name)
        colour = argb(point, "color") if point else None
        if not point or colour is None:
            continue
        kind: Any = POINTS.get(point.get("type", ""))
        if kind is None:
            return None
        points.append(FormatObject(kind, None if kind in {"min", "max"} else point.get("value", "0")))
        colours.append(Color(colour))
    if len(points) < 2:
        return None
    return Rule("colorScale", colorScale=ColorScale(cfvo=points, color=copy.copy(colours)))
