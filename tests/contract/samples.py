"""Values the tests of the state are made of: each says only what its test is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.outbox import TOO_MANY, Message, Outcome, Status
from bot.planning.sightings import Hold, Order, Origin, Sighting, Waiting
from bot.ports import Commit, Lease, State

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

SENT = Outcome(Status.SENT, NOW + SECOND, attempts=1)
LATER = Outcome(Status.QUEUED, NOW, not_before=NOW + MINUTE, error="450 later", attempts=1)
IN_DOUBT = Outcome(Status.QUEUED, NOW, not_before=NOW + MINUTE, error="no answer", uncertain=1, attempts=1)
HELD = Outcome(Status.HELD, NOW, error="no answer", uncertain=1, attempts=1)
ABOVE_CAP = Outcome(Status.HELD, NOW, error=TOO_MANY, attempts=1)
DEAD = Outcome(Status.DEAD, NOW, error="550 no", attempts=1)


def sighting(row_id: str, order_no: str = "", **said: Any) -> Sighting:
    """A row of Contract Orders that stands in the sheet; something may be owed to it."""
    usual: dict[str, Any] = {
        "tab": "contracts",
        "core": f"core of {row_id}",
        "typed": f"typed in {row_id}",
        "position": 2,
        "origin": Origin.TYPED,
        "written": True,
        "placed": True,
    }
    return Sighting(row_id=row_id, order_no=order_no, **(usual | said))


def order(number: str) -> Order:
    """An order that was typed now."""
    return Order(number, NOW, Origin.TYPED)


def message(message_id: str, order_no: str = "", **said: Any) -> Message:
    """A purchase mail that is queued."""
    usual: dict[str, Any] = {
        "kind": "purchase_customer",
        "recipient": "anna@example.com",
        "priority": 0,
        "body": b"Subject: Order\r\n\r\nHello\r\n",
        "created_at": NOW,
    }
    return Message(id=message_id, order_no=order_no, **(usual | said))


def waiting(typed: str, ordinal: int = 0) -> Waiting:
    """A half-typed row."""
    return Waiting("contracts", typed, ordinal, f"core of {typed}", NOW, {"customer": "光明公司"})


def hold(key: str = "flood", *, released: bool = False) -> Hold:
    """A flood that waits for a person."""
    return Hold(key, NOW, 51, released)


def leased(state: State, owner: str = "first", now: datetime = NOW) -> Lease:
    """The lease on the workbook, which must be free."""
    lease = state.acquire(owner, now, 60)
    assert lease is not None
    return lease


def commit(state: State, **changes: Any) -> None:
    """Commit this under the first worker's lease."""
    state.commit(Commit(**changes), leased(state))


def claimed(state: State, owner: str = "first", now: datetime = NOW, limit: int = 100) -> list[str]:
    """Ids of the messages that are claimed for a minute."""
    return [m.id for m in state.claim(owner, now, now + MINUTE, limit)]


def sending(state: State, message_id: str, owner: str = "first", now: datetime = NOW) -> None:
    """Claim exactly this message and begin to send it, for a minute."""
    assert claimed(state, owner, now) == [message_id]
    assert state.begin(message_id, owner, now, now + MINUTE)


def only(state: State) -> Message:
    """The one message there is."""
    [found] = state.messages()
    return found


def settled(state: State, outcome: Outcome, message_id: str = "m1") -> None:
    """Send this queued message, with this outcome."""
    sending(state, message_id)
    assert state.settle(message_id, "first", outcome)


def paused_until(state: State, until: datetime, message_id: str, reason: str = "550 5.4.5 quota") -> None:
    """Settle this claimed message with a pause for all."""
    outcome = Outcome(Status.QUEUED, NOW, until, reason, pause_until=until)
    assert state.settle(message_id, "first", outcome)
