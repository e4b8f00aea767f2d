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

    def title(self, language: str) -> str:
        """The title `init` writes in this language."""
        return self.zh if language == "zh-CN" else self.en


@dataclass(frozen=True)
class Tab:
    """One tab: its titles and its columns in the order `init` lays them out."""

    key: str
    en: str
    zh: str
    fields: tuple[Field, ...]
    aliases: tuple[str, ...] = field(default=())

    def title(self, language: str) -> str:
        """The title `init` gives the tab in this language."""
        return self.zh if language == "zh-CN" else self.en

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """The columns by key."""
        return {f.key: f for f in self.fields}

    def keys(self, *owners: Owner) -> tuple[str, ...]:
        """Keys of the columns that one of these owners writes, in order."""
        return tuple(f.key for f in self.fields if f.owner in owners)
