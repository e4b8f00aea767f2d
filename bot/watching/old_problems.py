"""Problems that nobody has put right for long: how long each has stood in the sheet, and which are too old. Pure.

columns of the order tabs ─► Standing problems × since when each is known ─► the old ones
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import xxhash

from bot.planning.happened import TAB_ROW
from bot.ports import Columns
from bot.projection import ADOPTED_ENTRY
from sheets_schema import BY_KEY, CONTRACTS, ORDER_ENTRY

#: What is read of each tab, the cell with the problem first.
WANTED: Mapping[str, tuple[str, str]] = {
    CONTRACTS.key: ("problem", "order_no"),
    ORDER_ENTRY.key: ("result", "order_no"),
}
#: So many are remembered; a mail names so many, and counts the others.
_MOST, MOST_NAMED = 2000, 19
_LONGEST = 200
_MORE = {"en": "and {count} more", "zh-CN": "另有 {count} 条"}


@dataclass(frozen=True)
class Age:
    """How long one problem is known."""

    since: datetime
    is_told: bool = False


@dataclass(frozen=True)
class Aged:
    """What one look found."""

    #: By what each problem is known again by.
    ages: Mapping[str, Age]
    #: A sentence for each that is too old, in sheet order.
    old: tuple[str, ...]
    #: Some of them are not told yet.
    are_new: bool


def aged(
    found: Mapping[str, Columns], ages: Mapping[str, Age], after: timedelta, now: datetime, language: str
) -> Aged:
    """The problems that stand now, and those of them that have stood for longer than `after`."""
    now_known: dict[str, Age] = {}
    old: list[str] = []
    are_new = False
    equal: dict[str, int] = {}
    for tab, (problem_key, number_key) in WANTED.items():
        cells = found[tab].cells if tab in found else {}
        numbers = cells.get(number_key, ())
        for index, cell in enumerate(cells.get(problem_key, ())):
            sentence = " ".join(str(cell).split())
            if not sentence or _is_receipt(sentence) or len(now_known) >= _MOST:
                continue
            number = str(numbers[index]).strip() if index < len(numbers) else ""
            name = xxhash.xxh3_64_hexdigest(f"{tab}\n{number or sentence}".encode("utf-8", "replace"))
            equal[name] = equal.get(name, 0) + 1
            key = f"{name}.{equal[name]}"
            age = ages.get(key, Age(now))
            if now - age.since >= after:
                where = TAB_ROW[language].format(tab=BY_KEY[tab].title(language), row=index + 2)
                old.append(": ".join(filter(None, (where, number, sentence[:_LONGEST]))))
                are_new = are_new or not age.is_told
            now_known[key] = age
    return Aged(now_known, tuple(old), are_new)


def named(old: Sequence[str], language: str) -> tuple[str, ...]:
    """As many of them as a mail names, and how many more there are."""
    more = len(old) - MOST_NAMED
    return (*old[:MOST_NAMED], _MORE[language].format(count=f"{more:,}")) if more > 0 else tuple(old)


def told(ages: Mapping[str, Age], after: timedelta, now: datetime) -> dict[str, Age]:
    """The same once admins have heard of all that are too old."""
    return {key: Age(age.since, age.is_told or now - age.since >= after) for key, age in ages.items()}


def _is_receipt(sentence: str) -> bool:
    return sentence.startswith("→") or sentence in ADOPTED_ENTRY.values()


def ages_text(ages: Mapping[str, Age]) -> str:
    """The ages as the state keeps them."""
    return json.dumps(
        {key: [age.since.isoformat(), age.is_told] for key, age in ages.items()}, separators=(",", ":")
    )


def ages_of(text: str) -> dict[str, Age]:
    """The ages that were kept so."""
    rows: dict[str, tuple[str, bool]] = json.loads(text or "{}")
    return {key: Age(datetime.fromisoformat(since), is_told) for key, (since, is_told) in rows.items()}
