"""Says whether a cell fulfils a BooleanCondition, for coloured rules, validation and filters alike.

A condition is turned into a test once and then asked cell by cell. Conditions that name other cells
(`ONE_OF_RANGE`, `CUSTOM_FORMULA`) are not answered here, since that takes a workbook.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.desk.book.entry import read
from bot.desk.book.grid import Scalar
from bot.desk.book.patterns import EPOCH

if TYPE_CHECKING:
    from bot.desk.book.workbook import Workbook

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
URL = re.compile(r"(?:https?://)?[^\s/.]+(?:\.[^\s/.]+)+(?:[/?#]\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a condition may look at: a cell's value, its text as shown, and whether it is a point in time."""

    value: Scalar
    text: str
    is_date: bool = False


Test = Callable[[Seen], bool]


def today(book: Workbook) -> int:
    """The serial number of the day a workbook's clock shows."""
    return (book.wall_clock() - EPOCH).days


def operand(value: dict[str, Any], locale: str) -> Scalar:
    """A ConditionValue's plain value, read as if a person had typed it; not for formulas."""
    return read(str(value.get("userEnteredValue", "")), locale).value


def number_of(value: Scalar) -> float | None:
    """A value as a number; none for text and booleans."""
    return None if isinstance(value, str | bool) else float(value)


def predicate_of(condition: dict[str, Any], operands: list[Scalar], today: int) -> Test:
    """The test a condition means once its operands are known; one that is never true if they do not fit."""
    kind = condition.get("type", "")
    if kind == "BLANK":
        return lambda seen: seen.value == ""
    if kind == "NOT_BLANK":
        return lambda seen: seen.value != ""
    if kind.startswith("NUMBER_"):
        return _number_test(kind.removeprefix("NUMBER_"), [number_of(one) for one in operands])
    if kind.startswith("DATE_"):
        return _date_test(kind.removeprefix("DATE_"), condition.get("values", []), operands, today)
    if kind.startswith("TEXT_"):
        return _text_test(kind.removeprefix("TEXT_"), str(operands[0]) if operands else "")
    if kind == "ONE_OF_LIST":
        return one_of(values_of(condition))
    if kind == "BOOLEAN":
        return one_of(values_of(condition)) if operands else lambda seen: isinstance(seen.value, bool)
    return _never


def values_of(condition: dict[str, Any]) -> list[str]:
    """The texts of a condition's values as they were entered."""
    return [str(one.get("userEnteredValue", "")) for one in condition.get("values", [])]


def one_of(choices: list[str]) -> Test:
    """A test for being among choices, by the text a person sees."""
    known = {choice.strip() for choice in choices}
    return lambda seen: seen.text.strip() in known


def _never(_: Seen) -> bool:
    return False


def _compared(kind: str, operands: list[float]) -> Callable[[float], bool] | None:
    """A comparison with one or two numbers; none where a kind is unknown or operands are missing."""
    if len(operands) == 2 and kind in {"BETWEEN", "NOT_BETWEEN"}:
        low, high = sorted(operands)
        return lambda n: (low <= n <= high) == (kind == "BETWEEN")
    if len(operands) != 1:
        return None
    bound = operands[0]
    comparisons: dict[str, Callable[[float], bool]] = {
        "GREATER": lambda n: n > bound,
        "GREATER_THAN_EQ": lambda n: n >= bound,
        "LESS": lambda n: n < bound,
        "LESS_THAN_EQ": lambda n: n <= bound,
        "EQ": lambda n: n == bound,
        "NOT_EQ": lambda n: n != bound,
    }
    return comparisons.get(kind)


def _number_test(kind: str, operands: list[float | None]) -> Test:
    compare = _compared(kind, [one for one in operands if one is not None])
    if compare is None:
        return _never

    def test(seen: Seen) -> bool:
        number = number_of(seen.value)
        return number is not None and compare(number)

    return test


DATE_AS_NUMBER = {
    "EQ": "EQ",
    "NOT_EQ": "NOT_EQ",
    "BEFORE": "LESS",
    "AFTER": "GREATER",
    "ON_OR_BEFORE": "LESS_THAN_EQ",
    "ON_OR_AFTER": "GREATER_THAN_EQ",
    "BETWEEN": "BETWEEN",
    "NOT_BETWEEN": "NOT_BETWEEN",
}


def _date_test(kind: str, values: list[dict[str, Any]], operands: list[Scalar], today: int) -> Test:
    """A test on whole days; what is no point in time never passes."""

    def day(seen: Seen) -> int | None:
        number = number_of(seen.value)
        return int(number // 1) if number is not None and seen.is_date else None

    if kind == "IS_VALID":
        return lambda seen: day(seen) is not None
    relative = [str(one["relativeDate"]) for one in values if one.get("relativeDate")]
    if relative and kind == "EQ" and relative[0].startswith("PAST_"):
        first = relative_day(relative[0], today)
        return lambda seen: (found := day(seen)) is not None and first <= found <= today
    if relative:
        bounds: list[float] = [relative_day(relative[0], today)]
    else:
        bounds = [number // 1 for one in operands if (number := number_of(one)) is not None]
    compare = _compared(DATE_AS_NUMBER.get(kind, ""), bounds)
    if compare is None:
        return _never
    return lambda seen: (found := day(seen)) is not None and compare(found)


def relative_day(name: str, today: int) -> int:
    """The day a RelativeDate means, as a serial: a month or year back lands on the same day of the month."""
    days = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1, "PAST_WEEK": -7}
    if name in days:
        return today + days[name]
    now = EPOCH + dt.timedelta(days=today)
    months = 12 if name == "PAST_YEAR" else 1
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = (dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return (dt.datetime(year, month + 1, min(now.day, last)) - EPOCH).days  # noqa: DTZ001 - wall clock


def _text_test(kind: str, wanted: str) -> Test:
    """A test on the text as shown, in whatever case."""
    folded = wanted.casefold()
    tests: dict[str, Test] = {
        "CONTAINS": lambda seen: folded in seen.text.casefold(),
        "NOT_CONTAINS": lambda seen: folded not in seen.text.casefold(),
        "STARTS_WITH": lambda seen: seen.text.casefold().startswith(folded),
        "ENDS_WITH": lambda seen: seen.text.casefold().endswith(folded),
        "EQ": lambda seen: seen.text.casefold() == folded,
        "NOT_EQ": lambda seen: seen.text.casefold() != folded,
        "IS_EMAIL": lambda seen: EMAIL.fullmatch(seen.text.strip()) is not None,
        "IS_URL": lambda seen: URL.fullmatch(seen.text.strip()) is not None,
    }
    return tests.get(kind, _never)
