"""Files with customers' names are for their owner alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.private_files import make_private_folder, write_privately


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_new_file_and_a_new_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "01-Anna"
    make_private_folder(folder)
    write_privately(folder / "mail.txt", b"Dear Anna")
    assert (mode(folder.parent), mode(folder), mode(folder / "mail.txt")) == (0o700, 0o700, 0o600)


def test_what_is_there_is_written_anew_whole_and_keeps_what_people_gave_it(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"a longer text than the new one")
    path.chmod(0o640)
    write_privately(path, b"new")
    make_private_folder(tmp_path)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o640)
