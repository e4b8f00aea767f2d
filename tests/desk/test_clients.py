"""Real clients against the desk; only the address is another."""

from collections.abc import Callable, Iterator
from typing import Any

import google.auth.transport.requests
import gspread
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account

from bot.desk import Desk
from bot.desk.users import Account
from tests.desk.client import Workbook

GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")
SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]


class Redirected(requests.Session):
    """A session that takes what is meant for Google to a desk."""

    def __init__(self, url: str):
        super().__init__()
        self._url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        for address in GOOGLE:
            url = url.replace(address, self._url)
        return super().request(method, url, *args, **kwargs)


@pytest.fixture
def client(desk: Desk) -> Iterator[gspread.Client]:
    with Redirected(desk.url) as session:
        yield gspread.Client(auth=None, session=session)  # type: ignore[arg-type]  # the desk needs no login


def test_gspread_makes_fills_and_reads_a_workbook(client: gspread.Client) -> None:
    sheet = client.create("From gspread").sheet1
    sheet.update([["No.", "Name"], ["1", "李明"]], "A1", raw=True)
    sheet.append_row(["2", "Anna"], table_range="A1")
    assert sheet.get_all_records(numericise_ignore=["all"]) == [
        {"No.": "1", "Name": "李明"},
        {"No.": "2", "Name": "Anna"},
    ]
    found = sheet.find("Anna")
    assert found is not None
    assert found.address == "B3"


def test_gspread_arranges_a_workbook(client: gspread.Client) -> None:
    book = client.create("Arranged")
    sheet = book.add_worksheet("Team", rows=20, cols=4)
    sheet.update([["b", 2], ["a", 1]], "A2")
    sheet.sort((1, "asc"), range="A2:B3")
    sheet.format("A1:B1", {"textFormat": {"bold": True}})
    sheet.freeze(rows=1)
    sheet.insert_row(["top"], 1)
    sheet.delete_rows(1)
    sheet.add_protected_range("A1:B1", description="header")
    sheet.insert_note("A1", "mind this")
    assert sheet.get("A2:B3") == [["a", "1"], ["b", "2"]]
    assert sheet.get_note("A1") == "mind this"
    assert [tab.title for tab in book.worksheets()] == ["Sheet1", "Team"]


def test_gspread_opens_by_name_copies_shares_exports_and_deletes(client: gspread.Client) -> None:
    book = client.create("Unmistakable")
    book.sheet1.update([["a", "b"]], "A1")
    assert client.open("Unmistakable").id == book.id
    copy = client.copy(book.id, "A copy")
    assert copy.sheet1.get("A1:B1") == [["a", "b"]]
    book.share("anna@example.com", perm_type="user", role="writer")
    assert "anna@example.com" in [one.get("emailAddress") for one in book.list_permissions()]
    assert book.export(gspread.utils.ExportFormat.CSV) == b"a,b"
    client.del_spreadsheet(book.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open("Unmistakable")


def test_gspread_names_what_the_desk_refuses(client: gspread.Client) -> None:
    book = client.create("Refused")
    with pytest.raises(gspread.exceptions.APIError, match="already exists"):
        book.add_worksheet("Sheet1", 10, 10)


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
    with Desk(data=tmp_path_factory.mktemp("desk"), users=[Account("owner@example.com", "owner", "right")]) as desk:
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
