"""The schema under a team's own names: what `workbook.tabs` and `workbook.titles` of the config say.

A value that is built once from the settings and handed to whatever reads titles. It changes no key and no meaning:
only what a tab or a column is called, beside the names that the schema gives it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sheets_schema import ARCHIVE, CONTRACTS, LAID_OUT, TABS, Tab
from sheets_schema.titles import fold

#: The tabs whose columns can have own titles. Archive has those of Contract Orders, and Summary has none.
TITLED: tuple[Tab, ...] = tuple(tab for tab in LAID_OUT if tab.fields and tab.key != ARCHIVE.key)
_POLLED = frozenset(tab.key for tab in TABS)


@dataclass(frozen=True)
class Schema:
    """Every tab under the names it has in one workbook."""

    #: The tabs that `init` lays out, in the order of `LAID_OUT`.
    laid_out: tuple[Tab, ...] = LAID_OUT

    @cached_property
    def by_key(self) -> Mapping[str, Tab]:
        """The tabs by key."""
        return {tab.key: tab for tab in self.laid_out}

    @cached_property
    def polled(self) -> tuple[Tab, ...]:
        """The tabs that a poll reads, in the order of `TABS`."""
        return tuple(tab for tab in self.laid_out if tab.key in _POLLED)

    def named(self, tab: Tab) -> Tab:
        """This tab under its names here."""
        return self.by_key[tab.key]


#: The names of a workbook that `init` has built.
STANDARD = Schema()


def schema_named(tabs: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]) -> Schema:
    """The schema with these own names: tab key -> title, and tab key -> column key -> title."""
    if not any(tabs.values()) and not any(titles.values()):
        return STANDARD
    return Schema(tuple(_named(tab, tabs, titles) for tab in LAID_OUT))


def _named(tab: Tab, tabs: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]) -> Tab:
    own = titles.get(CONTRACTS.key if tab.key == ARCHIVE.key else tab.key, {})
    fields = tuple(replace(field, own=own.get(field.key, "").strip()) for field in tab.fields)
    return replace(tab, own=tabs.get(tab.key, "").strip(), fields=fields)


def naming_problems(
    tabs: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Everything that is wrong with these names: where it is, such as "titles.contracts.customer", and what."""
    known = {tab.key: tab for tab in LAID_OUT}
    listed = {key: title for key, title in tabs.items() if key in known}
    for key in (key for key in tabs if key not in known):
        yield f"tabs.{key}", f"is no tab; there are: {', '.join(known)}"
    yield from _clashes("tabs", listed, {key: (tab.en, tab.zh, *tab.aliases) for key, tab in known.items()})
    titled = {tab.key: tab for tab in TITLED}
    for key, own in titles.items():
        if key == ARCHIVE.key:
            yield f"titles.{key}", "has the columns of Contract Orders: give their titles under contracts"
        elif key not in titled:
            yield f"titles.{key}", f"is no tab with titles; there are: {', '.join(titled)}"
        else:
            yield from _column_problems(titled[key], own)


def _column_problems(tab: Tab, own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key in (key for key in own if key not in tab.by_key):
        yield f"titles.{tab.key}.{key}", f"is no column of this tab; there are: {', '.join(tab.by_key)}"
    schema = {field.key: (field.en, field.zh, *field.aliases) for field in tab.fields}
    listed = {key: title for key, title in own.items() if key in schema}
    yield from _clashes(f"titles.{tab.key}", listed, schema)


def _clashes(
    where: str, own: Mapping[str, str], schema: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Own names that are blank, that two go by, or that another has by schema."""
    times = Counter(map(fold, own.values()))
    others = {fold(name): key for key, names in reversed([*schema.items()]) for name in names}
    for key, title in own.items():
        folded = fold(title)
        if not folded:
            yield (
                f"{where}.{key}",
                "is blank: write the title as it stands in the spreadsheet, or take the line out",
            )
        elif times[folded] > 1:
            twins = ", ".join(other for other in own if other != key and fold(own[other]) == folded)
            yield f"{where}.{key}", f"has the same title as {twins}"
        elif others.get(folded, key) != key and folded not in {fold(name) for name in schema[key]}:
            yield (
                f"{where}.{key}",
                f"has a title that belongs to {others[folded]}: choose another in the spreadsheet",
            )
