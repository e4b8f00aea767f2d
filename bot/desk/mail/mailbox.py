"""The desk's mailbox: a real SMTP server on loopback that delivers every mail here and to nobody else.

A mail is in the database before its 250. The mailbox has a file of its own, so that many mails a second
do not wait for the disk as workbook writes do: a crash of the machine may lose the last ones, a crash of
the desk loses none.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from bot.desk.mail.mail_parts import parsed

SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_at TEXT NOT NULL, sender TEXT NOT NULL,
    recipients TEXT NOT NULL, raw BLOB NOT NULL);
"""
LARGEST = 40 * 1024 * 1024  #: bytes


class Mailbox:
    """The mails in the file; safe to use from the SMTP thread and the HTTP thread."""

    def __init__(self, path: Path):
        self.heard: Callable[[], None] = _nobody  #: called whenever a mail came or all went
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(self, sender: str, recipients: list[str], raw: bytes) -> int:
        """Keep a mail; returns its id."""
        received = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            cursor = self._db.execute(
                "INSERT INTO mails (received_at, sender, recipients, raw) VALUES (?, ?, ?, ?)",
                (received, sender, orjson.dumps(recipients), raw),
            )
        self.heard()
        return int(cursor.lastrowid or 0)

    def mails(self, limit: int = -1) -> list[dict[str, Any]]:
        """The mails, newest first."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM mails ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        return [_shown(*row) for row in rows]

    def mail(self, id_: int) -> dict[str, Any] | None:
        """One mail."""
        with self._lock:
            row = self._db.execute("SELECT * FROM mails WHERE id = ?", (id_,)).fetchone()
        return _shown(*row) if row else None

    def kept(self, id_: int) -> tuple[str, str, list[str], bytes] | None:
        """One mail unread: when it came, who sent it to whom, and the mail as it came in."""
        with self._lock:
            row = self._db.execute(
                "SELECT received_at, sender, recipients, raw FROM mails WHERE id = ?", (id_,)
            ).fetchone()
        return (row[0], row[1], orjson.loads(row[2]), row[3]) if row else None

    def raw(self, id_: int) -> bytes | None:
        """One mail as it came in."""
        with self._lock:
            row = self._db.execute("SELECT raw FROM mails WHERE id = ?", (id_,)).fetchone()
        return row[0] if row else None

    def empty(self) -> None:
        """Throw all mails away; ids are not used again."""
        with self._lock:
            self._db.execute("DELETE FROM mails")
        self.heard()

    def ids(self, limit: int) -> list[int]:
        """The numbers of the newest mails, newest first."""
        with self._lock:
            found = self._db.execute("SELECT id FROM mails ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        return [id_ for (id_,) in found]

    def extent(self) -> tuple[int, int]:
        """The newest mail's id, 0 without any, and how many mails there are."""
        with self._lock:
            newest, count = self._db.execute("SELECT max(id), count(*) FROM mails").fetchone()
        return newest or 0, count


def _nobody() -> None:
    """Nobody listens to the mailbox yet."""


def _shown(id_: int, received_at: str, sender: str, recipients: bytes, raw: bytes) -> dict[str, Any]:
    return {
        "id": id_,
        "from": sender,
        "to": orjson.loads(recipients),
        **parsed(raw),
        "received_at": received_at,
    }


class _Delivery:
    """What aiosmtpd asks when a mail arrives."""

    def __init__(self, mailbox: Mailbox):
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's names
        """Store the mail, then say so."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        id_ = self._mailbox.add(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return f"250 2.0.0 OK: mail {id_} is in the desk's mailbox"


def _anybody(*_: object) -> AuthResult:
    return AuthResult(success=True)


class MailServer:
    """The SMTP server in a thread of its own."""

    def __init__(self, mailbox: Mailbox, listening: socket.socket):
        self._handler = _Delivery(mailbox)
        self._socket = listening
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="desk-smtp", daemon=True)

    def start(self) -> None:
        """Begin to take mail."""
        self._thread.start()

    def stop(self) -> None:
        """Stop taking mail; open connections are cut."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _protocol(self) -> SMTP:
        return SMTP(
            self._handler,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname="desk.localhost",
            ident="Order Desk mailbox",
            authenticator=_anybody,
            auth_require_tls=False,
            loop=self._loop,
        )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._protocol, sock=self._socket))
        try:
            self._loop.run_forever()
        finally:
            server.close()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()
