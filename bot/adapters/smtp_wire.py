"""One SMTP conversation on a socket, every step of it under one deadline, opened by yagmail.

smtplib's own timeout starts anew with every byte, so a server that drips keeps a client for ever. Here a step has a
moment at which it ends, whatever the server does: the name lookup, each address tried, TLS, and all reads and writes
share it. This module decides nothing about messages. It is imported when the first mail is sent, because an idle
worker needs neither yagmail nor the memory it takes.
"""

from __future__ import annotations

import io
import queue
import re
import smtplib
import socket
import ssl
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

import yagmail

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: The most bytes one reply may have; a server that sends lines without end is cut off.
LARGEST_REPLY = 64 * 1024

_REPLY_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\r\n]*))?\r?\n")


class NoReply(smtplib.SMTPServerDisconnected):
    """The connection ended, or what came was no SMTP reply, or it came too late; the socket is closed."""


class Wire(smtplib.SMTP):
    """smtplib's client with a deadline a step, strict replies and no Nagle delay.

    `context` given means TLS from the first byte. The commands are smtplib's own.
    """

    def __init__(
        self, host: str, port: int | str, *, name: str, seconds: float, context: ssl.SSLContext | None = None
    ) -> None:
        self._context = context
        self._until = monotonic() + seconds
        # A local name is given because smtplib would otherwise ask the resolver for one, without any time limit.
        super().__init__(host, int(port), local_hostname=name, timeout=seconds)

    def allow(self, seconds: float) -> None:
        """Begin a step that must end within so many seconds."""
        self._until = monotonic() + seconds

    def left(self) -> float:
        """Seconds left for this step. Raises TimeoutError when there are none."""
        seconds = self._until - monotonic()
        if seconds <= 0:
            raise TimeoutError("the deadline passed")
        return seconds

    @property
    def is_open(self) -> bool:
        """Whether there is a socket; it may have been closed by the other side all the same."""
        return self.sock is not None

    def send(self, s: ReadableBuffer | str) -> None:
        """Hand everything to the system, or close the socket and raise NoReply."""
        if self.sock is None:
            raise NoReply("there is no connection")
        rest = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        try:
            while rest:
                self.sock.settimeout(self.left())
                rest = rest[self.sock.send(rest) :]
        except OSError:
            self.close()
            raise NoReply("the connection ended while sending") from None

    def getreply(self) -> tuple[int, bytes]:
        """One whole, well-formed reply; anything else closes the socket and raises NoReply.

        smtplib takes "25" before an end of file for a reply, and the last of several differing codes for the answer.
        After the final dot that would turn doubt into certainty, so it is not one here.
        """
        if self.sock is None:
            raise NoReply("there is no connection")
        if self.file is None:
            self.file = io.BufferedReader(_Incoming(self, self.sock))
        try:
            code, lines = _read_reply(self.file)
            # A TLS handshake that follows uses the socket's own timeout.
            self.sock.settimeout(self.left())
        except (OSError, ValueError):
            self.close()
            raise NoReply("no proper reply") from None
        return code, b"\n".join(lines)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        addresses = _addresses(host, port, self.left())
        for turn, (family, kind, protocol, _, address) in enumerate(addresses):
            try:
                sock = socket.socket(family, kind, protocol)
            except OSError:
                continue
            try:
                # Each address gets an equal share of what is left, so that a dead IPv6 route leaves time for IPv4.
                sock.settimeout(self.left() / (len(addresses) - turn))
                sock.connect(address)
            except OSError:
                sock.close()
                continue
            return self._prepared(sock, host)
        raise OSError("no address of the mail server answers")

    def _prepared(self, sock: socket.socket, host: str) -> socket.socket:
        # Without this a kept TLS connection waits some 40 ms a message for a delayed acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is None:
            return sock
        try:
            sock.settimeout(self.left())
            return self._context.wrap_socket(sock, server_hostname=host)
        except OSError:
            sock.close()
            raise
        except ValueError:
            sock.close()
            raise OSError("the mail server's name cannot be one in a certificate") from None


class _Incoming(io.RawIOBase):
    """The socket as a file whose every read has what is left of the step."""

    def __init__(self, wire: Wire, sock: socket.socket) -> None:
        super().__init__()
        self._wire = wire
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._wire.left())
        return self._sock.recv_into(buffer)


def _read_reply(file: Any) -> tuple[int, list[bytes]]:
    """A reply's code and lines. Raises ValueError when it is not one."""
    codes: set[bytes] = set()
    lines: list[bytes] = []
    size = 0
    while True:
        line = file.readline(LARGEST_REPLY)
        size += len(line)
        match = _REPLY_LINE.fullmatch(line)
        if match is None or size > LARGEST_REPLY:
            raise ValueError("not an SMTP reply")
        codes.add(match[1])
        lines.append((match[3] or b"").strip())
        if match[2] != b"-":
            break
    if len(codes) > 1:
        raise ValueError("a reply with two codes")
    return int(match[1]), lines


def _addresses(host: str, port: int, seconds: float) -> list[Any]:
    """The host's addresses, or an OSError in time: the resolver itself cannot be given a deadline."""
    answers: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError):
            answers.put(OSError("the mail server's name is unknown"))

    threading.Thread(target=look_up, name="name lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("the name lookup took too long") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


class Sender(yagmail.SMTP):  # type: ignore[misc]  # yagmail ships no types
    """yagmail, which opens, secures and authenticates; the conversation is a Wire's."""

    @property
    def connection(self) -> type[Wire]:
        """The class yagmail makes its connection from."""
        return Wire

    @property
    def wire(self) -> Wire | None:
        """The connection as far as it came; None before there was one."""
        wire: Wire | None = self.smtp
        return wire

    def forget(self) -> None:
        """Close the socket without a word; yagmail's own farewell, when it is collected, then has no way out."""
        if self.wire is not None:
            self.wire.close()


def new_sender(
    host: str,
    port: int,
    *,
    user: str,
    password: str,
    name: str,
    seconds: float,
    implicit_tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
) -> Sender:
    """A sender that has not connected yet; `name` is what we call ourselves in EHLO."""
    sender = Sender(
        # As a mapping, because yagmail makes "apikey" into "apikey@gmail.com", and never None, because then it reads
        # ~/.yagmail; the password is never None either, because then it asks on the terminal.
        user={user: user},
        password=password,
        host=host,
        port=port,
        smtp_ssl=implicit_tls is not None,
        smtp_starttls={"context": starttls} if starttls is not None else False,
        smtp_skip_login=not user,
        soft_email_validation=False,
        name=name,
        seconds=seconds,
        context=implicit_tls,
    )
    sender.set_logging(None)
    return sender
