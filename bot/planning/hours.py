"""When mail may leave that can wait: quiet hours and working days. Pure; reads no clock."""

from __future__ import annotations

import re
from datetime import time

_SPAN = re.compile(r"(\d{1,2}):(\d\d) ?[-–] ?(\d{1,2}):(\d\d)")


def quiet_hours(text: str) -> tuple[time, time] | None:
    """The two times of day in "20:00-08:00"; None when the text names no such span."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    try:
        start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    except ValueError:
        return None
    return (start, end) if start != end else None


def are_workdays(text: str) -> bool:
    """Whether the config may name working days so: "Mon-Fri", or "" for every day."""
    return text.strip() in ("", "Mon-Fri")
