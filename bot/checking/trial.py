"""One test mail through the real mailer: what it says, whether it may go, and sending it. The outbox never sees it."""

from __future__ import annotations

from datetime import datetime

from bot.checking.lines import Line, well, wrong
from bot.checking.mail_lines import failed_line, server_named
from bot.delivery import is_allowed
from bot.mails.rendering import Renderer
from bot.planning.catalog import is_address
from bot.planning.notices import Draft, Recipient, TrialMail
from bot.ports import Mailer, MailFailed
from bot.settings import MailSettings

_NAME = "test mail"


def trial_draft(address: str, mail: MailSettings, language: str, now: datetime) -> Draft:
    """The mail. Its id has the moment, so that two tests are two mails to every server on the way."""
    return Draft(
        id=f"test_mail:{now:%Y%m%dT%H%M%S-%f}",
        kind="test_mail",
        recipient=Recipient("", address, language),
        reply_to=None,
        content=TrialMail(server_named(mail), now),
    )


def refusal(address: str, mail: MailSettings) -> Line | None:
    """Why no mail goes to this address; None when one may."""
    if not is_address(address):
        return wrong(
            _NAME, f"'{address}' is not an e-mail address", "Write one address, such as you@example.com."
        )
    if not is_allowed(address, mail.only_to):
        return wrong(
            _NAME,
            f"mail.only_to is on, and {address} is not among {', '.join(mail.only_to)}: nothing was sent",
            "Name an address that mail.only_to allows, or add this one to it.",
        )
    return None


def send_trial(mailer: Mailer, renderer: Renderer, draft: Draft, mail: MailSettings, now: datetime) -> Line:
    """Send it once, whatever comes of it, and say what the server answered."""
    address = draft.recipient.email
    body = renderer.message(draft, now)
    try:
        with mailer.connect() as connection:
            connection.envelope(address)
            answer = connection.data(body)
    except MailFailed as error:
        return failed_line(_NAME, error.failure, mail)
    return well(
        _NAME,
        f"{server_named(mail)} took the mail for {address} and said: {answer}\n"
        "Now open it there, show its headers (in Gmail: ⋮, Show original) and look in Authentication-Results for\n"
        "spf=pass, dkim=pass and dmarc=pass. No line, or no mail? Look into the spam folder and at `check`, sender.",
    )
