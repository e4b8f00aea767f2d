"""What a snapshot means: who settles, who waits, what is asked for once more, what is too odd to be true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.planning.catalog import Catalog
from bot.planning.judgement import EMPTIED_FROM, Judgement, TabJudgement, judge
from bot.planning.sightings import Hold, Order, Origin, Row, Seen, Sighting, Waiting
from sheets_schema import ORDER_ENTRY, Cell
from sheets_schema.titles import read_header
from tests.unit.rows import (
    CATALOG,
    LATER,
    NOW,
    RULES,
    WISH,
    remembered,
    row_of,
    seen_of,
    snapshot_of,
    tab_of,
    wish,
)

SETTLED = NOW + RULES.settle
SENT = "customer ✓ 11-21 09:31 · sales ✓"


def judged(
    rows: Iterable[Row], seen: Seen, now_after: timedelta = RULES.settle, catalog: Catalog | None = CATALOG
) -> Judgement:
    """Contract Orders alone, judged."""
    return judge(snapshot_of(tab_of(rows)), seen, catalog, NOW + now_after, RULES)


def contracts(judgement: Judgement) -> TabJudgement:
    return judgement.tabs["contracts"]


def waiting(row: Row, ordinal: int = 0) -> Waiting:
    """The row was first seen at NOW."""
    return Waiting(row.tab, row.typed, ordinal, row.core, NOW, row.cells)


def new_rows(judgement: Judgement, tab: str = "contracts") -> list[list[int]]:
    return [[c.row.number for c in order.rows] for order in judgement.new_orders[tab]]


def codes(judgement: Judgement, tab: str = "contracts") -> dict[int, list[str]]:
    return {row: [p.code for p in found] for row, found in judgement.tabs[tab].problems.items()}


# ── settling ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_seen_for_the_first_time_waits_from_now_on() -> None:
    row = wish()
    found = judged([row], seen_of(), timedelta(0))
    assert found.waiting == (waiting(row),)
    assert new_rows(found) == []


@pytest.mark.parametrize(
    ("after", "orders"), [(RULES.settle - timedelta(seconds=1), []), (RULES.settle, [[2]])]
)
def test_a_row_becomes_an_order_once_it_has_settled(after: timedelta, orders: list[list[int]]) -> None:
    found = judged([wish()], seen_of(waiting=(waiting(wish()),)), after)
    assert new_rows(found) == orders
    assert found.waiting == (waiting(wish()),)


def test_a_row_that_changed_settles_anew() -> None:
    changed = wish(notes="more")
    found = judged([changed], seen_of(waiting=(waiting(wish()),)))
    assert new_rows(found) == []
    assert found.waiting == (replace(waiting(changed), since=SETTLED),)


def test_a_row_that_only_moved_has_settled_all_the_same() -> None:
    assert new_rows(judged([wish(9)], seen_of(waiting=(waiting(wish(2)),)))) == [[9]]


def test_of_two_equal_rows_each_settles_in_its_own_time() -> None:
    found = judged([wish(2), wish(3)], seen_of(waiting=(waiting(wish()),)))
    assert new_rows(found) == [[2]]
    assert [(w.ordinal, w.since) for w in found.waiting] == [(0, NOW), (1, SETTLED)]


def test_a_half_typed_row_says_nothing_until_it_has_settled() -> None:
    half = wish(quantity="")
    assert codes(judged([half], seen_of(), timedelta(0))) == {}
    assert codes(judged([half], seen_of(waiting=(waiting(half),)))) == {2: ["missing"]}


def test_without_the_lookups_nobody_is_ready_and_nobody_is_blamed() -> None:
    row = wish(customer="Unknown")
    found = judged([row], seen_of(waiting=(waiting(row),)), catalog=None)
    assert (new_rows(found), codes(found), len(found.waiting)) == ([], {}, 1)


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────


def entry(number: int, timestamp: Cell, **cells: Cell) -> Row:
    return row_of("order_entry", number, {**WISH, "timestamp": timestamp, **cells})


def judged_entries(rows: Iterable[Row], seen: Seen) -> Judgement:
    return judge(snapshot_of(tab_of(rows, ORDER_ENTRY.key)), seen, CATALOG, NOW, RULES)


def minutes(count: float) -> float:
    """A Form's timestamp some minutes after a quarter past nine."""
    return 46347.385 + count / (24 * 60)


def test_a_form_answer_is_complete_at_once_and_a_typed_entry_is_not() -> None:
    found = judged_entries(
        [entry(2, minutes(0)), entry(3, "just now", notes="x"), entry(4, "", notes="y")], seen_of()
    )
    assert new_rows(found, "order_entry") == [[2]]


def test_the_same_answer_twice_is_flagged_with_the_number_of_the_first() -> None:
    first = remembered(entry(2, minutes(0)), "a", "A-1", origin=Origin.ENTRY)
    shown = entry(2, minutes(0), row_id="a", order_no="A-1")
    found = judged_entries([shown, entry(3, minutes(3))], seen_of(first))
    assert codes(found, "order_entry") == {3: ["same_answer"]}
    assert found.tabs["order_entry"].problems[3][0].values == {"number": "A-1", "minutes": "3"}
    assert new_rows(found, "order_entry") == []


