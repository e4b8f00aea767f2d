"""Shows a value as Sheets shows it, in a workbook's locale."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.desk.book.grid import Scalar
from bot.desk.book.locales import locale_of
from bot.desk.book.patterns import DATE_TYPES, EPOCH, SHORT, Renderer, plain_number, renderer

__all__ = [
    "EPOCH",
    "SHORT",
    "Renderer",
    "automatic",
    "is_date",
    "plain_number",
    "renderer_of",
    "serial",
    "shown",
]


def renderer_of(number_format: dict[str, Any] | None, locale: str) -> Renderer | None:
    """The function that shows numbers in a NumberFormat; none if they are shown as they are."""
    if not number_format:
        return None
    return renderer(number_format.get("type", ""), number_format.get("pattern", ""), locale)


def shown(value: Scalar, number_format: dict[str, Any] | None, locale: str) -> str:
    """The text a person sees in the cell."""
    if isinstance(value, str):
        return value
    if number_format and not isinstance(value, bool):
        render = renderer_of(number_format, locale)
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


def is_date(number_format: dict[str, Any] | None) -> bool:
    """Whether a number with this format is a point in time."""
    return bool(number_format) and number_format is not None and number_format.get("type") in DATE_TYPES


def serial(moment: dt.datetime) -> float:
    """Days since 1899-12-30; the time of day is the fraction."""
    delta = moment - EPOCH
    number = delta.days + delta.seconds / 86400 + delta.microseconds / 86_400_000_000
    return int(number) if number == int(number) else number
