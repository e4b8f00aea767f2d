"""How far a long piece of work has come, told while it goes on.

    the work ─► tell(Headway("storing rows", 400, 20_000)) ─► a bar, a log line now and then, or nobody

Whoever shows it is handed in; the work neither prints nor knows a clock. Pure decisions tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Work on fewer rows than this is done before anybody wonders, and is not told.
MANY_ROWS = 1000


@dataclass(frozen=True)
class Headway:
    """One step of the work. A stage is told by its words: other words, another stage."""

    #: In plain words, such as "writing into the workbook".
    stage: str
    done: int = 0
    #: 0 = nobody can tell yet.
    of: int = 0

    def __str__(self) -> str:
        return f"{self.stage}: {self.done:,} of {self.of:,}" if self.of else self.stage


Tell = Callable[[Headway], None]


def silent(headway: Headway) -> None:
    """Tell nobody."""
    del headway


def seldom(tell: Tell, clock: Callable[[], float], every: float = 60.0) -> Tell:
    """The first counted step at once, and from then on at most one in so many seconds, whatever its stage."""
    told: float | None = None

    def tell_seldom(headway: Headway) -> None:
        nonlocal told
        now = clock()
        if headway.of and (told is None or now - told >= every):
            told = now
            tell(headway)

    return tell_seldom
