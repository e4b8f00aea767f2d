"""The guide: a page in the workbook for people who see only the workbook. Its text, by language; data alone.

`{contracts}` and the like stand for what a tab or a column is called in this workbook. The worker never reads this tab,
so it is none of `TABS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sheets_schema.screen import COLOURS
from sheets_schema.workflow import APPROVED, CANCELLED, COMPLETED, DELIVERED, IN_TRANSIT, PENDING, SHIPPED

#: The name of the tab, and the key of the note by which it is known under any other.
GUIDE_TITLES: Mapping[str, str] = {"en": "Guide", "zh-CN": "使用说明"}
GUIDE_MARK = "order-desk-guide"
#: Pixels of its columns.
GUIDE_WIDTHS = (170, 760)

LineKind = Literal["title", "intro", "head", "line", "sample"]


@dataclass(frozen=True)
class Line:
    """One row of the page."""

    kind: LineKind
    left: str = ""
    right: str = ""
    #: #rrggbb: the colour that is explained.
    ground: str = ""


_GROUNDS = {(one.column, one.condition, one.text.get("en", "")): one.ground for one in COLOURS}


def _status(*states: str) -> str:
    return _GROUNDS["status", "TEXT_EQ", states[0]]


_WAITING = _status(PENDING.en)
_LATE_REVIEW = _GROUNDS["status", "waiting", ""]
_OVERDUE, _DUE_SOON = _GROUNDS["due_date", "overdue", ""], _GROUNDS["due_date", "due_soon", ""]
_PROBLEM = _GROUNDS["problem", "NOT_BLANK", ""]
_MAIL = _GROUNDS["mail_status", "TEXT_CONTAINS", "failed"]

_ENGLISH = (
    Line("title", "How to work with this order book"),
    Line(
        "intro",
        "",
        "Order Desk works behind this workbook: it numbers every order, sends the mails and watches the dates. "
        "All you need is this workbook and your inbox.",
    ),
    Line("head", "Enter an order"),
    Line("line", "1", "Go to '{contracts}' and fill in the next empty row: {customer}, {product}, {quantity} and {salesperson}. "
         "Where a list opens, choose from it."),
    Line("line", "2", "Add whatever else you know. What you leave blank is filled in where it can be: date, contact, "
         "price, amount, currency and status."),
    Line("line", "3", "Leave the row alone for half a minute. It gets its number in '{order_no}', and the details of the "
         "purchase are mailed to the customer and to the salesperson."),
    Line("line", "Something is wrong?", "'{problem}' says in one sentence what to do. Once you have done it the order goes out by itself; "
         "there is nothing else to press."),
    Line("line", "A form", "If your team has an order form, its answers arrive in '{order_entry}' and go on to '{contracts}' by "
         "themselves. Do not copy them."),
    Line("head", "Find your orders"),
    Line("line", "Filter views", "The menu Data has views by name: 'My orders – …' for each salesperson, 'Waiting for review' and "
         "'Overdue'. A view hides rows on your screen only."),
    Line("head", "Colours in '{contracts}'"),
    Line("sample", PENDING.en, "Nobody has reviewed the order yet.", _WAITING),
    Line("sample", PENDING.en, "It has been waiting for more than a day.", _LATE_REVIEW),
    Line("sample", APPROVED.en, "Reviewed; the warehouse prepares it.", _status(APPROVED.en)),
    Line("sample", f"{SHIPPED.en}, {IN_TRANSIT.en}", "On its way to the customer.", _status(SHIPPED.en)),
    Line("sample", DELIVERED.en, "With the customer.", _status(DELIVERED.en)),
    Line("sample", COMPLETED.en, "Closed. Nothing more happens to it.", _status(COMPLETED.en)),
    Line("sample", CANCELLED.en, "Called off; it counts in no total.", _status(CANCELLED.en)),
    Line("sample", "{due_date}", "Due today or within the next days.", _DUE_SOON),
    Line("sample", "{due_date}", "Past its date and not delivered.", _OVERDUE),
    Line("sample", "{problem}", "Something for you to put right; the cell says what.", _PROBLEM),
    Line("sample", "{mail_status}", "A mail is waiting, has failed, or may not have arrived.", _MAIL),
    Line("head", "Approve, ship, complete"),
    Line("line", "Approve", f"A lead reads the row and '{{problem}}', writes their name into '{{reviewer}}' and sets '{{status}}' to "
         f"{APPROVED.en}. Nobody approves an order of their own. Where two reviews are asked for, finance signs in "
         "'{finance_reviewer}' too."),
    Line("line", "Send back", f"Say why in '{{exception}}' and set '{{status}}' to {PENDING.en} again."),
    Line("line", "Ship", f"The warehouse fills in '{{shipped_on}}' and '{{tracking}}', then sets {SHIPPED.en}; later {IN_TRANSIT.en}, "
         f"and with '{{delivered_on}}' {DELIVERED.en}. The customer is told by mail."),
    Line("line", "Complete", f"Set {COMPLETED.en} once all is done."),
    Line("line", "Cancel", f"Give a '{{cancel_reason}}' and set {CANCELLED.en}; once an order is approved, a lead signs for that. "
         "Do not delete the row."),
    Line("line", "It does not work?", "A step that lacks something waits, and '{problem}' names what is missing."),
    Line("head", "Send a mail again"),
    Line("line", "How", "Empty the order's cell in '{mail_status}'. The purchase details are then sent once more. If the address was "
         "wrong, put it right in '{customers}' first."),
    Line("head", "What you may change"),
    Line("line", "Freely", "Sort, filter, insert rows, move columns, add columns and tabs of your own."),
    Line("line", "Please not", "The titles in the first row, the hidden column '{row_id}', and columns with a grey title, but for emptying "
         "'{mail_status}': by these Order Desk finds its way."),
    Line("head", "Who helps"),
    Line("line", "Ask", "Whoever has the role Admin or Lead in '{team}'. New colleagues, customers and products are added in '{team}', "
         "'{customers}' and '{products}'; when reports go out is set in '{automations}'."),
    Line("intro", "", "Order Desk keeps this page as it is. Notes of your own may stand below it."),
)  # fmt: skip

_CHINESE = (
    Line("title", "订单表使用说明"),
    Line("intro", "", "本表背后有一个“订单助手”：自动编号、发送邮件、跟踪日期。您只需要使用本表和自己的邮箱。"),
    Line("head", "录入订单"),
    Line("line", "1", "打开“{contracts}”，在下一个空行填写{customer}、{product}、{quantity}和{salesperson}。有下拉列表的请从中选择。"),
    Line("line", "2", "其他信息知道多少填多少。留空的下单日期、联系人、单价、金额、币种和状态会尽量自动补全。"),
    Line("line", "3", "填完后等半分钟左右，不要改动该行。“{order_no}”中会出现订单编号，购买明细会发给客户和销售跟进人。"),
    Line("line", "出错了？", "“{problem}”会用一句话告诉您怎么做。改好后订单会自动继续，不需要点击任何按钮。"),
    Line("line", "表单", "如果团队使用订单表单，提交的内容会进入“{order_entry}”，并自动转到“{contracts}”，请勿手工复制。"),
    Line("head", "查找自己的订单"),
    Line("line", "筛选视图", "在“数据”菜单中按名称选择视图：每位销售的“我的订单 – …”、“等待审核”和“已逾期”。视图只影响您自己的屏幕。"),
    Line("head", "“{contracts}”中的颜色"),
    Line("sample", PENDING.zh, "订单尚未审核。", _WAITING),
    Line("sample", PENDING.zh, "等待审核已超过一天。", _LATE_REVIEW),
    Line("sample", APPROVED.zh, "已通过审核，仓库备货中。", _status(APPROVED.en)),
    Line("sample", f"{SHIPPED.zh}、{IN_TRANSIT.zh}", "正在送往客户。", _status(SHIPPED.en)),
    Line("sample", DELIVERED.zh, "客户已收到。", _status(DELIVERED.en)),
    Line("sample", COMPLETED.zh, "订单已结束，不再有后续动作。", _status(COMPLETED.en)),
    Line("sample", CANCELLED.zh, "订单已取消，不计入任何合计。", _status(CANCELLED.en)),
    Line("sample", "{due_date}", "今天或未来几天内到期。", _DUE_SOON),
    Line("sample", "{due_date}", "已过期，尚未送达。", _OVERDUE),
    Line("sample", "{problem}", "有需要您处理的问题，单元格中写明了做法。", _PROBLEM),
    Line("sample", "{mail_status}", "邮件在等待、发送失败，或可能未送达。", _MAIL),
    Line("head", "审核、发货、完成"),
    Line("line", "审核", f"主管查看该行和“{{problem}}”，在“{{reviewer}}”中填写自己的姓名，再把“{{status}}”改为“{APPROVED.zh}”。"
         "任何人都不能审核自己的订单。需要两级审核时，财务还要在“{finance_reviewer}”中签名。"),
    Line("line", "退回", f"在“{{exception}}”中写明原因，并把“{{status}}”改回“{PENDING.zh}”。"),
    Line("line", "发货", f"仓库填写“{{shipped_on}}”和“{{tracking}}”，再改为“{SHIPPED.zh}”；之后改为“{IN_TRANSIT.zh}”，"
         f"填写“{{delivered_on}}”后改为“{DELIVERED.zh}”。客户会收到邮件通知。"),
    Line("line", "完成", f"全部办完后改为“{COMPLETED.zh}”。"),
    Line("line", "取消", f"填写“{{cancel_reason}}”并改为“{CANCELLED.zh}”；订单审核之后取消，还需主管签名。请不要删除该行。"),
    Line("line", "没有反应？", "缺少内容的步骤会等待，“{problem}”会说明缺什么。"),
    Line("head", "重新发送邮件"),
    Line("line", "做法", "清空该订单的“{mail_status}”单元格，购买明细就会再发一次。如果邮箱有误，请先在“{customers}”中改正。"),
    Line("head", "哪些可以改动"),
    Line("line", "可以随意", "排序、筛选、插入行、移动列，以及添加自己的列和工作表。"),
    Line("line", "请不要改", "第一行的标题、隐藏的“{row_id}”列，以及灰色标题的列（清空“{mail_status}”除外）：系统靠它们识别内容。"),
    Line("head", "有问题找谁"),
    Line("line", "联系", "“{team}”中角色为管理员或主管的同事。新同事、新客户和新产品请在“{team}”、“{customers}”、“{products}”中添加；"
         "报告的发送时间在“{automations}”中设置。"),
    Line("intro", "", "本页由系统保持原样。您自己的备注可以写在下方。"),
)  # fmt: skip

GUIDE: Mapping[str, tuple[Line, ...]] = {"en": _ENGLISH, "zh-CN": _CHINESE}
