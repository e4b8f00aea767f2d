"""`plan` says what the next cycle would do and changes nothing, anywhere."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import build_app
from bot.cycle import preview_plan
from tests.system.company import ADMIN, NORD_ORDER, ORDER, SENDER, ZONE
from tests.system.stories import Stage, mailed

ROOT = Path(__file__).resolve().parents[2]


def rows_of(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def world(stage: Stage) -> dict[str, object]:
    """Everything that a plan must not touch."""
    path = stage.folder / "bot.db"
    return {
        "sheet": stage.book.ask("GET", "", includeGridData="true"),
        "mails": len(stage.mails()),
        "files": {p.name for p in stage.folder.iterdir() if not p.name.endswith(("-wal", "-shm"))},
        "bytes": hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "",
        "rows": rows_of(path) if path.exists() else {},
    }


def write_config(stage: Stage) -> Path:
    """The config of the stage's bot, outside the folder that is watched."""
    path = stage.folder.parent / "config.yaml"
    mail = {"sender": SENDER, "host": "127.0.0.1", "port": stage.desk.smtp_port, "security": "none"}
    workbook = {"id": stage.settings.workbook.id, "endpoint": stage.desk.url}
    facts = {"workbook": workbook, "mail": mail, "language": "en", "timezone": ZONE, "admins": [ADMIN]}
    path.write_text(yaml.safe_dump({**facts, "state": stage.settings.state, "poll": {"settle": 0}}), "utf-8")
    return path


def run_plan(config: Path) -> str:
    """`python -m bot plan`, as a person runs it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BOT_") and k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "plan", "--config", str(config)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def edit_everything(stage: Stage) -> None:
    """Leave the next cycle as much to do as one can."""
    stage.contracts.add(NORD_ORDER)
    stage.contracts.add({"customer": "Acme Ltd"})
    stage.contracts.clear(4, "mail_status")
    stage.contracts.type(3, row_id="")
    stage.entries.add(ORDER, timestamp=46347.4)


def test_a_plan_of_a_book_in_use_changes_nothing(stage: Stage) -> None:
    stage.contracts.add(ORDER)
    assert stage.rest() == mailed("20261121-001")
    edit_everything(stage)
    stage.restart()
    before = world(stage)
    stage.requests()
    said = run_plan(write_config(stage))
    assert all(request.startswith("GET ") for request in stage.requests())
    assert world(stage) == before
    for part in ("purchase_customer:", "order 20261121-001: purchase detail once more (no. 2)", "write "):
        assert part in said
    assert len(stage.rest()) == 6


def test_a_plan_of_a_first_meeting_makes_no_database(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage()
    stage.lay_out()
    before = world(stage)
    said = run_plan(write_config(stage))
    assert world(stage) == before
    assert before["files"] == set()
    assert "first meeting: 2 rows would be adopted, none mailed" in said
    assert "First meeting: 2 rows adopted, none mailed." in stage.init().said


@pytest.mark.parametrize("times", [1, 3])
def test_a_plan_leaves_a_cycle_exactly_what_it_had_to_do(stage: Stage, times: int) -> None:
    stage.contracts.add(ORDER)
    stage.poll()
    app = build_app(stage.settings, changing=False)
    try:
        for _ in range(times):
            plan, _ = preview_plan(app, stage.now)
            assert [w.tab for w in plan.waiting] == ["contracts"]
    finally:
        app.state.close()
    assert stage.rest() == mailed("20261121-001")
