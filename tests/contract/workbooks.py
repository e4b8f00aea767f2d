"""Workbooks of both kinds, and people who type into them: what the suite of the port is run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

from bot.adapters.google_sheets import GoogleWorkbook
from bot.adapters.memory_workbook import MemoryWorkbook
from bot.desk import Desk
from bot.ports import Workbook
from sheets_schema import Cell
from tests.system.hand import Book

Grid = list[list[Cell]]
#: Rows and columns of every tab's grid at the start.
ROWS, COLUMNS = 12, 8


class Sheets(Protocol):
    """One workbook, as people have it before them; tabs go by title and columns are 0-based."""

    workbook: Workbook

    def grid(self, title: str) -> Grid:
        """All rows as they stand, without blanks at their ends and below them."""
        ...

    def type(self, title: str, row: int, cells: Sequence[Cell]) -> None:
        """Type these cells into a row, 1-based, from its first column on."""
        ...

    def move_column(self, title: str, column: int, to: int) -> None:
        """Drag a column to before the one that is `to` now."""
        ...

    def rename(self, title: str, new: str) -> None:
        """Give a tab another title."""
        ...


class MemorySheets:
    """In RAM."""

    def __init__(self, tabs: Mapping[str, Grid]) -> None:
        self._book = MemoryWorkbook({title: [[*row] for row in rows] for title, rows in tabs.items()})
        self.workbook: Workbook = self._book

    def grid(self, title: str) -> Grid:
        return [[*row] for row in self._book.contents()[title]]

    def type(self, title: str, row: int, cells: Sequence[Cell]) -> None:
        rows = self._book.grids[title]
        rows.extend([] for _ in range(row - len(rows)))
        rows[row - 1][: len(cells)] = cells

    def move_column(self, title: str, column: int, to: int) -> None:
        for row in self._book.grids[title]:
            row.extend([""] * (max(column, to) + 1 - len(row)))
            cell = row.pop(column)
            row.insert(to - (to > column), cell)

    def rename(self, title: str, new: str) -> None:
        self._book.grids = {new if t == title else t: rows for t, rows in self._book.grids.items()}


class DeskSheets:
    """On the desk, over HTTP."""

    def __init__(self, desk: Desk, tabs: Mapping[str, Grid]) -> None:
        self.desk, self.key = desk, desk.workbook("Contract", locale="en_US")
        self.workbook: Workbook = GoogleWorkbook(self.key, desk.url)
        self.book = Book(desk.url, self.key)
        size = {"rowCount": ROWS, "columnCount": COLUMNS, "frozenRowCount": 1}
        self.ids = {title: 10 + i for i, title in enumerate(tabs)}
        added = [{"sheetId": self.ids[t], "title": t, "gridProperties": size} for t in tabs]
        self.book.do(*({"addSheet": {"properties": p}} for p in added), {"deleteSheet": {"sheetId": 0}})
        data = [
            {"range": f"{_quoted(title)}!A1", "values": rows} for title, rows in tabs.items() if any(rows)
        ]
        self.book.ask("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})

    def grid(self, title: str) -> Grid:
        path = f"/values/{quote(_quoted(title), safe='')}"
        return [[*row] for row in self.ask(path).get("values", [])]

    def ask(self, path: str) -> Any:
        return self.book.ask("GET", path, valueRenderOption="UNFORMATTED_VALUE")

    def type(self, title: str, row: int, cells: Sequence[Cell], option: str = "RAW") -> None:
        data = [{"range": f"{_quoted(title)}!A{row}", "values": [list(cells)]}]
        self.book.ask("POST", "/values:batchUpdate", {"valueInputOption": option, "data": data})

    def move_column(self, title: str, column: int, to: int) -> None:
        self.book.do(self.moving_column(title, column, to))

    def moving_column(self, title: str, column: int, to: int) -> dict[str, Any]:
        """The same as a request, for a fault to carry out in between."""
        source = {"sheetId": self.ids[title], "dimension": "COLUMNS"}
        where = source | {"startIndex": column, "endIndex": column + 1}
        return {"moveDimension": {"source": where, "destinationIndex": to}}

    def rename(self, title: str, new: str) -> None:
        self.ids[new] = self.ids.pop(title)
        properties = {"sheetId": self.ids[new], "title": new}
        self.book.do({"updateSheetProperties": {"properties": properties, "fields": "title"}})

    def meanwhile(self, match: str, *requests: dict[str, Any], skip: int = 0, times: int = 1) -> None:
        """Have somebody do this right before a call of the bot takes effect."""
        fault = {"match": f"{self.key}{match}", "skip": skip, "times": times}
        self.put_faults([fault | {"edit": {"spreadsheetId": self.key, "requests": list(requests)}}])

    def put_faults(self, faults: list[dict[str, Any]]) -> None:
        self.book.call("PUT", f"{self.desk.url}/_desk/faults", faults)

    def faults_left(self) -> list[Any]:
        found = self.book.call("GET", f"{self.desk.url}/_desk/faults")
        return list(found["faults"] if isinstance(found, dict) else found)

    def size(self, title: str) -> tuple[int, int]:
        """Rows and columns of the grid."""
        sheets = self.book.ask("GET", "", fields="sheets.properties")["sheets"]
        [grid] = [s["properties"]["gridProperties"] for s in sheets if s["properties"]["title"] == title]
        return grid["rowCount"], grid["columnCount"]

    def shown(self, title: str, cell: str) -> str:
        """One cell as the screen shows it."""
        where = quote(f"{_quoted(title)}!{cell}", safe="")
        return str(self.book.ask("GET", f"/values/{where}").get("values", [[""]])[0][0])

    def close(self) -> None:
        self.book.close()


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"
