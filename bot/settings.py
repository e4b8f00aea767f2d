"""The settings as values, after `config` has checked them. Importing this costs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class WorkbookSettings:
    """Which spreadsheet, and with whose key."""

    id: str
    #: "" = Google.
    endpoint: str = ""
    #: Path of the service account's key; "" when the key comes from the environment, or none is needed.
    credentials: str = ""
    credentials_json: str = field(default="", repr=False)


@dataclass(frozen=True)
class PollSettings:
    """The rhythm; seconds, seconds, orders."""

    every: float = 30
    settle: float = 20
    flood: int = 50


@dataclass(frozen=True)
class MailSettings:
    """The way out for mail and its limits."""

    sender: str
    host: str = "smtp.gmail.com"
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    per_day: int = 500
    per_minute: int = 60
    only_to: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    #: What to do with a mail whose final dot got no answer: "resend" (byte-identical) or "hold".
    when_uncertain: str = "resend"
    #: Whose name stands under the mails; "" = the sender's.
    company: str = ""


@dataclass(frozen=True)
class OrderSettings:
    """How orders are numbered and when the customer hears."""

    number: str = "{date:%Y%m%d}-{serial:03d}"
    purchase_mail: str = "on_created"
    review_levels: int = 1


@dataclass(frozen=True)
class ReportSettings:
    """What reports are like."""

    #: What somebody without orders gets: "short" or "none".
    empty: str = "short"
    #: The file with the rows that goes along: "xlsx", "csv" or "none".
    attach: str = "xlsx"
    #: Seconds between two refreshes of Summary and of the roll-ups.
    refresh: float = 60


@dataclass(frozen=True)
class TierSettings:
    """From which amount in twelve months a customer is A or B, in the config's currency."""

    a: Decimal = Decimal(500_000)
    b: Decimal = Decimal(100_000)
    apply: bool = False


@dataclass(frozen=True)
class ArchiveSettings:
    """What the monthly run moves, and the copy it makes of the workbook."""

    after_months: int = 1
    #: "" = no copy is written.
    backup_folder: str = "state/backups"
    keep: int = 12
    backup_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """Everything the config says."""

    workbook: WorkbookSettings
    mail: MailSettings
    language: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    state: str = field(default="sqlite:///state/bot.db", repr=False)
    poll: PollSettings = PollSettings()
    orders: OrderSettings = OrderSettings()
    reports: ReportSettings = ReportSettings()
    tiers: TierSettings = TierSettings()
    archive: ArchiveSettings = ArchiveSettings()
    admins: tuple[str, ...] = ()


class ConfigProblemsError(Exception):
    """The config cannot be used; one sentence for each thing to put right."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


class NothingToShow(Exception):
    """What a command was asked for cannot be shown; one sentence for each thing to put right."""

    def __init__(self, *problems: str) -> None:
        super().__init__(problems)
        self.problems = problems
