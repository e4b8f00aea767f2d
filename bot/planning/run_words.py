"""The Result cell of an automation: what its last run did, with numbers, or what a person must put right first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.planning.due import usual_when
from bot.planning.problems import quoted
from bot.planning.release_words import released_words
from bot.planning.rules import Rules
from bot.planning.runs import Run, RunFailure
from sheets_schema.automations import ALL_AUTOMATIONS, DIGEST, RELEASE, TIER_REVIEW, Automation

_LONGEST = 800
_MOST_NAMES = 5
#: Notes of a run that are told.
_TOLD = ("archived", "backup", "had")
_ON_THE_WAY = ("queued", "claimed", "sending")

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "late": "late: ", "begun": "in preparation", "sending": "sending: {sent} of {total}",
        "reports": "{count} reports sent", "report": "1 report sent", "mails": "{count} mails sent", "mail": "1 mail sent",
        "none": "nothing to send", "failed": ", {count} failed: {why}", "no_email": "{names} without e-mail in Team",
        "no_email_one": "{names} has no e-mail in Team", "bad_email": "{names}: the e-mail in Team is not an address",
        "error": "{names}: trouble on our side", "again": "{names}: trouble on our side, tried again at {time}",
        "dead": "{count} not accepted by the mail server", "held": "{count} held back", "dropped": "{count} dropped",
        "empty": "no orders: {count} got none",
        "nothing": "nothing to look at: {count} got none", "had": "{value} had one today already", "archived": "{value} orders moved to Archive", "backup": "backup: {value}",
        "bad_when": "'{text}' cannot be used here: write it like {example}. Until then: {kept}",
        "no_when": "When is blank: write it like {example}. Until then: {kept}",
        "double": "Row {row} counts for this automation: delete this row",
        "unknown": "There is no such automation. The Automation cell can say: {names}",
        "purchase_mail_off": "Off: new orders are numbered, but no purchase mail goes out",
        "notices_off": "Off: orders move on, but nobody is told", "survey_off": "Off: no customer is asked",
        "comma": ", ", "semicolon": "; ", "more": " and {count} more",
    },
    "zh-CN": {
        "late": "补发：", "begun": "正在生成", "sending": "发送中：{sent}/{total}",
        "reports": "已发送 {count} 份报告", "report": "已发送 1 份报告", "mails": "已发送 {count} 封邮件",
        "mail": "已发送 1 封邮件",
        "none": "没有需要发送的内容", "failed": "，{count} 份失败：{why}", "no_email": "{names}在团队成员表中没有邮箱",
        "no_email_one": "{names}在团队成员表中没有邮箱", "bad_email": "{names}在团队成员表中的邮箱不正确",
        "error": "{names}：系统出错", "again": "{names}：系统出错，将于 {time} 重试",
        "dead": "{count} 份被邮件服务器拒收", "held": "{count} 份暂缓发送", "dropped": "{count} 份已取消发送",
        "empty": "无订单：{count} 人未发送", "nothing": "{count} 人无待办，未发送", "had": "{value} 人当天已收到过",
        "archived": "已归档 {value} 个订单", "backup": "备份：{value}",
        "bad_when": "“{text}”不能用作此处的时间：请写成 {example}。改好之前按 {kept}",
        "no_when": "时间为空：请写成 {example}。填写之前按 {kept}",
        "double": "此自动化以第 {row} 行为准：请删除本行",
        "unknown": "没有这个自动化。“自动化”一栏可以填写：{names}",
        "purchase_mail_off": "已关闭：新订单照常编号，但不发送购买明细邮件",
        "notices_off": "已关闭：订单照常流转，但不发送通知", "survey_off": "已关闭：不再向客户发送满意度回访",
        "comma": "、", "semicolon": "；", "more": "等，另有 {count} 人",
    },
}  # fmt: skip


def result_words(run: Run, mail: Mapping[str, int], rules: Rules) -> str:
    """What became of a run, with the numbers of its messages by status."""
    if run.automation == RELEASE.key:
        return _short(released_words(run, rules))
    words = _WORDS[rules.language]
    late = words["late"] if run.late else ""
    if run.done_at is None and not run.attempts:
        return late + words["begun"]
    mail = _own_mail(run, mail)
    total, sent = sum(mail.values()), mail.get("sent", 0)
    if any(mail.get(status) for status in _ON_THE_WAY):
        main = words["sending"].format(sent=sent, total=total)
    elif sent or total:
        noun = "mail" if run.automation in (TIER_REVIEW.key, DIGEST.key) else "report"
        main = words[noun] if sent == 1 else words[f"{noun}s"].format(count=sent)
    else:
        main = words["none"]
    if run.failures:
        main += words["failed"].format(count=len(run.failures), why=_why(run, rules))
    parts = [main]
    parts += [words[s].format(count=mail[s]) for s in ("dead", "held", "dropped") if mail.get(s)]
    empty = words["nothing" if run.automation == DIGEST.key else "empty"]
    parts += [empty.format(count=run.empty)] if run.empty else []
    parts += [words[code].format(value=value) for code, value in run.notes if code in _TOLD]
    return _short(late + words["semicolon"].join(parts))


def _own_mail(run: Run, mail: Mapping[str, int]) -> Mapping[str, int]:
    """The mails of this run alone: a digest's are counted by the day, those of the day's runs before it among them.

    Which is which is not remembered, so that the earlier ones are taken for those that are dealt with.
    """
    had, own = int(dict(run.notes).get("had") or 0), dict(mail)
    for status in sorted(own, key=lambda one: (one != "sent", one in _ON_THE_WAY)):
        earlier = min(had, own[status])
        own[status], had = own[status] - earlier, had - earlier
    return own


def _why(run: Run, rules: Rules) -> str:
    """The people a run could not write to, named under what is in the way."""
    words = _WORDS[rules.language]
    groups: dict[str, list[RunFailure]] = {}
    for failure in run.failures:
        groups.setdefault(failure.why, []).append(failure)
    told: list[str] = []
    for why, failures in groups.items():
        code = why if why in ("no_email", "bad_email") else "error"
        if code == "no_email" and len(failures) == 1:
            code = "no_email_one"
        if code == "error" and run.retry_at is not None:
            code = "again"
        time = f"{rules.wall_clock(run.retry_at):%m-%d %H:%M}" if run.retry_at is not None else ""
        told.append(words[code].format(names=_names(failures, words), time=time))
    return words["semicolon"].join(told)


def _names(failures: Sequence[RunFailure], words: Mapping[str, str]) -> str:
    names = [quoted(failure.name or failure.who) for failure in failures]
    more = len(names) - _MOST_NAMES
    shown = words["comma"].join(names[:_MOST_NAMES])
    return shown + words["more"].format(count=more) if more > 0 else shown


def when_words(automation: Automation, typed: str, kept: str, rules: Rules) -> str:
    """That the When cell cannot be used, how to write it, and what holds meanwhile."""
    words = _WORDS[rules.language]
    example = usual_when(automation, rules)
    return words["bad_when" if typed else "no_when"].format(
        text=quoted(typed), example=example, kept=quoted(kept)
    )


def double_words(row: int, rules: Rules) -> str:
    """That another row, the first, counts for this automation."""
    return _WORDS[rules.language]["double"].format(row=row)


def unknown_words(language: str) -> str:
    """That a row names no automation, and what it could say."""
    words = _WORDS[language]
    names = words["comma"].join(automation.title(language) for automation in ALL_AUTOMATIONS)
    return words["unknown"].format(names=names)


def switched_off_words(automation: Automation, rules: Rules) -> str:
    """What it means that this automation is off, where its row has nothing else to tell; "" where it is plain."""
    return _WORDS[rules.language].get(f"{automation.key}_off", "")


def together(parts: Sequence[str], rules: Rules) -> str:
    """Several sentences in one cell."""
    return _short(_WORDS[rules.language]["semicolon"].join(part for part in parts if part))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
