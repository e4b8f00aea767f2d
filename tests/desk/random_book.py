"""A small workbook that has one of everything, for random requests to meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from bot.desk.core import Core
from bot.desk.wire import Call
from tests.desk.client import grid, rows, text

Json = dict[str, Any]
HOST = {"host": "127.0.0.1"}
TITLE_ROW = text("No.", "Name", "Amount")


def _sheet(sheet_id: int, title: str, data: list[Json]) -> Json:
    size = {"rowCount": 12, "columnCount": 8}
    properties = {"sheetId": sheet_id, "title": title, "gridProperties": size}
    return {"properties": properties, "data": [{"rowData": data}]}


SPREADSHEET = {
    "properties": {"title": "Random"},
    "sheets": [
        _sheet(
            0,
            "One",
            [TITLE_ROW, text(1, "b", 3.5), text(2, "a", 3.5), text(2, "a", 3.5), text(True, " x  y ")],
        ),
        _sheet(5, "Two", [TITLE_ROW, text("一月", 1, 2), text("二月", 3, 4)]),
    ],
}

AT_A5 = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 4, "columnIndex": 1}}}
SOURCE = {"sourceRange": {"sources": [grid(0, 1, 3, 2, 5)]}}
CHART = {"chartType": "COLUMN", "series": [{"series": SOURCE}], "headerCount": 1}
BLUE = {"blue": 1}

#: One of each thing that has an id, and of each that has none but can be changed or deleted.
FURNITURE: list[Json] = [
    {"updateCells": {"start": {"rowIndex": 5}, "fields": "*", "rows": [
        {"values": [{"userEnteredValue": {"formulaValue": "=SUM(A2:C2)"}, "note": "a sum"},
                    {"userEnteredFormat": {"wrapStrategy": "WRAP", "backgroundColor": BLUE}}]}]}},
    {"addNamedRange": {"namedRange": {"namedRangeId": "n1", "name": "names", "range": grid(1, 0, 4, 2)}}},
    {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": grid(0, 0, 1, 3), "warningOnly": True}}},
    {"addFilterView": {"filter": {"filterViewId": 1, "title": "view", "range": grid(0, 0, 5, 3)}}},
    {"setBasicFilter": {"filter": {"range": grid(0, 0, 3, 3, 5)}}},
    {"addBanding": {"bandedRange": {
        "bandedRangeId": 1, "range": grid(0, 4, 4, 6), "rowProperties": {"firstBandColor": BLUE, "secondBandColor": {}}}}},
    {"addConditionalFormatRule": {"rule": {"ranges": [grid(1, 0, 5, 1)], "booleanRule": {
        "condition": {"type": "NOT_BLANK"}, "format": {"backgroundColor": BLUE}}}}},
    {"addChart": {"chart": {"chartId": 1, "spec": {"title": "c", "basicChart": CHART}, "position": AT_A5}}},
    {"createDeveloperMetadata": {"developerMetadata": {
        "metadataId": 1, "metadataKey": "a", "visibility": "DOCUMENT", "location": {"dimensionRange": rows(2, 3)}}}},
    {"addDimensionGroup": {"range": rows(2, 5)}},
    {"mergeCells": {"range": grid(7, 1, 9, 3)}},
]  # fmt: skip


class Book:
    """A workbook of a desk without sockets."""

    def __init__(self, core: Core):
        self.core = core
        status, answer = self.post("", SPREADSHEET)
        assert status == 200, answer
        self.id: str = answer["spreadsheetId"]
        status, answer = self.batch(FURNITURE)
        assert status == 200, answer

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        at = f"/v4/spreadsheets{path}"
        answer = self.core.answer(Call("POST", at, "", dict(HOST), orjson.dumps(body)))
        return answer.status, orjson.loads(answer.body)

    def batch(self, requests: list[Json]) -> tuple[int, Any]:
        return self.post(f"/{self.id}:batchUpdate", {"requests": requests})

    def read(self, core: Core | None = None) -> Any:
        """Everything a reader of the workbook sees, from this desk or another on the same files."""
        call = Call("GET", f"/v4/spreadsheets/{self.id}", "includeGridData=true", dict(HOST))
        answer = (core or self.core).answer(call)
        assert answer.status == 200, answer.body
        return orjson.loads(answer.body)

    def close(self) -> None:
        self.core.answer(Call("DELETE", f"/drive/v3/files/{self.id}", "", dict(HOST)))


IDS = {
    "protectedRanges": "protectedRangeId",
    "filterViews": "filterViewId",
    "charts": "chartId",
    "slicers": "slicerId",
    "bandedRanges": "bandedRangeId",
    "tables": "tableId",
    "namedRanges": "namedRangeId",
}


def oddities(spreadsheet: Json) -> list[str]:
    """What no workbook can look like: two things of one id, a range beyond its grid or without cells, merges that overlap."""
    sheets = {one["properties"]["sheetId"]: one["properties"] for one in spreadsheet["sheets"]}
    titles = [one["title"].casefold() for one in sheets.values()]
    found = [] if len({*titles}) == len(spreadsheet["sheets"]) else [f"titles {titles}"]
    seen: set[tuple[str, Any]] = set()

    def look(value: Any, path: str) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                look(item, f"{path}[{index}]")
            return
        if not isinstance(value, dict):
            return
        found.extend(f"{path}: {text}" for text in _beyond(value, sheets))
        for name, item in value.items():
            if name == IDS.get(path.rpartition("[")[0].rpartition(".")[2]):
                found.extend([f"{path}: {name} {item} twice"] if (name, item) in seen else [])
                seen.add((name, item))
            look(item, f"{path}.{name}")

    for one in spreadsheet["sheets"]:
        parts = {name: part for name, part in one.items() if name not in {"data", "properties"}}
        look(parts, one["properties"]["title"])
        merges = one.get("merges", [])
        found += [f"merges {a} {b}" for i, a in enumerate(merges) for b in merges[:i] if _overlap(a, b)]
    look({"namedRanges": spreadsheet.get("namedRanges", [])}, "")
    return found


def _beyond(value: Json, sheets: dict[int, Json]) -> Iterator[str]:
    """What is wrong with a GridRange or DimensionRange, if the value is one."""
    properties = sheets.get(value.get("sheetId", 0))
    for name, size_name in (("rowIndex", "rowCount"), ("columnIndex", "columnCount")):
        if (
            properties
            and {"rowIndex", "columnIndex"} <= value.keys()
            and value[name] >= properties["gridProperties"][size_name]
        ):
            yield f"{value} does not fit {size_name}"
    for start_name, end_name, size_name in (
        ("startRowIndex", "endRowIndex", "rowCount"),
        ("startColumnIndex", "endColumnIndex", "columnCount"),
        ("startIndex", "endIndex", "rowCount" if value.get("dimension") == "ROWS" else "columnCount"),
    ):
        if start_name not in value and end_name not in value:
            continue
        if properties is None:
            yield f"{value} is on no sheet"
            return
        size = properties["gridProperties"][size_name]
        start, end = value.get(start_name, 0), value.get(end_name, size)
        if not 0 <= start < end <= size:
            yield f"{value} does not fit {size_name} {size}"


def _overlap(one: Json, other: Json) -> bool:
    rows_meet = one["startRowIndex"] < other["endRowIndex"] and other["startRowIndex"] < one["endRowIndex"]
    left_first = one["startColumnIndex"] < other["endColumnIndex"]
    return rows_meet and left_first and other["startColumnIndex"] < one["endColumnIndex"]
