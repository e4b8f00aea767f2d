"""What a function of formulas is: how its arguments reach it, and how many it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.desk.formulas.arrays import Operand
from bot.desk.formulas.cells import Block, Cells
from bot.desk.formulas.values import Error

#: Functions that ask a reference for its place and not for its cells.
NOT_READ = {"ROW", "COLUMN", "ROWS", "COLUMNS"}


@dataclass(slots=True)
class Scene:
    """Where and when a formula is worked out, and what its references are there."""

    cells: Cells
    blocks: tuple[Block | Error, ...]  #: the formula's references, in the order they are written
    names: dict[str, Block | Error]  #: named ranges by folded name
    locale: str
    now: dt.datetime  #: wall clock of the workbook's time zone
    row: int
    column: int


Run = Callable[[Scene], Operand]


@dataclass(frozen=True, slots=True)
class Function:
    """A function and how it is called.

    A `plain` one gets a value for each argument and never an error. One that works `over` its arguments gets
    them as they are, ranges as blocks. A `lazy` one gets functions and asks for the values it needs.
    """

    run: Callable[..., Any]
    kind: str  #: plain, over, lazy
    least: int
    most: int | None
    text: bool = False  #: its arguments become text
    arrays: bool = False  #: operators in its arguments work on whole ranges
    takes_errors: bool = False


def plain(run: Callable[..., Any], least: int, most: int | None = None, **more: bool) -> Function:
    """A function of single values; takes exactly `least` arguments if `most` is left out."""
    return Function(run, "plain", least, least if most is None else most, **more)


def over(run: Callable[..., Any], least: int, most: int | None, **more: bool) -> Function:
    """A function of ranges; as many arguments as one likes if `most` is none."""
    return Function(run, "over", least, most, **more)


def lazy(run: Callable[..., Any], least: int, most: int | None) -> Function:
    """A function that leaves some of its arguments alone."""
    return Function(run, "lazy", least, most)
