"""The composition root: settings in, a working `App` out. Nothing else imports adapters."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from bot.adapters.database import open_state
from bot.adapters.google_sheets import GoogleWorkbook, read_key_file
from bot.adapters.memory_state import MemoryState
from bot.adapters.processes import is_dead, owner_name
from bot.adapters.reporter_apart import ReporterApart
from bot.adapters.smtp import SmtpSettings, YagmailMailer
from bot.delivery import DeliveryRules
from bot.glance import App
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
from bot.ports import State, WorkbookRefused
from bot.settings import ConfigProblemsError, Settings
from bot.watching.watch import Watch

_ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def load_settings(path: Path) -> Settings:
    """The settings of a config file under the environment. Raises ConfigProblemsError."""
    from bot.config import read_settings  # noqa: PLC0415 - pydantic is 10 MB; see bot.settings_apart

    return read_settings(path, os.environ.get("DATABASE_URL", ""))


def build_app(
    settings: Settings, *, changing: bool = True, stopping: Callable[[], bool] = lambda: False
) -> App:
    """Everything wired. With `changing` False a state that does not exist yet is not made, either.

    Raises ConfigProblemsError, WorkbookRefused or StateError with what to do.
    """
    state = build_state(settings, changing=changing)
    check_workbook(state, settings.workbook.id)
    mail, rules = settings.mail, build_rules(settings)
    smtp = SmtpSettings(
        host=mail.host,
        port=mail.port,
        security=cast(Literal["starttls", "tls", "none"], mail.security),
        user=mail.user,
        password=mail.password,
        sender_address=parseaddr(mail.sender)[1],
    )
    return App(
        workbook=build_workbook(settings),
        state=state,
        mailer=YagmailMailer(smtp),
        renderer=build_renderer(settings),
        rules=rules,
        delivery=DeliveryRules(
            per_minute=mail.per_minute,
            per_day=mail.per_day,
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
    key: Mapping[str, Any] | None = None
    if book.credentials_json:
        try:
            key = json.loads(book.credentials_json)
        except ValueError:
            problem = "workbook.credentials_json: is not JSON: it must hold the whole key file."
            raise ConfigProblemsError((problem,)) from None
        if not isinstance(key, dict):
            raise WorkbookRefused("workbook.credentials_json is not a service account's key.")
    elif book.credentials:
        key = read_key_file(Path(book.credentials))
    return GoogleWorkbook(book.id, book.endpoint, key)


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
