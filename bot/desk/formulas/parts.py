"""What a formula in IronCalc's words is made of: values, areas, and cells of its own beside the sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.desk.formulas.cells import Block
from bot.desk.formulas.values import Error, Value
from sheets_schema.titles import column_letter

Recast = Callable[..., str]  #: from a casting, a function's name and its arguments to IronCalc's words

NOTHING = "Own!A1"  #: a cell that is always empty
LONGEST = 50_000


@dataclass(frozen=True, slots=True)
class Own:
    """A part of a formula with a cell of its own, by number, and the one that says whether it is empty."""

    number: int
    shadow: int | None = None

    def __str__(self) -> str:
        place = f"Own!A{self.number + 1}"
        return place if self.shadow is None else f"IF(Own!A{self.shadow + 1},{NOTHING},{place})"


@dataclass(frozen=True, slots=True)
class Every:
    """All values of a range, for a doubt to look at."""

    block: Block


Looked = Own | Block | Every | Value
Doubt = tuple[
    Callable[..., bool], tuple[Looked, ...], bool
]  #: test, what it looks at, whether it asks the locale


@dataclass(slots=True)
class Scene:
    """What casting asks of the workbook and tells the model."""

    locale: str
    now: float
    known: Callable[[Block], tuple[bool, Value]]  #: whether a cell's value is known, and the value
    shadow: Callable[[Block], int | None]  #: the own cell that says whether a formula's cell is empty
    parts: list[str]  #: formulas of own cells; the first is the empty cell
    recast: dict[str, Recast]
    twins: set[Block] = field(default_factory=set)  #: areas of which only the text is asked


def quoted(text: str) -> str:
    """A text as a formula holds it."""
    return '"' + text.replace('"', '""') + '"'


def literal(value: Value) -> str:
    """A value as a formula holds it."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Error):
        return value.code
    return repr(value) if value >= 0 else f"({value!r})"


def area_of(block: Block, prefix: str = "S") -> str:
    """A block as a reference in the model."""
    sheet = f"{prefix}{block.sheet.id}!"
    first = f"{sheet}{column_letter(block.left)}{block.top + 1}"
    if block.single:
        return first
    return f"{first}:{column_letter(block.right - 1)}{block.bottom}"
