"""The E-mail cell: how an order's purchase mails stand, in a few words a salesperson understands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.outbox import REHEARSAL, TOO_MANY
from bot.planning.notices import PURCHASE_CUSTOMER
from bot.planning.rules import Rules
from bot.planning.sightings import MailState, Order, Origin

_WORDS = {
    "en": {
        "customer": "customer", "sales": "sales", "queued": "queued {number}", "waiting": "{who} waiting until {time}: {error}",
        "quota": "{who} waiting (quota) until {time}", "failed": "{who} failed: {error}", "maybe": "{who} maybe sent: check",
        "rehearsal": "{who} not sent (rehearsal)", "held": "{who} held: {error}",
        "many": "{who} held: too many mails today, ask an admin", "dropped": "{who} dropped",
        "twice": "{who} ✓ {time} (maybe twice)", "adopted": "not mailed: was here before Order Desk",
        "rebuilt": "maybe sent: check",
        "off": "not mailed: purchase mail is off. To send it, clear this cell",
    },
    "zh-CN": {
        "customer": "客户", "sales": "销售", "queued": "待发送 {number}", "waiting": "{who}等待至 {time}：{error}",
        "quota": "{who}等待至 {time}（发信限额）", "failed": "{who}发送失败：{error}", "maybe": "{who}可能已发送：请核实",
        "rehearsal": "{who}未发送（演练）", "held": "{who}暂停：{error}",
        "many": "{who}暂停：当日邮件过多，请联系管理员", "dropped": "{who}已取消发送",
        "twice": "{who} ✓ {time}（可能重复）", "adopted": "未发送：启用前已有", "rebuilt": "可能已发送：请核实",
        "off": "未发送：购买明细邮件已关闭。如需发送，请清空此单元格",
    },
}  # fmt: skip


def mail_words(order: Order, states: Sequence[MailState], rules: Rules) -> str:
    """The text of the E-mail cell for the latest time the order's mail was asked for; "" when there is none to tell of.

    While everything is queued the text carries the order number, so that it can be found and replaced by value.
    """
    words = _WORDS[rules.language]
    latest = [s for s in states if s.generation == order.generation]
    if not latest:
        if order.origin in (Origin.ADOPTED, Origin.REBUILT):
            return words[order.origin.value]
        return "" if order.generation else words["off"]
    if all(s.status in ("queued", "claimed", "sending") and not s.error and not s.uncertain for s in latest):
        return words["queued"].format(number=order.number)
    ordered = sorted(latest, key=lambda s: s.kind != PURCHASE_CUSTOMER)
    return " · ".join(_words_of(s, order, rules) for s in ordered)


def _words_of(state: MailState, order: Order, rules: Rules) -> str:
    words = _WORDS[rules.language]
    is_customer = state.kind == PURCHASE_CUSTOMER
    who = words["customer" if is_customer else "sales"]
    time = _time(state.at, rules)
    match state.status:
        case "sent" if state.uncertain:
            return words["twice"].format(who=who, time=time)
        case "sent":
            return f"{who} ✓ {time}" if is_customer else f"{who} ✓"
        case "dead":
            return words["failed"].format(who=who, error=state.error)
        case "dropped":
            return words["dropped"].format(who=who)
        case "held" if state.uncertain:
            return words["maybe"].format(who=who)
        case "held" if state.error == REHEARSAL:
            return words["rehearsal"].format(who=who)
        case "held" if state.error == TOO_MANY:
            return words["many"].format(who=who)
        case "held":
            return words["held"].format(who=who, error=state.error)
        case _ if state.uncertain:
            return words["maybe"].format(who=who)
        case _ if state.error and state.at is not None:
            code = "quota" if state.error.startswith("quota") or "5.4.5" in state.error else "waiting"
            return words[code].format(who=who, time=time, error=state.error)
        case _:
            return f"{who} {words['queued'].format(number=order.number)}"


def _time(moment: datetime | None, rules: Rules) -> str:
    return f"{rules.wall_clock(moment):%m-%d %H:%M}" if moment is not None else ""
