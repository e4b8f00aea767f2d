"""What was found in a workbook, and what it is proposed to mean, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.mapping.values import Sample


@dataclass(frozen=True)
class TabSeen:
    """A tab of the workbook as it was found."""

    title: str
    columns: tuple[Sample, ...] = ()
    #: The first row holds something else, and titles seem to stand further down.
    is_headless: bool = False


@dataclass(frozen=True)
class Match:
    """A title of the workbook that stands for a tab or, with `column`, for one of its columns."""

    tab: str
    column: str
    title: str
    #: From 0 to 1.
    worth: float
    why: str


@dataclass(frozen=True)
class Proposal:
    """What was found, and what was not."""

    certain: tuple[Match, ...] = ()
    doubtful: tuple[Match, ...] = ()
    #: Tab key -> titles below which nothing was recognised.
    foreign: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Titles of the tabs that are none of the schema's.
    foreign_tabs: tuple[str, ...] = ()
    #: Sentences on what a person has to look at.
    notes: tuple[str, ...] = ()

    @property
    def tabs(self) -> dict[str, str]:
        """The own names of tabs, for the config."""
        return {match.tab: match.title for match in self.certain if not match.column}

    @property
    def titles(self) -> dict[str, dict[str, str]]:
        """The own titles of columns, for the config."""
        found: dict[str, dict[str, str]] = {}
        for match in self.certain:
            if match.column:
                found.setdefault(match.tab, {})[match.column] = match.title
        return found
