"""What the daily digest may show: strings ready to print, made once for text and HTML alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.mails.mail_text import one_line, web_link
from bot.mails.wording import Wording
from bot.planning.digest_values import Digest, DigestLine, Reminder

#: Rows of a section; who has more to look at needs the sheet and no longer mail.
ROWS = 12
#: From here on silence is told in days.
_HOURS = 48
#: Sections that a subject can name.
_NAMED = 3
#: Sections with a word on what to do.
_HINTED = frozenset({"escalated", "to_review", "silent", "next_purchases"})


@dataclass(frozen=True)
class DigestRow:
    """One order or customer; blank strings are not shown."""

    #: The order's number, or the customer's name.
    title: str
    link: str
    #: Whose it is and what, the most telling first.
    about: tuple[str, ...]
    #: How urgent it is.
    said: str
    amount: str
    day: str
    is_late: bool


@dataclass(frozen=True)
class DigestSection:
    """Things to look at for one reason."""

    title: str
    hint: str
    rows: tuple[DigestRow, ...]


@dataclass(frozen=True)
class DigestView:
    """The whole digest."""

    subject: str
    preheader: str
    #: How much there is of everything, in one sentence's middle.
    summary: str
    day: str
    sections: tuple[DigestSection, ...]
    link: str


def digest_view(digest: Digest, wording: Wording) -> DigestView:
    """The digest in the reader's forms; sections without anything are left out."""
    today = digest.day
    rows = {
        key: tuple(_order_row(key, line, today, wording) for line in lines) for key, lines in _orders(digest)
    }
    rows["next_purchases"] = tuple(_customer_row(one, today, wording) for one in digest.next_purchases)
    counts = [wording.say(f"{key}_short", count=len(own)) for key, own in rows.items() if own]
    comma = wording.say("comma")
    named = comma.join(counts[:_NAMED])
    if len(counts) > _NAMED:
        named = wording.say("more_subjects", parts=named)
    first = next((own[0] for own in rows.values() if own), None)
    return DigestView(
        subject=wording.say("subject", summary=named, day=wording.day_and_month(today)),
        preheader=" · ".join(filter(None, (first.title, *first.about[:1], first.said))) if first else "",
        summary=comma.join(counts),
        day=wording.short_day(today),
        sections=tuple(
            DigestSection(
                wording.say(f"{key}_title", count=len(own)),
                wording.say(f"{key}_hint") if key in _HINTED else "",
                own,
            )
            for key, own in rows.items()
            if own
        ),
        link=web_link(digest.workbook_link),
    )


def _orders(digest: Digest) -> Sequence[tuple[str, Sequence[DigestLine]]]:
    """Worst first."""
    return (
        ("overdue", digest.overdue),
        ("escalated", digest.escalated),
        ("due_soon", digest.due_soon),
        ("to_review", digest.to_review),
        ("silent", digest.silent),
    )


def _order_row(section: str, line: DigestLine, today: date, wording: Wording) -> DigestRow:
    product = one_line(line.product, 80)
    if line.others:
        # How many there are besides in one language, and all together in the other.
        count = line.others if wording.language == "en" else line.others + 1
        product = wording.say("with_more", product=product, count=count)
    is_late = line.due_date is not None and line.due_date < today
    day = ""
    if line.due_date is not None:
        day = wording.say("due_was" if is_late else "due_on", day=wording.day_and_month(line.due_date))
    about = (
        one_line(line.customer, 80),
        product,
        " · ".join(filter(None, (one_line(line.status, 40), one_line(line.salesperson, 40)))),
    )
    return DigestRow(
        title=one_line(line.order_no, 40),
        link=web_link(line.link),
        about=tuple(filter(None, about)),
        said=_said(section, line.count, wording),
        amount=wording.money(line.amount, one_line(line.currency, 12)),
        day=day,
        is_late=is_late,
    )


def _said(section: str, count: int, wording: Wording) -> str:
    match section:
        case "overdue" | "escalated":
            return wording.say("days_late", count=count)
        case "due_soon":
            return wording.say(("due_today", "due_tomorrow", "due_in")[min(count, 2)], count=count)
        case "to_review":
            return wording.say("review_days" if count else "review_new", count=count)
        case _ if count < _HOURS:
            return wording.say("silent_hours", count=count)
        case _:
            return wording.say("silent_days", count=count // 24)


def _customer_row(reminder: Reminder, today: date, wording: Wording) -> DigestRow:
    days = (today - reminder.expected).days
    return DigestRow(
        title=one_line(reminder.customer, 80),
        link=web_link(reminder.link),
        about=tuple(filter(None, (one_line(reminder.contact, 80), one_line(reminder.phone, 40)))),
        said=wording.say("expected_ago" if days else "expected_today", count=days),
        amount="",
        day=wording.day_and_month(reminder.expected) if days else "",
        is_late=False,
    )
