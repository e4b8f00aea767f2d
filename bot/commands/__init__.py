"""One module a command: `run(options)` does it and returns the exit status. Each is imported only when it is asked for."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

#: Exit statuses: done, a bug, a person can mend it, the outside world failed.
WELL, BUG, MENDABLE, OUTSIDE = 0, 1, 2, 3
#: What shells say of a command that Ctrl-C has ended.
INTERRUPTED = 130


def config_path(options: Namespace) -> Path:
    """Where the config is: `--config`, else $BOT_CONFIG, else ./config.yaml."""
    return Path(options.config or os.environ.get("BOT_CONFIG") or "config.yaml")
