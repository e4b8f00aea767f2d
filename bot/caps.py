"""How much mail may leave: caps on the whole account, and one on what a single customer gets in a day.

The account's caps make mail wait. A customer's cap holds it for a person to decide, because so many mails to one
address are a mistake or somebody's mischief, and waiting would only spread them over the week. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.outbox import Message, room
from bot.planning.notices import TO_CUSTOMERS
from bot.ports import State

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def room_left(state: State, now: datetime, per_minute: int, per_hour: int | None, per_day: int) -> int:
    """How many more messages the account may send now; without a cap of the hour the other two hold."""
    spans = [(per_minute, _MINUTE), (per_day, _DAY)]
    if per_hour is not None:
        spans.append((per_hour, _HOUR))
    return room(*((cap, state.sent_since(now - span)) for cap, span in spans))


def above_cap(messages: Iterable[Message], state: State, now: datetime, per_customer: int) -> list[Message]:
    """Those of these messages that would be more than `per_customer` a day to one customer; 0 = any number.

    A message that was tried before has had its place, and so has one that was held and then let go by a person.
    """
    left: dict[str, int] = {}
    found: list[Message] = []
    for message in messages:
        if not per_customer or message.kind not in TO_CUSTOMERS or message.attempts:
            continue
        to = message.recipient
        if to not in left:
            left[to] = per_customer - state.sent_to_since(to, now - _DAY, TO_CUSTOMERS)
        if left[to] <= 0:
            found.append(message)
        else:
            left[to] -= 1
    return found
