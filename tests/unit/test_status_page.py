"""What `status` knows beyond its lines, its verdict in one sentence, and its page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import Block, Said, Table, Tone
from bot.outbox import Message, Status
from bot.planning.sightings import Hold
from bot.ports import Commit
from bot.reporting.held import ended_by_release, release_facts, release_lines, release_page
from bot.reporting.status import Circumstances, status_facts
from bot.reporting.status_words import status_lines, status_page, verdict
from bot.reporting.times import moment_words, span_words
from tests.unit.rows import NOW, WISH, Book

ZONE = "Asia/Shanghai"
MAIL = Message("m1", "purchase_customer", "A-1", "a@books.example", 0, b"", NOW - timedelta(hours=3))
POLLED = {"last_poll": NOW.isoformat(), "last_error": ""}


def stored(book: Book, owner: str = "test", **changes: Any) -> None:
    lease = book.state.acquire(owner, NOW, 600)
    assert lease is not None
    book.state.commit(Commit(**changes), lease)


def facts_of(book: Book, **around: Any) -> dict[str, Any]:
    return status_facts(book.state, ZONE, NOW, Circumstances(**around))


def texts(page: list[Block]) -> str:
    """Every word of a page."""
    said: list[str] = []
    for block in page:
        if isinstance(block, Said):
            said.append(block.text)
        elif block.rows:
            said += [block.heading, *(cell.text for row in block.rows for cell in row)]
    return "\n".join(said)


# ── the verdict ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_desk_that_was_just_polled_is_well() -> None:
    book = Book()
    stored(book, facts=POLLED)
    assert verdict(facts_of(book)) == Said("✓ All is well: polled 0 s ago.", Tone.GOOD)


def test_a_bot_that_has_never_run_is_told_how_to_start() -> None:
    said = verdict(facts_of(Book()))
    assert said.text == "Nothing has been polled yet: python -m bot run starts the worker."


def test_a_long_silence_is_not_well() -> None:
    book = Book()
    stored(book, facts={"last_poll": (NOW - timedelta(hours=3, minutes=5)).isoformat()})
    assert verdict(facts_of(book)).text == (
        "✗ Not all is well: no poll for 3 h 5 min (python -m bot run starts the worker)."
    )


@pytest.mark.parametrize(("silent", "is_well"), [(20, True), (5, False)])
def test_how_long_a_silence_may_be_is_what_the_config_says(silent: int, is_well: bool) -> None:
    book = Book()
    stored(book, facts={"last_poll": (NOW - timedelta(minutes=10)).isoformat()})
    assert verdict(facts_of(book, silent=silent)).text.startswith("✓") is is_well


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"facts": {**POLLED, "last_error": "403", "failures": "4", "last_failure": NOW.isoformat()}},
         "polls fail (4 in a row, next try about 09:34)"),
        ({"holds": (Hold("flood", NOW, 60),)}, "held: 60 new orders that came at once"),
        ({"holds": (Hold("header:contracts", NOW, 1, details=("A title lacks.",)), Hold("flood", NOW, 60))},
         "held: A title lacks, and 1 more"),
        ({"messages": (replace(MAIL, status=Status.DEAD),)}, "1 mail was refused"),
        ({"messages": (replace(MAIL, status=Status.HELD), replace(MAIL, id="m2", status=Status.HELD))}, "2 mails are held"),
        ({"facts": {**POLLED, "reports_error": "It ended.", "reports_failed_at": NOW.isoformat()}},
         "reports cannot be worked out"),
    ],
)  # fmt: skip
def test_what_is_not_well_is_named_in_the_first_sentence(changes: dict[str, Any], told: str) -> None:
    book = Book()
    stored(book, **{"facts": POLLED, **changes})
    said = verdict(facts_of(book))
    assert (said.text, said.tone) == (f"✗ Not all is well: {told}.", Tone.BAD)


def test_what_is_released_is_not_held_against_the_desk() -> None:
    book = Book()
    stored(book, facts=POLLED, holds=(Hold("flood", NOW, 60, released=True),))
    assert verdict(facts_of(book)).tone is Tone.GOOD


# ── the facts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_holds_the_workbook_is_named_with_machine_and_process() -> None:
    book = Book()
    stored(book, owner="host:space:42:7:abc", facts=POLLED)
    assert facts_of(book, own="other:elsewhere:1:2:x")["worker"] == {
        "host": "host", "pid": 42, "here": False, "dead": False, "until": "2026-11-21T09:40:00+08:00",
    }  # fmt: skip
    here = facts_of(book, own="host:space:99:8:x", is_dead=lambda owner: owner.startswith("host:"))
    assert (here["worker"]["here"], here["worker"]["dead"]) == (True, True)
    (line,) = [line for line in status_lines(here) if line.startswith("worker")]
    assert line == (
        "worker          host (this machine), process 42, which has ended: the next worker takes over at once"
    )


def test_a_lease_that_has_run_out_is_nobodys() -> None:
    book = Book()
    stored(book, facts=POLLED)
    assert status_facts(book.state, ZONE, NOW + timedelta(hours=1))["worker"] is None


def test_the_oldest_mail_of_each_status_and_the_caps_are_told() -> None:
    book = Book()
    sent = replace(MAIL, id="m3", status=Status.SENT, sent_at=NOW - timedelta(seconds=5))
    stored(book, messages=(MAIL, replace(MAIL, id="m2", created_at=NOW), sent))
    facts = facts_of(book, per_minute=60, per_day=500)
    assert facts["mail_oldest"] == {"queued": "2026-11-21T06:30:00+08:00"}
    assert facts["mail_caps"] == {"per_minute": {"used": 1, "of": 60}, "per_day": {"used": 1, "of": 500}}
    assert "mail per day    1 of 500" in list(status_lines(facts))


def test_mails_that_are_perhaps_sent_are_named_one_by_one() -> None:
    book = Book()
    stored(book, messages=(replace(MAIL, status=Status.HELD, uncertain=1), replace(MAIL, id="m2")))
    facts = facts_of(book)
    assert [mail["id"] for mail in facts["mail_in_doubt"]] == ["m1"]
    assert "in doubt        m1, held" in list(status_lines(facts))


@pytest.mark.parametrize(
    ("typed", "settle", "held", "because"),
    [
        ({"quantity": "", "salesperson": ""}, 0, False, "lacks 数量, 销售跟进人"),
        ({}, 600, False, "complete a moment ago, may still be typed in"),
        ({}, 0, True, "held with many others"),
        ({}, 0, False, "see the row's Problem cell"),
    ],
)
def test_rows_that_wait_say_why(typed: dict[str, Any], settle: int, held: bool, because: str) -> None:
    book = Book()
    book.contracts.append({**WISH, **typed})
    book.poll(NOW)
    if held:
        stored(book, holds=(Hold("flood", NOW, 60),))
    facts = facts_of(book, settle=timedelta(seconds=settle), language="zh-CN")
    assert facts["waiting_because"] == {because: 1}
    assert f"waiting because {because}: 1" in list(status_lines(facts))


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_begins_with_the_verdict_and_tells_what_ends_each_hold() -> None:
    book = Book()
    book.type_order(NOW)
    stored(
        book,
        facts=POLLED,
        holds=(Hold("flood", NOW, 60), Hold("tab:team", NOW, 1, details=("Team is gone.",))),
    )
    facts = facts_of(book, per_day=500)
    page = list(status_page(facts))
    assert page[0] == verdict(facts)
    (held,) = [block for block in page if isinstance(block, Table) and block.heading == "Held"]
    assert [[cell.text for cell in row[1:]] for row in held.rows] == [
        ["60 new orders that came at once", "python -m bot release"],
        ["Team is gone.", "python -m bot init, or put the tab back"],
    ]
    words = texts(page)
    assert "queued\n2\nwaits for its turn\n09:30, 0 s ago" in words
    assert "0 of 500" in words


# ── release ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_release_says_what_was_held_what_it_lets_go_and_what_comes_next() -> None:
    book = Book()
    stored(
        book,
        holds=(
            Hold("flood", NOW, 60),
            Hold("emptied:contracts", NOW, 9, released=True),
            Hold("header:team", NOW, 1, details=("Team: 'Name' is missing.",)),
        ),
        messages=(replace(MAIL, status=Status.HELD),),
    )
    facts = release_facts(book.state, ZONE, NOW)
    facts["released"] = ended_by_release(facts)
    assert list(release_lines(facts)) == [
        "60 new orders that came at once: released: the next poll numbers them and sends their mail",
        "9 rows of Contract Orders that vanished at once: released before, goes with the next poll",
        "Team: 'Name' is missing.: stays: put the titles right; it ends by itself",
        "1 hold(s) released; the next poll acts on it.",
        "1 mail(s) are held, each for its own reason: python -m bot outbox list --status held",
    ]
    assert "python -m bot outbox list --status held" in texts(list(release_page(facts)))


@pytest.mark.parametrize(
    ("holds", "told"),
    [((), "Nothing is held."), ((Hold("tab:team", NOW, 1),), "Nothing is held that a word could release.")],
)
def test_a_release_of_nothing_says_so(holds: tuple[Hold, ...], told: str) -> None:
    book = Book()
    stored(book, holds=holds)
    facts = {**release_facts(book.state, ZONE, NOW), "released": 0}
    assert list(release_lines(facts))[-1] == told


# ── times ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (3660, "1 h 1 min"), (86_400, "1 d"),
     (90_000, "1 d 1 h"), (-5, "0 s")],
)  # fmt: skip
def test_a_span_is_told_in_its_largest_units(seconds: int, words: str) -> None:
    assert span_words(seconds) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-21T09:30:00+08:00", "09:30"),
        ("2026-11-20T09:30:00+08:00", "11-20 09:30"),
        ("2025-11-20T09:30:00+08:00", "2025-11-20"),
        (None, ""),
    ],
)
def test_a_moment_is_told_as_short_as_may_be(moment: str | None, words: str) -> None:
    assert moment_words(moment, "2026-11-21T12:00:00+08:00") == words
