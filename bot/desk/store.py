"""Keeps workbooks in one SQLite file: a request's changes in one transaction, durable before its answer.

Rows are stored one by one under a key that moves with the row, and their order in chunks of keys. So writing
ten cells stores the rows they are in, appending a row stores it and the last chunk, and only inserting near
the top of a long sheet stores many chunks (8 bytes a row). Nothing is read before a sheet is first asked for.
"""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import orjson

from bot.desk.access.sharing import Sharing
from bot.desk.access.users import User
from bot.desk.book.grid import BLANK, Row, Style
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.circumstances import Circumstances
from bot.desk.errors import ApiError
from bot.desk.formulas import is_old, settle
from bot.desk.packing import packed, unpacked

T = TypeVar("T")
FILE_ID = re.compile(r"1[\w-]{43}")
CHUNK = 4096  #: row keys in one record of `row_order`

SCHEMA = """
CREATE TABLE IF NOT EXISTS workbooks (id TEXT PRIMARY KEY, meta TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deleted (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS sheets (
    workbook TEXT NOT NULL, id INTEGER NOT NULL, position INTEGER NOT NULL, meta TEXT NOT NULL,
    next_key INTEGER NOT NULL, PRIMARY KEY (workbook, id));
CREATE TABLE IF NOT EXISTS styles (
    workbook TEXT NOT NULL, id INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (workbook, id));
CREATE TABLE IF NOT EXISTS row_order (
    workbook TEXT NOT NULL, sheet INTEGER NOT NULL, chunk INTEGER NOT NULL, keys BLOB NOT NULL,
    PRIMARY KEY (workbook, sheet, chunk));
CREATE TABLE IF NOT EXISTS rows (
    workbook TEXT NOT NULL, sheet INTEGER NOT NULL, key INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (workbook, sheet, key)) WITHOUT ROWID;
"""

SHEET_TABLES = ("rows", "row_order")


