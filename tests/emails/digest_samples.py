"""Digests of one Friday, in both languages: a lead's with everything in it, a salesperson's with a little."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from bot.planning.digest_values import Digest, DigestLine, Reminder
from bot.planning.notices import Draft, Recipient
from sheets_schema.workflow import APPROVED, IN_TRANSIT, PENDING, SHIPPED, State
from tests.emails.samples import LANGUAGES, PEOPLE, SHEET, order

DAY = date(2026, 11, 27)
_OTHERS = {"zh-CN": ("晨星科技", "海蓝贸易有限公司"), "en": ("Morning Star Ltd", "Hailan Trading")}
_MATE = {"zh-CN": "李雷", "en": "Li Lei"}
_LEAD = {"zh-CN": "周敏", "en": "Zhou Min"}


def line(
    language: str,
    serial: int,
    status: State,
    due: int | None,
    count: int,
    *,
    mate: bool = False,
    others: int = 0,
) -> DigestLine:
    """An order due so many days from the day."""
    products = [each.product for each in order(language).lines]
    customers = (order(language).customer, *_OTHERS[language])
    return DigestLine(
        order_no=f"202611{serial:02d}-00{serial % 3 + 1}",
        customer=customers[serial % 3],
        product=products[serial % len(products)],
        amount=Decimal(serial) * Decimal("1280.5"),
        currency="CNY",
        salesperson=_MATE[language] if mate else "",
        status=status.title(language),
        due_date=DAY + timedelta(days=due) if due is not None else None,
        count=count,
        others=others,
        link=f"{SHEET}&range=A{serial + 1}",
    )


def full(language: str) -> Digest:
    """Something in every section."""
    return Digest(
        day=DAY,
        overdue=(
            line(language, 3, APPROVED, -12, 12, others=2),
            line(language, 9, IN_TRANSIT, -1, 1),
        ),
        escalated=(line(language, 5, SHIPPED, -6, 6, mate=True),),
        due_soon=(
            line(language, 11, APPROVED, 0, 0),
            line(language, 12, SHIPPED, 1, 1),
            line(language, 13, APPROVED, 2, 2),
        ),
        to_review=(
            line(language, 14, PENDING, 9, 2, mate=True),
            line(language, 16, PENDING, None, 0, mate=True, others=1),
        ),
        silent=(line(language, 7, APPROVED, 20, 100), line(language, 8, SHIPPED, None, 30)),
        next_purchases=(
            Reminder(_OTHERS[language][1], "陈先生" if language == "zh-CN" else "Mr Chen", "138 0000 1111", DAY, SHEET),
            Reminder(_OTHERS[language][0], "", "", DAY - timedelta(days=3)),
        ),
        workbook_link=SHEET,
    )  # fmt: skip


def small(language: str) -> Digest:
    """Two orders, as on most days."""
    return Digest(
        day=DAY,
        overdue=(line(language, 3, APPROVED, -1, 1),),
        due_soon=(line(language, 11, APPROVED, 1, 1),),
        workbook_link=SHEET,
    )


def long(language: str) -> Digest:
    """More than a mail can show."""
    return Digest(
        day=DAY,
        overdue=tuple(line(language, n % 27 + 1, APPROVED, -30 + n, 30 - n) for n in range(29)),
        workbook_link=SHEET,
    )


def digest_mail(digest: Digest, language: str) -> Draft:
    """The draft of this digest, to the salesperson or, with orders of others in it, to the lead."""
    name = _LEAD[language] if digest.escalated else PEOPLE[language][1]
    return Draft(
        "digest:2026-11-27:reader@example.com",
        "digest",
        Recipient(name, "reader@example.com", language),
        None,
        digest,
    )


def all_mails() -> dict[str, Draft]:
    """Every golden copy."""
    return {
        f"digest.{language}.{make.__name__}": digest_mail(make(language), language)
        for language in LANGUAGES
        for make in (full, small, long)
    }
