"""What every mailer promises, shown on the one in RAM and on SMTP against a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.smtp import SmtpSettings, YagmailMailer
from bot.outbox import Failure, Trouble
from bot.ports import Mailer, MailFailed
from tests.scripted_smtp import Drop, Say, ScriptedSmtp, write_certificate

BODY = b"Subject: Order 20261121-001\r\n\r\nTwo lines,\r\n.one with a dot\r\n..and two\r\n"


class Post(Protocol):
    """A mailer with the other end in our hands."""

    @property
    def mailer(self) -> Mailer: ...
    def arrived(self) -> list[tuple[str, bytes]]: ...
    def connections(self) -> int: ...
    def refuse_connection(self) -> None: ...
    def refuse_recipient(self, code: int) -> None: ...
    def refuse_content(self, code: int) -> None: ...
    def lose_answer(self) -> None: ...


@dataclass
class InMemory:
    mailer: MemoryMailer

    def arrived(self) -> list[tuple[str, bytes]]:
        return [(letter.recipient, letter.body) for letter in self.mailer.letters]

    def connections(self) -> int:
        return self.mailer.connections

    def refuse_connection(self) -> None:
        self.mailer.fail("connect", Failure(Trouble.UNREACHABLE, 0, "the mail server cannot be reached"))

    def refuse_recipient(self, code: int) -> None:
        self.mailer.fail("envelope", _refusal(code))

    def refuse_content(self, code: int) -> None:
        self.mailer.fail("data", _refusal(code))

    def lose_answer(self) -> None:
        self.mailer.fail("data", Failure(Trouble.UNCERTAIN, 0, "maybe sent"), arrives=True)


@dataclass
class OnLoopback:
    mailer: YagmailMailer
    server: ScriptedSmtp

    def arrived(self) -> list[tuple[str, bytes]]:
        return [(taken.recipient, taken.body) for taken in self.server.taken]

    def connections(self) -> int:
        return self.server.connections

    def refuse_connection(self) -> None:
        self.server.next("GREETING", Say("421 4.3.2 shutting down", then_drop=True))

    def refuse_recipient(self, code: int) -> None:
        self.server.next("RCPT", Say(f"{code} <ada@customer.example> refused"))

    def refuse_content(self, code: int) -> None:
        self.server.next("DOT", Say(f"{code} not this one"))

    def lose_answer(self) -> None:
        self.server.next("DOT", Drop(keep=True))


def _refusal(code: int) -> Failure:
    return Failure(Trouble.LATER if code < 500 else Trouble.REFUSED, code, "the mail server refused")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(params=["memory", "smtp", "smtp-starttls", "smtp-tls"])
def post(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Post]:
    kind: str = request.param
    if kind == "memory":
        yield InMemory(MemoryMailer())
        return
    security = kind.removeprefix("smtp").removeprefix("-") or "none"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ScriptedSmtp(None if security == "none" else certificate, implicit_tls=security == "tls") as server:
        settings = SmtpSettings(
            host="127.0.0.1",
            port=server.port,
            security=security,  # type: ignore[arg-type]
            user="desk@shop.example",
            password="canary",
            sender_address="desk@shop.example",
            deadline_seconds=5,
        )
        yield OnLoopback(YagmailMailer(settings), server)


def test_a_message_arrives_byte_for_byte_at_its_recipient(post: Post) -> None:
    with post.mailer.connect() as connection:
        connection.envelope("ada@customer.example")
        answer = connection.data(BODY)
    assert post.arrived() == [("ada@customer.example", BODY)]
    assert answer.startswith("250 ")


def test_a_batch_travels_over_one_connection_in_order(post: Post) -> None:
    with post.mailer.connect() as connection:
        for name in ("ada", "bob", "cy"):
            connection.envelope(f"{name}@customer.example")
            connection.data(BODY)
    assert [recipient for recipient, _ in post.arrived()] == [
        f"{name}@customer.example" for name in ("ada", "bob", "cy")
    ]
    assert post.connections() == 1


def test_an_envelope_alone_sends_nothing(post: Post) -> None:
    with post.mailer.connect() as connection:
        connection.envelope("ada@customer.example")
    assert post.arrived() == []


def test_an_envelope_given_up_does_not_leak_into_the_next(post: Post) -> None:
    with post.mailer.connect() as connection:
        connection.envelope("ada@customer.example")
        connection.envelope("bob@customer.example")
        connection.data(BODY)
    assert post.arrived() == [("bob@customer.example", BODY)]


def test_a_connection_that_cannot_be_opened_raises_mail_failed(post: Post) -> None:
    post.refuse_connection()
    with pytest.raises(MailFailed) as failed, post.mailer.connect():
        pytest.fail("there is no connection")
    assert failed.value.failure.trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize(("code", "trouble"), [(450, Trouble.LATER), (550, Trouble.REFUSED)])
def test_a_refused_recipient_leaves_the_connection_for_the_next(
    post: Post, code: int, trouble: Trouble
) -> None:
    post.refuse_recipient(code)
    with post.mailer.connect() as connection:
        with pytest.raises(MailFailed) as failed:
            connection.envelope("ada@customer.example")
        connection.envelope("bob@customer.example")
        connection.data(BODY)
    assert (failed.value.failure.trouble, failed.value.failure.code) == (trouble, code)
    assert post.arrived() == [("bob@customer.example", BODY)]
    assert post.connections() == 1


@pytest.mark.parametrize(("code", "trouble"), [(451, Trouble.LATER), (554, Trouble.REFUSED)])
def test_refused_content_leaves_the_connection_for_the_next(post: Post, code: int, trouble: Trouble) -> None:
    post.refuse_content(code)
    with post.mailer.connect() as connection:
        connection.envelope("ada@customer.example")
        with pytest.raises(MailFailed) as failed:
            connection.data(BODY)
        connection.envelope("bob@customer.example")
        connection.data(BODY)
    assert (failed.value.failure.trouble, failed.value.failure.code) == (trouble, code)
    assert post.arrived() == [("bob@customer.example", BODY)]


def test_a_lost_answer_is_doubt_and_ends_the_connection(post: Post) -> None:
    post.lose_answer()
    with post.mailer.connect() as connection:
        connection.envelope("ada@customer.example")
        with pytest.raises(MailFailed) as doubt:
            connection.data(BODY)
        with pytest.raises(MailFailed) as after:
            connection.envelope("bob@customer.example")
    assert doubt.value.failure.trouble is Trouble.UNCERTAIN
    assert (after.value.failure.trouble, after.value.failure.code) == (Trouble.UNREACHABLE, 0)
    assert len(post.arrived()) == 1


def test_no_failure_says_an_address(post: Post) -> None:
    post.refuse_recipient(550)
    with post.mailer.connect() as connection, pytest.raises(MailFailed) as failed:
        connection.envelope("ada@customer.example")
    assert "@" not in failed.value.failure.text
    assert "customer.example" not in str(failed.value)


def test_an_error_inside_the_block_passes_through_and_closes(post: Post) -> None:
    with pytest.raises(RuntimeError, match="ours"), post.mailer.connect():
        raise RuntimeError("ours")
    with post.mailer.connect() as connection:
        connection.envelope("ada@customer.example")
        connection.data(BODY)
    assert len(post.arrived()) == 1
