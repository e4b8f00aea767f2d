import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from bot.desk import Desk
from tests.desk.client import Workbook, grid, rows, text


@pytest.fixture
def book(own_desk: Desk, make_book: Callable[..., Workbook]) -> Workbook:
    return make_book(on=own_desk)


@pytest.fixture
def fault(own_desk: Desk) -> Callable[..., None]:
    def ask(**fault: Any) -> None:
        answer = requests.put(f"{own_desk.url}/_desk/faults", json=[fault], timeout=5)
        assert answer.status_code == 200, answer.text

    return ask


def left(desk: Desk) -> Any:
    return requests.get(f"{desk.url}/_desk/faults", timeout=5).json()


@pytest.mark.parametrize(
    ("status", "name"),
    [(400, "INVALID_ARGUMENT"), (401, "UNAUTHENTICATED"), (403, "PERMISSION_DENIED"), (404, "NOT_FOUND"),
     (429, "RESOURCE_EXHAUSTED"), (500, "INTERNAL"), (503, "UNAVAILABLE")],
)  # fmt: skip
def test_a_status_comes_with_googles_body(
    book: Workbook, fault: Callable[..., None], status: int, name: str
) -> None:
    fault(match="/values/", status=status)
    answer = book.call("GET", "/values/A1")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (status, status, name)
    assert book.call("GET", "/values/A1").status_code == 200


def test_a_quota_error_says_when_to_come_back(book: Workbook, fault: Callable[..., None]) -> None:
    fault(match="GET /v4", status=429, retry_after=7)
    answer = book.call("GET", "/values/A1")
    assert answer.headers["retry-after"] == "7"
    assert answer.json()["error"]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"


@pytest.mark.parametrize(("when", "there"), [("before", []), ("after", [["x"]])])
def test_a_failed_write_took_effect_only_if_it_failed_after(
    book: Workbook, fault: Callable[..., None], when: str, there: list[list[str]]
) -> None:
    fault(match=":append", status=503, when=when)
    answer = book.call("POST", "/values/A1:append", {"values": [["x"]]}, valueInputOption="RAW")
    assert answer.status_code == 503
    assert book.read("A1") == there


@pytest.mark.parametrize(("when", "there"), [("before", []), ("after", [["x"]])])
def test_a_dropped_connection_has_no_answer(
    book: Workbook, fault: Callable[..., None], when: str, there: list[list[str]]
) -> None:
    fault(match="PUT", drop=True, when=when)
    with pytest.raises(requests.ConnectionError):
        book.write("A1", [["x"]])
    assert book.read("A1") == there


def test_a_truncated_answer_stops_half_way(book: Workbook, fault: Callable[..., None]) -> None:
    book.write("A1", [["x" * 1000]])
    fault(match="/values/", truncate=True)
    with pytest.raises(requests.exceptions.RequestException):
        book.read("A1")
    assert book.read("A1") == [["x" * 1000]]


def test_an_answer_can_be_something_other_than_json(book: Workbook, fault: Callable[..., None]) -> None:
    fault(match="/values/", status=502, body="<html>Bad Gateway</html>")
    answer = book.call("GET", "/values/A1")
    assert (answer.status_code, answer.text) == (502, "<html>Bad Gateway</html>")
    assert answer.headers["content-type"].startswith("text/html")


def test_an_answer_can_be_late(book: Workbook, fault: Callable[..., None]) -> None:
    fault(match="/values/", delay=0.15)
    start = time.perf_counter()
    book.read("A1")
    assert time.perf_counter() - start >= 0.15


def test_others_are_served_while_one_waits(
    own_desk: Desk, book: Workbook, fault: Callable[..., None]
) -> None:
    fault(match="A1", delay=30)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{own_desk.url}/v4/spreadsheets/{book.id}/values/A1", timeout=0.1)
    assert book.read("B1") == []


def test_a_fault_lets_some_pass_and_happens_some_times(book: Workbook, fault: Callable[..., None]) -> None:
    fault(match="/values/", status=500, skip=1, times=2)
    assert [book.call("GET", "/values/A1").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_faults_left_can_be_seen_and_cleared(
    own_desk: Desk, book: Workbook, fault: Callable[..., None]
) -> None:
    fault(match="/values/", status=500, times=2)
    book.call("GET", "/values/A1")
    assert left(own_desk) == [{"match": "/values/", "status": 500, "times": 1, "when": "before"}]
    requests.delete(f"{own_desk.url}/_desk/faults", timeout=5)
    assert left(own_desk) == []


@pytest.mark.parametrize(
    "wrong", [{"status": 500}, {"match": "x", "stauts": 500}, {"match": "x", "when": "later"}, 5]
)
def test_a_misspelt_fault_is_refused(own_desk: Desk, wrong: Any) -> None:
    assert requests.put(f"{own_desk.url}/_desk/faults", json=[wrong], timeout=5).status_code == 400


TYPE = {"updateCells": {"start": {"rowIndex": 1}, "rows": [text("typed")], "fields": "userEnteredValue"}}
SORT = {"sortRange": {"range": grid(0, 0, 2, 1), "sortSpecs": [{"sortOrder": "ASCENDING"}]}}


@pytest.mark.parametrize(
    ("requests_", "when", "there"),
    [
        ([SORT], "before", [["new"], ["b"]]),
        ([SORT], "after", [["a"], ["new"]]),
        ([{"insertDimension": {"range": rows(0, 1)}}], "before", [["new"], ["b"], ["a"]]),
        ([{"insertDimension": {"range": rows(0, 1)}}], "after", [[], ["new"], ["a"]]),
        ([{"deleteDimension": {"range": rows(0, 1)}}], "before", [["new"]]),
        ([{"deleteDimension": {"range": rows(0, 1)}}], "after", [["a"]]),
        ([TYPE], "before", [["new"], ["typed"]]),
        ([TYPE], "after", [["new"], ["typed"]]),
    ],
)  # fmt: skip
def test_another_person_can_edit_between_two_requests(
    book: Workbook, fault: Callable[..., None], requests_: list[Any], when: str, there: list[list[str]]
) -> None:
    book.write("A1", [["b"], ["a"]])
    fault(match=":batchUpdate", edit={"requests": requests_}, when=when)
    book.batch({"updateCells": {"start": {}, "rows": [text("new")], "fields": "userEnteredValue"}})
    assert book.read("A1:A5") == there


def test_an_edit_and_a_failure_can_hit_the_same_request(own_desk: Desk, book: Workbook) -> None:
    book.write("A1", [["b"], ["a"]])
    both = [{"match": "A1", "edit": {"requests": [SORT]}}, {"match": "A1", "status": 503}]
    requests.put(f"{own_desk.url}/_desk/faults", json=both, timeout=5)
    assert book.call("GET", "/values/A1").status_code == 503
    assert book.read("A1:A2") == [["a"], ["b"]]


def test_requests_are_listed_with_their_sizes(own_desk: Desk, book: Workbook) -> None:
    requests.delete(f"{own_desk.url}/_desk/requests", timeout=5)
    book.write("A1", [["x" * 100]])
    (seen,) = requests.get(f"{own_desk.url}/_desk/requests", timeout=5).json()
    assert (seen["method"], seen["status"]) == ("PUT", 200)
    assert seen["path"].endswith("/values/A1")
    assert seen["query"] == "valueInputOption=RAW"
    assert seen["request_bytes"] > 100
    assert seen["user_agent"].startswith("python-requests")
