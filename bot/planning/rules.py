"""What the config says, as far as decisions need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class ReportRules:
    """What reports are like."""

    #: What somebody without orders gets for the week: a short mail, or none.
    empty: Literal["short", "none"] = "short"
    #: The file with the rows that goes along.
    attach: Literal["xlsx", "csv", "none"] = "xlsx"
    #: At least this long lies between two refreshes of Summary and of the roll-ups.
    refresh: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class TierRules:
    """When a customer is A, B or C: by what was bought in twelve months, in the config's currency."""

    a: Decimal = Decimal(500_000)
    b: Decimal = Decimal(100_000)
    #: Whether the review changes the Tier cells, or only proposes to.
    apply: bool = False


@dataclass(frozen=True)
class ArchiveRules:
    """What the monthly run moves and keeps."""

    #: Finished orders move once their month ended this many months ago: 1 = those of the month that is reported.
    after_months: int = 1
    #: Folder for the workbook's copy as .xlsx, relative to the config; "" = none is written.
    backup_folder: str = "state/backups"
    #: How many copies stay there.
    keep: int = 12
    #: Addresses that get the copy by mail.
    backup_to: tuple[str, ...] = ()


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
    reports: ReportRules = ReportRules()
    tiers: TierRules = TierRules()
    archive: ArchiveRules = ArchiveRules()

    def today(self, now: datetime) -> date:
        """The team's day at this moment."""
        return now.astimezone(self.timezone).date()

    def wall_clock(self, moment: datetime) -> datetime:
        """The moment as the team's clocks show it, naive as the sheet wants it."""
        return moment.astimezone(self.timezone).replace(tzinfo=None)
