"""The health file: how the worker fares, for what watches it from the same machine (HEALTHCHECK, systemd, a monitor).

Replaced as a whole after each cycle, so that whoever reads it never sees half. Says no names, addresses or secrets.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import bot


@dataclass(frozen=True)
class Health:
    """What the file says."""

    at: datetime
    #: None = no cycle of this process has succeeded yet.
    last_success: datetime | None
    #: Failed cycles in a row.
    failures: int
    error: str
    #: Another worker works, and this one stands by.
    is_standby: bool
    #: How long after a success a worker counts as well.
    patience: timedelta

    def text(self) -> str:
        """The file. Well is who succeeded lately: compare `well_until`, in seconds since 1970, with now."""
        until = int((self.last_success + self.patience).timestamp()) if self.last_success else 0
        facts = {
            "ok": not self.failures,
            "at": self.at.isoformat(timespec="seconds"),
            "last_success": self.last_success.isoformat(timespec="seconds") if self.last_success else None,
            "well_until": until,
            "failures": self.failures,
            "error": self.error,
            "standby": self.is_standby,
            "version": bot.__version__,
        }
        return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def write_health(path: Path, health: Health) -> None:
    """Replace the file. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(health.text(), encoding="utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
