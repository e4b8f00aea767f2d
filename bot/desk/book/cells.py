"""Turns what clients send into cells, and cells into what clients see."""

from __future__ import annotations

import copy
import re
from typing import Any

from bot.desk import formulas, masks
from bot.desk.book import entry
from bot.desk.book.colours import with_colour_twins
from bot.desk.book.defaults import DEFAULT_FORMAT
from bot.desk.book.display import is_date, shown
from bot.desk.book.grid import NOTHING, Cell, Extra, Row, Scalar, Style
from bot.desk.book.workbook import MAX_CELL_TEXT, Workbook
from bot.desk.errors import bad_request

EMPTY = Extra()
LINK = re.compile(r"https?://[^\s/]\S*")  #: text that is shown as a link without being made one
STYLE_FIELDS = (
    "userEnteredFormat",
    "dataValidation",
    "textFormatRuns",
    "hyperlink",
    "pivotTable",
    "dataSourceTable",
    "dataSourceFormula",
    "chipRuns",
)


def scalar(value: Any) -> Scalar:
    """A JSON value as a cell holds it."""
    if isinstance(value, str):
        if len(value) > MAX_CELL_TEXT:
            raise bad_request(
                f"Your input contains more than the maximum of {MAX_CELL_TEXT} characters in a single cell."
            )
        return value
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    raise bad_request(f"Invalid values: cannot put a {type(value).__name__} into a cell")


def with_value(book: Workbook, old: Extra | None, value: Any, typed: bool) -> Cell:
    """The cell after a value was written into it; its format, note and validation stay.

    `typed` reads text as a person's input; otherwise it is kept as it is.
    """
    plain = scalar(value)
    style = old.style if old else None
    note = old.note if old else None
    if not typed or not isinstance(plain, str) or plain == "":
        return Cell(plain, Extra(None, style, note) if old else None)
    number_format = style.number_format if style else None
    if number_format and number_format.get("type") == "TEXT":
        return Cell(plain.removeprefix("'"), Extra(None, style, note))
    read = entry.read(plain, book.locale)
    if read.formula is not None:
        return Cell("", Extra(read.formula, style, note))  # its value is worked out when all is written
    if read.number_format and not number_format:
        data = dict(style.data) if style else {}
        kind, pattern = read.number_format
        wanted = {"type": kind, "pattern": pattern}
        data["userEnteredFormat"] = {**data.get("userEnteredFormat", {}), "numberFormat": wanted}
        style = book.style(data)
    return Cell(read.value, Extra(None, style, note) if style or note else None)


class Writer:
    """Writes CellData into cells: only the masked fields change, those missing in the data are cleared."""

    def __init__(self, book: Workbook, fields: masks.Mask):
        self._book = book
        self._values = not fields or "userEnteredValue" in fields
        self._notes = not fields or "note" in fields
        self._styles = masks.with_colour_twins(
            {name: below for name, below in fields.items() if name in STYLE_FIELDS}
        )
        self._all = not fields
        self._known: dict[tuple[int, int], Style | None] = {}
        self._kept: list[dict[str, Any]] = []

    @property
    def only_styles(self) -> bool:
        """Whether neither values nor notes are written."""
        return not (self._values or self._notes)

    def restyled(self, extras: dict[int, Extra], columns: range, data: dict[str, Any]) -> dict[int, Extra]:
        """The extras of a row after the data's style was written into some of its columns."""
        result = dict(extras)
        for column in columns:
            old = extras.get(column, EMPTY)
            new = Extra(old.formula, self._style(old.style, data), old.note)
            if new == EMPTY:
                result.pop(column, None)
            else:
                result[column] = new
        return result or NOTHING

    def written(self, old: Cell, data: dict[str, Any]) -> Cell:
        """The cell after the data was written into it."""
        extra = old.extra or EMPTY
        value, formula = old.value, extra.formula
        if self._values:
            value, formula = _entered(data.get("userEnteredValue") or {})
        note = (scalar(data.get("note", "")) or None) if self._notes else extra.note
        style = self._style(extra.style, data) if self._styles or self._all else extra.style
        return Cell(value, Extra(formula, style, str(note) if note else None))

    def _style(self, old: Style | None, data: dict[str, Any]) -> Style | None:
        key = (old.id if old else 0, id(data))
        if key not in self._known:
            self._kept.append(data)  # an id is only good while its object lives
            wanted = {name: data[name] for name in STYLE_FIELDS if name in data}
            if "dataValidation" in wanted:  # what is false is left out, as everywhere in answers
                wanted["dataValidation"] = {k: v for k, v in wanted["dataValidation"].items() if v}
            if "userEnteredFormat" in wanted:
                wanted["userEnteredFormat"] = with_colour_twins(wanted["userEnteredFormat"])
            self._known[key] = self._book.style(masks.written(old.data if old else {}, wanted, self._styles))
        return self._known[key]


