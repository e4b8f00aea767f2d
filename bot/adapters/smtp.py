"""The way out for mail: yagmail opens one connection a batch, and what each reply means is told exactly.

    connect ─► MAIL ─► RCPT ─► (the outbox commits `sending`) ─► DATA … final dot ─► 250

Up to the final dot every failure is certainly not a sent mail. After it only a whole, well-formed reply is an answer.
This module neither retries nor decides what becomes of a message; `delivery` does.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from ssl import SSLContext, SSLError, SSLSocket, TLSVersion, create_default_context
from typing import TYPE_CHECKING, Literal

from bot.adapters.smtp_replies import Step, failure_of, scrubbed
from bot.outbox import Failure, Trouble
from bot.ports import MailConnection, MailFailed

if TYPE_CHECKING:
    from bot.adapters.smtp_wire import Sender, Wire

#: The longest wait for the answer to QUIT, in seconds: nothing depends on it.
QUIT_SECONDS = 2.0

# What smtplib can put into RCPT without reading it as something else: one mailbox, no quotes, lists or comments.
_MAILBOX = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,255}")
_BARE_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class SmtpSettings:
    """Where mail goes out and as whom."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    #: "" means that the server asks for no login.
    user: str
    password: str = field(repr=False)
    #: The envelope sender, to which bounces go.
    sender_address: str
    #: Seconds for each of: opening with login, the envelope, the message with its answer.
    deadline_seconds: float = 60


def is_loopback(host: str) -> bool:
    """Whether a host written like this is this machine, without asking a resolver."""
    with suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host.casefold() == "localhost"


class YagmailMailer:
    """Mailer over SMTP by yagmail. Certificates are always verified; a private authority goes in SSL_CERT_FILE."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    @cached_property
    def _tls(self) -> SSLContext:
        # Kept, because reading the authorities' certificates takes some 30 ms, more than the rest of a connection.
        context = create_default_context()
        context.minimum_version = TLSVersion.TLSv1_2
        return context

    @contextmanager
    def connect(self) -> Iterator[MailConnection]:
        """Open, secure and log in; at the end say QUIT and close, whatever the server does then."""
        opened = self._opened()
        if isinstance(opened, Failure):
            # Raised here and not where it was met, so that no exception of smtplib, which may hold the password or
            # an address, travels along as its context.
            raise MailFailed(opened)
        sender, wire = opened
        try:
            yield _Conversation(wire, self._settings)
        finally:
            _say_goodbye(wire, min(QUIT_SECONDS, self._settings.deadline_seconds))
            sender.forget()

    def _opened(self) -> tuple[Sender, Wire] | Failure:
        refusal = _refused_before_connecting(self._settings)
        if refusal:
            return Failure(Trouble.LOGIN, 0, refusal)
        # An idle worker needs no yagmail, so it is imported when the first mail is sent.
        from bot.adapters.smtp_wire import new_sender  # noqa: PLC0415

        settings = self._settings
        sender = new_sender(
            settings.host,
            settings.port,
            user=settings.user,
            password=settings.password,
            name=_own_name(settings.sender_address),
            seconds=settings.deadline_seconds,
            implicit_tls=self._tls if settings.security == "tls" else None,
            starttls=self._tls if settings.security == "starttls" else None,
        )
        try:
            sender.login()
            wire = sender.wire
            if wire is not None:
                wire.ehlo_or_helo_if_needed()
                return sender, wire
            failure = Failure(Trouble.UNREACHABLE, 0, "there is no connection to the mail server")
        except (OSError, ValueError) as error:
            failure = _opening_failure(error, sender.wire, settings)
        sender.forget()
        return failure


class _Conversation:
    """An open connection. After a failure without a reply it is of no more use, and says so each time."""

    def __init__(self, wire: Wire, settings: SmtpSettings) -> None:
        self._wire = wire
        self._settings = settings
        self._needs_reset = False
        #: What no text about the present message may show.
        self._private: tuple[str, ...] = ()

    def envelope(self, recipient: str) -> None:
        failure = self._envelope(recipient)
        if failure is not None:
            raise MailFailed(failure)

    def data(self, body: bytes) -> str:
        answer = self._data(body)
        if isinstance(answer, Failure):
            raise MailFailed(answer)
        return answer

    def _envelope(self, recipient: str) -> Failure | None:
        if not _MAILBOX.fullmatch(recipient):
            return Failure(Trouble.REFUSED, 553, "the recipient's address is not a valid mailbox")
        options = () if recipient.isascii() else ("SMTPUTF8",)
        if options and not self._wire.has_extn("smtputf8"):
            return Failure(
                Trouble.REFUSED, 553, "the mail server cannot send to addresses with letters beyond ASCII"
            )
        self._private = _private_words(self._settings, recipient)
        self._wire.allow(self._settings.deadline_seconds)
        try:
            if self._needs_reset:
                self._wire.rset()
            self._needs_reset = True
            code, said = self._wire.mail(self._settings.sender_address, options)
        except (OSError, ValueError):
            return Failure(Trouble.UNREACHABLE, 0, "the mail server ended the conversation")
        if code != 250:
            return self._refused(Step.SENDER, code, said)
        try:
            code, said = self._wire.rcpt(recipient)
        except (OSError, ValueError):
            # A server that goes silent over one recipient must not stop the others, so this is about the message.
            return Failure(Trouble.LATER, 0, "the mail server ended the conversation at the recipient")
        if code not in (250, 251):
            return self._refused(Step.RECIPIENT, code, said)
        return None

    def _data(self, body: bytes) -> str | Failure:
        content = _with_doubled_dots(_with_proper_line_ends(body))
        self._wire.allow(self._settings.deadline_seconds)
        try:
            code, said = self._wire.docmd("DATA")
            if code == 354:
                self._wire.send(content)
        except (OSError, ValueError):
            # The final dot was not even handed to the system, and a server must not keep a message without it.
            return Failure(
                Trouble.LATER, 0, "the mail server ended the conversation before the message was whole"
            )
        if code != 354:
            return self._refused(Step.CONTENT, code, said)
        try:
            self._wire.send(b".\r\n")
            code, said = self._wire.getreply()
        except (OSError, ValueError):
            return Failure(Trouble.UNCERTAIN, 0, "the mail server did not confirm: maybe sent")
        if 200 <= code < 300:
            self._needs_reset = False
            return f"{code} {scrubbed(said.decode('utf-8', 'replace'), self._private)}".strip()
        if code < 400:
            self._wire.close()
            return Failure(Trouble.UNCERTAIN, 0, "the mail server gave no clear answer: maybe sent")
        return self._refused(Step.CONTENT, code, said)

    def _refused(self, step: Step, code: int, said: bytes) -> Failure:
        if code < 400:
            # Neither yes nor no: we no longer know which question the server is answering.
            self._wire.close()
            return Failure(Trouble.LATER, 0, "the mail server gave no clear answer")
        return failure_of(step, code, said.decode("utf-8", "replace"), self._private)


def _refused_before_connecting(settings: SmtpSettings) -> str:
    """Why no connection is even tried with these settings; "" when one is."""
    if settings.security == "none" and not is_loopback(settings.host):
        return "mail.security is none, which is for this machine alone: use starttls or tls"
    if settings.user and not settings.password:
        return "mail.user is set but there is no password: set BOT_MAIL__PASSWORD"
    if not (settings.user + settings.password).isascii():
        return "the mail login has letters beyond ASCII, which the login methods cannot carry"
    if not _MAILBOX.fullmatch(settings.sender_address) or not settings.sender_address.isascii():
        return "the sender's address is not a valid mailbox"
    return ""


def _own_name(sender_address: str) -> str:
    """What we call ourselves in EHLO: Google's relay turns "localhost" and bare addresses away."""
    domain = sender_address.rpartition("@")[2]
    return domain if "." in domain else "[127.0.0.1]"


