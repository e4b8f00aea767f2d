"""The worlds in which workers die: all in memory, with a real database, and with HTTP, SMTP and templates as well."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote
from urllib.request import Request, urlopen

from bot.adapters.addresses import database_at
from bot.adapters.connections import Database
from bot.adapters.database import DatabaseState
from bot.adapters.google_sheets import GoogleWorkbook
from bot.adapters.memory_mailer import MemoryMailer
from bot.adapters.memory_state import MemoryState
from bot.adapters.memory_workbook import MemoryWorkbook
from bot.adapters.smtp import SmtpSettings, YagmailMailer
from bot.desk import Desk
from bot.mails.rendering import Renderer
from bot.ports import State, Workbook
from sheets_schema import BY_KEY
from tests.system.crashes import Fuse, Row, WatchedDatabase, World


class MemoryBook:
    """The sheet in RAM."""

    def __init__(self) -> None:
        self._book = MemoryWorkbook.with_tabs("en")

    def workbook(self) -> Workbook:
        return self._book

    def write(self, tab: str, row: int, cells: Row) -> None:
        keys = [f.key for f in BY_KEY[tab].fields]
        grid = self._book.grid(tab)
        grid.extend([] for _ in range(row - len(grid)))
        grid[row - 1].extend([""] * (len(keys) - len(grid[row - 1])))
        for key, cell in cells.items():
            grid[row - 1][keys.index(key)] = cell


@dataclass
class DeskBook:
    """A workbook on the desk, over HTTP: a copy of one that is laid out already, which is quicker than laying it out."""

    desk: Desk
    original: str
    key: str = ""

    def __post_init__(self) -> None:
        copy = Request(f"{self.desk.url}/drive/v3/files/{self.original}/copy", b"{}", method="POST")  # noqa: S310 - our own address
        with urlopen(copy, timeout=10) as answer:  # noqa: S310 - our own address
            self.key = json.loads(answer.read())["id"]

    def workbook(self) -> Workbook:
        return GoogleWorkbook(self.key, self.desk.url)

    def write(self, tab: str, row: int, cells: Row) -> None:
        values = [[cells.get(f.key) for f in BY_KEY[tab].fields]]
        where = quote(f"'{BY_KEY[tab].en}'!A{row}")
        address = f"{self.desk.url}/v4/spreadsheets/{self.key}/values/{where}?valueInputOption=RAW"
        request = Request(address, json.dumps({"values": values}).encode(), method="PUT")  # noqa: S310 - our own address
        urlopen(request, timeout=10).close()  # noqa: S310 - our own address


def in_memory() -> World:
    state, mailer = MemoryState(), MemoryMailer()
    return World(
        MemoryBook(), lambda _fuse: state, mailer, lambda: [(x.recipient, x.body) for x in mailer.letters]
    )


def on_database(url: str) -> World:
    mailer = MemoryMailer()

    def open_state(fuse: Fuse) -> State:
        return DatabaseState(cast(Database, WatchedDatabase(database_at(url, 5.0), fuse)))

    return World(MemoryBook(), open_state, mailer, lambda: [(x.recipient, x.body) for x in mailer.letters])


@dataclass
class Office:
    """A desk with a laid-out workbook to copy, and a renderer that has its templates compiled."""

    desk: Desk
    original: str
    renderer: Renderer


def in_the_office(office: Office, url: str) -> World:
    """Everything real but the processes: HTTP, SMTP, templates and a database."""
    desk = office.desk
    settings = SmtpSettings("127.0.0.1", desk.smtp_port, "none", "", "", "orders@desk.example")
    before = len(desk.mails())

    def letters() -> list[tuple[str, bytes]]:
        found = desk.mails()
        return [(mail["to"][0], raw(desk, mail["id"])) for mail in found[: len(found) - before]]

    def open_state(fuse: Fuse) -> State:
        return DatabaseState(cast(Database, WatchedDatabase(database_at(url, 5.0), fuse)))

    return World(
        DeskBook(desk, office.original), open_state, YagmailMailer(settings), letters, office.renderer
    )


def raw(desk: Desk, number: int) -> bytes:
    with urlopen(f"{desk.url}/_desk/mail/{number}/raw", timeout=10) as answer:  # noqa: S310 - our own address
        return bytes(answer.read())
