"""What `check` asks of the machine, the network and the database, without leaving a trace in any of them.

Imported by that command alone: a worker has no use for it.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import yaml

from bot.adapters.addresses import database_at
from bot.adapters.connections import Database, Statements
from bot.adapters.google_sheets import GOOGLE
from bot.adapters.schema import SCHEMA_VERSION
from bot.adapters.tables import note, optional_time
from bot.checking.facts import ConfigFile, DatabaseFacts
from bot.ports import StateError, WorkbookError

_SECONDS = 10.0
_MOUNTS = Path("/proc/self/mounts")


def config_file(path: Path) -> ConfigFile:
    """Who may read the config, and which of its settings nobody else should."""
    written: Any = None
    with suppress(OSError, ValueError, yaml.YAMLError):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    mode = path.stat().st_mode if os.name == "posix" and path.exists() else 0
    return ConfigFile(
        str(path), bool(mode & stat.S_IROTH), _secrets(written if isinstance(written, dict) else {})
    )


def _secrets(written: dict[str, Any]) -> tuple[str, ...]:
    found = [
        f"{section}.{name}"
        for section, name in (("mail", "password"), ("workbook", "credentials_json"))
        if isinstance(written.get(section), dict) and written[section].get(name)
    ]
    with suppress(ValueError):
        if urlsplit(str(written.get("state", ""))).password:
            found.append("state")
    return tuple(found)


def their_clock(endpoint: str = "") -> datetime | None:
    """What time it is for the other side, to the second; None when it does not say. Raises WorkbookError.

    Asked without a login, because a clock that is wrong is what a login may fail by.
    """
    session = requests.Session()
    # As in the bot's own requests: no proxy stands between it and a desk on this machine.
    session.trust_env = not endpoint
    with session:
        try:
            answer = session.head(endpoint or GOOGLE, timeout=_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise WorkbookError(f"No answer: {type(error).__name__}") from None
    with suppress(ValueError):
        return parsedate_to_datetime(answer.headers.get("Date", ""))
    return None


# ── the database ────────────────────────────────────────────────────────────────────────────────────────────


class _Undone(Exception):
    """Raised to have a transaction rolled back."""


def database_facts(url: str) -> DatabaseFacts:
    """How the database stands, and that it can be written: what is tried is undone. Raises StateError."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        filesystem = filesystem_of(path)
        if not path.exists():
            _try_folder(path)
            return DatabaseFacts("SQLite", str(path), known_schema=SCHEMA_VERSION, filesystem=filesystem)
        return _asked(
            url, "SQLite", "SELECT 1 FROM sqlite_master WHERE name = 'bookkeeping'", str(path), filesystem
        )
    return _asked(url, "Postgres", "SELECT 1 WHERE to_regclass('bookkeeping') IS NOT NULL")


def _asked(url: str, kind: str, is_made: str, file: str = "", filesystem: str = "") -> DatabaseFacts:
    with closing(database_at(url, busy_timeout=5)) as database:
        with database.reading() as db:
            made = bool(db.rows(is_made)) and bool(note(db, "schema_version"))
            schema = int(note(db, "schema_version")) if made else 0
            workbook = _first(db, "SELECT value FROM facts WHERE key = 'workbook'", made=made)
            holder = _first(db, "SELECT owner FROM leases WHERE name = 'workbook'", made=made)
            until = _first(db, "SELECT until FROM leases WHERE name = 'workbook'", made=made)
        _try_writing(database, made=made)
    return DatabaseFacts(
        kind, file, made, schema, SCHEMA_VERSION, workbook, holder, optional_time(until), filesystem
    )


def _first(db: Statements, sql: str, *, made: bool) -> str:
    """The one value of the answer; "" when there is none, or no table to ask."""
    found = db.rows(sql) if made else []
    return str(found[0][0]) if found else ""


def _try_writing(database: Database, *, made: bool) -> None:
    with suppress(_Undone), database.writing() as db:
        if made:
            db.change("UPDATE bookkeeping SET value = value WHERE key = 'schema_version'")
        else:
            db.change("CREATE TABLE order_desk_check (tried INTEGER)")
        raise _Undone


def _try_folder(path: Path) -> None:
    """Whether a file can be made there, in the nearest folder that exists."""
    folder = next(parent for parent in path.parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StateError(
            f"The database file cannot be made: {error.strerror}",
            hint=f"Give the bot's user write access to the folder {folder}.",
        ) from None


def filesystem_of(path: Path) -> str:
    """The kind of file system that a path lies on, or would; "" where the system does not tell."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return _kind_at(str(path.resolve()), lines)


def _kind_at(path: str, mounts: Iterable[str]) -> str:
    kind, longest = "", -1
    for line in mounts:
        fields = line.split()
        # The system writes blanks in names as \040.
        place = fields[1].replace("\\040", " ").rstrip("/")
        # Of two mounts on one place the later one hides the other.
        if (path == place or path.startswith(f"{place}/")) and len(place) >= longest:
            kind, longest = fields[2], len(place)
    return kind
