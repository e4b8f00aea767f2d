"""Moments and spans as facts and as words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def local(moment: datetime | str | None, zone: ZoneInfo) -> str | None:
    """A moment in the team's zone as ISO text with its offset; nothing for nothing."""
    if not moment:
        return None
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed.astimezone(zone).isoformat(timespec="seconds")


def moment_words(moment: str | None, now: str) -> str:
    """Such a text as short as it may be at this moment: the time of today, the day of this year; "" for nothing."""
    if not moment:
        return ""
    if moment[:10] == now[:10]:
        return moment[11:16]
    return f"{moment[5:10]} {moment[11:16]}" if moment[:4] == now[:4] else moment[:10]


def span_words(seconds: float) -> str:
    """How long that is, in its two largest units."""
    whole = max(0, round(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86_400
    if not minutes:
        return f"{whole} s"
    if not hours:
        return f"{minutes} min"
    if not days:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def since_words(moment: str, now: str) -> str:
    """How long ago a moment was."""
    return span_words((datetime.fromisoformat(now) - datetime.fromisoformat(moment)).total_seconds())
