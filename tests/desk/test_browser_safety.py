"""What a hostile page in the same browser can send, as it is on the wire."""

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.desk import Desk
from bot.desk.access.accounts import Account
from bot.desk.web.listening import HostRefused, hosts, listen
from bot.desk.web.origins import Hosts, foreign
from bot.desk.wire import Call
from tests.desk.client import Workbook

OLGA = Account("olga@desk.example", "owner", "token-of-olga")
Answered = tuple[int, dict[str, str], bytes]


def send(url: str, method: str, path: str, body: bytes = b"", **headers: str) -> Answered:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=5)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body or None, named)
    response = connection.getresponse()
    answered = response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    connection.close()
    return answered


WRITES = [
    ("POST", "/v4/spreadsheets"),
    ("POST", "/v4/spreadsheets/{id}:batchUpdate"),
    ("PUT", "/v4/spreadsheets/{id}/values/A1?valueInputOption=RAW"),
    ("POST", "/v4/spreadsheets/{id}/values/A1:append?valueInputOption=RAW"),
    ("POST", "/v4/spreadsheets/{id}/values/A1:clear"),
    ("POST", "/batch"),
    ("POST", "/drive/v3/files"),
    ("DELETE", "/drive/v3/files/{id}"),
    ("PUT", "/upload/drive/v2/files/{id}"),
    ("POST", "/upload/drive/v3/files?uploadType=media"),
    ("POST", "/token"),
    ("POST", "/login"),
    ("POST", "/login/out"),
    ("POST", "/form/order/{id}"),
    ("POST", "/form/feedback/{id}"),
    ("POST", "/_desk/workbooks"),
    ("POST", "/_desk/import"),
    ("PUT", "/_desk/faults"),
    ("PUT", "/_desk/conditions"),
    ("DELETE", "/_desk/mail"),
]
ELSEWHERE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "file://"},
    {"Origin": "http://["},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Referer": "https://evil.example/page"},
]
SIMPLE = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


@pytest.mark.parametrize(("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES])
def test_a_page_elsewhere_writes_in_no_way(desk: Desk, method: str, path: str) -> None:
    at = path.format(id="1" + "x" * 43)
    for elsewhere in ELSEWHERE:
        status, _, body = send(desk.url, method, at, b"{}", Content_Type="text/plain", **elsewhere)
        assert status == 403, elsewhere
        assert b"another origin" in body, elsewhere


@pytest.mark.parametrize("kind", SIMPLE)
def test_a_form_elsewhere_cannot_pass_for_a_call(book: Workbook, kind: str) -> None:
    body = b'{"requests":[{"addSheet":{}}]}'
    at = f"/v4/spreadsheets/{book.id}:batchUpdate"
    status, _, _ = send(book.desk.url, "POST", at, body, Content_Type=kind, Origin="https://evil.example")
    assert status == 403
    assert len(book.ok("GET", "")["sheets"]) == 1


@pytest.mark.parametrize("own", [{}, {"Sec_Fetch_Site": "same-origin"}, {"Sec_Fetch_Site": "none"}], ids=str)
def test_programs_and_the_desks_own_pages_write(book: Workbook, own: dict[str, str]) -> None:
    at = f"/v4/spreadsheets/{book.id}:batchUpdate"
    host = urlsplit(book.desk.url).netloc
    for more in ({}, {"Origin": f"http://{host}"}, {"Referer": f"http://{host}/book"}):
        status, _, _ = send(book.desk.url, "POST", at, b'{"requests":[{"addSheet":{}}]}', **own, **more)
        assert status == 200


def test_no_other_origin_is_allowed_to_read(book: Workbook) -> None:
    for method in ("GET", "OPTIONS"):
        _, headers, _ = send(
            book.desk.url,
            method,
            f"/v4/spreadsheets/{book.id}",
            Origin="https://evil.example",
            Access_Control_Request_Method="PUT",
            Access_Control_Request_Headers="x-desk-page",
        )
        assert not [name for name in headers if name.startswith("access-control-")]


def test_pages_are_framed_by_nobody(book: Workbook) -> None:
    for path in ("/", f"/book/{book.id}", "/mail"):
        status, headers, _ = send(book.desk.url, "GET", path)
        assert status == 200
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["evil.example", "desk.evil.example:80", "[", "127.0.0.1@evil.example"])
def test_a_name_pointed_at_this_machine_opens_nothing(book: Workbook, host: str) -> None:
    status, _, _ = send(book.desk.url, "GET", f"/v4/spreadsheets/{book.id}", Host=host)
    assert status == 403


# With users


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk"), users=[OLGA]) as running:
        yield running


def log_in(desk: Desk, token: str, onward: str = "/") -> Answered:
    body = f"token={token}&next={onward}".encode()
    return send(desk.url, "POST", "/login", body, Content_Type="application/x-www-form-urlencoded")


def test_a_person_is_led_to_the_login_and_back(closed: Desk) -> None:
    book = closed.workbook("Orders")
    status, headers, _ = send(closed.url, "GET", f"/book/{book}?lang=en", Accept="text/html")
    assert (status, headers["location"]) == (303, f"/login?next=%2Fbook%2F{book}%3Flang%3Den")
    status, _, page = send(closed.url, "GET", headers["location"], Accept="text/html")
    assert status == 200
    assert f'value="/book/{book}?lang=en"'.encode() in page
    status, headers, _ = log_in(closed, "token-of-olga", f"%2Fbook%2F{book}")
    assert (status, headers["location"]) == (303, f"/book/{book}")
    assert headers["set-cookie"] == "desk-token=token-of-olga; Path=/; HttpOnly; SameSite=Strict"
    status, _, page = send(closed.url, "GET", f"/book/{book}", Cookie="desk-token=token-of-olga")
    assert status == 200
    assert b"olga@desk.example" in page


def test_a_wrong_token_is_told_so(closed: Desk) -> None:
    status, headers, page = log_in(closed, "wrong-token")
    assert status == 401
    assert "set-cookie" not in headers
    assert b"This token is not known here." in page


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:1",
        "%2F%0d%0aX:1",
        "",
        "/%C3%A9",
    ],
)
def test_the_login_leads_nowhere_else(closed: Desk, onward: str) -> None:
    _, headers, _ = log_in(closed, "token-of-olga", onward)
    assert headers["location"] == "/"
    assert "x" not in headers


