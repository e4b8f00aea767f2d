"""`init --map`: which of a workbook's own tabs and columns are which, told as a table and put into the config."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import build_workbook, load_settings
from bot.commands import WELL, config_path
from bot.mapping.config_file import write_names
from bot.mapping.config_lines import Names, as_yaml, quoted
from bot.mapping.looking import look_for_names
from bot.mapping.matches import Match, Proposal
from sheets_schema.naming import STANDARD

_BY_HAND = "Nothing is certain enough to be written. Add what is right under workbook in the config, and run this again."
#: Wide enough for a table that nobody looks at, such as one in a file.
_WIDE = 160


def run(options: Namespace) -> int:
    """Tell what matches, and write it into the config once somebody says yes. Sends no write to the workbook."""
    path = config_path(options)
    settings = load_settings(path)
    found = look_for_names(build_workbook(settings), settings.language)
    _show(found, settings.language)
    if not found.certain:
        print(_nothing_more(found))
        return WELL
    print("\n".join(("", *_lines(found), "")))
    if not options.yes and not _is_agreed(str(path)):
        print(f"Nothing was written. Add these lines to {path}, or run: python -m bot init --map --yes")
        return WELL
    copy = write_names(path, found.tabs, found.titles)
    print(f"Written into {path}; as it was before: {copy.name}")
    print("Next: python -m bot init")
    return WELL


def _nothing_more(found: Proposal) -> str:
    if found.doubtful:
        return "\n".join(("", *_doubts(found), "", _BY_HAND))
    return "Everything that can be matched is matched: the config needs no more names."


def _is_agreed(path: str) -> bool:
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        return False
    print(f"Write these lines into {path}? [y/N] ", end="", flush=True)
    try:
        return sys.stdin.readline().strip().casefold() in ("y", "yes")
    except KeyboardInterrupt:
        print()
        return False


# ── what people read ────────────────────────────────────────────────────────────────────────────────────────


def _show(found: Proposal, language: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    if found.certain or found.doubtful:
        console.print(_table(found, language))
    for key, titles in found.foreign.items():
        console.print(_text(f"Left alone in {_name(key, '', language)}: {', '.join(titles)}"))
    if found.foreign_tabs:
        console.print(_text(f"Tabs left alone: {', '.join(found.foreign_tabs)}"))
    for note in found.notes:
        console.print(_text(f"! {note}"))


def _table(found: Proposal, language: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Tab", "Column", "Yours", "Why", "Certainty"):
        table.add_column(title, justify="right" if title == "Certainty" else "left", overflow="fold")
    for match, is_certain in [*((m, True) for m in found.certain), *((m, False) for m in found.doubtful)]:
        column = _name(match.tab, match.column, language) if match.column else ""
        mark = f"{match.worth:.0%}" + ("" if is_certain else " ?")
        cells = (_name(match.tab, "", language), column, match.title, match.why, mark)
        table.add_row(*map(_text, cells), style="" if is_certain else "dim")
    return table


def _text(text: str) -> Text:
    """Text that people typed is neither markup nor an order to the terminal."""
    return Text("".join(letter if letter.isprintable() else " " for letter in text))


def _name(tab: str, column: str, language: str) -> str:
    found = STANDARD.by_key[tab]
    return (found.by_key[column] if column else found).title(language)


def _lines(found: Proposal) -> Iterator[str]:
    """What goes into the config, with what is doubtful as comments behind it."""
    names: dict[str, Names] = {}
    if found.tabs:
        names["tabs"] = found.tabs
    if found.titles:
        names["titles"] = found.titles
    yield from as_yaml({"workbook": names})
    yield from _doubts(found)


def _doubts(found: Proposal) -> Iterator[str]:
    if found.doubtful:
        yield "  # Not certain, and not written:"
    yield from (f"  # {_doubt(match)}" for match in found.doubtful)


def _doubt(match: Match) -> str:
    where = f"titles: {match.tab}: {match.column}" if match.column else f"tabs: {match.tab}"
    return f"{where}: {quoted(match.title)}   ({match.why})"
