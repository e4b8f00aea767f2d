"""What the config says, as far as decisions need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from sheets_schema.naming import STANDARD, Schema


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
class HourRules:
    """When mail may leave that can wait; purchase details never wait."""

    #: No such mail from the first to the second time of day, which may lie on the next day; None = at any hour.
    quiet: tuple[time, time] | None = (time(20), time(8))
    #: "Mon-Fri", a country's two letters, or "" for every day.
    workdays: str = "Mon-Fri"
    #: Kinds of mail (folders under templates/) that leave at any time.
    exempt: frozenset[str] = frozenset(
        {"admin_notice", "weekly_personal", "weekly_team", "monthly", "tier_review"}
    )


@dataclass(frozen=True)
class DigestRules:
    """What the daily digest tells of."""

    #: An order is due soon from this many days before its due date on.
    due_soon: int = 2
    #: An open order without an update for this long is told of.
    silent: timedelta = timedelta(hours=24)
    #: Leads hear of an order that is this many days overdue.
    escalate: int = 3


@dataclass(frozen=True)
class SurveyRules:
    """How customers are asked whether they are satisfied."""

    #: The feedback form's address with {order_no} in it; "" = nobody is asked.
    form: str = ""
    #: Working days after the order was completed, and again after that when there is no answer; 0 = not again.
    after: int = 3
    again: int = 5
    #: A score up to this one is told to whoever looks after the customer.
    low: int = 2


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
    hours: HourRules = HourRules()
    #: Kinds of notices that nobody gets.
    notices_off: frozenset[str] = frozenset()
    digest: DigestRules = DigestRules()
    survey: SurveyRules = SurveyRules()
    #: Rows that the Activity tab keeps; the database keeps all.
    activity_rows: int = 2000
    #: The tabs and columns under the names that they have in this workbook.
    schema: Schema = STANDARD

    def title(self, tab: str, column: str = "") -> str:
        """What a tab, or one of its columns, is called in the workbook, by their keys."""
        found = self.schema.by_key[tab]
        return (found.by_key[column] if column else found).title(self.language)

    def today(self, now: datetime) -> date:
        """The team's day at this moment."""
        return now.astimezone(self.timezone).date()

    def wall_clock(self, moment: datetime) -> datetime:
        """The moment as the team's clocks show it, naive as the sheet wants it."""
        return moment.astimezone(self.timezone).replace(tzinfo=None)
