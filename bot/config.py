"""config.yaml and the environment, checked at once and turned into `Settings`. Says nothing twice, hides no problem.

pydantic stays behind this border: it is 10 MB that a worker does not need once the settings are read.
"""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.mails.mail_text import web_link
from bot.planning.catalog import is_address
from bot.planning.hours import are_workdays, quiet_hours
from bot.planning.orders import check_pattern
from bot.settings import (
    ActivitySettings,
    ArchiveSettings,
    ConfigProblemsError,
    DigestSettings,
    HourSettings,
    MailSettings,
    NoticeSettings,
    OrderSettings,
    PollSettings,
    ReportSettings,
    Settings,
    SurveySettings,
    TierSettings,
    WatchSettings,
    WorkbookSettings,
)
from sheets_schema.currencies import currency_code
from sheets_schema.naming import naming_problems
from sheets_schema.workflow import HEARD_BY

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
_SHEET_ADDRESS = re.compile(r"/spreadsheets/d/([\w-]+)")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SENDER = re.compile(r"^(?:[^<>\r\n]*<([^<>\s]+)>|([^<>\s]+))$")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is not a time zone: write one such as Asia/Shanghai or Europe/Berlin") from None
    return name


def _currency(text: str) -> str:
    code = currency_code(text)
    if code is None:
        raise ValueError("is not a currency: write a code such as CNY, USD or EUR")
    return code


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError("is not an e-mail address")
    return text


def _sender(text: str) -> str:
    found = _SENDER.match(text.strip())
    if not found or not is_address(found[1] or found[2]):
        raise ValueError('is not a sender: write it like "Order Desk <orders@example.com>"')
    return text.strip()


def _sheet_id(text: str) -> str:
    found = _SHEET_ADDRESS.search(text)
    key = found[1] if found else text.strip()
    if not re.fullmatch(r"[\w-]+", key):
        raise ValueError(
            "is not a spreadsheet's key: it is the long part of its address between /d/ and /edit"
        )
    return key


def _database(text: str) -> str:
    if not re.match(r"^(sqlite:///.+|postgres(ql)?(\+psycopg)?://.+)$", text):
        raise ValueError("is not a database: write sqlite:///state/bot.db or postgresql://…")
    return text


def _recipient(text: str) -> str:
    if not is_address(text) and not re.fullmatch(r"@?[\w-]+(\.[\w-]+)+", text):
        raise ValueError("holds something that is neither an address nor a domain")
    return text


def _quiet_hours(text: str) -> str:
    if quiet_hours(text) is None and text.strip():
        raise ValueError('is not a span of time: write it like "20:00-08:00", or "" for none')
    return text.strip()


def _workdays(text: str) -> str:
    if not are_workdays(text):
        raise ValueError(
            'is not known: write Mon-Fri, a country\'s two letters such as CN or DE, or "" for every day'
        )
    return text.strip()


def _kind_of_mail(text: str) -> str:
    if not (_TEMPLATES / text / "subject.txt").is_file():
        raise ValueError("holds something that is no kind of mail: see the folders under templates/")
    return text


def _notice(text: str) -> str:
    if text not in HEARD_BY:
        raise ValueError(f"holds something that is no notice; there are: {', '.join(HEARD_BY)}")
    return text


def _form_address(text: str) -> str:
    if text and not ("{order_no}" in text and web_link(text.replace("{order_no}", "1"))):
        raise ValueError(
            "is not a form's address: use its prefilled link, with {order_no} for the number, over https"
        )
    return text


def _ping_address(text: str) -> str:
    found = urlsplit(text)
    is_safe = found.scheme == "https" or (found.scheme == "http" and found.hostname in _LOOPBACK)
    if text and not (is_safe and found.hostname and found.username is None and text.isascii()):
        raise ValueError(
            "is not an address to ping: it begins with https:// and has no name or password in it"
        )
    return text


def _listening_address(text: str) -> str:
    """Host and port; a port alone listens to this machine alone."""
    found = re.fullmatch(r"(?:(\[[0-9a-fA-F:]+\]|[\w.-]*):)?(\d{1,5})", text)
    if text and not (found and 0 < int(found[2]) < 65536):
        raise ValueError('is not an address to listen on: write it like "127.0.0.1:9464"')
    return f"{found[1] or '127.0.0.1'}:{found[2]}" if found else ""


