"""The block at the right of the Automations tab: how the bot stands, in words. Pure; `board` writes it.

Each line has its place, counted from the second row, whatever automation stands there: so people may sort.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.planning.due import next_due, weeks_seen
from bot.planning.release_words import what_is_held
from bot.planning.rules import Rules
from bot.planning.runs import RunsSeen
from bot.planning.sightings import Hold
from bot.ports import Requests
from bot.watching.incidents import A_MINUTE
from sheets_schema.automations import ALL_AUTOMATIONS

_LONGEST = 300


@dataclass(frozen=True)
class Standing:
    """What the block tells."""

    #: Kind of reason -> rows; see `bot.planning.reasons`.
    waiting: Mapping[str, int] = field(default_factory=dict)
    #: "mail.queued" … and "uncertain", as `State.counts` has them.
    counts: Mapping[str, int] = field(default_factory=dict)
    sent_today: int = 0
    per_day: int = 0
    requests: Requests = field(default_factory=Requests)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    #: Kinds of incidents that stand, and until when mail is paused and why.
    troubles: tuple[str, ...] = ()
    paused: tuple[datetime, str] | None = None
    runs: RunsSeen = field(default_factory=RunsSeen)
    version: str = ""


_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "last": "Last look", "last_is": "{time} (told every {minutes} min)", "waiting": "Orders waiting", "mail": "Mail",
        "mail_is": "{sent} of {per_day} sent in 24 h; {queued} queued, {held} held, {dead} failed, {maybe} maybe sent",
        "requests": "Google requests", "requests_are": "{reads} reads and {writes} writes in the last minute, at most {most} in one of the last hour, of {limit}",
        "held": "Held", "held_is": "{what}. To let it go tick Run now of 'Release what is held'",
        "trouble": "Trouble", "next": "Next due", "version": "Version", "none": "none", "all": "{count}: {parts}",
        "paused": "no mail leaves until {time}: {why}",
        "silent": "the workbook could not be read", "failing": "failing again and again", "reports": "reports cannot be worked out",
        "stuck": "mail is stuck", "problems": "problems stand for a day", "quota": "close to a limit",
        "missing": "{n} incomplete", "customer": "{n} customer unclear", "product": "{n} product or price unclear",
        "person": "{n} salesperson unclear", "lines": "{n} lines that do not fit their order", "cell": "{n} with a cell to correct",
        "just_typed": "{n} just typed", "ready": "{n} held", "comma": ", ", "semicolon": "; ",
    },
    "zh-CN": {
        "last": "最近一次检查", "last_is": "{time}（每 {minutes} 分钟更新）", "waiting": "等待处理的订单", "mail": "邮件",
        "mail_is": "24 小时内已发送 {sent}/{per_day}；排队 {queued}，暂停 {held}，失败 {dead}，可能已发送 {maybe}",
        "requests": "Google 请求", "requests_are": "最近一分钟读取 {reads} 次、写入 {writes} 次；一小时内最高每分钟 {most} 次；上限 {limit}",
        "held": "已暂停", "held_is": "{what}。如需放行，请为“放行被暂停的内容”勾选“立即运行”",
        "trouble": "故障", "next": "下一次运行", "version": "版本", "none": "无", "all": "{count} 行：{parts}",
        "paused": "{time} 之前不发送邮件：{why}",
        "silent": "无法读取工作簿", "failing": "反复出错", "reports": "报告无法生成",
        "stuck": "邮件滞留", "problems": "有问题超过一天未处理", "quota": "接近上限",
        "missing": "未填完整 {n}", "customer": "客户待确认 {n}", "product": "产品或价格待确认 {n}",
        "person": "销售跟进人待确认 {n}", "lines": "与所属订单不符 {n}", "cell": "有单元格需更正 {n}",
        "just_typed": "刚填写 {n}", "ready": "已暂停 {n}", "comma": "、", "semicolon": "；",
    },
}  # fmt: skip


def block(standing: Standing, every: int, now: datetime, rules: Rules) -> tuple[tuple[str, str], ...]:
    """The block's lines, each with its item and its value. `every`: minutes between two updates."""
    words = _WORDS[rules.language]
    counts, requests = standing.counts, standing.requests
    values = {
        "last": words["last_is"].format(time=_time(now, rules), minutes=every),
        "trouble": _troubles(standing, now, rules),
        "held": _held(standing, rules),
        "waiting": _waiting(standing.waiting, words),
        "mail": words["mail_is"].format(
            sent=f"{standing.sent_today:,}", per_day=f"{standing.per_day:,}", maybe=counts.get("uncertain", 0),
            queued=sum(counts.get(f"mail.{status}", 0) for status in ("queued", "claimed", "sending")),
            held=counts.get("mail.held", 0), dead=counts.get("mail.dead", 0),
        ),
        "next": _next(standing.runs, now, rules) or words["none"],
        "requests": words["requests_are"].format(
            reads=requests.reads, writes=requests.writes, most=requests.most, limit=A_MINUTE
        ),
        "version": standing.version,
    }  # fmt: skip
    return tuple((words[item], value[:_LONGEST]) for item, value in values.items())


