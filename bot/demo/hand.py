"""The demo's hand: types into the workbook over the API, as a person's browser or another client would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheets_schema import Cell, Tab

Cells = Mapping[str, Cell]


class Hand:
    """At one workbook, whose tabs carry the titles of this language in their usual order."""

    def __init__(self, endpoint: str, key: str, language: str) -> None:
        import requests  # noqa: PLC0415 - loaded with the adapters anyway

        self._http = requests.Session()
        self._url = f"{endpoint}/v4/spreadsheets/{key}"
        self._page = f"{endpoint}/book/{key}"
        self._language = language

    def fill(self, *blocks: tuple[Tab, int, Sequence[Cells]]) -> None:
        """Whole rows of several tabs from a row (1-based) on, in one request; blank cells are left as they are."""
        data = []
        for tab, row, rows in blocks:
            values = [[cells.get(f.key) for f in tab.fields] for cells in rows]
            data.append({"range": f"'{tab.title(self._language)}'!A{row}", "values": values})
        self._call("POST", "/values:batchUpdate", {"data": data, "valueInputOption": "RAW"})

    def enter(self, *blocks: tuple[str, Sequence[Sequence[Cell]]]) -> None:
        """Ranges and their rows as a person enters them: = begins a formula."""
        data = [{"range": where, "values": rows} for where, rows in blocks]
        self._call("POST", "/values:batchUpdate", {"data": data, "valueInputOption": "USER_ENTERED"})

    def change(self, *requests: Mapping[str, Any]) -> None:
        """Requests of batchUpdate, all or none."""
        self._call("POST", ":batchUpdate", {"requests": requests})

    def rows(self, tab: Tab) -> Iterator[dict[str, str]]:
        """The rows as they show."""
        values = self._call("GET", f"/values/'{tab.title(self._language)}'").get("values", [[]])
        titles = {f.title(self._language): f.key for f in tab.fields}
        keys = [titles.get(title, title) for title in values[0]]
        return (dict(zip(keys, row, strict=False)) for row in values[1:])

    def address(self, tab: Tab) -> str:
        """The tab's page on the desk."""
        sheets = self._call("GET", "?fields=sheets.properties(sheetId,title)")["sheets"]
        ids = {s["properties"]["title"]: s["properties"]["sheetId"] for s in sheets}
        return f"{self._page}/{ids.get(tab.title(self._language), '')}"

    def sees_workbook(self) -> bool:
        """Whether the workbook is (still) there."""
        return bool(self._http.get(self._url, params={"fields": "spreadsheetId"}, timeout=30).ok)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body)
        answer = self._http.request(method, self._url + path, data=data, timeout=30)
        answer.raise_for_status()
        return answer.json()
