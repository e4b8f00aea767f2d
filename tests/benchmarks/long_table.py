"""A desk in this process with one long table, asked as its HTTP door asks it: from the call to the answer's bytes."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import orjson

from bot.desk.core import Core
from bot.desk.parts import Parts
from bot.desk.wire import Answer, Call

WIDTH = 30
ROWS_A_REQUEST = 20_000
NUMBER_FORMATS = {
    1: ("DATE", "yyyy-mm-dd"),
    2: ("CURRENCY", '"¥"#,##0.00'),
    5: ("NUMBER", "#,##0.00"),
    6: ("DATE_TIME", "yyyy-mm-dd hh:mm"),
}


def row_of(index: int) -> list[str | int | float]:
    """An order: text, dates, amounts, counts; the same index always gives the same row."""
    first = [f"SO-{index:06}", 45000 + index % 900, index * 1.37, f"Customer {index % 997}", index % 13 + 1]
    second = [(index * 7919 % 100_003) / 100, 45000.25 + index % 900, "待审核", "上海市浦东新区世纪大道 1 号"]
    return [*first, *second, *(f"note {index % 50}" for _ in range(6)), *range(index, index + 15)]


class LongTable:
    """The table and what is done to it; every method is one request, or one per 20,000 rows."""

    def __init__(self, folder: Path) -> None:
        self.core = Core(Parts(folder))
        known = list(self.core.store.workbooks)
        self.id = known[0] if known else orjson.loads(self.call("POST", "/_desk/workbooks", {}))["id"]
        self._reads = 0

    def __enter__(self) -> LongTable:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.core.parts.close()

    def call(self, method: str, path: str, body: object = None, query: str = "") -> bytes:
        """The body of an answer that must be a 200."""
        data = b"" if body is None else orjson.dumps(body)
        answer: Answer = self.core.answer(Call(method, path, query, {}, data))
        assert answer.status == 200, answer.body
        return answer.body

    def values(self, method: str, path: str, body: object, query: str = "valueInputOption=RAW") -> bytes:
        return self.call(method, f"/v4/spreadsheets/{self.id}/values{path}", body, query)

    def batch(self, *requests: dict[str, Any]) -> None:
        self.call("POST", f"/v4/spreadsheets/{self.id}:batchUpdate", {"requests": requests})

    def resize(self, rows: int, columns: int) -> None:
        size = {"gridProperties": {"rowCount": rows, "columnCount": columns}}
        fields = "gridProperties(rowCount,columnCount)"
        self.batch({"updateSheetProperties": {"properties": size, "fields": fields}})

    def fill(self, height: int) -> None:
        for start in range(0, height, ROWS_A_REQUEST):
            rows = [row_of(index) for index in range(start, min(start + ROWS_A_REQUEST, height))]
            self.values("PUT", f"/A{start + 1}", {"values": rows})

    def format_columns(self, height: int) -> None:
        for column, (kind, pattern) in NUMBER_FORMATS.items():
            place = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": height}
            place |= {"startColumnIndex": column, "endColumnIndex": column + 1}
            cell = {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}
            fields = "userEnteredFormat.numberFormat"
            self.batch({"repeatCell": {"range": place, "cell": cell, "fields": fields}})

    def read(self, range_: str, how: str, pretty: bool = False) -> bytes:
        """The values of a range, never from the answers that are kept."""
        self._reads += 1
        query = f"valueRenderOption={how}&prettyPrint={str(pretty).lower()}&quotaUser={self._reads}"
        return self.call("GET", f"/v4/spreadsheets/{self.id}/values/{quote(range_)}", query=query)

    def read_again(self, range_: str, how: str) -> bytes:
        """The values of a range as a bot that polls asks for them: with the same query every time."""
        query = f"valueRenderOption={how}&prettyPrint=false"
        return self.call("GET", f"/v4/spreadsheets/{self.id}/values/{quote(range_)}", query=query)
