"""The whole workbook as an .xlsx file: values alone, every tab people have, text as text and days as days.

    contents ─► backup_file ─► bytes ─┬─► keep_in (a folder, the newest few)
                                      └─► backup_attachment (a mail)

No formula, no link and no look goes along: it is what stands in the cells, for the day on which the sheet is gone.
Rows are taken one at a time, so that a large tab never stands in memory twice.
"""

from __future__ import annotations

import math
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path

from bot.planning.notices import Attachment
from bot.ports import OutsideError
from bot.reports.shown.plain_xlsx import MOST_COLUMNS, MOST_LETTERS, MOST_ROWS, PlainXlsx
from sheets_schema import Cell, Kind, Tab
from sheets_schema.formats import NUMBER_FORMATS
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import column_keys, column_letter, tabs_among

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_NAME = 31
_LONG_TEXTS = "Long texts"
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff\[\]:*?/\\]")
#: The kinds whose numbers have a look of their own, and their patterns.
_KINDS = tuple(kind for kind in NUMBER_FORMATS if kind is not Kind.TEXT)
_PATTERNS = tuple(NUMBER_FORMATS[kind][1] for kind in _KINDS)
_PERIOD = re.compile(r"\d{4}-\d{2}")
_BACKUP = re.compile(r"workbook-\d{4}-\d{2}\.xlsx")


def backup_file(
    contents: Mapping[str, Sequence[Sequence[Cell]]], made_at: datetime, schema: Schema = STANDARD
) -> bytes:
    """The tabs as the sheets of one file, in their order; what Excel has no room for goes on in further sheets."""
    book = PlainXlsx(_PATTERNS, made_at)
    names = _Names()
    long_texts: list[tuple[Cell, ...]] = []
    known = {index: schema.by_key[key] for key, index in tabs_among(schema.laid_out, [*contents]).items()}
    for index, (title, rows) in enumerate(contents.items()):
        formats = _formats(known.get(index), rows[0] if rows else ())
        fitting = _fitting(title, rows, long_texts)
        for _ in range(max(1, math.ceil(len(rows) / MOST_ROWS))):
            book.sheet(names.free(title), islice(fitting, MOST_ROWS), formats, frozen=bool(formats))
    if long_texts or not contents:
        rows = [("Tab", "Cell", "Text, in parts"), *long_texts]
        book.sheet(names.free(_LONG_TEXTS), rows, (), frozen=True)
    return book.content()


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


def _formats(tab: Tab | None, titles: Sequence[Cell]) -> list[int]:
    """For each column which of the patterns its numbers have, plus one; 0 for those the schema does not know."""
    if tab is None or not tab.fields:
        return []
    keys = column_keys(tab, titles)
    formats = [0] * len(titles)
    # Of two columns with one title the first is meant.
    for index in {key: index for index, key in reversed([*enumerate(keys)]) if key}.values():
        kind = tab.by_key[keys[index]].kind
        formats[index] = _KINDS.index(kind) + 1 if kind in _KINDS else 0
    return formats


def _fitting(
    title: str, rows: Sequence[Sequence[Cell]], long_texts: list[tuple[Cell, ...]]
) -> Iterator[Sequence[Cell]]:
    """The rows as Excel has room for them; what it has not goes, whole, among the long texts."""
    for number, row in enumerate(rows, 1):
        long = [i for i, cell in enumerate(row) if isinstance(cell, str) and len(cell) > MOST_LETTERS]
        beyond = range(MOST_COLUMNS, len(row))
        if not long and not beyond:
            yield row
            continue
        for i in sorted({*long, *beyond}):
            text = str(row[i])
            parts = (text[start : start + MOST_LETTERS] for start in range(0, len(text), MOST_LETTERS))
            long_texts.append((title, f"{column_letter(i)}{number}", *parts))
        yield [c[:MOST_LETTERS] if isinstance(c, str) else c for c in row[:MOST_COLUMNS]]
