"""Lines added up by groups, all groups at once, exactly: integers of minor units, distinct orders counted once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.planning.report_values import Amount, Sum
from bot.reports.figures.numbers import Whole, decimal_of, quantity_of, safe
from sheets_schema.currencies import minor_unit

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """What the integers of a frame stand for."""

    #: By code.
    currencies: Sequence[str]
    #: The config's, which comes first.
    currency: str
    quantity_digits: int

    @cached_property
    def decimals(self) -> dict[str, int]:
        """Decimals of each currency's minor unit."""
        return {
            code: -int(minor_unit(code).as_tuple().exponent) for code in (*self.currencies, self.currency)
        }

    def amount(self, whole: int, currency: str) -> Decimal:
        """Minor units in major ones."""
        return decimal_of(whole, self.decimals[currency])


def sums_by(frame: pd.DataFrame, keys: Keys, units: Units) -> dict[int, Sum]:
    """The sum of each group of lines; a group is what has the same key.

    Uses the columns `order` (codes), `currency` (codes), `amount` and `quantity`. Cancelled lines must be out already.
    """
    groups, found = pd.factorize(keys)
    if not len(found):
        return {}
    order = frame["order"].to_numpy(dtype=np.int64)
    money = groups * (len(units.currencies) + 1) + frame["currency"].to_numpy(dtype=np.int64)
    by_money, money_keys = pd.factorize(money)
    amounts = _added(by_money, len(money_keys), frame["amount"].to_numpy())
    orders_of_money = _distinct(by_money, len(money_keys), order)
    parts: list[list[Amount]] = [[] for _ in found]
    for key, whole, orders in zip(
        money_keys.tolist(), amounts.tolist(), orders_of_money.tolist(), strict=True
    ):
        group, code = divmod(key, len(units.currencies) + 1)
        currency = units.currencies[code]
        parts[group].append(Amount(currency, units.amount(whole, currency), orders))
    lines = np.bincount(groups, minlength=len(found)).tolist()
    quantities = _added(groups, len(found), frame["quantity"].to_numpy()).tolist()
    orders = _distinct(groups, len(found), order).tolist()
    first = _config_first(units.currency)
    return {
        key: Sum(orders[i], lines[i], quantity_of(quantities[i], units.quantity_digits), tuple(sorted(parts[i], key=first)))
        for i, key in enumerate(found.tolist())
    }  # fmt: skip


def heights_by(frame: pd.DataFrame, keys: Keys, units: Units) -> dict[int, tuple[Decimal, int]]:
    """Amount and number of orders of each group in the config's currency, for bars."""
    mine = np.array([code == units.currency for code in units.currencies] or [False])[
        frame["currency"].to_numpy()
    ]
    groups, found = pd.factorize(keys[mine])
    if not len(found):
        return {}
    amounts = _added(groups, len(found), frame["amount"].to_numpy()[mine]).tolist()
    orders = _distinct(groups, len(found), frame["order"].to_numpy(dtype=np.int64)[mine]).tolist()
    decimals = units.decimals[units.currency]
    return {
        key: (decimal_of(amount, decimals), count)
        for key, amount, count in zip(found.tolist(), amounts, orders, strict=True)
    }


def _config_first(currency: str) -> Callable[[Amount], tuple[bool, str]]:
    return lambda amount: (amount.currency != currency, amount.currency)


def _added(groups: npt.NDArray[Any], count: int, values: Whole) -> Whole:
    """The values of each group added up; never overflows."""
    values = safe(values)
    totals = np.zeros(count, dtype=values.dtype)
    np.add.at(totals, groups, values)
    return totals


def _distinct(groups: npt.NDArray[Any], count: int, order: Keys) -> npt.NDArray[np.int64]:
    """How many orders each group has."""
    span = int(order.max()) + 1
    pairs = pd.unique(groups.astype(np.int64) * span + order)
    return np.bincount(pairs // span, minlength=count)
