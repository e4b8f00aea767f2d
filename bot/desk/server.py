"""Starts and stops the desk: in the foreground for a person, in a thread for tests."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import Request, urlopen

import orjson

from bot.desk.access.accounts import Account
from bot.desk.core import Core
from bot.desk.mail.mailbox import MailServer
from bot.desk.parts import Parts
from bot.desk.web.door import Door
from bot.desk.web.listening import HttpServer, hosts, listen
from bot.desk.web.origins import LOOPBACK


class _Running:
    """The desk's sockets, files and servers, opened together and closed together."""

    def __init__(self, host: str, port: int, smtp_port: int, data: Path, accounts: Sequence[Account]):
        self.http = listen(host, port, beyond=bool(accounts))
        try:
            # Mail needs no login, so it stays on this machine wherever HTTP is.
            self.smtp = listen(host if host in LOOPBACK else "127.0.0.1", smtp_port)
        except OSError:
            self.http.close()
            raise
        self.http_port = int(self.http.getsockname()[1])
        self.smtp_port = int(self.smtp.getsockname()[1])
        self.parts = Parts(data, accounts)
        self.mail = MailServer(self.parts.mailbox, self.smtp)
        self.server = HttpServer(Door(Core(self.parts), hosts(host, self.http)), self.http)

    def run(self) -> None:
        """Serve until told to stop."""
        self.mail.start()
        try:
            self.server.run()
        finally:
            self.mail.stop()
            self.parts.close()
            self.http.close()
            self.smtp.close()


def serve(
    port: int,
    smtp_port: int,
    data: Path,
    *,
    host: str = "127.0.0.1",
    users: Sequence[Account] = (),
) -> None:
    """Run the desk until SIGTERM or SIGINT; says on standard output where it is."""
    running = _Running(host, port, smtp_port, data, users)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.server.stop())
    shown = f"[{host}]" if ":" in host else host
    mail = shown if host in LOOPBACK else "127.0.0.1"
    sys.stdout.write(
        f"Desk: http://{shown}:{running.http_port}  mail: smtp://{mail}:{running.smtp_port}  data: {data}\n"
    )
    sys.stdout.flush()
    running.run()


class Desk:
    """A desk in a thread of this process: `with Desk(data=tmp_path) as desk: desk.url`."""

    def __init__(
        self,
        data: Path | None = None,
        *,
        port: int = 0,
        smtp_port: int = 0,
        users: Sequence[Account] = (),
    ):
        self._data = data
        self._ports = (port, smtp_port)
        self._users = tuple(users)
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Desk:
        data = self._data
        if data is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="desk-")
            data = Path(self._temporary.name)
        self._running = _Running("127.0.0.1", *self._ports, data, self._users)
        self._thread = threading.Thread(target=self._running.run, name="desk-http", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.server.stop()
        self._thread.join(10)
        if self._temporary is not None:
            self._temporary.cleanup()

    @property
    def url(self) -> str:
        """Where the desk answers HTTP."""
        return f"http://127.0.0.1:{self._running.http_port}"

    @property
    def smtp_port(self) -> int:
        """Where the desk takes mail."""
        return self._running.smtp_port

    def mails(self) -> list[dict[str, Any]]:
        """The mails in the mailbox, newest first."""
        return self._running.parts.mailbox.mails()

    def workbook(self, title: str, timezone: str = "Asia/Shanghai", locale: str = "zh_CN") -> str:
        """Make a workbook with one empty sheet, for the first owner; returns the spreadsheet's id."""
        wanted = {"title": title, "timezone": timezone, "locale": locale}
        owner = next((one.token for one in self._users if one.role == "owner"), "")
        request = Request(  # noqa: S310 - our own address
            f"{self.url}/_desk/workbooks", orjson.dumps(wanted), {"Authorization": f"Bearer {owner}"}
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
            return str(orjson.loads(answer.read())["id"])
