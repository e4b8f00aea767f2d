"""Turns a cell back into what a person would have to type to get it: the text an editor opens with.

It is the other direction of `entry.read`, and checked against it: what is read back is the same value.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bot.desk.book import entry
from bot.desk.book.display import automatic, is_date, plain_number, shown
from bot.desk.book.grid import Row, Scalar
from bot.desk.book.locales import locale_of


def entered_text(row: Row, column: int, locale: str) -> str:
    """The formula, or the text that typed into this cell gives its value again."""
    extra = row.extras.get(column)
    if extra is not None and extra.formula is not None:
        return extra.formula
    value = row.values[column] if column < len(row.values) else ""
    number_format = extra.style.number_format if extra and extra.style else None
    if isinstance(value, str):
        return _text(value, locale, number_format)
    return _number(value, number_format, locale)


#: Whatever typing may make more of than text, and some texts besides: one look instead of a whole reading.
READABLE = re.compile(
    r"['=]|[^\d]{0,6}\d[\d.,\s'’]*(?:[eE][-+]?\d+)?[^\d]{0,4}$|.*:|.*\d[-/.年]\d+[-/.月]\d|\s*(?:true|false)\s*$",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=16384)
def plain_text(value: str, locale: str) -> str:
    """Text as it is, with an apostrophe before it where typing would make something else of it."""
    if not READABLE.match(value):
        return value
    read = entry.read(value, locale)
    return value if read.formula is None and read.value == value else f"'{value}"


def _text(value: str, locale: str, number_format: dict[str, Any] | None) -> str:
    if number_format and number_format.get("type") == "TEXT":
        return f"'{value}" if value.startswith("'") else value
    return plain_text(value, locale)


def _number(value: Scalar, number_format: dict[str, Any] | None, locale: str) -> str:
    decimal = locale_of(locale).decimal
    if number_format is None or isinstance(value, bool | str):
        return _exact(value, decimal)
    text = shown(value, number_format, locale)
    if entry.read(text, locale).value == value and (is_date(number_format) or text.endswith("%")):
        return text
    if is_date(number_format):
        for kind in ("DATE", "DATE_TIME"):
            text = shown(value, {"type": kind}, locale)
            if entry.read(text, locale).value == value:
                return text
    return _exact(value, decimal)


def _exact(value: Scalar, decimal: str) -> str:
    """A number with all its digits."""
    if isinstance(value, bool | str):
        return automatic(value, decimal)
    text = plain_number(value)
    if float(text) != value:
        text = repr(value)
    return text.replace(".", decimal)
