import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
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
from bot.desk.access.users_file import UsersFileError, accounts_in
from bot.desk.google.tokens import GRANT
from tests.desk.client import Workbook

BOT = "bot@project.iam.gserviceaccount.com"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
PEOPLE = (
    Account("olga@desk.example", "owner", "token-of-olga"),
    Account("erik@desk.example", "editor", "token-of-erik"),
    Account("vera@desk.example", "viewer", "token-of-vera"),
    Account("oscar@else.example", "owner", "token-of-oscar"),
    Account(BOT, "editor", public_key=PUBLIC),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk"), users=PEOPLE) as running:
        yield running


@pytest.fixture
def book(desk: Desk) -> str:
    return desk.workbook("Orders")


As = Callable[[str], requests.Session]


@pytest.fixture
def log_in() -> Iterator[As]:
    sessions = []

    def log_in(name: str) -> requests.Session:
        session = requests.Session()
        if name:
            session.headers["Authorization"] = f"Bearer token-of-{name}"
        sessions.append(session)
        return session

    yield log_in
    for session in sessions:
        session.close()


def share(desk: Desk, book: str, role: str, **to: str) -> requests.Response:
    return requests.post(
        f"{desk.url}/drive/v3/files/{book}/permissions",
        json={"type": "user", "role": role, **to},
        headers={"Authorization": "Bearer token-of-olga"},
        timeout=5,
    )


def read(desk: Desk, book: str, session: requests.Session) -> requests.Response:
    return session.get(f"{desk.url}/v4/spreadsheets/{book}", timeout=5)


def write(desk: Desk, book: str, session: requests.Session) -> requests.Response:
    url = f"{desk.url}/v4/spreadsheets/{book}/values/A1?valueInputOption=RAW"
    return session.put(url, json={"values": [["x"]]}, timeout=5)


def error(answer: requests.Response) -> tuple[int, str, str]:
    told = answer.json()["error"]
    return answer.status_code, told["status"], told["message"]


def test_an_unknown_token_is_told_so_in_googles_words(desk: Desk, book: str, log_in: As) -> None:
    status, name, text = error(read(desk, book, log_in("nobody")))
    assert (status, name) == (401, "UNAUTHENTICATED")
    assert text.startswith("Request had invalid authentication credentials. Expected OAuth 2 access token")


def test_a_call_without_a_token_is_from_nobody(desk: Desk, book: str, log_in: As) -> None:
    status, name, text = error(read(desk, book, log_in("")))
    assert (status, name) == (403, "PERMISSION_DENIED")
    assert text.startswith("Method doesn't allow unregistered callers")


def test_a_workbook_nobody_shared_is_its_owners_alone(desk: Desk, book: str, log_in: As) -> None:
    assert read(desk, book, log_in("olga")).status_code == 200
    assert write(desk, book, log_in("olga")).status_code == 200
    for other in ("erik", "vera", "oscar"):
        refused = (403, "PERMISSION_DENIED", "The caller does not have permission")
        assert error(read(desk, book, log_in(other))) == refused
        assert error(write(desk, book, log_in(other))) == refused


@pytest.mark.parametrize(
    ("who", "role", "reads", "writes"),
    [
        ("erik", "writer", 200, 200),
        ("erik", "reader", 200, 403),
        ("erik", "commenter", 200, 403),
        ("vera", "writer", 200, 403),  # a viewer is one everywhere
        ("oscar", "writer", 403, 403),  # shared with another address, see below
    ],
)
def test_sharing_decides_who_reads_and_writes(
    desk: Desk, book: str, log_in: As, who: str, role: str, reads: int, writes: int
) -> None:
    assert share(desk, book, role, emailAddress=f"{who.capitalize()}@desk.example").status_code == 200
    assert read(desk, book, log_in(who)).status_code == reads
    assert write(desk, book, log_in(who)).status_code == writes


@pytest.mark.parametrize(
    "to", [{"type": "anyone"}, {"type": "domain", "domain": "else.example"}], ids=["link", "domain"]
)
def test_a_workbook_can_be_shared_with_more_than_one(
    desk: Desk, book: str, log_in: As, to: dict[str, str]
) -> None:
    share(desk, book, "writer", **to)
    assert write(desk, book, log_in("oscar")).status_code == 200
    assert write(desk, book, log_in("erik")).status_code == (200 if to["type"] == "anyone" else 403)


def test_a_share_can_be_taken_back(desk: Desk, book: str, log_in: As) -> None:
    id_ = share(desk, book, "writer", emailAddress="erik@desk.example").json()["id"]
    erik, olga = log_in("erik"), log_in("olga")
    assert write(desk, book, erik).status_code == 200
    olga.delete(f"{desk.url}/drive/v3/files/{book}/permissions/{id_}", timeout=5)
    assert write(desk, book, erik).status_code == 403


WRITES = [
    ("PUT", "/values/A1?valueInputOption=RAW", {"values": [["x"]]}),
    ("POST", "/values/A1:append?valueInputOption=RAW", {"values": [["x"]]}),
    ("POST", "/values/A1:clear", {}),
    ("POST", "/values:batchClear", {"ranges": ["A1"]}),
    (
        "POST",
        "/values:batchUpdate",
        {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [["x"]]}]},
    ),
    (
        "POST",
        "/values:batchUpdateByDataFilter",
        {"valueInputOption": "RAW", "data": [{"dataFilter": {"a1Range": "A1"}, "values": [["x"]]}]},
    ),
    ("POST", "/values:batchClearByDataFilter", {"dataFilters": [{"a1Range": "A1"}]}),
    ("POST", ":batchUpdate", {"requests": [{"addSheet": {}}]}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[path for _, path, _ in WRITES])
