"""The words of the Activity tab and of `status --order`: what happened, and which kind of mail it was about."""

from __future__ import annotations

from bot.activity import Entry

_WHAT: dict[str, dict[str, str]] = {
    "en": {
        "number_given": "Order number given", "adopted": "Rows that were here before", "rebuilt": "Rows recognised again",
        "memory_rebuilt": "Memory rebuilt from the workbook", "row_vanished": "Row deleted",
        "claim_withdrawn": "Number withdrawn: the row was changed", "resend_asked": "Purchase detail asked for again",
        "order_approved": "Approved: the customer gets the purchase detail", "run_begun": "Automation started",
        "run_begun_again": "Automation tried again", "held_flood": "Held: many new orders at once",
        "held_emptied": "Held: all rows vanished at once", "held_header": "Held: titles to put right",
        "held_tab": "Held: a tab is missing", "released": "Released what was held", "problem_raised": "Problem found", "problem_cleared": "Problem solved",
        "moved": "Status changed", "sent_back": "Sent back", "changed": "Order changed", "stock_taken": "Stock taken",
        "stock_given_back": "Stock given back", "mail_sent": "Mail sent", "mail_failed": "Mail refused",
        "mail_held": "Mail held", "mail_maybe": "Mail perhaps sent", "answered": "Customer answered",
    },
    "zh-CN": {
        "number_given": "已分配订单编号", "adopted": "启用前已有的行", "rebuilt": "重新识别的行",
        "memory_rebuilt": "已根据表格恢复记录", "row_vanished": "行被删除",
        "claim_withdrawn": "编号作废：该行已被修改", "resend_asked": "要求重新发送购买明细",
        "order_approved": "审核通过：向客户发送购买明细", "run_begun": "自动化开始运行",
        "run_begun_again": "自动化重新运行", "held_flood": "暂停：一次出现大量新订单",
        "held_emptied": "暂停：所有行同时消失", "held_header": "暂停：列标题需要更正",
        "held_tab": "暂停：缺少工作表", "released": "已放行被暂停的内容", "problem_raised": "发现问题", "problem_cleared": "问题已解决",
        "moved": "状态变更", "sent_back": "退回修改", "changed": "订单变更", "stock_taken": "扣减库存",
        "stock_given_back": "退回库存", "mail_sent": "邮件已发送", "mail_failed": "邮件被拒收",
        "mail_held": "邮件暂停发送", "mail_maybe": "邮件可能已发送", "answered": "客户已评价",
    },
}  # fmt: skip

#: Kind of mail (folder under templates/) -> its name; kinds that are not listed go by their own name.
_MAILS: dict[str, dict[str, str]] = {
    "en": {
        "purchase_customer": "purchase detail, to the customer", "purchase_sales": "purchase detail, to the salesperson",
        "review_waiting": "waiting for review", "finance_waiting": "waiting for finance", "order_approved": "approved",
        "order_sent_back": "sent back", "order_to_prepare": "to prepare", "order_shipped": "shipped",
        "order_delivered": "delivered", "order_cancelled": "cancelled", "order_stopped": "stopped",
        "order_changed": "order changed", "survey": "satisfaction survey", "low_score": "low score",
        "digest": "daily digest", "admin_notice": "notice to admins", "weekly_personal": "weekly personal report",
        "weekly_team": "weekly team report", "monthly": "monthly report", "tier_review": "customer tier review",
    },
    "zh-CN": {
        "purchase_customer": "购买明细（客户）", "purchase_sales": "购买明细（销售）",
        "review_waiting": "待审核通知", "finance_waiting": "待财务审核通知", "order_approved": "审核通过通知",
        "order_sent_back": "退回修改通知", "order_to_prepare": "备货通知", "order_shipped": "发货通知",
        "order_delivered": "送达通知", "order_cancelled": "取消通知", "order_stopped": "停止处理通知",
        "order_changed": "订单变更通知", "survey": "满意度调查", "low_score": "低分提醒",
        "digest": "每日摘要", "admin_notice": "管理员通知", "weekly_personal": "个人周报",
        "weekly_team": "团队周报", "monthly": "月报", "tier_review": "客户等级评审",
    },
}  # fmt: skip


def what_words(entry: Entry, language: str) -> str:
    """What happened, without the values; a code that is unknown stands for itself."""
    return _WHAT[language].get(entry.what, entry.what)


def detail_words(entry: Entry, language: str) -> str:
    """What else there is to say: for mail the kind's name, and otherwise the entry's own words."""
    return mail_name(entry.detail, language) if entry.what.startswith("mail_") else entry.detail


def mail_name(kind: str, language: str) -> str:
    """What people call this kind of mail."""
    return _MAILS[language].get(kind, kind)
