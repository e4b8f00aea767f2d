"""Sending what is due: claim, send, settle, one message at a time over one connection a batch.

    reclaim what a dead worker left ─► claim a batch ─► connect ─┬─► envelope ─► begin ─► data ─► settle ─┐
                                                                 └──────────────── next message ◄─────────┘

`begin` commits `sending` after the recipient is accepted and before the content goes out, so whatever is found in
`sending` after a crash may have been sent, and nothing else may. Here is no rendering, no choice of who gets what, and
no sleeping: what cannot go now is given back with the moment at which it may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Literal

import structlog

from bot.caps import above_cap, room_left
from bot.outbox import (
    REHEARSAL,
    TOO_MANY,
    Failure,
    Message,
    Outcome,
    Status,
    Trouble,
    after_failure,
    after_success,
)
from bot.ports import MailConnection, Mailer, MailFailed, State

#: How many connections one call may open beyond the first of each batch, so that a server that drops every one of
#: them is left alone until the next call.
MOST_REOPENINGS = 5

#: How many copies of one message may be in doubt. Where no answer ever comes, as from a server that checks content for
#: longer than the deadline, a person decides after so many, instead of the customer getting one more every two hours.
MOST_COPIES = 5

_STOPPED = Failure(Trouble.UNCERTAIN, 0, "the worker stopped before the answer was stored: maybe sent")
_WHOLE_SERVER = frozenset({Trouble.UNREACHABLE, Trouble.LOGIN, Trouble.QUOTA})


def at_any_hour(kind: str, now: datetime) -> None:
    """The `leaves_at` of a desk without quiet hours."""
    del kind, now


def never_over(message_id: str, now: datetime) -> bool:
    """The `is_over` of a desk whose mails are worth sending whenever they can be."""
    del message_id, now
    return False


@dataclass(frozen=True)
class DeliveryRules:
    """How much may be sent, to whom, and what follows doubt."""

    per_minute: int
    per_day: int
    #: None = the other two caps are enough.
    per_hour: int | None = None
    #: The most mails a day to one customer; 0 = any number.
    per_customer: int = 0
    when_uncertain: Literal["resend", "hold"] = "resend"
    #: Domains or addresses; when there are any, nobody else is ever mailed.
    only_to: tuple[str, ...] = ()
    #: The most messages claimed at once, and so sent over one connection.
    batch: int = 50
    #: How long a claim lasts; each message renews it. Must be longer than twice the mailer's deadline.
    lease: timedelta = timedelta(minutes=5)
    #: When mail of this kind may leave that is due now; None = at once.
    leaves_at: Callable[[str, datetime], datetime | None] = at_any_hour
    #: Whether the message of this id has come too late to be of use, so that it is dropped.
    is_over: Callable[[str, datetime], bool] = never_over


@dataclass(frozen=True)
class Delivered:
    """What one call of `deliver` did."""

    sent: int = 0
    #: Attempts that certainly did not send: to be repeated, or dead.
    failed: int = 0
    uncertain: int = 0
    #: Held because of `only_to` or `per_customer`.
    held: int = 0
    #: Ids of those among them that are above `per_customer`.
    above_cap: tuple[str, ...] = ()
    #: Not tried, because their kind may not leave at this hour.
    put_off: int = 0
    #: Not sent, because a later mail tells the same.
    dropped: int = 0
    #: Numbers of the orders whose mail changed, for their cells.
    orders: frozenset[str] = frozenset()
    #: Ids of the runs whose mail changed, for their results: the ids of mails about no order, up to the last ":".
    reports: frozenset[str] = frozenset()
    #: When to call again; None when nothing waits.
    next_due: datetime | None = None


class _Next(Enum):
    """What to go on with after a message."""

    MESSAGE = "the next message, over the same connection"
    CONNECTION = "the next message, over a new connection"
    BATCH = "a new batch"
    NOTHING = "nothing: the whole server is concerned"


def _after(failure: Failure) -> _Next:
    if failure.trouble in _WHOLE_SERVER:
        return _Next.NOTHING
    return _Next.CONNECTION if _is_gone(failure) else _Next.MESSAGE


def _is_gone(failure: Failure) -> bool:
    """Whether the connection ended with it: there was no reply, or one that says goodbye."""
    return failure.code in (0, 421)


def never() -> bool:
    """The `stop` of a call that is not interrupted."""
    return False


def deliver(
    state: State,
    mailer: Mailer,
    owner: str,
    clock: Callable[[], datetime],
    rules: DeliveryRules,
    stop: Callable[[], bool] = never,
) -> Delivered:
    """Send what is due until nothing is, a cap is reached, sending is paused, or `stop()` is true between messages."""
    delivery = _Delivery(state, mailer, owner, clock, rules, stop)
    delivery.settle_abandoned()
    while delivery.send_batch():
        pass
    return delivery.report()


def is_allowed(recipient: str, only_to: tuple[str, ...]) -> bool:
    """Whether a rehearsal lets this address through; without any entry everybody is."""
    if not only_to:
        return True
    address = recipient.casefold()
    domain = address.rpartition("@")[2]
    entries = {entry.casefold().strip() for entry in only_to}
    return address in entries or domain in entries or f"@{domain}" in entries


class _Delivery:
    """One call of `deliver`: what it was given and what it has settled so far."""

    def __init__(
        self,
        state: State,
        mailer: Mailer,
        owner: str,
        clock: Callable[[], datetime],
        rules: DeliveryRules,
        stop: Callable[[], bool],
    ) -> None:
        self._state = state
        self._mailer = mailer
        self._owner = owner
        self._clock = clock
        self._rules = rules
        self._stop = stop
        self._settled: list[tuple[Message, Outcome]] = []
        self._put_off = 0
        self._reopenings = 0
        self._log = structlog.get_logger("bot.delivery")

    def settle_abandoned(self) -> None:
        """Put in doubt what was found in `sending` after its lease: nobody knows whether it went out."""
        now = self._clock()
        for message in self._state.reclaim(now):
            self._settle(message, self._outcome(message, _STOPPED, now), owner=message.owner)

    def send_batch(self) -> bool:
        """Claim and send one batch; False when there is no point in going on."""
        done_before = len(self._settled) + self._put_off
        now = self._clock()
        free = min(self._rules.batch, self._room(now))
        if free <= 0 or not self._may_connect():
            return False
        claimed_until = now + self._rules.lease
        rest = deque(self._state.claim(self._owner, now, claimed_until, free))
        if not rest:
            return False
        try:
            self._hold_strangers(rest)
            self._put_off_early(rest)
            self._hold_above_cap(rest)
            coming = _Next.CONNECTION
            while rest and coming is _Next.CONNECTION and self._may_connect():
                coming = self._send_over_one_connection(rest, claimed_until)
                self._reopenings += coming is _Next.CONNECTION
        finally:
            # Whatever ended the batch, a bug included, the messages not tried are free for the next.
            if rest:
                self._state.unclaim([message.id for message in rest], self._owner)
        # A batch that settled nothing, say because connecting outlasted the claim, would be claimed again for ever.
        is_moving = len(self._settled) + self._put_off > done_before
        return coming is not _Next.NOTHING and is_moving and self._may_connect()

    def report(self) -> Delivered:
        """The counts, and when to come back."""
        outcomes = [outcome for _, outcome in self._settled]
        doubted = sum(outcome.uncertain > message.uncertain for message, outcome in self._settled)
        sent = sum(outcome.status is Status.SENT for outcome in outcomes)
        held = sum(
            outcome.error in (REHEARSAL, TOO_MANY) and outcome.status is Status.HELD for outcome in outcomes
        )
        dropped = sum(outcome.status is Status.DROPPED for outcome in outcomes)
        return Delivered(
            sent=sent,
            failed=len(outcomes) - sent - held - dropped - doubted,
            uncertain=doubted,
            held=held,
            above_cap=tuple(
                m.id for m, o in self._settled if o.status is Status.HELD and o.error == TOO_MANY
            ),
            put_off=self._put_off,
            dropped=dropped,
            orders=frozenset(message.order_no for message, _ in self._settled if message.order_no),
            reports=frozenset(
                message.id.rpartition(":")[0] for message, _ in self._settled if not message.order_no
            ),
            next_due=self._next_due(),
        )

    def _next_due(self) -> datetime | None:
        due = self._state.next_due()
        if due is None:
            return None
        now = self._clock()
        # When exactly a cap makes room is not known; asking again after a minute is cheap.
        return due if self._room(now) > 0 else max(due, now + timedelta(minutes=1))

    def _room(self, now: datetime) -> int:
        rules = self._rules
        return room_left(self._state, now, rules.per_minute, rules.per_hour, rules.per_day)

    def _may_connect(self) -> bool:
        return self._reopenings <= MOST_REOPENINGS and not self._stop()

    def _hold_strangers(self, rest: deque[Message]) -> None:
        for message in list(rest):
            if not is_allowed(message.recipient, self._rules.only_to):
                rest.remove(message)
                self._hold(message, REHEARSAL, message.attempts)

    def _hold_above_cap(self, rest: deque[Message]) -> None:
        for message in above_cap(rest, self._state, self._clock(), self._rules.per_customer):
            rest.remove(message)
            # Counted as an attempt, so that whoever lets it go is not asked again.
            self._hold(message, TOO_MANY, message.attempts + 1)

    def _hold(self, message: Message, why: str, attempts: int) -> None:
        outcome = Outcome(
            Status.HELD, self._clock(), error=why, uncertain=message.uncertain, attempts=attempts
        )
        self._settle(message, outcome)

    def _put_off_early(self, rest: deque[Message]) -> None:
        for message in list(rest):
            if self._puts_off(message):
                rest.remove(message)

    def _puts_off(self, message: Message) -> bool:
        """Whether the message may not leave now: it waits, which counts as no attempt, or is dropped as out of date.

        It came up in the quiet hours after a failure, or because nobody was there to send it when it was due. A message
        without a moment leaves: that is a person's word (`retry`, a report asked for by hand).
        """
        now = self._clock()
        if message.not_before is None:
            return False
        if self._rules.is_over(message.id, now):
            self._settle(
                message,
                Outcome(
                    Status.DROPPED,
                    now,
                    error=message.error,
                    uncertain=message.uncertain,
                    attempts=message.attempts,
                ),
            )
            return True
        moment = self._rules.leaves_at(message.kind, now)
        if moment is None:
            return False
        waiting = Outcome(Status.QUEUED, now, moment, message.error, message.uncertain, message.attempts)
        if self._state.settle(message.id, self._owner, waiting):
            self._put_off += 1
            self._log.info("mail.put_off", **_facts(message), until=moment.isoformat())
        else:
            self._log.warning("mail.settled_elsewhere", **_facts(message))
        return True

    def _send_over_one_connection(self, rest: deque[Message], claimed_until: datetime) -> _Next:
        """Send from the front of `rest` while the connection lasts."""
        try:
            with self._mailer.connect() as connection:
                is_kept = False
                while rest and not self._stop() and self._clock() < claimed_until:
                    if self._puts_off(rest[0]):
                        # The quiet hours began while the batch was under way.
                        rest.popleft()
                        continue
                    coming = self._send_first(connection, rest, is_kept=is_kept)
                    if coming is not _Next.MESSAGE:
                        return coming
                    is_kept = True
        except MailFailed as error:
            self._settle_failure(rest.popleft(), error.failure)
            return _Next.NOTHING
        return _Next.BATCH

    def _send_first(self, connection: MailConnection, rest: deque[Message], *, is_kept: bool) -> _Next:
        """Send the first message of `rest`, settle it and take it off."""
        message = rest[0]
        try:
            connection.envelope(message.recipient)
        except MailFailed as error:
            if is_kept and _is_gone(error.failure) and error.failure.trouble is not Trouble.QUOTA:
                # A connection that ends between two messages says nothing about the next one, which stays first.
                return _Next.CONNECTION
            self._settle_failure(rest.popleft(), error.failure)
            return _after(error.failure)
        now = self._clock()
        rest.popleft()
        if not self._state.begin(message.id, self._owner, now, now + self._rules.lease):
            self._log.warning("mail.claim_lost", **_facts(message))
            return _Next.MESSAGE
        try:
            connection.data(message.body)
        except MailFailed as error:
            self._settle_failure(message, error.failure)
            return _after(error.failure)
        self._settle(message, after_success(message, self._clock()))
        return _Next.MESSAGE

    def _settle_failure(self, message: Message, failure: Failure) -> None:
        outcome = self._outcome(message, failure, self._clock())
        self._settle(message, outcome, trouble=failure.trouble.value)

    def _outcome(self, message: Message, failure: Failure, now: datetime) -> Outcome:
        is_last_copy = message.uncertain + 1 >= MOST_COPIES
        return after_failure(message, failure, now, "hold" if is_last_copy else self._rules.when_uncertain)

    def _settle(self, message: Message, outcome: Outcome, owner: str = "", trouble: str = "") -> None:
        facts = _facts(message) | {"status": outcome.status.value}
        if trouble:
            # Behind the colon stand the server's own words, which may name the recipient: the outbox keeps them.
            facts |= {"trouble": trouble, "error": outcome.error.partition(": ")[0]}
        if not self._state.settle(message.id, owner or self._owner, outcome):
            self._log.warning("mail.settled_elsewhere", **facts)
            return
        self._settled.append((message, outcome))
        self._log.info("mail.settled", **facts)


def _facts(message: Message) -> dict[str, str]:
    """What a log line may say of a message: no address, no name, and no id, since reports have names in theirs."""
    address = sha256(message.recipient.casefold().encode()).hexdigest()[:10]
    return {"order": message.order_no, "kind": message.kind, "to": address}
