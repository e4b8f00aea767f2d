"""Filter views of Contract Orders: names that each person finds in the menu Data, and what they ask. Data alone.

What they ask is the same in every language, so that a workbook that changes its language keeps its views.
"""

from __future__ import annotations

from collections.abc import Iterable

from sheets_schema.workflow import CANCELLED, COMPLETED, DELIVERED, PENDING, State

#: The orders of one person; the name stands at the end.
MINE = {"en": "My orders – ", "zh-CN": "我的订单 – "}
WAITING = {"en": "Waiting for review", "zh-CN": "等待审核"}
OVERDUE = {"en": "Overdue", "zh-CN": "已逾期"}
#: Their orders are no longer late, whatever day it is.
NOT_LATE = (DELIVERED, COMPLETED, CANCELLED)


def named_formula(column: str, names: Iterable[str]) -> str:
    """True in a row whose cell in this column holds one of these texts, in whatever case and with blanks around it.

    A name is text between quotes here, whatever it begins with. No function takes two arguments, because the separator
    between them is the locale's.
    """
    quoted = (name.replace('"', '""') for name in names)
    return "=" + "+".join(f'(TRIM(${column}2)="{name}")' for name in quoted) + ">0"


def waiting_formula(status: str) -> str:
    """True in a row that waits for review, in whichever language its status is written."""
    return named_formula(status, in_every_language(PENDING))


def in_every_language(*states: State) -> tuple[str, ...]:
    """What a Status cell may say for these states."""
    return tuple(text for state in states for text in (state.en, state.zh))
