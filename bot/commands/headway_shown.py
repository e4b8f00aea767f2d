"""Shows how far long work has come on standard error: as a bar to a person, else as a line now and then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from bot.headway import MANY_ROWS, Headway, Tell, seldom


@contextmanager
def headway_shown() -> Iterator[Tell]:
    """What to hand to the work; the bar goes when the block ends."""
    if sys.stderr.isatty():
        from bot.headway_bar import bar  # noqa: PLC0415 - rich, only where somebody looks

        with bar() as tell:
            yield tell
    else:
        yield seldom(_line, monotonic)


@contextmanager
def rows_shown(stage: str) -> Iterator[Callable[[int, int], None]]:
    """The same for work of one stage that tells how many rows are done and of how many; of a few rows nothing is shown."""
    with headway_shown() as show:

        def tell(done: int, of: int) -> None:
            if of >= MANY_ROWS:
                show(Headway(stage, done, of))

        yield tell


def _line(headway: Headway) -> None:
    print(f"… {headway}", file=sys.stderr, flush=True)
