"""What a command shows to a person, before anybody has decided how: sentences and tables, as values.

facts ─► blocks ─► bot.terminal draws them          facts ─► lines, for pipes          facts ─► JSON
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a text means to its reader; colour only repeats what its words or sign say."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    QUIET = "quiet"
    STRONG = "strong"


@dataclass(frozen=True)
class Said:
    """A sentence, or what stands in a cell of a table. Typed text may be in it as it is: drawing makes it harmless."""

    text: str
    tone: Tone = Tone.PLAIN


class Fit(StrEnum):
    """What may become of a column where the terminal is narrow."""

    SHORT = "short"  #: stays on one line
    WORDS = "words"  #: runs on over several lines
    COPIED = "copied"  #: people copy it: never cut nor broken, it takes a line of its own instead


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    title: str = ""
    fit: Fit = Fit.SHORT
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under a heading; without a row it is not shown."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Said, ...], ...]


Block = Said | Table

#: A name on the left and what there is to say of it: a table without titles.
PAIRS = (Column(), Column(fit=Fit.WORDS))


def pair(name: str, text: str, tone: Tone = Tone.PLAIN) -> tuple[Said, Said]:
    """A row of PAIRS."""
    return Said(name, Tone.QUIET), Said(text, tone)
