"""Team as reports see it: its members, and whose order it is when a cell names somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bot.ports import Columns
from sheets_schema import Cell
from sheets_schema.cells import plain_text, read_checkbox, read_number
from sheets_schema.languages import language_of
from sheets_schema.roles import SALES, names_in, roles_in
from sheets_schema.titles import fold

#: The columns of Team that are read.
TEAM_COLUMNS = ("name", "email", "team", "role", "language", "active", "weekly_target")


@dataclass(frozen=True)
class TeamMember:
    """One person of Team; two rows with the same name and address are one."""

    name: str
    email: str = ""
    #: As written, without doubles. Orders count for the first of them.
    teams: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    #: "" = the workbook's.
    language: str = ""
    active: bool = True
    #: In the config's currency; None when there is none.
    target: Decimal | None = None

    @property
    def team(self) -> str:
        """The team their orders count for; "" when they are in none."""
        return self.teams[0] if self.teams else ""

    @property
    def sells(self) -> bool:
        """Expected to have orders: active, and Sales by role or without any."""
        return self.active and (SALES in self.roles or not self.roles)

    @cached_property
    def key(self) -> tuple[str, str]:
        """What makes two rows the same person."""
        return fold(self.name), self.email.casefold()


def read_members(team: Columns | None) -> tuple[TeamMember, ...]:
    """Everybody in Team, top to bottom; rows without a name are passed over."""
    found: dict[tuple[str, str], TeamMember] = {}
    for row in range(team.height if team is not None else 0):
        cells = {key: column[row] for key, column in team.cells.items() if row < len(column)} if team else {}
        member = _member(cells)
        if member.name:
            other = found.get(member.key)
            found[member.key] = _merged(other, member) if other else member
    return tuple(found.values())


def _member(cells: dict[str, Cell]) -> TeamMember:
    def text(key: str) -> str:
        return plain_text(cells.get(key, ""))

    target = read_number(cells.get("weekly_target", ""))
    return TeamMember(
        name=text("name"),
        email=text("email"),
        teams=names_in(text("team")),
        roles=roles_in(text("role")),
        language=language_of(text("language"), ""),
        active="active" not in cells or read_checkbox(cells["active"]) is not False,
        target=target if isinstance(target, Decimal) and target > 0 else None,
    )


def _merged(one: TeamMember, other: TeamMember) -> TeamMember:
    return TeamMember(
        name=one.name,
        email=one.email,
        teams=names_in("\n".join((*one.teams, *other.teams))),
        roles=one.roles | other.roles,
        language=one.language or other.language,
        active=one.active or other.active,
        target=one.target if one.target is not None else other.target,
    )


class Sellers:
    """Finds the member that a Salesperson cell names."""

    def __init__(self, members: Iterable[TeamMember]) -> None:
        self._named: dict[str, list[TeamMember]] = {}
        for member in members:
            for name in {fold(member.name), fold(member.email)} - {""}:
                self._named.setdefault(name, []).append(member)

    def named(self, text: str) -> TeamMember | None:
        """The member of this name or address, also one who has left; None when there is none, or more than one.

        Among several of one name the only active one is meant.
        """
        found = self._named.get(fold(text), [])
        if len(found) > 1:
            found = [member for member in found if member.active]
        return found[0] if len(found) == 1 else None


def resolved_customers(customers: Columns | None) -> dict[str, tuple[str, str]]:
    """Folded number or name -> the name in Customers and the Tier cell's text; a number wins over a name."""
    found: dict[str, tuple[str, str]] = {}
    if customers is None:
        return found
    names, tiers = customers.cells.get("customer", ()), customers.cells.get("tier", ())
    for key in ("customer_no", "customer"):
        for row, cell in enumerate(customers.cells.get(key, ())):
            name = plain_text(names[row]) if row < len(names) else ""
            folded = fold(plain_text(cell)) if name else ""
            if folded and folded not in found:
                found[folded] = (name, plain_text(tiers[row]) if row < len(tiers) else "")
    return found
