"""What the config says, as far as decisions need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Rules:
    """The team's choices. Times of day are in `timezone`; moments passed around are UTC."""

    language: str = "zh-CN"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    currency: str = "CNY"
    #: A typed row must stay unchanged for this long before it counts.
    settle: timedelta = timedelta(seconds=20)
    #: More new orders than this in one poll are held.
    flood: int = 50
    #: A format string with {date} and {serial}.
    number: str = "{date:%Y%m%d}-{serial:03d}"
    purchase_mail: str = "on_created"
    review_levels: int = 1
    extra_columns: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    #: Two equal form answers within this time are taken for one sent twice.
    same_answer: timedelta = timedelta(minutes=10)

    def today(self, now: datetime) -> date:
        """The team's day at this moment."""
        return now.astimezone(self.timezone).date()

    def wall_clock(self, moment: datetime) -> datetime:
        """The moment as the team's clocks show it, naive as the sheet wants it."""
        return moment.astimezone(self.timezone).replace(tzinfo=None)
