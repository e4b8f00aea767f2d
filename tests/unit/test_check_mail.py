"""What `check` makes of the mail server's answers, of the sender's domain, and of a test mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.memory_mailer import MemoryMailer
from bot.checking.lines import Mark
from bot.checking.mail_lines import failed_line, rehearsal_lines, sender_line, server_line
from bot.checking.trial import refusal, send_trial, trial_draft
from bot.mails.rendering import Renderer
from bot.outbox import Failure, Trouble
from bot.settings import MailSettings

MAIL = MailSettings("Order Desk <orders@example.com>", user="orders@example.com", password="hunter2-canary")
NOW = datetime(2026, 11, 21, 1, 31, tzinfo=UTC)


def test_a_server_that_takes_the_login_is_well_and_was_sent_nothing() -> None:
    line = server_line(MAIL, None)
    assert line.mark is Mark.WELL
    assert line.said == (
        "smtp.gmail.com:587 (starttls) answers, its certificate is trusted, "
        "it takes the login of orders@example.com; nothing was sent"
    )


@pytest.mark.parametrize(
    ("failure", "advice", "outside"),
    [
        (Failure(Trouble.LOGIN, 535, "the mail server refused the login"), "app password", False),
        (
            Failure(Trouble.UNREACHABLE, 0, "the mail server cannot be reached"),
            "mail.host and mail.port",
            True,
        ),
        (Failure(Trouble.UNREACHABLE, 0, "the mail server does not answer as it should"), "mail.port", True),
        (Failure(Trouble.UNREACHABLE, 421, "the mail server is not ready for now"), "mail.port", True),
        (
            Failure(
                Trouble.UNREACHABLE, 0, "the mail server's TLS certificate or protocol cannot be trusted"
            ),
            "the name that the server's certificate has",
            False,
        ),
        (
            Failure(Trouble.UNREACHABLE, 0, "the mail server offers no STARTTLS, so nothing was sent to it"),
            "mail.security: tls",
            False,
        ),
        (
            Failure(Trouble.LOGIN, 0, "the mail server offers no way to log in that we know"),
            "app password",
            False,
        ),
        (Failure(Trouble.QUOTA, 550, "the mail account has reached its sending limit"), "mail.per_day", True),
        (
            Failure(Trouble.REFUSED, 550, "the mail server refused the recipient"),
            "recipient's address",
            False,
        ),
        (Failure(Trouble.LATER, 450, "the mail server refused the message for now"), "few minutes", True),
        (Failure(Trouble.UNCERTAIN, 0, "the mail server did not confirm: maybe sent"), "has arrived", True),
    ],
)
def test_each_failure_has_its_advice(failure: Failure, advice: str, outside: bool) -> None:
    line = failed_line("server", failure, MAIL)
    assert line.mark is Mark.WRONG
    assert failure.text in line.said
    assert advice in line.advice
    assert line.outside is outside


@pytest.mark.parametrize(
    ("sender", "user", "host", "mark"),
    [
        ("orders@example.com", "orders@example.com", "smtp.gmail.com", Mark.WELL),
        ("orders@example.com", "", "relay.example.com", Mark.WELL),
        ("orders@example.com", "apikey", "smtp.sendgrid.net", Mark.WELL),
        ("shop@gmail.com", "shop@gmail.com", "smtp.gmail.com", Mark.WELL),
        ("orders@example.com", "desk@example.org", "mail.example.org", Mark.HINT),
        ("shop@gmail.com", "shop@gmail.com", "mail.example.org", Mark.WRONG),
        ("orders@example.com", "shop@gmail.com", "smtp.gmail.com", Mark.WRONG),
    ],
)
def test_a_sender_in_somebody_elses_name_is_told(sender: str, user: str, host: str, mark: Mark) -> None:
    assert sender_line(replace(MAIL, sender=f"Desk <{sender}>", user=user, host=host)).mark is mark


def test_the_records_to_look_up_are_named() -> None:
    said = sender_line(MAIL).said
    assert "TXT records at example.com (it should have include:_spf.google.com)" in said
    assert "google._domainkey.example.com" in said
    assert "_dmarc.example.com" in said


def test_a_rehearsal_is_told_as_a_hint() -> None:
    assert rehearsal_lines(MAIL) == ()
    [line] = rehearsal_lines(replace(MAIL, only_to=("me@example.com",)))
    assert line.mark is Mark.HINT
    assert "me@example.com" in line.said


# ── the test mail ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_test_mail_is_sent_once_and_the_answer_is_told() -> None:
    mailer = MemoryMailer()
    line = send_trial(mailer, renderer(), trial_draft("ops@example.com", MAIL, "en", NOW), MAIL, NOW)
    assert line.mark is Mark.WELL
    assert "and said: 250 kept" in line.said
    assert "Authentication-Results" in line.said
    [letter] = mailer.letters
    assert letter.recipient == "ops@example.com"
    assert b"Subject: =?utf-8?q?Test_mail" in letter.body


def test_a_test_mail_that_fails_is_not_tried_again() -> None:
    mailer = MemoryMailer()
    mailer.fail("data", Failure(Trouble.LATER, 451, "the mail server refused the message for now"))
    line = send_trial(mailer, renderer(), trial_draft("ops@example.com", MAIL, "en", NOW), MAIL, NOW)
    assert (line.mark, line.outside) == (Mark.WRONG, True)
    assert mailer.letters == []


def test_two_test_mails_are_two_to_every_server() -> None:
    drafts = [trial_draft("a@example.com", MAIL, "en", NOW.replace(microsecond=m)) for m in (1, 2)]
    assert drafts[0].id != drafts[1].id


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"]
)
def test_a_test_mail_goes_to_one_plain_address(address: str) -> None:
    line = refusal(address, MAIL)
    assert line is not None
    assert "is not an e-mail address" in line.said


def test_a_test_mail_keeps_to_the_rehearsal() -> None:
    mail = replace(MAIL, only_to=("example.com", "me@example.org"))
    assert refusal("ops@example.com", mail) is None
    assert refusal("me@example.org", mail) is None
    line = refusal("you@example.org", mail)
    assert line is not None
    assert "nothing was sent" in line.said


def renderer() -> Renderer:
    return Renderer(MAIL.sender, ZoneInfo("Asia/Shanghai"))
