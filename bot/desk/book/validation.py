"""Data validation as a person meets it: the choices of a list, and whether a value keeps its cell's rule.

The API takes any value, as Google's does as far as anybody knows; only what people type is held to rules.
Rules by a formula of one's own are not checked: a cell does not know the range its rule was given for, and
the formula is relative to that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk import formulas
from bot.desk.book import a1, cells, conditions, entry
from bot.desk.book.conditions import Seen
from bot.desk.book.display import is_date, shown
from bot.desk.book.grid import Row, Scalar, Style
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import ApiError
from sheets_schema.titles import column_letter

Rule = dict[str, Any]
Place = tuple[int, int]  #: row index and column
MOST_CHOICES = 5000  #: more are not sent to a page; typing still finds out whether a value fits


def rule_of(style: Style | None) -> Rule | None:
    """The validation rule a cell carries, if any."""
    return style.data.get("dataValidation") if style else None


def kind_of(rule: Rule) -> str:
    """The rule's kind of condition."""
    return str(rule.get("condition", {}).get("type", ""))


def marks(rule: Rule) -> tuple[Scalar, Scalar]:
    """What a checkbox's cell holds when ticked and when not."""
    given = conditions.values_of(rule["condition"])
    if not given:
        return True, False
    return given[0], given[1] if len(given) > 1 else ""


def choices(book: Workbook, sheet: Sheet, rule: Rule) -> list[str]:
    """The texts a list rule offers, each once, in order; empty for other rules and for ranges that are gone."""
    if kind_of(rule) == "ONE_OF_LIST":
        found = conditions.values_of(rule["condition"])
    elif kind_of(rule) == "ONE_OF_RANGE":
        found = _texts_in(book, sheet, conditions.values_of(rule["condition"]))
    else:
        found = []
    return list(dict.fromkeys(text for text in found if text != ""))


def _texts_in(book: Workbook, sheet: Sheet, names: list[str]) -> list[str]:
    if not names:
        return []
    name = names[0].removeprefix("=")
    try:
        area = a1.parse(book, name if "!" in name else f"{a1.quoted(sheet.title)}!{name}")
    except ApiError:
        return []
    return [
        cells.formatted(row, column, book.locale)
        for row in area.sheet.grid.rows[area.top : area.bottom]
        for column in range(area.left, min(area.right, len(row.values)))
    ]


class Rules:
    """The rules of one sheet, each prepared once for as long as one answer takes."""

    def __init__(self, book: Workbook, sheet: Sheet):
        self._book = book
        self._sheet = sheet
        self._today = conditions.today(book)
        self._tests: dict[int, Callable[[Seen, Place], bool]] = {}

    def broken(self, style: Style, seen: Seen, at: Place) -> bool:
        """Whether a value breaks the rule its cell's style carries; an empty cell never does."""
        rule = rule_of(style)
        if rule is None or seen.value == "":
            return False
        if style.id not in self._tests:
            self._tests[style.id] = self._test(rule)
        return not self._tests[style.id](seen, at)

    def refuse(self, row: Row, at: Place, text: str) -> None:
        """Raise if a strict rule forbids a text typed into a cell; formulas are taken for what they give."""
        extra = row.extras.get(at[1])
        style = extra.style if extra else None
        rule = rule_of(style)
        if style is None or rule is None or not rule.get("strict"):
            return
        seen = self._read(style, text, at)
        if self.broken(style, seen, at):
            raise refusal(at, rule)

    def _read(self, style: Style, text: str, at: Place) -> Seen:
        entered = entry.read(text, self._book.locale)
        value = entered.value
        if entered.formula is not None:
            value = formulas.value_in(self._book, self._sheet, *at, entered.formula)
        number_format = style.number_format
        if number_format is None and entered.number_format:
            number_format = dict(zip(("type", "pattern"), entered.number_format, strict=True))
        if isinstance(value, str):
            return Seen(value, value)
        return Seen(value, shown(value, number_format, self._book.locale), is_date(number_format))

    def _test(self, rule: Rule) -> Callable[[Seen, Place], bool]:
        condition = rule.get("condition", {})
        texts = conditions.values_of(condition)
        if kind_of(rule) == "ONE_OF_RANGE":
            among = conditions.one_of(choices(self._book, self._sheet, rule))
            return lambda seen, _: among(seen)
        if kind_of(rule) == "CUSTOM_FORMULA":
            return lambda *_: True
        if any(text.startswith("=") for text in texts):
            return lambda seen, at: conditions.predicate_of(
                condition, self._operands(texts, at), self._today
            )(seen)
        operands = [conditions.operand(one, self._book.locale) for one in condition.get("values", [])]
        test = conditions.predicate_of(condition, operands, self._today)
        return lambda seen, _: test(seen)

    def _operands(self, texts: list[str], at: Place) -> list[Scalar]:
        return [
            formulas.value_in(self._book, self._sheet, *at, text)
            if text.startswith("=")
            else entry.read(text, self._book.locale).value
            for text in texts
        ]


def refusal(at: Place, rule: Rule) -> ApiError:
    """The 400 for a text a strict rule forbids, worded as Sheets words it to a person."""
    cell = f"{column_letter(at[1])}{at[0] + 1}"
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "DATA_VALIDATION",
        "domain": "desk.example",
        "metadata": {"cell": cell, "help": str(rule.get("inputMessage", ""))},
    }
    text = f"The data you entered in cell {cell} violates the data validation rules set on this cell."
    return ApiError(400, text, [detail])