class Store:
    """All workbooks, in memory and in the file."""

    def __init__(self, path: Path, sharing: Sharing | None = None):
        self.sharing = sharing or Sharing()
        self.circumstances = Circumstances()
        self.heard: Callable[[str], None] = _nobody  #: told the id of every workbook that changed
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)
        self.workbooks: dict[str, Workbook] = {
            id_: self._loaded(id_, orjson.loads(meta))
            for id_, meta in self._db.execute("SELECT id, meta FROM workbooks ORDER BY rowid").fetchall()
        }

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def get(self, id_: str) -> Workbook:
        """The workbook with an id.

        Without one, a deleted or malformed id is a 404; any other well-formed id is taken for a workbook of
        somebody who has not shared it: a 403, as Google answers for those.
        """
        book = self.find(id_)
        if book is None:
            foreign = FILE_ID.fullmatch(id_) and not self._was_deleted(id_)
            raise ApiError(403 if foreign else 404)
        return book

    def find(self, id_: str) -> Workbook | None:
        """The workbook with an id, if there is one, as it is at this moment: TODAY and NOW are of now."""
        book = self.workbooks.get(id_)
        if book is not None and is_old(book):
            self._renew(book)
        return book

    def _renew(self, book: Workbook) -> None:
        """Work formulas out again for time has passed; nobody changed the workbook, so its file says nothing."""
        book.begin()
        try:
            settle(book)
            self._in_transaction(partial(self._save, book))
        except BaseException:
            book.rollback()
            raise
        book.revision += 1
        book.saved()
        self.heard(book.id)

    def _was_deleted(self, id_: str) -> bool:
        return self._db.execute("SELECT 1 FROM deleted WHERE id = ?", (id_,)).fetchone() is not None

    def add(self, book: Workbook, by: User | None = None) -> None:
        """Take in a new workbook with all its sheets; whoever makes it owns it, where users may own."""
        if by is not None:
            if by.role == "viewer":
                raise ApiError(403)
            self.sharing.taken_in(book, by)
        book.owner = self.sharing.owner_of(book)
        now = timestamp()
        book.meta.update(createdTime=now, modifiedTime=now, version=1)
        settle(book)
        for sheet in book.sheets:
            sheet.grid.unsaved.everything = True
        self._in_transaction(partial(self._insert, book))
        self.workbooks[book.id] = book
        book.remember(monotonic())
        book.saved()
        self.heard(book.id)

    def remove(self, id_: str) -> None:
        """Forget a workbook for good."""
        self.get(id_)

        def delete() -> None:
            self._db.execute("INSERT OR IGNORE INTO deleted VALUES (?)", (id_,))
            for table in ("workbooks", "sheets", "styles", *SHEET_TABLES):
                column = "id" if table == "workbooks" else "workbook"
                self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (id_,))

        self._in_transaction(delete)
        del self.workbooks[id_]
        self.heard(id_)

    def change(self, book: Workbook, action: Callable[[], T], by: User | None = None) -> T:
        """Do something to a workbook, wholly or not at all, and store what changed before returning.

        By a user it is a 403 where that user may not write, and the parts protected from the user refuse it;
        by nobody it is the desk's own work, which may do anything.
        """
        if by is not None and not self.sharing.may_write(book, by):
            raise ApiError(403)
        book.begin()
        book.acting = by
        try:
            result = action()
            settle(book)
            book.meta["modifiedTime"] = later_than(book.meta["modifiedTime"])
            book.meta["version"] += 1
            self._in_transaction(partial(self._save, book))
        except BaseException:
            book.rollback()
            raise
        finally:
            book.acting = None
        book.revision += 1
        book.remember(monotonic())
        book.saved()
        self.heard(book.id)
        return result

    def _in_transaction(self, action: Callable[[], None]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            action()
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _insert(self, book: Workbook) -> None:
        self._db.execute("INSERT INTO workbooks VALUES (?, ?)", (book.id, orjson.dumps(book.meta)))
        self._save_styles(book, list(book.styles.values()))
        for position, sheet in enumerate(book.sheets):
            self._save_sheet(book, sheet, position)

    def _save(self, book: Workbook) -> None:
        before = book.before()
        known = {id(sheet): (place, meta) for place, (sheet, meta) in enumerate(before[1])} if before else {}
        self._db.execute("UPDATE workbooks SET meta = ? WHERE id = ?", (orjson.dumps(book.meta), book.id))
        self._save_styles(book, book.new_styles)
        kept = {id(sheet) for sheet in book.sheets}
        for sheet, _ in before[1] if before else []:
            if id(sheet) not in kept:
                self._db.execute("DELETE FROM sheets WHERE workbook = ? AND id = ?", (book.id, sheet.id))
                self._delete_grid(book, sheet)
        for position, sheet in enumerate(book.sheets):
            old = known.get(id(sheet))
            if old is None:
                sheet.grid.unsaved.everything = True
            if sheet.grid.changed or old is None or old != (position, orjson.dumps(sheet.meta)):
                self._save_sheet(book, sheet, position)

    def _save_styles(self, book: Workbook, styles: list[Style]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO styles VALUES (?, ?, ?)",
            [(book.id, style.id, orjson.dumps(style.data)) for style in styles],
        )

    def _save_sheet(self, book: Workbook, sheet: Sheet, position: int) -> None:
        key = (book.id, sheet.id)
        grid = sheet.grid
        self._db.execute(
            "INSERT OR REPLACE INTO sheets VALUES (?, ?, ?, ?, ?)",
            (*key, position, orjson.dumps(sheet.meta), grid.next_key),
        )
        unsaved = grid.unsaved
        if unsaved.everything:
            self._delete_grid(book, sheet)
            unsaved.rows = {row.key: row for row in grid.rows if row is not BLANK}
            unsaved.order(0)
        if unsaved.removed:
            self._db.executemany(
                "DELETE FROM rows WHERE workbook = ? AND sheet = ? AND key = ?",
                [(*key, row_key) for row_key in unsaved.removed],
            )
        self._db.executemany(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)",
            ((*key, row.key, packed(row)) for row in unsaved.rows.values()),
        )
        if unsaved.order_from is not None:
            first = unsaved.order_from // CHUNK
            self._db.execute(
                "DELETE FROM row_order WHERE workbook = ? AND sheet = ? AND chunk >= ?", (*key, first)
            )
            self._db.executemany(
                "INSERT INTO row_order VALUES (?, ?, ?, ?)",
                (
                    (*key, start // CHUNK, array("q", [r.key for r in grid.rows[start : start + CHUNK]]))
                    for start in range(first * CHUNK, len(grid.rows), CHUNK)
                ),
            )

    def _delete_grid(self, book: Workbook, sheet: Sheet) -> None:
        for table in SHEET_TABLES:
            self._db.execute(f"DELETE FROM {table} WHERE workbook = ? AND sheet = ?", (book.id, sheet.id))

    def _loaded(self, id_: str, meta: dict[str, Any]) -> Workbook:
        styles = {
            number: Style(number, orjson.loads(data))
            for number, data in self._db.execute("SELECT id, data FROM styles WHERE workbook = ?", (id_,))
        }
        found = self._db.execute(
            "SELECT id, meta, next_key FROM sheets WHERE workbook = ? ORDER BY position", (id_,)
        )
        sheets = [
            Sheet(orjson.loads(sheet_meta), partial(self._rows, id_, sheet_id, styles), next_key)
            for sheet_id, sheet_meta, next_key in found.fetchall()
        ]
        book = Workbook(id_, meta, sheets, styles)
        book.owner = self.sharing.owner_of(book)
        book.remember(monotonic())
        return book

    def _rows(self, id_: str, sheet_id: int, styles: dict[int, Style]) -> list[Row]:
        found = self._db.execute(
            "SELECT key, data FROM rows WHERE workbook = ? AND sheet = ?", (id_, sheet_id)
        )
        rows = {key: unpacked(key, data, styles) for key, data in found}
        keys = array("q")
        for (chunk,) in self._db.execute(
            "SELECT keys FROM row_order WHERE workbook = ? AND sheet = ? ORDER BY chunk", (id_, sheet_id)
        ):
            keys.frombytes(chunk)
        return [rows[key] if key else BLANK for key in keys]


def _nobody(_: str) -> None:
    """Nobody listens to changes yet."""


def timestamp() -> str:
    """Now, as Drive writes it: UTC with milliseconds."""
    return _written(datetime.now(UTC))


def later_than(earlier: str) -> str:
    """Now, or the millisecond after an earlier time, so that a change always shows."""
    now = timestamp()
    if now > earlier:
        return now
    before = datetime.strptime(earlier, "%Y-%m-%dT%H:%M:%S.%f%z")
    return _written(datetime.fromtimestamp(before.timestamp() + 0.0011, UTC))


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
