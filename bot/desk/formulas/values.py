"""What formulas work with: numbers, text, booleans, empty cells and errors, and how one becomes another.

Text is read as a number just as typing it into a cell would be. Where Google's rule is not known for certain,
`NotImitated` is raised and the cell shows `#NAME?`: an honest `#NAME?` beats a wrong value.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk import entry
from bot.desk.locales import locale_of


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

Value = None | bool | int | float | str | Error  #: None is an empty cell, which is neither 0 nor ""


class NotImitated(Exception):
    """Google works this out, the desk does not; no formula can catch it, as none could in Google."""


class Failed(Exception):
    """An error met while arguments were read; the formula around it decides what becomes of it."""

    def __init__(self, error: Error):
        self.error = error


def is_number(value: object) -> bool:
    """Whether a value is a number; a boolean is none."""
    kind = type(value)
    return kind is int or kind is float


def number(value: Value, locale: str) -> int | float:
    """A value as a number: an empty cell is 0, TRUE is 1, text is read as if typed."""
    if isinstance(value, int | float):  # TRUE is an int already
        return int(value) if value is True or value is False else value
    if value is None:
        return 0
    if isinstance(value, Error):
        raise Failed(value)
    read = typed_number(value, locale)
    if read is None:
        raise Failed(BAD_VALUE)
    return read


def typed_number(text: str, locale: str) -> int | float | None:
    """The number a typed text is, dates and percentages included; none if it is no number."""
    if text[:1] in {"'", "="}:
        return None
    read = entry.read(text, locale).value
    return read if isinstance(read, int | float) and not isinstance(read, bool) else None


def text(value: Value, locale: str) -> str:
    """A value as `&` takes it: numbers with up to 15 digits, booleans in capitals."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Error):
        raise Failed(value)
    if value == 0:
        return "0"  # there is no negative zero in a sheet
    if not 1e-4 <= abs(value) < 1e15:
        raise NotImitated("the spelling of very large and very small numbers")
    return f"{value:.15g}".replace(".", locale_of(locale).decimal)


def truth(value: Value) -> bool:
    """A value as a condition: numbers other than 0 are true, an empty cell is false, text is no condition."""
    if value is None:
        return False
    if isinstance(value, Error):
        raise Failed(value)
    if isinstance(value, str):
        if value.strip().upper() in {"TRUE", "FALSE"}:
            raise NotImitated("text as a condition")
        raise Failed(BAD_VALUE)
    return bool(value)


def compared(left: Value, right: Value) -> int:
    """-1, 0 or 1 as the left is less, equal or more: numbers before text before booleans."""
    for one in (left, right):
        if isinstance(one, Error):
            raise Failed(one)
    left = _blank_like(right) if left is None else left
    right = _blank_like(left) if right is None else right
    if isinstance(left, str) and isinstance(right, str):
        return _compared_texts(left, right)
    ranks = _rank(left), _rank(right)
    if ranks[0] != ranks[1] or not isinstance(left, int | float) or not isinstance(right, int | float):
        return -1 if ranks[0] < ranks[1] else 1
    return _compared_numbers(left, right)


def equal(left: Value, right: Value) -> bool:
    """Whether `=` says so; text is the same in whatever case."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return compared(left, right) == 0


def _blank_like(other: Value) -> Value:
    """What an empty cell is when compared with another value."""
    if isinstance(other, str):
        return ""
    return False if isinstance(other, bool) else 0


def _rank(value: Value) -> int:
    if isinstance(value, bool):
        return 2
    return 1 if isinstance(value, str) else 0


def _compared_numbers(left: float, right: float) -> int:
    if left == right:
        return 0
    if abs(left - right) < 1e-12 * max(abs(left), abs(right)):
        raise NotImitated("how much two nearly equal numbers must differ")
    return -1 if left < right else 1


def _compared_texts(left: str, right: str) -> int:
    left, right = left.lower(), right.lower()
    if left == right:
        return 0
    # Google orders text by the rules of a language; those agree with code points for plain words alone.
    plain = left.isascii() and right.isascii() and (left + right).replace(" ", "a").isalnum()
    if not plain and left and right:
        raise NotImitated("the order of text beyond plain words")
    return -1 if left < right else 1


def tidy(value: Value) -> Value:
    """A result as a cell holds it: whole numbers as integers, no infinities."""
    if type(value) is float:
        if value != value or abs(value) == float("inf"):  # noqa: PLR0124 - only NaN differs from itself
            return BAD_NUMBER
        if value == int(value) and abs(value) < 1e15:
            return int(value)
    if type(value) is int and abs(value) >= 10**15:
        return float(value) if abs(value) < 10**308 else BAD_NUMBER
    return value
