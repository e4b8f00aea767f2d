"""Conditions on the way out: a BooleanCondition as the comparison or the formula Excel has for it.

What Excel has no words for (is an e-mail address, is a link) gives none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk.book import entry
from bot.desk.book.locales import locale_of
from bot.desk.xlsx import texts
from bot.desk.xlsx.formulas import stored
from sheets_schema.titles import column_letter

Json = dict[str, Any]

OPERATORS = {
    "GREATER": "greaterThan",
    "GREATER_THAN_EQ": "greaterThanOrEqual",
    "LESS": "lessThan",
    "LESS_THAN_EQ": "lessThanOrEqual",
    "EQ": "equal",
    "NOT_EQ": "notEqual",
    "BETWEEN": "between",
    "NOT_BETWEEN": "notBetween",
    "BEFORE": "lessThan",
    "AFTER": "greaterThan",
    "ON_OR_BEFORE": "lessThanOrEqual",
    "ON_OR_AFTER": "greaterThanOrEqual",
}
RELATIVE = {
    "TODAY": "TODAY()",
    "YESTERDAY": "TODAY()-1",
    "TOMORROW": "TODAY()+1",
    "PAST_WEEK": "TODAY()-7",
    "PAST_MONTH": "EDATE(TODAY(),-1)",
    "PAST_YEAR": "EDATE(TODAY(),-12)",
}
#: Conditions on text as formulas; `{0}` is the cell, `{1}` the text in quotes, `{2}` its length.
TEXT = {
    "TEXT_CONTAINS": "ISNUMBER(SEARCH({1},{0}))",
    "TEXT_NOT_CONTAINS": "ISERROR(SEARCH({1},{0}))",
    "TEXT_STARTS_WITH": "LEFT({0},{2})={1}",
    "TEXT_ENDS_WITH": "RIGHT({0},{2})={1}",
    "TEXT_EQ": "{0}={1}",
    "TEXT_NOT_EQ": "{0}<>{1}",
    "BLANK": "LEN(TRIM({0}))=0",
    "NOT_BLANK": "LEN(TRIM({0}))>0",
    "DATE_IS_VALID": "ISNUMBER({0})",
}


@dataclass(frozen=True)
class Comparison:
    """An operator of Excel's and its one or two formulas."""

    operator: str
    formulas: tuple[str, ...]
    dates: bool = False


@dataclass(frozen=True)
class Terms:
    """What the words of conditions are read with."""

    locale: str
    titles: Mapping[str, str]

    def formula(self, value: Json) -> str:
        """One value of a condition as a formula without its `=`."""
        if value.get("relativeDate") in RELATIVE:
            return RELATIVE[value["relativeDate"]]
        text = texts.plain(str(value.get("userEnteredValue", "")))
        if text.startswith("="):
            return stored(text, self.titles, locale_of(self.locale).decimal)[1:]
        read = entry.read(text, self.locale).value
        if isinstance(read, bool):
            return str(read).upper()
        return quoted(read) if isinstance(read, str) else repr(read)


def quoted(text: str) -> str:
    """A text as it stands in a formula."""
    return '"' + texts.plain(text).replace('"', '""') + '"'


def comparison(condition: Json, terms: Terms) -> Comparison | None:
    """The comparison a condition is; none if it is none."""
    kind, _, name = condition.get("type", "").partition("_")
    operator = OPERATORS.get(name)
    values = condition.get("values", [])
    if kind not in {"NUMBER", "DATE"} or operator is None or not values:
        return None
    return Comparison(operator, tuple(terms.formula(value) for value in values[:2]), kind == "DATE")


def formula(condition: Json, top: int, left: int, terms: Terms) -> str | None:
    """The formula a condition is for the cell at the top left of its range; none if it has no such form."""
    kind = condition.get("type", "")
    values = condition.get("values", [])
    if kind == "CUSTOM_FORMULA" and values:
        text = str(values[0].get("userEnteredValue", ""))
        return terms.formula({"userEnteredValue": "=" + text.removeprefix("=")})
    if kind not in TEXT:
        return None
    text = str(values[0].get("userEnteredValue", "")) if values else ""
    operand = terms.formula(values[0]) if text.startswith("=") else quoted(text)
    length = f"LEN({operand})" if text.startswith("=") else str(len(text))
    return TEXT[kind].format(f"{column_letter(left)}{top + 1}", operand, length)
