"""Every legal path and every illegal jump, generated from the workflow: who hears, once; and what a Problem names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.planning.catalog import build_catalog
from bot.planning.notices import Draft
from bot.planning.plan import wanted_by
from sheets_schema import CONTRACTS, Cell
from sheets_schema.workflow import (
    BY_STATE,
    HEARD_BY,
    ORDER_APPROVED,
    ORDER_CANCELLED,
    ORDER_DELIVERED,
    ORDER_SENT_BACK,
    ORDER_SHIPPED,
    ORDER_STOPPED,
    ORDER_TO_PREPARE,
    first_state,
    next_moves,
    path,
)
from tests.unit.rows import CUSTOMERS, NOW, PRODUCTS, RULES, TEAM, WISH, Book

STAFF: list[dict[str, Cell]] = [
    {"name": "Lea", "email": "lea@desk.example", "role": "Lead"},
    {"name": "Fay", "email": "fay@desk.example", "role": "Finance"},
    {"name": "Wim", "email": "wim@desk.example", "role": "Warehouse"},
]
CATALOG = build_catalog(CUSTOMERS, PRODUCTS, [*TEAM, *STAFF])
#: What each column may hold when a step needs it.
FILLED: dict[str, Cell] = {
    "reviewer": "Lea", "finance_reviewer": "Fay", "shipped_on": 46350, "tracking": "SF 1", "delivered_on": 46351,
    "cancel_reason": "changed their mind", "exception": "look again",
}  # fmt: skip
PEOPLE = {
    "customer": "anna@books.example", "salesperson": "dora@desk.example", "leads": "lea@desk.example",
    "finance": "fay@desk.example", "warehouse": "wim@desk.example",
}  # fmt: skip
CASES = [
    (levels, start, end) for levels in (0, 1, 2) for start, end in product(BY_STATE, BY_STATE)
    if start != end and (start == first_state(levels).key or path(first_state(levels).key, start, levels))
]  # fmt: skip
LEGAL = [case for case in CASES if path(case[1], case[2], case[0])]
ILLEGAL = [case for case in CASES if case not in LEGAL]


class Office:
    """One order on its way, and time."""

    def __init__(self, levels: int) -> None:
        self.levels, self.now = levels, NOW
        self.book = Book(replace(RULES, review_levels=levels), CATALOG)
        self.book.type_order(NOW)
        self.drafts: list[Draft] = []
        self.rest()

    def rest(self) -> list[Draft]:
        """Time enough for everything to settle; the mails that are owed by then."""
        self.drafts = []
        for _ in range(4):
            self.now += timedelta(minutes=1)
            self.drafts += self.book.poll(self.now)[0].drafts
        return self.drafts

    def bring_to(self, state: str) -> None:
        """Let the order take every step to this state, one at a time."""
        for move in path(first_state(self.levels).key, state, self.levels):
            self.show(move.end, *move.needs)
            self.rest()

    def show(self, state: str, *filled: str) -> None:
        """Somebody sets the status and fills these columns."""
        self.row["status"] = BY_STATE[state].en
        self.row.update({key: FILLED[key] for key in filled})

    @property
    def row(self) -> dict[str, Cell]:
        return self.book.contracts[0]

    @property
    def problem(self) -> str:
        return str(self.row.get("problem", ""))

    def heard(self) -> Counter[tuple[str, str]]:
        return Counter((draft.kind, draft.recipient.email) for draft in self.drafts)


def expected(levels: int, start: str, end: str) -> Counter[tuple[str, str]]:
    """Who ought to hear what of this walk, said once more and in other words than the program's."""
    steps = path(start, end, levels)
    kinds = {kind for move in steps for kind in move.notices}
    if end == "cancelled":
        kinds = {ORDER_CANCELLED, ORDER_STOPPED}
    if end != "approved":
        kinds -= {ORDER_TO_PREPARE}
    if ORDER_DELIVERED in kinds:
        kinds -= {ORDER_SHIPPED}
    found: Counter[tuple[str, str]] = Counter()
    for kind in kinds:
        for audience in HEARD_BY[kind]:
            if audience == "warehouse" and kind == ORDER_STOPPED and start == "pending":
                continue
            found[kind, PEOPLE[audience]] += 1
    return found


