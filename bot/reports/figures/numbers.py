"""Columns of numbers as people type them, read exactly: whole minor units, and whole parts of a quantity.

    doubles that are short decimals ─► integers, all at once
    everything else                 ─► `sheets_schema.cells.read_number`, one by one

A double x is taken at once when some whole k below 10^15 gives k / 10^d == x: fewer than 16 digits name a double, so
k is what the sheet shows. Nothing is rounded by binary arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from sheets_schema import Cell
from sheets_schema.cells import Unreadable, is_blank, is_error, plain_text, read_number

#: Numbers beyond this are typing accidents: 15 digits are all a sheet can show exactly.
LARGEST = Decimal(10) ** 15
#: A quantity with more decimals than a double can have was not meant as one.
_MOST_DECIMALS = 30
_EXACT = 1e15
#: What is added up stays below this, or is added by Python's own integers.
_SAFE = 2.0**62
_USUAL_DECIMALS = 3

#: int64, or Python's own integers where these are too small.
Whole = npt.NDArray[Any]


@dataclass(frozen=True)
class Wholes:
    """A column as whole numbers of 10^-digits."""

    values: Whole
    #: Index -> ("amount" | "quantity" | "formula" | "too_large", the cell's text); its value is 0.
    unusable: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    #: Of the whole column; for amounts the currency says it and this is 0.
    digits: int = 0


def read_amounts(cells: Sequence[Cell], decimals: npt.NDArray[np.int64]) -> Wholes:
    """Amounts in minor units, half away from zero; `decimals` is how many each line's currency has."""
    doubles = _doubles(cells)
    scaled = _scaled(doubles, 10.0**decimals)
    slow = np.flatnonzero(np.isnan(scaled))
    values = np.where(np.isnan(scaled), 0, scaled).astype(np.int64)
    unusable: dict[int, tuple[str, str]] = {}
    for i in slow.tolist():
        read = _read(cells[i], "amount")
        if isinstance(read, Decimal):
            cent = Decimal(1).scaleb(-int(decimals[i]))
            values[i] = int(read.quantize(cent, rounding=ROUND_HALF_UP).scaleb(int(decimals[i])))
        else:
            unusable[i] = read
    return Wholes(safe(values), unusable)


def read_quantities(cells: Sequence[Cell]) -> Wholes:
    """Quantities, all with as many decimals as the finest of them."""
    doubles = _doubles(cells)
    digits, scaled = 0, _scaled(doubles, 1.0)
    if np.isnan(scaled).any():
        fine = _scaled(doubles, 10.0**_USUAL_DECIMALS)
        if np.count_nonzero(np.isnan(fine)) < np.count_nonzero(np.isnan(scaled)):
            digits, scaled = _USUAL_DECIMALS, fine
    unusable: dict[int, tuple[str, str]] = {}
    exact: dict[int, Decimal] = {}
    for i in np.flatnonzero(np.isnan(scaled)).tolist():
        read = _read(cells[i], "quantity")
        if isinstance(read, Decimal):
            exact[i] = read
        else:
            unusable[i] = read
    values = np.where(np.isnan(scaled), 0, scaled).astype(np.int64)
    finest = max([digits, *(-int(value.as_tuple().exponent) for value in exact.values())])
    whole = rescaled(values, digits, finest)
    if exact:
        whole = whole.astype(object)
        for i, value in exact.items():
            whole[i] = whole_of(value, finest)
    return Wholes(safe(whole), unusable, finest)


def rescaled(values: Whole, digits: int, finer: int) -> Whole:
    """The same numbers in a finer unit."""
    return values if digits == finer else safe(values.astype(object) * 10 ** (finer - digits))


def safe(values: Whole) -> Whole:
    """The numbers in a form in which no sum of any of them overflows: int64 where that will do."""
    size = float(np.abs(values.astype(np.float64)).sum()) if len(values) else 0.0
    return values.astype(np.int64) if size < _SAFE else values.astype(object)


def whole_of(value: Decimal, digits: int) -> int:
    """How many 10^-digits a number is; it must be a whole number of them."""
    sign, figures, exponent = value.as_tuple()
    whole = int("".join(map(str, figures))) * int(10 ** (digits + int(exponent)))
    return -whole if sign else whole


def decimal_of(whole: int, digits: int) -> Decimal:
    """The number that so many 10^-digits are, exactly."""
    return Decimal(f"{int(whole)}E-{digits}") if digits else Decimal(int(whole))


def quantity_of(whole: int, digits: int) -> Decimal:
    """The same without zeros at its end: 3, not 3.000."""
    whole = int(whole)
    while digits and whole % 10 == 0:
        whole, digits = whole // 10, digits - 1
    return decimal_of(whole, digits)


def _doubles(cells: Sequence[Cell]) -> npt.NDArray[np.float64]:
    """Numbers as doubles, everything else as NaN."""
    if set(map(type, cells)) <= {int, float}:
        return np.array(cells, dtype=np.float64)
    numbers = (c if type(c) is float or type(c) is int else np.nan for c in cells)
    return np.fromiter(numbers, dtype=np.float64, count=len(cells))


def _scaled(
    doubles: npt.NDArray[np.float64], factor: npt.NDArray[np.floating[Any]] | float
) -> npt.NDArray[np.float64]:
    """Whole numbers of the unit; NaN where a double is none, or may be none."""
    with np.errstate(invalid="ignore", over="ignore"):
        whole: npt.NDArray[np.float64] = np.rint(doubles * factor)
        certain = (np.abs(whole) < _EXACT) & (whole / factor == doubles)
    return np.where(certain, whole, np.nan)


def _read(cell: Cell, column: str) -> Decimal | tuple[str, str]:
    """One cell, or why it cannot be used."""
    if is_error(cell):
        return ("formula", plain_text(cell))
    read = read_number(cell) if not is_blank(cell) else Unreadable(column, "")
    if isinstance(read, Unreadable):
        return (column, read.text)
    if abs(read) >= LARGEST:
        return ("too_large", plain_text(cell))
    if -int(read.as_tuple().exponent) > _MOST_DECIMALS:
        return (column, plain_text(cell))
    return read
