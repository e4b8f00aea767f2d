"""Conditional formats: what the coloured rules of a sheet lay over a cell's own format.

Rules are looked at in their order, and for each property the first that fits wins, as in Sheets. Colour
scales colour the background only. Nothing is worked out for sheets without rules.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.desk import formulas
from bot.desk.book import cells, conditions
from bot.desk.book.colours import CHANNELS, eight_bit
from bot.desk.book.conditions import Seen, number_of
from bot.desk.book.grid import Row, Scalar
from bot.desk.book.workbook import Sheet, Workbook

Format = dict[str, Any]
OF_ITS_PLACE = re.compile(
    r"\b(?:ROW|COLUMN)\b", re.IGNORECASE
)  #: functions that ask where the formula stands
AT_ONCE = 100  #: rows whose formulas are worked out together
#: The part of a rule that looks at one cell: (row index, column, what is seen) -> the format it gives.
Look = Callable[[int, int, Seen], Format | None]


@dataclass(frozen=True, slots=True)
class _Rule:
    ranges: list[tuple[int, int, int, int]]  #: top, left, bottom, right
    look: Look

    def covers(self, index: int, column: int) -> bool:
        return any(t <= index < b and left <= column < r for t, left, b, r in self.ranges)


class Colouring:
    """The conditional formats of one sheet, ready to be asked cell by cell.

    Good for one reading: it knows the day and the formulas' values of the moment it was made.
    """

    def __init__(self, book: Workbook, sheet: Sheet):
        self._book = book
        self._sheet = sheet
        self._today = conditions.today(book)
        self._values: dict[str, Scalar] = {}  # of the rules' formulas, as they read in one cell or another
        self._rules = [self._prepared(rule) for rule in sheet.meta.get("conditionalFormats", [])]

    def __bool__(self) -> bool:
        return bool(self._rules)

    @property
    def width(self) -> int:
        """One more than the last column any rule looks at."""
        return max((right for rule in self._rules for _, _, _, right in rule.ranges), default=0)

    def format_at(self, index: int, column: int, row: Row) -> Format:
        """The CellFormat the rules give a cell; empty where none fits."""
        rules = [rule for rule in self._rules if rule.covers(index, column)]
        if not rules:
            return {}
        seen = seen_in(row, column, self._book.locale)
        result: Format = {}
        for rule in rules:
            found = rule.look(index, column, seen)
            if found:
                result = cells.laid_over(found, result)
        return result

    def _prepared(self, rule: dict[str, Any]) -> _Rule:
        ranges = [
            (one["startRowIndex"], one["startColumnIndex"], one["endRowIndex"], one["endColumnIndex"])
            for one in rule["ranges"]
        ]
        if "gradientRule" in rule:
            return _Rule(ranges, self._gradient(rule["gradientRule"], ranges))
        boolean = rule["booleanRule"]
        return _Rule(ranges, self._boolean(boolean.get("condition", {}), boolean.get("format", {}), ranges))

    def _boolean(
        self, condition: dict[str, Any], wanted: Format, ranges: list[tuple[int, int, int, int]]
    ) -> Look:
        texts = conditions.values_of(condition)
        top = min(one[0] for one in ranges)
        left = min(one[1] for one in ranges)

        def evaluated(text: str, index: int, column: int) -> Scalar:
            if not text.startswith("="):
                return conditions.operand({"userEnteredValue": text}, self._book.locale)
            moved = formulas.shifted(text, index - top, column - left)
            if OF_ITS_PLACE.search(moved):
                return formulas.value_in(self._book, self._sheet, index, column, moved)
            if moved not in self._values:
                # A rule that colours whole rows is the same formula in each of their cells. Those of the rows
                # below are worked out with it, for they are asked next and cost little together.
                bottom = max(b for t, _, b, _ in ranges if t <= index < b)
                asked = {
                    formulas.shifted(text, row - top, column - left): (row, column)
                    for row in range(index, min(bottom, index + AT_ONCE))
                }
                found = formulas.values_in(self._book, self._sheet, [(*at, one) for one, at in asked.items()])
                self._values.update(zip(asked, found, strict=True))
            return self._values[moved]

        if condition.get("type") == "CUSTOM_FORMULA":
            text = texts[0] if texts else ""
            formula = text if text.startswith("=") else f"={text}"

            def look(index: int, column: int, _: Seen) -> Format | None:
                value = evaluated(formula, index, column)
                fits = value if isinstance(value, bool) else bool(number_of(value))
                return wanted if fits else None

            return look
        if any(text.startswith("=") for text in texts):

            def look_up(index: int, column: int, seen: Seen) -> Format | None:
                operands = [evaluated(text, index, column) for text in texts]
                return wanted if conditions.predicate_of(condition, operands, self._today)(seen) else None

            return look_up
        operands = [conditions.operand(one, self._book.locale) for one in condition.get("values", [])]
        test = conditions.predicate_of(condition, operands, self._today)
        return lambda _index, _column, seen: wanted if test(seen) else None

    def _gradient(self, rule: dict[str, Any], ranges: list[tuple[int, int, int, int]]) -> Look:
        numbers = _numbers(self._sheet, ranges)
        points = []
        for name in ("minpoint", "midpoint", "maxpoint"):
            point = rule.get(name)
            at = self._position(point, numbers) if point else None
            if point and at is not None:
                points.append((at, _rgb(point)))
        points.sort(key=lambda one: one[0])

        def look(_index: int, _column: int, seen: Seen) -> Format | None:
            number = number_of(seen.value)
            if number is None or not points:
                return None
            colour = _between(points, number)
            return {"backgroundColor": colour, "backgroundColorStyle": {"rgbColor": colour}}

        return look

    def _position(self, point: dict[str, Any], numbers: list[float]) -> float | None:
        """Where on the scale a point of a gradient lies; none where the cells hold no numbers."""
        kind = point.get("type", "")
        value = number_of(conditions.operand({"userEnteredValue": point.get("value", "")}, self._book.locale))
        if kind == "NUMBER":
            return value
        if not numbers:
            return None
        low, high = numbers[0], numbers[-1]
        if kind == "MIN":
            return low
        if kind == "MAX":
            return high
        if value is None:
            return None
        if kind == "PERCENT":
            return low + (high - low) * value / 100
        place = (len(numbers) - 1) * min(max(value, 0.0), 100.0) / 100
        below = int(place)
        above = min(below + 1, len(numbers) - 1)
        return numbers[below] + (numbers[above] - numbers[below]) * (place - below)


def seen_in(row: Row, column: int, locale: str) -> Seen:
    """What a condition sees of a cell."""
    value = row.values[column] if column < len(row.values) else ""
    text = value if isinstance(value, str) else cells.formatted(row, column, locale)
    return Seen(value, text, cells.date_cell(row, column))


def _numbers(sheet: Sheet, ranges: list[tuple[int, int, int, int]]) -> list[float]:
    """All numbers in the ranges, in order of size."""
    found = []
    for top, left, bottom, right in ranges:
        for row in sheet.grid.rows[top:bottom]:
            found += [float(v) for v in row.values[left:right] if not isinstance(v, str | bool)]
    return sorted(found)


def _rgb(point: dict[str, Any]) -> tuple[float, ...]:
    colour = point.get("colorStyle", {}).get("rgbColor") or point.get("color") or {}
    return tuple(float(colour.get(name, 0)) for name in CHANNELS[:3])


def _between(points: list[tuple[float, tuple[float, ...]]], number: float) -> dict[str, float]:
    """The colour of a number on a scale of (position, colour) points in order."""
    after = bisect_left([at for at, _ in points], number)
    if after == 0:
        colour = points[0][1]
    elif after == len(points):
        colour = points[-1][1]
    else:
        (low, first), (high, second) = points[after - 1], points[after]
        part = (number - low) / (high - low)
        colour = tuple(a + (b - a) * part for a, b in zip(first, second, strict=True))
    return eight_bit(dict(zip(CHANNELS[:3], colour, strict=True)))
