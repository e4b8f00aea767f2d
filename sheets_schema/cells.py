"""Cells as people type them, read into values. A cell that cannot be read is a value too: `Unreadable`.

Nothing here guesses: what could mean two things is unreadable, and the sentence about it says how to write it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from sheets_schema.fields import Cell, Kind
from sheets_schema.titles import fold

#: Day 0 of a Sheets serial (Sheets API, DateTimeRenderOption.SERIAL_NUMBER).
EPOCH = date(1899, 12, 30)
_LAST_SERIAL = (date(9999, 12, 31) - EPOCH).days

#: What a formula shows when it has no value (yet); such text is never taken for what a person wrote.
ERROR_TEXTS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#ERROR!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_LOADING = frozenset({"loading...", "loading…"})
_TRUE = frozenset({"true", "yes", "y", "1", "是", "对", "✓", "✔", "√", "on"})
_FALSE = frozenset({"false", "no", "n", "0", "否", "不", "✗", "×", "off"})
_CURRENCY = re.compile(
    r"(?i)^(?:cny|rmb|usd|eur|gbp|hkd|jpy|[¥$€£]|us\$|hk\$|人民币)|(?:cny|rmb|usd|eur|gbp|hkd|jpy|元|圆|[¥$€£])$"
)
_MONTHS = {
    m: i
    for i, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_YMD = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_XYZ = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_DMY = re.compile(r"(?i)^(\d{1,2})\.?\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})$")
_MDY = re.compile(r"(?i)^([a-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})$")
_TIME = re.compile(r"^(.*?)[ T]+([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$")


@dataclass(frozen=True)
class Unreadable:
    """A cell whose content is not of its column's kind."""

    #: "formula" (an error or still loading) | "number" | "date" | "ambiguous_date" | "checkbox"
    why: str
    text: str


Value = str | Decimal | date | datetime | bool | None
Read = Value | Unreadable


def is_blank(cell: Cell) -> bool:
    """True for a cell a person would call empty. False and 0 are not empty."""
    return isinstance(cell, str) and not fold(cell)


def is_error(cell: Cell) -> bool:
    """True for the text that a failed or unfinished formula shows."""
    return isinstance(cell, str) and (cell.strip() in ERROR_TEXTS or cell.strip().lower() in _LOADING)


