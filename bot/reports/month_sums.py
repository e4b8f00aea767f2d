"""Lines added up by something: orders counted once, each currency apart, nothing rounded on the way."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from bot.reports.numbers import decimal_of, quantity_of
from bot.reports.values import Amount, Sum
from sheets_schema.currencies import minor_unit


def sums_by(frame: pd.DataFrame, key: str, digits: int, main: str) -> dict[int, Sum]:
    """The lines of each value of a whole-number column; `main` is the currency that is named first."""
    if frame.empty:
        return {}
    groups = frame.groupby(key)
    lines, quantities = groups.size(), groups["quantity"].sum()
    orders = frame[[key, "order_no"]].drop_duplicates().groupby(key).size()
    amounts = _amounts(frame, key, main)
    return {
        int(value): Sum(
            int(orders[value]), int(count), quantity_of(quantities[value], digits), amounts[int(value)]
        )
        for value, count in lines.items()
    }


def total_of(frame: pd.DataFrame, digits: int, main: str) -> Sum:
    """All lines added up."""
    return sums_by(frame.assign(everything=0), "everything", digits, main).get(0, Sum())


def _amounts(frame: pd.DataFrame, key: str, main: str) -> dict[int, tuple[Amount, ...]]:
    by = [key, "currency"]
    money = frame.groupby(by, observed=True)["amount"].sum()
    orders = frame[[*by, "order_no"]].drop_duplicates().groupby(by, observed=True).size()
    found: dict[int, list[Amount]] = defaultdict(list)
    for (value, currency), whole in money.items():
        decimals = -int(minor_unit(str(currency)).as_tuple().exponent)
        amount = decimal_of(whole, decimals)
        found[int(value)].append(Amount(str(currency), amount, int(orders[value, currency])))
    return {
        value: tuple(sorted(amounts, key=lambda a: (a.currency != main, a.currency)))
        for value, amounts in found.items()
    }