class _SeveralProblems(ValueError):
    """More than one thing is wrong with a section; each begins with where it is, below the section."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Workbook(_Strict):
    id: Annotated[str, AfterValidator(_sheet_id)]
    endpoint: Annotated[str, Field(pattern=r"^https?://.+$")] | None = None
    credentials: Path | None = None
    credentials_json: SecretStr | None = None
    tabs: dict[str, str] = {}
    titles: dict[str, dict[str, str]] = {}

    @model_validator(mode="after")
    def _has_a_key(self) -> _Workbook:
        if self.endpoint is None and self.credentials is None and self.credentials_json is None:
            raise ValueError(
                "needs credentials (the service account's key file), or $BOT_WORKBOOK__CREDENTIALS_JSON"
            )
        return self

    @model_validator(mode="after")
    def _is_well_named(self) -> _Workbook:
        found = tuple(f".{where}: {what}." for where, what in naming_problems(self.tabs, self.titles))
        if found:
            raise _SeveralProblems(found)
        return self


class _Poll(_Strict):
    every: Annotated[float, Field(ge=1, le=3600)] = 30
    settle: Annotated[float, Field(ge=0, le=3600)] = 20
    flood: Annotated[int, Field(ge=1)] = 50


class _Mail(_Strict):
    host: str = "smtp.gmail.com"
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: Annotated[str, AfterValidator(_sender)]
    per_day: Annotated[int, Field(ge=1)] = 500
    per_hour: Annotated[int, Field(ge=1)] = 200
    per_minute: Annotated[int, Field(ge=1)] = 60
    per_customer: Annotated[int, Field(ge=0)] = 10
    only_to: tuple[Annotated[str, AfterValidator(_recipient)], ...] = ()
    extra_columns: tuple[str, ...] = ()
    when_uncertain: Literal["resend", "hold"] = "resend"
    company: str = ""

    @model_validator(mode="after")
    def _safe(self) -> _Mail:
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError("security none is only for a server on this machine: use starttls or tls")
        if self.user and not self.password.get_secret_value():
            raise ValueError("has a user but no password: set $BOT_MAIL__PASSWORD")
        return self


class _Orders(_Strict):
    number: Annotated[str, AfterValidator(check_pattern)] = "{date:%Y%m%d}-{serial:03d}"
    purchase_mail: Literal["on_created", "on_approved"] = "on_created"
    review_levels: Literal[0, 1, 2] = 1


class _Reports(_Strict):
    empty: Literal["short", "none"] = "short"
    attach: Literal["xlsx", "csv", "none"] = "xlsx"
    refresh: Annotated[float, Field(ge=10, le=86_400)] = 60


class _Tiers(_Strict):
    a: Annotated[Decimal, Field(gt=0)] = Decimal(500_000)
    b: Annotated[Decimal, Field(gt=0)] = Decimal(100_000)
    apply: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> _Tiers:
        if self.b >= self.a:
            raise ValueError("b must be less than a: A customers are those who buy most")
        return self


class _Archive(_Strict):
    after_months: Annotated[int, Field(ge=1, le=120)] = 1
    backup_folder: str = "state/backups"
    keep: Annotated[int, Field(ge=1)] = 12
    backup_to: tuple[Annotated[str, AfterValidator(_address)], ...] = ()


class _Hours(_Strict):
    quiet: Annotated[str, AfterValidator(_quiet_hours)] = "20:00-08:00"
    workdays: Annotated[str, AfterValidator(_workdays)] = "Mon-Fri"
    exempt: tuple[Annotated[str, AfterValidator(_kind_of_mail)], ...] = HourSettings.exempt


class _Notices(_Strict):
    off: tuple[Annotated[str, AfterValidator(_notice)], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, written: Any) -> Any:
        # YAML takes a bare "off" for the opposite of "on".
        return (
            {"off" if k is False else k: v for k, v in written.items()}
            if isinstance(written, dict)
            else written
        )


class _Digest(_Strict):
    due_soon: Annotated[int, Field(ge=0, le=60)] = 2
    silent: Annotated[int, Field(ge=1, le=2400)] = 24
    escalate: Annotated[int, Field(ge=1, le=365)] = 3


class _Survey(_Strict):
    form: Annotated[str, AfterValidator(_form_address)] = ""
    after: Annotated[int, Field(ge=0, le=60)] = 3
    again: Annotated[int, Field(ge=0, le=60)] = 5
    low: Annotated[int, Field(ge=0, le=5)] = 2


class _Activity(_Strict):
    rows: Annotated[int, Field(ge=10, le=20_000)] = 2000


class _Watch(_Strict):
    heartbeat: SecretStr = SecretStr("")
    health_file: str = ""
    silent: Annotated[int, Field(ge=1, le=1440)] = 15
    problems_after: Annotated[int, Field(ge=1, le=2400)] = 24
    stuck_after: Annotated[int, Field(ge=5, le=10_080)] = 60
    quota: Annotated[int, Field(ge=10, le=100)] = 80
    status: Annotated[int, Field(ge=1, le=1440)] = 10
    metrics: Annotated[str, AfterValidator(_listening_address)] = ""

    @model_validator(mode="after")
    def _can_be_pinged(self) -> _Watch:
        try:
            _ping_address(self.heartbeat.get_secret_value())
        except ValueError as error:
            raise ValueError(f"heartbeat {error}") from None
        return self


class _Config(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="BOT_",
        env_nested_delimiter="__",
        extra="forbid",
        case_sensitive=False,
        hide_input_in_errors=True,
    )
    workbook: _Workbook
    mail: _Mail
    language: Literal["zh-CN", "en"] = "zh-CN"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    currency: Annotated[str, AfterValidator(_currency)] = "CNY"
    state: Annotated[str, AfterValidator(_database)] = "sqlite:///state/bot.db"
    sqlite_anyway: bool = False
    poll: _Poll = _Poll()
    orders: _Orders = _Orders()
    reports: _Reports = _Reports()
    tiers: _Tiers = _Tiers()
    archive: _Archive = _Archive()
    hours: _Hours = _Hours()
    notices: _Notices = _Notices()
    digest: _Digest = _Digest()
    survey: _Survey = _Survey()
    activity: _Activity = _Activity()
    watch: _Watch = _Watch()
    admins: tuple[Annotated[str, AfterValidator(_address)], ...] = ()

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        return env_settings, init_settings


def read_settings(path: Path, database_url: str = "") -> Settings:
    """The settings of this file under the environment; `database_url` wins over `state`.

    Raises ConfigProblemsError with every problem there is. Relative paths in the file are relative to it.
    """
    try:
        written: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigProblemsError(
            (f"There is no config at {path}: copy config.example.yaml and fill it in.",)
        ) from None
    except OSError as error:
        raise ConfigProblemsError((f"{path} cannot be read: {error.strerror}.",)) from None
    except UnicodeDecodeError:
        raise ConfigProblemsError(
            (f"{path} cannot be read: it is not UTF-8 text. Save it in that encoding.",)
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise ConfigProblemsError(
            (
                f"{path} is not YAML{where}: {getattr(error, 'problem', None) or 'it holds signs that are no text'}.",
            )
        ) from None
    if not isinstance(written, dict):
        raise ConfigProblemsError((f"{path} is empty, or is not a list of sections.",))
    if database_url:
        written = {**written, "state": database_url}
    try:
        config = _Config(**{str(key): value for key, value in written.items()})
    except ValidationError as error:
        told = tuple(sentence for e in error.errors(include_input=False) for sentence in _sentences(e))
        raise ConfigProblemsError(told) from None
    except SettingsError as error:
        # The error names the field and only its cause quotes the value.
        found = re.search(r'field "(\w+)"', str(error))
        name = (
            "$BOT_{0} (or one of $BOT_{0}__…)".format(found[1].upper())
            if found
            else "A variable of the environment"
        )
        raise ConfigProblemsError((f'{name}: write lists as JSON, such as ["ops@example.com"].',)) from None
    # The environment is above the file, and this address, which a host changes on its own, is above both.
    return _settings(config, path.parent, database_url or config.state)


def _sentences(error: Any) -> tuple[str, ...]:
    """A problem in words: where it is, and what it should be. Never quotes a value, which may be a secret."""
    where = ".".join(str(part) for part in error["loc"] if not str(part).startswith("function-"))
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, _SeveralProblems):
        return tuple(f"{where}{problem}" for problem in cause.problems)
    return (_sentence(where, error),)


def _sentence(where: str, error: Any) -> str:
    match error["type"]:
        case "missing":
            return f"{where}: is missing."
        case "extra_forbidden":
            return f"{where}: is not a setting. Look for a misspelling, or take it out."
        case "value_error":
            return f"{where}: {error['ctx']['error']}."
        case _:
            message = str(error["msg"])
            return f"{where}: {message[0].lower()}{message[1:]}."


def _settings(config: _Config, folder: Path, state: str) -> Settings:
    book = config.workbook
    key = folder / book.credentials if book.credentials else None
    values = config.mail.model_dump()
    values["password"] = config.mail.password.get_secret_value()
    mail = MailSettings(**{f.name: values[f.name] for f in dataclasses.fields(MailSettings)})
    secret = book.credentials_json.get_secret_value() if book.credentials_json else ""
    archive = config.archive.model_dump()
    if archive["backup_folder"]:
        archive["backup_folder"] = str((folder / archive["backup_folder"]).resolve())
    return Settings(
        workbook=WorkbookSettings(
            book.id, book.endpoint or "", str(key) if key else "", secret, book.tabs, book.titles
        ),
        mail=mail,
        language=config.language,
        timezone=config.timezone,
        currency=config.currency,
        state=_anchored(state, folder),
        sqlite_anyway=config.sqlite_anyway,
        poll=PollSettings(**config.poll.model_dump()),
        orders=OrderSettings(**config.orders.model_dump()),
        reports=ReportSettings(**config.reports.model_dump()),
        tiers=TierSettings(**config.tiers.model_dump()),
        archive=ArchiveSettings(**archive),
        hours=HourSettings(**config.hours.model_dump()),
        notices=NoticeSettings(**config.notices.model_dump()),
        digest=DigestSettings(**config.digest.model_dump()),
        survey=SurveySettings(**config.survey.model_dump()),
        activity=ActivitySettings(**config.activity.model_dump()),
        watch=_watch(config.watch, folder),
        admins=config.admins,
    )


def _watch(config: _Watch, folder: Path) -> WatchSettings:
    values = config.model_dump() | {"heartbeat": config.heartbeat.get_secret_value()}
    if values["health_file"]:
        values["health_file"] = str((folder / values["health_file"]).resolve())
    return WatchSettings(**values)


def _anchored(state: str, folder: Path) -> str:
    """A relative SQLite path, from the config's folder on, so that cron may start the bot anywhere."""
    relative = re.match(r"^sqlite:///(?!/)(.+)$", state)
    return f"sqlite:///{(folder / relative[1]).resolve()}" if relative else state
