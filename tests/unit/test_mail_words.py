"""The words of the E-mail cell, by how an order's mails stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.outbox import TOO_MANY, Status
from bot.planning import mail_words as words_module
from bot.planning.mail_words import mail_words
from bot.planning.notices import PURCHASE_CUSTOMER, PURCHASE_SALES
from bot.planning.sightings import MailState, Order, Origin
from sheets_schema import LANGUAGES
from tests.unit.rows import NOW, RULES, placeholders

ORDER = Order("A-1", NOW, Origin.TYPED)
CUSTOMER = MailState("c", PURCHASE_CUSTOMER, "queued", 1)
SALES = MailState("s", PURCHASE_SALES, "queued", 1)
WORDS = words_module._WORDS


def said(*states: MailState, order: Order = ORDER) -> str:
    return mail_words(order, states, RULES)


@pytest.mark.parametrize("status", ["queued", "claimed", "sending"])
def test_while_all_is_queued_the_cell_carries_the_number(status: str) -> None:
    assert said(replace(CUSTOMER, status=status), SALES) == "queued A-1"


def test_sent_mails_are_ticked_the_customers_with_its_time() -> None:
    sent = [replace(s, status="sent", at=NOW) for s in (SALES, CUSTOMER)]
    assert said(*sent) == "customer ✓ 11-21 09:30 · sales ✓"


def test_a_mail_that_may_have_arrived_twice_says_so() -> None:
    twice = replace(CUSTOMER, status="sent", at=NOW, uncertain=1)
    assert said(twice) == "customer ✓ 11-21 09:30 (maybe twice)"


@pytest.mark.parametrize(
    ("state", "text"),
    [(replace(SALES, status="dead", error="550 no such user"), "sales failed: 550 no such user"),
     (replace(SALES, status="dropped"), "sales dropped"),
     (replace(SALES, status="held", error="rehearsal"), "sales not sent (rehearsal)"),
     (replace(CUSTOMER, status="held", error=TOO_MANY), "customer held: too many mails today, ask an admin"),
     (replace(SALES, status="held", error="too large"), "sales held: too large"),
     (replace(SALES, status="held", uncertain=1, error="no answer"), "sales maybe sent: check"),
     (replace(SALES, uncertain=1), "sales maybe sent: check"),
     (replace(SALES, status="sending", uncertain=2), "sales maybe sent: check"),
     (replace(SALES, error="450 busy", at=NOW), "sales waiting until 11-21 09:30: 450 busy"),
     (replace(SALES, error="quota of the day", at=NOW), "sales waiting (quota) until 11-21 09:30"),
     (replace(SALES, error="550 5.4.5 limit", at=NOW), "sales waiting (quota) until 11-21 09:30"),
     (replace(SALES, error="refused"), "sales queued A-1")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_became_of_a_mail_is_said_in_a_few_words(state: MailState, text: str) -> None:
    assert said(state) == text


def test_one_mail_sent_and_one_queued_are_both_told_of() -> None:
    assert (
        said(replace(CUSTOMER, status="sent", at=NOW), SALES) == "customer ✓ 11-21 09:30 · sales queued A-1"
    )


def test_only_the_latest_time_the_mail_was_asked_for_counts() -> None:
    first = replace(CUSTOMER, status="dead", error="550")
    again = replace(ORDER, generation=2)
    assert (
        said(first, replace(CUSTOMER, status="sent", at=NOW, generation=2), order=again)
        == "customer ✓ 11-21 09:30"
    )
    assert said(first, order=again) == ""


@pytest.mark.parametrize(
    ("origin", "text"),
    [(Origin.ADOPTED, "not mailed: was here before Order Desk"), (Origin.REBUILT, "maybe sent: check"),
     (Origin.TYPED, ""), (Origin.ENTRY, "")],
)  # fmt: skip
def test_an_order_without_mails_says_why_when_there_is_a_why(origin: Origin, text: str) -> None:
    assert said(order=replace(ORDER, origin=origin)) == text


def test_times_are_the_teams_own() -> None:
    late = replace(CUSTOMER, status="sent", at=NOW + timedelta(hours=15))
    assert said(late) == "customer ✓ 11-22 00:30"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("uncertain", [0, 1])
def test_every_status_has_words_in_every_language(language: str, status: Status, uncertain: int) -> None:
    rules = replace(RULES, language=language)
    state = replace(CUSTOMER, status=str(status), uncertain=uncertain, error="e", at=NOW)
    text = mail_words(ORDER, (state, replace(SALES, status="sent")), rules)
    assert text
    assert "{" not in text
    assert ("客户" in text) is (language == "zh-CN")


@pytest.mark.parametrize("code", WORDS["en"])
def test_the_languages_have_the_same_words_with_the_same_places(code: str) -> None:
    assert WORDS["en"].keys() == WORDS["zh-CN"].keys()
    assert placeholders(WORDS["en"][code]) == placeholders(WORDS["zh-CN"][code])
