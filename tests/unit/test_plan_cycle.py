"""Everything one poll decides: numbers, memories, mails owed, holds. Nothing is done here, so all of it is compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.planning.catalog import build_catalog
from bot.planning.drafting import Place, Plan
from bot.planning.notices import AdminNotice, Draft
from bot.planning.order_notices import PurchaseDetail
from bot.planning.plan import plan_cycle, wanted_by
from bot.planning.sightings import Seen, Snapshot
from sheets_schema import BY_KEY, Cell
from sheets_schema.titles import read_header
from tests.unit.rows import (
    CATALOG,
    CUSTOMERS,
    NOW,
    PRODUCTS,
    RULES,
    TEAM,
    WISH,
    Book,
    new_ids,
    seen_of,
    snapshot_of,
    tab_of,
    titles,
    wish,
)

SETTLE = RULES.settle
#: The office with somebody who may say yes.
LED = build_catalog(
    CUSTOMERS, PRODUCTS, [*TEAM, {"name": "Lea", "email": "lea@desk.example", "role": "Lead"}]
)
PLACE = Place("book", "https://desk.example/d/book", {"contracts": "https://desk.example/d/book#gid=7"})


def planned(snapshot: Snapshot, seen: Seen, place: Place = PLACE) -> Plan:
    return plan_cycle(snapshot, seen, CATALOG, NOW, RULES, place, new_ids())


def purchases(book: Book) -> list[str]:
    """The purchase details among its mails."""
    return [mail for mail in book.mails if mail.startswith("purchase_")]


def what(plan: Plan) -> list[str]:
    return [change.what for change in plan.changes]


def detail(draft: Draft) -> PurchaseDetail:
    assert isinstance(draft.content, PurchaseDetail)
    return draft.content


def answer(book: Book, **cells: Cell) -> None:
    """A Form's answer lands in Order Entry."""
    book.rows["order_entry"].append({**WISH, "timestamp": 46347.38, **cells})


# ── new orders ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_typed_order_is_numbered_and_owes_two_mails() -> None:
    book = Book()
    book.contracts.append(dict(WISH))
    assert book.poll(NOW)[0].drafts == ()
    plan, _ = book.poll(NOW + SETTLE)
    assert plan.new_numbers == {"20261121-001"}
    assert [(d.id, d.recipient.email, d.reply_to and d.reply_to.email, d.priority) for d in plan.drafts] == [
        ("purchase_customer:20261121-001:1", "anna@books.example", "dora@desk.example", 0),
        ("purchase_sales:20261121-001:1", "dora@desk.example", "anna@books.example", 1),
    ]
    assert (what(plan), plan.waiting, plan.facts) == (["order_claimed"], (), {"last_number": "20261121-001"})
    ((sighting,), (order,)) = (plan.sightings, plan.orders)
    assert (sighting.order_no, sighting.position, sighting.written, sighting.placed) == (
        order.number,
        2,
        False,
        False,
    )


def test_the_next_poll_owes_nothing_more() -> None:
    book = Book()
    book.type_order(NOW)
    mails = list(book.mails)
    for minutes in (1, 2, 60):
        assert book.poll(NOW + timedelta(minutes=minutes))[0].drafts == ()
    assert book.mails == mails
    assert len(mails) == 2


def test_an_entry_is_numbered_at_once_and_makes_one_row_of_contract_orders() -> None:
    book = Book()
    answer(book)
    plan, _ = book.poll(NOW)
    entry, row = plan.sightings
    assert (entry.tab, row.tab) == ("order_entry", "contracts")
    assert (entry.partner, row.partner) == (row.row_id, entry.row_id)
    assert (len(plan.drafts), len(plan.orders), entry.order_no) == (2, 1, row.order_no)
    assert [r["order_no"] for r in book.contracts] == ["20261121-001"]
    assert book.poll(NOW + SETTLE)[0].drafts == ()
    assert len(book.contracts) == 1


def test_lines_with_one_number_make_one_order_with_two_mails() -> None:
    book = Book()
    book.contracts += [
        {**WISH, "order_no": "A-1"},
        {**WISH, "order_no": "A-1", "product": "Desk", "specification": "Ash"},
    ]
    book.poll(NOW)
    plan, _ = book.poll(NOW + SETTLE)
    assert [d.order_no for d in plan.drafts] == ["A-1", "A-1"]
    mail = detail(plan.drafts[0])
    assert [line.product for line in mail.lines] == ["Lamp", "Desk"]
    assert mail.total == sum(line.amount for line in mail.lines) == 277.5
    assert "last_number" not in plan.facts


