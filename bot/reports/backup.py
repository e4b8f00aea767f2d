"""The whole workbook as an .xlsx file: values alone, every tab people have, text as text and days as days.

    contents ─► backup_file ─► bytes ─┬─► keep_in (a folder, the newest few)
                                      └─► backup_attachment (a mail)

No formula, no link and no look goes along: it is what stands in the cells, for the day on which the sheet is gone.
Rows are taken one at a time, so that a large tab never stands in memory twice.
"""

from __future__ import annotations

import io
import math
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bot.planning.notices import Attachment
from bot.ports import OutsideError
from sheets_schema import LAID_OUT, LANGUAGES, Cell, Kind
from sheets_schema.formats import NUMBER_FORMATS
from sheets_schema.titles import column_letter, find_tab, read_header

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: What a sheet and a cell of Excel can hold.
_ROWS, _COLUMNS, _LETTERS, _NAME = 1_048_576, 16_384, 32_767, 31
_LONG_TEXTS = "Long texts"
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff\[\]:*?/\\]")
#: What XML cannot carry, and an escape that was typed: both are written as `_x0007_` and read back by Excel.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_LONE_HALF = re.compile("[\ud800-\udfff]")
#: A person who opens such a text and presses Enter would turn it into a formula, were the cell not one for text.
_LIKE_A_FORMULA = ("=", "+", "-", "@", "'", "#", "\t", "\r")
_PERIOD = re.compile(r"\d{4}-\d{2}")
_BACKUP = re.compile(r"workbook-\d{4}-\d{2}\.xlsx")


def backup_file(contents: Mapping[str, Sequence[Sequence[Cell]]], made_at: datetime) -> bytes:
    """The tabs as the sheets of one file, in their order; what Excel has no room for goes on in further sheets."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = made_at.replace(tzinfo=None, microsecond=0)
    book.properties.creator = "Order Desk"
    names = _Names()
    long_texts: list[tuple[str, str, str]] = []
    for title, rows in contents.items():
        _write_tab(book, names, title, rows, long_texts)
    if long_texts or not contents:
        sheet = book.create_sheet(names.free(_LONG_TEXTS))
        sheet.append(["Tab", "Cell", "Text, in parts"])
        for tab, place, text in long_texts:
            sheet.append([_text(sheet, tab), place, *(_text(sheet, part) for part in _parts(text))])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def backup_name(period: str) -> str:
    """The file's name, of a month such as "2026-11". Raises ValueError on anything else: a name is no path."""
    if not _PERIOD.fullmatch(period):
        raise ValueError(f"{period[:40]!r} is no month")
    return f"workbook-{period}.xlsx"


def backup_attachment(content: bytes, period: str) -> Attachment:
    """The file as it goes along with a mail."""
    return Attachment(backup_name(period), MEDIA_TYPE, content)


def keep_in(folder: Path, content: bytes, period: str, keep: int) -> Path:
    """Write the file whole or not at all, for its owner alone, and let go of all but the newest `keep`.

    One of the same month is replaced. Raises OutsideError when the folder takes none.
    """
    path = folder / backup_name(period)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(path, content)
        found = sorted((p for p in folder.iterdir() if _BACKUP.fullmatch(p.name)), reverse=True)
        for old in found[max(keep, 1) :]:
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as error:
        raise OutsideError(
            f"The backup cannot be written: {error.strerror}",
            hint=f"Give the bot's user room and write access in {folder}, or change archive.backup_folder.",
        ) from error
    return path


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".workbook-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


class _Names:
    """Names for sheets: allowed, short enough, and no two alike."""

    def __init__(self) -> None:
        self._taken: set[str] = {"history"}

    def free(self, title: str) -> str:
        plain = _NOT_IN_A_NAME.sub("_", title).strip("' ") or "Sheet"
        name, number = plain[:_NAME].strip("' "), 1
        while not name or name.casefold() in self._taken:
            number += 1
            end = f" ({number})"
            name = plain[: _NAME - len(end)] + end
        self._taken.add(name.casefold())
        return name


def _write_tab(
    book: Workbook,
    names: _Names,
    title: str,
    rows: Sequence[Sequence[Cell]],
    long_texts: list[tuple[str, str, str]],
) -> None:
    """One tab in as many sheets as it needs, which is one but for the very longest."""
    formats = _formats(title, rows[0] if rows else ())
    numbered = enumerate(rows, 1)
    for _ in range(max(1, math.ceil(len(rows) / _ROWS))):
        sheet: Any = book.create_sheet(names.free(title))
        if formats:
            sheet.freeze_panes = "A2"
        for number, row in islice(numbered, _ROWS):
            sheet.append(_cells(sheet, title, number, row, formats, long_texts))


def _formats(title: str, titles: Sequence[Cell]) -> dict[int, str]:
    """0-based column -> how its numbers show, for the columns the schema knows."""
    tab = find_tab(LAID_OUT, title)
    if tab is None:
        return {}
    places = read_header(tab, title, titles, LANGUAGES[0]).columns
    kinds = {i: tab.by_key[key].kind for key, i in places.items()}
    return {i: NUMBER_FORMATS[k][1] for i, k in kinds.items() if k in NUMBER_FORMATS and k is not Kind.TEXT}


def _cells(
    sheet: Any,
    title: str,
    number: int,
    row: Sequence[Cell],
    formats: Mapping[int, str],
    long_texts: list[tuple[str, str, str]],
) -> Iterator[object]:
    """What the sheet takes for each cell of a row. A cell beyond Excel's last column goes among the long texts."""
    for index, cell in enumerate(row):
        if cell == "":
            yield None
        elif index >= _COLUMNS:
            long_texts.append((title, f"{column_letter(index)}{number}", str(cell)))
        elif isinstance(cell, str):
            if len(cell) > _LETTERS:
                long_texts.append((title, f"{column_letter(index)}{number}", cell))
            yield _text(sheet, cell[:_LETTERS])
        elif isinstance(cell, bool):
            yield cell
        elif isinstance(cell, float) and not math.isfinite(cell):
            yield str(cell)
        elif number > 1 and index in formats:
            yield _number(sheet, cell, formats[index])
        else:
            yield cell


def _text(sheet: Any, text: str) -> object:
    """The text as it stands: never a formula, an error value or a number, whatever it looks like."""
    if not text.isprintable() or "_x" in text:
        text = _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", _LONE_HALF.sub("\ufffd", text))
    if not text.startswith(_LIKE_A_FORMULA):
        return text
    cell: Any = WriteOnlyCell(sheet, "")
    cell._value = text
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _number(sheet: Any, value: float, pattern: str) -> object:
    cell: Any = WriteOnlyCell(sheet, value)
    cell.number_format = pattern
    return cell


def _parts(text: str) -> Iterable[str]:
    return (text[start : start + _LETTERS] for start in range(0, len(text), _LETTERS))
