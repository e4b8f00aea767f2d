"""Mail that does not leave and keys that do not fit, as `run --once` and `outbox` tell of them."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scripted_smtp import Say, ScriptedSmtp
from tests.system.workplace import CONTRACTS, Premises, Workplace, line, premises

CANARY = "hunter2-canary-password"
CUSTOMER, SALES = "weber@nordlicht.example", "anna@sales.example"

Told = Callable[[], str]


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def place(place_of_work: Premises, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Workplace]:
    """A workplace whose bot has met its workbook."""
    made = place_of_work.workplace(tmp_path)
    assert made.run("init") == 0
    capsys.readouterr()
    yield made
    made.heal()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Everything that was said since the last time it was asked, on both channels."""

    def since() -> str:
        said = capsys.readouterr()
        return said.out + said.err

    return since


# ── mail that does not leave ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def server() -> Iterator[ScriptedSmtp]:
    with ScriptedSmtp() as running:
        yield running


def with_mail_to(place_of_work: Premises, folder: Path, port: int, **mail: str) -> Workplace:
    """A workplace whose mail goes to this port, with one order on its way."""
    place = place_of_work.workplace(folder, {"mail": {"port": port, **mail}})
    assert place.run("init") == 0
    place.add(CONTRACTS.key, line("typed"))
    return place


def mail_cell(place: Workplace) -> str:
    """The E-mail cell of the order."""
    return str(place.rows(CONTRACTS.key)[1].get("mail_status", ""))


def test_a_mail_server_that_is_down_is_said_shown_waited_for_and_then_used_once(
    place_of_work: Premises, tmp_path: Path, told: Told
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    place = with_mail_to(place_of_work, tmp_path, port)
    told()
    assert place.run("run", "--once") == 3
    assert "Mail waits: " in told()
    cell = mail_cell(place)
    assert re.match(r"customer waiting until \d\d-\d\d \d\d:\d\d: \w", cell), cell
    assert place.run("status") == 0
    assert "mail paused   until 20" in told()
    again = Workplace(place.desk, place.key, tmp_path, {}, place.state_url)
    assert again.run("run", "--once") == 3, "the wait is kept by a new process too"
    assert again.letters() == []
    assert again.run("outbox", "list") == 0
    listed = told()
    for message_id in re.findall(r"purchase_\w+:[\w-]+:1", listed):
        assert again.run("outbox", "retry", message_id) == 0
    assert again.run("run", "--once") == 0
    assert again.run("run", "--once") == 0
    assert sorted(recipient for recipient, _ in again.letters()) == [SALES, CUSTOMER]
    assert mail_cell(again).count("✓") == 2


def test_a_refused_login_sends_nothing_is_said_and_keeps_its_password(
    place_of_work: Premises, tmp_path: Path, server: ScriptedSmtp, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_MAIL__PASSWORD", CANARY)
    server.always("AUTH", Say(f"535 5.7.8 {CANARY} not accepted"))
    place = with_mail_to(place_of_work, tmp_path, server.port, user="desk-login")
    assert place.run("run", "--once") == 3
    assert place.run("status") == 0
    assert place.run("outbox", "list") == 0
    text = told()
    assert "535" in text
    assert CANARY not in text + mail_cell(place)
    assert "waiting until" in mail_cell(place)
    assert server.taken == []


def test_a_refused_recipient_is_shown_at_once_and_the_other_one_is_served(
    place_of_work: Premises, tmp_path: Path, server: ScriptedSmtp, told: Told
) -> None:
    server.next("RCPT", Say("550 5.1.1 no such user"))
    place = with_mail_to(place_of_work, tmp_path, server.port)
    assert place.run("run", "--once") == 0
    cell = mail_cell(place)
    assert re.match(r"customer failed: 550 .* · sales ✓$", cell), cell
    assert [taken.recipient for taken in server.taken] == [SALES]
    told()
    assert place.run("outbox") == 0
    [dead] = [row for row in told().splitlines() if row.startswith("dead")]
    [message_id] = re.findall(r"purchase_customer:\S+", dead)
    assert place.run("outbox", "retry", message_id) == 0
    assert place.run("run", "--once") == 0
    assert place.run("run", "--once") == 0
    assert [taken.recipient for taken in server.taken] == [SALES, CUSTOMER]
    assert mail_cell(place).count("✓") == 2
    assert place.run("outbox", "drop", message_id) == 2
    assert place.run("outbox", "retry", message_id) == 2, "what is sent is not sent again"


def test_a_dropped_mail_is_never_sent_and_the_cell_says_so(
    place_of_work: Premises, tmp_path: Path, server: ScriptedSmtp, told: Told
) -> None:
    server.always("RCPT", Say("450 4.2.1 later"))
    place = with_mail_to(place_of_work, tmp_path, server.port)
    assert place.run("run", "--once") == 0
    with place.state() as state:
        ids = [message.id for message in state.messages()]
    server.obey()
    assert len(ids) == 2
    assert place.run("outbox", "drop", ids[0]) == 0
    assert place.run("outbox", "retry", ids[1]) == 0
    assert place.run("run", "--once") == 0
    assert len(server.taken) == 1
    assert re.search("dropped", mail_cell(place))
    told()
    assert place.run("outbox", "drop", "purchase_customer:none:1") == 2
    assert "There is no unsent mail 'purchase_customer:none:1'" in told()


# ── the service account ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def private_key() -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - not needed by the other tests
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, bare).decode()


def account(place: Workplace, private_key: str) -> dict[str, str]:
    """A service account's key whose tokens come from the desk."""
    return {
        "type": "service_account", "project_id": "demo", "private_key_id": "1", "private_key": private_key,
        "client_email": "bot@demo.iam.gserviceaccount.com", "client_id": "1", "token_uri": f"{place.desk.url}/token",
    }  # fmt: skip


def with_key(place: Workplace, text: str, mode: int = 0o600) -> Workplace:
    """The same workplace with a key file."""
    key = place.folder / "key.json"
    key.write_text(text, encoding="utf-8")
    key.chmod(mode)
    return Workplace(
        place.desk, place.key, place.folder, {"workbook": {"credentials": "key.json"}}, place.state_url
    )


def test_a_service_account_asks_for_spreadsheets_and_for_nothing_else(
    place: Workplace, private_key: str
) -> None:
    bot = with_key(place, json.dumps(account(place, private_key)))
    assert bot.run("run", "--once") == 0
    claims = bot.desk._running.parts.tokens.claims[0]
    assert claims["scope"] == "https://www.googleapis.com/auth/spreadsheets"
    assert claims["iss"] == "bot@demo.iam.gserviceaccount.com"
    assert place.requests()[-1]["user_agent"].endswith("(gzip)")


def test_the_key_may_come_from_the_environment(
    place: Workplace, private_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(place.desk._running.parts.tokens.claims)
    monkeypatch.setenv("BOT_WORKBOOK__CREDENTIALS_JSON", json.dumps(account(place, private_key)))
    assert place.run("run", "--once") == 0
    # One login for the worker, and one for the process that works figures out, if there are any to work out.
    assert len(place.desk._running.parts.tokens.claims) - before in (1, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "cannot be read as JSON"),
        ('["a", "list"]', "is not a service account's key"),
        (
            '{"type": "authorized_user", "client_id": "x"}',
            "is not a service account's key but a person's login",
        ),
        ('{"installed": {"client_id": "x"}}', "is not a service account's key but an OAuth client"),
        ('{"web": {"client_id": "x"}}', "is not a service account's key but an OAuth client"),
        (f'{{"type": "service_account", "private_key": "{CANARY}"}}', "key is not usable"),
        (
            f'{{"type": "service_account", "client_email": "b@x", "token_uri": "u", "private_key": "{CANARY}"}}',
            "key is not usable",
        ),
    ],
)
def test_a_file_that_is_no_key_is_refused_in_a_sentence(
    text: str, said: str, place: Workplace, told: Told
) -> None:
    assert with_key(place, text).run("run", "--once") == 2
    words = told()
    assert said in words
    assert "Traceback" not in words
    assert CANARY not in words


