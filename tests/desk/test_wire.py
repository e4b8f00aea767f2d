import gzip
import http.client
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import requests

from bot.desk import Desk, serve
from bot.desk.schema import TYPES
from tests.desk.client import Workbook


def fetch(book: Workbook, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """An answer as it is on the wire."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(book.desk.url).port)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", f"/v4/spreadsheets/{book.id}{path}", headers=named)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.mark.parametrize(
    ("accept", "agent", "packed"),
    [("gzip", "bot (gzip)", True), ("gzip", "bot", False), ("identity", "bot (gzip)", False)],
)
def test_answers_are_compressed_only_for_who_asks_in_both_headers(
    book: Workbook, accept: str, agent: str, packed: bool
) -> None:
    book.write("A1", [["x" * 1000]])
    response, body = fetch(book, "/values/A1", Accept_Encoding=accept, User_Agent=agent)
    assert (response.getheader("content-encoding") == "gzip") is packed
    assert b"x" * 1000 in (gzip.decompress(body) if packed else body)


def test_a_repeated_read_is_the_same_bytes(book: Workbook) -> None:
    book.write("A1", [["x"]])
    headers = {"Accept_Encoding": "gzip", "User_Agent": "bot (gzip)"}
    first = fetch(book, "/values/A1", **headers)[1]
    assert fetch(book, "/values/A1", **headers)[1] == first
    book.write("B1", [["elsewhere"]])
    assert fetch(book, "/values/A1", **headers)[1] == first
    book.write("A1", [["y"]])
    assert fetch(book, "/values/A1", **headers)[1] != first


def test_json_is_pretty_unless_told_otherwise(book: Workbook) -> None:
    book.write("A1", [["订单"]])
    assert b'{\n  "range": "Sheet1!A1",\n' in fetch(book, "/values/A1")[1]
    compact = fetch(book, "/values/A1?prettyPrint=false")[1]
    assert compact.strip() == '{"range":"Sheet1!A1","majorDimension":"ROWS","values":[["订单"]]}'.encode()


def test_head_and_body_come_in_one_piece(book: Workbook) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(book.desk.url).port or 0), timeout=5) as raw:
        raw.sendall(f"GET /v4/spreadsheets/{book.id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        piece = raw.recv(1 << 20)
    assert piece.startswith(b"HTTP/1.1 200 OK")
    assert b"spreadsheetUrl" in piece


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.1:8765", ""])
def test_a_foreign_host_is_turned_away(desk: Desk, host: str) -> None:
    assert requests.get(desk.url, headers={"Host": host}, timeout=5).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:99", "127.0.0.1", "[::1]:5"])
def test_loopback_hosts_are_let_in(desk: Desk, host: str) -> None:
    assert requests.get(desk.url, headers={"Host": host}, timeout=5).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_a_page_of_another_origin_cannot_write(book: Workbook, origin: str) -> None:
    answer = requests.post(f"{book.desk.url}/v4/spreadsheets", json={}, headers={"Origin": origin}, timeout=5)
    assert answer.status_code == 403


def test_a_page_of_the_desk_may_write(desk: Desk) -> None:
    answer = requests.post(f"{desk.url}/v4/spreadsheets", json={}, headers={"Origin": desk.url}, timeout=5)
    assert answer.status_code == 200


def test_only_loopback_is_listened_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        serve(0, 0, tmp_path_factory.mktemp("desk"), host="0.0.0.0")  # noqa: S104 - what must be refused


def test_a_body_that_is_not_json_is_refused(book: Workbook) -> None:
    answer = book.session.post(f"{book.desk.url}/v4/spreadsheets/{book.id}:batchUpdate", data="{", timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid JSON payload received.")


@pytest.mark.parametrize("path", ["/nothing", "/_desk/nothing", "/v4/nothing", "/drive/v3/nothing"])
def test_unknown_paths_are_not_found(desk: Desk, path: str) -> None:
    assert requests.get(desk.url + path, timeout=5).status_code == 404


def test_every_type_of_the_schema_is_there() -> None:
    def named(kind: object) -> list[str]:
        if isinstance(kind, str):
            return [kind[1:]] if kind.startswith("@") else []
        return named(kind[1]) if isinstance(kind, list) and kind[0] in {"list", "map"} else []

    missing = {n for fields in TYPES.values() for kind in fields.values() for n in named(kind)} - set(TYPES)
    assert missing == set()


def drive(desk: Desk, **params: str) -> list[str]:
    answer = requests.get(f"{desk.url}/drive/v3/files", params=params, timeout=5)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["files"]]


def test_files_are_listed_by_query(own_desk: Desk) -> None:
    for title in ("Orders", 'It\'s "mine"', "Other"):
        own_desk.workbook(title)
    kind = 'mimeType="application/vnd.google-apps.spreadsheet"'
    assert set(drive(own_desk, q=kind)) == {"Orders", 'It\'s "mine"', "Other"}
    assert drive(own_desk, q=f'{kind} and name = "It\'s \\"mine\\""') == ['It\'s "mine"']
    assert drive(own_desk, q="name contains 'oth' and trashed = false") == ["Other"]
    assert drive(own_desk, q="name contains 'ther'") == []  # it looks at the beginnings of words


def test_every_change_shows_in_version_and_time(make_book: Callable[..., Workbook]) -> None:
    book = make_book()
    url = f"{book.desk.url}/drive/v3/files/{book.id}?fields=version,modifiedTime"
    seen = []
    for number in range(5):
        book.write("A1", [[number]])
        seen.append(requests.get(url, timeout=5).json())
    assert len({one["modifiedTime"] for one in seen}) == 5
    versions = [int(one["version"]) for one in seen]
    assert versions == sorted(set(versions))
