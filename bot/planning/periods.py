"""Weeks, months and quarters as half-open windows of time, named as people name them. Pure; reads no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Period:
    """A named window, half-open: `start` belongs to it and `end` does not. Both are UTC."""

    #: "2026-W47" (the ISO week of the team's day on which it ends), "2026-11" or "2026-Q4".
    id: str
    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.start <= moment < self.end


def week_id(day: date) -> str:
    """The name of the ISO week this day lies in: 2027-01-01 is in 2026-W53."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
