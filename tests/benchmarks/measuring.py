"""Measuring on a machine that others use too: CPU time, medians of interleaved rounds, and a table to read."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

__all__ = ["cpu_of", "dead_weight", "median", "milliseconds", "resident_mib", "show"]


def cpu_of(act: Callable[[], object]) -> float:
    """CPU seconds of this process for one call; what it returns is let go of outside of the measurement."""
    gc.collect()
    started = time.process_time()
    result = act()
    spent = time.process_time() - started
    del result
    return spent


@contextmanager
def dead_weight() -> Iterator[None]:
    """Inside, the garbage collector passes over what exists already: a benchmark's own workbook is not the bot's."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def milliseconds(seconds: float) -> str:
    """As a table shows it."""
    return f"{seconds * 1000:.1f} ms"


def resident_mib(pid: int, what: str = "VmRSS") -> float:
    """Resident memory of a process now, or with "VmHWM" at most so far, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def show(title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """A table of what, how much, and what is asked for."""
    lines = [f"{what:<58} {much:>16}   {goal}" for what, much, goal in rows]
    sys.stdout.write("\n".join(("", title, *lines, "")))
