"""Words, numbers and days as a reader of one language expects them; no layout.

The words come from small catalogues beside the templates, so that a mail has one structure and two languages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from sheets_schema.languages import CHINESE

Words = Mapping[str, str | Mapping[str, str]]


@dataclass(frozen=True)
class Wording:
    """What one mail can say in one language."""

    language: str
    words: Words

    def say(self, key: str, **values: object) -> str:
        """The words under this key with the values put in; `count` picks the singular where there is one.

        The values are put in as they are: nothing in them is looked up, formatted or called.
        """
        words = self.words[key]
        if not isinstance(words, str):
            words = words["one" if values["count"] == 1 else "other"]
        return words.format(**values)

    def money(self, amount: Decimal | None, currency: str) -> str:
        """An amount with its currency's sign, no digit lost and none missing; "" when there is no amount.

        What is no ISO code gets no sign: the mail names the currency once, near the total.
        """
        if amount is None:
            return ""
        if not (len(currency) == 3 and _is_iso(currency)):
            return _digits(amount, 2)
        # abs() would round to the context's 28 digits.
        sign, digits = _currency(currency, self.language)
        return f"{'-' if amount < 0 else ''}{sign}{_digits(amount.copy_abs(), digits)}"

    def quantity(self, amount: Decimal) -> str:
        """A number without zeros at its end."""
        return _digits(amount, 0)

    def day(self, day: date | None) -> str:
        """A day that no reader takes for another one; "" when there is none."""
        if day is None:
            return ""
        if self.language == CHINESE:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_months(self.language)[day.month]} {day.year}"

    def month(self, day: date) -> str:
        """The month a day lies in, with its year."""
        if self.language == CHINESE:
            return f"{day.year}年{day.month}月"
        return f"{_months(self.language)[day.month]} {day.year}"

    def day_and_month(self, day: date) -> str:
        """A day whose year the reader knows."""
        if self.language == CHINESE:
            return f"{day.month}月{day.day}日"
        return f"{day.day} {_months(self.language)[day.month]}"

    def short_day(self, day: date) -> str:
        """A day of this or the last few weeks, with its weekday."""
        name = _weekdays(self.language)[day.weekday()]
        short = self.day_and_month(day)
        return f"{short} {name}" if self.language == CHINESE else f"{name} {short}"

    def moment(self, moment: datetime) -> str:
        """A wall-clock time to the minute; which year, the reader knows."""
        if self.language == CHINESE:
            return f"{moment.month}月{moment.day}日 {moment:%H:%M}"
        return f"{moment.day} {_months(self.language)[moment.month]} {moment:%H:%M}"


def read_words(folder: Path, mail: str, language: str) -> Words:
    """The words of one mail with those that all mails share; a mail's own word wins."""
    shared, own = (
        tomllib.loads((folder / part / f"words.{language}.toml").read_text("utf-8"))
        for part in ("_base", mail)
    )
    return {**shared, **own}


def _digits(amount: Decimal, least: int) -> str:
    """All digits of the number, in groups of three, at least so many behind the point.

    Both languages group by commas and have a point; a third one may need more. Exact for every size, which babel's
    own formatting is not.
    """
    if not amount.is_finite():
        return str(amount)
    whole, _, fraction = format(amount, ",f").partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


# babel is imported where it is first used: an idle worker writes no numbers and need not hold its tables.


@cache
def _currency(code: str, language: str) -> tuple[str, int]:
    """The sign that no reader of this language takes for another currency's, and the digits behind the point."""
    from babel.numbers import get_currency_precision, get_currency_symbol  # noqa: PLC0415

    sign = get_currency_symbol(code, _locale_name(language))
    return (f"{sign}\N{NO-BREAK SPACE}" if sign[-1].isalpha() else sign), get_currency_precision(code)


@cache
def _is_iso(currency: str) -> bool:
    from babel.numbers import is_currency  # noqa: PLC0415

    return bool(is_currency(currency))


@cache
def _months(language: str) -> Mapping[int, str]:
    from babel.dates import get_month_names  # noqa: PLC0415

    return get_month_names("abbreviated", locale=_locale_name(language))


@cache
def _weekdays(language: str) -> Mapping[int, str]:
    from babel.dates import get_day_names  # noqa: PLC0415

    return get_day_names("abbreviated", locale=_locale_name(language))


def _locale_name(language: str) -> str:
    return "zh_Hans_CN" if language == CHINESE else "en"
