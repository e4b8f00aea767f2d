"""What the notices of an order's life may show: strings ready to print, made once for text and HTML alike. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.mails.mail_text import LONG, mail_link, one_line, shown, web_link
from bot.mails.wording import Wording
from bot.planning.order_notices import Alteration, Check, LowScore, OrderNotice, PurchaseDetail, Survey
from sheets_schema import CONTRACTS, FEEDBACK, Kind
from sheets_schema.feedback import RATINGS

#: Longer than this, what a cell said before and says now stand on lines of their own.
_BESIDE = 40


@dataclass(frozen=True)
class CheckView:
    """One thing a reviewer should look at, in a sentence."""

    label: str
    #: The product it is about; "" when it is about the order.
    about: str
    said: str
    fine: bool


@dataclass(frozen=True)
class AlterationView:
    """One changed cell; "" where it was or is blank."""

    column: str
    product: str
    before: str
    after: str
    #: Both are short enough to stand beside each other.
    is_short: bool


@dataclass(frozen=True)
class EventView:
    """What happened to an order; blank strings are not shown."""

    note: str
    reviewer: str
    tracking: str
    shipped_on: str
    delivered_on: str
    #: The day on which its lines are due, or the first and the last of several.
    due: str
    #: Those that are not fine stand first.
    checks: tuple[CheckView, ...]
    alterations: tuple[AlterationView, ...]
    was_approved: bool

    @property
    def doubts(self) -> int:
        """How many checks are not fine."""
        return sum(not check.fine for check in self.checks)


@dataclass(frozen=True)
class SurveyView:
    """The question to a customer."""

    #: "" when the form's address may not stand in a mail.
    link: str
    again: bool


@dataclass(frozen=True)
class ScoreView:
    """One rating of an answer; the lowest ones stand out."""

    label: str
    said: str
    #: The rating as so many full dots of all.
    dots: str
    is_lowest: bool


@dataclass(frozen=True)
class LowScoreView:
    """An unhappy customer and how to reach them; blank strings are not shown."""

    number: str
    customer: str
    contact: str
    phone: str
    email: str
    email_link: str
    scores: tuple[ScoreView, ...]
    comments: str
    answered_at: str
    link: str


def event_view(notice: OrderNotice, wording: Wording) -> EventView:
    """The notice in the reader's forms."""
    checks = tuple(_check(check, notice.detail.currency, wording) for check in notice.checks)
    return EventView(
        note=shown(notice.note, LONG),
        reviewer=one_line(notice.reviewer),
        tracking=shown(notice.tracking),
        shipped_on=wording.day(notice.shipped_on),
        delivered_on=wording.day(notice.delivered_on),
        due=_due(notice.detail, wording),
        checks=tuple(sorted(checks, key=lambda check: check.fine)),
        alterations=tuple(_alteration(a, notice.detail.currency, wording) for a in notice.alterations),
        was_approved=notice.was_approved,
    )


def survey_view(survey: Survey) -> SurveyView:
    """The question; its order is shown by `purchase_view`."""
    return SurveyView(web_link(survey.form_link), survey.again)


def low_score_view(score: LowScore, wording: Wording, timezone: ZoneInfo) -> LowScoreView:
    """The answer in the reader's forms; its moment is told in this zone."""
    ratings = (("quality", score.quality), ("timeliness", score.timeliness), ("service", score.service))
    given = [(key, rating) for key, rating in ratings if rating is not None]
    lowest = min((rating for _, rating in given), default=0)
    return LowScoreView(
        number=one_line(score.order_no),
        customer=one_line(score.customer),
        contact=one_line(score.contact),
        phone=one_line(score.phone),
        email=one_line(score.email),
        email_link=mail_link(score.email),
        scores=tuple(_score(key, rating, lowest, wording) for key, rating in given),
        comments=shown(score.comments, LONG),
        answered_at=_moment(score.answered_at, wording, timezone),
        link=web_link(score.row_link),
    )


# ── checks ──────────────────────────────────────────────────────────────────────────────────────────────────


