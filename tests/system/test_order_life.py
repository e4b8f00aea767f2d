"""An order from its review to its completion in whole cycles: who hears what, once, and what the sheet shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest

from bot.settings import HourSettings, OrderSettings, PollSettings
from sheets_schema import Cell
from sheets_schema.cells import date_serial
from tests.system.company import ACME, ANNA, LINA, NORD_ORDER, OLD_ROWS, ORDER, ZONE
from tests.system.stories import Mail, Stage

LEAD, MONEY, STORE = "lena@sales.example", "fin@sales.example", "store@sales.example"
FIRST = "20261121-001"
TODAY = date_serial(date(2026, 11, 21))
SHIPPED: dict[str, Cell] = {"status": "Shipped", "shipped_on": TODAY, "tracking": "SF 123456"}
DELIVERED: dict[str, Cell] = {"status": "Delivered", "delivered_on": TODAY}

ANY_HOUR = HourSettings(quiet="", workdays="")

MakeStage = Callable[..., Stage]


def staffed(
    stage: Stage,
    levels: int = 1,
    purchase_mail: str = "on_created",
    hours: HourSettings = ANY_HOUR,
    old: Sequence[Mapping[str, Cell]] = OLD_ROWS,
) -> Stage:
    """The sample company with a lead, an accountant and a warehouse."""
    stage.settings = replace(
        stage.settings,
        hours=hours,
        orders=OrderSettings(review_levels=levels, purchase_mail=purchase_mail),
    )
    people = (
        ("Lena Lead", LEAD, "Lead"),
        ("Fritz Finance", MONEY, "Finance"),
        ("Stella Store", STORE, "Warehouse"),
    )
    for name, email, role in people:
        stage.team.add({"name": name, "email": email, "role": role, "active": True})
    stage.lay_out(old)
    stage.init()
    stage.rest()
    return stage


@pytest.fixture
def office(make_stage: MakeStage) -> Stage:
    return staffed(make_stage())


def heard(mails: list[Mail]) -> list[tuple[str, str]]:
    """Who got which kind."""
    return [(mail.to, mail.kind) for mail in mails]


def sold(stage: Stage, **cells: Cell) -> int:
    """A new order, mailed; its row."""
    row = stage.contracts.add({**ORDER, **cells})
    stage.rest()
    return row


def test_a_new_order_waits_for_the_lead_who_hears_once(office: Stage) -> None:
    row = office.contracts.add(ORDER)
    assert heard(office.rest()) == [
        (ACME, "purchase_customer"), (LEAD, "review_waiting"), (LINA, "purchase_sales"),
    ]  # fmt: skip
    assert office.contracts.row(row)["status"] == "Pending review"
    assert office.rest() == []


def test_approved_by_the_lead_the_salesperson_and_the_warehouse_hear_and_the_moment_is_stamped(
    office: Stage,
) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    assert heard(office.rest()) == [(LINA, "order_approved"), (STORE, "order_to_prepare")]
    assert office.contracts.row(row)["reviewed_at"]
    assert office.rest() == []


def test_a_status_chosen_between_the_bots_two_looks_is_heard_of_though_nothing_has_to_settle(
    office: Stage,
) -> None:
    office.settings = replace(office.settings, poll=PollSettings(every=30, settle=0, flood=50))
    office.restart()
    row = sold(office)
    office.contracts.add(NORD_ORDER)
    signed = {"status": "Approved", "reviewer": "Lena Lead"}
    office.meanwhile("values:batchGet", *office.contracts.typing(row, signed), skip=1)
    told = heard(office.rest())
    assert not office.faults_left()
    assert {(LINA, "order_approved"), (STORE, "order_to_prepare")} <= set(told)
    assert office.contracts.row(row)["reviewed_at"]


def test_from_shipped_to_completed_the_customer_hears_of_each_station_once(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    office.rest()
    office.contracts.type(row, **SHIPPED)
    shipped = office.rest()
    assert heard(shipped) == [(ACME, "order_shipped")]
    assert "SF 123456" in shipped[0].text
    office.contracts.type(row, status="In transit")
    assert office.rest() == []
    office.contracts.type(row, **DELIVERED)
    assert heard(office.rest()) == [(ACME, "order_delivered")]
    office.contracts.type(row, status="Completed")
    assert office.rest() == []
    assert "problem" not in office.contracts.row(row)


def test_notices_stand_in_one_thread_with_the_confirmation(office: Stage) -> None:
    row = sold(office)
    first = {m.kind: m.headers["Message-ID"] for m in office.mails()}
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    office.rest()
    office.contracts.type(row, **SHIPPED)
    office.rest()
    later = {m.kind: m.headers["References"] for m in office.mails() if m.kind.startswith("order_")}
    assert later == {
        "order_approved": first["purchase_sales"],
        "order_to_prepare": first["purchase_sales"],
        "order_shipped": first["purchase_customer"],
    }


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"status": "Approved"}, "still missing: Reviewer"),
        ({"status": "Approved", "reviewer": "Nobody"}, "not an active person in Team"),
        ({"status": "Approved", "reviewer": "Lina Li"}, "must be a second person"),
        ({"status": "Approved", "reviewer": "Anna Berg"}, "is not a Lead"),
        ({"status": "Shipped", "shipped_on": TODAY}, "still missing: Reviewer"),
        ({"status": "Cancelled"}, "still missing: Cancel reason"),
        ({"status": "On the moon"}, "is not known: choose one of"),
    ],
)  # fmt: skip
def test_an_illegal_step_is_a_problem_and_nothing_else_until_it_is_mended(
    office: Stage, cells: dict[str, Cell], said: str
) -> None:
    row = sold(office)
    office.contracts.type(row, **cells)
    assert office.rest() == []
    assert said in str(office.contracts.row(row)["problem"])
    assert office.contracts.row(row)["status"] == cells["status"]
    office.contracts.type(row, status="Pending review", reviewer="")
    assert office.rest() == []
    assert "problem" not in office.contracts.row(row)


def test_a_mended_step_goes_on_by_itself(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved")
    assert office.rest() == []
    office.contracts.type(row, reviewer="Lena Lead")
    assert heard(office.rest()) == [(LINA, "order_approved"), (STORE, "order_to_prepare")]


def test_several_steps_at_once_are_walked_and_people_hear_only_what_is_still_true(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, **{**SHIPPED, **DELIVERED, "reviewer": "Lena Lead"})
    assert heard(office.rest()) == [(ACME, "order_delivered"), (LINA, "order_approved")]
    assert office.contracts.row(row)["reviewed_at"]


def test_a_status_that_is_put_back_before_it_settles_is_heard_by_nobody(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Cancelled", cancel_reason="oh no")
    office.poll(10)
    office.contracts.type(row, status="Pending review", cancel_reason="")
    assert office.rest() == []


def test_an_emptied_status_shows_again_what_was_reached(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    office.rest()
    office.contracts.clear(row, "status")
    assert office.rest() == []
    assert office.contracts.row(row)["status"] == "Approved"
    assert "problem" not in office.contracts.row(row)


def test_sent_back_with_a_note_reaches_the_salesperson_and_back_again_the_lead(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, exception="Ask for a deposit first")
    [mail] = office.rest()
    assert (mail.to, mail.kind) == (LINA, "order_sent_back")
    assert "Ask for a deposit first" in mail.text
    office.contracts.clear(row, "exception")
    assert heard(office.rest()) == [(LEAD, "review_waiting")]


def test_an_approved_order_that_is_sent_back_needs_a_note_and_loses_its_stamp(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    office.rest()
    office.contracts.type(row, status="Pending review")
    assert office.rest() == []
    assert "still missing: Exception" in str(office.contracts.row(row)["problem"])
    office.contracts.type(row, exception="Wrong address")
    assert heard(office.rest()) == [(LINA, "order_sent_back")]
    assert "reviewed_at" not in office.contracts.row(row)


def test_cancelled_the_customer_the_salesperson_and_whoever_prepares_it_hear(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    office.rest()
    office.contracts.type(row, status="Cancelled", cancel_reason="Customer withdrew")
    mails = office.rest()
    assert heard(mails) == [(ACME, "order_cancelled"), (LINA, "order_stopped"), (STORE, "order_stopped")]


def test_a_pending_order_that_is_cancelled_is_nothing_to_the_warehouse(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Cancelled", cancel_reason="Typed twice")
    assert heard(office.rest()) == [(ACME, "order_cancelled"), (LINA, "order_stopped")]
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    assert office.rest() == []
    assert "which is final" in str(office.contracts.row(row)["problem"])


def test_two_reviews_ask_the_lead_and_then_finance(make_stage: MakeStage) -> None:
    stage = staffed(make_stage(), levels=2)
    row = sold(stage)
    stage.contracts.type(row, reviewer="Lena Lead")
    assert heard(stage.rest()) == [(MONEY, "finance_waiting")]
    stage.contracts.type(row, status="Approved")
    assert stage.rest() == []
    assert "still missing: Finance reviewer" in str(stage.contracts.row(row)["problem"])
    stage.contracts.type(row, finance_reviewer="Fritz Finance")
    assert heard(stage.rest()) == [(LINA, "order_approved"), (STORE, "order_to_prepare")]


def test_without_review_an_order_is_approved_from_the_start(make_stage: MakeStage) -> None:
    stage = staffed(make_stage(), levels=0)
    row = stage.contracts.add(ORDER)
    assert heard(stage.rest()) == [
        (ACME, "purchase_customer"), (LINA, "purchase_sales"), (STORE, "order_to_prepare"),
    ]  # fmt: skip
    assert stage.contracts.row(row)["status"] == "Approved"


def test_the_customer_hears_of_the_purchase_only_when_it_is_legally_approved(make_stage: MakeStage) -> None:
    stage = staffed(make_stage(), purchase_mail="on_approved")
    row = stage.contracts.add(ORDER)
    assert heard(stage.rest()) == [(LEAD, "review_waiting"), (LINA, "purchase_sales")]
    stage.contracts.type(row, status="Approved")
    assert stage.rest() == []
    stage.contracts.type(row, reviewer="Lena Lead")
    assert heard(stage.rest()) == [
        (ACME, "purchase_customer"), (LINA, "order_approved"), (STORE, "order_to_prepare"),
    ]  # fmt: skip


def test_a_confirmed_order_that_is_changed_tells_the_salesperson_what_was_and_what_is(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, quantity=5, amount="")
    office.rest()
    office.contracts.type(row, delivery_address="2 Mill Lane")
    [mail] = office.new_mails() or office.rest()
    assert mail.kind == "order_changed"
    changed = [m for m in office.mails() if m.kind == "order_changed"]
    assert {m.to for m in changed} == {LINA}
    assert "2 Mill Lane" in changed[-1].text
    assert office.rest() == []
    assert not [m for m in office.mails() if m.kind == "purchase_customer" and m.generation > 1]


def test_a_person_with_three_roles_gets_one_mail_for_one_event(make_stage: MakeStage) -> None:
    stage = staffed(make_stage())
    stage.team.type(stage.team.find(name="Stella Store"), active=False)
    stage.team.type(stage.team.find(name="Lina Li"), role="Sales, Warehouse, Finance")
    row = sold(stage)
    stage.contracts.type(row, status="Approved", reviewer="Lena Lead")
    assert heard(stage.rest()) == [(LINA, "order_to_prepare")]


def test_the_lines_of_an_order_that_go_together_are_told_in_one_mail(office: Stage) -> None:
    rows = [
        office.contracts.add(ORDER, order_no="A-1"),
        office.contracts.add(ORDER, order_no="A-1", quantity=9),
    ]
    office.rest()
    for row in rows:
        office.contracts.type(row, status="Approved", reviewer="Lena Lead")
        office.poll(10)
    assert heard(office.rest()) == [(LINA, "order_approved"), (STORE, "order_to_prepare")]


def test_an_old_order_moves_on_from_where_it_stood(office: Stage) -> None:
    office.contracts.type(2, status="Approved")
    assert office.rest() == []


def test_orders_of_another_salesperson_are_reviewed_by_the_lead_of_that_team(make_stage: MakeStage) -> None:
    stage = staffed(make_stage())
    stage.team.type(stage.team.find(name="Lena Lead"), team="East")
    stage.team.type(stage.team.find(name="Lina Li"), team="East")
    stage.team.type(stage.team.find(name="Anna Berg"), team="West")
    stage.team.add(
        {"name": "Will West", "email": "will@sales.example", "role": "Lead", "team": "West", "active": True}
    )
    stage.contracts.add(ORDER, salesperson="Anna Berg")
    assert (ANNA, "purchase_sales") in (mails := heard(stage.rest()))
    assert ("will@sales.example", "review_waiting") in mails
    assert (LEAD, "review_waiting") not in mails


def test_on_a_saturday_only_purchase_details_leave_and_the_rest_on_monday_morning(
    make_stage: MakeStage,
) -> None:
    stage = staffed(make_stage(), hours=HourSettings())
    stage.contracts.add(ORDER)
    assert heard(stage.rest()) == [(ACME, "purchase_customer"), (LINA, "purchase_sales")]
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo(ZONE))
    stage.now = monday - timedelta(seconds=40)
    assert heard(stage.rest(1)) == []
    [mail] = stage.rest()
    assert (mail.to, mail.kind) == (LEAD, "review_waiting")
    assert parsedate_to_datetime(mail.headers["Date"]) == monday, "it carries the moment at which it leaves"


# ── stock ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def stocked(office: Stage) -> Stage:
    """Ten seats of the licence in stock."""
    office.products.type(4, stock=10)
    office.poll()
    return office


def stock(stage: Stage) -> object:
    return stage.products.row(4).get("stock")


def test_approved_takes_from_stock_and_cancelled_gives_back(stocked: Stage) -> None:
    row = sold(stocked)
    assert stock(stocked) == 10
    stocked.contracts.type(row, status="Approved", reviewer="Lena Lead")
    stocked.rest()
    assert stock(stocked) == 7
    stocked.contracts.type(row, quantity=4, amount="")
    stocked.rest()
    assert stock(stocked) == 6
    stocked.contracts.type(row, status="Cancelled", cancel_reason="no")
    stocked.rest()
    assert stock(stocked) == 10


def test_what_a_person_counts_anew_holds_from_then_on(stocked: Stage) -> None:
    row = sold(stocked)
    stocked.contracts.type(row, status="Approved", reviewer="Lena Lead")
    stocked.rest()
    stocked.products.type(4, stock=107)
    stocked.rest()
    assert stock(stocked) == 107
    stocked.contracts.type(row, status="Cancelled", cancel_reason="no")
    stocked.rest()
    assert stock(stocked) == 110


def test_more_than_there_is_is_told_to_the_reviewer_and_stays_told_while_it_is_short(stocked: Stage) -> None:
    row = sold(stocked, quantity=12)
    assert "only 10 of 'Licence' left, 12 ordered" in str(stocked.contracts.row(row)["problem"])
    stocked.contracts.type(row, status="Approved", reviewer="Lena Lead")
    stocked.rest()
    assert stock(stocked) == -2
    assert "2 more of 'Licence' promised than in stock" in str(stocked.contracts.row(row)["problem"])
    stocked.products.type(4, stock=5)
    stocked.rest()
    assert "problem" not in stocked.contracts.row(row)


def test_a_product_without_a_stock_cell_is_not_counted(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    office.rest()
    assert stock(office) is None


def test_products_sorted_right_before_the_write_lose_no_stock(stocked: Stage) -> None:
    stocked.products.type(2, stock=50)
    row = sold(stocked)
    stocked.contracts.type(row, status="Approved", reviewer="Lena Lead")
    stocked.meanwhile(":batchUpdate", stocked.products.sorting("product", descending=True))
    stocked.poll(30)
    stocked.poll(30)
    assert not stocked.faults_left()
    stocked.rest()
    licence, workstation = (
        stocked.products.find(product="Licence"),
        stocked.products.find(specification="Standard"),
    )
    assert stocked.products.row(licence)["stock"] == 7
    assert stocked.products.row(workstation)["stock"] == 50


def test_what_was_approved_before_the_bot_came_is_in_the_count_already(make_stage: MakeStage) -> None:
    stage = make_stage()
    stage.products.type(4, stock=10)
    office = staffed(stage, old=[{**ORDER, "order_no": "OLD-1", "status": "Approved"}])
    assert stock(office) == 10
    office.contracts.type(2, **SHIPPED)
    office.rest()
    assert stock(office) == 10
    office.contracts.type(2, status="Cancelled", cancel_reason="no", reviewer="Lena Lead")
    office.rest()
    assert stock(office) == 13


def test_a_lost_memory_takes_nothing_a_second_time(stocked: Stage) -> None:
    row = sold(stocked)
    stocked.contracts.type(row, status="Approved", reviewer="Lena Lead")
    stocked.rest()
    stocked.lose_state()
    stocked.rest()
    assert stock(stocked) == 7
    stocked.contracts.type(row, **SHIPPED)
    stocked.rest()
    assert stock(stocked) == 7
    stocked.contracts.type(row, status="Cancelled", cancel_reason="no")
    stocked.rest()
    assert stock(stocked) == 10


def test_a_first_count_is_made_with_what_is_approved_by_then(office: Stage) -> None:
    row = sold(office)
    office.contracts.type(row, status="Approved", reviewer="Lena Lead")
    office.rest()
    office.products.type(4, stock=20)
    office.rest()
    office.contracts.type(row, **SHIPPED)
    office.rest()
    assert stock(office) == 20
    office.contracts.type(row, quantity=4, amount="")
    office.rest()
    assert stock(office) == 19