def test_the_bots_numbers_keep_clear_of_a_number_typed_in_the_same_poll() -> None:
    book = Book()
    book.contracts += [{**WISH, "notes": "x"}, {**WISH, "order_no": "20261121-001"}]
    book.poll(NOW)
    answer(book)
    plan, _ = book.poll(NOW + SETTLE)
    assert {order.number for order in plan.orders} == {"20261121-001", "20261121-002", "20261121-003"}
    assert book.contracts[1]["order_no"] == "20261121-001"
    assert len(set(book.mails)) == 6


def test_a_typed_number_that_the_bot_gave_already_is_no_order() -> None:
    book = Book()
    answer(book)
    book.poll(NOW)
    book.contracts.append({**WISH, "order_no": "20261121-001", "notes": "x"})
    book.poll(NOW + SETTLE)
    plan, _ = book.poll(NOW + 2 * SETTLE)
    assert (plan.orders, len(book.mails)) == ((), 2)
    assert str(book.contracts[1]["problem"]).startswith("Order 20261121-001 was confirmed already")


def test_numbers_go_on_where_the_marker_says_after_the_memory_was_lost() -> None:
    book = Book()
    book.place = replace(PLACE, last_number="20261121-041")
    book.type_order(NOW)
    assert book.contracts[0]["order_no"] == "20261121-042"


def test_the_number_is_of_the_teams_day_not_of_greenwich() -> None:
    book = Book()
    book.type_order(datetime(2026, 11, 21, 16, 0, tzinfo=UTC))  # midnight in Shanghai
    assert book.contracts[0]["order_no"] == "20261122-001"


def test_the_mail_links_to_its_row() -> None:
    book = Book()
    book.place = PLACE
    book.contracts.append({"notes": "half"})
    book.contracts.append(dict(WISH))
    book.poll(NOW)
    plan, _ = book.poll(NOW + SETTLE)
    assert detail(plan.drafts[0]).row_link == "https://desk.example/d/book#gid=7&range=A3"
    assert Place().row_link("contracts", 3) == ""


def test_two_people_may_order_the_same_thing() -> None:
    book = Book()
    book.contracts += [dict(WISH), dict(WISH)]
    book.poll(NOW)
    book.poll(NOW + SETTLE)
    assert [row["order_no"] for row in book.contracts] == ["20261121-001", "20261121-002"]
    assert len(book.mails) == 4


# ── crashes and edits ───────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_write_gives_the_same_number_to_the_same_row_later() -> None:
    book = Book()
    book.contracts.append(dict(WISH))
    book.poll(NOW)
    book.poll(NOW + SETTLE, writes=False)
    assert "order_no" not in book.contracts[0]
    book.contracts.insert(0, {**WISH, "notes": "typed meanwhile"})
    book.poll(NOW + 2 * SETTLE)
    assert (book.contracts[1]["order_no"], len(book.mails)) == ("20261121-001", 2)


def test_a_claim_whose_row_changed_before_it_was_numbered_is_withdrawn() -> None:
    book = Book()
    book.contracts.append(dict(WISH))
    book.poll(NOW)
    book.poll(NOW + SETTLE, writes=False)
    book.contracts[0]["quantity"] = 4
    plan, _ = book.poll(NOW + 2 * SETTLE)
    assert (plan.withdrawn, what(plan)) == (("20261121-001",), ["claim_withdrawn"])
    book.poll(NOW + 3 * SETTLE)
    assert book.contracts[0]["order_no"] == "20261121-002"


def test_a_line_lost_from_an_order_that_stands_in_the_sheet_withdraws_nothing() -> None:
    book = Book()
    book.contracts += [{**WISH, "order_no": "A-1", "notes": str(n)} for n in range(2)]
    book.poll(NOW)
    _, projection = book.poll(NOW + SETTLE, writes=False)
    book.apply(projection.edits[:1])
    book.contracts[1]["notes"] = "changed before it was numbered"
    plan, _ = book.poll(NOW + 2 * SETTLE)
    assert plan.withdrawn == ()
    assert [s.gone for s in plan.sightings if s.row_id == "id2"] == [True]


