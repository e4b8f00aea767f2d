"""The monthly report and the tier review as mails that are owed. The worker never imports this."""

from __future__ import annotations

from dataclasses import replace

from bot.mails.rendering import TEMPLATES
from bot.mails.report_parts import Phrases
from bot.mails.wording import Wording, read_words
from bot.planning.drafting import Place
from bot.planning.month_values import MonthReport, TierReview
from bot.planning.notices import ADMINS_LAST, Draft, Recipient, ReportMail
from bot.planning.rules import Rules
from bot.planning.runs import Run
from bot.reports.shown.drafts import draft_id
from bot.reports.shown.pictures import months_picture
from sheets_schema import CUSTOMERS, SUMMARY
from sheets_schema.automations import MONTHLY, TIER_REVIEW
from sheets_schema.languages import language_of


def monthly_draft(report: MonthReport, recipient: Recipient, run: Run, place: Place, rules: Rules) -> Draft:
    """The mail of one lead, with the twelve months as a picture where there is anything to draw."""
    language = language_of(recipient.language, rules.language)
    words = Wording(language, read_words(TEMPLATES, MONTHLY.key, language))
    phrases = Phrases(words, rules.timezone, report.currency)
    drawn = any(month.amount > 0 for month in report.by_month)
    return Draft(
        id=draft_id(run, recipient.email),
        kind=MONTHLY.key,
        recipient=replace(recipient, language=language),
        reply_to=None,
        content=ReportMail(
            report, late=run.late, link=place.tab_links.get(SUMMARY.key) or place.workbook_link
        ),
        priority=ADMINS_LAST,
        pictures=(months_picture(report.by_month, phrases),) if drawn else (),
    )


def tier_draft(review: TierReview, recipient: Recipient, run: Run, place: Place, rules: Rules) -> Draft:
    """The mail of one owner, or of one lead."""
    return Draft(
        id=draft_id(run, recipient.email),
        kind=TIER_REVIEW.key,
        recipient=replace(recipient, language=language_of(recipient.language, rules.language)),
        reply_to=None,
        content=ReportMail(
            review, late=run.late, link=place.tab_links.get(CUSTOMERS.key) or place.workbook_link
        ),
        priority=ADMINS_LAST,
    )
