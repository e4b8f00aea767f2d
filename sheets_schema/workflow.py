"""The states of an order as data. What moves between them is not decided here."""

from __future__ import annotations

from dataclasses import dataclass

from sheets_schema.titles import fold


@dataclass(frozen=True)
class State:
    """One status and its title per language."""

    key: str
    en: str
    zh: str

    def title(self, language: str) -> str:
        """What the Status cell says in this language."""
        return self.zh if language == "zh-CN" else self.en


PENDING = State("pending", "Pending review", "待审核")
APPROVED = State("approved", "Approved", "已审核")
SHIPPED = State("shipped", "Shipped", "已发货")
IN_TRANSIT = State("in_transit", "In transit", "运输中")
DELIVERED = State("delivered", "Delivered", "已送达")
COMPLETED = State("completed", "Completed", "已完成")
CANCELLED = State("cancelled", "Cancelled", "已取消")

STATES = (PENDING, APPROVED, SHIPPED, IN_TRANSIT, DELIVERED, COMPLETED, CANCELLED)
#: The states in which a second person has said yes.
AFTER_REVIEW = frozenset(s.key for s in (APPROVED, SHIPPED, IN_TRANSIT, DELIVERED, COMPLETED))


def state_of(text: str) -> State | None:
    """The state a Status cell names, in any language; None when it names none."""
    wanted = fold(text)
    return next((s for s in STATES if wanted in (fold(s.en), fold(s.zh))), None)


def first_state(review_levels: int) -> State:
    """Where an order begins: already approved where nobody reviews."""
    return PENDING if review_levels else APPROVED
