"""The outbox: what a message can go through, and what follows a failure. Pure; `delivery` does it.

┌────────── certainly not sent (b) ──────────┐
▼                                            │
queued ─(a)─► claimed ─(c)─► sending ─(d)─► sent     │
│        └──────────────┼────────────────────┘
│                       ├─(e)─► dead      refused for good (5xx)
│                       └─(f)─► queued or held, uncertain + 1
└─(g)─► dropped                 no answer to the final dot

(a) claim by compare-and-set, with a lease    (c) committed right before DATA, only while the lease is held
(b) refused for now, or the network failed before the final dot    (d) the server's 250
(f) the one ambiguous place: the lease ran out in `sending`    (g) a person's decision, or it came too late
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.activity import Entry


class Status(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    HELD = "held"
    DROPPED = "dropped"


#: What a message for somebody outside `only_to` is held with.
REHEARSAL = "rehearsal"
#: What a message to a customer who got the most mails a day is held with, until a person lets it go.
TOO_MANY = "too many today"


@dataclass(frozen=True)
class Message:
    """One mail to one person, rendered once; a repetition is byte-identical."""

    #: The idempotency key, such as `purchase_customer:20261121-003:1`.
    id: str
    kind: str
    order_no: str
    #: The envelope recipient.
    recipient: str
    priority: int
    body: bytes
    created_at: datetime
    generation: int = 1
    status: Status = Status.QUEUED
    attempts: int = 0
    #: How many times the final dot got no answer.
    uncertain: int = 0
    not_before: datetime | None = None
    lease_until: datetime | None = None
    owner: str = ""
    error: str = ""
    sent_at: datetime | None = None


class Trouble(StrEnum):
    """What kind of failure a send met."""

    UNREACHABLE = "unreachable"  #: no connection, TLS or greeting: certainly not sent, whole server concerned
    LOGIN = "login"  #: the server refused our login: whole server concerned
    QUOTA = "quota"  #: the account may not send for now (550 5.4.5 and kin): pauses everything
    LATER = "later"  #: 4xx for this message: certainly not sent
    REFUSED = "refused"  #: 5xx for this message: certainly not accepted, repeating is useless
    UNCERTAIN = "uncertain"  #: no answer to the final dot


@dataclass(frozen=True)
class Failure:
    """Why a send did not end in a 250."""

    trouble: Trouble
    #: The reply code, 0 when there was none.
    code: int = 0
    #: Said in the log and the sheet: never holds an address.
    text: str = ""


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message after an attempt, and of the outbox as a whole."""

    status: Status
    at: datetime
    not_before: datetime | None = None
    error: str = ""
    uncertain: int = 0
    attempts: int = 0
    #: Nothing at all is sent before this moment.
    pause_until: datetime | None = None


FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)
QUOTA_PAUSE = timedelta(hours=1)


def growing_wait(attempts: int) -> timedelta:
    """30 s, 1 min, 2 min … up to 2 h before the next attempt; `attempts` counts those already made, from 1."""
    doublings = min(max(attempts, 1) - 1, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def after_success(message: Message, now: datetime) -> Outcome:
    """The server's 250."""
    return Outcome(Status.SENT, now, attempts=message.attempts + 1, uncertain=message.uncertain)


def after_failure(message: Message, failure: Failure, now: datetime, when_uncertain: str) -> Outcome:
    """What becomes of a message that met this failure; `when_uncertain` is "resend" or "hold"."""
    attempts = message.attempts + 1
    later = now + growing_wait(attempts)
    words = f"{failure.code} {failure.text}".strip() if failure.code else failure.text
    match failure.trouble:
        case Trouble.REFUSED:
            return Outcome(Status.DEAD, now, error=words, uncertain=message.uncertain, attempts=attempts)
        case Trouble.UNCERTAIN:
            doubt = message.uncertain + 1
            if when_uncertain == "hold":
                return Outcome(Status.HELD, now, error=words, uncertain=doubt, attempts=attempts)
            return Outcome(Status.QUEUED, now, later, words, doubt, attempts)
        case Trouble.QUOTA:
            pause = now + QUOTA_PAUSE
            return Outcome(
                Status.QUEUED, now, pause, words, message.uncertain, message.attempts, pause_until=pause
            )
        case Trouble.UNREACHABLE | Trouble.LOGIN:
            return Outcome(Status.QUEUED, now, later, words, message.uncertain, attempts, pause_until=later)
        case Trouble.LATER:
            return Outcome(Status.QUEUED, now, later, words, message.uncertain, attempts)


_TOLD = {Status.SENT: "mail_sent", Status.DEAD: "mail_failed", Status.HELD: "mail_held"}


def settled_entry(kind: str, order_no: str, doubts: int, outcome: Outcome) -> Entry | None:
    """What the Activity tab tells of an attempt; None where another one follows and nothing is in doubt.

    `doubts` is the message's `uncertain` before the attempt. Names the kind of mail and no address.
    """
    what = _TOLD.get(outcome.status, "mail_maybe" if outcome.uncertain > doubts else "")
    return Entry(outcome.at, what, order_no, detail=kind) if what else None


def room(*caps: tuple[int, int]) -> int:
    """How many more messages may be sent now under all of these caps, each with what was sent in its span."""
    return max(0, min(cap - sent for cap, sent in caps))
