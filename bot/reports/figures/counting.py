"""Which closed week counts each line of the sheet, found with as little unpacking as can be.

A closed week whose lines, taken by the time they were recorded at, still have the digest that was last noted for it is
settled: its lines are its lines, and nothing has become of them. Only the others are unpacked and compared by Row ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.reports.figures.digests import Digests, sums_of
from bot.reports.figures.known import Known, Present, known_of
from bot.reports.figures.ledger import Ledger
from bot.reports.figures.moments import Seconds, seconds_of
from bot.reports.figures.texts import Codes

NO_WEEK = -1


@dataclass(frozen=True)
class Counting:
    """What closed weeks have to do with the lines as they are."""

    #: Index of the ledger that counts each line; NO_WEEK where none does.
    week_of: Codes
    #: The lines of the weeks that are not settled.
    known: Known
    unsettled: tuple[int, ...]

    def noted(self, ledgers: Sequence[Ledger], digests: Digests) -> dict[str, int]:
        """The digests of the weeks that are not settled, as their lines are now."""
        sums = sums_of(digests, self.week_of, len(ledgers))
        return {ledgers[i].mark.id: sums[i] for i in self.unsettled}


def counting_of(present: Present, recorded: Seconds, digests: Digests, ledgers: Sequence[Ledger]) -> Counting:
    """Find out; the ledgers are in order, oldest first."""
    week_of = _by_time(recorded, ledgers)
    noted: dict[str, int] = {}
    for ledger in ledgers:
        noted.update(ledger.head.digests)
    sums = sums_of(digests, week_of, len(ledgers))
    unsettled = tuple(i for i, ledger in enumerate(ledgers) if sums[i] != noted[ledger.mark.id])
    week_of[np.isin(week_of, unsettled)] = NO_WEEK
    ids = {ledgers[i].mark.id for i in unsettled}
    versions = [
        version
        for ledger in ledgers
        for week, found in ledger.head.versions.items()
        if week in ids
        for version in found
    ]
    known = known_of({i: ledgers[i] for i in unsettled}, versions, present)
    there = known.at >= 0
    week_of[known.at[there]] = known.week[there]
    return Counting(week_of, known, unsettled)


def _by_time(recorded: Seconds, ledgers: Sequence[Ledger]) -> Codes:
    """The closed week in whose window each line was recorded."""
    if not ledgers:
        return np.full(len(recorded), NO_WEEK, dtype=np.int32)
    ends = np.array([seconds_of(ledger.mark.end) for ledger in ledgers], dtype=np.int64)
    found = np.searchsorted(ends, recorded, side="right").astype(np.int32)
    outside = (recorded < seconds_of(ledgers[0].mark.start)) | (found == len(ledgers))
    return np.where(outside, np.int32(NO_WEEK), found)
