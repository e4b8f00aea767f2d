"""The notices of one order's life: what its lead, finance, the warehouse, the salesperson and the customer get."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.planning.notices import Draft, Recipient
from bot.planning.order_notices import Alteration, Check, LowScore, OrderNotice, PurchaseDetail, Survey
from sheets_schema.workflow import CUSTOMER, HEARD_BY
from tests.emails.samples import PEOPLE, SHEET, order

#: The notices of steps and changes, and those that go to customers.
STEPS = tuple(HEARD_BY)
TO_CUSTOMER = (*(kind for kind in STEPS if CUSTOMER in HEARD_BY[kind]), "survey")
NOTICE_KINDS = (*STEPS, "survey", "low_score")
#: Those whose reader may know the prices.
PRICED = ("review_waiting", "finance_waiting", "order_approved", "order_sent_back")
FORM = "https://docs.google.com/forms/d/e/1FAb/viewform?entry.17=20261121-003"

_LEAD = {"zh-CN": "周敏", "en": "Zhou Min"}
_OTHERS = {
    "finance_waiting": {"zh-CN": "陈静", "en": "Chen Jing"},
    "order_to_prepare": {"zh-CN": "王强", "en": "Wang Qiang"},
    "order_stopped": {"zh-CN": "王强", "en": "Wang Qiang"},
}
_NOTES = {
    "order_sent_back": {
        "zh-CN": "单价低于标价，请附上经理的书面同意。\n交付地址请补充收货人电话。",
        "en": "The price is below the list price: please attach the manager's consent.\nAdd a phone number to the address.",
    },
    "order_cancelled": {
        "zh-CN": "应贵司要求取消，改为明年第一季度采购。",
        "en": "Cancelled as you asked; you will order in the first quarter instead.",
    },
    "order_stopped": {
        "zh-CN": "客户改为明年第一季度采购",
        "en": "The customer will order in the first quarter instead",
    },
}
_COMMENTS = {
    "zh-CN": "安装师傅迟到了两个小时，设备外壳有划痕。\n希望能换一台。",
    "en": "The fitter came two hours late, and the case is scratched.\nWe would like another one.",
}


def checks(language: str = "zh-CN", *, fine: bool = False) -> tuple[Check, ...]:
    """What a reviewer of the order finds: nothing to worry about, or a price, a stock and a credit to look at."""
    product, other = (line.product for line in order(language).lines[:2])
    listed, left, limit = (1280, 12, 80_000) if fine else (1380, 1, 60_000)
    return (
        Check("amount", True, {"total": Decimal("13009.5"), "currency": "CNY"}),
        Check("price", fine, {
            "product": product, "listed": Decimal(listed), "unit_price": Decimal(1280), "currency": "CNY",
        }),
        Check("price", True, {
            "product": other, "listed": Decimal("1999.9"), "unit_price": Decimal("1999.9"), "currency": "CNY",
        }),
        Check("stock", fine, {"product": product, "left": Decimal(left), "quantity": Decimal(2)}),
        Check("credit", fine, {"limit": Decimal(limit), "open": Decimal("72509.5"), "currency": "CNY"}),
        Check("tier", True, {"tier": "A"}),
    )  # fmt: skip


def alterations(language: str = "zh-CN") -> tuple[Alteration, ...]:
    """A number, an amount, a day, a cell that was blank, and texts too long to stand beside each other."""
    product, other = (line.product for line in order(language).lines[:2])
    texts = (
        (
            "请在 12 月前开通。\n账号发给财务部王女士。",
            "请在 12 月前开通。\n账号发给采购部陈先生，并抄送王女士。",
        )
        if language == "zh-CN"
        else ("Please activate before December.", "Please activate before December, accounts to Mr Chen.")
    )
    return (
        Alteration("quantity", product, Decimal(2), Decimal(5)),
        Alteration("amount", product, Decimal(2560), Decimal(6400)),
        Alteration("due_date", product, None, date(2026, 12, 8)),
        Alteration("special_requests", other, *texts),
    )


def notice(kind: str, language: str = "zh-CN", detail: PurchaseDetail | None = None) -> OrderNotice:
    """What a notice of this kind says of the order of the cast, or of another one."""
    return OrderNotice(
        detail or order(language),
        note=_NOTES.get(kind, {}).get(language, ""),
        reviewer="" if kind == "review_waiting" else _LEAD[language],
        tracking="顺丰速运 SF1234567890123" if language == "zh-CN" else "SF Express SF1234567890123",
        shipped_on=date(2026, 11, 28),
        delivered_on=date(2026, 11, 30),
        checks=checks(language) if kind in ("review_waiting", "finance_waiting") else (),
        alterations=alterations(language) if kind == "order_changed" else (),
        was_approved=kind == "order_stopped",
    )


def survey(language: str = "zh-CN", *, again: bool = False) -> Survey:
    """The question to the customer of the cast."""
    return Survey(order(language), FORM, again)


def low_score(language: str = "zh-CN") -> LowScore:
    """What an unhappy customer answered."""
    detail = order(language)
    return LowScore(
        detail.order_no, detail.customer, detail.contact, detail.phone, detail.customer_email,
        quality=2, timeliness=1, service=4, comments=_COMMENTS[language],
        answered_at=datetime(2026, 12, 7, 2, 5, tzinfo=UTC), row_link=f"{SHEET}&range=A31",
    )  # fmt: skip


def notice_mail(
    kind: str, language: str = "zh-CN", content: OrderNotice | Survey | LowScore | None = None
) -> Draft:
    """The draft of this notice, with other content if given."""
    contact, seller, _ = PEOPLE[language]
    customer = Recipient(contact, "li.na@yunfan.example", language)
    sales = Recipient(seller, "zhang.wei@example.com", language)
    if kind in TO_CUSTOMER:
        reader, reply_to = customer, sales
    elif HEARD_BY.get(kind) == ("salesperson",) or kind == "low_score":
        reader, reply_to = sales, customer
    else:
        reader, reply_to = (
            Recipient(_OTHERS.get(kind, _LEAD)[language], "colleague@example.com", language),
            sales,
        )
    if content is None:
        content = (
            survey(language) if kind == "survey"
            else low_score(language) if kind == "low_score"
            else notice(kind, language)
        )  # fmt: skip
    return Draft(f"{kind}:20261121-003:r1-1:5e1f", kind, reader, reply_to, content, "20261121-003")


def notice_mails(language: str) -> dict[str, Draft]:
    """Every notice in this language, and those that have a second face."""
    stopped = replace(notice("order_stopped", language), was_approved=False)
    fine = replace(notice("review_waiting", language), checks=checks(language, fine=True))
    no_reason = replace(notice("order_cancelled", language), note="")
    return {
        **{kind: notice_mail(kind, language) for kind in NOTICE_KINDS},
        "review_waiting.fine": notice_mail("review_waiting", language, fine),
        "order_stopped.pending": notice_mail("order_stopped", language, stopped),
        "order_cancelled.unexplained": notice_mail("order_cancelled", language, no_reason),
        "survey.again": notice_mail("survey", language, survey(language, again=True)),
    }
