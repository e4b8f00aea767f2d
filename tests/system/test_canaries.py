"""Secrets are nowhere, and names only where people keep them: whatever fails, logs and errors say neither.

Each story breaks something that is likely to quote what it was given, and then everything the bot said or stored is searched.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.adapters.google_sheets import GoogleWorkbook
from bot.ports import WorkbookRefused
from tests.scripted_smtp import Say, ScriptedSmtp
from tests.system.workplace import CONTRACTS, CUSTOMERS, Premises, Workplace, line, premises

PASSWORD = "hunter2-canary-password"
NAME, PERSON, PHONE = "Canary Works GmbH", "Tweety Canary", "+49 30 5550199"
MAIL = "tweety@canary.example"
#: What a log may say of nobody.
PEOPLE = (NAME, PERSON, PHONE, PHONE.replace(" ", ""), MAIL, "canary.example")

Told = Callable[[], str]


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str]) -> Told:
    """Everything that was said since the last time it was asked, by this process and its children."""

    def since() -> str:
        said = capfd.readouterr()
        return said.out + said.err

    return since


@pytest.fixture
def smtp() -> Iterator[ScriptedSmtp]:
    with ScriptedSmtp() as running:
        yield running


@pytest.fixture
def place(
    place_of_work: Premises, tmp_path: Path, smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch, told: Told
) -> Iterator[Workplace]:
    """A workplace with a canary for a customer, whose order is on its way through a server with a password."""
    monkeypatch.setenv("BOT_MAIL__PASSWORD", PASSWORD)
    made = place_of_work.workplace(tmp_path, {"mail": {"port": smtp.port, "user": "desk-login"}})
    customer = {"customer_no": "C-9", "customer": NAME, "contact": PERSON, "phone": PHONE, "email": MAIL}
    made.write(CUSTOMERS.key, 3, dict(customer))
    assert made.run("init") == 0
    made.add(CONTRACTS.key, line("canary") | {"customer": NAME})
    told()
    yield made
    made.heal()


def assert_silent(said: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if word.casefold() in said.casefold()] == []


def stored(place: Workplace) -> str:
    """Everything in the database and in the other files beside the config, as text."""
    with sqlite3.connect(place.folder / "bot.db") as db:
        dump = "\n".join(db.iterdump())
    files = [p for p in place.folder.rglob("*") if p.is_file() and p.name != "config.yaml"]
    return dump + "".join(p.read_bytes().decode("latin-1") for p in files)


@pytest.mark.parametrize(
    ("point", "reply"),
    [
        ("AUTH", f"535 5.7.8 {PASSWORD} is not the password of {MAIL}"),
        ("MAIL", f"451 4.3.0 {NAME} {PHONE} {MAIL}"),
        ("RCPT", f"550 5.1.1 <{MAIL}> no such user, {PERSON} has left; {PASSWORD}"),
        ("DOT", f"554 5.7.1 spam for {MAIL} ({PERSON})"),
        ("DOT", f"451 4.7.1 {MAIL} greylisted"),
    ],
    ids=["login", "sender", "recipient", "content", "later"],
)
def test_a_mail_server_that_quotes_people_and_passwords_is_not_quoted(
    place: Workplace, smtp: ScriptedSmtp, told: Told, point: str, reply: str
) -> None:
    smtp.always(point, Say(reply))
    place.run("run", "--once")
    said = told()
    log = "\n".join(row for row in said.splitlines() if row.startswith("{"))
    assert "mail.settled" in log
    assert_silent(log, (PASSWORD, *PEOPLE))
    place.run("status")
    place.run("status", "--json")
    place.run("outbox", "list")
    # People are shown what the server said, without addresses; the list names recipients.
    assert_silent(said + told().replace(MAIL, ""), (PASSWORD, "canary.example"))
    assert_silent(stored(place), (PASSWORD,))


def quoting(status: int, message: str) -> dict[str, object]:
    body = json.dumps({"error": {"code": status, "message": message, "status": "X"}})
    return {"match": "", "status": status, "body": body, "times": 9}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_spreadsheet_service_that_quotes_cells_is_not_quoted(
    place: Workplace, told: Told, status: int
) -> None:
    place.fault(quoting(status, f'Invalid value at "{NAME}", "{PERSON}", "{PHONE}" of {MAIL}: "{NAME}'))
    assert place.run("run", "--once") in (2, 3)
    said = told()
    assert str(status) in said
    place.run("status")
    assert_silent(said + told(), (PASSWORD, *PEOPLE))


def test_an_order_that_goes_well_is_logged_without_anybodys_name(place: Workplace, told: Told) -> None:
    assert place.run("run", "--once") == 0
    said = told()
    assert "mail.settled" in said
    assert_silent(said, (PASSWORD, *PEOPLE, "Nordlicht", "Anna Berg", "anna@sales.example"))
    assert_silent(stored(place), (PASSWORD,))


def test_a_bug_that_holds_a_row_is_told_without_it(place: Workplace) -> None:
    breaks = (
        "import sys; from bot import cycle, __main__\n"
        "def plan_cycle(snapshot, *more): raise ValueError(repr(snapshot))\n"
        "cycle.plan_cycle = plan_cycle\n"
        "from bot.bugs import tell_bugs_by_place; tell_bugs_by_place()\n"
        "sys.exit(__main__.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", breaks, "--config", str(place.config_path), "run", "--once"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "builtins.ValueError" in done.stderr
    assert_silent(done.stdout + done.stderr, (PASSWORD, *PEOPLE))


def test_a_key_that_is_wrong_is_in_no_error() -> None:
    secret = "MIIEvQIBADANBgkq-canary"
    key = {
        "type": "service_account", "client_email": "b@x.example", "token_uri": "https://oauth2.example/token",
        "private_key": f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n",
    }  # fmt: skip
    with pytest.raises(WorkbookRefused) as refused:
        GoogleWorkbook("key", "http://127.0.0.1:9", key).about()
    told = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    assert refused.value.__cause__ is None
    assert_silent(told, (secret,))


def test_a_database_that_is_away_is_told_without_its_password(place: Workplace, told: Told) -> None:
    url = f"postgresql://desk:{PASSWORD}@127.0.0.1:9/orders"
    away = Workplace(place.desk, place.key, place.folder / "away", {}, url)
    for command in (("run", "--once"), ("status",), ("outbox", "list")):
        assert away.run(*command) == 3
    said = told()
    assert "database" in said
    assert_silent(said, (PASSWORD,))


def test_a_typing_error_in_the_config_does_not_print_the_password(
    place: Workplace, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_MAIL__PASSWORD")
    bad = Workplace(place.desk, place.key, place.folder / "bad", {"mail": {"pasword": PASSWORD, "port": "x"}})
    assert bad.run("run", "--once") == 2
    said = told()
    assert "mail.pasword" in said
    assert_silent(said, (PASSWORD,))
