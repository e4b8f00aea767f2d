"""A thin client for the desk, so that tests say what they do and not how HTTP does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests

from bot.desk import Desk


@dataclass
class Workbook:
    """One workbook on a desk."""

    desk: Desk
    id: str
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, json: Any = None, **params: Any) -> requests.Response:
        url = f"{self.desk.url}/v4/spreadsheets/{self.id}{path}"
        return self.session.request(method, url, json=json, params=params, timeout=10)

    def ok(self, method: str, path: str, json: Any = None, **params: Any) -> Any:
        response = self.call(method, path, json, **params)
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, method: str, path: str, json: Any = None, **params: Any) -> str:
        """The message of a 400."""
        response = self.call(method, path, json, **params)
        assert response.status_code == 400, response.text
        assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
        return str(response.json()["error"]["message"])

    def read(self, range_: str, **options: Any) -> list[list[Any]]:
        answer = self.ok("GET", f"/values/{quote(range_, safe='')}", **options)
        return list(answer.get("values", []))

    def raw(self, range_: str) -> list[list[Any]]:
        return self.read(range_, valueRenderOption="UNFORMATTED_VALUE")

    def write(self, range_: str, values: list[list[Any]], option: str = "RAW", **more: Any) -> Any:
        path = f"/values/{quote(range_, safe='')}"
        return self.ok("PUT", path, {"values": values, **more}, valueInputOption=option)

    def refuse_write(self, range_: str, values: Any, option: str = "RAW") -> str:
        path = f"/values/{quote(range_, safe='')}"
        return self.refused("PUT", path, {"values": values}, valueInputOption=option)

    def append(self, range_: str, values: list[list[Any]], **params: Any) -> Any:
        params.setdefault("valueInputOption", "RAW")
        return self.ok("POST", f"/values/{quote(range_, safe='')}:append", {"values": values}, **params)

    def batch(self, *changes: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.ok("POST", ":batchUpdate", {"requests": list(changes)})["replies"])

    def refuse_batch(self, *changes: dict[str, Any]) -> str:
        return self.refused("POST", ":batchUpdate", {"requests": list(changes)})

    def get(self, fields: str = "", *ranges: str) -> Any:
        return self.ok("GET", "", fields=fields or None, ranges=list(ranges))

    def sheet(self, fields: str = "sheets") -> dict[str, Any]:
        """The first sheet, without its cells unless the fields ask for them."""
        return dict(self.ok("GET", "", fields=fields if fields != "sheets" else None)["sheets"][0])

    def cell(self, range_: str) -> dict[str, Any]:
        data = self.get("sheets.data.rowData.values", range_)["sheets"][0]["data"][0]
        return dict(data["rowData"][0]["values"][0]) if "rowData" in data else {}


def text(*values: Any) -> dict[str, Any]:
    """A RowData of the values."""

    def one(value: Any) -> dict[str, Any]:
        kind = (
            "boolValue"
            if isinstance(value, bool)
            else "stringValue"
            if isinstance(value, str)
            else "numberValue"
        )
        return {"userEnteredValue": {kind: value}}

    return {"values": [one(value) for value in values]}


def grid(top: int, left: int, bottom: int, right: int, sheet: int = 0) -> dict[str, int]:
    """A GridRange."""
    return {
        "sheetId": sheet,
        "startRowIndex": top,
        "startColumnIndex": left,
        "endRowIndex": bottom,
        "endColumnIndex": right,
    }


def rows(start: int, end: int, dimension: str = "ROWS") -> dict[str, Any]:
    """A DimensionRange of the first sheet."""
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}
