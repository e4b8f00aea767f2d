"""Sums of a week, the weeks before it and its month, for every group of lines at once: by seller, by team, of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import numpy as np
import pandas as pd

from bot.planning.report_values import Sum
from bot.reports.figures.sums import Keys, Units, heights_by, sums_by

#: The group of each line of a frame; -1 for lines that are in none.
Grouping = Callable[[pd.DataFrame], Keys]

#: Amount and number of orders in the config's currency.
Height = tuple[Decimal, int]

NOTHING = Sum()
FLAT: Height = (Decimal(0), 0)
T = TypeVar("T")
_DAYS = 1 << 22


@dataclass(frozen=True)
class Material:
    """Lines in the form of `bot.reports.figures.counted`, with a code of their `order`; none of them cancelled."""

    #: Of the week and of the weeks before it; `back` says how many weeks.
    recent: pd.DataFrame
    #: Of the month so far.
    month: pd.DataFrame
    #: How many weeks there are in `recent`.
    weeks: int


@dataclass(frozen=True)
class Tables:
    """The sums of one way of grouping."""

    #: By group and number of weeks back: this week and the one before.
    weeks: Mapping[tuple[int, int], Sum]
    #: By group and number of weeks back, and by group and serial of the week's days: for bars.
    week_bars: Mapping[tuple[int, int], Height]
    day_bars: Mapping[tuple[int, int], Height]
    #: By group: product, this week and the week before.
    products: Mapping[int, Sequence[tuple[int, Sum, Sum]]]
    months: Mapping[int, Sum]

    def only(self, group: int) -> Tables:
        """The same with this group alone, as group 0."""
        return Tables(
            weeks=_of(self.weeks, group),
            week_bars=_of(self.week_bars, group),
            day_bars=_of(self.day_bars, group),
            products={0: self.products.get(group, ())},
            months={0: self.month(group)},
        )

    def week(self, group: int, back: int = 0) -> Sum:
        """The sum of a week; back = 1 is the week before."""
        return self.weeks.get((group, back), NOTHING)

    def month(self, group: int) -> Sum:
        """The month so far."""
        return self.months.get(group, NOTHING)


def _of(values: Mapping[tuple[int, int], T], group: int) -> dict[tuple[int, int], T]:
    return {(0, second): value for (own, second), value in values.items() if own == group}


def tables_of(material: Material, grouping: Grouping, units: Units) -> Tables:
    """All sums of this grouping."""
    recent, groups = _grouped(material.recent, grouping)
    month, months = _grouped(material.month, grouping)
    back = recent["back"].to_numpy(dtype=np.int64)
    near, this = back <= 1, back == 0
    last, last_groups = recent[near], groups[near]
    day = recent["day"].to_numpy(dtype=np.int64)[this]
    return Tables(
        weeks=_by_two(sums_by, last, last_groups, back[near], 2, units),
        week_bars=_by_two(heights_by, recent, groups, back, material.weeks, units),
        day_bars=_by_two(heights_by, recent[this], groups[this], day, _DAYS, units),
        products=_products(last, last_groups, back[near], units),
        months=sums_by(month, months, units),
    )


def _grouped(frame: pd.DataFrame, grouping: Grouping) -> tuple[pd.DataFrame, Keys]:
    groups = grouping(frame)
    inside = groups >= 0
    return (frame, groups) if inside.all() else (frame[inside], groups[inside])


def _by_two(
    added: Callable[[pd.DataFrame, Keys, Units], dict[int, T]], frame: pd.DataFrame, first: Keys, second: Keys,
    width: int, units: Units,
) -> dict[tuple[int, int], T]:  # fmt: skip
    return {divmod(key, width): value for key, value in added(frame, first * width + second, units).items()}


def _products(
    frame: pd.DataFrame, groups: Keys, back: Keys, units: Units
) -> dict[int, list[tuple[int, Sum, Sum]]]:
    """The products of this week; what was sold only the week before is no product of this one."""
    good = frame["good"].to_numpy(dtype=np.int64)
    width = int(good.max()) + 1 if len(good) else 1
    sums = _by_two(sums_by, frame, groups * width + good, back, 2, units)
    this = back == 0
    # Spelled as in this week; what one spelling was sold as before, the other may be now.
    titles = dict(zip(good[this].tolist(), frame["product"].to_numpy()[this].tolist(), strict=True))
    found: dict[int, list[tuple[int, Sum, Sum]]] = defaultdict(list)
    for (key, weeks), sum_ in sums.items():
        if weeks == 0:
            group, code = divmod(key, width)
            found[group].append((titles[code], sum_, sums.get((key, 1), NOTHING)))
    return found
