"""Reads what a person typed: numbers, dates, percent, currency, booleans and formulas (USER_ENTERED).

What it cannot read for certain stays text. Fractions, names of months and words for dates are not read.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from math import isinf

from bot.desk.book.display import serial
from bot.desk.book.grid import Scalar
from bot.desk.book.locales import Locale, locale_of, money

CURRENCIES = "$€£¥￥₹₩₽"
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:\s*([AaPp])[Mm])?")
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a typed text means to a cell."""

    value: Scalar = ""
    formula: str | None = None
    number_format: tuple[str, str] | None = None  #: type and pattern, where typing sets one


@lru_cache(maxsize=4096)
def read(text: str, locale: str) -> Entry:
    """The entry a text is in a locale."""
    if text.startswith("'"):
        return Entry(text[1:])
    if text.startswith("=") and len(text) > 1:
        return Entry(formula=text)
    bare = text.strip()
    if not bare or not any(char.isdigit() for char in bare):
        return Entry(bare.upper() == "TRUE") if bare.upper() in {"TRUE", "FALSE"} else Entry(text)
    rules = locale_of(locale)
    return _number(bare, rules) or _moment(bare, rules) or Entry(text)


def _number(text: str, rules: Locale) -> Entry | None:
    sign, body = "", text
    if body[0] in "+-":
        sign, body = body[0], body[1:].lstrip()
    elif body.startswith("(") and body.endswith(")"):
        sign, body = "-", body[1:-1]
    symbol, behind = "", False
    for mark in (rules.currency, *CURRENCIES):
        if body.startswith(mark) or body.endswith(mark):
            symbol, behind = mark, not body.startswith(mark)
            body = body.removeprefix(mark).removesuffix(mark).strip()
            break
    if symbol and body[:1] == "-" and not sign:
        sign, body = "-", body[1:]
    percent = body.endswith("%") and not symbol
    body = body.removesuffix("%").rstrip() if percent else body
    group, point = re.escape(rules.group), re.escape(rules.decimal)
    match = re.fullmatch(
        rf"(\d{{1,3}}(?:{group}\d{{3}})+|\d+)?(?:({point})(\d*))?([eE][-+]?\d{{1,3}})?", body
    )
    if not match or not (match[1] or match[3]):
        return None
    whole = (match[1] or "0").replace(rules.group, "")
    decimals = match[3] or ""
    value = float(f"{sign}{whole}.{decimals or 0}{match[4] or ''}")
    if isinf(value):
        return None
    if math.isinf(value):
        return None  # larger than any number a cell holds, so it stays text
    if percent:
        value = round(value / 100, 15)
    grouped = bool(match[1]) and rules.group in match[1]
    if symbol:
        return Entry(_whole(value), number_format=("CURRENCY", money(symbol, behind, bool(decimals))))
    return Entry(_whole(value), number_format=_typed_format(percent, grouped, decimals, match[4]))


def _typed_format(
    percent: bool, grouped: bool, decimals: str, exponent: str | None
) -> tuple[str, str] | None:
    if percent:
        return "PERCENT", "0.00%" if decimals else "0%"
    if exponent:
        return "SCIENTIFIC", "0.00E+00"
    if grouped:
        return "NUMBER", "#,##0.00" if decimals else "#,##0"
    return None


def _moment(text: str, rules: Locale) -> Entry | None:
    only_time = TIME.fullmatch(text)
    if only_time:
        return _time_entry(only_time, 0, "", "TIME")
    head, _, tail = text.replace("T", " ", 1).partition(" ")
    found = _day(head, rules)
    if found is None:
        return None
    day, pattern = found
    if not tail:
        return Entry(day, number_format=("DATE", pattern))
    clock = TIME.fullmatch(tail.strip())
    return _time_entry(clock, day, pattern + " ", "DATE_TIME") if clock else None


def _day(text: str, rules: Locale) -> tuple[int, str] | None:
    numbers: tuple[str, ...]
    if match := CHINESE.fullmatch(text):
        numbers, pattern = match.groups(), 'yyyy"年"m"月"d"日"'
    elif match := YEAR_FIRST.fullmatch(text):
        mark = match[2]
        numbers = (match[1], match[3], match[4])
        padded = mark == "-" or (len(match[3]) == 2 and match[3][0] == "0")
        pattern = f"yyyy{mark}mm{mark}dd" if padded else f"yyyy{mark}m{mark}d"
    elif (match := YEAR_LAST.fullmatch(text)) and rules.order != "ymd":
        day_first = rules.order == "dmy"
        numbers = (match[4], match[3], match[1]) if day_first else (match[4], match[1], match[3])
        pattern = rules.date
    else:
        return None
    try:
        day = dt.datetime(int(numbers[0]), int(numbers[1]), int(numbers[2]))  # noqa: DTZ001 - wall clock
    except ValueError:
        return None
    return int(serial(day)), pattern


def _time_entry(match: re.Match[str], day: int, before: str, kind: str) -> Entry | None:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[5].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    seconds = hour * 3600 + minute * 60 + second + float(match[4] or 0)
    pattern = before + ("h:mm:ss" if match[3] else "h:mm") + (" am/pm" if match[5] else "")
    return Entry(_whole(day + seconds / 86400), number_format=(kind, pattern))


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) and abs(value) < 1e15 else value
