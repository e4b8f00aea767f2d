"""Reads values out of a sheet in the way a client asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.desk.book import cells
from bot.desk.book.a1 import Area
from bot.desk.book.grid import Row, Scalar
from bot.desk.book.texts import shown_rows
from bot.desk.errors import bad_request

RENDER = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
DATE_TIME = ("SERIAL_NUMBER", "FORMATTED_STRING")
DIMENSIONS = ("ROWS", "COLUMNS")


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are to be shown."""

    render: str = "FORMATTED_VALUE"
    date_time: str = "SERIAL_NUMBER"
    dimension: str = "ROWS"


def chosen(name: str, value: str | None, choices: tuple[str, ...], type_name: str) -> str:
    """An option of a query: the first choice where it is missing, a 400 where it is unknown."""
    if not value or value.endswith("_UNSPECIFIED"):
        return choices[0]
    if value not in choices:
        raise bad_request(f"Invalid value at '{name}' (type.googleapis.com/{type_name}), \"{value}\"")
    return value


def value_range(area: Area, how: Reading, locale: str) -> dict[str, Any]:
    """An area as a ValueRange; without `values` if it is empty."""
    answer: dict[str, Any] = {"range": area.name, "majorDimension": how.dimension}
    values = rows_of(area, how, locale)
    if how.dimension == "COLUMNS":
        values = _columns(values)
    if values:
        answer["values"] = values
    return answer


def rows_of(area: Area, how: Reading, locale: str) -> list[list[Scalar]]:
    """The rows of an area without trailing empty cells and rows."""
    rows = area.sheet.grid.rows[area.top : area.bottom]
    if how.render == "FORMATTED_VALUE":
        read = shown_rows(rows, locale)
    elif how.render == "FORMULA":
        read = [_formulas(row) for row in rows]
    elif how.date_time == "FORMATTED_STRING":
        read = [_dates_as_text(row, locale) for row in rows]
    else:
        read = [row.values for row in rows]
    left, right = area.left, area.right
    fits = left == 0 and max(map(len, read), default=0) <= right
    values = read if fits else [_cut(one, left, right) for one in read]
    while values and not values[-1]:
        values.pop()
    return values


def _cut(values: list[Scalar], left: int, right: int) -> list[Scalar]:
    if left == 0 and len(values) <= right:
        return values
    values = values[left:right]
    while values and values[-1] == "":
        values.pop()
    return values


def _formulas(row: Row) -> list[Scalar]:
    if not row.extras:
        return row.values
    values = row.values.copy()
    for column, extra in row.extras.items():
        if extra.formula is not None:
            values += [""] * (column + 1 - len(values))
            values[column] = extra.formula
    return values


def _dates_as_text(row: Row, locale: str) -> list[Scalar]:
    values = row.values
    for column in row.extras:
        if column < len(values) and not isinstance(values[column], str) and cells.date_cell(row, column):
            values = values.copy() if values is row.values else values
            values[column] = cells.formatted(row, column, locale)
    return values


def _columns(rows: list[list[Scalar]]) -> list[list[Scalar]]:
    width = max((len(row) for row in rows), default=0)
    columns: list[list[Scalar]] = [
        [row[column] if column < len(row) else "" for row in rows] for column in range(width)
    ]
    for column in columns:
        while column and column[-1] == "":
            column.pop()
    return columns
