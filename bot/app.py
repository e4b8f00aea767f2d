"""The composition root: settings in, a working `App` out. Nothing else imports adapters."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast
from zoneinfo import ZoneInfo

from bot.adapters.database import open_state
from bot.adapters.google_sheets import GoogleWorkbook, read_key_file, service_account_key
from bot.adapters.memory_state import MemoryState
from bot.adapters.processes import is_dead, owner_name
from bot.adapters.reporter_apart import ReporterApart
from bot.adapters.smtp import SmtpSettings, YagmailMailer
from bot.delivery import DeliveryRules
from bot.glance import App
from bot.headway import Tell, silent
from bot.mails.rendering import Renderer
from bot.planning.due import digest_over
from bot.planning.hours import leaves_at, quiet_hours
from bot.planning.rules import (
    ArchiveRules,
    DigestRules,
    HourRules,
    ReportRules,
    Rules,
    SurveyRules,
    TierRules,
)
from bot.ports import State, StateRefused
from bot.settings import ConfigProblemsError, Settings, WorkbookSettings
from bot.watching.watch import Watch
from sheets_schema.naming import schema_named

if TYPE_CHECKING:
    from bot.adapters.state_backup import Circumstances, Restored
    from bot.adapters.state_file import About
    from bot.checking.examining import Surroundings

_ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def load_settings(path: Path) -> Settings:
    """The settings of a config file under the environment. Raises ConfigProblemsError."""
    from bot.config import read_settings  # noqa: PLC0415 - pydantic is 10 MB; see bot.settings_apart

    return read_settings(path, os.environ.get("DATABASE_URL", ""))


def build_app(
    settings: Settings,
    *,
    changing: bool = True,
    stopping: Callable[[], bool] = lambda: False,
    tell: Tell = silent,
) -> App:
    """Everything wired. With `changing` False a state that does not exist yet is not made, either.

    Raises ConfigProblemsError, WorkbookRefused or StateError with what to do.
    """
    state = build_state(settings, changing=changing)
    check_workbook(state, settings.workbook.id)
    mail, rules = settings.mail, build_rules(settings)
    return App(
        workbook=build_workbook(settings),
        state=state,
        mailer=build_mailer(settings),
        renderer=build_renderer(settings),
        rules=rules,
        delivery=DeliveryRules(
            per_minute=mail.per_minute,
            per_day=mail.per_day,
            per_hour=mail.per_hour,
            per_customer=mail.per_customer,
            when_uncertain=cast(Literal["resend", "hold"], mail.when_uncertain),
            only_to=mail.only_to,
            leaves_at=partial(leaves_at, rules=rules),
            is_over=partial(digest_over, rules=rules),
        ),
        owner=owner_name(),
        clock=utc_now,
        new_id=new_row_id,
        stopping=stopping,
        is_dead=is_dead,
        reporter=ReporterApart(settings),
        tell=tell,
    )


def build_watch(settings: Settings) -> Watch:
    """What tells people and monitors how the worker fares."""
    return Watch(settings.watch, is_metered=not settings.workbook.endpoint)


def build_state(settings: Settings, *, changing: bool = True) -> State:
    """The memory. With `changing` False one that does not exist yet stays so, and an empty one stands in for it."""
    return open_state(settings.state) if changing or _exists(settings.state) else MemoryState()


def build_workbook(settings: Settings) -> GoogleWorkbook:
    """The spreadsheet, with the service account's key where one is configured."""
    book = settings.workbook
    return GoogleWorkbook(book.id, book.endpoint, _key(book), schema=schema_named(book.tabs, book.titles))


def _key(book: WorkbookSettings) -> Mapping[str, Any] | None:
    if book.credentials_json:
        return service_account_key(book.credentials_json, "What workbook.credentials_json holds")
    return read_key_file(Path(book.credentials)) if book.credentials else None


def build_mailer(settings: Settings) -> YagmailMailer:
    """The way out for mail; nothing is connected yet."""
    mail = settings.mail
    return YagmailMailer(
        SmtpSettings(
            host=mail.host,
            port=mail.port,
            security=cast(Literal["starttls", "tls", "none"], mail.security),
            user=mail.user,
            password=mail.password,
            sender_address=parseaddr(mail.sender)[1],
        )
    )


def build_renderer(settings: Settings) -> Renderer:
    """What turns drafts into mails."""
    return Renderer(settings.mail.sender, ZoneInfo(settings.timezone), company=settings.mail.company)