def _entered(value: dict[str, Any]) -> tuple[Scalar, str | None]:
    if "formulaValue" in value:
        formula = scalar(value["formulaValue"])
        return "", str(formula)  # the value is worked out when all is written
    if "errorValue" in value:
        raise bad_request("userEnteredValue.errorValue is read-only.")
    for name in ("stringValue", "numberValue", "boolValue"):
        if name in value:
            return scalar(value[name]), None
    return "", None


def number_format(extra: Extra | None) -> dict[str, Any] | None:
    """The number format a cell is shown in, if it has one."""
    return extra.number_format if extra else None


def formatted(row: Row, column: int, locale: str) -> str:
    """The text shown in a cell."""
    value = row.values[column] if column < len(row.values) else ""
    return shown(value, number_format(row.extras.get(column)), locale)


def cell_data(row: Row, column: int, locale: str, laid: dict[str, Any] | None = None) -> dict[str, Any]:
    """A cell as CellData; `laid` is the format that conditional formats lay over its own."""
    cell = row.cell(column)
    extra = cell.extra or EMPTY
    data: dict[str, Any] = {}
    if extra.formula is not None:
        data["userEnteredValue"] = {"formulaValue": extra.formula}
    elif cell.value != "" or not isinstance(cell.value, str):
        data["userEnteredValue"] = extended(cell.value)
    if "userEnteredValue" in data:
        is_error = extra.formula is not None and cell.value in formulas.ERRORS
        if not extra.empty:
            data["effectiveValue"] = _error(str(cell.value)) if is_error else extended(cell.value)
            data["formattedValue"] = formatted(row, column, locale)
    style = copy.copy(extra.style.data) if extra.style else {}
    user_format = style.pop("userEnteredFormat", None)
    if user_format:
        data["userEnteredFormat"] = user_format
    if user_format or laid or "userEnteredValue" in data:
        implied = extra.implied.data["userEnteredFormat"] if extra.implied else {}
        data["effectiveFormat"] = effective_format({**implied, **(user_format or {})}, laid or {})
    if extra.note:
        data["note"] = extra.note
    if isinstance(cell.value, str) and LINK.fullmatch(cell.value):
        data["hyperlink"] = cell.value
    data.update(style)
    return data


def _error(text: str) -> dict[str, Any]:
    message = formulas.ERROR_MESSAGES.get(text, text)
    return {"errorValue": {"type": formulas.ERROR_TYPES[text], "message": message}}


def extended(value: Scalar) -> dict[str, Any]:
    """A value as ExtendedValue."""
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


def effective_format(user_format: dict[str, Any], laid: dict[str, Any]) -> dict[str, Any]:
    """The format a cell has when its own is laid over the workbook's default, and conditional ones over both."""
    return laid_over(laid_over(DEFAULT_FORMAT, user_format), laid)


def laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two formats as one: where both set a property, the one above is kept."""
    result = {**below, **above}
    if "textFormat" in below or "textFormat" in above:
        result["textFormat"] = {**below.get("textFormat", {}), **above.get("textFormat", {})}
    return result


def date_cell(row: Row, column: int) -> bool:
    """Whether a cell shows a point in time."""
    return is_date(number_format(row.extras.get(column)))
