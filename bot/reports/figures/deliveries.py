"""How delivery went in a month: how long it took, how much came on time, and which products came late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.planning.month_values import Deliveries, LateProduct, Rate
from bot.planning.periods import Period
from bot.planning.rules import Rules
from bot.reports.figures.lines import Lines
from bot.reports.figures.moments import NO_DAY, serial_of
from sheets_schema.workflow import COMPLETED, DELIVERED

#: A product over this part of late lines is named.
_TOO_LATE = Decimal("0.1")
_CLOSED = (DELIVERED.key, COMPLETED.key)

Flags = npt.NDArray[np.bool_]


def deliveries(lines: Lines, period: Period, until: datetime, rules: Rules) -> Deliveries:
    """Judges the lines that were due in the period up to `until`, and times those delivered in it.

    Cancelled lines are in neither. A line due on the running day still has time. The time is measured where both
    days are there and in order: a delivery before its order is a typing accident, and no mean of anything.
    """
    frame = lines.frame
    if "delivered_day" not in frame:
        return Deliveries()
    frame = frame[~frame["cancelled"].to_numpy(dtype=bool)]
    first, today = serial_of(period.start, rules.timezone), serial_of(until, rules.timezone)
    last = serial_of(until - timedelta(microseconds=1), rules.timezone)
    delivered, ordered = frame["delivered_day"], frame["order_day"]
    timed = frame[(delivered >= first) & (delivered <= last) & (ordered != NO_DAY) & (delivered >= ordered)]
    due = frame[(frame["due_day"] >= first) & (frame["due_day"] < today)]
    undated = (due["delivered_day"] == NO_DAY) & due["status"].isin(_CLOSED)
    judged = due[~undated.to_numpy(dtype=bool)]
    on_time = _on_time(judged)
    days = int((timed["delivered_day"] - timed["order_day"]).astype("int64").sum())
    return Deliveries(
        delivered=len(timed),
        mean_days=Decimal(days) / len(timed) if len(timed) else None,
        on_time=Rate(int(on_time.sum()), len(judged)),
        undated=int(undated.sum()),
        late_products=_late_products(judged, ~on_time),
    )


def _on_time(judged: pd.DataFrame) -> Flags:
    delivered = judged["delivered_day"].to_numpy()
    flags: Flags = (delivered != NO_DAY) & (delivered <= judged["due_day"].to_numpy())
    return flags


def _late_products(judged: pd.DataFrame, late: Flags) -> tuple[LateProduct, ...]:
    """Those over the limit, worst first."""
    counts = judged.assign(late=late).groupby("product", observed=True)["late"].agg(["sum", "size"])
    rates = (
        LateProduct(str(name), Rate(int(part), int(whole)))
        for name, part, whole in zip(counts.index, counts["sum"], counts["size"], strict=True)
    )
    return tuple(sorted(_too_late(rates), key=lambda one: (-(one.late.share or 0), -one.late.part, one.name)))


def _too_late(products: Iterable[LateProduct]) -> Iterable[LateProduct]:
    return (one for one in products if one.late.share is not None and one.late.share > _TOO_LATE)
