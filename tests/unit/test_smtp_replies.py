"""What replies mean, told from real servers' words."""

from __future__ import annotations

import pytest

from bot.adapters.smtp_replies import LONGEST_TEXT, Step, failure_of, scrubbed
from bot.outbox import Trouble


@pytest.mark.parametrize(
    ("step", "code", "said", "trouble"),
    [
        # Google Workspace
        (Step.CONTENT, 550, "5.4.5 Daily user sending limit exceeded.", Trouble.QUOTA),
        (Step.SENDER, 550, "5.7.1 Daily SMTP relay limit exceeded for customer.", Trouble.QUOTA),
        (Step.RECIPIENT, 450, "4.2.1 Peak SMTP relay limit exceeded for customer.", Trouble.QUOTA),
        (Step.LOGIN, 454, "4.7.0 Too many login attempts, please try again later.", Trouble.QUOTA),
        (Step.GREETING, 421, "4.7.0 Try again later, closing connection.", Trouble.QUOTA),
        (Step.CONTENT, 421, "4.7.28 Gmail has detected an unusual rate of mail", Trouble.QUOTA),
        (Step.LOGIN, 535, "5.7.8 Username and Password not accepted.", Trouble.LOGIN),
        (Step.LOGIN, 534, "5.7.9 Application-specific password required.", Trouble.LOGIN),
        (Step.LOGIN, 454, "4.7.0 Cannot authenticate due to temporary system problem.", Trouble.LOGIN),
        (
            Step.RECIPIENT,
            452,
            "4.2.2 The email account that you tried to reach is over quota.",
            Trouble.LATER,
        ),
        (Step.RECIPIENT, 552, "5.2.2 The recipient's inbox is out of storage space", Trouble.REFUSED),
        (Step.RECIPIENT, 421, "4.7.0 TLS required for RCPT domain, closing connection.", Trouble.LATER),
        (Step.RECIPIENT, 450, "4.2.1 The user is receiving mail too quickly.", Trouble.LATER),
        # Amazon SES
        (Step.CONTENT, 454, "Throttling failure: Maximum sending rate exceeded.", Trouble.QUOTA),
        (Step.CONTENT, 454, "Throttling failure: Daily message quota exceeded.", Trouble.QUOTA),
        # Exchange Online
        (
            Step.CONTENT,
            554,
            "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
            Trouble.QUOTA,
        ),
        (Step.RECIPIENT, 550, "5.1.90 You've reached your daily limit for message recipients", Trouble.QUOTA),
        # Tencent and NetEase
        (Step.CONTENT, 550, "Sender frequency limited", Trouble.QUOTA),
        (Step.SENDER, 451, "MI:SFQ 163 smtp1,example", Trouble.QUOTA),
        (Step.CONTENT, 554, "DT:SPM 163 smtp1,example", Trouble.REFUSED),
        # Postfix
        (Step.RECIPIENT, 450, "4.2.0 Recipient address rejected: Greylisted", Trouble.LATER),
        (Step.RECIPIENT, 530, "5.7.0 Must issue a STARTTLS command first", Trouble.LOGIN),
        (Step.SENDER, 553, "5.7.1 Sender address rejected: not owned by user", Trouble.LOGIN),
        (Step.SENDER, 421, "4.3.2 Service shutting down", Trouble.UNREACHABLE),
        (Step.GREETING, 554, "5.7.1 No SMTP service here", Trouble.UNREACHABLE),
        (Step.CONTENT, 552, "5.3.4 Message size exceeds fixed limit", Trouble.REFUSED),
        (Step.RECIPIENT, 552, "5.2.2 mailbox quota exceeded", Trouble.REFUSED),
        (Step.RECIPIENT, 554, "5.2.2 message quota exceeded", Trouble.REFUSED),
    ],
)
def test_a_reply_means_what_its_server_meant(step: Step, code: int, said: str, trouble: Trouble) -> None:
    failure = failure_of(step, code, said)
    assert (failure.trouble, failure.code) == (trouble, code)


@pytest.mark.parametrize(
    "said",
    [
        "5.1.1 <ada.lovelace@customer.example>: unknown",
        "5.1.1 ada.lovelace@customer.example unknown",
        "5.1.1 ADA.LOVELACE at Customer.Example unknown",
        "5.1.1 ada.lovelace=40customer.example unknown",
        "5.1.1 user ada.lovelace unknown at [203.0.113.7]",
        "5.1.1 see https://postmaster.example/?who=ada.lovelace%40customer.example",
    ],
)
def test_a_text_says_why_and_not_who(said: str) -> None:
    private = ("ada.lovelace@customer.example", "ada.lovelace", "customer.example")
    text = failure_of(Step.RECIPIENT, 550, said, private).text
    assert text.startswith("the mail server refused the recipient: 5.1.1 ")
    for part in ("ada", "ADA", "customer", "Customer", "203.0.113.7", "@"):
        assert part not in text


def test_a_text_is_one_short_line() -> None:
    text = failure_of(Step.CONTENT, 554, "5.7.1 spam\n\x1b[31m\u2028" + "very bad " * 50).text
    assert len(text) <= LONGEST_TEXT
    assert text.isprintable()


def test_a_word_of_the_name_inside_another_word_stays() -> None:
    assert scrubbed("information about info", ("info",)) == "information about …"


def test_a_refused_login_passes_on_nothing_the_server_said() -> None:
    assert (
        failure_of(Step.LOGIN, 535, "AUTH PLAIN AGEAYg== is wrong").text
        == "the mail server refused the login"
    )
