"""How far each line of an order has come, and what the bot has done about it. Values; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sheets_schema import Cell


@dataclass(frozen=True)
class Progress:
    """One line of Contract Orders on its way from review to completion, by its Row ID.

    Rows that were there when the bot met the workbook have none until somebody changes them.
    """

    row_id: str
    order_no: str
    #: Key of the last state that was reached by legal steps; what the Status cell shows may be ahead of it.
    state: str
    #: When it was reached.
    since: datetime
    #: How many times somebody was to hear of this line: it tells each notice's id from the one before.
    steps: int = 0
    #: When a reviewer's yes was seen.
    reviewed_at: datetime | None = None
    #: Finance has been told that the lead has agreed.
    finance_asked: bool = False
    #: The note with which it was sent back, as the salesperson was told; "" when it was not.
    note: str = ""
    #: Watched columns as the salesperson knows them; empty until the row was first seen in its place.
    told: Mapping[str, Cell] = field(default_factory=dict)
    #: The customer has been asked whether they are satisfied with the order, or was to be.
    surveyed: bool = False
    #: The Status cell shows a state that no legal step leads to.
    refused: bool = False
    #: Folded name of the customer, and the amount in minor units of the currency: for the credit check.
    customer: str = ""
    amount: int = 0
    currency: str = ""
    #: `stock_key` of the product, and how much of its stock this line has; "" and 0 where stock is not tracked.
    product: str = ""
    taken: Decimal = Decimal(0)


@dataclass(frozen=True)
class StockMark:
    """What is remembered of one product's Stock cell, which people type and the bot lowers and raises.

    The cell ought to show `typed - taken`. When it shows something else that is not `shown` either, a person counted
    anew: that number is the new `typed`, and what was taken before is in it.
    """

    #: `stock_key` of the product.
    product: str
    typed: Decimal
    #: Taken since, less what was given back.
    taken: Decimal
    #: What the cell was last seen to show.
    shown: Decimal

    @property
    def left(self) -> Decimal:
        """What the cell ought to show."""
        return self.typed - self.taken
