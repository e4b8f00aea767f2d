"""What each person should look at: tables of who is told of what, and that nothing is told twice or left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.planning.rules import DigestRules, Rules
from sheets_schema import Cell
from tests.unit.digest_book import (
    ANNA,
    FINN,
    LEA,
    LEO,
    MAX,
    RULES,
    SECTIONS,
    Row,
    digests,
    hours_ago,
    on,
    order,
    told,
)

TWO_LEVELS = replace(RULES, review_levels=2)

# ── the salesperson's own orders ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("due", "section", "count"),
    [(-12, "overdue", 12), (-1, "overdue", 1), (0, "due_soon", 0), (2, "due_soon", 2), (3, None, 0)],
)
def test_a_due_date_puts_an_order_on_its_salespersons_list(due: int, section: str | None, count: int) -> None:
    digest = digests([order("A-1", due_date=on(due))])["anna"]
    assert told(digest) == ({section: ["A-1"]} if section else {})
    if section:
        assert getattr(digest, section)[0].count == count


@pytest.mark.parametrize("status", ["Delivered", "Completed", "Cancelled", "已送达", "已完成", "已取消"])
def test_an_order_that_is_over_is_nobodys_concern(status: str) -> None:
    found = digests([order("A-1", due_date=on(-9), status=status, created_at=hours_ago(900), reviewer="")])
    assert all(told(digest) == {} for digest in found.values())


@pytest.mark.parametrize("status", ["Aproved", "", "#REF!"])
def test_a_status_that_names_none_hides_no_order(status: str) -> None:
    assert told(digests([order("A-1", due_date=on(-1), status=status)])["anna"]) == {"overdue": ["A-1"]}


def test_worst_stands_first_in_every_section() -> None:
    rows = [order(f"L{n}", due_date=on(-n)) for n in (1, 3, 2)] + [
        order(f"S{n}", due_date=on(n)) for n in (2, 0, 1)
    ]
    rows += [order(f"Q{n}", created_at=hours_ago(n)) for n in (25, 90, 40)]
    assert told(digests(rows)["anna"]) == {
        "overdue": ["L3", "L2", "L1"],
        "due_soon": ["S0", "S1", "S2"],
        "silent": ["Q90", "Q40", "Q25"],
    }


@pytest.mark.parametrize(
    ("created", "updated", "is_silent"),
    [(25, None, True), (24, None, False), (90, 23, False), (90, 25, True), (None, None, False)],
)
def test_silence_is_counted_from_the_last_update_and_else_from_the_beginning(
    created: float | None, updated: float | None, is_silent: bool
) -> None:
    stamps = {
        key: hours_ago(hours) if hours is not None else ""
        for key, hours in (("created_at", created), ("updated_at", updated))
    }
    assert told(digests([order("A-1", **stamps)])["anna"]) == ({"silent": ["A-1"]} if is_silent else {})


def test_an_order_told_of_already_is_not_told_to_be_silent_too() -> None:
    digest = digests([order("A-1", due_date=on(1), created_at=hours_ago(99))])["anna"]
    assert told(digest) == {"due_soon": ["A-1"]}


def test_the_configs_numbers_count() -> None:
    rules = replace(RULES, digest=DigestRules(due_soon=5, silent=timedelta(hours=100), escalate=1))
    rows = [
        order("A-1", due_date=on(5)),
        order("A-2", created_at=hours_ago(99)),
        order("A-3", due_date=on(-1)),
    ]
    found = digests(rows, rules=rules)
    assert told(found["anna"]) == {"overdue": ["A-3"], "due_soon": ["A-1"]}
    assert told(found["lea"]) == {"escalated": ["A-3"]}


# ── lines of one order ──────────────────────────────────────────────────────────────────────────────────────


def test_lines_of_one_order_are_one_entry_with_their_amounts_together() -> None:
    rows = [
        order("A-1", product="Lamp", amount=100, due_date=on(4)),
        order("A-1", product="Bulb", amount="1,250.50", due_date=on(-2), status="Shipped"),
        order("A-1", product="Lamp", amount=7, due_date=on(-9), status="Delivered"),
    ]
    (line,) = digests(rows)["anna"].overdue
    assert (line.product, line.others, line.amount) == ("Lamp", 1, Decimal("1350.50"))
    assert (line.due_date, line.count, line.status) == (date(2026, 11, 25), 2, "Shipped")
    assert line.link == "https://sheet#gid=1&range=A2"


@pytest.mark.parametrize("other", [{"amount": ""}, {"amount": "much"}, {"currency": "USD"}])
def test_no_amount_is_told_that_would_be_wrong(other: dict[str, Cell]) -> None:
    (line,) = digests([order("A-1", due_date=on(0)), order("A-1", due_date=on(0)) | other])["anna"].due_soon
    assert line.amount is None


def test_an_order_of_two_salespeople_is_told_to_both_and_once_to_their_lead() -> None:
    rows = [order("A-1", due_date=on(-5)), order("A-1", due_date=on(-5), salesperson="Max")]
    found = digests(rows)
    assert [told(found[who]) for who in ("anna", "max")] == [{"overdue": ["A-1"]}] * 2
    assert [told(found[who]) for who in ("lea", "leo")] == [{"escalated": ["A-1"]}] * 2


# ── who reviews, and who is told that it has taken too long ─────────────────────────────────────────────────

WAITING = order("A-1", status="Pending review", reviewer="")
PASSED_ON = order("A-1", status="Pending review", reviewer="Lea")


@pytest.mark.parametrize(
    ("row", "rules", "hearers"),
    [
        (WAITING, RULES, {"lea", "leo"}),
        (WAITING | {"salesperson": "Max"}, RULES, {"leo"}),
        (WAITING | {"salesperson": "Leo"}, RULES, {"lea"}),
        (WAITING | {"salesperson": "Lea"}, RULES, {"leo"}),
        (WAITING | {"salesperson": "Nobody known"}, RULES, {"lea", "leo"}),
        (WAITING | {"salesperson": "Finn"}, TWO_LEVELS, {"lea", "leo"}),
        (WAITING | {"reviewer": "Lea"}, RULES, set()),
        (WAITING, replace(RULES, review_levels=0), set()),
        (WAITING, TWO_LEVELS, {"lea", "leo"}),
        (PASSED_ON, TWO_LEVELS, {"finn"}),
        (PASSED_ON | {"salesperson": "Finn"}, TWO_LEVELS, set()),
        (PASSED_ON | {"finance_reviewer": "Finn"}, TWO_LEVELS, set()),
    ],
)
def test_who_hears_that_an_order_waits_for_review(row: Row, rules: Rules, hearers: set[str]) -> None:
    found = digests([row], rules=rules)
    assert {who for who, digest in found.items() if digest.to_review} == hearers


@pytest.mark.parametrize(
    ("seller", "hearers"),
    [("Anna", {"lea", "leo"}), ("Max", {"leo"}), ("Lea", {"leo"}), ("Gone", {"lea", "leo"})],
)
def test_who_hears_that_an_order_is_long_overdue(seller: str, hearers: set[str]) -> None:
    found = digests([order("A-1", due_date=on(-3), salesperson=seller)])
    assert {who for who, digest in found.items() if digest.escalated} == hearers
    found = digests([order("A-1", due_date=on(-2), salesperson=seller)])
    assert not any(digest.escalated for digest in found.values())


def test_a_lead_hears_once_of_an_order_that_is_long_overdue_and_waits_for_review() -> None:
    digest = digests([WAITING | {"due_date": on(-9)}])["lea"]
    assert told(digest) == {"escalated": ["A-1"]}
    assert digest.escalated[0].salesperson == "Anna"
    assert digest.escalated[0].status == "Pending review"


def test_an_order_of_somebody_who_has_left_goes_to_the_lead() -> None:
    found = digests([order("A-1", due_date=on(-4))], team=(ANNA | {"active": False}, LEA))
    assert found.keys() == {"lea"}
    assert told(found["lea"]) == {"escalated": ["A-1"]}


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_somebody_twice_in_team_under_one_address_gets_one_digest_with_all_roles() -> None:
    both = {"name": "Anna B.", "email": "ANNA@desk.example", "team": "South", "role": "Lead, Finance"}
    rows = [
        order("A-1", due_date=on(0)),
        order("A-2", due_date=on(1), salesperson="Anna B."),
        order("A-3", status="Pending review", reviewer="", salesperson="Max"),
        order("A-4", status="Pending review", reviewer="Lea", salesperson="Max"),
    ]
    found = digests(rows, team=(ANNA, both, MAX), rules=TWO_LEVELS)
    assert found.keys() == {"anna", "max"}
    assert told(found["anna"]) == {"due_soon": ["A-1", "A-2"], "to_review": ["A-3", "A-4"]}


def test_a_status_is_told_in_the_readers_language() -> None:
    rows = [order("A-1", due_date=on(-5))]
    found = digests(rows, team=(ANNA | {"language": "zh-CN"}, LEA))
    assert found["anna"].overdue[0].status == "已审核"
    assert found["lea"].escalated[0].status == "Approved"


def test_who_has_nothing_to_look_at_has_an_empty_digest() -> None:
    assert all(digest.count == 0 for digest in digests([order("A-1")]).values())


# ── customers ───────────────────────────────────────────────────────────────────────────────────────────────

HANSEN: Row = {"customer_no": "C-1", "customer": "Hansen", "owner": "Max", "phone": 12345678901}


@pytest.mark.parametrize(("days", "is_told"), [(1, False), (0, True), (-7, True), (-8, False)])
def test_an_expected_purchase_is_told_on_its_day_and_a_week_after(days: int, is_told: bool) -> None:
    found = digests(customers=[HANSEN | {"next_purchase": on(days)}])
    assert told(found["max"]) == ({"next_purchases": ["Hansen"]} if is_told else {})
    assert not any(told(digest) for who, digest in found.items() if who != "max")


@pytest.mark.parametrize(
    ("cells", "is_told"),
    [
        ({"order_date": on(-2)}, False),
        ({"order_date": on(-3)}, False),
        ({"order_date": on(-4)}, True),
        ({"order_date": on(-2), "status": "Cancelled"}, True),
        ({"order_date": on(-2), "customer": "c-1"}, False),
        ({"order_date": on(-2), "customer": "Other"}, True),
        ({"order_date": "", "created_at": hours_ago(5)}, False),
    ],
)
def test_an_order_since_then_ends_the_reminder(cells: dict[str, Cell], is_told: bool) -> None:
    row = order("A-1", status="Delivered") | cells
    digest = digests([row], customers=[HANSEN | {"next_purchase": on(-3)}])["max"]
    assert told(digest) == ({"next_purchases": ["Hansen"]} if is_told else {})


def test_an_order_that_has_moved_to_archive_is_one_since_too() -> None:
    row = order("A-1", order_date=on(-1), status="Completed")
    customers = [HANSEN | {"next_purchase": on(-3)}]
    assert told(digests(customers=customers)["max"]) == {"next_purchases": ["Hansen"]}
    assert told(digests(customers=customers, archive=[row])["max"]) == {}


def test_the_copy_of_a_row_is_not_counted_while_it_is_one() -> None:
    row = order("A-1", due_date=on(-1), row_id="r1")
    (line,) = digests([row, row])["anna"].overdue
    assert line.amount == Decimal(100)


def test_several_owners_are_all_reminded_and_an_unreadable_date_is_nobodys() -> None:
    rows = [
        HANSEN | {"owner": "Max、Anna", "next_purchase": on(0)},
        {"customer": "B", "owner": "Max", "next_purchase": "soon"},
    ]
    found = digests(customers=rows)
    assert {who: told(digest) for who, digest in found.items() if told(digest)} == {
        who: {"next_purchases": ["Hansen"]} for who in ("anna", "max")
    }


# ── nothing twice, nothing left out ─────────────────────────────────────────────────────────────────────────

#: Person -> whose orders they answer for as a lead, told by hand.
_LED = {"lea": {"Anna", "Leo", "Finn", "Gone"}, "leo": {"Anna", "Max", "Lea", "Finn", "Gone"}}
_STATES = ("Pending review", "Approved", "Shipped", "In transit", "Delivered", "Completed", "Cancelled")
_lines = st.fixed_dictionaries(
    {
        "due": st.none() | st.integers(-6, 5),
        "status": st.sampled_from(_STATES),
        "seller": st.sampled_from(("Anna", "Max", "Lea", "Leo", "Finn", "Gone")),
        "reviewer": st.sampled_from(("", "Lea")),
        "finance": st.sampled_from(("", "Finn")),
        "silence": st.integers(0, 60),
    }
)


@given(
    orders=st.lists(_lines, max_size=12),
    levels=st.integers(0, 2),
    doubled=st.booleans(),
)
def test_no_order_is_told_twice_to_one_person_and_none_that_matters_is_left_out(
    orders: list[dict[str, object]], levels: int, doubled: bool
) -> None:
    rows = [
        order(
            f"N-{i}",
            due_date=on(o["due"]) if o["due"] is not None else "",  # type: ignore[arg-type]
            status=o["status"],  # type: ignore[arg-type]
            salesperson=o["seller"],  # type: ignore[arg-type]
            reviewer=o["reviewer"],  # type: ignore[arg-type]
            finance_reviewer=o["finance"],  # type: ignore[arg-type]
            created_at=hours_ago(o["silence"]),  # type: ignore[arg-type]
        )
        for i, o in enumerate(orders)
    ]
    team = (ANNA, MAX, LEA, LEO, FINN, *((LEA, ANNA) if doubled else ()))
    found = digests(rows * (2 if doubled else 1), team, rules=replace(RULES, review_levels=levels))
    assert found.keys() == {"anna", "max", "lea", "leo", "finn"}
    for who, digest in found.items():
        numbers = [line.order_no for section in SECTIONS for line in getattr(digest, section)]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) == {f"N-{i}" for i, o in enumerate(orders) if _matters(o, who, levels)}


def _matters(o: dict[str, object], who: str, levels: int) -> bool:
    """Whether this order is on this person's list for any reason, said anew."""
    due, silence = o["due"], o["silence"]
    assert due is None or isinstance(due, int)
    assert isinstance(silence, int)
    if o["status"] in ("Delivered", "Completed", "Cancelled"):
        return False
    if str(o["seller"]).casefold() == who:
        return (due is not None and due <= 2) or silence > 24
    pending = o["status"] == "Pending review"
    led = o["seller"] in _LED.get(who, ())
    if led and ((due is not None and due <= -3) or (pending and levels > 0 and not o["reviewer"])):
        return True
    return who == "finn" and levels == 2 and pending and bool(o["reviewer"]) and not o["finance"]
