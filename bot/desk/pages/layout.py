"""What the page's grid must know of a sheet besides its cells: sizes, what is frozen, hidden, merged, protected.

It goes with the first window and again only after a change, since finding the hidden rows of a long sheet
costs more than a window.
"""

from __future__ import annotations

from typing import Any

from bot.desk.access.protection import may_edit
from bot.desk.access.users import User
from bot.desk.book.filters import hidden_rows
from bot.desk.book.spreadsheets import PIXELS
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.pages import look

Json = dict[str, Any]
CHART_SIZE = (600, 371)  #: pixels Sheets gives a chart that says none


def layout(book: Workbook, sheet: Sheet, user: User) -> Json:
    """Everything but the cells, as the page keeps it."""
    grid = sheet.properties["gridProperties"]
    heights, hidden = _rows(sheet)
    filtered = hidden_rows(book, sheet)
    return {
        "title": book.title,
        "tabs": tabs(book),
        "rowCount": sheet.row_count,
        "columnCount": sheet.column_count,
        "frozenRows": grid.get("frozenRowCount", 0),
        "frozenColumns": grid.get("frozenColumnCount", 0),
        "gridlines": not grid.get("hideGridlines", False),
        "columnWidth": PIXELS["COLUMNS"],
        "columns": {
            index: {"width": one.get("pixelSize", PIXELS["COLUMNS"]), "hidden": bool(one.get("hiddenByUser"))}
            for index, one in sheet.columns().items()
            if "pixelSize" in one or one.get("hiddenByUser")
        },
        "heights": heights,
        "hidden": _runs(sorted({*hidden, *filtered})),
        "filter": _filter(sheet, len(filtered)),
        "merges": [_box(one, sheet) for one in sheet.meta.get("merges", [])],
        "protected": _protected(book, sheet, user),
        "charts": [_chart(one) for one in sheet.meta.get("charts", [])],
    }


def filled(sheet: Sheet) -> tuple[int, int]:
    """How many rows and columns from the first on it takes to hold every value."""
    rows = sheet.grid.rows
    last = len(rows)
    while last and not rows[last - 1].values:
        last -= 1
    return last, max((len(row.values) for row in rows), default=0)


def tabs(book: Workbook) -> list[Json]:
    """The visible tabs in their order."""
    return [
        {
            "id": sheet.id,
            "title": sheet.title,
            "colour": look.colour(sheet.properties, "tabColor") or "",
        }
        for sheet in book.sheets
        if not sheet.properties.get("hidden")
    ]


def _rows(sheet: Sheet) -> tuple[dict[int, int], list[int]]:
    """Heights that were set, by index, and the indices of rows people hid."""
    rows = sheet.grid.rows
    special = [(index, props) for index, props in enumerate([row.props for row in rows]) if props]
    heights = {index: props["pixelSize"] for index, props in special if props.get("pixelSize")}
    return heights, [index for index, props in special if props.get("hiddenByUser")]


def _runs(indices: list[int]) -> list[list[int]]:
    """Sorted indices as [first, count] runs: a filter hides most rows of a long sheet in few runs."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][0] + runs[-1][1] == index:
            runs[-1][1] += 1
        else:
            runs.append([index, 1])
    return runs


def _filter(sheet: Sheet, hidden: int) -> Json | None:
    basic = sheet.meta.get("basicFilter")
    return {**_box(basic["range"], sheet), "hiddenRows": hidden} if basic else None


def _box(grid_range: Json, sheet: Sheet) -> Json:
    """A GridRange with all its sides."""
    return {
        "top": grid_range.get("startRowIndex", 0),
        "left": grid_range.get("startColumnIndex", 0),
        "bottom": grid_range.get("endRowIndex", sheet.row_count),
        "right": grid_range.get("endColumnIndex", sheet.column_count),
    }


def _chart(chart: Json) -> Json:
    place = chart["position"]["overlayPosition"]
    anchor = place["anchorCell"]
    spec = chart.get("spec", {})
    return {
        "id": chart["chartId"],
        "row": anchor.get("rowIndex", 0),
        "column": anchor.get("columnIndex", 0),
        "x": place.get("offsetXPixels", 0),
        "y": place.get("offsetYPixels", 0),
        "width": place.get("widthPixels", CHART_SIZE[0]),
        "height": place.get("heightPixels", CHART_SIZE[1]),
        "title": spec.get("altText") or spec.get("title", ""),
    }


def _protected(book: Workbook, sheet: Sheet, user: User) -> list[Json]:
    """The ranges this user may not edit, and those that ask before they are edited."""
    return [
        {
            "id": one["protectedRangeId"],
            "description": one.get("description", ""),
            "warning": bool(one.get("warningOnly")),
            "box": _box(one.get("range", {}), sheet),
            "holes": [_box(hole, sheet) for hole in one.get("unprotectedRanges", [])],
        }
        for one in sheet.meta.get("protectedRanges", [])
        if one.get("warningOnly") or not may_edit(book, one, user)
    ]