def build_rules(settings: Settings) -> Rules:
    """What planning needs of the settings."""
    return Rules(
        language=settings.language,
        timezone=ZoneInfo(settings.timezone),
        currency=settings.currency,
        settle=timedelta(seconds=settings.poll.settle),
        flood=settings.poll.flood,
        number=settings.orders.number,
        purchase_mail=settings.orders.purchase_mail,
        review_levels=settings.orders.review_levels,
        extra_columns=settings.mail.extra_columns,
        admins=settings.admins,
        reports=ReportRules(
            empty=cast(Literal["short", "none"], settings.reports.empty),
            attach=cast(Literal["xlsx", "csv", "none"], settings.reports.attach),
            refresh=timedelta(seconds=settings.reports.refresh),
        ),
        tiers=TierRules(**asdict(settings.tiers)),
        archive=ArchiveRules(**asdict(settings.archive)),
        hours=HourRules(
            quiet=quiet_hours(settings.hours.quiet),
            workdays=settings.hours.workdays,
            exempt=frozenset(settings.hours.exempt),
        ),
        notices_off=frozenset(settings.notices.off),
        digest=DigestRules(
            due_soon=settings.digest.due_soon,
            silent=timedelta(hours=settings.digest.silent),
            escalate=settings.digest.escalate,
        ),
        survey=SurveyRules(**asdict(settings.survey)),
        activity_rows=settings.activity.rows,
        schema=schema_named(settings.workbook.tabs, settings.workbook.titles),
    )


def build_surroundings(settings: Settings, config: Path) -> Surroundings:
    """Everything that `check` looks at; nothing is asked yet."""
    # No worker needs these.
    from bot.adapters.sheets_http import SCOPE  # noqa: PLC0415
    from bot.adapters.surroundings import config_file, database_facts, their_clock  # noqa: PLC0415
    from bot.checking.examining import Surroundings  # noqa: PLC0415
    from bot.checking.facts import ServiceKey  # noqa: PLC0415

    def key() -> ServiceKey | None:
        found = _key(settings.workbook)
        return None if found is None else ServiceKey(str(found.get("client_email", "")), SCOPE)

    return Surroundings(
        settings=settings,
        hours=build_rules(settings).hours,
        config_file=partial(config_file, config),
        key=key,
        workbook=partial(build_workbook, settings),
        their_clock=partial(their_clock, settings.workbook.endpoint),
        mailer=build_mailer(settings),
        database=partial(database_facts, settings.state),
        state=partial(build_state, settings, changing=False),
        is_dead=is_dead,
        clock=utc_now,
        environment=os.environ.keys(),
    )


def utc_now() -> datetime:
    """The clock; nothing below the worker reads another."""
    return datetime.now(UTC)


def new_row_id() -> str:
    """A Row ID: ten letters nobody types by accident, and never a number to Sheets."""
    return "r" + "".join(secrets.choice(_ID_LETTERS) for _ in range(9))


def _exists(state: str) -> bool:
    path = state.removeprefix("sqlite:///")
    return path == state or Path(path).exists()


def back_up_state(settings: Settings, file: Path, tell: Callable[[int, int], None], *, force: bool) -> About:
    """All of the state into a file; `tell` hears how many rows are done, and of how many.

    Raises ConfigProblemsError, StateError or StateRefused with what to do.
    """
    from bot.adapters.state_backup import back_up  # noqa: PLC0415 - no part of a worker

    if not _exists(settings.state):
        raise StateRefused("There is no state yet to back up.", hint="The worker makes it: python -m bot run")
    state = build_state(settings)
    check_workbook(state, settings.workbook.id)
    state.close()
    return back_up(settings.state, file, _circumstances(settings, tell), force=force)


def restore_state(
    settings: Settings, file: Path, tell: Callable[[int, int], None], *, moved: bool
) -> Restored:
    """The state out of a file into an unused database; `moved`: no worker has gone on since it was backed up.

    Raises StateError or StateRefused with what to do.
    """
    from bot.adapters.state_backup import restore  # noqa: PLC0415 - no part of a worker

    return restore(settings.state, file, _circumstances(settings, tell), moved=moved)


def _circumstances(settings: Settings, tell: Callable[[int, int], None]) -> Circumstances:
    from bot.adapters.state_backup import Circumstances  # noqa: PLC0415 - no part of a worker

    return Circumstances(settings.workbook.id, utc_now(), is_dead, tell)


def check_workbook(state: State, key: str) -> None:
    """Refuse a state that belongs to another workbook: its rows would be numbered and mailed as if they were these.

    Raises ConfigProblemsError.
    """
    owner = state.facts().get("workbook", key)
    if owner != key:
        state.close()
        raise ConfigProblemsError(
            (
                f"state: belongs to the workbook {owner}, not to workbook.id. Give each workbook a state of its own.",
            )
        )
