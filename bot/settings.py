"""The settings as values, after `config` has checked them. Importing this costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
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
    #: The team's own names: tab key -> title, and tab key -> column key -> title.
    tabs: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


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
    per_hour: int = 200
    per_minute: int = 60
    #: The most mails a day to one customer; 0 = any number.
    per_customer: int = 10
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
class HourSettings:
    """When mail may leave that can wait."""

    #: "20:00-08:00"; "" = at any hour.
    quiet: str = "20:00-08:00"
    #: "Mon-Fri", a country's two letters, or "" for every day.
    workdays: str = "Mon-Fri"
    #: Kinds of mail that never wait, beside the purchase details.
    exempt: tuple[str, ...] = ("admin_notice", "weekly_personal", "weekly_team", "monthly", "tier_review")


@dataclass(frozen=True)
class NoticeSettings:
    """Which notices nobody gets."""

    off: tuple[str, ...] = ()


@dataclass(frozen=True)
class DigestSettings:
    """Days, hours, days."""

    due_soon: int = 2
    silent: int = 24
    escalate: int = 3


@dataclass(frozen=True)
class SurveySettings:
    """The feedback form, working days, working days, and a score."""

    #: The form's address with {order_no} in it; "" = nobody is asked.
    form: str = ""
    after: int = 3
    again: int = 5
    low: int = 2


@dataclass(frozen=True)
class ActivitySettings:
    """How many rows the Activity tab keeps."""

    rows: int = 2000


@dataclass(frozen=True)
class WatchSettings:
    """Who is told how the worker itself fares, and when."""

    #: Pinged after each successful cycle, at most once a minute; "" = nobody is. Whoever knows it can speak for us.
    heartbeat: str = field(default="", repr=False)
    #: Written after each cycle; "" = none is.
    health_file: str = ""
    #: Minutes without a successful cycle until admins hear.
    silent: int = 15
    #: Hours a Problem stands until admins hear.
    problems_after: int = 24
    #: Minutes a mail is on its way past its moment.
    stuck_after: int = 60
    #: Percent of 60 requests a minute, and of mail.per_day.
    quota: int = 80
    #: Minutes between two updates of the block in Automations, unless something that matters has changed.
    status: int = 10
    #: Host and port of the Prometheus endpoint; "" = there is none.
    metrics: str = ""


@dataclass(frozen=True)
class Settings:
    """Everything the config says."""

    workbook: WorkbookSettings
    mail: MailSettings
    language: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    state: str = field(default="sqlite:///state/bot.db", repr=False)
    #: An SQLite file is meant, though the host is one that forgets its disk.
    sqlite_anyway: bool = False
    poll: PollSettings = PollSettings()
    orders: OrderSettings = OrderSettings()
    reports: ReportSettings = ReportSettings()
    tiers: TierSettings = TierSettings()
    archive: ArchiveSettings = ArchiveSettings()
    hours: HourSettings = HourSettings()
    notices: NoticeSettings = NoticeSettings()
    digest: DigestSettings = DigestSettings()
    survey: SurveySettings = SurveySettings()
    activity: ActivitySettings = ActivitySettings()
    watch: WatchSettings = WatchSettings()
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
