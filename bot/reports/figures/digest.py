"""What each person should look at today, from one reading of orders, customers and the team. Plain Python; no clock.

    columns ─► orders (lines by number), people (rows of Team by address) ─► each person's Digest, worst first

An order stands once in one person's digest: in the first of its sections, as `Digest` has them, that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.planning.digest_values import Digest, DigestLine, Reminder
from bot.planning.drafting import Place
from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.figures.open_orders import OpenOrder, last_ordered, open_orders
from bot.reports.figures.people import read_members
from bot.reports.figures.persons import Person, Persons
from bot.reports.readers import Reader
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, TEAM, Cell
from sheets_schema.cells import plain_text, read_date
from sheets_schema.languages import language_of
from sheets_schema.roles import FINANCE
from sheets_schema.titles import fold
from sheets_schema.workflow import state_of

#: The columns that digests are made of.
WANTED: dict[str, tuple[str, ...]] = {
    CONTRACTS.key: (
        "row_id", "order_no", "order_date", "customer", "product", "amount", "currency", "due_date", "salesperson",
        "status", "reviewer", "finance_reviewer", "created_at", "updated_at",
    ),
    ARCHIVE.key: ("order_no", "order_date", "customer", "status", "created_at"),
    CUSTOMERS.key: ("customer_no", "customer", "contact", "phone", "owner", "next_purchase"),
    TEAM.key: ("name", "email", "team", "role", "language", "active"),
}  # fmt: skip
#: An expected purchase is told of on its day and so many days after it.
_REMINDED = 7
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class OwnDigest:
    """The digest of one person, who may have nothing to look at."""

    reader: Reader
    digest: Digest


@dataclass(frozen=True)
class Today:
    """When a digest is read: the team's day, and the moment (UTC) to which hours are counted."""

    day: date
    moment: datetime


def own_digests(
    columns: Mapping[str, Columns], today: Today, place: Place, rules: Rules
) -> tuple[OwnDigest, ...]:
    """One digest for every active person of Team, top to bottom. Tabs and columns that are absent count as blank."""
    persons = Persons(read_members(columns.get(TEAM.key)))
    orders = open_orders(columns, persons, rules)
    reminders = _reminders(columns, persons, today.day, place)
    return tuple(
        OwnDigest(
            person.reader,
            _digest(person, orders, reminders.get(person.key, ()), _Telling(person, today, place, rules)),
        )
        for person in persons.active
    )


@dataclass(frozen=True)
class _Telling:
    """Puts orders into the words of one reader."""

    person: Person
    today: Today
    place: Place
    rules: Rules

    def line(self, order: OpenOrder, count: int) -> DigestLine:
        """The order with the number that its section has."""
        state = state_of(order.status)
        language = language_of(self.person.reader.language, self.rules.language)
        return DigestLine(
            order_no=order.number,
            customer=order.customer,
            product=order.products[0] if order.products else "",
            others=max(0, len(order.products) - 1),
            amount=order.amount,
            currency=order.currency,
            salesperson="" if self.person.key in order.sellers else order.salesperson,
            status=state.title(language) if state is not None else order.status,
            due_date=order.due,
            count=count,
            link=self.place.row_link(CONTRACTS.key, order.row),
        )


def _digest(
    person: Person, orders: Iterable[OpenOrder], reminders: tuple[Reminder, ...], telling: _Telling
) -> Digest:
    rules, today = telling.rules.digest, telling.today
    sections: dict[str, list[DigestLine]] = {key: [] for key in _BELONGS}
    for order in orders:
        for section, belongs in _BELONGS.items():
            count = belongs(order, person, today, telling.rules)
            if count is not None:
                sections[section].append(telling.line(order, count))
                break
    return Digest(
        day=today.day,
        due_within=rules.due_soon,
        next_purchases=reminders,
        workbook_link=telling.place.tab_links.get(CONTRACTS.key) or telling.place.workbook_link,
        **{
            # What is due first has the fewest days to go; elsewhere the most is the worst.
            section: tuple(sorted(lines, key=lambda line: line.count, reverse=section != "due_soon"))
            for section, lines in sections.items()
        },
    )


# ── what belongs into a section, and the number it has there ─────────────────────────────────────────────────


def _overdue(order: OpenOrder, person: Person, today: Today, _: Rules) -> int | None:
    late = order.days_late(today.day)
    return late if person.key in order.sellers and late > 0 else None


def _escalated(order: OpenOrder, person: Person, today: Today, rules: Rules) -> int | None:
    late = order.days_late(today.day)
    is_bad = late > 0 and late >= rules.digest.escalate
    return late if is_bad and person.key not in order.sellers and person.leads(order.teams) else None


def _due_soon(order: OpenOrder, person: Person, today: Today, rules: Rules) -> int | None:
    if order.due is None or person.key not in order.sellers:
        return None
    left = (order.due - today.day).days
    return left if 0 <= left <= rules.digest.due_soon else None


def _to_review(order: OpenOrder, person: Person, today: Today, rules: Rules) -> int | None:
    if person.key in order.sellers:
        return None
    waits_for_lead = rules.review_levels > 0 and order.lacks_reviewer and person.leads(order.teams)
    waits_for_finance = rules.review_levels > 1 and order.lacks_finance and FINANCE in person.roles
    if not (waits_for_lead or waits_for_finance):
        return None
    return max(0, (today.moment - order.touched).days) if order.touched is not None else 0


def _silent(order: OpenOrder, person: Person, today: Today, rules: Rules) -> int | None:
    if order.touched is None or person.key not in order.sellers:
        return None
    silence = today.moment - order.touched
    return silence // _HOUR if silence > rules.digest.silent else None


#: Section of `Digest` -> the number that an order has in it for this person, or None when it does not belong there.
_BELONGS: dict[str, Callable[[OpenOrder, Person, Today, Rules], int | None]] = {
    "overdue": _overdue,
    "escalated": _escalated,
    "due_soon": _due_soon,
    "to_review": _to_review,
    "silent": _silent,
}


# ── customers ───────────────────────────────────────────────────────────────────────────────────────────────


def _reminders(
    columns: Mapping[str, Columns], persons: Persons, day: date, place: Place
) -> dict[str, tuple[Reminder, ...]]:
    """Key of a person -> the customers they own whose next purchase was expected by now and has not come."""
    customers = columns.get(CUSTOMERS.key)
    if customers is None:
        return {}
    ordered = last_ordered(columns)
    found: dict[str, list[Reminder]] = {}
    told: set[str] = set()
    for row in range(customers.height):
        cells = _cells(customers, row)
        name, expected = plain_text(cells["customer"]), read_date(cells["next_purchase"])
        if not name or fold(name) in told or not isinstance(expected, date):
            continue
        told.add(fold(name))
        last = ordered.get(fold(name))
        if not 0 <= (day - expected).days <= _REMINDED or (last is not None and last >= expected):
            continue
        reminder = Reminder(
            name,
            plain_text(cells["contact"]),
            plain_text(cells["phone"]),
            expected,
            place.row_link(CUSTOMERS.key, row + 2),
        )
        for key in persons.named_in(plain_text(cells["owner"])):
            found.setdefault(key, []).append(reminder)
    return {key: tuple(sorted(own, key=lambda r: r.expected)) for key, own in found.items()}


def _cells(columns: Columns, row: int) -> dict[str, Cell]:
    """The row's cells; blank where the tab has none."""
    found: dict[str, Cell] = dict.fromkeys(WANTED[columns.tab], "")
    return found | {key: cells[row] for key, cells in columns.cells.items() if row < len(cells)}
