"""What `outbox` tells of the mails, and which of them a person's word may concern all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import Block, Column, Fit, Said, Table, Tone
from bot.outbox import Message, Status
from bot.planning.activity_words import mail_name
from bot.ports import State
from bot.reporting.times import local, moment_words

#: What a status means to a person.
_SAYS = {
    Status.QUEUED: "waits for its turn",
    Status.CLAIMED: "on its way",
    Status.SENDING: "being sent",
    Status.SENT: "sent",
    Status.DEAD: "refused for good",
    Status.HELD: "waits for a person",
    Status.DROPPED: "not wanted any more",
}
#: How a status looks to a person.
TONES = {Status.SENT: Tone.GOOD, Status.DEAD: Tone.BAD, Status.HELD: Tone.WARN, Status.DROPPED: Tone.QUIET}


@dataclass(frozen=True)
class Asked:
    """Which mails are listed."""

    #: None = all.
    status: Status | None = None
    order_no: str = ""
    limit: int = 200


def outbox_facts(
    state: State,
    timezone: str,
    now: datetime,
    asked: Asked = Asked(),
) -> dict[str, Any]:
    """The mails asked for, newest first, and how many more there are; times in the team's zone."""
    zone = ZoneInfo(timezone)
    statuses = (asked.status,) if asked.status else ()
    # Of one order all are counted, which are few; otherwise the state has counted them.
    found = state.messages(statuses, asked.order_no, limit=10_000 if asked.order_no else asked.limit)
    counts = state.counts()
    those = statuses or tuple(Status)
    there = len(found) if asked.order_no else sum(counts[f"mail.{status}"] for status in those)
    shown = found[: asked.limit]
    return {
        "at": local(now, zone),
        "asked": {
            "status": str(asked.status or ""),
            "order_no": asked.order_no,
            "limit": asked.limit,
        },
        "mails": [_mail(message, zone) for message in shown],
        "more": max(0, there - len(shown)),
    }


def _mail(m: Message, zone: ZoneInfo) -> dict[str, Any]:
    is_open = m.status in (Status.QUEUED, Status.CLAIMED, Status.SENDING)
    return {
        "id": m.id,
        "kind": m.kind,
        "words": mail_name(m.kind, "en"),
        "order_no": m.order_no,
        "to": m.recipient,
        "status": str(m.status),
        "says": _SAYS[m.status],
        "made": local(m.created_at, zone),
        "sent": local(m.sent_at, zone),
        "next_try": local(m.not_before, zone) if is_open else None,
        # When it was sent, else may be sent, else was made: by what a person sorts a mail into a day.
        "when": local(m.sent_at or m.not_before or m.created_at, zone),
        "attempts": m.attempts,
        "uncertain": m.uncertain,
        "error": m.error,
    }


def outbox_lines(facts: dict[str, Any]) -> Iterator[str]:
    """The mails, a line each."""
    if not facts["mails"]:
        yield _nothing(facts)
    for mail in facts["mails"]:
        doubt = f" uncertain×{mail['uncertain']}" if mail["uncertain"] else ""
        trouble = f"  {mail['error']}" if mail["error"] else ""
        when = f"{mail['when'][5:10]} {mail['when'][11:16]}"
        yield f"{mail['status']:<8} {when}  {mail['id']}  → {mail['to']}{doubt}{trouble}"
    if facts["more"]:
        yield _more(facts)


def outbox_page(facts: dict[str, Any]) -> Iterator[Block]:
    """The mails as a table."""
    now = facts["at"]
    if not facts["mails"]:
        yield Said(_nothing(facts))
    columns = (
        Column("State"), Column("Since"), Column("Next try"), Column("Order"), Column("What", Fit.WORDS),
        Column("Mail", Fit.COPIED), Column("To", Fit.COPIED),
    )  # fmt: skip
    yield Table("", columns, tuple(_row(mail, now) for mail in facts["mails"]))
    if facts["more"]:
        yield Said(_more(facts), Tone.QUIET)


def _row(mail: dict[str, Any], now: str) -> tuple[Said, ...]:
    doubt = f"; in doubt {mail['uncertain']}×" if mail["uncertain"] else ""
    trouble = f": {mail['error']}" if mail["error"] and mail["status"] != Status.SENT else ""
    return (
        Said(mail["status"], TONES.get(Status(mail["status"]), Tone.PLAIN)),
        Said(moment_words(mail["sent"] or mail["made"], now)),
        Said(moment_words(mail["next_try"], now)),
        Said(mail["order_no"]),
        Said(f"{mail['words']}{doubt}{trouble}", Tone.WARN if doubt or trouble else Tone.PLAIN),
        Said(mail["id"], Tone.STRONG),
        Said(mail["to"]),
    )


def _nothing(facts: dict[str, Any]) -> str:
    asked = facts["asked"]
    if not asked["status"] and not asked["order_no"]:
        return "The outbox is empty."
    of_order = f" of order {asked['order_no']}" if asked["order_no"] else ""
    return f"No mail{of_order} is {asked['status']}." if asked["status"] else f"There is no mail{of_order}."


def _more(facts: dict[str, Any]) -> str:
    shown = len(facts["mails"])
    return f"… and {facts['more']:,} more, older ones: --limit {shown + facts['more']} shows them all"


# ── a person's word about many ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Choice:
    """The mails of one status that a person's word concerns when it names none of them."""

    meant: tuple[str, ...]
    #: Perhaps they have arrived: sent again only when they are named.
    left: tuple[str, ...] = ()


def chosen(messages: Sequence[Message], action: str) -> Choice:
    """Which of these `retry --all` or `drop --all` concerns, oldest first."""
    oldest = sorted(messages, key=lambda m: (m.created_at, m.id))
    if action == "drop":
        return Choice(tuple(m.id for m in oldest))
    doubtful = tuple(m.id for m in oldest if m.uncertain)
    return Choice(tuple(m.id for m in oldest if not m.uncertain), doubtful)


def left_lines(left: Collection[str]) -> Iterator[str]:
    """What is said of the mails that `retry --all` leaves alone."""
    if left:
        yield f"{len(left)} mail(s) perhaps arrived and stay as they are; name those that are to go once more:"
        yield from (f"  {message_id}" for message_id in left)
