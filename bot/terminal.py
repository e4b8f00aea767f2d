"""Draws blocks on a terminal. Imports rich, so only the commands that people read import it, and the worker never."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from bot.blocks import Block, Column, Fit, Said, Table, Tone
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
    before: Block | None = None
    for block in blocks:
        if isinstance(block, Table) and not block.rows:
            continue
        if isinstance(block, Table) or isinstance(before, Table):
            to.print(end="\n" if before else "")
        if isinstance(block, Said):
            to.print(_text(block))
        else:
            if block.heading:
                to.print(Text(one_line(block.heading), "bold underline"))
            _draw(block, to)
        before = block


def _text(said: Said) -> Text:
    return Text(one_line(said.text), _STYLES[said.tone])


@dataclass(frozen=True)
class _Drawn:
    """A column that has something to show."""

    column: Column
    cells: tuple[Text, ...]

    @property
    def width(self) -> int:
        """How many places of a terminal it takes unbroken."""
        return max(cell_len(self.column.title), *(cell.cell_len for cell in self.cells))

    @property
    def least(self) -> int:
        """How narrow it may become."""
        return min(self.width, _WORDS_AT_LEAST) if self.column.fit is Fit.WORDS else self.width


def _draw(table: Table, to: Console) -> None:
    cells = zip(*([_text(said) for said in row] for row in table.rows), strict=True)
    columns = [_Drawn(*drawn) for drawn in zip(table.columns, cells, strict=True)]
    columns = [drawn for drawn in columns if any(cell.plain for cell in drawn.cells)]
    if sum(drawn.least + _GAP for drawn in columns) <= to.width - _INDENT:
        to.print(_grid(columns, range(len(table.rows)), titled=True))
        return
    # Too narrow: what people copy goes below its row, where the terminal itself runs it on if it must.
    beside = [drawn for drawn in columns if drawn.column.fit is not Fit.COPIED]
    below = [drawn for drawn in columns if drawn.column.fit is Fit.COPIED]
    for i in range(len(table.rows)):
        to.print(_grid(beside, [i], titled=i == 0))
        copied = [drawn.cells[i] for drawn in below if drawn.cells[i].plain]
        if copied:
            to.print(Text(" " * 2 * _INDENT) + Text(" " * _GAP).join(copied), soft_wrap=True)


def _grid(columns: Sequence[_Drawn], rows: Iterable[int], *, titled: bool) -> Padding:
    """Some of the rows, in columns as wide as all rows need them."""
    shows = titled and any(drawn.column.title for drawn in columns)
    grid = Grid(box=None, show_header=shows, header_style="dim", padding=(0, _GAP, 0, 0), pad_edge=False)
    for drawn in columns:
        is_words = drawn.column.fit is Fit.WORDS
        grid.add_column(
            drawn.column.title,
            no_wrap=not is_words,
            overflow="fold",
            justify="right" if drawn.column.is_number else "left",
            min_width=drawn.least,
            width=None if is_words else drawn.width,
        )
    for i in rows:
        grid.add_row(*(drawn.cells[i] for drawn in columns))
    return Padding(grid, (0, 0, 0, _INDENT))
