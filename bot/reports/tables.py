"""Sums of a week, the weeks before it and its month, for every group of lines at once: by seller, by team, of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.reports.sums import Keys, Units, sums_by
from bot.reports.values import Sum

#: The group of each line of a frame; -1 for lines that are in none.
Grouping = Callable[[pd.DataFrame], Keys]

NOTHING = Sum()
_DAYS = 1 << 22


@dataclass(frozen=True)
class Material:
    """Lines in the form of `bot.reports.counted`, with a code of their `order`; none of them cancelled."""

    #: Of the week and of the weeks before it; `back` says how many weeks.
    recent: pd.DataFrame
    #: Of the month so far.
    month: pd.DataFrame
    #: How many weeks there are in `recent`.
    weeks: int


@dataclass(frozen=True)
class Tables:
    """The sums of one way of grouping."""

    #: By group and number of weeks back.
    weeks: Mapping[tuple[int, int], Sum]
    #: By group and serial of the day, of the week alone.
    days: Mapping[tuple[int, int], Sum]
    #: By group: product, this week and the week before.
    products: Mapping[int, Sequence[tuple[int, Sum, Sum]]]
    months: Mapping[int, Sum]

    def only(self, group: int) -> Tables:
        """The same with this group alone, as group 0."""
        return Tables(
            weeks={(0, back): sum_ for (own, back), sum_ in self.weeks.items() if own == group},
            days={(0, day): sum_ for (own, day), sum_ in self.days.items() if own == group},
            products={0: self.products.get(group, ())},
            months={0: self.month(group)},
        )

    def week(self, group: int, back: int = 0) -> Sum:
        """The sum of a week; back = 1 is the week before."""
        return self.weeks.get((group, back), NOTHING)

    def day(self, group: int, serial: int) -> Sum:
        """The sum of a day of the week."""
        return self.days.get((group, serial), NOTHING)

    def month(self, group: int) -> Sum:
        """The month so far."""
        return self.months.get(group, NOTHING)


def tables_of(material: Material, grouping: Grouping, units: Units) -> Tables:
    """All sums of this grouping."""
    recent, groups = _grouped(material.recent, grouping)
    back = recent["back"].to_numpy(dtype=np.int64)
    this = back == 0
    month, months = _grouped(material.month, grouping)
    return Tables(
        weeks=_by_two(recent, groups, back, material.weeks, units),
        days=_by_two(recent[this], groups[this], recent["day"].to_numpy(dtype=np.int64)[this], _DAYS, units),
        products=_products(recent[back <= 1], groups[back <= 1], units),
        months=sums_by(month, months, units),
    )


def _grouped(frame: pd.DataFrame, grouping: Grouping) -> tuple[pd.DataFrame, Keys]:
    groups = grouping(frame)
    inside = groups >= 0
    return (frame, groups) if inside.all() else (frame[inside], groups[inside])


def _by_two(
    frame: pd.DataFrame, first: Keys, second: npt.NDArray[np.int64], width: int, units: Units
) -> dict[tuple[int, int], Sum]:
    sums = sums_by(frame, first * width + second, units)
    return {divmod(key, width): sum_ for key, sum_ in sums.items()}


def _products(frame: pd.DataFrame, groups: Keys, units: Units) -> dict[int, list[tuple[int, Sum, Sum]]]:
    """The products of this week; what was sold only the week before is no product of this one."""
    product = frame["product"].to_numpy(dtype=np.int64)
    width = int(product.max()) + 1 if len(product) else 1
    sums = _by_two(frame, groups * width + product, frame["back"].to_numpy(dtype=np.int64), 2, units)
    found: dict[int, list[tuple[int, Sum, Sum]]] = defaultdict(list)
    for (key, back), sum_ in sums.items():
        if back == 0:
            group, code = divmod(key, width)
            found[group].append((code, sum_, sums.get((key, 1), NOTHING)))
    return found