def needs(levels: int, start: str, end: str) -> list[str]:
    return list(dict.fromkeys(key for move in path(start, end, levels) for key in move.needs))


@pytest.mark.parametrize(("levels", "start", "end"), LEGAL)
def test_a_legal_way_moves_the_order_and_tells_the_right_people_once(
    levels: int, start: str, end: str
) -> None:
    office = Office(levels)
    office.bring_to(start)
    office.show(end, *needs(levels, start, end))
    office.rest()
    assert office.heard() == expected(levels, start, end)
    assert office.problem == ""
    assert office.rest() == []


@pytest.mark.parametrize(("levels", "start", "end"), ILLEGAL)
def test_an_illegal_jump_is_a_problem_that_names_what_is_legal_and_nothing_else(
    levels: int, start: str, end: str
) -> None:
    office = Office(levels)
    office.bring_to(start)
    office.show(end, *FILLED)
    assert office.rest() == []
    following = [BY_STATE[move.end].en for move in next_moves(start, levels)]
    assert f"'{BY_STATE[start].en}'" in office.problem
    assert all(title in office.problem for title in following)
    assert office.row["status"] == BY_STATE[end].en, "what people typed is theirs"
    office.show(start)
    assert office.rest() == [], "put back, nothing has happened"


@pytest.mark.parametrize(
    ("levels", "start", "end", "left_out"),
    [(*case, key) for case in LEGAL for key in needs(*case) if key not in needs(case[0], first_state(case[0]).key, case[1])],
)  # fmt: skip
def test_a_step_that_lacks_a_column_names_it_and_goes_on_when_it_is_filled(
    levels: int, start: str, end: str, left_out: str
) -> None:
    office = Office(levels)
    office.bring_to(start)
    office.show(end, *(key for key in needs(levels, start, end) if key != left_out))
    assert office.rest() == []
    assert CONTRACTS.by_key[left_out].en in office.problem
    office.show(end, left_out)
    office.rest()
    assert office.heard() == expected(levels, start, end)


def test_the_moment_of_the_review_is_stamped_and_taken_back_when_the_order_is_sent_back() -> None:
    office = Office(1)
    office.bring_to("approved")
    assert office.row["reviewed_at"]
    office.show("pending", "exception")
    office.rest()
    assert "reviewed_at" not in office.row
    assert office.heard() == {(ORDER_SENT_BACK, PEOPLE["salesperson"]): 1}
    office.row["exception"] = ""
    office.rest()
    assert office.heard() == {("review_waiting", PEOPLE["leads"]): 1}


def test_what_is_sold_for_a_duration_needs_no_tracking() -> None:
    office = Office(1)
    office.bring_to("approved")
    office.row["duration"] = "12 months"
    office.show("shipped", "shipped_on")
    office.rest()
    assert office.heard() == {(ORDER_SHIPPED, PEOPLE["customer"]): 1}


@pytest.mark.parametrize(
    ("reviewer", "said"),
    [("Dora", "must be a second person"), ("Emil", "is not a Lead"), ("Xaver", "is not an active person")],
)
def test_a_reviewer_must_be_a_lead_and_a_second_person(reviewer: str, said: str) -> None:
    office = Office(1)
    office.show("approved")
    office.row["reviewer"] = reviewer
    assert office.rest() == []
    assert said in office.problem


def test_finance_is_asked_once_the_lead_has_signed() -> None:
    office = Office(2)
    office.row["reviewer"] = "Lea"
    office.rest()
    assert office.heard() == {("finance_waiting", PEOPLE["finance"]): 1}
    assert office.rest() == []


def test_kinds_that_are_off_are_heard_by_nobody_and_the_order_moves_on() -> None:
    office = Office(1)
    office.book.rules = replace(office.book.rules, notices_off=frozenset({ORDER_APPROVED, ORDER_TO_PREPARE}))
    office.bring_to("approved")
    assert office.drafts == []
    assert office.row["reviewed_at"]


def test_changes_of_what_was_confirmed_are_told_to_the_salesperson_alone() -> None:
    office = Office(1)
    office.row["due_date"] = 46360
    office.row["special_requests"] = "in red"
    office.rest()
    assert office.heard() == {("order_changed", PEOPLE["salesperson"]): 1}
    (content,) = [draft.content for draft in office.drafts]
    assert [a.column for a in content.alterations] == ["due_date", "special_requests"]  # type: ignore[union-attr]
    assert office.rest() == []


