"""Currencies people name in a cell, and how many decimals their minor unit has (ISO 4217)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sheets_schema.titles import fold

_NAMES = {
    "¥": "CNY", "￥": "CNY", "rmb": "CNY", "人民币": "CNY", "元": "CNY", "$": "USD", "us$": "USD", "美元": "USD",
    "€": "EUR", "euro": "EUR", "欧元": "EUR", "£": "GBP", "英镑": "GBP", "hk$": "HKD", "港币": "HKD", "港元": "HKD",
    "日元": "JPY", "円": "JPY",
}  # fmt: skip
_NO_DECIMALS = frozenset(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"])  # fmt: skip
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_TWO_DECIMALS = frozenset(
    ["AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VES", "WST", "XCD", "YER", "ZAR", "ZMW", "ZWL"]
)  # fmt: skip


def currency_code(text: str) -> str | None:
    """The ISO code that a cell or the config names; None when it names none."""
    name = fold(text)
    code = _NAMES.get(name, name.upper())
    return code if code in _NO_DECIMALS | _THREE_DECIMALS | _TWO_DECIMALS else None


def minor_unit(code: str) -> Decimal:
    """The smallest amount of a currency, such as 0.01."""
    if code in _NO_DECIMALS:
        return Decimal(1)
    return Decimal("0.001") if code in _THREE_DECIMALS else Decimal("0.01")


def rounded(amount: Decimal, code: str) -> Decimal:
    """The amount in whole minor units, half away from zero as on an invoice."""
    return amount.quantize(minor_unit(code), rounding=ROUND_HALF_UP)


def minor_units(amount: Decimal, code: str) -> int:
    """The amount as a whole number of minor units."""
    return int(rounded(amount, code) / minor_unit(code))


def major_units(amount: int, code: str) -> Decimal:
    """So many minor units as an amount."""
    return amount * minor_unit(code)
