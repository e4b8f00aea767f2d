"""What one week's reports are made of. A value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from bot.planning.periods import Period
from bot.planning.report_values import LeftOut
from bot.reports.figures.kept import Finding
from bot.reports.figures.people import TeamMember


@dataclass(frozen=True)
class WeekLines:
    """What one week's reports are made of; frames as `bot.reports.figures.counted` has them."""

    period: Period
    #: The period's end, or the moment asked for.
    until: datetime
    interim: bool
    #: Cancelled lines among them.
    week: pd.DataFrame
    #: The weeks before, the nearest first.
    before: Sequence[Period]
    #: Their lines as they were reported, whatever became of them since; with how many weeks `back` each is.
    earlier: pd.DataFrame
    #: Without the cancelled.
    month: pd.DataFrame
    #: Open lines that are due soon or overdue, by the sheet as it is.
    due: pd.DataFrame
    new_customers: frozenset[str]
    tier_a: frozenset[str]
    #: Team as it is, or as it was when the week was closed.
    roster: tuple[TeamMember, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
