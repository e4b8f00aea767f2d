"""The reports of one week: sums worked out for all members and teams at once, then told apart.

week, weeks before, month ─► Tables by seller, by team, of all ─► PersonalReport, TeamReport
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd

from bot.planning.report_values import (
    Bar,
    Correction,
    LeftOut,
    OrderLine,
    PersonalReport,
    TeamReport,
    WeekFigures,
)
from bot.planning.rules import Rules
from bot.reports.figures.counted import joined, order_lines, with_orders
from bot.reports.figures.kept import Finding, Person
from bot.reports.figures.moments import day_of, serial_of
from bot.reports.figures.names import Names, person_of
from bot.reports.figures.people import Sellers, TeamMember
from bot.reports.figures.rankings import (
    Scope,
    Seller,
    largest_orders,
    member_ranking,
    product_ranking,
    sellers_of,
    target_of,
    team_ranking,
    unassigned,
    with_shares,
)
from bot.reports.figures.sums import Keys, Units
from bot.reports.figures.tables import FLAT, Material, Tables, tables_of
from bot.reports.figures.week_lines import WeekLines

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class _Part:
    """What of the week belongs to one report."""

    tables: Tables
    group: int
    lines: Sequence[OrderLine]
    target: Decimal | None
    corrections: tuple[Correction, ...]
    left_out: tuple[LeftOut, ...]


class WeekView:
    """The reports of one week. What several of them need is worked out once."""

    def __init__(self, lines: WeekLines, names: Names, units: Units, rules: Rules) -> None:
        self.lines, self._names, self._units, self._rules = lines, names, units, rules
        zone = rules.timezone
        self._days = range(
            serial_of(lines.period.start, zone), serial_of(lines.period.end - _INSTANT, zone) + 1
        )
        # A line that came to light after its own week has no day in this one: the first has it.
        day = lines.week["day"].clip(self._days[0], self._days[-1])
        recent = joined([lines.week.assign(back=0, day=day), lines.earlier])
        recent = recent[~recent["cancelled"].to_numpy(dtype=bool)]
        self._material = Material(with_orders(recent), with_orders(lines.month), len(lines.before) + 1)

    # ── reports ─────────────────────────────────────────────────────────────────────────────────────────────

    def personal(self, member: TeamMember) -> PersonalReport:
        """What this member gets."""
        seller = self._names.member_code(member)
        part = _Part(
            tables=self._by_seller,
            group=seller,
            lines=self._lines_of.get(seller, ()),
            target=member.target,
            corrections=tuple(f.correction for f, owner, _ in self._findings if owner == seller),
            left_out=tuple(left for left, owner, _ in self._left_out if owner == seller),
        )
        today = serial_of(self.lines.until, self._rules.timezone)
        due = self._due_of.get(seller, ())
        return PersonalReport(
            member.name,
            member.team,
            self._figures(part),
            due=tuple(line for line, day in due if day >= today),
            overdue=tuple(line for line, day in due if day < today),
        )

    def team(self, titles: Sequence[str]) -> TeamReport:
        """What a lead of these teams gets; of all teams when none is named.

        Rows left out whose salesperson is nobody's are told to every lead.
        """
        currency, scope = self._rules.currency, Scope.of(titles, self._names)
        sellers = [seller for seller in self._sellers if scope.has(seller.team)]
        part = _Part(
            tables=self._of_scope(scope),
            group=0,
            lines=self._lines_within(scope),
            target=target_of(sellers),
            corrections=tuple(f.correction for f, _, team in self._findings if scope.has(team)),
            left_out=tuple(left for left, _, team in self._left_out if team is None or scope.has(team)),
        )
        whole = part.tables.week(0).amount(currency)
        people = (*sellers, *(seller for seller in self._strays if scope.has(seller.team)))
        strangers = unassigned(self._of_strangers) if scope.teams is None else ()
        teams = team_ranking(self._by_team, self._sellers, scope, self._names, currency)
        return TeamReport(
            scope=tuple(titles),
            figures=self._figures(part),
            teams=with_shares(teams, whole, currency),
            members=with_shares(
                (*member_ranking(self._by_seller, people, currency), *strangers), whole, currency
            ),
            without_orders=tuple(
                s.name for s in sellers if s.sells and not self._by_seller.week(s.code).lines
            ),
            tier_a_share=self._tier_a_share(part.lines, whole),
            largest=largest_orders(part.lines, currency),
        )

    def bars(self) -> tuple[Bar, ...]:
        """The amounts of all orders by week, oldest first."""
        return self._week_bars(self._of_scope(Scope(None)), 0)

    # ── what both kinds share ───────────────────────────────────────────────────────────────────────────────

    def _figures(self, part: _Part) -> WeekFigures:
        of, tables, group = self.lines, part.tables, part.group
        customers = dict.fromkeys(
            line.customer for line in part.lines if line.customer and not line.cancelled
        )
        return WeekFigures(
            period=of.period,
            until=of.until,
            interim=of.interim,
            currency=self._rules.currency,
            week=tables.week(group),
            before=tables.week(group, 1),
            month=tables.month(group),
            target=part.target,
            by_day=self._day_bars(tables, group),
            by_week=self._week_bars(tables, group),
            products=product_ranking(tables, group, self._names, self._rules.currency),
            new_customers=tuple(c for c in customers if c in of.new_customers),
            returning_customers=tuple(c for c in customers if c not in of.new_customers),
            lines=tuple(line for line in part.lines if not line.cancelled),
            late_entries=tuple(line for line in part.lines if line.late_entry and not line.cancelled),
            cancelled=tuple(line for line in part.lines if line.cancelled),
            corrections=part.corrections,
            left_out=part.left_out,
        )

    def _day_bars(self, tables: Tables, group: int) -> tuple[Bar, ...]:
        heights = tables.day_bars
        return tuple(
            Bar(day.isoformat(), *heights.get((group, serial), FLAT), day) for serial, day in self._calendar
        )

    def _week_bars(self, tables: Tables, group: int) -> tuple[Bar, ...]:
        heights = tables.week_bars
        return tuple(Bar(week, *heights.get((group, back), FLAT), day) for back, week, day in self._weeks)

    @cached_property
    def _calendar(self) -> list[tuple[int, date]]:
        return [(serial, day) for serial in self._days if (day := day_of(serial)) is not None]

    @cached_property
    def _weeks(self) -> list[tuple[int, str, date]]:
        """How many weeks back, name and last day of each week, oldest first."""
        periods = [self.lines.period, *self.lines.before]
        zone = self._rules.timezone
        weeks = [(back, p.id, p.end.astimezone(zone).date()) for back, p in enumerate(periods)]
        return weeks[::-1]

    def _tier_a_share(self, lines: Iterable[OrderLine], whole: Decimal) -> Decimal | None:
        own = (a for a in lines if a.customer in self.lines.tier_a and a.currency == self._rules.currency)
        bought = sum((line.amount for line in own if not line.cancelled), Decimal(0))
        return bought / whole if whole else None

    # ── worked out once ─────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _by_seller(self) -> Tables:
        return tables_of(self._material, lambda frame: _keys(frame, "seller"), self._units)

    @cached_property
    def _by_team(self) -> Tables:
        return tables_of(self._material, lambda frame: _keys(frame, "team"), self._units)

    @cached_property
    def _of_all(self) -> Tables:
        return tables_of(self._material, lambda frame: np.zeros(len(frame), dtype=np.int64), self._units)

    @cached_property
    def _of_strangers(self) -> Tables:
        """All lines of nobody in Team, as group 0."""
        names = self._names
        nobody = np.array([not names.is_assigned(code) for code in range(len(names.sellers))] or [False])
        return tables_of(
            self._material, lambda frame: np.where(nobody[_keys(frame, "seller")], 0, -1), self._units
        )

    def _of_scope(self, scope: Scope) -> Tables:
        """The lines of these teams, as group 0."""
        if scope.teams is None:
            return self._of_all
        if len(scope.teams) == 1:
            return self._by_team.only(next(iter(scope.teams)))
        wanted = list(scope.teams)
        return tables_of(
            self._material, lambda frame: np.where(np.isin(_keys(frame, "team"), wanted), 0, -1), self._units
        )

    @cached_property
    def _lines(self) -> list[tuple[OrderLine, int, int]]:
        """The week's lines with their seller and team, in the order in which they were recorded."""
        week = self.lines.week
        lines = order_lines(week, self._names, self._units, self._days[0])
        return list(zip(lines, week["seller"].tolist(), week["team"].tolist(), strict=True))

    @cached_property
    def _lines_of(self) -> dict[int, list[OrderLine]]:
        found: dict[int, list[OrderLine]] = defaultdict(list)
        for line, seller, _ in self._lines:
            found[seller].append(line)
        return dict(found)

    @cached_property
    def _lines_of_team(self) -> dict[int, list[OrderLine]]:
        found: dict[int, list[OrderLine]] = defaultdict(list)
        for line, _, team in self._lines:
            found[team].append(line)
        return dict(found)

    def _lines_within(self, scope: Scope) -> Sequence[OrderLine]:
        if scope.teams is not None and len(scope.teams) == 1:
            return self._lines_of_team.get(next(iter(scope.teams)), ())
        return [line for line, _, team in self._lines if scope.has(team)]

    @cached_property
    def _sellers(self) -> tuple[Seller, ...]:
        return sellers_of(self.lines.roster, self._names)

    @cached_property
    def _strays(self) -> tuple[Seller, ...]:
        """Who had lines in the week and is not in Team any more, as they were called then."""
        known = {seller.code for seller in self._sellers}
        found: dict[int, Seller] = {}
        for line, code, team in self._lines:
            if code not in known and line.assigned and not line.cancelled:
                stray = Seller(code, line.salesperson, team, line.team, None, sells=False, active=False)
                found.setdefault(code, stray)
        return tuple(found.values())

    @cached_property
    def _due_of(self) -> dict[int, list[tuple[OrderLine, int]]]:
        """By seller, the most urgent first."""
        due = self.lines.due.sort_values(["due_day", "order_no"], kind="stable")
        found: dict[int, list[tuple[OrderLine, int]]] = defaultdict(list)
        lines = order_lines(due, self._names, self._units, 0)
        for line, seller, day in zip(lines, due["seller"].tolist(), due["due_day"].tolist(), strict=True):
            found[seller].append((line, day))
        return dict(found)

    @cached_property
    def _findings(self) -> list[tuple[Finding, int, int]]:
        sellers = self._owners(finding.person for finding in self.lines.findings)
        return [(finding, *owner) for finding, owner in zip(self.lines.findings, sellers, strict=True)]

    @cached_property
    def _left_out(self) -> list[tuple[LeftOut, int, int | None]]:
        """With seller and team; no team where Team has no such member."""
        if not self.lines.left_out:
            return []
        find = Sellers(self.lines.roster)
        people = [person_of(left.salesperson, find) for left in self.lines.left_out]
        owners = self._owners(people)
        return [
            (left, seller, team if person.assigned else None)
            for left, person, (seller, team) in zip(self.lines.left_out, people, owners, strict=True)
        ]

    def _owners(self, people: Iterable[Person]) -> Iterator[tuple[int, int]]:
        codes = self._names.people.codes(people)
        return zip(self._names.seller_of(codes).tolist(), self._names.team_of(codes).tolist(), strict=True)


def _keys(frame: pd.DataFrame, column: str) -> Keys:
    keys: Keys = frame[column].to_numpy(dtype=np.int64)
    return keys
