"""The health file: whole at every moment, and nothing in it that should not be there."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot
from bot.watching.health import Health, write_health

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
WELL = Health(NOON, NOON, 0, "", is_standby=False, patience=timedelta(minutes=15))


def test_it_says_until_when_the_worker_counts_as_well(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    write_health(path, WELL)
    assert json.loads(path.read_text()) == {
        "ok": True, "at": "2026-11-21T04:00:00+00:00", "last_success": "2026-11-21T04:00:00+00:00",
        "well_until": int((NOON + timedelta(minutes=15)).timestamp()), "failures": 0, "error": "", "standby": False,
        "version": bot.__version__,
    }  # fmt: skip
    write_health(path, replace(WELL, at=NOON + timedelta(minutes=1), failures=2, error="Not found: 404"))
    told = json.loads(path.read_text())
    assert (told["ok"], told["failures"], told["error"]) == (False, 2, "Not found: 404")
    assert [found.name for found in tmp_path.iterdir()] == ["health.json"]


def test_a_process_that_has_never_succeeded_is_not_well(tmp_path: Path) -> None:
    write_health(tmp_path / "h.json", replace(WELL, last_success=None, failures=1))
    told = json.loads((tmp_path / "h.json").read_text())
    assert (told["last_success"], told["well_until"]) == (None, 0)


def test_a_folder_that_is_not_there_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_health(tmp_path / "gone" / "health.json", WELL)
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_health(tmp_path / "taken", WELL)
    assert [found.name for found in tmp_path.iterdir()] == ["taken"]


def test_the_version_is_the_package_s() -> None:
    project = tomllib.loads((Path(bot.__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    assert bot.__version__ == project["project"]["version"]
