"""The commands of a working day over a database alone: a person's word about mails and holds, JSON, pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import main
from bot.adapters.database import open_state
from bot.outbox import Message, Status
from bot.planning.sightings import Hold
from bot.ports import Commit

#: The commands read the real clock; what they say of times is tested where it is worked out.
LONG_AGO = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
Command = Callable[..., int]


def mail(name: str, **more: Any) -> Message:
    usual = Message(
        name, "purchase_customer", "A-1", "anna@books.example", 0, b"Subject: hello\r\n\r\nhello", LONG_AGO
    )
    return replace(usual, **more)


MAILS = (
    mail("dead-1", status=Status.DEAD, error="550 \x1b[2Jno \x1b]0;owned\x07such user"),
    mail("dead-2", status=Status.DEAD, created_at=LONG_AGO + timedelta(minutes=1)),
    mail("dead-doubt", status=Status.DEAD, uncertain=1),
    mail("held-1", status=Status.HELD),
    mail("queued-1", order_no="A-2", recipient="采购部@云帆.example"),
    mail("sent-1", status=Status.SENT, sent_at=LONG_AGO),
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with a mail of every kind, and two holds."""
    address = f"sqlite:///{tmp_path}/bot.db"
    state = open_state(address)
    lease = state.acquire("test", LONG_AGO, 60)
    assert lease is not None
    holds = (Hold("flood", LONG_AGO, 60), Hold("tab:team", LONG_AGO, 1, details=("Team is missing.",)))
    state.commit(Commit(messages=MAILS, holds=holds), lease)
    state.close()
    return address


@pytest.fixture
def command(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs one command on it."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    path = tmp_path / "config.yaml"
    sections = {
        "workbook": {"id": "key", "endpoint": "http://127.0.0.1:9"},
        "mail": {"sender": "orders@desk.example", "host": "127.0.0.1", "port": 9, "security": "none"},
        "state": url,
        "language": "en",
    }
    path.write_text(yaml.safe_dump(sections), encoding="utf-8")
    return lambda *words: main(["--config", str(path), *words])


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes this process's channels a terminal of 80 columns, where a person gives this answer."""

    def with_answer(answer: str) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _question: answer)

    return with_answer


def statuses(url: str) -> dict[str, str]:
    state = open_state(url)
    try:
        return {message.id: str(message.status) for message in state.messages()}
    finally:
        state.close()


# ── retry, drop ─────────────────────────────────────────────────────────────────────────────────────────────


def test_several_mails_are_retried_by_one_word_and_those_that_cannot_be_are_named(
    command: Command, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("outbox", "retry", "dead-1", "held-1", "sent-1", "dead-1") == 2
    said = capsys.readouterr()
    assert said.out == "2 mails: Queued; the next poll sends them.\n"
    assert said.err.startswith("There is no mail 'sent-1' that could be sent again")
    assert {name for name, status in statuses(url).items() if status == "queued"} == {
        "dead-1",
        "held-1",
        "queued-1",
    }


def test_a_mail_that_perhaps_arrived_goes_again_only_when_it_is_named(
    command: Command, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("outbox", "retry", "--all", "dead", "--yes") == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 mail(s) perhaps arrived and stay as they are; name those that are to go once more:",
        "  dead-doubt",
        "2 mails: Queued; the next poll sends them.",
    ]
    assert statuses(url)["dead-doubt"] == "dead"
    assert command("outbox", "retry", "dead-doubt") == 0
    assert statuses(url)["dead-doubt"] == "queued"


def test_a_person_is_asked_before_many_mails_are_meant(
    command: Command, url: str, terminal: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    before = statuses(url)
    terminal("")
    assert command("outbox", "drop", "--all", "dead") == 0
    assert "Nothing was done." in capsys.readouterr().out
    assert statuses(url) == before
    terminal("y")
    assert command("outbox", "drop", "--all", "dead") == 0
    assert "3 mails: Dropped; they will not be sent." in capsys.readouterr().out


def test_nothing_is_done_to_many_where_nobody_can_be_asked(
    command: Command, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = statuses(url)
    assert command("outbox", "drop", "--all", "dead") == 2
    assert (
        capsys.readouterr().err
        == "Drop 3 mail(s) that are dead? Add --yes to say so where nobody can be asked.\n"
    )
    assert statuses(url) == before


def test_no_answer_at_all_means_no(
    command: Command, url: str, terminal: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(_question: str) -> str:
        raise EOFError

    before = statuses(url)
    terminal("")
    monkeypatch.setattr("builtins.input", end)
    assert command("outbox", "retry", "--all", "held") == 0
    assert statuses(url) == before


# ── release ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_release_counts_what_a_word_can_end(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("release") == 0
    text = capsys.readouterr().out
    assert "1 hold(s) released; the next poll acts on it." in text
    assert "Team is missing.: stays: python -m bot init, or put the tab back" in text
    assert "1 mail(s) are held, each for its own reason" in text
    assert command("release") == 0
    assert "Nothing is held that a word could release." in capsys.readouterr().out


# ── for machines ────────────────────────────────────────────────────────────────────────────────────────────

KEYS = {
    "status --json": {
        "well", "says", "at", "last_poll", "last_failure", "failing", "failures_in_a_row", "next_try", "worker",
        "adopted_at", "counts", "mail_oldest", "mail_in_doubt", "mail_caps", "waiting_rows", "waiting_because",
        "steps_refused", "held", "mail_paused", "next_mail_due", "automations", "closed_weeks", "reports_failing",
        "reports_failed_at", "schema_version", "silent_after_minutes",
    },
    "status --order A-1 --json": {"order_no", "since", "lines", "happened", "mails"},
    "outbox list --json": {"at", "asked", "mails", "more"},
    "release --json": {"at", "held", "mails_held", "mails_dead", "released"},
}  # fmt: skip


@pytest.mark.parametrize("words", KEYS)
def test_machines_get_the_same_keys_every_day(
    words: str, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*words.split()) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts.keys() == KEYS[words]
    # An hour without its zone is an hour that somebody will misread.
    assert facts.get("at", "+08:00").endswith("+08:00")
    documented = sys.modules[f"bot.commands.{words.split(maxsplit=1)[0]}"].__doc__ or ""
    assert all(f"`{key}`" in documented for key in KEYS[words])


# ── for people ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["status", "outbox list", "status --order A-1", "release"])
def test_a_terminal_gets_a_page_that_nothing_typed_can_spoil(
    words: str, command: Command, terminal: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal("")
    assert command(*words.split()) == 0
    text = capsys.readouterr().out
    assert "\x1b[2J" not in text
    assert "\x1b]" not in text
    assert "\x07" not in text


def test_an_outbox_on_a_terminal_has_titles_and_whole_ids(
    command: Command, terminal: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal("")
    assert command("outbox", "list", "--status", "queued") == 0
    text = capsys.readouterr().out
    assert "State" in text
    assert "queued-1" in text
    assert "采购部@云帆.example" in text


@pytest.mark.parametrize("words", ["status", "outbox list", "status --order A-1"])
def test_a_pipe_gets_plain_lines_that_nothing_typed_can_spoil(
    words: str, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*words.split()) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\x07" not in text


def test_the_first_line_of_a_status_says_what_is_not_well(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("status") == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert first == (
        "✗ Not all is well: held: 60 new orders that came at once, and 1 more; 3 mails were refused; 1 mail is held."
    )
