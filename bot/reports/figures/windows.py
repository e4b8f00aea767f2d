"""Which lines a week's report is made of: those of the week, of the weeks before it, and of its month so far.

Closed weeks give the lines their ledgers have, whatever became of them since. What was found about them by the end of
the reported week is in its month so far, and in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.planning.periods import Period, week_id
from bot.planning.rules import Rules
from bot.reports.figures.counted import Flags, counted, joined
from bot.reports.figures.counting import NO_WEEK
from bot.reports.figures.kept import Version
from bot.reports.figures.ledger import Ledger
from bot.reports.figures.lines import Positions
from bot.reports.figures.moments import Seconds, seconds_of
from bot.reports.figures.names import Names
from bot.reports.figures.numbers import rescaled, whole_of
from bot.reports.figures.texts import Codes


@dataclass(frozen=True)
class Windows:
    """The lines as they are, and the ledgers of the closed weeks, oldest first."""

    #: Lines at positions, as `bot.reports.figures.counted` has them; the positions are their index.
    taken: Callable[[Positions], pd.DataFrame]
    #: When each line was recorded.
    recorded: Seconds
    #: Index of the ledger that counts each line; NO_WEEK where none does.
    week_of: Codes
    ledgers: tuple[Ledger, ...]
    names: Names
    digits: int
    rules: Rules
    _frozen: dict[tuple[int, bool], pd.DataFrame] = field(default_factory=dict, repr=False)

    def index_of(self, period: Period) -> int | None:
        """The place of this week among the closed ones; None when it is not closed."""
        return next((i for i, ledger in enumerate(self.ledgers) if ledger.mark.id == period.id), None)

    def begin(self, period: Period) -> datetime:
        """When the bot's first week began: lines from before are in no week of its own."""
        return min(self.ledgers[0].mark.start, period.start) if self.ledgers else period.start

    def uncounted(self, period: Period, until: datetime) -> Flags:
        """The lines, as they are, that this open week counts by this moment.

        A line that was recorded in a week that is closed, and is not in its ledger, came to light later: it counts here.
        """
        mask = self._within(self.begin(period), until)
        mask &= self.week_of == NO_WEEK
        return mask

    def lines_of(self, period: Period, until: datetime) -> pd.DataFrame:
        """The lines of the week, cancelled ones too, in the order in which they were recorded."""
        index = self.index_of(period)
        if index is not None:
            return self.frozen(index, listed=True)
        at = np.flatnonzero(self.uncounted(period, until))
        return self.taken(at[np.argsort(self.recorded[at], kind="stable")])

    def frozen(self, index: int, *, listed: bool = False) -> pd.DataFrame:
        """The lines of a closed week as they were reported."""
        if (index, listed) not in self._frozen:
            ledger = self.ledgers[index]
            person = self.names.people.codes(ledger.kept.people)[ledger.kept.person]
            quantity = rescaled(ledger.kept.quantity, ledger.head.digits, self.digits)
            lines = counted(ledger.columns, person, quantity, self.names, listed=listed)
            self._frozen[index, listed] = lines
        return self._frozen[index, listed]

    def earlier(self, period: Period, count: int) -> tuple[list[Period], pd.DataFrame]:
        """So many weeks before this one, the nearest first; and their lines, with how many weeks `back` each is."""
        index = self.index_of(period)
        closed = range((len(self.ledgers) if index is None else index) - 1, -1, -1)[:count]
        periods = [self.ledgers[i].period for i in closed]
        frames = [self.frozen(i) for i in closed]
        back = [np.full(len(frame), i + 1) for i, frame in enumerate(frames)]
        first, before = self.begin(period), count - len(periods)
        if before:
            starts = _weeks_earlier(first, before, self.rules.timezone)
            frames.append(self._before_the_bot(starts[-1], first))
            edges = np.array([seconds_of(start) for start in reversed(starts)], dtype=np.int64)
            back.append(count + 1 - np.searchsorted(edges, frames[-1]["recorded"].to_numpy(), side="right"))
            days = [end.astimezone(self.rules.timezone).date() for end in (first, *starts)]
            ends = (first, *starts)
            periods += [Period(week_id(days[i]), starts[i], ends[i]) for i in range(before)]
        return periods, joined(frames).assign(back=np.concatenate(back))

    def month(self, period: Period, until: datetime) -> pd.DataFrame:
        """The lines recorded from the first of the month on, without the cancelled."""
        first = until.astimezone(self.rules.timezone).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
        start = first.astimezone(UTC)
        index = self.index_of(period)
        if index is None:
            lines = self.taken(np.flatnonzero(self._within(start, until)))
        else:
            kept = [self.frozen(i) for i in range(index + 1) if self.ledgers[i].mark.end > start]
            frame = joined(kept)
            frame = frame[frame["recorded"] >= seconds_of(start)]
            heads = [ledger.head for ledger in self.ledgers[: index + 1]]
            versions = [v for head in heads for found in head.versions.values() for v in found]
            before = self._before_the_bot(start, self.begin(period))
            lines = joined([self._revised(frame, versions), before])
        return lines[~lines["cancelled"].to_numpy(dtype=bool)]

    def _within(self, start: datetime, end: datetime) -> Flags:
        within: Flags = (self.recorded >= seconds_of(start)) & (self.recorded < seconds_of(end))
        return within

    def _before_the_bot(self, start: datetime, end: datetime) -> pd.DataFrame:
        return self.taken(np.flatnonzero(self._within(start, end) & (self.week_of == NO_WEEK)))

    def _revised(self, frame: pd.DataFrame, versions: Sequence[Version]) -> pd.DataFrame:
        """The lines as they had become by then."""
        last = {version.row_id: version for version in versions}
        ids = frame["row_id"].tolist()
        at = [i for i, row_id in enumerate(ids) if row_id in last]
        if not at:
            return frame
        found = [last[ids[i]] for i in at]
        person = self.names.people.codes(v.person for v in found)
        changes = {
            "amount": [v.amount for v in found],
            "quantity": [whole_of(v.quantity, self.digits) for v in found],
            "currency": self.names.currencies.codes(v.currency for v in found),
            "seller": self.names.seller_of(person),
            "team": self.names.team_of(person),
            "cancelled": [v.cancelled or v.gone for v in found],
        }
        columns = {}
        for key, values in changes.items():
            column = frame[key].to_numpy(copy=True)
            column[np.array(at)] = values
            columns[key] = column
        return frame.assign(**columns)


def _weeks_earlier(moment: datetime, count: int, zone: ZoneInfo) -> list[datetime]:
    """The same wall clock so many weeks before, the nearest first."""
    wall = moment.astimezone(zone).replace(tzinfo=None)
    return [(wall - timedelta(days=7 * i)).replace(tzinfo=zone).astimezone(UTC) for i in range(1, count + 1)]
