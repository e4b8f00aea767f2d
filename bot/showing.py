"""The commands `report` and `preview`: mails shown, written into files or put into the outbox when a person asks.

Only `report --send` changes anything, and only the outbox. pandas is loaded here and by no other command.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import (
    build_app,
    build_renderer,
    build_rules,
    build_state,
    build_workbook,
    check_workbook,
    utc_now,
)
from bot.previewing import notice_preview, page_of, purchase_preview
from bot.previewing_notices import KINDS, order_notice_preview
from bot.private_files import write_privately
from bot.settings import NothingToShow, Settings

if TYPE_CHECKING:
    from bot.reports.letters import ReportApp

ORDER_MAILS = ("purchase_customer", "purchase_sales")
REPORTS = ("digest", "weekly_personal", "weekly_team", "monthly", "tier_review")


@dataclass(frozen=True)
class Shown:
    """What a command says, and what it says must be put right."""

    lines: tuple[str, ...]
    problems: tuple[str, ...] = ()
    #: The same for machines.
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: A report could not be written for a reason of ours.
    is_bug: bool = False


def shown_report(asked: argparse.Namespace, settings: Settings) -> Shown:
    """The letters of one report, on the terminal, in files or in the outbox. Raises NothingToShow and OutsideError."""
    from bot.reports import command  # noqa: PLC0415 - pandas

    if (asked.month and asked.kind != "monthly") or (asked.week and asked.kind == "monthly"):
        raise NothingToShow("The monthly report takes --month, the weekly ones take --week.")
    with _report_app(settings, changing=asked.send) as app:
        wish = command.Wish(command.KINDS[asked.kind], asked.week or asked.month, asked.reader)
        now = utc_now()
        letters = command.letters_wished(wish, app, now)
        if asked.send:
            told = list(command.post(letters, app, now))
        elif asked.out:
            told = list(command.write(letters, app.renderer, asked.out, now))
        else:
            told = list(command.said(letters, app.renderer))
        problems = tuple(command.problems(letters))
        lines = tuple(line for one in told for line in one.lines)
        facts = {
            "report": asked.kind,
            "letters": [one.facts for one in told if one.facts],
            "problems": list(problems),
        }
        return Shown(lines, problems, facts, command.has_bug(letters))


def shown_preview(asked: argparse.Namespace, settings: Settings) -> Shown:
    """The page of one mail, written to `--out`. Raises NothingToShow and OutsideError."""
    if asked.order and asked.mail not in (*ORDER_MAILS, *KINDS):
        raise NothingToShow("--order is for mails about one order.")
    out: Path = asked.out
    _check_place(out)
    page = _report_page(asked.mail, settings) if asked.mail in REPORTS else _page(asked, settings)
    content = page.encode("utf-8")
    try:
        write_privately(out, content)
    except OSError as error:
        raise NothingToShow(f"{out} cannot be written: {error.strerror}.") from None
    facts = {"mail": asked.mail, "order_no": asked.order, "written": str(out), "bytes": len(content)}
    return Shown((f"Written to {out}",), facts=facts)


def _check_place(out: Path) -> None:
    """Refuse what is certainly a slip, before the workbook is read for it. Raises NothingToShow."""
    if out.is_dir():
        raise NothingToShow(f"{out} is a folder: name a file in it, such as {out / 'mail.html'}.")
    if not out.parent.exists():
        raise NothingToShow(f"{out} cannot be written: there is no folder {out.parent}. Make it first.")
    if out.exists() and out.suffix.lower() not in (".html", ".htm"):
        raise NothingToShow(f"{out} is there already and is no page: name a file that ends in .html.")


def _report_page(mail: str, settings: Settings) -> str:
    from bot.reports import command  # noqa: PLC0415 - pandas

    with _report_app(settings, changing=False) as app:
        letters = command.letters_wished(command.Wish(mail), app, utc_now())
        draft = next((letter.draft for letter in letters if letter.draft is not None), None)
        if draft is None:
            raise NothingToShow("Nobody would get this mail now.", *command.problems(letters))
        return page_of(draft, app.renderer)


def _page(asked: argparse.Namespace, settings: Settings) -> str:
    app = build_app(settings, changing=False)
    try:
        if asked.mail in ORDER_MAILS:
            return page_of(purchase_preview(app, asked.mail, asked.order, utc_now()), app.renderer)
        if asked.mail in KINDS:
            return page_of(order_notice_preview(app, asked.mail, asked.order, utc_now()), app.renderer)
        return page_of(notice_preview(app), app.renderer)
    finally:
        app.state.close()


@contextmanager
def _report_app(settings: Settings, *, changing: bool) -> Iterator[ReportApp]:
    from bot.reports.letters import ReportApp  # noqa: PLC0415 - pandas

    state = build_state(settings, changing=changing)
    try:
        check_workbook(state, settings.workbook.id)
        yield ReportApp(build_workbook(settings), state, build_renderer(settings), build_rules(settings))
    finally:
        state.close()