def test_a_person_can_log_out(closed: Desk) -> None:
    status, headers, _ = send(closed.url, "POST", "/login/out", Cookie="desk-token=token-of-olga")
    assert (status, headers["location"]) == (303, "/login")
    assert headers["set-cookie"].startswith("desk-token=; ")
    assert "Max-Age=0" in headers["set-cookie"]


@pytest.mark.parametrize("path", ["/v4/spreadsheets/{id}", "/drive/v3/files", "/_desk/mail"])
def test_the_cookie_counts_for_apis_only_from_pages(closed: Desk, path: str) -> None:
    at = path.format(id=closed.workbook("Orders"))
    cookie = "desk-token=token-of-olga"
    assert send(closed.url, "GET", at, Cookie=cookie)[0] == 403
    assert send(closed.url, "GET", at, Cookie=cookie, X_Desk_Page="1")[0] == 200
    assert send(closed.url, "GET", at, Cookie="desk-token=wrong", X_Desk_Page="1")[0] == 401
    assert send(closed.url, "GET", at, X_Desk_Page="1")[0] == 403


def test_no_page_is_shown_without_a_login(closed: Desk) -> None:
    book = closed.workbook("Secret plans")
    for path in (
        "/",
        f"/book/{book}",
        f"/book/{book}/0/view",
        f"/form/order/{book}",
        "/mail",
        "/_desk/events",
    ):
        status, _, body = send(closed.url, "GET", path)
        assert status in {303, 403}, path
        assert b"Secret plans" not in body


# Beyond loopback


def test_a_desk_without_users_stays_on_loopback() -> None:
    with pytest.raises(HostRefused, match="loopback only"):
        listen("0.0.0.0", 0)  # noqa: S104 - what must be refused


def test_a_desk_with_users_may_listen_beyond() -> None:
    with listen("0.0.0.0", 0, beyond=True) as listening:  # noqa: S104 - what it is about
        assert hosts("0.0.0.0", listening).any_address  # noqa: S104 - the same


ANY = Hosts(frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"}), any_address=True)  # noqa: S104
NAMED = Hosts(frozenset({"localhost", "127.0.0.1", "::1", "desk.example", "10.0.0.5"}))


@pytest.mark.parametrize(
    ("bound", "host", "taken"),
    [
        (ANY, "192.168.1.7:8765", True),
        (ANY, "[fe80::1]:8765", True),
        (ANY, "desk.example", False),
        (NAMED, "desk.example:8765", True),
        (NAMED, "10.0.0.5", True),
        (NAMED, "10.0.0.6", False),
        (NAMED, "evil.example", False),
    ],
)
def test_beyond_loopback_only_names_that_cannot_be_borrowed_are_taken(
    bound: Hosts, host: str, taken: bool
) -> None:
    assert (foreign(Call("GET", "/", headers={"host": host}), bound) is None) is taken


@pytest.mark.parametrize(
    ("origin", "taken"),
    [
        ("http://desk.example:8765", True),
        ("https://desk.example:8765", True),  # a proxy in front speaks TLS
        ("https://desk.example", False),
        ("http://evil.example:8765", False),
    ],
)
def test_beyond_loopback_writes_come_from_the_desks_own_name(origin: str, taken: bool) -> None:
    call = Call("POST", "/", headers={"host": "desk.example:8765", "origin": origin})
    assert (foreign(call, NAMED) is None) is taken


def test_the_command_names_all_that_is_wrong_with_the_users_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], run_bot: Callable[..., int]
) -> None:
    path = tmp_path / "users.yaml"
    path.write_text("- {email: olga, role: king, token: token-of-olga}")
    assert run_bot("desk", "--users", str(path), "--data", str(tmp_path / "data")) == 2
    told = capsys.readouterr().err
    assert "email must be an e-mail address." in told
    assert "role must be one of owner, editor, viewer." in told
    assert "token-of-olga" not in told


def test_the_command_refuses_other_machines_without_users(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], run_bot: Callable[..., int]
) -> None:
    assert run_bot("desk", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "data")) == 2  # noqa: S104
    assert "--users FILE" in capsys.readouterr().err


@pytest.fixture
def run_bot() -> Callable[..., int]:
    from bot.__main__ import main  # noqa: PLC0415 - the command line is what these two are about

    return lambda *arguments: main(arguments)
