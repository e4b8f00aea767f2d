"""Number formats: Sheets' type and pattern, and the one code an .xlsx file has for both.

The two speak nearly the same language. What a code means beyond what it says is guessed from its signs, as
Excel itself does.
"""

from __future__ import annotations

import re
from typing import Any

from bot.desk.book.locales import locale_of

GENERAL = "General"
#: Codes Excel shows in the reader's own way and not as they are written: Sheets' types without a pattern.
LOCAL_CODES = {"mm-dd-yy": "DATE", "m/d/yy h:mm": "DATE_TIME"}
LOCAL_TYPES = {kind: code for code, kind in LOCAL_CODES.items()}
DEFAULT_CODES = {
    "TEXT": "@",
    "PERCENT": "0.00%",
    "NUMBER": "#,##0.00",
    "SCIENTIFIC": "0.00E+00",
    "TIME": "h:mm:ss",
    **LOCAL_TYPES,
}
QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
CURRENCY = re.compile(r"\[\$[^\]-]+[^\]]*\]|[$€£¥￥₹₩₽]")
BRACKETS = re.compile(r"\[(?![hms]+\])[^\]]*\]", re.IGNORECASE)
CLOCK = re.compile(r"[hs]|\[[hms]+\]", re.IGNORECASE)
DAY = re.compile(r"[yd]", re.IGNORECASE)
MONTH_ALONE = re.compile(r"m", re.IGNORECASE)


def code_of(number_format: dict[str, Any] | None, locale: str) -> str:
    """The format code for a cell's number format; `General` for none."""
    if not number_format:
        return GENERAL
    kind = number_format.get("type", "")
    pattern = str(number_format.get("pattern", ""))
    if kind == "TEXT":
        return "@"
    if not pattern and kind == "CURRENCY":
        return f'"{locale_of(locale).currency}"#,##0.00'
    return pattern or DEFAULT_CODES.get(kind, GENERAL)


def format_of(code: str) -> dict[str, str] | None:
    """The number format a code means; none for `General`."""
    if not code or code.lower() == GENERAL.lower():
        return None
    if code in LOCAL_CODES:
        return {"type": LOCAL_CODES[code]}
    kind = kind_of(code)
    return {"type": kind} if kind == "TEXT" else {"type": kind, "pattern": code}


def kind_of(code: str) -> str:
    """The type of a format code, judged by its first section."""
    currency = bool(CURRENCY.search(code))
    first = code.split(";", 1)[0] if '"' not in code else QUOTED.sub("", code).split(";", 1)[0]
    bare = BRACKETS.sub("", QUOTED.sub("", first))
    if bare.strip() == "@":
        return "TEXT"
    if not re.search(r"[0#?]", re.sub(r"s+\.0+", "s", bare)):
        day, clock = bool(DAY.search(bare)), bool(CLOCK.search(bare))
        if day and clock:
            return "DATE_TIME"
        if day or (MONTH_ALONE.search(bare) and not clock):
            return "DATE"
        if clock:
            return "TIME"
    if currency or CURRENCY.search(first):
        return "CURRENCY"
    if "%" in bare:
        return "PERCENT"
    return "SCIENTIFIC" if re.search(r"E[+-]", bare) else "NUMBER"
