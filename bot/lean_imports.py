"""Importing a library without what it loads only because some other package has brought it along."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """While the block imports, this optional module seems not to be installed. Does nothing once it is loaded.

    Only for modules that the library itself can do without; the entry is taken away again, so that whoever needs the
    module later can still import it.
    """
    is_loaded = name in sys.modules
    if not is_loaded:
        sys.modules[name] = None  # type: ignore[assignment] # how an import is told that a module is missing
    try:
        yield
    finally:
        if not is_loaded:
            del sys.modules[name]
