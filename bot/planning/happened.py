"""From the changes of a plan to entries of the activity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.activity import Change, Entry
from bot.planning.rules import Rules
from sheets_schema import BY_KEY
from sheets_schema.automations import ALL_AUTOMATIONS

_LINES = {"en": "{count} line(s)", "zh-CN": "{count} 行"}
_TIMES = {"en": "no. {count}", "zh-CN": "第 {count} 次"}
_ORDERS = {"en": "{count} orders", "zh-CN": "{count} 个订单"}
_TAB = {"en": "{tab}", "zh-CN": "{tab}"}
#: Where a row stands.
TAB_ROW = {"en": "{tab}, row {row}", "zh-CN": "{tab}，第 {row} 行"}
_TAB_LINES = {"en": "{tab}: {count} rows", "zh-CN": "{tab}：{count} 行"}
_TAB_TITLES = {"en": "{tab}: {count} titles", "zh-CN": "{tab}：{count} 个标题"}
_HOLDS = {"en": "{count} hold(s)", "zh-CN": "{count} 项"}
_NOTHING = {"en": "", "zh-CN": ""}

#: What a change is called in the activity, and what is said of it. Other changes have entries of their own or none.
_OF_CHANGE: dict[str, tuple[str, dict[str, str]]] = {
    "order_claimed": ("number_given", _LINES),
    "adopted": ("adopted", _LINES),
    "memory_rebuilt": ("memory_rebuilt", _NOTHING),
    "rebuilt": ("rebuilt", _LINES),
    "row_vanished": ("row_vanished", TAB_ROW),
    "claim_withdrawn": ("claim_withdrawn", TAB_ROW),
    "resend_asked": ("resend_asked", _TIMES),
    "order_approved": ("order_approved", _NOTHING),
    "held_flood": ("held_flood", _ORDERS),
    "held_emptied": ("held_emptied", _TAB_LINES),
    "held_header": ("held_header", _TAB_TITLES),
    "held_tab": ("held_tab", _TAB),
    "released": ("released", _HOLDS),
    "run_begun": ("run_begun", _NOTHING),
    "run_begun_again": ("run_begun_again", _NOTHING),
}


def entries_of(changes: Iterable[Change], at: datetime, rules: Rules) -> list[Entry]:
    """One entry for each change that people should find in the Activity tab."""
    found = []
    for change in changes:
        if change.what in _OF_CHANGE:
            what, words = _OF_CHANGE[change.what]
            tab = rules.title(change.tab) if change.tab in BY_KEY else change.tab
            told = words[rules.language].format(tab=tab, row=change.row, count=change.count)
            found.append(
                Entry(at, what, change.order_no, detail=_run_words(change.run, rules.language) or told)
            )
    return found


def _run_words(run_id: str, language: str) -> str:
    """The automation's name and its period, of a run's id."""
    key, _, period = run_id.partition(":")
    title = next((a.title(language) for a in ALL_AUTOMATIONS if a.key == key), key)
    return f"{title} {period}".strip()
