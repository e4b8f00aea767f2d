"""Which day a digest belongs to, and when its mail has come too late."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.planning.due import digest_over
from bot.planning.periods import day_of
from bot.planning.rules import Rules

ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(timezone=ZONE)
ANNA = "digest:2026-11-27:anna@desk.example"


def at(moment: str) -> datetime:
    """By the team's clocks."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("message_id", "now", "is_over"),
    [
        (ANNA, "2026-11-27 09:00", False),
        (ANNA, "2026-11-27 19:59", False),
        (ANNA, "2026-11-27 20:00", True),
        (ANNA, "2026-11-28 12:00", True),
        (ANNA, "2026-11-30 08:00", True),
        ("digest:2026-11-27.r1:anna@desk.example", "2026-11-27 19:59", False),
        ("digest:2026-11-27.r2:anna@desk.example", "2026-11-30 08:00", True),
        ("digest:2026-11-30.r1:anna@desk.example", "2026-11-29 15:00", False),
        ("weekly_personal:2026-W47:anna@desk.example", "2027-11-30 08:00", False),
        ("purchase_customer:20261121-003:1", "2027-11-30 08:00", False),
    ],
)
def test_a_digest_is_over_when_its_day_has_no_open_hour_left(
    message_id: str, now: str, is_over: bool
) -> None:
    assert digest_over(message_id, at(now), RULES) is is_over


def test_a_day_reaches_from_midnight_to_midnight_by_the_teams_clocks() -> None:
    day = day_of(at("2026-11-27 12:00").date(), ZONE)
    assert (day.id, day.start, day.end) == ("2026-11-27", at("2026-11-27 00:00"), at("2026-11-28 00:00"))


def test_a_day_of_a_clock_change_is_as_long_as_it_is() -> None:
    day = day_of(datetime(2026, 10, 25, tzinfo=UTC).date(), ZoneInfo("Europe/Berlin"))
    assert (day.end - day.start).total_seconds() == 25 * 3600
