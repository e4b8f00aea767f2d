"""The question whether a customer is satisfied, and its one reminder. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from bot.planning.hours import after_workdays
from bot.planning.notices import CUSTOMER_FIRST, Draft, Recipient
from bot.planning.order_notices import PurchaseDetail, Survey
from bot.planning.rules import Rules
from bot.planning.runs import Standing

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
            id=survey_id, kind=SURVEY, recipient=recipient, reply_to=reply_to,
            content=Survey(detail, link, again=turn > 1), order_no=detail.order_no, priority=CUSTOMER_FIRST,
            not_before=moment,
        )
        for turn, (survey_id, moment) in enumerate(zip(survey_ids(detail.order_no), moments, strict=False), 1)
    )  # fmt: skip


def survey_ids(order_no: str) -> tuple[str, str]:
    """The ids of an order's question and of its reminder, whether they are owed or not."""
    return f"{SURVEY}:{order_no}:1", f"{SURVEY}:{order_no}:2"


def silenced(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> tuple[str, ...]:
    """What the ids of those queued mails begin with that are not to leave, since their automation was switched off.

    Only at the moment when it is: who asked to be told no more is not told of old orders once it is on again either.
    """
    was, now_is = before.get(SURVEY), after.get(SURVEY)
    is_now_off = now_is is not None and not now_is.on and (was is None or was.on)
    return (f"{SURVEY}:",) if is_now_off else ()
