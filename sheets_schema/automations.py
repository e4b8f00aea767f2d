"""Automations: what the bot does by itself, as rows that a lead can switch, time and start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheets_schema.fields import Field, Kind, Owner, Tab
from sheets_schema.titles import fold

AUTOMATIONS = Tab(
    key="automations",
    en="Automations",
    zh="自动化",
    fields=(
        Field("automation", "Automation", "自动化", owner=Owner.BOT, needed=True),
        Field("on", "On", "启用", Kind.CHECKBOX, needed=True),
        Field("when", "When", "时间", needed=True),
        Field("run_now", "Run now", "立即运行", Kind.CHECKBOX, needed=True),
        Field("next_run", "Next run", "下次运行", Kind.DATETIME, Owner.BOT, needed=True),
        Field("last_run", "Last run", "上次运行", Kind.DATETIME, Owner.BOT, needed=True),
        Field("result", "Result", "运行结果", owner=Owner.BOT, needed=True),
        # A block of its own beside the automations: how the bot stands. Its lines belong to no row.
        Field("status_item", "How it stands", "运行状态", owner=Owner.BOT),
        Field("status_value", "Now", "当前", owner=Owner.BOT),
    ),
)


@dataclass(frozen=True)
class Automation:
    """One row of the tab as `init` writes it."""

    key: str
    en: str
    zh: str
    #: Language -> the time in words; nothing for one that follows events and not the clock.
    when: Mapping[str, str]

    def title(self, language: str) -> str:
        """What its Automation cell says in this language."""
        return self.zh if language == "zh-CN" else self.en


PURCHASE_MAIL = Automation("purchase_mail", "Purchase mail", "购买明细邮件", {})
WEEKLY_PERSONAL = Automation(
    "weekly_personal", "Weekly personal report", "个人周报", {"en": "Fri 18:00", "zh-CN": "周五 18:00"}
)
WEEKLY_TEAM = Automation(
    "weekly_team", "Weekly team report", "团队周报", {"en": "Fri 18:00", "zh-CN": "周五 18:00"}
)
NOTICES = Automation("notices", "Review and status notices", "审核与状态通知", {})
DIGEST = Automation(
    "digest", "Due and overdue digest", "到期与逾期提醒", {"en": "daily 09:00", "zh-CN": "每天 09:00"}
)
SURVEY = Automation("survey", "Satisfaction survey", "满意度回访", {})
MONTHLY = Automation(
    "monthly", "Monthly report and archive", "月报与归档", {"en": "day 5 09:00", "zh-CN": "每月5日 09:00"}
)
TIER_REVIEW = Automation(
    "tier_review",
    "Customer tier review",
    "客户等级评审",
    {"en": "quarterly day 5 09:00", "zh-CN": "每季度5日 09:00"},
)
#: Nothing the bot does by itself: its Run now is a person's word to let go what is held. On and When mean nothing here.
RELEASE = Automation("release", "Release what is held", "放行被暂停的内容", {})

ALL_AUTOMATIONS = (
    PURCHASE_MAIL, WEEKLY_PERSONAL, WEEKLY_TEAM, NOTICES, DIGEST, SURVEY, MONTHLY, TIER_REVIEW, RELEASE
)  # fmt: skip


def automation_of(text: str) -> Automation | None:
    """The automation that a cell names, in any language; None when it names none."""
    wanted = fold(text)
    return next((a for a in ALL_AUTOMATIONS if wanted in (fold(a.en), fold(a.zh))), None)
