"""The states of an order as data: which step may follow which, what each needs, and who hears of it.

    pending ─► approved ─► shipped ─► in transit ─► delivered ─► completed
       ▲          │           └───────────┴─────────────┴──► cancelled, as from every open state
       └──────────┘ sent back

What follows from a step is decided in `bot.planning`; here is nothing but the table.
"""

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
BY_STATE = {state.key: state for state in STATES}
#: The states in which a second person has said yes.
AFTER_REVIEW = frozenset(s.key for s in (APPROVED, SHIPPED, IN_TRANSIT, DELIVERED, COMPLETED))
#: Nothing follows these.
FINAL = frozenset(s.key for s in (COMPLETED, CANCELLED))
#: The states in which the goods of an order are spoken for.
HOLDS_STOCK = AFTER_REVIEW

# Each notice is a folder under templates/.
REVIEW_WAITING, FINANCE_WAITING = "review_waiting", "finance_waiting"
ORDER_APPROVED, ORDER_SENT_BACK, ORDER_TO_PREPARE = "order_approved", "order_sent_back", "order_to_prepare"
ORDER_SHIPPED, ORDER_DELIVERED = "order_shipped", "order_delivered"
ORDER_CANCELLED, ORDER_STOPPED, ORDER_CHANGED = "order_cancelled", "order_stopped", "order_changed"

CUSTOMER, SALESPERSON, LEADS, FINANCE, WAREHOUSE = "customer", "salesperson", "leads", "finance", "warehouse"

#: Notice -> who hears it. Whoever is named twice hears it once.
HEARD_BY: dict[str, tuple[str, ...]] = {
    REVIEW_WAITING: (LEADS,),
    FINANCE_WAITING: (FINANCE,),
    ORDER_APPROVED: (SALESPERSON,),
    ORDER_SENT_BACK: (SALESPERSON,),
    ORDER_TO_PREPARE: (WAREHOUSE,),
    ORDER_SHIPPED: (CUSTOMER,),
    ORDER_DELIVERED: (CUSTOMER,),
    ORDER_CANCELLED: (CUSTOMER,),
    ORDER_STOPPED: (SALESPERSON, WAREHOUSE),
    ORDER_CHANGED: (SALESPERSON,),
}


@dataclass(frozen=True)
class Move:
    """One legal step."""

    start: str
    end: str
    #: Columns of Contract Orders that must be filled in.
    needs: tuple[str, ...] = ()
    #: The notices that go out.
    notices: tuple[str, ...] = ()


#: Levels of review -> what stands between pending and approved.
_REVIEWERS: dict[int, tuple[str, ...]] = {0: (), 1: ("reviewer",), 2: ("reviewer", "finance_reviewer")}


def moves(review_levels: int) -> tuple[Move, ...]:
    """Every legal step with so many levels of review (0, 1 or 2)."""
    onward = (
        Move("pending", "approved", _REVIEWERS[review_levels], (ORDER_APPROVED, ORDER_TO_PREPARE)),
        Move("approved", "pending", ("exception",), (ORDER_SENT_BACK,)),
        Move("approved", "shipped", ("shipped_on", "tracking"), (ORDER_SHIPPED,)),
        Move("shipped", "in_transit"),
        Move("in_transit", "delivered", ("delivered_on",), (ORDER_DELIVERED,)),
        Move("delivered", "completed"),
    )
    # Once approved a lead must agree, and whoever was told to prepare it must hear.
    cancelling = tuple(
        Move(
            state.key,
            "cancelled",
            ("cancel_reason",) if state is PENDING else ("cancel_reason", "reviewer"),
            (ORDER_CANCELLED, ORDER_STOPPED),
        )
        for state in STATES
        if state.key not in FINAL
    )
    return onward + cancelling


def next_moves(start: str, review_levels: int) -> tuple[Move, ...]:
    """The steps that may follow this state."""
    return tuple(move for move in moves(review_levels) if move.start == start)


def path(start: str, end: str, review_levels: int) -> tuple[Move, ...]:
    """The steps from one state to another, in order; () when they are one state or no way leads there.

    Somebody who changed the status twice between two polls took all of them. To cancel is always one step, and no way
    leads through being sent back.
    """
    found: list[Move] = []
    state = start
    while state != end:
        following = {move.end: move for move in next_moves(state, review_levels)}
        move = following.get(end)
        if move is None:
            ahead = [m for m in following.values() if _order(m.end) == _order(state) + 1]
            if not ahead or _order(end) <= _order(state):
                return ()
            move = ahead[0]
        found.append(move)
        state = move.end
    return tuple(found)


def _order(state: str) -> int:
    """Where the state stands on the way from pending to completed; cancelled stands apart."""
    return -1 if state == CANCELLED.key else STATES.index(BY_STATE[state])


def state_of(text: str) -> State | None:
    """The state a Status cell names, in any language; None when it names none."""
    wanted = fold(text)
    return next((s for s in STATES if wanted in (fold(s.en), fold(s.zh))), None)


def first_state(review_levels: int) -> State:
    """Where an order begins: already approved where nobody reviews."""
    return PENDING if review_levels else APPROVED
