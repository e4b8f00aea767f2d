"""Files that hold customers' names: made readable by their owner alone. A file that is there keeps its permissions."""

from __future__ import annotations

import os
from pathlib import Path


def write_privately(path: Path, content: bytes) -> None:
    """Write the whole file. Raises OSError."""
    # The mode is given when it is made, so that there is no moment at which others could open it.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def make_private_folder(folder: Path) -> None:
    """Make the folder and those above it that are missing, so that their owner alone may look in. Raises OSError."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
