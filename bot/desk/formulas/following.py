"""Lets everything in a workbook that is written as a formula follow an edit: cells, rules and conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.book.grid import Extra, Row, Style
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.formulas.rewriting import Edit, renamed_name, rewritten, shifted
from bot.desk.formulas.settling import may_hold_formulas

#: From a formula and the title of the tab it stands in to the formula after an edit.
Rewrite = Callable[[str, str], str]


def follow(book: Workbook, edit: Edit) -> None:
    """Rewrite all references that an edit of cells or tabs concerns; cells must be at their new places."""
    _rewrite_all(book, lambda text, home: rewritten(text, home, edit))


def follow_name(book: Workbook, old: str, new: str) -> None:
    """Rewrite the name of a named range wherever formulas use it."""
    _rewrite_all(book, lambda text, _: renamed_name(text, old, new))


def row_shifted(row: Row, by: int, left: int, right: int) -> Row:
    """A row with the formulas of some columns as they read after they were moved up or down with their row."""
    extras = {
        column: _with_formula(extra, shifted(extra.formula, by, 0))
        for column, extra in row.extras.items()
        if extra.formula is not None and left <= column < right
    }
    return Row(row.key, row.values, {**row.extras, **extras}, row.props) if by and extras else row


def _rewrite_all(book: Workbook, rewrite: Rewrite) -> None:
    styles = [style for style in book.styles.values() if _conditions_in(style.data.get("dataValidation"))]
    for sheet in book.sheets:
        for condition in _conditions_in(sheet.meta):
            for value in condition.get("values", []):
                value["userEnteredValue"] = _rewritten(value["userEnteredValue"], sheet.title, rewrite)
        replaced = {style.id: _style(book, style, sheet, rewrite) for style in styles}
        changed = {id_: new for id_, new in replaced.items() if new is not book.styles[id_]}
        if changed or may_hold_formulas(sheet):
            _rewrite_cells(sheet, rewrite, changed)


def _rewrite_cells(sheet: Sheet, rewrite: Rewrite, styles: dict[int, Style | None]) -> None:
    grid, home = sheet.grid, sheet.title
    known: dict[int, tuple[dict[int, Extra], dict[int, Extra]]] = {}  # by id; the old ones are kept alive
    for index, row in enumerate(list(grid.rows)):
        if not row.extras:
            continue
        if id(row.extras) not in known:
            known[id(row.extras)] = row.extras, _extras(row.extras, home, rewrite, styles)
        extras = known[id(row.extras)][1]
        if extras is not row.extras:
            grid.put_row(index, Row(row.key, row.values, extras, row.props))


def _extras(
    extras: dict[int, Extra], home: str, rewrite: Rewrite, styles: dict[int, Style | None]
) -> dict[int, Extra]:
    """The extras of a row after an edit; the very same ones if nothing in them changes."""
    new = {}
    for column, extra in extras.items():
        after = extra
        if extra.formula is not None:
            after = _with_formula(after, rewrite(extra.formula, home))
        if extra.style is not None and extra.style.id in styles:
            after = Extra(after.formula, styles[extra.style.id], after.note, after.implied, after.empty)
        if after is not extra:
            new[column] = after
    return {**extras, **new} if new else extras


def _with_formula(extra: Extra, formula: str) -> Extra:
    if formula == extra.formula:
        return extra
    return Extra(formula, extra.style, extra.note, extra.implied, extra.empty)


def _rewritten(text: str, home: str, rewrite: Rewrite) -> str:
    return rewrite(text, home) if text.startswith("=") else text


def _style(book: Workbook, style: Style, sheet: Sheet, rewrite: Rewrite) -> Style | None:
    """The style with its validation rule as it reads after an edit."""
    rule = style.data["dataValidation"]
    condition = rule["condition"]
    values = [
        {**one, "userEnteredValue": _rewritten(one["userEnteredValue"], sheet.title, rewrite)}
        for one in condition["values"]
    ]
    if values == condition["values"]:
        return style
    return book.style(
        {**style.data, "dataValidation": {**rule, "condition": {**condition, "values": values}}}
    )


def _conditions_in(value: Any) -> list[dict[str, Any]]:
    """The conditions somewhere in a sheet's or a style's data that hold a formula."""
    if isinstance(value, list):
        return [found for item in value for found in _conditions_in(item)]
    if not isinstance(value, dict):
        return []
    found = [inner for item in value.values() for inner in _conditions_in(item)]
    texts = [one.get("userEnteredValue") for one in value.get("values", []) if isinstance(one, dict)]
    if texts and all(isinstance(text, str) for text in texts) and any(str(text)[:1] == "=" for text in texts):
        found.append(value)
    return found