def test_a_reader_writes_in_no_way(
    desk: Desk, book: str, log_in: As, method: str, path: str, body: Any
) -> None:
    share(desk, book, "reader", emailAddress="erik@desk.example")
    url = f"{desk.url}/v4/spreadsheets/{book}{path}"
    before = log_in("olga").get(f"{desk.url}/v4/spreadsheets/{book}?includeGridData=true", timeout=5).json()
    refused = log_in("erik").request(method, url, json=body, timeout=5)
    assert error(refused) == (403, "PERMISSION_DENIED", "The caller does not have permission")
    after = log_in("olga").get(f"{desk.url}/v4/spreadsheets/{book}?includeGridData=true", timeout=5).json()
    assert after == before
    assert log_in("olga").request(method, url, json=body, timeout=5).status_code == 200


def test_a_sheet_is_copied_only_into_what_one_may_write(desk: Desk, book: str, log_in: As) -> None:
    foreign = desk.workbook("Foreign")
    share(desk, book, "reader", emailAddress="erik@desk.example")
    url = f"{desk.url}/v4/spreadsheets/{book}/sheets/0:copyTo"
    answer = log_in("erik").post(url, json={"destinationSpreadsheetId": foreign}, timeout=5)
    assert answer.status_code == 403


def listed(desk: Desk, session: requests.Session) -> set[str]:
    files = session.get(f"{desk.url}/drive/v3/files", timeout=5).json()["files"]
    return {one["id"] for one in files}


def test_drive_lists_what_one_may_see(desk: Desk, log_in: As) -> None:
    mine, shared = desk.workbook("Mine"), desk.workbook("Shared")
    share(desk, shared, "reader", emailAddress="vera@desk.example")
    assert {mine, shared} <= listed(desk, log_in("olga"))
    assert shared in listed(desk, log_in("vera"))
    assert mine not in listed(desk, log_in("vera"))


def test_drive_knows_no_file_one_may_not_see(desk: Desk, book: str, log_in: As) -> None:
    for path in ("", "/permissions", "/export?mimeType=text/csv"):
        answer = log_in("erik").get(f"{desk.url}/drive/v3/files/{book}{path}", timeout=5)
        assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (404, "notFound")


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", ""), ("DELETE", ""), ("POST", "/permissions")], ids=str
)
def test_a_reader_changes_nothing_in_drive(desk: Desk, book: str, log_in: As, method: str, path: str) -> None:
    share(desk, book, "reader", emailAddress="erik@desk.example")
    body = {"name": "Mine", "type": "anyone", "role": "writer"} if path else {"name": "Mine"}
    url = f"{desk.url}/drive/v3/files/{book}{path}"
    answer = log_in("erik").request(method, url, json=body, timeout=5)
    reason = answer.json()["error"]["errors"][0]["reason"]
    assert (answer.status_code, reason) == (403, "insufficientFilePermissions")


