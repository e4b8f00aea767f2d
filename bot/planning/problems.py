"""Problems: what a person must put right, as values, and the sentences that say how.

A Problem is never raised. Its sentence stands in the Problem cell of its row, in the workbook's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sheets_schema.naming import STANDARD, Schema

#: A sentence in a cell stays readable; a pasted novel is cut.
_LONGEST_QUOTE = 60
_LONGEST_SENTENCE = 1000


@dataclass(frozen=True)
class Problem:
    """Something a person must put right; `values` fill the sentence of this code."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def problem(code: str, **values: object) -> Problem:
    """A problem with its values as short text."""
    return Problem(code, {key: quoted(str(value)) for key, value in values.items()})


def quoted(text: str) -> str:
    """Text from a cell, fit to stand inside a sentence: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


#: What each problem says; <customers> stands for what the tab is called here, <products.active> for one of its columns.
_SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "missing": "Still missing: {fields}",
        "formula": "{field} shows {text}: mend the formula, or type the value",
        "number": "{field} '{text}' is not a number: write it like 1234.50",
        "date": "{field} '{text}' is not a date: write it like 2026-11-30",
        "ambiguous_date": "{field} '{text}' could mean two days: write it like 2026-11-30",
        "not_positive": "{field} must be more than 0",
        "negative": "{field} must not be less than 0",
        "unknown_customer": "Customer '{text}' is not in <customers>: add it there and this order goes out by itself",
        "which_customer": "Customer '{text}' is in <customers> {count} times: write the customer no. here instead",
        "no_customer_email": "Customer '{text}' has no e-mail address in <customers>: add it there and this order goes out by itself",
        "bad_customer_email": "The e-mail of customer '{text}' in <customers> is not an address: correct it there and this order goes out by itself",
        "unknown_product": "Product '{text}' is not in <products>: add it there and this order goes out by itself",
        "unknown_specification": "Product '{product}' has no specification '{text}' in <products>; it has: {known}",
        "which_specification": "Product '{text}' comes in several specifications: write one of {known}",
        "which_product": "Product '{text}' is in <products> {count} times with the same specification: keep one row there",
        "not_on_sale": "Product '{text}' is not on sale: tick '<products.active>' in <products>, or choose another",
        "unknown_salesperson": "Salesperson '{text}' is not in <team>: add the name there, or correct it here",
        "which_salesperson": "Salesperson '{text}' is in <team> {count} times: write the e-mail address here instead",
        "inactive_salesperson": "Salesperson '{text}' is not active in <team>: choose another, or tick '<team.active>' there",
        "no_salesperson_email": "Salesperson '{text}' has no e-mail address in <team>: add it there and this order goes out by itself",
        "no_price": "No unit price: type one here, or give product '{text}' a list price in <products>",
        "amount_differs": "Amount {typed} is not quantity × unit price = {computed}: correct one of them, or empty <contracts.amount>",
        "unknown_currency": "Currency '{text}' is not known: write a code such as CNY, USD or EUR",
        "joins_confirmed": "Order {number} was confirmed already. To add this line and send an updated confirmation, clear the <contracts.mail_status> cell of its other row; for a new order, clear <contracts.order_no> here",
        "copied_entry": "This row shows order {number}, which was made already: clear <contracts.order_no> to order again",
        "waits_for_lines": "Ready; waits for the other lines of order {number}: {rows}",
        "different_customers": "The lines of order {number} name different customers: correct them, or give them different numbers",
        "different_salespeople": "The lines of order {number} name different salespeople: one person must follow it up",
        "different_currencies": "The lines of order {number} are in different currencies: give them different numbers",
        "unusable_number": "<contracts.order_no> '{text}' cannot be used: letters, digits and - _ / . # only, at most 40; or empty it and the bot gives one",
        "number_changed": "This is order {number}: put that number back (the mails carry it)",
        "same_answer": "The same answer as order {number}, sent {minutes} min before: if it is meant twice, write a word in <order_entry.notes>; otherwise delete this row",
        "bad_status": "Status '{text}' is not known: choose one of {known}",
        "illegal_move": "An order that is '{before}' cannot become '{after}'. Next can be: {next}",
        "move_lacks": "From '{before}' to '{after}' is still missing: {fields}. Next can be: {next}",
        "closed_order": "This order is '{before}', which is final, and cannot become '{after}': put '{before}' back; for more, type a new order",
        "reviewer_unknown": "{field} '{text}' is not an active person in <team>",
        "reviewer_is_seller": "{field} must be a second person, not the salesperson of the order",
        "reviewer_not_lead": "{field} '{text}' is not a Lead of the salesperson's team. Leads there: {known}",
        "reviewer_not_finance": "{field} '{text}' does not have the role Finance in <team>. Those who have: {known}",
        "doubt_price": "For the reviewer: unit price {unit_price} instead of the list's {listed}",
        "doubt_stock": "For the reviewer: only {left} of '{product}' left, {quantity} ordered",
        "doubt_credit": "For the reviewer: the customer's open orders would come to {open} {currency}, the credit limit is {limit}",
        "stock_gone": "{short} more of '{product}' promised than in stock: restock and type the new number in <products>, or put off the order",
        "flood": "Held: {count} new orders at once. If they are meant, tick <automations.run_now> of 'Release what is held' in <automations>, or run: python -m bot release",
        "score": "{field} '{text}' is no score: write a whole number from 1 to 5",
        "unknown_order": "There is no order '{text}': correct <feedback.order_no> here, and the answer counts",
        "nobody_to_tell": "A low score and nobody to tell: name the customer's <customers.owner> in <customers>, or a Lead in <team>",
    },
    "zh-CN": {
        "missing": "还缺：{fields}",
        "formula": "{field}显示 {text}：请修正公式，或直接填写数值",
        "number": "{field}“{text}”不是数字：请写成 1234.50 这样",
        "date": "{field}“{text}”不是日期：请写成 2026-11-30 这样",
        "ambiguous_date": "{field}“{text}”可能是两个不同的日子：请写成 2026-11-30 这样",
        "not_positive": "{field}必须大于 0",
        "negative": "{field}不能小于 0",
        "unknown_customer": "<customers>里没有客户“{text}”：在那里添加后，本订单会自动发出",
        "which_customer": "<customers>里有 {count} 个客户“{text}”：请在此改填客户编号",
        "no_customer_email": "客户“{text}”在<customers>里没有邮箱：在那里补上后，本订单会自动发出",
        "bad_customer_email": "客户“{text}”在<customers>里的邮箱不是有效地址：在那里更正后，本订单会自动发出",
        "unknown_product": "<products>里没有产品“{text}”：在那里添加后，本订单会自动发出",
        "unknown_specification": "产品“{product}”在<products>里没有规格“{text}”；现有：{known}",
        "which_specification": "产品“{text}”有多种规格：请填写其中之一：{known}",
        "which_product": "<products>里有 {count} 行规格相同的产品“{text}”：请只保留一行",
        "not_on_sale": "产品“{text}”已停售：请在<products>勾选“<products.active>”，或换一个产品",
        "unknown_salesperson": "<team>里没有销售跟进人“{text}”：请在那里添加，或在此更正",
        "which_salesperson": "<team>里有 {count} 位“{text}”：请在此改填邮箱",
        "inactive_salesperson": "销售跟进人“{text}”已不在职：请换一位，或在<team>勾选“<team.active>”",
        "no_salesperson_email": "销售跟进人“{text}”在<team>里没有邮箱：在那里补上后，本订单会自动发出",
        "no_price": "没有单价：请在此填写，或在<products>给产品“{text}”填写单价",
        "amount_differs": "金额 {typed} 不等于 数量 × 单价 = {computed}：请更正其中之一，或清空<contracts.amount>",
        "unknown_currency": "币种“{text}”无法识别：请写 CNY、USD、EUR 这样的代码",
        "joins_confirmed": "订单 {number} 已经确认。要加入这一行并重发确认邮件，请清空该订单另一行的“<contracts.mail_status>”；若是新订单，请清空这里的<contracts.order_no>",
        "copied_entry": "此行已显示订单 {number}，该订单已生成：如需再次下单，请清空<contracts.order_no>",
        "waits_for_lines": "本行已填好；等待订单 {number} 的其他行：{rows}",
        "different_customers": "订单 {number} 的各行客户不同：请更正，或使用不同的订单编号",
        "different_salespeople": "订单 {number} 的各行销售跟进人不同：一个订单只能由一人跟进",
        "different_currencies": "订单 {number} 的各行币种不同：请使用不同的订单编号",
        "unusable_number": "<contracts.order_no>“{text}”无法使用：只能用字母、数字和 - _ / . #，最多 40 个字符；也可清空，由系统编号",
        "number_changed": "这是订单 {number}：请改回原编号（邮件里用的是它）",
        "same_answer": "与订单 {number} 的内容相同，相隔 {minutes} 分钟：若确实是两单，请在<order_entry.notes>里写一个字；否则请删除此行",
        "bad_status": "没有“{text}”这个订单状态：请选择 {known}",
        "illegal_move": "订单现为“{before}”，不能改为“{after}”。下一步可以是：{next}",
        "move_lacks": "从“{before}”到“{after}”还缺：{fields}。下一步可以是：{next}",
        "closed_order": "订单已是“{before}”，不能再改为“{after}”：请改回“{before}”；如需继续，请另填新订单",
        "reviewer_unknown": "{field}“{text}”不是<team>里的在职人员",
        "reviewer_is_seller": "{field}必须是销售跟进人以外的另一个人",
        "reviewer_not_lead": "{field}“{text}”不是该销售团队的主管。可选：{known}",
        "reviewer_not_finance": "{field}“{text}”在<team>里没有“财务”角色。可选：{known}",
        "doubt_price": "请审核人留意：单价 {unit_price}，标准价为 {listed}",
        "doubt_stock": "请审核人留意：“{product}”库存只剩 {left}，本单需要 {quantity}",
        "doubt_credit": "请审核人留意：该客户未完成订单将达 {open} {currency}，信用额度为 {limit}",
        "stock_gone": "“{product}”已承诺的数量比库存多 {short}：请补货并在<products>填写新的库存，或推迟本单",
        "flood": "已暂停：一次出现 {count} 个新订单。如果无误，请在<automations>中为“放行被暂停的内容”勾选“<automations.run_now>”，或运行：python -m bot release",
        "score": "{field}“{text}”不是评分：请填写 1 到 5 的整数",
        "unknown_order": "没有订单“{text}”：请在此更正<feedback.order_no>，更正后评价即计入",
        "nobody_to_tell": "评分偏低，但找不到可以通知的人：请在<customers>填写该客户的<customers.owner>，或在<team>指定主管",
    },
}

_NAMED = re.compile(r"<(\w+)\.?(\w*)>")


def _with_names(text: str, language: str, schema: Schema) -> str:
    """The sentence, still with its places for values, under the names of this workbook."""

    def name(mark: re.Match[str]) -> str:
        tab = schema.by_key[mark[1]]
        title = (tab.by_key[mark[2]] if mark[2] else tab).title(language)
        return title.replace("{", "{{").replace("}", "}}")

    return _NAMED.sub(name, text)


#: The sentences where tabs and columns go by the schema's names.
SENTENCES: dict[str, dict[str, str]] = {
    language: {code: _with_names(text, language, STANDARD) for code, text in texts.items()}
    for language, texts in _SENTENCES.items()
}

#: How admins read of trouble that has no row: header and tab problems, in `status` and in their mail.
STRUCTURE: dict[str, dict[str, str]] = {
    "en": {
        "missing": "Tab '{tab}': the column '{title}' is missing{near}. Put the title back, or run: python -m bot init",
        "near": " (cell {cell} says '{found}': is that it?)",
        "duplicate": "Tab '{tab}': the title '{title}' stands in {cell}. Keep one of them",
        "no_tab": "The tab '{tab}' is missing. Put it back (or its name), or run: python -m bot init",
        "emptied": "Tab '{tab}': all {count} orders vanished at once. Undo it; if it was meant, tick Run now of 'Release what is held' in Automations, or run: python -m bot release",
        "flood": "{count} new orders at once, more than poll.flood allows. If they are meant, tick Run now of 'Release what is held' in Automations, or run: python -m bot release",
    },
    "zh-CN": {
        "missing": "工作表“{tab}”缺少列“{title}”{near}。请改回标题，或运行：python -m bot init",
        "near": "（{cell} 写的是“{found}”，是不是它？）",
        "duplicate": "工作表“{tab}”：标题“{title}”重复出现在 {cell}。请只保留一个",
        "no_tab": "缺少工作表“{tab}”。请恢复它（或它的名称），或运行：python -m bot init",
        "emptied": "工作表“{tab}”：{count} 个订单一下子全部消失。请撤销；如果确实如此，请在自动化表中为“放行被暂停的内容”勾选“立即运行”，或运行：python -m bot release",
        "flood": "一次出现 {count} 个新订单，超过 poll.flood。如果无误，请在自动化表中为“放行被暂停的内容”勾选“立即运行”，或运行：python -m bot release",
    },
}


def sentence(found: Problem, language: str, schema: Schema = STANDARD) -> str:
    """The problem in the words of one language, with tabs and columns as they are called in this workbook."""
    text = SENTENCES[language][found.code]
    if schema is not STANDARD:
        text = _with_names(_SENTENCES[language][found.code], language, schema)
    return text.format_map(found.values)


def sentences(found: Iterable[Problem], language: str, schema: Schema = STANDARD) -> str:
    """Several problems of one row as the text of its Problem cell."""
    told = dict.fromkeys(sentence(p, language, schema) for p in found)
    text = ("；" if language == "zh-CN" else "; ").join(told)
    return text if len(text) <= _LONGEST_SENTENCE else text[: _LONGEST_SENTENCE - 1] + "…"
