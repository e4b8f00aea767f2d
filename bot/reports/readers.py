"""Who gets which report. Pure.

One mail a person and run: who stands in Team twice, under one address, is one person; a lead of two teams gets both
in one mail. Somebody who ought to get one and has no address is a reader too, so that the run can name them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.planning.catalog import is_address
from sheets_schema.roles import LEAD, SALES
from sheets_schema.titles import fold


class Person(Protocol):
    """A row of Team, as far as it matters here."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def email(self) -> str: ...  # noqa: D102
    @property
    def teams(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def roles(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def language(self) -> str: ...  # noqa: D102
    @property
    def active(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Reader:
    """One person who gets a report."""

    name: str
    email: str
    #: "" = the workbook's.
    language: str
    #: For leads: the teams reported to them; empty = all.
    scope: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this reader from the others of a run: the address, or the name where there is none."""
        return self.email.casefold() if self.email else fold(self.name)

    @property
    def trouble(self) -> str:
        """Why nothing can be sent: "no_email", "bad_email", or "" when it can."""
        if not self.email:
            return "no_email"
        return "" if is_address(self.email) else "bad_email"


def personal_readers(people: Iterable[Person], sellers: Collection[str]) -> tuple[Reader, ...]:
    """Everybody active who sells, by role or because orders carry their name (`sellers`, names as Team has them).

    Two people who share a mailbox get a mail each, since each of them has figures of their own.
    """
    found: dict[tuple[str, str], Reader] = {}
    for person in people:
        sells = SALES in person.roles or not person.roles or person.name in sellers
        if person.active and sells:
            reader = Reader(person.name, person.email, person.language)
            found.setdefault((reader.key, fold(person.name)), reader)
    return tuple(found.values())


def team_readers(people: Iterable[Person]) -> tuple[Reader, ...]:
    """Every active lead once, with all teams that any row names for them; no team at all means every team."""
    rows: dict[str, list[Person]] = {}
    for person in people:
        if person.active and LEAD in person.roles:
            rows.setdefault(Reader(person.name, person.email, "").key, []).append(person)
    return tuple(Reader(own[0].name, own[0].email, own[0].language, _scope(own)) for own in rows.values())


def _scope(own: Sequence[Person]) -> tuple[str, ...]:
    if any(not person.teams for person in own):
        return ()
    teams: dict[str, str] = {}
    for team in (team for person in own for team in person.teams):
        teams.setdefault(fold(team), team)
    return tuple(teams.values())
