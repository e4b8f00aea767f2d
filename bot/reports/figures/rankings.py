"""Who and what comes first: members, teams, products and orders of one week, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.planning.report_values import OrderLine, Ranked, Sum
from bot.reports.figures.names import Names
from bot.reports.figures.people import TeamMember
from bot.reports.figures.tables import Tables

_LARGEST = 5


@dataclass(frozen=True)
class Scope:
    """The teams that are reported, as codes; None = all, lines without a team among them."""

    teams: frozenset[int] | None

    @classmethod
    def of(cls, titles: Sequence[str], names: Names) -> Scope:
        """The scope that these titles name; no title means all teams."""
        return cls(frozenset(names.team_code(title) for title in titles) if titles else None)

    def has(self, team: int) -> bool:
        """Whether what counts for this team is reported."""
        return self.teams is None or team in self.teams


@dataclass(frozen=True)
class Seller:
    """Somebody who is ranked: a member of Team as it was, or who had lines in the week and is not in Team."""

    code: int
    name: str
    #: Code and title.
    team: int
    title: str
    target: Decimal | None
    #: Expected to have orders.
    sells: bool
    active: bool


def sellers_of(members: Iterable[TeamMember], names: Names) -> tuple[Seller, ...]:
    """The members, each once."""
    found: dict[int, Seller] = {}
    for m in members:
        code = names.member_code(m)
        seller = Seller(code, m.name, names.team_code(m.team), m.team, m.target, m.sells, m.active)
        found.setdefault(code, seller)
    return tuple(found.values())


def share_of(part: Sum, whole: Decimal, currency: str) -> Decimal | None:
    """The part in the config's currency; None when there is no whole."""
    return part.amount(currency) / whole if whole else None


def best_first(ranked: Iterable[Ranked], currency: str) -> tuple[Ranked, ...]:
    """By amount in the config's currency, then orders, then name."""
    return tuple(sorted(ranked, key=lambda r: (-r.sum.amount(currency), -r.sum.orders, r.name)))


def member_ranking(tables: Tables, sellers: Iterable[Seller], currency: str) -> tuple[Ranked, ...]:
    """Everybody who sells or sold, best first, without shares."""
    found = [
        _ranked(tables, seller.code, seller.name, seller.title, seller.target)
        for seller in sellers
        if seller.sells or tables.week(seller.code).lines
    ]
    return best_first(found, currency)


def _ranked(tables: Tables, code: int, name: str, team: str, target: Decimal | None) -> Ranked:
    return Ranked(
        name, tables.week(code), tables.week(code, 1), team=team, target=target, month=tables.month(code)
    )


def unassigned(tables: Tables) -> tuple[Ranked, ...]:
    """The lines of nobody in Team, as one row without a name; none when there are none."""
    row = _ranked(tables, 0, "", "", None)
    return (row,) if row.sum.lines else ()


def with_shares(ranked: Iterable[Ranked], whole: Decimal, currency: str) -> tuple[Ranked, ...]:
    """The same, each with its part of the whole."""
    return tuple(replace(r, share=share_of(r.sum, whole, currency)) for r in ranked)


def team_ranking(
    tables: Tables, sellers: Sequence[Seller], scope: Scope, names: Names, currency: str
) -> tuple[Ranked, ...]:
    """The teams that are reported, best first; what belongs to no team comes last and has no name."""
    if scope.teams is None:
        codes = {seller.team for seller in sellers} | {team for team, back in tables.weeks if back == 0}
    else:
        codes = set(scope.teams)
    ranked = []
    for code in codes:
        if code or tables.week(code).lines:
            title = names.team_titles[names.teams.values[code]]
            own = [seller for seller in sellers if seller.team == code]
            ranked.append(_ranked(tables, code, title, title, target_of(own)))
    return (*best_first((r for r in ranked if r.name), currency), *(r for r in ranked if not r.name))


def target_of(sellers: Iterable[Seller]) -> Decimal | None:
    """The active members' targets added up; None when none has one."""
    targets = [seller.target for seller in sellers if seller.active and seller.target is not None]
    return sum(targets, Decimal(0)) if targets else None


def product_ranking(tables: Tables, group: int, names: Names, currency: str) -> tuple[Ranked, ...]:
    """What was sold, best first, with each product's part of the amount."""
    whole = tables.week(group).amount(currency)
    ranked = [
        Ranked(names.products.values[code], this, before, share=share_of(this, whole, currency))
        for code, this, before in tables.products.get(group, ())
    ]
    return best_first(ranked, currency)


def largest_orders(lines: Iterable[OrderLine], currency: str) -> tuple[OrderLine, ...]:
    """The largest orders in this currency, each as one line that has all of its amount and quantity."""
    orders: dict[str, list[OrderLine]] = {}
    for line in lines:
        if line.currency == currency and not line.cancelled:
            orders.setdefault(line.order_no, []).append(line)
    whole = [_as_one(own) for own in orders.values()]
    return tuple(sorted(whole, key=lambda line: (-line.amount, line.order_no))[:_LARGEST])


def _as_one(lines: Sequence[OrderLine]) -> OrderLine:
    if len(lines) == 1:
        return lines[0]
    products = list(dict.fromkeys(line.product for line in lines))
    more = f" +{len(products) - 1}" if len(products) > 1 else ""
    return replace(
        lines[0],
        product=products[0] + more,
        quantity=sum((line.quantity for line in lines), Decimal(0)),
        amount=sum((line.amount for line in lines), Decimal(0)),
    )
