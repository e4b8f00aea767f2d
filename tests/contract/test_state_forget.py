"""What every state promises about forgetting a person: their words go, and nothing is sent twice for it."""

from __future__ import annotations

import sqlite3
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.forgetting import DELETED, Forgotten, Words, words_of
from bot.outbox import Status
from bot.planning.runs import ClosedWeek, WeekMark
from bot.planning.sightings import Wanted
from bot.ports import State
from tests.contract.life_samples import entry, full_progress, unnumbered
from tests.contract.samples import HELD, HOUR, NOW, SENT, commit, leased, message, settled, sighting

WEBER = Words(("weber@nordlicht.example", "Weber"))


def mail(text: str, *, html: str = "", subject: str = "Order A-1", book: str = "") -> bytes:
    """A rendered mail; `book` is a cell of a workbook that goes along."""
    made = EmailMessage()
    made["Subject"] = subject
    made.set_content(text, cte="base64")
    if html:
        made.add_alternative(html, subtype="html")
    if book:
        file, workbook = BytesIO(), Workbook()
        workbook.active.append([book])
        workbook.save(file)
        made.add_attachment(file.getvalue(), maintype="application", subtype="xlsx", filename="orders.xlsx")
    return made.as_bytes()


def sent(state: State, message_id: str) -> None:
    settled(state, SENT, message_id)


@pytest.mark.parametrize(
    "body",
    [
        mail("An order of WEBER's"),
        mail("nothing", html="<p>Dear Weber</p>"),
        mail("nothing", subject="Weber"),
        mail("nothing", book="Weber"),
    ],
)
def test_the_text_of_mails_that_name_them_goes_and_that_they_were_sent_stays(
    body: bytes, state: State
) -> None:
    commit(state, messages=(message("m1", recipient="anna@sales.example", body=body),))
    sent(state, "m1")
    assert state.forget(WEBER, ()) == Forgotten(mails=1)
    [kept] = state.messages()
    assert (kept.body, kept.recipient, kept.status) == (b"", "anna@sales.example", Status.SENT)
    assert state.sent_since(NOW - HOUR) == 1
    assert state.known_messages("m") == {"m1"}


def test_mails_of_others_stay_as_they_are(state: State) -> None:
    body = mail("An order of Krause's", book="Krause")
    commit(state, messages=(message("m1", recipient="krause@sued.example", body=body),))
    sent(state, "m1")
    assert state.forget(WEBER, ()) == Forgotten()
    assert state.messages()[0].body == body


def test_what_waits_for_them_is_dropped_and_its_address_is_gone(state: State) -> None:
    mine = {"recipient": "Weber@Nordlicht.example", "body": mail("hello")}
    commit(state, messages=(message("m1", **mine),))
    settled(state, HELD, "m1")
    commit(state, messages=(message("m2", **mine),))
    assert state.forget(WEBER, ()) == Forgotten(mails=2, dropped=2)
    assert {(m.status, m.recipient, m.body) for m in state.messages()} == {(Status.DROPPED, "", b"")}
    assert state.next_due() is None


def test_a_mail_without_its_text_is_never_sent_again(state: State) -> None:
    commit(state, messages=(message("m1", recipient="weber@nordlicht.example", body=mail("hello")),))
    state.forget(WEBER, ())
    assert not state.retry("m1", NOW)
    assert state.next_due() is None


def test_a_mail_to_others_that_waits_or_is_under_way_is_left_and_counted(state: State) -> None:
    body = mail("for Weber")
    commit(state, messages=(message("m1", body=body), message("m2", body=body)))
    state.claim("first", NOW, NOW + HOUR, 1)
    assert state.forget(WEBER, ()) == Forgotten(still_waiting=2)
    assert [m.body for m in state.messages()] == [body, body]


def test_words_go_from_the_log_and_the_rest_of_each_entry_stays(state: State) -> None:
    commit(state, activity=(entry("moved", detail="Weber signed, Krause too"), entry("moved", detail="no")))
    assert state.forget(WEBER, ()) == Forgotten(entries=1)
    assert [e.detail for e in unnumbered(state)] == [f"{DELETED} signed, Krause too", "no"]


def test_rows_that_are_gone_lose_them_and_rows_in_the_sheet_are_counted(state: State) -> None:
    cells = {"customer": "Weber & Söhne", "quantity": 3}
    commit(
        state,
        sightings=(sighting("r1", gone=True, cells=cells), sighting("r2", cells=cells)),
        progress=(full_progress("r1"), full_progress("r2")),
    )
    assert state.forget(WEBER, ()) == Forgotten(rows=1, still_there=1)
    seen = state.recall(Wanted(row_ids=frozenset({"r1", "r2"}))).sightings
    assert seen["r1"].cells == {"customer": f"{DELETED} & Söhne", "quantity": 3}
    assert seen["r2"].cells == cells


def test_what_was_told_of_a_gone_row_loses_them_too(state: State) -> None:
    line = full_progress("r1")
    name = line.customer
    commit(state, sightings=(sighting("r1", gone=True),), progress=(line,))
    assert state.forget(Words((name,)), ()) == Forgotten(rows=1)
    assert state.recall(Wanted(row_ids=frozenset({"r1"}))).progress["r1"].customer == DELETED


def test_closed_weeks_are_replaced_and_no_others_are_made(state: State) -> None:
    weeks = [ClosedWeek(WeekMark(i, NOW, NOW + HOUR, NOW), b"old") for i in ("w1", "w2")]
    commit(state, weeks=tuple(weeks))
    state.forget(WEBER, [ClosedWeek(weeks[0].mark, b"new")])
    assert [week.body for week in state.closed_weeks()] == [b"new", b"old"]


def test_a_worker_hears_that_something_was_changed(state: State) -> None:
    before = state.revision()
    state.forget(WEBER, ())
    assert state.revision() > before
    assert leased(state)


def test_nothing_of_them_is_left_in_the_file(tmp_path: Path) -> None:
    from bot.adapters.database import open_state  # noqa: PLC0415 - this one is about SQLite's file

    state = open_state(f"sqlite:///{tmp_path}/bot.db")
    commit(
        state,
        messages=(message("m1", recipient="weber@nordlicht.example", body=mail("Dear Weber")),),
        activity=(entry(detail="Weber"),),
        sightings=(sighting("r1", gone=True, cells={"customer": "Weber"}),),
    )
    state.forget(WEBER, ())
    state.close()
    with sqlite3.connect(tmp_path / "bot.db") as db:
        dump = "\n".join(db.iterdump())
    assert "weber" not in dump.casefold()


@pytest.mark.parametrize("word", ["", "  ", "ab", "x"])
def test_a_word_that_would_be_found_in_others_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="too short"):
        words_of([word])


def test_a_chinese_name_of_two_letters_is_long_enough() -> None:
    assert words_of(["李娜"]).taken_out("客户李娜的订单") == f"客户{DELETED}的订单"