def test_an_edit_is_noted_and_mails_nobody() -> None:
    book = Book()
    book.type_order(NOW)
    book.poll(NOW + timedelta(minutes=1))
    book.contracts[0]["notes"] = "edited"
    plan, _ = book.poll(NOW + timedelta(minutes=2))
    assert (what(plan), plan.drafts) == (["row_edited"], ())
    assert plan.sightings[0].updated_at == NOW + timedelta(minutes=2)


def test_a_deleted_row_is_gone_and_comes_back_by_undo_without_mail() -> None:
    book = Book()
    book.type_order(NOW)
    book.poll(NOW + timedelta(minutes=1))
    row = book.contracts.pop()
    plan, _ = book.poll(NOW + timedelta(minutes=2))
    assert (what(plan), plan.sightings[0].gone) == (["row_vanished"], True)
    book.contracts.append(row)
    plan, _ = book.poll(NOW + timedelta(minutes=3))
    assert (plan.sightings[0].gone, plan.drafts, len(book.mails)) == (False, (), 2)


def test_a_resend_supersedes_the_purchase_mails_that_are_queued_and_counts_on() -> None:
    book = Book()
    book.type_order(NOW)
    book.poll(NOW + timedelta(minutes=1))
    del book.contracts[0]["mail_status"]
    plan, _ = book.poll(NOW + timedelta(minutes=2))
    assert [d.id for d in plan.drafts] == [
        "purchase_customer:20261121-001:2",
        "purchase_sales:20261121-001:2",
    ]
    assert (plan.superseded, what(plan), plan.new_numbers) == (
        ("20261121-001",),
        ["resend_asked"],
        frozenset(),
    )
    assert book.poll(NOW + timedelta(minutes=3))[0].drafts == ()


def test_with_review_the_customer_hears_after_the_approval_and_once() -> None:
    book = Book(replace(RULES, purchase_mail="on_approved"), LED)
    book.type_order(NOW)
    assert purchases(book) == ["purchase_sales:20261121-001:1"]
    book.contracts[0]["status"] = "Approved"
    for minutes in range(1, 4):
        book.poll(NOW + timedelta(minutes=minutes))
    assert purchases(book) == ["purchase_sales:20261121-001:1"], "nobody has signed"
    book.contracts[0]["reviewer"] = "Lea"
    for minutes in range(4, 7):
        book.poll(NOW + timedelta(minutes=minutes))
    assert purchases(book) == ["purchase_sales:20261121-001:1", "purchase_customer:20261121-001:1"]


def test_where_nobody_need_review_the_customer_hears_at_once() -> None:
    book = Book(replace(RULES, purchase_mail="on_approved", review_levels=0))
    book.type_order(NOW)
    assert len(purchases(book)) == 2


def test_an_order_typed_as_approved_and_signed_is_heard_of_one_poll_later() -> None:
    book = Book(replace(RULES, purchase_mail="on_approved"), LED)
    book.type_order(NOW, status="已审核", reviewer="Lea")
    assert len(purchases(book)) == 1
    book.poll(NOW + timedelta(minutes=1))
    assert len(purchases(book)) == 2


# ── first meetings ──────────────────────────────────────────────────────────────────────────────────────────


def test_at_the_first_meeting_everybody_is_adopted_and_nobody_mailed() -> None:
    book = Book(met=False)
    book.contracts += [dict(WISH), {**WISH, "order_no": "OLD"}]
    answer(book)
    plan, _ = book.poll(NOW)
    assert (len(plan.sightings), plan.drafts, what(plan)) == (3, (), ["adopted"])
    assert plan.facts == {"adopted_at": NOW.isoformat(), "workbook": "book", "adopted_rows": "3"}
    book.type_order(NOW + timedelta(minutes=1), notes="new")
    assert len(book.mails) == 2


def test_after_a_lost_memory_old_rows_are_known_and_new_ones_are_new() -> None:
    book = Book(met=False)
    book.place = replace(PLACE, marked=True)
    book.contracts += [{**WISH, "row_id": "x", "order_no": "OLD", "mail_status": "customer ✓"}]
    plan, _ = book.poll(NOW)
    assert (what(plan), plan.drafts) == (["memory_rebuilt", "rebuilt"], ())
    book.type_order(NOW + timedelta(minutes=1), notes="new")
    assert len(book.mails) == 2
    assert book.contracts[0]["mail_status"] == "customer ✓"


