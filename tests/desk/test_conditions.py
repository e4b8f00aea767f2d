import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from bot.desk import Desk
from bot.desk.book.workbook import Moment
from bot.desk.circumstances import told
from tests.desk.client import Workbook

LONG = 3600


@pytest.fixture
def book(own_desk: Desk, make_book: Callable[..., Workbook]) -> Workbook:
    return make_book(on=own_desk)


def be(desk: Desk, **conditions: Any) -> Any:
    answer = requests.put(f"{desk.url}/_desk/conditions", json=conditions, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()


def drive(book: Workbook) -> tuple[str, str]:
    url = f"{book.desk.url}/drive/v3/files/{book.id}?fields=version,modifiedTime"
    file = book.session.get(url, timeout=5).json()
    return file["version"], file["modifiedTime"]


def test_drive_tells_late_of_what_the_values_show_at_once(own_desk: Desk, book: Workbook) -> None:
    be(own_desk, modified_time_lag=LONG)
    before = drive(book)
    book.write("A1", [["x"]])
    assert book.read("A1") == [["x"]]
    assert drive(book) == before
    files = requests.get(f"{own_desk.url}/drive/v3/files?fields=files(modifiedTime)", timeout=5).json()
    assert files["files"][0]["modifiedTime"] == before[1]


def test_drive_tells_of_it_when_the_lag_is_over(own_desk: Desk, book: Workbook) -> None:
    be(own_desk, modified_time_lag=0.05)
    before = drive(book)
    book.write("A1", [["x"]])
    deadline = time.monotonic() + 10
    while drive(book) == before:
        assert time.monotonic() < deadline
    assert int(drive(book)[0]) == int(before[0]) + 1


def test_what_drive_told_of_stays_told(own_desk: Desk, book: Workbook) -> None:
    book.write("A1", [["x"]])
    before = drive(book)
    be(own_desk, modified_time_lag=LONG)
    assert drive(book) == before
    book.write("A1", [["y"]])
    requests.delete(f"{own_desk.url}/_desk/conditions", timeout=5)
    after = drive(book)
    assert int(after[0]) == int(before[0]) + 1
    be(own_desk, modified_time_lag=LONG)
    assert drive(book) == after


@pytest.mark.parametrize(
    ("now", "version"),
    [(10, 0), (14.9, 0), (15, 3), (21.9, 3), (22, 5), (99, 5)],
)
def test_changes_are_told_together(now: float, version: int) -> None:
    # Known at 0; changes at 10, 11 and 15 are told at 15, those at 17 and 20 at 22.
    moments = [Moment(at, number, "") for number, at in enumerate((0, 10, 11, 15, 17, 20))]
    latest = told(moments, now, 5)
    assert latest is not None
    assert latest.version == version


FILES = [
    ("/v4/spreadsheets", {}),
    ("/drive/v3/files", {"name": "x"}),
    ("/drive/v3/files/{id}/copy", {"name": "x"}),
]


@pytest.mark.parametrize(("path", "body"), FILES, ids=[path for path, _ in FILES])
def test_a_service_account_has_no_storage(own_desk: Desk, book: Workbook, path: str, body: Any) -> None:
    be(own_desk, storage_quota_exceeded=True)
    url = own_desk.url + path.format(id=book.id)
    answer = requests.post(url, json=body, timeout=5)
    assert answer.status_code == 403
    (one,) = answer.json()["error"]["errors"]
    assert (one["domain"], one["reason"]) == ("usageLimits", "storageQuotaExceeded")
    assert one["message"].startswith("Service Accounts do not have storage quota.")
    assert book.write("A1", [["still written"]])
    assert requests.post(url, json=body, headers={"X-Desk-Page": "1"}, timeout=5).status_code == 200
    requests.delete(f"{own_desk.url}/_desk/conditions", timeout=5)
    assert requests.post(url, json=body, timeout=5).status_code == 200


def test_a_desk_is_kind_unless_told_otherwise(own_desk: Desk) -> None:
    url = f"{own_desk.url}/_desk/conditions"
    kind = {"modified_time_lag": 0.0, "storage_quota_exceeded": False}
    assert requests.get(url, timeout=5).json() == kind
    assert be(own_desk, modified_time_lag=3) == {**kind, "modified_time_lag": 3.0}
    assert requests.delete(url, timeout=5).json() == kind


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"modified_time_lag": -1},
        {"modified_time_lag": "3"},
        {"modified_time_lag": True},
        {"storage_quota_exceeded": 1},
        {"lag": 3},
    ],
    ids=str,
)
def test_misspelt_conditions_are_refused(own_desk: Desk, wrong: Any) -> None:
    assert requests.put(f"{own_desk.url}/_desk/conditions", json=wrong, timeout=5).status_code == 400


def test_what_pages_ask_is_neither_noted_nor_troubled(own_desk: Desk, book: Workbook) -> None:
    requests.put(f"{own_desk.url}/_desk/faults", json=[{"match": "/values/", "status": 503}], timeout=5)
    requests.delete(f"{own_desk.url}/_desk/requests", timeout=5)
    url = f"{own_desk.url}/v4/spreadsheets/{book.id}/values/A1"
    assert requests.get(url, headers={"X-Desk-Page": "1"}, timeout=5).status_code == 200
    assert requests.get(f"{own_desk.url}/_desk/requests", timeout=5).json() == []
    assert requests.get(url, timeout=5).status_code == 503
    (noted,) = requests.get(f"{own_desk.url}/_desk/requests", timeout=5).json()
    assert noted["status"] == 503


@pytest.mark.parametrize(("method", "kind"), [("GET", "Read"), ("PUT", "Write")])
def test_reading_and_writing_have_quotas_of_their_own(
    own_desk: Desk, book: Workbook, method: str, kind: str
) -> None:
    requests.put(f"{own_desk.url}/_desk/faults", json=[{"match": "/values/", "status": 429}], timeout=5)
    error = book.call(method, "/values/A1", {"values": [["x"]]} if method == "PUT" else None).json()["error"]
    assert error["message"].startswith(
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} "
    )
    assert error["details"][0]["metadata"]["quota_limit"] == f"{kind}RequestsPerMinutePerUser"
