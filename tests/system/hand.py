"""A person's hand on one tab of a workbook: what a browser can do to it, through the Sheets API.

What changes rows and cells exists twice: as a request (`sorting`, `deleting` …), which a fault of the desk can also
carry out between the bot's read and its write, and as a deed (`type`, `delete` …) that happens at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from sheets_schema import Cell, Tab
from sheets_schema.titles import column_letter, fold, known_titles

Request = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """A deleted row, as an undo puts it back."""

    row: int
    cells: tuple[Cell, ...]


class Book:
    """One workbook over HTTP."""

    def __init__(self, url: str, key: str) -> None:
        self._http = requests.Session()
        self.url = f"{url}/v4/spreadsheets/{key}"

    def ask(self, method: str, path: str, body: object = None, **params: str) -> Any:
        """A call of the Sheets API about this workbook."""
        return self.call(method, self.url + path, body, **params)

    def call(self, method: str, url: str, body: object = None, **params: str) -> Any:
        """Any call; what is not a 200 fails the story."""
        answer = self._http.request(method, url, params=params, json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, *changes: Request) -> None:
        self.ask("POST", ":batchUpdate", {"requests": list(changes)})

    def sheets(self) -> dict[str, int]:
        """Titles of the tabs, with their ids."""
        found = self.ask("GET", "", fields="sheets.properties")["sheets"]
        return {s["properties"]["title"]: s["properties"]["sheetId"] for s in found}

    def entered(self) -> list[dict[str, Any]]:
        """Every cell of every tab as it was entered: formulas would show here."""
        found = self.ask(
            "GET", "", fields="sheets.data.rowData.values.userEnteredValue", includeGridData="true"
        )
        return [
            cell.get("userEnteredValue", {})
            for sheet in found["sheets"] for data in sheet.get("data", [])
            for row in data.get("rowData", []) for cell in row.get("values", [])
        ]  # fmt: skip

    def close(self) -> None:
        self._http.close()


class Hand:
    """One tab; rows are counted as the sheet shows them, from 1, and columns go by the schema's keys."""

    def __init__(self, book: Book, tab: Tab, title: str, sheet_id: int) -> None:
        self._book, self._tab, self.title, self.sheet_id = book, tab, title, sheet_id

    # ── looking ─────────────────────────────────────────────────────────────────────────────────────────────

    def grid(self) -> list[list[Cell]]:
        """The whole tab, header included, as stored; blanks at the ends of rows are left out."""
        path = f"/values/{quote(self._range(), safe='')}"
        answer = self._book.ask(
            "GET", path, valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="SERIAL_NUMBER"
        )
        return [list(row) for row in answer.get("values", [])]

    def columns(self) -> dict[str, int]:
        """Where each column stands now, 0-based; the team's own columns by their title."""
        return self._columns(self.grid()[0])

    def _columns(self, header: Sequence[Cell]) -> dict[str, int]:
        titles = known_titles(self._tab)
        return {titles.get(fold(str(t)), str(t)): i for i, t in reversed(list(enumerate(header))) if t != ""}

    def rows(self) -> dict[int, dict[str, Cell]]:
        """The rows that show anything, by number; blank cells are left out."""
        grid = self.grid()
        keys = {i: k for k, i in self._columns(grid[0]).items()}
        shown = {
            number: {keys.get(i, f"column {i}"): c for i, c in enumerate(row) if c != ""}
            for number, row in enumerate(grid[1:], 2)
        }
        return {number: cells for number, cells in shown.items() if cells}

    def row(self, number: int) -> dict[str, Cell]:
        """One row; {} when it is blank."""
        return self.rows().get(number, {})

    def find(self, **cells: Cell) -> int:
        """The number of the one row that shows these cells."""
        hits = [n for n, row in self.rows().items() if cells.items() <= row.items()]
        assert len(hits) == 1, f"{cells} in rows {hits}"
        return hits[0]

    def shown(self, row: int, key: str) -> str:
        """One cell as the screen shows it."""
        where = self._range(f"{column_letter(self.columns()[key])}{row}")
        values = self._book.ask("GET", f"/values/{quote(where, safe='')}").get("values", [[""]])
        return str(values[0][0])

    def last(self) -> int:
        """The number of the last row in use."""
        return len(self.grid())

    # ── requests ────────────────────────────────────────────────────────────────────────────────────────────

    def typing(self, row: int, cells: Mapping[str, Cell]) -> list[Request]:
        columns = self.columns()
        return [
            {
                "updateCells": {
                    "start": {"sheetId": self.sheet_id, "rowIndex": row - 1, "columnIndex": columns[key]},
                    "rows": [{"values": [_entered(cell)]}],
                    "fields": "userEnteredValue",
                }
            }
            for key, cell in cells.items()
        ]

    def inserting(self, row: int, count: int = 1) -> Request:
        return {
            "insertDimension": {"range": self._lines("ROWS", row - 1, count), "inheritFromBefore": row > 2}
        }

    def deleting(self, row: int, count: int = 1) -> Request:
        return {"deleteDimension": {"range": self._lines("ROWS", row - 1, count)}}

    def dragging(self, row: int, to: int) -> Request:
        """The whole row to before the row that is `to` now."""
        return {"moveDimension": {"source": self._lines("ROWS", row - 1, 1), "destinationIndex": to - 1}}

    def sorting(
        self, by: str, *, descending: bool = False, first: int = 2, last: int = 0, keys: Sequence[str] = ()
    ) -> Request:
        """Sort rows by a column; with `keys` only the columns from the first to the last of them move."""
        columns = self.columns()
        places = [columns[key] for key in keys] or [0, len(self.grid()[0]) - 1]
        area = self._area(first, last or max(self.last(), first), min(places), max(places))
        order = "DESCENDING" if descending else "ASCENDING"
        return {
            "sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": columns[by], "sortOrder": order}]}
        }

    def inserting_column(self, before: str) -> Request:
        at = self.columns()[before]
        return {"insertDimension": {"range": self._lines("COLUMNS", at, 1), "inheritFromBefore": False}}

    def moving_column(self, key: str, before: str) -> Request:
        columns = self.columns()
        source = self._lines("COLUMNS", columns[key], 1)
        return {"moveDimension": {"source": source, "destinationIndex": columns[before]}}

    def copying(self, row: int, to: int) -> Request:
        """A whole row, pasted over another."""
        width = len(self.grid()[0]) - 1
        source, target = self._area(row, row, 0, width), self._area(to, to, 0, width)
        return {"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}}

    # ── deeds ───────────────────────────────────────────────────────────────────────────────────────────────

    def do(self, *changes: Request) -> None:
        self._book.do(*changes)

    def type(self, row: int, **cells: Cell) -> int:
        """Type into cells of a row as a person does; "" empties a cell. Returns the row."""
        return self.type_all({row: cells}, "USER_ENTERED")

    def paste(self, row: int, **cells: Cell) -> int:
        """Put values into cells of a row as they are, read as nothing else. Returns the row."""
        return self.type_all({row: cells})

    def type_all(self, rows: Mapping[int, Mapping[str, Cell]], option: str = "RAW") -> int:
        """The cells of many rows at once; returns the last of them."""
        columns = self.columns()
        data = [
            {"range": self._range(f"{column_letter(columns[key])}{row}"), "values": [[cell]]}
            for row, cells in rows.items() for key, cell in cells.items()
        ]  # fmt: skip
        self._book.ask("POST", "/values:batchUpdate", {"valueInputOption": option, "data": data})
        return max(rows)

    def add(self, cells: Mapping[str, Cell], **more: Cell) -> int:
        """Type a row below the last one; returns its number."""
        return self.type(self.last() + 1, **{**cells, **more})

    def insert(self, row: int, cells: Mapping[str, Cell], **more: Cell) -> int:
        """A new row there, filled; what stood there moves down."""
        self.do(self.inserting(row))
        return self.type(row, **{**cells, **more})

    def delete(self, row: int) -> Taken:
        taken = Taken(row, tuple(self.grid()[row - 1]))
        self.do(self.deleting(row))
        return taken

    def undo(self, taken: Taken, *, without: Sequence[str] = ()) -> None:
        """Put a deleted row back where it was, all its cells but those `without`."""
        lost = {self.columns()[key] for key in without}
        cells = [_entered("" if i in lost else c) for i, c in enumerate(taken.cells)]
        start = {"sheetId": self.sheet_id, "rowIndex": taken.row - 1, "columnIndex": 0}
        write = {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": "userEnteredValue"}}
        self.do(self.inserting(taken.row), write)

    def clear(self, row: int, *keys: str) -> None:
        """Empty these cells of a row, or all of them, hidden ones too."""
        columns = self.columns()
        wanted = [columns[key] for key in keys] or range(len(self.grid()[0]))
        empty = {"fields": "userEnteredValue"}
        self.do(*({"updateCells": {"range": self._area(row, row, i, i), **empty}} for i in wanted))

    def copy(self, row: int, to: int) -> int:
        """Copy a whole row and paste it over another; returns the latter."""
        self.do(self.copying(row, to))
        return to

    def cut(self, row: int, to: int, keys: Sequence[str] = ()) -> int:
        """Cut a row, or the columns from the first to the last of `keys`, and paste it over another."""
        columns = self.columns()
        places = [columns[key] for key in keys] or [0, len(self.grid()[0]) - 1]
        source = self._area(row, row, min(places), max(places))
        target = {"sheetId": self.sheet_id, "rowIndex": to - 1, "columnIndex": min(places)}
        self.do({"cutPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}})
        return to

    def sort(self, by: str, **how: Any) -> None:
        self.do(self.sorting(by, **how))

    def insert_column(self, before: str, title: str) -> None:
        at = self.columns()[before]
        self.do(self.inserting_column(before))
        self.retitle(at, title)

    def move_column(self, key: str, before: str) -> None:
        self.do(self.moving_column(key, before))

    def hide_column(self, key: str) -> None:
        self.do(
            {
                "updateDimensionProperties": {
                    "range": self._lines("COLUMNS", self.columns()[key], 1),
                    "properties": {"hiddenByUser": True},
                    "fields": "hiddenByUser",
                }
            }
        )

    def retitle(self, column: int, title: str) -> None:
        """Write into the header."""
        where = self._range(f"{column_letter(column)}1")
        data = [{"range": where, "values": [[title]]}]
        self._book.ask("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})

    def rename_tab(self, title: str) -> None:
        properties = {"sheetId": self.sheet_id, "title": title}
        self.do({"updateSheetProperties": {"properties": properties, "fields": "title"}})
        self.title = title

    def filter(self, *, view: bool) -> None:
        """A filter that hides rows: one of the person's own (a view), or everybody's."""
        area = self._area(1, self.last(), 0, len(self.grid()[0]) - 1)
        criteria = {str(self.columns()["customer"]): {"hiddenValues": ["Acme Ltd"]}}
        if view:
            self.do({"addFilterView": {"filter": {"title": "Mine", "range": area, "criteria": criteria}}})
        else:
            self.do({"setBasicFilter": {"filter": {"range": area, "criteria": criteria}}})

    # ── where ───────────────────────────────────────────────────────────────────────────────────────────────

    def _range(self, cells: str = "") -> str:
        title = "'" + self.title.replace("'", "''") + "'"
        return f"{title}!{cells}" if cells else title

    def _lines(self, dimension: str, start: int, count: int) -> Request:
        return {
            "sheetId": self.sheet_id,
            "dimension": dimension,
            "startIndex": start,
            "endIndex": start + count,
        }

    def _area(self, top: int, bottom: int, left: int, right: int) -> Request:
        """Rows from 1, columns from 0, both ends included."""
        return {
            "sheetId": self.sheet_id, "startRowIndex": top - 1, "endRowIndex": bottom,
            "startColumnIndex": left, "endColumnIndex": right + 1,
        }  # fmt: skip


def _entered(cell: Cell) -> Request:
    if cell == "" and isinstance(cell, str):
        return {}
    kind = (
        "boolValue" if isinstance(cell, bool) else "stringValue" if isinstance(cell, str) else "numberValue"
    )
    return {"userEnteredValue": {kind: cell}}
