"""Currencies as people name them, and what their amounts are rounded to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision, list_currencies
from hypothesis import given
from hypothesis import strategies as st

from sheets_schema.currencies import currency_code, minor_unit, rounded
from tests.unit.rows import FEW

MAJOR = ["CNY", "USD", "EUR", "GBP", "HKD", "JPY", "KWD", "CHF", "INR"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("¥", "CNY"), ("￥", "CNY"), ("元", "CNY"), ("RMB", "CNY"), (" 人民币 ", "CNY"), ("$", "USD"), ("US$", "USD"),
     ("€", "EUR"), ("Euro", "EUR"), ("£", "GBP"), ("HK$", "HKD"), ("日元", "JPY"), ("eur", "EUR"), ("Ｕsd", "USD"),
     ("kwd", "KWD")],
)  # fmt: skip
def test_a_currency_is_known_by_sign_name_and_code(text: str, code: str) -> None:
    assert currency_code(text) == code


@pytest.mark.parametrize("text", ["", "XXQ", "yuan-ish", "CNY EUR", "123", "=1+1"])
def test_what_names_no_currency_is_not_guessed(text: str) -> None:
    assert currency_code(text) is None


def test_the_code_of_a_code_is_itself() -> None:
    assert all(currency_code(code.lower()) == code for code in MAJOR)


@pytest.mark.parametrize("code", MAJOR)
def test_minor_units_are_those_of_the_standard(code: str) -> None:
    assert code in list_currencies()
    assert minor_unit(code) == Decimal(1).scaleb(-get_currency_precision(code))


@pytest.mark.parametrize(
    ("amount", "code", "invoice"),
    [("0.005", "CNY", "0.01"), ("-0.005", "CNY", "-0.01"), ("2.675", "EUR", "2.68"), ("0.0049", "CNY", "0.00"),
     ("2.5", "JPY", "3"), ("0.0005", "KWD", "0.001"), ("1", "USD", "1.00")],
)  # fmt: skip
def test_amounts_are_rounded_half_up_as_on_an_invoice(amount: str, code: str, invoice: str) -> None:
    result = rounded(Decimal(amount), code)
    assert (result, result.as_tuple().exponent) == (Decimal(invoice), Decimal(invoice).as_tuple().exponent)


@FEW
@given(st.decimals(-(10**12), 10**12, places=5), st.sampled_from(MAJOR))
def test_rounding_moves_an_amount_by_half_a_minor_unit_at_most(amount: Decimal, code: str) -> None:
    once = rounded(amount, code)
    assert abs(once - amount) * 2 <= minor_unit(code)
    assert rounded(once, code) == once
