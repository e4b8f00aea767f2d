"""A workbook's tabs as plain tables, and the address by which mails link to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.desk import a1, cells
from bot.desk.errors import ApiError
from bot.desk.wire import Answer, Call
from bot.desk.workbook import Sheet, Workbook

if TYPE_CHECKING:
    from bot.desk.core import Core

MAX_ROWS = 500


def answer(desk: Core, call: Call, rest: list[str]) -> Answer:
    """`/book/{id}` and `/book/{id}/{sheetId}`: one tab as a table."""
    book = desk.store.workbooks.get(rest[0]) if len(rest) in {1, 2} else None
    if book is None:
        raise ApiError(404)
    wanted = rest[1] if len(rest) == 2 else ""
    sheet = next((s for s in book.sheets if str(s.id) == wanted), book.first_visible())
    visible = [s for s in book.sheets if not s.properties.get("hidden")]
    return desk.frame.page(call, "book.html", book=book, sheet=sheet, tabs=visible, **_table(book, sheet))


def opened(desk: Core, call: Call, rest: list[str]) -> Answer:
    """`/spreadsheets/d/{id}/edit#gid=…` as mails write it; only a script sees what stands behind the #."""
    if len(rest) != 3 or rest[0] != "d" or rest[1] not in desk.store.workbooks:
        raise ApiError(404)
    return desk.frame.page(call, "opened.html", book=desk.store.workbooks[rest[1]])


def _table(book: Workbook, sheet: Sheet) -> dict[str, Any]:
    rows = sheet.grid.rows
    shown = rows[:MAX_ROWS]
    hidden = {int(index) for index, column in sheet.columns().items() if column.get("hiddenByUser")}
    width = min(max((len(row.values) for row in shown), default=0) + 1, sheet.column_count)
    columns = [index for index in range(max(width, min(8, sheet.column_count))) if index not in hidden]
    lines = [
        (number + 1, [cells.formatted(row, column, book.locale) for column in columns])
        for number, row in enumerate(shown)
        if not row.props.get("hiddenByUser")
    ]
    return {
        "letters_of": [a1.letters(index) for index in columns],
        "lines": lines,
        "more": len(rows) - len(shown),
    }
