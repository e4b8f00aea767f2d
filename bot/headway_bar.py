"""A bar for each stage of long work, on a terminal. Imports rich, so only commands that people read import it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bot.headway import Headway, Tell


@contextmanager
def bar(console: Console | None = None) -> Iterator[Tell]:
    """What to hand to the work. Bars are drawn on standard error and taken away at the end."""
    shown = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
        console=console or Console(stderr=True),
        transient=True,
    )
    stages: dict[str, TaskID] = {}

    def tell(headway: Headway) -> None:
        if headway.stage not in stages:
            for before in stages.values():
                # A stage ends when the next one begins.
                shown.update(before, total=1, completed=1)
                shown.stop_task(before)
            stages[headway.stage] = shown.add_task("", total=None)
        # A bar moves to and fro as long as nobody can tell how much is done.
        shown.update(
            stages[headway.stage],
            description=str(headway),
            total=headway.of if headway.done else None,
            completed=headway.done,
        )

    with shown:
        yield tell
