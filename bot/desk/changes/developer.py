"""Requests about developer metadata, and the filters that find it."""

from __future__ import annotations

from typing import Any

from bot.desk import masks
from bot.desk.book import a1
from bot.desk.book.a1 import Area
from bot.desk.book.metadata import Place, every, matching, shown_metadata
from bot.desk.book.spreadsheets import dimension_properties, set_dimension
from bot.desk.book.workbook import Workbook
from bot.desk.changes.sheets import required_mask
from bot.desk.errors import bad_request

Body = dict[str, Any]


def create_developer_metadata(book: Workbook, body: Body) -> Body:
    """createDeveloperMetadata: on the spreadsheet, a sheet, or one row or column."""
    given = body.get("developerMetadata", {})
    if not given.get("metadataKey"):
        raise bad_request("developerMetadata.metadataKey must be set.")
    if given.get("visibility", "DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED").endswith("UNSPECIFIED"):
        raise bad_request("developerMetadata.visibility must be set.")
    place = place_of(book, given.get("location", {}))
    new_id = given.get("metadataId") or book.new_id()
    if any(one["metadataId"] == new_id for _, one in every(book)):
        raise bad_request(f"Developer metadata with id {new_id} already exists.")
    kept = {name: value for name, value in given.items() if name != "location"}
    kept["metadataId"] = new_id
    _store(book, place, [*_stored(book, place), kept])
    return {"developerMetadata": shown_metadata(kept, place.location())}


def update_developer_metadata(book: Workbook, body: Body) -> Body:
    """updateDeveloperMetadata: key, value, visibility or place of all that the filters select."""
    mask = required_mask(body, "DeveloperMetadata")
    given = body.get("developerMetadata", {})
    found = select(book, body.get("dataFilters", []))
    if not found:
        raise bad_request("No developer metadata matches the data filters.")
    shown = []
    for place, one in found:
        fields = mask or {name: {} for name in given}
        writable: masks.Mask = {name: {} for name in fields if name not in {"metadataId", "location"}}
        new = masks.written(one, given, writable) if writable else one
        target = place_of(book, given.get("location", {})) if "location" in fields else place
        _store(book, place, [m for m in _stored(book, place) if m["metadataId"] != one["metadataId"]])
        _store(book, target, [*_stored(book, target), new])
        shown.append(shown_metadata(new, target.location()))
    return {"developerMetadata": shown}


def delete_developer_metadata(book: Workbook, body: Body) -> Body:
    """deleteDeveloperMetadata: all that the filter selects."""
    found = select(book, [body.get("dataFilter", {})])
    for place, one in found:
        _store(book, place, [m for m in _stored(book, place) if m["metadataId"] != one["metadataId"]])
    return {"deletedDeveloperMetadata": [shown_metadata(one, place.location()) for place, one in found]}


def place_of(book: Workbook, location: Body) -> Place:
    """The place a DeveloperMetadataLocation means."""
    if location.get("spreadsheet"):
        return Place()
    if "sheetId" in location:
        return Place(book.sheet(location["sheetId"]))
    at = location.get("dimensionRange")
    if at is None:
        raise bad_request("developerMetadata.location must be set.")
    sheet = book.sheet(at.get("sheetId", 0))
    start = at.get("startIndex", 0)
    if at.get("endIndex") != start + 1:
        raise bad_request("A dimensionRange of developer metadata must be exactly one row or column.")
    size = sheet.row_count if at.get("dimension") == "ROWS" else sheet.column_count
    if start >= size:
        raise bad_request(f"No {at.get('dimension', 'ROWS').lower()[:-1]} {start} in the sheet.")
    return Place(sheet, at.get("dimension", "ROWS"), start)


def select(book: Workbook, filters: list[Body]) -> list[tuple[Place, Body]]:
    """The metadata a list of data filters selects, each once."""
    found: dict[int, tuple[Place, Body]] = {}
    for one in filters:
        if "developerMetadataLookup" in one:
            lookup = one["developerMetadataLookup"]
            location = lookup.get("metadataLocation")
            chosen = matching(book, lookup, place_of(book, location) if location else None)
        else:
            area = area_of_filter(book, one)
            chosen = [(place, m) for place, m in every(book) if _in(place, area)]
        found.update({m["metadataId"]: (place, m) for place, m in chosen})
    return list(found.values())


def area_of_filter(book: Workbook, one: Body) -> Area:
    """The cells of a data filter that names them itself."""
    if "a1Range" in one:
        return a1.parse(book, one["a1Range"])
    if "gridRange" not in one:
        raise bad_request("A data filter must have one of a1Range, gridRange or developerMetadataLookup.")
    return a1.area_of(book, one["gridRange"])


def areas_of(book: Workbook, one: Body) -> list[Area]:
    """All cells a data filter selects: its range, or the rows, columns and sheets with the metadata."""
    if "developerMetadataLookup" not in one:
        return [area_of_filter(book, one)]
    areas = []
    for place, _ in select(book, [one]):
        for sheet in [place.sheet] if place.sheet else book.sheets:
            top, bottom = (
                (place.index, place.index + 1) if place.dimension == "ROWS" else (0, sheet.row_count)
            )
            left, right = (
                (place.index, place.index + 1) if place.dimension == "COLUMNS" else (0, sheet.column_count)
            )
            areas.append(Area(sheet, top, left, bottom, right))
    return areas


def _in(place: Place, area: Area) -> bool:
    if place.sheet is not area.sheet or not place.dimension:
        return False
    low, high = (area.top, area.bottom) if place.dimension == "ROWS" else (area.left, area.right)
    return low <= place.index < high


def _stored(book: Workbook, place: Place) -> list[Body]:
    if place.sheet is None:
        return list(book.meta.get("developerMetadata", []))
    if not place.dimension:
        return list(place.sheet.meta.get("developerMetadata", []))
    return list(dimension_properties(place.sheet, place.dimension, place.index).get("developerMetadata", []))


def _store(book: Workbook, place: Place, all_of_it: list[Body]) -> None:
    if place.sheet is None:
        book.meta["developerMetadata"] = all_of_it
    elif not place.dimension:
        place.sheet.meta["developerMetadata"] = all_of_it
    else:
        old = dimension_properties(place.sheet, place.dimension, place.index)
        new = {**old, "developerMetadata": all_of_it}
        if not all_of_it:
            del new["developerMetadata"]
        set_dimension(place.sheet, place.dimension, place.index, new)
