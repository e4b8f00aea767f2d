"""How far long work has come: a bar on a terminal, a line a minute elsewhere, nothing where it is done at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

#: Seconds between two looks at the bar, and between two lines.
_BAR_SECONDS, _LINE_SECONDS = 0.1, 60.0

Tell = Callable[[int, int], None]


@contextmanager
def telling(what: str) -> Iterator[Tell]:
    """While the block works: call what it gives with how many rows are done, and of how many, as often as you like."""
    if not sys.stderr.isatty():
        yield _seldom(
            lambda done, total: print(f"{what}: {done:,} of {total:,}", file=sys.stderr), _LINE_SECONDS
        )
        return
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import Progress  # noqa: PLC0415 - the same

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield _seldom(lambda done, total: bar.update(task, completed=done, total=total), _BAR_SECONDS)


def _seldom(tell: Tell, seconds: float) -> Tell:
    last = monotonic()

    def told(done: int, total: int) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= seconds:
            last = now
            tell(done, total)

    return told