@pytest.mark.parametrize("tab", ["contracts", "order_entry"])
def test_nobody_is_adopted_while_a_header_is_broken(tab: str) -> None:
    broken = replace(tab_of([wish()], tab), header=read_header(BY_KEY[tab], "T", [], "en"))
    plan = planned(snapshot_of(broken), seen_of(adopted_at=None))
    assert (plan.sightings, plan.facts, [h.key for h in plan.holds]) == ((), {}, [f"header:{tab}"])


# ── holds ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_header_is_told_to_the_admins_once_and_ends_by_itself() -> None:
    shown = ["Quantitiy" if t == "Quantity" else t for t in titles("contracts")]
    broken = snapshot_of(
        replace(tab_of([wish()]), header=read_header(BY_KEY["contracts"], "Orders", shown, "en"))
    )
    plan = planned(broken, seen_of())
    (hold,), (mail,) = plan.holds, plan.drafts
    assert (hold.key, hold.since, hold.count, hold.released) == ("header:contracts", NOW, 1, False)
    assert (mail.recipient.email, mail.priority) == ("ops@desk.example", 2)
    assert isinstance(mail.content, AdminNotice)
    assert "Quantitiy" in mail.content.details[0]
    assert mail.id == "admin_notice:header:contracts:20261121T013000Z:ops@desk.example"
    holds = {hold.key: hold}
    assert planned(broken, seen_of(holds=holds)).drafts == ()
    assert planned(snapshot_of(tab_of([])), seen_of(holds=holds)).ended_holds == ("header:contracts",)


def test_a_missing_tab_is_told_unless_it_is_the_one_not_every_team_uses() -> None:
    plan = planned(Snapshot({}, absent=("order_entry", "team")), seen_of())
    assert [hold.key for hold in plan.holds] == ["tab:team"]


def test_while_a_lookup_is_unreadable_nobody_is_claimed_or_blamed() -> None:
    row = wish()
    seen = seen_of(waiting=planned(snapshot_of(tab_of([row])), seen_of()).waiting)
    late = replace(snapshot_of(tab_of([row])), absent=("customers",))
    plan = plan_cycle(late, seen, CATALOG, NOW + SETTLE, RULES, PLACE, new_ids())
    assert (plan.orders, len(plan.waiting)) == ((), 1)


def test_a_flood_is_held_until_it_is_released() -> None:
    book = Book(replace(RULES, flood=2))
    book.contracts += [{**WISH, "notes": str(n)} for n in range(3)]
    book.poll(NOW)
    plan, _ = book.poll(NOW + SETTLE)
    assert (plan.orders, [h.key for h in plan.holds], what(plan)) == ((), ["flood"], ["held_flood"])
    assert {row["problem"] for row in book.contracts} == {
        "Held: 3 new orders at once. If they are meant, tick Run now of 'Release what is held' in Automations, or run: python -m bot release"
    }
    assert book.poll(NOW + 2 * SETTLE)[0].drafts == ()
    assert book.state.release() == 1
    plan, _ = book.poll(NOW + 3 * SETTLE)
    assert (len(plan.orders), plan.ended_holds) == (3, ("flood",))
    assert all("problem" not in row for row in book.contracts)


def test_as_many_orders_as_the_team_allows_are_no_flood() -> None:
    book = Book(replace(RULES, flood=2))
    book.contracts += [{**WISH, "notes": str(n)} for n in range(2)]
    book.poll(NOW)
    assert len(book.poll(NOW + SETTLE)[0].orders) == 2


def test_an_emptied_tab_is_held_and_a_return_ends_it() -> None:
    book = Book()
    book.contracts += [{**WISH, "notes": str(n)} for n in range(3)]
    for n in range(3):
        book.poll(NOW + n * SETTLE)
    rows, book.contracts = book.contracts, []
    plan, _ = book.poll(NOW + 4 * SETTLE)
    assert ([h.key for h in plan.holds], plan.sightings) == (["emptied:contracts"], ())
    book.contracts = rows
    plan, _ = book.poll(NOW + 5 * SETTLE)
    assert (plan.ended_holds, len(book.mails)) == (("emptied:contracts",), 7)


def test_what_a_snapshot_shows_is_what_is_recalled() -> None:
    row = wish(2, row_id="a", order_no="A-1")
    wanted = wanted_by(snapshot_of(tab_of([row, wish(3)], missing=frozenset("z"))), CATALOG, NOW, RULES)
    assert wanted.row_ids == {"a", "z"}
    assert wanted.numbers == {"A-1"}
    assert wanted.cores == {row.core}
    assert wanted.prefix == "20261121-"
