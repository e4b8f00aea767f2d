"""`check` with a service account on a desk with users: shared with nobody, as a viewer, as an editor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.__main__ import main
from bot.desk import Desk
from bot.desk.access.accounts import Account

BOT = "bot@project.iam.gserviceaccount.com"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PEOPLE = (
    Account("olga@sales.example", "owner", "token-of-olga"),
    Account(BOT, "editor", public_key=PUBLIC),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk"), users=PEOPLE) as running:
        yield running


def config(desk: Desk, folder: Path, key: str) -> Path:
    secret = folder / "key.json"
    secret.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": BOT,
                "private_key": PRIVATE,
                "token_uri": f"{desk.url}/token",
            }
        )
    )
    secret.chmod(0o600)
    path = folder / "config.yaml"
    mail = {"host": "127.0.0.1", "port": desk.smtp_port, "security": "none", "sender": "orders@sales.example"}
    book = {"id": key, "endpoint": desk.url, "credentials": "key.json"}
    path.write_text(yaml.safe_dump({"workbook": book, "mail": mail, "admins": ["ops@sales.example"]}))
    return path


@pytest.mark.parametrize(
    ("role", "spreadsheet", "editing", "advice"),
    [
        ("", "✗", "·", f"Share the spreadsheet with {BOT} as an editor."),
        ("reader", "✓", "✗", f"In the spreadsheet's Share dialogue make {BOT} an Editor."),
        ("writer", "✓", "✓", ""),
    ],
)
def test_who_may_do_what_is_told_with_the_account_to_share_with(
    role: str,
    spreadsheet: str,
    editing: str,
    advice: str,
    desk: Desk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = desk.workbook("Orders", "Asia/Shanghai", "en_US")
    if role:
        share = {"type": "user", "role": role, "emailAddress": BOT}
        url, olga = f"{desk.url}/drive/v3/files/{key}/permissions", {"Authorization": "Bearer token-of-olga"}
        requests.post(url, json=share, headers=olga, timeout=10).raise_for_status()
    assert main(["--config", str(config(desk, tmp_path, key)), "check"]) == 2, "it has no tabs"
    said = capsys.readouterr().out
    assert f"  {spreadsheet} spreadsheet  " in said
    assert f"  {editing} editing      " in said
    assert f"  ✓ key          of the service account {BOT}" in said
    assert advice in said
    assert "PRIVATE KEY" not in said


def test_an_address_that_leads_nowhere_is_told_apart(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(config(desk, tmp_path, "1NoSuchSpreadsheet")), "check"]) == 2
    said = capsys.readouterr().out
    assert "✗ spreadsheet  Not found: 404" in said
    assert "→ Check workbook.id" in said
