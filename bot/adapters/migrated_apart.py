"""Has an older program's database brought up to date by a child process, which alone loads alembic and SQLAlchemy.

    worker ──address──► child: bot.adapters.migrating ──what it did──► a line in the log, or a StateError

The address goes by a pipe, because anybody on the machine can read a command line. A child that is killed has changed
nothing, and the next start does it all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import structlog

from bot.ports import StateError, StateRefused


def bring_up_to_date(url: str) -> None:
    """Bring the tables at this address to this program's version. Raises StateError."""
    child = subprocess.run(
        [sys.executable, "-m", "bot.adapters.migrating"], input=url.encode(), stdout=subprocess.PIPE, check=False
    )  # fmt: skip
    if child.returncode:
        raise StateError(
            "The database could not be brought up to date: the process that does it was ended.",
            hint="Nothing has been changed: start again.",
        )
    told: dict[str, Any] = json.loads(child.stdout)
    if "error" in told:
        refused = StateRefused if told["refused"] else StateError
        raise refused(told["error"], hint=told["hint"])
    if told["before"] != told["after"]:
        structlog.get_logger("bot.state").info("database_brought_up_to_date", **told)
