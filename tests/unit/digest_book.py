"""Small readings for the tests of the daily digest: a team, orders and customers around Friday, 27 November 2026."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.planning.digest_values import Digest
from bot.planning.drafting import Place
from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.figures.digest import WANTED, Today, own_digests
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, TEAM, Cell
from sheets_schema.cells import date_serial, datetime_serial

ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(language="en", timezone=ZONE)
DAY = date(2026, 11, 27)
NINE = datetime(2026, 11, 27, 9, tzinfo=ZONE).astimezone(UTC)
PLACE = Place(
    "key", "https://sheet", {CONTRACTS.key: "https://sheet#gid=1", CUSTOMERS.key: "https://sheet#gid=2"}
)
Row = Mapping[str, Cell]

ANNA: Row = {"name": "Anna", "email": "anna@desk.example", "team": "North", "role": "Sales"}
MAX: Row = {"name": "Max", "email": "max@desk.example", "team": "South", "role": "Sales"}
LEA: Row = {"name": "Lea", "email": "lea@desk.example", "team": "North", "role": "Lead"}
LEO: Row = {"name": "Leo", "email": "leo@desk.example", "role": "Lead"}
FINN: Row = {"name": "Finn", "email": "finn@desk.example", "role": "Finance"}
TEAM_OF_FIVE = (ANNA, MAX, LEA, LEO, FINN)


def on(days: int) -> Cell:
    """The day so many days from the digest's, as the sheet has it."""
    return date_serial(DAY + timedelta(days=days))


def hours_ago(hours: float) -> Cell:
    """A moment before the digest's, as the team's clocks showed it."""
    return datetime_serial((NINE - timedelta(hours=hours)).astimezone(ZONE).replace(tzinfo=None))


def order(number: str, **cells: Cell) -> Row:
    """An order of Anna's that nobody need look at, but for what is said."""
    return {
        "order_no": number, "customer": "Hansen", "product": "Lamp", "amount": 100, "currency": "CNY",
        "salesperson": "Anna", "status": "Approved", "reviewer": "Lea", "created_at": hours_ago(1), **cells,
    }  # fmt: skip


def reading(
    orders: Sequence[Row] = (),
    team: Sequence[Row] = TEAM_OF_FIVE,
    customers: Sequence[Row] = (),
    archive: Sequence[Row] = (),
) -> dict[str, Columns]:
    """The four tabs as one answer has them."""
    rows = {CONTRACTS.key: orders, TEAM.key: team, CUSTOMERS.key: customers, ARCHIVE.key: archive}
    return {
        tab: Columns(
            tab, {key: [row.get(key, True if key == "active" else "") for row in rows[tab]] for key in keys}
        )
        for tab, keys in WANTED.items()
    }


def digests(
    orders: Sequence[Row] = (),
    team: Sequence[Row] = TEAM_OF_FIVE,
    customers: Sequence[Row] = (),
    rules: Rules = RULES,
    archive: Sequence[Row] = (),
) -> dict[str, Digest]:
    """Every person's digest by address, or by name where there is none."""
    found = own_digests(reading(orders, team, customers, archive), Today(DAY, NINE), PLACE, rules)
    assert len({own.reader.key for own in found}) == len(found), "two mails for one person"
    return {own.reader.email.partition("@")[0] or own.reader.name: own.digest for own in found}


SECTIONS = ("overdue", "escalated", "due_soon", "to_review", "silent")


def told(digest: Digest) -> dict[str, list[str]]:
    """Section -> the numbers in it, in order; empty ones left out."""
    lines = {section: [line.order_no for line in getattr(digest, section)] for section in SECTIONS}
    customers = [one.customer for one in digest.next_purchases]
    return {key: own for key, own in {**lines, "next_purchases": customers}.items() if own}
