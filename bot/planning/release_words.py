"""The Result cell of the row that releases: what is held now, and what was let go when its tick was last taken."""

from __future__ import annotations

from collections.abc import Mapping

from bot.planning.rules import Rules
from bot.planning.runs import Run
from bot.planning.sightings import Hold
from sheets_schema import BY_KEY

#: Holds that end when a person says so; the others end when a person puts the tab right.
_RELEASED_BY_WORD = ("flood", "emptied")

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "flood": "{count} new orders", "emptied": "'{tab}', emptied of {count} rows",
        "header": "'{tab}', whose titles need mending", "tab": "'{tab}', which is missing",
        "held": "Held: {what}. Look at it, then tick Run now to let it go", "mend": "Held until it is put right: {what}",
        "nothing": "Nothing is held", "released": "Released {time}: {what}", "none": "{time}: nothing was held", "comma": ", ",
    },
    "zh-CN": {
        "flood": "{count} 个新订单", "emptied": "被清空的“{tab}”（{count} 行）",
        "header": "“{tab}”（标题需要更正）", "tab": "“{tab}”（找不到）",
        "held": "已暂停：{what}。确认无误后勾选“立即运行”即可放行", "mend": "已暂停，改正后自动继续：{what}",
        "nothing": "没有被暂停的内容", "released": "{time} 已放行：{what}", "none": "{time}：当时没有被暂停的内容", "comma": "、",
    },
}  # fmt: skip


def held_words(holds: Mapping[str, Hold], rules: Rules) -> str:
    """What is held and how it goes on; "" when nothing is."""
    words = _WORDS[rules.language]
    held = [hold for _, hold in sorted(holds.items()) if not hold.released]
    if not held:
        return ""
    code = "held" if any(is_released_by_word(hold.key) for hold in held) else "mend"
    what = words["comma"].join(what_is_held(hold.key, hold.count, rules.language) for hold in held)
    return words[code].format(what=what)


def nothing_held_words(rules: Rules) -> str:
    """That nothing is held, where nothing has been released either."""
    return _WORDS[rules.language]["nothing"]


def released_words(run: Run, rules: Rules) -> str:
    """What a tick let go, and when it was taken."""
    words = _WORDS[rules.language]
    time = f"{rules.wall_clock(run.begun_at):%m-%d %H:%M}"
    what = words["comma"].join(what_is_held(key, int(count), rules.language) for key, count in run.notes)
    return words["released" if what else "none"].format(time=time, what=what)


def is_released_by_word(key: str) -> bool:
    """Whether this hold ends when a person says so."""
    return key.partition(":")[0] in _RELEASED_BY_WORD


def what_is_held(key: str, count: int, language: str) -> str:
    """One hold by its key, in a few words."""
    kind, _, tab = key.partition(":")
    title = BY_KEY[tab].title(language) if tab in BY_KEY else tab
    return _WORDS[language][kind].format(count=f"{count:,}", tab=title)
