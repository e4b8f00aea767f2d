"""What `plan`, `status` and `outbox` say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.planning
from bot.activity import Change
from bot.outbox import Message, Outcome, Status
from bot.planning.drafting import Plan
from bot.planning.runs import ClosedWeek, Run, RunFailure, Standing, WeekMark
from bot.planning.sightings import Hold
from bot.ports import Commit
from bot.projection import AppendRow, Marker, Projection, ReplaceText, SetCells, SetMarker
from bot.reporting.outbox import outbox_facts, outbox_lines
from bot.reporting.plan import plan_lines
from bot.reporting.status import status_facts
from bot.reporting.status_words import status_lines
from tests.unit.rows import NOW, RULES, WISH, Book

ZONE = "Asia/Shanghai"
PLANNING = "\n".join(p.read_text("utf-8") for p in Path(bot.planning.__path__[0]).glob("*.py"))


def facts_of(book: Book) -> dict[str, Any]:
    return status_facts(book.state, ZONE, NOW)


def stored(book: Book, **changes: Any) -> None:
    lease = book.state.acquire("test", NOW, 600)
    assert lease is not None
    book.state.commit(Commit(**changes), lease)


# ── plan ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_of_nothing_says_so() -> None:
    assert list(plan_lines(Plan(), Projection())) == ["Nothing to do."]


def test_a_plan_says_what_happened_who_gets_mail_and_what_is_written() -> None:
    book = Book()
    book.contracts.append(dict(WISH))
    plan, projection = book.poll(NOW, writes=False)
    assert list(plan_lines(plan, projection)) == [
        "waiting: a row of contracts, unchanged since 2026-11-21 01:30:00 UTC"
    ]
    plan, projection = book.poll(NOW + RULES.settle, writes=False)
    assert list(plan_lines(plan, projection)) == [
        "order 20261121-001: 1 line(s), contracts row 2",
        "mail purchase_customer:20261121-001:1 to anna@books.example",
        "mail purchase_sales:20261121-001:1 to dora@desk.example",
        "write 10 cell(s) in contracts row 2",
    ]


def test_every_kind_of_edit_has_a_line() -> None:
    edits = (
        SetCells("contracts", 3, {0: "a", 1: "b"}), AppendRow("contracts", {0: "a"}),
        ReplaceText("contracts", 0, "old", "new"), SetMarker(Marker("now")),
    )  # fmt: skip
    assert list(plan_lines(Plan(), Projection(edits))) == [
        "write 2 cell(s) in contracts row 3", "append a row to contracts", "replace 'old' by 'new' in contracts",
        "leave the marker",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "what",
    sorted(
        {
            *re.findall(r"Change\(\s*\"(\w+)\"", PLANNING),
            "held_flood",
            "held_emptied",
            "held_header",
            "held_tab",
        }
    ),
)
def test_every_change_that_planning_makes_is_told_in_words(what: str) -> None:
    change = Change(what, "A-1", "contracts", 7, 3)
    (line,) = plan_lines(Plan(changes=(change,)), Projection())
    assert line != what
    assert "{" not in line


# ── status ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_status_of_a_quiet_desk() -> None:
    book = Book()
    facts = facts_of(book)
    assert (facts["failing"], facts["failures_in_a_row"], facts["held"], facts["mail_paused"]) == (
        "",
        0,
        {},
        None,
    )
    assert facts["adopted_at"] == "2026-11-20T09:30:00+08:00"
    lines = list(status_lines(facts))
    assert lines[:2] == ["last poll       never", "mail            none yet"]
    assert not [line for line in lines if "✗" in line]


def test_the_status_shows_trouble_with_a_cross() -> None:
    book = Book()
    facts = {
        "last_poll": NOW.isoformat(),
        "last_error": "403",
        "last_failure": NOW.isoformat(),
        "failures": "4",
    }
    stored(
        book, facts=facts, holds=(Hold("flood", NOW, 60), Hold("emptied:contracts", NOW, 9, released=True))
    )
    lines = list(status_lines(facts_of(book)))
    assert lines[:2] == [
        "last poll       2026-11-21T09:30:00+08:00",
        "✗ failing       403 (4 in a row, last 2026-11-21T09:30:00+08:00)",
    ]
    assert "✗ flood         60 held: python -m bot release lets it go" in lines
    assert "✗ emptied:contracts 9 released, goes with the next poll" in lines


def test_failures_of_the_past_are_not_counted() -> None:
    book = Book()
    stored(book, facts={"last_error": "", "failures": "4"})
    assert facts_of(book)["failures_in_a_row"] == 0


def test_the_status_counts_mail_and_tells_when_the_next_is_due() -> None:
    book = Book()
    book.type_order(NOW)
    facts = facts_of(book)
    assert facts["next_mail_due"] == "2026-11-21T09:30:20+08:00"
    lines = list(status_lines(facts))
    assert "mail            2 queued" in lines
    assert "orders          1" in lines
    assert lines[-1] == "next mail due   2026-11-21T09:30:20+08:00"


def test_the_status_says_which_rows_wait() -> None:
    book = Book()
    book.contracts.append(dict(WISH))
    book.poll(NOW)
    assert facts_of(book)["waiting_rows"] == [{"tab": "contracts", "since": "2026-11-21T09:30:00+08:00"}]


def test_a_pause_says_until_when_and_why() -> None:
    book = Book()
    book.type_order(NOW)
    later = NOW + timedelta(minutes=5)
    (mail, _) = book.state.claim("me", later, later + timedelta(minutes=1), 5)
    until = later + timedelta(hours=1)
    book.state.settle(
        mail.id, "me", Outcome(Status.QUEUED, later, until, "550 5.4.5 quota", pause_until=until)
    )
    assert "✗ mail paused   until 2026-11-21T10:35:00+08:00: 550 5.4.5 quota" in list(
        status_lines(facts_of(book))
    )


# ── automations ─────────────────────────────────────────────────────────────────────────────────────────────

FRIDAY = NOW.replace(day=20, hour=10, minute=0, second=0, microsecond=0)
PERSONAL = Standing("weekly_personal", "Fri 18:00", True, FRIDAY)
RUN = Run(
    "weekly_personal:2026-W47", "weekly_personal", "2026-W47", FRIDAY, FRIDAY, shown=True, done_at=FRIDAY
)
LETTER = Message(f"{RUN.id}:a@desk.example", "weekly_personal", "", "a@desk.example", 1, b"", NOW)


def test_a_bot_that_has_met_no_automations_says_nothing_of_them() -> None:
    facts = facts_of(Book())
    assert (facts["automations"], facts["closed_weeks"], facts["reports_failing"]) == ({}, [], "")
    assert not [line for line in status_lines(facts) if re.match("(✗ )?(week|report)", line)]


def test_the_status_says_how_each_automation_stands_and_what_its_last_run_did() -> None:
    book = Book()
    stored(
        book,
        standings=(
            Standing("monthly", "每月5日 09:00", False, FRIDAY),
            PERSONAL,
            Standing("purchase_mail", "", True, FRIDAY),
        ),
        runs=(RUN,),
        messages=(replace(LETTER, status=Status.SENT, sent_at=NOW), replace(LETTER, id=f"{LETTER.id}2")),
        weeks=(ClosedWeek(WeekMark("2026-W47", FRIDAY - timedelta(days=7), FRIDAY, FRIDAY), b""),),
    )
    facts = facts_of(book)
    assert facts["automations"]["weekly_personal"] == {
        "on": True,
        "when": "Fri 18:00",
        "next_run": "2026-11-27T18:00:00+08:00",
        "last_run": "2026-11-20T18:00:00+08:00",
        "result": "sending: 1 of 2",
        "failed": False,
    }
    assert list(status_lines(facts))[-4:] == [
        "weeks closed    1, the last 2026-W47",
        "purchase_mail   on",
        "weekly_personal on, next 2026-11-27T18:00:00+08:00, last 2026-11-20T18:00:00+08:00: sending: 1 of 2",
        "monthly         off",
    ]


@pytest.mark.parametrize(
    ("run", "status", "told"),
    [
        (
            replace(RUN, failures=(RunFailure("Max", "Max", "no_email"),)),
            Status.SENT,
            "1 report sent, 1 failed: Max has no e-mail in Team",
        ),
        (RUN, Status.DEAD, "0 reports sent; 1 not accepted by the mail server"),
        (RUN, Status.HELD, "0 reports sent; 1 held back"),
    ],
    ids=["a member without e-mail", "a mail that was refused", "a mail that is held"],
)
def test_a_run_that_did_not_reach_everybody_has_a_cross(run: Run, status: Status, told: str) -> None:
    book = Book()
    stored(book, standings=(PERSONAL,), runs=(run,), messages=(replace(LETTER, status=status),))
    (line,) = [line for line in status_lines(facts_of(book)) if "weekly_personal" in line]
    assert line.startswith("✗ weekly_personal on, ")
    assert line.endswith(f": {told}")


def test_reports_that_cannot_be_worked_out_are_told_until_they_can() -> None:
    book = Book()
    stored(book, facts={"reports_error": "It ended.", "reports_failed_at": NOW.isoformat()})
    assert "✗ reports       It ended. (last 2026-11-21T09:30:00+08:00)" in list(status_lines(facts_of(book)))
    stored(book, facts={"reports_error": ""})
    facts = facts_of(book)
    assert facts["reports_failed_at"] is None
    assert not [line for line in status_lines(facts) if "reports" in line]


# ── outbox ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_outbox_says_so() -> None:
    assert list(outbox_lines(outbox_facts(Book().state, ZONE, NOW))) == ["The outbox is empty."]


def test_the_outbox_shows_newest_first_with_doubts_and_troubles() -> None:
    book = Book()
    mail = Message("m1", "purchase_customer", "A-1", "a@books.example", 0, b"", NOW)
    waits = replace(
        mail,
        id="m2",
        created_at=NOW + timedelta(minutes=1),
        not_before=NOW + timedelta(hours=2),
        error="450 busy",
    )
    doubt = replace(mail, id="m3", created_at=NOW + timedelta(minutes=2), status=Status.HELD, uncertain=1)
    sent = replace(
        mail,
        id="m4",
        created_at=NOW + timedelta(minutes=3),
        status=Status.SENT,
        sent_at=NOW + timedelta(minutes=4),
    )
    stored(book, messages=(mail, waits, doubt, sent))
    assert list(outbox_lines(outbox_facts(book.state, ZONE, NOW))) == [
        "sent     11-21 09:34  m4  → a@books.example",
        "held     11-21 09:32  m3  → a@books.example uncertain×1",
        "queued   11-21 11:30  m2  → a@books.example  450 busy",
        "queued   11-21 09:30  m1  → a@books.example",
    ]
