"""An SMTP server on loopback that follows the protocol until a script says otherwise, at any point of it.

    server.next("RCPT", Say("550 5.1.1 no such user"))     the next RCPT is refused
    server.next("DOT", Drop(keep=True))                    the message arrives, its 250 does not
    server.always("AUTH", Mute())                          every AUTH meets silence

Points in order: GREETING EHLO STARTTLS HANDSHAKE AUTH MAIL RCPT DATA (the command) CONTENT (its first bytes)
DOT (its end) RSET QUIT.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import re
import socket
import ssl
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True)
class Say:
    """Answer with this instead of the usual; then go on, or hang up."""

    text: str
    #: Nothing is added, not even the end of the line.
    exact: bool = False
    then_drop: bool = False
    #: Seconds before it is said.
    after: float = 0
    #: A message that met this at DOT was stored all the same.
    keep: bool = False
    #: Seconds between single bytes.
    drip: float = 0


@dataclass(frozen=True)
class Drop:
    """Hang up without a word."""

    keep: bool = False


@dataclass(frozen=True)
class Mute:
    """Say nothing any more and keep the connection open."""

    keep: bool = False


@dataclass(frozen=True)
class Sip:
    """Read on, but only so many bytes at a time with so many seconds between."""

    size: int
    seconds: float


Action = Say | Drop | Mute | Sip


@dataclass(frozen=True)
class Taken:
    """A message the server has stored."""

    recipient: str
    body: bytes


class _HangUp(Exception):
    pass


class ScriptedSmtp:
    """The server; a context manager. What it saw is in `lines`, `taken`, `connections`."""

    def __init__(self, certificate: Path | None = None, *, implicit_tls: bool = False) -> None:
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self.implicit_tls = implicit_tls
        self.features = ["AUTH PLAIN LOGIN", "8BITMIME"]
        #: Every command line received, over all connections.
        self.lines: list[str] = []
        self.taken: list[Taken] = []
        self.connections = 0
        self._script: dict[str, deque[Action]] = defaultdict(deque)
        self._standing: dict[str, Action] = {}
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        # A small window, so that a client notices at once how a slow reader reads.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 * 1024)
        self.port: int = self._listener.getsockname()[1]

    def next(self, point: str, *actions: Action) -> None:
        """Meet the next passages of this point with these actions, one each."""
        self._script[point].extend(actions)

    def always(self, point: str, action: Action) -> None:
        """Meet every passage of this point with this action."""
        self._standing[point] = action

    def obey(self) -> None:
        """Follow the protocol from now on."""
        self._script.clear()
        self._standing.clear()

    def seen(self, verb: str) -> list[str]:
        """The command lines that begin with this verb."""
        return [line for line in self.lines if line.upper().startswith(verb)]

    def __enter__(self) -> ScriptedSmtp:
        self._start(self._accept)
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        # A blocked accept() does not notice that its socket was closed; one last visitor wakes it.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            if self._over.is_set():
                sock.close()
                return
            self.connections += 1
            self._open.append(sock)
            self._start(_Session(self, sock).run)

    def action(self, point: str) -> Action | None:
        queue = self._script[point]
        return queue.popleft() if queue else self._standing.get(point)

    def wait(self, seconds: float | None = None) -> None:
        """Time passes, or the test is over."""
        if self._over.wait(seconds):
            raise _HangUp


class _Session:
    def __init__(self, server: ScriptedSmtp, sock: socket.socket) -> None:
        self.server = server
        self.sock = sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = sock.makefile("rb")
        self.secured = False
        self.recipient = ""
        self.in_transaction = False

    def run(self) -> None:
        with contextlib.suppress(_HangUp, OSError, ValueError):
            if self.server.implicit_tls:
                self.secure()
            self.answer("GREETING", "220 scripted.example ESMTP")
            while True:
                self.command()
        for end in (self.file, self.sock):
            with contextlib.suppress(OSError):
                end.close()

    def command(self) -> None:
        raw = self.file.readline()
        if not raw:
            raise _HangUp
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        self.server.lines.append(line)
        verb = line.upper().split(" ")[0]
        if verb in ("EHLO", "HELO"):
            self.ehlo()
        elif verb == "STARTTLS":
            self.answer("STARTTLS", "220 go ahead")
            self.secure()
        elif verb == "AUTH":
            self.auth(line)
        elif verb == "MAIL" and self.in_transaction:
            self.say("503 5.5.1 nested MAIL command")
        elif verb == "MAIL":
            self.in_transaction = self.answer("MAIL", "250 sender ok").startswith("250")
        elif verb == "RCPT":
            self.recipient = re.sub(r"^RCPT TO:<(.*?)>.*$", r"\1", line, flags=re.IGNORECASE)
            self.answer("RCPT", "250 recipient ok")
        elif verb == "DATA":
            if self.answer("DATA", "354 go ahead").startswith("354"):
                self.content()
        elif verb == "RSET":
            self.in_transaction = False
            self.answer("RSET", "250 flushed")
        elif verb == "QUIT":
            self.answer("QUIT", "221 bye")
            raise _HangUp
        else:
            self.say("502 what")

    def ehlo(self) -> None:
        features = [*self.server.features]
        if self.server._tls is not None and not self.secured:
            features.append("STARTTLS")
        lines = ["scripted.example", *features]
        self.answer("EHLO", "\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]))

    def auth(self, line: str) -> None:
        if line.upper() == "AUTH LOGIN" or line.upper().startswith("AUTH LOGIN "):
            if len(line.split()) == 2:
                self.say("334 VXNlcm5hbWU6")
                self.file.readline()
            self.say("334 UGFzc3dvcmQ6")
            self.file.readline()
        self.answer("AUTH", "235 welcome")

    def secure(self) -> None:
        action = self.server.action("HANDSHAKE")
        if isinstance(action, Mute):
            self.server.wait()
        if isinstance(action, Drop):
            raise _HangUp
        assert self.server._tls is not None
        self.sock = self.server._tls.wrap_socket(self.sock, server_side=True)
        self.server._open.append(self.sock)
        self.file = self.sock.makefile("rb")
        self.secured = True

    def content(self) -> None:
        action = self.server.action("CONTENT")
        if isinstance(action, Mute):
            self.server.wait()
        if isinstance(action, Drop):
            raise _HangUp
        if isinstance(action, Sip):
            while self.sock.recv(action.size):
                self.server.wait(action.seconds)
        lines: list[bytes] = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise _HangUp
            lines.append(line[1:] if line.startswith(b".") else line)
        taken = Taken(self.recipient, b"".join(lines))
        usual = "250 taken"
        action = self.server.action("DOT")
        self.in_transaction = False
        if (
            action is None
            or getattr(action, "keep", False)
            or (isinstance(action, Say) and action.text.startswith("250"))
        ):
            self.server.taken.append(taken)
        self.act(action, usual)

    def answer(self, point: str, usual: str) -> str:
        return self.act(self.server.action(point), usual)

    def act(self, action: Action | None, usual: str) -> str:
        match action:
            case None:
                self.say(usual)
                return usual
            case Drop():
                raise _HangUp
            case Mute():
                self.server.wait()
                return ""
            case Say():
                self.say_as_told(action)
                return action.text
            case Sip():
                raise AssertionError("there is nothing to sip here")

    def say_as_told(self, told: Say) -> None:
        if told.after:
            self.server.wait(told.after)
        text = told.text if told.exact else f"{told.text}\r\n"
        if told.drip:
            for letter in text:
                self.sock.sendall(letter.encode("latin-1"))
                self.server.wait(told.drip)
        else:
            self.sock.sendall(text.encode("latin-1"))
        if told.then_drop:
            raise _HangUp

    def say(self, text: str) -> None:
        self.sock.sendall(f"{text}\r\n".encode("latin-1"))


def write_certificate(
    path: Path, *, names: tuple[str, ...] = ("127.0.0.1", "localhost"), days: tuple[int, int] = (-1, 1)
) -> Path:
    """A key and a self-signed certificate for these names in one PEM file, good between these days from now."""
    from cryptography import x509  # noqa: PLC0415  only tests with TLS pay for it
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "scripted smtp")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def _name(name: str) -> x509.GeneralName:
    from cryptography import x509  # noqa: PLC0415

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