def plain_text(cell: Cell) -> str:
    """The cell as text, without blanks at its ends; whole numbers without a fraction or exponent."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    return str(cell).strip().strip("\u200b\ufeff\u00a0\u3000").strip()


def read_cell(kind: Kind, cell: Cell) -> Read:
    """The cell's value by its column's kind; None when blank. Never raises on what a person can type."""
    if is_blank(cell):
        return None
    if is_error(cell):
        return Unreadable("formula", str(cell).strip())
    match kind:
        case Kind.TEXT:
            return plain_text(cell)
        case Kind.MONEY | Kind.QUANTITY:
            return read_number(cell)
        case Kind.DATE:
            return read_date(cell)
        case Kind.DATETIME:
            return read_datetime(cell)
        case Kind.CHECKBOX:
            return read_checkbox(cell)


def read_number(cell: Cell) -> Decimal | Unreadable:
    """A number in the usual forms: full-width digits, a currency sign or code, thousands separators.

    With both separators the last one is the decimal point; a lone comma before exactly three digits separates thousands.
    """
    bad = Unreadable("number", plain_text(cell))
    if isinstance(cell, bool):
        return bad
    if isinstance(cell, int | float):
        return Decimal(repr(cell)) if math.isfinite(cell) else bad
    if any(unicodedata.decomposition(letter).startswith(("<super>", "<sub>")) for letter in cell):
        # NFKC would turn 5² into 52.
        return bad
    text = unicodedata.normalize("NFKC", cell)
    text = re.sub(r"[\s_'’]", "", text).replace("−", "-")
    text = _CURRENCY.sub("", _CURRENCY.sub("", text))
    sign = ""
    if text[:1] in "+-":
        sign, text = text[:1].replace("+", ""), _CURRENCY.sub("", text[1:])
    text = _without_separators(text)
    if not re.fullmatch(r"\d+(\.\d+)?", text) or len(text) > 30:
        return bad
    try:
        return Decimal(sign + text)
    except InvalidOperation:  # pragma: no cover - the pattern above admits only numbers
        return bad


def _without_separators(text: str) -> str:
    """Digits with at most one point; text that mixes separators impossibly comes back unreadable."""
    if "," in text and "." in text:
        thousands, point = (",", ".") if text.rfind(".") > text.rfind(",") else (".", ",")
        whole, _, fraction = text.rpartition(point)
        return _grouped(whole, thousands) + "." + fraction
    if text.count(",") == 1 and not re.search(r",\d{3}$", text):
        return text.replace(",", ".")
    if "," in text:
        return _grouped(text, ",")
    if text.count(".") > 1:
        return _grouped(text, ".")
    return text


def _grouped(text: str, separator: str) -> str:
    head, *groups = text.split(separator)
    fits = 1 <= len(head) <= 3 and all(len(g) == 3 for g in groups)
    return head + "".join(groups) if fits else "?"


def read_date(cell: Cell) -> date | Unreadable:
    """A day: a serial, or text in ISO, Chinese or month-name form. 03/04/2026 is ambiguous, 21/11/2026 is not."""
    if isinstance(cell, bool):
        return Unreadable("date", plain_text(cell))
    if isinstance(cell, int | float):
        if not math.isfinite(cell) or not 1 <= cell <= _LAST_SERIAL:
            return Unreadable("date", plain_text(cell))
        return EPOCH + timedelta(days=int(cell))
    text = unicodedata.normalize("NFKC", cell).strip()
    with_time = _TIME.match(text)
    if with_time:
        text = with_time.group(1).strip()
    return _date_of_text(text)


def _date_of_text(text: str) -> date | Unreadable:
    parts: tuple[int, int, int] | None = None
    if m := _YMD.match(text):
        parts = (int(m[1]), int(m[2]), int(m[3]))
    elif m := _XYZ.match(text):
        first, second, year = int(m[1]), int(m[2]), int(m[3])
        if first <= 12 and second <= 12 and first != second:
            return Unreadable("ambiguous_date", text)
        parts = (year, second, first) if first > 12 or first == second else (year, first, second)
    elif (m := _DMY.match(text)) and m[2].lower() in _MONTHS:
        parts = (int(m[3]), _MONTHS[m[2].lower()], int(m[1]))
    elif (m := _MDY.match(text)) and m[1].lower() in _MONTHS:
        parts = (int(m[3]), _MONTHS[m[1].lower()], int(m[2]))
    if parts is None:
        return Unreadable("date", text)
    try:
        return date(*parts)
    except ValueError:
        return Unreadable("date", text)


def read_datetime(cell: Cell) -> datetime | Unreadable:
    """A wall-clock time in the spreadsheet's zone, naive because a serial carries no zone."""
    day = read_date(cell)
    if isinstance(day, Unreadable):
        return day
    if isinstance(cell, int | float):
        seconds = round((cell - int(cell)) * 86_400)
    else:
        m = _TIME.match(unicodedata.normalize("NFKC", str(cell)).strip())
        seconds = int(m[2]) * 3600 + int(m[3]) * 60 + int(m[4] or 0) if m else 0
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall clock; the zone is the caller's to add
    return midnight + timedelta(seconds=seconds)


def read_checkbox(cell: Cell) -> bool | Unreadable:
    """A tick, also as the words people type for one."""
    if isinstance(cell, bool):
        return cell
    word = fold(plain_text(cell))
    if word in _TRUE:
        return True
    return False if word in _FALSE else Unreadable("checkbox", plain_text(cell))


def date_serial(day: date) -> int:
    """The serial the sheet stores for a day."""
    return (day - EPOCH).days


def datetime_serial(moment: datetime) -> float:
    """The serial the sheet stores for a wall-clock time; the caller has put it into the team's zone."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return date_serial(moment.date()) + round(seconds / 86_400, 10)