def _check(check: Check, currency: str, wording: Wording) -> CheckView:
    values = check.values
    currency = str(values.get("currency") or currency)
    match check.what:
        case "amount":
            label, said = wording.say("amount"), wording.money(_number(values, "total"), currency)
        case "price":
            label, said = wording.say("unit_price"), _price(values, currency, wording)
        case "stock":
            label, said = wording.say("check_stock"), _stock(values, wording)
        case "credit":
            label, said = wording.say("check_credit"), _credit(values, currency, wording)
        case "tier":
            label, said = wording.say("tier"), one_line(str(values.get("tier", "")))
        case what:
            raise ValueError(f"{what[:60]!r} is not the name of a check")
    return CheckView(label, one_line(str(values.get("product", ""))), said, check.fine)


def _price(values: Mapping[str, object], currency: str, wording: Wording) -> str:
    listed, charged = _number(values, "listed"), _number(values, "unit_price")
    said = {"listed": wording.money(listed, currency), "unit_price": wording.money(charged, currency)}
    if listed == charged:
        return wording.say("price_same", **said)
    key = "price_lower" if charged < listed else "price_higher"
    if abs(charged - listed) >= 10 * listed:
        # No share of nothing, and none that is a typing accident.
        return wording.say(key, **said)
    share = (abs(charged - listed) / listed * 100).quantize(Decimal("0.1"))
    return wording.say("with_share", text=wording.say(key, **said), share=f"{wording.quantity(share)}%")


def _stock(values: Mapping[str, object], wording: Wording) -> str:
    left, wanted = _number(values, "left"), _number(values, "quantity")
    said = {"left": wording.quantity(left), "quantity": wording.quantity(wanted)}
    if wanted <= left:
        return wording.say("stock_enough", **said)
    return wording.say("stock_short", **said, short=wording.quantity(wanted - left))


def _credit(values: Mapping[str, object], currency: str, wording: Wording) -> str:
    limit, opened = _number(values, "limit"), _number(values, "open")
    said = {"limit": wording.money(limit, currency), "open": wording.money(opened, currency)}
    if opened <= limit:
        return wording.say("credit_within", **said)
    return wording.say("credit_over", **said, over=wording.money(opened - limit, currency))


def _number(values: Mapping[str, object], key: str) -> Decimal:
    value = values[key]
    if not isinstance(value, Decimal):
        raise TypeError(f"{key} of a check is no number")
    return value


# ── changes, days, ratings ──────────────────────────────────────────────────────────────────────────────────


def _alteration(alteration: Alteration, currency: str, wording: Wording) -> AlterationView:
    column = CONTRACTS.by_key[alteration.column]
    before, after = (
        _cell(value, column.kind, currency, wording) for value in (alteration.before, alteration.after)
    )
    return AlterationView(
        column=column.title(wording.language),
        product=one_line(alteration.product),
        before=before,
        after=after,
        is_short=len(before) + len(after) <= _BESIDE and "\n" not in before + after,
    )


def _cell(value: object, kind: Kind, currency: str, wording: Wording) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return wording.money(value, currency) if kind is Kind.MONEY else wording.quantity(value)
        case date():
            return wording.day(value)
        case _:
            return shown(str(value), LONG)


def _due(detail: PurchaseDetail, wording: Wording) -> str:
    days = sorted({line.due_date for line in detail.lines if line.due_date is not None})
    return " – ".join(wording.day(day) for day in dict.fromkeys((*days[:1], *days[-1:])))


def _score(key: str, rating: int, lowest: int, wording: Wording) -> ScoreView:
    best = RATINGS[-1]
    full = max(0, min(rating, best))
    return ScoreView(
        FEEDBACK.by_key[key].title(wording.language),
        f"{rating} / {best}",
        "●" * full + "○" * (best - full),
        rating == lowest,
    )


def _moment(moment: datetime | None, wording: Wording, timezone: ZoneInfo) -> str:
    """A moment as the team's clocks show it; one without a zone is from the sheet and shows it already."""
    if moment is None:
        return ""
    return wording.moment(moment.astimezone(timezone) if moment.tzinfo else moment)
