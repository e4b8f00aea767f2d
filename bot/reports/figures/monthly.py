"""A month's figures from all lines: totals, rankings, customers, and how the month stands to those before.

    lines not cancelled ─► months by the moment they were recorded ─► sums ─► MonthReport

How delivery went is worked out by `bot.reports.figures.deliveries`, tiers by `bot.reports.figures.tiers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.planning.month_values import MonthReport, Rate, TierMove
from bot.planning.periods import Period, month_before
from bot.planning.report_values import Bar, Ranked, Sum
from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.figures.deliveries import deliveries
from bot.reports.figures.lines import Lines
from bot.reports.figures.moments import seconds_of
from bot.reports.figures.people import TeamMember
from bot.reports.figures.purchases import Purchases
from bot.reports.figures.rollups import text_of
from bot.reports.figures.sums import Units, sums_by
from bot.reports.figures.tiers import in_order, tier_named, tier_of, year_before
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS

#: What the monthly report and the tier review read beside `bot.reports.figures.lines.WANTED`.
WANTED: Mapping[str, tuple[str, ...]] = {
    CONTRACTS.key: ("delivered_on",),
    ARCHIVE.key: ("delivered_on",),
    CUSTOMERS.key: ("customer_no", "customer", "tier", "owner"),
}
#: Months the chart shows; the month a year ago is the one before the first of them.
_MONTHS = 12
_UNASSIGNED = -1


def monthly_report(
    lines: Lines, columns: Mapping[str, Columns], period: Period, until: datetime, rules: Rules
) -> MonthReport:
    """The figures of the month up to `until`, which is its end unless somebody asked for them before it."""
    book = _Month(lines, Purchases(lines, columns, rules.currency), period, min(until, period.end), rules)
    month = book.sums[_MONTHS]
    buyers = book.buyers
    return MonthReport(
        period=period,
        until=book.until,
        interim=book.until < period.end,
        currency=rules.currency,
        month=month,
        before=book.sums[_MONTHS - 1],
        year_ago=book.sums[0] if book.knows_year_ago else None,
        by_month=book.bars,
        customers=len(buyers),
        repeat=Rate(len(buyers & book.earlier_buyers), len(buyers)),
        tier_a=Rate(len(buyers & book.tier_a), len(buyers)),
        tier_a_share=book.tier_a_share,
        deliveries=deliveries(lines, period, book.until, rules),
        products=book.products(),
        members=book.members(),
        teams=book.teams(),
        moves=book.moves(),
        cancelled=book.cancelled,
        left_out=lines.left_out,
    )


@dataclass(frozen=True)
class _Month:
    """One month among the twelve before it."""

    lines: Lines
    purchases: Purchases
    period: Period
    until: datetime
    rules: Rules

    @cached_property
    def windows(self) -> tuple[Period, ...]:
        """Thirteen months, oldest first, the reported one last."""
        months = [self.period]
        for _ in range(_MONTHS):
            months.insert(0, month_before(self._first_day(months[0]), self.rules.timezone))
        return tuple(months)

    def _first_day(self, month: Period) -> date:
        return month.start.astimezone(self.rules.timezone).date()

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The lines that count, up to now: names as codes, and a `month`: a place in `windows`, -1 for those before."""
        frame = self.purchases.counted
        cancelled = self.lines.frame["cancelled"].to_numpy(dtype=bool)
        sellers = self.lines.frame["salesperson"].cat.codes.to_numpy()[~cancelled]
        frame = frame.assign(
            month=self._month_of(frame),
            seller=sellers,
            order=pd.factorize(frame["order_no"])[0],
            currency=frame["currency"].cat.codes,
        )
        return frame[frame["recorded"] < seconds_of(self.until)]

    def _month_of(self, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
        starts = [seconds_of(month.start) for month in self.windows]
        found: npt.NDArray[np.int64] = np.searchsorted(starts, frame["recorded"].to_numpy(), side="right") - 1
        return found

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """Of each window."""
        found = sums_by(self.counted, self.counted["month"].to_numpy(), self._units)
        return tuple(found.get(place, Sum()) for place in range(_MONTHS + 1))

    @cached_property
    def _units(self) -> Units:
        currencies = [str(code) for code in self.lines.frame["currency"].cat.categories]
        return Units(currencies, self.rules.currency, self.lines.quantity_digits)

    @cached_property
    def knows_year_ago(self) -> bool:
        """Whether the book reaches back to the month a year ago."""
        return bool((self.counted["month"] <= 0).any())

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """The twelve months of the chart; each stands on its first day."""
        currency = self.rules.currency
        return tuple(
            Bar(month.id, total.amount(currency), total.orders, self._first_day(month))
            for month, total in zip(self.windows[1:], self.sums[1:], strict=True)
        )

    @cached_property
    def this(self) -> pd.DataFrame:
        """The month's lines."""
        return self.counted[self.counted["month"] == _MONTHS]

    @cached_property
    def last(self) -> pd.DataFrame:
        """Those of the month before."""
        return self.counted[self.counted["month"] == _MONTHS - 1]

    @cached_property
    def buyers(self) -> frozenset[int]:
        """Who bought in the month; orders whose Customer cell is blank are nobody's."""
        named = self.this[(self.this["customer"] != "").to_numpy(dtype=bool)]
        return frozenset(named["buyer"].unique().tolist())

    @cached_property
    def earlier_buyers(self) -> frozenset[int]:
        """Who bought before the month."""
        return frozenset(self.counted.loc[self.counted["month"] < _MONTHS, "buyer"].unique().tolist())

    @cached_property
    def tier_a(self) -> frozenset[int]:
        """The rows of Customers that are of tier A now."""
        customers = self.purchases.customers
        rows = range(customers.height)
        return frozenset(row for row in rows if tier_named(text_of(customers, "tier", row)) == "A")

    @property
    def tier_a_share(self) -> Decimal | None:
        """Part of the month's amount that customers of tier A bought."""
        is_theirs = self.this["buyer"].isin(list(self.tier_a)).to_numpy(dtype=np.int64)
        parts = sums_by(self.this, is_theirs, self._units)
        return _share(parts.get(1, Sum()), self.sums[_MONTHS], self.rules)

    @property
    def cancelled(self) -> int:
        """Orders recorded in the month of which nothing is left."""
        frame = self.lines.frame
        begin, end = seconds_of(self.period.start), seconds_of(self.until)
        own = frame[(frame["recorded"] >= begin) & (frame["recorded"] < end)]
        off = own["cancelled"].to_numpy(dtype=bool)
        return len(set(own.loc[off, "order_no"]) - set(own.loc[~off, "order_no"]))

    def products(self) -> tuple[Ranked, ...]:
        """What sold, by name; specifications of one product are added."""
        names = [str(name) for name in self.lines.frame["product"].cat.categories]
        codes = [frame["product"].cat.codes.to_numpy() for frame in (self.this, self.last)]
        return self._ranked(codes, lambda code: Ranked(names[code], Sum()))

    def members(self) -> tuple[Ranked, ...]:
        """Who sold; what no member of Team sold comes last, without a name."""
        people = self._people
        places = self._member_of_seller

        def member(place: int) -> Ranked:
            return (
                Ranked(people[place].name, Sum(), team=people[place].team)
                if place >= 0
                else Ranked("", Sum())
            )

        ranked = self._ranked(
            [places[frame["seller"].to_numpy()] for frame in (self.this, self.last)], member
        )
        return _nameless_last(ranked)

    def teams(self) -> tuple[Ranked, ...]:
        """The teams the sellers are in; those without one, and the unassigned, come last, without a name."""
        names = list(dict.fromkeys(member.team for member in self._people if member.team))
        by_member = [names.index(member.team) if member.team else _UNASSIGNED for member in self._people]
        places = np.array([*by_member, _UNASSIGNED], dtype=np.int64)[self._member_of_seller]
        codes = [places[frame["seller"].to_numpy()] for frame in (self.this, self.last)]
        return _nameless_last(
            self._ranked(codes, lambda code: Ranked(names[code] if code >= 0 else "", Sum()))
        )

    @cached_property
    def _people(self) -> Sequence[TeamMember]:
        return list({member.key: member for member in self.lines.sellers if member is not None}.values())

    @cached_property
    def _member_of_seller(self) -> npt.NDArray[np.int64]:
        """Place among `_people` of each category of the salesperson; the last entry is for a blank cell."""
        places = {member.key: place for place, member in enumerate(self._people)}
        found = [_UNASSIGNED if member is None else places[member.key] for member in self.lines.sellers]
        return np.array([*found, _UNASSIGNED], dtype=np.int64)

    def _ranked(
        self, codes: Sequence[npt.NDArray[np.int64]], make: Callable[[int], Ranked]
    ) -> tuple[Ranked, ...]:
        """Everything with a line in the month, the largest amount first; equal ones by orders, then by name."""
        currency, whole = self.rules.currency, self.sums[_MONTHS]
        now, then = (
            sums_by(frame, own, self._units) for frame, own in zip((self.this, self.last), codes, strict=True)
        )
        found = [
            replace(
                make(code), sum=total, before=then.get(code, Sum()), share=_share(total, whole, self.rules)
            )
            for code, total in now.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.sum.amount(currency), -one.sum.orders, one.name)))

    def moves(self) -> tuple[TierMove, ...]:
        """Whose twelve months gave another tier at the month's beginning than they do at its end.

        By amounts at both ends and not by the Tier cells, of which nobody knows what they said then. A first
        purchase that makes a C is no news.
        """
        start, until, customers = self.period.start, self.until, self.purchases.customers
        before, known_before = self.purchases.bought(year_before(start, self.rules), start)
        after, known = self.purchases.bought(year_before(until, self.rules), until)
        moves = []
        for row in known:
            amount = after.get(row, Decimal(0))
            was = tier_of(before.get(row, Decimal(0)), self.rules.tiers) if row in known_before else ""
            now = tier_of(amount, self.rules.tiers)
            if now != was and (was or now != "C"):
                name, number, owner = (
                    text_of(customers, key, row) for key in ("customer", "customer_no", "owner")
                )
                moves.append(TierMove(name, number, owner, was, now, amount))
        return in_order(moves)


def _share(part: Sum, whole: Sum, rules: Rules) -> Decimal | None:
    """The part in the config's currency; None when there is no whole to be part of."""
    amount = whole.amount(rules.currency)
    return part.amount(rules.currency) / amount if amount > 0 else None


def _nameless_last(ranked: Sequence[Ranked]) -> tuple[Ranked, ...]:
    return tuple(sorted(ranked, key=lambda one: not one.name))
