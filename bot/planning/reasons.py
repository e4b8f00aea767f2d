"""Why rows that are no orders yet wait, counted by kinds of reason. Pure; the Automations tab shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.planning.judgement import Judgement

#: Part of a Problem's code -> the kind of reason; the first that fits counts.
_KINDS = (
    ("different_", "lines"), ("_lines", "lines"), ("joins_", "lines"), ("_entry", "lines"), ("_answer", "lines"),
    ("customer", "customer"), ("salesperson", "person"), ("product", "product"), ("specification", "product"),
    ("on_sale", "product"), ("price", "product"), ("missing", "missing"),
)  # fmt: skip


def waiting_reasons(judgement: Judgement) -> Mapping[str, int]:
    """Kind of reason -> rows.

    Kinds: "missing", "customer", "product", "person", "lines", "cell", "just_typed", "held" (for whatever reason ready
    rows do not go).
    """
    found: Counter[str] = Counter()
    for tab in judgement.tabs.values():
        for candidate in tab.candidates:
            lacking = tab.problems.get(candidate.row.number)
            if not candidate.settled:
                found["just_typed"] += 1
            elif lacking:
                found[_kind_of(lacking[0].code)] += 1
            else:
                found["held"] += 1
    return dict(found)


def _kind_of(code: str) -> str:
    return next((kind for word, kind in _KINDS if word in code), "cell")
