"""Every method of Google's discovery document is answered, or refused as Google refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.desk.client import Workbook
from tests.desk.random_requests import document, kinds

Json = dict[str, Any]
#: What stands in the path; methods of objects the workbook has not are refused with a 404.
PATH = {"sheetId": "0", "range": "A1:B2", "metadataId": "1"}
QUERY = {"valueInputOption": "RAW", "ranges": "A1"}
BODIES: Json = {
    "BatchUpdateSpreadsheetRequest": {"requests": [{"addSheet": {}}]},
    "BatchUpdateValuesRequest": {"valueInputOption": "RAW", "data": []},
    "BatchUpdateValuesByDataFilterRequest": {"valueInputOption": "RAW", "data": []},
    "ValueRange": {"values": [["x"]]},
}


def methods(resource: Json) -> Iterator[Json]:
    yield from resource.get("methods", {}).values()
    for below in resource.get("resources", {}).values():
        yield from methods(below)


METHODS = list(methods(document()))
WITH_BODY = [method for method in METHODS if "request" in method]


def sent(book: Workbook, method: Json, body: Any, query: Json) -> requests.Response:
    values = {**PATH, "spreadsheetId": book.id}
    path = re.sub(r"\{\+?(\w+)\}", lambda match: values[match[1]], method["path"])
    return book.session.request(
        method["httpMethod"], f"{book.desk.url}/{path}", json=body, params=query, timeout=10
    )


def is_google_shaped(answer: requests.Response) -> bool:
    if not answer.headers["content-type"].startswith("application/json") or not isinstance(
        answer.json(), dict
    ):
        return False
    if answer.status_code == 200:
        return "error" not in answer.json()
    error = answer.json()["error"]
    return error["code"] == answer.status_code and {"message", "status"} <= error.keys()


def body_of(book: Workbook, method: Json) -> Any:
    name = method.get("request", {}).get("$ref")
    if name == "CopySheetToAnotherSpreadsheetRequest":
        return {"destinationSpreadsheetId": book.id}
    return BODIES.get(name, {}) if name else None


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method["id"])
def test_every_method_is_answered(book: Workbook, method: Json) -> None:
    query = {name: value for name, value in QUERY.items() if name in method["parameters"]}
    answer = sent(book, method, body_of(book, method), query)
    assert answer.status_code == (404 if method["id"].endswith("developerMetadata.get") else 200), answer.text
    assert is_google_shaped(answer)


@pytest.mark.parametrize("method", WITH_BODY, ids=lambda method: method["id"])
@pytest.mark.parametrize(
    "body", [[], "text", {"noSuchField": 1}, 7], ids=["list", "text", "unknown", "number"]
)
def test_every_method_refuses_a_body_it_does_not_know(book: Workbook, method: Json, body: Any) -> None:
    answer = sent(book, method, body, {name: v for name, v in QUERY.items() if name in method["parameters"]})
    assert answer.status_code == 400, answer.text
    assert is_google_shaped(answer)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method["id"])
def test_every_method_refuses_a_parameter_it_does_not_know(book: Workbook, method: Json) -> None:
    answer = sent(book, method, body_of(book, method), {**QUERY, "noSuchParameter": "1"})
    assert answer.status_code == 400
    assert is_google_shaped(answer)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("DELETE", ""),
        ("PATCH", ""),
        ("POST", ":noSuchVerb"),
        ("GET", "/noSuchThing"),
        ("POST", "/values:noSuchVerb"),
        ("POST", "/sheets/x:copyTo"),
        ("GET", "/developerMetadata/x"),
        ("POST", "/developerMetadata"),
    ],
)
def test_what_is_no_method_is_refused(book: Workbook, verb: str, path: str) -> None:
    answer = book.call(verb, path, {} if verb == "POST" else None)
    assert answer.status_code in {400, 404}
    assert is_google_shaped(answer)


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_of_request_is_known_or_refused_by_its_name(book: Workbook, kind: str) -> None:
    answer = book.call("POST", ":batchUpdate", {"requests": [{kind: {}}]})
    assert is_google_shaped(answer)
    if answer.status_code != 200:
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(f"Invalid requests[0].{kind}: ")


def test_a_single_value_is_taken_for_the_list_of_it(book: Workbook) -> None:
    adding = {
        "addProtectedRange": {"protectedRange": {"range": {}, "editors": {"users": "anna@example.com"}}}
    }
    book.ok("POST", ":batchUpdate", {"requests": adding})
    assert "anna@example.com" in book.sheet()["protectedRanges"][0]["editors"]["users"]
    assert "ListValue" in book.refuse_write("A1", "x")
