"""Which rows a sheet's basic filter hides from people.

Filters hide rows on the screen only: the API's values answer as if there were none. Filtering by colour is
not imitated.
"""

from __future__ import annotations

from typing import Any

from bot.desk.book import conditions
from bot.desk.book.conditional import seen_in
from bot.desk.book.conditions import Test
from bot.desk.book.workbook import Sheet, Workbook


def hidden_rows(book: Workbook, sheet: Sheet) -> list[int]:
    """The indices of the rows the basic filter leaves out, in order; the filter's first row always stays."""
    basic = sheet.meta.get("basicFilter")
    if not basic:
        return []
    day = conditions.today(book)
    tests = [(column, _test(book, one, day)) for column, one in _criteria(basic).items()]
    if not tests:
        return []
    area = basic["range"]
    rows = sheet.grid.rows
    return [
        index
        for index in range(area["startRowIndex"] + 1, min(area["endRowIndex"], len(rows)))
        if not all(test(seen_in(rows[index], column, book.locale)) for column, test in tests)
    ]


def _criteria(basic: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The filter's criteria by column: `filterSpecs` where there are any, else the older `criteria`."""
    specs = basic.get("filterSpecs")
    if specs:
        return {one.get("columnIndex", 0): one.get("filterCriteria", {}) for one in specs}
    return {int(column): one for column, one in basic.get("criteria", {}).items()}


def _test(book: Workbook, criteria: dict[str, Any], today: int) -> Test:
    hidden = set(criteria.get("hiddenValues", []))
    condition = criteria.get("condition")
    if not condition:
        return lambda seen: seen.text not in hidden
    operands = [conditions.operand(one, book.locale) for one in condition.get("values", [])]
    test = conditions.predicate_of(condition, operands, today)
    return lambda seen: seen.text not in hidden and test(seen)
