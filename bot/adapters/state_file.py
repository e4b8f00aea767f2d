"""A backup as a file: gzipped lines of JSON that any database can be filled from, and that show when one byte is wrong.

    {"format": …, "schema": 4, "workbook": …, "made_at": …, "counts": {…}}       what it is
    {"table": "orders", "columns": [ … ]}   [ … ]   [ … ]   …                    each table with its rows
    {"sha256": …}                                                                over all lines before

Written and read line by line, so that its size does not matter. It holds names and addresses: only its owner reads it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from bot.adapters.connections import Value
from bot.adapters.state_rows import KEPT
from bot.ports import StateError, StateRefused

_FORMAT, _VERSION = "order-desk-backup", 1
#: Most of a mail is base64 already; more effort than this takes time and saves little.
_EFFORT = 3
#: Rows given at a time, and the bytes from which on they are given sooner.
_BATCH, _WEIGHT = 500, 4_000_000


@dataclass(frozen=True)
class About:
    """What a backup says of itself."""

    schema: int
    workbook: str
    made_at: datetime
    #: A worker held the workbook when it was made, so that it may have gone on afterwards.
    worker_ran: bool
    #: Table -> number of rows.
    counts: Mapping[str, int]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.counts.values())

    @property
    def words(self) -> str:
        """What people would count in it."""
        found = (self.counts.get(table, 0) for table in ("orders", "messages", "weeks"))
        return "{:,} orders, {:,} mails, {:,} closed weeks".format(*found)


@dataclass(frozen=True)
class Batch:
    """Some rows of one table."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def write_backup(
    file: Path, about: About, tables: Iterable[tuple[str, Iterable[Sequence[Any]]]], *, force: bool
) -> None:
    """Write it beside its place and then put it there, whole or not at all. Raises StateRefused, StateError.

    A file that is there already is somebody's only copy, unless `force` says otherwise.
    """
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        _refuse_existing(file, force=force)
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with gzip.GzipFile("", "wb", _EFFORT, raw, mtime=0) as packed:
                _write(packed, about, tables)
            raw.flush()
            os.fsync(raw.fileno())
        _refuse_existing(file, force=force)
        unfinished.replace(file)
    except OSError as error:
        raise StateError(
            f"The backup cannot be written: {error.strerror or error}",
            hint="Name a file in a folder that may be written and has room.",
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _refuse_existing(file: Path, *, force: bool) -> None:
    if file.exists() and not force:
        raise StateRefused(
            f"{file.name} exists already.", hint="Name another file, or add --force to replace it."
        )


def _write(
    packed: gzip.GzipFile, about: About, tables: Iterable[tuple[str, Iterable[Sequence[Any]]]]
) -> None:
    digest = hashlib.sha256()

    def say(value: object) -> None:
        line = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
        digest.update(line)
        packed.write(line)

    say(
        {
            "format": _FORMAT, "version": _VERSION, "schema": about.schema, "workbook": about.workbook,
            "made_at": about.made_at.isoformat(), "worker_ran": about.worker_ran, "counts": dict(about.counts),
        }
    )  # fmt: skip
    for table, rows in tables:
        say({"table": table, "columns": KEPT[table]})
        for row in rows:
            say([_told(value) for value in row])
    say({"sha256": digest.hexdigest()})


def _told(value: Any) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


def read_about(file: Path) -> About:
    """What the file says of itself. Raises StateRefused when it is no backup that this program can read."""
    with _opened(file) as lines:
        return _about(next(_read(lines), b""))


def read_backup(file: Path) -> Iterator[Batch]:
    """The rows, by and by. Raises StateRefused at the latest at the end when a byte is not as it was written."""
    with _opened(file) as lines:
        yield from _batches(_read(lines))


def _opened(file: Path) -> gzip.GzipFile:
    try:
        return gzip.open(file, "rb")
    except OSError as error:
        raise StateRefused(
            f"The backup {file.name} cannot be read: {error.strerror or error}",
            hint="Name a backup that is there.",
        ) from error


def _read(lines: gzip.GzipFile) -> Iterator[bytes]:
    try:
        yield from lines
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged() from error


def _damaged() -> StateRefused:
    return StateRefused(
        "The file is damaged, or is no backup of Order Desk; nothing has been restored.",
        hint="Take another backup. Without any, the state is rebuilt from the sheet, and nobody is mailed twice.",
    )


def _about(line: bytes) -> About:
    try:
        said = orjson.loads(line)
        if said["format"] != _FORMAT:
            raise _damaged()
        if said["version"] > _VERSION:
            raise StateRefused(
                "The backup was made by a newer version of the bot.", hint="Restore it with that one."
            )
        made_at = datetime.fromisoformat(said["made_at"])
        counts = {str(table): int(count) for table, count in said["counts"].items()}
        return About(int(said["schema"]), str(said["workbook"]), made_at, bool(said["worker_ran"]), counts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged() from error


def _batches(lines: Iterator[bytes]) -> Iterator[Batch]:
    digest = hashlib.sha256()
    first = next(lines, b"")
    left = dict(_about(first).counts)
    digest.update(first)
    table, columns = "", tuple[str, ...]()
    rows: list[tuple[Value, ...]] = []
    weight = 0
    for line in lines:
        value = _value(line)
        if isinstance(value, list) and table and len(value) == len(columns):
            rows.append(tuple(map(_meant, value)))
            left[table] -= 1
            weight += len(line)
        if rows and (isinstance(value, dict) or len(rows) == _BATCH or weight >= _WEIGHT):
            yield Batch(table, columns, tuple(rows))
            rows, weight = [], 0
        if isinstance(value, dict):
            if "sha256" in value:
                if value["sha256"] != digest.hexdigest() or any(left.values()) or next(lines, b""):
                    raise _damaged()
                return
            table, columns = _heading(value)
            if table not in left:
                raise _damaged()
        digest.update(line)
    raise _damaged()


def _value(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError as error:
        raise _damaged() from error


def _heading(said: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Which columns of which table the rows behind it have: none that a database of ours does not know."""
    table, columns = said.get("table"), said.get("columns")
    if not isinstance(table, str) or not isinstance(columns, list):
        raise _damaged()
    known = KEPT.get(table, ())
    if not columns or any(column not in known for column in columns):
        raise _damaged()
    return table, tuple(columns)


def _meant(value: Any) -> Value:
    if isinstance(value, dict):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged() from error
    if value is not None and not isinstance(value, str | int):
        raise _damaged()
    return value
