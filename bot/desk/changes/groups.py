"""Folding and unfolding groups of rows or columns."""

from __future__ import annotations

from typing import Any

from bot.desk import masks
from bot.desk.book import dimensions
from bot.desk.book.spreadsheets import dimension_properties, set_dimension
from bot.desk.book.workbook import Workbook
from bot.desk.changes.sheets import required_mask
from bot.desk.errors import bad_request

Body = dict[str, Any]


def update_dimension_group(book: Workbook, body: Body) -> None:
    """updateDimensionGroup: folds or unfolds the group with this range and depth, hiding or showing all in it."""
    given = body.get("dimensionGroup", {})
    mask = required_mask(body, "DimensionGroup")
    wanted = given.get("range", {})
    sheet = book.sheet(wanted.get("sheetId", 0), "grid")
    dimension, start, end = dimensions.span(sheet, wanted)
    groups = sheet.meta.get("rowGroups" if dimension == "ROWS" else "columnGroups", [])
    place = (start, end, given.get("depth", 0))
    found = [g for g in groups if (g["range"]["startIndex"], g["range"]["endIndex"], g["depth"]) == place]
    if not found:
        raise bad_request("No dimension group with this range and depth exists.")
    if mask and "collapsed" not in mask:
        return
    collapsed = given.get("collapsed", False)
    found[0].pop("collapsed", None)
    if collapsed:
        found[0]["collapsed"] = True
    for index in range(start, end):
        old = dimension_properties(sheet, dimension, index)
        new = masks.written(old, {"hiddenByUser": True} if collapsed else {}, {"hiddenByUser": {}})
        if new != old:
            set_dimension(sheet, dimension, index, new)
