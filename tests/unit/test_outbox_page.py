"""What `outbox` lists and says of the mails, and which of them `--all` concerns; the pages of `plan` and of an order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import Block, Said, Table
from bot.order_story import order_story, story_page
from bot.outbox import Message, Status
from bot.ports import Commit
from bot.projection import Projection, Retold
from bot.reporting.outbox import Asked, chosen, left_lines, outbox_facts, outbox_lines, outbox_page
from bot.reporting.plan import plan_facts, plan_lines, plan_page, plan_sentence
from tests.unit.rows import NOW, RULES, WISH, Book

ZONE = "Asia/Shanghai"


def mail(number: int, **more: Any) -> Message:
    made = NOW + timedelta(minutes=number)
    return replace(Message(f"m{number}", "purchase_customer", "A-1", "a@books.example", 0, b"", made), **more)


def book_with(*messages: Message) -> Book:
    book = Book()
    lease = book.state.acquire("test", NOW, 600)
    assert lease is not None
    book.state.commit(Commit(messages=messages), lease)
    return book


def tables(page: list[Block]) -> dict[str, list[list[str]]]:
    return {b.heading: [[cell.text for cell in row] for row in b.rows] for b in page if isinstance(b, Table)}


# ── outbox list ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_outbox_shows_the_newest_and_says_how_many_more_there_are() -> None:
    book = book_with(*map(mail, range(12)))
    facts = outbox_facts(book.state, ZONE, NOW, Asked(limit=3))
    assert [m["id"] for m in facts["mails"]] == ["m11", "m10", "m9"]
    assert facts["more"] == 9
    assert list(outbox_lines(facts))[-1] == "… and 9 more, older ones: --limit 12 shows them all"


def test_mails_are_listed_by_status_and_by_order() -> None:
    book = book_with(
        mail(1, status=Status.HELD), mail(2, order_no="A-2"), mail(3, status=Status.HELD, order_no="A-2")
    )
    for asked, ids, more in (
        (Asked(Status.HELD, limit=1), ["m3"], 1),
        (Asked(order_no="A-2", limit=1), ["m3"], 1),
        (Asked(Status.HELD, "A-2"), ["m3"], 0),
    ):
        facts = outbox_facts(book.state, ZONE, NOW, asked)
        assert ([m["id"] for m in facts["mails"]], facts["more"]) == (ids, more)


def test_a_list_of_none_says_of_which_there_is_none() -> None:
    book = book_with(mail(1))
    for asked, told in (
        (Asked(Status.DEAD), "No mail is dead."),
        (Asked(order_no="A-9"), "There is no mail of order A-9."),
        (Asked(Status.DEAD, "A-1"), "No mail of order A-1 is dead."),
    ):
        facts = outbox_facts(book.state, ZONE, NOW, asked)
        assert list(outbox_lines(facts)) == [told]
        assert next(iter(outbox_page(facts))) == Said(told)


def test_the_page_tells_state_time_next_try_and_trouble() -> None:
    waits = mail(1, not_before=NOW + timedelta(hours=2), error="450 busy")
    facts = outbox_facts(book_with(waits, mail(2, status=Status.HELD, uncertain=1)).state, ZONE, NOW)
    assert tables(list(outbox_page(facts)))[""] == [
        [
            "held",
            "09:32",
            "",
            "A-1",
            "purchase detail, to the customer; in doubt 1×",
            "m2",
            "a@books.example",
        ],
        [
            "queued",
            "09:31",
            "11:30",
            "A-1",
            "purchase detail, to the customer: 450 busy",
            "m1",
            "a@books.example",
        ],
    ]


# ── a person's word about many ──────────────────────────────────────────────────────────────────────────────


def test_a_retry_of_all_leaves_those_alone_that_perhaps_arrived() -> None:
    found = [mail(2), mail(1), mail(3, uncertain=1)]
    assert chosen(found, "retry").meant == ("m1", "m2")
    assert chosen(found, "retry").left == ("m3",)
    assert list(left_lines(("m3",))) == [
        "1 mail(s) perhaps arrived and stay as they are; name those that are to go once more:", "  m3",
    ]  # fmt: skip


def test_a_drop_of_all_concerns_every_one() -> None:
    assert chosen([mail(1), mail(2, uncertain=1)], "drop").meant == ("m1", "m2")


# ── plan ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_plan_counts_first_and_groups_what_it_tells() -> None:
    book = Book()
    book.contracts.append(dict(WISH))
    book.poll(NOW)
    book.contracts.append({"customer": WISH["customer"]})
    plan, projection = book.poll(NOW + RULES.settle, writes=False)
    facts = plan_facts(plan, projection, ZONE, NOW)
    assert plan_sentence(facts).startswith("The next poll: 1 new order(s), 2 mail(s), 1 row(s) that wait")
    page = list(plan_page(facts))
    assert page[0] == Said(plan_sentence(facts), page[0].tone)  # type: ignore[union-attr] # it is a sentence
    groups = tables(page)
    assert groups["Noticed: 1"] == [["order 20261121-001: 1 line(s), contracts row 2"]]
    assert [row[1] for row in groups["Mails: 2"]] == [
        "purchase_customer:20261121-001:1", "purchase_sales:20261121-001:1",
    ]  # fmt: skip
    assert groups["Rows that wait: 1"][0][0] == "Contract Orders"


def test_a_plan_tells_the_problems_it_would_show() -> None:
    projection = Projection(problems=(Retold("contracts", 7, "A-1", "", "Still missing: Quantity"), Retold("contracts", 8, "", "x", "")))  # fmt: skip
    plan, _ = Book().poll(NOW, writes=False)
    assert list(plan_lines(plan, projection))[:2] == [
        "problem: contracts row 7: Still missing: Quantity", "problem: contracts row 8: solved",
    ]  # fmt: skip
    facts = plan_facts(plan, projection, ZONE, NOW)
    assert plan_sentence(facts) == "The next poll: 1 problem(s) to tell."
    assert tables(list(plan_page(facts)))["Problems: 2"][1] == ["Contract Orders", "8", "", "solved"]


def test_a_long_plan_shows_the_first_of_each_group_and_counts_the_others() -> None:
    book = Book()
    for number in range(50):
        book.contracts.append({"customer": f"c{number}"})
    plan, projection = book.poll(NOW, writes=False)
    page = list(plan_page(plan_facts(plan, projection, ZONE, NOW)))
    assert len(tables(page)["Rows that wait: 50"]) == 40
    assert "  … and 10 more: python -m bot plan --json has them all" in [
        b.text for b in page if isinstance(b, Said)
    ]


# ── the story of an order ───────────────────────────────────────────────────────────────────────────────────


def test_the_story_of_an_order_is_a_timeline_and_its_mails() -> None:
    book = Book()
    number = book.type_order(NOW)
    story = order_story(book.state, "20261121-001", ZONE)
    assert story is not None, number
    page = list(story_page(story, "2026-11-21T12:00:00+08:00"))
    assert isinstance(page[0], Said)
    assert page[0].text == "Order 20261121-001, known since 09:30"
    shown = tables(page)
    assert shown["What happened"][0][1] == "Order number given"
    assert [row[1:] for row in shown["Mails"]] == [
        ["queued", "purchase detail, to the customer", "customer"],
        ["queued", "purchase detail, to the salesperson", "salesperson"],
    ]
