"""The book of orders by weeks: which line is counted in which week, closing a week, and the reports of any week.

    columns ─► Lines ─┐
                      ├─► Book ─► close ─► ClosedWeek ─► Book with it ─► personal, team, block
    ClosedWeek… ──────┘

A line counts in one week for ever: in the closed week whose ledger has it; else, once it was recorded, in the running
one. Lines recorded before the bot's first week are in none; earlier weeks are made of them for comparison alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd

from bot.planning.periods import Period, week_id
from bot.planning.report_values import Bar, Correction, LeftOut, PersonalReport, TeamReport, WeekBlock
from bot.planning.rules import Rules
from bot.planning.runs import ClosedWeek, WeekMark
from bot.ports import Columns
from bot.reports.figures.counting import NO_WEEK, Counting, counting_of
from bot.reports.figures.digests import sums_of
from bot.reports.figures.kept import Finding, Head, Kept, Told, Version
from bot.reports.figures.known import Findings
from bot.reports.figures.ledger import Ledger, packed
from bot.reports.figures.lines import WANTED, Lines, read_lines
from bot.reports.figures.moments import NO_DAY, NO_MOMENT, seconds_of, serial_of
from bot.reports.figures.people import TeamMember
from bot.reports.figures.sums import Units
from bot.reports.figures.tiers import tier_named
from bot.reports.figures.today import Today
from bot.reports.figures.week import WeekView
from bot.reports.figures.week_lines import WeekLines
from bot.reports.figures.windows import Windows
from sheets_schema.titles import fold
from sheets_schema.workflow import APPROVED, IN_TRANSIT, PENDING, SHIPPED

__all__ = ["WANTED", "Book", "read_book"]

#: How many weeks the bars of a report show, the reported one among them.
WEEKS = 8
#: States in which something is still to be delivered.
_OPEN = (PENDING.key, APPROVED.key, SHIPPED.key, IN_TRANSIT.key)
_SOON = 7


def read_book(
    columns: Mapping[str, Columns],
    closed: Sequence[ClosedWeek],
    adopted_at: datetime | None,
    rules: Rules,
    legal: Mapping[str, str] = MappingProxyType({}),
) -> Book:
    """The book as the sheet shows it (`WANTED` columns) and as the closed weeks remember it, oldest first.

    `legal` is for `read_lines`: the states of lines whose Status cells show others.
    """
    lines = read_lines(columns, adopted_at, rules, legal)
    ledgers = tuple(Ledger(week) for week in closed)
    return _book(
        Today.of(lines, max([lines.quantity_digits, *(ledger.head.digits for ledger in ledgers)])),
        ledgers,
        rules,
    )


def _book(today: Today, ledgers: tuple[Ledger, ...], rules: Rules) -> Book:
    return Book(today, ledgers, counting_of(today.present, today.recorded, today.digests, ledgers), rules)


@dataclass(frozen=True)
class Book:
    """All orders by weeks, at one moment of the sheet. Nothing in it changes; what is costly is worked out once."""

    today: Today
    ledgers: tuple[Ledger, ...]
    counting: Counting
    rules: Rules
    _views: dict[tuple[str, datetime, int], WeekView] = field(default_factory=dict, compare=False, repr=False)

    # ── what there is ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def lines(self) -> Lines:
        """Every line as the sheet shows it, and the rows that are none."""
        return self.today.lines

    @property
    def members(self) -> tuple[TeamMember, ...]:
        """Everybody in Team, as it is now."""
        return self.today.lines.members

    @property
    def closed(self) -> tuple[Period, ...]:
        """The closed weeks, oldest first."""
        return tuple(ledger.period for ledger in self.ledgers)

    @cached_property
    def counted_ids(self) -> frozenset[str]:
        """Row IDs of all lines that a closed week counts."""
        there = self.today.present.row_ids[self.counting.week_of != NO_WEEK]
        return frozenset(there.tolist()) | frozenset(self.counting.known.row_ids.tolist())

    def sellers(self, period: Period, until: datetime) -> frozenset[str]:
        """Names of the members who have lines in this week, cancelled ones and corrections too."""
        found = self._view(period, until).lines
        people = [self.today.names.people.values[code] for code in found.week["person"].unique().tolist()]
        people += [finding.person for finding in found.findings]
        return frozenset(person.name for person in people if person.assigned)

    # ── closing ─────────────────────────────────────────────────────────────────────────────────────────────

    def close(self, period: Period, now: datetime) -> ClosedWeek:
        """The week with the lines it is reported with from now on, and what was found about earlier weeks.

        Weeks close in order: `with_closed` gives the book in which the next one can.
        """
        live = self._windows.lines_of(period, period.end)
        at = live.index.to_numpy()
        columns = self.lines.taken(at)
        codes, person = np.unique(live["person"].to_numpy(), return_inverse=True)
        findings, versions = self._findings(period.id)
        kept = Kept(
            row_ids=columns["row_id"].tolist(),
            amount=live["amount"].to_numpy(),
            quantity=live["quantity"].to_numpy(),
            currency=columns["currency"],
            person=person,
            people=tuple(self.today.names.people.values[code] for code in codes.tolist()),
            cancelled=live["cancelled"].to_numpy(dtype=bool),
        )
        own = sums_of(self.today.digests[at], np.zeros(len(at), dtype=np.int32), 1)[0]
        noted = self.counting.noted(self.ledgers, self.today.digests)
        head = Head({**noted, period.id: own}, versions, self.today.present.digits)
        told = Told(
            findings=findings,
            left_out=self._left_out(period),
            roster=self.members,
            new_customers=self._new_customers(live, period.end),
            tier_a=self._tier_a(live),
        )
        return packed(WeekMark(period.id, period.start, period.end, now), head, kept, columns, told)

    def with_closed(self, week: ClosedWeek) -> Book:
        """The book in which this week, which follows the last closed one, is closed."""
        return _book(self.today, (*self.ledgers, Ledger(week)), self.rules)

    # ── reports ─────────────────────────────────────────────────────────────────────────────────────────────

    def personal(self, member_name: str, period: Period, until: datetime) -> PersonalReport:
        """What this member gets, named as in Team or by the address. Raises KeyError when Team has nobody such."""
        return self._view(period, until).personal(self._member(member_name))

    def team(self, scope: Sequence[str], period: Period, until: datetime) -> TeamReport:
        """What a lead of these teams gets; no team means all of them."""
        return self._view(period, until).team(scope)

    def block(self, period: Period, until: datetime) -> WeekBlock:
        """The week as the Summary tab shows it."""
        index = self._windows.index_of(period)
        at = until if index is None else self.ledgers[index].mark.closed_at
        return WeekBlock(
            period=period,
            closed=index is not None,
            as_of=at.replace(second=0, microsecond=0),
            report=self.team((), period, until),
            corrections=tuple(c for c in self.later_corrections if c.week == period.id)
            if index is not None
            else (),
        )

    def history(self, period: Period, until: datetime, weeks: int) -> tuple[Bar, ...]:
        """The amounts of all orders of so many weeks up to this one, oldest first."""
        return self._view(period, until, weeks).bars()

    @cached_property
    def later_corrections(self) -> tuple[Correction, ...]:
        """Everything found about closed weeks after they were closed, oldest first; also what no week has told yet."""
        told = [
            finding for ledger in self.ledgers if ledger.head.versions for finding in ledger.told.findings
        ]
        return tuple(finding.correction for finding in (*told, *self._findings(self._next_id)[0]))

    # ── worked out once ─────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _windows(self) -> Windows:
        today = self.today
        week_of = self.counting.week_of
        return Windows(
            today.taken, today.recorded, week_of, self.ledgers, today.names, today.present.digits, self.rules
        )

    @property
    def _next_id(self) -> str:
        """The name of the week that follows the last closed one, unless its cutoff is moved."""
        if not self.ledgers:
            return ""
        return week_id((self.ledgers[-1].mark.end.astimezone(self.rules.timezone) + timedelta(days=7)).date())

    def _findings(self, found_in: str) -> tuple[tuple[Finding, ...], dict[str, tuple[Version, ...]]]:
        return Findings(self.counting.known, self.today.present, self.ledgers).found(found_in)

    def _view(self, period: Period, until: datetime, weeks: int = WEEKS) -> WeekView:
        key = (period.id, until, weeks)
        if key not in self._views:
            material = self._material(period, until, weeks)
            units = Units(self.today.names.currencies.values, self.rules.currency, self.today.present.digits)
            self._views[key] = WeekView(material, self.today.names, units, self.rules)
        return self._views[key]

    def _material(self, period: Period, until: datetime, weeks: int) -> WeekLines:
        windows = self._windows
        index = windows.index_of(period)
        told = self.ledgers[index].told if index is not None else None
        until = period.end if told is not None else min(until, period.end)
        week = windows.lines_of(period, until)
        before, earlier = windows.earlier(period, weeks - 1)
        return WeekLines(
            period=period,
            until=until,
            interim=told is None and until < period.end,
            week=week,
            before=before,
            earlier=earlier,
            month=windows.month(period, until),
            due=self._due(until),
            new_customers=told.new_customers if told else self._new_customers(week, until),
            tier_a=told.tier_a if told else self._tier_a(week),
            roster=told.roster if told else self.members,
            findings=told.findings if told else self._findings(period.id)[0],
            left_out=told.left_out if told else self._left_out(period),
        )

    def _due(self, until: datetime) -> pd.DataFrame:
        """Open lines of Contract Orders that are overdue, or due within the next seven days."""
        core = self.lines.core
        status = core["status"].array
        is_open = np.isin(status.codes, [i for i, key in enumerate(status.categories) if key in _OPEN])
        at = np.flatnonzero(is_open)
        day = self.lines.due_days(at)
        near = (day != NO_DAY) & (day <= serial_of(until, self.rules.timezone) + _SOON)
        return self.today.taken(at[near])

    def _new_customers(self, week: pd.DataFrame, until: datetime) -> frozenset[str]:
        """Customers of these lines who have no other line from before that was not cancelled."""
        before = (self.today.recorded < seconds_of(until)) & ~self.today.present.facts.cancelled
        before[week.index.to_numpy()] = False
        older = self.lines.customers_of(before)
        own = (self.today.names.customers.values[code] for code in week["customer"].unique().tolist())
        return frozenset(name for name in own if name and fold(name) not in older)

    def _tier_a(self, week: pd.DataFrame) -> frozenset[str]:
        names, tiers = self.today.names.customers.values, self.today.lines.tiers
        own = (names[code] for code in week["customer"].unique().tolist())
        return frozenset(name for name in own if tier_named(tiers.get(name, "")) == "A")

    def _left_out(self, period: Period) -> tuple[LeftOut, ...]:
        """Rows left out, but those that would have counted before the bot's first week."""
        first = seconds_of(self._windows.begin(period))
        pairs = zip(self.lines.left_out, self.lines.left_out_recorded, strict=True)
        return tuple(left for left, recorded in pairs if recorded == NO_MOMENT or recorded >= first)

    def _member(self, name: str) -> TeamMember:
        """By name, or by address where two have one name."""
        exact = self._members_called.get(name)
        if exact is not None:
            return exact
        wanted = fold(name)
        same = [m for m in self.members if fold(m.name) == wanted]
        same += [m for m in self.members if fold(m.email) == wanted]
        if not same:
            raise KeyError(name)
        return same[0]

    @cached_property
    def _members_called(self) -> dict[str, TeamMember]:
        return {member.name: member for member in reversed(self.members)}
