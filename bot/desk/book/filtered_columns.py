"""What a filter asks of which column: kept as `filterSpecs`, shown as the older `criteria` too, and led along.

The API takes either and answers with both. A column that is moved takes what is asked of it along, one that is deleted
takes it away; what is asked of the others stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.book.workbook import Sheet
from bot.desk.errors import bad_request

Body = dict[str, Any]


def kept_filter(given: Body) -> Body:
    """A filter as it is kept: `filterSpecs` count where both are given."""
    kept = {name: value for name, value in given.items() if name != "criteria"}
    if "filterSpecs" not in given and given.get("criteria"):
        kept["filterSpecs"] = [
            {"columnIndex": _column(key), "filterCriteria": one} for key, one in given["criteria"].items()
        ]
    if not kept.get("filterSpecs"):
        kept.pop("filterSpecs", None)
    return kept


def whole_filter(kept: Body) -> Body:
    """A kept filter as answers show it, with both."""
    specs = kept.get("filterSpecs", [])
    asked = {str(one.get("columnIndex", 0)): one.get("filterCriteria", {}) for one in specs}
    return {**kept, "criteria": asked} if asked else kept


def _column(key: str) -> int:
    try:
        return int(key)
    except ValueError:
        raise bad_request(f"Invalid column index: {key}") from None


def follow_columns(sheet: Sheet, shift: Callable[[tuple[int, int]], tuple[int, int]]) -> None:
    """Lead the filters of a sheet along; `shift` tells where a span of columns is by now, empty when it is gone."""
    for one in (*sheet.meta.get("filterViews", []), *filter(None, [sheet.meta.get("basicFilter")])):
        for name, index in (("filterSpecs", "columnIndex"), ("sortSpecs", "dimensionIndex")):
            if name in one:
                spans = [(spec, shift((spec.get(index, 0), spec.get(index, 0) + 1))) for spec in one[name]]
                one[name] = [{**spec, index: start} for spec, (start, end) in spans if end > start]
