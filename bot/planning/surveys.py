"""The question whether a customer is satisfied, and its one reminder. Pure."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from bot.planning.hours import after_workdays
from bot.planning.notices import CUSTOMER_FIRST, Draft, Recipient
from bot.planning.order_notices import PurchaseDetail, Survey
from bot.planning.rules import Rules

SURVEY = "survey"


def survey_drafts(
    detail: PurchaseDetail, recipient: Recipient, reply_to: Recipient, now: datetime, rules: Rules
) -> tuple[Draft, ...]:
    """Both mails, to leave so many working days after now; none where no form is named in the config."""
    if not rules.survey.form:
        return ()
    link = rules.survey.form.replace("{order_no}", quote(detail.order_no, safe=""))
    first = after_workdays(now, rules.survey.after, rules)
    moments = [first]
    if rules.survey.again:
        moments.append(after_workdays(first, rules.survey.again, rules))
    return tuple(
        Draft(
            id=f"{SURVEY}:{detail.order_no}:{turn}", kind=SURVEY, recipient=recipient, reply_to=reply_to,
            content=Survey(detail, link, again=turn > 1), order_no=detail.order_no, priority=CUSTOMER_FIRST,
            not_before=moment,
        )
        for turn, moment in enumerate(moments, 1)
    )  # fmt: skip
