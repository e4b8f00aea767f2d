"""Requests that take text apart into cells: pasted data, and a column split at a delimiter."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from bot.desk.book import cells
from bot.desk.book.a1 import Area, area_of, beyond_grid, bounded
from bot.desk.book.texts import shown_rows
from bot.desk.book.workbook import Workbook
from bot.desk.changes import writing
from bot.desk.errors import bad_request

Body = dict[str, Any]
VALUES = {"PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMULA"}
DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}


def paste_data(book: Workbook, body: Body) -> None:
    """pasteData: delimited text, read as if typed. HTML is refused; the grid does not grow."""
    if body.get("html"):
        raise bad_request("Pasting HTML is not imitated by the local desk.")
    if not body.get("delimiter"):
        raise bad_request("Either html or a delimiter must be set.")
    if body.get("type", "PASTE_NORMAL") not in VALUES:
        raise bad_request("Delimited data has nothing but values to paste.")
    at = body.get("coordinate", {})
    sheet = book.sheet(at.get("sheetId", 0), "grid")
    rows = _split_rows(body.get("data", ""), body["delimiter"])
    corner = bounded(sheet, at.get("rowIndex", 0), at.get("columnIndex", 0), None, None)
    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    target = Area(sheet, corner.top, corner.left, corner.top + len(rows), corner.left + width)
    if target.bottom > corner.bottom or target.right > corner.right:
        raise beyond_grid(target)
    writing.put(book, target, rows, typed=True)


def _split_rows(data: str, delimiter: str) -> list[list[Any]]:
    """Rows of fields; a field in double quotes may hold the delimiter and line breaks."""
    if len(delimiter) > 1 or delimiter in '"\r\n':
        return [line.split(delimiter) for line in data.splitlines()]
    try:
        return list(csv.reader(StringIO(data, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise bad_request(f"The data cannot be read: {error}.") from None


def text_to_columns(book: Workbook, body: Body) -> None:
    """textToColumns: each text of one column split over it and the columns to its right, read as if typed."""
    area = area_of(book, body.get("source", {}))
    if area.right - area.left != 1:
        raise bad_request("The source of textToColumns must span exactly one column.")
    grid = area.sheet.grid
    shown = shown_rows(grid.rows[area.top : area.bottom], book.locale)
    texts = [str(row[area.left]) if area.left < len(row) else "" for row in shown]
    delimiter = _delimiter(body, texts)
    parted = [text.split(delimiter) if delimiter in text else [] for text in texts]
    width = max((len(parts) for parts in parted), default=0)
    if area.left + width > area.sheet.column_count:
        raise beyond_grid(Area(area.sheet, area.top, area.left, area.bottom, area.left + width))
    for index, parts in enumerate(parted, area.top):
        if not parts:
            continue
        draft = grid.edit(index)
        for column, text in enumerate(parts, area.left):
            draft.put(column, cells.with_value(book, draft.extras.get(column), text, typed=True))
        grid.put(index, draft)


def _delimiter(body: Body, texts: list[str]) -> str:
    """The delimiter asked for; or else the one found in most of the texts."""
    kind = body.get("delimiterType", "AUTODETECT")
    if kind == "CUSTOM":
        if not body.get("delimiter"):
            raise bad_request("A custom delimiter must not be empty.")
        return str(body["delimiter"])
    if body.get("delimiter"):
        raise bad_request("A delimiter can only be given with the delimiterType CUSTOM.")
    if kind in DELIMITERS:
        return DELIMITERS[kind]
    return max(DELIMITERS.values(), key=lambda one: sum(one in text for text in texts))
