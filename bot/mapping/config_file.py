"""Own names written into the config file: whole or not at all, its mode kept, the old text beside it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.mapping.config_lines import CannotInsert, with_names
from bot.settings import NothingToShow

_BEFORE = ".before-map"


def write_names(path: Path, tabs: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]) -> Path:
    """Put the names under `workbook`; the path of the copy that was made first. Raises NothingToShow."""
    # A link stays a link: what it leads to is replaced.
    real = path.resolve()
    copy = path.with_name(path.name + _BEFORE)
    try:
        old = real.read_bytes()
        new = with_names(old.decode("utf-8"), tabs, titles).encode("utf-8")
        _replace(copy, old, real)
        _replace(real, new, real)
    except CannotInsert as problem:
        raise NothingToShow(f"{path} cannot be added to: {problem}. Add the lines above by hand.") from None
    except OSError as error:
        raise NothingToShow(
            f"{path} cannot be written: {error.strerror}. Add the lines above by hand."
        ) from None
    return copy


def _replace(path: Path, content: bytes, like: Path) -> None:
    """The file with this content and the mode and owner of another; a reader sees all of it or none."""
    facts = like.stat()
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Only root may give a file away; for everybody else it is theirs already.
        with contextlib.suppress(OSError):
            os.chown(temporary, facts.st_uid, facts.st_gid)
        Path(temporary).chmod(facts.st_mode & 0o7777)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
