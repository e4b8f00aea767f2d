"""Requests about what floats over the cells of a sheet: charts and slicers.

They are kept as they are given. A chart on a sheet of its own is refused: the desk has only sheets of cells.
"""

from __future__ import annotations

from typing import Any

from bot.desk import masks
from bot.desk.book.colours import with_colour_twins
from bot.desk.book.spreadsheets import visible, with_sheet_ids
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.changes.objects import found, full_range, remove
from bot.desk.changes.sheets import required_mask
from bot.desk.errors import bad_request

Body = dict[str, Any]
KINDS = (("charts", "chartId"), ("slicers", "slicerId"))
USUAL_SIZE = {"widthPixels": 600, "heightPixels": 371}


def add_chart(book: Workbook, body: Body) -> Body:
    """addChart: a chart over the cells of a sheet."""
    chart = with_sheet_ids(with_colour_twins(body.get("chart", {})), 0)
    chart = {"chartId": _new_id(book, chart.pop("chartId", None)), **chart}
    chart["spec"] = _on_the_grid(book, chart.get("spec", {}))
    sheet, chart["position"] = _placed(book, chart.get("position", {}))
    sheet.part("charts").append(chart)
    return {"chart": visible(chart)}


def update_chart_spec(book: Workbook, body: Body) -> None:
    """updateChartSpec: the whole of it, as there is no mask."""
    _, chart = found(book, "charts", "chartId", body.get("chartId", 0), "chart")
    chart["spec"] = _on_the_grid(book, with_sheet_ids(with_colour_twins(body.get("spec", {})), 0))


def _on_the_grid(book: Workbook, value: Any) -> Any:
    """A part in which every GridRange is on a sheet and cut to its grid."""
    if isinstance(value, list):
        return [_on_the_grid(book, item) for item in value]
    if not isinstance(value, dict):
        return value
    if {"startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex"} & value.keys():
        return full_range(book, value)
    return {name: _on_the_grid(book, item) for name, item in value.items()}


def add_slicer(book: Workbook, body: Body) -> Body:
    """addSlicer: a filter people click on; nothing is filtered by it."""
    given = with_colour_twins(body.get("slicer", {}))
    sheet, position = _placed(book, given.get("position", {}))
    spec = {"applyToPivotTables": True, **given.get("spec", {})}
    _bind(book, sheet, spec)
    slicer = {"slicerId": _new_id(book, given.get("slicerId")), "spec": spec, "position": position}
    sheet.part("slicers").append(slicer)
    return {"slicer": visible(slicer)}


def update_slicer_spec(book: Workbook, body: Body) -> None:
    """updateSlicerSpec: what it filters and what it says; it stays where it is."""
    sheet, slicer = found(book, "slicers", "slicerId", body.get("slicerId", 0), "slicer")
    mask = masks.with_colour_twins(required_mask(body, "SlicerSpec"))
    slicer["spec"] = masks.written(slicer["spec"], with_colour_twins(body.get("spec", {})), mask)
    _bind(book, sheet, slicer["spec"])


def _bind(book: Workbook, sheet: Sheet, spec: Body) -> None:
    if "dataRange" not in spec:
        raise bad_request("A slicer needs a dataRange.")
    spec["dataRange"] = full_range(book, spec["dataRange"], bounded=True)
    if spec["dataRange"]["sheetId"] != sheet.id:
        raise bad_request("The data range of a slicer must be on the sheet it is placed on.")


def update_embedded_object_position(book: Workbook, body: Body) -> Body:
    """updateEmbeddedObjectPosition: another anchor, offset or size; a chart may go to another sheet."""
    sheet, part, one = _embedded(book, body.get("objectId", 0))
    given = body.get("newPosition", {})
    if "overlayPosition" not in given:
        _refuse_own_sheet(given)
        raise bad_request("The new position must be set.")
    mask = required_mask(body, "OverlayPosition")
    overlay = masks.written(one["position"]["overlayPosition"], given["overlayPosition"], mask)
    into, position = _placed(book, {"overlayPosition": overlay})
    if into is not sheet:
        if part == "slicers":
            raise bad_request("A slicer cannot be moved to another sheet.")
        sheet.part(part).remove(one)
        into.part(part).append(one)
    one["position"] = position
    return {"position": visible(position)}


def update_embedded_object_border(book: Workbook, body: Body) -> None:
    """updateEmbeddedObjectBorder: the colour of a chart's border."""
    _, chart = found(book, "charts", "chartId", body.get("objectId", 0), "chart")
    mask = masks.with_colour_twins(required_mask(body, "EmbeddedObjectBorder"))
    border = masks.written(chart.get("border", {}), with_colour_twins(body.get("border", {})), mask)
    chart.pop("border", None)
    if border:
        chart["border"] = border


def delete_embedded_object(book: Workbook, body: Body) -> None:
    """deleteEmbeddedObject: a chart or slicer."""
    _, part, one = _embedded(book, body.get("objectId", 0))
    key = dict(KINDS)[part]
    remove(book, part, key, one[key], "embedded object")


def _embedded(book: Workbook, wanted: int) -> tuple[Sheet, str, Body]:
    for sheet in book.sheets:
        for part, key in KINDS:
            for one in sheet.meta.get(part, []):
                if one.get(key) == wanted:
                    return sheet, part, one
    raise bad_request(f"No embedded object with id: {wanted}")


def _new_id(book: Workbook, wanted: int | None) -> int:
    taken = {one.get(key) for sheet in book.sheets for part, key in KINDS for one in sheet.meta.get(part, [])}
    if wanted in taken:
        raise bad_request(f"Duplicate embedded object id: {wanted}")
    return wanted or book.new_id()


def _placed(book: Workbook, position: Body) -> tuple[Sheet, Body]:
    """The sheet a position is on, and the position as it is kept: with its sheet and size."""
    _refuse_own_sheet(position)
    overlay = position.get("overlayPosition", {})
    if "anchorCell" not in overlay:
        raise bad_request("A position over the cells of a sheet needs an anchorCell.")
    anchor = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0, **overlay["anchorCell"]}
    sheet = book.sheet(anchor["sheetId"])
    if not (0 <= anchor["rowIndex"] < sheet.row_count and 0 <= anchor["columnIndex"] < sheet.column_count):
        raise bad_request("The anchorCell is outside of the sheet.")
    sizes = {name: overlay.get(name) or usual for name, usual in USUAL_SIZE.items()}
    return sheet, {"overlayPosition": {**overlay, "anchorCell": anchor, **sizes}}


def _refuse_own_sheet(position: Body) -> None:
    if position.get("newSheet") or "sheetId" in position:
        raise bad_request("Objects on a sheet of their own are not imitated by the local desk.")
