"""Number formats made into functions: a pattern is taken apart once and then shows any number of values.

They know the placeholders order workbooks use (0 # ? , . % E, quoted text, currency, dates and times,
sections for negative and zero). Conditions in sections and fractions are not imitated.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bot.desk.book.locales import Locale, locale_of, money

EXACTLY = Context(prec=400)  #: digits; the largest number a cell holds has 309 before its point

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - serials are wall-clock times and carry no zone
DATE_TYPES = {"DATE", "TIME", "DATE_TIME"}
UNITS = set("ymdhs")
SHORT = 12  #: a number this long has at most ten decimals, so its shortest form is the one shown
TOKEN = re.compile(
    r'"[^"]*"|\\.|\[\$([^\]-]*)[^\]]*\]|\[[hms]+\]|\[[^\]]*\]'
    r"|y+|m+|d+|h+|s+(?:\.0+)?|am/pm|a/p|E[+-]0+|[0#?,.]+|_.|\*.|.",
    re.IGNORECASE | re.DOTALL,
)
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

Renderer = Callable[[float], str]
Part = tuple[
    str, str | Callable[[dt.datetime, float], Any]
]  #: a %-field, and the attribute or function for it


@lru_cache(maxsize=512)
def renderer(kind: str, pattern: str, locale: str) -> Renderer | None:
    """A function that shows numbers in a format; none if the format means plain text or automatic."""
    rules = locale_of(locale)
    if not pattern:
        pattern = {
            "PERCENT": "0.00%",
            "CURRENCY": money(rules.currency, rules.behind),
            "NUMBER": "#,##0.00",
            "SCIENTIFIC": "0.00E+00",
            "DATE": rules.date,
            "TIME": rules.time,
            "DATE_TIME": f"{rules.date} {rules.time}",
        }.get(kind, "")
    if not pattern or pattern in {"@", "General", "general"} or kind == "TEXT":
        return None
    return _date(pattern) if kind in DATE_TYPES else _number(pattern, rules)


# Numbers


def plain_number(value: float) -> str:
    """A number without a format: at most ten decimals, no trailing zeros."""
    text = repr(value)
    if len(text) <= SHORT and "e" not in text:
        return text.removesuffix(".0")
    if isinstance(value, int) and abs(value) < 10**15:
        return text
    if value == 0:
        return "0"
    if abs(value) >= 1e15 or abs(value) < 1e-9:
        mantissa, exponent = f"{value:.5E}".split("E")
        sign, digits = exponent[0], exponent[1:].lstrip("0").zfill(2)
        return f"{mantissa.rstrip('0').rstrip('.')}E{sign}{digits}"
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _number(pattern: str, rules: Locale) -> Renderer:
    sections = _sections(pattern)
    positive, negative, zero, *_ = [*sections, "", ""]
    show_positive = _section(positive, rules)
    show_negative = _section(negative, rules) if negative else None
    show_zero = _section(zero, rules) if len(sections) > 2 else None

    def show(value: float) -> str:
        if value > 0:
            return show_positive(value)
        if value == 0:
            return (show_zero or show_positive)(0)
        if show_negative:
            return show_negative(-value)
        text = show_positive(-value)
        return "-" + text if re.search(r"[1-9]", text) else text

    return show


def _sections(pattern: str) -> list[str]:
    parts, quoted, current = [], False, ""
    for char in pattern:
        if char == '"':
            quoted = not quoted
        if char == ";" and not quoted:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


def _section(pattern: str, rules: Locale) -> Renderer:
    """A function for numbers that are not negative."""
    before, after, digits, exponent = "", "", "", ""
    for match in TOKEN.finditer(pattern):
        token = match[0]
        if re.fullmatch(r"[0#?,.]+", token):
            digits += token
        elif token[:2].upper() in {"E+", "E-"}:
            exponent = token
        else:
            text = match[1] if token.startswith("[$") else _literal(token)
            before, after = (before, after + text) if digits else (before + text, after)
    if not digits:
        return lambda _: before + after
    scale = 100 ** pattern.count("%")
    if exponent:
        return lambda value: (
            before + _scientific(Decimal(repr(value)) * scale, digits, exponent, rules) + after
        )

    def exactly(value: float) -> str:
        return before + _digits(Decimal(repr(value)) * scale, digits, rules) + after

    usual = re.fullmatch(r"(#,##)?#*0(?:\.(0+))?", digits)
    return _quick(usual, before, after, rules, exactly) if usual and scale == 1 else exactly


def _quick(usual: re.Match[str], before: str, after: str, rules: Locale, exactly: Renderer) -> Renderer:
    """The function for the most common patterns, many times faster than decimal arithmetic.

    Rounding the float is rounding the number people see, unless that stands halfway between two texts: then
    only its decimal form tells up from down.
    """
    decimals = len(usual[2] or "")
    spec = f"{{:{',' if usual[1] else ''}.{decimals}f}}"
    write = spec.format
    shift = 10**decimals
    marks = {ord(","): rules.group, ord("."): rules.decimal}
    english = rules.group == "," and rules.decimal == "."

    def show(value: float) -> str:
        shifted = value * shift
        if (
            shifted > 1e12 or 0.499 < shifted % 1.0 < 0.501
        ):  # up to here a float is good for three more digits
            return exactly(value)
        text = write(value)
        return before + (text if english else text.translate(marks)) + after

    return show


def _literal(token: str) -> str:
    if token.startswith('"'):
        return token[1:-1]
    if token.startswith("\\"):
        return token[1:]
    if token.startswith(("_", "*")) and len(token) == 2:
        return " " if token[0] == "_" else ""
    if token.startswith("["):
        return ""
    return token


def _digits(value: Decimal, pattern: str, rules: Locale) -> str:
    whole, _, decimals = pattern.partition(".")
    while whole.endswith(","):  # each comma at the end divides by a thousand
        whole, value = whole[:-1], value / 1000
    most, least = sum(c in "0#?" for c in decimals), decimals.count("0")
    rounded = value.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP, EXACTLY)
    integer, _, fraction = f"{rounded:f}".partition(".")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    integer = integer.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        groups: list[str] = []
        while len(integer) > 3:
            integer, last = integer[:-3], integer[-3:]
            groups.insert(0, last)
        integer = rules.group.join([integer, *groups])
    point = rules.decimal if fraction or ("." in pattern and least) else ""
    return f"{integer}{point}{fraction}"


def _scientific(value: Decimal, pattern: str, exponent: str, rules: Locale) -> str:
    _, _, decimals = pattern.partition(".")
    mantissa, power = f"{value:.{len(decimals)}E}".split("E")
    sign = "-" if power.startswith("-") else "+" if exponent[1] == "+" else ""
    return f"{mantissa.replace('.', rules.decimal)}E{sign}{power.lstrip('+-').rjust(len(exponent) - 2, '0')}"


# Dates and times


def _date(pattern: str) -> Renderer:
    tokens = [match[0] for match in TOKEN.finditer(pattern)]
    exact = any(token.lower().startswith(("s", "[s")) and "." in token for token in tokens)
    twelve = any(token.lower() in {"am/pm", "a/p"} for token in tokens)
    units = [token.lstrip("[")[:1].lower() for token in tokens]
    parts = []
    for index, token in enumerate(tokens):
        before = next((unit for unit in reversed(units[:index]) if unit in UNITS), "")
        after = next((unit for unit in units[index + 1 :] if unit in UNITS), "")
        parts.append(_date_part(token, twelve, before == "h" or after == "s"))
    template = "".join(field.replace("%", "%%") if not what else field for field, what in parts)
    return _dated(template, [what for _, what in parts if what], exact)


def _dated(template: str, fields: list[str | Callable[[dt.datetime, float], Any]], exact: bool) -> Renderer:
    names = [field for field in fields if isinstance(field, str)]
    read = attrgetter(*names) if names and len(names) == len(fields) else None

    # The dates of a column are few beside its rows.
    @lru_cache(maxsize=4096)
    def show(value: float) -> str:
        try:
            milliseconds = round(value * 86_400_000)
            if not exact:
                milliseconds = (milliseconds + 500) // 1000 * 1000
            moment = EPOCH + dt.timedelta(milliseconds=milliseconds)
        except OverflowError:
            return plain_number(value)
        if read:
            return template % read(moment)
        return template % tuple(
            getattr(moment, field) if isinstance(field, str) else field(moment, value) for field in fields
        )

    return show


def _date_part(token: str, twelve: bool, minutes: bool) -> Part:
    """One token of a date pattern; with nothing to fill in, it is a literal."""
    low, count = token.lower(), len(token)
    if low in {"am/pm", "a/p"}:
        return "%s", lambda moment, _: "AM" if moment.hour < 12 else "PM"
    if re.fullmatch(r"\[[hms]+\]", low):
        unit = {"h": 24, "m": 1440, "s": 86400}[low[1]]
        return f"%0{count - 2}d", lambda _, value: int(value * unit + 1e-9)
    padded = f"%0{min(count, 2)}d"
    kind = low[0]
    if kind == "y":
        return ("%04d", "year") if count > 2 else ("%02d", lambda moment, _: moment.year % 100)
    if kind == "h":
        return padded, (lambda moment, _: moment.hour % 12 or 12) if twelve else "hour"
    if kind == "m":
        return (padded, "minute") if minutes else _month(count)
    if kind == "d":
        return _day(count)
    if kind == "s":
        places = len(low.partition(".")[2])
        seconds = f"%0{2 if low.startswith('ss') else 1}d"
        if not places:
            return seconds, "second"
        return "%s", lambda moment, _: seconds % moment.second + f".{moment.microsecond:06}"[: places + 1]
    return _literal(token), ""


def _month(count: int) -> Part:
    if count < 3:
        return f"%0{count}d", "month"
    length = {3: 3, 5: 1}.get(count)
    return "%s", lambda moment, _: MONTHS[moment.month - 1][:length]


def _day(count: int) -> Part:
    if count < 3:
        return f"%0{count}d", "day"
    length = 3 if count == 3 else None
    return "%s", lambda moment, _: DAYS[moment.weekday()][:length]