def what_matters(standing: Standing, now: datetime) -> str:
    """What is told at once when it changes."""
    held = [f"{key}:{hold.released}" for key, hold in sorted(standing.holds.items())]
    is_paused = standing.paused is not None and standing.paused[0] > now
    return " ".join([*held, *standing.troubles, *(["paused"] if is_paused else [])])


def _waiting(reasons: Mapping[str, int], words: Mapping[str, str]) -> str:
    named = {("ready" if kind == "held" else kind): n for kind, n in reasons.items() if n}
    parts = words["comma"].join(words[kind].format(n=f"{named[kind]:,}") for kind in words if kind in named)
    return words["all"].format(count=f"{sum(named.values()):,}", parts=parts) if named else words["none"]


def _held(standing: Standing, rules: Rules) -> str:
    words = _WORDS[rules.language]
    held = [hold for _, hold in sorted(standing.holds.items()) if not hold.released]
    what = words["comma"].join(what_is_held(hold.key, hold.count, rules.language) for hold in held)
    return words["held_is"].format(what=what) if held else words["none"]


def _troubles(standing: Standing, now: datetime, rules: Rules) -> str:
    words = _WORDS[rules.language]
    told: list[str] = []
    if standing.paused is not None and standing.paused[0] > now:
        until, why = standing.paused
        told.append(words["paused"].format(time=_time(until, rules), why=" ".join(why.split())))
    told += [words[kind] for kind in standing.troubles]
    return words["semicolon"].join(told) or words["none"]


def _next(runs: RunsSeen, now: datetime, rules: Rules) -> str:
    weeks = weeks_seen(runs.standings, runs, now, rules)
    due = {key: next_due(standing, runs, weeks, now, rules) for key, standing in runs.standings.items()}
    coming = [(at, one.title(rules.language)) for one in ALL_AUTOMATIONS if (at := due.get(one.key))]
    at, title = min(coming, default=(None, ""))
    return f"{_time(at, rules)} {title}" if at is not None else ""


def _time(moment: datetime, rules: Rules) -> str:
    return f"{rules.wall_clock(moment):%m-%d %H:%M}"


def lacking(
    lines: Sequence[tuple[str, str]], shown: Sequence[tuple[object, object]]
) -> Mapping[int, tuple[str, str]]:
    """Row (1-based) -> item and value, of the rows that show something else; "" where nothing belongs."""
    height = max(len(lines), len(shown))
    ought = [*lines, *[("", "")] * (height - len(lines))]
    there = [*shown, *[("", "")] * (height - len(shown))]
    return {row: want for row, (want, has) in enumerate(zip(ought, there, strict=True), 2) if want != has}
