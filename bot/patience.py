"""How long the worker waits after polls that failed. Pure."""

from __future__ import annotations

#: After failures the next poll waits longer each time, but never so long that people wonder.
LONGEST_WAIT_SECONDS = 300.0


def patience(every: float, failures: int) -> float:
    """Seconds from the last of so many failed polls in a row to the next one."""
    return min(every * (1 << min(max(failures, 1) - 1, 10)), LONGEST_WAIT_SECONDS)
