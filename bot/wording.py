"""Words, numbers and days as a reader of one language expects them; no layout.

The words come from small catalogues beside the templates, so that a mail has one structure and two languages.
"""

from __future__ import annotations

import decimal
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sheets_schema.languages import CHINESE

if TYPE_CHECKING:
    from babel import Locale

#: Significant digits kept while a number is put into words: more than the product of any two cells has.
_PRECISION = 1_000

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
        if amount is None or not amount.is_finite():
            return "" if amount is None else str(amount)
        locale = _locale(self.language)
        with decimal.localcontext(prec=_PRECISION):
            if _is_iso(currency):
                pattern = locale.currency_formats["standard"]
                return str(pattern.apply(amount, locale, currency=currency, decimal_quantization=False))
            pattern = locale.decimal_formats[None]
            return str(pattern.apply(amount, locale, decimal_quantization=False, force_frac=_cents(amount)))

    def quantity(self, amount: Decimal) -> str:
        """A number without zeros at its end."""
        if not amount.is_finite():
            return str(amount)
        locale = _locale(self.language)
        with decimal.localcontext(prec=_PRECISION):
            return str(locale.decimal_formats[None].apply(amount, locale, decimal_quantization=False))

    def day(self, day: date | None) -> str:
        """A day that no reader takes for another one; "" when there is none."""
        if day is None:
            return ""
        if self.language == CHINESE:
            return f"{day.year}年{day.month}月{day.day}日"
        months = _locale(self.language).months["format"]["abbreviated"]
        return f"{day.day} {months[day.month]} {day.year}"


def read_words(folder: Path, mail: str, language: str) -> Words:
    """The words of one mail with those that all mails share; a mail's own word wins."""
    shared, own = (
        tomllib.loads((folder / part / f"words.{language}.toml").read_text("utf-8"))
        for part in ("_base", mail)
    )
    return {**shared, **own}


def _cents(amount: Decimal) -> tuple[int, int]:
    """Two digits after the point, or all there are when there are more."""
    digits = max(2, -int(amount.normalize().as_tuple().exponent))
    return digits, digits


@cache
def _locale(language: str) -> Locale:
    # babel is imported where it is first used: an idle worker writes no numbers and need not hold its tables.
    from babel import Locale  # noqa: PLC0415

    return Locale.parse("zh_Hans_CN" if language == CHINESE else "en")


@cache
def _is_iso(currency: str) -> bool:
    from babel.numbers import is_currency  # noqa: PLC0415

    return bool(is_currency(currency))
