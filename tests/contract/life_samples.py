"""Lines, stock and entries the tests of the state are made of: each says only what its test is about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.activity import Entry
from bot.planning.progress import Progress, StockMark
from bot.ports import State
from tests.contract.samples import NOW


def progress(row_id: str, **said: Any) -> Progress:
    """A line that waits for its review."""
    usual: dict[str, Any] = {"order_no": "A-1", "state": "pending", "since": NOW}
    return Progress(row_id, **(usual | said))


def full_progress(row_id: str = "r1") -> Progress:
    """A line of which everything is known."""
    return Progress(
        row_id,
        "A-1",
        "approved",
        NOW,
        steps=3,
        reviewed_at=NOW,
        finance_asked=True,
        note="请核对价格",
        told={"quantity": 3, "unit_price": 12.5, "address": "光明路 1 号", "urgent": True},
        surveyed=True,
        refused=True,
        customer="光明公司",
        amount=10**20,
        currency="CNY",
        product="茶杯",
        taken=Decimal("2.50"),
    )


def stock(product: str = "茶杯", taken: str = "2.5") -> StockMark:
    """A product of which a hundred were counted."""
    return StockMark(product, Decimal(100), Decimal(taken), Decimal("97.5"))


def entry(what: str = "moved", order_no: str = "A-1", **said: str) -> Entry:
    """Something that happened now."""
    return Entry(NOW, what, order_no, **said)


def unnumbered(state: State, after: int = 0) -> list[Entry]:
    """The entries behind this number, as they were before the state numbered them."""
    return [replace(found, number=0) for found in state.activity(after)]
