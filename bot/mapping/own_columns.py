"""The columns that the bot writes kept apart from people's own, and what a person has to look at before it comes. Pure.

An order book may well have a column called E-mail, for the customers' addresses: the bot's marks get one of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.mapping.matches import Match, TabSeen
from bot.mapping.values import speaks
from bot.planning.notices import structure_sentence
from sheets_schema import Field, Owner, Tab
from sheets_schema.naming import schema_named
from sheets_schema.titles import column_keys, read_header

#: What the bot writes into every row, whoever else wrote there.
_MARKED = frozenset({"mail_status", "problem", "result", "row_id"})


def under_matches(tab: Tab, found: Sequence[Match]) -> Tab:
    """The tab as it will be called once these matches are in the config."""
    own = {match.column: match.title for match in found}
    return schema_named({}, {tab.key: {**{f.key: f.own for f in tab.fields if f.own}, **own}}).named(tab)


def kept_apart(
    tab: Tab, here: TabSeen, language: str, *, is_new: bool
) -> tuple[tuple[Match, ...], tuple[str, ...]]:
    """Titles for the bot's own columns where people have one that is called, or nearly called, the same."""
    titles = [sample.title for sample in here.columns]
    cells = {key: here.columns[i].cells for i, key in reversed([*enumerate(column_keys(tab, titles))]) if key}
    near = {p.title for p in read_header(tab, here.title, titles, language).problems if p.found}
    kept: list[Match] = []
    notes: list[str] = []
    for column in tab.fields:
        if column.owner is not Owner.BOT or column.own:
            continue
        is_theirs = is_new and column.key in _MARKED and bool(cells.get(column.key))
        if is_theirs or column.title(language) in near:
            new = next(_titles_apart(tab, column, here, language), None)
            if new is not None:
                kept.append(Match(tab.key, column.key, new, 1.0, "new, as one of yours has nearly its title"))
                notes.append(f"'{here.title}': Order Desk will write into '{new}', which init adds")
    return tuple(kept), tuple(notes)


def _titles_apart(tab: Tab, column: Field, here: TabSeen, language: str) -> Iterator[str]:
    """Titles that no column of theirs has or comes near."""
    titles = [sample.title for sample in here.columns]
    for pattern in ("{} (Order Desk)", "Order Desk: {}", "Order Desk {} ✓"):
        new = pattern.format(column.title(language))
        fields = tuple(replace(f, own=new) if f.key == column.key else f for f in tab.fields)
        header = read_header(replace(tab, fields=fields), "", titles, language)
        if column.key not in header.columns and not any(p.found for p in header.problems if p.title == new):
            yield new


def unfit(tab: Tab, here: TabSeen) -> Iterator[str]:
    """Columns that go by the schema's titles and hold something else."""
    keys = column_keys(tab, [sample.title for sample in here.columns])
    for sample, key in zip(here.columns, keys, strict=True):
        if key and tab.by_key[key].owner is not Owner.BOT:
            said, told = speaks(tab.by_key[key], sample)
            if said < 0:
                yield f"'{here.title}': the column '{sample.title}' {told}"


def still_wrong(tab: Tab, here: TabSeen, language: str) -> Iterator[str]:
    """What `init` would not mend by itself once these matches are in the config."""
    titles = [sample.title for sample in here.columns]
    for found in read_header(tab, here.title, titles, language).problems:
        if found.kind == "duplicate" or found.found:
            near = (
                structure_sentence("near", language, cell=found.cell, found=found.found)
                if found.found
                else ""
            )
            yield structure_sentence(
                found.kind, language, tab=found.tab, title=found.title, near=near, cell=found.cell
            )