def test_only_the_owner_deletes_a_workbook(desk: Desk, book: str, log_in: As) -> None:
    share(desk, book, "writer", emailAddress="erik@desk.example")
    url = f"{desk.url}/drive/v3/files/{book}"
    assert log_in("erik").delete(url, timeout=5).status_code == 403
    assert log_in("olga").delete(url, timeout=5).status_code == 204


@pytest.mark.parametrize(("maker", "owner"), [("oscar", "oscar@else.example"), ("erik", "olga@desk.example")])
def test_who_makes_a_workbook_can_use_it(desk: Desk, log_in: As, maker: str, owner: str) -> None:
    session = log_in(maker)
    made = session.post(f"{desk.url}/v4/spreadsheets", json={}, timeout=5).json()["spreadsheetId"]
    file = session.get(f"{desk.url}/drive/v3/files/{made}?fields=owners", timeout=5).json()
    assert file["owners"][0]["emailAddress"] == owner
    assert write(desk, made, session).status_code == 200


def test_a_viewer_makes_no_workbook(desk: Desk, log_in: As) -> None:
    assert log_in("vera").post(f"{desk.url}/v4/spreadsheets", json={}, timeout=5).status_code == 403


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("", "mail", 403),
        ("vera", "mail", 403),
        ("erik", "mail", 200),
        ("erik", "requests", 403),
        ("erik", "faults", 403),
        ("olga", "faults", 200),
    ],
)
def test_the_switches_are_the_owners(desk: Desk, log_in: As, who: str, path: str, status: int) -> None:
    assert log_in(who).get(f"{desk.url}/_desk/{path}", timeout=5).status_code == status


def account(desk: Desk, email: str, private: str = PRIVATE) -> Any:
    info = {"client_email": email, "private_key": private, "token_uri": f"{desk.url}/token"}
    scopes = ["https://www.googleapis.com/auth/spreadsheets"]
    return service_account.Credentials.from_service_account_info(info, scopes=scopes)  # type: ignore[no-untyped-call]


def token(desk: Desk, email: str, private: str = PRIVATE) -> str:
    credentials = account(desk, email, private)
    credentials.refresh(google.auth.transport.requests.Request())
    return str(credentials.token)


def test_a_service_account_among_the_users_logs_in_with_its_key(desk: Desk, book: str, log_in: As) -> None:
    session = log_in("")
    session.headers["Authorization"] = f"Bearer {token(desk, BOT)}"
    assert write(desk, book, session).status_code == 403
    share(desk, book, "writer", emailAddress=BOT)
    assert write(desk, book, session).status_code == 200


def test_nobody_logs_in_as_another_with_a_key_of_their_own(desk: Desk) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        token(desk, BOT, other.decode())
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        token(desk, "olga@desk.example")


def test_a_strange_service_account_opens_nothing_even_where_its_name_is_shared_with(
    desk: Desk, book: str, log_in: As
) -> None:
    session = log_in("")
    session.headers["Authorization"] = f"Bearer {token(desk, 'stranger@project.iam.gserviceaccount.com')}"
    share(desk, book, "writer", emailAddress="stranger@project.iam.gserviceaccount.com")
    assert error(read(desk, book, session))[0] == 403
    assert listed(desk, session) == set()


def test_sharing_outlives_a_restart(tmp_path: Path, log_in: As) -> None:
    with Desk(data=tmp_path, users=PEOPLE) as first:
        made = log_in("oscar").post(f"{first.url}/v4/spreadsheets", json={}, timeout=5).json()
    with Desk(data=tmp_path, users=PEOPLE) as second:
        assert read(second, made["spreadsheetId"], log_in("oscar")).status_code == 200
        assert read(second, made["spreadsheetId"], log_in("olga")).status_code == 403
    with Desk(data=tmp_path) as opened:
        assert Workbook(opened, made["spreadsheetId"]).write("A1", [["anybody"]])


