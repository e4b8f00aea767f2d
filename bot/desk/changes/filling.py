"""autoFill: goes on with what is there, as dragging the corner of a selection does.

Numbers and dates with even steps go on with them, a text that ends in a number counts on, formulas move their
references, and everything else repeats. Numbers with uneven steps repeat too; no trend is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.desk import formulas
from bot.desk.book.a1 import Area, area_of, beyond_grid
from bot.desk.book.cells import number_format
from bot.desk.book.display import EPOCH, is_date
from bot.desk.book.grid import Cell, Extra, Scalar
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import bad_request

Body = dict[str, Any]
Series = Callable[[int], Scalar]  #: the value at a place, counted from the first cell of the source
COUNTED = re.compile(r"(.*?)(\d{1,15})", re.DOTALL)
DAY, HOUR = 1.0, 1 / 24


@dataclass(frozen=True, slots=True)
class _Line:
    """A row or column of cells, by one index along it."""

    sheet: Sheet
    across: int  #: the index of the line itself
    down: bool  #: whether it is a column

    def at(self, index: int) -> tuple[int, int]:
        """Row and column of a cell of the line."""
        return (index, self.across) if self.down else (self.across, index)

    def cell(self, index: int) -> Cell:
        """The cell at an index."""
        row, column = self.at(index)
        return self.sheet.grid.row(row).cell(column)

    def put(self, index: int, cell: Cell) -> None:
        """Write a cell; a note that is there already stays."""
        row, column = self.at(index)
        draft = self.sheet.grid.edit(row)
        new, old = cell.extra or Extra(), draft.extras.get(column) or Extra()
        draft.put(column, Cell(cell.value, Extra(new.formula, new.style, old.note)))
        self.sheet.grid.put(row, draft)


def auto_fill(book: Workbook, body: Body) -> None:
    """autoFill: from a source over a number of rows or columns, or from what a range holds over the rest of it."""
    alternate = body.get("useAlternateSeries", False)
    if "sourceAndDestination" in body:
        source, down, before, after = _told(book, body["sourceAndDestination"])
    elif "range" in body:
        found = _detected(area_of(book, body["range"]))
        if found is None:
            return
        source, down, before, after = found
    else:
        raise bad_request("Either range or sourceAndDestination must be set.")
    start, end = (source.top, source.bottom) if down else (source.left, source.right)
    for across in range(*((source.left, source.right) if down else (source.top, source.bottom))):
        line = _Line(source.sheet, across, down)
        cells = [line.cell(index) for index in range(start, end)]
        series = continued(cells, alternate)
        for index in [*range(start - before, start), *range(end, end + after)]:
            line.put(index, _next(cells, series, index - start, down))


def _told(book: Workbook, body: Body) -> tuple[Area, bool, int, int]:
    source = area_of(book, body.get("source", {}))
    dimension, length = body.get("dimension", "DIMENSION_UNSPECIFIED"), body.get("fillLength", 0)
    if dimension == "DIMENSION_UNSPECIFIED":
        raise bad_request("No dimension specified.")
    down, before, after = dimension == "ROWS", max(-length, 0), max(length, 0)
    rows, columns = ((before, after), (0, 0)) if down else ((0, 0), (before, after))
    sheet = source.sheet
    top, left = source.top - rows[0], source.left - columns[0]
    target = Area(sheet, max(top, 0), max(left, 0), source.bottom + rows[1], source.right + columns[1])
    if top < 0 or left < 0 or target.bottom > sheet.row_count or target.right > sheet.column_count:
        raise beyond_grid(target)
    return source, down, before, after


def _detected(area: Area) -> tuple[Area, bool, int, int] | None:
    """The filled part of a range, the direction in which there is room around it, and how much."""
    rows = area.sheet.grid.rows[area.top : area.bottom]
    places = [
        (row, column)
        for row, one in enumerate(rows, area.top)
        for column in range(area.left, min(area.right, one.width))
        if (cell := one.cell(column)).value != "" or (cell.extra and cell.extra.formula is not None)
    ]
    if not places:
        return None
    (top, bottom), (left, right) = ((min(at), max(at) + 1) for at in zip(*places, strict=True))
    source = Area(area.sheet, top, left, bottom, right)
    above, below = top - area.top, area.bottom - bottom
    if above or below:
        return source, True, above, below
    return source, False, left - area.left, area.right - right


def _next(cells: list[Cell], series: Series | None, place: int, down: bool) -> Cell:
    """The cell at a place before or after the source, looking like the one it repeats."""
    model = cells[place % len(cells)]
    extra = model.extra or Extra()
    if extra.formula is not None:
        away = place - place % len(cells)
        formula = formulas.shifted(extra.formula, away if down else 0, 0 if down else away)
        return Cell(model.value, Extra(formula, extra.style))
    value = series(place) if series else model.value
    return Cell(value, Extra(None, extra.style) if extra.style else None)


def continued(cells: list[Cell], alternate: bool) -> Series | None:
    """The series cells begin; none if they are to be repeated.

    The alternate series repeats what would go on and counts a lone number up, as holding down a key does.
    """
    if any(cell.extra and cell.extra.formula is not None for cell in cells):
        return None
    single = len(cells) == 1
    series: Series | None
    if all(isinstance(cell.value, int | float) and not isinstance(cell.value, bool) for cell in cells):
        numbers = [float(cell.value) for cell in cells]
        formats = [number_format(cell.extra) for cell in cells]
        if all(is_date(one) for one in formats):
            is_time = (formats[0] or {}).get("type") == "TIME"
            series = _dates(numbers, HOUR if is_time else DAY)
        else:
            series = _steps([*numbers, numbers[0] + 1] if single else numbers)
            if single:
                return series if alternate else None
    else:
        series = _counted([cell.value for cell in cells])
    return None if alternate else series


def _steps(numbers: list[float]) -> Series | None:
    """An even series; what is only uneven in the last bits of a float is even."""
    step = (numbers[-1] - numbers[0]) / (len(numbers) - 1)
    slack = 1e-9 * max(1.0, *(abs(number) for number in numbers))
    if any(abs(numbers[0] + step * place - number) > slack for place, number in enumerate(numbers)):
        return None
    return lambda place: _plain(numbers[0] + step * place)


def _plain(value: float) -> int | float:
    value = round(value, 10)
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def _dates(serials: list[float], step: float) -> Series | None:
    """Dates that go on by days, or by months where the steps are whole months; a lone date by one step."""
    if len(serials) == 1:
        return _steps([serials[0], serials[0] + step])
    return _months(serials) or _steps(serials)


def _months(serials: list[float]) -> Series | None:
    if any(not serial.is_integer() or not 1 <= serial < 2_958_466 for serial in serials):
        return None
    days = [(EPOCH + timedelta(serial)).date() for serial in serials]
    months = [day.year * 12 + day.month - 1 for day in days]
    step = months[1] - months[0]
    even = all(month - months[0] == step * place for place, month in enumerate(months))
    if not step or not even or any(day.day != days[0].day for day in days):
        return None

    def at(place: int) -> int:
        year, month = divmod(months[0] + step * place, 12)
        if not 1 <= year < 9999:
            raise bad_request("The dates to fill in leave the calendar.")
        first = date(year, month + 1, 1)
        following = date(year + month // 11, (month + 1) % 12 + 1, 1)
        day = min(days[0].day, (following - first).days)
        return (first - EPOCH.date()).days + day - 1

    return at


def _counted(values: list[Scalar]) -> Series | None:
    """Texts that end in a number and count evenly; the number keeps its width."""
    found = [COUNTED.fullmatch(value) if isinstance(value, str) else None for value in values]
    matches = [match for match in found if match]
    if len(matches) != len(values) or len({match[1] for match in matches}) != 1:
        return None
    numbers = [float(match[2]) for match in matches]
    steps = _steps([*numbers, numbers[0] + 1] if len(numbers) == 1 else numbers)
    if steps is None:
        return None
    prefix, width = matches[0][1], len(matches[0][2])
    return lambda place: f"{prefix}{abs(int(steps(place))):0{width}}"
