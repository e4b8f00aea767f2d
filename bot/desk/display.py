"""Shows a value as Sheets shows it: number formats, dates and plain numbers in a workbook's locale.

It knows the placeholders order workbooks use (0 # ? , . % E, quoted text, currency, dates and times,
sections for negative and zero). Conditions in sections and fractions are not imitated.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from bot.desk.grid import Scalar
from bot.desk.locales import Locale, locale_of

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - serials are wall-clock times and carry no zone
UNITS = set("ymdhs")
SHORT = 12  #: a number this long has at most ten decimals, so its shortest form is the one shown
DATE_TYPES = {"DATE", "TIME", "DATE_TIME"}
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


def shown(value: Scalar, number_format: dict[str, Any] | None, locale: str) -> str:
    """The text a person sees in the cell."""
    if isinstance(value, str):
        return value
    if number_format and not isinstance(value, bool):
        kind, pattern = number_format.get("type", ""), number_format.get("pattern", "")
        render = _renderer(kind, pattern, locale)
        if render is not None:
            return render(value)
    return automatic(value, locale_of(locale).decimal)


def automatic(value: Scalar, decimal: str) -> str:
    """A value without a format."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    text = plain_number(value)
    return text if decimal == "." else text.replace(".", decimal)


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


def is_date(number_format: dict[str, Any] | None) -> bool:
    """Whether a number with this format is a point in time."""
    return bool(number_format) and number_format is not None and number_format.get("type") in DATE_TYPES


def serial(moment: dt.datetime) -> float:
    """Days since 1899-12-30; the time of day is the fraction."""
    delta = moment - EPOCH
    number = delta.days + delta.seconds / 86400 + delta.microseconds / 86_400_000_000
    return int(number) if number == int(number) else number


@lru_cache(maxsize=512)
def _renderer(kind: str, pattern: str, locale: str) -> Callable[[float], str] | None:
    """A function for one format, or none if the format means plain text or automatic."""
    rules = locale_of(locale)
    if not pattern:
        pattern = {
            "PERCENT": "0.00%",
            "CURRENCY": f'"{rules.currency}"#,##0.00',
            "NUMBER": "#,##0.00",
            "SCIENTIFIC": "0.00E+00",
            "DATE": rules.date,
            "TIME": rules.time,
            "DATE_TIME": f"{rules.date} {rules.time}",
        }.get(kind, "")
    if not pattern or pattern in {"@", "General", "general"} or kind == "TEXT":
        return None
    if kind in DATE_TYPES:
        return lambda value: _date(value, pattern)
    sections = _sections(pattern)
    return lambda value: _number(value, sections, rules)


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


def _number(value: float, sections: list[str], rules: Locale) -> str:
    if value == 0 and len(sections) > 2:
        return _section(0, sections[2], rules)
    if value < 0 and len(sections) > 1 and sections[1]:
        return _section(-value, sections[1], rules)
    text = _section(abs(value), sections[0], rules)
    return "-" + text if value < 0 and re.search(r"[1-9]", text) else text


def _section(value: float, pattern: str, rules: Locale) -> str:
    out: list[str] = []
    digits = ""
    place = -1
    exponent = ""
    for match in TOKEN.finditer(pattern):
        token = match[0]
        if re.fullmatch(r"[0#?,.]+", token):
            digits += token
            if place < 0:
                place = len(out)
                out.append("")
        elif token[:2].upper() in {"E+", "E-"}:
            exponent = token
        elif token.startswith("[$"):
            out.append(match[1])
        else:
            out.append(_literal(token))
    if place >= 0:
        scaled = Decimal(repr(value)) * 100 ** pattern.count("%")
        out[place] = _scientific(scaled, digits, exponent) if exponent else _digits(scaled, digits, rules)
    return "".join(out)


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
    rounded = value.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
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


def _scientific(value: Decimal, pattern: str, exponent: str) -> str:
    _, _, decimals = pattern.partition(".")
    mantissa, power = f"{value:.{len(decimals)}E}".split("E")
    sign = "-" if power.startswith("-") else "+" if exponent[1] == "+" else ""
    return f"{mantissa}E{sign}{power.lstrip('+-').rjust(len(exponent) - 2, '0')}"


def _date(value: float, pattern: str) -> str:
    try:
        moment = EPOCH + dt.timedelta(milliseconds=round(value * 86_400_000))
    except OverflowError:
        return plain_number(value)
    tokens = [match[0] for match in TOKEN.finditer(pattern)]
    if not any(token.lower().startswith(("s", "[s")) and "." in token for token in tokens):
        moment = (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    twelve = any(token.lower() in {"am/pm", "a/p"} for token in tokens)
    units = [token.lstrip("[")[:1].lower() for token in tokens]
    out = []
    for index, token in enumerate(tokens):
        before = next((unit for unit in reversed(units[:index]) if unit in UNITS), "")
        after = next((unit for unit in units[index + 1 :] if unit in UNITS), "")
        out.append(_date_token(token, moment, value, twelve, before == "h" or after == "s"))
    return "".join(out)


def _date_token(token: str, moment: dt.datetime, value: float, twelve: bool, minutes: bool) -> str:
    low, count = token.lower(), len(token)
    if low in {"am/pm", "a/p"}:
        return "AM" if moment.hour < 12 else "PM"
    if re.fullmatch(r"\[[hms]+\]", low):
        unit = {"h": 24, "m": 1440, "s": 86400}[low[1]]
        return str(int(value * unit + 1e-9)).rjust(count - 2, "0")
    kind = low[0]
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    if kind == "y":
        return f"{moment.year:04}" if count > 2 else f"{moment.year % 100:02}"
    if kind == "h":
        return str(hour).rjust(min(count, 2), "0")
    if kind == "m" and minutes:
        return str(moment.minute).rjust(min(count, 2), "0")
    if kind == "m":
        name = MONTHS[moment.month - 1]
        return {1: str(moment.month), 2: f"{moment.month:02}", 3: name[:3], 5: name[0]}.get(count, name)
    if kind == "d":
        name = DAYS[moment.weekday()]
        return {1: str(moment.day), 2: f"{moment.day:02}", 3: name[:3]}.get(count, name)
    if kind == "s":
        seconds = str(moment.second).rjust(2 if low.startswith("ss") else 1, "0")
        decimals = low.partition(".")[2]
        return seconds + (f".{moment.microsecond:06}"[: len(decimals) + 1] if decimals else "")
    return _literal(token)
