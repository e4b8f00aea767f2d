"""Team as people who read mail: rows under one address are one person. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.reports.figures.people import TeamMember
from bot.reports.readers import Reader
from sheets_schema.roles import LEAD, names_in
from sheets_schema.titles import fold


@dataclass(frozen=True)
class Person:
    """Everybody active under one address; without one, under one name."""

    members: tuple[TeamMember, ...]

    @cached_property
    def reader(self) -> Reader:
        """As mail is addressed to them: named as in the first row, in the first language that a row has."""
        first = self.members[0]
        language = next((member.language for member in self.members if member.language), "")
        return Reader(first.name, first.email, language)

    @property
    def key(self) -> str:
        """What tells them from others."""
        return self.reader.key

    @cached_property
    def roles(self) -> frozenset[str]:
        """All that any row names."""
        return frozenset(role for member in self.members for role in member.roles)

    def leads(self, teams: frozenset[str]) -> bool:
        """Whether they answer for people of these teams (folded names); somebody without a team is every lead's concern."""
        own = [member for member in self.members if LEAD in member.roles]
        return any(not teams or not lead.teams or not teams.isdisjoint(map(fold, lead.teams)) for lead in own)


class Persons:
    """Everybody in Team, and who is meant where a cell names somebody."""

    def __init__(self, members: Iterable[TeamMember]) -> None:
        self._named: dict[str, list[TeamMember]] = {}
        active: dict[str, list[TeamMember]] = {}
        for member in members:
            if member.active:
                active.setdefault(key_of(member), []).append(member)
            for name in {fold(member.name), fold(member.email)} - {""}:
                self._named.setdefault(name, []).append(member)
        #: Top to bottom.
        self.active = tuple(Person(tuple(own)) for own in active.values())

    def named(self, text: str) -> tuple[TeamMember, ...]:
        """The rows of the one person of this name or address, also of one who has left; () where that is not clear.

        Among several of one name those who are active are meant.
        """
        found = self._named.get(fold(text), [])
        if len({key_of(member) for member in found}) > 1:
            found = [member for member in found if member.active]
        return tuple(found) if len({key_of(member) for member in found}) == 1 else ()

    def named_in(self, text: str) -> tuple[str, ...]:
        """The keys of the people a cell lists; a whole cell first, as a name may hold the signs between names."""
        whole = self.named(text)
        found = [whole] if whole else [self.named(name) for name in names_in(text)]
        return tuple(dict.fromkeys(key_of(rows[0]) for rows in found if rows))


def key_of(member: TeamMember) -> str:
    """The key of the person whose row it is."""
    return Reader(member.name, member.email, "").key
