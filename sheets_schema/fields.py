"""What a tab and a column are: values that the tab modules fill in and everything else reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

#: What the Sheets API gives for one cell with UNFORMATTED_VALUE: a blank cell is the empty string.
Cell = str | int | float | bool

LANGUAGES = ("en", "zh-CN")


class Kind(StrEnum):
    """How a column's cells are read and formatted. Not how they are validated: that is planning's."""

    TEXT = "text"  #: stays text: phones, 007, 12E3
    MONEY = "money"
    QUANTITY = "quantity"
    DATE = "date"
    DATETIME = "datetime"
    CHECKBOX = "checkbox"


class Owner(StrEnum):
    """Who writes a column."""

    PERSON = "person"  #: people; the bot never writes it
    FILLED = "filled"  #: the bot fills it when blank and otherwise only checks it ("b")
    BOT = "bot"  #: the bot alone ("B")


@dataclass(frozen=True)
class Field:
    """One column: a key for code, a title per language for people."""

    key: str
    en: str
    zh: str
    kind: Kind = Kind.TEXT
    owner: Owner = Owner.PERSON
    #: A row without it is not ready.
    required: bool = False
    #: Without this column the tab cannot be worked with at all.
    needed: bool = False
    hidden: bool = False
    aliases: tuple[str, ...] = ()
    #: What the team calls it in its own workbook; "" = nothing of its own (`sheets_schema.naming`).
    own: str = ""

    def title(self, language: str) -> str:
        """The team's own title, else the one `init` writes in this language."""
        return self.own or (self.zh if language == "zh-CN" else self.en)

    @property
    def names(self) -> tuple[str, ...]:
        """Every title it goes by, the team's own first.

        What the bot writes goes by its own title alone once it has one, so that a column of people's that happens to
        be called like it in the schema is left alone.
        """
        if self.own and self.owner is Owner.BOT:
            return (self.own,)
        return (*((self.own,) if self.own else ()), self.en, self.zh, *self.aliases)


@dataclass(frozen=True)
class Tab:
    """One tab: its titles and its columns in the order `init` lays them out."""

    key: str
    en: str
    zh: str
    fields: tuple[Field, ...]
    aliases: tuple[str, ...] = field(default=())
    #: What the team calls it; "" = nothing of its own.
    own: str = ""

    def title(self, language: str) -> str:
        """The team's own title, else the one `init` gives the tab in this language."""
        return self.own or (self.zh if language == "zh-CN" else self.en)

    @property
    def names(self) -> tuple[str, ...]:
        """Every title it goes by, the team's own first."""
        return (*((self.own,) if self.own else ()), self.en, self.zh, *self.aliases)

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """The columns by key."""
        return {f.key: f for f in self.fields}

    def keys(self, *owners: Owner) -> tuple[str, ...]:
        """Keys of the columns that one of these owners writes, in order."""
        return tuple(f.key for f in self.fields if f.owner in owners)