@pytest.mark.parametrize(
    "again",
    [entry(3, minutes(11)), entry(3, minutes(3), notes="a second one, please"), entry(3, "")],
    ids=["later", "other words", "typed"],
)
def test_an_answer_that_is_meant_twice_goes_through(again: Row) -> None:
    first = remembered(entry(2, minutes(0)), "a", "A-1", origin=Origin.ENTRY)
    found = judged_entries(
        [again], replace(seen_of(first), waiting=(replace(waiting(again), since=NOW - RULES.settle),))
    )
    assert new_rows(found, "order_entry") == [[3]]


def test_of_two_equal_answers_at_once_the_earlier_becomes_an_order() -> None:
    found = judged_entries([entry(2, minutes(1)), entry(3, minutes(0))], seen_of())
    assert new_rows(found, "order_entry") == [[3]]
    assert codes(found, "order_entry") == {}


def test_an_answer_whose_first_was_deleted_goes_through() -> None:
    first = remembered(entry(2, minutes(0)), "a", "A-1", origin=Origin.ENTRY, gone=True)
    assert new_rows(judged_entries([entry(2, minutes(3))], seen_of(first)), "order_entry") == [[2]]


def test_a_copied_entry_is_asked_to_clear_its_number() -> None:
    first = remembered(entry(2, minutes(0)), "a", "A-1", origin=Origin.ENTRY)
    rows = [entry(n, minutes(0), row_id="a", order_no="A-1") for n in (2, 3)]
    found = judged_entries(rows, seen_of(first))
    assert codes(found, "order_entry") == {3: ["copied_entry"]}
    assert new_rows(found, "order_entry") == []


# ── known rows ──────────────────────────────────────────────────────────────────────────────────────────────


def known(number: int = 2, row_id: str = "a", order_no: str = "A-1", **cells: Cell) -> Row:
    """A row as an earlier cycle left it."""
    plain = {**WISH, "row_id": row_id, "order_no": order_no, "mail_status": SENT}
    return row_of("contracts", number, {**plain, **cells})


MEMORY = remembered(known(), "a", "A-1", mail_shown=SENT)
ORDERS = {"A-1": Order("A-1", NOW, Origin.TYPED)}


def test_a_known_row_that_is_well_has_its_line() -> None:
    found = contracts(judged([known()], seen_of(MEMORY, orders=ORDERS)))
    assert (dict(found.problems), found.lines[2].customer.name) == ({}, "Anna Books")


def test_an_edit_that_breaks_a_known_row_is_told() -> None:
    assert codes(judged([known(quantity="many")], seen_of(MEMORY, orders=ORDERS))) == {2: ["number"]}


def test_a_changed_number_is_asked_back_before_anything_else() -> None:
    row = known(order_no="Z-9", status="Approved")
    assert codes(judged([row], seen_of(MEMORY, orders=ORDERS))) == {2: ["number_changed"]}


@pytest.mark.parametrize("origin", [Origin.ADOPTED, Origin.REBUILT])
def test_an_old_row_keeps_its_old_ways(origin: Origin) -> None:
    found = judged([known(quantity="many")], seen_of(replace(MEMORY, origin=origin), orders=ORDERS))
    assert (codes(found), dict(contracts(found).lines)) == ({}, {})


def test_a_copied_row_is_a_line_of_a_confirmed_order() -> None:
    row = known(3)
    found = judged([known(), row], seen_of(MEMORY, orders=ORDERS, waiting=(waiting(row),)))
    assert codes(found) == {3: ["joins_confirmed"]}


def test_a_row_retyped_over_an_emptied_one_does_not_keep_its_number() -> None:
    row = known(customer="Bora Tea")
    gone = replace(MEMORY, gone=True, emptied=True)
    found = judged([row], seen_of(gone, orders=ORDERS, waiting=(waiting(row),)))
    assert [order.number for order in found.new_orders["contracts"]] == [""]


# ── resends ─────────────────────────────────────────────────────────────────────────────────────────────────

A_1 = frozenset({"A-1"})
CLEARED = known(mail_status="")


def test_an_emptied_e_mail_cell_asks_for_the_mail_again() -> None:
    found = judged([CLEARED], seen_of(MEMORY, orders=ORDERS))
    (resend,) = found.resends
    assert (resend.number, resend.row_ids, len(resend.lines), resend.joining) == ("A-1", ("a",), 1, ())
    assert (found.awaited, found.asked) == (A_1, 1)


@pytest.mark.parametrize(
    ("row", "memory"),
    [
        (known(), MEMORY),
        (CLEARED, replace(MEMORY, mail_shown="")),
        (known(mail_status="", row_id=""), MEMORY),
    ],
    ids=["it still shows", "it never showed", "the ID is gone too"],
)
def test_an_e_mail_cell_that_nobody_emptied_asks_for_nothing(row: Row, memory: Sighting) -> None:
    assert judged([row], seen_of(memory, orders=ORDERS)).resends == ()


