"""Reads the config in a child process, so that a worker need not keep for years what checks it once.

    worker ──path──► child: YAML, environment, pydantic ──pickle──► Settings, or the problems found

A plain child and a pipe: multiprocessing would leave a helper process of 12 MB behind for as long as the worker lives.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

from bot.settings import ConfigProblemsError, Settings


def load_settings_apart(path: Path) -> Settings:
    """The settings of a config file under the environment. Raises ConfigProblemsError."""
    child = subprocess.run(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-m", "bot.settings_apart", str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True
    )  # fmt: skip
    found: Settings | ConfigProblemsError = pickle.loads(child.stdout)  # noqa: S301 - our own child wrote it
    if isinstance(found, ConfigProblemsError):
        raise found
    return found


def _read(path: Path) -> Settings | ConfigProblemsError:
    from bot.config import read_settings  # noqa: PLC0415 - pydantic is 10 MB, and the parent imports this module too

    try:
        return read_settings(path, os.environ.get("DATABASE_URL", ""))
    except ConfigProblemsError as problems:
        return problems


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(_read(Path(sys.argv[1]))))
