"""What Sentry hears of a bug: its kind and its place, and nothing of what people typed."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

import bot
from bot import __main__ as command_line
from bot.watching.bugs import tell_bug

DSN = "https://key@sentry.example/1"
CANARIES = ("Canary Customer", "canary@customer.example", "20261121-007", "hunter2")


class Collected(Transport):
    """Keeps what would have been sent."""

    sent: ClassVar[list[dict[str, Any]]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.get_event() or {})


def a_bug(customer: str, address: str, number: str, password: str) -> None:
    row = {"customer": customer, "email": address}
    try:
        row[number]
    except KeyError as error:
        raise ValueError(f"{customer} <{address}> {password}") from error


def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(Collected, "sent", [])
    monkeypatch.setattr("sys.argv", ["bot", *CANARIES])
    try:
        a_bug(*CANARIES)
    except ValueError as error:
        tell_bug(error, DSN, Collected)
    [event] = Collected.sent
    return event


def test_a_bug_is_told_by_its_kind_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    event = told(monkeypatch)
    kinds = [one["type"] for one in event["exception"]["values"]]
    assert kinds == ["KeyError", "ValueError"]
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "a_bug"
    assert event["release"] == bot.__version__


def test_it_says_nothing_of_what_the_bug_was_about(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(told(monkeypatch), default=str)
    assert [canary for canary in CANARIES if canary in text] == []
    import socket  # noqa: PLC0415 - for this alone

    assert f'"{socket.gethostname()}"' not in text
    assert '"vars"' not in text


def test_a_wrong_address_hides_no_bug() -> None:
    tell_bug(ValueError("broken"), "not a dsn")


def test_the_command_line_tells_of_bugs_alone_and_only_where_it_is_asked_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr("bot.watching.bugs.tell_bug", lambda error, dsn: heard.append((repr(error), dsn)))
    monkeypatch.setattr(command_line, "_run", lambda _arguments: 1 // 0)
    monkeypatch.delenv("SENTRY_DSN", raising=False)
    with pytest.raises(ZeroDivisionError):
        command_line.main([])
    assert heard == []
    monkeypatch.setenv("SENTRY_DSN", DSN)
    with pytest.raises(ZeroDivisionError):
        command_line.main([])
    assert [dsn for _, dsn in heard] == [DSN]
    monkeypatch.setattr(command_line, "_run", lambda _arguments: 3)
    assert command_line.main([]) == 3
    assert len(heard) == 1
