"""Who bought what of all time: the figures that Customers and Products show, and the twelve months that tiers go by.

Cancelled lines count in nothing, except that what somebody said about a cancelled order is heard as well. Customers
who share a name are one: orders name them alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.ports import Columns
from bot.reports.figures.lines import Lines
from bot.reports.figures.moments import NO_DAY, day_of, seconds_of
from bot.reports.figures.numbers import decimal_of, quantity_of
from bot.reports.figures.rollups import (
    CUSTOMER_FIGURES,
    PRODUCT_FIGURES,
    SCORES,
    CustomerRollup,
    ProductRollup,
    ProductRows,
    Rollups,
    customer_rows,
    satisfaction,
    scores_by_order,
    text_of,
)
from sheets_schema import CUSTOMERS, FEEDBACK, PRODUCTS
from sheets_schema.currencies import minor_unit
from sheets_schema.titles import fold

#: What the roll-ups read beside the lines of orders (`bot.reports.figures.lines.WANTED`).
WANTED: Mapping[str, tuple[str, ...]] = {
    CUSTOMERS.key: ("customer_no", "customer", *CUSTOMER_FIGURES),
    PRODUCTS.key: ("product", "specification", *PRODUCT_FIGURES),
    FEEDBACK.key: ("order_no", *SCORES),
}
_NEEDED = [
    "order_no", "recorded", "order_day", "customer", "product", "specification", "quantity", "currency", "amount",
]  # fmt: skip
_NONE = -1
_NOTHING = Columns("", {})


@dataclass(frozen=True)
class Purchases:
    """All lines, and the reading of the tabs they name customers and products of."""

    lines: Lines
    columns: Mapping[str, Columns]
    #: The config's.
    currency: str

    @property
    def customers(self) -> Columns:
        """The reading of Customers."""
        return self.columns.get(CUSTOMERS.key, _NOTHING)

    @cached_property
    def decimals(self) -> int:
        """Digits behind the point in the config's currency."""
        return -int(minor_unit(self.currency).as_tuple().exponent)

    @cached_property
    def customer_of_line(self) -> npt.NDArray[np.int64]:
        """The row of Customers of each line; below 0 for those whom Customers does not have, one number a name."""
        texts = self.lines.frame["customer"].cat
        rows = customer_rows(self.customers)
        strangers: dict[str, int] = {}
        row_of_text = np.array(
            [
                rows[name]
                if (name := fold(str(text))) in rows
                else -2 - strangers.setdefault(name, len(strangers))
                for text in texts.categories
            ],
            dtype=np.int64,
        )
        return _taken(row_of_text, texts.codes.to_numpy())

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The lines that are not cancelled, with the `buyer` of each and its amount in the config's currency."""
        kept = ~self.lines.frame["cancelled"].to_numpy(dtype=bool)
        lines = self.lines.frame.loc[kept, _NEEDED]
        mine = (lines["currency"] == self.currency).to_numpy(dtype=bool)
        money = lines["amount"].where(mine, 0)
        return lines.assign(buyer=self.customer_of_line[kept], mine=mine, money=money)

    def rollups(self) -> Rollups:
        """The figures of every customer and product that has any, by row."""
        return Rollups(self._customers(), self._products())

    def bought(self, since: datetime, until: datetime) -> tuple[dict[int, Decimal], frozenset[int]]:
        """What each customer bought in this window in the config's currency, and who can be judged by it.

        Both by row of Customers. Who never bought before its end cannot, nor who bought in it in other currencies
        alone: what these come to is not known.
        """
        begin, end = seconds_of(since), seconds_of(until)
        lines = self.counted
        lines = lines[(lines["buyer"] >= 0) & (lines["recorded"] < end)]
        known = set(lines["buyer"].unique().tolist())
        recent = lines[lines["recorded"] >= begin]
        with_mine = set(recent.loc[recent["mine"], "buyer"].unique().tolist())
        elsewhere = set(recent["buyer"].unique().tolist()) - with_mine
        sums = recent[recent["mine"]].groupby("buyer")["money"].sum()
        amounts = {int(row): decimal_of(whole, self.decimals) for row, whole in sums.items()}
        return amounts, frozenset(known - elsewhere)

    def _customers(self) -> dict[int, CustomerRollup]:
        lines = self.counted
        lines = lines[lines["buyer"] >= 0]
        orders = lines[["buyer", "order_no"]].drop_duplicates().groupby("buyer").size()
        dated = lines[lines["order_day"] != NO_DAY].groupby("buyer")["order_day"].agg(["min", "max"])
        totals = lines[lines["mine"]].groupby("buyer")["money"].sum()
        heard = self._satisfaction()
        first, last = dated["min"].to_dict(), dated["max"].to_dict()
        total = totals.to_dict()
        return {
            int(row): CustomerRollup(
                first_order=day_of(first.get(row, NO_DAY)),
                last_order=day_of(last.get(row, NO_DAY)),
                orders=int(count),
                total=decimal_of(total[row], self.decimals) if row in total else None,
                satisfaction=heard.get(int(row)),
            )
            for row, count in orders.items()
        }

    def _satisfaction(self) -> dict[int, Decimal]:
        """By row of Customers; an order of several customers is its first line's."""
        scores = scores_by_order(self.columns.get(FEEDBACK.key, _NOTHING))
        if not scores:
            return {}
        owners = self.lines.frame[["order_no"]].assign(buyer=self.customer_of_line)
        owners = owners[owners["order_no"].isin(list(scores))].drop_duplicates("order_no")
        by_row: dict[int, list[tuple[int, int]]] = {}
        for number, row in zip(owners["order_no"], owners["buyer"].tolist(), strict=True):
            by_row.setdefault(row, []).append(scores[str(number)])
        means = {row: satisfaction(pairs) for row, pairs in by_row.items()}
        return {row: mean for row, mean in means.items() if mean is not None}

    def _products(self) -> dict[int, ProductRollup]:
        lines = self.counted
        rows = self._product_of_line(lines)
        lines = lines.assign(good=rows)[rows >= 0]
        quantities = lines.groupby("good")["quantity"].sum()
        amounts = lines[lines["mine"]].groupby("good")["money"].sum().to_dict()
        names = self._buyers(lines)
        return {
            int(row): ProductRollup(
                quantity_of(quantity, self.lines.quantity_digits),
                decimal_of(amounts[row], self.decimals) if row in amounts else None,
                names.get(int(row), ()),
            )
            for row, quantity in quantities.items()
        }

    def _product_of_line(self, lines: pd.DataFrame) -> npt.NDArray[np.int64]:
        """The row of Products that each line sells, or -1; each pair of product and wish is looked up once."""
        finder = ProductRows(self.columns.get(PRODUCTS.key, _NOTHING))
        product, wish = lines["product"].cat, lines["specification"].cat
        wishes = len(wish.categories) + 1
        pairs = product.codes.to_numpy(dtype=np.int64) * wishes + wish.codes.to_numpy(dtype=np.int64) + 1
        seen, inverse = np.unique(pairs, return_inverse=True)
        found = np.full(len(seen), _NONE, dtype=np.int64)
        for i, (good, kind) in enumerate(divmod(int(pair), wishes) for pair in seen):
            name = str(product.categories[good]) if good >= 0 else ""
            row = finder.row(name, str(wish.categories[kind - 1]) if kind else "")
            found[i] = _NONE if row is None else row
        rows: npt.NDArray[np.int64] = found[inverse]
        return rows

    def _buyers(self, lines: pd.DataFrame) -> dict[int, tuple[str, ...]]:
        """Row of Products -> the names of those who bought it, the one who bought last first."""
        last = lines.assign(name=self._names(lines)).groupby(["good", "buyer"], as_index=False)
        newest = last.agg({"recorded": "max", "name": "first"})
        newest = newest[newest["name"] != ""].sort_values(
            ["good", "recorded", "name"], ascending=[True, False, True], kind="stable"
        )
        return {int(row): tuple(names) for row, names in newest.groupby("good")["name"]}

    def _names(self, lines: pd.DataFrame) -> npt.NDArray[np.object_]:
        """Each line's customer as Customers spells the name; as the line does for those it does not have."""
        own = np.array(
            [text_of(self.customers, "customer", row) for row in range(self.customers.height)], dtype=object
        )
        buyers = lines["buyer"].to_numpy()
        names: npt.NDArray[np.object_] = lines["customer"].astype(object).to_numpy(copy=True)
        if len(own):
            names[buyers >= 0] = own[buyers[buyers >= 0]]
        return names


def _taken(values: npt.NDArray[np.int64], codes: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.int64]:
    """The value of each code; -1 for a blank cell, whose code is -1."""
    known: npt.NDArray[np.int64] = np.append(values, _NONE)[codes]
    return known