def test_an_order_that_is_not_well_is_not_sent_again_yet() -> None:
    found = judged([known(mail_status="", quantity="")], seen_of(MEMORY, orders=ORDERS))
    assert (found.resends, found.pending_resends, found.asked) == ((), A_1, 0)


def test_a_resend_takes_every_line_in_the_order_of_the_sheet() -> None:
    second = remembered(known(3, "b", product="Desk", specification="Oak"), "b", "A-1", mail_shown=SENT)
    seen = seen_of(MEMORY, second, orders=ORDERS)
    moved = known(7, product="Lamp", mail_status="")
    found = judged([moved, known(3, "b", product="Desk", specification="Oak")], seen)
    (resend,) = found.resends
    assert resend.row_ids == ("b", "a")
    assert [line.product.name for line in resend.lines] == ["Desk", "Lamp"]


def test_a_resend_leaves_deleted_lines_out_and_takes_new_ones_in() -> None:
    gone = remembered(known(3, "b"), "b", "A-1", gone=True)
    newcomer = wish(4, order_no="A-1", notes="new line")
    seen = seen_of(MEMORY, gone, orders=ORDERS, waiting=(waiting(newcomer),))
    found = judged([CLEARED, newcomer], seen)
    (resend,) = found.resends
    assert (resend.row_ids, [c.row.number for c in resend.joining], len(resend.lines)) == (("a",), [4], 2)
    assert (codes(found), new_rows(found)) == ({}, [])


def test_a_resend_waits_for_a_newcomer_that_is_not_ready() -> None:
    newcomer = wish(4, order_no="A-1", quantity="")
    found = judged([CLEARED, newcomer], seen_of(MEMORY, orders=ORDERS, waiting=(waiting(newcomer),)))
    assert (found.resends, found.pending_resends) == ((), A_1)
    assert codes(found) == {4: ["missing"]}


def test_a_resend_whose_lines_disagree_waits() -> None:
    second = remembered(known(3, "b"), "b", "A-1")
    rows = [CLEARED, known(3, "b", customer="Bora Tea")]
    assert judged(rows, seen_of(MEMORY, second, orders=ORDERS)).pending_resends == {"A-1"}


# ── too odd to be true ──────────────────────────────────────────────────────────────────────────────────────


def crowd(count: int) -> Seen:
    memories = [
        remembered(known(n, f"id{n}", f"N-{n}", notes=str(n)), f"id{n}", f"N-{n}")
        for n in range(2, 2 + count)
    ]
    return seen_of(*memories, known={"contracts": count})


@pytest.mark.parametrize("count", [EMPTIED_FROM, 40])
def test_a_tab_that_loses_everything_at_once_is_left_alone(count: int) -> None:
    found = judged([], crowd(count))
    assert contracts(found).emptied == count
    assert contracts(found).identity.vanished == ()


def test_a_few_rows_or_not_all_of_them_may_vanish() -> None:
    assert len(contracts(judged([], crowd(EMPTIED_FROM - 1))).identity.vanished) == EMPTIED_FROM - 1
    left = known(2, "id2", "N-2", notes="2")
    assert len(contracts(judged([left], crowd(5))).identity.vanished) == 4


def test_an_emptied_tab_that_an_admin_released_is_empty() -> None:
    seen = replace(crowd(5), holds={"emptied:contracts": Hold("emptied:contracts", NOW, 5)})
    assert contracts(judged([], seen)).emptied == 5
    released = replace(seen, holds={"emptied:contracts": Hold("emptied:contracts", NOW, 5, released=True)})
    assert contracts(judged([], released)).emptied == 0
    assert len(contracts(judged([], released)).identity.vanished) == 5


def test_a_tab_with_a_broken_header_is_left_alone_and_its_rows_go_on_waiting() -> None:
    tab = replace(tab_of([]), header=read_header(ORDER_ENTRY, "x", [], "en"))
    row = wish()
    found = judge(snapshot_of(tab), seen_of(MEMORY, waiting=(waiting(row),)), CATALOG, LATER, RULES)
    assert contracts(found) == TabJudgement(tab)
    assert found.waiting == (waiting(row),)


def test_two_tabs_do_not_mix_up_their_waiting_rows() -> None:
    typed, typed_entry = wish(), entry(2, "")
    seen = seen_of(waiting=(waiting(typed), waiting(typed_entry)))
    both = snapshot_of(tab_of([typed_entry], "order_entry"), tab_of([typed]))
    found = judge(both, seen, CATALOG, SETTLED, RULES)
    assert (new_rows(found), new_rows(found, "order_entry"), found.asked) == ([[2]], [[2]], 2)
    assert sorted(w.tab for w in found.waiting) == ["contracts", "order_entry"]
