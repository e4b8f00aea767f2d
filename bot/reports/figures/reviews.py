"""The quarterly review of customer tiers: who would move, and who is told about whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.planning.month_values import TierReview
from bot.planning.periods import Period
from bot.planning.rules import Rules
from bot.ports import Columns
from bot.reports.figures.lines import Lines
from bot.reports.figures.people import Sellers, TeamMember
from bot.reports.figures.purchases import Purchases
from bot.reports.figures.rollups import text_of
from bot.reports.figures.tiers import tier_moves, year_before
from bot.reports.readers import Reader, team_readers
from sheets_schema.roles import names_in


@dataclass(frozen=True)
class OwnReview:
    """The review as one person gets it."""

    reader: Reader
    #: With the reader's own customers, or everybody's for a lead.
    review: TierReview

    @property
    def has_news(self) -> bool:
        """Whether anybody moves: the config may leave a mail without news out."""
        return bool(self.review.moves)


def tier_review(
    lines: Lines, columns: Mapping[str, Columns], period: Period, until: datetime, rules: Rules
) -> TierReview:
    """Who is in another tier by the twelve months before the quarter's end, or before `until` where that is sooner."""
    purchases = Purchases(lines, columns, rules.currency)
    end = min(until, period.end)
    since = year_before(end, rules)
    amounts, known = purchases.bought(since, end)
    return TierReview(
        period=period,
        since=since,
        until=end,
        currency=rules.currency,
        a=rules.tiers.a,
        b=rules.tiers.b,
        applied=rules.tiers.apply,
        everybody=True,
        moves=tier_moves(purchases.customers, amounts, known, rules),
    )


def own_reviews(
    review: TierReview, customers: Columns, members: Sequence[TeamMember]
) -> tuple[OwnReview, ...]:
    """One review a person: leads get everybody's customers, other active owners those that name them.

    A customer whose owner is blank, has left, or is nobody in Team is on the leads' list alone. Several owners in a
    cell are all told.
    """
    leads = {reader.key: reader for reader in team_readers(members)}
    owners = _Owners(members)
    readers: dict[str, Reader] = {}
    for row in range(customers.height):
        for member in owners.of(text_of(customers, "owner", row)):
            reader = Reader(member.name, member.email, member.language)
            if reader.key not in leads:
                readers.setdefault(reader.key, reader)
    moves = {
        key: tuple(
            m for m in review.moves if key in {Reader(o.name, o.email, "").key for o in owners.of(m.owner)}
        )
        for key in readers
    }
    return (
        *(OwnReview(replace(reader, scope=()), review) for reader in leads.values()),
        *(
            OwnReview(reader, replace(review, everybody=False, moves=moves[key]))
            for key, reader in readers.items()
        ),
    )


class _Owners:
    """Finds the active members that an Owner cell names; each text is looked up once."""

    def __init__(self, members: Sequence[TeamMember]) -> None:
        self._sellers = Sellers(members)
        self._known: dict[str, tuple[TeamMember, ...]] = {}

    def of(self, text: str) -> tuple[TeamMember, ...]:
        if text not in self._known:
            # A whole cell first: a name may hold the very signs that stand between names.
            whole = self._sellers.named(text)
            named = [whole] if whole is not None else [self._sellers.named(name) for name in names_in(text)]
            self._known[text] = tuple(member for member in named if member is not None and member.active)
        return self._known[text]
