"""A bug, told by where it happened: the places in our code and the names of the errors, not what they say.

What an error says may quote a row, an address or a password, and a log goes to people who may see none of them.
Only our own sentences for people, which quote none of these, are told with it.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from bot.ports import OutsideError
from bot.settings import ConfigProblemsError

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def told_by_place(error: BaseException) -> str:
    """The traceback of an error and of those it came from, oldest first, with the errors' names alone."""
    told: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        places = "".join(traceback.format_tb(link.__traceback__))
        words = f": {link}" if isinstance(link, ConfigProblemsError | OutsideError) else ""
        told.append(f"{places}{type(link).__module__}.{type(link).__qualname__}{words}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\nwhich led to:\n".join(reversed(told))


def tell_bugs_by_place() -> None:
    """From now on an error that nothing catches ends this process so, still with status 1."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        print(f"A bug ended this process:\n{told_by_place(error)}", file=sys.stderr)  # noqa: T201 - there may be no log yet

    sys.excepthook = tell
