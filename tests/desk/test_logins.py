"""How clients log in to the desk."""

from collections.abc import Callable
from typing import Any

import google.auth.transport.requests
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account

from bot.desk import Desk
from bot.desk.access.accounts import Account
from tests.desk.client import Workbook

SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]


@pytest.fixture(scope="module")
def key() -> str:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def account(desk: Desk, key: str) -> Any:
    info = {
        "type": "service_account",
        "client_email": "bot@project.iam.gserviceaccount.com",
        "private_key": key,
        "token_uri": f"{desk.url}/token",
    }
    return service_account.Credentials.from_service_account_info(info, scopes=SCOPES)  # type: ignore[no-untyped-call]


def test_a_service_account_logs_in_as_with_google(own_desk: Desk, key: str) -> None:
    credentials = account(own_desk, key)
    credentials.refresh(google.auth.transport.requests.Request())
    assert credentials.valid
    (claims,) = requests.get(f"{own_desk.url}/_desk/tokens", timeout=5).json()
    assert (claims["iss"], claims["scope"]) == ("bot@project.iam.gserviceaccount.com", SCOPES[0])


def test_a_login_with_a_wrong_clock_is_refused(
    own_desk: Desk, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = account(own_desk, key)
    monkeypatch.setattr("google.auth._helpers.utcnow", lambda: __import__("datetime").datetime(2020, 1, 1))
    with pytest.raises(RefreshError, match="reasonable timeframe"):
        credentials.refresh(google.auth.transport.requests.Request())


@pytest.mark.parametrize("form", [{}, {"grant_type": "password"}, {"assertion": "x"}, {"assertion": "a.b.c"}])
def test_a_malformed_login_is_refused(own_desk: Desk, form: dict[str, str]) -> None:
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", **form}
    answer = requests.post(f"{own_desk.url}/token", data=grant, timeout=5)
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_without_configured_users_anybody_may_come_in(book: Workbook) -> None:
    assert book.call("GET", "").status_code == 200
    book.session.headers["Authorization"] = "Bearer anything"
    assert book.call("GET", "").status_code == 200


@pytest.mark.parametrize(("header", "status"), [(None, 403), ("Bearer wrong", 401), ("Bearer right", 200)])
def test_with_configured_users_others_are_turned_away(
    tmp_path_factory: pytest.TempPathFactory, header: str | None, status: int
) -> None:
    with Desk(
        data=tmp_path_factory.mktemp("desk"), users=[Account("owner@example.com", "owner", "right")]
    ) as desk:
        answer = requests.get(
            f"{desk.url}/drive/v3/files", headers={"Authorization": header} if header else {}, timeout=5
        )
    assert answer.status_code == status


def test_a_workbook_that_was_never_here_is_someone_elses(
    desk: Desk, make_book: Callable[..., Workbook]
) -> None:
    book = make_book()
    assert Workbook(desk, "1" + "A" * 43).call("GET", "").status_code == 403
    assert Workbook(desk, "test").call("GET", "").status_code == 404
    requests.delete(f"{desk.url}/drive/v3/files/{book.id}", timeout=5)
    assert book.call("GET", "").status_code == 404
