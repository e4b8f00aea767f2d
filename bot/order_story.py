"""What `status --order` says: everything that happened to one order, and how its mails stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.activity import Entry
from bot.blocks import PAIRS, Block, Column, Fit, Said, Table, Tone, pair
from bot.outbox import Message, Status
from bot.planning.activity_words import detail_words, mail_name, what_words
from bot.planning.sightings import Wanted
from bot.ports import State
from bot.reporting.outbox import TONES
from bot.reporting.times import moment_words
from bot.terminal_text import one_line
from sheets_schema.workflow import CUSTOMER, HEARD_BY, SALESPERSON

_LANGUAGE = "en"
#: Who gets a kind of mail; where several may, the mail is to one of them.
_READERS = {
    "purchase_customer": (CUSTOMER,),
    "purchase_sales": (SALESPERSON,),
    "survey": (CUSTOMER,),
    **HEARD_BY,
}
_PART = 500


def order_story(state: State, order_no: str, timezone: str) -> dict[str, Any] | None:
    """The story of an order for machines, times in the team's zone; None when there is no such order."""
    zone = ZoneInfo(timezone)
    seen = state.recall(Wanted(numbers=frozenset({order_no})))
    order = seen.orders.get(order_no)
    entries = list(_entries(state, order_no))
    mails = sorted(state.messages(order_no=order_no, limit=10_000), key=lambda m: (m.created_at, m.id))
    if order is None and not entries and not mails:
        return None
    lines = [p for p in seen.progress.values() if p.order_no == order_no]
    return {
        "order_no": order_no,
        "since": _local(order.created_at, zone) if order else None,
        "lines": [{"row_id": p.row_id, "state": p.state, "since": _local(p.since, zone)} for p in lines],
        "happened": [_happened(entry, zone) for entry in entries],
        "mails": [_mail(message, zone) for message in mails],
    }


def story_lines(story: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    since = f", known since {_minute(story['since'])}" if story["since"] else ""
    yield f"order {story['order_no']}{since}"
    for line in story["lines"]:
        yield f"  a line is {line['state']} since {_minute(line['since'])}"
    yield "what happened"
    for one in story["happened"]:
        told = "; ".join(one_line(part) for part in (_change(one), one["detail"]) if part)
        yield f"  {_minute(one['at'])}  {one['words']}{': ' if told else ''}{told}"
    if not story["happened"]:
        yield "  nothing that the log knows of"
    yield "mails"
    for mail in story["mails"]:
        doubt = f", in doubt {mail['uncertain']}×" if mail["uncertain"] else ""
        trouble = f": {one_line(mail['error'])}" if mail["error"] else ""
        readers = f" ({' or '.join(mail['to'])})" if mail["to"] else ""
        yield f"  {_minute(mail['at'])}  {mail['status']:<8} {mail['words']}{readers}{doubt}{trouble}"
    if not story["mails"]:
        yield "  none"


def story_page(story: dict[str, Any], now: str) -> Iterator[Block]:
    """The same as a page: what happened and what was mailed, in the order in which it came about."""
    since = f", known since {moment_words(story['since'], now)}" if story["since"] else ""
    yield Said(f"Order {story['order_no']}{since}", Tone.STRONG)
    lines = tuple(
        pair(f"line {number}", f"{line['state']} since {moment_words(line['since'], now)}")
        for number, line in enumerate(story["lines"], start=1)
    )
    yield Table("", PAIRS, lines)
    # The log tells of each attempt, too; what became of a mail in the end stands in a table of its own.
    timeline = tuple(
        (
            Said(moment_words(one["at"], now), Tone.QUIET),
            Said(one["words"]),
            Said("; ".join(part for part in (_change(one), one["detail"]) if part)),
        )
        for one in story["happened"]
    )
    yield Table("What happened", (Column(), Column(), Column(fit=Fit.WORDS)), timeline)
    if not timeline:
        yield Said("  Nothing that the log knows of.", Tone.QUIET)
    mails = tuple(_mail_row(mail, now) for mail in story["mails"])
    columns = (Column("When"), Column("State"), Column("What", Fit.WORDS), Column("To"))
    yield Table("Mails", columns, mails)
    if not mails:
        yield Said("  No mails.", Tone.QUIET)


def _change(one: dict[str, Any]) -> str:
    return f"{one['before']} → {one['after']}" if one["before"] else str(one["after"])


def _mail_row(mail: dict[str, Any], now: str) -> tuple[Said, ...]:
    doubt = f", in doubt {mail['uncertain']}×" if mail["uncertain"] else ""
    trouble = f": {mail['error']}" if mail["error"] else ""
    return (
        Said(moment_words(mail["at"], now), Tone.QUIET),
        Said(mail["status"], TONES.get(Status(mail["status"]), Tone.PLAIN)),
        Said(f"{mail['words']}{doubt}{trouble}", Tone.WARN if doubt or trouble else Tone.PLAIN),
        Said(" or ".join(mail["to"])),
    )


def _entries(state: State, order_no: str) -> Iterator[Entry]:
    after = 0
    while part := state.activity(after, order_no, _PART):
        yield from part
        after = part[-1].number


def _happened(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "at": _local(entry.at, zone),
        "what": entry.what,
        "words": what_words(entry, _LANGUAGE),
        "before": entry.before,
        "after": entry.after,
        "detail": detail_words(entry, _LANGUAGE),
    }


def _mail(message: Message, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "kind": message.kind,
        "words": mail_name(message.kind, _LANGUAGE),
        "to": list(_READERS.get(message.kind, ())),
        "status": str(message.status),
        "at": _local(message.sent_at or message.not_before or message.created_at, zone),
        "uncertain": message.uncertain,
        "error": message.error,
    }


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _minute(text: str) -> str:
    return text[:16].replace("T", " ")
