"""Names as small numbers, the same for the sheet as it is and for weeks long closed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from bot.reports.figures.kept import Person
from bot.reports.figures.people import Sellers, TeamMember
from bot.reports.figures.texts import Coded, Codes
from sheets_schema.titles import fold

T = TypeVar("T", bound=Hashable)


class Vocabulary(Generic[T]):
    """Values and their codes: the first one seen is 0, and a value keeps its code."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self._codes: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self.values)

    def code(self, value: T) -> int:
        """The value's code; a new one when it has none yet."""
        code = self._codes.setdefault(value, len(self.values))
        if code == len(self.values):
            self.values.append(value)
        return code

    def codes(self, values: Iterable[T]) -> Codes:
        """The code of each."""
        return np.array([self.code(value) for value in values], dtype=np.int32)


def recoded(column: Coded, vocabulary: Vocabulary[str]) -> Codes:
    """A column in the vocabulary's codes."""
    found: Codes = vocabulary.codes(column.texts)[column.codes] if len(column.codes) else column.codes
    return found


#: What makes two people the same: ("member", name, address) or ("unknown", text).
SellerKey = tuple[str, str, str]


class Names:
    """Every name that figures speak of. Grows while weeks are unpacked; codes never change."""

    def __init__(self, members: Sequence[TeamMember]) -> None:
        self._members = {member.key: member for member in members}
        self._by_address: dict[str, list[TeamMember]] = {}
        for member in members:
            self._by_address.setdefault(member.email.casefold(), []).append(member)
        self.customers: Vocabulary[str] = Vocabulary()
        self.products: Vocabulary[str] = Vocabulary()
        self.texts: Vocabulary[str] = Vocabulary()
        #: Folded products: what counts as one.
        self.goods: Vocabulary[str] = Vocabulary()
        self.currencies: Vocabulary[str] = Vocabulary()
        self.people: Vocabulary[Person] = Vocabulary()
        self.sellers: Vocabulary[SellerKey] = Vocabulary()
        #: Folded names of teams; 0 is none.
        self.teams: Vocabulary[str] = Vocabulary()
        self.teams.code("")
        #: Folded name -> as it was first written.
        self.team_titles: dict[str, str] = {"": ""}
        self._team_codes: dict[str, int] = {}
        self._member_codes: dict[tuple[str, str], int] = {}
        #: Folded texts of Salesperson cells.
        self.words: Vocabulary[str] = Vocabulary()
        self._good_codes: list[int] = []
        #: By code of the person.
        self._known: list[tuple[int, int, int]] = []

    def seller_of(self, people: Codes) -> Codes:
        """Whose figures the lines of these people count in."""
        return self._facts()[:, 0][people]

    def team_of(self, people: Codes) -> Codes:
        """The team they count in."""
        return self._facts()[:, 1][people]

    def word_of(self, people: Codes) -> Codes:
        """Their Salesperson cells; spellings that differ in case, width or blanks are one."""
        return self._facts()[:, 2][people]

    def goods_of(self, products: Codes) -> Codes:
        """What counts as one product; spellings that differ in case, width or blanks do."""
        for title in self.products.values[len(self._good_codes) :]:
            self._good_codes.append(self.goods.code(fold(title)))
        return np.array(self._good_codes, dtype=np.int32)[products] if len(products) else products

    def member_code(self, member: TeamMember) -> int:
        """The seller that a member is, of the Team as it is or as it was."""
        plain = (member.name, member.email)
        if plain not in self._member_codes:
            self._member_codes[plain] = self.sellers.code(self._member_key(*plain))
        return self._member_codes[plain]

    def is_assigned(self, seller: int) -> bool:
        """Whether Team has, or had, such a member."""
        return self.sellers.values[seller][0] == "member"

    def team_code(self, title: str) -> int:
        """The code of a team by its title."""
        if title not in self._team_codes:
            self.team_titles.setdefault(fold(title), title)
            self._team_codes[title] = self.teams.code(fold(title))
        return self._team_codes[title]

    def _facts(self) -> npt.NDArray[np.int32]:
        for person in self.people.values[len(self._known) :]:
            seller = self.sellers.code(self._seller_key(person))
            self._known.append((seller, self.team_code(person.team), self.words.code(fold(person.text))))
        return np.array(self._known, dtype=np.int32).reshape(-1, 3)

    def _seller_key(self, person: Person) -> SellerKey:
        return (
            self._member_key(person.name, person.email)
            if person.assigned
            else ("unknown", fold(person.text), "")
        )

    def _member_key(self, name: str, email: str) -> SellerKey:
        """Somebody whose name was changed in Team is found by the address."""
        key = (fold(name), email.casefold())
        renamed = self._by_address.get(email.casefold(), []) if email else []
        if key not in self._members and len(renamed) == 1:
            key = renamed[0].key
        return ("member", *key)


def person_of(text: str, sellers: Sellers) -> Person:
    """Whose line it is by what the Salesperson cell says."""
    member = sellers.named(text)
    if member is None:
        return Person(text, "", "", "", assigned=False)
    return Person(text, member.name, member.email, member.team, assigned=True)
