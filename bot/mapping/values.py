"""What the cells below a title are like: addresses, days, numbers, boxes, names that another tab has too. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.planning.catalog import is_address
from sheets_schema import Cell, Field, Kind
from sheets_schema.cells import Unreadable, is_blank, plain_text, read_checkbox, read_date, read_number
from sheets_schema.currencies import currency_code
from sheets_schema.titles import fold
from sheets_schema.workflow import state_of

#: More cells than this of a column say nothing new.
MOST = 300
_DAYS = range(25_000, 60_000)
_NAMES = frozenset({"customer", "product", "salesperson", "contact", "name", "owner"})


@dataclass(frozen=True)
class Sample:
    """A column of the workbook: its title and the first of its cells that hold something."""

    index: int
    title: str
    cells: tuple[Cell, ...] = ()
    #: The number format's type, such as "DATE"; "" when it has none.
    form: str = ""

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Its texts, each once."""
        return frozenset(fold(plain_text(cell)) for cell in self.cells)

    def share(self, is_such: Callable[[Cell], bool]) -> float:
        """How many of its cells are such, from 0 to 1."""
        return sum(map(is_such, self.cells)) / len(self.cells) if self.cells else 0.0

    @cached_property
    def addresses(self) -> float:
        """The share of e-mail addresses."""
        return self.share(lambda cell: is_address(plain_text(cell)))

    @cached_property
    def days(self) -> float:
        """The share of days: serials under a date format, or text that is a day."""
        if self.form.startswith("DATE"):
            return self.share(lambda cell: isinstance(cell, int | float))
        return self.share(lambda cell: isinstance(cell, str) and not isinstance(read_date(cell), Unreadable))

    @cached_property
    def numbers(self) -> float:
        """The share of numbers."""
        return 0.0 if self.form.startswith("DATE") else self.share(_is_number)


def sample_of(index: int, title: str, cells: Iterable[Cell], form: str = "") -> Sample:
    """A column with the first of its cells that are not blank."""
    kept: list[Cell] = []
    for cell in cells:
        if not is_blank(cell):
            kept.append(cell)
        if len(kept) == MOST:
            break
    return Sample(index, title, tuple(kept), form)


def speaks(field: Field, sample: Sample) -> tuple[float, str]:
    """How much the cells speak for this column, below 0 against it, and in which words."""
    if not sample.cells:
        return 0.0, ""
    if field.key == "email":
        return _verdict(sample.addresses, 0.2, "holds e-mail addresses", "holds no e-mail addresses")
    if field.key == "status":
        known = sample.share(lambda cell: state_of(plain_text(cell)) is not None)
        return _verdict(known, 0.2, "holds statuses", "holds other statuses than Order Desk's")
    if field.key == "currency":
        known = sample.share(lambda cell: currency_code(plain_text(cell)) is not None)
        return _verdict(known, 0.2, "holds currencies", "holds no currencies")
    match field.kind:
        case Kind.DATE | Kind.DATETIME:
            if not sample.days and sample.share(_may_be_day) > 0.9:
                return 0.0, ""
            return _verdict(sample.days, 0.1, "holds dates", "holds no dates")
        case Kind.MONEY | Kind.QUANTITY:
            return _verdict(sample.numbers, 0.1, "holds numbers", "holds no numbers")
        case Kind.CHECKBOX:
            ticks = sample.share(lambda cell: not isinstance(read_checkbox(cell), Unreadable))
            return _verdict(ticks, 0.1, "holds ticks", "holds no ticks")
        case Kind.TEXT:
            if sample.addresses > 0.5:
                return -1.0, "holds e-mail addresses"
            if sample.days > 0.5:
                return -1.0, "holds dates"
            if field.key in _NAMES and sample.numbers > 0.8:
                return -1.0, "holds numbers"
            return 0.0, ""


def _verdict(share: float, worth: float, good: str, bad: str) -> tuple[float, str]:
    if share >= 0.7:
        return worth, good
    return (-1.0, bad) if share < 0.4 else (0.0, "")


def _is_number(cell: Cell) -> bool:
    return not isinstance(cell, bool) and not isinstance(read_number(cell), Unreadable)


def _may_be_day(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _DAYS
