"""The weekly reports as mails that are owed: the one place where their pictures and files are made.

A draft's id is its run and its reader, so that the outbox refuses a second. The worker never imports this.
"""

from __future__ import annotations

from functools import cache

from bot.mails.rendering import TEMPLATES
from bot.mails.report_parts import Phrases
from bot.mails.wording import Wording, read_words
from bot.planning.drafting import Place
from bot.planning.notices import ADMINS_LAST, Draft, Picture, Recipient, ReportMail
from bot.planning.report_values import PersonalReport, TeamReport, WeekFigures
from bot.planning.rules import Rules
from bot.planning.runs import Run
from bot.reports.shown.attachments import attached, report_grids
from bot.reports.shown.pictures import members_picture, weeks_picture
from sheets_schema import SUMMARY
from sheets_schema.automations import WEEKLY_PERSONAL, WEEKLY_TEAM
from sheets_schema.languages import language_of

#: Bars of one member say nothing.
_FEWEST_MEMBERS = 2


def has_news(report: PersonalReport | TeamReport) -> bool:
    """Whether there is anything to tell beyond "no orders": the config may leave a mail without news out."""
    figures = report.figures
    due = (*report.due, *report.overdue) if isinstance(report, PersonalReport) else ()
    told = (figures.lines, figures.cancelled, figures.corrections, figures.left_out, due)
    return bool(figures.week.orders) or any(told)


def draft_id(run: Run, email: str) -> str:
    """What no second mail of this run to this address can be called."""
    return f"{run.id}:{email.casefold()}"


def personal_draft(
    report: PersonalReport,
    recipient: Recipient,
    run: Run,
    place: Place,
    rules: Rules,
    lead: Recipient | None = None,
) -> Draft:
    """The mail of one salesperson; replies go to the lead where one is known."""
    phrases = _phrases(WEEKLY_PERSONAL.key, recipient, report.figures, rules)
    pictures = (weeks_picture(report.figures, phrases),) if _is_drawn(report.figures) else ()
    return _draft(WEEKLY_PERSONAL.key, report, recipient, run, place, rules, lead, pictures)


def team_draft(report: TeamReport, recipient: Recipient, run: Run, place: Place, rules: Rules) -> Draft:
    """The mail of one lead."""
    phrases = _phrases(WEEKLY_TEAM.key, recipient, report.figures, rules)
    pictures: tuple[Picture, ...] = ()
    if _is_drawn(report.figures):
        pictures = (weeks_picture(report.figures, phrases),)
        if sum(1 for member in report.members if member.name) >= _FEWEST_MEMBERS:
            pictures += (members_picture(report.members, phrases),)
    return _draft(WEEKLY_TEAM.key, report, recipient, run, place, rules, None, pictures)


def _draft(
    kind: str, report: PersonalReport | TeamReport, recipient: Recipient, run: Run, place: Place, rules: Rules,
    lead: Recipient | None, pictures: tuple[Picture, ...],
) -> Draft:  # fmt: skip
    figures = report.figures
    team = report if isinstance(report, TeamReport) else None
    phrases = _phrases(kind, recipient, figures, rules)
    grids = report_grids(figures, phrases, team) if figures.lines or has_news(report) else ()
    stem = f"weekly-team-{figures.period.id}" if team else f"weekly-{figures.period.id}"
    return Draft(
        id=draft_id(run, recipient.email),
        kind=kind,
        recipient=recipient,
        reply_to=lead,
        content=ReportMail(
            report, late=run.late, link=place.tab_links.get(SUMMARY.key) or place.workbook_link
        ),
        priority=ADMINS_LAST,
        pictures=pictures,
        attachments=attached(grids, stem, rules.reports.attach, rules.wall_clock(run.begun_at)),
    )


def _is_drawn(figures: WeekFigures) -> bool:
    """A week without orders has no pictures, nor has one that was sold in other currencies alone."""
    return figures.week.amount(figures.currency) > 0


def _phrases(kind: str, recipient: Recipient, figures: WeekFigures, rules: Rules) -> Phrases:
    language = language_of(recipient.language, rules.language)
    return Phrases(_wording(kind, language), rules.timezone, figures.currency)


@cache
def _wording(kind: str, language: str) -> Wording:
    return Wording(language, read_words(TEMPLATES, kind, language))
