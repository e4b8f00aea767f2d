"""Draws blocks on a terminal. Imports rich, so only the commands that people read import it, and the worker never."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from bot.blocks import Block, Fit, Said, Table, Tone
from bot.terminal_text import one_line

_STYLES = {
    Tone.PLAIN: "",
    Tone.GOOD: "green",
    Tone.BAD: "bold red",
    Tone.WARN: "yellow",
    Tone.QUIET: "dim",
    Tone.STRONG: "bold",
}
#: Blanks between two columns, and before a table and what belongs to a row.
_GAP, _INDENT = 2, 2
#: How narrow a column of words may become before other columns move below.
_WORDS_AT_LEAST = 24


def is_terminal(stream: TextIO | None = None) -> bool:
    """Whether a person reads this stream (standard output) as it comes, rather than a file or a program."""
    return (stream or sys.stdout).isatty()


def console(stream: TextIO | None = None) -> Console:
    """A console on standard output, or another stream. Obeys NO_COLOR and COLUMNS, and takes no markup from a text."""
    return Console(file=stream, markup=False, emoji=False, highlight=False)


def show(blocks: Iterable[Block], on: Console | None = None) -> None:
    """Draw them one below the other."""
    to = on or console()
    for block in blocks:
        if isinstance(block, Said):
            to.print(_text(block))
        elif block.rows:
            to.print()
            if block.heading:
                to.print(Text(one_line(block.heading), "bold underline"))
            _draw(block, to)


def _text(said: Said) -> Text:
    return Text(one_line(said.text), _STYLES[said.tone])


def _draw(table: Table, to: Console) -> None:
    texts = [[_text(said) for said in row] for row in table.rows]
    room = to.width - _INDENT
    if _needed(table, texts) <= room:
        to.print(_grid(table, texts, range(len(table.columns))))
        return
    # Too narrow: what people copy goes below its row, where the terminal itself runs it on if it must.
    beside = [i for i, column in enumerate(table.columns) if column.fit is not Fit.COPIED]
    below = [i for i, column in enumerate(table.columns) if column.fit is Fit.COPIED]
    widths = {i: _natural(table, texts, i) for i in beside if table.columns[i].fit is Fit.SHORT}
    for row in texts:
        to.print(_grid(table, [row], beside, widths, titled=False))
        for i in below:
            if row[i].plain:
                to.print(Text(" " * 2 * _INDENT) + row[i], soft_wrap=True)


def _needed(table: Table, texts: Sequence[Sequence[Text]]) -> int:
    """How wide a terminal must be for all columns to stand side by side."""
    widths = [_natural(table, texts, i) for i in range(len(table.columns))]
    least = [
        min(width, _WORDS_AT_LEAST) if column.fit is Fit.WORDS else width
        for column, width in zip(table.columns, widths, strict=True)
    ]
    return sum(least) + _GAP * len(least)


def _natural(table: Table, texts: Sequence[Sequence[Text]], i: int) -> int:
    return max(cell_len(table.columns[i].title), *(row[i].cell_len for row in texts))


def _grid(
    table: Table,
    texts: Iterable[Sequence[Text]],
    chosen: Iterable[int],
    widths: dict[int, int] | None = None,
    *,
    titled: bool = True,
) -> Padding:
    chosen, widths = list(chosen), widths or {}
    shows = titled and any(column.title for column in table.columns)
    grid = Grid(
        box=None, show_header=shows, header_style="dim", padding=(0, _GAP, 0, 0), pad_edge=False
    )  # fmt: skip
    for i in chosen:
        column = table.columns[i]
        grid.add_column(
            column.title,
            no_wrap=column.fit is not Fit.WORDS,
            overflow="fold",
            justify="right" if column.is_number else "left",
            width=widths.get(i),
        )
    for row in texts:
        grid.add_row(*(row[i] for i in chosen))
    return Padding(grid, (0, 0, 0, _INDENT))
