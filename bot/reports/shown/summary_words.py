"""What the Summary tab says, in the workbook's language. Words alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sheets_schema.languages import CHINESE

_ENGLISH: Mapping[str, str] = {
    "live": "This week so far: {start} – {end}",
    "closed": "Week {start} – {end}",
    "updated": "Updated {at}",
    "closed_at": "Closed {at}",
    "team": "Team",
    "salesperson": "Salesperson",
    "orders": "Orders",
    "quantity": "Quantity",
    "amount": "Amount",
    "average": "Average order",
    "change": "vs last week",
    "target": "Of target",
    "month": "Month to date",
    "currency": "Currency",
    "all": "All teams",
    "total": "Total",
    "no_team": "No team",
    "team_total": "Team total",
    "unassigned": "Unassigned",
    "without": "No orders yet: {names}",
    "products": "Best products",
    "product": "Product",
    "share": "Share",
    "late": "Late entries",
    "customer": "Customer",
    "late_note": "Order date · salesperson",
    "left_out": "Left out",
    "left_out_what": "In no total until put right",
    "reason": "Why",
    "row": "Row {row}",
    "archive_row": "Archive row {row}",
    "corrected": "Corrections",
    "corrected_what": "Earlier weeks' orders that changed",
    "what": "What changed",
    "later": "Found later",
    "later_what": "Changes after this week was closed",
    "later_total": "After corrections",
    "cancelled": "Cancelled within the week, in no total: {count}",
    "more": "and {count} more",
    "chart_cells": "The charts are drawn from these cells",
    "week": "Week",
    "this_week": "This week",
    "last_week": "Last week",
    "amount_in": "Amount ({currency})",
    "why.no_number": "not an order yet",
    "why.amount": "the amount cannot be read",
    "why.quantity": "the quantity cannot be read",
    "why.currency": "the currency is not known",
    "why.formula": "a formula shows an error",
    "why.too_large": "the number is too large",
    "what.cancelled": "cancelled",
    "what.revived": "no longer cancelled",
    "what.amount": "amount {before} → {after}",
    "what.quantity": "quantity {before} → {after}",
    "what.salesperson": "salesperson {before} → {after}",
    "what.currency": "currency {before} → {after}",
    "what.gone": "row deleted",
    "what.returned": "row is back",
}
_CHINESE: Mapping[str, str] = {
    "live": "本周至今：{start} – {end}",
    "closed": "周期 {start} – {end}",
    "updated": "更新于 {at}",
    "closed_at": "截止于 {at}",
    "team": "团队",
    "salesperson": "销售",
    "orders": "订单数",
    "quantity": "数量",
    "amount": "金额",
    "average": "平均每单",
    "change": "较上周",
    "target": "目标完成",
    "month": "本月累计",
    "currency": "币种",
    "all": "全部团队",
    "total": "合计",
    "no_team": "未分团队",
    "team_total": "团队小计",
    "unassigned": "未分配销售",
    "without": "暂无订单：{names}",
    "products": "热销产品",
    "product": "产品",
    "share": "占比",
    "late": "补录订单",
    "customer": "客户",
    "late_note": "下单日期 · 销售",
    "left_out": "未计入",
    "left_out_what": "改正后自动计入合计",
    "reason": "原因",
    "row": "第 {row} 行",
    "archive_row": "历史第 {row} 行",
    "corrected": "更正",
    "corrected_what": "往期订单的变动",
    "what": "变动内容",
    "later": "后续更正",
    "later_what": "本周截止后的变动",
    "later_total": "更正后",
    "cancelled": "本周内取消，未计入合计：{count} 行",
    "more": "另有 {count} 行",
    "chart_cells": "以下单元格用于绘制图表",
    "week": "周",
    "this_week": "本周",
    "last_week": "上周",
    "amount_in": "金额（{currency}）",
    "why.no_number": "还不是订单",
    "why.amount": "金额无法识别",
    "why.quantity": "数量无法识别",
    "why.currency": "币种无法识别",
    "why.formula": "公式出错",
    "why.too_large": "数字过大",
    "what.cancelled": "已取消",
    "what.revived": "恢复，不再取消",
    "what.amount": "金额 {before} → {after}",
    "what.quantity": "数量 {before} → {after}",
    "what.salesperson": "销售 {before} → {after}",
    "what.currency": "币种 {before} → {after}",
    "what.gone": "该行已删除",
    "what.returned": "该行已恢复",
}
_DAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), CHINESE: tuple("一二三四五六日")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def said(key: str, language: str, **values: object) -> str:
    """The words under this key; the values are put in as they are."""
    return (_CHINESE if language == CHINESE else _ENGLISH)[key].format(**values)


def moment_words(moment: datetime, language: str) -> str:
    """A wall-clock time with its weekday, such as "Fri 20 Nov 18:00" or "11月20日 周五 18:00"."""
    day = _DAYS[CHINESE if language == CHINESE else "en"][moment.weekday()]
    if language == CHINESE:
        return f"{moment.month}月{moment.day}日 周{day} {moment:%H:%M}"
    return f"{day} {moment.day} {_MONTHS[moment.month - 1]} {moment:%H:%M}"


def day_words(day: date, language: str) -> str:
    """A day without its year: "20 Nov" or "11-20"."""
    return f"{day:%m-%d}" if language == CHINESE else f"{day.day} {_MONTHS[day.month - 1]}"