@pytest.mark.skipif(os.name != "posix", reason="only POSIX says in a file's mode who may read it")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_may_read_is_refused_with_what_to_do(
    mode: int, place: Workplace, private_key: str, told: Told
) -> None:
    bot = with_key(place, json.dumps(account(place, private_key)), mode)
    before = len(place.requests())
    assert bot.run("run", "--once") == 2
    words = told()
    assert "can be read by other users of this machine" in words
    assert f"chmod 600 {place.folder}/key.json" in words
    assert "PRIVATE KEY" not in words
    assert len(place.requests()) == before, "nothing was asked with it"


def test_a_key_that_even_its_owner_may_only_read_will_do(place: Workplace, private_key: str) -> None:
    assert with_key(place, json.dumps(account(place, private_key)), 0o400).run("run", "--once") == 0


def test_a_key_file_that_is_missing_is_named(place: Workplace, told: Told) -> None:
    bot = with_key(place, "")
    (place.folder / "key.json").unlink()
    assert bot.run("init") == 2
    assert f"There is no key file at {place.folder}/key.json" in told()


def test_a_key_that_was_taken_back_is_for_a_person_to_mend(
    place: Workplace, private_key: str, told: Told
) -> None:
    bot = with_key(place, json.dumps(account(place, private_key)))
    refusal = json.dumps({"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
    bot._desk("PUT", "/_desk/faults", [{"match": "/token", "status": 400, "body": refusal, "times": 9}])
    assert bot.run("run", "--once") == 2
    assert "Make a new key" in told()


def test_a_token_server_out_of_reach_is_the_outsides_failure(
    place: Workplace, private_key: str, told: Told
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    key = account(place, private_key) | {"token_uri": f"http://127.0.0.1:{port}/token"}
    assert with_key(place, json.dumps(key)).run("run", "--once") == 3
    text = told()
    assert "Google's login cannot be reached" in text
    assert "Make a new key" not in text
