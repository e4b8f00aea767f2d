"""Whatever is sent to the values methods and to Drive, the answer is Google-shaped: never a stumble of the desk's own."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest

from bot.desk.core import Core
from bot.desk.parts import Parts
from bot.desk.wire import Call
from tests.desk.client import Workbook
from tests.desk.random_book import HOST, Book

ODD: list[Any] = [
    None,
    5,
    "x",
    [],
    {},
    True,
    -1,
    1e30,
    ["a"],
    {"a": 1},
    "",
    [[]],
    [[1, "a", None, {"a": 1}]],
    2**62,
]
RANGES = [
    "A1",
    "A1:B2",
    "A",
    "1:2",
    "Two",
    "names",
    "Z99",
    "A0",
    "!",
    "''",
    "A1:",
    "A1:B2:C3",
    "'",
    "One!",
    "A99999999",
    "=A1",
]
CELLS = [
    "x",
    1,
    None,
    True,
    "=A1",
    "=SUM(",
    "'",
    "",
    "2024-01-01",
    "50%",
    "1e999",
    "=1/0",
    "={1,2;3}",
    "=A:A",
    "24:61",
    "١",
]
OPTIONS = [
    "RAW",
    "USER_ENTERED",
    "ROWS",
    "COLUMNS",
    "FORMULA",
    "x",
    "",
    "true",
    "INSERT_ROWS",
    "*",
    "(((",
    "a(b",
    "5",
]
VALUES = {
    "parameters": ["valueInputOption", "majorDimension", "valueRenderOption", "insertDataOption", "ranges", "fields"],
    "fields": ["range", "majorDimension", "values", "valueInputOption", "data", "dataFilters", "includeValuesInResponse"],
    "calls": [
        "GET /values/{range}", "PUT /values/{range}", "POST /values/{range}:append", "POST /values/{range}:clear",
        "GET /values:batchGet", "POST /values:batchUpdate", "POST /values:batchClear", "POST :getByDataFilter",
        "POST /values:batchUpdateByDataFilter", "POST /values:batchGetByDataFilter", "POST /developerMetadata:search",
    ],
}  # fmt: skip
DRIVE = {
    "parameters": ["fields", "q", "orderBy", "pageSize", "pageToken", "alt", "mimeType", "addParents"],
    "fields": ["name", "role", "type", "emailAddress", "domain", "mimeType", "parents", "starred", "properties"],
    "calls": [
        "GET ", "POST ", "GET /{id}", "PATCH /{id}", "POST /{id}/copy", "GET /{id}/export", "GET /{id}/permissions",
        "POST /{id}/permissions", "PATCH /{id}/permissions/owner", "GET /{id}/permissions/x",
    ],
}  # fmt: skip


@pytest.fixture
def book(tmp_path: Any) -> Iterator[Book]:
    core = Core(Parts(tmp_path))
    yield Book(core)
    core.parts.close()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("service", [VALUES, DRIVE], ids=["values", "drive"])
def test_odd_bodies_and_parameters_are_refused_politely(
    book: Book, service: dict[str, list[str]], seed: int
) -> None:
    dice = Random(seed)
    root = f"/v4/spreadsheets/{book.id}" if service is VALUES else "/drive/v3/files"
    for _ in range(150):
        method, _, path = dice.choice(service["calls"]).partition(" ")
        path = path.format(range=quote(dice.choice(RANGES), safe=""), id=book.id)
        query = {
            name: dice.choice(OPTIONS) for name in dice.sample(service["parameters"], dice.randint(0, 3))
        }
        body: Any = {name: dice.choice(ODD) for name in dice.sample(service["fields"], dice.randint(0, 3))}
        if dice.random() < 0.6:
            rows = [
                [dice.choice(CELLS) for _ in range(dice.randint(0, 3))] for _ in range(dice.randint(0, 3))
            ]
            body = {"values": rows, "role": "reader", "type": "user", **body}
            query.setdefault("valueInputOption", "USER_ENTERED")
        given = orjson.dumps(dice.choice(ODD) if dice.random() < 0.1 else body) if method != "GET" else b""
        answer = book.core.answer(Call(method, root + path, urlencode(query), dict(HOST), given))
        assert answer.status in {200, 400, 403, 404}
        if answer.status != 200 and answer.type.startswith("application/json"):
            assert orjson.loads(answer.body)["error"]["message"]
    book.read()


@pytest.mark.parametrize("text", ["1e999", "-1e400"])
def test_a_number_no_cell_can_hold_stays_text(make_book: Any, text: str) -> None:
    book: Workbook = make_book()
    book.write("A1", [[text]], "USER_ENTERED")
    assert book.raw("A1") == [[text]]
