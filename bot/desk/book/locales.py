"""What the desk knows of locales: separators, order of dates, currency, default patterns.

A short list: the locales an order workbook is likely to have. Any other behaves like en_US.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locale:
    """How a locale writes numbers and dates."""

    decimal: str = "."
    group: str = ","
    currency: str = "$"
    order: str = "mdy"  #: of a date written with separators that does not start with the year
    date: str = "m/d/yyyy"
    time: str = "h:mm:ss am/pm"
    behind: bool = False  #: whether the currency stands behind the amount


_YMD = Locale(order="ymd", date="yyyy/m/d", time="h:mm:ss")
_EURO = Locale(",", ".", "€", "dmy", "dd.mm.yyyy", "hh:mm:ss", behind=True)

LOCALES = {
    "en_US": Locale(),
    "en_GB": Locale(currency="£", order="dmy", date="dd/mm/yyyy", time="hh:mm:ss"),
    "en_AU": Locale(order="dmy", date="d/m/yyyy"),
    "en_CA": Locale(order="ymd", date="yyyy-mm-dd"),
    "en_IN": Locale(currency="₹", order="dmy", date="d/m/yyyy"),
    "en_SG": Locale(order="dmy", date="d/m/yyyy"),
    "zh_CN": Locale(currency="¥", order=_YMD.order, date=_YMD.date, time=_YMD.time),
    "zh_TW": Locale(order=_YMD.order, date=_YMD.date, time=_YMD.time),
    "zh_HK": Locale(currency="HK$", order="dmy", date="d/m/yyyy", time="h:mm:ss"),
    "ja_JP": Locale(currency="¥", order=_YMD.order, date="yyyy/mm/dd", time=_YMD.time),
    "ko_KR": Locale(currency="₩", order=_YMD.order, date="yyyy. m. d", time=_YMD.time),
    "de_DE": _EURO,
    "fr_FR": Locale(",", " ", "€", "dmy", "dd/mm/yyyy", "hh:mm:ss", behind=True),
    "es_ES": Locale(",", ".", "€", "dmy", "d/m/yyyy", "h:mm:ss", behind=True),
    "it_IT": Locale(",", ".", "€", "dmy", "d/m/yyyy", "h.mm.ss", behind=True),
    "nl_NL": Locale(",", ".", "€", "dmy", "d-m-yyyy", "h:mm:ss"),
    "pt_BR": Locale(",", ".", "R$", "dmy", "dd/mm/yyyy", "hh:mm:ss"),
    "ru_RU": Locale(",", " ", "₽", "dmy", "dd.mm.yyyy", "h:mm:ss", behind=True),
}


def locale_of(name: str) -> Locale:
    """The locale with a name such as zh_CN; en_US where the desk does not know it."""
    return LOCALES.get(name, LOCALES["en_US"])


def money(symbol: str, behind: bool, decimals: bool = True) -> str:
    """The pattern of amounts in a currency."""
    number = "#,##0.00" if decimals else "#,##0"
    return f'{number} "{symbol}"' if behind else f'"{symbol}"{number}'
