"""Importing a library without what it loads only because some other package has brought it along."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType


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


@contextmanager
def without_siblings(name: str) -> Iterator[None]:
    """While the block imports, this package seems to hold nothing but what is asked of it by its full name.

    For packages whose `__init__` imports every module they have. The entry is taken away again as in `without`; what
    the block has loaded stays, though whoever imports the package later does not find it among its attributes. Does
    nothing once the package is loaded.
    """
    is_loaded = name in sys.modules
    if not is_loaded:
        bare = ModuleType(name)
        found = find_spec(name)
        bare.__path__ = list(found.submodule_search_locations or ()) if found is not None else []
        sys.modules[name] = bare
    try:
        yield
    finally:
        if not is_loaded:
            del sys.modules[name]
