"""Who hears what of an order: one mail a person for one event, whatever roles the person has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.catalog import Catalog, build_catalog
from bot.planning.courses import Course
from bot.planning.hearing import Told, first_drafts, notice_drafts, notices_of
from bot.planning.moves import Walk
from bot.planning.notices import Draft, purchase_detail
from bot.planning.progress import Progress
from bot.planning.readiness import ReadyLine, examine
from sheets_schema import Cell
from sheets_schema.workflow import HEARD_BY, ORDER_CHANGED, path
from tests.unit.rows import CUSTOMERS, MANY, NOW, PRODUCTS, RULES, TEAM, WISH, row_of, seen_of

ANNA, DORA, EMIL = "anna@books.example", "dora@desk.example", "emil@desk.example"
LEA, LUC, FAY, WIM = "lea@desk.example", "luc@desk.example", "fay@desk.example", "wim@desk.example"
STAFF: list[dict[str, Cell]] = [
    {"name": "Lea", "email": LEA, "role": "Lead"},
    {"name": "Fay", "email": FAY, "role": "Finance"},
    {"name": "Wim", "email": WIM, "role": "Warehouse"},
]


def office(*more: dict[str, Cell], **roles: str) -> Catalog:
    """The team; `roles` gives members other roles, `more` adds members."""
    team = [
        {**row, **({"role": roles[str(row["name"])]} if row["name"] in roles else {})}
        for row in (*TEAM, *STAFF)
    ]
    return build_catalog(CUSTOMERS, PRODUCTS, [*team, *more])


def told(
    catalog: Catalog, before: str, after: str, number: int = 2, *, levels: int = 1, **cells: Cell
) -> Told:
    """One line that went from one state to another and shows these cells."""
    row = row_of("contracts", number, {**WISH, **cells})
    line = examine("contracts", row.cells, catalog, RULES)
    assert isinstance(line, ReadyLine), line
    known = Progress(f"id{number}", "A-1", before, NOW)
    course = Course(row, line, known, Walk(path(before, after, levels)))
    return Told(course, replace(known, state=after, steps=1))


def drafts(
    catalog: Catalog, kinds: Mapping[str, Sequence[Told]], off: Collection[str] = (), *, knows: bool = True
) -> tuple[Draft, ...]:
    day = date(2026, 11, 21)
    details = {
        kind: purchase_detail("A-1", 1, [t.course.line for t in lines], day, RULES, "")
        for kind, lines in kinds.items()
    }
    return notice_drafts(kinds, details, seen_of(), catalog, RULES, off, knows_customer=knows)


def heard(found: Sequence[Draft]) -> set[tuple[str, str]]:
    pairs = [(draft.kind, draft.recipient.email) for draft in found]
    assert len(set(pairs)) == len(pairs)
    return set(pairs)


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        ("review_waiting", {LEA}),
        ("finance_waiting", {FAY}),
        ("order_approved", {DORA}),
        ("order_sent_back", {DORA}),
        ("order_to_prepare", {WIM}),
        ("order_shipped", {ANNA}),
        ("order_delivered", {ANNA}),
        ("order_cancelled", {ANNA}),
        ("order_stopped", {DORA, WIM}),
        ("order_changed", {DORA}),
    ],
)
def test_each_notice_reaches_its_readers_and_nobody_else(kind: str, people: set[str]) -> None:
    catalog = office()
    found = drafts(catalog, {kind: [told(catalog, "approved", "cancelled")]})
    assert heard(found) == {(kind, person) for person in people}


def test_every_kind_has_readers() -> None:
    catalog = office()
    for kind in HEARD_BY:
        assert drafts(catalog, {kind: [told(catalog, "approved", "approved")]})


def test_the_warehouse_is_not_told_to_stop_what_it_never_heard_of() -> None:
    catalog = office()
    assert heard(drafts(catalog, {"order_stopped": [told(catalog, "pending", "cancelled")]})) == {
        ("order_stopped", DORA)
    }
    both = [told(catalog, "pending", "cancelled"), told(catalog, "approved", "cancelled", 3)]
    assert heard(drafts(catalog, {"order_stopped": both})) == {
        ("order_stopped", DORA),
        ("order_stopped", WIM),
    }


def test_a_customer_that_never_heard_of_the_order_does_not_hear_of_its_end() -> None:
    catalog = office()
    kinds = dict.fromkeys(("order_cancelled", "order_stopped"), (told(catalog, "pending", "cancelled"),))
    assert heard(drafts(catalog, kinds, knows=False)) == {("order_stopped", DORA)}


def test_kinds_that_are_off_leave_the_others_alone() -> None:
    catalog = office()
    lines = [told(catalog, "pending", "approved")]
    kinds = dict.fromkeys(("order_approved", "order_to_prepare"), lines)
    assert heard(drafts(catalog, kinds, {"order_approved"})) == {("order_to_prepare", WIM)}
    rules = replace(RULES, notices_off=frozenset({"order_to_prepare"}))
    detail = purchase_detail("A-1", 1, [lines[0].course.line], None, RULES, "")
    assert heard(notice_drafts(kinds, dict.fromkeys(kinds, detail), seen_of(), catalog, rules)) == {
        ("order_approved", DORA)
    }


def test_who_is_off_a_kind_that_stands_first_hears_the_next() -> None:
    catalog = office(Dora="Warehouse")
    kinds = dict.fromkeys(("order_approved", "order_to_prepare"), (told(catalog, "pending", "approved"),))
    assert ("order_to_prepare", DORA) in heard(drafts(catalog, kinds))
    assert heard(drafts(catalog, kinds, {"order_to_prepare"})) == {("order_approved", DORA)}


@pytest.mark.parametrize("pair", list(combinations(sorted(set(HEARD_BY) - {ORDER_CHANGED}), 2)))
def test_two_notices_of_one_event_are_one_mail_to_a_person_with_every_role(pair: tuple[str, str]) -> None:
    everything = "Sales, Lead, Finance, Warehouse"
    catalog = office(Dora=everything, Emil=everything)
    found = drafts(catalog, dict.fromkeys(pair, (told(catalog, "approved", "cancelled"),)))
    people = [draft.recipient.email for draft in found]
    assert len(people) == len(set(people))


def test_a_change_of_what_was_ordered_is_news_of_its_own() -> None:
    catalog = office()
    kinds = dict.fromkeys(("order_approved", ORDER_CHANGED), (told(catalog, "pending", "approved"),))
    assert heard(drafts(catalog, kinds)) == {("order_approved", DORA), (ORDER_CHANGED, DORA)}


def test_two_entries_with_one_address_are_one_person() -> None:
    catalog = office({"name": "Wim II", "email": WIM.upper(), "role": "Warehouse"})
    found = drafts(catalog, {"order_to_prepare": [told(catalog, "pending", "approved")]})
    assert len(found) == 1


def test_a_lead_who_sold_it_is_not_asked_to_review_it() -> None:
    catalog = office({"name": "Luc", "email": LUC, "role": "Lead"}, Dora="Lead")
    assert heard(drafts(catalog, {"review_waiting": [told(catalog, "pending", "pending")]})) == {
        ("review_waiting", LEA), ("review_waiting", LUC),
    }  # fmt: skip


def test_ids_tell_each_person_and_each_event_apart() -> None:
    catalog = office()
    first = told(catalog, "approved", "cancelled")
    later = Told(first.course, replace(first.after, steps=2))
    kinds = [{"order_stopped": [first]}, {"order_stopped": [later]}, {"order_cancelled": [first]}]
    ids = [draft.id for kind in kinds for draft in drafts(catalog, kind)]
    assert len(set(ids)) == len(ids) == 5
    assert [draft.id for draft in drafts(catalog, kinds[0])] == ids[:2], "the same event has the same ids"


@pytest.mark.parametrize(
    ("levels", "kind", "person"), [(1, "review_waiting", LEA), (0, "order_to_prepare", WIM)]
)
def test_a_new_order_is_told_to_whoever_is_to_act_on_it(levels: int, kind: str, person: str) -> None:
    catalog, rules = office(), replace(RULES, review_levels=levels)
    one = told(catalog, "pending", "pending")
    detail = purchase_detail("A-1", 1, [one.course.line], None, RULES, "")
    lines = [(one.course.line, one.after)]
    assert heard(first_drafts(lines, detail, seen_of(), catalog, rules)) == {(kind, person)}
    assert first_drafts(lines, detail, seen_of(), catalog, rules, {kind}) == ()


@MANY
@given(
    st.sets(st.sampled_from(sorted(HEARD_BY)), min_size=1),
    st.lists(st.sampled_from(["Sales", "Lead", "Finance", "Warehouse"]), max_size=4),
)
def test_nobody_gets_two_mails_of_one_event(kinds: set[str], roles: list[str]) -> None:
    catalog = office(Dora=", ".join(roles), Emil=", ".join(roles))
    found = drafts(catalog, dict.fromkeys(kinds, (told(catalog, "approved", "cancelled"),)))
    people = [draft.recipient.email for draft in found if draft.kind != ORDER_CHANGED]
    assert len(people) == len(set(people))
    assert {draft.kind for draft in found} <= kinds


@pytest.mark.parametrize(
    ("note_before", "note", "reviewer", "kinds"),
    [
        ("", "too dear", "", ("order_sent_back",)),
        ("too dear", "", "", ("review_waiting",)),
        ("", "", "Lea", ("finance_waiting",)),
        ("too dear", "", "Lea", ("finance_waiting",)),
        ("", "too dear", "Lea", ("order_sent_back",)),
        ("too dear", "too dear", "Lea", ()),
    ],
    ids=["sent back", "put right", "signed", "put right and signed", "sent back all the same", "still to be put right"],
)  # fmt: skip
def test_of_two_reviews_the_second_is_asked_once_the_first_is_signed_and_nothing_is_to_be_put_right(
    note_before: str, note: str, reviewer: str, kinds: tuple[str, ...]
) -> None:
    catalog = office()
    one = told(catalog, "pending", "pending", exception=note, reviewer=reviewer).course
    course = replace(one, before=replace(one.before, note=note_before), is_signed=bool(reviewer))
    assert notices_of(course, replace(RULES, review_levels=2)) == kinds
    assert course.asks_finance is ("finance_waiting" in kinds)
