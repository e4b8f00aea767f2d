"""Starts and stops the desk: in the foreground for a person, in a thread for tests."""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import Request, urlopen

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.desk.core import Core
from bot.desk.door import CONNECTION, LOOPBACK, Door
from bot.desk.mailbox import MailServer

SMALL = 256 * 1024  #: bytes; joining more costs more than a second packet


class _Together:
    """A transport that sends what is written in one turn of the loop in one piece: head and body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop):
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held = self._held, []
        if sum(map(len, held)) <= SMALL:
            held = [b"".join(held)] if held else []
        for part in held:
            self._transport.write(part)


class _Protocol(HttpToolsProtocol):
    """HTTP/1.1 whose scope knows its connection, so that a fault can cut it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(_Together(transport, self.loop))  # type: ignore[arg-type]

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[CONNECTION] = self.transport  # type: ignore[literal-required]


def _listen(host: str, port: int) -> socket.socket:
    if host not in LOOPBACK:
        raise ValueError(f"The desk listens on loopback only, not on {host}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise OSError(error.errno, f"Port {port} on {host} cannot be used: {error.strerror}") from error
    return listening


class _Running:
    """The desk's sockets, files and servers, opened together and closed together."""

    def __init__(self, host: str, port: int, smtp_port: int, data: Path, tokens: dict[str, str] | None):
        self.http = _listen(host, port)
        try:
            self.smtp = _listen(host, smtp_port)
        except OSError:
            self.http.close()
            raise
        self.core = Core(data, tokens)
        self.mail = MailServer(self.core.mailbox, self.smtp)
        self.server = uvicorn.Server(
            uvicorn.Config(
                Door(self.core),
                http=_Protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=1,
            )
        )

    def run(self) -> None:
        """Serve until told to stop."""
        self.mail.start()
        try:
            self.server.run(sockets=[self.http])
        finally:
            self.mail.stop()
            self.core.close()
            self.http.close()
            self.smtp.close()


def serve(
    port: int,
    smtp_port: int,
    data: Path,
    *,
    host: str = "127.0.0.1",
    tokens: dict[str, str] | None = None,
) -> None:
    """Run the desk until SIGTERM or SIGINT; says on standard output where it is."""
    running = _Running(host, port, smtp_port, data, tokens)
    shown = f"[{host}]" if ":" in host else host
    http_port, mail_port = running.http.getsockname()[1], running.smtp.getsockname()[1]
    sys.stdout.write(f"Desk: http://{shown}:{http_port}  mail: smtp://{shown}:{mail_port}  data: {data}\n")
    sys.stdout.flush()
    try:
        running.run()
    except KeyboardInterrupt:
        return


class Desk:
    """A desk in a thread of this process: `with Desk(data=tmp_path) as desk: desk.url`."""

    def __init__(
        self,
        data: Path | None = None,
        *,
        port: int = 0,
        smtp_port: int = 0,
        tokens: dict[str, str] | None = None,
    ):
        self._data = data
        self._ports = (port, smtp_port)
        self._tokens = tokens
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Desk:
        data = self._data
        if data is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="desk-")
            data = Path(self._temporary.name)
        self._running = _Running("127.0.0.1", *self._ports, data, self._tokens)
        self._thread = threading.Thread(target=self._running.run, name="desk-http", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.server.should_exit = True
        self._thread.join(10)
        if self._temporary is not None:
            self._temporary.cleanup()

    @property
    def url(self) -> str:
        """Where the desk answers HTTP."""
        return f"http://127.0.0.1:{self._running.http.getsockname()[1]}"

    @property
    def smtp_port(self) -> int:
        """Where the desk takes mail."""
        return int(self._running.smtp.getsockname()[1])

    def mails(self) -> list[dict[str, Any]]:
        """The mails in the mailbox, newest first."""
        return self._running.core.mailbox.mails()

    def workbook(self, title: str, timezone: str = "Asia/Shanghai", locale: str = "zh_CN") -> str:
        """Make a workbook with one empty sheet; returns the spreadsheet's id."""
        properties = {"title": title, "timeZone": timezone, "locale": locale}
        request = Request(  # noqa: S310 - our own address
            f"{self.url}/v4/spreadsheets", orjson.dumps({"properties": properties})
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
            return str(orjson.loads(answer.read())["spreadsheetId"])