def test_a_page_of_an_open_desk_acts_as_a_person(tmp_path: Path) -> None:
    with Desk(data=tmp_path) as desk:
        book = Workbook(desk, desk.workbook("Orders"))
        book.batch({"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}})
        assert book.sheet()["protectedRanges"][0]["requestingUserCanEdit"] is True
        book.session.headers["X-Desk-Page"] = "1"
        (seen,) = book.sheet()["protectedRanges"]
    assert "requestingUserCanEdit" not in seen
    assert "editors" not in seen


# The users file


def users_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "users.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_users_file_names_users(tmp_path: Path) -> None:
    (tmp_path / "bot.pem").write_bytes(PUBLIC)
    path = users_file(
        tmp_path,
        "- {email: olga@desk.example, role: owner, token: token-of-olga}\n"
        f"- {{email: {BOT}, role: editor, key: bot.pem}}\n",
    )
    assert accounts_in(path) == [PEOPLE[0], PEOPLE[4]]


def test_a_service_accounts_own_key_file_will_do(tmp_path: Path) -> None:
    text = {"client_email": BOT, "private_key": PRIVATE}
    (tmp_path / "key.json").write_text(json.dumps(text))
    path = users_file(
        tmp_path,
        f"- {{email: a@b.example, role: owner, token: abcdefgh}}\n- {{email: {BOT}, role: editor, key: key.json}}",
    )
    assert accounts_in(path)[1].public_key == PUBLIC


def test_everything_wrong_with_a_users_file_is_told_at_once(tmp_path: Path) -> None:
    path = users_file(
        tmp_path,
        "- {email: olga, role: king, token: 12345678}\n- 5\n"
        "- {email: e@x.example, role: editor}\n- {email: E@x.example, role: editor, token: short, tokn: x}\n"
        "- {email: f@x.example, role: editor, key: nowhere.json}\n",
    )
    with pytest.raises(UsersFileError) as caught:
        accounts_in(path)
    told = caught.value.problems
    assert told[7].startswith("User 5: key cannot be used: ")
    assert told[:7] + told[8:] == [
        "User 1: email must be an e-mail address.",
        "User 1: role must be one of owner, editor, viewer.",
        "User 1: token must be text of at least 8 letters, digits or ._~+/=-; put a number in quotes.",
        "User 2: must have an email, a role and a token or key.",
        "User 3: needs a token, or a key if it is a service account.",
        "User 4: unknown tokn; known are email, role, token, key.",
        "User 4: token must be text of at least 8 letters, digits or ._~+/=-; put a number in quotes.",
        "At least one user must have the role owner.",
        "Two users have the same email.",
    ]


@pytest.mark.parametrize("text", ["", "[]", "users: []", "- {email: [", "just text"])
def test_a_file_that_is_no_list_of_users_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsersFileError):
        accounts_in(users_file(tmp_path, text))


def test_a_missing_users_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsersFileError, match="cannot be read"):
        accounts_in(tmp_path / "none.yaml")


def test_a_given_token_ends(desk: Desk, book: str, monkeypatch: pytest.MonkeyPatch, log_in: As) -> None:
    session = log_in("")
    session.headers["Authorization"] = f"Bearer {token(desk, BOT)}"
    assert read(desk, book, session).status_code == 403
    later = time.monotonic() + 3601
    monkeypatch.setattr("bot.desk.access.accounts.monotonic", lambda: later)
    assert read(desk, book, session).status_code == 401


@pytest.mark.parametrize("times", [{"iat": "now", "exp": 1}, {"iat": 1, "exp": ["soon"]}], ids=str)
def test_a_claim_without_readable_times_is_refused(desk: Desk, times: dict[str, Any]) -> None:
    claims = {"iss": BOT, "aud": "x", "scope": "x", **times}
    parts = [urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({"alg": "RS256"}, claims)]
    form = {"grant_type": GRANT, "assertion": ".".join([*parts, "c2lnbmVk"])}
    answer = requests.post(f"{desk.url}/token", data=form, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "path", ["/book/{id}", "/book/{id}/0/view", "/form/order/{id}", "/spreadsheets/d/{id}/edit", "/"]
)
def test_pages_show_no_workbook_that_is_not_shared(desk: Desk, log_in: As, path: str) -> None:
    book = desk.workbook("Secret plans")
    session = log_in("")
    session.cookies.set("desk-token", "token-of-erik")
    answer = session.get(desk.url + path.format(id=book), timeout=5)
    assert answer.status_code in ({200} if path == "/" else {403, 404})
    assert "Secret plans" not in answer.text


def test_who_may_only_look_sees_no_mail(desk: Desk, log_in: As) -> None:
    session = log_in("")
    session.cookies.set("desk-token", "token-of-vera")
    assert session.get(f"{desk.url}/mail", timeout=5).status_code == 403
    session.cookies.set("desk-token", "token-of-erik")
    assert session.get(f"{desk.url}/mail", timeout=5).status_code == 200
