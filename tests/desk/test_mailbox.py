import smtplib
import socket
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from bot.desk import Desk


@pytest.fixture
def smtp(own_desk: Desk) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", own_desk.smtp_port, timeout=5) as connection:
        assert connection.sock is not None
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


def mail(subject: str = "订单 20261122-001", to: str = "li@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Order Desk <orders@example.com>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Sun, 22 Nov 2026 09:00:00 +0800"
    message["X-Order"] = "20261122-001"
    message.set_content("您好，李明\n")
    message.add_alternative("<p>您好，<b>李明</b></p>", subtype="html")
    return message


def test_a_mail_can_be_read_back_decoded(own_desk: Desk, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail())
    (got,) = requests.get(f"{own_desk.url}/_desk/mail", timeout=5).json()
    assert (got["from"], got["to"]) == ("orders@example.com", ["li@example.com"])
    assert got["subject"] == got["headers"]["Subject"] == "订单 20261122-001"
    assert got["headers"]["X-Order"] == "20261122-001"
    assert got["text"].strip() == "您好，李明"
    assert "<b>李明</b>" in got["html"]
    assert got["date"].startswith("Sun, 22 Nov 2026")


def test_the_newest_mail_comes_first(own_desk: Desk, smtp: smtplib.SMTP) -> None:
    for number in range(3):
        smtp.send_message(mail(f"mail {number}"))
    assert [one["subject"] for one in own_desk.mails()] == ["mail 2", "mail 1", "mail 0"]


def test_a_mail_is_kept_as_it_came(own_desk: Desk, smtp: smtplib.SMTP) -> None:
    smtp.sendmail("a@example.com", ["b@example.com"], b"Subject: x\r\n\r\nbody\r\n.dot\r\n")
    id_ = own_desk.mails()[0]["id"]
    raw = requests.get(f"{own_desk.url}/_desk/mail/{id_}/raw", timeout=5)
    assert raw.content == b"Subject: x\r\n\r\nbody\r\n.dot\r\n"
    assert raw.headers["content-type"] == "message/rfc822"


def test_any_login_is_taken(own_desk: Desk, smtp: smtplib.SMTP) -> None:
    smtp.login("anybody", "anything")
    smtp.send_message(mail())
    assert len(own_desk.mails()) == 1


def test_the_envelope_says_who_got_a_blind_copy(own_desk: Desk, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail(), to_addrs=["li@example.com", "secret@example.com"])
    assert own_desk.mails()[0]["to"] == ["li@example.com", "secret@example.com"]


def test_the_mailbox_can_be_emptied(own_desk: Desk, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail())
    assert requests.delete(f"{own_desk.url}/_desk/mail", timeout=5).json() == []
    assert own_desk.mails() == []


def test_mails_outlive_the_desk(tmp_path: Path) -> None:
    with Desk(data=tmp_path) as first, smtplib.SMTP("127.0.0.1", first.smtp_port) as connection:
        connection.send_message(mail())
    with Desk(data=tmp_path) as second:
        assert [one["subject"] for one in second.mails()] == ["订单 20261122-001"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        b"Subject: =?utf-8?b?broken\r\n\r\n\xff\xfe",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xe4\xbd\xa0",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\nnot multipart",
    ],
)
def test_a_broken_mail_is_shown_all_the_same(own_desk: Desk, smtp: smtplib.SMTP, raw: bytes) -> None:
    smtp.sendmail("a@example.com", ["b@example.com"], raw)
    assert len(own_desk.mails()) == 1


def test_one_connection_carries_mails_without_stalling(own_desk: Desk, smtp: smtplib.SMTP) -> None:
    start = time.perf_counter()
    for _ in range(50):
        smtp.send_message(mail())
    # Nagle and delayed acknowledgements together would cost 40 ms a mail, so 2 s.
    assert time.perf_counter() - start < 1.5
    assert len(own_desk.mails()) == 50
