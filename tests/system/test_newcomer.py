"""A newcomer goes through the docs, command by command, with a desk in Google's place: the docs cannot rot unseen."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
import structlog
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.__main__ import main
from bot.command_line import parser
from bot.desk import Desk
from bot.desk.access.accounts import Account
from sheets_schema import BY_KEY, CONTRACTS, CUSTOMERS, PRODUCTS, TEAM
from tests.system.walk import BOT, Walk, commands_in, steps_of
from tests.system.workplace import ROOT, Row

DOCS = ROOT / "docs"
BOT_ACCOUNT = "order-desk@order-desk-123456.iam.gserviceaccount.com"
OWNER = "token-of-the-owner"
PAGES = ("connect", "operate", "your-data", "when-something-looks-wrong", "deploy")


class Office:
    """The owner's spreadsheet at a desk that knows its users, and the folder of somebody who begins."""

    def __init__(self, desk: Desk, folder: Path, private_key: str) -> None:
        self.desk, self.folder = desk, folder
        self._owner = requests.Session()
        self._owner.headers["Authorization"] = f"Bearer {OWNER}"
        self.key = ""
        account = {
            "type": "service_account", "project_id": "order-desk", "private_key_id": "1", "private_key": private_key,
            "client_email": BOT_ACCOUNT, "client_id": "1", "token_uri": f"{desk.url}/token",
        }  # fmt: skip
        (folder / "service-account.json").write_text(json.dumps(account), encoding="utf-8")
        for name in ("config.example.yaml", "Makefile"):
            shutil.copy(ROOT / name, folder / name)
        # What `make install` makes is there already, so that it finds nothing to do.
        for name in (
            ".venv",
            "requirements.txt",
            "requirements-dev.txt",
            "bot",
            "sheets_schema",
            "templates",
        ):
            (folder / name).symlink_to(ROOT / name)
        self.people: dict[str, Callable[[], None]] = {
            "make the spreadsheet": self._make,
            "share the spreadsheet": self._share,
            "fill in the company": self._fill_in,
            "type an order": self._type_an_order,
            "delete the customer in the sheet": self._delete_the_customer,
            "stop the worker and name a fresh database": self._name_a_fresh_database,
        }
        self.own: dict[str, Any] = {}

    def _make(self) -> None:
        asked = {"properties": {"title": "Orders", "timeZone": "Europe/Berlin", "locale": "en_US"}}
        answer = self._owner.post(f"{self.desk.url}/v4/spreadsheets", json=asked, timeout=10)
        self.key = answer.json()["spreadsheetId"]
        self.own["workbook"] = {"id": self.key, "endpoint": self.desk.url}
        # Nothing waits for the real clock: half a minute between typing and reading, and the hours of the day.
        self.own["poll"] = {"settle": 0}
        self.own["hours"] = {"quiet": "", "workdays": ""}
        self.own["mail"] = {"host": "127.0.0.1", "port": self.desk.smtp_port, "security": "none", "user": ""}

    def _share(self) -> None:
        asked = {"role": "writer", "type": "user", "emailAddress": BOT_ACCOUNT}
        where = f"{self.desk.url}/drive/v3/files/{self.key}/permissions"
        assert self._owner.post(where, json=asked, timeout=10).ok

    def _fill_in(self) -> None:
        team = {"name": "Anna Berg", "email": "you@example.com", "team": "North", "active": True}
        self._type(TEAM.key, 2, team | {"role": "Sales"})
        lead = {"name": "Tim Otto", "email": "tim@example.com", "team": "North", "active": True}
        self._type(TEAM.key, 3, lead | {"role": "Lead, Finance, Warehouse"})
        self._type(
            PRODUCTS.key, 2, {"product": "Workstation", "unit": "pc", "unit_price": 1200, "active": True}
        )
        customer = {"customer_no": "C-1", "customer": "Nordlicht", "email": "weber@nordlicht.example"}
        self._type(CUSTOMERS.key, 2, dict(customer))

    def _type_an_order(self) -> None:
        order = {"customer": "Nordlicht", "product": "Workstation", "quantity": 2, "salesperson": "Anna Berg"}
        self._type(CONTRACTS.key, 2, order)
        # The worker of the page before is still at it.
        assert self.bot(["run", "--once"], {})[0] == 0

    def _delete_the_customer(self) -> None:
        for tab in (CUSTOMERS.key, CONTRACTS.key):
            self._type(tab, 2, dict.fromkeys(BY_KEY[tab].by_key, ""))
        # What was restored is held; nobody is to be told of somebody who wants to be forgotten.
        assert self.bot(["run", "--once"], {})[0] == 0
        assert self.bot(["outbox", "drop", "--all", "held", "--yes"], {})[0] == 0

    def _type(self, tab: str, row: int, cells: Row) -> None:
        values = [[cells.get(f.key) for f in BY_KEY[tab].fields]]
        where = quote(f"'{BY_KEY[tab].en}'!A{row}")
        url = f"{self.desk.url}/v4/spreadsheets/{self.key}/values/{where}?valueInputOption=RAW"
        answer = self._owner.put(url, json={"values": values}, timeout=10)
        assert answer.ok, answer.text

    def _name_a_fresh_database(self) -> None:
        path = self.folder / "config.yaml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump(config | {"state": "sqlite:///state/fresh.db"}), encoding="utf-8")

    def bot(self, command: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
        """One command of the program, in the folder; what it said on both channels."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        words, said = structlog.get_config(), StringIO()
        # A worker is not waited for: one cycle of it is what the next commands look at.
        once = [*command, "--once"] if command == ["run"] else command
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
            patch.chdir(self.folder)
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                status = main(once)
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                structlog.configure(**words)
                for number, handler in before.items():
                    signal.signal(number, handler)
        return status, said.getvalue()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, form, bare).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    users = (Account("you@example.com", "owner", OWNER), Account(BOT_ACCOUNT, "editor", public_key=public))
    folder = tmp_path / "order-desk"
    folder.mkdir()
    with Desk(data=tmp_path / "desk", users=users) as desk:
        yield Office(desk, folder, private)


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_a_newcomer_gets_from_nothing_through_every_page_of_the_docs(office: Office) -> None:
    walk = Walk(office.folder, office.bot, office.people, office.own)
    for name in PAGES:
        walk.along(page(name))
    mailbox = office.desk._running.parts.mailbox
    # In a rehearsal the one who tries hears, and nobody else.
    assert {to for mail in mailbox.mails() for to in mail["to"]} == {"you@example.com"}
    assert len(walk.run) > 20


# ── what is said of commands, files and keys ────────────────────────────────────────────────────────────────


def every_block() -> Iterator[tuple[str, str]]:
    for path in sorted([*DOCS.glob("*.md"), ROOT / "README.md"]):
        for step in steps_of(path.read_text(encoding="utf-8")):
            if step.kind == "sh":
                yield from ((path.name, command) for command in commands_in(step.text))


@pytest.mark.parametrize(("name", "command"), sorted({c for c in every_block() if BOT in c[1]}))
def test_every_command_of_the_docs_is_one_of_the_program(name: str, command: str) -> None:
    arguments = re.sub(r"\$\(.*?\)", "x", command.split(BOT, 1)[1])
    parser().parse_args(shlex.split(arguments))


@pytest.mark.parametrize("path", sorted([*DOCS.glob("*.md"), ROOT / "README.md"]), ids=lambda path: path.name)
def test_every_link_of_the_docs_leads_to_something(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        found = (path.parent / file) if file else path
        assert found.exists(), f"{path.name} links to {target}"
        if anchor:
            titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors, f"{path.name} links to {target}"


def test_the_image_holds_all_that_the_program_needs() -> None:
    lines = (DOCS / "deploy" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY")}
    assert copied == {"requirements.txt", "bot", "sheets_schema", "templates"}
    assert all((ROOT / name).exists() for name in copied)
    assert any("--require-hashes" in line for line in lines)
    assert "USER order-desk" in lines


def test_the_service_runs_the_worker_and_gives_it_time_to_stop() -> None:
    unit = (DOCS / "deploy" / "order-desk.service").read_text(encoding="utf-8")
    said = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    assert said["ExecStart"].endswith("-m bot run")
    assert int(said["TimeoutStopSec"]) > 10
    assert said["RestartPreventExitStatus"] == "2"


def test_the_procfile_runs_the_worker() -> None:
    assert (ROOT / "Procfile").read_text(encoding="utf-8").strip() == "worker: python -m bot run"