def test_a_sum_that_is_filled_in_again_late_is_told_once() -> None:
    office = Office(1)
    office.row["quantity"] = 8
    del office.row["amount"]
    for _ in range(2):
        office.now += timedelta(minutes=1)
        office.book.poll(office.now, writes=False)
    office.rest()
    assert office.row["amount"] == 100
    assert sum(mail.startswith("order_changed:") for mail in office.book.mails) == 1


def test_changes_that_are_undone_before_they_settle_are_told_to_nobody() -> None:
    office = Office(1)
    office.row["delivery_address"] = "elsewhere"
    office.book.poll(office.now + timedelta(seconds=5))
    del office.row["delivery_address"]
    assert office.rest() == []


def test_notices_of_a_poll_that_died_before_its_commit_come_once() -> None:
    office = Office(1)
    office.show("approved", "reviewer")
    office.book.poll(office.now + timedelta(minutes=1), writes=False)
    office.now += timedelta(minutes=2)
    office.rest()
    kinds = Counter(mail.partition(":")[0] for mail in office.book.mails)
    assert kinds[ORDER_APPROVED] == kinds[ORDER_TO_PREPARE] == 1


def test_the_history_of_an_order_is_entered_step_by_step() -> None:
    office = Office(1)
    office.bring_to("delivered")
    entries = [e for e in office.book.state.activity() if e.what == "moved"]
    assert [(e.before, e.after) for e in entries] == [
        ("Pending review", "Approved"), ("Approved", "Shipped"), ("Shipped", "In transit"), ("In transit", "Delivered"),
    ]  # fmt: skip


def test_an_old_row_moves_from_where_it_stood_without_a_word_about_its_past() -> None:
    book = Book(replace(RULES, review_levels=1), CATALOG, met=False)
    book.contracts.append({**WISH, "order_no": "OLD", "status": "Approved"})
    now = NOW
    for _ in range(3):
        now += timedelta(minutes=1)
        book.poll(now)
    assert book.mails == []
    book.contracts[0].update({"status": "Shipped", "shipped_on": 46350, "tracking": "SF 9"})
    drafts: list[Draft] = []
    for _ in range(3):
        now += timedelta(minutes=1)
        drafts += book.poll(now)[0].drafts
    assert [(d.kind, d.recipient.email) for d in drafts] == [(ORDER_SHIPPED, PEOPLE["customer"])]


def test_the_first_status_of_an_old_row_is_believed_and_the_next_must_be_legal() -> None:
    book = Book(replace(RULES, review_levels=1), CATALOG, met=False)
    book.contracts.append({**WISH, "order_no": "OLD"})
    now = NOW

    def rest() -> list[str]:
        nonlocal now
        drafts: list[Draft] = []
        for _ in range(4):
            now += timedelta(minutes=1)
            drafts += book.poll(now)[0].drafts
        return [draft.kind for draft in drafts]

    rest()
    assert not book.state.recall(wanted_by(book.snapshot(), CATALOG, now, RULES)).progress
    book.contracts[0]["status"] = "Delivered"
    assert (rest(), book.contracts[0].get("problem", "")) == ([], "")
    book.contracts[0]["status"] = "Approved"
    assert rest() == []
    assert "'Delivered' cannot become 'Approved'" in str(book.contracts[0]["problem"])


def test_a_claim_that_is_withdrawn_gives_back_what_it_took() -> None:
    counted = build_catalog(
        CUSTOMERS, [{"product": "Lamp", "unit_price": 12.5, "stock": 10}], [*TEAM, *STAFF]
    )
    book = Book(replace(RULES, review_levels=0), counted)
    book.contracts.append(dict(WISH))
    book.poll(NOW)
    now = NOW + RULES.settle
    book.poll(now, writes=False)
    (mark,) = book.seen(now).stock.values()
    assert mark.taken == 3, "approved from the start, it takes with its claim"
    # Somebody makes another order of the row before it shows its number.
    book.contracts[0] |= {"customer": "Bora Tea", "quantity": 2}
    for _ in range(4):
        now += timedelta(minutes=1)
        book.poll(now)
    (mark,) = book.seen(now).stock.values()
    assert mark.taken == 2
