"""The E-mail cell: clearing it asks for the mail again, once; and a line joins a confirmed order by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.outbox import Status
from tests.system.company import ADMIN, MAILED, NORD_ORDER, ORDER
from tests.system.stories import Stage, happened, mailed

FIRST, SECOND = "20261121-001", "20261121-002"


@pytest.fixture
def sold(stage: Stage) -> Stage:
    """Acme's order stands in row 4 and is mailed."""
    stage.contracts.add(ORDER)
    assert stage.rest() == mailed(FIRST)
    return stage


def test_a_cleared_cell_sends_once_more_says_so_and_is_logged(sold: Stage) -> None:
    first = {m.kind: m.headers["Message-ID"] for m in sold.mails()}
    sold.contracts.clear(4, "mail_status")
    cycles = [sold.poll(30) for _ in range(5)]
    assert sold.new_mails() == mailed(FIRST, generation=2)
    assert happened(cycles).count("resend_asked") == 1
    for mail in sold.mails()[2:]:
        assert "updated" in mail.subject
        assert mail.headers["In-Reply-To"] == first[mail.kind]
        assert mail.headers["Message-ID"] != first[mail.kind]
    assert MAILED.fullmatch(str(sold.contracts.row(4)["mail_status"]))
    assert sold.rest() == []


def test_cleared_again_it_sends_again(sold: Stage) -> None:
    for generation in (2, 3):
        sold.contracts.clear(4, "mail_status")
        assert sold.rest() == mailed(FIRST, generation=generation)


def test_the_mail_sent_again_tells_the_order_as_it_stands_now(sold: Stage) -> None:
    sold.contracts.type(4, quantity=7, amount="")
    assert sold.rest() == []
    sold.contracts.clear(4, "mail_status")
    assert sold.rest() == mailed(FIRST, generation=2)
    assert "2,520.00" in sold.mails()[-1].text
    assert sold.contracts.row(4)["amount"] == 2520


def test_clearing_while_the_mail_is_on_its_way_sends_nothing_twice(sold: Stage) -> None:
    row = sold.contracts.add(NORD_ORDER)
    sold.poll()
    # The cell says "queued" when somebody empties it, right before the bot would mark it as sent.
    sold.meanwhile(":batchUpdate", *sold.contracts.typing(row, {"mail_status": ""}), skip=1)
    sold.poll(30)
    assert not sold.faults_left()
    sold.rest()
    assert [(m.number, m.generation) for m in sold.mails()].count((SECOND, 1)) == 2
    assert len(sold.mails()) == 4
    assert MAILED.fullmatch(str(sold.contracts.row(row)["mail_status"]))


def test_clearing_a_row_that_cannot_go_waits_for_it_to_be_mended(sold: Stage) -> None:
    sold.contracts.type(4, customer="Ghost GmbH")
    sold.contracts.clear(4, "mail_status")
    assert sold.rest() == []
    assert "'Ghost GmbH' is not in Customers" in str(sold.contracts.row(4)["problem"])
    sold.contracts.type(4, customer="Acme Ltd")
    assert sold.rest() == mailed(FIRST, generation=2)
    assert "problem" not in sold.contracts.row(4)


def test_clearing_the_cell_of_an_adopted_order_sends_its_first_mail(stage: Stage) -> None:
    stage.contracts.type(3, unit_price=360)
    stage.rest()
    stage.contracts.clear(3, "mail_status")
    mails = stage.rest()
    assert {m.number for m in mails} == {"20261005-001"}
    assert [m.kind for m in mails] == ["purchase_sales", "purchase_customer"]
    assert not any("updated" in m.subject for m in mails)


# ── a line that joins ───────────────────────────────────────────────────────────────────────────────────────


def test_a_line_added_to_a_confirmed_order_waits_and_goes_out_with_the_others(sold: Stage) -> None:
    line = sold.contracts.add(ORDER, order_no=FIRST, quantity=2)
    assert sold.rest() == []
    said = (
        f"Order {FIRST} was confirmed already. To add this line and send an updated confirmation, clear the E-mail "
        "cell of its other row; for a new order, clear Order No. here"
    )
    assert sold.contracts.row(line)["problem"] == said
    sold.contracts.clear(4, "mail_status")
    assert sold.rest() == mailed(FIRST, generation=2)
    [mail] = [m for m in sold.mails() if m.kind == "purchase_customer" and m.generation == 2]
    assert "2 items" in mail.subject
    assert "1,800.00" in mail.text
    assert "In-Reply-To" in mail.headers
    rows = [sold.contracts.row(n) for n in (4, line)]
    assert not any("problem" in row for row in rows)
    assert rows[0]["mail_status"] == rows[1]["mail_status"]
    assert rows[0]["row_id"] != rows[1]["row_id"]


def test_a_line_added_to_a_confirmed_order_becomes_its_own_when_its_number_is_cleared(sold: Stage) -> None:
    line = sold.contracts.add(ORDER, order_no=FIRST, quantity=2)
    sold.rest()
    sold.contracts.clear(line, "order_no")
    assert sold.rest() == mailed(SECOND)


def test_a_half_typed_line_that_would_join_holds_the_resend_until_it_is_whole(sold: Stage) -> None:
    line = sold.contracts.add({"customer": "Acme Ltd", "product": "Licence"}, order_no=FIRST)
    sold.contracts.clear(4, "mail_status")
    assert sold.rest() == []
    assert sold.contracts.row(line)["problem"] == "Still missing: Quantity, Salesperson"
    sold.contracts.type(line, quantity=2, salesperson="Lina Li")
    assert sold.rest() == mailed(FIRST, generation=2)


# ── too many ────────────────────────────────────────────────────────────────────────────────────────────────


def test_clearing_the_whole_column_is_held_and_admins_hear_once(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(flood=3)
    stage.lay_out()
    stage.init()
    stage.rest()
    numbers = [f"20261121-00{serial}" for serial in range(1, 5)]
    for half in (numbers[:2], numbers[2:]):
        for _ in half:
            stage.contracts.add(ORDER)
        assert stage.rest() == mailed(*half)
    stage.contracts.do(*(r for n in range(4, 8) for r in stage.contracts.typing(n, {"mail_status": ""})))
    [notice] = stage.rest()
    assert (notice.to, notice.number) == (ADMIN, "flood")
    assert stage.rest() == []
    assert stage.release() == 1
    assert stage.rest() == mailed(*numbers, generation=2)
    assert {m.status for m in stage.app().state.messages()} == {Status.SENT}
    assert stage.rest() == []
