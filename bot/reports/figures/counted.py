"""Lines in one form, whether they come from the sheet as it is or from a week long closed: names are codes.

Columns of such a frame: `row_id`, `order_no` (str) · `recorded` (UTC seconds), `day`, `order_day`, `due_day` (serials) ·
`customer`, `product`, `good`, `specification`, `status`, `currency`, `person`, `seller`, `team` (codes of one `Names`) ·
`amount` (minor units), `quantity` (units of 10^-digits) · `cancelled`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.planning.report_values import OrderLine
from bot.reports.figures.moments import NO_DAY, day_of, moment_of
from bot.reports.figures.names import Names, recoded
from bot.reports.figures.numbers import Whole, quantity_of
from bot.reports.figures.sums import Units
from bot.reports.figures.texts import Codes

Flags = npt.NDArray[np.bool_]


def counted(
    columns: Mapping[str, Any], person: Codes, quantity: Whole, names: Names, *, listed: bool = True
) -> pd.DataFrame:
    """Lines of the sheet or of a ledger, their texts `Coded`; `quantity` in the book's units.

    Lines that are only added up and not `listed` go without the columns that sums do not need.
    """
    product = recoded(columns["product"], names.products)
    frame = {
        # Said to be objects: pandas would look at each of them to find out whether all are texts.
        "row_id": pd.Series(columns["row_id"], dtype=object),
        "order_no": pd.Series(columns["order_no"], dtype=object),
        "recorded": columns["recorded"],
        "day": columns["day"],
        "product": product,
        "good": names.goods_of(product),
        "currency": recoded(columns["currency"], names.currencies),
        "seller": names.seller_of(person),
        "team": names.team_of(person),
        "amount": columns["amount"],
        "quantity": quantity,
        "cancelled": columns["cancelled"],
    }
    if listed:
        frame |= {
            "order_day": columns["order_day"],
            "due_day": columns["due_day"],
            "customer": recoded(columns["customer"], names.customers),
            "specification": recoded(columns["specification"], names.texts),
            "status": recoded(columns["status"], names.texts),
            "person": person,
        }
    return pd.DataFrame(frame, copy=False)


def order_lines(frame: pd.DataFrame, names: Names, units: Units, first_day: int) -> list[OrderLine]:
    """The lines as reports list them; who ordered before `first_day` (a serial) is a late entry."""
    columns = [frame[key].tolist() for key in _LISTED]
    lines = []
    for row_id, number, recorded, order_day, due_day, customer, product, specification, status, currency, who, amount, quantity, cancelled in zip(*columns, strict=True):  # fmt: skip
        person = names.people.values[who]
        code = names.currencies.values[currency]
        lines.append(
            OrderLine(
                row_id=row_id,
                order_no=number,
                recorded_at=moment_of(recorded),
                order_date=day_of(order_day),
                customer=names.customers.values[customer],
                product=names.products.values[product],
                specification=names.texts.values[specification],
                quantity=quantity_of(quantity, units.quantity_digits),
                currency=code,
                amount=units.amount(amount, code),
                salesperson=person.name if person.assigned else person.text,
                assigned=person.assigned,
                team=person.team,
                status=names.texts.values[status],
                due_date=day_of(due_day),
                late_entry=order_day != NO_DAY and order_day < first_day,
                cancelled=cancelled,
            )
        )
    return lines


_LISTED = (
    "row_id", "order_no", "recorded", "order_day", "due_day", "customer", "product", "specification", "status", "currency",
    "person", "amount", "quantity", "cancelled",
)  # fmt: skip


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The lines of all of them; there must be one."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def with_orders(frame: pd.DataFrame) -> pd.DataFrame:
    """The lines with a code of their order."""
    return frame.assign(order=pd.factorize(frame["order_no"].to_numpy(dtype=object))[0])
