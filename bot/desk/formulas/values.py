"""What formulas work with: numbers, text, booleans, empty cells and errors, and how text is read and spelled.

Where Google's rule is not known for certain, `NotImitated` is raised and the cell shows `#NAME?`: an honest
`#NAME?` beats a wrong value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from bot.desk.book import entry
from bot.desk.book.locales import locale_of


@dataclass(frozen=True, slots=True)
class Error:
    """An error as a value; it travels through whatever uses it."""

    code: str


DIVISION = Error("#DIV/0!")
NO_MATCH = Error("#N/A")
BAD_NUMBER = Error("#NUM!")
BAD_REFERENCE = Error("#REF!")
BAD_SYNTAX = Error("#ERROR!")
BAD_VALUE = Error("#VALUE!")
UNKNOWN_NAME = Error("#NAME?")
ERRORS = {
    one.code: one
    for one in (UNKNOWN_NAME, DIVISION, BAD_REFERENCE, NO_MATCH, BAD_VALUE, BAD_NUMBER, BAD_SYNTAX)
}

Value = None | bool | int | float | str | Error  #: None is an empty cell, which is neither 0 nor ""


class NotImitated(Exception):
    """Google works this out, the desk does not; no formula can catch it, as none could in Google."""


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number; a boolean is none."""
    kind = type(value)
    return kind is int or kind is float


def typed_number(text: str, locale: str) -> int | float | None:
    """The number a typed text is, dates and percentages included; none if it is no number."""
    if text[:1] in {"'", "="}:
        return None
    read = entry.read(text, locale).value
    return read if isinstance(read, int | float) and not isinstance(read, bool) else None


def spelled(value: int | float, locale: str) -> str:
    """A number as `&` takes it: up to 15 digits."""
    if value == 0:
        return "0"  # there is no negative zero in a sheet
    if not 1e-4 <= abs(value) < 1e15:
        raise NotImitated("the spelling of very large and very small numbers")
    return f"{value:.15g}".replace(".", locale_of(locale).decimal)


def tidy(value: Value) -> Value:
    """A result as a cell holds it: whole numbers as integers."""
    if type(value) is float and value == int(value) and abs(value) < 1e15:
        return int(value)
    return value