def _opening_failure(error: Exception, wire: Wire | None, settings: SmtpSettings) -> Failure:
    """What a failed opening means. `error` may hold secrets; nothing of its text is passed on but a reply's."""
    secured = wire is not None and isinstance(wire.sock, SSLSocket)
    if isinstance(error, SMTPNotSupportedError) and settings.security == "starttls" and not secured:
        return Failure(
            Trouble.UNREACHABLE, 0, "the mail server offers no STARTTLS, so nothing was sent to it"
        )
    if isinstance(error, SMTPAuthenticationError):
        return failure_of(Step.LOGIN, error.smtp_code, _words(error))
    if isinstance(error, SMTPResponseException):
        return failure_of(Step.GREETING, error.smtp_code, _words(error), _private_words(settings, ""))
    if isinstance(error, SSLError):
        return Failure(
            Trouble.UNREACHABLE, 0, "the mail server's TLS certificate or protocol cannot be trusted"
        )
    if isinstance(error, SMTPServerDisconnected):
        return Failure(Trouble.UNREACHABLE, 0, "the mail server does not answer as it should")
    if isinstance(error, SMTPException | ValueError):
        return Failure(Trouble.LOGIN, 0, "the mail server offers no way to log in that we know")
    return Failure(Trouble.UNREACHABLE, 0, "the mail server cannot be reached")


def _words(error: SMTPResponseException) -> str:
    said = error.smtp_error
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _private_words(settings: SmtpSettings, recipient: str) -> tuple[str, ...]:
    addresses = (settings.user, settings.sender_address, recipient)
    parts = [part for address in addresses for part in (address, *address.split("@"))]
    return (settings.password, *parts)


def _with_proper_line_ends(body: bytes) -> bytes:
    """The body with CRLF everywhere and at its end: a bare LF or CR could hide a second message in the first."""
    if not body.count(b"\r\n") == body.count(b"\n") == body.count(b"\r"):
        body = _BARE_LINE_END.sub(b"\r\n", body)
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _with_doubled_dots(content: bytes) -> bytes:
    """The content, whose lines end in CRLF, as it travels: a line with nothing but a dot would end it."""
    content = content.replace(b"\r\n.", b"\r\n..")
    return b"." + content if content.startswith(b".") else content


def _say_goodbye(wire: Wire, seconds: float) -> None:
    if wire.is_open:
        wire.allow(seconds)
        with suppress(OSError, ValueError):
            wire.quit()
