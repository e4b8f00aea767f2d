"""The rows of a sheet out of the XML of an .xlsx file.

openpyxl reads everything else of a sheet on the same way through it. Cells it reads four times as slowly, and
turns dates into a kind of value the desk does not have.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, cast
from xml.etree.ElementTree import Element

from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.xml.constants import SHEET_MAIN_NS

from bot.desk.book.a1 import column_index
from bot.desk.book.cells import scalar
from bot.desk.book.display import serial
from bot.desk.book.grid import BLANK, NOTHING, Extra, Row, Scalar
from bot.desk.book.workbook import MAX_CELLS
from bot.desk.errors import bad_request
from bot.desk.xlsx import texts
from bot.desk.xlsx.blocks import Block
from bot.desk.xlsx.formulas import read
from bot.desk.xlsx.looks_in import Looks

CELL, VALUE, FORMULA, INLINE, TEXT, RUN = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("c", "v", "f", "is", "t", "r")
)
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
MAX_COLUMNS = 18_278
SINCE_1904 = 1462  #: days between the two days files count from
DIGITS = "0123456789"
TOO_MANY = (
    f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."
)


class SheetReader(WorkSheetParser):
    """Reads one sheet: `rows` are the desk's, all else is as openpyxl keeps it."""

    def __init__(self, source: Any, strings: list[str], looks: Looks, from_1904: bool):
        super().__init__(source, strings)
        self.rows: list[Row] = []
        self.younger_validations: list[Element] = []  #: rules that reach into other sheets
        self.unlocked: dict[int, dict[int, bool]] = {}  #: cells that may be edited in a protected sheet
        self.width = 0
        self.spread = 0  #: values that were parts of arrays worked out in other cells
        self._looks = looks
        self._shift = SINCE_1904 if from_1904 else 0
        self._columns: dict[str, int] = {}
        self._worn: dict[str | None, tuple[int, Extra | None, bool]] = {}
        self._alike: dict[tuple[tuple[int, int], ...], dict[int, Extra]] = {}
        self._spilled: list[Block] = []
        self._stored = 0

    def read(self) -> None:
        """Read it all; rows that only look like something, and lie below the last that says something, go."""
        for _ in self.parse():
            pass
        filled = max(
            (number for number, row in enumerate(self.rows, 1) if row.values or row.props), default=0
        )
        del self.rows[max(filled, 1000) :]
        while self.rows and self.rows[-1] is BLANK:
            self.rows.pop()

    def parse_row(self, row: Any) -> tuple[int, list[Any]]:
        """Take in one row; openpyxl's parser calls this for each."""
        number = int(row.get("r") or self.row_counter + 1)
        self.row_counter = number
        values: list[Scalar] = []
        extras: dict[int, Extra] = {}
        plain: list[tuple[int, int]] | None = []
        column = -1
        for element in row:
            if element.tag != CELL:
                continue
            column = self._column(element.get("r"), column + 1)
            look, extra, locked = self._look(element.get("s"))
            if not locked:
                self.unlocked.setdefault(number - 1, {})[column] = True
            value, formula = self._content(element, number, column, look)
            if formula is not None:
                extras[column] = Extra(formula, extra.style if extra else None, None)
                plain = None
            elif extra is not None:
                extras[column] = extra
                if plain is not None:
                    plain.append((column, look))
            if value != "":
                values.extend([""] * (column - len(values)))
                values[column:] = [value]
        if plain and extras:
            extras = self._alike.setdefault(tuple(plain), extras)
        self._take(number, Row(number, values, extras or NOTHING, _properties(row) or NOTHING))
        return number, []

    def parse_extensions(self, element: Any) -> None:
        """Keep the rules Excel writes apart because they reach into other sheets."""
        self.younger_validations.extend(element.iter(f"{X14}dataValidation"))

    def _take(self, number: int, row: Row) -> None:
        if not (row.values or row.extras or row.props):
            return
        self._stored += row.width
        if row.values or row.extras:
            self.width = max(self.width, row.width)
        if self._stored > MAX_CELLS or (row.values and number * max(self.width, 1) > MAX_CELLS):
            raise bad_request(TOO_MANY)
        if number > MAX_CELLS or number < 1:
            raise bad_request(TOO_MANY)
        if not row.values and number - len(self.rows) > 100_000:
            return  # a look far below everything; a file made by hand often has one on its very last row
        self.rows.extend([BLANK] * (number - len(self.rows)))
        self.rows[number - 1] = row

    def _column(self, name: str | None, follows: int) -> int:
        if name is None:
            return follows
        letters = name.rstrip(DIGITS)
        known = self._columns.get(letters)
        if known is None:
            column = column_index(letters) if letters.isascii() and letters.isalpha() else -1
            if not 0 <= column < MAX_COLUMNS:
                raise bad_request(f"The file has a cell at {name[:20]}, where no sheet has one.")
            known = self._columns[letters] = column
        return known

    def _look(self, text: str | None) -> tuple[int, Extra | None, bool]:
        """The number of a look, what a cell of it carries, and whether it is locked in a protected sheet."""
        known = self._worn.get(text)
        if known is None:
            number = int(text or 0)
            known = self._worn[text] = (number, self._looks.carried(number), self._looks.locked(number))
        return known

    def _content(self, cell: Element, row: int, column: int, look: int) -> tuple[Scalar, str | None]:
        """A cell's value, or its formula; never both, since values are worked out here and not believed."""
        text: str | None = None
        for child in cell:
            tag = child.tag
            if tag == VALUE:
                text = child.text
            elif tag == FORMULA:
                return "", self._formula(cell)
            elif tag == INLINE:
                return _checked(texts.read(string(child))), None
        if not text:
            return "", None
        if self._spilled and self._is_spilled(row - 1, column):
            self.spread += 1
            return "", None
        kind = cell.get("t", "n")
        if kind == "s":
            return _checked(self.shared_strings[int(text)]), None
        if kind == "n":
            number = float(text)
            if not math.isfinite(number):
                return "", "=#NUM!"
            if self._shift and self._looks.is_date(look):
                number += self._shift
            return int(number) if number.is_integer() and abs(number) < 1e15 else number, None
        if kind == "b":
            return text.strip() not in {"0", "false"}, None
        if kind == "e":
            return "", f"=#{text.strip().lstrip('#')}"
        if kind == "d":
            return _serial(text), None
        return _checked(texts.read(text)), None

    def _formula(self, cell: Element) -> str:
        found = cast(object, self.parse_formula(cell))  # type: ignore[no-untyped-call]  # openpyxl says nothing of it
        if isinstance(found, DataTableFormula):
            return f"=TABLE({found.r1 or ''},{found.r2 or ''})"  # shows #NAME?: no such thing here
        if isinstance(found, ArrayFormula):
            left, top, right, bottom = cast(tuple[int, int, int, int], range_boundaries(str(found.ref)))
            self._spilled = [block for block in self._spilled if block.bottom > self.row_counter - 1]
            self._spilled.append(Block(top - 1, left - 1, bottom, right))
            return _checked(f"=ARRAYFORMULA({read(str(found.text))[1:]})")
        formula = read(str(found))
        return _checked(formula) if formula != "=" else "=#REF!"

    def _is_spilled(self, row: int, column: int) -> bool:
        """Whether a cell shows a part of an array worked out elsewhere."""
        return any(
            block.top <= row < block.bottom and block.left <= column < block.right for block in self._spilled
        )


def _says_something(row: Row) -> bool:
    return bool(row.values) or any(extra.formula for extra in row.extras.values())


def _checked(text: str) -> str:
    scalar(text)  # raises for a text longer than a cell can be
    return text


def string(element: Element) -> str:
    """The text of a string element: of all its runs, without the readings Japanese files add."""
    parts = []
    for child in element:
        if child.tag == TEXT:
            parts.append(child.text or "")
        elif child.tag == RUN:
            parts.extend(grandchild.text or "" for grandchild in child if grandchild.tag == TEXT)
    return "".join(parts)


def _properties(row: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if row.get("ht") and row.get("customHeight") in {"1", "true"}:
        found["pixelSize"] = round(float(row.get("ht", 0)) / 0.75)
    if row.get("hidden") in {"1", "true"}:
        found["hiddenByUser"] = True
    return found


def _serial(text: str) -> Scalar:
    try:
        return serial(dt.datetime.fromisoformat(text.removesuffix("Z")))
    except ValueError:
        return text
